//! Builds everything once, by hand, in order; and takes it down in the opposite order.

use crate::{
    answers::state::AppState,
    connections::{address::Trusted, limits::Limits, listener, seats::Seats},
    database::{self, Embedded},
    handlers::router,
    wiring::settings::{
        CitySettings, DatabaseSettings, DemoSettings, HttpSettings, ServeSettings, SiteSettings,
        read_geocoder,
    },
    workers,
};
use anyhow::{Context, Result};
use leptos::prelude::LeptosOptions;
use operations::{Caller, Clock, Operations, Parts, Pauses};
use roads::{
    Addresses, City, Geocoder, GeocoderKind, Osrm, OsrmSettings, OutsideAddresses, OutsideRoads, TravelTimes,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use store::Database;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wire::{Point, Role, staff::control_room::MapView};

const DEMO_DATABASE: &str = "doorstep_demo";
const SERVE_DATABASE: &str = "doorstep";

/// The database, and the child process that runs it when it is ours.
pub struct Installation {
    /// What is remembered.
    pub database: Database,
    embedded: Option<Embedded>,
}

impl Installation {
    /// Opens the database `doorstep` for one verb, and brings its schema up to date: the one that the settings name, the
    /// embedded one beside a server that runs on it, or the embedded one started for this verb.
    pub async fn without_streets(settings: &DatabaseSettings) -> Result<Self> {
        Self::without_streets_of(settings, SERVE_DATABASE).await
    }

    /// The same with the demo's database.
    pub async fn demo_without_streets(settings: &DatabaseSettings) -> Result<Self> {
        Self::without_streets_of(settings, DEMO_DATABASE).await
    }

    async fn without_streets_of(settings: &DatabaseSettings, name: &str) -> Result<Self> {
        if settings.database_url.is_none()
            && let Some(url) = Embedded::running(&settings.var, name)
        {
            // The server that keeps it has made the database and its tables.
            let database = Database::connect(&url, 2).await.context("the running database did not answer")?;
            database.must_know_schema().await?;
            return Ok(Self { database, embedded: None });
        }
        let installation = Self::open(settings, name, false, 8).await?;
        installation.database.migrate().await?;
        Ok(installation)
    }

    async fn open(settings: &DatabaseSettings, name: &str, fresh: bool, connections: u32) -> Result<Self> {
        let (url, embedded) = match &settings.database_url {
            Some(url) if fresh => {
                store::ensure_database(url, name, true)
                    .await
                    .context("the demo's database could not be made")?;
                (with_database(url, name), None)
            }
            Some(url) if name == DEMO_DATABASE => (with_database(url, name), None),
            Some(url) => (url.clone(), None),
            None => {
                let chosen = database::Settings {
                    data_root: settings.var.clone(),
                    binaries: settings.postgres.clone(),
                };
                let embedded = Embedded::start(&chosen).await?;
                store::ensure_database(embedded.url(), name, fresh).await?;
                (embedded.url_for(name), Some(embedded))
            }
        };
        let database = Database::connect(&url, connections)
            .await
            .context("the database did not answer: check DATABASE_URL, and that PostgreSQL runs")?;
        Ok(Self { database, embedded })
    }

    /// The verbs that need neither streets nor pages, for the command line.
    pub fn operations(&self) -> Operations {
        Operations::new(Parts {
            database: self.database.clone(),
            roads: Arc::new(NoRoads),
            city: None,
            addresses: None,
            map: MapView {
                south_west: Point { lat: 0.0, lon: 0.0 },
                north_east: Point { lat: 0.0, lon: 0.0 },
                day: vec![],
                tiles: String::new(),
                vector: false,
                max_zoom: 0,
                attribution: String::new(),
            },
            clock: Clock::real(),
            build: String::new(),
            keep_problems: None,
            pauses: Pauses::default(),
        })
    }

    /// Closes the connections and stops the child process.
    pub async fn close(self) -> Result<()> {
        self.database.close().await;
        if let Some(embedded) = self.embedded {
            embedded.stop().await?;
        }
        Ok(())
    }
}

/// What ended the program, in one sentence; what is known of the cure is added.
pub fn explain(error: &anyhow::Error) -> String {
    let full = error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::StorageFull)
            || cause.downcast_ref::<store::StoreError>().is_some_and(store::StoreError::is_disk_full)
            || cause.to_string().contains("No space left on device")
    });
    let cure =
        if full { ". The disk is full: make room on it, then start again; nothing is lost" } else { "" };
    format!("{error:#}{cure}")
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> String {
    let (address, options) = url.split_once('?').map_or((url, None), |(a, o)| (a, Some(o)));
    let scheme_end = address.find("://").map_or(0, |at| at + 3);
    let host_end = address[scheme_end..].find('/').map_or(address.len(), |at| scheme_end + at);
    let options = options.map(|o| format!("?{o}")).unwrap_or_default();
    format!("{}/{name}{options}", &address[..host_end])
}

