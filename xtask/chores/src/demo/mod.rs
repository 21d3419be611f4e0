//! `cargo xtask demo`: the whole product with a day in progress, from one line.
//!
//! Sets up, builds, starts the server and then the simulator, prints where to sign in, and stops both on Ctrl-C.

mod smoke;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde::Deserialize;

use crate::assets::{self, Effort};
use crate::children::{Child, Interrupt};
use crate::{extract, http, setup};
use xtask::project::Project;
use xtask::run::{begin, cargo, run, step};

/// How long the server may take to be ready: the first start makes a database, a street network and tiles.
const READY_WITHIN: Duration = Duration::from_secs(300);

/// What day is played, and where.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The port to listen on
    #[arg(long, default_value_t = 4700)]
    port: u16,
    /// How many times faster than life the day goes by, 1 to 60
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=60))]
    factor: u32,
    /// The day's seed: the same seed plays the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many vans drive
    #[arg(long, default_value_t = 40)]
    vans: u32,
    /// How many orders are placed
    #[arg(long, default_value_t = 1500)]
    orders: u32,
    /// How many days before it are brought in behind the running day, newest first
    #[arg(long, default_value_t = 56)]
    days: u32,
    /// Another street extract than Malta's (.osm.pbf)
    #[arg(long)]
    city: Option<PathBuf>,
    /// A PostgreSQL of your own instead of the embedded one
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
    /// The town's seed: the same people, closed lanes and places without reception on every day
    #[arg(long, default_value_t = 1)]
    town: u64,
    /// A JSON file of shares of the pretended world that differ from those of docs/simulator.md
    #[arg(long)]
    shares: Option<PathBuf>,
    /// A file for what really happens, one JSON object a line; the server never reads it
    #[arg(long)]
    truth: Option<PathBuf>,
    /// The day's date; today's when left out
    #[arg(long)]
    date: Option<String>,
    /// The site to serve instead of the built one
    #[arg(skip)]
    site: Option<PathBuf>,
    /// How many days have been played in the same database before
    #[arg(skip)]
    days_before: u32,
    /// When the day begins, hour:minute
    #[arg(skip)]
    start: Option<String>,
    /// Whether the next day follows when the day is over
    #[arg(skip = true)]
    goes_on: bool,
    /// Start on free ports, wait until vans move, stop everything, leave nothing behind
    #[arg(long)]
    smoke: bool,
}

impl Options {
    /// A day for a benchmark, on a free port and an embedded database, without pages: `site` need hold no more than its
    /// manifest.
    pub fn unseen(day: Day, city: Option<PathBuf>, truth: PathBuf, site: PathBuf) -> Self {
        let Day { seed, factor, vans, orders, date, days_before } = day;
        Self {
            port: 0,
            factor,
            seed,
            vans,
            orders,
            days: 0,
            city,
            database_url: None,
            town: 1,
            shares: None,
            truth: Some(truth),
            date: Some(date),
            site: Some(site),
            days_before,
            start: Some(BEFORE_THE_SHIFTS.to_owned()),
            goes_on: false,
            smoke: false,
        }
    }
}

/// Which day, and how fast.
#[derive(Clone, Debug)]
pub struct Day {
    /// The day's seed.
    pub seed: u64,
    /// How many times faster than life.
    pub factor: u32,
    /// How many vans.
    pub vans: u32,
    /// How many orders.
    pub orders: u32,
    /// Year-month-day.
    pub date: String,
    /// How many days have been played in the same database before.
    pub days_before: u32,
}

/// At many times the speed of life making the plan takes a part of the morning, which is to be over when the first shift
/// begins.
const BEFORE_THE_SHIFTS: &str = "06:50";
/// References of a day begin so far behind those of the day before.
const ORDERS_A_DAY: u32 = 100_000;

/// What the server says on standard output when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    url: String,
    sign_in: BTreeMap<String, String>,
    admin_key: String,
}

/// What runs; the server is stopped last.
#[derive(Debug)]
pub struct Running {
    simulator: Child,
    /// Brings in the days before, and ends.
    past: Option<Child>,
    server: Child,
    ready: Ready,
}

/// The verb: the demo, or its smoke test.
///
/// # Errors
/// The first step that failed, or a program that ended unasked.
pub fn demo(project: &Project, options: &Options) -> Result<()> {
    let interrupt = Interrupt::listen()?;
    prepare(project)?;
    if options.smoke {
        return smoke::smoke(project, options, &interrupt);
    }
    let Some(mut running) = Running::start(project, options, &project.var, &interrupt)? else {
        return Ok(());
    };
    running.introduce(project);
    while !interrupt.came() {
        running.check()?;
        thread::sleep(Duration::from_millis(200));
    }
    println!("\nstopping");
    running.stop();
    println!("stopped");
    Ok(())
}

