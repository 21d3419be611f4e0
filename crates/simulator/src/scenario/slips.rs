//! What shops get wrong about an address: a slip of the pen, a number left out, or another door of the street.
//!
//! The driver finds out at the door. Not here: what that costs (`crate::world::leg`).

use crate::shares::Addresses;
use crate::town::households::Household;
use rand::Rng;
use roads::{Address, LatLon};
use serde::Serialize;
use wire::Point;
use wire::machine::PlaceOrder;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Slip {
    /// A letter of the street is missing.
    Misspelt,
    /// The number is missing.
    Numberless,
    /// The coordinates are those of another door of the street.
    WrongDoor,
}

/// How far away another door is taken for the right one, in metres.
const ASTRAY_M: std::ops::Range<f64> = 25.0..500.0;

/// Gets an address wrong, or leaves the coordinates out, as often as the shares say. What cannot be wrong stays as it is.
pub fn spoil(
    rng: &mut impl Rng,
    order: &mut PlaceOrder,
    household: &Household,
    addresses: &[Address],
    shares: &Addresses,
) -> Option<Slip> {
    let (lot, place, silent) = (rng.random::<f64>(), rng.random::<f64>(), rng.random::<f64>());
    let slip = if lot < shares.misspelt {
        misspell(&order.address, &household.street, place).map(|text| (text, Slip::Misspelt))
    } else if lot < shares.misspelt + shares.numberless {
        without_number(&order.address, household).map(|text| (text, Slip::Numberless))
    } else if lot < shares.misspelt + shares.numberless + shares.wrong_door {
        let other = another_door(household, addresses, place)?;
        order.at = Some(Point { lat: other.lat, lon: other.lon });
        return Some(Slip::WrongDoor);
    } else {
        None
    };
    if silent < shares.no_coordinates {
        order.at = None;
    }
    let (text, slip) = slip?;
    order.address = text;
    Some(slip)
}

/// The line without one letter of the street, but not the first ones, which people get right.
fn misspell(line: &str, street: &str, place: f64) -> Option<String> {
    let begins = line.find(street)?;
    let letters: Vec<(usize, char)> =
        street.char_indices().skip(2).filter(|(_, letter)| letter.is_alphabetic()).collect();
    let (at, letter) = *letters.get((place * letters.len() as f64) as usize)?;
    let mut text = line.to_owned();
    text.replace_range(begins + at..begins + at + letter.len_utf8(), "");
    Some(text)
}

fn without_number(line: &str, household: &Household) -> Option<String> {
    let number = format!("{}, ", household.house_number.as_ref()?);
    line.contains(&number).then(|| line.replacen(&number, "", 1))
}

fn another_door(household: &Household, addresses: &[Address], place: f64) -> Option<LatLon> {
    let same =
        |address: &&Address| address.street == household.street && address.locality == household.locality;
    let near = |at: &LatLon| ASTRAY_M.contains(&at.metres_to(household.at));
    let doors: Vec<LatLon> = addresses.iter().filter(same).map(|address| address.at).filter(near).collect();
    doors.get((place * doors.len() as f64) as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::{addresses, ordinary};

    #[test]
    fn addresses_are_wrong_as_often_as_the_shares_say_and_wrong_doors_are_near() {
        let size = Size { vans: 4, orders: 6_000, late_orders: 0, first_order: 1 };
        let day = ordinary(1, size, 3_000);
        let count = |slip| day.orders.iter().filter(|order| order.behind.slip == Some(slip)).count();
        assert!((140..230).contains(&count(Slip::Misspelt)), "{}", count(Slip::Misspelt));
        assert!((80..165).contains(&count(Slip::WrongDoor)), "{}", count(Slip::WrongDoor));
        assert_eq!(count(Slip::Numberless), 0, "no address of the test's town has a number");
        let silent = day.orders.iter().filter(|order| order.says.at.is_none()).count();
        assert!((400..540).contains(&silent), "{silent}");
        for order in &day.orders {
            let Some(at) = order.says.at else { continue };
            let away = order.behind.door.metres_to(LatLon { lat: at.lat, lon: at.lon });
            let wrong = order.behind.slip == Some(Slip::WrongDoor);
            assert!(if wrong { ASTRAY_M.contains(&away) } else { away < 0.1 }, "{away}");
        }
        let known: Vec<_> = addresses(3_000).into_iter().map(|address| address.text).collect();
        let misspelt = day.orders.iter().find(|order| order.behind.slip == Some(Slip::Misspelt)).unwrap();
        assert!(!known.iter().any(|text| misspelt.says.address.ends_with(text)), "{}", misspelt.says.address);
    }

    #[test]
    fn a_letter_or_the_number_is_left_out() {
        assert_eq!(misspell("Flat 2, 3, Triq Ħal", "Triq Ħal", 0.0).unwrap(), "Flat 2, 3, Trq Ħal");
        assert_eq!(misspell("3, Triq Ħal", "Triq Ħal", 0.5).unwrap(), "3, Triq al");
        assert_eq!(misspell("3, Elsewhere", "Triq Ħal", 0.5), None);
    }
}
