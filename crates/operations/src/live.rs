//! The live feed: one versioned picture of the day in memory, and viewers that each take what is newer than what they
//! have seen.
//!
//! Nothing is queued for a viewer, so a slow one costs nothing and loses nothing: its next frame holds the latest of each
//! thing that changed. A viewer that comes back with the version it saw last goes on from there; after a restart, or a
//! long absence, it gets a snapshot. Facts live in the database; losing this picture loses nothing.

use crate::zone::Zone;
use domain::{Coordinate, OrderId, RouteId, Standing, VehicleId};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::positions::Position;
use tokio::{sync::watch, time::Instant as Tick};
use wire::{
    control_room::{Counts, RouteRow, VehicleMark},
    live::{Frame, HEARTBEAT},
};

/// A viewer gets at most one frame in this time.
const PACE: Duration = Duration::from_secs(1);
/// How many changed orders are remembered for viewers who come back.
const ORDERS_REMEMBERED: usize = 5_000;
/// A vehicle has moved once it is this far from where it was first seen, in metres; readings at rest wander less.
const MOVED_M: f64 = 100.0;

#[derive(Clone)]
pub(crate) struct Live(Arc<Shared>);

struct Shared {
    boot: u64,
    picture: Mutex<Picture>,
    dirty: Mutex<Dirty>,
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Picture {
    version: u64,
    vehicles: HashMap<VehicleId, LiveVehicle>,
    routes: HashMap<RouteId, (u64, RouteRow)>,
    counts: (u64, Counts),
    orders: VecDeque<(u64, OrderId)>,
    orders_forgotten: u64,
    exceptions: u64,
    plan: u64,
}

struct LiveVehicle {
    version: u64,
    label: String,
    standing: Standing,
    position: Option<Position>,
    first: Option<Coordinate>,
    moved: bool,
}

/// What must be read again from the database before the picture is true.
#[derive(Default)]
pub(crate) struct Dirty {
    pub all: bool,
    pub counts: bool,
    pub routes: HashSet<RouteId>,
}

impl Dirty {
    pub fn is_clean(&self) -> bool {
        !self.all && !self.counts && self.routes.is_empty()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // The picture is rebuilt from the database whenever it is touched, so a panic elsewhere leaves nothing to protect.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    pub fn new() -> Self {
        let mut boot = [0_u8; 8];
        // Only tells one run of the server from the next; a repeat would cost a viewer one stale resume.
        let _ = getrandom::fill(&mut boot);
        Self(Arc::new(Shared {
            boot: u64::from_le_bytes(boot) >> 16,
            picture: Mutex::default(),
            dirty: Mutex::new(Dirty { all: true, ..Dirty::default() }),
            version: watch::channel(0).0,
        }))
    }

    fn change(&self, step: impl FnOnce(&mut Picture, u64)) {
        let version = {
            let mut picture = lock(&self.0.picture);
            picture.version += 1;
            let version = picture.version;
            step(&mut picture, version);
            version
        };
        self.0.version.send_replace(version);
    }

    /// Vehicles reported where they are.
    pub fn moved(&self, newest: &[Position]) {
        self.change(|picture, version| {
            for p in newest {
                let v = picture.vehicles.entry(p.vehicle).or_insert_with(|| LiveVehicle {
                    version,
                    label: String::new(),
                    standing: Standing::Unknown,
                    position: None,
                    first: None,
                    moved: false,
                });
                if v.position.is_some_and(|known| known.at >= p.at) {
                    continue;
                }
                let first = *v.first.get_or_insert(p.place);
                v.moved |= first.metres_to(p.place) > MOVED_M;
                v.position = Some(*p);
                v.version = version;
            }
        });
    }

    /// The stories of these orders grew.
    pub fn touch_orders(&self, orders: &[OrderId]) {
        self.change(|picture, version| {
            picture.orders.extend(orders.iter().map(|id| (version, *id)));
            while picture.orders.len() > ORDERS_REMEMBERED {
                if let Some((forgotten, _)) = picture.orders.pop_front() {
                    picture.orders_forgotten = forgotten;
                }
            }
        });
    }

    /// The exceptions changed.
    pub fn touch_exceptions(&self) {
        lock(&self.0.dirty).counts = true;
        self.change(|picture, version| picture.exceptions = version);
    }

    /// The plan or its proposal changed.
    pub fn touch_plan(&self) {
        lock(&self.0.dirty).all = true;
        self.change(|picture, version| picture.plan = version);
    }

