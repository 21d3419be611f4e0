//! Watching the day: what readings mean, when we shall be where, and what needs a person.
//!
//! One round reads the day, interprets the readings that nobody has interpreted yet, estimates every open stop anew, and
//! raises or settles exceptions. It remembers nothing between rounds but what the database holds, so a crash repeats work
//! and loses nothing.

use crate::{
    Caller, Operations, Result,
    base::turns::aside,
    day::{book::DayBook, doors::Came},
    sites::hubs::{Rounds, Site},
    watching::{
        expected::{Estimate, estimates},
        troubles::{same_subject, settled, troubles, unplanned},
    },
};
use chrono::TimeDelta;
use domain::{
    Exception, ExceptionId, ExceptionState, Fact, Instant, Route, RouteId, RouteState, StopId, StopState,
    VehicleId,
};
use std::collections::{HashMap, HashSet};
use store::{
    locks::RouteLocks,
    positions::{Interpreted, Position},
    stops::DayStop,
};

/// Standing this close to a door, in metres, is being there.
const AT_THE_DOOR_M: f64 = 35.0;
/// A vehicle slower than this stands, in metres a second.
const STANDING_MPS: f32 = 1.0;
/// Of a reading that may be farther off than this, in metres, nobody knows at which door it was.
const MOST_RADIUS_M: f32 = 100.0;
/// Standing at a door for this long means that the driver has arrived, even if nobody says so.
const DWELL: TimeDelta = TimeDelta::seconds(90);
/// An estimate within this of the one we have is not written again.
const SAME_ETA: TimeDelta = TimeDelta::seconds(20);

