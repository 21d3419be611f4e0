//! What can be chosen from outside: by option or by environment, read once, and every fault named at once.

use anyhow::{Result, bail};
use clap::Args;
use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

/// Which database.
#[derive(Debug, Clone, Args)]
pub struct DatabaseSettings {
    /// A PostgreSQL database; without it the embedded one is started.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Folder for all that changes: the embedded database, the city's cache, logs.
    #[arg(long, env = "DOORSTEP_VAR", default_value = "var")]
    pub var: PathBuf,
    /// Folder with PostgreSQL's `initdb` and `postgres`, when they are in no usual place.
    #[arg(long, env = "DOORSTEP_POSTGRES")]
    pub postgres: Option<PathBuf>,
}

/// Which city.
#[derive(Debug, Clone, Args)]
pub struct CitySettings {
    /// An OpenStreetMap extract, `.osm.pbf`.
    #[arg(long, env = "DOORSTEP_CITY")]
    pub city: PathBuf,
    /// Folder for all that changes.
    #[arg(long, env = "DOORSTEP_CITY_VAR", default_value = "var")]
    pub city_var: PathBuf,
}

/// Which pages and which map.
#[derive(Debug, Clone, Args)]
pub struct SiteSettings {
    /// The built site: the folder that holds `manifest.json`.
    #[arg(long, env = "DOORSTEP_SITE", default_value = "target/site")]
    pub site: PathBuf,
    /// An OpenStreetMap extract, `.osm.pbf`.
    #[arg(long, env = "DOORSTEP_CITY")]
    pub city: PathBuf,
    /// An OSRM server for the travel times of vans, such as http://127.0.0.1:5000; our own streets answer when it fails.
    #[arg(long, env = "DOORSTEP_OSRM_URL")]
    pub osrm: Option<String>,
    /// An address service, nominatim=URL or photon=URL; our own addresses answer when it fails.
    #[arg(long, env = "DOORSTEP_GEOCODER")]
    pub geocoder: Option<String>,
    /// Map pictures from elsewhere instead of our own tiles: a URL with {z}, {x} and {y}.
    #[arg(long, env = "DOORSTEP_TILES", requires = "tiles_attribution")]
    pub tiles: Option<String>,
    /// Whose pictures those are.
    #[arg(long, env = "DOORSTEP_TILES_ATTRIBUTION")]
    pub tiles_attribution: Option<String>,
    /// Connections to the database.
    #[arg(long, env = "DOORSTEP_CONNECTIONS", default_value_t = 16)]
    pub connections: u32,
    /// A folder that gets every problem the optimizer is given, as JSON that `doorstep-solve` reads.
    #[arg(long, env = "DOORSTEP_KEEP_PROBLEMS")]
    pub keep_problems: Option<PathBuf>,
}

/// Who may come in, and how many at once.
#[derive(Debug, Clone, Args)]
pub struct HttpSettings {
    /// Proxies whose X-Forwarded-For or Forwarded counts: addresses or networks such as 127.0.0.1,10.0.0.0/8.
    #[arg(long, env = "DOORSTEP_TRUSTED_PROXIES", value_delimiter = ',')]
    pub trusted_proxies: Vec<String>,
    /// Connections at once from everybody; no more than the open files that the system allows.
    #[arg(long, env = "DOORSTEP_CONNECTIONS_IN_ALL", default_value_t = 20_000)]
    pub connections_in_all: usize,
    /// Connections at once from one address; a trusted proxy has no such limit.
    #[arg(long, env = "DOORSTEP_CONNECTIONS_BY_ADDRESS", default_value_t = 2_000)]
    pub connections_by_address: usize,
    /// Live pages at once of one session.
    #[arg(long, env = "DOORSTEP_STREAMS_BY_SESSION", default_value_t = 40)]
    pub streams_by_session: usize,
    /// The limits of requests and sign-ins, so many times over; for tests that ask faster than anybody may.
    #[arg(long, env = "DOORSTEP_LIMITS_TIMES", default_value_t = 1, hide = true)]
    pub limits_times: u32,
}

/// Everything that `serve` needs.
#[derive(Debug, Clone, Args)]
pub struct ServeSettings {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub database: DatabaseSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub site: SiteSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub http: HttpSettings,
    /// Where to listen.
    #[arg(long, env = "DOORSTEP_LISTEN", default_value = "127.0.0.1:4700")]
    pub listen: String,
    /// Only a demo's clock runs faster; `serve` refuses it.
    #[arg(long, env = "DOORSTEP_FACTOR", hide = true)]
    pub factor: Option<String>,
}