/// Sets up and builds what a demo runs.
///
/// # Errors
/// The first step that failed.
pub fn prepare(project: &Project) -> Result<()> {
    setup::for_demo(project)?;
    println!("build");
    assets::build(project, Effort::Quick, &project.site())?;
    build_programs(project)
}

/// Builds the server and the simulator.
///
/// # Errors
/// When they do not compile.
pub fn build_programs(project: &Project) -> Result<()> {
    step("server and simulator", || {
        begin("compiling the server and the simulator");
        run(cargo(project).args(["build", "--package", "server", "--package", "simulator"]))?;
        Ok("compiled".to_owned())
    })
}

impl Running {
    /// Starts the server, waits until it is ready, starts the simulator; `None` when interrupted meanwhile.
    ///
    /// # Errors
    /// A missing extract, a program that ended, or a server that is not ready in time.
    pub fn start(
        project: &Project,
        options: &Options,
        var: &Path,
        interrupt: &Interrupt,
    ) -> Result<Option<Self>> {
        let city = match &options.city {
            Some(city) => std::path::absolute(city)?,
            None => project.malta(),
        };
        if !city.is_file() {
            bail!("there is no street extract {}; give another with --city", city.display());
        }
        println!("start");
        let began = Instant::now();
        let (mut server, lines) = Child::start(
            "server",
            &mut server_command(project, options, var, &city),
            &var.join("log/server.log"),
        )?;
        let Some(ready) = until_ready(&mut server, &lines, interrupt)? else { return Ok(None) };
        println!("  server: ready ({:.1} s)", began.elapsed().as_secs_f64());
        let key = var.join("demo/admin.key");
        keep_secret(&key, &ready.admin_key)?;
        let mut command = Command::new(project.program("simulator"));
        command.current_dir(&project.root).args(["--server", &ready.url]).arg("--key-file").arg(&key);
        command.args(["--seed", &options.seed.to_string(), "--vans", &options.vans.to_string()]);
        command
            .args(["--orders", &options.orders.to_string()])
            .args(["--first-order", &(1 + options.days_before * ORDERS_A_DAY).to_string()])
            .arg("--city")
            .arg(&city)
            .arg("--var")
            .arg(var);
        command.args(["--town", &options.town.to_string()]);
        if let Some(shares) = &options.shares {
            command.arg("--shares").arg(std::path::absolute(shares)?);
        }
        if let Some(truth) = &options.truth {
            command.arg("--truth").arg(std::path::absolute(truth)?);
        }
        if options.goes_on {
            command.arg("--go-on");
        }
        let (simulator, _) = Child::start("simulator", &mut command, &var.join("log/simulator.log"))?;
        let past = if options.days > 0 {
            let mut command = Command::new(project.program("simulator"));
            command
                .current_dir(&project.root)
                .args(["past", "--server", &ready.url])
                .arg("--key-file")
                .arg(&key);
            command.args(["--seed", &options.seed.to_string(), "--vans", &options.vans.to_string()]);
            command.args(["--orders", &options.orders.to_string(), "--days", &options.days.to_string()]);
            command.args(["--town", &options.town.to_string()]);
            if let Some(shares) = &options.shares {
                command.arg("--shares").arg(std::path::absolute(shares)?);
            }
            command.arg("--city").arg(&city).arg("--var").arg(var);
            Some(Child::start("past", &mut command, &var.join("log/past.log"))?.0)
        } else {
            None
        };
        Ok(Some(Self { simulator, past, server, ready }))
    }

    /// Fails when one of the two has ended; a simulator that finished its day in order is no failure.
    ///
    /// # Errors
    /// Which program ended, how, and the end of its log.
    pub fn check(&mut self) -> Result<()> {
        if let Some(status) = self.server.ended()? {
            bail!(
                "the {} ended unasked ({status}); its last words:\n{}",
                self.server.name(),
                self.server.tail()
            );
        }
        if let Some(past) = &mut self.past
            && let Some(status) = past.ended()?
        {
            if status.success() {
                println!("The days before are there.");
            } else {
                println!(
                    "The days before could not be brought in ({status}); its last words:\n{}",
                    past.tail()
                );
            }
            self.past = None;
        }
        match self.simulator.ended()? {
            Some(status) if !status.success() => {
                bail!(
                    "the {} ended unasked ({status}); its last words:\n{}",
                    self.simulator.name(),
                    self.simulator.tail()
                )
            }
            _ => Ok(()),
        }
    }

