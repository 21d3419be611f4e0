//! The pretended world: shops, customers, drivers and phones of one day, speaking to Doorstep over HTTP as real ones would.
//!
//! From a seed, a size and a map follows the whole day; the same seed gives the same day. The server's clock decides when it is
//! played. Deliberately not here: anything of the server. This program sees only what any shop, phone or administrator sees,
//! and what is true in its world (speeds, times at the door, who is at home) is never sent.

mod calendar;
mod clock;
mod draws;
mod driver;
mod live;
mod opening;
mod past;
mod phone;
#[cfg(test)]
mod real_city;
mod scenario;
mod server_link;
mod shares;
mod streets;
mod tally;
#[cfg(test)]
mod testing;
mod town;
mod truth;
mod van;
mod world;

use anyhow::{Context, Result};
use chrono_tz::Tz;
use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// Plays one day of deliveries against a Doorstep server.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Command {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    day: Option<Arguments>,
    /// What to log, as tracing filters
    #[arg(long, env = "RUST_LOG", default_value = "info", global = true)]
    log: String,
}

#[derive(Subcommand)]
enum Verb {
    /// Plays days that are over, as fast as it goes, and brings them in as history
    Past(Box<past::Past>),
    /// Plays a live day again by its truth file, without a server, and says whether both agree
    Again(past::again::Again),
}

/// The day that is played live.
#[derive(clap::Args)]
struct Arguments {
    /// Address of the server, such as http://127.0.0.1:4700
    #[arg(long)]
    server: reqwest::Url,
    /// File that holds an administrator's API key
    #[arg(long)]
    key_file: PathBuf,
    /// The same seed gives the same day
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The same town seed gives the same people, roads and places without reception on every day
    #[arg(long, default_value_t = 1)]
    town: u64,
    /// JSON file of shares that differ from those of docs/simulator.md
    #[arg(long)]
    shares: Option<PathBuf>,
    /// How many vehicles
    #[arg(long, default_value_t = 40)]
    vans: usize,
    /// How many orders before the plan
    #[arg(long, default_value_t = 1_500)]
    orders: usize,
    /// How many orders during the day; a share of the others when left out
    #[arg(long)]
    day_orders_late: Option<usize>,
    /// Lets the date make more or less of the orders: weekdays, seasons, promotions and holidays
    #[arg(long)]
    by_date: bool,
    /// The number in the first order's reference; another one for another day in the same database
    #[arg(long, default_value_t = 1)]
    first_order: usize,
    /// Goes on with the next day when one is over, and the one after that
    #[arg(long)]
    go_on: bool,
    /// OpenStreetMap extract (.osm.pbf) of the city
    #[arg(long)]
    city: PathBuf,
    /// Folder for caches; the street network is kept under city/
    #[arg(long)]
    var: PathBuf,
    /// Time zone of the hub
    #[arg(long, default_value = "Europe/Malta")]
    zone: Tz,
    /// File for what really happens, one JSON object a line; the server never sees it
    #[arg(long)]
    truth: Option<PathBuf>,
}

fn main() -> Result<()> {
    let command = Command::parse();
    let filter = EnvFilter::try_new(&command.log).context("--log is no tracing filter")?;
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(colours)
        .init();
    let runtime = tokio::runtime::Runtime::new()?;
    let played = match (command.verb, command.day) {
        (Some(Verb::Past(past)), _) => runtime.block_on(past::play(*past)),
        (Some(Verb::Again(again)), _) => past::again::play(&again),
        (None, Some(day)) => runtime.block_on(play_until_ended(day)),
        (None, None) => {
            Err(anyhow::anyhow!("say --server, --key-file, --city and --var, or `simulator past`"))
        }
    };
    // A map that is still being read must not hold up a SIGTERM.
    runtime.shutdown_background();
    played
}

async fn play_until_ended(arguments: Arguments) -> Result<()> {
    let ends = CancellationToken::new();
    end_on_signal(ends.clone())?;
    tokio::select! {
        played = live::play(&arguments, &ends) => if ends.is_cancelled() { Ok(()) } else { played },
        () = overdue(&ends) => Ok(()),
    }
}

/// SIGTERM and Ctrl-C end the world.
fn end_on_signal(ends: CancellationToken) -> Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        ends.cancel();
    });
    Ok(())
}

/// Returns some seconds after the world was ended, in case something does not notice.
async fn overdue(ends: &CancellationToken) {
    ends.cancelled().await;
    sleep(Duration::from_secs(5)).await;
    tracing::warn!("ended without waiting for the last answers");
}
