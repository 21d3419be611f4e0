//! An administrator's system brings in what happened before Doorstep was there.
//!
//! Days, rounds and orders are written as they were in the end, together with the facts that a live day would have left, so that
//! stories, figures and search know no difference. Every line is stored, known already, or refused with its reason; a file that
//! is sent twice is stored once.

mod lines;
mod rounds;
mod story;
mod table;
#[cfg(test)]
mod testing;

use crate::{
    Caller, Operations, Result,
    accounts::settings,
    base::{bounds, clock::new_id, turns::aside},
    orders::{asked, place},
    sites::hubs::Site,
};
use chrono::TimeDelta;
use domain::{
    Actor, Coordinate, Day, Fact, HubId, Instant, Order, Plan, PlanId, PlanState, Route, RouteState,
    ServiceDay, ShiftId, ShopId, VehicleId,
};
use futures::future::try_join_all;
use lines::{Line, Unread};
use rounds::{Fleet, Past, Round, micro};
use std::collections::{BTreeMap, HashMap, HashSet};
use store::{imported, positions::Position};
use story::{Doors, Story, Visit};
use wire::history::{HistoryAnswer, HistoryRecord, HistoryRefusal, PastOrder, PastPositions, PastRoute};

/// So many orders are written in one transaction.
const PART: usize = 500;
/// So many transactions write at the same time.
const AT_ONCE: usize = 3;
const MOST_REFUSALS: usize = 200;
const MOST_FIXES: usize = 5_000;

/// How a history is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HistoryForm {
    /// A JSON object on each line, `wire::history::HistoryRecord`.
    Lines,
    /// A table with a head, a row for each attempt.
    Table,
}

/// The lines by their kinds.
#[derive(Default)]
struct Sorted {
    routes: Vec<(usize, PastRoute)>,
    orders: Vec<(usize, PastOrder)>,
    positions: Vec<(usize, PastPositions)>,
    refused: Vec<(usize, Unread)>,
}

impl Sorted {
    fn of(lines: Vec<Line>) -> Self {
        let mut sorted = Self::default();
        for (line, record) in lines {
            match record {
                Ok(HistoryRecord::Route(route)) => sorted.routes.push((line, route)),
                Ok(HistoryRecord::Order(order)) => sorted.orders.push((line, *order)),
                Ok(HistoryRecord::Positions(positions)) => sorted.positions.push((line, positions)),
                Err(unread) => sorted.refused.push((line, unread)),
            }
        }
        sorted
    }
}

impl Operations {
    /// Stores a hub's history; each line is accounted for.
    pub async fn import_history(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        form: HistoryForm,
        body: Vec<u8>,
    ) -> Result<HistoryAnswer> {
        caller.must_be_machine()?;
        let site = self.site_for(caller, hub).await?;
        let zone = site.zone;
        let mut sorted = aside(move || {
            Sorted::of(match form {
                HistoryForm::Lines => lines::read(&body),
                HistoryForm::Table => table::read(&body, zone),
            })
        })
        .await?;
        let mut conn = self.0.database.read().await?;
        let now = self.now();
        let past = Past { running: self.running_day(&mut conn, &site, now).await?, now };
        let vehicles = store::vehicles::of_hub(&mut conn, site.hub.id).await?;
        let drivers = store::drivers::of_hub(&mut conn, site.hub.id).await?;
        let asked_fleet = asked::Fleet::of(vehicles.clone());
        let names: HashSet<String> = sorted.orders.iter().map(|(_, o)| bounds::one_line(&o.shop)).collect();
        let names: Vec<String> = names.into_iter().filter(|name| !name.contains('\0')).collect();
        let shops = store::shops::named(&mut conn, &names).await?;
        drop(conn);

        let mut fleet = Fleet::of(vehicles, drivers);
        let (mut rounds, refused) =
            rounds::read(std::mem::take(&mut sorted.routes), &mut fleet, &site, &past);
        sorted.refused.extend(refused);
        let routes = self.store_rounds(caller, &site, &mut rounds, &fleet, &mut sorted.refused).await?;
        let mut answer = HistoryAnswer { routes, ..HistoryAnswer::default() };

        let known = self.known_of(&sorted.orders, &shops).await?;
        let by_key: HashMap<&str, usize> =
            rounds.iter().enumerate().map(|(place, round)| (round.key.as_str(), place)).collect();
        let mut read =
            Reader { site: &site, fleet: &asked_fleet, shops: &shops, by_key: &by_key, seen: HashMap::new() };
        let (mut fresh, mut doors) = (vec![], Doors::default());
        for (line, asked) in sorted.orders {
            let what: String = bounds::one_line(&asked.order.reference).chars().take(64).collect();
            if known.contains(&(bounds::one_line(&asked.shop), bounds::one_line(&asked.order.reference))) {
                answer.known += 1;
                continue;
            }
            let addresses = self.0.addresses.clone();
            match read.order(line, asked, addresses.as_deref()) {
                Ok(order) => fresh.push((line, what, order)),
                Err(why) => sorted.refused.push((line, Unread { what, why })),
            }
        }
        // Drivers come to their doors in this order, whatever that of the file.
        fresh.sort_by_key(|(_, _, (order, visits, _))| {
            visits.first().map_or(order.placed_at, |v| v.attempt.arrived_at.unwrap_or(v.attempt.ended_at))
        });
        let mut stories = vec![];
        for (line, what, (order, visits, cancelled_at)) in fresh {
            match story::tell(order, &visits, cancelled_at, &rounds, &mut doors) {
                Ok(story) => stories.push(story),
                Err(why) => sorted.refused.push((line, Unread { what, why })),
            }
        }
        for some in stories.chunks(PART * AT_ONCE) {
            let parts = some.chunks(PART).map(|part| self.store_stories(caller, site.hub.id, part));
            for (orders, attempts) in try_join_all(parts).await? {
                answer.orders += orders;
                answer.attempts += attempts;
            }
        }
        answer.known += stories.len() - answer.orders;
        (answer.positions, answer.too_old) =
            self.store_positions(&site, sorted.positions, &fleet, &mut sorted.refused).await?;

        sorted.refused.sort_by_key(|(line, _)| *line);
        answer.refused = sorted.refused.len();
        let refusals = sorted.refused.into_iter().take(MOST_REFUSALS);
        answer.refusals =
            refusals.map(|(line, Unread { what, why })| HistoryRefusal { line, what, why }).collect();
        Ok(answer)
    }

