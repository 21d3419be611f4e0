//! Files that are read: places, positions, closed roads. What is wrong is named with its line.
//!
//! Not here: what is done with them.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail};
use roads::{Closure, ClosureShape, Fix, LatLon, Profile, Wall};
use serde::Deserialize;
use serde_json::Value;

/// Places of a file with the columns `lat,lon`.
pub fn places(path: &Path) -> Result<Vec<LatLon>> {
    rows(path, &["lat", "lon"])?.into_iter().map(|(line, row)| place(path, line, row[0], row[1])).collect()
}

/// Positions of a file with the columns `time,lat,lon`, and `accuracy` if it is known; times in seconds.
pub fn fixes(path: &Path) -> Result<Vec<Fix>> {
    let rows = rows(path, &["time", "lat", "lon"])?;
    let fix = |(line, row): (usize, Vec<f64>)| {
        let at = place(path, line, row[1], row[2])?;
        Ok(Fix { at, when: Wall(row[0] as i64), accuracy_m: row.get(3).copied() })
    };
    rows.into_iter().map(fix).collect()
}

fn place(path: &Path, line: usize, lat: f64, lon: f64) -> Result<LatLon> {
    if !(lat.abs() <= 90.0 && lon.abs() <= 180.0) {
        bail!("{} line {line}: {lat}, {lon} is not on Earth; the columns are lat, then lon", path.display());
    }
    Ok(LatLon { lat, lon })
}

/// The numbers of each line behind the first, which names the columns.
fn rows(path: &Path, columns: &[&str]) -> Result<Vec<(usize, Vec<f64>)>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut lines =
        text.lines().enumerate().map(|(n, line)| (n + 1, line.trim())).filter(|(_, l)| !l.is_empty());
    let head = lines.next().map(|(_, line)| line.to_lowercase()).unwrap_or_default();
    let named: Vec<&str> = head.split(',').map(str::trim).collect();
    if !named.starts_with(columns) {
        bail!("{}: the first line has to be {}", path.display(), columns.join(","));
    }
    let row = |(line, text): (usize, &str)| {
        let numbers: Result<Vec<f64>, _> =
            text.split(',').map(|number| number.trim().parse::<f64>()).collect();
        let numbers = numbers.with_context(|| format!("{} line {line}: not a number", path.display()))?;
        if numbers.len() < columns.len() {
            bail!(
                "{} line {line}: {} numbers where there have to be {}",
                path.display(),
                numbers.len(),
                columns.len()
            );
        }
        Ok((line, numbers))
    };
    lines.map(row).collect()
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    geometry: Geometry,
    #[serde(default)]
    properties: Value,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    LineString(Vec<Vec<f64>>),
    Polygon(Vec<Vec<Vec<f64>>>),
}

/// Closed roads of a GeoJSON file; they hold at all times.
pub fn closures(path: &Path) -> Result<Vec<Closure>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let collection: Collection = serde_json::from_str(&text)
        .with_context(|| format!("{} is no GeoJSON collection of lines and polygons", path.display()))?;
    collection.features.iter().map(|feature| closure(path, feature)).collect()
}

fn closure(path: &Path, feature: &Feature) -> Result<Closure> {
    let line = |all: &[Vec<f64>]| -> Result<Vec<LatLon>> {
        let at = |pair: &Vec<f64>| match pair[..] {
            [lon, lat, ..] => place(path, 0, lat, lon),
            _ => bail!("{}: a place needs two numbers", path.display()),
        };
        all.iter().map(at).collect()
    };
    let shape = match &feature.geometry {
        Geometry::LineString(all) => ClosureShape::Line(line(all)?),
        Geometry::Polygon(rings) => {
            ClosureShape::Area(line(rings.first().map(Vec::as_slice).unwrap_or_default())?)
        }
    };
    let named = feature.properties.get("profiles").and_then(Value::as_array);
    let bars = match named {
        None => Profile::ALL.to_vec(),
        Some(names) => {
            let profile = |name: &Value| {
                name.as_str()
                    .and_then(Profile::from_code)
                    .with_context(|| format!("{}: there is no profile {name}", path.display()))
            };
            names.iter().map(profile).collect::<Result<_>>()?
        }
    };
    Ok(Closure { shape, from: Wall(i64::MIN), until: Wall(i64::MAX), bars })
}
