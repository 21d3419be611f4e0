//! The shops and what they ask for: real addresses, windows within the shifts, packages of each shop's trade.
//!
//! Recipients are numbers, and their phones lie in one block that is plainly made up. Not here: sending.

use super::draws::Draws;
use super::workday::Workday;
use super::{ScenarioOrder, Size, hub::REACH_S, wishes};
use crate::streets::Streets;
use anyhow::{Result, bail};
use chrono::Duration;
use rand::Rng;
use roads::{Address, AddressKind, LatLon, Profile};
use wire::Instant;
use wire::Point;
use wire::machine::{PlaceOrder, PlacePackage, PlaceRecipient};

/// A shop's trade.
pub struct Trade {
    /// The shop's name.
    pub name: &'static str,
    prefix: &'static str,
    grams: (i64, i64),
    litres: (i64, i64),
    service_s: (i32, i32),
}

/// The shops of every day.
pub const SHOPS: [Trade; 6] = [
    Trade { name: "Bakery", prefix: "BAK", grams: (400, 3_000), litres: (8, 40), service_s: (90, 180) },
    Trade { name: "Books", prefix: "BOO", grams: (300, 5_000), litres: (2, 24), service_s: (90, 180) },
    Trade { name: "Pharmacy", prefix: "PHA", grams: (100, 1_500), litres: (2, 12), service_s: (120, 240) },
    Trade { name: "Garden", prefix: "GAR", grams: (1_000, 15_000), litres: (16, 120), service_s: (180, 240) },
    Trade {
        name: "Electronics",
        prefix: "ELE",
        grams: (500, 12_000),
        litres: (6, 140),
        service_s: (150, 240),
    },
    Trade { name: "Fashion", prefix: "FAS", grams: (300, 2_500), litres: (6, 36), service_s: (90, 240) },
];

/// How often an order goes to the door of another, of 1.
const SHARED: f64 = 0.05;
const FARTHEST_FROM_ROAD_M: f64 = 150.0;
/// How much rather early than late windows begin; 1 is evenly.
const EARLY: f64 = 6.0;

/// Doors for so many orders, by lot: addresses beside a road for cars and bikes, at most 45 minutes from the hub. When the map
/// has fewer, doors come again.
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

/// The orders: the first `size.orders` are placed before the plan, the others during the day.
pub fn write(draws: &Draws, day: &Workday, doors: &[&Address], size: Size) -> Vec<ScenarioOrder> {
    shared(draws, doors)
        .iter()
        .enumerate()
        .map(|(index, door)| {
            let mut rng = draws.stream("order", &index.to_string());
            let placed_after = (index >= size.orders).then(|| during_the_day(&mut rng, day));
            let window = match placed_after {
                None => morning_window(&mut rng, day),
                Some(after) => later_window(&mut rng, day, after),
            };
            let shop = rng.random_range(0..SHOPS.len());
            let mut says = order(&mut rng, &SHOPS[shop], size.first_order + index, door, window);
            // What few orders have is drawn apart, so that all else stays as it was.
            wishes::add(&mut draws.stream("wishes", &index.to_string()), SHOPS[shop].name, &mut says);
            ScenarioOrder { shop, placed_at: placed_after.map(|after| day.after(after)), says }
        })
        .collect()
}

/// The same doors, but that a few orders go to one to which another goes, of this shop or another.
fn shared<'a>(draws: &Draws, doors: &[&'a Address]) -> Vec<&'a Address> {
    let mut own: Vec<&Address> = Vec::with_capacity(doors.len());
    for (index, door) in doors.iter().enumerate() {
        let mut rng = draws.stream("shared door", &index.to_string());
        let shares = rng.random_bool(SHARED) && index > 0;
        own.push(if shares { own[rng.random_range(0..index)] } else { door });
    }
    own
}

fn order(
    rng: &mut impl Rng,
    trade: &Trade,
    number: usize,
    door: &Address,
    (window_from, window_until): (Instant, Instant),
) -> PlaceOrder {
    let reference = format!("{}-{number:06}", trade.prefix);
    let packages = (1..=package_count(rng))
        .map(|nth| PlacePackage {
            barcode: format!("{reference}-{nth}"),
            weight_g: rng.random_range(trade.grams.0..=trade.grams.1),
            volume_ml: 1_000 * rng.random_range(trade.litres.0..=trade.litres.1),
        })
        .collect();
    PlaceOrder {
        hub: None,
        reference,
        recipient: PlaceRecipient {
            name: format!("Recipient {number:04}"),
            phone: format!("+356 {} {:04}", 2100 + number / 10_000, number % 10_000),
            email: None,
            language: None,
        },
        address: door.text.clone(),
        at: Some(Point { lat: door.at.lat, lon: door.at.lon }),
        window_from,
        window_until,
        packages,
        service_s: Some(rng.random_range(trade.service_s.0 / 15..=trade.service_s.1 / 15) * 15),
        more_windows: vec![],
        priority: None,
        skills: vec![],
        only_vehicles: vec![],
        never_vehicles: vec![],
        service: None,
        notes: None,
        items: vec![],
    }
}