    /// Which of the orders are stored, by shop and reference.
    async fn known_of(
        &self,
        orders: &[(usize, PastOrder)],
        shops: &HashMap<String, ShopId>,
    ) -> Result<HashSet<(String, String)>> {
        let asked = orders.iter().filter_map(|(_, asked)| {
            let (shop, reference) = (bounds::one_line(&asked.shop), bounds::one_line(&asked.order.reference));
            let id = shops.get(&shop)?;
            (!reference.contains('\0')).then_some((shop, id.0, reference))
        });
        let (mut names, mut ids, mut references) = (HashMap::new(), vec![], vec![]);
        for (shop, id, reference) in asked {
            names.insert(ShopId(id), shop);
            ids.push(id);
            references.push(reference);
        }
        let mut conn = self.0.database.read().await?;
        let known = store::orders::by_references(&mut conn, &ids, &references).await?;
        Ok(known
            .into_keys()
            .filter_map(|(id, reference)| Some((names.get(&id)?.clone(), reference)))
            .collect())
    }

    /// Stores the days and rounds that are not there; rounds of days that were lived here are taken out and refused. Answers how
    /// many are new.
    async fn store_rounds(
        &self,
        caller: &Caller,
        site: &Site,
        rounds: &mut Vec<Round>,
        fleet: &Fleet,
        refused: &mut Vec<(usize, Unread)>,
    ) -> Result<usize> {
        let hub = site.hub.id;
        let mut work = self.begin(caller, hub).await?;
        imported::lock(&mut work.tx, hub).await?;
        let days: Vec<Day> = rounds.iter().map(|r| r.route.day).collect();
        let there = imported::days(&mut work.tx, hub, &days).await?;
        rounds.retain(|round| {
            let lived = there.get(&round.route.day) == Some(&false);
            if lived {
                let what = round.key.chars().take(64).collect();
                let why = format!(
                    "day: {} was lived here and is not written over; leave it out of the file",
                    round.route.day
                );
                refused.push((round.line, Unread { what, why }));
            }
            !lived
        });
        let known = imported::routes(&mut work.tx, hub, &days).await?;
        let mut taken: HashSet<(VehicleId, Day)> =
            known.iter().map(|((v, _), (_, day))| (*v, *day)).collect();
        let (mut fresh, mut of_days) = (vec![], BTreeMap::<Day, Vec<usize>>::new());
        for (place, round) in rounds.iter_mut().enumerate() {
            if let Some((id, _)) = known.get(&(round.route.vehicle, round.departed_at)) {
                round.route.id = *id;
                // The stored round stays as it is, so what is added to it has to lie within its hours.
                let stored = store::plans::route(&mut work.tx, *id).await?;
                round.finished_at = stored.and_then(|r| r.state.finished_at()).unwrap_or(round.finished_at);
                continue;
            }
            // A vehicle has one round of a day outside a roster's shifts.
            if !taken.insert((round.route.vehicle, round.route.day)) {
                round.route.shift = Some(ShiftId(new_id()));
            }
            fresh.push(place);
            if !there.contains_key(&round.route.day) {
                of_days.entry(round.route.day).or_default().push(place);
            }
        }
        for driver in &fleet.new_drivers {
            store::drivers::save(&mut work.tx, driver).await?;
        }
        let mut days = vec![];
        for (day, places) in &of_days {
            let own: Vec<&Round> = places.iter().filter_map(|place| rounds.get(*place)).collect();
            let (begins, ends) = site.zone.bounds(*day);
            let opened_at = own.iter().map(|r| r.planned_at).min().unwrap_or(begins).min(begins);
            let closed_at = own.iter().map(|r| r.finished_at).max().unwrap_or(ends).max(ends);
            let published_at = own.iter().map(|r| r.planned_at).min().unwrap_or(begins);
            let plan = Plan {
                id: PlanId(new_id()),
                hub,
                day: *day,
                revision: 1,
                published_at,
                state: PlanState::Published,
            };
            work.brought_in(opened_at, Actor::Timer, Fact::DayOpened { day: *day });
            work.brought_in(published_at, Actor::Timer, Fact::PlanPublished { plan: plan.clone() });
            work.brought_in(closed_at, Actor::Timer, Fact::DayClosed { day: *day });
            days.push((ServiceDay { hub, day: *day, opened_at, closed_at: Some(closed_at) }, plan));
        }
        imported::add_days(&mut work.tx, &days).await?;
        let mut driven = vec![];
        for round in fresh.iter().filter_map(|place| rounds.get(*place)) {
            let (route, vehicle) = (round.route.id, round.route.vehicle);
            let published = Route { state: RouteState::Published, ..round.route.clone() };
            work.brought_in(round.planned_at, Actor::Timer, Fact::RoutePublished { route: published });
            let driver = Actor::Vehicle(vehicle);
            work.brought_in(round.departed_at, driver, Fact::RouteDeparted { route, vehicle });
            work.brought_in(round.finished_at, driver, Fact::RouteFinished { route, vehicle });
            let (planned_m, driven_m) = (round.planned_m, round.driven_m);
            driven.push(imported::Driven { route: round.route.clone(), planned_m, driven_m });
        }
        imported::add_routes(&mut work.tx, &driven).await?;
        work.commit().await?;
        Ok(driven.len())
    }

