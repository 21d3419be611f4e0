//! `doorstep roster`: who drives what when, shown and changed by whoever holds the machine.

use anyhow::{Context, Result, bail};
use chrono::{DateTime, FixedOffset, Offset, Utc};
use clap::{Args, Subcommand};
use operations::{Caller, Operations};
use server::{installation::Installation, settings::DatabaseSettings};
use wire::{
    HubId,
    roster::{RosterAsk, RosterLine, SaveDrivers, SaveShifts, SavedAnswer, SavedStatus},
};

/// What is done with the roster.
#[derive(Subcommand)]
pub(crate) enum Roster {
    /// What each vehicle does: day, vehicle, driver, from, until, breaks; and the drivers with their ids.
    Show {
        /// The first day, as 2026-11-23; the one that runs when left out.
        #[arg(long)]
        day: Option<chrono::NaiveDate>,
        /// How many days, 1 to 7.
        #[arg(long)]
        days: Option<u8>,
        #[command(flatten)]
        at: At,
    },
    /// Write shifts, read from standard input as `POST /api/v1/shifts` takes them.
    Shifts {
        #[command(flatten)]
        at: At,
    },
    /// Add or change drivers, read from standard input as `POST /api/v1/drivers` takes them.
    Drivers {
        #[command(flatten)]
        at: At,
    },
}

/// Where.
#[derive(Args)]
pub(crate) struct At {
    /// The hub's id; the oldest when left out.
    #[arg(long)]
    hub: Option<HubId>,
    #[command(flatten)]
    database: DatabaseSettings,
}

/// Does it.
pub(crate) async fn roster(what: Roster) -> Result<()> {
    let (Roster::Show { at, .. } | Roster::Shifts { at } | Roster::Drivers { at }) = &what;
    let sent = match &what {
        Roster::Show { .. } => String::new(),
        Roster::Shifts { .. } | Roster::Drivers { .. } => std::io::read_to_string(std::io::stdin())?,
    };
    let hub = at.hub;
    let installation = Installation::without_streets(&at.database).await?;
    let (ops, caller) = (installation.operations(), Caller::command_line());
    match what {
        Roster::Show { day, days, .. } => show(&ops, &caller, RosterAsk { hub, day, days }).await?,
        Roster::Shifts { .. } => {
            let ask: SaveShifts = serde_json::from_str(&sent).context("the shifts cannot be read")?;
            report(&ops.save_shifts(&caller, hub.or(ask.hub), ask.shifts).await?)?;
        }
        Roster::Drivers { .. } => {
            let ask: SaveDrivers = serde_json::from_str(&sent).context("the drivers cannot be read")?;
            report(&ops.save_drivers(&caller, hub.or(ask.hub), ask.drivers).await?)?;
        }
    }
    installation.close().await
}

async fn show(ops: &Operations, caller: &Caller, ask: RosterAsk) -> Result<()> {
    let roster = ops.roster(caller, ask).await?;
    for line in &roster.lines {
        let zone = match &line.drives {
            Some(hours) => *ops.by_the_clock_of(roster.hub, hours.from).await?.offset(),
            None => Utc.fix(),
        };
        println!("{}", written(line, zone));
    }
    for driver in &roster.drivers {
        let left = if driver.left_at.is_some() { "left" } else { "works here" };
        println!("driver\t{}\t{}\t{left}", driver.name, driver.id);
    }
    Ok(())
}

/// A line, with times by the hub's clock.
fn written(line: &RosterLine, zone: FixedOffset) -> String {
    let how = if line.shift.is_some() { "rostered" } else { "usual" };
    let Some(hours) = &line.drives else {
        return format!("{}\t{}\t{}\tstays at the hub\t{how}", line.day, line.label, line.vehicle);
    };
    let clock = |at: &DateTime<Utc>| at.with_timezone(&zone).format("%H:%M").to_string();
    let breaks =
        hours.breaks.iter().map(|b| format!("{} min {}-{}", b.minutes, clock(&b.earliest), clock(&b.latest)));
    format!(
        "{}\t{}\t{}\t{}\t{}\t{}\t{how}\t{}",
        line.day,
        line.label,
        line.vehicle,
        hours.name,
        clock(&hours.from),
        clock(&hours.until),
        breaks.collect::<Vec<_>>().join(", ")
    )
}

fn report(answer: &SavedAnswer) -> Result<()> {
    let mut refused = 0;
    for (number, saved) in (1..).zip(&answer.results) {
        let id = saved.shift.map(|id| id.0).or(saved.driver.map(|id| id.0));
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        match saved.result {
            SavedStatus::Saved => println!("{number}\tsaved\t{id}"),
            SavedStatus::Known => println!("{number}\tknown\t{id}"),
            SavedStatus::Refused => {
                refused += 1;
                println!("{number}\trefused\t{}", saved.why.as_deref().unwrap_or_default());
            }
        }
    }
    if refused > 0 {
        bail!("{refused} of {} were refused; the others are stored", answer.results.len());
    }
    Ok(())
}