    /// The roads changed: what is shown of them is read anew, and the plan's estimates with them.
    pub fn touch_roads(&self) {
        self.change(|picture, version| picture.plan = version);
    }

    /// These routes changed.
    pub fn touch_routes(&self, routes: impl IntoIterator<Item = RouteId>) {
        lock(&self.0.dirty).routes.extend(routes);
    }

    /// Only the numbers of the strip changed.
    pub fn touch_counts(&self) {
        lock(&self.0.dirty).counts = true;
    }

    /// Everything may have changed.
    pub fn touch_all(&self) {
        lock(&self.0.dirty).all = true;
    }

    /// Takes what must be read again.
    pub fn take_dirty(&self) -> Dirty {
        std::mem::take(&mut *lock(&self.0.dirty))
    }

    /// Gives it back after a failed read, so that nothing is forgotten.
    pub fn give_back(&self, dirty: Dirty) {
        let mut now = lock(&self.0.dirty);
        now.all |= dirty.all;
        now.counts |= dirty.counts;
        now.routes.extend(dirty.routes);
    }

    /// The rows as they are in the database now. `whole` says that they are all the routes there are.
    pub fn show(
        &self,
        rows: Vec<RouteRow>,
        counts: Option<Counts>,
        labels: &[(VehicleId, String)],
        whole: bool,
    ) {
        self.change(|picture, version| {
            for (id, label) in labels {
                let v = picture.vehicles.entry(*id).or_insert_with(|| LiveVehicle {
                    version,
                    label: label.clone(),
                    standing: Standing::Unknown,
                    position: None,
                    first: None,
                    moved: false,
                });
                if v.label != *label {
                    v.label.clone_from(label);
                    v.version = version;
                }
            }
            if whole {
                let kept: HashSet<_> = rows.iter().map(|r| r.route).collect();
                picture.routes.retain(|id, _| kept.contains(id));
            }
            for row in rows {
                if let Some(v) = picture.vehicles.get_mut(&row.vehicle)
                    && v.standing != row.standing
                {
                    v.standing = row.standing;
                    v.version = version;
                }
                let known = picture.routes.get(&row.route).is_some_and(|(_, known)| *known == row);
                if !known {
                    picture.routes.insert(row.route, (version, row));
                }
            }
            if let Some(counts) = counts
                && counts != picture.counts.1
            {
                picture.counts = (version, counts);
            }
        });
    }

    /// Every row as it is shown now, to add up the strip.
    pub fn rows(&self) -> Vec<RouteRow> {
        lock(&self.0.picture).routes.values().map(|(_, row)| row.clone()).collect()
    }

    /// How many vehicles have moved since they were first seen.
    pub fn moved_count(&self) -> i64 {
        lock(&self.0.picture).vehicles.values().filter(|v| v.moved).count() as i64
    }

    pub fn viewer(&self, zone: Zone, clock: crate::Clock, build: String, resume: Option<Resume>) -> Viewer {
        let seen = resume.filter(|r| r.boot == self.0.boot).map_or(0, |r| r.version);
        Viewer {
            live: self.clone(),
            changes: self.0.version.subscribe(),
            zone,
            clock,
            build,
            seen,
            seq: 0,
            last: None,
        }
    }
}

/// Where a viewer was when it left: the `Last-Event-ID` of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resume {
    boot: u64,
    version: u64,
}

impl Resume {
    /// Reads a `Last-Event-ID`; anything else than one of ours means starting anew.
    pub fn parse(id: &str) -> Option<Self> {
        let (boot, version) = id.split_once('-')?;
        Some(Self { boot: boot.parse().ok()?, version: version.parse().ok()? })
    }
}

/// One open screen.
pub struct Viewer {
    live: Live,
    changes: watch::Receiver<u64>,
    zone: Zone,
    clock: crate::Clock,
    build: String,
    seen: u64,
    seq: u64,
    last: Option<Tick>,
}