    /// Stores what came of orders. Answers how many orders and attempts are new: somebody may have placed one meanwhile.
    async fn store_stories(&self, caller: &Caller, hub: HubId, stories: &[Story]) -> Result<(usize, usize)> {
        let mut work = self.begin(caller, hub).await?;
        let orders: Vec<Order> = stories.iter().map(|story| story.order.clone()).collect();
        let ids = store::orders::insert(&mut work.tx, &orders).await?;
        let is_new = |order: &Order| ids.get(&(order.shop, order.reference.clone())) == Some(&order.id);
        let new: Vec<&Story> = stories.iter().filter(|story| is_new(&story.order)).collect();
        let stops: Vec<_> = new.iter().flat_map(|story| story.stops.clone()).collect();
        let attempts: Vec<_> = new.iter().flat_map(|story| story.attempts.clone()).collect();
        let kept: Vec<_> = new.iter().flat_map(|story| story.kept.clone()).collect();
        imported::add_stops(&mut work.tx, &stops).await?;
        imported::add_attempts(&mut work.tx, &attempts).await?;
        store::estimates::keep(&mut work.tx, &kept).await?;
        for (at, actor, fact) in new.iter().flat_map(|story| &story.facts) {
            work.brought_in(*at, *actor, fact.clone());
        }
        work.commit().await?;
        Ok((new.len(), attempts.len()))
    }

