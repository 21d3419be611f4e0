//! The words of an address, and when two of them mean the same: accents, other spellings, abbreviations, a slip of the finger.
//!
//! Not here: which word is what part of an address (`reading`).

/// A word as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// In small letters without accents.
    pub(super) plain: String,
    /// The same with `ae`, `oe` and `ue` for the letters that are also written so, if it has any.
    pub(super) spelt: Option<String>,
    /// The groups of [`ALIKE`] that it belongs to, a bit for each.
    alike: u64,
    /// The part of the line between commas.
    pub(super) group: usize,
    /// What stands between it and the word before it.
    pub(super) before: Before,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Before {
    Space,
    Slash,
    Dash,
    /// A sign that a number follows.
    NumberSign,
}

impl Word {
    pub(super) fn is_number(&self) -> bool {
        self.plain.starts_with(|c: char| c.is_ascii_digit())
    }
}

/// Words that mean the same where they stand for a kind of street, a title or a saint.
const ALIKE: &[&[&str]] = &[
    &["street", "st", "str", "triq", "tr", "trq"],
    &["strasse", "str"],
    &["saint", "st", "san", "s", "sant", "santa", "santu", "santo", "sta", "sainte", "ste", "sankt", "skt"],
    &["road", "rd"],
    &["avenue", "ave", "av", "vjal"],
    &["boulevard", "bd", "bld", "blvd", "boul"],
    &["place", "pl", "pce"],
    &["platz", "pl", "plz"],
    &["piazza", "pza", "pzza", "pjazza", "square", "sq", "misrah"],
    &["piazzale", "ple", "pzale", "pzle"],
    &["viale", "vle"],
    &["via", "v"],
    &["vicolo", "vlo", "vic"],
    &["corso", "cso"],
    &["largo", "lgo"],
    &["strada", "str", "sda"],
    &["contrada", "cda"],
    &["sqaq", "alley", "lane", "ln"],
    &["drive", "dr"],
    &["doctor", "doktor", "dr", "dott", "dottor"],
    &["court", "ct", "crt"],
    &["crescent", "cres", "cresc", "cr"],
    &["close", "cl"],
    &["terrace", "ter", "terr", "tce"],
    &["gardens", "gdns"],
    &["grove", "gr", "grv"],
    &["parade", "pde"],
    &["highway", "hwy"],
    &["mount", "mt"],
    &["chemin", "ch", "che"],
    &["allee", "all"],
    &["impasse", "imp"],
    &["route", "rte"],
    &["faubourg", "fbg", "fg"],
    &["quai", "qu"],
    &["rue", "r"],
    &["general", "generale", "gen", "gal"],
    &["marechal", "mal"],
    &["president", "pdt"],
    &["professor", "professeur", "prof"],
    &["commandant", "cdt"],
    &["colonel", "col"],
    &["capitaine", "captain", "cap", "capt"],
    &["monsignor", "mons", "mgr"],
    &["north", "n"],
    &["great", "gt"],
    &["and", "und", "u", "et", "e"],
    &["ii", "2"],
    &["iii", "3"],
    &["iv", "4"],
    &["xi", "11"],
    &["xx", "20"],
    &["xxv", "25"],
];

/// How alike a longer word is to itself with one slip of the finger: Möller is not Müller, so it is found and not taken.
pub(super) const SLIP: f32 = 0.72;
/// How alike a name is to its first letter.
const INITIAL: f32 = 0.55;

/// Kinds of streets, which people leave out.
const KINDS: &[&str] = &[
    "allee",
    "alley",
    "avenue",
    "boulevard",
    "chemin",
    "close",
    "corso",
    "court",
    "crescent",
    "drive",
    "gasse",
    "grove",
    "lane",
    "largo",
    "piazza",
    "piazzale",
    "pjazza",
    "place",
    "platz",
    "quai",
    "road",
    "route",
    "rue",
    "sqaq",
    "square",
    "strada",
    "strasse",
    "street",
    "terrace",
    "triq",
    "via",
    "viale",
    "vicolo",
    "vjal",
    "weg",
];

/// Articles and the like, which are left out or added as one pleases.
const ARTICLES: &[&str] = &[
    "a", "al", "alla", "au", "aux", "d", "da", "dal", "de", "degli", "dei", "del", "dell", "della", "delle",
    "des", "di", "du", "el", "gli", "id", "il", "in", "ir", "is", "it", "ix", "iz", "l", "la", "le", "les",
    "lo", "of", "ta", "tal", "tar", "tas", "tat", "taz", "the",
];

