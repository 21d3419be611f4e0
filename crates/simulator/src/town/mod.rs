//! The town: who lives in it, where phones fail, and how its streets differ from the map. It is the same on every day.
//!
//! It follows from a map and a seed of its own, so that over many days the same people order and the same doors are slow. Not
//! here: what happens on a day (`crate::scenario`, `crate::world`).

pub mod areas;
mod differences;
pub mod habits;
pub mod households;
pub mod hub;
mod names;
mod reception;

use crate::draws::Draws;
use crate::shares::Shares;
use crate::streets::Streets;
use crate::town::areas::Areas;
use anyhow::{Result, bail};
pub use differences::{ClosedLane, Pieces};
use hub::REACH_S;
use rand::Rng;
pub use reception::Reception;
use roads::{Address, AddressKind, LatLon, Profile};
use std::sync::Arc;

/// A town.
#[derive(Debug)]
pub struct Town {
    /// Its chance.
    pub draws: Draws,
    /// The hub's gate.
    pub hub: LatLon,
    /// Where it is dense.
    pub areas: Areas,
    /// Who lives there, by number.
    pub households: Vec<households::Household>,
    /// Where phones fail.
    pub reception: Arc<Reception>,
    /// How pieces of it differ from the map's speeds.
    pub pieces: Pieces,
    /// Lanes that are closed.
    pub closed_lanes: Vec<ClosedLane>,
}

const FARTHEST_FROM_ROAD_M: f64 = 150.0;

impl Town {
    /// A town with at least so many households, if the map has the doors.
    ///
    /// # Errors
    /// When the map has no place for a hub, or no address that can be reached from it.
    pub fn write(
        seed: u64,
        count: usize,
        addresses: &[Address],
        streets: &dyn Streets,
        shares: &Shares,
    ) -> Result<Self> {
        let draws = Draws::new(seed);
        let hub = hub::choose(addresses, streets)?;
        let doors = doors(&draws, addresses, streets, hub, count)?;
        Ok(Self {
            draws,
            hub,
            areas: Areas::of(addresses),
            households: households::write(&draws, &doors, &shares.people),
            reception: Arc::new(Reception::of(&draws, addresses, hub, &shares.phones)),
            pieces: Pieces::of(draws, shares.roads.clone()),
            closed_lanes: differences::closed_lanes(&draws, addresses, streets, &shares.roads),
        })
    }
}

/// Doors for so many households, by lot: addresses beside a road for cars and bikes, at most 45 minutes from the hub. When the
/// map has fewer, several live behind one.
///
/// # Errors
/// When no address can be reached.
pub fn doors<'a>(
    draws: &Draws,
    addresses: &'a [Address],
    streets: &dyn Streets,
    hub: LatLon,
    count: usize,
) -> Result<Vec<&'a Address>> {
    let mut doors = Vec::with_capacity(count);
    let by_lot = by_lot(draws, addresses);
    for some in by_lot.chunks(2_000) {
        let near: Vec<&Address> =
            some.iter().copied().filter(|address| is_by_road(address.at, streets)).collect();
        let places: Vec<LatLon> = near.iter().map(|address| address.at).collect();
        let times = streets.seconds_to(hub, &places);
        let reached =
            near.into_iter().zip(times).filter(|(_, time)| time.is_some_and(|seconds| seconds <= REACH_S));
        doors.extend(reached.map(|(address, _)| address).take(count - doors.len()));
        if doors.len() == count {
            break;
        }
    }
    if doors.is_empty() && count > 0 {
        bail!("no address of this map can be reached from the hub within 45 minutes; use another extract");
    }
    Ok(doors.iter().copied().cycle().take(count).collect())
}

fn is_by_road(at: LatLon, streets: &dyn Streets) -> bool {
    [Profile::Car, Profile::CargoBike].into_iter().all(|profile| {
        streets.road_near(at, profile).is_some_and(|(_, metres)| metres <= FARTHEST_FROM_ROAD_M)
    })
}

/// All addresses in an order drawn by lot; an address that is known by number or name is three times as likely to come early
/// (Efraimidis and Spirakis 2006).
fn by_lot<'a>(draws: &Draws, addresses: &'a [Address]) -> Vec<&'a Address> {
    let mut rng = draws.stream("addresses", "");
    let mut lots: Vec<(f64, &Address)> = addresses
        .iter()
        .map(|address| {
            let weight = if address.kind == AddressKind::Building { 1.0 } else { 3.0 };
            (rng.random::<f64>().powf(1.0 / weight), address)
        })
        .collect();
    lots.sort_by(|a, b| b.0.total_cmp(&a.0));
    lots.into_iter().map(|(_, address)| address).collect()
}
