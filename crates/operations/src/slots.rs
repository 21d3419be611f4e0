//! Windows that are really feasible, each with its price, from a best-insertion query on the live plan; and booking one.

use crate::{
    Caller, Operations, OpsError, Result,
    accept::still_possible,
    board::{DayBook, lat_lon, profile},
    choices::{Choices, Task, YARD},
    planning::{Draft, PlanLocks},
    problem::{Sheet, Strictness},
    quote::Quote,
    solving::{aside, briefly},
    zone::Zone,
};
use ::roads::{LatLon, TravelTimes};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use domain::{
    Day, Event, ExceptionKind, Fact, Instant, Order, OrderId, OrderState, Refusal, Source, StopState,
    Vehicle, Window, carbon,
};
use optimizer::{Insertion, Solution, StopId, best_insertions};
use store::locks::DayLock;
use wire::deliveries::{SlotOffer, SlotsView};

/// Windows begin at these hours of the hub's clock and last two hours.
const SLOT_HOURS: [u32; 6] = [8, 10, 12, 14, 16, 18];
const SLOT: TimeDelta = TimeDelta::hours(2);
/// A window must still be open for this long to be offered.
const NOTICE: TimeDelta = TimeDelta::minutes(30);
/// Days after today for which windows are offered.
const DAYS_AHEAD: u64 = 3;

/// Where an order would go in the live plan.
struct Place {
    window: Window,
    stop: StopId,
    insertion: Insertion,
}

/// The live plan without one order, asked where it could go.
struct Question {
    sheet: Sheet,
    places: Vec<Place>,
    /// Its place in the window that it has, if it has a stop: what the others cost is counted from there.
    present: Option<Place>,
}

impl Operations {
    /// The windows to which an order can move: today's by the live plan, each with what it costs; later days' while the
    /// fleet has room.
    pub async fn slots(&self, caller: &Caller, id: OrderId) -> Result<SlotsView> {
        caller.must(domain::Ability::SeeDeliveries)?;
        let mut conn = self.0.database.read().await?;
        let book = DayBook::read(self, &mut conn, None).await?;
        let order = store::orders::get(&mut conn, id).await?.ok_or(OpsError::NotFound)?;
        if matches!(order.state, OrderState::Delivered { .. } | OrderState::Cancelled { .. }) {
            return Err(Refusal::OrderClosed.into());
        }
        let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
        let (mut slots, mut reasons, mut on_the_road) = (vec![], vec![], 0);

        let mut today = windows(book.zone, book.day, book.now);
        // Who is expected in time is offered another window, not the same one again.
        let stop = book.stops.iter().find(|s| Some(s.stop.id) == order.state.stop());
        if stop.is_some_and(|s| s.eta.is_some_and(|eta| eta <= s.window.until())) {
            today.retain(|window| *window != order.promise.latest);
        }
        let (zone, now, day) = (book.zone, book.now, book.day);
        let promised_until = order.promise.latest.until();
        if book.plan.is_some() && !today.is_empty() {
            let target = order.clone();
            let (offers, told) = briefly(self, move |roads| {
                let question = ask(&book, &orders, &target, &today, roads.as_ref())?;
                let offers =
                    question.map(|q| q.offers(zone, promised_until, roads.as_ref())).unwrap_or_default();
                let is_today = zone.day(target.promise.latest.from()) == day;
                let why = is_today.then(|| crate::reasons::reasons(&book, &orders, id, roads.as_ref()));
                Ok((offers, why.transpose()?.unwrap_or_default()))
            })
            .await?;
            slots.extend(offers);
            (reasons, on_the_road) = told;
        }
        let on_its_way = matches!(order.state, OrderState::OutForDelivery { .. });
        for later in (1..=DAYS_AHEAD).filter_map(|n| day.checked_add_days(Days::new(n))) {
            if on_its_way {
                break;
            }
            let free = self.free(&mut conn, &order, zone, later, windows(zone, later, now)).await?;
            slots.extend(free.into_iter().map(|window| SlotOffer {
                window: zone.span(window),
                label: None,
                eta: None,
                extra_min: None,
                extra_cents: None,
                extra_kg_co2e: None,
                makes_late: vec![],
                quote: Quote { promised_until, extra_min: None, makes_late: 0 }.write(),
            }));
        }
        Ok(SlotsView { as_of: zone.moment(now), slots, reasons, on_the_road })
    }

