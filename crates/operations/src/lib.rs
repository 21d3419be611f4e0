//! What may be done: one verb for each thing that a person, a device or a timer may do.
//!
//! Every verb takes its caller first and reads in the same order: authorise, load and lock, decide by the domain's rules,
//! save with the events in one transaction, announce after the commit. This is the only crate that turns domain values into
//! wire views. It speaks no HTTP and no SQL.

/// Does something again, once, that lost a race for rows that another transaction wanted in another order.
macro_rules! once_more {
    ($verb:expr) => {
        match $verb {
            Err($crate::OpsError::Store(e)) if e.lost_a_race() => $verb,
            done => done,
        }
    };
}

mod accounts;
mod base;
mod day;
mod figures;
mod fleet;
mod history;
mod live;
mod orders;
mod planning;
mod roads;
mod sites;
mod watching;

pub use accounts::sign_in::{Origin, SignedIn};
pub use base::caller::Caller;
pub use base::clock::Clock;
pub use base::error::OpsError;
pub use base::pause::Pauses;
pub use base::secrets::{
    BROWSER_COOKIE, SESSION_COOKIE, browser_cookie, expired_session_cookie, session_cookie,
};
pub use day::outcomes::MOST_REPORTS;
pub use fleet::intake::{MOST_FIXES, PositionsAnswer};
pub use fleet::rosters::MOST_LINES;
pub use history::{erasure::Erased, import::HistoryForm, replay::Replay};
pub use live::{Parcel, Resume, Viewer};
pub use orders::place::MOST_ORDERS;
pub use planning::morning::PlanOutcome;

use ::roads::{Addresses, City, TravelTimes};
use domain::{ExceptionId, HubId, Instant};
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::{Arc, Mutex},
};
use store::Database;
use tokio::sync::Semaphore;
use wire::staff::control_room::MapView;

/// So long the database may take to say that it is there.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(3);

type Result<T, E = OpsError> = std::result::Result<T, E>;

/// What the verbs are made of.
pub struct Parts {
    /// What is remembered.
    pub database: Database,
    /// How long it takes.
    pub roads: Arc<dyn TravelTimes>,
    /// The streets that closures, weather and traffic change, and in which drives are looked for; nothing of that without.
    pub city: Option<Arc<City>>,
    /// Where addresses are looked up; nowhere without it.
    pub addresses: Option<Arc<dyn Addresses>>,
    /// What the map needs.
    pub map: MapView,
    /// The world's time.
    pub clock: Clock,
    /// Identifies this version of the product to open pages.
    pub build: String,
    /// Where every problem that is solved is kept, for `doorstep-solve`; nowhere without it.
    pub keep_problems: Option<PathBuf>,
    /// Where tests of races hold a verb.
    pub pauses: Pauses,
}

/// The handle to every verb. Cheap to clone.
#[derive(Clone)]
pub struct Operations(Arc<Inner>);

struct Inner {
    database: Database,
    roads: Arc<dyn TravelTimes>,
    roadbook: roads::Roadbook,
    addresses: Option<Arc<dyn Addresses>>,
    map: MapView,
    clock: Clock,
    build: String,
    keep_problems: Option<PathBuf>,
    pauses: Pauses,
    hubs: sites::hubs::KnownHubs,
    approaches: sites::hubs::PerHub<fleet::approach::Approaches>,
    ranges: sites::hubs::PerHub<watching::ranges::Ranges>,
    live: live::LiveHubs,
    intake: fleet::intake::Writer,
    devices: fleet::devices::Finder,
    driver_routes: day::driver_routes::DriverRoutes,
    /// Each hub's exceptions of today for which a better plan has been looked for.
    reacted_to: Mutex<HashMap<HubId, HashSet<ExceptionId>>>,
    /// Each hub's proposal, while it waits for a yes.
    followed: Mutex<HashMap<HubId, planning::reacting::Followed>>,
    /// One heavy computation at a time, so that a solve never starves the requests.
    gate: Semaphore,
    /// Questions that somebody waits for take turns of their own, so that nobody waits for a plan.
    short_gate: Semaphore,
    /// Password checks are slow on purpose; two at a time.
    passwords: Arc<Semaphore>,
    /// When keys were used last.
    uses: accounts::uses::Uses,
    /// Passwords that did not fit, for a while.
    tries: accounts::tries::Tries,
}

impl Operations {
    /// Puts the verbs together. Must run inside a tokio runtime: the writer of positions starts here.
    pub fn new(parts: Parts) -> Self {
        let Parts { database, roads, city, addresses, map, clock, build, keep_problems, pauses } = parts;
        let live = live::LiveHubs::default();
        let intake = fleet::intake::Writer::start(database.clone(), {
            let live = live.clone();
            move |hub, newest| live.of(hub).moved(newest)
        });
        let devices = fleet::devices::Finder::start(database.clone());
        let uses = accounts::uses::Uses::start(database.clone());
        Self(Arc::new(Inner {
            uses,
            database,
            roads,
            roadbook: roads::Roadbook::new(city),
            addresses,
            map,
            clock,
            build,
            keep_problems,
            pauses,
            hubs: Default::default(),
            approaches: Default::default(),
            ranges: Default::default(),
            live,
            intake,
            devices,
            driver_routes: Default::default(),
            reacted_to: Mutex::default(),
            followed: Mutex::default(),
            gate: Semaphore::new(1),
            short_gate: Semaphore::new(1),
            passwords: Arc::new(Semaphore::new(2)),
            tries: accounts::tries::Tries::default(),
        }))
    }

    /// Whether the database answers and readings are taken; says what is wrong, for whoever runs the server.
    pub async fn readiness(&self) -> std::result::Result<(), &'static str> {
        if self.0.intake.has_ended() {
            return Err("the writer of positions has ended: start the server again");
        }
        let answer = async { self.0.database.read().await?.answers().await };
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err("the database does not answer"),
        }
    }

    /// The world's time.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    fn now(&self) -> Instant {
        self.0.clock.now()
    }
}
