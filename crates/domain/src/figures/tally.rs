//! Counts that add: what a day, an hour or a year of attempts and routes come to, so that a figure of many days is made of the
//! counts of each.

use super::day::{AttemptFacts, Rate, RoadTime};
use crate::{Instant, Outcome};
use chrono::TimeDelta;
use std::{iter::Sum, ops::AddAssign};

/// What attempts of one outcome come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptCounts {
    /// Attempts.
    pub attempts: i64,
    /// Of them those that another one came before at the same visit.
    pub further: i64,
    /// Of them the first of their orders.
    pub firsts: i64,
    /// Of them those that arrived before the end of the latest promise.
    pub on_time_latest: i64,
    /// Of them those that arrived before the end of the first promise.
    pub on_time_original: i64,
}

/// What routes come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoadCounts {
    /// Routes that have left.
    pub routes: i64,
    /// Milliseconds on the road of those that are back.
    pub road_ms: i64,
    /// Routes that are out.
    pub still_out: i64,
    /// When these left, in milliseconds since 1970, added up.
    pub out_since_ms: i64,
}

/// What a stretch of time comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    outcomes: [AttemptCounts; Outcome::ALL.len()],
    /// Its routes.
    pub roads: RoadCounts,
}

impl Tally {
    /// What one attempt comes to.
    pub fn of(attempt: &AttemptFacts) -> Self {
        let on_time = |until| i64::from(attempt.arrived_at <= until);
        let counts = AttemptCounts {
            attempts: 1,
            further: i64::from(attempt.further),
            firsts: i64::from(attempt.number == 1),
            on_time_latest: on_time(attempt.promise.latest.until()),
            on_time_original: on_time(attempt.promise.original.until()),
        };
        Self::of_outcome(attempt.outcome, counts)
    }

    /// What attempts of one outcome come to.
    pub fn of_outcome(outcome: Outcome, counts: AttemptCounts) -> Self {
        let mut tally = Self::default();
        for (own, kind) in tally.outcomes.iter_mut().zip(Outcome::ALL) {
            if kind == outcome {
                *own = counts;
            }
        }
        tally
    }

    /// What one route comes to, once it has left.
    pub fn of_route(time: &RoadTime) -> Self {
        let out = i64::from(time.finished_at.is_none());
        let road =
            time.finished_at.map_or(TimeDelta::zero(), |at| at.max(time.departed_at) - time.departed_at);
        let roads = RoadCounts {
            routes: 1,
            road_ms: road.num_milliseconds(),
            still_out: out,
            out_since_ms: out * time.departed_at.timestamp_millis(),
        };
        Self { roads, ..Self::default() }
    }

    /// Both together.
    #[must_use]
    pub fn merge(mut self, other: &Self) -> Self {
        for (own, its) in self.outcomes.iter_mut().zip(&other.outcomes) {
            *own += *its;
        }
        self.roads += other.roads;
        self
    }

    /// The counts of each outcome.
    pub fn outcomes(&self) -> impl Iterator<Item = (Outcome, AttemptCounts)> {
        Outcome::ALL.into_iter().zip(self.outcomes)
    }

    fn sum(&self, which: impl Fn(Outcome) -> bool, of: impl Fn(AttemptCounts) -> i64) -> i64 {
        self.outcomes().filter(|(outcome, _)| which(*outcome)).map(|(_, counts)| of(counts)).sum()
    }

    /// Attempts made.
    pub fn attempts(&self) -> i64 {
        self.sum(|_| true, |c| c.attempts)
    }

    /// Visits to doors.
    pub fn visits(&self) -> i64 {
        self.sum(|_| true, |c| c.attempts - c.further)
    }

    /// Attempts that delivered or collected.
    pub fn delivered(&self) -> i64 {
        self.sum(Outcome::is_success, |c| c.attempts)
    }

    /// See [`ON_TIME_LATEST`](super::ON_TIME_LATEST).
    pub fn on_time_latest(&self) -> Rate {
        Rate { part: self.sum(|_| true, |c| c.on_time_latest), whole: self.attempts() }
    }

    /// See [`ON_TIME_ORIGINAL`](super::ON_TIME_ORIGINAL).
    pub fn on_time_original(&self) -> Rate {
        Rate { part: self.sum(|_| true, |c| c.on_time_original), whole: self.attempts() }
    }

