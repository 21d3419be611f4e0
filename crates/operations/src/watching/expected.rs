//! When each open stop of a day will be reached, going on from the newest readings by the roads as they are.
//!
//! All routes are followed at once, whoever is earliest first: the roads of a time are weighed for everybody who drives then,
//! and not again for each route. Not here: what is made of it (`watch`).

use crate::{
    base::convert::{lat_lon, profile},
    day::book::DayBook,
};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::{
    Break, Closure, Instant, PlannedLeg, Route, RouteId, RouteState, StopId, StopState, Vehicle, VehicleKind,
    VehicleState, breaks_on, visit_s,
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};
use store::{stops::DayStop, visits::visit_from};

/// A vehicle goes on for at most so long without being heard of.
const UNHEARD: TimeDelta = TimeDelta::minutes(3);

/// A vehicle that is off the road is not back on it sooner than this, so that people hear in time of what it will miss.
const OFF_AT_LEAST: TimeDelta = TimeDelta::minutes(30);

/// When a route's open stops will be reached, and the hub again.
pub(crate) struct Estimate {
    /// Nobody knows when a vehicle that is off the road will be anywhere: then these are the earliest times, to be told to
    /// nobody.
    pub known: bool,
    pub stops: Vec<(StopId, Instant)>,
    /// Stops to which no way leads as things are.
    pub cut_off: Vec<StopId>,
    pub back: (RouteId, Instant),
}

/// The estimates of all routes that are not over.
pub(crate) fn estimates(book: &DayBook, roads: &dyn TravelTimes, closures: &[Closure]) -> Vec<Estimate> {
    let mut reopenings: HashMap<VehicleKind, Vec<Instant>> = HashMap::new();
    for closure in closures {
        for kind in &closure.bars {
            reopenings.entry(*kind).or_default().push(closure.until);
        }
    }
    reopenings.values_mut().for_each(|all| all.sort_unstable());
    let never = vec![];
    let ways = |kind| Ways {
        roads,
        book,
        profile: profile(kind),
        reopenings: reopenings.get(&kind).unwrap_or(&never),
    };
    let mut tours: Vec<Tour<'_>> =
        book.routes.iter().filter_map(|route| Tour::begin(book, route, &ways)).collect();
    let mut next: BinaryHeap<_> = tours.iter().enumerate().map(|(n, tour)| Reverse((tour.at, n))).collect();
    while let Some(Reverse((_, n))) = next.pop() {
        if let Some(tour) = tours.get_mut(n)
            && tour.goes_on()
        {
            next.push(Reverse((tour.at, n)));
        }
    }
    tours.into_iter().map(|tour| tour.estimate).collect()
}

/// How a kind of vehicle gets from one place to another.
struct Ways<'a> {
    roads: &'a dyn TravelTimes,
    book: &'a DayBook,
    profile: Profile,
    /// When closures for this kind of vehicle end, the first first.
    reopenings: &'a [Instant],
}

/// What is known of a way.
enum Way {
    Takes(TimeDelta),
    Closed,
    /// The streets say nothing of one of its ends.
    Unknown,
}

impl Ways<'_> {
    fn drive(&self, from: LatLon, to: LatLon, depart: Instant) -> Way {
        match self.roads.drive(from, to, self.profile, self.book.zone.wall(depart)) {
            Ok(Some(seconds)) => Way::Takes(TimeDelta::seconds(seconds.into())),
            // Where nobody has closed anything the map is at fault.
            Ok(None) if self.reopenings.is_empty() => Way::Unknown,
            Ok(None) => Way::Closed,
            Err(_) => Way::Unknown,
        }
    }

    /// When one who leaves at a time is there, waiting for a road to open if there is no other way.
    fn arrive(&self, from: LatLon, to: LatLon, depart: Instant) -> Option<Instant> {
        let later = self.reopenings.iter().copied().filter(|at| *at > depart);
        std::iter::once(depart).chain(later).find_map(|leave| match self.drive(from, to, leave) {
            Way::Takes(drive) => Some(leave + drive),
            Way::Closed | Way::Unknown => None,
        })
    }
}

