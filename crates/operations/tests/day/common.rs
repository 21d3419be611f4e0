//! A small hub on a real database, with straight roads and a clock that stands still.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::{Outcome, ReportId, Role, Service, StopId};
use operations::{Caller, Clock, Operations, Origin, Parts, Pauses};
use roads::{City, LatLon, Leg, Matrix, Path, Profile, RoadsError, Snap, Source, TravelTimes, Wall};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};
use store::Database;
use wire::{
    Point,
    driver::{Deed, DriverRoute, DriverStop, Fix, Report, ReportStatus},
    machine::{
        PlaceOrder, PlaceOrders, PlacePackage, PlaceRecipient, SetUp, SetUpAnswer, SetUpHub, SetUpVehicle,
    },
    staff::control_room::MapView,
};

/// Straight roads at 24 km/h, at any time.
pub struct Straight;

const MPS: f64 = 24.0 / 3.6;

impl TravelTimes for Straight {
    fn snap(&self, at: LatLon, _: Profile) -> Option<Snap> {
        Some(Snap::on_the_spot(at))
    }

    fn matrix(
        &self,
        from: &[LatLon],
        to: &[LatLon],
        _: Profile,
        _: Option<Wall>,
    ) -> Result<Matrix, RoadsError> {
        let seconds = from
            .iter()
            .flat_map(|a| to.iter().map(move |b| (a.metres_to(*b) / MPS).round() as u32))
            .collect();
        Ok(Matrix { sources: from.len(), targets: to.len(), seconds })
    }

    fn path(&self, points: &[LatLon], _: Profile, _: Option<Wall>) -> Result<Path, RoadsError> {
        let legs = points
            .windows(2)
            .map(|pair| {
                let metres = pair[0].metres_to(pair[1]);
                Leg {
                    seconds: metres / MPS,
                    metres,
                    points: pair.to_vec(),
                    at_seconds: vec![0.0, metres / MPS],
                }
            })
            .collect();
        Ok(Path { legs })
    }

    fn source(&self) -> Source {
        Source { engine: "straight lines".to_owned(), trouble: None }
    }
}

/// A hub with its database.
pub struct Hub {
    pub database: Database,
    pub url: String,
    pub keys: SetUpAnswer,
    /// Where problems are kept.
    pub keep: Option<std::path::PathBuf>,
    /// Something else than straight roads.
    pub roads: Option<Arc<dyn TravelTimes>>,
    /// A real city instead of straight roads.
    pub city: Option<Arc<City>>,
}

/// Monday, 23 November 2026 in Malta, which is an hour ahead of UTC.
pub fn at(hour: u32, minute: u32) -> DateTime<Utc> {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    (day.and_hms_opt(hour, minute, 0).unwrap() - TimeDelta::hours(1)).and_utc()
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

static NEXT: AtomicU32 = AtomicU32::new(0);

#[expect(clippy::disallowed_methods, reason = "tests find their database by this variable")]
fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok()
}

/// The hub that every test begins with: four vans, one of which begins at noon, and a shop.
pub fn set_up() -> SetUp {
    let vehicles = (1..=4)
        .map(|n| SetUpVehicle {
            id: None,
            label: format!("Van {n:02}"),
            kind: domain::VehicleKind::DieselVan,
            driver: format!("Driver {n:02}"),
            capacity_g: 500_000,
            capacity_ml: 200_000,
            shift_from: if n == 4 { time(12, 0) } else { time(7, 30) },
            shift_until: if n == 4 { time(20, 0) } else { time(16, 30) },
            skills: None,
        })
        .collect();
    SetUp {
        hub: SetUpHub {
            id: None,
            another: false,
            name: "Test hub".into(),
            at: Point { lat: 35.9, lon: 14.45 },
            zone: "Europe/Malta".into(),
            plan_at: time(7, 0),
        },
        shops: vec!["Books".into()],
        vehicles,
    }
}

