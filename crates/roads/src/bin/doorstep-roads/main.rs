//! `doorstep-roads`: the street network from the command line, so that anybody can compare it with another engine.
//!
//! Answers to `--json` have the shape of OSRM's `/table`, `/route` and `/match`, with `compute_seconds` beside them. Not here:
//! anything that the library does not do.

mod answers;
mod input;

use std::{fs, path::PathBuf, time::Instant};

use anyhow::{Context, Result, bail};
use chrono::NaiveDateTime;
use clap::{Args, Parser, Subcommand};
use roads::{City, Conditions, Driver, Profile, TravelTimes, Wall};
use serde_json::json;

/// Travel times, paths, matches and tiles of an OpenStreetMap extract.
#[derive(Parser)]
#[command(version)]
struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Builds a city from an extract (.osm.pbf) and keeps it in a folder
    Build {
        /// The extract
        extract: PathBuf,
        /// The folder
        #[arg(long)]
        out: PathBuf,
    },
    /// Times and distances between all places of a file
    Matrix(Ask),
    /// The fastest way through the places of a file, in their order
    Route(Ask),
    /// The roads that were driven, from positions with their times (`time,lat,lon` or `time,lat,lon,accuracy`)
    Match(Ask),
    /// What can be reached from the first place of a file within some minutes
    Reach {
        #[command(flatten)]
        ask: Ask,
        /// How many minutes
        #[arg(long, default_value_t = 15.0)]
        minutes: f64,
    },
    /// Writes vector tiles: one of them, or all
    Tiles {
        /// The folder of a built city
        city: PathBuf,
        /// Zoom, column and row of one tile
        #[arg(num_args = 3)]
        tile: Vec<u32>,
        /// The file for one tile, or the folder for all
        #[arg(long)]
        out: PathBuf,
    },
    /// What a built city holds
    Info {
        /// The folder of a built city
        city: PathBuf,
    },
}

