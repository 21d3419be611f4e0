//! The figures a manager reads. Each function's doc comment is its definition, and the screen shows the same sentence.

use crate::{Instant, Outcome, Promise, Window};
use chrono::TimeDelta;

/// One attempt, as the history tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptFacts {
    /// 1 for the order's first attempt.
    pub number: i32,
    /// When the driver arrived.
    pub arrived_at: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// What had been promised.
    pub promise: Promise,
    /// Whether another attempt was made at the same visit before.
    pub further: bool,
}

/// One order that was promised for a day, as the history tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromiseFacts {
    /// The first window that was promised.
    pub original: Window,
    /// When the driver was there who delivered or collected it; nothing while nobody has.
    pub delivered_at: Option<Instant>,
}

impl PromiseFacts {
    /// Whether it was delivered or collected in time.
    pub fn is_kept(&self) -> bool {
        self.delivered_at.is_some_and(|at| at <= self.original.until())
    }
}

/// One route's time on the road, as the history tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoadTime {
    /// When it left the hub.
    pub departed_at: Instant,
    /// When it was back; nothing while it is out.
    pub finished_at: Option<Instant>,
}

/// A share: a count over a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many have it.
    pub part: i64,
    /// Of how many.
    pub whole: i64,
}

impl Rate {
    /// The share in percent; nothing when there is nothing to divide by.
    pub fn percent(self) -> Option<f64> {
        (self.whole > 0).then(|| 100.0 * self.part as f64 / self.whole as f64)
    }
}

/// Counts a share of the attempts for which `counts` holds.
fn rate(
    attempts: &[AttemptFacts],
    counts: impl Fn(&AttemptFacts) -> bool,
    has: impl Fn(&AttemptFacts) -> bool,
) -> Rate {
    let whole: Vec<_> = attempts.iter().filter(|a| counts(a)).collect();
    Rate { part: whole.iter().filter(|a| has(a)).count() as i64, whole: whole.len() as i64 }
}

macro_rules! figure {
    ($definition:ident = $text:literal; $item:item) => {
        #[doc = concat!("The definition that the screen shows: ", $text)]
        pub const $definition: &str = $text;
        #[doc = $text]
        $item
    };
}

figure! {
    ON_TIME_LATEST = "Attempts that arrived no later than the end of the latest promised window, of all attempts made. Arriving early counts as on time.";
    pub fn on_time_latest(attempts: &[AttemptFacts]) -> Rate {
        rate(attempts, |_| true, |a| a.arrived_at <= a.promise.latest.until())
    }
}

figure! {
    ON_TIME_ORIGINAL = "Attempts that arrived no later than the end of the first promised window, of all attempts made. Arriving early counts as on time.";
    pub fn on_time_original(attempts: &[AttemptFacts]) -> Rate {
        rate(attempts, |_| true, |a| a.arrived_at <= a.promise.original.until())
    }
}

figure! {
    PROMISES_KEPT = "Orders delivered or collected no later than the end of the first window that they were promised, of all orders whose first window has ended, attempted or not. Cancelled ones are left out.";
    pub fn promises_kept(orders: &[PromiseFacts], now: Instant) -> Rate {
        let ended: Vec<_> = orders.iter().filter(|o| o.original.until() <= now).collect();
        let kept = |o: &&&PromiseFacts| o.is_kept();
        Rate { part: ended.iter().filter(kept).count() as i64, whole: ended.len() as i64 }
    }
}

/// The same by the length of the window: up to two hours, up to four, and longer.
pub fn promises_kept_by_length(orders: &[PromiseFacts], now: Instant) -> [Rate; 3] {
    let class = |o: &PromiseFacts| match (o.original.until() - o.original.from()).num_minutes() {
        ..=120 => 0,
        121..=240 => 1,
        _ => 2,
    };
    [0, 1, 2].map(|wanted| {
        let own: Vec<_> = orders.iter().filter(|o| class(o) == wanted).copied().collect();
        promises_kept(&own, now)
    })
}

figure! {
    FIRST_ATTEMPT_SUCCESS = "Orders delivered or collected at their first attempt, of orders whose first attempt was made.";
    pub fn first_attempt_success(attempts: &[AttemptFacts]) -> Rate {
        rate(attempts, |a| a.number == 1, |a| a.outcome.is_success())
    }
}

figure! {
    FAILED_BY_REASON = "Failed attempts of each cause, most frequent first, of all attempts made.";
    pub fn failed_by_reason(attempts: &[AttemptFacts]) -> Vec<(Outcome, Rate)> {
        let mut causes: Vec<_> = Outcome::ALL
            .into_iter()
            .filter(|outcome| !outcome.is_success())
            .map(|outcome| (outcome, rate(attempts, |_| true, |a| a.outcome == outcome)))
            .filter(|(_, rate)| rate.part > 0)
            .collect();
        causes.sort_by_key(|(_, rate)| -rate.part);
        causes
    }
}

