//! Addresses of a city as its extract knows them: numbered houses, named places, buildings known only by their street, and
//! rows of houses of which only the ends are numbered.
//!
//! No house number is ever made up. Not here: parcels, recipients, and outside services (`providers`).

mod closeness;
mod find;
mod gather;
mod lookup;
mod marks;
mod numbers;
mod places;
mod reading;
mod search;
mod streets;
mod words;

use rstar::{RTree, primitives::GeomWithData};
use serde::{Deserialize, Serialize};

use crate::{
    LatLon,
    geo::{Plane, Spot},
};

pub(crate) use closeness::Closeness;
pub(crate) use find::judged;
pub use find::{Addresses, Doubt, Found};
pub(crate) use gather::{gather, retain};
pub(crate) use numbers::Every;
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

/// What the map knows beside the addresses themselves, to find them by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Known {
    /// By address.
    pub(crate) details: Vec<Detail>,
    pub(crate) streets: Vec<Street>,
    pub(crate) rows: Vec<Row>,
    /// Towns, villages and the like with all their names, the usual one first.
    pub(crate) areas: Vec<Vec<String>>,
}

/// What is known of one address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub(crate) street: u32,
    /// In capitals without spaces.
    pub(crate) postcode: Option<String>,
    /// Which numbers a range holds.
    pub(crate) every: Every,
    /// Towns that it is said to be in, beside the nearest one.
    pub(crate) towns: Vec<String>,
}

/// A street: what bears one name and hangs together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Street {
    /// All its names, the usual one first.
    pub(crate) names: Vec<String>,
    /// The nearest of the areas along it.
    pub(crate) near: Vec<u32>,
    /// Others that it may be said to be in.
    pub(crate) around: Vec<u32>,
    /// Its middle.
    pub(crate) at: Spot,
}

/// Houses between two numbers, along a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) street: u32,
    /// The street as it is written at its ends.
    pub(crate) name: String,
    pub(crate) locality: Option<String>,
    pub(crate) postcode: Option<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) every: Every,
    pub(crate) line: Vec<Spot>,
}

impl Known {
    /// Whether it belongs to these addresses and names only what there is.
    pub(crate) fn fits(&self, addresses: &[Address]) -> bool {
        let street = |street: u32| (street as usize) < self.streets.len();
        self.details.len() == addresses.len()
            && self.details.iter().all(|detail| street(detail.street))
            && self.rows.iter().all(|row| street(row.street))
    }
}

#[cfg(test)]
impl Known {
    /// What addresses alone say.
    pub(crate) fn plain(addresses: &[Address]) -> Known {
        let mut known = Known::default();
        for address in addresses {
            let same =
                |other: &&Address| other.street == address.street && other.locality == address.locality;
            let first = addresses.iter().find(same).expect("itself");
            let street = match addresses.iter().position(|other| std::ptr::eq(other, first)) {
                Some(place) if place < known.details.len() => known.details[place].street,
                _ => {
                    let names = vec![address.street.clone()];
                    known.streets.push(Street { names, near: vec![], around: vec![], at: address.at.into() });
                    known.streets.len() as u32 - 1
                }
            };
            known.details.push(Detail { street, postcode: None, every: Every::Unsaid, towns: vec![] });
        }
        known
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
        use rstar::PointDistance;
        let point = self.plane.flat(at);
        let entry = at.is_on_globe().then(|| self.tree.nearest_neighbor(&point)).flatten()?;
        Some((entry.data, entry.distance_2(&point).sqrt()))
    }
}

/// All addresses of a city, ready to be looked up by text or by place.
pub(crate) struct AddressBook {
    addresses: Vec<Address>,
    known: Known,
    index: Index,
    nearby: Nearby,
}

impl AddressBook {
    /// The book of some addresses and what is known of each.
    pub(crate) fn new(addresses: Vec<Address>, known: Known, centre: LatLon) -> AddressBook {
        let nearby = Nearby::new(centre, addresses.iter().map(|address| address.at));
        AddressBook { index: Index::new(&addresses, &known), nearby, addresses, known }
    }

    pub(crate) fn empty(centre: LatLon) -> AddressBook {
        AddressBook::new(Vec::new(), Known::default(), centre)
    }

    pub(crate) fn all(&self) -> &[Address] {
        &self.addresses
    }

    pub(crate) fn nearest(&self, at: LatLon) -> Option<(&Address, f64)> {
        let (index, metres) = self.nearby.nearest(at)?;
        Some((self.addresses.get(index as usize)?, metres))
    }
}
