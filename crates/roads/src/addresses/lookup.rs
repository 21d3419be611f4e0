//! Looks a line up in a book of addresses: the streets that it may mean, what is at its number there, and what is doubtful.
//!
//! Not here: the words of a line (`words`), and what they are read as (`reading`).

use super::{
    Address, AddressBook, AddressKind, Row,
    find::{Doubt, Found, SHARE_NUMBER, SHARE_WORD},
    numbers::{Number, Written, share_of_row},
    reading::{Names, Reading, without},
    words::{Word, words_of},
};
use crate::LatLon;

/// Streets of one name that are farther apart are two, unless a town says otherwise.
const ONE_STREET_M: f64 = 1_500.0;
/// What has one number and lies farther apart, in metres, is asked about: they are two doors.
const ONE_HOUSE_M: f64 = 30.0;
/// A postcode of the map fits what lies so near to where it is, in metres.
const POSTCODE_M: f64 = 3_000.0;
/// A score this close to the best one is as good.
const AS_GOOD: f32 = 0.03;
/// Nothing that scores less is shown.
const LEAST_SCORE: f32 = 0.3;
/// What some doubts leave of the confidence.
const SHARE_POSTCODE: f32 = 0.85;
const SHARE_AMBIGUOUS: f32 = 0.8;

/// A street that a line may mean, and what the line says then.
struct Meant {
    street: u32,
    reading: Reading,
    score: f32,
}

