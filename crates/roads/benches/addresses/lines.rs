//! Lines as people write them, from houses that are on the map and numbers that are not.
//!
//! Not here: what is answered to them.

use super::raw::{House, Raw};

/// How addresses are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Country {
    Malta,
    Germany,
    France,
    Britain,
    Italy,
}

/// A line, and how it was made.
pub struct Line {
    pub kind: &'static str,
    pub text: String,
    /// The house that is meant; none when its number is not on the map.
    pub house: Option<House>,
}

impl Country {
    fn number_first(self) -> bool {
        matches!(self, Country::Malta | Country::France | Country::Britain)
    }

    fn street(self, number: &str, street: &str) -> String {
        if self.number_first() { format!("{number} {street}") } else { format!("{street} {number}") }
    }

    fn flat(self) -> &'static str {
        match self {
            Country::Malta | Country::Britain => "Flat 3",
            Country::Germany => "Wohnung 3",
            Country::France => "Apt. 3",
            Country::Italy => "int. 3",
        }
    }

    fn mark(self) -> &'static str {
        match self {
            Country::Malta | Country::Britain => "No.",
            Country::Germany => "Nr.",
            Country::France => "n°",
            Country::Italy => "n.",
        }
    }

    /// Whole words and their short forms.
    fn short(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Country::Malta => &[("Triq", "Tr."), ("Street", "St"), ("Saint", "St."), ("Pjazza", "Pjazza")],
            Country::Germany => &[("straße", "str."), ("Straße", "Str."), ("platz", "pl."), ("Sankt", "St.")],
            Country::France => &[
                ("Avenue", "Av."),
                ("Boulevard", "Bd"),
                ("Place", "Pl."),
                ("Saint", "St"),
                ("Chemin", "Ch."),
            ],
            Country::Britain => &[
                ("Street", "St"),
                ("Road", "Rd"),
                ("Avenue", "Ave"),
                ("Lane", "Ln"),
                ("Close", "Cl"),
                ("Saint", "St"),
            ],
            Country::Italy => &[
                ("Viale", "V.le"),
                ("Piazza", "P.za"),
                ("Corso", "C.so"),
                ("Vicolo", "V.lo"),
                ("Largo", "L.go"),
            ],
        }
    }
}

/// One line of every kind that a house gives.
pub fn of_house(house: &House, raw: &Raw, country: Country) -> Vec<Line> {
    let House { number, street, town, postcode, .. } = house;
    let mut lines = Vec::new();
    let mut add = |kind: &'static str, text: String| {
        lines.push(Line { kind, text, house: Some(house.clone()) });
    };
    let written = country.street(number, street);
    let digits = number.chars().all(|c| c.is_ascii_digit());
    add("plain", format!("{written}, {town}"));
    add("number on its own", format!("{number}, {street}, {town}"));
    add("without commas", format!("{written} {town}"));
    add("small letters without accents", bare(&format!("{written}, {town}")));
    let turned =
        if country.number_first() { format!("{street} {number}") } else { format!("{number} {street}") };
    add("number on the other side", format!("{turned}, {town}"));
    if let Some(code) = postcode {
        add(
            "postcode",
            match country {
                Country::Malta | Country::Britain => format!("{written}, {town} {code}"),
                _ => format!("{written}, {code} {town}"),
            },
        );
        add("postcode without a town", format!("{written}, {code}"));
    }
    let flat = country.flat();
    add(
        "flat",
        if country.number_first() {
            format!("{flat}, {written}, {town}")
        } else {
            format!("{written}, {flat}, {town}")
        },
    );
    add("marked number", format!("{street} {} {number}, {town}", country.mark()));
    add("recipient", format!("Alex Example, {written}, {town}"));
    if digits {
        add("flat behind a stroke", format!("{}, {town}", country.street(&format!("{number}/3"), street)));
    }
    let short = country.short().iter().find(|(long, _)| street.contains(long));
    if let Some((long, short)) = short {
        add("abbreviated", format!("{}, {town}", country.street(number, &street.replacen(long, short, 1))));
    }
    let letter = number.strip_suffix(|c: char| c.is_ascii_alphabetic());
    if let Some(base) = letter.filter(|base| base.chars().all(|c| c.is_ascii_digit()) && !base.is_empty()) {
        let apart = format!("{base} {}", number.chars().last().unwrap_or_default());
        add("letter apart", format!("{}, {town}", country.street(&apart, street)));
    }
    if let Some(other) = raw.others.get(street).and_then(|others| others.first()) {
        add("other name of the street", format!("{}, {town}", country.street(number, other)));
    }
    let ends: Vec<u32> = number.split(['-', '–', ';']).filter_map(|end| end.trim().parse().ok()).collect();
    if let [low, high, ..] = ends[..]
        && low < high
    {
        add("first of several", format!("{}, {town}", country.street(&low.to_string(), street)));
        add("last of several", format!("{}, {town}", country.street(&high.to_string(), street)));
        if number.contains('-') && low % 2 == high % 2 && high - low >= 4 {
            add("within a range", format!("{}, {town}", country.street(&(low + 2).to_string(), street)));
        }
    }
    lines
}