/// A route on its way through the rest of the day.
struct Tour<'a> {
    ways: Ways<'a>,
    vehicle: &'a Vehicle,
    /// The open stops, and whether the vehicle comes by the hub before each.
    open: Vec<(&'a DayStop, bool)>,
    done: usize,
    /// Visits to whose doors no way led when it was their turn: the driver has gone on, and comes back once one does.
    put_off: Vec<Vec<&'a DayStop>>,
    shift_until: Instant,
    /// The breaks that are planned before open stops.
    breaks: HashMap<StopId, Break>,
    /// When the last stop that is over ended.
    left: Option<Instant>,
    /// Where the vehicle is when it sets off for the next stop.
    at: Instant,
    place: LatLon,
    estimate: Estimate,
}

impl<'a> Tour<'a> {
    fn begin(book: &'a DayBook, route: &'a Route, ways: &impl Fn(VehicleKind) -> Ways<'a>) -> Option<Self> {
        let vehicle = book.vehicles.get(&route.vehicle)?;
        let known = !matches!(vehicle.state, VehicleState::OffRoad { .. });
        let hub = lat_lon(book.hub.at);
        let stops = book.stops_of(route.id);
        let left = stops.iter().filter_map(|s| s.stop.state.ended_at()).max();
        let (at, place) = match route.state {
            RouteState::Finished { .. } => return None,
            RouteState::Published => {
                let ready = book.now + book.settings.yard();
                let ready =
                    book.back_before(route).map_or(ready, |back| ready.max(back + book.settings.yard()));
                ((route.planned_start + book.approaches.leaves_late).max(ready), hub)
            }
            RouteState::UnderWay { departed_at } => match book.latest.get(&route.vehicle) {
                // Since that reading, or since the last door, the vehicle has gone on.
                Some(p) if p.at >= departed_at => {
                    let seen = left.map_or(p.at, |left| left.max(p.at));
                    (seen.max(book.now - UNHEARD), lat_lon(p.place))
                }
                _ => (book.now, hub),
            },
        };
        let at = if known { at } else { book.now + OFF_AT_LEAST };
        let reloads_before = book.reloads_before(route);
        let open = stops.iter().enumerate().filter(|(_, s)| s.stop.state.is_open());
        Some(Self {
            ways: ways(vehicle.kind),
            vehicle,
            open: open.map(|(index, s)| (s, reloads_before == Some(index))).collect(),
            done: 0,
            put_off: vec![],
            shift_until: route.shift_until,
            breaks: planned_breaks(book, route, vehicle, stops),
            left: route
                .state
                .departed_at()
                .map(|departed_at| left.map_or(departed_at, |left| left.max(departed_at))),
            at,
            place,
            estimate: Estimate { known, stops: vec![], cut_off: vec![], back: (route.id, at) },
        })
    }

    /// Goes to the next stop, or to the hub after the last one; whether there is more.
    fn goes_on(&mut self) -> bool {
        let hub = lat_lon(self.ways.book.hub.at);
        if let Some((visit, arrival)) = self.take_put_off() {
            self.serve(&visit, arrival);
            return true;
        }
        let visit = visit_from(self.open.iter().skip(self.done).map(|(s, _)| *s));
        let first = self.done == 0;
        let next = &self.open[self.done..self.done + visit];
        let Some(&(s, by_the_hub)) = next.first() else {
            self.estimate.back.1 = self.ways.arrive(self.place, hub, self.at).unwrap_or(self.at);
            return false;
        };
        let next: Vec<_> = next.iter().map(|(s, _)| *s).collect();
        self.done += visit;
        if by_the_hub {
            let loading = self.ways.book.settings.loading();
            self.at = self.ways.arrive(self.place, hub, self.at).unwrap_or(self.at) + loading;
            self.place = hub;
        }
        let arrival = match (s.stop.state, self.ways.drive(self.place, lat_lon(s.at), self.at)) {
            (StopState::Arrived { at }, _) => at,
            (_, Way::Takes(drive)) => {
                self.pausing(s, drive + self.approach(s, first), first).max(self.ways.book.now)
            }
            // A vehicle that stands behind a barrier was let in, goes about there, and will be let out.
            (_, Way::Closed) if !matches!(self.ways.drive(self.place, hub, self.at), Way::Closed) => {
                self.estimate.cut_off.extend(next.iter().map(|s| s.stop.id));
                self.put_off.push(next);
                return true;
            }
            (_, Way::Closed | Way::Unknown) => {
                self.pausing(s, TimeDelta::seconds(s.stop.travel_s.into()), first)
            }
        };
        self.serve(&next, arrival);
        true
    }