impl Viewer {
    /// The next frame, with the id by which the viewer can come back: as soon as something is newer than what it saw, but
    /// not before its pace allows, and at least once in a heartbeat.
    pub async fn next(&mut self) -> (String, Frame) {
        if let Some(last) = self.last {
            tokio::time::sleep_until(last + PACE).await;
            let newer = async {
                while *self.changes.borrow_and_update() <= self.seen {
                    if self.changes.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            };
            // A heartbeat is a frame like any other, only empty.
            let _ = tokio::time::timeout_at(last + HEARTBEAT, newer).await;
        }
        self.last = Some(Tick::now());
        self.seq += 1;
        let frame = self.frame();
        (format!("{}-{}", self.live.0.boot, self.seen), frame)
    }

    fn frame(&mut self) -> Frame {
        let picture = lock(&self.live.0.picture);
        let snapshot = self.seen == 0 || self.seen > picture.version || self.seen < picture.orders_forgotten;
        let seen = if snapshot { 0 } else { self.seen };
        self.seen = picture.version;
        let vehicles = picture
            .vehicles
            .iter()
            .filter(|(_, v)| v.version > seen)
            .filter_map(|(id, v)| Some(mark(*id, &v.label, v.standing, v.position.as_ref()?, self.zone)))
            .collect();
        let routes =
            picture.routes.values().filter(|(version, _)| *version > seen).map(|(_, r)| r.clone()).collect();
        let mut orders: Vec<_> = picture
            .orders
            .iter()
            .rev()
            .take_while(|(version, _)| *version > seen)
            .map(|(_, id)| *id)
            .collect();
        if snapshot {
            orders.clear();
        }
        Frame {
            seq: self.seq,
            as_of: self.zone.moment(self.clock.now()),
            snapshot,
            vehicles,
            routes,
            counts: (picture.counts.0 > seen).then_some(picture.counts.1),
            orders,
            exceptions: picture.exceptions > seen,
            plan: picture.plan > seen,
            build: self.build.clone(),
        }
    }
}

/// A reading as the map shows it.
pub(crate) fn mark(id: VehicleId, label: &str, standing: Standing, p: &Position, zone: Zone) -> VehicleMark {
    VehicleMark {
        vehicle: id,
        label: label.to_owned(),
        lat: p.place.lat(),
        lon: p.place.lon(),
        heading_deg: p.heading_deg,
        speed_kmh: p.speed_mps.map(|mps| mps * 3.6),
        standing,
        at: zone.moment(p.at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Instant;

    fn position(vehicle: VehicleId, second: i64, lat: f64) -> Position {
        let at = Instant::from_timestamp(1_700_000_000 + second, 0).unwrap();
        Position {
            vehicle,
            at,
            place: Coordinate::parse(lat, 14.5).unwrap(),
            speed_mps: None,
            heading_deg: None,
            accuracy_m: None,
            battery_percent: None,
            received_at: at,
        }
    }

    fn viewer(live: &Live, resume: Option<Resume>) -> Viewer {
        live.viewer(Zone::parse("Europe/Malta").unwrap(), crate::Clock::real(), "test".into(), resume)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_viewer_gets_the_latest_of_each_vehicle_once() {
        let live = Live::new();
        let (a, b) = (VehicleId(crate::clock::new_id()), VehicleId(crate::clock::new_id()));
        live.moved(&[position(a, 0, 35.8), position(b, 0, 35.9)]);
        let mut viewer = viewer(&live, None);
        let (_, first) = viewer.next().await;
        assert!(first.snapshot);
        assert_eq!(first.vehicles.len(), 2);
        for second in 1..50 {
            live.moved(&[position(a, second, 35.8 + second as f64 * 0.001)]);
        }
        let (_, second) = viewer.next().await;
        assert!(!second.snapshot);
        assert_eq!(second.seq, 2);
        assert_eq!(second.vehicles.len(), 1);
        assert!((second.vehicles[0].lat - 35.849).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_that_comes_back_goes_on_from_where_it_was() {
        let live = Live::new();
        let (a, b) = (VehicleId(crate::clock::new_id()), VehicleId(crate::clock::new_id()));
        live.moved(&[position(a, 0, 35.8), position(b, 0, 35.9)]);
        let (id, _) = viewer(&live, None).next().await;
        live.moved(&[position(b, 1, 35.91)]);
        let (_, resumed) = viewer(&live, Resume::parse(&id)).next().await;
        assert!(!resumed.snapshot);
        assert_eq!(resumed.vehicles.iter().map(|v| v.vehicle).collect::<Vec<_>>(), [b]);
        let (_, stranger) = viewer(&live, Resume::parse("1-1")).next().await;
        assert!(stranger.snapshot, "an id of another run starts anew");
    }

    #[tokio::test(start_paused = true)]
    async fn an_older_reading_never_moves_a_vehicle_back() {
        let live = Live::new();
        let a = VehicleId(crate::clock::new_id());
        live.moved(&[position(a, 10, 35.9)]);
        live.moved(&[position(a, 5, 35.8)]);
        let (_, frame) = viewer(&live, None).next().await;
        assert!((frame.vehicles[0].lat - 35.9).abs() < 1e-9);
    }
}
