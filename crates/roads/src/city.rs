//! A city: everything that one extract can answer, built once and then only read.
//!
//! Not here: traffic and closures, which change while the city stays.

use std::{fs, path::Path as FilePath};

use crate::{
    Address, Bounds, LatLon, Matrix, Path, Profile, RoadsError, Snap, TravelTimes,
    addresses::{AddressBook, gather},
    cache::{self, Kept},
    extract::Extract,
    network::Streets,
    tiles::{Tiles, ZOOMS},
    travel::Router,
};

/// An address farther than this from every road that cars may use is left out: nobody could be sent there.
const DOORSTEP_M: f64 = 300.0;

/// One city: its streets, addresses and map tiles. Share it behind an `Arc`.
pub struct City {
    name: String,
    bounds: Bounds,
    car: Router,
    bike: Router,
    addresses: AddressBook,
    tiles: Tiles,
}

impl City {
    /// Opens an extract (`.osm.pbf`). The first time everything is built, which takes seconds, and kept in a file under `cache`;
    /// after that it is read from there.
    ///
    /// # Errors
    /// [`RoadsError::NoExtract`], [`RoadsError::BrokenExtract`] (also when it holds no road for cars), or
    /// [`RoadsError::Cache`] when the cache cannot be written.
    pub fn open(extract: &FilePath, cache: &FilePath) -> Result<City, RoadsError> {
        let bytes = fs::read(extract).map_err(|_| RoadsError::NoExtract { path: extract.to_owned() })?;
        let name = name_of(extract);
        let file = cache::file(cache, &name, &bytes);
        drop(bytes);
        if let Some(city) = cache::read(&file).and_then(|kept| City::from_kept(name.clone(), kept)) {
            return Ok(city);
        }
        let city = City::build(name, extract)?;
        cache::write(&file, &city.keep())?;
        Ok(city)
    }

    /// Name of the city, after the file: `malta-latest.osm.pbf` is `Malta`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Rectangle around the roads that cars may use, without the ends of those that lead out of the extract.
    pub fn bounds(&self) -> Bounds {
        self.bounds
    }

    /// Whose data the city is made of; to be shown wherever a tile, a path or an address is.
    pub fn attribution(&self) -> &'static str {
        "© OpenStreetMap contributors"
    }

    /// All addresses, in an order that depends only on the extract: numbered ones, places, buildings.
    pub fn addresses(&self) -> &[Address] {
        self.addresses.all()
    }

    /// Addresses that match a typed text, at most `limit`, best first, each with a score of 0..=1. Accents, the order of
    /// words, unfinished words and a slip or two in a longer word are forgiven.
    pub fn search(&self, text: &str, limit: usize) -> Vec<(Address, f32)> {
        self.addresses.search(text, limit)
    }

    /// The address nearest to a place, and its distance in metres.
    pub fn nearest_address(&self, at: LatLon) -> Option<(&Address, f64)> {
        self.addresses.nearest(at)
    }

    /// A gzip-compressed Mapbox vector tile; none outside the city's land and zoom levels.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Option<&[u8]> {
        self.tiles.get(z, x, y)
    }

    /// First and last zoom level for which there are tiles.
    pub fn tile_zooms(&self) -> (u8, u8) {
        (*ZOOMS.start(), *ZOOMS.end())
    }

    fn build(name: String, path: &FilePath) -> Result<City, RoadsError> {
        let extract = Extract::read(path)?;
        let network = |profile| Streets::of(&extract, profile).network();
        let (car, bike) = rayon::join(|| network(Profile::Car), || network(Profile::Bike));
        let no_roads =
            || RoadsError::BrokenExtract { path: path.to_owned(), what: "it holds no road for cars".into() };
        let roads = Bounds::around(car.spots.iter().map(|&spot| spot.into())).ok_or_else(no_roads)?;
        let bounds = extract.area.and_then(|area| area.shared(&roads)).unwrap_or(roads);
        let centre = bounds.centre();
        let (routers, drawn) = rayon::join(
            || rayon::join(|| Router::new(car, None, centre), || Router::new(bike, None, centre)),
            || rayon::join(|| Tiles::draw(&extract), || gather(&extract, centre)),
        );
        let ((car, bike), (tiles, mut addresses)) = (routers, drawn);
        addresses.retain(|address| car.snap(address.at).is_some_and(|snap| snap.metres_away <= DOORSTEP_M));
        let addresses = AddressBook::new(addresses, centre);
        Ok(City { name, bounds, car, bike, addresses, tiles })
    }

    fn from_kept(name: String, kept: Kept) -> Option<City> {
        let Kept { bounds, networks, addresses, tiles } = kept;
        if networks.iter().any(|(network, order)| network.edges.len() != order.len()) {
            return None;
        }
        let [(car, car_order), (bike, bike_order)] = <[_; 2]>::try_from(networks).ok()?;
        let centre = bounds.centre();
        let (addresses, (car, bike)) = rayon::join(
            || AddressBook::new(addresses, centre),
            || {
                rayon::join(
                    || Router::new(car, Some(car_order), centre),
                    || Router::new(bike, Some(bike_order), centre),
                )
            },
        );
        Some(City { name, bounds, car, bike, addresses, tiles })
    }

    fn keep(&self) -> Kept {
        let networks = Profile::ALL.map(|profile| {
            let router = self.router(profile);
            (router.network().clone(), router.order().to_vec())
        });
        Kept {
            bounds: self.bounds,
            networks: networks.into(),
            addresses: self.addresses.all().to_vec(),
            tiles: self.tiles.clone(),
        }
    }

    fn router(&self, profile: Profile) -> &Router {
        match profile {
            Profile::Car => &self.car,
            Profile::Bike => &self.bike,
        }
    }
}

impl TravelTimes for City {
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        self.router(profile).snap(at)
    }

    fn matrix(&self, sources: &[LatLon], targets: &[LatLon], profile: Profile) -> Result<Matrix, RoadsError> {
        self.router(profile).matrix(sources, targets)
    }

    fn path(&self, points: &[LatLon], profile: Profile) -> Result<Path, RoadsError> {
        self.router(profile).path(points)
    }
}

/// `malta-latest.osm.pbf` becomes `Malta`; dates and the word `latest` are no part of a name.
fn name_of(extract: &FilePath) -> String {
    let file = extract.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let parts = stem
        .split(['-', '_'])
        .filter(|part| !part.is_empty() && *part != "latest" && !part.chars().all(|c| c.is_ascii_digit()));
    let words = parts.map(|part| {
        let mut letters = part.chars();
        letters
            .next()
            .map(|first| first.to_uppercase().chain(letters).collect::<String>())
            .unwrap_or_default()
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_city_is_named_after_its_file() {
        assert_eq!(name_of(FilePath::new("maps/malta-latest.osm.pbf")), "Malta");
        assert_eq!(name_of(FilePath::new("queens-village-ny-2016-07-14.osm.pbf")), "Queens Village Ny");
    }
}
