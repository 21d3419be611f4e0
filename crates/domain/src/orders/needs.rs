//! What an order asks of the plan beyond a door, a promise and a time at the door: how much it matters, when within its
//! promise, and which vehicles may come. Nothing of it is about a person.

use crate::{Refusal, Skills, VehicleId, Window};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
