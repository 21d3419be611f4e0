//! A day as it is read from the database: what verbs and views ask it.

use crate::{
    Operations, Result,
    accounts::settings,
    base::zone::Zone,
    fleet::{
        approach::Approaches,
        duties::{Drive, Duties},
    },
    sites::hubs::Site,
};
use domain::{
    Coordinate, Day, DriverId, Hub, Instant, Plan, Route, RouteId, RouteState, Settings, ShiftId, StopState,
    Vehicle, VehicleId, VehicleState,
};
use std::{collections::HashMap, sync::Arc};
use store::{positions::Position, stops::DayStop};

/// A day read from the database, from which every view of it is made.
pub(crate) struct DayBook {
    pub hub: Hub,
    pub zone: Zone,
    pub day: Day,
    pub now: Instant,
    pub plan: Option<Plan>,
    pub vehicles: HashMap<VehicleId, Vehicle>,
    /// Who drives them on that day, and when.
    pub duties: Duties,
    /// The names of drivers who drive what is not usually theirs.
    drivers: HashMap<DriverId, String>,
    pub routes: Vec<Route>,
    /// Which of them are the day's, by vehicle.
    own_routes: HashMap<VehicleId, Vec<usize>>,
    /// Stops that were not dropped, by route, as they are driven: what is over, where the driver is, what comes next.
    pub stops: Vec<DayStop>,
    pub returns: HashMap<RouteId, Instant>,
    pub latest: HashMap<VehicleId, Position>,
    /// How long parking and walking to a door takes.
    pub approaches: Arc<Approaches>,
    /// What is set for the hub.
    pub settings: Arc<Settings>,
}

impl DayBook {
    /// Reads the day that runs at a hub, or the part of it that concerns `routes`. Vehicles that are still on the road from a day
    /// before belong to it.
    pub async fn read(
        ops: &Operations,
        conn: &mut store::Conn,
        site: &Site,
        routes: Option<&[RouteId]>,
    ) -> Result<Self> {
        let book = Self::without_stops(ops, conn, site).await?;
        let stops = store::stops::of_day(conn, book.hub.id, book.day, routes).await?;
        Ok(Self { stops: as_driven(stops), ..book })
    }

    /// The same with the stops of these vehicles' routes alone.
    pub async fn with_stops_of(self, conn: &mut store::Conn, vehicles: &[VehicleId]) -> Result<Self> {
        let own = self.routes.iter().filter(|r| vehicles.contains(&r.vehicle));
        let own: Vec<RouteId> = own.map(|r| r.id).collect();
        let stops = store::stops::of_day(conn, self.hub.id, self.day, Some(&own)).await?;
        Ok(Self { stops: as_driven(stops), ..self })
    }

    /// The same without any stop, for who does not need them, or not yet.
    pub async fn without_stops(ops: &Operations, conn: &mut store::Conn, site: &Site) -> Result<Self> {
        let Site { hub, zone } = site.clone();
        let now = ops.now();
        let day = ops.running_day(conn, site, now).await?;
        let vehicles: HashMap<_, _> =
            store::vehicles::of_hub(conn, hub.id).await?.into_iter().map(|v| (v.id, v)).collect();
        let all = store::plans::routes(conn, hub.id, day).await?;
        let mut own_routes: HashMap<_, Vec<_>> = HashMap::new();
        for (index, route) in all.iter().enumerate().filter(|(_, route)| route.day == day) {
            own_routes.entry(route.vehicle).or_default().push(index);
        }
        Ok(Self {
            plan: store::plans::published(conn, hub.id, day).await?,
            duties: Duties::read(conn, hub.id, day).await?,
            drivers: names(conn, &vehicles, &all).await?,
            vehicles,
            routes: all,
            own_routes,
            stops: vec![],
            returns: store::stops::returns(conn, hub.id, day).await?.into_iter().collect(),
            latest: store::positions::latest(conn, hub.id)
                .await?
                .into_iter()
                .map(|p| (p.vehicle, p))
                .collect(),
            approaches: ops.0.approaches.get(hub.id).unwrap_or_default(),
            settings: Arc::new(settings::of(conn, Some(hub.id)).await?),
            hub,
            zone,
            day,
            now,
        })
    }