impl Hub {
    /// A fresh hub with four vans, of which the last leaves at noon; nothing without a database to work on.
    pub async fn open(test: &str) -> Option<Self> {
        let Some(server) = database_url() else {
            skips::skip(test, "set DATABASE_URL to a PostgreSQL server, or run `cargo xtask test`");
            return None;
        };
        let name =
            format!("doorstep_test_{}_{}_{test}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let name: String = name.chars().take(60).collect();
        store::ensure_database(&server, &name, true).await.unwrap();
        let (address, options) = server.split_once('?').unwrap_or((&server, ""));
        let base = address.rsplit_once('/').unwrap().0;
        let url = format!("{base}/{name}?{options}");
        let database = Database::connect(&url, 8).await.unwrap();
        database.migrate().await.unwrap();

        let mut hub = Self {
            database,
            url,
            keys: SetUpAnswer { hub: domain::HubId(uuid::Uuid::nil()), shops: vec![], vehicles: vec![] },
            keep: None,
            roads: None,
            city: None,
        };
        let ops = hub.at(at(6, 0));
        let machine = ops.who_by_key(&ops.add_administrator_key().await.unwrap()).await.unwrap();
        hub.keys = ops.set_up(&machine, set_up()).await.unwrap();
        Some(hub)
    }

    /// The same day in a database of its own. Nobody may be connected to this one.
    pub async fn copy(&self, test: &str) -> Self {
        self.database.close().await;
        let (from, options) = self.url.split_once('?').unwrap();
        let (base, template) = from.rsplit_once('/').unwrap();
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name: String =
            format!("doorstep_test_{}_{number}_{test}", std::process::id()).chars().take(60).collect();
        let mut conn = PgConnection::connect(&database_url().unwrap()).await.unwrap();
        let sql = format!(r#"create database "{name}" template "{template}""#);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        let url = format!("{base}/{name}?{options}");
        let database = Database::connect(&url, 8).await.unwrap();
        Self { database, url, keys: self.keys.clone(), keep: None, roads: self.roads.clone(), city: None }
    }

    /// Takes the database away.
    pub async fn close(self) {
        self.database.close().await;
        let name = self.url.split_once('?').unwrap().0.rsplit_once('/').unwrap().1;
        let mut conn = PgConnection::connect(&database_url().unwrap()).await.unwrap();
        // A lost lock order is tried once more, so nobody hears of it; the server has counted it.
        let deadlocks: i64 = sqlx::query_scalar("select deadlocks from pg_stat_database where datname = $1")
            .bind(name)
            .fetch_one(&mut conn)
            .await
            .unwrap();
        assert_eq!(deadlocks, 0, "verbs took locks in different orders");
        let sql = format!(r#"drop database "{name}" with (force)"#);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
    }

    /// The verbs, at a moment that does not pass.
    pub fn at(&self, now: DateTime<Utc>) -> Operations {
        self.held_at(now, Pauses::default())
    }

    /// The same, each verb held between loading and saving.
    pub fn held_at(&self, now: DateTime<Utc>, pauses: Pauses) -> Operations {
        self.by(Clock::simulated(now, now, 0.0), pauses)
    }

    /// The verbs from a moment on; time passes while they work, half a minute in a second.
    pub fn from(&self, now: DateTime<Utc>) -> Operations {
        self.by(Clock::simulated(Clock::real().now(), now, 30.0), Pauses::default())
    }

    fn by(&self, clock: Clock, pauses: Pauses) -> Operations {
        Operations::new(Parts {
            database: self.database.clone(),
            roads: match (&self.roads, &self.city) {
                (Some(roads), _) => roads.clone(),
                (None, Some(city)) => city.clone(),
                (None, None) => Arc::new(Straight),
            },
            city: self.city.clone(),
            addresses: self.city.clone().map(|city| city as Arc<dyn roads::Addresses>),
            map: MapView {
                south_west: Point { lat: 35.8, lon: 14.3 },
                north_east: Point { lat: 36.0, lon: 14.6 },
                day: vec![],
                tiles: "/tiles/{z}/{x}/{y}".into(),
                vector: true,
                max_zoom: 14,
                attribution: "nobody".into(),
            },
            clock,
            build: "test".into(),
            keep_problems: self.keep.clone(),
            pauses,
        })
    }

    pub async fn person(&self, role: Role) -> Caller {
        let ops = self.at(at(6, 0));
        let id = ops.add_person(role.code(), role, None).await.unwrap();
        let link = ops.add_sign_in_link(id).await.unwrap();
        let secret = ops.sign_in_by_link(&link, &Origin::default()).await.unwrap().session;
        ops.who(&secret).await.unwrap().unwrap()
    }

    pub async fn shop(&self, ops: &Operations) -> Caller {
        ops.who_by_key(&self.keys.shops[0].key).await.unwrap()
    }

    pub async fn machine(&self, ops: &Operations) -> Caller {
        let key = ops.add_administrator_key().await.unwrap();
        ops.who_by_key(&key).await.unwrap()
    }

    pub async fn van(&self, ops: &Operations, n: usize) -> Caller {
        ops.who_by_device(&self.keys.vehicles[n - 1].key).await.unwrap().0
    }

    /// Places `count` orders on a ring around the hub, promised from 08:00 to 11:30, and plans the day at 07:00.
    pub async fn plan(&self, count: usize) {
        self.plan_all((0..count).map(|n| order(n, at(8, 0), at(11, 30))).collect()).await;
    }

    /// The same with some that are collected, one in nine, and some that are exchanged.
    pub async fn plan_mixed(&self, count: usize) {
        let service = |n: usize| match (n % 9, n % 13) {
            (4, _) => Some(Service::Collect),
            (_, 7) => Some(Service::Both),
            _ => None,
        };
        let mixed = |n| PlaceOrder { service: service(n), ..order(n, at(8, 0), at(11, 30)) };
        self.plan_all((0..count).map(mixed).collect()).await;
    }

    async fn plan_all(&self, orders: Vec<PlaceOrder>) {
        let count = orders.len();
        let ops = self.at(at(6, 30));
        let shop = self.shop(&ops).await;
        let answer = ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
        assert!(answer.results.iter().all(|r| r.order.is_some()), "{answer:?}");
        let planned = self.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
        assert!(
            matches!(planned[..], [operations::PlanOutcome::Published { stops, unplanned: 0, .. }] if stops == count),
            "{planned:?}"
        );
    }

    pub async fn route(&self, n: usize, now: DateTime<Utc>) -> DriverRoute {
        let ops = self.at(now);
        let van = self.van(&ops, n).await;
        ops.driver_route(&van).await.unwrap()
    }

    /// The vans that have a route, with it.
    pub async fn routed(&self, now: DateTime<Utc>) -> Vec<(usize, DriverRoute)> {
        let ops = self.at(now);
        let mut routed = vec![];
        for n in 1..=4 {
            let van = self.van(&ops, n).await;
            if let Ok(route) = ops.driver_route(&van).await {
                routed.push((n, route));
            }
        }
        routed
    }

    /// A driver's report, which must be stored.
    pub async fn report(&self, n: usize, now: DateTime<Utc>, what: Deed) {
        let ops = self.at(now);
        let van = self.van(&ops, n).await;
        let answer = ops.record_outcomes(&van, vec![report(now, what)]).await.unwrap();
        assert_eq!(answer.results[0].result, ReportStatus::Stored, "{answer:?}");
    }

    /// Arrives, waits two minutes, and ends the attempt.
    pub async fn attempt(&self, n: usize, now: DateTime<Utc>, stop: StopId, outcome: Outcome) {
        self.report(n, now, Deed::Arrived { stop }).await;
        let what = match ended(stop, outcome) {
            Deed::Failed { .. } => Deed::Failed { stop, outcome, note: Some("nobody opened".into()) },
            done => done,
        };
        self.report(n, now + TimeDelta::minutes(2), what).await;
    }
}

/// The report that an attempt ended so.
pub fn ended(stop: StopId, outcome: Outcome) -> Deed {
    let note = None;
    match outcome {
        outcome if outcome.takes() => Deed::Collected { stop, outcome, note },
        outcome if outcome.is_success() => Deed::Delivered { stop, outcome, note },
        outcome => Deed::Failed { stop, outcome, note },
    }
}

/// How an attempt for a stop ends well.
pub fn well(stop: &DriverStop) -> Outcome {
    match stop.service {
        Service::Deliver => Outcome::DeliveredToRecipient,
        Service::Collect => Outcome::Collected,
        Service::Both => Outcome::Exchanged,
    }
}

/// A reading that says nothing but where and when.
pub fn fix(at: DateTime<Utc>, lat: f64, lon: f64) -> Fix {
    let (speed_mps, heading_deg, accuracy_m, battery_percent) = (None, None, None, None);
    Fix { at, lat, lon, speed_mps, heading_deg, accuracy_m, battery_percent }
}

pub fn report(at: DateTime<Utc>, what: Deed) -> Report {
    // Ids only need to differ within a test's database.
    let id = ReportId(uuid_of(NEXT.fetch_add(1, Ordering::Relaxed)));
    Report { id, at, what }
}

fn uuid_of(n: u32) -> uuid::Uuid {
    uuid::Uuid::from_u128(0x1000_0000_0000_4000_8000_0000_0000_0000 + u128::from(n))
}

pub fn order(n: usize, from: DateTime<Utc>, until: DateTime<Utc>) -> PlaceOrder {
    let angle = n as f64 * 2.4;
    let radius = 0.01 + 0.0004 * (n % 40) as f64;
    PlaceOrder {
        hub: None,
        reference: format!("BOO-{n:06}"),
        recipient: PlaceRecipient {
            name: format!("Recipient {n:04}"),
            phone: format!("+356 2100 {n:04}"),
            email: None,
            language: None,
        },
        address: format!("Triq il-Ħamrun {n}"),
        at: Some(Point { lat: 35.9 + radius * angle.sin(), lon: 14.45 + radius * angle.cos() }),
        window_from: from,
        window_until: until,
        packages: vec![PlacePackage { barcode: format!("P{n}"), weight_g: 2_000, volume_ml: 8_000 }],
        service_s: Some(120),
        more_windows: vec![],
        priority: None,
        skills: vec![],
        only_vehicles: vec![],
        never_vehicles: vec![],
        service: None,
        notes: None,
        items: vec![],
    }
}
