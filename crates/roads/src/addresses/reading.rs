//! Reads a line against one street: which of its words are the street's, which the town's, which the postcode, the flat, the
//! number, and which are none of these.
//!
//! Not here: which streets there are (`search`), and what is at a number (`find`).

use super::{
    marks::{BEFORE_POSTCODES, COUNTED, COUNTRIES, NUMBER_MARKS, STOREYS, UNITS, UNITS_ALONE},
    numbers::{Number, Written, is_suffix},
    words::{Before, SLIP, Word, is_article, is_kind, likeness},
};

/// Names of a street or a town, each in words.
pub(super) type Names = Vec<Vec<Word>>;

/// What a line says if it means this street.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// How well the street's name is named, 0..=1.
    pub(super) street: f32,
    /// How well the town is named, 1 if none is.
    pub(super) town: f32,
    pub(super) names_town: bool,
    /// In capitals without spaces.
    pub(super) postcode: Option<String>,
    pub(super) number: Option<Written>,
    /// The number as it was typed.
    pub(super) number_text: String,
    /// The number of the flat or the storey.
    pub(super) flat: Option<String>,
    /// Numbers and words that are no part of such an address.
    pub(super) missing: Vec<String>,
    /// What stands before the street between commas: the recipient, or the name of a house.
    pub(super) leading: Vec<String>,
}

/// What is left of the likeness when a word of a street's name is not in the line.
const WORD_LEFT_OUT: f32 = 0.5;
const KIND_LEFT_OUT: f32 = 0.88;
const ARTICLE_LEFT_OUT: f32 = 0.99;
/// What a slip leaves of the likeness of a town.
const MISSPELT: f32 = 0.9;
/// A town that is near, but not the nearest.
const NEXT_TOWN: f32 = 0.95;
/// Numbers of a range are not farther apart.
const WIDEST_RANGE: u32 = 40;

/// The words of a line and what each is for.
struct Line<'a> {
    words: &'a [Word],
    used: Vec<bool>,
}

impl Reading {
    /// Reads a line as an address in a street with these names, in a town with these, or in one of those around it.
    pub(super) fn of(words: &[Word], street: &Names, towns: &[&Names], around: &[&Names]) -> Reading {
        let mut line = Line { words, used: vec![false; words.len()] };
        let (factor, places) = line.best(street);
        line.use_all(&places);
        let mut reading = Reading { street: factor, town: 1.0, ..Reading::default() };
        let (mut last_of_town, mut of_town) = (None, Vec::new());
        for (names, factor) in
            towns.iter().map(|names| (names, 1.0)).chain(around.iter().map(|names| (names, NEXT_TOWN)))
        {
            let (likeness, found) = line.best(names);
            // The town of a street may be misspelt: the street and its number say the rest.
            if likeness >= SLIP - 0.01 && !found.is_empty() {
                line.use_all(&found);
                reading.town =
                    if reading.names_town { reading.town } else { factor * likeness.max(MISSPELT) };
                reading.names_town = true;
                last_of_town = found.iter().max().copied().or(last_of_town);
                of_town.extend(found);
            }
        }
        reading.flat = line.units();
        let (first, last) = (places.iter().min().copied(), places.iter().max().copied());
        reading.postcode = line.postcode(first.zip(last), &of_town);
        if let (Some(first), Some(last)) = (first, last)
            && let Some((written, text, found)) = line.number(first, last)
        {
            line.use_all(&found);
            (reading.number, reading.number_text) = (Some(written), text);
        }
        line.rest(&mut reading, first, last_of_town);
        reading
    }
}

/// How well a line names something, and the other words of the line; none when a word of the name is not in it.
pub(super) fn without(words: &[Word], name: &[Word]) -> Option<(f32, Vec<Word>)> {
    let line = Line { words, used: vec![false; words.len()] };
    let (likeness, found) = line.best(&vec![name.to_vec()]);
    let rest = words.iter().enumerate().filter(|(place, _)| !found.contains(place));
    (likeness > WORD_LEFT_OUT + 0.05).then(|| (likeness, rest.map(|(_, word)| word.clone()).collect()))
}