    /// Parking at a door and walking to it. Who is at this very door already need not park again.
    fn approach(&self, s: &DayStop, first: bool) -> TimeDelta {
        let parked = !first && self.place == lat_lon(s.at);
        if parked { TimeDelta::zero() } else { self.ways.book.approaches.of_vehicle(self.vehicle.kind, s.at) }
    }

    /// A visit that was put off, once a way leads to it, or when nothing else is left to do; with the arrival. Those that nobody
    /// reaches within the shift are expected once a way leads there, and are not waited for.
    fn take_put_off(&mut self) -> Option<(Vec<&'a DayStop>, Instant)> {
        let is_last = self.done == self.open.len();
        let mut index = 0;
        while let Some(s) = self.put_off.get(index).and_then(|visit| visit.first().copied()) {
            let there = match self.ways.drive(self.place, lat_lon(s.at), self.at) {
                Way::Takes(drive) => Some(self.at + drive),
                Way::Closed | Way::Unknown if is_last => self.ways.arrive(self.place, lat_lon(s.at), self.at),
                Way::Closed | Way::Unknown => {
                    index += 1;
                    continue;
                }
            };
            let visit = self.put_off.remove(index);
            let Some(arrival) = there.map(|at| at + self.approach(s, false)) else { continue };
            if arrival <= self.shift_until {
                return Some((visit, arrival));
            }
            self.estimate.stops.extend(visit.iter().map(|s| (s.stop.id, arrival)));
        }
        None
    }

    /// Is at a door for a visit from then on, and goes on from there.
    fn serve(&mut self, visit: &[&DayStop], arrival: Instant) {
        let book = self.ways.book;
        self.estimate.stops.extend(visit.iter().map(|s| (s.stop.id, arrival)));
        let service_s = visit_s(visit.iter().map(|s| s.service_s), book.settings.further_order_seconds);
        let opens = visit.iter().map(|s| s.opens(arrival)).max().unwrap_or(arrival);
        self.at = (opens + TimeDelta::seconds(book.approaches.at_door_s(service_s))).max(book.now);
        self.place = visit.first().map_or(self.place, |s| lat_lon(s.at));
    }

    /// When the vehicle is at a stop to which it drives for so long, with what is left of a break that is planned on the way. To
    /// the `first` stop that is open, whatever of the time since the last one was not driven has been a break already.
    fn pausing(&self, s: &DayStop, drive: TimeDelta, first: bool) -> Instant {
        let there = self.at + drive;
        let Some(planned) = self.breaks.get(&s.stop.id) else { return there };
        let driven = (TimeDelta::seconds(s.stop.travel_s.into()) - drive).max(TimeDelta::zero());
        let stood = match self.left {
            Some(left) if first => (self.at - left - driven).max(TimeDelta::zero()),
            _ => TimeDelta::zero(),
        };
        if stood >= planned.length() {
            there
        } else {
            there.max(planned.earliest()) + planned.length() - stood
        }
    }
}

/// Before which open stops a route's plan has put its driver's breaks.
fn planned_breaks(
    book: &DayBook,
    route: &Route,
    vehicle: &Vehicle,
    stops: &[DayStop],
) -> HashMap<StopId, Break> {
    let breaks = book.drive(vehicle, route.shift).map(|drive| drive.breaks).unwrap_or_default();
    // Of a day before the breaks are over.
    if breaks.is_empty() || route.day != book.day {
        return HashMap::new();
    }
    let mut leaves = route.planned_start + book.approaches.leaves_late;
    let leg = |s: &DayStop| {
        let (drive, arrives) = (TimeDelta::seconds(s.stop.travel_s.into()), s.stop.planned_arrival);
        // What the way by the hub takes beside the drive is no break.
        let leaves = std::mem::replace(&mut leaves, s.stop.planned_departure);
        PlannedLeg { leaves: if s.stop.via_hub { arrives - drive } else { leaves }, drive, arrives }
    };
    let mut stops: Vec<_> = stops.iter().collect();
    stops.sort_by_key(|s| s.stop.sequence);
    let legs: Vec<_> = stops.iter().copied().map(leg).collect();
    let found = breaks_on(&legs, &breaks).into_iter();
    let open = found.filter_map(|(index, planned)| Some((&stops.get(index)?.stop, planned)));
    open.filter(|(stop, _)| stop.state.is_open()).map(|(stop, planned)| (stop.id, planned)).collect()
}
