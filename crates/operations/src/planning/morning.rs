//! The morning plan, and how any plan becomes the day's plan.

use crate::{
    Caller, Operations, Result,
    base::{clock::new_id, turns::heavily, work::Work, zone::Zone},
    day::book::DayBook,
    fleet::duties::Duties,
    planning::{
        decidable::{Choices, Strictness},
        problem::{DayProblem, PlannedRoute, PlannedStop},
        solving::{Ask, districts, solve},
    },
    sites::hubs::{Rounds, Site},
};
use ::roads::TravelTimes;
use domain::{
    Exception, ExceptionId, ExceptionKind, ExceptionState, Fact, Order, OrderId, OrderState, Plan, PlanId,
    PlanState, Promise, Refusal, Route, RouteId, RouteState, ShiftId, Stop, StopId, StopState, VehicleId,
};
use optimizer::Solution;
use std::{collections::HashMap, path::Path};
use store::{
    Tx,
    locks::{DayLock, RouteLocks, routes_concerned},
};

/// Steps of the optimizer: a second or two for a day of 1,500 stops.
const STEPS: u64 = 60_000;

/// Above this many stops a morning is planned district by district.
const DISTRICT: usize = 2_500;

/// What became of a morning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlanOutcome {
    /// It is too early, or there is nothing to plan yet.
    NotYet,
    /// The day has its plan.
    AlreadyPlanned,
    /// The plan was published now.
    Published {
        /// Routes with stops.
        routes: usize,
        /// Stops on them.
        stops: usize,
        /// Orders that found no place.
        unplanned: usize,
    },
}

/// A plan that is ready to take effect.
pub(crate) struct Draft {
    pub routes: Vec<PlannedRoute>,
    /// Orders that found no place.
    pub unplanned: Vec<OrderId>,
}

/// All that must hold still while a draft becomes the day's plan, each as it was read once it was locked.
pub(crate) struct PlanLocks {
    pub day: DayLock,
    pub routes: RouteLocks,
    pub orders: HashMap<OrderId, Order>,
    pub stops: HashMap<StopId, Stop>,
}

impl PlanLocks {
    /// Locks the routes and orders that `planned` writes, and `also`; the day is locked already.
    pub async fn take(
        tx: &mut Tx,
        day: DayLock,
        planned: &[PlannedRoute],
        also: Option<&Order>,
    ) -> Result<Self> {
        let vehicles: Vec<_> = planned.iter().map(|r| r.vehicle).collect();
        let all = || planned.iter().flat_map(|r| &r.stops);
        let mut stops: Vec<_> = all().filter_map(|s| s.stop).collect();
        stops.extend(also.and_then(|o| o.state.stop()));
        let routes = routes_concerned(tx, &day, &vehicles, &stops).await?;
        let routes = RouteLocks::take(tx, &routes).await?;
        let mut orders: Vec<_> = all().map(|s| s.order).collect();
        orders.extend(also.map(|o| o.id));
        let orders = store::orders::lock(tx, &orders).await?.into_iter().map(|o| (o.id, o)).collect();
        let stops = store::stops::many(tx, &stops).await?.into_iter().map(|s| (s.id, s)).collect();
        Ok(Self { day, routes, orders, stops })
    }

    /// The day's route of a vehicle in a shift.
    fn route_in(&self, vehicle: VehicleId, shift: Option<ShiftId>) -> Option<&Route> {
        self.routes.all().find(|r| r.vehicle == vehicle && r.shift == shift && r.day == self.day.day())
    }

    /// Whether a draft's stop can still be what the draft says: nobody has been there, its order waits for it, and what the
    /// vehicle is to bring is at the hub or in it.
    fn allows(&self, stop: &PlannedStop, vehicle: VehicleId) -> bool {
        let Some(order) = self.orders.get(&stop.order) else { return false };
        let known = stop.stop.and_then(|id| self.stops.get(&id));
        let free = match (stop.stop, order.state) {
            (None, OrderState::Placed) => true,
            (Some(id), OrderState::Placed) => known.is_some_and(|s| s.id == id),
            (Some(id), OrderState::Planned { stop } | OrderState::OutForDelivery { stop }) => id == stop,
            _ => false,
        };
        free && order.day == self.day.day()
            && known.is_none_or(|s| s.state == StopState::Pending && self.routes.get(s.route).is_some())
            && order.aboard.is_none_or(|carrier| carrier == vehicle)
    }
}

