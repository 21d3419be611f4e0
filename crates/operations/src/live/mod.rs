//! The live feed: one versioned picture of the day in memory, and viewers that each take what is newer than what they
//! have seen.
//!
//! Nothing is queued for a viewer, so a slow one costs nothing and loses nothing: its next frame holds the latest of each
//! thing that changed. Viewers that keep up share their frames, which are made once (`viewing`). A viewer that comes back
//! with the version it saw last goes on from there; after a restart, or a long absence, it gets a snapshot. Facts live in
//! the database; losing this picture loses nothing.

mod announce;
mod refresh;
mod viewing;

use domain::{Coordinate, HubId, OrderId, RouteId, Standing, VehicleId};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use store::positions::Position;
use tokio::sync::watch;
use viewing::Published;
pub use viewing::{Parcel, Resume, Viewer};
use wire::staff::control_room::{Counts, RouteRow};

/// How many changed orders are remembered for viewers who come back.
const ORDERS_REMEMBERED: usize = 5_000;
/// A vehicle has moved once it is this far from where it was first seen, in metres; readings at rest wander less.
const MOVED_M: f64 = 100.0;

/// The picture of each hub's day; one begins when it is first asked for.
#[derive(Clone, Default)]
pub(crate) struct LiveHubs(Arc<Mutex<HashMap<HubId, Live>>>);

impl LiveHubs {
    /// The picture of a hub. Must be asked inside a tokio runtime.
    pub fn of(&self, hub: HubId) -> Live {
        lock(&self.0).entry(hub).or_insert_with(Live::new).clone()
    }

    /// The roads changed, for everybody who drives on them.
    pub fn touch_roads(&self) {
        lock(&self.0).values().for_each(Live::touch_roads);
    }
}

#[derive(Clone)]
pub(crate) struct Live(Arc<Shared>);

struct Shared {
    boot: u64,
    picture: Mutex<Picture>,
    dirty: Mutex<Dirty>,
    version: watch::Sender<u64>,
    published: Published,
    /// Held while the picture is read anew: of two readings the older one must not be shown last.
    refreshing: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Picture {
    version: u64,
    vehicles: HashMap<VehicleId, LiveVehicle>,
    /// How many vehicles have a place.
    places: u32,
    routes: HashMap<RouteId, (u64, RouteRow)>,
    counts: (u64, Counts),
    orders: VecDeque<(u64, OrderId)>,
    orders_forgotten: u64,
    exceptions: u64,
    plan: u64,
}

struct LiveVehicle {
    /// The version in which anything of it changed.
    version: u64,
    /// The version in which something else than its place changed.
    named: u64,
    /// Its place among the vehicles that have ever said where they are: by it viewers know whose move is meant.
    place: Option<u32>,
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

impl Picture {
    /// How these vehicles stand: as the route that each is on, or comes to next.
    fn standings(&self, vehicles: &HashSet<VehicleId>) -> HashMap<VehicleId, Standing> {
        let rows = self.routes.values().map(|(_, row)| row).filter(|row| vehicles.contains(&row.vehicle));
        let mut rows: Vec<_> = rows.collect();
        rows.sort_unstable_by(|a, b| (b.phase.nearness(), &b.label).cmp(&(a.phase.nearness(), &a.label)));
        rows.into_iter().map(|row| (row.vehicle, row.standing)).collect()
    }

    fn vehicle(&mut self, id: VehicleId, version: u64) -> &mut LiveVehicle {
        self.vehicles.entry(id).or_insert_with(|| LiveVehicle {
            version,
            named: version,
            place: None,
            label: String::new(),
            standing: Standing::Unknown,
            position: None,
            first: None,
            moved: false,
        })
    }
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
    /// An empty picture. Must run inside a tokio runtime: the publisher of its frames starts here.
    pub fn new() -> Self {
        let mut boot = [0_u8; 8];
        // Only tells one run of the server from the next; a repeat would cost a viewer one stale resume.
        let _ = getrandom::fill(&mut boot);
        let live = Self(Arc::new(Shared {
            boot: u64::from_le_bytes(boot) >> 16,
            picture: Mutex::default(),
            dirty: Mutex::new(Dirty { all: true, ..Dirty::default() }),
            version: watch::channel(0).0,
            published: Published::default(),
            refreshing: Default::default(),
        }));
        live.start_publishing();
        live
    }

