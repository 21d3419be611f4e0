//! A made-up town for unit tests: straight streets at one speed, and addresses on a spiral.

use crate::scenario::workday::Workday;
use crate::scenario::{Scenario, Script, Size};
use crate::shares::Shares;
use crate::streets::Streets;
use chrono::Duration;
use roads::{Address, AddressKind, LatLon, Leg, Profile};
use uuid::Uuid;
use wire::Point;
use wire::StopId;
use wire::driver::DriverStop;

const METRES_A_SECOND: f64 = 8.0;

/// Streets that lead straight from everywhere to everywhere.
pub struct StraightStreets;

impl Streets for StraightStreets {
    fn road_near(&self, at: LatLon, _: Profile) -> Option<(LatLon, f64)> {
        Some((at, 0.0))
    }

    fn seconds_to(&self, from: LatLon, doors: &[LatLon]) -> Vec<Option<u32>> {
        doors.iter().map(|door| Some((from.metres_to(*door) / METRES_A_SECOND) as u32)).collect()
    }

    fn close(&self, _: Vec<roads::Closure>) {}

    fn way(&self, from: LatLon, to: LatLon, _: Profile, _: roads::Wall) -> Option<Leg> {
        let metres = from.metres_to(to);
        let seconds = metres / METRES_A_SECOND;
        let middle = LatLon { lat: (from.lat + to.lat) / 2.0, lon: (from.lon + to.lon) / 2.0 };
        Some(Leg {
            seconds,
            metres,
            points: vec![from, middle, to],
            at_seconds: vec![0.0, seconds / 2.0, seconds],
        })
    }
}

/// So many addresses within about three kilometres.
pub fn addresses(count: usize) -> Vec<Address> {
    (0..count)
        .map(|index| {
            let (turn, reach) = (index as f64 * 2.4, 0.03 * (index as f64 / count as f64).sqrt());
            address_at(LatLon { lat: 35.9 + reach * turn.sin(), lon: 14.5 + reach * turn.cos() })
        })
        .collect()
}

/// A building on a nameless test street.
pub fn address_at(at: LatLon) -> Address {
    Address {
        text: "Test Street, Testville".into(),
        name: None,
        house_number: None,
        street: "Test Street".into(),
        locality: Some("Testville".into()),
        at,
        kind: AddressKind::Building,
    }
}

/// An ordinary day in June.
pub fn workday() -> Workday {
    Workday::around("2026-06-15T05:20:00Z".parse().unwrap(), chrono_tz::Europe::Malta).unwrap()
}

/// A day in fair weather on which exactly so much is ordered.
pub fn script(seed: u64, size: Size) -> Script {
    let mut shares = Shares::default();
    shares.calendar.weather = 0.0;
    Script { seed, town: 1, size, day: workday(), by_date: false, shares }
}

/// The same, written for a town of so many addresses.
pub fn ordinary(seed: u64, size: Size, count: usize) -> Scenario {
    Scenario::write(script(seed, size), &addresses(count), &StraightStreets).unwrap()
}

/// Stop number so and so, with a window of four hours from half past eight and two minutes at the door.
pub fn stop_at(number: u32, at: LatLon) -> DriverStop {
    let window_from = workday().after(Duration::hours(1));
    DriverStop {
        stop: StopId(Uuid::from_u128(u128::from(number) + 1)),
        sequence: i32::try_from(number).unwrap() + 1,
        visit: i32::try_from(number).unwrap() + 1,
        reference: format!("TEST-{number:06}"),
        address: "Test Street, Testville".into(),
        at: Point { lat: at.lat, lon: at.lon },
        recipient: format!("Recipient {number:04}"),
        window_from,
        window_until: window_from + Duration::hours(4),
        service_s: 120,
        service: wire::Service::Deliver,
        aboard: true,
        notes: None,
        windows: vec![],
    }
}