    /// Whether the simulator has played its day to the end.
    ///
    /// # Errors
    /// As [`Running::check`].
    pub fn is_over(&mut self) -> Result<bool> {
        self.check()?;
        Ok(self.simulator.ended()?.is_some())
    }

    /// Asks the server as an administrator's system.
    ///
    /// # Errors
    /// As [`http::get`].
    pub fn ask(&self, path: &str) -> Result<String> {
        http::get(&format!("{}{path}", self.ready.url), &self.ready.admin_key)
    }

    /// Prints the address, the sign-in links and where the logs are.
    pub fn introduce(&self, project: &Project) {
        println!("\nDoorstep is at {}\n\nSign in once as:", self.ready.url);
        for (role, link) in &self.ready.sign_in {
            println!("  {role:<14} {link}");
        }
        println!("\nLogs are in {}. Ctrl-C stops everything.\n", project.short(&project.var.join("log")));
    }

    /// Stops the simulator, then the server.
    pub fn stop(&mut self) {
        if let Some(past) = &mut self.past {
            past.stop();
        }
        self.simulator.stop();
        self.server.stop();
    }
}

/// Writes a key that only its owner may read, from its first moment on.
fn keep_secret(file: &Path, key: &str) -> Result<()> {
    xtask::files::write(file, b"")?;
    fs::remove_file(file)?;
    let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    let written = created.and_then(|mut file| file.write_all(key.as_bytes()));
    written.with_context(|| format!("could not write {}", file.display()))
}

fn server_command(project: &Project, options: &Options, var: &Path, city: &Path) -> Command {
    let mut command = Command::new(project.program("doorstep"));
    command.current_dir(&project.root).env_remove("DATABASE_URL").arg("demo");
    let site = options.site.clone().unwrap_or_else(|| project.site());
    command.arg("--city").arg(city).arg("--site").arg(site).arg("--var").arg(var);
    command.args(["--port", &options.port.to_string(), "--factor", &options.factor.to_string()]);
    command.args(["--seed", &options.seed.to_string()]);
    if let Some(date) = &options.date {
        command.args(["--date", date]);
    }
    if let Some(start) = &options.start {
        command.args(["--start", start]);
    }
    if options.days_before > 0 {
        command.arg("--continue");
    }
    if let Some(url) = &options.database_url {
        command.env("DATABASE_URL", url);
    }
    command
}

fn until_ready(server: &mut Child, lines: &Receiver<String>, interrupt: &Interrupt) -> Result<Option<Ready>> {
    let began = Instant::now();
    while began.elapsed() < READY_WITHIN {
        if interrupt.came() {
            return Ok(None);
        }
        match lines.recv_timeout(Duration::from_millis(200)) {
            Ok(line) => {
                if let Some(json) = line.strip_prefix("DOORSTEP_READY ") {
                    let ready = serde_json::from_str(json);
                    return ready
                        .map(Some)
                        .context("the server's DOORSTEP_READY line is not what was agreed");
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(200)),
        }
        if let Some(status) = server.ended()? {
            bail!("the server did not start ({status}); its last words:\n{}", server.tail());
        }
    }
    bail!("the server was not ready in {} s; its last words:\n{}", READY_WITHIN.as_secs(), server.tail())
}

/// Makes sure of the extracts alone, for verbs that start the server by other means.
///
/// # Errors
/// As [`extract::extract`].
pub fn city(project: &Project) -> Result<PathBuf> {
    extract::extract(project)?;
    Ok(project.malta())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agreed_line_is_understood() {
        let line = r#"{"url":"http://127.0.0.1:4700","sign_in":{"dispatcher":"http://127.0.0.1:4700/x"},"admin_key":"k"}"#;
        let ready: Ready = serde_json::from_str(line).unwrap();
        assert_eq!(ready.sign_in.len(), 1);
        assert_eq!(ready.url, "http://127.0.0.1:4700");
    }

    #[test]
    fn a_server_that_ends_early_is_reported_with_its_words() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo the port is taken; exit 3"]);
        let (mut child, lines) = Child::start("server", &mut command, &folder.path().join("log")).unwrap();
        let said = until_ready(&mut child, &lines, &Interrupt::listen().unwrap()).unwrap_err().to_string();
        assert!(said.contains("exit status: 3") && said.contains("the port is taken"), "{said}");
    }
}
