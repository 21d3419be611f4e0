//! What goes wrong with our own vehicles and phones today: breakdowns, and phones that fall silent.
//!
//! Not here: traffic (`super::incidents`) and doors (`super::doors`).

use crate::scenario::Scenario;
use crate::scenario::draws::Draws;
use crate::scenario::workday::Workday;
use chrono::Duration;
use rand::Rng;
use wire::Instant;

/// What goes wrong with one vehicle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mishaps {
    /// It breaks down.
    pub breakdown: Option<Breakdown>,
    /// It does not start in the morning.
    pub no_start: Option<NoStart>,
    /// Its phone falls silent.
    pub silence: Option<Silence>,
}

/// A breakdown: on the first drive after `from`.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// When the fault begins.
    pub from: Instant,
    /// How long the vehicle stands.
    pub lasts: Duration,
    /// What the driver says.
    pub reason: &'static str,
}

/// A vehicle that stands at the hub when it should leave.
#[derive(Debug, Clone, PartialEq)]
pub struct NoStart {
    /// For how long.
    pub lasts: Duration,
    /// What the driver says.
    pub reason: &'static str,
}

/// A phone without a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Whether it was off, so that nothing was measured meanwhile; else it sends everything afterwards.
    pub forgets: bool,
}

impl Silence {
    /// Whether the phone is silent at this moment.
    pub fn holds(&self, at: Instant) -> bool {
        (self.from..self.until).contains(&at)
    }
}

const REASONS: [&str; 3] = ["Flat tyre", "Engine warning light", "Side door jammed"];

/// What goes wrong with each vehicle of the scenario, in their order: one in forty or two breaks down, one in
/// forty does not start, one phone in twenty falls silent for 8 to 20 minutes and every other of those forgets.
pub fn of_the_day(draws: &Draws, day: &Workday, scenario: &Scenario) -> Vec<Mishaps> {
    let labels: Vec<&str> = scenario.vehicles.iter().map(|vehicle| vehicle.label.as_str()).collect();
    let mut all = vec![Mishaps::default(); labels.len()];
    let once_or_twice = draws.stream("breakdowns", "").random_range(1..=2);
    let during = |rng: &mut dyn rand::RngCore| {
        let (early, late) = (60, (day.length().num_minutes() / 2).max(61));
        day.after(Duration::minutes(rng.random_range(early..late)))
    };
    for index in chosen(draws, "breakdown", &labels, labels.len().div_ceil(40) * once_or_twice) {
        let mut rng = draws.stream("breakdown time", labels[index]);
        all[index].breakdown = Some(Breakdown {
            from: during(&mut rng),
            lasts: Duration::minutes(rng.random_range(20..=60)),
            reason: REASONS[rng.random_range(0..REASONS.len())],
        });
    }
    for index in chosen(draws, "no start", &labels, labels.len() / 40) {
        let mut rng = draws.stream("no start time", labels[index]);
        let lasts = Duration::minutes(rng.random_range(90..=180));
        all[index].no_start = Some(NoStart { lasts, reason: "Will not start" });
    }
    for (nth, index) in chosen(draws, "silence", &labels, labels.len().div_ceil(20)).into_iter().enumerate() {
        let mut rng = draws.stream("silence time", labels[index]);
        let from = during(&mut rng);
        let until = from + Duration::minutes(rng.random_range(8..=20));
        all[index].silence = Some(Silence { from, until, forgets: nth % 2 == 1 });
    }
    all
}

/// Indices of `count` of the labels, drawn by lot.
fn chosen(draws: &Draws, purpose: &str, labels: &[&str], count: usize) -> Vec<usize> {
    let mut lots: Vec<(u64, usize)> = labels
        .iter()
        .enumerate()
        .map(|(index, label)| (draws.stream(purpose, label).random(), index))
        .collect();
    lots.sort_unstable();
    lots.into_iter().take(count).map(|(_, index)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::{StraightStreets, addresses, workday};

    #[test]
    fn of_forty_vehicles_one_or_two_break_down_and_two_fall_silent() {
        for seed in 0..20 {
            let size = Size { vans: 40, orders: 20, late_orders: 0 };
            let scenario = Scenario::write(seed, size, workday(), &addresses(50), &StraightStreets).unwrap();
            let all = of_the_day(&scenario.draws, &scenario.day, &scenario);
            let broken = all.iter().filter_map(|mishaps| mishaps.breakdown.as_ref()).collect::<Vec<_>>();
            assert!((1..=2).contains(&broken.len()));
            assert!(broken.iter().all(|b| (20..=60).contains(&b.lasts.num_minutes())));
            assert_eq!(all.iter().filter(|mishaps| mishaps.no_start.is_some()).count(), 1);
            let silent: Vec<_> = all.iter().filter_map(|mishaps| mishaps.silence).collect();
            assert_eq!(silent.len(), 2);
            assert_eq!(silent.iter().filter(|silence| silence.forgets).count(), 1);
        }
    }
}
