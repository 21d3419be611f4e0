//! Finds the streets and the named places that a line may mean, by its words.
//!
//! Not here: what the line says if it means one of them (`reading`).

use std::collections::HashMap;

use super::{
    Address, Known,
    numbers::{Doors, doors},
    reading::Names,
    words::{SLIP, Word, is_article, is_kind, likeness, words_of},
};

/// No more streets are looked at closely, and no more names of places.
const STREETS: usize = 120;
const PLACES: usize = 30;
/// What a named town adds to a street in it.
const IN_TOWN: f32 = 0.5;

/// Everything by its words.
pub(super) struct Index {
    /// By street.
    pub(super) streets: Vec<StreetWords>,
    /// By town.
    pub(super) areas: Vec<Names>,
    /// By address: what it is called, if it is called something.
    pub(super) called: Vec<Vec<Word>>,
    /// By address: the doors that its number stands for.
    pub(super) doors: Vec<Vec<Doors>>,
    words: Vec<Entry>,
}

#[derive(Default)]
pub(super) struct StreetWords {
    pub(super) names: Names,
    /// Towns that its addresses themselves are said to be in.
    pub(super) towns: Names,
    pub(super) addresses: Vec<u32>,
    pub(super) rows: Vec<u32>,
}

struct Entry {
    word: Word,
    streets: Vec<u32>,
    places: Vec<u32>,
    areas: Vec<u32>,
}

/// What a line may mean.
#[derive(Default)]
pub(super) struct Candidates {
    pub(super) streets: Vec<u32>,
    /// Addresses by what they are called.
    pub(super) places: Vec<u32>,
    /// By area: whether a word of its names is in the line.
    pub(super) towns: Vec<bool>,
}

impl Index {
    pub(super) fn new(addresses: &[Address], known: &Known) -> Index {
        let names = |all: &[String]| all.iter().map(|name| words_of(name)).collect::<Names>();
        let mut streets: Vec<StreetWords> = known
            .streets
            .iter()
            .map(|street| StreetWords { names: names(&street.names), ..StreetWords::default() })
            .collect();
        let mut towns: Vec<Vec<String>> = vec![Vec::new(); streets.len()];
        let (mut called, mut all_doors) = (Vec::new(), Vec::new());
        for (index, (address, detail)) in (0_u32..).zip(addresses.iter().zip(&known.details)) {
            let number = address.house_number.as_deref().unwrap_or_default();
            let doors = doors(number, detail.every);
            // What is no number is a name: `Lia Buildings`.
            let name = address.name.as_deref().unwrap_or(if doors.is_empty() { number } else { "" });
            called.push(words_of(name));
            all_doors.push(doors);
            let Some(street) = streets.get_mut(detail.street as usize) else { continue };
            street.addresses.push(index);
            for town in detail.towns.iter().chain(&address.locality) {
                if !towns[detail.street as usize].contains(town) {
                    towns[detail.street as usize].push(town.clone());
                }
            }
        }
        for (street, towns) in streets.iter_mut().zip(&towns) {
            street.towns = names(towns);
        }
        for (index, row) in (0_u32..).zip(&known.rows) {
            if let Some(street) = streets.get_mut(row.street as usize) {
                street.rows.push(index);
            }
        }
        let areas: Vec<Names> = known.areas.iter().map(|area| names(area)).collect();
        let words = entries(&streets, &areas, &called);
        Index { streets, areas, called, doors: all_doors, words }
    }

    /// The streets and places that share words with a line, the likeliest first.
    pub(super) fn candidates(&self, known: &Known, line: &[Word]) -> Candidates {
        let (mut streets, mut places) = (HashMap::new(), HashMap::new());
        let mut towns = vec![false; self.areas.len()];
        for typed in line {
            let (mut to_streets, mut to_places) = (HashMap::new(), HashMap::new());
            for entry in &self.words {
                let likeness = likeness(typed, &entry.word);
                if likeness < 0.4 {
                    continue;
                }
                let rare = |count: usize| likeness / (1.0 + (count as f32).ln_1p());
                more(&mut to_streets, &entry.streets, rare(entry.streets.len()));
                more(&mut to_places, &entry.places, rare(entry.places.len()));
                if likeness >= SLIP {
                    entry.areas.iter().for_each(|&area| towns[area as usize] = true);
                }
            }
            for (sum, part) in [(&mut streets, to_streets), (&mut places, to_places)] {
                part.into_iter()
                    .for_each(|(index, score): (u32, f32)| *sum.entry(index).or_default() += score);
            }
        }
        let in_town = |street: u32| {
            let street = &known.streets[street as usize];
            street.near.iter().chain(&street.around).any(|&area| towns.get(area as usize) == Some(&true))
        };
        for (&street, score) in &mut streets {
            *score += if in_town(street) { IN_TOWN } else { 0.0 };
        }
        Candidates { streets: best(streets, STREETS), places: best(places, PLACES), towns }
    }
}

fn more(scores: &mut HashMap<u32, f32>, indices: &[u32], score: f32) {
    for &index in indices {
        let entry = scores.entry(index).or_insert(score);
        *entry = score.max(*entry);
    }
}

fn best(scores: HashMap<u32, f32>, most: usize) -> Vec<u32> {
    let mut ranked: Vec<(u32, f32)> = scores.into_iter().collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    ranked.into_iter().take(most).map(|(index, _)| index).collect()
}

fn entries(streets: &[StreetWords], areas: &[Names], called: &[Vec<Word>]) -> Vec<Entry> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut entries: Vec<Entry> = Vec::new();
    let mut add = |word: &Word, list: fn(&mut Entry) -> &mut Vec<u32>, index: u32| {
        let place = *known.entry(word.plain.clone()).or_insert_with(|| {
            let word = word.clone();
            entries.push(Entry { word, streets: Vec::new(), places: Vec::new(), areas: Vec::new() });
            entries.len() - 1
        });
        let list = list(&mut entries[place]);
        if list.last() != Some(&index) {
            list.push(index);
        }
    };
    for (index, street) in (0..).zip(streets) {
        let tells = |word: &&Word| !is_kind(&word.plain) && !is_article(&word.plain);
        for name in &street.names {
            // A street of which nothing else is known is found by its kind.
            let all = !name.iter().any(|word| tells(&word));
            name.iter()
                .filter(|word| all || tells(word))
                .for_each(|word| add(word, |e| &mut e.streets, index));
        }
    }
    for (index, area) in (0..).zip(areas) {
        let words = area.iter().flatten().filter(|word| !is_article(&word.plain));
        words.for_each(|word| add(word, |e| &mut e.areas, index));
    }
    for (index, name) in (0..).zip(called) {
        name.iter().for_each(|word| add(word, |e| &mut e.places, index));
    }
    entries
}
