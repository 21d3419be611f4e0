//! When orders come and what windows they get: spread over the day, as those who order are at home.
//!
//! Not here: the orders themselves (`super::orders`).

use super::workday::Workday;
use crate::calendar::Date;
use crate::shares::Orders;
use crate::town::habits::home_chance;
use crate::town::households::Household;
use chrono::Duration;
use rand::Rng;
use wire::Instant;

/// How rather somebody takes a window in whose middle nobody is at home: some think of it only later.
const THOUGHTLESS: f64 = 0.25;
/// Windows in the evening are few, for they cost more. Assumed.
const EVENING_H: f64 = 16.5;
const EVENING: f64 = 0.45;
/// How many orders come at a local hour against others, from midnight. Assumed: people order before work, at noon, and most
/// when work is over.
const BY_HOUR: [f64; 24] = [
    0.3, 0.1, 0.1, 0.1, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.1, 1.1, 1.2, 1.1, 1.0, 1.0, 1.0, 1.1, 1.2, 1.3, 1.4,
    1.3, 1.0, 0.6,
];
/// Nothing is ordered for the same day in the last hours.
const LAST_ORDER: Duration = Duration::minutes(210);
const FIRST_ORDER: Duration = Duration::minutes(45);

/// A window that the shop promised the day before: two or four hours that begin with a full hour after opening, or the whole
/// day.
pub fn in_the_morning(
    rng: &mut impl Rng,
    day: &Workday,
    date: &Date,
    household: &Household,
    shares: &Orders,
) -> (Instant, Instant) {
    let (kind, place) = (rng.random::<f64>(), rng.random::<f64>());
    let last = day.length() - Duration::hours(1);
    let hours = match kind {
        lot if lot < shares.whole_day => return (day.after(Duration::zero()), day.after(last)),
        lot if lot < shares.whole_day + shares.two_hours => 2,
        _ => 4,
    };
    let length = Duration::hours(hours).min(last);
    let begins: Vec<Duration> = (0..=(last - length).num_hours()).map(Duration::hours).collect();
    let wish = |from: &Duration| {
        let middle = day.local_hours(day.after(*from + length / 2));
        let dear = if middle >= EVENING_H { EVENING } else { 1.0 };
        dear * (THOUGHTLESS + home_chance(household.kind, date.rhythm, middle, household.shift_h))
    };
    let from = weighted(place, &begins, wish).unwrap_or_default();
    (day.after(from), day.after(from + length))
}

/// When an order comes that comes during the day, so long after opening.
pub fn comes_after(rng: &mut impl Rng, day: &Workday) -> Duration {
    let place = rng.random::<f64>();
    let latest = (day.length() - LAST_ORDER).max(Duration::hours(1)).num_minutes();
    let minutes: Vec<i64> = (FIRST_ORDER.num_minutes()..=latest.max(FIRST_ORDER.num_minutes())).collect();
    let rate = |minute: &i64| {
        let hour = day.local_hours(day.after(Duration::minutes(*minute))) as usize;
        BY_HOUR.get(hour).copied().unwrap_or(1.0)
    };
    Duration::minutes(weighted(place, &minutes, rate).unwrap_or(FIRST_ORDER.num_minutes()))
}

/// A window of two to three hours that opens at the half hour at least one and a half hours after the order is placed.
pub fn for_late(rng: &mut impl Rng, day: &Workday, placed: Duration) -> (Instant, Instant) {
    let earliest = (placed.num_minutes() + 90).div_euclid(30) * 30 + 30;
    let from = Duration::minutes(earliest.min(day.length().num_minutes() - 90));
    let until = (from + Duration::hours(2 + rng.random_range(0..2))).min(day.length());
    (day.after(from), day.after(until))
}

/// One of these, drawn by their weights with a lot between 0 and 1.
fn weighted<T: Copy>(lot: f64, all: &[T], weight: impl Fn(&T) -> f64) -> Option<T> {
    let sum: f64 = all.iter().map(&weight).sum();
    let mut below = 0.0;
    let drawn = all.iter().find(|one| {
        below += weight(one);
        lot * sum < below
    });
    drawn.or(all.last()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::scenario::Size;
    use crate::testing::{ordinary, workday};
    use crate::town::habits::Kind;

    #[test]
    fn more_than_a_third_of_the_windows_begins_after_noon_and_workers_rather_take_late_ones() {
        let day = ordinary(1, Size { vans: 4, orders: 4_000, late_orders: 0, first_order: 1 }, 1_000);
        let noon = workday().at(chrono::NaiveTime::from_hms_opt(12, 0, 0).unwrap());
        let kind = |order: &crate::scenario::ScenarioOrder| day.town.households[order.behind.household].kind;
        let share = |of: Kind| {
            let short = |order: &&crate::scenario::ScenarioOrder| {
                order.says.window_until - order.says.window_from <= Duration::hours(4) && kind(order) == of
            };
            let all: Vec<_> = day.orders.iter().filter(short).collect();
            all.iter().filter(|order| order.says.window_from >= noon).count() as f64 / all.len() as f64
        };
        assert!(
            share(Kind::Workers) > share(Kind::Business) + 0.05,
            "{} {}",
            share(Kind::Workers),
            share(Kind::Business)
        );
        assert!((0.35..0.7).contains(&share(Kind::Family)), "{}", share(Kind::Family));
        let whole = |order: &&crate::scenario::ScenarioOrder| {
            order.says.window_until - order.says.window_from > Duration::hours(4)
        };
        let whole = day.orders.iter().filter(whole).count();
        assert!((1_300..1_500).contains(&whole), "{whole}");
    }

    #[test]
    fn late_orders_come_until_the_afternoon_one_by_one() {
        let (draws, day) = (Draws::new(1), workday());
        let all: Vec<i64> = (0..2_000)
            .map(|n: usize| comes_after(&mut draws.stream("comes", &n.to_string()), &day).num_minutes())
            .collect();
        let latest = (day.length() - LAST_ORDER).num_minutes();
        assert!(all.iter().all(|minute| (45..=latest).contains(minute)));
        let late = all.iter().filter(|minute| **minute > latest * 2 / 3).count();
        assert!((550..900).contains(&late), "{late}");
    }
}
