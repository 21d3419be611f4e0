//! Looking addresses up, by text and by place, with how sure the answer is and what is doubtful about it.
//!
//! Not here: the words of an address and their likeness (`search`).

use super::{
    Address, AddressBook, AddressKind,
    search::{likeness, words_of},
};
use crate::{City, LatLon, RoadsError};

/// Something that knows addresses.
pub trait Addresses: Send + Sync {
    /// Addresses that match a typed text, at most `limit`, the surest first. Accents, the order of words, unfinished words
    /// and a slip or two in a longer word are forgiven.
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
const AT_HAND_M: f64 = 60.0;
/// A score this close to the best one is as good.
const AS_GOOD: f32 = 0.03;
/// What each doubt leaves of the confidence.
const SHARE_NUMBER: f32 = 0.7;
const SHARE_WORD: f32 = 0.75;
const SHARE_AMBIGUOUS: f32 = 0.8;

impl Addresses for City {
    fn search(&self, text: &str, limit: usize) -> Result<Vec<Found>, RoadsError> {
        Ok(self.address_book().search(text, limit))
    }

    fn reverse(&self, at: LatLon) -> Result<Option<Found>, RoadsError> {
        let nearest = self.address_book().nearest(at).filter(|(_, metres)| *metres <= REACH_M);
        Ok(nearest.map(|(address, metres)| {
            let far = metres > AT_HAND_M;
            Found {
                address: address.clone(),
                confidence: if far { (AT_HAND_M / metres) as f32 } else { 1.0 },
                doubts: if far { vec![Doubt::Far(metres.round() as u32)] } else { Vec::new() },
            }
        }))
    }
}

impl AddressBook {
    /// The best matches, each line once, the surest first.
    pub(crate) fn search(&self, text: &str, limit: usize) -> Vec<Found> {
        let asked: Vec<Vec<char>> = words_of(text).map(|word| word.chars().collect()).collect();
        // One more than is asked for, to see whether the last one is ambiguous.
        let mut ranked: Vec<(&Address, f32)> = Vec::new();
        for (index, score) in self.index.ranked(text) {
            if ranked.len() > limit.max(1) {
                break;
            }
            let address = &self.addresses[index as usize];
            if !ranked.iter().any(|(other, _)| other.text == address.text) {
                ranked.push((address, score));
            }
        }
        let mut found: Vec<Found> = ranked
            .iter()
            .map(|&(address, score)| {
                let (doubts, share) = doubts(&asked, address);
                Found { address: address.clone(), confidence: score * share, doubts }
            })
            .collect();
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let rival = match &found[..] {
            [first, second, ..] if first.confidence - second.confidence <= AS_GOOD => {
                let near = first.address.at.metres_to(second.address.at) < 2.0 * AT_HAND_M;
                (!near).then(|| other_name(&first.address, &second.address))
            }
            _ => None,
        };
        if let (Some(first), Some(rival)) = (found.first_mut(), rival) {
            first.confidence *= SHARE_AMBIGUOUS;
            first.doubts.push(Doubt::Ambiguous(rival));
        }
        found.truncate(limit);
        found
    }
}

/// What tells another address from one: its locality if that is another one, or its whole line.
fn other_name(one: &Address, other: &Address) -> String {
    match &other.locality {
        Some(locality) if one.locality.as_ref() != Some(locality) => locality.clone(),
        _ => other.text.clone(),
    }
}

/// How sure an answer of somebody else's is, and what of the question it leaves open.
pub(crate) fn judged(asked: &str, address: &Address, confidence: f32) -> (Vec<Doubt>, f32) {
    let asked: Vec<Vec<char>> = words_of(asked).map(|word| word.chars().collect()).collect();
    let (mut doubts, share) = doubts(&asked, address);
    // A street, or a town, is no door.
    if address.kind != AddressKind::Numbered && !doubts.iter().any(|d| matches!(d, Doubt::NumberUnknown(_))) {
        let number = asked.iter().find(|word| word.first().is_some_and(char::is_ascii_digit));
        doubts.extend(number.map(|number| Doubt::NumberUnknown(number.iter().collect())));
    }
    (doubts, confidence * share)
}

/// What of a question an address leaves open, and the share of the confidence that is left.
fn doubts(asked: &[Vec<char>], address: &Address) -> (Vec<Doubt>, f32) {
    let known: Vec<Vec<char>> = words_of(&address.text).map(|word| word.chars().collect()).collect();
    let missing = |word: &&Vec<char>| known.iter().all(|known| likeness(word, known) == 0.0);
    let (numbers, words): (Vec<&Vec<char>>, Vec<&Vec<char>>) =
        asked.iter().filter(missing).partition(|word| word.first().is_some_and(char::is_ascii_digit));
    let text = |word: &Vec<char>| word.iter().collect::<String>();
    let mut doubts = Vec::new();
    let mut share = 1.0;
    if let (Some(number), true) = (numbers.first(), address.kind != AddressKind::Place) {
        doubts.push(Doubt::NumberUnknown(text(number)));
        share *= SHARE_NUMBER;
    }
    if !words.is_empty() {
        share *= SHARE_WORD.powi(words.len() as i32);
        doubts.push(Doubt::NotFound(words.into_iter().map(text).collect()));
    }
    (doubts, share)
}

#[cfg(test)]
mod tests {
    use super::*;

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
        AddressBook::new(all, LatLon { lat: 35.9, lon: 14.4 })
    }

    #[test]
    fn a_full_address_is_sure() {
        let found = book().search("12 triq il-kbira mosta", 3);
        assert_eq!(found[0].address.house_number.as_deref(), Some("12"));
        assert!(found[0].confidence > 0.95 && found[0].doubts.is_empty(), "{found:?}");
    }

    #[test]
    fn a_number_that_is_not_mapped_is_said() {
        let found = book().search("99 triq il-kbira mosta", 3);
        assert!(found[0].doubts.contains(&Doubt::NumberUnknown("99".to_owned())), "{found:?}");
        assert!(found[0].confidence < 0.75);
    }

    #[test]
    fn a_street_of_two_towns_is_ambiguous_and_another_word_is_not_found() {
        let found = book().search("triq il kbira", 3);
        assert!(matches!(&found[0].doubts[..], [Doubt::Ambiguous(_)]), "{found:?}");
        let found = book().search("triq san pawl xyzzy", 3);
        assert_eq!(found[0].doubts, [Doubt::NotFound(vec!["xyzzy".to_owned()])]);
        assert!(book().search("", 3).is_empty());
        assert!(book().search("triq san pawl", 0).is_empty());
    }
}
