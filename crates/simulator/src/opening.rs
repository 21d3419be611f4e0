//! Before the day: the administrator sets up the hub and makes its roster, and the shops place their orders; during the day, their late ones.
//!
//! Not here: what they order (`crate::scenario`).

use crate::scenario::roster::{self, Duty, Hours};
use crate::scenario::{Scenario, ScenarioOrder};
use crate::server_link::{LinkError, ServerLink};
use crate::van::Surroundings;
use anyhow::{Result, bail};
use chrono::{Duration, DurationRound};
use futures::{StreamExt, TryStreamExt};
use std::collections::BTreeMap;
use std::time::Duration as RealDuration;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use wire::machine::{
    NamedKey, PlaceOrder, PlaceOrderResult, PlaceStatus, SetUp, SetUpAnswer, SetUpHub, VehicleToken,
};
use wire::roster::{DutyCode, SaveDriver, SaveShift, SavedAnswer, SavedStatus};
use wire::{Instant, Point};

const BULK: usize = 500;
/// So many addresses without coordinates the product looks up in one request.
const LOOKED_UP: usize = 100;
const SHOPS_AT_ONCE: usize = 3;
const REAL_S_FOR_AN_ORDER: f64 = 0.001;
const TRIES: u32 = 30;

/// When the hub plans: the next full minute but one, later in a fast world so that all orders are in.
pub fn plan_at(now: Instant, factor: f64, orders: usize) -> Instant {
    let placing_s = (orders as f64 * REAL_S_FOR_AN_ORDER * factor).ceil() as i64;
    let earliest = now + Duration::seconds(60 + placing_s);
    let minute = earliest.duration_trunc(Duration::minutes(1)).unwrap_or(earliest);
    if minute < earliest { minute + Duration::minutes(1) } else { minute }
}

/// Sets up the hub, its shops and its vehicles.
///
/// # Errors
/// When the server refuses, or does not answer for long.
pub async fn set_up(
    link: &ServerLink,
    key: &str,
    scenario: &Scenario,
    plan_at: Instant,
    ends: &CancellationToken,
) -> Result<SetUpAnswer> {
    let zone = scenario.day.zone();
    let what = SetUp {
        hub: SetUpHub {
            id: None,
            another: false,
            name: "Central hub".to_owned(),
            at: scenario.hub,
            zone: zone.name().to_owned(),
            plan_at: plan_at.with_timezone(&zone).time(),
        },
        shops: scenario.shops.iter().map(|name| (*name).to_owned()).collect(),
        vehicles: scenario.vehicles.clone(),
    };
    let answer = persist(ends, || link.set_up(key, &what)).await?;
    if answer.shops.len() != what.shops.len() || answer.vehicles.len() != what.vehicles.len() {
        bail!(
            "the server answered another number of keys than we have shops and vehicles; are both of one version?"
        );
    }
    Ok(answer)
}

/// Makes the day's roster: adds the driver who has no vehicle, and says who drives what when.
///
/// # Errors
/// When the server refuses any of it, or does not answer for long.
pub async fn make_roster(
    link: &ServerLink,
    key: &str,
    scenario: &Scenario,
    vehicles: &[VehicleToken],
    ends: &CancellationToken,
) -> Result<()> {
    if scenario.roster.iter().all(Option::is_none) {
        return Ok(());
    }
    let name = roster::spare(&scenario.vehicles);
    let ask = SaveDriver { id: None, name, left: false, usually_drives: None };
    let added = persist(ends, || link.save_drivers(key, vec![ask.clone()])).await?;
    must_be_saved("the spare driver", &added)?;
    let spare_driver = added.results.first().and_then(|saved| saved.driver);
    let lines = |(duty, vehicle): (&Option<Duty>, &VehicleToken)| {
        let off = SaveShift {
            vehicle: vehicle.id,
            day: scenario.day.date(),
            duty: DutyCode::Off,
            driver: None,
            from: None,
            until: None,
            breaks: vec![],
            replaces: None,
            another: false,
        };
        let drives = |(nth, hours): (usize, &Hours)| SaveShift {
            duty: DutyCode::Drives,
            driver: spare_driver.filter(|_| hours.spare),
            from: Some(hours.from),
            until: Some(hours.until),
            breaks: hours.pause.into_iter().collect(),
            another: nth > 0,
            ..off.clone()
        };
        match duty {
            None => vec![],
            Some(Duty::Nobody) => vec![off],
            Some(Duty::Drives(shifts)) => shifts.iter().enumerate().map(drives).collect(),
        }
    };
    let lines: Vec<_> = scenario.roster.iter().zip(vehicles).flat_map(lines).collect();
    let saved = persist(ends, || link.save_shifts(key, lines.clone())).await?;
    must_be_saved("the roster", &saved)
}

