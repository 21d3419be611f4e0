//! How much slower roads are than when they are free, by the time of the day.
//!
//! Piecewise linear over the hours in [`HOURS`], for each kind of day and group of roads. What is assumed before anything
//! is learnt has the shape that city congestion indices publish for European cities (a morning and an evening peak on
//! working days that add about half to the free time of main roads in towns, and less outside); the figures are set by
//! hand, and what the fleet's own drives show takes their place with growing evidence.
//! Not here: what happens on one road today (`live`).

use crate::{
    network::Group,
    wall::{DayKind, Wall},
};

/// Hours of the day between which a curve is straight.
pub const HOURS: [f64; 19] = [
    0.0, 5.5, 6.5, 7.25, 8.0, 8.75, 9.5, 10.5, 12.0, 13.5, 15.0, 16.0, 16.75, 17.5, 18.25, 19.5, 21.0, 23.0,
    24.0,
];
const GROUPS: usize = Group::WITH_TRAFFIC.len();
/// Passes that weigh as much as what was assumed before.
const TRUST: f64 = 40.0;
/// No learnt value is beyond these.
const LEAST: f64 = 0.7;
const MOST: f64 = 4.0;

/// By kind of day, group and hour of [`HOURS`]: time needed as a multiple of the free time.
#[derive(Clone, Debug, PartialEq)]
pub struct Curves([[[f32; HOURS.len()]; GROUPS]; 3]);

/// What drives of the fleet have shown about one group of roads around one of [`HOURS`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// The kind of day.
    pub day: DayKind,
    /// The group of roads.
    pub group: Group,
    /// Index in [`HOURS`].
    pub hour: usize,
    /// Median of the time needed, as a multiple of the free time.
    pub median: f64,
    /// From how many passes of a road.
    pub passes: f64,
}

impl Curves {
    /// Roads that are always free.
    pub fn free() -> Curves {
        Curves([[[1.0; HOURS.len()]; GROUPS]; 3])
    }

    /// What is assumed before anything is learnt.
    pub fn assumed() -> Curves {
        // On a working day, as multiples of the free time: between the peaks, at the morning's, at the evening's.
        let peaks = [
            (1.10, 1.28, 1.32),
            (1.24, 1.52, 1.58),
            (1.07, 1.18, 1.22),
            (1.20, 1.42, 1.46),
            (1.04, 1.08, 1.10),
            (1.12, 1.22, 1.25),
        ];
        let ramp = |hour: f64, points: [f64; 4]| {
            let [rise, top, fall, end] = points;
            let up = ((hour - rise) / (top - rise)).clamp(0.0, 1.0);
            let down = ((end - hour) / (end - fall)).clamp(0.0, 1.0);
            up.min(down)
        };
        let mut curves = Curves::free();
        for (group, (day, morning, evening)) in peaks.into_iter().enumerate() {
            for (index, &hour) in HOURS.iter().enumerate() {
                let busy = ramp(hour, [5.5, 7.25, 19.5, 23.0]);
                let (am, pm) = (ramp(hour, [6.5, 8.0, 8.75, 10.5]), ramp(hour, [15.0, 16.75, 17.5, 19.5]));
                let weekday = 1.0 + (day - 1.0) * busy + (morning - day) * am + (evening - day) * pm;
                let shopping = ramp(hour, [8.0, 10.5, 17.5, 21.0]);
                let saturday = 1.0 + (day - 1.0) * 1.1 * shopping;
                let sunday = 1.0 + (day - 1.0) * 0.6 * shopping;
                for (kind, value) in [weekday, saturday, sunday].into_iter().enumerate() {
                    curves.0[kind][group][index] = value as f32;
                }
            }
        }
        curves
    }