    /// Promises an order another window. Today, it gets its place in the live plan in the same transaction, or the window
    /// is refused; and so it is if somebody was shown a quote and it no longer holds.
    pub async fn reschedule(
        &self,
        caller: &Caller,
        id: OrderId,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        quote: Option<&str>,
    ) -> Result<()> {
        caller.must(domain::Ability::Reschedule)?;
        let window = crate::bounds::window(Window::parse(from, until)?, self.now())?;
        let quote = quote.map(Quote::read).transpose()?;
        // The day moves on while a place is looked for: then it is looked for once more.
        let booked = once_more!(self.reschedule_once(caller, id, window, quote).await)?
            || once_more!(self.reschedule_once(caller, id, window, quote).await)?;
        if !booked {
            return Err(OpsError::SlotGone);
        }
        self.0.live.touch_plan();
        self.0.live.touch_exceptions();
        self.0.live.touch_orders(&[id]);
        Ok(())
    }

    /// Answers whether the window is booked; not if the day moved on between looking for a place and taking it.
    async fn reschedule_once(
        &self,
        caller: &Caller,
        id: OrderId,
        window: Window,
        quote: Option<Quote>,
    ) -> Result<bool> {
        let mut conn = self.0.database.read().await?;
        let book = DayBook::read(self, &mut conn, None).await?;
        let order = store::orders::get(&mut conn, id).await?.ok_or(OpsError::NotFound)?;
        if is_booked(&order, window, quote) {
            return Ok(true);
        }
        let day = book.zone.day(window.from());
        order.clone().reschedule(window, day, book.now)?;
        let live = day == book.day && book.plan.is_some();
        let (found, based_on) = if live {
            let based_on = book.plan.as_ref().map(|plan| plan.revision);
            let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
            drop(conn);
            let found = briefly(self, move |roads| {
                let question = ask(&book, &orders, &order, &[window], roads.as_ref())?;
                if question.as_ref().zip(quote).is_some_and(|(question, quote)| question.breaks(quote)) {
                    return Err(OpsError::QuoteGone);
                }
                Ok(question.and_then(Question::into_draft))
            })
            .await?;
            (Some(found.ok_or(OpsError::SlotGone)?), based_on)
        } else {
            drop(conn);
            (None, None)
        };
        self.0.pauses.at("reschedule").await;

        let mut tx = self.0.database.begin().await?;
        let (hub, zone) = self.hub_and_zone(&mut tx).await?;
        let running = self.running_day(&mut tx, &hub, zone).await?;
        let lock = DayLock::take(&mut tx, hub.id, running).await?;
        let order = store::orders::get(&mut tx, id).await?.ok_or(OpsError::NotFound)?;
        let planned = found.as_ref().map(|draft| draft.routes.as_slice()).unwrap_or_default();
        let mut locks = PlanLocks::take(&mut tx, lock, planned, Some(&order)).await?;
        let order = locks.orders.get(&id).cloned().ok_or(OpsError::NotFound)?;
        if is_booked(&order, window, quote) {
            return Ok(true);
        }
        if quote.is_some_and(|quote| quote.promised_until != order.promise.latest.until()) {
            return Err(OpsError::QuoteGone);
        }
        let now = self.now();
        let (before, had_stop) = (order.promise.latest, order.state.stop());
        let on_its_way = matches!(order.state, OrderState::OutForDelivery { .. });
        let after = order.clone().reschedule(window, day, now)?;
        locks.orders.insert(id, after.clone());

        let draft = match found {
            Some(draft) => {
                let book = DayBook::read(self, &mut tx, None).await?;
                if book.day != day || book.plan.as_ref().map(|plan| plan.revision) != based_on {
                    return Ok(false);
                }
                let Some(routes) = still_possible(draft.routes, &book, &locks.orders) else {
                    return Ok(false);
                };
                if !routes.iter().flat_map(|r| &r.stops).any(|s| s.order == id) {
                    return Ok(false);
                }
                Some((Draft { routes, unplanned: vec![] }, book))
            }
            // By now the day may have got its plan, into which the order has to fit.
            None if day == running && store::plans::published(&mut tx, hub.id, day).await?.is_some() => {
                return Ok(false);
            }
            None if self.free(&mut tx, &order, zone, day, vec![window]).await?.is_empty() => {
                return Err(OpsError::SlotGone);
            }
            None => None,
        };

        store::orders::save(&mut tx, std::slice::from_ref(&after)).await?;
        let event = |fact| Event {
            occurred_at: now,
            recorded_at: now,
            source: Source::Screen,
            actor: caller.who,
            hub: after.hub,
            fact,
        };
        let mut events = vec![event(Fact::OrderRescheduled { order: id, before, after: window, day })];
        // A stop that the plan does not take along is left: that of a vehicle which never came by, or of another day.
        let keeps_stop = draft
            .iter()
            .flat_map(|(draft, _)| draft.routes.iter().flat_map(|r| &r.stops))
            .any(|s| s.order == id && s.stop.is_some());
        if !keeps_stop
            && !on_its_way
            && let Some(stop) = had_stop.and_then(|stop| locks.stops.get(&stop))
        {
            let dropped = stop.clone().drop_off_plan(now)?;
            store::stops::save_progress(&mut tx, &locks.routes, std::slice::from_ref(&dropped)).await?;
            events.push(event(Fact::StopDropped { stop: dropped.id, order: id }));
        }
        store::events::append(&mut tx, &events).await?;
        if let Some((draft, book)) = draft {
            self.publish(&mut tx, &mut locks, caller, &book, &draft).await?;
        }
        let solved = [ExceptionKind::Failed, ExceptionKind::Unplanned, ExceptionKind::Late];
        self.settle(&mut tx, caller, &[id], &solved, "Promised another window").await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Cancels an order that is not on the road.
    pub async fn cancel_order(&self, caller: &Caller, id: OrderId) -> Result<()> {
        caller.must(domain::Ability::Reschedule)?;
        once_more!(self.cancel_once(caller, id).await)?;
        self.0.live.touch_all();
        self.0.live.touch_exceptions();
        self.0.live.touch_orders(&[id]);
        Ok(())
    }

    async fn cancel_once(&self, caller: &Caller, id: OrderId) -> Result<()> {
        let mut tx = self.0.database.begin().await?;
        let (hub, zone) = self.hub_and_zone(&mut tx).await?;
        // Under the day's lock no plan gives the order another stop.
        let running = self.running_day(&mut tx, &hub, zone).await?;
        let lock = DayLock::take(&mut tx, hub.id, running).await?;
        let order = store::orders::get(&mut tx, id).await?.ok_or(OpsError::NotFound)?;
        let locks = PlanLocks::take(&mut tx, lock, &[], Some(&order)).await?;
        let order = locks.orders.get(&id).cloned().ok_or(OpsError::NotFound)?;
        // Said twice, as by a double click.
        if let OrderState::Cancelled { .. } = order.state {
            return Ok(());
        }
        let now = self.now();
        let event = |fact| Event {
            occurred_at: now,
            recorded_at: now,
            source: Source::Screen,
            actor: caller.who,
            hub: order.hub,
            fact,
        };
        let mut events = vec![];
        let cancelled = order.clone().cancel(now)?;
        if let Some(stop) = order.state.stop().and_then(|stop| locks.stops.get(&stop)) {
            let dropped = stop.clone().drop_off_plan(now)?;
            store::stops::save_progress(&mut tx, &locks.routes, std::slice::from_ref(&dropped)).await?;
            events.push(event(Fact::StopDropped { stop: dropped.id, order: id }));
        }
        store::orders::save(&mut tx, std::slice::from_ref(&cancelled)).await?;
        events.push(event(Fact::OrderCancelled { order: id }));
        store::events::append(&mut tx, &events).await?;
        self.settle(&mut tx, caller, &[id], &ExceptionKind::ALL, "The order was cancelled").await?;
        self.0.pauses.at("cancel").await;
        Ok(tx.commit().await?)
    }

    /// Those of a day's windows in which the fleet can serve an order: it has room for it by weight and volume, and some
    /// vehicle that can carry it can drive there and back within its shift.
    async fn free(
        &self,
        conn: &mut store::Conn,
        order: &Order,
        zone: Zone,
        day: Day,
        windows: Vec<Window>,
    ) -> Result<Vec<Window>> {
        let hub = self.hub(conn).await?;
        let fleet = store::fleet::vehicles(conn, order.hub).await?;
        let asked = store::orders::load_of_day(conn, order.hub, day, order.id).await?;
        let weight = asked.weight_g.saturating_add(order.weight_g());
        let volume = asked.volume_ml.saturating_add(order.volume_ml());
        let capacity = |of: fn(&Vehicle) -> i64| fleet.iter().map(of).fold(0, i64::saturating_add);
        if weight > capacity(|v| v.capacity_g) || volume > capacity(|v| v.capacity_ml) {
            return Ok(vec![]);
        }
        let (hub, door, at_door) = (lat_lon(hub.at), lat_lon(order.address.at), order.service_s);
        let (weight, volume) = (order.weight_g(), order.volume_ml());
        let carries = move |v: &&Vehicle| weight <= v.capacity_g && volume <= v.capacity_ml;
        let roads = self.0.roads.clone();
        aside(move || {
            // When each vehicle can be at the door at the earliest and at the latest.
            let reach = fleet.iter().filter(carries).filter_map(|v| {
                let (from, until) = (zone.at(day, v.shift_from), zone.at(day, v.shift_until));
                let drive = |a, b, at| {
                    let seconds = roads.drive(a, b, profile(v.kind), zone.wall(at)).ok()??;
                    Some(TimeDelta::seconds(seconds.into()))
                };
                let there = drive(hub, door, from)?;
                let back = drive(door, hub, until)?;
                Some((from + YARD + there, until - back - TimeDelta::seconds(at_door.into())))
            });
            let reach: Vec<_> = reach.collect();
            let serves =
                |w: &Window| reach.iter().any(|(first, last)| w.from().max(*first) <= w.until().min(*last));
            windows.into_iter().filter(serves).collect()
        })
        .await
    }
}

/// Whether somebody books what has been booked since the quote: a double click, or an older tab.
fn is_booked(order: &Order, window: Window, quote: Option<Quote>) -> bool {
    let promised = order.promise.latest;
    promised == window && quote.is_some_and(|quote| quote.promised_until != promised.until())
}

/// The windows of a day that are still open for long enough.
fn windows(zone: Zone, day: Day, now: Instant) -> Vec<Window> {
    SLOT_HOURS
        .into_iter()
        .filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0))
        .map(|time| zone.at(day, time))
        .filter(|from| *from + SLOT > now + NOTICE)
        .filter_map(|from| Window::parse(from, from + SLOT).ok())
        .collect()
}

