//! From the frontend crate to a wasm for each desk and its script: compile, bind, optimise.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::Effort;
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

/// WebAssembly features that rustc emits today and every browser of the last two years has.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// How the names of functions end that Leptos links in with every view and nothing of ours ever calls: our pages come alive at
/// once (`hydrate_body`), not bit by bit. Functions inside these may stand for others that are the same, so they stay.
const NEVER_CALLED: [&str; 2] = ["::into_any::hydrate_async", "::into_any::hydrate_async::{{closure}}"];

/// Compiles every desk for browsers, into the folder that is answered; cargo itself knows when there is nothing to do.
///
/// # Errors
/// When one does not compile.
pub fn compile(project: &Project, effort: Effort) -> Result<PathBuf> {
    let profile = format!("wasm-{}", effort.name());
    let target = "wasm32-unknown-unknown";
    step("frontend", || {
        begin(&format!("compiling the frontend ({profile})"));
        run(cargo(project)
            .args(["build", "--package", "frontend", "--bins", "--target", target])
            .args(["--profile", profile.as_str()]))?;
        Ok("compiled".to_owned())
    })?;
    Ok(project.target.join(target).join(profile))
}

/// Where a desk's wasm is compiled to.
pub fn compiled(folder: &Path, desk: &str) -> PathBuf {
    folder.join(format!("{desk}.wasm"))
}

/// Makes the JavaScript halves and the final exports, by wasm-bindgen as a library of the version in `Cargo.lock`.
///
/// # Errors
/// When the two versions differ or a file is not what rustc makes.
pub fn bind(from: &Path, desks: &[String], folder: &Path) -> Result<String> {
    beside_each_other(desks, |desk| {
        let mut bound = Bindgen::new()
            .input_path(compiled(from, desk))
            .out_name(desk)
            .web(true)?
            .typescript(false)
            .remove_name_section(true)
            .remove_producers_section(true)
            .generate_output()
            .with_context(|| format!("wasm-bindgen refused the compiled {desk}"))?;
        let mut emptied = 0;
        for function in bound.wasm_mut().funcs.iter_mut() {
            // A name ends with a hash of its own.
            let name = function.name.as_deref().and_then(|name| name.rsplit_once("::")).unwrap_or_default().0;
            if NEVER_CALLED.iter().any(|end| name.ends_with(end)) {
                let mut body = function.kind.unwrap_local_mut().builder_mut().func_body();
                body.instrs_mut().clear();
                body.unreachable();
                emptied += 1;
            }
        }
        if emptied == 0 {
            bail!("no function of {desk} ends in {}: see what Leptos calls them now", NEVER_CALLED[0]);
        }
        bound.emit(folder)
    })?;
    sizes(folder, desks)
}

/// Makes each wasm smaller by npm's wasm-opt.
///
/// # Errors
/// When wasm-opt fails.
pub fn optimise(project: &Project, desks: &[String], folder: &Path) -> Result<String> {
    begin("making each wasm smaller");
    // One at a time: wasm-opt itself uses every core.
    for desk in desks {
        let wasm = bound(folder, desk);
        let smaller = folder.join("smaller.wasm");
        run(Command::new("node")
            .arg(project.npm().join("node_modules/binaryen/bin/wasm-opt"))
            // The lowest kilobyte is the far end of the stack, which nothing uses.
            .args(["-Oz", "--converge", "--low-memory-unused"])
            .args(FEATURES)
            .arg(&wasm)
            .arg("--output")
            .arg(&smaller))?;
        fs::rename(&smaller, &wasm)?;
    }
    sizes(folder, desks)
}

/// Does the same for every desk at once.
fn beside_each_other(desks: &[String], work: impl Fn(&str) -> Result<()> + Sync) -> Result<()> {
    thread::scope(|scope| {
        let all: Vec<_> = desks.iter().map(|desk| scope.spawn(|| work(desk))).collect();
        all.into_iter().try_for_each(|one| one.join().map_err(|_| anyhow!("a thread broke off"))?)
    })
}

/// A desk's wasm as browsers load it.
pub fn bound(folder: &Path, desk: &str) -> PathBuf {
    folder.join(format!("{desk}_bg.wasm"))
}

fn sizes(folder: &Path, desks: &[String]) -> Result<String> {
    let sizes: Result<Vec<_>> = desks.iter().map(|desk| size(&bound(folder, desk))).collect();
    Ok(desks.iter().zip(sizes?).map(|(desk, size)| format!("{desk} {size}")).collect::<Vec<_>>().join(", "))
}

fn size(file: &Path) -> Result<String> {
    let bytes = fs::metadata(file).with_context(|| format!("could not look at {}", file.display()))?.len();
    Ok(format!("{} kB", bytes / 1000))
}
