//! Looking addresses up, by text and by place, with how sure the answer is and what is doubtful about it.
//!
//! A number that the map does not have is never another one: the answer says so, and is a suggestion. Not here: how it
//! is found (`lookup`).

use super::{
    Address, AddressBook, Every,
    numbers::doors,
    reading::{Names, Reading},
    words::{likeness, words_of},
};
use crate::{LatLon, RoadsError};

/// Something that knows addresses.
pub trait Addresses: Send + Sync {
    /// Addresses that match a typed text, at most `limit`, the surest first. Accents, abbreviations, other names of streets
    /// and towns, postcodes, flats and the order of words are forgiven, unfinished words and slips make it less sure, and
    /// another house number is never taken.
    ///
    /// # Errors
    /// [`RoadsError::Provider`] when an outside service fails.
    fn search(&self, text: &str, limit: usize) -> Result<Vec<Found>, RoadsError>;

    /// The address nearest to a place; none when there is none within a kilometre.
    ///
    /// # Errors
    /// [`RoadsError::Provider`] when an outside service fails.
    fn reverse(&self, at: LatLon) -> Result<Option<Found>, RoadsError>;
}

/// An address that may be the one that was meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The address.
    pub address: Address,
    /// How sure it is, 0..=1. From about 0.8 on, with no doubts, it can be taken without asking.
    pub confidence: f32,
    /// What is doubtful about it.
    pub doubts: Vec<Doubt>,
}

/// Something doubtful about an address.
#[derive(Clone, Debug, PartialEq)]
pub enum Doubt {
    /// This house number was asked for, and the map does not know it: the place is somewhere in the street.
    NumberUnknown(String),
    /// These words of the question are not in the address.
    NotFound(Vec<String>),
    /// Other addresses are as likely: the next one's locality, or its line.
    Ambiguous(String),
    /// The address is this many metres from the place that was asked about.
    Far(u32),
}

/// No address is looked for farther than this from a place, in metres.
const REACH_M: f64 = 1_000.0;
/// From here on an address is not at the place that was asked about, in metres.
pub(super) const AT_HAND_M: f64 = 60.0;
/// What each doubt leaves of the confidence.
pub(super) const SHARE_NUMBER: f32 = 0.7;
pub(super) const SHARE_WORD: f32 = 0.75;

impl AddressBook {
    /// The address nearest to a place, if it is within a kilometre.
    pub(crate) fn found_near(&self, at: LatLon) -> Option<Found> {
        let (address, metres) = self.nearest(at).filter(|(_, metres)| *metres <= REACH_M)?;
        let far = metres > AT_HAND_M;
        Some(Found {
            address: address.clone(),
            confidence: if far { (AT_HAND_M / metres) as f32 } else { 1.0 },
            doubts: if far { vec![Doubt::Far(metres.round() as u32)] } else { Vec::new() },
        })
    }
}

