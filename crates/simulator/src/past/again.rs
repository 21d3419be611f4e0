//! A live day once more: the rounds that its drivers were told, played in the same world without HTTP and without waiting.
//!
//! The truth file of the live day holds all that it follows from. Both have to agree: what was tried and how it ended exactly,
//! times and ways within one in a hundred.

use super::play::drive;
use crate::scenario::workday::Workday;
use crate::scenario::{Scenario, Script, Size};
use crate::shares::Shares;
use crate::truth::Truth;
use crate::world::World;
use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use roads::City;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wire::driver::DriverRoute;
use wire::{Instant, RouteId};

/// Which day.
#[derive(Debug, Args)]
pub struct Again {
    /// The truth file of the live day
    #[arg(long)]
    heard: PathBuf,
    /// File for what happens this time, one JSON object a line
    #[arg(long)]
    truth: PathBuf,
    /// OpenStreetMap extract (.osm.pbf) of the city
    #[arg(long)]
    city: PathBuf,
    /// Folder for caches
    #[arg(long)]
    var: PathBuf,
}

/// Times and ways may differ by so much of themselves.
const WITHIN: f64 = 0.01;

/// Plays it, and says how both compare.
///
/// # Errors
/// A truth file that is none or was cut off, or a day that came out otherwise.
pub fn play(asked: &Again) -> Result<()> {
    let live = Day::read(&asked.heard)?;
    let script = live.script.clone().context("the truth file does not begin with its day")?;
    let (seed, town, size, zone) = (script.seed, script.town, script.size(), script.zone.parse());
    let zone: chrono_tz::Tz = zone.map_err(|_| anyhow::anyhow!("there is no time zone {}", script.zone))?;
    let city = Arc::new(City::open(&asked.city, &asked.var.join("city"))?);
    let day = Workday::around(script.opens, zone)?;
    let by_date = script.by_date;
    let shares = Shares::read(&script.shares.to_string())?;
    let scenario =
        Scenario::write(Script { seed, town, size, day, by_date, shares }, city.addresses(), &*city)?;
    let (world, vans) = World::of(&scenario, city, Truth::to(&asked.truth)?);
    let world = Arc::new(world);
    for (index, truth) in vans.iter().enumerate() {
        let mut own: Vec<DriverRoute> =
            live.routes.iter().filter(|((van, _), _)| *van == truth.label).map(|(_, r)| r.clone()).collect();
        own.sort_by_key(|route| route.planned_start);
        drive(&scenario, &world, (index, truth), own);
    }
    let fast = Day::read(&asked.truth)?;
    println!("{:32} {:>10} {:>10}", "", "live", "again");
    for outcome in live.outcomes.keys().chain(fast.outcomes.keys()).collect::<std::collections::BTreeSet<_>>()
    {
        let count = |day: &Day| day.outcomes.get(outcome).copied().unwrap_or_default();
        println!("{outcome:32} {:>10} {:>10}", count(&live), count(&fast));
    }
    println!("{:32} {:>10.1} {:>10.1}", "minutes of ways and visits", live.minutes, fast.minutes);
    println!("{:32} {:>10.2} {:>10.2}", "km", live.km, fast.km);
    ensure!(!live.outcomes.is_empty(), "nothing was tried on the live day");
    ensure!(live.outcomes == fast.outcomes, "the counts differ");
    for (what, one, other) in [("minutes", live.minutes, fast.minutes), ("km", live.km, fast.km)] {
        if (one - other).abs() > WITHIN * one {
            bail!("{what} differ by more than one in a hundred");
        }
    }
    println!("both agree");
    Ok(())
}

/// A day by its truth file.
#[derive(Debug, Default)]
struct Day {
    script: Option<DayScript>,
    routes: BTreeMap<(String, RouteId), DriverRoute>,
    outcomes: BTreeMap<String, usize>,
    minutes: f64,
    km: f64,
}

/// The first line.
#[derive(Debug, Clone, Deserialize)]
struct DayScript {
    seed: u64,
    town: u64,
    zone: String,
    opens: Instant,
    vans: usize,
    orders: usize,
    late_orders: usize,
    first_order: usize,
    by_date: bool,
    shares: Value,
}

impl DayScript {
    fn size(&self) -> Size {
        let Self { vans, orders, late_orders, first_order, .. } = *self;
        Size { vans, orders, late_orders, first_order }
    }
}

/// A line, as far as it counts here.
#[derive(Debug, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
enum Line {
    Day(Box<DayScript>),
    Heard {
        vehicle: String,
        route: Box<DriverRoute>,
    },
    Stop {
        set_off: Instant,
        ended: Instant,
        way_m: f64,
        outcome: String,
    },
    #[serde(other)]
    Else,
}

impl Day {
    fn read(file: &Path) -> Result<Self> {
        let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        let mut day = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line: Line = serde_json::from_str(line)
                .with_context(|| format!("line {number} of {} is no fact of a day", file.display()))?;
            match line {
                Line::Day(script) => day.script = Some(*script),
                // What was heard last before a round began is what was driven.
                Line::Heard { vehicle, route } => {
                    day.routes.insert((vehicle, route.route), *route);
                }
                Line::Stop { set_off, ended, way_m, outcome } => {
                    *day.outcomes.entry(outcome).or_default() += 1;
                    day.minutes += (ended - set_off).as_seconds_f64() / 60.0;
                    day.km += way_m / 1_000.0;
                }
                Line::Else => {}
            }
        }
        Ok(day)
    }
}
