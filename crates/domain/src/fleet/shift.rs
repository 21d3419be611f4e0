//! Shifts: who drives what when on a service day, and with which breaks.
//!
//! A vehicle without a shift on a day has its usual driver and hours, which are fields of the vehicle. Not here: which of the
//! two holds, because usual hours are the hub's local time.

use crate::{Day, DriverId, HubId, Instant, Refusal, ShiftId, VehicleId};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A vehicle has so many shifts on a day at most.
pub const MOST_SHIFTS: usize = 4;
/// A shift lasts so long at most.
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// A shift has so many breaks at most.
const MOST_BREAKS: usize = 4;
/// A break is so long at least and at most, in minutes.
const BREAK_MINUTES: std::ops::RangeInclusive<i32> = 5..=240;

/// A pause of the driver that is planned: it begins between two moments, and lasts some minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawBreak")]
pub struct Break {
    earliest: Instant,
    latest: Instant,
    minutes: i32,
}

#[derive(Deserialize)]
struct RawBreak {
    earliest: Instant,
    latest: Instant,
    minutes: i32,
}

impl Break {
    /// Reads a break. Refuses one whose latest beginning is before its earliest, or that is not 5 to 240 minutes long.
    pub fn parse(earliest: Instant, latest: Instant, minutes: i32) -> Result<Self, Refusal> {
        if earliest <= latest && latest - earliest <= LONGEST && BREAK_MINUTES.contains(&minutes) {
            Ok(Self { earliest, latest, minutes })
        } else {
            Err(Refusal::BreakCannotBe)
        }
    }

    /// Its earliest beginning.
    pub fn earliest(self) -> Instant {
        self.earliest
    }

    /// Its latest beginning.
    pub fn latest(self) -> Instant {
        self.latest
    }

    /// How long it lasts, in minutes.
    pub fn minutes(self) -> i32 {
        self.minutes
    }

    /// How long it lasts.
    pub fn length(self) -> TimeDelta {
        TimeDelta::minutes(self.minutes.into())
    }
}

impl TryFrom<RawBreak> for Break {
    type Error = Refusal;
    fn try_from(raw: RawBreak) -> Result<Self, Refusal> {
        Self::parse(raw.earliest, raw.latest, raw.minutes)
    }
}

/// From when until when somebody drives, and when the breaks are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawHours")]
pub struct Hours {
    from: Instant,
    until: Instant,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    breaks: Vec<Break>,
}

#[derive(Deserialize)]
struct RawHours {
    from: Instant,
    until: Instant,
    #[serde(default)]
    breaks: Vec<Break>,
}

impl Hours {
    /// Reads hours; the breaks are brought into their order. Refuses a shift that ends before it begins or lasts more than 24
    /// hours, more than four breaks, a break that may reach beyond the shift or into the next one, and breaks that come to
    /// more than half of the shift.
    pub fn parse(from: Instant, until: Instant, mut breaks: Vec<Break>) -> Result<Self, Refusal> {
        if from >= until || until - from > LONGEST {
            return Err(Refusal::ShiftBackwards);
        }
        if breaks.len() > MOST_BREAKS {
            return Err(Refusal::BreaksTooMany);
        }
        breaks.sort_by_key(|b| (b.earliest, b.latest));
        if breaks.iter().any(|b| b.earliest < from || b.latest + b.length() > until) {
            return Err(Refusal::BreakOutside);
        }
        if breaks.windows(2).any(|two| two[0].latest + two[0].length() > two[1].earliest) {
            return Err(Refusal::BreaksOverlap);
        }
        if breaks.iter().map(|b| b.length()).sum::<TimeDelta>() * 2 > until - from {
            return Err(Refusal::BreaksTooMany);
        }
        Ok(Self { from, until, breaks })
    }

    /// When the shift begins.
    pub fn from(&self) -> Instant {
        self.from
    }

    /// When it ends.
    pub fn until(&self) -> Instant {
        self.until
    }

    /// Its breaks, the first first; none overlaps another.
    pub fn breaks(&self) -> &[Break] {
        &self.breaks
    }
}

impl TryFrom<RawHours> for Hours {
    type Error = Refusal;
    fn try_from(raw: RawHours) -> Result<Self, Refusal> {
        Self::parse(raw.from, raw.until, raw.breaks)
    }
}

/// What a vehicle does on a day instead of the usual.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "duty")]
pub enum Duty {
    /// It stays at the hub.
    Off,
    /// Somebody drives it.
    Drives {
        /// Who.
        driver: DriverId,
        /// When.
        #[serde(flatten)]
        hours: Hours,
    },
}

impl Duty {
    /// Who drives and when, if somebody does.
    pub fn drives(&self) -> Option<(DriverId, &Hours)> {
        match self {
            Self::Off => None,
            Self::Drives { driver, hours } => Some((*driver, hours)),
        }
    }
}

/// One line of the roster: what a vehicle does on a service day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// Identity.
    pub id: ShiftId,
    /// At which hub.
    pub hub: HubId,
    /// Which vehicle.
    pub vehicle: VehicleId,
    /// On which service day.
    pub day: Day,
    /// What it does.
    #[serde(flatten)]
    pub duty: Duty,
}