impl Operations {
    /// Plans the day of each hub whose time for it has come: a timer's verb. Answers what became of each.
    pub async fn plan_morning(&self, caller: &Caller) -> Result<Vec<PlanOutcome>> {
        caller.timer_only()?;
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.plan_morning_at(caller, site).await);
        }
        rounds.end()
    }

    async fn plan_morning_at(&self, caller: &Caller, site: &Site) -> Result<PlanOutcome> {
        let Site { hub, zone } = site;
        let today = self.keep_day(caller, site).await?;
        // Asked every second, so what costs most is read last.
        let mut conn = self.0.database.read().await?;
        if store::plans::published(&mut conn, hub.id, today).await?.is_some() {
            return Ok(PlanOutcome::AlreadyPlanned);
        }
        if self.now() < zone.at(today, hub.plan_at)
            || !store::orders::are_any(&mut conn, hub.id, today).await?
        {
            return Ok(PlanOutcome::NotYet);
        }
        let book = DayBook::without_stops(self, &mut conn, site).await?;
        let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
        drop(conn);

        let asked: HashMap<_, _> = orders.iter().map(|o| (o.id, o.promise)).collect();
        let mut choices = Choices::of_day(&book, &orders);
        let (zone, origin) = (book.zone, book.zone.bounds(book.day).0);
        let (name, keep) = (format!("morning-{}", book.day), self.0.keep_problems.clone());
        let draft = heavily(self, move |roads| {
            choices.promise_broken_ones_the_day();
            let mut unplanned = choices.take_unroaded(roads.as_ref());
            let mut draft = solve_morning(choices, roads.as_ref(), (zone, origin), &name, keep.as_deref())?;
            draft.unplanned.append(&mut unplanned);
            Ok(draft)
        })
        .await?;

        self.0.pauses.at("morning").await;
        let outcome = once_more!(self.publish_morning(caller, site, &book, &draft, &asked).await)?;
        Ok(outcome)
    }

    /// `asked` is what each order was promised when the plan was made.
    async fn publish_morning(
        &self,
        caller: &Caller,
        site: &Site,
        book: &DayBook,
        draft: &Draft,
        asked: &HashMap<OrderId, Promise>,
    ) -> Result<PlanOutcome> {
        let mut work = self.begin(caller, book.hub.id).await?;
        let day = DayLock::take(&mut work.tx, book.hub.id, book.day).await?;
        if self.running_day(&mut work.tx, site, work.now).await? != book.day {
            return Ok(PlanOutcome::NotYet);
        }
        if store::plans::published(&mut work.tx, book.hub.id, book.day).await?.is_some() {
            return Ok(PlanOutcome::AlreadyPlanned);
        }
        if Duties::read(&mut work.tx, book.hub.id, book.day).await? != book.duties {
            // Somebody has changed the roster meanwhile: the day is planned once more.
            return Ok(PlanOutcome::NotYet);
        }
        let mut locks = PlanLocks::take(&mut work.tx, day, &draft.routes, None).await?;
        // What was promised another window meanwhile is not served in the old one: it waits for the next plan.
        locks.orders.retain(|id, order| asked.get(id) == Some(&order.promise));
        work.go_on();
        self.publish(&mut work, &mut locks, book, draft).await?;
        work.touched.exceptions = true;
        work.commit().await?;
        Ok(PlanOutcome::Published {
            routes: draft.routes.len(),
            stops: draft.routes.iter().map(|r| r.stops.len()).sum(),
            unplanned: draft.unplanned.len(),
        })
    }

    /// Makes a draft the day's plan, in the caller's work, which holds all that the draft writes. Stops that are no
    /// longer what the draft took them for are left as they are. Answers the plan's revision.
    pub(crate) async fn publish(
        &self,
        work: &mut Work<'_>,
        locks: &mut PlanLocks,
        book: &DayBook,
        draft: &Draft,
    ) -> Result<i32> {
        let (now, hub) = (work.now, book.hub.id);
        let before = store::plans::published(&mut work.tx, hub, book.day).await?;
        let revision = before.as_ref().map_or(1, |p| p.revision + 1);
        if let Some(before) = before {
            work.happened(Fact::PlanSuperseded { plan: before.id });
            store::plans::save(&mut work.tx, &Plan { state: PlanState::Superseded, ..before }).await?;
        }
        let plan = Plan {
            id: PlanId(new_id()),
            hub: book.hub.id,
            day: book.day,
            revision,
            published_at: now,
            state: PlanState::Published,
        };
        store::plans::save(&mut work.tx, &plan).await?;
        work.happened(Fact::PlanPublished { plan });

        let (mut routes, mut stops, mut changed) = (vec![], vec![], vec![]);
        for planned in &draft.routes {
            let Some(vehicle) = book.vehicles.get(&planned.vehicle) else { continue };
            let before = locks.route_in(planned.vehicle, planned.shift);
            let drive = book.drive(vehicle, planned.shift);
            let state = before.map_or(RouteState::Published, |r| r.state);
            if let RouteState::Finished { .. } = state {
                return Err(Refusal::PlanStale.into());
            }
            let route = Route {
                id: before.map_or_else(|| RouteId(new_id()), |r| r.id),
                hub: book.hub.id,
                day: book.day,
                vehicle: vehicle.id,
                shift: planned.shift,
                driver: match (before, &drive) {
                    (Some(before), None) => before.driver,
                    (Some(before), _) if before.state != RouteState::Published => before.driver,
                    (_, Some(drive)) => drive.driver,
                    (None, None) => vehicle.driver.id,
                },
                planned_start: match state {
                    // Vehicles are told the time from which they leave as late as usual.
                    RouteState::Published => (planned.start - book.approaches.leaves_late).max(now),
                    _ => planned.start,
                },
                planned_end: planned.end,
                shift_until: match (before, &drive) {
                    (Some(before), _) => before.shift_until,
                    (None, Some(drive)) => drive.until,
                    (None, None) => book.zone.shift(book.day, vehicle).1,
                },
                state,
            };
            work.happened(Fact::RoutePublished { route: route.clone() });
            for s in planned.stops.iter().filter(|s| locks.allows(s, planned.vehicle)) {
                let Some(order) = locks.orders.get(&s.order) else { continue };
                let id = s.stop.unwrap_or_else(|| StopId(new_id()));
                stops.push(Stop {
                    id,
                    route: route.id,
                    order: s.order,
                    sequence: s.sequence,
                    planned_arrival: s.arrival,
                    planned_departure: s.departure,
                    travel_s: s.travel_s,
                    via_hub: s.via_hub,
                    state: StopState::Pending,
                });
                let loaded = order.aboard == Some(vehicle.id);
                let order = order.clone();
                changed.push(if loaded { order.load(id, vehicle.id)? } else { order.plan(id)? });
                let fact = Fact::StopPlanned {
                    stop: id,
                    route: route.id,
                    order: s.order,
                    sequence: s.sequence,
                    arrival: s.arrival,
                    departure: s.departure,
                    travel_s: s.travel_s,
                    loaded,
                    via_hub: s.via_hub,
                };
                work.happened(fact);
            }
            routes.push(route);
        }
        let tx = &mut work.tx;
        store::plans::save_routes(tx, &locks.day, &mut locks.routes, &routes).await?;
        store::stops::save_plan(tx, &locks.routes, &stops).await?;
        store::orders::save(tx, &changed).await?;
        let etas: Vec<_> = stops.iter().map(|s| (s.id, s.planned_arrival)).collect();
        store::stops::save_etas(tx, &etas, now).await?;
        let returns: Vec<_> = routes.iter().map(|r| (r.id, r.planned_end)).collect();
        store::stops::save_returns(tx, &returns, now).await?;

        for order in &draft.unplanned {
            let exception = Exception {
                id: ExceptionId(new_id()),
                hub: book.hub.id,
                day: book.day,
                kind: ExceptionKind::Unplanned,
                order: Some(*order),
                stop: None,
                route: None,
                vehicle: None,
                raised_at: now,
                save_by: store::orders::get(&mut work.tx, *order).await?.map(|o| o.promise.latest.until()),
                state: ExceptionState::Open,
            };
            if store::exceptions::raise(&mut work.tx, &exception).await? {
                work.followed(Fact::ExceptionRaised { exception });
            }
        }
        work.touched.plan = true;
        self.0.pauses.at("publish").await;
        Ok(revision)
    }
}

