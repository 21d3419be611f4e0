//! What few orders have beyond a door, a window and packages: a priority, a skill, a word for the driver, contents,
//! or goods to be taken along. Not here: which vehicles have the skills (`fleet`).

use super::fleet::{COLD, LIFT};
use rand::{Rng, seq::IndexedRandom};
use wire::{
    Service,
    machine::{PlaceItem, PlaceOrder},
};

/// Words for the driver.
const NOTES: [&str; 6] = [
    "The bell does not work: please call",
    "Third floor, no lift",
    "The gate is on the side street",
    "Beware of the dog",
    "Leave it with the neighbour on the left if nobody is in",
    "Ring twice",
];

/// How often an order has something, of 1.
const URGENT: f64 = 0.02;
const SKILLED: f64 = 0.15;
const NOTED: f64 = 0.06;
const LISTED: f64 = 0.1;
const COLLECTED: f64 = 0.05;
const EXCHANGED: f64 = 0.01;

/// Draws what an order of a shop has beside the rest.
pub fn add(rng: &mut impl Rng, shop: &str, number: usize, order: &mut PlaceOrder) {
    if rng.random_bool(URGENT) {
        order.priority = Some(rng.random_range(1..=5));
    }
    // Some of what pharmacies send has to stay cold, and some of what gardens need is too heavy to carry down.
    let skill = match shop {
        "Pharmacy" => Some(COLD),
        "Garden" => Some(LIFT),
        _ => None,
    };
    if let Some(skill) = skill.filter(|_| rng.random_bool(SKILLED)) {
        order.skills = vec![skill.to_owned()];
    }
    if rng.random_bool(NOTED) {
        order.notes = NOTES.choose(rng).map(|note| (*note).to_owned());
    }
    if rng.random_bool(LISTED) {
        order.items =
            vec![PlaceItem { name: format!("{shop} no. {number}"), quantity: rng.random_range(1..=4) }];
    }
    order.service = match rng.random::<f64>() {
        lot if lot < COLLECTED => Some(Service::Collect),
        lot if lot < COLLECTED + EXCHANGED => Some(Service::Both),
        _ => None,
    };
    if order.service == Some(Service::Collect) {
        // There is nothing to leave.
        order.notes.take_if(|note| note.starts_with("Leave"));
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::Size;
    use crate::testing::ordinary;
    use wire::Service;

    #[test]
    fn a_few_orders_in_a_hundred_have_something_and_most_have_nothing_to_plan() {
        let size = Size { vans: 4, orders: 1_500, late_orders: 0, first_order: 1 };
        let day = ordinary(3, size, 200).orders;
        let count = |has: &dyn Fn(&wire::machine::PlaceOrder) -> bool| {
            day.iter().filter(|order| has(&order.says)).count()
        };
        assert!((15..60).contains(&count(&|order| order.priority.is_some())));
        assert!((40..120).contains(&count(&|order| !order.skills.is_empty())));
        assert!((50..150).contains(&count(&|order| order.notes.is_some())));
        assert!((50..105).contains(&count(&|order| order.service == Some(Service::Collect))));
        assert!((5..30).contains(&count(&|order| order.service == Some(Service::Both))));
        assert!((450..750).contains(&count(&|order| order.recipient.email.is_some())));
    }
}
