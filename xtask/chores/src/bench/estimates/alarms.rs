//! Whether lateness was announced in time, and how often it was announced in vain.
//!
//! Not here: when its cause was there (`super::foresight`).

use chrono::TimeDelta;
use serde::Serialize;

use super::facts::{At, Truth};
use super::foresight::foreseen;
use super::published::{History, Record, Say};

/// How late a stop is that somebody should have heard of.
const MUCH: TimeDelta = TimeDelta::minutes(10);
/// How long before the window's end it should be known.
const IN_TIME: TimeDelta = TimeDelta::minutes(30);
/// Alarms by the estimate alone: so many minutes after the window's end.
const THRESHOLDS_MIN: [i64; 13] = [-20, -15, -10, -8, -6, -4, -2, 0, 2, 4, 6, 10, 15];

/// What became of late stops.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alarms {
    /// Visits in all.
    pub visits: usize,
    /// Of those, later than their window by more than ten minutes.
    pub late: usize,
    /// Of those, with a cause that was there half an hour before the window's end.
    pub foreseeable: usize,
    /// Stops that a driver gave up on; they are in no other count.
    pub given_up: usize,
    /// The alarms that the product raised.
    pub product: Point,
    /// Stops for which it raised more than one.
    pub raised_again: usize,
    /// What an alarm by the estimate alone would have done, by how many minutes after the window it is.
    pub curve: Vec<(i64, Point)>,
}

/// One way to raise alarms.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Point {
    /// Stops that were announced at any time before the arrival.
    pub announced: usize,
    /// Of those, on time by the truth.
    pub falsely: usize,
    /// Of the foreseeable ones, announced half an hour before the window's end.
    pub in_time: usize,
}

impl Point {
    /// Of the foreseeable late stops, how many were announced in time, in percent.
    pub fn recall_percent(&self, foreseeable: usize) -> f64 {
        100.0 * self.in_time as f64 / foreseeable.max(1) as f64
    }

    /// Of the announced stops, how many were on time, in percent.
    pub fn false_percent(&self) -> f64 {
        100.0 * self.falsely as f64 / self.announced.max(1) as f64
    }
}

/// One visit against its window.
struct Case<'a> {
    history: &'a History,
    arrived: At,
    until: At,
    is_foreseeable: bool,
}

impl Case<'_> {
    fn count(&self, point: &mut Point, stands: impl Fn(&Say) -> bool) {
        let announced = self.before_arrival().any(&stands);
        point.announced += usize::from(announced);
        point.falsely += usize::from(announced && self.arrived <= self.until);
        let in_time = self.history.at(self.until - IN_TIME).is_some_and(&stands);
        point.in_time += usize::from(self.is_foreseeable && in_time);
    }

    fn before_arrival(&self) -> impl Iterator<Item = &Say> {
        self.history.says.iter().filter(|say| say.at < self.arrived)
    }

    fn raised(&self) -> usize {
        let late: Vec<bool> =
            std::iter::once(false).chain(self.before_arrival().map(|say| say.late)).collect();
        late.windows(2).filter(|pair| matches!(pair, [false, true])).count()
    }
}

/// Counts the alarms of all days.
pub fn alarms(days: &[(Truth, Record)]) -> Alarms {
    let mut alarms = Alarms {
        curve: THRESHOLDS_MIN.map(|threshold| (threshold, Point::default())).to_vec(),
        ..Alarms::default()
    };
    for (truth, record) in days {
        alarms.given_up += truth.given_up;
        for case in cases(truth, record) {
            let is_late = case.arrived > case.until + MUCH;
            alarms.visits += 1;
            alarms.late += usize::from(is_late);
            alarms.foreseeable += usize::from(case.is_foreseeable);
            alarms.raised_again += usize::from(case.raised() > 1);
            case.count(&mut alarms.product, |say| say.late);
            for (threshold, point) in &mut alarms.curve {
                let limit = case.until + TimeDelta::minutes(*threshold);
                case.count(point, |say| say.expected.is_some_and(|expected| expected > limit));
            }
        }
    }
    alarms
}

