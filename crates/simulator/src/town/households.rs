//! Who lives where and how they order: the same households come again over the days.
//!
//! Household number so and so is the same however many there are. Not here: when they are at home (`super::habits`).

use super::habits::Kind;
use super::names::{self, Person};
use crate::draws::{Draws, lognormal};
use crate::shares::People;
use rand::Rng;
use roads::{Address, LatLon};

/// A household.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// Its number.
    pub number: usize,
    /// The address as it stands on the map, with the flat before it.
    pub address: String,
    /// The street.
    pub street: String,
    /// The house number.
    pub house_number: Option<String>,
    /// The place of the street.
    pub locality: Option<String>,
    /// The door.
    pub at: LatLon,
    /// How it lives.
    pub kind: Kind,
    /// How much later than others it does everything, in hours.
    pub shift_h: f64,
    /// Who orders; the first one most.
    pub people: Vec<Person>,
    /// Floors above the street.
    pub floor: u8,
    /// Whether there is a lift.
    pub lift: bool,
    /// What makes every visit longer.
    pub quirk: Option<&'static str>,
    /// How many times as long as elsewhere a visit takes, whatever the order.
    pub door_times: f64,
    /// Seconds up and down.
    pub climb_s: f64,
    /// How many times as long as elsewhere in its area one looks for a place to stop.
    pub parking_times: f64,
    /// How often it orders, against others.
    pub rate: f64,
    /// Which of the shops it likes best, as a share of them all.
    pub favourite: f64,
    /// Whether it answers messages.
    pub answers: bool,
}

const QUIRKS: [&str; 4] = ["a dog", "a porter", "a gate on the side street", "a bell that does not work"];
/// How much longer a quirk makes a visit, seconds a floor by the stairs and by a lift, what waiting for the lift takes, and how
/// much places differ in parking. Assumed.
const QUIRK_TIMES: f64 = 1.5;
const STAIRS_S: f64 = 22.0;
const LIFT_S: f64 = 8.0;
const LIFT_COMES_S: f64 = 25.0;
const PARKING_SPREAD: f64 = 0.35;
/// Phones are numbered by household and person.
const MOST_PEOPLE: usize = 4;

/// A household for each of these doors.
pub fn write(draws: &Draws, doors: &[&Address], shares: &People) -> Vec<Household> {
    doors.iter().enumerate().map(|(number, door)| household(draws, number, door, shares)).collect()
}

fn household(draws: &Draws, number: usize, door: &Address, shares: &People) -> Household {
    let mut rng = draws.stream("household", &number.to_string());
    let kind = kind(rng.random(), shares);
    let family = names::family(&mut rng);
    let size = if kind == Kind::Business { 1 } else { rng.random_range(1..=MOST_PEOPLE) };
    let people = (0..size)
        .map(|nth| match kind {
            Kind::Business => names::business(&mut rng, family, number * MOST_PEOPLE + nth),
            _ => names::person(&mut rng, family, number * MOST_PEOPLE + nth),
        })
        .collect();
    let is_flat = kind != Kind::Business && rng.random_bool(shares.flats);
    let floor: u8 = if is_flat { rng.random_range(1..=5) } else { 0 };
    let lift = is_flat && rng.random_bool(shares.lifts);
    let flat = rng.random_range(1..=14);
    let quirk = rng.random_bool(shares.quirks).then(|| QUIRKS[rng.random_range(0..QUIRKS.len())]);
    let quirk_times = if quirk.is_some() { QUIRK_TIMES } else { 1.0 };
    let floors = f64::from(floor);
    // A spread keeps its mean, so that more of it makes nobody slower on the whole.
    let centred = |sigma: f64| (-sigma * sigma / 2.0).exp();
    let door_spread = shares.door_spread;
    Household {
        number,
        address: if is_flat { format!("Flat {flat}, {}", door.text) } else { door.text.clone() },
        street: door.street.clone(),
        house_number: door.house_number.clone(),
        locality: door.locality.clone(),
        at: door.at,
        kind,
        shift_h: rng.random_range(-0.75..0.75),
        people,
        floor,
        lift,
        quirk,
        door_times: lognormal(&mut rng, centred(door_spread), door_spread).clamp(0.4, 2.5) * quirk_times,
        climb_s: match (floor, lift) {
            (0, _) => 0.0,
            (_, true) => LIFT_COMES_S + LIFT_S * floors,
            (_, false) => STAIRS_S * floors,
        },
        parking_times: lognormal(&mut rng, centred(PARKING_SPREAD), PARKING_SPREAD).clamp(0.3, 3.0),
        rate: lognormal(&mut rng, 1.0, shares.rate_spread),
        favourite: rng.random(),
        answers: rng.random_bool(shares.answer),
    }
}