impl AddressBook {
    /// The best matches, each line once, the surest first.
    pub(crate) fn search(&self, text: &str, limit: usize) -> Vec<Found> {
        let words = words_of(text);
        if words.is_empty() || limit == 0 {
            return Vec::new();
        }
        let candidates = self.index.candidates(&self.known, &words);
        let mut meant: Vec<Meant> =
            candidates.streets.iter().map(|&street| self.meant(&words, street, &candidates.towns)).collect();
        meant.retain(|meant| meant.score >= LEAST_SCORE);
        meant.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.street.cmp(&b.street)));
        let best = meant.first().map_or(0.0, |best| best.score);
        let others = meant.split_off(meant.iter().take_while(|m| m.score >= best - AS_GOOD).count());
        let mut found = self.answers(&words, &meant);
        found.extend(
            candidates.places.iter().filter_map(|&place| self.called(&words, place, &candidates.towns)),
        );
        found.retain(|found| found.confidence >= LEAST_SCORE);
        found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        // What is meant less likely comes behind it, whatever number it has.
        for other in others.iter().take(limit) {
            for mut next in self.answers(&words, std::slice::from_ref(other)).into_iter().take(1) {
                let first = found.first().filter(|_| next.doubts.is_empty());
                next.doubts.extend(first.map(|f| Doubt::Ambiguous(other_name(&next.address, &f.address))));
                found.push(next);
            }
        }
        let mut seen = Vec::new();
        found.retain(|found| {
            let new = !seen.contains(&found.address.text);
            seen.push(found.address.text.clone());
            new
        });
        found.truncate(limit);
        found
    }

    fn meant(&self, words: &[Word], street: u32, towns: &[bool]) -> Meant {
        let (own, known) = (&self.index.streets[street as usize], &self.known.streets[street as usize]);
        let areas = |all: &[u32]| self.areas(all, towns);
        let mut near = areas(&known.near);
        near.push(&own.towns);
        let reading = Reading::of(words, &own.names, &near, &areas(&known.around));
        let fits = reading.postcode.as_ref().is_none_or(|asked| {
            let mut codes = own.addresses.iter().filter_map(|&a| self.postcode(a)).peekable();
            codes.peek().is_none() || codes.any(|code| code == asked)
        });
        let share = SHARE_WORD.powi(reading.missing.len() as i32) * if fits { 1.0 } else { SHARE_POSTCODE };
        let score = reading.street * reading.town * share;
        Meant { street, reading, score }
    }

    /// The names of those of some areas that a line may name.
    fn areas(&self, all: &[u32], named: &[bool]) -> Vec<&Names> {
        let named = all.iter().filter(|&&area| named.get(area as usize) == Some(&true));
        named.filter_map(|&area| self.index.areas.get(area as usize)).collect()
    }

    fn postcode(&self, address: u32) -> Option<&str> {
        self.known.details.get(address as usize)?.postcode.as_deref()
    }

    /// The addresses in streets that are as likely.
    fn answers(&self, words: &[Word], meant: &[Meant]) -> Vec<Found> {
        let mut hits: Vec<(Found, u32)> = Vec::new();
        for meant in meant {
            let found = self.at_number(words, meant).into_iter();
            hits.extend(found.map(|found| (found, meant.street)));
        }
        if hits.is_empty() {
            for meant in meant {
                let found = self.without_number(meant).into_iter();
                hits.extend(found.map(|found| (found, meant.street)));
            }
        }
        let rivals: Vec<Option<String>> =
            hits.iter().map(|(found, street)| self.rival(found, *street, &hits, meant)).collect();
        let judged = hits.into_iter().zip(rivals).map(|((mut found, _), rival)| {
            if let Some(rival) = rival {
                found.confidence *= SHARE_AMBIGUOUS;
                found.doubts.push(Doubt::Ambiguous(rival));
            }
            found
        });
        judged.collect()
    }

    /// What else a line may mean as well as an address that it names without a doubt.
    fn rival(&self, found: &Found, street: u32, hits: &[(Found, u32)], meant: &[Meant]) -> Option<String> {
        if !found.doubts.is_empty() {
            return None;
        }
        let numbered = found.address.kind == AddressKind::Numbered;
        let apart = |other: &Found| other.address.at.metres_to(found.address.at) > ONE_HOUSE_M;
        let twice = hits.iter().find(|(other, _)| numbered && other.doubts.is_empty() && apart(other));
        if let (Some((other, _)), true) = (twice, meant.iter().any(|meant| meant.reading.number.is_some())) {
            return Some(other_name(&found.address, &other.address));
        }
        let elsewhere = meant.iter().find(|other| !self.one_place(other.street, street));
        elsewhere.map(|other| other_name(&found.address, &self.street_itself(other.street)))
    }

    /// What is at the number that a line asks for in a street, the best first.
    fn at_number(&self, words: &[Word], meant: &Meant) -> Vec<Found> {
        let (Some(written), own) = (&meant.reading.number, &self.index.streets[meant.street as usize]) else {
            return Vec::new();
        };
        for number in written.meanings() {
            let has = |&&address: &&u32| written.is_among(&self.index.doors[address as usize], &number);
            let mut hits: Vec<(bool, bool, usize, Found)> = own
                .addresses
                .iter()
                .filter(has)
                .map(|&index| {
                    let address = &self.addresses[index as usize];
                    let alone = self.index.doors[index as usize].len() == 1;
                    let (town, names) = self.own_town(words, index, meant);
                    (!town, !alone, names, self.found(meant, address, self.postcode(index)))
                })
                .collect();
            if hits.is_empty() {
                let rows = own.rows.iter().filter_map(|&row| self.known.rows.get(row as usize));
                let found = rows.filter_map(|row| self.in_row(row, written, &number, meant));
                hits.extend(found.map(|found| (false, false, 0, found)));
            }
            hits.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(b.2.cmp(&a.2)));
            // Of those in the town that was named, and those elsewhere along the street, the former are meant.
            let elsewhere = hits.first().map(|first| first.0);
            hits.retain(|hit| Some(hit.0) == elsewhere);
            if !hits.is_empty() {
                let mut found: Vec<Found> = hits.into_iter().map(|(.., found)| found).collect();
                found.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
                return found;
            }
        }
        Vec::new()
    }

    /// Whether an address itself is in the town that was named, if one was, and how many words of its name stand in the line.
    fn own_town(&self, words: &[Word], index: u32, meant: &Meant) -> (bool, usize) {
        let called = &self.index.called[index as usize];
        let named = called.iter().filter(|word| meant.reading.leading.contains(&word.plain)).count();
        if !meant.reading.names_town {
            return (true, named);
        }
        let towns = self.known.details[index as usize].towns.iter();
        let own: Names =
            towns.chain(&self.addresses[index as usize].locality).map(|town| words_of(town)).collect();
        let street = &self.index.streets[meant.street as usize].names;
        (Reading::of(words, street, &[&own], &[]).names_town, named)
    }

    /// The place of a number in a row of houses of which only the ends are mapped.
    fn in_row(&self, row: &Row, written: &Written, number: &Number, meant: &Meant) -> Option<Found> {
        let share =
            share_of_row(&row.from, &row.to, row.every, number).filter(|_| written.until.is_none())?;
        let line: Vec<LatLon> = row.line.iter().map(|&spot| spot.into()).collect();
        let whole: f64 = line.windows(2).map(|ends| ends[0].metres_to(ends[1])).sum();
        let (mut left, mut at) = (whole * share, *line.first()?);
        for ends in line.windows(2) {
            let metres = ends[0].metres_to(ends[1]);
            at = ends[0].toward(ends[1], if metres > 0.0 { (left / metres).clamp(0.0, 1.0) } else { 0.0 });
            left -= metres;
            if left <= 0.0 {
                break;
            }
        }
        let text = format!("{}{}", number.base, number.letters);
        let address = Address {
            text: Address::line(None, Some(&text), &row.name, row.locality.as_deref()),
            name: None,
            house_number: Some(text),
            street: row.name.clone(),
            locality: row.locality.clone(),
            at,
            kind: AddressKind::Numbered,
        };
        Some(self.found(meant, &address, row.postcode.as_deref()))
    }

    /// An address at the number that was asked for, with what else is doubtful.
    fn found(&self, meant: &Meant, address: &Address, postcode: Option<&str>) -> Found {
        let reading = &meant.reading;
        let mut missing = reading.missing.clone();
        let mut confidence = meant.score;
        // Somebody's name before the street is no doubt where everything else is right.
        let called = address.name.as_deref().map(words_of).unwrap_or_default();
        let strange = reading.leading.iter().filter(|word| !called.iter().any(|known| known.plain == **word));
        if !reading.names_town {
            let strange: Vec<String> = strange.cloned().collect();
            confidence *= SHARE_WORD.powi(strange.len() as i32);
            missing.extend(strange);
        }
        if let Some(asked) = &reading.postcode {
            let fits = match postcode {
                Some(own) => own == asked,
                None => self.is_about(asked, address.at),
            };
            if !fits {
                confidence *= SHARE_POSTCODE;
                missing.push(asked.clone());
            }
        }
        let doubts = if missing.is_empty() { Vec::new() } else { vec![Doubt::NotFound(missing)] };
        Found { address: address.clone(), confidence, doubts }
    }

    /// Whether a postcode is that of the surroundings of a place, as far as the map knows.
    fn is_about(&self, postcode: &str, at: LatLon) -> bool {
        let mut known = (0..)
            .zip(&self.known.details)
            .filter(|(_, detail)| detail.postcode.as_deref() == Some(postcode))
            .filter_map(|(index, _): (usize, _)| Some(self.addresses.get(index)?.at))
            .peekable();
        known.peek().is_none() || known.any(|other| other.metres_to(at) <= POSTCODE_M)
    }

    /// What can be said of a street in which there is no such number, or none was asked for.
    fn without_number(&self, meant: &Meant) -> Vec<Found> {
        let reading = &meant.reading;
        let own = &self.index.streets[meant.street as usize];
        let mut missing = reading.missing.clone();
        missing.extend(reading.leading.iter().cloned());
        let mut confidence = meant.score * SHARE_WORD.powi(reading.leading.len() as i32);
        let mut doubts = Vec::new();
        let asked = reading.number.as_ref().map(|written| written.number.base);
        let unknown = reading.number.as_ref().map(|_| &reading.number_text).or(reading.flat.as_ref());
        if let Some(number) = unknown {
            confidence *= SHARE_NUMBER;
            doubts.push(Doubt::NumberUnknown(number.clone()));
        }
        if !missing.is_empty() {
            doubts.push(Doubt::NotFound(missing));
        }
        let address = match asked {
            Some(base) => self.next_number(&own.addresses, base),
            None => {
                let all = || own.addresses.iter().map(|&index| &self.addresses[index as usize]);
                all().find(|address| address.kind == AddressKind::Building)
            }
        };
        let address = address.cloned().unwrap_or_else(|| self.street_itself(meant.street));
        let mut found = vec![Found { address, confidence, doubts: doubts.clone() }];
        if asked.is_none() {
            found.extend(own.addresses.iter().take(3).map(|&index| {
                let address = self.addresses[index as usize].clone();
                Found { address, confidence: confidence * 0.9, doubts: doubts.clone() }
            }));
        }
        found
    }

    /// The address with the nearest number, on the same side of the street if there is one.
    fn next_number(&self, addresses: &[u32], asked: u32) -> Option<&Address> {
        let base = |index: u32| {
            Number::read(self.addresses[index as usize].house_number.as_deref()?).map(|n| n.base)
        };
        let numbered = addresses.iter().filter_map(|&index| Some((index, base(index)?)));
        let nearest =
            numbered.min_by_key(|&(index, base)| (base % 2 != asked % 2, base.abs_diff(asked), index));
        nearest.map(|(index, _)| &self.addresses[index as usize])
    }

    /// A street as an address of its own.
    fn street_itself(&self, street: u32) -> Address {
        let known = &self.known.streets[street as usize];
        let name = known.names.first().cloned().unwrap_or_default();
        let town = known.near.first().and_then(|&area| self.known.areas.get(area as usize)?.first());
        let own = self.index.streets[street as usize].addresses.first();
        let locality =
            own.and_then(|&a| self.addresses[a as usize].locality.clone()).or_else(|| town.cloned());
        Address {
            text: Address::line(None, None, &name, locality.as_deref()),
            name: None,
            house_number: None,
            street: name,
            locality,
            at: known.at.into(),
            kind: AddressKind::Building,
        }
    }

    /// Whether two streets of one name are in the same town, or parts of one.
    fn one_place(&self, a: u32, b: u32) -> bool {
        if a == b {
            return true;
        }
        let (known, words) = (&self.known.streets, &self.index.streets);
        let (one, other) = (&known[a as usize], &known[b as usize]);
        let has_town =
            |index: u32| !known[index as usize].near.is_empty() || !words[index as usize].towns.is_empty();
        if has_town(a) && has_town(b) {
            let plain = |names: &Names| -> Vec<Vec<String>> {
                names.iter().map(|name| name.iter().map(|word| word.plain.clone()).collect()).collect()
            };
            let (mine, theirs) = (plain(&words[a as usize].towns), plain(&words[b as usize].towns));
            return one.near.iter().any(|area| other.near.contains(area))
                || mine.iter().any(|town| theirs.contains(town));
        }
        LatLon::from(one.at).metres_to(other.at.into()) <= ONE_STREET_M
    }

    /// A place by what it is called.
    fn called(&self, words: &[Word], index: u32, towns: &[bool]) -> Option<Found> {
        let (address, name) = (&self.addresses[index as usize], &self.index.called[index as usize]);
        let detail = self.known.details.get(index as usize)?;
        let (own, known) = (
            self.index.streets.get(detail.street as usize)?,
            self.known.streets.get(detail.street as usize)?,
        );
        let (likeness, rest) = without(words, name)?;
        let areas = |all: &[u32]| self.areas(all, towns);
        let mut near = areas(&known.near);
        near.push(&own.towns);
        let mut reading = Reading::of(&rest, &own.names, &near, &areas(&known.around));
        let street = if reading.street > 0.0 { reading.street } else { 0.95 };
        reading.missing.append(&mut reading.leading);
        let score = likeness * street * reading.town * SHARE_WORD.powi(reading.missing.len() as i32);
        let meant = Meant { street: detail.street, reading, score };
        let mut found = self.found(&meant, address, self.postcode(index));
        if let Some(written) = &meant.reading.number {
            let doors = &self.index.doors[index as usize];
            if !written.meanings().any(|meaning| written.is_among(doors, &meaning)) {
                found.confidence *= SHARE_NUMBER;
                found.doubts.insert(0, Doubt::NumberUnknown(meant.reading.number_text.clone()));
            }
        }
        Some(found)
    }
}

/// What tells another address from one: its locality if that is another one, or its whole line.
fn other_name(one: &Address, other: &Address) -> String {
    match &other.locality {
        Some(locality) if one.locality.as_ref() != Some(locality) => locality.clone(),
        _ => other.text.clone(),
    }
}
