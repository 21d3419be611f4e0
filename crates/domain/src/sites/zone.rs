//! Zones: the ground that a hub serves, from a day on and perhaps until another.

use crate::{Coordinate, Day, HubId, Outline, ZoneId};
use serde::{Deserialize, Serialize};
use std::ops::Deref;
use thiserror::Error;

/// A zone's name has no more characters than this.
pub const MOST_ZONE_NAME: usize = 80;

/// What a zone is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneParts {
    /// Identity.
    pub id: ZoneId,
    /// Whose ground it is.
    pub hub: HubId,
    /// Name on screens; no other zone of its hub has it at the same time.
    pub name: String,
    /// Where it is.
    pub outline: Outline,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more; nothing while no end is known.
    pub until: Option<Day>,
}

/// Ground that a hub serves: orders to doors in it go to that hub.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ZoneParts", into = "ZoneParts")]
pub struct Zone(ZoneParts);

/// Why a zone cannot be, or cannot end then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneFault {
    /// A name that cannot be read.
    #[error("a zone needs a name of 1 to {MOST_ZONE_NAME} characters that can be seen")]
    Unnamed,
    /// It would be over before it begins.
    #[error("it would hold on no day: it begins on {from}, and {until} is the first day without it")]
    EndsFirst {
        /// When it would begin.
        from: Day,
        /// When it would end.
        until: Day,
    },
    /// Orders went by it until then.
    #[error("it has ended on {0} already: draw a new one")]
    Over(Day),
    /// Orders have gone by it on these days.
    #[error("a zone ends today at the earliest, which is {0}")]
    EndsInThePast(Day),
}

impl Zone {
    /// A zone that makes sense: with a name, and not over before it begins.
    ///
    /// # Errors
    /// The rule that says no.
    pub fn parse(parts: ZoneParts) -> Result<Self, ZoneFault> {
        let name = parts.name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || name.chars().count() > MOST_ZONE_NAME || name.contains(char::is_control) {
            return Err(ZoneFault::Unnamed);
        }
        match parts.until {
            Some(until) if until < parts.from => Err(ZoneFault::EndsFirst { from: parts.from, until }),
            _ => Ok(Self(ZoneParts { name, ..parts })),
        }
    }

    /// Whether it holds on a day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }

    /// Whether there is a day on which both hold.
    pub fn meets(&self, other: &Self) -> bool {
        let before = |one: &Self, other: &Self| one.until.is_some_and(|until| until <= other.from);
        let never = |one: &Self| one.until == Some(one.from);
        !before(self, other) && !before(other, self) && !never(self) && !never(other)
    }

    /// Somebody lets it end on a day, which may be another than was said before; one that ends before it begins never holds.
    ///
    /// # Errors
    /// When it is over already, or the day has passed.
    pub fn end(self, day: Day, today: Day) -> Result<Self, ZoneFault> {
        match self.until {
            Some(until) if until <= today => Err(ZoneFault::Over(until)),
            _ if day < today => Err(ZoneFault::EndsInThePast(today)),
            _ => Ok(self.ended(day)),
        }
    }

    /// The same with its last day before `day`, as the history has it.
    #[must_use]
    pub fn ended(self, day: Day) -> Self {
        let until = Some(day.max(self.from));
        Self(ZoneParts { until, ..self.0 })
    }
}

impl Deref for Zone {
    type Target = ZoneParts;
    fn deref(&self) -> &ZoneParts {
        &self.0
    }
}

impl TryFrom<ZoneParts> for Zone {
    type Error = ZoneFault;
    fn try_from(parts: ZoneParts) -> Result<Self, ZoneFault> {
        Self::parse(parts)
    }
}