/// Everything that `demo` needs.
#[derive(Debug, Clone, Args)]
pub struct DemoSettings {
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub database: DatabaseSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub site: SiteSettings,
    #[command(flatten)]
    #[expect(missing_docs, reason = "clap would show the doc comment as the group's help")]
    pub http: HttpSettings,
    /// The port on this machine; 0 takes a free one.
    #[arg(long, default_value_t = 4700)]
    pub port: u16,
    /// How many times faster than life the day goes by, 1 to 60.
    #[arg(long, default_value_t = 10.0)]
    pub factor: f64,
    /// Local time at which the day begins, hour:minute.
    #[arg(long, default_value = "07:28")]
    pub start: String,
    /// The time zone of the day's beginning.
    #[arg(long, default_value = "Europe/Malta")]
    pub zone: String,
    /// The day to play, year-month-day; today's when left out.
    #[arg(long)]
    pub date: Option<chrono::NaiveDate>,
    /// Go on with the day that is in the database instead of starting anew; with a later --date, play that day in it.
    #[arg(long = "continue")]
    pub go_on: bool,
    /// Local time, hour:minute:second, at which the day stands still, so that it can be looked at; with --continue, the day
    /// as it was then.
    #[arg(long)]
    pub until: Option<chrono::NaiveTime>,
    /// Part of the demo's command line for all its programs; the server itself draws nothing by chance.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

fn is_web_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The dialect and the address of an address service.
pub(crate) fn read_geocoder(text: &str) -> Option<(&str, &str)> {
    let (kind, address) = text.split_once('=')?;
    (matches!(kind, "nominatim" | "photon") && is_web_address(address)).then_some((kind, address))
}

fn site_faults(site: &SiteSettings, faults: &mut Vec<String>) {
    if !site.site.join("manifest.json").is_file() {
        faults.push(format!(
            "there is no built site in {}: run `cargo xtask assets`, or point DOORSTEP_SITE at the release's site folder",
            site.site.display()
        ));
    }
    if !site.city.is_file() {
        faults.push(format!(
            "there is no map extract at {}: point DOORSTEP_CITY at an .osm.pbf file",
            site.city.display()
        ));
    }
    if let Some(tiles) = &site.tiles
        && !["{z}", "{x}", "{y}"].iter().all(|part| tiles.contains(part))
    {
        faults.push("DOORSTEP_TILES needs {z}, {x} and {y} in its URL".to_owned());
    }
    if let Some(osrm) = &site.osrm
        && !is_web_address(osrm)
    {
        faults.push("DOORSTEP_OSRM_URL must begin with http:// or https://".to_owned());
    }
    if let Some(geocoder) = &site.geocoder
        && read_geocoder(geocoder).is_none()
    {
        faults.push("DOORSTEP_GEOCODER must be nominatim= or photon= and a URL".to_owned());
    }
    if !(2..=200).contains(&site.connections) {
        faults.push("DOORSTEP_CONNECTIONS must be 2 to 200".to_owned());
    }
}

fn http_faults(http: &HttpSettings, faults: &mut Vec<String>) {
    if let Err(text) = crate::connections::address::Trusted::read(&http.trusted_proxies) {
        faults.push(format!("DOORSTEP_TRUSTED_PROXIES has {text}, which is no address and no network"));
    }
    if http.connections_in_all == 0 || http.connections_by_address == 0 || http.streams_by_session == 0 {
        faults.push("the numbers of connections and of live pages at once must be above 0".to_owned());
    }
}

fn database_faults(database: &DatabaseSettings, faults: &mut Vec<String>) {
    if let Some(url) = &database.database_url
        && !(url.starts_with("postgres://") || url.starts_with("postgresql://"))
    {
        faults.push("DATABASE_URL must begin with postgres://".to_owned());
    }
    if let Some(folder) = &database.postgres
        && !folder.join("postgres").is_file()
    {
        faults.push(format!("DOORSTEP_POSTGRES has no `postgres` in {}", folder.display()));
    }
}

fn report(faults: &[String]) -> Result<()> {
    match faults {
        [] => Ok(()),
        [one] => bail!("the settings do not work: {one}"),
        many => bail!("the settings do not work:\n- {}", many.join("\n- ")),
    }
}

impl ServeSettings {
    /// Checks everything, and reports every fault at once.
    pub fn check(&self) -> Result<SocketAddr> {
        let mut faults = vec![];
        let listen = self.listen.parse::<SocketAddr>();
        if listen.is_err() {
            faults.push(format!(
                "DOORSTEP_LISTEN is not an address with a port, such as 0.0.0.0:4700: {}",
                self.listen
            ));
        }
        if self.factor.is_some() {
            faults.push("serve runs on real time: leave the factor out, or use `doorstep demo`".to_owned());
        }
        site_faults(&self.site, &mut faults);
        http_faults(&self.http, &mut faults);
        database_faults(&self.database, &mut faults);
        report(&faults)?;
        Ok(listen?)
    }
}

impl DemoSettings {
    /// Checks everything, and reports every fault at once.
    pub fn check(&self) -> Result<(SocketAddr, chrono::NaiveTime)> {
        let mut faults = vec![];
        let start = chrono::NaiveTime::parse_from_str(&self.start, "%H:%M");
        if start.is_err() {
            faults.push(format!("--start is not a time such as 07:28: {}", self.start));
        }
        if !(1.0..=60.0).contains(&self.factor) {
            faults.push(format!("--factor must be 1 to 60, not {}", self.factor));
        }
        site_faults(&self.site, &mut faults);
        http_faults(&self.http, &mut faults);
        database_faults(&self.database, &mut faults);
        report(&faults)?;
        Ok((SocketAddr::new(IpAddr::from([127, 0, 0, 1]), self.port), start?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Serve {
        #[command(flatten)]
        settings: ServeSettings,
    }

    #[test]
    fn every_fault_is_reported_at_once() {
        let serve = Serve::parse_from([
            "serve",
            "--listen",
            "nowhere",
            "--site",
            "/nonexistent/site",
            "--city",
            "/nonexistent/city.osm.pbf",
            "--database-url",
            "mysql://x",
            "--factor",
            "10",
            "--trusted-proxies",
            "10.0.0.0/8,the-proxy",
        ]);
        let said = serve.settings.check().unwrap_err().to_string();
        for word in [
            "DOORSTEP_LISTEN",
            "real time",
            "built site",
            "map extract",
            "postgres://",
            "the-proxy, which is no",
        ] {
            assert!(said.contains(word), "{said}");
        }
    }
}
