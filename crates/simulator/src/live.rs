//! Days in real time: one is written, set up, and played by its vehicles; when it is over the next one follows, if that is asked.
//!
//! Not here: what happens on it (`crate::world`, `crate::driver`), and the command line.

use crate::Arguments;
use crate::clock::WorldClock;
use crate::driver::Driver;
use crate::opening;
use crate::phone::Phone;
use crate::scenario::workday::Workday;
use crate::scenario::{Scenario, Script, Size};
use crate::server_link::ServerLink;
use crate::shares::Shares;
use crate::tally::Tally;
use crate::truth::{self, Fact, Truth};
use crate::van::{self, Surroundings};
use crate::world::World;
use anyhow::{Context, Result};
use chrono::{Days, NaiveTime, TimeZone};
use chrono_tz::Tz;
use roads::City;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;
use wire::Instant;

const CLOCK_EVERY: Duration = Duration::from_secs(10);
const SUMMARY_EVERY: Duration = Duration::from_secs(60);
const NOTABLY_AHEAD_WORLD_S: f64 = 120.0;
/// When the next day's shops begin to send their orders, by the hub's clock.
const NEXT_MORNING: NaiveTime = NaiveTime::from_hms_opt(5, 30, 0).unwrap();
/// References of a day begin so far behind those of the day before.
const ORDERS_A_DAY: usize = 100_000;

/// What all days share.
struct Series<'a> {
    arguments: &'a Arguments,
    key: String,
    shares: Shares,
    truth: Truth,
    city: Arc<City>,
    ends: &'a CancellationToken,
}

/// Plays a day, and those that follow it if that is asked, until the world is ended.
///
/// # Errors
/// No key, no map, or a server that refuses, or does not answer for long.
pub async fn play(arguments: &Arguments, ends: &CancellationToken) -> Result<()> {
    let key = std::fs::read_to_string(&arguments.key_file).with_context(|| {
        format!("the administrator's key cannot be read from {}", arguments.key_file.display())
    })?;
    let shares = arguments.shares.as_deref().map(Shares::of_file).transpose()?.unwrap_or_default();
    let truth = arguments.truth.as_deref().map(Truth::to).transpose()?.unwrap_or_default();
    let (city, cache) = (arguments.city.clone(), arguments.var.join("city"));
    let city = tokio::select! {
        city = tokio::task::spawn_blocking(move || City::open(&city, &cache)) => Arc::new(city??),
        () = ends.cancelled() => return Ok(()),
    };
    let days = Series { arguments, key: key.trim().to_owned(), shares, truth, city, ends };
    for nth in 0.. {
        let over_at = days.play(nth).await?;
        if !arguments.go_on || ends.is_cancelled() {
            break;
        }
        let next = morning_after(over_at, arguments.zone);
        tracing::info!("the next day begins at {}", next.with_timezone(&arguments.zone).format("%F %H:%M"));
        tokio::select! {
            waited = days.wait_until(next) => waited?,
            () = ends.cancelled() => break,
        }
    }
    Ok(())
}

/// When the shops of the day after begin.
fn morning_after(over_at: Instant, zone: Tz) -> Instant {
    let today = over_at.with_timezone(&zone).date_naive();
    let mut day = today;
    loop {
        let local = day.and_time(NEXT_MORNING);
        let at =
            zone.from_local_datetime(&local).earliest().map_or_else(|| local.and_utc(), |at| at.to_utc());
        if at > over_at {
            return at;
        }
        day = day + Days::new(1);
    }
}

