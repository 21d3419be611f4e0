//! A VRPLIB file taken apart: headers by key, sections by name, and their rows.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::draft::Weights;
use super::super::fault::Faults;
use super::super::text::{Line, clipped, lines, whole};
use super::{HEADERS, SECTIONS, weights};
use crate::LIMITS;

/// By vehicle or group: the line that says it, and its nodes.
pub(super) type Lists = Vec<(usize, Vec<usize>)>;

/// The file taken apart: headers by key, sections by name, each with its lines.
pub(super) struct Parts<'a> {
    pub(super) headers: BTreeMap<&'a str, Line<'a>>,
    pub(super) sections: BTreeMap<&'a str, Vec<Line<'a>>>,
}

/// One row of a section that gives each node some numbers.
#[derive(Clone, Copy)]
pub(super) struct Row<const COUNT: usize> {
    pub(super) line: usize,
    pub(super) values: [f64; COUNT],
}

impl<'a> Parts<'a> {
    pub(super) fn of(text: &'a str, faults: &mut Faults) -> Option<Self> {
        let mut parts = Self { headers: BTreeMap::new(), sections: BTreeMap::new() };
        let mut section: Option<&str> = None;
        for line in lines(text) {
            if line.text == "EOF" {
                break;
            }
            if !line.text.starts_with(|first: char| first.is_ascii_alphabetic()) {
                match section {
                    Some(name) => parts.sections.entry(name).or_default().push(line),
                    None => {
                        faults.at(line.number, format!("`{}` is in no section", line.shown()));
                        return None;
                    }
                }
                continue;
            }
            let (key, value) = match line.text.split_once(':') {
                Some((key, value)) => (key.trim(), value.trim()),
                None => (line.text, ""),
            };
            let known = if key.ends_with("_SECTION") {
                if !value.is_empty() {
                    faults.at(
                        line.number,
                        format!(
                            "`{}` stands behind the section's name; put it in the next line",
                            clipped(value)
                        ),
                    );
                }
                section = Some(key);
                let new = parts.sections.insert(key, Vec::new()).is_none();
                SECTIONS.contains(&key).then_some(new)
            } else {
                section = None;
                let value = Line { number: line.number, text: value };
                let new = parts.headers.insert(key, value).is_none() || key == "COMMENT";
                HEADERS.contains(&key).then_some(new)
            };
            match known {
                Some(true) => {}
                Some(false) => {
                    faults.at(line.number, format!("{} is given twice; leave one out", clipped(key)));
                }
                None => faults.at(
                    line.number,
                    format!("{} is not solved here: to leave it out would be another problem", clipped(key)),
                ),
            }
        }
        Some(parts)
    }

    /// A header that must be there, as a whole number.
    pub(super) fn required(&self, key: &str, most: i64, faults: &mut Faults) -> Option<i64> {
        let Some(line) = self.headers.get(key) else {
            faults.whole(format!("{key} is missing; write `{key} : NUMBER`"));
            return None;
        };
        let number = line.text.parse().ok().and_then(|number| whole(number, most));
        if number.is_none() {
            let text = line.shown();
            faults.at(line.number, format!("{key} is `{text}`; write a whole number from 0 to {most}"));
        }
        number
    }

    pub(super) fn required_count(&self, key: &str, faults: &mut Faults) -> Option<usize> {
        let count = usize::try_from(self.required(key, LIMITS.count as i64, faults)?).ok()?;
        if let (0, Some(line)) = (count, self.headers.get(key)) {
            faults.at(line.number, format!("{key} is 0; write a number from 1 to {}", LIMITS.count));
            return None;
        }
        Some(count)
    }

    /// A header that may be there, as a number from 0, with its line; none if it is there and broken.
    pub(super) fn measure(&self, key: &str, faults: &mut Faults) -> Option<Option<(usize, f64)>> {
        let Some(line) = self.headers.get(key) else { return Some(None) };
        let number: Option<f64> = line.text.parse().ok();
        let number = number.filter(|number| number.is_finite() && *number >= 0.0);
        if number.is_none() {
            faults.at(line.number, format!("{key} is `{}`; write a number from 0", line.shown()));
        }
        number.map(|number| Some((line.number, number)))
    }

