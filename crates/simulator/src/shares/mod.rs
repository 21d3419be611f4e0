//! How much of everything there is in the pretended world: defaults, or what a file says instead.
//!
//! A file names only what differs, such as `{"people": {"workers": 0.6, "families": 0.08}}`. Everything that is wrong with it is
//! said at once. Not here: what is drawn with the shares.

mod list;

pub use list::{Acts, Addresses, Calendar, Doors, Drivers, LIST, Orders, People, Phones, Roads, Shares};

use serde_json::{Map, Value};
use std::path::Path;

/// Shares that can only be together what a whole can be.
const SUMS: [(&str, &[&str], bool); 5] = [
    ("people", &["workers", "home_office", "families", "retired", "businesses"], true),
    ("orders", &["whole_day", "two_hours"], false),
    ("acts", &["cancel", "move", "redirect", "call"], false),
    ("addresses", &["misspelt", "numberless", "wrong_door"], false),
    ("doors", &["not_found", "refused", "no_proof", "missing", "no_parking"], false),
];
const HAIR: f64 = 1e-9;

/// Everything that is wrong with a file of shares.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("these shares cannot be:\n  {}", .0.join("\n  "))]
pub struct Faults(pub Vec<String>);

impl Shares {
    /// The shares of a file; the defaults for what it does not name.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it cannot be.
    pub fn of_file(file: &Path) -> Result<Self, Faults> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| Faults(vec![format!("{} cannot be read: {error}", file.display())]))?;
        Self::read(&text)
    }

    /// The same of a text.
    ///
    /// # Errors
    /// As [`Shares::of_file`].
    pub fn read(text: &str) -> Result<Self, Faults> {
        let parts: Map<String, Value> = serde_json::from_str(text.trim_start_matches('\u{feff}'))
            .map_err(|error| Faults(vec![format!("it is no JSON object of parts: {error}")]))?;
        let (mut shares, mut faults) = (Self::default(), Vec::new());
        for (part, keys) in &parts {
            match keys {
                _ if LIST.iter().all(|share| share.part != part) => {
                    faults.push(format!(
                        "{part}: there is no such part; there are {}",
                        names(|s| Some(s.part))
                    ));
                }
                Value::Object(keys) => {
                    let set = keys.iter().filter_map(|(key, value)| shares.set(part, key, value));
                    faults.extend(set);
                }
                _ => faults.push(format!("{part}: it has to be an object of names and numbers")),
            }
        }
        faults.extend(shares.sums());
        if faults.is_empty() { Ok(shares) } else { Err(Faults(faults)) }
    }

    /// Sets one share, or says why it cannot be.
    fn set(&mut self, part: &str, key: &str, value: &Value) -> Option<String> {
        let Some(share) = LIST.iter().find(|share| share.part == part && name(share.key) == key) else {
            let known = names(|share| (share.part == part).then_some(name(share.key)));
            return Some(format!("{part}.{key}: there is no such share; there are {known}"));
        };
        let Some(number) = value.as_f64() else {
            return Some(format!("{part}.{key}: it has to be a number, and is {value}"));
        };
        if !(share.least..=share.most).contains(&number) {
            let (least, most, unit) = (share.least, share.most, share.unit);
            return Some(format!("{part}.{key}: {number} is not within {least} and {most} {unit}"));
        }
        if let Some(slot) = self.slot(part, share.key) {
            *slot = number;
        }
        None
    }

    /// What is wrong with the shares that are parts of one whole.
    fn sums(&mut self) -> Vec<String> {
        let mut faults = Vec::new();
        for (part, keys, whole) in SUMS {
            let of = |key: &&&str| LIST.iter().find(|share| share.part == part && name(share.key) == **key);
            let slots = keys.iter().filter_map(|key| of(&key).map(|share| share.key));
            let sum: f64 = slots.filter_map(|key| self.slot(part, key).map(|slot| *slot)).sum();
            let named = keys.join(" + ");
            if whole && (sum - 1.0).abs() > HAIR {
                faults.push(format!("{part}: {named} have to be 1 together, and are {sum:.4}"));
            } else if sum > 1.0 + HAIR {
                faults.push(format!("{part}: {named} can be 1 together at most, and are {sum:.4}"));
            }
        }
        faults
    }
}

/// A share's name as a file has it.
fn name(key: &'static str) -> &'static str {
    key.trim_start_matches("r#")
}

fn names(of: impl Fn(&list::Share) -> Option<&'static str>) -> String {
    let mut all: Vec<&str> = LIST.iter().filter_map(of).collect();
    all.dedup();
    all.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_names_only_what_differs_and_the_defaults_can_be() {
        assert_eq!(Shares::read("{}").unwrap(), Shares::default());
        let few = Shares::read(r#"{"acts": {"move": 0.5}, "roads": {"closed_lanes": 0}}"#).unwrap();
        assert!((few.acts.r#move - 0.5).abs() < 1e-12 && few.roads.closed_lanes < 1e-12);
        assert_eq!(few.people, Shares::default().people);
        for share in LIST {
            assert!((share.least..=share.most).contains(&share.default), "{}", share.key);
        }
    }

    #[test]
    fn everything_that_cannot_be_is_named_at_once() {
        let text = r#"{"people": {"workers": 0.9, "flats": -0.1, "height": 2}, "weather": {}, "acts": 3,
            "orders": {"whole_day": 0.7, "two_hours": 0.6, "late": "many"}, "roads": {"odd_times": 0.5}}"#;
        let Faults(faults) = Shares::read(text).unwrap_err();
        let begins = [
            "acts: it has to be an object",
            "orders.late: it has to be a number",
            "people.flats: -0.1 is not within 0 and 1",
            "people.height: there is no such share; there are pool, ",
            "roads.odd_times: 0.5 is not within 1 and 5",
            "weather: there is no such part; there are people, acts",
            "people: workers + home_office",
            "orders: whole_day + two_hours can be 1 together at most, and are 1.3000",
        ];
        assert_eq!(faults.len(), begins.len(), "{faults:#?}");
        for begin in begins {
            assert!(faults.iter().any(|fault| fault.starts_with(begin)), "{begin}: {faults:#?}");
        }
        for text in ["", "[]", "{", "null", "7"] {
            assert_eq!(Shares::read(text).unwrap_err().0.len(), 1, "{text}");
        }
        assert!(Shares::of_file(Path::new("no such file")).unwrap_err().0[0].contains("cannot be read"));
    }

    #[test]
    fn the_documentation_has_the_table_of_the_list() {
        let mut table = String::new();
        let mut part = "";
        for share in LIST {
            if share.part != part {
                part = share.part;
                table += &format!("\n| `{part}` | default | unit | from | says |\n|---|---|---|---|---|\n");
            }
            let (key, about) = (name(share.key), share.about);
            table +=
                &format!("| `{key}` | {} | {} | {} | {about} |\n", share.default, share.unit, share.source);
        }
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/simulator.md");
        let docs = std::fs::read_to_string(file).unwrap();
        assert!(docs.contains(table.trim()), "docs/simulator.md has to hold these tables:\n{table}");
    }
}