/// Takes the order out of the live plan and asks where it could go, once for each window. Nothing when no vehicle can
/// have it.
fn ask(
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
    let Some(own) = choices.tasks.iter().position(|t| t.order == order.id) else { return Ok(None) };
    let own = choices.tasks.remove(own);
    let first = choices.tasks.len();
    choices.tasks.extend(windows.iter().map(|w| own.with_window(*w)));
    let (has_stop, promised) = (own.stop.is_some(), own.window);
    // It only asks, so the stop is not its own.
    choices.tasks.push(Task { stop: None, ..own.with_window(promised) });
    let origin = book.zone.bounds(book.day).0;
    let mut sheet = choices.into_sheet(roads, book.zone, origin, Strictness::Priced)?;
    sheet.given.unserved.retain(|s| s.index() < first);

    let best = |stop| best_insertions(&sheet.problem, &sheet.given, stop, 1).into_iter().next();
    let asked = || sheet.problem.stop_ids().skip(first);
    let places = asked()
        .zip(windows)
        .filter_map(|(stop, window)| {
            let insertion = best(stop)?;
            let keeps_own = insertion.extra_late.iter().all(|(late, _)| *late != stop)
                && sheet.origin + TimeDelta::seconds(insertion.begin) <= window.until();
            (keeps_own && insertion.extra_overtime == 0).then_some(Place { window: *window, stop, insertion })
        })
        .collect();
    let present = asked()
        .last()
        .filter(|_| has_stop)
        .and_then(|stop| Some(Place { window: promised, stop, insertion: best(stop)? }));
    Ok(Some(Question { sheet, places, present }))
}