fn must_be_saved(what: &str, answer: &SavedAnswer) -> Result<()> {
    match answer.results.iter().find(|saved| saved.result == SavedStatus::Refused) {
        Some(refused) => bail!("{what} was refused: {}", refused.why.as_deref().unwrap_or("no reason given")),
        None => Ok(()),
    }
}

/// Places all orders that come before the plan.
///
/// # Errors
/// When the server refuses a whole request, or does not answer for long.
pub async fn place_orders(
    link: &ServerLink,
    shops: &[NamedKey],
    scenario: &Scenario,
    sent_again: &(dyn Fn(&str, &str) + Sync),
    ends: &CancellationToken,
) -> Result<()> {
    let early = scenario.orders.iter().filter(|order| order.placed_at.is_none());
    let mut asked: BTreeMap<usize, Vec<ScenarioOrder>> = BTreeMap::new();
    for order in early {
        asked.entry(order.shop).or_default().push(order.clone());
    }
    let batches = asked
        .into_iter()
        .flat_map(|(shop, orders)| batches(&orders).map(|some| (shop, some.to_vec())).collect::<Vec<_>>());
    let results: Vec<PlaceOrderResult> = futures::stream::iter(batches)
        .map(|(shop, orders)| place(link, shops, shop, orders, sent_again, ends))
        .buffer_unordered(SHOPS_AT_ONCE)
        .try_concat()
        .await?;
    let count = |status| results.iter().filter(|result| result.result == status).count();
    tracing::info!(
        "{} orders placed, {} known from before",
        count(PlaceStatus::Placed),
        count(PlaceStatus::Known)
    );
    warn_of_refusals(&results);
    Ok(())
}

/// Places the orders that come in during the day, each at its time. An order that the server does not take is logged and left.
pub async fn place_late_orders(
    shops: Vec<NamedKey>,
    mut orders: Vec<ScenarioOrder>,
    around: &Surroundings,
    sent_again: &(dyn Fn(&str, &str) + Sync),
) {
    orders.retain(|order| order.placed_at.is_some());
    orders.sort_by_key(|order| order.placed_at);
    for order in orders {
        let Some(at) = order.placed_at else { continue };
        while around.clock.now() < at {
            let wait =
                around.clock.real_until(at).clamp(RealDuration::from_millis(20), RealDuration::from_secs(5));
            tokio::select! {
                () = around.ends.cancelled() => return,
                () = sleep(wait) => {}
            }
        }
        let reference = order.says.reference.clone();
        match place(&around.link, &shops, order.shop, vec![order], sent_again, &around.ends).await {
            Ok(results) => warn_of_refusals(&results),
            Err(error) => tracing::warn!("late order {reference} was not placed: {error:#}"),
        }
    }
}

/// Places some orders of a shop. Those whose address is refused because they have no coordinates are sent again with them.
async fn place(
    link: &ServerLink,
    shops: &[NamedKey],
    shop: usize,
    orders: Vec<ScenarioOrder>,
    sent_again: &(dyn Fn(&str, &str) + Sync),
    ends: &CancellationToken,
) -> Result<Vec<PlaceOrderResult>> {
    let Some(shop) = shops.get(shop) else { bail!("the server gave no key for shop {shop}") };
    let says: Vec<PlaceOrder> = orders.iter().map(|order| order.says.clone()).collect();
    let mut results = persist(ends, || link.place(&shop.key, says.clone())).await?.results;
    let mut again = Vec::new();
    for (order, result) in orders.iter().zip(&results) {
        if result.result == PlaceStatus::Refused && order.says.at.is_none() {
            sent_again(&order.says.reference, result.why.as_deref().unwrap_or_default());
            let door = Point { lat: order.behind.door.lat, lon: order.behind.door.lon };
            again.push(PlaceOrder { at: Some(door), ..order.says.clone() });
        }
    }
    if !again.is_empty() {
        tracing::info!("{} orders are sent again with coordinates", again.len());
        let answers = persist(ends, || link.place(&shop.key, again.clone())).await?.results;
        for answer in answers {
            if let Some(place) = results.iter_mut().find(|result| result.reference == answer.reference) {
                *place = answer;
            }
        }
    }
    Ok(results)
}

