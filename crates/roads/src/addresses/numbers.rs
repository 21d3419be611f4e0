//! House numbers: which doors a mapped number stands for, and whether a written one is among them.
//!
//! `12` is neither `125` nor `12a`; `14-18` holds `16`, and `17` only where the map says so; `85/3` is flat 3 of 85 unless the
//! map has that very number. Not here: where in a question the number is (`reading`).

use serde::{Deserialize, Serialize};

/// Which numbers between two are there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Every {
    /// Nothing is said: every second one between two even or two odd ones, all otherwise.
    #[default]
    Unsaid,
    Even,
    Odd,
    All,
    Alphabetic,
    Step(u32),
}

impl Every {
    pub(crate) fn from_tag(value: &str) -> Every {
        match value.trim() {
            "even" => Every::Even,
            "odd" => Every::Odd,
            "all" => Every::All,
            "alphabetic" => Every::Alphabetic,
            number => number.parse().ok().filter(|&step| step > 0).map_or(Every::Unsaid, Every::Step),
        }
    }

    fn has(self, from: u32, to: u32, number: u32) -> bool {
        let within = (from..=to).contains(&number);
        within
            && match self {
                Every::Unsaid if from % 2 == to % 2 => number % 2 == from % 2,
                Every::Unsaid | Every::All => true,
                Every::Even => number.is_multiple_of(2),
                Every::Odd => number % 2 == 1,
                Every::Alphabetic => false,
                Every::Step(step) => (number - from).is_multiple_of(step),
            }
    }
}

/// A single house number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) base: u32,
    /// `a`, `bis`; empty for most.
    pub(super) letters: String,
    /// What stands behind a stroke.
    pub(super) part: String,
}

/// What a mapped house number stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Doors {
    One(Number),
    Between(u32, u32, Every),
    Letters(u32, char, char),
}

/// A house number as somebody wrote it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) number: Number,
    /// The end of a range.
    pub(super) until: Option<u32>,
}

/// A range is not longer than this: other numbers with a stroke between them are no range.
const LONGEST: u32 = 100;

impl Number {
    /// Reads `12`, `12a`, `12 A`, `12/a`, `12bis`, `12/3`, `N° 12`.
    pub(super) fn read(text: &str) -> Option<Number> {
        let text = text.trim().to_lowercase();
        let marked =
            ["n°", "nº", "nr.", "nr", "no.", "no", "n."].iter().find_map(|mark| text.strip_prefix(mark));
        let text = marked.unwrap_or(&text).trim();
        let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let base = text.get(..digits)?.parse().ok()?;
        let rest: String = text.get(digits..)?.chars().filter(|c| !c.is_whitespace() && *c != '.').collect();
        let (letters, part) = rest.split_once(['/', '-']).unwrap_or((&rest, ""));
        if !(letters.is_empty() || is_suffix(letters)) || part.contains(|c: char| !c.is_alphanumeric()) {
            return None;
        }
        let number = |letters: &str, part: &str| Number { base, letters: letters.into(), part: part.into() };
        Some(if letters.is_empty() && is_suffix(part) { number(part, "") } else { number(letters, part) })
    }
}

/// Whether letters behind a number belong to it.
pub(super) fn is_suffix(letters: &str) -> bool {
    let one = letters.chars().count() == 1 && letters.chars().all(|c| c.is_ascii_alphabetic());
    one || ["bis", "ter", "quater", "quinquies"].contains(&letters)
}

/// What a mapped number stands for; nothing when it is a name.
pub(super) fn doors(mapped: &str, every: Every) -> Vec<Doors> {
    let mut doors = Vec::new();
    let mut base = None;
    let listed = [" and ", " und ", " et ", " e ", "&", "+"]
        .iter()
        .fold(mapped.to_lowercase(), |text, word| text.replace(word, ";"));
    for piece in listed.split([';', ',']).map(str::trim).filter(|piece| !piece.is_empty()) {
        if let Some(between) = range(piece, every) {
            doors.push(between);
            continue;
        }
        // `101 b,c`
        if let (Some(base), true) = (base, is_suffix(piece)) {
            doors.push(Doors::One(Number { base, letters: piece.to_owned(), part: String::new() }));
            continue;
        }
        let Some(number) = Number::read(piece) else { continue };
        base = Some(number.base);
        // `16/18` are two doors beside each other.
        if let Ok(second) = number.part.parse::<u32>()
            && number.base >= 10
            && (1..=2).contains(&second.saturating_sub(number.base))
        {
            for base in [number.base, second] {
                doors.push(Doors::One(Number { base, ..Number::default() }));
            }
        }
        doors.push(Doors::One(number));
    }
    doors
}

fn range(piece: &str, every: Every) -> Option<Doors> {
    let (from, to) = piece.split_once(['-', '–'])?;
    let (from, to) = (Number::read(from)?, to.trim());
    // `30a-g`, `30a-30g`
    let last = to.strip_prefix(&from.base.to_string()).unwrap_or(to).trim();
    if let (Some(a), Some(b), true) =
        (from.letters.chars().next(), last.chars().next(), last.chars().count() == 1)
        && a < b
        && b.is_ascii_alphabetic()
    {
        return Some(Doors::Letters(from.base, a, b));
    }
    let to = Number::read(to)?;
    let long = to.base.checked_sub(from.base)?;
    (1..=LONGEST).contains(&long).then_some(Doors::Between(from.base, to.base, every))
}