/// How sure an answer of somebody else's is, and what of the question it leaves open.
pub(crate) fn judged(asked: &str, address: &Address, confidence: f32) -> (Vec<Doubt>, f32) {
    let words = words_of(asked);
    let own = words_of(&address.text);
    let street = vec![words_of(&address.street)];
    let town: Names = address.locality.iter().map(|town| words_of(town)).collect();
    let reading = Reading::of(&words, &street, &[&town], &[]);
    let (mut doubts, mut share) = (Vec::new(), 1.0);
    let mapped = doors(address.house_number.as_deref().unwrap_or_default(), Every::Unsaid);
    let mut missing = [reading.leading, reading.missing].concat();
    let known = |text: &String| {
        own.iter().any(|known| words_of(text).first().is_some_and(|word| likeness(word, known) > 0.5))
    };
    missing.retain(|word| !known(word));
    // A street, or a town, is no door.
    let digits = missing.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let unknown = match &reading.number {
        Some(written) => {
            let there = written.meanings().any(|meaning| written.is_among(&mapped, &meaning));
            (!there).then(|| reading.number_text.clone())
        }
        None => digits.map(|place| missing.remove(place)),
    };
    if let Some(number) = unknown {
        doubts.push(Doubt::NumberUnknown(number));
        share *= SHARE_NUMBER;
    }
    if !missing.is_empty() {
        share *= SHARE_WORD.powi(missing.len() as i32);
        doubts.push(Doubt::NotFound(missing));
    }
    (doubts, confidence * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::addresses::{AddressKind, Known};

    fn book() -> AddressBook {
        let address = |number: Option<&str>, street: &str, locality: &str, north: f64| Address {
            text: Address::line(None, number, street, Some(locality)),
            name: None,
            house_number: number.map(str::to_owned),
            street: street.to_owned(),
            locality: Some(locality.to_owned()),
            at: LatLon { lat: 35.9 + north, lon: 14.4 },
            kind: if number.is_some() { AddressKind::Numbered } else { AddressKind::Building },
        };
        let all = vec![
            address(Some("12"), "Triq il-Kbira", "Mosta", 0.0),
            address(None, "Triq il-Kbira", "Mosta", 0.001),
            address(None, "Triq il-Kbira", "Żebbuġ", 0.05),
            address(None, "Triq San Pawl", "Valletta", 0.07),
        ];
        let known = Known::plain(&all);
        AddressBook::new(all, known, LatLon { lat: 35.9, lon: 14.4 })
    }

    #[test]
    fn a_full_address_is_sure() {
        let found = book().search("12 triq il-kbira mosta", 3);
        assert_eq!(found[0].address.house_number.as_deref(), Some("12"));
        assert!(found[0].confidence > 0.95 && found[0].doubts.is_empty(), "{found:?}");
        for line in ["kbira 12 mosta", "12, kbira triq il, mosta", "Triq il-Kbira 12, Mosta"] {
            let found = book().search(line, 3);
            assert!(found[0].confidence > 0.8 && found[0].doubts.is_empty(), "{line}: {found:?}");
        }
    }

    #[test]
    fn a_number_that_is_not_mapped_is_said() {
        for number in ["99", "1", "2", "12a", "121"] {
            let found = book().search(&format!("{number} triq il-kbira mosta"), 3);
            assert!(found[0].doubts.contains(&Doubt::NumberUnknown(number.to_owned())), "{found:?}");
            assert!(found[0].confidence < 0.75);
        }
    }

    #[test]
    fn a_number_in_one_of_two_towns_is_not_taken_when_no_town_is_named() {
        let found = book().search("12 triq il kbira", 3);
        assert!(matches!(&found[0].doubts[..], [Doubt::Ambiguous(town)] if town == "Żebbuġ"), "{found:?}");
    }

    #[test]
    fn a_street_of_two_towns_is_ambiguous_and_another_word_is_not_found() {
        let found = book().search("triq il kbira", 3);
        assert!(matches!(&found[0].doubts[..], [Doubt::Ambiguous(_)]), "{found:?}");
        let found = book().search("triq san pawl xyzzy", 3);
        assert_eq!(found[0].doubts, [Doubt::NotFound(vec!["xyzzy".to_owned()])]);
        assert!(book().search("", 3).is_empty());
        assert!(book().search("xylophone", 3).is_empty());
        assert!(book().search("triq san pawl", 0).is_empty());
    }

    #[test]
    fn an_answer_of_somebody_else_is_held_to_the_same() {
        let theirs = |number: &str| Address {
            text: format!("{number}, High Street, Anytown"),
            name: None,
            house_number: Some(number.to_owned()),
            street: "High Street".to_owned(),
            locality: Some("Anytown".to_owned()),
            at: LatLon { lat: 0.0, lon: 0.0 },
            kind: AddressKind::Numbered,
        };
        let (doubts, _) = judged("12 High Street, Anytown", &theirs("125"), 1.0);
        assert_eq!(doubts, [Doubt::NumberUnknown("12".to_owned())]);
        assert_eq!(judged("Flat 2, 12 High St, Anytown AB1 2CD", &theirs("12"), 1.0), (Vec::new(), 1.0));
    }
}