impl Shift {
    /// Ends sooner, because its vehicle is back: without the breaks that it has then no room for. Refuses an end before its
    /// beginning.
    pub fn ended(mut self, at: Instant) -> Result<Self, Refusal> {
        if let Duty::Drives { driver, hours } = self.duty {
            let (from, until) = (hours.from, hours.until.min(at));
            let kept = hours.breaks.into_iter().filter(|b| b.latest + b.length() <= until).collect();
            let hours = Hours::parse(from, until, kept).or_else(|_| Hours::parse(from, until, vec![]))?;
            self.duty = Duty::Drives { driver, hours };
        }
        Ok(self)
    }
}

/// The way to a stop as it is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedLeg {
    /// When the vehicle leaves the place before.
    pub leaves: Instant,
    /// How long it drives.
    pub drive: TimeDelta,
    /// When it is there.
    pub arrives: Instant,
}

impl PlannedLeg {
    /// Whether the plan leaves room for the break on this leg: it begins within its bounds, and all of it fits beside the drive.
    fn has_room_for(&self, planned: Break) -> bool {
        let begins = self.arrives - planned.length();
        self.leaves + self.drive + planned.length() <= self.arrives
            && begins >= planned.earliest
            && begins - self.drive <= planned.latest
    }
}

/// On which legs of a route the plan has put breaks: of each break that has a place, the index of the leg.
pub fn breaks_on(legs: &[PlannedLeg], breaks: &[Break]) -> Vec<(usize, Break)> {
    let mut free = 0;
    let place = |planned: &Break| {
        let found = (free..legs.len()).find(|&index| legs[index].has_room_for(*planned))?;
        free = found + 1;
        Some((found, *planned))
    };
    breaks.iter().filter_map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        let morning: Instant = "2026-11-23T06:00:00Z".parse().unwrap();
        morning + TimeDelta::minutes(minutes)
    }

    fn pause(earliest: i64, latest: i64, minutes: i32) -> Break {
        Break::parse(at(earliest), at(latest), minutes).unwrap()
    }

    #[test]
    fn a_break_lies_within_its_shift_and_beside_no_other() {
        let hours = |until, breaks: &[Break]| Hours::parse(at(0), at(until), breaks.to_vec());
        let (early, late) = (pause(120, 150, 15), pause(240, 300, 30));
        assert_eq!(hours(480, &[late, early]).unwrap().breaks(), [early, late], "in their order");
        assert_eq!(hours(0, &[]), Err(Refusal::ShiftBackwards));
        assert_eq!(hours(24 * 60 + 1, &[]), Err(Refusal::ShiftBackwards));
        assert!(hours(24 * 60, &[]).is_ok());
        assert_eq!(
            hours(329, &[late]),
            Err(Refusal::BreakOutside),
            "begun as late as it may it ends after the shift"
        );
        assert!(hours(330, &[late]).is_ok());
        assert_eq!(hours(480, &[pause(-1, 30, 15)]), Err(Refusal::BreakOutside));
        assert_eq!(hours(480, &[early, pause(164, 200, 15)]), Err(Refusal::BreaksOverlap));
        assert!(hours(480, &[early, pause(165, 200, 15)]).is_ok());
        assert_eq!(
            hours(480, &[pause(0, 0, 240), pause(300, 300, 5)]),
            Err(Refusal::BreaksTooMany),
            "half of it"
        );
        let five: Vec<_> = (0..5).map(|n| pause(n * 60, n * 60, 5)).collect();
        assert_eq!(hours(480, &five), Err(Refusal::BreaksTooMany));
    }

    #[test]
    fn a_break_that_cannot_be_is_refused_also_where_it_is_read() {
        assert_eq!(Break::parse(at(1), at(0), 30), Err(Refusal::BreakCannotBe));
        for minutes in [i32::MIN, -30, 0, 4, 241, i32::MAX] {
            assert_eq!(Break::parse(at(0), at(60), minutes), Err(Refusal::BreakCannotBe), "{minutes}");
        }
        assert!(Break::parse(at(0), at(0), 5).is_ok() && Break::parse(at(0), at(60), 240).is_ok());
        let read = |text: &str| serde_json::from_str::<Hours>(text);
        let day = r#""from": "2026-11-23T06:00:00Z", "until": "2026-11-23T14:00:00Z""#;
        assert!(read(&format!("{{{day}}}")).is_ok());
        let outside = r#""breaks": [{"earliest": "2026-11-23T13:00:00Z", "latest": "2026-11-23T13:45:00Z", "minutes": 30}]"#;
        assert!(read(&format!("{{{day}, {outside}}}")).unwrap_err().to_string().contains("within its shift"));
    }

    #[test]
    fn a_break_is_found_where_the_plan_left_room_for_it() {
        let leg = |leaves, drive, arrives| PlannedLeg {
            leaves: at(leaves),
            drive: TimeDelta::minutes(drive),
            arrives: at(arrives),
        };
        let planned = pause(60, 120, 30);
        let legs = [leg(0, 10, 10), leg(55, 10, 95), leg(100, 10, 140)];
        assert_eq!(breaks_on(&legs, &[planned]), [(1, planned)]);
        assert_eq!(breaks_on(&[leg(0, 10, 40)], &[planned]), [], "it would begin too early");
        assert_eq!(breaks_on(&[leg(130, 10, 170)], &[planned]), [], "it would begin too late");
        assert_eq!(breaks_on(&[leg(70, 10, 100)], &[planned]), [], "there is no room");
        let second = pause(150, 200, 15);
        let legs = [leg(55, 10, 95), leg(160, 5, 180)];
        assert_eq!(breaks_on(&legs, &[planned, second]), [(0, planned), (1, second)]);
    }
}