    /// The day's routes of a vehicle, one for each shift; what is still on the road from a day before is not the day's.
    pub fn routes_of(&self, vehicle: VehicleId) -> impl Iterator<Item = &Route> {
        let own = self.own_routes.get(&vehicle).map(Vec::as_slice).unwrap_or_default();
        own.iter().filter_map(|&index| self.routes.get(index))
    }

    /// The day's route of a vehicle in a shift; in its usual hours for none.
    pub fn route_in(&self, vehicle: VehicleId, shift: Option<ShiftId>) -> Option<&Route> {
        self.routes_of(vehicle).find(|r| r.shift == shift)
    }

    /// The route that a vehicle is on, or else its next one, or else its last one.
    pub fn route_of(&self, vehicle: VehicleId) -> Option<&Route> {
        self.routes_of(vehicle).min_by_key(|route| match route.state {
            RouteState::UnderWay { .. } => (0, route.planned_start.timestamp()),
            RouteState::Published => (1, route.planned_start.timestamp()),
            RouteState::Finished { finished_at, .. } => (2, -finished_at.timestamp()),
        })
    }

    /// Who drives a vehicle on the day, when, and with which breaks, the earliest first; nobody when it stays at the hub.
    pub fn drives(&self, vehicle: &Vehicle) -> Vec<Drive> {
        self.duties.drives(self.zone, vehicle)
    }

    /// The same in one shift; in the vehicle's usual hours for none.
    pub fn drive(&self, vehicle: &Vehicle, shift: Option<ShiftId>) -> Option<Drive> {
        self.duties.drive(self.zone, vehicle, shift)
    }

    /// What a vehicle is called in a shift: with the time at which it begins when it has several on the day.
    pub fn label(&self, vehicle: &Vehicle, shift: Option<ShiftId>, begins: Instant) -> String {
        let shifts = self.drives(vehicle).into_iter().map(|drive| drive.shift);
        let routes = self.routes_of(vehicle.id).map(|route| route.shift);
        if shifts.chain(routes).all(|other| other == shift) {
            return vehicle.label.clone();
        }
        let begins = self.drive(vehicle, shift).map_or(begins, |drive| drive.from);
        format!("{} · {}", vehicle.label, self.zone.moment(begins).format("%H:%M"))
    }

    /// What a vehicle is called on a route.
    pub fn label_on(&self, route: &Route, vehicle: &Vehicle) -> String {
        self.label(vehicle, route.shift, route.planned_start)
    }

    /// When a vehicle that is on the road is back.
    pub fn busy_until(&self, vehicle: VehicleId) -> Option<Instant> {
        let out = |route: &&Route| matches!(route.state, RouteState::UnderWay { .. });
        self.routes_of(vehicle).find(out).map(|route| self.back_at(route))
    }

    fn back_at(&self, route: &Route) -> Instant {
        self.returns.get(&route.id).copied().unwrap_or(route.planned_end)
    }

    /// When the vehicle of a route is back from the one that it drives before, if it is not yet.
    pub fn back_before(&self, route: &Route) -> Option<Instant> {
        if route.state != RouteState::Published {
            return None;
        }
        let before = self.routes_of(route.vehicle).filter(|other| match other.state {
            RouteState::UnderWay { .. } => true,
            RouteState::Published => other.planned_start < route.planned_start,
            RouteState::Finished { .. } => false,
        });
        before.map(|other| self.back_at(other)).max()
    }

    /// The name of a route's driver.
    pub fn driver_of(&self, route: &Route, vehicle: &Vehicle) -> String {
        self.drivers.get(&route.driver).unwrap_or(&vehicle.driver.name).clone()
    }

    /// The stops of a route, as they are driven.
    pub fn stops_of(&self, route: RouteId) -> &[DayStop] {
        let from = self.stops.partition_point(|s| s.stop.route < route);
        let len = self.stops[from..].partition_point(|s| s.stop.route == route);
        &self.stops[from..from + len]
    }

    /// Where a vehicle is: its latest reading, or the hub while it waits there and has never sent one.
    pub fn place_of(&self, vehicle: VehicleId) -> Option<Position> {
        let waits = || self.route_of(vehicle).is_some_and(|route| route.state == RouteState::Published);
        let at_hub = || Position {
            vehicle,
            at: self.now,
            place: self.hub.at,
            speed_mps: None,
            heading_deg: None,
            accuracy_m: None,
            battery_percent: None,
            received_at: self.now,
        };
        self.latest.get(&vehicle).copied().or_else(|| waits().then(at_hub))
    }