impl Doors {
    fn has(&self, number: &Number) -> bool {
        let plain = number.letters.is_empty() && number.part.is_empty();
        match self {
            Doors::One(one) => one == number,
            Doors::Between(from, to, every) => plain && every.has(*from, *to, number.base),
            Doors::Letters(base, from, to) => {
                let letter = number.letters.chars().next().filter(|_| number.letters.len() == 1);
                number.base == *base && letter.is_some_and(|letter| (*from..=*to).contains(&letter))
            }
        }
    }
}

impl Written {
    /// How it can be meant, the likeliest first: as it stands, and without the flat behind its stroke.
    pub(super) fn meanings(&self) -> impl Iterator<Item = Number> + use<> {
        let flat = self.number.part.starts_with(|c: char| c.is_ascii_digit());
        let door = flat.then(|| Number { part: String::new(), ..self.number.clone() });
        std::iter::once(self.number.clone()).chain(door)
    }

    /// Whether a mapped number stands for one of its meanings; of a range for both of its ends.
    pub(super) fn is_among(&self, doors: &[Doors], meaning: &Number) -> bool {
        let has = |number: &Number| doors.iter().any(|doors| doors.has(number));
        let end = self.until.map(|base| Number { base, ..Number::default() });
        let alone = !doors.iter().any(|doors| matches!(doors, Doors::Between(..)));
        has(meaning) && end.is_none_or(|end| has(&end) || alone)
    }
}

/// Where a number lies between the ends of a row of houses, 0..=1; none when the row does not hold it.
pub(super) fn share_of_row(from: &str, to: &str, every: Every, number: &Number) -> Option<f64> {
    let (from, to) = (Number::read(from)?, Number::read(to)?);
    if every == Every::Alphabetic && from.base == to.base && number.base == from.base {
        let letter = |number: &Number| number.letters.bytes().next().map_or(0.0, |b| f64::from(b) - 96.0);
        let (a, b, x) = (letter(&from), letter(&to), letter(number));
        return ((a.min(b)..=a.max(b)).contains(&x) && a != b).then(|| (x - a) / (b - a));
    }
    let (low, high) = (from.base.min(to.base), from.base.max(to.base));
    let plain = number.letters.is_empty() && number.part.is_empty();
    let there = plain && low < high && every.has(low, high, number.base);
    let share = (f64::from(number.base) - f64::from(from.base)) / (f64::from(to.base) - f64::from(from.base));
    there.then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(mapped: &str, every: Every, asked: &str) -> bool {
        let number = Number::read(asked).expect("a number");
        let written = Written { number, until: None };
        let doors = doors(mapped, every);
        written.meanings().any(|meaning| written.is_among(&doors, &meaning))
    }

    #[test]
    fn a_number_is_itself_and_no_other() {
        for (mapped, asked) in [
            ("12", "12"),
            ("12a", "12 A"),
            ("12 A", "12a"),
            ("5/A", "5a"),
            ("12bis", "12 bis"),
            ("85", "85/3"),
            ("85/3", "85/3"),
            ("N° 55", "55"),
            ("21;23", "23"),
            ("175, 177", "177"),
            ("40 And 42", "42"),
            ("101 b,c", "101c"),
            ("16/18", "18"),
            ("14-18", "16"),
            ("14 - 18", "14"),
            ("1-4", "3"),
            ("30a-g", "30c"),
        ] {
            assert!(has(mapped, Every::Unsaid, asked), "{asked} is {mapped}");
        }
        for (mapped, asked) in [
            ("125", "12"),
            ("12a", "12"),
            ("12", "12a"),
            ("333B", "3"),
            ("85/3", "85"),
            ("14-18", "17"),
            ("14-18", "20"),
            ("2/3", "3"),
            ("30a-g", "30h"),
            ("104-15", "14"),
            ("F4", "4"),
            ("1205", "12"),
        ] {
            assert!(!has(mapped, Every::Unsaid, asked), "{asked} is not {mapped}");
        }
        assert!(has("14-18", Every::All, "17") && !has("14-18", Every::Even, "15"));
    }

    #[test]
    fn a_row_holds_the_numbers_of_its_side() {
        let share =
            |asked: &str| share_of_row("30", "40", Every::Even, &Number::read(asked).expect("a number"));
        assert_eq!(share("36"), Some(0.6));
        assert_eq!(share("30"), Some(0.0));
        assert!(share("37").is_none() && share("42").is_none() && share("36a").is_none());
        let down = share_of_row("41", "31", Every::Odd, &Number::read("33").expect("a number"));
        assert_eq!(down, Some(0.8));
        let letters = share_of_row("4a", "4e", Every::Alphabetic, &Number::read("4c").expect("a number"));
        assert_eq!(letters, Some(0.5));
    }
}