impl From<Zone> for ZoneParts {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

/// The zone that an order goes by: of those that hold the door on the day, the smallest; of two as large, the older one. Each
/// hub has its own calendar, so `day_at` says which day it is there.
pub fn serving(zones: &[Zone], door: Coordinate, day_at: impl Fn(HubId) -> Day) -> Option<&Zone> {
    zones
        .iter()
        .filter(|zone| zone.holds_on(day_at(zone.hub)) && zone.outline.contains(door))
        .min_by(|a, b| a.outline.area_m2().total_cmp(&b.outline.area_m2()).then(a.id.cmp(&b.id)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn day(day: u32) -> Day {
        Day::from_ymd_opt(2026, 11, day).unwrap()
    }

    fn square(n: u128, side: f64, from: u32, until: Option<u32>) -> Zone {
        let at = |lat, lon| Coordinate::parse(lat, lon).unwrap();
        let ring = vec![at(0.0, 0.0), at(0.0, side), at(side, side), at(side, 0.0)];
        let outline = Outline::parse(vec![vec![ring]]).unwrap();
        let (id, hub) = (ZoneId(Uuid::from_u128(n)), HubId(Uuid::from_u128(n % 2)));
        let parts = ZoneParts {
            id,
            hub,
            name: format!(" Zone  {n}"),
            outline,
            from: day(from),
            until: until.map(day),
        };
        Zone::parse(parts).unwrap()
    }

    #[test]
    fn a_zone_has_to_make_sense() {
        let zone = square(1, 1.0, 3, None);
        assert_eq!(zone.name, "Zone 1");
        let with = |change: fn(&mut ZoneParts)| {
            let mut parts = ZoneParts::from(square(1, 1.0, 3, None));
            change(&mut parts);
            Zone::parse(parts)
        };
        assert_eq!(with(|parts| parts.name = " ".into()), Err(ZoneFault::Unnamed));
        assert_eq!(with(|parts| parts.name = "a\0b".into()), Err(ZoneFault::Unnamed));
        assert_eq!(with(|parts| parts.name = "x".repeat(81)), Err(ZoneFault::Unnamed));
        let backwards = with(|parts| parts.until = Some(day(2)));
        assert_eq!(backwards, Err(ZoneFault::EndsFirst { from: day(3), until: day(2) }));
        let text = serde_json::to_string(&zone).unwrap();
        assert_eq!(serde_json::from_str::<Zone>(&text).unwrap(), zone);
        assert!(serde_json::from_str::<Zone>(&text.replace("null", "\"2026-11-01\"")).is_err());
    }

    #[test]
    fn of_zones_that_overlap_the_smallest_serves_while_it_holds() {
        let zones = [square(1, 2.0, 1, None), square(2, 1.0, 5, Some(10)), square(4, 2.0, 1, None)];
        let door = Coordinate::parse(0.5, 0.5).unwrap();
        let on = |n| serving(&zones, door, |_| day(n)).map(|zone| zone.id.0.as_u128());
        assert_eq!([4, 5, 9, 10].map(on), [Some(1), Some(2), Some(2), Some(1)]);
        let far = Coordinate::parse(1.5, 1.5).unwrap();
        assert_eq!(serving(&zones, far, |_| day(7)).map(|zone| zone.id.0.as_u128()), Some(1));
        assert_eq!(serving(&zones, Coordinate::parse(3.0, 1.0).unwrap(), |_| day(7)), None);
        // The second hub lives a day behind.
        let behind = |hub: HubId| if hub.0.is_nil() { day(4) } else { day(5) };
        assert_eq!(serving(&zones[..2], door, behind).map(|zone| zone.id.0.as_u128()), Some(1));
    }

    #[test]
    fn a_zone_ends_once_and_not_in_the_past() {
        let zone = square(1, 1.0, 5, None);
        let ended = zone.clone().end(day(8), day(6)).unwrap();
        assert!(ended.holds_on(day(7)) && !ended.holds_on(day(8)));
        let longer = ended.clone().end(day(9), day(6)).unwrap();
        assert_eq!(longer.until, Some(day(9)), "the end may move until it has come");
        assert_eq!(ended.end(day(9), day(8)), Err(ZoneFault::Over(day(8))));
        assert_eq!(zone.clone().end(day(5), day(6)), Err(ZoneFault::EndsInThePast(day(6))));
        let never = zone.end(day(2), day(1)).unwrap();
        assert_eq!((never.until, never.holds_on(day(5))), (Some(day(5)), false));
    }

    #[test]
    fn zones_meet_when_a_day_is_in_both() {
        let zone = |from, until| square(1, 1.0, from, until);
        assert!(zone(1, None).meets(&zone(9, None)) && zone(9, None).meets(&zone(1, None)));
        assert!(!zone(1, Some(9)).meets(&zone(9, None)) && !zone(9, None).meets(&zone(1, Some(9))));
        assert!(zone(1, Some(9)).meets(&zone(8, Some(12))));
        assert!(!zone(5, Some(5)).meets(&zone(1, None)));
    }
}
