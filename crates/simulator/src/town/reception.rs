//! Places without reception: circles of the town, the same on every day.
//!
//! Not here: what a phone does in them (`crate::phone`).

use crate::draws::Draws;
use crate::shares::Phones;
use rand::Rng;
use roads::{Address, LatLon};

/// A place without reception.
#[derive(Debug, Clone, PartialEq)]
pub struct DeadZone {
    /// What it is.
    pub what: &'static str,
    /// Its middle.
    pub at: LatLon,
    /// How far it reaches.
    pub radius_m: f64,
    /// Whether positions fail too.
    pub blind: bool,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reception {
    zones: Vec<DeadZone>,
}

const BLIND: [&str; 3] = ["a tunnel", "a covered loading yard", "a canyon of houses"];
const SILENT: [&str; 3] = ["a valley", "the lee of a hill", "thick old walls"];
const MOST: usize = 400;
const AROUND_THE_HUB_M: f64 = 250.0;

impl Reception {
    /// Zones around addresses drawn by lot, until a share of them lies in one. The hub has a network.
    pub fn of(draws: &Draws, addresses: &[Address], hub: LatLon, shares: &Phones) -> Self {
        let mut zones: Vec<DeadZone> = Vec::new();
        let wanted = (shares.dead_zones * addresses.len() as f64) as usize;
        let mut dead = vec![false; addresses.len()];
        let mut count = 0;
        for nth in 0..MOST {
            if count >= wanted {
                break;
            }
            let mut rng = draws.stream("dead zone", &nth.to_string());
            let Some(middle) = addresses.get(rng.random_range(0..addresses.len())) else { break };
            let blind = rng.random_bool(shares.blind);
            let what = if blind { BLIND } else { SILENT }[rng.random_range(0..BLIND.len())];
            let zone = DeadZone { what, at: middle.at, radius_m: rng.random_range(60.0..260.0), blind };
            if zone.at.metres_to(hub) < zone.radius_m + AROUND_THE_HUB_M {
                continue;
            }
            for (is_dead, address) in dead.iter_mut().zip(addresses) {
                if !*is_dead && zone.holds(address.at) {
                    *is_dead = true;
                    count += 1;
                }
            }
            zones.push(zone);
        }
        Self { zones }
    }

    /// The zone that a place lies in; the one where positions fail too comes first.
    pub fn at(&self, place: LatLon) -> Option<&DeadZone> {
        let held = self.zones.iter().filter(|zone| zone.holds(place));
        held.max_by_key(|zone| zone.blind)
    }

    /// All zones.
    pub fn zones(&self) -> &[DeadZone] {
        &self.zones
    }
}

impl DeadZone {
    fn holds(&self, place: LatLon) -> bool {
        // Most zones are far away, which a subtraction tells.
        (place.lat - self.at.lat).abs() < 0.01 && place.metres_to(self.at) < self.radius_m
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::Shares;
    use crate::testing::addresses;

    const HUB: LatLon = LatLon { lat: 35.9, lon: 14.5 };

    #[test]
    fn about_the_share_of_the_addresses_lies_in_a_zone_and_none_when_there_is_no_share() {
        let all = addresses(5_000);
        let mut phones = Shares::default().phones;
        let reception = Reception::of(&Draws::new(1), &all, HUB, &phones);
        assert_eq!(reception, Reception::of(&Draws::new(1), &all, HUB, &phones));
        let dead = all.iter().filter(|address| reception.at(address.at).is_some()).count() as f64 / 5_000.0;
        assert!((0.045..0.09).contains(&dead), "{dead} of the addresses");
        assert!(reception.at(HUB).is_none());
        let blind = reception.zones().iter().filter(|zone| zone.blind).count();
        assert!(blind > 0 && blind < reception.zones().len());
        phones.dead_zones = 0.0;
        assert!(Reception::of(&Draws::new(1), &all, HUB, &phones).zones().is_empty());
        assert!(Reception::of(&Draws::new(1), &[], HUB, &Shares::default().phones).zones().is_empty());
    }
}