impl Operations {
    /// One round of watching every hub: a timer's verb. Answers how many exceptions were raised or settled.
    pub async fn watch(&self, caller: &Caller) -> Result<usize> {
        caller.timer_only()?;
        let sites = self.read_sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.watch_at(caller, site).await);
        }
        Ok(rounds.end()?.into_iter().sum())
    }

    async fn watch_at(&self, caller: &Caller, site: &Site) -> Result<usize> {
        let day = self.keep_day(caller, site).await?;
        let mut conn = self.0.database.read().await?;
        // What is raised after the day was read is not over because the day that was read knows nothing of it.
        let known = store::exceptions::of_day(&mut conn, site.hub.id, day).await?;
        let known: HashSet<ExceptionId> = known.iter().map(|e| e.id).collect();
        let book = DayBook::read(self, &mut conn, site, None).await?;
        let since = book.now - TimeDelta::hours(12);
        // In this order: older readings that come in between are seen again, because the watermark has moved back.
        let read = store::positions::interpreted(&mut conn, book.hub.id).await?;
        let fresh = store::positions::uninterpreted(&mut conn, book.hub.id, since).await?;
        let closures = store::roads::closures(&mut conn, book.now).await?;
        drop(conn);
        let roads = self.0.roads.clone();
        let (book, estimates) = aside(move || {
            let estimates = estimates(&book, roads.as_ref(), &closures);
            (book, estimates)
        })
        .await?;
        self.0.pauses.at("watch").await;
        self.save_estimates(&book, &estimates).await?;
        let arrived = self.save_arrivals(caller, &book, &read, &fresh).await?;
        let changed = self.save_exceptions(caller, &book, &estimates, &known).await?;
        if !arrived.is_empty() {
            self.0.live.of(book.hub.id).touch_routes(arrived);
        }
        Ok(changed)
    }

    async fn save_estimates(&self, book: &DayBook, estimates: &[Estimate]) -> Result<()> {
        let known: HashMap<_, _> = book.stops.iter().map(|s| (s.stop.id, s)).collect();
        let differs = |old: Option<Instant>, new: Instant| old.is_none_or(|old| (old - new).abs() > SAME_ETA);
        let (mut etas, mut returns, mut touched) = (vec![], vec![], vec![]);
        for e in estimates.iter().filter(|e| e.known) {
            let before = etas.len();
            let changed =
                |(id, at): &&(StopId, Instant)| known.get(id).is_some_and(|s: &&DayStop| differs(s.eta, *at));
            etas.extend(e.stops.iter().filter(changed).copied());
            let (route, back) = e.back;
            let moved = differs(book.returns.get(&route).copied(), back);
            if moved {
                returns.push(e.back);
            }
            if moved || etas.len() > before {
                touched.push(route);
            }
        }
        // These are known by the clock alone, so such routes are looked at again in every round.
        let by_the_clock = |r: &&Route| book.is_silent(r) || book.starts_late(r);
        touched.extend(book.routes.iter().filter(by_the_clock).map(|r| r.id));
        let ranges = self.0.ranges.get(book.hub.id).unwrap_or_default();
        let pending = |id: &StopId| known.get(id).is_some_and(|s| s.stop.state == StopState::Pending);
        let shown = estimates.iter().filter(|e| e.known).flat_map(|e| &e.stops).filter(|(id, _)| pending(id));
        let kept: Vec<_> = shown.filter_map(|(id, eta)| ranges.kept(*id, *eta, book.now)).collect();
        let open = |s: &&DayStop| s.stop.state.is_open() && s.eta.is_some();
        let unknown: Vec<_> = book
            .routes
            .iter()
            .filter(|r| !estimates.iter().any(|e| e.known && e.back.0 == r.id))
            .flat_map(|r| book.stops_of(r.id).iter().filter(open))
            .map(|s| (s.stop.id, s.stop.route))
            .collect();
        touched.extend(unknown.iter().map(|(_, route)| *route));
        if !etas.is_empty() || !returns.is_empty() || !kept.is_empty() || !unknown.is_empty() {
            let mut tx = self.0.database.begin().await?;
            store::stops::save_etas(&mut tx, &etas, book.now).await?;
            store::stops::save_returns(&mut tx, &returns, book.now).await?;
            store::estimates::keep(&mut tx, &kept).await?;
            let unknown: Vec<_> = unknown.into_iter().map(|(stop, _)| stop).collect();
            store::stops::forget_etas(&mut tx, &unknown).await?;
            tx.commit().await?;
        }
        self.0.live.of(book.hub.id).touch_routes(touched);
        Ok(())
    }

    /// Concludes arrivals from readings, then moves the watermarks: a crash between the two concludes the same again.
    async fn save_arrivals(
        &self,
        caller: &Caller,
        book: &DayBook,
        read: &HashMap<VehicleId, Instant>,
        fresh: &[Position],
    ) -> Result<Vec<RouteId>> {
        let (mut touched, mut moved) = (vec![], vec![]);
        for own in fresh.chunk_by(|a, b| a.vehicle == b.vehicle) {
            let Some(last) = own.last() else { continue };
            let under_way =
                |r: &&Route| r.vehicle == last.vehicle && matches!(r.state, RouteState::UnderWay { .. });
            let route = book.routes.iter().find(under_way);
            let mut until = last.at;
            match route.and_then(|r| Some((r, conclude_arrival(r, book.stops_of(r.id), own)?))) {
                Some((route, Conclusion::Arrived(stop, at))) => {
                    let came = once_more!(self.save_arrival(caller, route, stop, at).await)?;
                    touched.extend(came.then_some(route.id));
                }
                // The vehicle may be about to dwell: keep these readings for the next round.
                Some((_, Conclusion::Standing(since))) => until = since - TimeDelta::milliseconds(1),
                None => {}
            }
            moved.push(Interpreted {
                vehicle: last.vehicle,
                before: read.get(&last.vehicle).copied(),
                until,
            });
        }
        if !moved.is_empty() {
            let mut tx = self.0.database.begin().await?;
            store::positions::save_interpreted(&mut tx, &moved).await?;
            tx.commit().await?;
        }
        Ok(touched)
    }

    /// Answers whether the stop still waited for somebody, on that route.
    async fn save_arrival(&self, caller: &Caller, route: &Route, stop: StopId, at: Instant) -> Result<bool> {
        let mut work = self.begin(caller, route.hub).await?;
        let locks = RouteLocks::take(&mut work.tx, &[route.id]).await?;
        if !locks.get(route.id).is_some_and(|r| matches!(r.state, RouteState::UnderWay { .. })) {
            return Ok(false);
        }
        let stops = store::stops::of_day(&mut work.tx, route.hub, route.day, Some(&[route.id])).await?;
        let waits = |s: &DayStop| s.stop.id == stop && s.stop.state == StopState::Pending;
        if !stops.iter().any(waits) {
            return Ok(false);
        }
        Came::to(stop, &stops, at)?.save(&mut work, &locks, at).await?;
        work.commit().await?;
        Ok(true)
    }

    async fn save_exceptions(
        &self,
        caller: &Caller,
        book: &DayBook,
        estimates: &[Estimate],
        known: &HashSet<ExceptionId>,
    ) -> Result<usize> {
        let mut conn = self.0.database.read().await?;
        let mut standing = store::exceptions::of_day(&mut conn, book.hub.id, book.day).await?;
        standing.extend(store::exceptions::ended_by_people(&mut conn, book.hub.id, book.day).await?);
        let waiting = store::orders::waiting_orders(&mut conn, book.hub.id, book.day).await?;
        drop(conn);
        // The book is older than the youngest of those that wait.
        let now = self.now();
        let mut wanted = troubles(book, estimates);
        // Today's orders wait for the morning plan as long as there is none, but for those that it comes too late for.
        let left_out =
            waiting.iter().filter(|w| w.day < book.day || book.plan.is_some() || w.until <= book.now);
        wanted.extend(left_out.map(|w| unplanned(book, w, now)));
        let unresolved: Vec<_> =
            standing.iter().filter(|e| !matches!(e.state, ExceptionState::Resolved { .. })).collect();
        // What a person has ended today stays ended, unless it is about something else.
        let is_known = |w: &Exception| {
            standing.iter().any(|e| {
                let by_person = matches!(e.state, ExceptionState::Resolved { by: Some(_), .. });
                let open = !matches!(e.state, ExceptionState::Resolved { .. });
                (by_person || open) && same_subject(e, w)
            })
        };
        let raise: Vec<_> = wanted.iter().filter(|w| !is_known(w)).collect();
        let settle: Vec<_> = unresolved
            .into_iter()
            .filter(|e| known.contains(&e.id))
            .filter_map(|e| Some((e, settled(e, book, estimates, &waiting)?)))
            .collect();
        let changed = raise.len() + settle.len();
        if changed == 0 {
            return Ok(0);
        }
        let mut work = self.begin(caller, book.hub.id).await?;
        // Those that stand are locked before new ones are raised, as everywhere.
        let ids: Vec<_> = settle.iter().map(|(e, _)| e.id).collect();
        for now in store::exceptions::lock_many(&mut work.tx, &ids).await? {
            let over = settle.iter().find(|(e, _)| e.id == now.id);
            let Some(&(_, resolution)) = over else { continue };
            if matches!(now.state, ExceptionState::Resolved { .. }) {
                continue;
            }
            let (id, kind) = (now.id, now.kind);
            work.touched.orders.extend(now.order);
            store::exceptions::save(&mut work.tx, &now.resolve(None, book.now, resolution.to_owned())?)
                .await?;
            let fact = Fact::ExceptionResolved { exception: id, kind, resolution: resolution.to_owned() };
            work.happened_at(book.now, fact);
        }
        for exception in raise {
            if store::exceptions::raise(&mut work.tx, exception).await? {
                work.touched.orders.extend(exception.order);
                let fact = Fact::ExceptionRaised { exception: exception.clone() };
                work.happened_at(exception.raised_at, fact);
            }
        }
        work.touched.exceptions = true;
        work.commit().await?;
        Ok(changed)
    }
}