impl Line<'_> {
    fn free(&self, place: usize) -> Option<&Word> {
        self.words.get(place).filter(|_| self.used.get(place) == Some(&false))
    }

    fn use_all(&mut self, places: &[usize]) {
        for &place in places {
            if let Some(used) = self.used.get_mut(place) {
                *used = true;
            }
        }
    }

    /// How well the best of several names is named, and by which words.
    fn best(&self, names: &Names) -> (f32, Vec<usize>) {
        let mut best = (0.0, Vec::new());
        for name in names {
            for found in
                (0..self.words.len()).map(|start| self.in_order(name, start)).chain([self.anywhere(name)])
            {
                if found.0 > best.0 + 1e-4 || (found.0 > best.0 - 1e-4 && found.1.len() > best.1.len()) {
                    best = found;
                }
            }
        }
        best
    }

    /// A name by words one after the other, from a place on.
    fn in_order(&self, name: &[Word], start: usize) -> (f32, Vec<usize>) {
        let mut next = start;
        self.matched(name, |line, word| {
            let found = (next..(next + 2).min(line.words.len()))
                .filter_map(|place| Some((place, likeness(line.free(place)?, word))))
                .filter(|(_, likeness)| *likeness > 0.5)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            if let Some((place, _)) = found {
                next = place + 1;
            }
            found
        })
    }

    /// A name by words in any order.
    fn anywhere(&self, name: &[Word]) -> (f32, Vec<usize>) {
        let mut taken: Vec<usize> = Vec::new();
        self.matched(name, |line, word| {
            let found = (0..line.words.len())
                .filter(|place| !taken.contains(place))
                .filter_map(|place| Some((place, likeness(line.free(place)?, word))))
                .filter(|(_, likeness)| *likeness > 0.5)
                .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            taken.extend(found.map(|(place, _)| place));
            found
        })
    }

    fn matched(
        &self,
        name: &[Word],
        mut find: impl FnMut(&Self, &Word) -> Option<(usize, f32)>,
    ) -> (f32, Vec<usize>) {
        let telling = |word: &Word| !is_kind(&word.plain) && !is_article(&word.plain);
        // A street that is called `The Street` is recognised by what others leave out.
        let all = !name.iter().any(telling);
        let (mut factor, mut places, mut named) = (1.0, Vec::new(), false);
        for word in name {
            let tells = all || telling(word);
            match find(self, word) {
                Some((place, likeness)) => {
                    factor *= if tells { likeness } else { likeness.max(KIND_LEFT_OUT) };
                    named |= tells;
                    places.push(place);
                }
                None if tells => factor *= WORD_LEFT_OUT,
                None if is_kind(&word.plain) => factor *= KIND_LEFT_OUT,
                None => factor *= ARTICLE_LEFT_OUT,
            }
        }
        if named { (factor, places) } else { (0.0, Vec::new()) }
    }

    /// Sets aside flats, storeys and the like with what they are called; the first number among these.
    fn units(&mut self) -> Option<String> {
        let mut flat = None;
        for place in 0..self.words.len() {
            let Some(word) = self.free(place) else { continue };
            let (name, group) = (word.plain.clone(), word.group);
            let storey = STOREYS.contains(&name.as_str());
            let alone = UNITS_ALONE.contains(&name.as_str());
            if !alone && !UNITS.contains(&name.as_str()) {
                continue;
            }
            let is_name =
                |word: &&Word| word.group == group && (word.is_number() || word.plain.chars().count() == 1);
            let behind = self.free(place + 1).filter(is_name).map(|_| place + 1);
            let before = place.checked_sub(1).filter(|&before| {
                let counted = |word: &Word| COUNTED.contains(&word.plain.as_str()) || word.is_number();
                self.free(before).is_some_and(|word| word.group == group && counted(word))
            });
            let mut found = vec![place];
            if storey && behind.is_none() {
                found.extend(before);
            } else if !alone {
                found.extend(behind);
                // `Flat 3b`, `Flat 3 B`
                let letter = behind.and_then(|behind| {
                    let letter = self.free(behind + 1).filter(|word| {
                        word.group == group && word.plain.chars().count() == 1 && !word.is_number()
                    });
                    letter.filter(|_| self.words[behind].is_number()).map(|_| behind + 1)
                });
                found.extend(letter);
            }
            let number = found.iter().map(|&place| &self.words[place]).find(|word| word.is_number());
            flat = flat.or_else(|| number.map(|word| word.plain.clone()));
            self.use_all(&found);
        }
        flat
    }

    /// The postcode, set aside; `street` are the first and the last of the street's words.
    fn postcode(&mut self, street: Option<(usize, usize)>, of_town: &[usize]) -> Option<String> {
        let numbers =
            (0..self.words.len()).filter(|&place| self.free(place).is_some_and(Word::is_number)).count();
        for length in [3, 2, 1] {
            for place in 0..self.words.len() {
                let all: Option<Vec<&Word>> = (place..place + length).map(|place| self.free(place)).collect();
                let Some(all) = all.filter(|all| all.iter().all(|word| word.group == all[0].group)) else {
                    continue;
                };
                let text: String = all.iter().map(|word| word.plain.as_str()).collect();
                let shape: String =
                    text.chars().map(|c| if c.is_ascii_digit() { '9' } else { 'a' }).collect();
                // Four figures alone beside the street may be a house: then they are asked about.
                let touches = street.is_some_and(|(first, last)| place + 1 == first || place == last + 1);
                let before_town = of_town.contains(&(place + 1)) && (numbers > 1 || !touches);
                let last = all.last().map_or(0, |word| word.plain.chars().count());
                // Five figures that are the only ones, and beside the street, are the number of a house.
                let beside = street.is_some_and(|(first, last)| {
                    place + 1 == first || (place == last + 1 && self.used.get(place + 1) != Some(&true))
                });
                let is_postcode = match shape.as_str() {
                    "99999" => length == 1 && (numbers > 1 || !beside),
                    "9999" => length == 1 && before_town,
                    "aaa9999" => length == 1 || last == 4,
                    "a9a9aa" | "aa9a9aa" | "a99aa" | "a999aa" | "aa99aa" | "aa999aa" => {
                        let ordinal = ["st", "nd", "rd", "th"].iter().any(|end| text.ends_with(end));
                        length == 1 || (last == 3 && !ordinal)
                    }
                    _ => false,
                };
                if is_postcode {
                    let mut found: Vec<usize> = (place..place + length).collect();
                    let country = place.checked_sub(1).filter(|&before| {
                        self.free(before).is_some_and(|word| {
                            let apart = self.words[place].before == Before::Dash || word.plain.len() > 1;
                            word.group == self.words[place].group
                                && apart
                                && BEFORE_POSTCODES.contains(&word.plain.as_str())
                        })
                    });
                    found.extend(country.filter(|_| length == 1));
                    self.use_all(&found);
                    return Some(text.to_uppercase());
                }
            }
        }
        None
    }

    /// The house number: the one that is marked as such, or else the one next to the street.
    fn number(&self, first: usize, last: usize) -> Option<(Written, String, Vec<usize>)> {
        let numbers = (0..self.words.len()).filter_map(|place| Some((place, self.written(place)?)));
        let rank = |place: usize, found: &[usize]| {
            let before = place.checked_sub(1).and_then(|before| self.words.get(before));
            let marked = self.words[place].before == Before::NumberSign
                || before.is_some_and(|word| NUMBER_MARKS.contains(&word.plain.as_str()));
            let end = found.iter().max().copied().unwrap_or(place);
            let apart = if end < first { first - end } else { place.saturating_sub(last) };
            (!marked, apart, place)
        };
        let best = numbers.min_by_key(|(place, (_, found))| rank(*place, found));
        best.map(|(_, (written, found))| {
            let mut text = String::new();
            for &place in &found {
                match self.words[place].before {
                    Before::Slash if !text.is_empty() => text.push('/'),
                    Before::Dash if !text.is_empty() => text.push('-'),
                    _ => {}
                }
                text.push_str(&self.words[place].plain);
            }
            (written, text, found)
        })
    }

    /// The house number that begins at a word.
    fn written(&self, place: usize) -> Option<(Written, Vec<usize>)> {
        let word = self.free(place)?;
        let digits = word.plain.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.plain.len());
        let (base, letters) = word.plain.split_at(digits);
        let base: u32 = base.parse().ok()?;
        if !(letters.is_empty() || is_suffix(letters)) {
            return None;
        }
        let mut number = Number { base, letters: letters.to_owned(), part: String::new() };
        let (mut found, mut until) = (vec![place], None);
        while let Some(next) = self.free(place + found.len()).filter(|next| next.group == word.group) {
            let value = next.plain.parse::<u32>().ok();
            match (next.before, value) {
                (Before::Dash, Some(end)) if end > base && end - base <= WIDEST_RANGE && until.is_none() => {
                    until = Some(end);
                }
                (Before::Slash | Before::Dash, Some(_)) if number.part.is_empty() && until.is_none() => {
                    number.part.clone_from(&next.plain);
                }
                (Before::Slash | Before::Dash | Before::Space, None)
                    if number.letters.is_empty() && number.part.is_empty() && is_suffix(&next.plain) =>
                {
                    number.letters.clone_from(&next.plain);
                }
                // `85/3b` is a flat too.
                (Before::Slash, None) if number.part.is_empty() && next.is_number() => {
                    number.part.clone_from(&next.plain);
                }
                _ => break,
            }
            found.push(place + found.len());
        }
        Some((Written { number, until }, found))
    }

    /// What is left over.
    fn rest(&self, reading: &mut Reading, first: Option<usize>, last_of_town: Option<usize>) {
        let street_group = first.map(|first| self.words[first].group);
        let free: Vec<usize> = (0..self.words.len()).filter(|&place| self.free(place).is_some()).collect();
        for &place in &free {
            let word = &self.words[place];
            let text = word.plain.as_str();
            let end = place + 1 == self.words.len()
                || self.words[place + 1..].iter().all(|word| COUNTRIES.contains(&word.plain.as_str()));
            let country = end && COUNTRIES.contains(&text);
            // `20121 Milano MI`
            let province =
                end && text.chars().count() == 2 && last_of_town.is_some_and(|last| last + 1 == place);
            if is_article(text) || NUMBER_MARKS.contains(&text) || country || province {
                continue;
            }
            // A whole part of the line before the street, without a number.
            let part = || (0..self.words.len()).filter(|&other| self.words[other].group == word.group);
            let whole = part().all(|other| free.contains(&other) && !self.words[other].is_number());
            if whole && street_group.is_some_and(|street| word.group < street) {
                reading.leading.push(text.to_owned());
            } else {
                reading.missing.push(text.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::words::words_of, *};

    fn read(line: &str) -> Reading {
        let street = vec![words_of("Berliner Straße")];
        let town = vec![words_of("Musterstadt"), words_of("Sampletown")];
        Reading::of(&words_of(line), &street, &[&town], &[])
    }

    #[test]
    fn lines_are_read_as_they_are_written() {
        for (line, number, postcode) in [
            ("Berliner Straße 12, Musterstadt", "12", None),
            ("12, Berliner Straße, Musterstadt", "12", None),
            ("12 berliner str. sampletown", "12", None),
            ("Berlinerstr. 12 a, 12345 Musterstadt", "12a", Some("12345")),
            ("Berliner Straße 12a, D-12345 Musterstadt, Germany", "12a", Some("12345")),
            ("Berliner Straße 12, Wohnung 3, Musterstadt", "12", None),
            ("Berliner Straße 12, 3. OG links, Musterstadt", "12", None),
            ("Berliner Straße 12 2. Stock", "12", None),
            ("Flat 3, 12 Berliner Straße, Musterstadt SW1A 2AA", "12", Some("SW1A2AA")),
            ("Flat 3b, 12 Berliner Straße, Musterstadt, N1 9GU", "12", Some("N19GU")),
            ("No. 12, Berliner Straße, SPB 3417", "12", Some("SPB3417")),
            ("Berliner Straße n° 12 int. 4 scala B, 20121 Musterstadt MI", "12", Some("20121")),
            ("12 bis Berliner Straße, bât. C, 3e étage, 06000 Musterstadt", "12bis", Some("06000")),
            ("85/3 Berliner Straße", "85/3", None),
            ("Berliner Straße 14-18", "14-18", None),
            ("Apt 4, 3rd Floor, 12 Berliner Straße", "12", None),
        ] {
            let reading = read(line);
            assert_eq!(reading.number_text, number, "{line}");
            assert_eq!(reading.postcode.as_deref(), postcode, "{line}");
            assert!(reading.missing.is_empty() && reading.street > 0.99, "{line}: {reading:?}");
        }
    }

    #[test]
    fn what_is_no_part_of_the_address_is_left_over() {
        assert_eq!(read("Berliner Platz 12, Musterstadt").missing, ["platz"]);
        assert_eq!(read("Berliner Straße 12, Hamburg").missing, ["hamburg"]);
        assert_eq!(read("Berliner Straße 12 99").missing, ["99"]);
        assert_eq!(read("Anna Muster, Berliner Straße 12, Musterstadt").leading, ["anna", "muster"]);
        assert!(read("Hasenweg 12").street < 0.1);
        assert_eq!(read("12345 Berliner Straße, Musterstadt").number_text, "12345");
        assert_eq!(read("Berliner Straße, 12345 Musterstadt").number_text, "");
        for line in ["7003 Berliner Straße, Musterstadt", "Berliner Straße 7003, Musterstadt"] {
            assert_eq!(read(line).number_text, "7003", "{line}");
        }
        for line in ["Berliner Straße 12, 7003 Musterstadt", "Berliner Straße 12 7003 Musterstadt"] {
            let reading = read(line);
            let found = (reading.number_text.as_str(), reading.postcode.as_deref());
            assert_eq!(found, ("12", Some("7003")), "{line}");
        }
    }

    #[test]
    fn a_number_in_the_name_of_a_street_is_not_the_house() {
        let street = vec![words_of("Rue du 8 Mai 1945")];
        let reading = Reading::of(&words_of("8, Rue du 8 Mai 1945"), &street, &[], &[]);
        assert_eq!((reading.number_text.as_str(), reading.missing.len()), ("8", 0));
        let reading = Reading::of(&words_of("Rue du 8 Mai 1945, 12"), &street, &[], &[]);
        assert_eq!(reading.number_text, "12");
    }
}