/// Solves a morning; large ones district by district, each with its share of the vehicles.
fn solve_morning(
    choices: Choices,
    roads: &dyn TravelTimes,
    (zone, origin): (Zone, domain::Instant),
    name: &str,
    keep: Option<&Path>,
) -> Result<Draft> {
    let mut draft = Draft { routes: vec![], unplanned: vec![] };
    for (part, district) in (1..).zip(districts(choices, DISTRICT)) {
        if district.runners.is_empty() {
            draft.unplanned.extend(district.tasks.iter().flat_map(|task| &task.orders).map(|order| order.id));
            continue;
        }
        let name = format!("{name}-{part}");
        let ask = Ask { name: &name, steps: STEPS, keep };
        let solved = |choices: Choices| -> Result<(DayProblem, Solution)> {
            let day_problem = choices.into_problem(roads, zone, origin, Strictness::Hard)?;
            let solution = solve(&day_problem, &ask)?;
            Ok((day_problem, solution))
        };
        let lost = |(day_problem, solution): &(DayProblem, Solution)| -> i64 {
            day_problem.unserved(solution).map(|order| order.weight).sum()
        };
        let visits = district.clone().with_visits(true);
        let has_shared = visits.tasks.len() < district.tasks.len();
        let mut best = solved(visits)?;
        if has_shared && lost(&best) > 0 {
            // Where not everything finds a place, one of two orders may where both do not.
            let apart = solved(district)?;
            best = if lost(&apart) < lost(&best) { apart } else { best };
        }
        let (day_problem, solution) = best;
        draft.unplanned.extend(day_problem.unserved(&solution).map(|order| order.id));
        for runner in 0..day_problem.runners.len() {
            if solution.routes.get(runner).is_some_and(|r| !r.is_empty()) {
                draft.routes.extend(day_problem.planned(runner, &solution));
            }
        }
    }
    Ok(draft)
}