fn package_count(rng: &mut impl Rng) -> u32 {
    match rng.random::<f64>() {
        lot if lot < 0.70 => 1,
        lot if lot < 0.93 => 2,
        _ => 3,
    }
}

/// A window that the shop promised the day before: two or four hours that begin with a full hour after opening, rather early
/// than late, or the whole day.
fn morning_window(rng: &mut impl Rng, day: &Workday) -> (Instant, Instant) {
    let last = day.length() - Duration::hours(1);
    let hours = match rng.random::<f64>() {
        lot if lot < 0.14 => 2,
        lot if lot < 0.38 => 4,
        _ => return (day.after(Duration::zero()), day.after(last)),
    };
    let length = Duration::hours(hours).min(last);
    let choices = (last - length).num_hours() + 1;
    let from = Duration::hours((choices as f64 * rng.random::<f64>().powf(EARLY)) as i64);
    (day.after(from), day.after(from + length))
}

fn during_the_day(rng: &mut impl Rng, day: &Workday) -> Duration {
    let latest = (day.length() - Duration::hours(4)).num_minutes().max(60);
    Duration::minutes(rng.random_range(45..=latest.max(46)))
}

/// A window of two to three hours that opens at the half hour at least one and a half hours after the order is placed.
fn later_window(rng: &mut impl Rng, day: &Workday, placed: Duration) -> (Instant, Instant) {
    let earliest = (placed.num_minutes() + 90).div_euclid(30) * 30 + 30;
    let from = Duration::minutes(earliest.min(day.length().num_minutes() - 90));
    let until = (from + Duration::hours(2 + rng.random_range(0..2))).min(day.length());
    (day.after(from), day.after(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{StraightStreets, addresses, workday};
    use std::collections::HashSet;

    fn day_of(count: usize) -> Vec<ScenarioOrder> {
        let (draws, addresses) = (Draws::new(3), addresses(200));
        let hub = addresses.first().unwrap().at;
        let size = Size { vans: 4, orders: count - 20, late_orders: 20, first_order: 1 };
        let doors = doors(&draws, &addresses, &StraightStreets, hub, count).unwrap();
        write(&draws, &workday(), &doors, size)
    }

    #[test]
    fn references_are_unique_and_doors_come_again_when_the_map_is_small() {
        let orders = day_of(450);
        let references: HashSet<_> = orders.iter().map(|order| &order.says.reference).collect();
        assert_eq!((orders.len(), references.len()), (450, 450));
    }

    #[test]
    fn a_few_doors_get_several_orders() {
        let (draws, addresses) = (Draws::new(3), addresses(2_000));
        let hub = addresses.first().unwrap().at;
        let size = Size { vans: 4, orders: 1_000, late_orders: 0, first_order: 1 };
        let doors = doors(&draws, &addresses, &StraightStreets, hub, 1_000).unwrap();
        let orders = write(&draws, &workday(), &doors, size);
        let places: HashSet<_> = orders
            .iter()
            .filter_map(|order| order.says.at)
            .map(|at| (at.lat.to_bits(), at.lon.to_bits()))
            .collect();
        assert!((920..980).contains(&places.len()), "{}", places.len());
    }

    #[test]
    fn windows_lie_within_the_day_and_after_the_order() {
        let day = workday();
        for order in day_of(400) {
            let says = &order.says;
            assert!(says.window_from < says.window_until, "{}", says.reference);
            assert!(
                says.window_from >= day.after(Duration::zero())
                    && says.window_until <= day.after(day.length())
            );
            assert!(order.placed_at.is_none_or(|at| at + Duration::minutes(60) < says.window_from));
        }
    }

    #[test]
    fn only_late_orders_wait() {
        assert_eq!(day_of(100).iter().filter(|order| order.placed_at.is_some()).count(), 20);
    }

    #[test]
    fn packages_fit_a_cargo_bike_one_by_one() {
        for order in day_of(300) {
            assert!((1..=3).contains(&order.says.packages.len()));
            assert!(
                order
                    .says
                    .packages
                    .iter()
                    .all(|package| package.weight_g > 0 && package.volume_ml <= 140_000)
            );
            assert!((60..=240).contains(&order.says.service_s.unwrap()));
        }
    }
}