    /// These curves after looking at the evidence: each value moves from what it was to the median, the nearer to it the
    /// more passes there are. Values that no road can have are cut off.
    #[must_use]
    pub fn after(mut self, evidence: &[Evidence]) -> Curves {
        for seen in evidence {
            let usable = seen.median.is_finite() && seen.passes > 0.0;
            let place = usable
                .then(|| group_index(seen.group))
                .flatten()
                .and_then(|group| self.0.get_mut(seen.day as usize)?.get_mut(group)?.get_mut(seen.hour));
            if let Some(value) = place {
                let share = seen.passes / (seen.passes + TRUST);
                let learnt = f64::from(*value) * (1.0 - share) + seen.median.clamp(LEAST, MOST) * share;
                *value = learnt as f32;
            }
        }
        self
    }

    /// The time that a group of roads needs, as a multiple of its free time.
    pub fn at(&self, group: Group, when: Wall) -> f64 {
        let Some(group) = group_index(group) else { return 1.0 };
        let values = &self.0[when.day_kind() as usize][group];
        let hour = when.of_day() as f64 / 3_600.0;
        let after = HOURS.partition_point(|&h| h <= hour).min(HOURS.len() - 1);
        let (from, to) = (HOURS[after - 1], HOURS[after]);
        let share = (hour - from) / (to - from);
        f64::from(values[after - 1]) * (1.0 - share) + f64::from(values[after]) * share
    }
}

/// The index in [`HOURS`] that is nearest to a time of day.
pub fn nearest_hour(when: Wall) -> usize {
    let hour = when.of_day() as f64 / 3_600.0;
    let far = |index: &usize| (HOURS[*index] - hour).abs();
    (0..HOURS.len()).min_by(|a, b| far(a).total_cmp(&far(b))).unwrap_or(0)
}

fn group_index(group: Group) -> Option<usize> {
    Group::WITH_TRAFFIC.iter().position(|&known| known == group)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday, 23 November 2026.
    fn monday(hour: f64) -> Wall {
        Wall(1_795_392_000 + (hour * 3_600.0) as i64)
    }

    #[test]
    fn rush_hours_are_slowest_in_town_and_nights_are_free() {
        let curves = Curves::assumed();
        let main = |hour| curves.at(Group::MainDense, monday(hour));
        assert!(main(8.3) > main(12.0) && main(17.0) > main(8.3) && main(12.0) > main(22.0));
        assert!((main(3.0) - 1.0).abs() < 1e-6);
        assert!(curves.at(Group::LocalOpen, monday(17.0)) < 1.15);
        assert!((curves.at(Group::Apart, monday(17.0)) - 1.0).abs() < 1e-9);
        assert!(curves.at(Group::MainDense, monday(17.0).plus(6 * 86_400)) < main(12.0));
    }

    #[test]
    fn curves_have_no_jumps() {
        let curves = Curves::assumed();
        for minute in 0..3 * 1_440 {
            let (a, b) = (Wall(1_795_392_000 + minute * 60), Wall(1_795_392_000 + (minute + 1) * 60));
            if a.midnight() == b.midnight() {
                let step = curves.at(Group::MainDense, b) - curves.at(Group::MainDense, a);
                assert!(step.abs() < 0.02, "{step} after minute {minute}");
            }
        }
    }

    #[test]
    fn evidence_moves_a_curve_and_one_pass_hardly_does() {
        let seen = |passes| Evidence {
            day: DayKind::Weekday,
            group: Group::MainDense,
            hour: 8,
            median: 2.0,
            passes,
        };
        let at_noon =
            |evidence: &[Evidence]| Curves::free().after(evidence).at(Group::MainDense, monday(12.0));
        assert!(at_noon(&[seen(1.0)]) < 1.05);
        assert!(at_noon(&[seen(400.0)]) > 1.85);
        assert!((at_noon(&[Evidence { median: f64::NAN, ..seen(400.0) }]) - 1.0).abs() < 1e-6);
        assert!(at_noon(&[Evidence { median: 90.0, ..seen(1e9) }]) <= MOST + 1e-6);
        assert!((at_noon(&[Evidence { hour: 99, ..seen(400.0) }]) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_nearest_hour_is_the_nearest() {
        assert_eq!(nearest_hour(monday(8.2)), 4);
        assert_eq!(nearest_hour(monday(23.9)), 18);
    }
}
