//! Finds addresses by what somebody types: any order of words, beginnings of words, missing accents, a slip of the finger.
//!
//! Not here: languages, transliteration, and abbreviations of street kinds.

use std::collections::HashMap;

use super::Address;

/// Words of all addresses, and where each occurs.
pub(super) struct Index {
    words: Vec<Word>,
    /// Number of words of each address.
    lengths: Vec<u16>,
}

struct Word {
    letters: Vec<char>,
    /// Addresses that contain the word, ascending.
    addresses: Vec<u32>,
}

/// The least share of the typed words that must be matched, weighed by how well.
const LEAST_SCORE: f32 = 0.45;
/// How much of the score depends on the address having no further words.
const EXACTNESS: f32 = 0.1;

impl Index {
    pub(super) fn new(addresses: &[Address]) -> Index {
        let mut known: HashMap<String, u32> = HashMap::new();
        let mut words: Vec<Word> = Vec::new();
        let mut lengths = Vec::with_capacity(addresses.len());
        for (index, address) in (0_u32..).zip(addresses) {
            let mut length = 0_u16;
            for text in words_of(&address.text) {
                length = length.saturating_add(1);
                let place = *known.entry(text).or_insert_with_key(|text| {
                    words.push(Word { letters: text.chars().collect(), addresses: Vec::new() });
                    words.len() as u32 - 1
                });
                let entries = &mut words[place as usize].addresses;
                if entries.last() != Some(&index) {
                    entries.push(index);
                }
            }
            lengths.push(length);
        }
        Index { words, lengths }
    }

    /// Addresses that match, with a score of 0..=1, best first; equal ones in their own order.
    pub(super) fn ranked(&self, text: &str) -> impl Iterator<Item = (u32, f32)> + use<> {
        let asked: Vec<Vec<char>> = words_of(text).map(|word| word.chars().collect()).collect();
        let mut totals = vec![0.0_f32; self.lengths.len()];
        for word in &asked {
            let mut best = vec![0.0_f32; self.lengths.len()];
            for (known, likeness) in self.words.iter().map(|known| (known, likeness(word, &known.letters))) {
                if likeness > 0.0 {
                    for &address in &known.addresses {
                        let entry = &mut best[address as usize];
                        *entry = likeness.max(*entry);
                    }
                }
            }
            totals.iter_mut().zip(best).for_each(|(total, best)| *total += best);
        }
        let count = asked.len().max(1) as f32;
        let score = |(total, &length): (f32, &u16)| {
            let exactness = (count / f32::from(length.max(1))).min(1.0);
            total / count * (1.0 - EXACTNESS + EXACTNESS * exactness)
        };
        let scores = totals.into_iter().zip(&self.lengths).map(score);
        let mut ranked: Vec<(u32, f32)> =
            (0_u32..).zip(scores).filter(|&(_, score)| score >= LEAST_SCORE).collect();
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        ranked.into_iter()
    }
}

/// How alike a typed word and a known one are, 0..=1. Words with digits must agree exactly or be the beginning.
pub(super) fn likeness(typed: &[char], known: &[char]) -> f32 {
    if typed == known {
        return 1.0;
    }
    if known.starts_with(typed) {
        return if typed.len() == 1 { 0.5 } else { 0.8 };
    }
    let allowed = match typed.len() {
        _ if typed.iter().any(char::is_ascii_digit) => 0,
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    if allowed == 0 || typed.len().abs_diff(known.len()) > allowed {
        return 0.0;
    }
    match slips(typed, known) {
        slips if slips <= allowed => 0.8 - 0.15 * slips as f32,
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

/// Words in small letters without accents; apostrophes are dropped, everything else that is no letter parts words.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = String> + '_ {
    let parts = text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'));
    parts
        .map(|part| part.chars().flat_map(char::to_lowercase).filter_map(plain).collect())
        .filter(|w: &String| !w.is_empty())
}

/// The letter without its accent; none for apostrophes and combining marks.
fn plain(letter: char) -> Option<char> {
    Some(match letter {
        '\'' | '’' | '\u{300}'..='\u{36f}' => return None,
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
        'ś' | 'š' | 'ş' => 's',
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
    use crate::{AddressKind, LatLon};

    fn index(lines: &[&str]) -> Index {
        let address = |text: &&str| Address {
            text: (*text).to_owned(),
            name: None,
            house_number: None,
            street: String::new(),
            locality: None,
            at: LatLon { lat: 0.0, lon: 0.0 },
            kind: AddressKind::Building,
        };
        Index::new(&lines.iter().map(address).collect::<Vec<_>>())
    }

    fn best(index: &Index, text: &str) -> Option<u32> {
        index.ranked(text).next().map(|(address, _)| address)
    }

    #[test]
    fn accents_order_and_slips_do_not_matter() {
        let index = index(&["Triq il-Kbira, Mosta", "12, Triq il-Kbira, Żebbuġ", "Triq San Ġorġ, Ħamrun"]);
        assert_eq!(best(&index, "triq il kbira mosta"), Some(0));
        assert_eq!(best(&index, "zebbug kbira 12"), Some(1));
        assert_eq!(best(&index, "san gorg hamrnu"), Some(2));
        assert_eq!(best(&index, "Hamr"), Some(2));
    }

    #[test]
    fn another_house_number_is_no_slip_of_the_finger() {
        let index = index(&["121, Main Street", "131, Main Street"]);
        assert_eq!(best(&index, "131 main street"), Some(1));
        let scores: Vec<f32> = index.ranked("131 main street").map(|(_, score)| score).collect();
        assert!(scores[0] > 0.99 && scores[1] < 0.7, "{scores:?}");
    }

    #[test]
    fn nothing_matches_nothing() {
        let index = index(&["Triq il-Kbira, Mosta"]);
        assert_eq!(best(&index, ""), None);
        assert_eq!(best(&index, "xylophone"), None);
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
