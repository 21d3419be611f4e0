//! Where one order could go in the live plan, and what each place costs.

use crate::{
    Result,
    base::{convert::profile, zone::Zone},
    day::book::DayBook,
    orders::quote::Quote,
    planning::{
        decidable::{Choices, Strictness, Task},
        morning::Draft,
        problem::DayProblem,
    },
};
use ::roads::{LatLon, TravelTimes};
use chrono::TimeDelta;
use domain::{Instant, Order, OrderState, Refusal, StopState, Window, figures::carbon};
use optimizer::{Insertion, Solution, StopId, best_insertions};
use wire::staff::deliveries::SlotOffer;

/// Where an order would go in the live plan.
struct Place {
    window: Window,
    stop: StopId,
    insertion: Insertion,
}

/// The live plan without one order, asked where it could go.
pub(crate) struct Question {
    day_problem: DayProblem,
    places: Vec<Place>,
    /// Its place in the window that it has, if it has a stop: what the others cost is counted from there.
    present: Option<Place>,
}

/// Takes the order out of the live plan and asks where it could go, once for each window. Nothing when no vehicle can
/// have it.
pub(crate) fn ask(
    book: &DayBook,
    orders: &[Order],
    order: &Order,
    windows: &[Window],
    roads: &dyn TravelTimes,
) -> Result<Option<Question>> {
    // The driver is at the door, or on the way to it: too late to ask.
    let at_hand = book.stops.iter().find(|s| Some(s.stop.id) == order.state.stop());
    if at_hand.is_some_and(|s| matches!(s.stop.state, StopState::Arrived { .. })) {
        return Err(Refusal::OrderOnTheRoad.into());
    }
    // An order whose last attempt failed is asked for as if it waited for a plan, which it will once it has a window.
    let mut orders: Vec<_> = orders
        .iter()
        .map(|o| {
            let failed = o.id == order.id && matches!(o.state, OrderState::Failed { .. });
            if failed { Order { state: OrderState::Placed, ..o.clone() } } else { o.clone() }
        })
        .collect();
    // Of another day it is new to this one, and leaves the stop that it has there.
    let is_free = !matches!(order.state, OrderState::OutForDelivery { .. });
    if is_free && orders.iter().all(|o| o.id != order.id) {
        orders.push(Order { state: OrderState::Placed, day: book.day, ..order.clone() });
    }
    let mut choices = Choices::of_day(book, &orders);
    choices.take_unroaded(roads);
    // Nobody is out, or will be.
    if choices.runners.is_empty() {
        return Ok(None);
    }
    let Some(own) = choices.tasks.iter().position(|t| t.serves(order.id)) else { return Ok(None) };
    let own = choices.tasks.remove(own);
    let mut choices = choices.with_visits(false);
    let first = choices.tasks.len();
    choices.tasks.extend(windows.iter().map(|w| own.with_window(*w)));
    let (has_stop, promised) = (own.orders.iter().any(|order| order.stop.is_some()), own.window);
    // It only asks, so the stop is not its own.
    choices.tasks.push(own.as_promised());
    let origin = book.zone.bounds(book.day).0;
    let mut day_problem = choices.into_problem(roads, book.zone, origin, Strictness::Priced)?;
    day_problem.given.unserved.retain(|s| s.index() < first);

    let best = |stop| best_insertions(&day_problem.problem, &day_problem.given, stop, 1).into_iter().next();
    let asked = || day_problem.problem.stop_ids().skip(first);
    let places = asked()
        .zip(windows)
        .filter_map(|(stop, window)| {
            let insertion = best(stop)?;
            let keeps_own = insertion.extra_late.iter().all(|(late, _)| *late != stop)
                && day_problem.origin + TimeDelta::seconds(insertion.begin) <= window.until();
            (keeps_own && insertion.extra_overtime == 0).then_some(Place { window: *window, stop, insertion })
        })
        .collect();
    let present = asked()
        .last()
        .filter(|_| has_stop)
        .and_then(|stop| Some(Place { window: promised, stop, insertion: best(stop)? }));
    Ok(Some(Question { day_problem, places, present }))
}

impl Question {
    /// Whether the first window costs more than was shown.
    pub fn breaks(&self, quote: Quote) -> bool {
        self.places.first().is_some_and(|p| quote.is_exceeded(self.extra_min(p), self.makes_late(p).len()))
    }

    /// Minutes of work on the road, begun ones counted, beyond those that the order takes now.
    fn extra_min(&self, place: &Place) -> i64 {
        let now = self.present.as_ref().map_or(0, |p| p.insertion.extra_seconds);
        (place.insertion.extra_seconds - now + 59).div_euclid(60)
    }

