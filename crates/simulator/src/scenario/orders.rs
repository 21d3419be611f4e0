//! The shops and what they ask for: real addresses, people of the town, packages of each shop's trade.
//!
//! Not here: who the people are (`crate::town`), the windows (`super::windows`), and sending.

use super::workday::Workday;
use super::{Behind, ScenarioOrder, Size, acts, slips, windows, wishes};
use crate::calendar::Date;
use crate::draws::Draws;
use crate::shares::Shares;
use crate::town::Town;
use crate::town::households::{self, Household};
use chrono::Duration;
use rand::Rng;
use roads::Address;
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

/// What the orders of a day follow from.
pub struct Today<'a> {
    /// The day's chance.
    pub draws: &'a Draws,
    /// The day.
    pub day: &'a Workday,
    /// What its date does.
    pub date: &'a Date,
    /// Who orders.
    pub town: &'a Town,
    /// How much there is of everything.
    pub shares: &'a Shares,
}

/// A window as short as this is one for which people stay at home.
const SHORT_WINDOW: Duration = Duration::hours(4);
/// Who has something to hand over is there more often, by as much of what is missing. Assumed.
const EXPECTS_A_COLLECTION: f64 = 0.8;
/// How often somebody other than the one who orders most orders.
const OTHERS: f64 = 0.35;

/// The orders, times what the date makes of them. The later ones are placed during the day.
pub fn write(today: &Today, size: Size, addresses: &[Address]) -> Vec<ScenarioOrder> {
    let by_date = |ordinary: usize| (ordinary as f64 * today.date.demand).round() as usize;
    let (early, late) = (by_date(size.orders), by_date(size.late_orders));
    let (households, draws) = (&today.town.households, today.draws);
    let mut who = households::who_orders(draws, households, early + late);
    for index in 1..who.len() {
        let mut rng = draws.stream("shared door", &index.to_string());
        if rng.random_bool(today.shares.orders.shared_door) {
            who[index] = who[rng.random_range(0..index)];
        }
    }
    let of = |(index, number): (usize, &usize)| {
        let household = households.get(*number)?;
        let comes = (index >= early)
            .then(|| windows::comes_after(&mut draws.stream("comes", &index.to_string()), today.day));
        Some(write_one(today, index, size.first_order + index, household, comes, addresses))
    };
    who.iter().enumerate().filter_map(of).collect()
}

fn write_one(
    today: &Today,
    index: usize,
    number: usize,
    household: &Household,
    comes: Option<Duration>,
    addresses: &[Address],
) -> ScenarioOrder {
    let Today { draws, day, date, shares, .. } = *today;
    // Everything is drawn apart, so that one more draw shifts no other.
    let stream = |purpose: &str| draws.stream(purpose, &index.to_string());
    let mut rng = stream("window");
    let (window_from, window_until) = match comes {
        None => windows::in_the_morning(&mut rng, day, date, household, &shares.orders),
        Some(after) => windows::for_late(&mut rng, day, after),
    };
    let mut rng = stream("shop");
    let any = rng.random_range(0..SHOPS.len());
    let favourite = ((household.favourite * SHOPS.len() as f64) as usize).min(SHOPS.len() - 1);
    let shop = if rng.random_bool(shares.people.favourite) { favourite } else { any };
    let others = household.people.len() - 1;
    let person = if others > 0 && rng.random_bool(OTHERS) { rng.random_range(1..=others) } else { 0 };
    let mut says =
        order(&mut stream("order"), &SHOPS[shop], number, household, person, (window_from, window_until));
    wishes::add(&mut stream("wishes"), SHOPS[shop].name, number, &mut says);
    let slip = slips::spoil(&mut stream("slip"), &mut says, household, addresses, &shares.addresses);
    let placed_at = comes.map(|after| day.after(after));
    let stays = if window_until - window_from <= SHORT_WINDOW {
        shares.people.prepare
    } else {
        shares.people.prepare_all_day
    };
    let takes = says.service.is_some_and(|service| service != wire::Service::Deliver);
    let stays = if takes { stays + (1.0 - stays) * EXPECTS_A_COLLECTION } else { stays };
    let behind = Behind {
        household: household.number,
        person,
        door: household.at,
        slip,
        prepared: stream("prepared").random_bool(stays),
        act: acts::draw(&mut stream("act"), day, placed_at, window_until, &shares.acts),
    };
    ScenarioOrder { shop, placed_at, says, behind }
}

fn order(
    rng: &mut impl Rng,
    trade: &Trade,
    number: usize,
    household: &Household,
    person: usize,
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
    let who = &household.people[person];
    PlaceOrder {
        hub: None,
        reference,
        recipient: PlaceRecipient {
            name: who.name.clone(),
            phone: who.phone.clone(),
            email: who.email.clone(),
            language: who.language.map(str::to_owned),
        },
        address: household.address.clone(),
        at: Some(Point { lat: household.at.lat, lon: household.at.lon }),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{ordinary, workday};
    use std::collections::HashSet;

    fn day_of(count: usize) -> Vec<ScenarioOrder> {
        ordinary(3, Size { vans: 4, orders: count - 20, late_orders: 20, first_order: 1 }, 200).orders
    }

    #[test]
    fn references_are_unique_and_doors_come_again_when_the_map_is_small() {
        let orders = day_of(450);
        let references: HashSet<_> = orders.iter().map(|order| &order.says.reference).collect();
        assert_eq!((orders.len(), references.len()), (450, 450));
    }

    #[test]
    fn a_few_households_get_several_orders() {
        let size = Size { vans: 4, orders: 1_000, late_orders: 0, first_order: 1 };
        let orders = ordinary(3, size, 2_000).orders;
        let who: HashSet<_> = orders.iter().map(|order| order.behind.household).collect();
        assert!((920..980).contains(&who.len()), "{}", who.len());
    }

    #[test]
    fn who_orders_is_somebody_of_the_household() {
        let day = ordinary(3, Size { vans: 4, orders: 500, late_orders: 0, first_order: 1 }, 2_000);
        for order in &day.orders {
            let household = &day.town.households[order.behind.household];
            assert_eq!(order.says.recipient.name, household.people[order.behind.person].name);
            assert_eq!(order.behind.door, household.at);
        }
        let others = day.orders.iter().filter(|order| order.behind.person > 0).count();
        assert!((60..200).contains(&others), "{others}");
        let prepared = day.orders.iter().filter(|order| order.behind.prepared).count();
        assert!((200..300).contains(&prepared), "{prepared}");
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
