//! Who drives what today: most vehicles have their usual driver, some with a break; one shift is early, one vehicle changes hands
//! at midday, and one has nobody because its driver is missing.
//!
//! Not here: when a driver really pauses (`crate::driver`).

use super::workday::Workday;
use chrono::Duration;
use wire::Instant;
use wire::machine::SetUpVehicle;
use wire::roster::PlannedBreak;

/// With fewer vehicles than this there is no roster: a small day needs all of them.
const SMALLEST: usize = 6;
/// One vehicle in this many has a break in its shift.
const WITH_A_BREAK: usize = 4;
const BREAK_MINUTES: i32 = 30;
/// Which vehicle's shift is early, and which one changes hands.
const EARLY: usize = 1;
const CHANGES_HANDS: usize = 2;

/// What a vehicle does today, where the roster says it.
#[derive(Debug, Clone, PartialEq)]
pub enum Duty {
    /// Nobody drives it.
    Nobody,
    /// Somebody does, in one shift or in several, the first first.
    Drives(Vec<Hours>),
}

/// One shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// With which break.
    pub pause: Option<PlannedBreak>,
    /// Whether it is the driver who has no vehicle.
    pub spare: bool,
}

/// The name of the driver who has no vehicle.
pub fn spare(vehicles: &[SetUpVehicle]) -> String {
    format!("Driver {}", vehicles.len() + 1)
}

/// By vehicle, what the roster says; nothing where the usual holds.
pub fn write(day: &Workday, vehicles: &[SetUpVehicle]) -> Vec<Option<Duty>> {
    let part = |ninths: i32| day.after(day.length() * ninths / 9);
    // Bikes come last, and the very last may begin at noon.
    let missing = vehicles.len().saturating_sub(2);
    let duty = |(index, vehicle): (usize, &SetUpVehicle)| {
        if vehicles.len() < SMALLEST {
            return None;
        }
        let (from, until) = (day.at(vehicle.shift_from), day.at(vehicle.shift_until));
        let usual = Hours { from, until, pause: None, spare: false };
        match index {
            EARLY => Some(Duty::Drives(vec![Hours { until: day.after(day.length() / 2), ..usual }])),
            CHANGES_HANDS => {
                let later = Hours { from: part(5), spare: true, ..usual.clone() };
                Some(Duty::Drives(vec![Hours { until: part(4), ..usual }, later]))
            }
            index if index == missing => Some(Duty::Nobody),
            index if index.is_multiple_of(WITH_A_BREAK) => {
                let pause = midday(day, from, until)?;
                Some(Duty::Drives(vec![Hours { pause: Some(pause), ..usual }]))
            }
            _ => None,
        }
    };
    vehicles.iter().enumerate().map(duty).collect()
}

/// A break in the middle of the day, if the shift has room for it.
fn midday(day: &Workday, from: Instant, until: Instant) -> Option<PlannedBreak> {
    let (earliest, latest) = (day.after(day.length() * 4 / 9), day.after(day.length() * 11 / 18));
    let fits = earliest - from >= Duration::hours(1) && until - latest >= Duration::hours(1);
    fits.then_some(PlannedBreak { earliest, latest, minutes: BREAK_MINUTES })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::scenario::fleet;
    use crate::testing::workday;

    #[test]
    fn one_is_early_one_changes_hands_one_has_nobody_and_some_have_breaks() {
        let day = workday();
        for count in [8, 40] {
            let vehicles = fleet::vehicles(&Draws::new(1), &day, count, 0.4);
            let duties = write(&day, &vehicles);
            let hours: Vec<_> = duties
                .iter()
                .filter_map(|duty| match duty {
                    Some(Duty::Drives(shifts)) => Some(shifts),
                    _ => None,
                })
                .collect();
            let twice: Vec<_> = hours.iter().filter(|shifts| shifts.len() == 2).collect();
            assert_eq!(twice.len(), 1);
            assert!(twice[0][0].until < twice[0][1].from && !twice[0][0].spare && twice[0][1].spare);
            let hours: Vec<_> = hours
                .iter()
                .flat_map(|shifts| shifts.iter().map(|own| (own.from, own.until, own.pause, own.spare)))
                .collect();
            assert_eq!(duties.iter().filter(|duty| **duty == Some(Duty::Nobody)).count(), 1);
            assert_eq!(hours.iter().filter(|(_, _, _, spare)| *spare).count(), 1);
            let early = hours.iter().filter(|(_, until, ..)| *until == day.after(day.length() / 2));
            assert_eq!(early.count(), 1);
            let pauses: Vec<_> =
                hours.iter().filter_map(|(from, until, pause, _)| Some((from, until, (*pause)?))).collect();
            assert!(pauses.len() >= count / 6, "{} of {count} have a break", pauses.len());
            for (from, until, pause) in pauses {
                let ends = pause.latest + Duration::minutes(pause.minutes.into());
                assert!(*from < pause.earliest && ends < *until, "{from} {pause:?} {until}");
            }
        }
        let few = fleet::vehicles(&Draws::new(1), &day, 3, 0.4);
        assert!(write(&day, &few).iter().all(Option::is_none));
    }
}
