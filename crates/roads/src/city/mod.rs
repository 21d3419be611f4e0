//! A city: everything that one extract can answer, built once and then only read.
//!
//! Not here: traffic and closures, which change while the city stays (`travel`).

mod addresses;
mod travel;

use std::{
    fs,
    path::Path as FilePath,
    sync::{Mutex, OnceLock},
};

use crate::{
    Address, Bounds, LatLon, Profile, RoadsError,
    addresses::{AddressBook, Closeness, gather, retain},
    cache::{self, Kept},
    extract::Extract,
    network::{Means, Network, Streets, left_hand},
    tiles::{Tiles, ZOOMS},
    travel::Router,
};

use travel::RoadState;

/// An address farther than this from every road that cars may use is left out: nobody could be sent there.
const DOORSTEP_M: f64 = 300.0;

/// One city: its streets, addresses and map tiles. Share it behind an `Arc`.
pub struct City {
    name: String,
    bounds: Bounds,
    /// By means of travel; made ready when first asked for.
    routers: [OnceLock<Router>; 3],
    /// What the routers that are not ready yet are made from.
    waiting: Mutex<[Option<Ordered>; 3]>,
    addresses: AddressBook,
    /// Counted when first asked for.
    closeness: OnceLock<Closeness>,
    tiles: Tiles,
    roads: RoadState,
}

/// A network, and the order in which it is contracted.
type Ordered = (Network, Vec<u32>);

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
        let kept = build(extract)?;
        cache::write(&file, &kept)?;
        let unusable =
            || RoadsError::Cache { path: file, what: "what was built does not hold together".into() };
        City::from_kept(name, kept).ok_or_else(unusable)
    }

    /// Opens a city that an earlier [`City::open`] has kept in a folder, without its extract; the newest of several.
    ///
    /// # Errors
    /// [`RoadsError::NoKept`] when there is none of this version, or it is damaged.
    pub fn open_kept(folder: &FilePath) -> Result<City, RoadsError> {
        let none = || RoadsError::NoKept { folder: folder.to_owned() };
        let file = cache::newest(folder).ok_or_else(none)?;
        let name = cache::name_in(&file).ok_or_else(none)?;
        cache::read(&file).and_then(|kept| City::from_kept(name, kept)).ok_or_else(none)
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

    /// How close the houses stand around a place: the share of the city's addresses that stand less close, 0..=1.
    pub fn closeness(&self, at: LatLon) -> f64 {
        let count = || Closeness::of(self.addresses.all().iter().map(|address| address.at));
        self.closeness.get_or_init(count).rank(at)
    }

    /// A gzip-compressed Mapbox vector tile; none outside the city's land and zoom levels.
    pub fn tile(&self, z: u8, x: u32, y: u32) -> Option<&[u8]> {
        self.tiles.get(z, x, y)
    }

    /// All tiles that there are, by zoom level, column and row.
    pub fn tiles(&self) -> impl Iterator<Item = (u8, u32, u32)> + '_ {
        self.tiles.all()
    }

    /// First and last zoom level for which there are tiles.
    pub fn tile_zooms(&self) -> (u8, u8) {
        (*ZOOMS.start(), *ZOOMS.end())
    }

    /// How many edges and turns the network of a profile has.
    pub fn size(&self, profile: Profile) -> (usize, usize) {
        let network = self.router(profile).network();
        (network.edges.len(), network.arc_head.len())
    }

    fn from_kept(name: String, kept: Kept) -> Option<City> {
        let Kept { bounds, networks, addresses, known, tiles } = kept;
        if networks.iter().any(|(network, order)| !fits(network, order)) || !known.fits(&addresses) {
            return None;
        }
        let networks: [Ordered; 3] = networks.try_into().ok()?;
        let city = City {
            name,
            bounds,
            routers: Default::default(),
            waiting: Mutex::new(networks.map(Some)),
            addresses: AddressBook::empty(bounds.centre()),
            closeness: OnceLock::new(),
            tiles,
            roads: RoadState::default(),
        };
        let (addresses, _) = rayon::join(
            || AddressBook::new(addresses, known, bounds.centre()),
            || city.router(Profile::Car).network(),
        );
        Some(City { addresses, ..city })
    }

    /// The network of a profile, made ready if it is not.
    pub(crate) fn router(&self, profile: Profile) -> &Router {
        let place = profile.means() as usize;
        self.routers[place].get_or_init(|| {
            let waiting = self.waiting.lock().ok().and_then(|mut waiting| waiting[place].take());
            let (network, order) = waiting.unwrap_or_default();
            Router::new(network, Some(order), self.bounds.centre())
        })
    }
}

/// Whether an order names every edge of a network once, and the network holds what it says.
fn fits(network: &Network, order: &[u32]) -> bool {
    let mut seen = vec![false; network.edges.len()];
    let once = order
        .iter()
        .all(|&edge| seen.get_mut(edge as usize).is_some_and(|seen| !std::mem::replace(seen, true)));
    let whole = network
        .paces
        .iter()
        .all(|pace| pace.edges.len() == network.edges.len() && pace.turns.len() == network.arc_head.len());
    once && order.len() == network.edges.len() && whole && !network.paces.is_empty()
}

/// Builds everything from an extract.
fn build(path: &FilePath) -> Result<Kept, RoadsError> {
    let extract = Extract::read(path)?;
    let left_hand = left_hand(&extract);
    let network = |means| Streets::of(&extract, means, left_hand).network();
    let (motor, (cycle, foot)) = rayon::join(
        || network(Means::Motor),
        || rayon::join(|| network(Means::Cycle), || network(Means::Foot)),
    );
    let no_roads =
        || RoadsError::BrokenExtract { path: path.to_owned(), what: "it holds no road for cars".into() };
    let roads = Bounds::around(motor.spots.iter().map(|&spot| spot.into())).ok_or_else(no_roads)?;
    let bounds = extract.area.and_then(|area| area.shared(&roads)).unwrap_or(roads);
    let centre = bounds.centre();
    let with_order = |network: Network| {
        let order = crate::travel::contraction_order(&network);
        (network, order)
    };
    let (routed, drawn) = rayon::join(
        || {
            rayon::join(
                || Router::new(motor, None, centre),
                || rayon::join(|| with_order(cycle), || with_order(foot)),
            )
        },
        || rayon::join(|| Tiles::draw(&extract), || gather(&extract, centre)),
    );
    let ((motor, (cycle, foot)), (tiles, (addresses, mut known))) = (routed, drawn);
    let addresses = retain(addresses, &mut known, |address| {
        motor.snap(address.at, Profile::Car).is_some_and(|snap| snap.metres_away <= DOORSTEP_M)
    });
    let motor = (motor.network().clone(), motor.order().to_vec());
    Ok(Kept { bounds, networks: vec![motor, cycle, foot], addresses, known, tiles })
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