fn kind(lot: f64, shares: &People) -> Kind {
    let kinds = [
        (shares.workers, Kind::Workers),
        (shares.home_office, Kind::HomeOffice),
        (shares.families, Kind::Family),
        (shares.retired, Kind::Retired),
    ];
    let mut below = 0.0;
    let drawn = kinds.into_iter().find(|(share, _)| {
        below += share;
        lot < below
    });
    drawn.map_or(Kind::Business, |(_, kind)| kind)
}

/// Which households order `count` times on a day: by their rates, each once as long as there are enough (Efraimidis and
/// Spirakis 2006).
pub fn who_orders(draws: &Draws, households: &[Household], count: usize) -> Vec<usize> {
    let mut rng = draws.stream("who orders", "");
    let mut lots: Vec<(f64, usize)> = households
        .iter()
        .map(|household| (rng.random::<f64>().powf(1.0 / household.rate), household.number))
        .collect();
    lots.sort_by(|a, b| b.0.total_cmp(&a.0));
    lots.into_iter()
        .map(|(_, number)| number)
        .cycle()
        .take(if households.is_empty() { 0 } else { count })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shares::Shares;
    use crate::testing::addresses;
    use std::collections::HashSet;

    fn town(count: usize, seed: u64) -> Vec<Household> {
        let addresses = addresses(count);
        write(&Draws::new(seed), &addresses.iter().collect::<Vec<_>>(), &Shares::default().people)
    }

    #[test]
    fn a_household_is_the_same_by_seed_and_however_many_there_are() {
        let (all, few) = (town(400, 1), addresses(400));
        let few: Vec<_> = few.iter().take(50).collect();
        assert_eq!(all[..50], write(&Draws::new(1), &few, &Shares::default().people)[..]);
        assert_ne!(all, town(400, 2));
    }

    #[test]
    fn kinds_floors_and_quirks_are_as_often_as_the_shares_say() {
        let (all, shares) = (town(6_000, 3), Shares::default().people);
        let share =
            |is: &dyn Fn(&Household) -> bool| all.iter().filter(|one| is(one)).count() as f64 / 6_000.0;
        let near =
            |found: f64, wanted: f64| assert!((found - wanted).abs() < 0.02, "{found} and not {wanted}");
        near(share(&|one| one.kind == Kind::Workers), shares.workers);
        near(share(&|one| one.kind == Kind::Business), shares.businesses);
        near(share(&|one| one.floor > 0), shares.flats * (1.0 - shares.businesses));
        near(share(&|one| one.quirk.is_some()), shares.quirks);
        near(share(&|one| one.answers), shares.answer);
        let mean = all.iter().map(|one| one.door_times).sum::<f64>() / 6_000.0;
        assert!((1.0..1.08).contains(&mean), "{mean}");
    }

    #[test]
    fn few_order_much_and_many_of_them_come_again_the_next_day() {
        let all = town(4_000, 1);
        let on = |seed| -> HashSet<usize> { who_orders(&Draws::new(seed), &all, 500).into_iter().collect() };
        let (one, next) = (on(1), on(2));
        assert_eq!(one.len(), 500);
        assert_eq!(one, on(1));
        let again = one.intersection(&next).count() as f64 / 500.0;
        assert!((0.22..0.5).contains(&again), "{again} come again; an eighth would by chance alone");
    }

    #[test]
    fn a_small_town_orders_more_than_once() {
        assert_eq!(who_orders(&Draws::new(1), &town(10, 1), 25).len(), 25);
        assert!(who_orders(&Draws::new(1), &[], 25).is_empty());
    }
}