figure! {
    STOPS_PER_HOUR = "Visits to doors for each hour that routes were on the road, from leaving the hub until return, or until now while they are out. Orders at one door at one time are one visit.";
    pub fn stops_per_hour(attempts: &[AttemptFacts], roads: &[RoadTime], now: Instant) -> (i64, f64) {
        let road: TimeDelta = roads.iter().map(|r| r.finished_at.unwrap_or(now).max(r.departed_at) - r.departed_at).sum();
        (attempts.iter().filter(|a| !a.further).count() as i64, road.num_milliseconds() as f64 / 3_600_000.0)
    }
}

figure! {
    DELIVERED_PER_HOUR = "Attempts that delivered or collected for each hour that routes were on the road, counted as for visits.";
    pub fn delivered_per_hour(attempts: &[AttemptFacts], roads: &[RoadTime], now: Instant) -> (i64, f64) {
        let (_, hours) = stops_per_hour(attempts, roads, now);
        (attempts.iter().filter(|a| a.outcome.is_success()).count() as i64, hours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Window;
    use chrono::{DateTime, Utc};

    fn at(minute: i64) -> Instant {
        DateTime::<Utc>::from_timestamp(1_700_000_000 + minute * 60, 0).unwrap()
    }

    fn attempt(number: i32, arrived: i64, outcome: Outcome) -> AttemptFacts {
        let original = Window::parse(at(0), at(60)).unwrap();
        let latest = Window::parse(at(0), at(90)).unwrap();
        AttemptFacts {
            number,
            arrived_at: at(arrived),
            outcome,
            promise: Promise { original, latest },
            further: false,
        }
    }

    #[test]
    fn original_and_latest_promise_are_two_figures() {
        let day =
            [attempt(1, 60, Outcome::DeliveredToRecipient), attempt(1, 75, Outcome::DeliveredToRecipient)];
        assert_eq!(on_time_original(&day), Rate { part: 1, whole: 2 });
        assert_eq!(on_time_latest(&day), Rate { part: 2, whole: 2 });
    }

    #[test]
    fn a_second_attempt_is_outside_first_attempt_success() {
        let day = [
            attempt(1, 10, Outcome::FailedNotHome),
            attempt(2, 20, Outcome::DeliveredToRecipient),
            attempt(1, 30, Outcome::DeliveredToMailbox),
        ];
        assert_eq!(first_attempt_success(&day), Rate { part: 1, whole: 2 });
        let taken = [attempt(1, 10, Outcome::Collected), attempt(1, 20, Outcome::Exchanged)];
        assert_eq!(first_attempt_success(&taken), Rate { part: 2, whole: 2 });
        assert_eq!(failed_by_reason(&day), vec![(Outcome::FailedNotHome, Rate { part: 1, whole: 3 })]);
    }

    #[test]
    fn an_order_that_nobody_attempted_is_a_promise_broken() {
        let order = |from, until, delivered: Option<i64>| PromiseFacts {
            original: Window::parse(at(from), at(until)).unwrap(),
            delivered_at: delivered.map(at),
        };
        let day = [
            order(0, 60, Some(60)),
            order(0, 60, Some(61)),
            order(0, 60, None),
            order(0, 600, Some(400)),
            order(0, 700, None),
        ];
        assert_eq!(promises_kept(&day, at(600)), Rate { part: 2, whole: 4 }, "the last window is open yet");
        assert_eq!(
            promises_kept_by_length(&day, at(600)).map(|rate| (rate.part, rate.whole)),
            [(1, 3), (0, 0), (1, 1)]
        );
    }

    #[test]
    fn an_empty_day_has_no_rate() {
        assert_eq!(on_time_latest(&[]).percent(), None);
    }

    #[test]
    fn a_route_still_out_counts_until_now() {
        let roads = [
            RoadTime { departed_at: at(0), finished_at: Some(at(60)) },
            RoadTime { departed_at: at(60), finished_at: None },
        ];
        let first = attempt(1, 10, Outcome::DeliveredToRecipient);
        let day = [first, AttemptFacts { further: true, outcome: Outcome::FailedOther, ..first }];
        let (stops, hours) = stops_per_hour(&day, &roads, at(90));
        assert_eq!(stops, 1, "two orders at one visit");
        assert!((hours - 1.5).abs() < 1e-9);
    }
}