    /// Makes the next version of the picture, if the step says that it changed anything.
    fn change(&self, step: impl FnOnce(&mut Picture, u64) -> bool) {
        let version = {
            let mut picture = lock(&self.0.picture);
            let version = picture.version + 1;
            if !step(&mut picture, version) {
                return;
            }
            picture.version = version;
            version
        };
        self.0.version.send_replace(version);
    }

    /// Vehicles reported where they are.
    pub fn moved(&self, newest: &[Position]) {
        self.change(|picture, version| {
            let mut changed = false;
            for p in newest {
                let places = picture.places;
                let v = picture.vehicle(p.vehicle, version);
                // A place without a first reading is where it waits.
                if v.first.is_some() && v.position.is_some_and(|known| known.at >= p.at) {
                    continue;
                }
                let first = *v.first.get_or_insert(p.place);
                v.moved |= first.metres_to(p.place) > MOVED_M;
                v.position = Some(*p);
                v.version = version;
                if v.place.is_none() {
                    (v.place, v.named) = (Some(places), version);
                    picture.places += 1;
                }
                changed = true;
            }
            changed
        });
    }

    /// Vehicles that have never reported wait at these places. The first reading of each takes over.
    pub fn wait(&self, places: &[Position]) {
        self.change(|picture, version| {
            let mut changed = false;
            for p in places {
                let number = picture.places;
                let v = picture.vehicle(p.vehicle, version);
                if v.place.is_some() {
                    continue;
                }
                v.position = Some(*p);
                (v.version, v.named, v.place) = (version, version, Some(number));
                picture.places += 1;
                changed = true;
            }
            changed
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
            !orders.is_empty()
        });
    }

    /// The exceptions changed.
    pub fn touch_exceptions(&self) {
        lock(&self.0.dirty).counts = true;
        self.change(|picture, version| {
            picture.exceptions = version;
            true
        });
    }

    /// The plan or its proposal changed.
    pub fn touch_plan(&self) {
        lock(&self.0.dirty).all = true;
        self.change(|picture, version| {
            picture.plan = version;
            true
        });
    }

    /// The roads changed: what is shown of them is read anew, and the plan's estimates with them.
    pub fn touch_roads(&self) {
        self.change(|picture, version| {
            picture.plan = version;
            true
        });
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

    /// Waits until nobody else reads the picture anew.
    async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.refreshing.lock().await
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
            let mut changed = false;
            for (id, label) in labels {
                let v = picture.vehicle(*id, version);
                if v.label != *label {
                    v.label.clone_from(label);
                    (v.version, v.named) = (version, version);
                    changed = true;
                }
            }
            if whole {
                let kept: HashSet<_> = rows.iter().map(|r| r.route).collect();
                picture.routes.retain(|id, _| kept.contains(id));
            }
            let shown: HashSet<_> = rows.iter().map(|row| row.vehicle).collect();
            for row in rows {
                let known = picture.routes.get(&row.route).is_some_and(|(_, known)| *known == row);
                if !known {
                    picture.routes.insert(row.route, (version, row));
                    changed = true;
                }
            }
            for (id, standing) in picture.standings(&shown) {
                if let Some(v) = picture.vehicles.get_mut(&id)
                    && v.standing != standing
                {
                    v.standing = standing;
                    (v.version, v.named) = (version, version);
                    changed = true;
                }
            }
            if let Some(counts) = counts
                && counts != picture.counts.1
            {
                picture.counts = (version, counts);
                changed = true;
            }
            changed
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
}