/// Orders in batches of a size that the product takes, with so few without coordinates that it looks all of them up.
fn batches(orders: &[ScenarioOrder]) -> impl Iterator<Item = &[ScenarioOrder]> {
    let mut left = orders;
    std::iter::from_fn(move || {
        let mut looked_up = 0;
        let fits = |order: &&ScenarioOrder| {
            looked_up += usize::from(order.says.at.is_none());
            looked_up <= LOOKED_UP
        };
        let count = left.iter().take(BULK).take_while(fits).count();
        let (some, rest) = left.split_at(count);
        left = rest;
        (!some.is_empty()).then_some(some)
    })
}

fn warn_of_refusals(results: &[PlaceOrderResult]) {
    let refused: Vec<_> = results.iter().filter(|result| result.result == PlaceStatus::Refused).collect();
    if let Some(first) = refused.first() {
        let why = first.why.as_deref().unwrap_or("no reason given");
        tracing::warn!("{} orders refused; the first is {}: {why}", refused.len(), first.reference);
    }
}

/// Tries until the server answers or refuses, for about five minutes.
///
/// # Errors
/// When the server refuses, does not answer for long, or the world ends meanwhile.
pub async fn persist<T, F: Future<Output = Result<T, LinkError>>>(
    ends: &CancellationToken,
    mut what: impl FnMut() -> F,
) -> Result<T> {
    let mut wait = RealDuration::from_millis(300);
    for _ in 0..TRIES {
        match what().await {
            Ok(answer) => return Ok(answer),
            Err(error) if !error.may_pass() => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "trying again");
                if let LinkError::Busy { after } = error {
                    wait = wait.max(after);
                }
            }
        }
        tokio::select! {
            () = ends.cancelled() => bail!("the world was ended before the server answered"),
            () = sleep(wait) => {}
        }
        wait = (wait * 2).min(RealDuration::from_secs(10));
    }
    Ok(what().await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::ordinary;

    #[test]
    fn the_plan_comes_at_a_full_minute_once_all_orders_can_be_in() {
        let at = |now: &str, factor, orders| plan_at(now.parse().unwrap(), factor, orders).to_string();
        assert_eq!(at("2026-06-15T05:20:00Z", 1.0, 0), "2026-06-15 05:21:00 UTC");
        assert_eq!(at("2026-06-15T05:20:01Z", 1.0, 1_500), "2026-06-15 05:22:00 UTC");
        assert_eq!(at("2026-06-15T05:20:00Z", 60.0, 1_500), "2026-06-15 05:23:00 UTC");
    }

    #[test]
    fn batches_hold_all_orders_once_and_few_without_coordinates() {
        let size = Size { vans: 2, orders: 1_300, late_orders: 0, first_order: 1 };
        let mut orders = ordinary(1, size, 500).orders;
        orders.iter_mut().take(450).for_each(|order| order.says.at = None);
        let all: Vec<_> = batches(&orders).collect();
        assert_eq!(all.concat(), orders);
        let silent = |some: &&[ScenarioOrder]| some.iter().filter(|order| order.says.at.is_none()).count();
        assert!(all.iter().all(|some| some.len() <= BULK && silent(some) <= LOOKED_UP));
    }

    #[tokio::test]
    async fn a_busy_server_is_asked_again_and_a_refusal_ends_it() {
        let ends = CancellationToken::new();
        let mut asked = 0;
        let answer = persist(&ends, || {
            asked += 1;
            let busy = asked < 2;
            async move { if busy { Err(LinkError::Busy { after: RealDuration::ZERO }) } else { Ok(7) } }
        });
        assert_eq!(answer.await.unwrap(), 7);
        assert_eq!(asked, 2);
        let refused = || async {
            Err::<(), _>(LinkError::Refused { status: 401, code: "x".into(), message: "y".into() })
        };
        assert!(persist(&ends, refused).await.is_err());
    }
}