/// Streets for verbs that never ask for them.
struct NoRoads;

impl TravelTimes for NoRoads {
    fn snap(&self, _: roads::LatLon, _: roads::Profile) -> Option<roads::Snap> {
        None
    }

    fn matrix(
        &self,
        _: &[roads::LatLon],
        _: &[roads::LatLon],
        _: roads::Profile,
        _: Option<roads::Wall>,
    ) -> Result<roads::Matrix, roads::RoadsError> {
        Err(roads::RoadsError::Unreachable { from: 0, to: 0 })
    }

    fn path(
        &self,
        _: &[roads::LatLon],
        _: roads::Profile,
        _: Option<roads::Wall>,
    ) -> Result<roads::Path, roads::RoadsError> {
        Err(roads::RoadsError::Unreachable { from: 0, to: 0 })
    }

    fn source(&self) -> roads::Source {
        roads::Source { engine: "none".to_owned(), trouble: None }
    }
}

#[derive(serde::Deserialize)]
struct Manifest {
    assets: String,
}

/// What is open while the product runs.
struct Open {
    ops: Operations,
    address: SocketAddr,
    closing: CancellationToken,
    running: tokio::task::JoinHandle<Result<()>>,
}

/// Opens streets, verbs, workers and endpoints on an open database.
async fn open(
    installation: &Installation,
    site: &SiteSettings,
    http: &HttpSettings,
    var: &std::path::Path,
    listen: SocketAddr,
    clock: Clock,
) -> Result<Open> {
    let listener = TcpListener::bind(listen).await.with_context(|| {
        format!("{listen} is taken: stop what listens there, or choose another port with --port or DOORSTEP_LISTEN")
    })?;
    let address = listener.local_addr()?;
    let manifest = std::fs::read_to_string(site.site.join("manifest.json"))?;
    let Manifest { assets } =
        serde_json::from_str(&manifest).context("the site's manifest.json is broken: build it again")?;

    let (extract, cache) = (site.city.clone(), var.join("city"));
    let city = Arc::new(tokio::task::spawn_blocking(move || City::open(&extract, &cache)).await??);
    tracing::info!(city = city.name(), addresses = city.addresses().len(), "the streets are open");
    let map = map_view(&city, site);
    let ops = Operations::new(Parts {
        database: installation.database.clone(),
        roads: travel_times(&city, site),
        addresses: Some(addresses(&city, site)),
        city: Some(city.clone()),
        map,
        clock,
        build: assets.clone(),
        keep_problems: site.keep_problems.clone(),
        pauses: Pauses::default(),
    });

    // Before anybody writes: a fact that comes while its month's part is made has to be written once more.
    if let Err(error) = ops.make_months(&Caller::timer()).await {
        tracing::warn!("the history has no part for this month yet, and goes on without: {error}");
    }
    let closing = CancellationToken::new();
    let limits = Limits::new(http.limits_times);
    let states = workers::States::default();
    let workers = workers::start(&ops, &limits, &states, &closing);
    let trusted =
        Trusted::read(&http.trusted_proxies).map_err(|text| anyhow::anyhow!("{text} is no network"))?;
    let room = listener::room_for_connections();
    let in_all = http.connections_in_all.min(room);
    // However few files may be open, one address never has them all.
    let caps = listener::Caps { in_all, by_address: http.connections_by_address.min(in_all / 2).max(1) };
    let leptos = LeptosOptions::builder()
        .output_name("doorstep")
        .site_root(site.site.to_string_lossy().into_owned())
        .site_pkg_dir(assets.clone())
        .site_addr(address)
        .build();
    let state = AppState {
        ops: ops.clone(),
        tile: Arc::new(move |z, x, y| city.tile(z, x, y).map(<[u8]>::to_vec)),
        limits,
        trusted: trusted.clone(),
        streams: Seats::new(http.streams_by_session),
        workers: states,
        closing: closing.clone(),
        assets: assets.into(),
        tile_origin: site.tiles.as_deref().and_then(origin),
        leptos,
    };
    let router = router::build(state, &site.site);
    let end = closing.clone();
    let running = tokio::spawn(async move {
        listener::serve(listener, router, caps, trusted, end).await?;
        workers.wait().await;
        Ok(())
    });
    Ok(Open { ops, address, closing, running })
}

