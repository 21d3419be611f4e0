//! The fast path: days that are over, played in the same world without HTTP and without waiting, and brought into the product
//! as any history is.
//!
//! Weeks are sent newest first, so what people look at first is there first. Not here: a live day.

pub mod again;
mod kept;
mod plan;
mod play;
mod record;

use crate::scenario::workday::Workday;
use crate::scenario::{Scenario, Script, Size};
use crate::server_link::{LinkError, ServerLink};
use crate::shares::Shares;
use crate::town::Town;
use crate::truth::{self, Fact, Truth};
use crate::world::World;
use anyhow::{Context, Result, ensure};
use chrono::{Days, NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Tz;
use clap::Args;
use kept::Kept;
use roads::{City, Conditions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as RealInstant};
use wire::Point;
use wire::history::{HistoryAnswer, HistoryRecord};

/// Which days, and where to.
#[derive(Debug, Args)]
pub struct Past {
    /// Address of the server that gets the history, such as http://127.0.0.1:4700; its hub has to be set up already
    #[arg(long, requires = "key_file", required_unless_present = "out")]
    server: Option<reqwest::Url>,
    /// File that holds an administrator's API key
    #[arg(long)]
    key_file: Option<PathBuf>,
    /// File that gets the history as JSON lines instead
    #[arg(long, conflicts_with = "server")]
    out: Option<PathBuf>,
    /// The last day; the day before the server's own when left out
    #[arg(long, required_unless_present = "server")]
    until: Option<NaiveDate>,
    /// How many days up to that one
    #[arg(long, default_value_t = 56)]
    days: u32,
    /// Positions of the last so many days too, one a minute
    #[arg(long, default_value_t = 7)]
    position_days: u32,
    /// The same seed gives the same days
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The same town seed gives the same people on every day
    #[arg(long, default_value_t = 1)]
    town: u64,
    /// JSON file of shares that differ from those of docs/simulator.md
    #[arg(long)]
    shares: Option<PathBuf>,
    /// How many vehicles
    #[arg(long, default_value_t = 40)]
    vans: usize,
    /// How many orders before the plan on an ordinary day
    #[arg(long, default_value_t = 1_500)]
    orders: usize,
    /// OpenStreetMap extract (.osm.pbf) of the city
    #[arg(long)]
    city: PathBuf,
    /// Folder for caches
    #[arg(long)]
    var: PathBuf,
    /// Time zone of the hub
    #[arg(long, default_value = "Europe/Malta")]
    zone: Tz,
    /// File for what really happened, one JSON object a line
    #[arg(long)]
    truth: Option<PathBuf>,
}

/// Where records go.
enum Sink {
    File(std::fs::File),
    Server(Box<ServerLink>, String),
}

const DAYS_AT_ONCE: u32 = 7;
const PLAN_AT: NaiveTime = NaiveTime::from_hms_opt(7, 0, 0).unwrap();
/// References of a day begin with the number of the day since then.
const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
const ORDERS_A_DAY: usize = 10_000;
const PATIENCE: Duration = Duration::from_secs(120);

/// Plays the days and hands them over.
///
/// # Errors
/// No map, no server, or a line that the product refuses: the world and the product should agree.
pub async fn play(asked: Past) -> Result<()> {
    let (file, cache) = (asked.city.clone(), asked.var.join("city"));
    let city = Arc::new(tokio::task::spawn_blocking(move || City::open(&file, &cache)).await??);
    let (mut sink, until) = sink(&asked).await?;
    // What is kept tells no truth.
    let kept = if asked.truth.is_none() { Some(Kept::of(&asked)?) } else { None };
    let truth = asked.truth.as_deref().map(Truth::to).transpose()?.unwrap_or_default();
    let shares = asked.shares.as_deref().map(Shares::of_file).transpose()?.unwrap_or_default();
    // It is the same on every day, and takes a while.
    let town = Arc::new(Mutex::new(None));
    let began = RealInstant::now();
    let mut all = HistoryAnswer::default();
    let weeks: Vec<(NaiveDate, NaiveDate)> = (0..asked.days)
        .step_by(DAYS_AT_ONCE as usize)
        .map(|back| {
            let count = (asked.days - back).min(DAYS_AT_ONCE);
            let last = until - Days::new(back.into());
            (last - Days::new(u64::from(count) - 1), last)
        })
        .collect();
    let play_week = |(first, last): (NaiveDate, NaiveDate)| {
        let (city, town, truth, kept) = (Arc::clone(&city), Arc::clone(&town), truth.clone(), kept.clone());
        let day = |day: NaiveDate| {
            OneDay::of(&asked, &shares, day, (until - day).num_days() < i64::from(asked.position_days))
        };
        let days: Vec<OneDay> = first.iter_days().take_while(|day| *day <= last).map(day).collect();
        tokio::task::spawn_blocking(move || {
            let mut lines = vec![];
            for day in days {
                lines.extend(day.lines(&city, &town, &truth, kept.as_ref())?);
            }
            anyhow::Ok(lines)
        })
    };
    let mut ready = None;
    for (place, week) in weeks.iter().enumerate() {
        let lines = match ready.take() {
            Some(lines) => lines,
            None => play_week(*week).await??,
        };
        // The next week is played while this one is taken in.
        let next = weeks.get(place + 1).map(|next| play_week(*next));
        let answer = sink.take(lines).await?;
        if let Some(next) = next {
            ready = Some(next.await??);
        }
        all.orders += answer.orders;
        all.known += answer.known;
        all.attempts += answer.attempts;
        all.routes += answer.routes;
        all.refused += answer.refused;
        tracing::info!("{} to {}: {} orders, {} known", week.0, week.1, answer.orders, answer.known);
    }
    tracing::info!(
        "{} days in {:.1} s: {} orders ({} known), {} attempts, {} rounds",
        asked.days,
        began.elapsed().as_secs_f64(),
        all.orders,
        all.known,
        all.attempts,
        all.routes
    );
    ensure!(all.refused == 0, "{} lines were refused: the world and the product should agree", all.refused);
    Ok(())
}

async fn sink(asked: &Past) -> Result<(Sink, NaiveDate)> {
    if let (Some(server), Some(key)) = (&asked.server, &asked.key_file) {
        let key = std::fs::read_to_string(key)
            .with_context(|| format!("the administrator's key cannot be read from {}", key.display()))?;
        let (link, key) = (ServerLink::to(server.clone())?, key.trim().to_owned());
        let (_, _, clock) = link.clock(&key).await.context("the server does not say what time it is")?;
        let today = clock.now.with_timezone(&asked.zone).date_naive();
        let until = asked.until.unwrap_or(today - Days::new(1));
        return Ok((Sink::Server(Box::new(link), key), until));
    }
    let (Some(out), Some(until)) = (&asked.out, asked.until) else {
        anyhow::bail!("say --server with --key-file, or --out with --until");
    };
    let file = std::fs::File::create(out).with_context(|| format!("{} cannot be written", out.display()))?;
    Ok((Sink::File(file), until))
}

impl Sink {
    async fn take(&mut self, lines: Vec<u8>) -> Result<HistoryAnswer> {
        match self {
            Self::File(file) => {
                file.write_all(&lines)?;
                Ok(HistoryAnswer::default())
            }
            Self::Server(link, key) => {
                let began = RealInstant::now();
                let answer = loop {
                    match link.import_history(key, lines.clone()).await {
                        // Without a hub the answer is 404: in a demo it is being set up.
                        Err(
                            error @ (LinkError::Busy { .. }
                            | LinkError::Silent(_)
                            | LinkError::Refused { status: 404, .. }),
                        ) if began.elapsed() < PATIENCE => {
                            tracing::debug!(%error, "the history is sent again");
                            tokio::time::sleep(Duration::from_secs(2)).await;
                        }
                        other => break other?,
                    }
                };
                if answer.refused > 0 {
                    let refusals: Vec<_> = answer.refusals.iter().take(5).collect();
                    tracing::warn!("{} lines were refused: {refusals:?}", answer.refused);
                }
                Ok(answer)
            }
        }
    }
}

/// One day of them.
struct OneDay {
    script: (u64, u64, Size, Shares),
    zone: Tz,
    day: NaiveDate,
    positions: bool,
}

impl OneDay {
    fn of(asked: &Past, shares: &Shares, day: NaiveDate, positions: bool) -> Self {
        let number = usize::try_from((day - FIRST_DAY).num_days()).unwrap_or_default();
        let size = Size {
            vans: asked.vans,
            orders: asked.orders,
            late_orders: (asked.orders as f64 * shares.orders.late).round() as usize,
            first_order: number * ORDERS_A_DAY + 1,
        };
        let seed = asked.seed.wrapping_mul(1_000_003).wrapping_add(number as u64);
        Self { script: (seed, asked.town, size, shares.clone()), zone: asked.zone, day, positions }
    }

    /// The day as lines, played or as it was kept.
    fn lines(
        self,
        city: &Arc<City>,
        town: &Mutex<Option<Arc<Town>>>,
        truth: &Truth,
        kept: Option<&Kept>,
    ) -> Result<Vec<u8>> {
        let (day, positions) = (self.day, self.positions);
        if let Some(lines) = kept.and_then(|kept| kept.get(day, positions)) {
            return Ok(lines);
        }
        let mut lines = vec![];
        for record in self.play(city, town, truth)? {
            serde_json::to_writer(&mut lines, &record)?;
            lines.push(b'\n');
        }
        if let Some(kept) = kept {
            kept.put(day, positions, &lines)?;
        }
        Ok(lines)
    }

    fn play(
        self,
        city: &Arc<City>,
        town_of: &Mutex<Option<Arc<Town>>>,
        truth: &Truth,
    ) -> Result<Vec<HistoryRecord>> {
        let plan_at = self.zone.from_local_datetime(&self.day.and_time(PLAN_AT)).earliest();
        let plan_at = plan_at.context("the day has no morning")?.to_utc();
        let day = Workday::around(plan_at, self.zone)?;
        let (seed, town, size, shares) = self.script;
        let script = Script { seed, town, size, day, by_date: true, shares };
        let mut scenario = {
            let mut known = town_of.lock().unwrap_or_else(PoisonError::into_inner);
            let town = match &*known {
                Some(town) => Arc::clone(town),
                None => Arc::clone(known.insert(Arc::new(script.town(city.addresses(), &**city)?))),
            };
            Scenario::write_in(town, script, city.addresses())
        };
        // A shop whose address was refused sends it again with the door.
        for order in scenario.orders.iter_mut().filter(|order| order.says.at.is_none()) {
            order.says.at = Some(Point { lat: order.behind.door.lat, lon: order.behind.door.lon });
        }
        truth.record(&Fact::Day {
            version: truth::VERSION,
            seed,
            town,
            factor: 1.0,
            zone: self.zone.name(),
            opens: day.after(chrono::Duration::zero()),
            closes: day.after(day.length()),
            vans: size.vans,
            orders: size.orders,
            late_orders: size.late_orders,
            first_order: size.first_order,
            by_date: true,
            date: &scenario.date,
            shares: &scenario.shares,
        });
        // The planner knows the map, and not which lanes are closed today.
        city.set_conditions(Conditions::free());
        let planned = plan::plan(&scenario, &**city)?;
        let streets = Arc::clone(city) as Arc<dyn crate::streets::Streets>;
        let (world, vans) = World::of(&scenario, streets, truth.clone());
        let world = Arc::new(world);
        world.tell_the_morning(&scenario);
        let played = play::play(&scenario, &world, &vans, &planned);
        world.record(&Fact::End { at: day.after(day.length()), whole: true });
        Ok(record::records(&scenario, &planned, &played, self.positions))
    }
}

#[cfg(test)]
mod tests;
