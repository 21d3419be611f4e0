//! Bundling and minifying `style/main.css` with everything it imports.

use std::path::Path;

use anyhow::{Result, anyhow, bail};
use lightningcss::bundler::{Bundler, FileProvider};
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

use xtask::files::write;

/// Browsers released since the end of 2024; what they lack is written in older words where that is possible.
const BROWSERS: Browsers = Browsers {
    android: Some(131 << 16),
    chrome: Some(131 << 16),
    edge: Some(131 << 16),
    firefox: Some(132 << 16),
    ie: None,
    ios_saf: Some(18 << 16),
    opera: Some(115 << 16),
    safari: Some(18 << 16),
    samsung: Some(27 << 16),
};

/// Writes one minified style sheet.
///
/// # Errors
/// A missing import or a fault in the CSS, with its file and line.
pub fn bundle(main: &Path, to: &Path) -> Result<String> {
    if !main.is_file() {
        bail!("{} is missing; it is the style sheet that imports all others", main.display());
    }
    let code = bundled(main)?;
    write(to, code.as_bytes())?;
    Ok(format!("{} kB", code.len() / 1000))
}

fn bundled(main: &Path) -> Result<String> {
    let files = FileProvider::new();
    let targets = Targets::from(BROWSERS);
    let mut bundler = Bundler::new(&files, None, ParserOptions::default());
    let mut sheet =
        bundler.bundle(main).map_err(|fault| anyhow!("the style sheets have a fault: {fault}"))?;
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|fault| anyhow!("the style sheets have a fault: {fault}"))?;
    let printed = sheet
        .to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })
        .map_err(|fault| anyhow!("the style sheets could not be printed: {fault}"))?;
    Ok(printed.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_bundled_into_their_layers() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        std::fs::write(folder.path().join("part.css"), ".part { color: #ff0000 }").unwrap();
        std::fs::write(&main, "@layer parts;\n@import \"part.css\" layer(parts);\n").unwrap();
        let code = bundled(&main).unwrap();
        assert!(code.contains("@layer parts{.part{color:red}}"), "{code}");
    }

    #[test]
    fn a_fault_names_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let main = folder.path().join("main.css");
        std::fs::write(&main, "@import \"absent.css\";").unwrap();
        let said = bundled(&main).unwrap_err().to_string();
        assert!(said.contains("main.css") || said.contains("absent.css"), "{said}");
    }
}