/// How long answers from outside may take.
const OUTSIDE: Duration = Duration::from_secs(5);

/// The travel times that the settings ask for, with our own streets behind them.
fn travel_times(city: &Arc<City>, site: &SiteSettings) -> Arc<dyn TravelTimes> {
    match &site.osrm {
        Some(address) => {
            let settings = OsrmSettings { timeout: OUTSIDE, ..OsrmSettings::at(address) };
            Arc::new(OutsideRoads::new(Osrm::new(&settings), city.clone()))
        }
        None => city.clone(),
    }
}

/// The addresses that the settings ask for, with our own behind them.
fn addresses(city: &Arc<City>, site: &SiteSettings) -> Arc<dyn Addresses> {
    match site.geocoder.as_deref().and_then(read_geocoder) {
        Some((kind, address)) => {
            let kind = if kind == "photon" { GeocoderKind::Photon } else { GeocoderKind::Nominatim };
            let geocoder = Geocoder::new(kind, address, city.bounds(), OUTSIDE);
            Arc::new(OutsideAddresses::new(geocoder, city.clone()))
        }
        None => city.clone(),
    }
}

/// Where a tile address leads, as a source of a content security policy: its scheme and host, with any host of the
/// domain for the `{s}` that some servers spread their load by. None for what is no such address: nothing that could
/// end the policy's word may get into it.
fn origin(tiles: &str) -> Option<String> {
    let (scheme, rest) = tiles.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let host = rest.split('/').next()?.replace("{s}", "*");
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "*.:-[]".contains(letter);
    (!host.is_empty() && host.chars().all(plain)).then(|| format!("{scheme}://{host}"))
}

fn map_view(city: &City, site: &SiteSettings) -> MapView {
    let bounds = city.bounds();
    let (tiles, vector, attribution) = match (&site.tiles, &site.tiles_attribution) {
        (Some(tiles), Some(attribution)) => (tiles.clone(), false, attribution.clone()),
        _ => ("/tiles/{z}/{x}/{y}.mvt".to_owned(), true, city.attribution().to_owned()),
    };
    MapView {
        south_west: Point { lat: bounds.south, lon: bounds.west },
        north_east: Point { lat: bounds.north, lon: bounds.east },
        day: vec![],
        tiles,
        vector,
        max_zoom: if vector { city.tile_zooms().1 } else { 19 },
        attribution,
    }
}

async fn until_told_to_stop() -> Result<()> {
    let mut term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        ended = tokio::signal::ctrl_c() => ended?,
        _ = term.recv() => {}
    }
    tracing::info!("closing");
    Ok(())
}

/// Serves until told to stop, or until the listener fails.
async fn keep_open(mut open: Open) -> Result<()> {
    let ended = tokio::select! {
        stopped = until_told_to_stop() => { stopped?; None }
        ended = &mut open.running => Some(ended),
    };
    open.closing.cancel();
    match ended {
        Some(ended) => ended?,
        None => open.running.await?,
    }
}

/// The verb `serve`.
pub async fn serve(settings: ServeSettings) -> Result<()> {
    let listen = settings.check()?;
    let installation =
        Installation::open(&settings.database, SERVE_DATABASE, false, settings.site.connections).await?;
    installation.database.migrate().await?;
    let open =
        open(&installation, &settings.site, &settings.http, &settings.database.var, listen, Clock::real())
            .await?;
    tracing::info!("open on http://{}", open.address);
    keep_open(open).await?;
    installation.close().await
}