    /// The same in cents.
    fn extra_cents(&self, place: &Place) -> Option<i64> {
        let cents = |place: &Place| {
            let runner = self.day_problem.runners.get(place.insertion.vehicle.index())?;
            Some(self.day_problem.extra_cents(runner, &place.insertion))
        };
        Some(cents(place)? - self.present.as_ref().and_then(cents).unwrap_or(0))
    }

    /// Other promises that would be missed, by reference.
    fn makes_late(&self, place: &Place) -> Vec<String> {
        let late = place.insertion.extra_late.iter().filter(|(_, seconds)| *seconds >= 60);
        let late = late.filter_map(|(stop, _)| self.day_problem.tasks.get(stop.index()));
        // Of a visit those are late first whose windows end first.
        let ends = |task: &&Task| task.orders.iter().map(|order| order.window.until()).min();
        let first = late.flat_map(|task| {
            let end = ends(&task);
            task.orders.iter().filter(move |order| Some(order.window.until()) == end)
        });
        first.map(|order| order.reference.clone()).collect()
    }

    pub fn offers(self, zone: Zone, promised_until: Instant, roads: &dyn TravelTimes) -> Vec<SlotOffer> {
        let day_problem = &self.day_problem;
        let kg = |place: &Place| {
            let runner = day_problem.runners.get(place.insertion.vehicle.index())?;
            let km = self.extra_km(place, zone, roads)?;
            Some(km * carbon::kg_per_km(runner.vehicle.kind, zone.name(), &day_problem.settings)?)
        };
        let kg_now = self.present.as_ref().map_or(Some(0.0), kg);
        let mut offers: Vec<_> = self
            .places
            .iter()
            .filter_map(|p| {
                let runner = day_problem.runners.get(p.insertion.vehicle.index())?;
                let (extra_min, makes_late) = (Some(self.extra_min(p)), self.makes_late(p));
                Some(SlotOffer {
                    window: zone.span(p.window),
                    label: Some(runner.label.clone()),
                    eta: Some(zone.moment(day_problem.origin + TimeDelta::seconds(p.insertion.begin))),
                    extra_min,
                    extra_cents: self.extra_cents(p),
                    extra_kg_co2e: kg(p).zip(kg_now).map(|(kg, now)| kg - now),
                    quote: Quote { promised_until, extra_min, makes_late: makes_late.len() }.write(),
                    makes_late,
                })
            })
            .collect();
        offers.sort_by_key(|o| (o.makes_late.len(), o.extra_min));
        offers
    }

    /// Kilometres that the vehicle drives farther.
    fn extra_km(&self, place: &Place, zone: Zone, roads: &dyn TravelTimes) -> Option<f64> {
        let (day_problem, runner) = (&self.day_problem, place.insertion.vehicle.index());
        let who = day_problem.runners.get(runner)?;
        let (before, after) = (
            day_problem.points(runner, &day_problem.given)?,
            day_problem.points(runner, &self.with(place)?)?,
        );
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let most = before.len().min(after.len()) - same;
        let alike =
            before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let profile = profile(who.vehicle.kind);
        let depart = Some(zone.wall(day_problem.origin + TimeDelta::seconds(place.insertion.arrival)));
        let metres = |points: &[LatLon]| -> Option<f64> {
            let end = (points.len() - alike + 1).min(points.len());
            let part = &points[same.saturating_sub(1)..end];
            Some(roads.path(part, profile, depart).ok()?.legs.iter().map(|l| l.metres).sum())
        };
        Some((metres(&after)? - metres(&before)?).max(0.0) / 1_000.0)
    }

    /// The plan with the order there.
    fn with(&self, place: &Place) -> Option<Solution> {
        let Insertion { vehicle, position, stopovers, .. } = &place.insertion;
        let mut solution = self.day_problem.given.clone();
        let route = solution.routes.get_mut(vehicle.index())?;
        route.insert((*position).min(route.len()), place.stop);
        if !solution.stopovers.is_empty() || !stopovers.is_empty() {
            solution.stopovers.resize(solution.routes.len(), vec![]);
            solution.stopovers[vehicle.index()].clone_from(stopovers);
        }
        Some(solution)
    }

    /// The route that the order would join, as it would be then.
    pub fn into_draft(self) -> Option<Draft> {
        let place = self.places.first()?;
        let planned = self.day_problem.planned(place.insertion.vehicle.index(), &self.with(place)?)?;
        Some(Draft { routes: vec![planned], unplanned: vec![] })
    }
}