/// Numbers beside a house that are not on the map, in lines.
pub fn unknown(house: &House, raw: &Raw, country: Country) -> Vec<Line> {
    let House { number, street, town, postcode, .. } = house;
    let known = |number: u32| {
        raw.loose.contains(&number) || raw.numbers.get(street).is_some_and(|all| all.contains(&number))
    };
    let lettered = |number: &str| raw.lettered.get(street).is_some_and(|all| all.contains(number));
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    let Ok(base) = digits.parse::<u32>() else { return Vec::new() };
    let mut lines = Vec::new();
    let mut add = |kind: &'static str, number: String, rest: String| {
        lines.push(Line { kind, text: format!("{}, {rest}", country.street(&number, street)), house: None });
    };
    let begins =
        (1..digits.len()).filter_map(|length| digits[..length].parse().ok()).find(|&n: &u32| !known(n));
    if let Some(begin) = begins {
        add("unknown: begins a known one", begin.to_string(), town.clone());
    }
    if let Some(longer) = (0..10).map(|last| base * 10 + last).find(|&n| !known(n)) {
        add("unknown: a known one begins it", longer.to_string(), town.clone());
    }
    if let Some(next) = (1..60).map(|step| base + step).find(|&n| !known(n)) {
        add("unknown: the next one", next.to_string(), town.clone());
        if let Some(code) = postcode {
            add("unknown: with a postcode", next.to_string(), format!("{code} {town}"));
        }
        let rest = format!("{}, {town}", country.flat());
        add("unknown: with a known one as flat", next.to_string(), rest.replace('3', &base.to_string()));
    }
    let letter = ["b", "c", "e", "x"].iter().map(|letter| format!("{base}{letter}")).find(|n| !lettered(n));
    let plain = number.chars().all(char::is_alphanumeric) && !raw.loose.contains(&base);
    if let Some(letter) = letter.filter(|_| plain) {
        add("unknown: another letter", letter, town.clone());
    }
    add("unknown: far too high", (base + 7_000).to_string(), town.clone());
    lines
}

/// A number in a street that has shops and no number.
pub fn numberless(street: &str, town: &str, country: Country) -> Line {
    let text = format!("{}, {town}", country.street("777", street));
    Line { kind: "unknown: only shops in the street", text, house: None }
}

/// In small letters, without accents and commas.
fn bare(text: &str) -> String {
    let letter = |c: char| match c {
        'à' | 'á' | 'â' | 'ä' => 'a',
        'ċ' | 'ç' => 'c',
        'è' | 'é' | 'ê' | 'ë' => 'e',
        'ġ' => 'g',
        'ħ' => 'h',
        'ì' | 'í' | 'î' | 'ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' => 'o',
        'ù' | 'ú' | 'û' | 'ü' => 'u',
        'ż' => 'z',
        ',' => ' ',
        other => other,
    };
    text.to_lowercase().replace('ß', "ss").chars().map(letter).collect()
}