/// Kinds of German streets that are written together with their name or apart from it.
const ENDINGS: [(&str, &str); 6] = [
    ("strasse", "strasse"),
    ("str", "str"),
    ("weg", "weg"),
    ("platz", "platz"),
    ("gasse", "gasse"),
    ("allee", "allee"),
];

/// Marks of numbers and flats that are written together with what they mark.
const GLUED: &[&str] = &["n", "no", "nr", "num", "apt", "apartment", "flat", "unit", "whg", "bp"];

pub(super) fn is_kind(word: &str) -> bool {
    KINDS.contains(&word)
}

pub(super) fn is_article(word: &str) -> bool {
    ARTICLES.contains(&word)
}

/// How alike a typed word and a known one are, 0..=1: 1 when they mean the same, less for unfinished words and slips of the
/// finger. A word with digits is itself or another one.
pub(super) fn likeness(typed: &Word, known: &Word) -> f32 {
    let otherwise = |one: &Word, other: &Word| one.spelt.as_ref() == Some(&other.plain);
    if typed.plain == known.plain
        || typed.alike & known.alike != 0
        || otherwise(typed, known)
        || otherwise(known, typed)
    {
        return 1.0;
    }
    let (typed, known) = (typed.plain.as_str(), known.plain.as_str());
    if typed.bytes().next() != known.bytes().next()
        || typed.bytes().chain(known.bytes()).any(|c| c.is_ascii_digit())
    {
        return 0.0;
    }
    // `E. Fermi` is Enrico.
    if typed.len() == 1 || known.len() == 1 {
        return if is_article(typed) || is_article(known) { 0.0 } else { INITIAL };
    }
    if known.starts_with(typed) {
        return 0.7;
    }
    let (a, b): (Vec<char>, Vec<char>) = (typed.chars().collect(), known.chars().collect());
    let allowed = match a.len() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    if allowed == 0 || a.len().abs_diff(b.len()) > allowed {
        return 0.0;
    }
    match slips(&a, &b) {
        1 if a.len() >= 6 => SLIP,
        slips if slips <= allowed => 0.6,
        _ => 0.0,
    }
}

/// Letters to add, drop, replace or swap with their neighbour (optimal string alignment) to make one word the other.
fn slips(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Words that decide which address is meant, joined: equal for names that mean the same street.
pub(super) fn key(name: &str) -> String {
    words_of(name).into_iter().map(|word| word.plain).collect::<Vec<_>>().join(" ")
}

/// The words of a line.
pub(super) fn words_of(text: &str) -> Vec<Word> {
    let letters: Vec<char> = text.chars().collect();
    let mut words = Vec::new();
    let (mut word, mut group, mut before) = (String::new(), 0, Before::Space);
    for (place, &letter) in letters.iter().enumerate() {
        let next = letters.get(place + 1).copied().unwrap_or(' ');
        if is_letter(letter) || is_accent(letter) || joins(&word, letter, &letters[place + 1..]) {
            if is_letter(letter) || is_accent(letter) {
                word.push(letter);
            }
            continue;
        }
        finish(&mut words, &mut word, group, &mut before);
        match letter {
            ',' | ';' | '\n' | '|' => (group, before) = (group + 1, Before::Space),
            '/' => before = Before::Slash,
            '-' | '–' => before = Before::Dash,
            '#' | '№' => before = Before::NumberSign,
            '°' | 'º' if next != ',' => before = Before::NumberSign,
            _ => {}
        }
    }
    finish(&mut words, &mut word, group, &mut before);
    words
}

fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() && letter != 'º' && letter != 'ª'
}

fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// Whether a sign belongs to the word around it: `Paul's`, `P.za`.
fn joins(word: &str, sign: char, rest: &[char]) -> bool {
    let tail = rest.iter().take_while(|&&c| is_letter(c)).count();
    match sign {
        '\'' | '’' | 'ʼ' | '`' | '´' => {
            tail == 1 && matches!(rest.first(), Some('s' | 'S')) && !word.is_empty()
        }
        '.' => {
            word.chars().count() == 1
                && word.chars().all(char::is_alphabetic)
                && rest.first().is_some_and(|c| c.is_lowercase())
                && tail <= 4
        }
        _ => false,
    }
}