#[derive(Args)]
struct Ask {
    /// The folder of a built city
    city: PathBuf,
    /// The file: `lat,lon` in its first line, then a place a line
    places: PathBuf,
    /// car, van, electric_van, cargo_bike or walk
    #[arg(long, default_value = "car")]
    profile: String,
    /// When journeys begin, on the city's clocks, such as 2026-11-23T08:30; on free roads without it
    #[arg(long)]
    depart: Option<String>,
    /// Closed roads and areas (GeoJSON lines and polygons; `profiles` in their properties says for whom)
    #[arg(long)]
    closures: Option<PathBuf>,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

impl Ask {
    /// The city as it is asked about, for whom, and when.
    fn open(&self) -> Result<(City, Profile, Option<Wall>)> {
        let profile = Profile::from_code(&self.profile).with_context(|| {
            let known: Vec<&str> = Profile::ALL.iter().map(|profile| profile.code()).collect();
            format!("there is no profile {}: use one of {}", self.profile, known.join(", "))
        })?;
        let mut depart = self.depart.as_deref().map(when).transpose()?;
        let city = City::open_kept(&self.city)?;
        if let Some(file) = &self.closures {
            let closures = input::closures(file)?;
            let mut conditions = Conditions { closures, ..Conditions::default() };
            if depart.is_none() {
                // Closures hold at times; without one the roads are free but for them.
                conditions = Conditions { closures: conditions.closures, ..Conditions::free() };
                depart = Some(Wall(0));
            }
            city.set_conditions(conditions);
        }
        // What is made ready at the first question is no part of answering it.
        city.size(profile);
        Ok((city, profile, depart))
    }
}

fn when(text: &str) -> Result<Wall> {
    let formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let read = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let at = read.with_context(|| format!("{text} is no time: write it as 2026-11-23T08:30"))?;
    Ok(Wall(at.and_utc().timestamp()))
}

fn main() -> Result<()> {
    match Options::parse().what {
        What::Build { extract, out } => build(&extract, &out),
        What::Matrix(ask) => matrix(&ask),
        What::Route(ask) => route(&ask),
        What::Match(ask) => match_fixes(&ask),
        What::Reach { ask, minutes } => reach(&ask, minutes),
        What::Tiles { city, tile, out } => tiles(&city, &tile, &out),
        What::Info { city } => info(&city),
    }
}

fn build(extract: &std::path::Path, out: &std::path::Path) -> Result<()> {
    let begun = Instant::now();
    let city = City::open(extract, out)?;
    println!("{} is in {} ({:.1} s)", city.name(), out.display(), begun.elapsed().as_secs_f64());
    Ok(())
}

fn matrix(ask: &Ask) -> Result<()> {
    let places = input::places(&ask.places)?;
    let (city, profile, depart) = ask.open()?;
    let begun = Instant::now();
    let times = city.matrix(&places, &places, profile, depart)?;
    let seconds = begun.elapsed().as_secs_f64();
    let (_, metres) = city.distances(&places, &places, profile, depart)?;
    if ask.json {
        println!("{}", answers::table(&times, &metres, seconds));
        return Ok(());
    }
    let reached = times.seconds.iter().filter(|&&s| s != roads::UNREACHABLE).count();
    println!("{} places, {reached} of {} pairs connected, {seconds:.3} s", places.len(), times.seconds.len());
    Ok(())
}

fn route(ask: &Ask) -> Result<()> {
    let places = input::places(&ask.places)?;
    if places.len() < 2 {
        bail!("{}: a route needs two places at least", ask.places.display());
    }
    let (city, profile, depart) = ask.open()?;
    let begun = Instant::now();
    let path = city.path(&places, profile, depart)?;
    let seconds = begun.elapsed().as_secs_f64();
    if ask.json {
        println!("{}", answers::route(&path, seconds));
        return Ok(());
    }
    for (index, leg) in path.legs.iter().enumerate() {
        println!("{index} to {}: {:.0} s, {:.0} m", index + 1, leg.seconds, leg.metres);
    }
    Ok(())
}

fn match_fixes(ask: &Ask) -> Result<()> {
    let fixes = input::fixes(&ask.places)?;
    let (city, profile, _) = ask.open()?;
    let begun = Instant::now();
    let matched = city.match_fixes(&fixes, profile, &Driver::default());
    let seconds = begun.elapsed().as_secs_f64();
    if ask.json {
        println!("{}", answers::matched(&matched, seconds));
        return Ok(());
    }
    println!(
        "{:.0} m in {} stretches, {} roads run from end to end, {} of {} positions astray",
        matched.metres,
        matched.lines.len(),
        matched.passes.len(),
        matched.astray,
        fixes.len()
    );
    Ok(())
}

fn reach(ask: &Ask, minutes: f64) -> Result<()> {
    let places = input::places(&ask.places)?;
    let from = *places.first().with_context(|| format!("{} names no place", ask.places.display()))?;
    let (city, profile, depart) = ask.open()?;
    let reach = city.reach(from, minutes * 60.0, profile, depart)?;
    if ask.json {
        println!("{}", answers::reach(&reach, minutes));
    } else {
        println!(
            "{} places along roads, on {} islands of what is reached",
            reach.points.len(),
            reach.islands.len()
        );
    }
    Ok(())
}

fn tiles(city: &std::path::Path, tile: &[u32], out: &std::path::Path) -> Result<()> {
    let city = City::open_kept(city)?;
    if let [z, x, y] = *tile {
        let bytes = city.tile(u8::try_from(z)?, x, y).context("there is no such tile: only sea is there")?;
        fs::write(out, bytes)?;
        println!("{} bytes, gzip-compressed", bytes.len());
        return Ok(());
    }
    let mut count = 0;
    for (z, x, y) in city.tiles() {
        let folder = out.join(z.to_string()).join(x.to_string());
        fs::create_dir_all(&folder)?;
        if let Some(bytes) = city.tile(z, x, y) {
            fs::write(folder.join(format!("{y}.mvt.gz")), bytes)?;
            count += 1;
        }
    }
    println!("{count} tiles in {}", out.display());
    Ok(())
}

fn info(city: &std::path::Path) -> Result<()> {
    let begun = Instant::now();
    let city = City::open_kept(city)?;
    let seconds = begun.elapsed().as_secs_f64();
    let networks: Vec<_> = [Profile::Car, Profile::CargoBike, Profile::Walk]
        .map(|profile| {
            let (edges, turns) = city.size(profile);
            json!({ "profile": profile.code(), "edges": edges, "turns": turns })
        })
        .into();
    let bounds = city.bounds();
    let info = json!({
        "name": city.name(),
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
        "networks": networks,
        "addresses": city.addresses().len(),
        "tiles": city.tiles().count(),
        "open_seconds": seconds,
        "attribution": city.attribution(),
    });
    println!("{info:#}");
    Ok(())
}
