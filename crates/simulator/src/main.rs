//! The pretended world: shops, customers, drivers and phones of one day, speaking to Doorstep over HTTP as real ones would.
//!
//! From a seed, a size and a map follows the whole day; the same seed gives the same day. The server's clock decides when it is
//! played. Deliberately not here: anything of the server. This program sees only what any shop, phone or administrator sees,
//! and what is true in its world (speeds, times at the door, who is at home) is never sent.

mod areas;
mod calendar;
mod clock;
mod draws;
mod driver;
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
use clock::WorldClock;
use driver::Driver;
use phone::Phone;
use roads::City;
use scenario::workday::Workday;
use scenario::{Scenario, Script, Size};
use server_link::ServerLink;
use shares::Shares;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tally::Tally;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use truth::{Fact, Truth};
use van::Surroundings;
use world::World;

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

const CLOCK_EVERY: Duration = Duration::from_secs(10);
const SUMMARY_EVERY: Duration = Duration::from_secs(60);
const NOTABLY_AHEAD_WORLD_S: f64 = 120.0;

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
        played = play(arguments, ends.clone()) => if ends.is_cancelled() { Ok(()) } else { played },
        () = overdue(&ends) => Ok(()),
    }
}

async fn play(arguments: Arguments, ends: CancellationToken) -> Result<()> {
    let key = std::fs::read_to_string(&arguments.key_file).with_context(|| {
        format!("the administrator's key cannot be read from {}", arguments.key_file.display())
    })?;
    let key = key.trim().to_owned();
    let shares = arguments.shares.as_deref().map(Shares::of_file).transpose()?.unwrap_or_default();
    let size = Size {
        vans: arguments.vans,
        orders: arguments.orders,
        late_orders: arguments
            .day_orders_late
            .unwrap_or((arguments.orders as f64 * shares.orders.late).round() as usize),
        first_order: arguments.first_order,
    };
    let truth = arguments.truth.as_deref().map(Truth::to).transpose()?.unwrap_or_default();
    let link = ServerLink::to(arguments.server)?;
    let (city, cache) = (arguments.city, arguments.var.join("city"));
    let city = tokio::select! {
        city = tokio::task::spawn_blocking(move || City::open(&city, &cache)) => Arc::new(city??),
        () = ends.cancelled() => return Ok(()),
    };

    let (sent, received, answer) = opening::persist(&ends, || link.clock(&key)).await?;
    let clock = WorldClock::starting(sent, received, answer);
    let day = Workday::around(opening::plan_at(clock.now(), clock.factor(), size.orders), arguments.zone)?;
    let scenario = {
        let city = Arc::clone(&city);
        let (seed, town, by_date) = (arguments.seed, arguments.town, arguments.by_date);
        let script = Script { seed, town, size, day, by_date, shares };
        tokio::task::spawn_blocking(move || Scenario::write(script, city.addresses(), &*city)).await??
    };
    truth.record(&Fact::Day {
        version: truth::VERSION,
        seed: arguments.seed,
        town: arguments.town,
        factor: clock.factor(),
        zone: arguments.zone.name(),
        opens: day.after(chrono::Duration::zero()),
        closes: day.after(day.length()),
        vans: size.vans,
        orders: size.orders,
        late_orders: size.late_orders,
        first_order: size.first_order,
        by_date: arguments.by_date,
        date: &scenario.date,
        shares: &scenario.shares,
    });
    let (world, vans) = World::of(&scenario, city, truth);
    world.tell_the_morning(&scenario);

    let plan_at = opening::plan_at(clock.now(), clock.factor(), scenario.orders.len());
    let keys = opening::set_up(&link, &key, &scenario, plan_at, &ends).await?;
    tracing::info!("{} vehicles and {} shops are set up", keys.vehicles.len(), keys.shops.len());
    opening::make_roster(&link, &key, &scenario, &keys.vehicles, &ends).await?;
    let sent_again = |order: &str, why: &str| {
        world.record(&Fact::SentAgain { order, at: clock.now(), why });
    };
    opening::place_orders(&link, &keys.shops, &scenario, &sent_again, &ends).await?;
    let spare_s = (plan_at - clock.now()).num_seconds();
    if spare_s < 0 {
        tracing::warn!("the orders came {} world seconds after the plan was due; some may miss it", -spare_s);
    }

    let around = Arc::new(Surroundings { link, clock, tally: Tally::default(), vans: vans.len(), ends });
    let (mut tasks, world) = (JoinSet::new(), Arc::new(world));
    for (index, (truth, device)) in vans.into_iter().zip(keys.vehicles).enumerate() {
        let (shares, reception) = (&world.shares().phones, Arc::clone(&world.town().reception));
        let factor = around.clock.factor();
        let phone = Phone::new(world.draws(), index, &truth.label, device.key, factor, shares, reception);
        world.record(&truth.fact(phone.truth()));
        let driver = Driver::new(Arc::clone(&world), truth, around.clock.now());
        tasks.spawn(van::play(index, driver, phone, Arc::clone(&around)));
    }
    tokio::select! {
        () = async { while tasks.join_next().await.is_some() {} } => {}
        () = keep_time(&around, &key) => {}
        () = summarise(&around) => {}
        () = async {
            let sent_again = |order: &str, why: &str| {
                world.record(&Fact::SentAgain { order, at: around.clock.now(), why });
            };
            opening::place_late_orders(keys.shops, scenario.orders, &around, &sent_again).await;
            std::future::pending::<()>().await;
        } => {}
    }
    world.record(&Fact::End { at: around.clock.now(), whole: !around.ends.is_cancelled() });
    let how = if around.ends.is_cancelled() { "ended early" } else { "done" };
    tracing::info!("day {how}: {}", around.tally.line());
    Ok(())
}

/// Asks the server for the time, now and then.
async fn keep_time(around: &Surroundings, key: &str) {
    let mut due = interval(CLOCK_EVERY);
    due.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        due.tick().await;
        match around.link.clock(key).await {
            Ok((sent, received, answer)) => {
                let ahead_s = around.clock.set(sent, received, answer);
                if ahead_s > NOTABLY_AHEAD_WORLD_S {
                    tracing::warn!(
                        "the server's clock went back by {ahead_s:.0} s; the world stands until it has caught up"
                    );
                }
            }
            Err(error) => tracing::debug!(%error, "the clock did not answer"),
        }
    }
}

async fn summarise(around: &Surroundings) {
    loop {
        sleep(SUMMARY_EVERY).await;
        tracing::info!("world {}: {}", around.clock.now().format("%H:%M:%S UTC"), around.tally.line());
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
