//! What an order asks of the plan beyond a door, a promise and a time at the door: how much it matters, when within its
//! promise, and which vehicles may come. Nothing of it is about a person.

use crate::{Refusal, VehicleId, Window};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, fmt, str::FromStr};

/// How much an order matters when not all of them find a place: 0, the usual, to 9. The higher is left out the later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Priority(u8);

impl Priority {
    /// The highest.
    pub const MOST: i16 = 9;

    /// Reads a number. Refuses what is not 0 to 9.
    pub fn parse(number: i16) -> Result<Self, Refusal> {
        let fits = u8::try_from(number).ok().filter(|_| number <= Self::MOST);
        fits.map(Self).ok_or(Refusal::NoPriority)
    }

    /// The number, 0 to 9.
    pub fn number(self) -> i16 {
        self.0.into()
    }

    /// As how many orders of the usual priority it counts when not all find a place: 1 for 0, 11 for 1, 91 for 9.
    pub fn weight(self) -> i64 {
        1 + 10 * i64::from(self.0)
    }

    /// Whether nobody said anything else.
    pub fn is_usual(&self) -> bool {
        self.0 == 0
    }
}

impl TryFrom<i16> for Priority {
    type Error = Refusal;
    fn try_from(number: i16) -> Result<Self, Refusal> {
        Self::parse(number)
    }
}

impl From<Priority> for i16 {
    fn from(priority: Priority) -> Self {
        priority.number()
    }
}

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

/// So much time is at least between two windows of an order.
const APART: TimeDelta = TimeDelta::minutes(1);

/// The parts of a promise in which an order may be served, where that is not all of it: 2 to 8 windows, by time, with time
/// between them; or none, for a promise that is one window. The promise reaches from the first to the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Window>", into = "Vec<Window>")]
pub struct Windows(Vec<Window>);

impl Windows {
    /// How many windows an order may have.
    pub const MOST: usize = 8;

    /// Reads windows in any order. One alone is a promise as a whole. Refuses windows with less than a minute between them,
    /// and those that together last over a day.
    pub fn parse(mut windows: Vec<Window>) -> Result<Self, Refusal> {
        windows.sort_by_key(|window| window.from());
        if windows.len() > Self::MOST
            || windows.windows(2).any(|pair| pair[1].from() < pair[0].until() + APART)
        {
            return Err(Refusal::WindowsMeet);
        }
        if let (Some(first), Some(last)) = (windows.first(), windows.last()) {
            Window::parse(first.from(), last.until()).map_err(|_| Refusal::WindowsTooLong)?;
        }
        if windows.len() < 2 {
            windows.clear();
        }
        Ok(Self(windows))
    }

    /// Each, by time; none where the promise is one window.
    pub fn parts(&self) -> &[Window] {
        &self.0
    }

    /// Whether the promise is one window.
    pub fn is_whole(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryFrom<Vec<Window>> for Windows {
    type Error = Refusal;
    fn try_from(windows: Vec<Window>) -> Result<Self, Refusal> {
        Self::parse(windows)
    }
}

impl From<Windows> for Vec<Window> {
    fn from(windows: Windows) -> Self {
        windows.0
    }
}

/// Which vehicles may serve an order: all, or only some, and never others; 100 at most of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawVehicles", into = "RawVehicles")]
pub struct AllowedVehicles {
    only: BTreeSet<VehicleId>,
    never: BTreeSet<VehicleId>,
}

#[derive(Serialize, Deserialize)]
struct RawVehicles {
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    only: BTreeSet<VehicleId>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    never: BTreeSet<VehicleId>,
}

impl AllowedVehicles {
    /// How many vehicles each list may name.
    pub const MOST: usize = 100;

    /// Reads both lists; `only` empty allows all. Refuses a vehicle that is in both.
    pub fn parse(only: BTreeSet<VehicleId>, never: BTreeSet<VehicleId>) -> Result<Self, Refusal> {
        if only.len() > Self::MOST || never.len() > Self::MOST {
            Err(Refusal::TooManyVehicles)
        } else if only.is_disjoint(&never) {
            Ok(Self { only, never })
        } else {
            Err(Refusal::VehicleBothWays)
        }
    }

    /// The only ones that may; empty where all may that are not among [`Self::never`].
    pub fn only(&self) -> &BTreeSet<VehicleId> {
        &self.only
    }

    /// Those that may not.
    pub fn never(&self) -> &BTreeSet<VehicleId> {
        &self.never
    }

    /// Whether a vehicle may.
    pub fn allow(&self, vehicle: VehicleId) -> bool {
        (self.only.is_empty() || self.only.contains(&vehicle)) && !self.never.contains(&vehicle)
    }

    /// Whether every vehicle may.
    pub fn are_all(&self) -> bool {
        self.only.is_empty() && self.never.is_empty()
    }
}

impl TryFrom<RawVehicles> for AllowedVehicles {
    type Error = Refusal;
    fn try_from(raw: RawVehicles) -> Result<Self, Refusal> {
        Self::parse(raw.only, raw.never)
    }
}

impl From<AllowedVehicles> for RawVehicles {
    fn from(allowed: AllowedVehicles) -> Self {
        Self { only: allowed.only, never: allowed.never }
    }
}

/// All that an order asks of the plan. The plain order asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// How much it matters.
    #[serde(default, skip_serializing_if = "Priority::is_usual")]
    pub priority: Priority,
    /// When within its first promise it may be served.
    #[serde(default, skip_serializing_if = "Windows::is_whole")]
    pub windows: Windows,
    /// What a vehicle has to be able to do.
    #[serde(default, skip_serializing_if = "Skills::is_empty")]
    pub skills: Skills,
    /// Which vehicles may come.
    #[serde(default, skip_serializing_if = "AllowedVehicles::are_all")]
    pub vehicles: AllowedVehicles,
}

impl Needs {
    /// Whether nothing is asked for.
    pub fn are_none(&self) -> bool {
        self == &Self::default()
    }