impl Series<'_> {
    /// Waits until the server's clock shows this. It is asked again and again: a demo's clock may be set.
    async fn wait_until(&self, at: Instant) -> Result<()> {
        let link = ServerLink::to(self.arguments.server.clone())?;
        loop {
            let (sent, received, answer) = opening::persist(self.ends, || link.clock(&self.key)).await?;
            let left = WorldClock::starting(sent, received, answer).real_until(at);
            if left.is_zero() {
                return Ok(());
            }
            sleep(left.min(CLOCK_EVERY)).await;
        }
    }

    /// Plays a day; answers when it was over.
    async fn play(&self, nth: usize) -> Result<Instant> {
        let Self { arguments, key, shares, truth, ends, .. } = self;
        let (seed, truth) = (arguments.seed.wrapping_add(nth as u64), truth.clone());
        let size = Size {
            vans: arguments.vans,
            orders: arguments.orders,
            late_orders: arguments
                .day_orders_late
                .unwrap_or((arguments.orders as f64 * shares.orders.late).round() as usize),
            first_order: arguments.first_order + nth * ORDERS_A_DAY,
        };
        let link = ServerLink::to(arguments.server.clone())?;
        let (sent, received, answer) = opening::persist(ends, || link.clock(key)).await?;
        let clock = WorldClock::starting(sent, received, answer);
        let day =
            Workday::around(opening::plan_at(clock.now(), clock.factor(), size.orders), arguments.zone)?;
        let scenario = {
            let (city, shares) = (Arc::clone(&self.city), shares.clone());
            let (town, by_date) = (arguments.town, arguments.by_date);
            let script = Script { seed, town, size, day, by_date, shares };
            tokio::task::spawn_blocking(move || Scenario::write(script, city.addresses(), &*city)).await??
        };
        truth.record(&Fact::Day {
            version: truth::VERSION,
            seed,
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
        let (world, vans) =
            World::of(&scenario, Arc::clone(&self.city) as Arc<dyn crate::streets::Streets>, truth);
        world.tell_the_morning(&scenario);

        let plan_at = opening::plan_at(clock.now(), clock.factor(), scenario.orders.len());
        let keys = opening::set_up(&link, key, &scenario, plan_at, ends).await?;
        tracing::info!("{} vehicles and {} shops are set up", keys.vehicles.len(), keys.shops.len());
        opening::make_roster(&link, key, &scenario, &keys.vehicles, ends).await?;
        let sent_again = |order: &str, why: &str| {
            world.record(&Fact::SentAgain { order, at: clock.now(), why });
        };
        opening::place_orders(&link, &keys.shops, &scenario, &sent_again, ends).await?;
        let spare_s = (plan_at - clock.now()).num_seconds();
        if spare_s < 0 {
            tracing::warn!(
                "the orders came {} world seconds after the plan was due; some may miss it",
                -spare_s
            );
        }

        let around = Arc::new(Surroundings {
            link,
            clock,
            tally: Tally::default(),
            vans: vans.len(),
            ends: CancellationToken::clone(ends),
        });
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
            () = keep_time(&around, key) => {}
            () = summarise(&around) => {}
            () = async {
                let sent_again = |order: &str, why: &str| {
                    world.record(&Fact::SentAgain { order, at: around.clock.now(), why });
                };
                opening::place_late_orders(keys.shops, scenario.orders, &around, &sent_again).await;
                std::future::pending::<()>().await;
            } => {}
        }
        let over_at = around.clock.now();
        world.record(&Fact::End { at: over_at, whole: !around.ends.is_cancelled() });
        let how = if around.ends.is_cancelled() { "ended early" } else { "done" };
        tracing::info!("day {how}: {}", around.tally.line());
        Ok(over_at)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_morning_is_the_next_one_by_the_clock() {
        let malta = chrono_tz::Europe::Malta;
        let next = |text: &str| morning_after(text.parse().unwrap(), malta).to_rfc3339();
        assert_eq!(next("2026-11-30T18:40:00Z"), "2026-12-01T04:30:00+00:00");
        // After midnight the morning of the same calendar day.
        assert_eq!(next("2026-11-30T23:30:00Z"), "2026-12-01T04:30:00+00:00");
        // The clocks go forward in that night.
        assert_eq!(next("2026-03-28T19:00:00Z"), "2026-03-29T03:30:00+00:00");
    }
}
