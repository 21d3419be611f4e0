//! `cargo xtask dev`: the demo, rebuilt and restarted when a source changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::Result;

use crate::assets::{self, Effort};
use crate::children::Interrupt;
use crate::demo::{self, Options, Running};
use crate::setup;
use xtask::files::files_below;
use xtask::project::Project;

/// What is watched.
const SOURCES: [&str; 7] = ["app", "crates", "server", "style", "public", "Cargo.toml", "Cargo.lock"];

/// Builds, runs, watches; a build that fails waits for the next change.
///
/// # Errors
/// When set-up fails; faults in the sources are shown and waited out.
pub fn dev(project: &Project, options: &Options) -> Result<()> {
    let interrupt = Interrupt::listen()?;
    setup::for_demo(project)?;
    while !interrupt.came() {
        let seen = times(project)?;
        let mut running = match attempt(project, options, &interrupt) {
            Ok(running) => running,
            Err(error) => {
                eprintln!("{error:#}\nwaiting for a change");
                None
            }
        };
        if let Some(running) = &running {
            running.introduce(project);
        }
        while !interrupt.came() && times(project)? == seen {
            if let Some(Err(error)) = running.as_mut().map(Running::check) {
                eprintln!("{error:#}\nwaiting for a change");
                running = None;
            }
            thread::sleep(Duration::from_secs(1));
        }
        if let Some(running) = &mut running {
            running.stop();
        }
    }
    Ok(())
}

fn attempt(project: &Project, options: &Options, interrupt: &Interrupt) -> Result<Option<Running>> {
    println!("build");
    assets::build(project, Effort::Quick, &project.site())?;
    demo::build_programs(project)?;
    Running::start(project, options, &project.var, interrupt)
}

fn times(project: &Project) -> Result<BTreeMap<PathBuf, SystemTime>> {
    let mut times = BTreeMap::new();
    for source in SOURCES {
        for file in files_below(&project.root.join(source))? {
            // An editor may replace a file while we look; the next look sees the new one.
            if let Ok(time) = fs::metadata(&file).and_then(|found| found.modified()) {
                times.insert(file, time);
            }
        }
    }
    Ok(times)
}