/// Ends a word; some are two in truth.
fn finish(words: &mut Vec<Word>, word: &mut String, group: usize, before: &mut Before) {
    if word.is_empty() {
        return;
    }
    let written = std::mem::take(word);
    let plain: String =
        written.chars().flat_map(char::to_lowercase).filter_map(plain).flat_map(parts).collect();
    let spelt: String = written.chars().flat_map(char::to_lowercase).flat_map(spelt).collect();
    let before = std::mem::replace(before, Before::Space);
    let mut add = |plain: &str, spelt: &str, before: Before| {
        let spelt = (spelt != plain).then(|| spelt.to_owned());
        let groups = (0..).zip(ALIKE).filter(|(_, group)| group.contains(&plain));
        let alike = groups.fold(0, |bits, (place, _): (u32, _)| bits | 1 << place);
        words.push(Word { plain: plain.to_owned(), spelt, alike, group, before });
    };
    for (ending, kind) in ENDINGS {
        if let (Some(stem), Some(other)) = (plain.strip_suffix(ending), spelt.strip_suffix(ending))
            && stem.chars().count() >= 3
        {
            add(stem, other, before);
            add(kind, kind, Before::Space);
            return;
        }
    }
    let digits = plain.find(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let (mark, number) = plain.split_at(digits);
    if GLUED.contains(&mark) {
        add(mark, mark, before);
        add(number, number, Before::Space);
    } else {
        add(&plain, &spelt, before);
    }
}

/// The letter as it is spelt without dots or rings on it.
fn spelt(letter: char) -> Vec<char> {
    match letter {
        'ä' | 'æ' => vec!['a', 'e'],
        'ö' | 'ø' | 'œ' => vec!['o', 'e'],
        'ü' => vec!['u', 'e'],
        'å' => vec!['a', 'a'],
        other => plain(other).into_iter().flat_map(parts).collect(),
    }
}

/// A letter that is two.
fn parts(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

/// The letter without its accent; none for combining marks.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        '\u{300}'..='\u{36f}' => return None,
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ċ' | 'č' | 'ć' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        'ġ' | 'ğ' => 'g',
        'ħ' => 'h',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ł' | 'ľ' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ț' | 'ţ' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ż' | 'ź' | 'ž' => 'z',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_words(text: &str) -> Vec<String> {
        words_of(text).into_iter().map(|word| word.plain).collect()
    }

    fn alike(a: &str, b: &str) -> f32 {
        likeness(&words_of(a)[0], &words_of(b)[0])
    }

    #[test]
    fn words_are_parted_as_people_write_them() {
        assert_eq!(plain_words("Hauptstr. 5"), ["haupt", "str", "5"]);
        assert_eq!(plain_words("Konrad-Adenauer-Straße"), ["konrad", "adenauer", "strasse"]);
        assert_eq!(plain_words("P.za S.Maria, V.le Roma"), ["pza", "s", "maria", "vle", "roma"]);
        assert_eq!(
            plain_words("St Paul's, Sant'Anna, Ta’ Xbiex"),
            ["st", "pauls", "sant", "anna", "ta", "xbiex"]
        );
        assert_eq!(plain_words("N°12 Apt4"), ["n", "12", "apt", "4"]);
        assert_eq!(plain_words("Żebbuġ Ħamrun"), ["zebbug", "hamrun"]);
        assert_eq!(words_of("85/3")[1].before, Before::Slash);
    }

    #[test]
    fn other_spellings_mean_the_same_and_other_numbers_do_not() {
        for (a, b) in
            [("Mueller", "Müller"), ("Müller", "Mueller"), ("Rd", "Road"), ("S.", "Santa"), ("Saint", "St")]
        {
            assert_eq!(alike(a, b), 1.0, "{a} {b}");
        }
        assert_eq!(alike("12", "125"), 0.0);
        for (a, b) in
            [("republik", "republic"), ("Möller", "Müller"), ("hasen", "rasen"), ("georg", "georgen")]
        {
            assert!(alike(a, b) < 0.75, "{a} {b}");
        }
        assert_eq!(alike("valleta", "valletta"), SLIP);
    }

    #[test]
    fn every_group_has_its_bit() {
        assert!(ALIKE.len() <= 64);
    }

    #[test]
    fn slips_are_counted() {
        let letters = |text: &str| text.chars().collect::<Vec<_>>();
        for (a, b, expected) in
            [("mosta", "msota", 1), ("mosta", "most", 1), ("", "ab", 2), ("kbira", "kbira", 0)]
        {
            assert_eq!(slips(&letters(a), &letters(b)), expected, "{a} {b}");
        }
    }
}
