//! Addresses of a city as its extract knows them: numbered houses, named places, and buildings known only by their street.
//!
//! No house number is ever made up. Not here: parcels, recipients, and outside services (`providers`).

mod find;
mod gather;
mod search;

use rstar::{PointDistance, RTree, RTreeObject, primitives::GeomWithData};

use crate::{LatLon, geo::Plane};

pub(crate) use find::judged;
pub use find::{Addresses, Doubt, Found};
pub(crate) use gather::gather;
use search::Index;

/// What is known about an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AddressKind {
    /// A house number and a street.
    Numbered,
    /// A named shop, office or other place, and its street.
    Place,
    /// A building and the street it stands on; its number is not known.
    Building,
}

/// Somewhere that can be delivered to.
#[derive(Clone, Debug, PartialEq)]
pub struct Address {
    /// One line for people, such as `12, Triq il-Kbira, Mosta` or `Café Rosa, Triq il-Kbira, Mosta`.
    pub text: String,
    /// Name of the house, shop or place.
    pub name: Option<String>,
    /// House number, exactly as mapped.
    pub house_number: Option<String>,
    /// Street that the address stands on.
    pub street: String,
    /// Nearest town, village or suburb.
    pub locality: Option<String>,
    /// Where it is: the entrance or point as mapped, or the middle of the building.
    pub at: LatLon,
    /// What is known about it.
    pub kind: AddressKind,
}

impl Address {
    /// Puts the line for people together from the parts.
    fn line(name: Option<&str>, house_number: Option<&str>, street: &str, locality: Option<&str>) -> String {
        let parts = [name, house_number, Some(street), locality];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Places sorted by where they are, each with a number that stands for it.
pub(crate) struct Nearby {
    plane: Plane,
    tree: RTree<GeomWithData<[f64; 2], u32>>,
}

impl Nearby {
    /// Sorts places; each is named by its position in the sequence.
    pub(crate) fn new(centre: LatLon, places: impl Iterator<Item = LatLon>) -> Nearby {
        let plane = Plane::at(centre);
        let entries =
            (0_u32..).zip(places).map(|(index, at)| GeomWithData::new(plane.flat(at), index)).collect();
        Nearby { plane, tree: RTree::bulk_load(entries) }
    }

    /// The nearest place and its distance in metres.
    pub(crate) fn nearest(&self, at: LatLon) -> Option<(u32, f64)> {
        let point = self.plane.flat(at);
        let entry = at.is_on_globe().then(|| self.tree.nearest_neighbor(&point)).flatten()?;
        Some((entry.data, entry.distance_2(&point).sqrt()))
    }
}

/// All addresses of a city, ready to be looked up by text or by place.
pub(crate) struct AddressBook {
    addresses: Vec<Address>,
    index: Index,
    nearby: Nearby,
}

impl AddressBook {
    pub(crate) fn new(addresses: Vec<Address>, centre: LatLon) -> AddressBook {
        let nearby = Nearby::new(centre, addresses.iter().map(|address| address.at));
        AddressBook { index: Index::new(&addresses), nearby, addresses }
    }

    pub(crate) fn empty(centre: LatLon) -> AddressBook {
        AddressBook::new(Vec::new(), centre)
    }

    pub(crate) fn all(&self) -> &[Address] {
        &self.addresses
    }

    pub(crate) fn nearest(&self, at: LatLon) -> Option<(&Address, f64)> {
        let (index, metres) = self.nearby.nearest(at)?;
        Some((self.addresses.get(index as usize)?, metres))
    }
}

/// A straight piece of a named street, in metres around the centre.
struct StreetPiece {
    from: [f64; 2],
    to: [f64; 2],
    name: u32,
}

impl RTreeObject for StreetPiece {
    type Envelope = rstar::AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        rstar::AABB::from_corners(self.from, self.to)
    }
}

impl PointDistance for StreetPiece {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        crate::geo::nearest_on_line(*point, self.from, self.to).1
    }
}