impl Question {
    /// Whether the first window costs more than was shown.
    fn breaks(&self, quote: Quote) -> bool {
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
            let runner = self.sheet.runners.get(place.insertion.vehicle.index())?;
            Some(self.sheet.extra_cents(runner, &place.insertion))
        };
        Some(cents(place)? - self.present.as_ref().and_then(cents).unwrap_or(0))
    }

    /// Other promises that would be missed, by reference.
    fn makes_late(&self, place: &Place) -> Vec<String> {
        let late = place.insertion.extra_late.iter().filter(|(_, seconds)| *seconds >= 60);
        let late = late.filter_map(|(stop, _)| self.sheet.tasks.get(stop.index()));
        late.map(|task| task.reference.clone()).collect()
    }

    fn offers(self, zone: Zone, promised_until: Instant, roads: &dyn TravelTimes) -> Vec<SlotOffer> {
        let sheet = &self.sheet;
        let kg = |place: &Place| {
            let runner = sheet.runners.get(place.insertion.vehicle.index())?;
            let km = self.extra_km(place, zone, roads)?;
            Some(km * carbon::kg_per_km(runner.vehicle.kind, zone.name())?)
        };
        let kg_now = self.present.as_ref().map_or(Some(0.0), kg);
        let mut offers: Vec<_> = self
            .places
            .iter()
            .filter_map(|p| {
                let runner = sheet.runners.get(p.insertion.vehicle.index())?;
                let (extra_min, makes_late) = (Some(self.extra_min(p)), self.makes_late(p));
                Some(SlotOffer {
                    window: zone.span(p.window),
                    label: Some(runner.vehicle.label.clone()),
                    eta: Some(zone.moment(sheet.origin + TimeDelta::seconds(p.insertion.begin))),
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
        let (sheet, runner) = (&self.sheet, place.insertion.vehicle.index());
        let who = sheet.runners.get(runner)?;
        let (before, after) =
            (sheet.points(runner, &sheet.given)?, sheet.points(runner, &self.with(place)?)?);
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        let most = before.len().min(after.len()) - same;
        let alike =
            before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        let profile = profile(who.vehicle.kind);
        let depart = Some(zone.wall(sheet.origin + TimeDelta::seconds(place.insertion.arrival)));
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
        let mut solution = self.sheet.given.clone();
        let route = solution.routes.get_mut(vehicle.index())?;
        route.insert((*position).min(route.len()), place.stop);
        if !solution.stopovers.is_empty() || !stopovers.is_empty() {
            solution.stopovers.resize(solution.routes.len(), vec![]);
            solution.stopovers[vehicle.index()].clone_from(stopovers);
        }
        Some(solution)
    }

    /// The route that the order would join, as it would be then.
    fn into_draft(self) -> Option<Draft> {
        let place = self.places.first()?;
        let planned = self.sheet.planned(place.insertion.vehicle.index(), &self.with(place)?)?;
        Some(Draft { routes: vec![planned], unplanned: vec![] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_that_is_about_to_close_is_not_offered() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let day = Day::from_ymd_opt(2026, 11, 23).unwrap();
        let at = |h, m| zone.at(day, NaiveTime::from_hms_opt(h, m, 0).unwrap());
        let first = |now| windows(zone, day, now).first().map(|w| w.from());
        assert_eq!(first(at(9, 0)), Some(at(8, 0)));
        assert_eq!(first(at(9, 30)), Some(at(10, 0)));
        assert_eq!(first(at(19, 30)), None);
    }
}
