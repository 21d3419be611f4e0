//! What a vehicle with its driver can do that an order may need.

use crate::Refusal;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// What a vehicle with its driver has to be able to do, as a short code such as `lift` or `cold`: 1 to 32 small letters,
/// digits, `-` and `_`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Skill(String);

impl Skill {
    /// Reads a code; capital letters become small ones.
    pub fn parse(code: &str) -> Result<Self, Refusal> {
        let code = code.trim().to_ascii_lowercase();
        let allowed = |letter: char| {
            letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
        };
        if (1..=32).contains(&code.len()) && code.chars().all(allowed) {
            Ok(Self(code))
        } else {
            Err(Refusal::NoSkill)
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Skill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Skill {
    type Err = Refusal;
    fn from_str(code: &str) -> Result<Self, Refusal> {
        Self::parse(code)
    }
}

impl TryFrom<String> for Skill {
    type Error = Refusal;
    fn try_from(code: String) -> Result<Self, Refusal> {
        Self::parse(&code)
    }
}

impl From<Skill> for String {
    fn from(skill: Skill) -> Self {
        skill.0
    }
}

/// Skills that an order needs, or that a vehicle has: 16 at most, each once, by the alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<String>", into = "Vec<String>")]
pub struct Skills(BTreeSet<Skill>);

impl Skills {
    /// How many an order or a vehicle may have.
    pub const MOST: usize = 16;

    /// Reads codes; what is said twice counts once.
    pub fn parse<T: AsRef<str>>(codes: &[T]) -> Result<Self, Refusal> {
        let skills: BTreeSet<_> =
            codes.iter().map(|code| Skill::parse(code.as_ref())).collect::<Result<_, _>>()?;
        if skills.len() <= Self::MOST { Ok(Self(skills)) } else { Err(Refusal::TooManySkills) }
    }

    /// Each, by the alphabet.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Skill> {
        self.0.iter()
    }

    /// The codes, by the alphabet.
    pub fn codes(&self) -> Vec<String> {
        self.iter().map(|skill| skill.0.clone()).collect()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all that is needed is among these.
    pub fn cover(&self, needed: &Self) -> bool {
        needed.0.is_subset(&self.0)
    }
}

impl TryFrom<Vec<String>> for Skills {
    type Error = Refusal;
    fn try_from(codes: Vec<String>) -> Result<Self, Refusal> {
        Self::parse(&codes)
    }
}

impl From<Skills> for Vec<String> {
    fn from(skills: Skills) -> Self {
        skills.codes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_short_codes_each_once() {
        let skills = Skills::parse(&["lift", " Cold ", "lift"]).unwrap();
        assert_eq!(skills.codes(), ["cold", "lift"]);
        for bad in ["", " ", "two words", "kühl", "a\0b", &"x".repeat(33)] {
            assert_eq!(Skill::parse(bad), Err(Refusal::NoSkill), "{bad:?}");
        }
        let many: Vec<_> = (0..17).map(|n| format!("s{n}")).collect();
        assert_eq!(Skills::parse(&many), Err(Refusal::TooManySkills));
        assert!(Skills::parse(&many[..16]).is_ok());
        let lift = Skills::parse(&["lift"]).unwrap();
        assert!(skills.cover(&lift) && !lift.cover(&skills) && lift.cover(&Skills::default()));
    }
}