    /// A section that gives each vehicle, or whatever `of` names, a number from 0, with its line; the nones as for
    /// [`Self::table`].
    pub(super) fn column(
        &self,
        name: &str,
        of: (&str, usize),
        faults: &mut Faults,
    ) -> Option<Option<Vec<(usize, f64)>>> {
        let form = format!("`{} number`", of.0);
        let read = |line: Line<'_>, faults: &mut Faults| {
            let (id, [value]) = keyed(line, &form, faults)?;
            if value < 0.0 {
                faults.at(line.number, format!("{name} says {value}; write a number from 0"));
                return None;
            }
            Some((id, (line.number, value)))
        };
        self.rows(name, of, &form, read, faults)
    }

    /// A section that gives each node some numbers, in the order of the nodes; the inner none if there is no such
    /// section, the outer if it is broken.
    pub(super) fn table<const COUNT: usize>(
        &self,
        name: &str,
        nodes: usize,
        form: &str,
        faults: &mut Faults,
    ) -> Option<Option<Vec<Row<COUNT>>>> {
        let read = |line: Line<'_>, faults: &mut Faults| {
            let (id, values) = keyed(line, form, faults)?;
            Some((id, Row { line: line.number, values }))
        };
        self.rows(name, ("node", nodes), form, read, faults)
    }

    /// A section that gives each vehicle, or each group, any number of nodes, counted from 0, with its line; the nones as
    /// for [`Self::table`].
    pub(super) fn lists(
        &self,
        name: &str,
        of: (&str, usize),
        nodes: Range<usize>,
        faults: &mut Faults,
    ) -> Option<Option<Lists>> {
        let form = format!("`{} node node ...`", of.0);
        let read = |line: Line<'_>, faults: &mut Faults| {
            let mut words = line.text.split_whitespace();
            let [id] = Line { text: words.next()?, ..line }.numbers::<1>(&form, faults)?;
            let mut list = Vec::new();
            for word in words {
                let number: Option<usize> = word.parse().ok();
                let Some(node) =
                    number.and_then(|number| number.checked_sub(1)).filter(|n| nodes.contains(n))
                else {
                    let (first, last) = (nodes.start + 1, nodes.end);
                    let word = clipped(word);
                    faults.at(
                        line.number,
                        format!("{name} names node `{word}`, and only nodes {first} to {last} belong here"),
                    );
                    return None;
                };
                list.push(node);
            }
            Some((id, (line.number, list)))
        };
        self.rows(name, of, &form, read, faults)
    }

    /// A section that says something of each vehicle, node or whatever `of` names, in their order.
    fn rows<T: Clone>(
        &self,
        name: &str,
        of: (&str, usize),
        form: &str,
        read: impl Fn(Line<'_>, &mut Faults) -> Option<(f64, T)>,
        faults: &mut Faults,
    ) -> Option<Option<Vec<T>>> {
        let (what, count) = of;
        let Some(section) = self.sections.get(name) else { return Some(None) };
        if section.len() < count {
            faults.whole(format!(
                "{name} has {} lines; write {form} for each of the {count} {what}s",
                section.len()
            ));
            return None;
        }
        let mut rows = vec![None; count];
        let mut sound = true;
        for line in section {
            let Some((id, row)) = read(*line, faults) else {
                sound = false;
                continue;
            };
            let slot = whole(id, LIMITS.count as i64)
                .and_then(|id| usize::try_from(id - 1).ok())
                .and_then(|index| rows.get_mut(index));
            match slot {
                None => faults.at(
                    line.number,
                    format!("{name} speaks of {what} {id}, which does not exist; {what}s are 1 to {count}"),
                ),
                Some(Some(_)) => {
                    faults.at(line.number, format!("{name} gives {what} {id} twice; leave one out"));
                }
                Some(slot) => {
                    *slot = Some(row);
                    continue;
                }
            }
            sound = false;
        }
        if let (true, Some(missing)) = (sound, rows.iter().position(Option::is_none)) {
            faults.whole(format!(
                "{name} has no line for {what} {}; write {form} for each {what}",
                missing + 1
            ));
            sound = false;
        }
        sound.then(|| Some(rows.into_iter().flatten().collect()))
    }

    /// How many depots there are; they are the first nodes.
    pub(super) fn depots(&self, nodes: usize, faults: &mut Faults) -> Option<usize> {
        let mut count = 0;
        let words = self.sections.get("DEPOT_SECTION").into_iter().flatten();
        let words = words.flat_map(|line| line.text.split_whitespace().map(|word| (line.number, word)));
        for (line, word) in words.take_while(|(_, word)| *word != "-1") {
            count += 1;
            if word.parse() != Ok(count) || count > nodes {
                faults.at(
                    line,
                    format!("a depot is node `{}`; number the nodes so that it is {count}", clipped(word)),
                );
                return None;
            }
        }
        Some(count.max(1))
    }

    pub(super) fn weights(
        &self,
        nodes: usize,
        points: Option<&[(f64, f64)]>,
        faults: &mut Faults,
    ) -> Option<Weights> {
        let Some(kind) = self.headers.get("EDGE_WEIGHT_TYPE") else {
            faults.whole("EDGE_WEIGHT_TYPE is missing; write EUC_2D for coordinates, EXPLICIT for a matrix");
            return None;
        };
        match (kind.text, points) {
            ("EUC_2D", Some(_)) if self.sections.contains_key("EDGE_WEIGHT_SECTION") => {
                faults.at(
                    kind.number,
                    "EUC_2D and EDGE_WEIGHT_SECTION say two things; write EXPLICIT, or leave the section out",
                );
                None
            }
            ("EUC_2D", Some(points)) => Some(Weights::Points(points.to_vec())),
            ("EUC_2D", None) => {
                faults.at(kind.number, "EUC_2D needs coordinates, and NODE_COORD_SECTION is missing");
                None
            }
            ("EXPLICIT", _) => {
                let format = self.headers.get("EDGE_WEIGHT_FORMAT");
                let section = self.sections.get("EDGE_WEIGHT_SECTION");
                let (Some(format), Some(section)) = (format, section) else {
                    faults.at(kind.number, "EXPLICIT needs EDGE_WEIGHT_FORMAT and EDGE_WEIGHT_SECTION");
                    return None;
                };
                weights::read(*format, nodes, section, faults).map(Weights::Matrix)
            }
            _ => {
                faults.at(
                    kind.number,
                    format!("EDGE_WEIGHT_TYPE {} is not known here; EUC_2D and EXPLICIT are", kind.shown()),
                );
                None
            }
        }
    }
}

/// A node's number and what the line says of it.
fn keyed<const COUNT: usize>(line: Line<'_>, form: &str, faults: &mut Faults) -> Option<(f64, [f64; COUNT])> {
    match line.text.split_once(char::is_whitespace) {
        Some((id, rest)) => {
            let [id] = Line { text: id, ..line }.numbers::<1>(form, faults)?;
            let values = Line { text: rest.trim(), ..line }.numbers::<COUNT>(form, faults)?;
            Some((id, values))
        }
        None => {
            faults.at(line.number, format!("`{}` is too short; write {form}", line.shown()));
            None
        }
    }
}