/// The verb `demo`.
pub async fn demo(settings: DemoSettings) -> Result<()> {
    let (listen, start) = settings.check()?;
    let fresh = !settings.go_on;
    let installation =
        Installation::open(&settings.database, DEMO_DATABASE, fresh, settings.site.connections).await?;
    installation.database.migrate().await?;
    let mut clock = demo_clock(&installation.database, &settings, start).await?;
    if let Some(until) = settings.until {
        clock = clock.until(&settings.zone, until).context("--until does not work")?;
    }
    let open =
        open(&installation, &settings.site, &settings.http, &settings.database.var, listen, clock).await?;
    say_ready(&open).await?;
    keep_open(open).await?;
    installation.close().await
}

/// The clock of the day in the database, or of another day that begins.
async fn demo_clock(database: &Database, settings: &DemoSettings, start: chrono::NaiveTime) -> Result<Clock> {
    let kept = store::clock_anchor::get(&mut *database.read().await?).await?;
    let begins = Clock::simulated_day(&settings.zone, settings.date, start, settings.factor)?;
    if let Some(a) = kept {
        let going = Clock::simulated(a.real_at, a.world_at, a.factor);
        if settings.date.is_none() || begins.now() <= going.now() {
            return Ok(going);
        }
    }
    let clock = begins;
    let mut tx = database.begin().await?;
    store::clock_anchor::save(&mut tx, clock.anchor()).await?;
    tx.commit().await?;
    Ok(clock)
}

/// Says on standard output that the server is ready, with a one-time link for each role and an administrator's key.
async fn say_ready(open: &Open) -> Result<()> {
    let url = format!("http://{}", open.address);
    let mut links = serde_json::Map::new();
    for role in Role::ALL {
        let person = open.ops.add_person(role.code(), role, None).await?;
        let link = open.ops.add_sign_in_link(person).await?;
        links.insert(role.code().to_owned(), format!("{url}/sign-in/link/{link}").into());
    }
    let key = open.ops.add_administrator_key().await?;
    println!("DOORSTEP_READY {}", serde_json::json!({ "url": url, "sign_in": links, "admin_key": key }));
    Ok(())
}

/// The verb `db`.
pub async fn keep_database(settings: &DatabaseSettings) -> Result<()> {
    let chosen = database::Settings { data_root: settings.var.clone(), binaries: settings.postgres.clone() };
    let embedded = Embedded::start(&chosen).await?;
    store::ensure_database(embedded.url(), SERVE_DATABASE, false).await?;
    println!("DATABASE_URL={}", embedded.url_for(SERVE_DATABASE));
    until_told_to_stop().await?;
    Ok(embedded.stop().await?)
}

/// The verb `city`.
pub fn describe_city(settings: &CitySettings) -> Result<()> {
    let city = City::open(&settings.city, &settings.city_var.join("city"))?;
    let bounds = city.bounds();
    println!(
        "{}: {} addresses, {:.3} to {:.3} north, {:.3} to {:.3} east; {}",
        city.name(),
        city.addresses().len(),
        bounds.south,
        bounds.north,
        bounds.west,
        bounds.east,
        city.attribution()
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{explain, origin, with_database};

    #[test]
    fn a_full_disk_is_named_with_its_cure() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = anyhow::Error::from(full).context("the city's cache could not be written");
        let said = explain(&error);
        assert!(said.starts_with("the city's cache") && said.contains("make room"), "{said}");
        assert!(!explain(&anyhow::anyhow!("the port is taken")).contains("disk"));
    }

    #[test]
    fn only_a_plain_address_of_tiles_gets_into_the_policy() {
        assert_eq!(
            origin("https://{s}.tiles.example/{z}/{x}/{y}.png").as_deref(),
            Some("https://*.tiles.example")
        );
        assert_eq!(origin("http://127.0.0.1:8080/{z}/{x}/{y}").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(origin("/tiles/{z}/{x}/{y}.mvt"), None);
        assert_eq!(origin("https://a;script-src */{z}"), None);
        assert_eq!(origin("data://x/{z}"), None);
    }

    #[test]
    fn another_database_of_the_same_server_keeps_everything_else() {
        assert_eq!(
            with_database("postgres://u:p@h:5/one?host=/run/x", "two"),
            "postgres://u:p@h:5/two?host=/run/x"
        );
        assert_eq!(with_database("postgres://h", "two"), "postgres://h/two");
    }
}