    /// Before which of its stops, counted from 0, a vehicle on the road comes by the hub, if it does.
    pub fn reloads_before(&self, route: &Route) -> Option<usize> {
        route.reloads_before(self.stops_of(route.id).iter().map(|s| (&s.stop, !s.lacks_goods())))
    }

    /// Whether a vehicle on the road has stopped reporting.
    pub fn is_silent(&self, route: &Route) -> bool {
        let RouteState::UnderWay { departed_at } = route.state else { return false };
        let heard = self.latest.get(&route.vehicle).map_or(departed_at, |p| p.at.max(departed_at));
        self.now - heard > self.settings.silent_after()
    }

    /// Whether a vehicle that has something to bring should have left the hub a while ago, and has not.
    pub fn starts_late(&self, route: &Route) -> bool {
        let drives = |v: &Vehicle| v.state == VehicleState::Available;
        route.state == RouteState::Published
            && self.now - route.planned_start >= self.settings.late_start()
            && self.vehicles.get(&route.vehicle).is_some_and(drives)
            && self.stops_of(route.id).iter().any(|s| s.stop.state.is_open())
    }
}

/// Of so many doors a driver who has been at a later one has passed by each. Of more the driver may have taken the later one first,
/// until as many later ones show otherwise.
const PASSED_BY: usize = 2;

/// Puts the stops of each route, which come by their places, in the order in which they are driven. Drivers who pass a door by are
/// expected to come back to it after all others.
fn as_driven(stops: Vec<DayStop>) -> Vec<DayStop> {
    let turns: Vec<_> = stops.chunk_by(|a, b| a.stop.route == b.stop.route).flat_map(turns).collect();
    let mut driven: Vec<_> = turns.into_iter().zip(stops).collect();
    driven.sort_by_key(|(turn, s)| (s.stop.route, *turn));
    driven.into_iter().map(|(_, s)| s).collect()
}

/// Whether each stop of a route, which come by their places, is over (0), where the driver is (1), ahead (2) or passed by (3).
fn turns(route: &[DayStop]) -> Vec<u8> {
    let reached = route.iter().filter_map(|s| Some((s.stop.state.came_at()?, s.stop.sequence, s.at)));
    let reached: Vec<_> = reached.collect();
    let last = reached.iter().max_by_key(|(at, sequence, _)| (at, sequence));
    let doors = |places: Vec<Coordinate>| {
        let is_new = |index: &usize| !places[..*index].contains(&places[*index]);
        (0..places.len()).filter(is_new).count()
    };
    let waits = |s: &&DayStop| s.stop.state == StopState::Pending;
    let before = last.map_or(0, |(_, last, _)| {
        doors(route.iter().filter(waits).filter(|s| s.stop.sequence < *last).map(|s| s.at).collect())
    });
    let is_passed_by = |s: &DayStop| {
        let after = reached.iter().filter(|(_, sequence, at)| *sequence > s.stop.sequence && *at != s.at);
        let after = doors(after.map(|(.., at)| *at).collect());
        let is_before = last.is_some_and(|(_, last, at)| *last > s.stop.sequence && *at != s.at);
        is_before && (before <= PASSED_BY || after >= PASSED_BY)
    };
    let turn = |s: &DayStop| match s.stop.state {
        StopState::Done { .. } | StopState::Dropped { .. } => 0,
        StopState::Arrived { .. } => 1,
        StopState::Pending if !is_passed_by(s) => 2,
        StopState::Pending => 3,
    };
    route.iter().map(turn).collect()
}

/// The names of drivers who drive what is not usually theirs.
async fn names(
    conn: &mut store::Conn,
    vehicles: &HashMap<VehicleId, Vehicle>,
    routes: &[Route],
) -> Result<HashMap<DriverId, String>> {
    let usual = |route: &&Route| vehicles.get(&route.vehicle).is_some_and(|v| v.driver.id == route.driver);
    let others: Vec<_> = routes.iter().filter(|route| !usual(route)).map(|route| route.driver).collect();
    if others.is_empty() { Ok(HashMap::new()) } else { Ok(store::drivers::names(conn, &others).await?) }
}