    /// Whether a vehicle with these skills may serve the order.
    pub fn allow(&self, vehicle: VehicleId, skills: &Skills) -> bool {
        self.vehicles.allow(vehicle) && skills.cover(&self.skills)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, TimeDelta};
    use uuid::Uuid;

    fn window(from: i64, until: i64) -> Window {
        let noon = DateTime::from_timestamp(1_764_000_000, 0).unwrap();
        Window::parse(noon + TimeDelta::minutes(from), noon + TimeDelta::minutes(until)).unwrap()
    }

    #[test]
    fn a_priority_is_a_digit() {
        assert_eq!(Priority::parse(0), Ok(Priority::default()));
        assert_eq!(Priority::parse(9).unwrap().number(), 9);
        for bad in [-1, 10, i16::MAX, i16::MIN] {
            assert_eq!(Priority::parse(bad), Err(Refusal::NoPriority), "{bad}");
        }
        assert!(serde_json::from_str::<Priority>("10").is_err());
        let weights: Vec<_> = (0..=9).map(|n| Priority::parse(n).unwrap().weight()).collect();
        assert!(weights[0] == 1 && weights.is_sorted_by(|a, b| a < b), "{weights:?}");
    }

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

    #[test]
    fn windows_lie_apart_and_one_alone_is_the_whole() {
        let parts = Windows::parse(vec![window(200, 240), window(0, 60)]).unwrap();
        assert_eq!(parts.parts(), [window(0, 60), window(200, 240)]);
        assert!(Windows::parse(vec![window(0, 60)]).unwrap().is_whole());
        assert!(Windows::parse(vec![]).unwrap().is_whole());
        let soon = window(0, 60).until() + TimeDelta::seconds(59);
        let seconds = vec![window(0, 60), Window::parse(soon, soon + TimeDelta::hours(1)).unwrap()];
        for bad in [vec![window(0, 60), window(60, 90)], vec![window(0, 60), window(10, 20)], seconds] {
            assert_eq!(Windows::parse(bad), Err(Refusal::WindowsMeet));
        }
        let many = |count: i64| (0..count).map(|n| window(n * 60, n * 60 + 30)).collect::<Vec<_>>();
        assert!(Windows::parse(many(8)).is_ok());
        assert_eq!(Windows::parse(many(9)), Err(Refusal::WindowsMeet));
        let far = vec![window(0, 60), window(24 * 60, 25 * 60)];
        assert_eq!(Windows::parse(far), Err(Refusal::WindowsTooLong));
    }

    #[test]
    fn a_vehicle_is_allowed_or_not_and_never_both() {
        let [one, two, three] = [1, 2, 3].map(|n| VehicleId(Uuid::from_u128(n)));
        let lists = |only: &[VehicleId], never: &[VehicleId]| {
            AllowedVehicles::parse(only.iter().copied().collect(), never.iter().copied().collect())
        };
        let allowed = |of: AllowedVehicles| [one, two, three].map(|vehicle| of.allow(vehicle));
        assert_eq!(allowed(lists(&[], &[]).unwrap()), [true; 3]);
        assert_eq!(allowed(lists(&[one], &[]).unwrap()), [true, false, false]);
        assert_eq!(allowed(lists(&[], &[two]).unwrap()), [true, false, true]);
        assert_eq!(allowed(lists(&[one], &[two]).unwrap()), [true, false, false]);
        assert_eq!(lists(&[one, two], &[two]), Err(Refusal::VehicleBothWays));
        let many: Vec<_> = (0..101).map(|n| VehicleId(Uuid::from_u128(n))).collect();
        assert_eq!(lists(&many, &[]), Err(Refusal::TooManyVehicles));
    }

    #[test]
    fn what_is_not_asked_for_is_not_written() {
        assert_eq!(serde_json::to_string(&Needs::default()).unwrap(), "{}");
        assert_eq!(serde_json::from_str::<Needs>("{}").unwrap(), Needs::default());
        let needs = Needs {
            priority: Priority::parse(3).unwrap(),
            windows: Windows::parse(vec![window(0, 60), window(90, 120)]).unwrap(),
            skills: Skills::parse(&["lift"]).unwrap(),
            vehicles: AllowedVehicles::parse([VehicleId(Uuid::nil())].into(), BTreeSet::new()).unwrap(),
        };
        let text = serde_json::to_string(&needs).unwrap();
        assert_eq!(serde_json::from_str::<Needs>(&text).unwrap(), needs, "{text}");
    }
}
