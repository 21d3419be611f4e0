//! `cargo xtask demo --smoke`: does the whole thing live? Vans must move on the feed, and nothing may be left behind.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::{Options, Running};
use crate::children::{Interrupt, descendants, still_there};
use crate::http;
use xtask::project::Project;

/// A smoke test need not watch a morning go by.
const FACTOR: u32 = 40;
/// How long the vans may take to move.
const MOVING_WITHIN: Duration = Duration::from_secs(180);

/// What the server counts for machines.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Stats {
    vans: u64,
    moved: u64,
    stored: u64,
    events: u64,
}

impl Stats {
    /// Half of the vans have moved, and it was all written down; the others have a late shift or no driver, or do not start.
    fn lives(self) -> bool {
        self.vans > 0 && self.moved * 2 >= self.vans && self.stored > 0 && self.events > 0
    }
}

/// Starts everything on free ports and a database of its own, waits until vans move, stops everything.
///
/// # Errors
/// Vans that do not move in time, a program that ended, or a process that outlived the stop; the logs are then kept.
pub fn smoke(project: &Project, options: &Options, interrupt: &Interrupt) -> Result<()> {
    // The temporary folder, because every database user may enter it and its path is short enough for a socket.
    let var = std::env::temp_dir().join(format!("doorstep-smoke-{}", std::process::id()));
    fs::create_dir(&var).with_context(|| format!("could not create {}", var.display()))?;
    let options =
        Options { port: 0, days: options.days.min(1), factor: options.factor.max(FACTOR), ..options.clone() };
    let Some(mut running) = Running::start(project, &options, &var, interrupt)? else { bail!("interrupted") };
    let outcome = until_moving(&mut running, interrupt);
    let known = descendants();
    running.stop();
    let left = still_there(&known);
    let stats = outcome.with_context(|| format!("whole logs are in {}", var.join("log").display()))?;
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(ToString::to_string).collect();
        bail!("these processes were left behind: {}", names.join(", "));
    }
    fs::remove_dir_all(&var).with_context(|| format!("could not remove {}", var.display()))?;
    println!(
        "smoke ok vans={} moved={} stored={} events={}",
        stats.vans, stats.moved, stats.stored, stats.events
    );
    Ok(())
}

fn until_moving(running: &mut Running, interrupt: &Interrupt) -> Result<Stats> {
    let url = format!("{}/api/v1/stats", running.ready.url);
    let began = Instant::now();
    let mut last = "no answer yet".to_owned();
    while began.elapsed() < MOVING_WITHIN {
        if interrupt.came() {
            bail!("interrupted");
        }
        running.check()?;
        match http::get(&url, &running.ready.admin_key) {
            Ok(body) => {
                let stats: Stats = serde_json::from_str(&body)
                    .with_context(|| format!("{url} answered something else than agreed"))?;
                if stats.lives() {
                    return Ok(stats);
                }
                last = format!("{stats:?}");
            }
            Err(error) => last = format!("{error:#}"),
        }
        thread::sleep(Duration::from_secs(1));
    }
    bail!(
        "the vans did not move in {} s (last seen: {last}); the last words of both:\n{}\n{}",
        MOVING_WITHIN.as_secs(),
        running.server.tail(),
        running.simulator.tail()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn life_is_half_of_the_vans_and_everything_written_down() {
        let stats = |text| serde_json::from_str::<Stats>(text).unwrap();
        assert!(stats(r#"{"vans":40,"moved":20,"stored":1,"events":1}"#).lives());
        assert!(!stats(r#"{"vans":40,"moved":19,"stored":1,"events":1}"#).lives());
        assert!(!stats(r#"{"vans":40,"moved":40,"stored":0,"events":1}"#).lives());
        assert!(!stats(r#"{"vans":0,"moved":0,"stored":1,"events":1}"#).lives());
    }
}
