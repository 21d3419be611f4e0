//! Where things are in the checkout.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

/// The checkout and the folders that chores write to.
#[derive(Clone, Debug)]
pub struct Project {
    /// The folder of the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// Build results; `CARGO_TARGET_DIR` moves it.
    pub target: PathBuf,
    /// Downloads, extracts, logs and the demo's database; `DOORSTEP_VAR` moves it.
    pub var: PathBuf,
}

impl Project {
    /// Finds the checkout from the folder of xtask's own manifest, or from the current folder upwards.
    ///
    /// # Errors
    /// When neither lies in a Doorstep checkout.
    pub fn find() -> Result<Self> {
        let start = match std::env::var_os("CARGO_MANIFEST_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_dir()?,
        };
        let Some(root) = start.ancestors().find(|folder| folder.join("xtask/budget.toml").is_file()) else {
            bail!("{} is not inside a Doorstep checkout; run this as `cargo xtask` there", start.display());
        };
        let place = |variable, default: &str| match std::env::var_os(variable) {
            Some(folder) => std::path::absolute(folder),
            None => Ok(root.join(default)),
        };
        Ok(Self {
            root: root.to_path_buf(),
            target: place("CARGO_TARGET_DIR", "target")?,
            var: place("DOORSTEP_VAR", "var")?,
        })
    }

    /// What browsers download.
    pub fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// xtask's own notes about what is done already.
    pub fn notes(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The build tools and map libraries from npm.
    pub fn npm(&self) -> PathBuf {
        self.var.join("npm")
    }

    /// The street extracts.
    pub fn extracts(&self) -> PathBuf {
        self.var.join("extracts")
    }

    /// The demo city.
    pub fn malta(&self) -> PathBuf {
        self.extracts().join("malta-latest.osm.pbf")
    }

    /// A program of the development build.
    pub fn program(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(name)
    }

    /// The path relative to the checkout where possible, for reading.
    pub fn short<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}