enum Conclusion {
    /// At a stop, since then.
    Arrived(StopId, Instant),
    Standing(Instant),
}

/// Whether the readings show the vehicle standing at its next door.
fn conclude_arrival(route: &Route, stops: &[DayStop], readings: &[Position]) -> Option<Conclusion> {
    let departed = route.state.departed_at()?;
    let next = stops.iter().find(|s| s.stop.state == StopState::Pending)?;
    let came = |s: &DayStop| s.stop.state.ended_at().or_else(|| s.stop.state.arrived_at());
    let left_last = stops.iter().filter_map(came).max().unwrap_or(departed);
    // Who is at a door still is not at the next one before the readings can tell them apart.
    let at_door = |s: &&DayStop| matches!(s.stop.state, StopState::Arrived { .. });
    if stops.iter().filter(at_door).any(|s| s.at.metres_to(next.at) <= MOST_RADIUS_M.into()) {
        return None;
    }
    let mut since: Option<Instant> = None;
    let good = |p: &&Position| p.at > left_last && p.accuracy_m.is_none_or(|radius| radius <= MOST_RADIUS_M);
    for p in readings.iter().filter(good) {
        // A phone that says no speed is judged by place and time alone.
        let stands = p.speed_mps.is_none_or(|v| v < STANDING_MPS);
        let there = p.place.metres_to(next.at) <= AT_THE_DOOR_M && stands;
        since = if there { since.or(Some(p.at)) } else { None };
        if let Some(since) = since
            && p.at - since >= DWELL
        {
            return Some(Conclusion::Arrived(next.stop.id, since));
        }
    }
    since.map(Conclusion::Standing)
}