    /// Stores where vehicles were, as far back as positions are kept. Answers how many are new, and how many were too old.
    async fn store_positions(
        &self,
        site: &Site,
        lines: Vec<(usize, PastPositions)>,
        fleet: &Fleet,
        refused: &mut Vec<(usize, Unread)>,
    ) -> Result<(usize, usize)> {
        if lines.is_empty() {
            return Ok((0, 0));
        }
        let kept = settings::of(&mut *self.0.database.read().await?, Some(site.hub.id)).await?;
        let kept = TimeDelta::days(kept.positions_days);
        let now = self.now();
        let (mut new, mut too_old) = (0, 0);
        for (line, asked) in lines {
            let place = |fix: &wire::history::PastFix| {
                let at =
                    Coordinate::parse(fix.place.lat, fix.place.lon).map_err(|e| format!("fixes: {e}"))?;
                if fix.at > now { Err("fixes: one lies ahead".to_owned()) } else { Ok((fix.at, at)) }
            };
            let read = match fleet.vehicle(&asked.vehicle) {
                Ok(_) if asked.fixes.len() > MOST_FIXES => {
                    Err(format!("fixes: at most {MOST_FIXES} in a line; make several lines of them"))
                }
                Ok(vehicle) => asked
                    .fixes
                    .iter()
                    .map(place)
                    .collect::<std::result::Result<Vec<_>, _>>()
                    .map(|f| (vehicle.id, f)),
                Err(why) => Err(why),
            };
            let (vehicle, fixes) = match read {
                Ok(read) => read,
                Err(why) => {
                    let what = asked.vehicle.chars().take(64).collect();
                    refused.push((line, Unread { what, why }));
                    continue;
                }
            };
            let all = fixes.len();
            let fixes: Vec<Position> = fixes
                .into_iter()
                .filter(|(at, _)| *at > now - kept)
                .map(|(at, place)| Position {
                    vehicle,
                    at,
                    place,
                    speed_mps: None,
                    heading_deg: None,
                    accuracy_m: None,
                    battery_percent: None,
                    received_at: now,
                })
                .collect();
            too_old += all - fixes.len();
            let mut tx = self.0.database.begin().await?;
            for day in store::positions::days(&fixes) {
                store::positions::ensure_partition(&mut tx, day).await?;
            }
            new += store::positions::store(&mut tx, &fixes).await?.take(&fixes);
            tx.commit().await?;
        }
        Ok((new, too_old))
    }
}

/// What an order of the past is read with.
struct Reader<'a> {
    site: &'a Site,
    fleet: &'a asked::Fleet,
    shops: &'a HashMap<String, ShopId>,
    by_key: &'a HashMap<&'a str, usize>,
    seen: HashMap<(ShopId, String), usize>,
}

impl Reader<'_> {
    fn order(
        &mut self,
        line: usize,
        asked: PastOrder,
        addresses: Option<&dyn ::roads::Addresses>,
    ) -> std::result::Result<(Order, Vec<Visit>, Option<Instant>), String> {
        let shop = bounds::one_line(&asked.shop);
        let shop = *self.shops.get(&shop).ok_or_else(|| {
            let shown: String = shop.chars().filter(|c| !c.is_control()).take(80).collect();
            format!("shop: there is none called “{shown}”; add it by a set-up first, or write its name as it stands there")
        })?;
        let at = match asked.order.at {
            Some(at) => at,
            None => place::located(addresses, &asked.order.address)?,
        };
        let at = Coordinate::parse(at.lat, at.lon).map_err(|e| format!("at: {e}"))?;
        if at.metres_to(self.site.hub.at) > bounds::MOST_FROM_HUB_M {
            return Err(
                "at: the door is more than 150 km from the hub; perhaps lat and lon are swapped".to_owned()
            );
        }
        let order =
            place::read_order(asked.order, at, shop, (self.site, Some(self.fleet)), micro(asked.placed_at))?;
        if let Some(other) = self.seen.insert((shop, order.reference.clone()), line) {
            return Err(format!(
                "reference: line {other} has the same; an order is one line with all its attempts"
            ));
        }
        let visit = |attempt: wire::history::PastAttempt| {
            let round = self.by_key.get(attempt.route.as_str()).copied().ok_or_else(|| {
                let key: String = attempt.route.chars().take(64).collect();
                format!("route: no round of this file has the key “{key}”, or it was refused")
            })?;
            let attempt = wire::history::PastAttempt {
                arrived_at: attempt.arrived_at.map(micro),
                ended_at: micro(attempt.ended_at),
                planned_arrival: attempt.planned_arrival.map(micro),
                window_from: attempt.window_from.map(micro),
                window_until: attempt.window_until.map(micro),
                ..attempt
            };
            Ok(Visit { round, attempt })
        };
        let visits = asked.attempts.into_iter().map(visit).collect::<std::result::Result<_, String>>()?;
        Ok((order, visits, asked.cancelled_at.map(micro)))
    }
}