fn cases<'a>(truth: &'a Truth, record: &'a Record) -> impl Iterator<Item = Case<'a>> {
    truth.tours.values().flat_map(move |tour| {
        tour.visits.iter().enumerate().filter_map(move |(index, visit)| {
            let history = record.stops.get(&visit.stop)?;
            let (arrived, until) = (visit.arrived, visit.window_until);
            let in_time = until - IN_TIME;
            let foreseen = || foreseen(truth, tour, index, in_time, &|visit| visit.usual_approach_s);
            let known = || foreseen().is_some_and(|there| there > until);
            let is_foreseeable = arrived > until + MUCH && known();
            Some(Case { history, arrived, until, is_foreseeable })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(clock: &str) -> String {
        format!("2026-06-15T{clock}:00Z")
    }

    /// A van leaves at 08:00 for `a` (usually there at 08:20), then `b` and `c` (half an hour each).
    fn truth() -> Truth {
        let visit = |stop: &str, until: &str, set_off: &str, arrived: &str| {
            format!(
                r#"{{"fact":"stop","vehicle":"Van 01","kind":"diesel_van","stop":"{stop}","area":"town","window_from":"{}","window_until":"{}","set_off":"{}","back_s":0,"turned_s":0,"usual_drive_s":1200,"incident_s":0,"stood_s":0,"usual_approach_s":0,"arrived":"{}","usual_at_door_s":600,"ended":"{}"}}"#,
                at("06:00"),
                at(until),
                at(set_off),
                at(arrived),
                at(arrived)
            )
        };
        let lines = [
            format!(
                r#"{{"fact":"departed","vehicle":"Van 01","at":"{0}","planned":"{0}","stops":3}}"#,
                at("08:00")
            ),
            visit("a", "09:00", "08:00", "09:20"),
            visit("b", "10:05", "09:20", "10:20"),
            visit("c", "11:00", "10:20", "10:40"),
            format!(r#"{{"fact":"given_up","stop":"d","window_until":"{0}","at":"{0}"}}"#, at("16:00")),
        ];
        Truth::parse(&lines.join("\n")).unwrap()
    }

    fn say(stop: &str, since: &str, expected: &str, late: bool) -> String {
        let planned = at("08:30");
        format!(
            r#"{{"stop":"{stop}","at":"{}","planned":"{planned}","expected":"{}","late":{late}}}"#,
            at(since),
            at(expected)
        )
    }

    #[test]
    fn late_stops_are_told_by_whether_their_cause_was_there_and_alarms_by_whether_they_were_right() {
        let record = [
            say("a", "07:00", "08:30", false),
            say("a", "08:50", "09:10", true),
            say("b", "07:00", "09:40", false),
            say("b", "09:30", "10:10", true),
            say("c", "07:00", "10:30", false),
            say("c", "09:40", "11:03", true),
            say("c", "10:00", "10:50", false),
            say("c", "10:10", "11:02", true),
        ];
        let days = [(truth(), Record::parse(&record.join("\n")).unwrap())];
        let alarms = alarms(&days);
        assert_eq!((alarms.visits, alarms.late, alarms.given_up), (3, 2, 1));
        // At 08:30 nobody could know of `a`; at 09:35 `b` is under way since 09:20 and usually there at 09:40.
        assert_eq!(alarms.foreseeable, 0);
        assert_eq!(alarms.product, Point { announced: 3, falsely: 1, in_time: 0 });
        assert_eq!(alarms.raised_again, 1);
        let by = |threshold| alarms.curve.iter().find(|(t, _)| *t == threshold).unwrap().1.clone();
        assert_eq!(by(2).announced, 3);
        assert_eq!(by(4), Point { announced: 2, falsely: 0, in_time: 0 });
    }

    #[test]
    fn what_could_be_known_and_was_said_in_time_counts() {
        let mut truth = truth();
        let tour = truth.tours.get_mut("Van 01").unwrap();
        tour.visits[1].usual_drive_s = 3_600.0;
        let record = [say("b", "07:00", "09:40", false), say("b", "09:30", "10:20", true)];
        let days = [(truth, Record::parse(&record.join("\n")).unwrap())];
        let alarms = alarms(&days);
        assert_eq!(alarms.foreseeable, 1, "at 09:35 an hour of driving that began at 09:20 ends at 10:20");
        assert_eq!(alarms.product, Point { announced: 1, falsely: 0, in_time: 1 });
        assert!((alarms.product.recall_percent(alarms.foreseeable) - 100.0).abs() < 1e-9);
    }
}