    /// See [`FIRST_ATTEMPT_SUCCESS`](super::FIRST_ATTEMPT_SUCCESS).
    pub fn first_attempt_success(&self) -> Rate {
        Rate { part: self.sum(Outcome::is_success, |c| c.firsts), whole: self.sum(|_| true, |c| c.firsts) }
    }

    /// See [`FAILED_BY_REASON`](super::FAILED_BY_REASON).
    pub fn failed_by_reason(&self) -> Vec<(Outcome, Rate)> {
        let whole = self.attempts();
        let failed = self.outcomes().filter(|(outcome, c)| !outcome.is_success() && c.attempts > 0);
        let mut failed: Vec<_> =
            failed.map(|(outcome, c)| (outcome, Rate { part: c.attempts, whole })).collect();
        failed.sort_by_key(|(_, rate)| -rate.part);
        failed
    }

    /// Hours that routes were on the road, those that are out until now.
    pub fn road_hours(&self, now: Instant) -> f64 {
        let RoadCounts { road_ms, still_out, out_since_ms, .. } = self.roads;
        let out = (still_out * now.timestamp_millis() - out_since_ms).max(0);
        (road_ms + out) as f64 / 3_600_000.0
    }
}

impl AddAssign for AttemptCounts {
    fn add_assign(&mut self, other: Self) {
        self.attempts += other.attempts;
        self.further += other.further;
        self.firsts += other.firsts;
        self.on_time_latest += other.on_time_latest;
        self.on_time_original += other.on_time_original;
    }
}

impl AddAssign for RoadCounts {
    fn add_assign(&mut self, other: Self) {
        self.routes += other.routes;
        self.road_ms += other.road_ms;
        self.still_out += other.still_out;
        self.out_since_ms += other.out_since_ms;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |all, one| all.merge(&one))
    }
}

#[cfg(test)]
mod tests {
    use super::super::day;
    use super::*;
    use crate::{Promise, Window};
    use chrono::{DateTime, Utc};
    use proptest::prelude::*;

    fn at(minute: i64) -> Instant {
        DateTime::<Utc>::from_timestamp(1_700_000_000 + minute * 60, 0).unwrap()
    }

    fn attempt() -> impl Strategy<Value = AttemptFacts> {
        (1..3, 0..200_i64, 0..Outcome::ALL.len(), 61..120_i64, any::<bool>()).prop_map(
            |(number, arrived, outcome, until, further)| {
                let original = Window::parse(at(0), at(60)).unwrap();
                let latest = Window::parse(at(30), at(until)).unwrap();
                let promise = Promise { original, latest };
                AttemptFacts {
                    number,
                    arrived_at: at(arrived),
                    outcome: Outcome::ALL[outcome],
                    promise,
                    further,
                }
            },
        )
    }

    fn road() -> impl Strategy<Value = RoadTime> {
        (0..200_i64, proptest::option::of(0..400_i64)).prop_map(|(left, took)| RoadTime {
            departed_at: at(left),
            finished_at: took.map(|took| at(left + took)),
        })
    }

    proptest! {
        #[test]
        fn added_counts_say_what_the_figures_say_of_all(
            attempts in proptest::collection::vec(attempt(), 0..40),
            roads in proptest::collection::vec(road(), 0..10),
            cut in 0..40_usize,
        ) {
            let (one, other) = attempts.split_at(cut.min(attempts.len()));
            let tally = |part: &[AttemptFacts]| part.iter().map(Tally::of).sum::<Tally>();
            let routes: Tally = roads.iter().map(Tally::of_route).sum();
            let all = tally(one).merge(&tally(other)).merge(&routes);
            let now = at(700);
            prop_assert_eq!(all.on_time_latest(), day::on_time_latest(&attempts));
            prop_assert_eq!(all.on_time_original(), day::on_time_original(&attempts));
            prop_assert_eq!(all.first_attempt_success(), day::first_attempt_success(&attempts));
            prop_assert_eq!(all.failed_by_reason(), day::failed_by_reason(&attempts));
            let (stops, hours) = day::stops_per_hour(&attempts, &roads, now);
            prop_assert_eq!((all.visits(), all.road_hours(now)), (stops, hours));
            prop_assert_eq!(all.delivered(), day::delivered_per_hour(&attempts, &roads, now).0);
        }
    }
}
