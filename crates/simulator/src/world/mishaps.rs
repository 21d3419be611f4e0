//! What goes wrong with our own vehicles and phones today: breakdowns, late starts, and phones that fall silent.
//!
//! Not here: traffic (`super::incidents`) and doors (`super::doors`).

use crate::draws::Draws;
use crate::scenario::Scenario;
use crate::scenario::roster::Duty;
use chrono::Duration;
use rand::Rng;
use wire::VehicleKind;

/// What goes wrong with one vehicle.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Mishaps {
    /// It breaks down.
    pub breakdown: Option<Breakdown>,
    /// It does not start in the morning.
    pub no_start: Option<NoStart>,
    /// It leaves so much later than it should, and nobody says why.
    pub late_start: Option<Duration>,
    /// Its phone falls silent.
    pub lull: Option<Lull>,
}

/// A breakdown, on the way to one of the stops.
#[derive(Debug, Clone, PartialEq)]
pub struct Breakdown {
    /// Once this share of the stops that it left the hub with is done.
    pub after: f64,
    /// At this share of the drive that follows.
    pub into: f64,
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

/// A phone that loses its network on the road.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lull {
    /// Once this share of the stops is done.
    pub after: f64,
    /// How long it lasts.
    pub lasts: Duration,
    /// Whether the phone is off meanwhile and measures nothing; else it sends everything afterwards.
    pub forgets: bool,
}

const OF_VANS: [&str; 3] = ["Flat tyre", "Engine warning light", "Side door jammed"];
const OF_BIKES: [&str; 3] = ["Flat tyre", "Chain torn", "Brake cable torn"];
const ON_THE_ROAD: std::ops::Range<f64> = 0.1..0.8;
const HAIR: f64 = 1e-9;

/// What goes wrong with each vehicle of the scenario, in their order: as many as the shares say break down, or on every other day
/// twice as many, do not start, leave half an hour late or more, or have a phone that falls silent for 8 to 20 minutes, of which
/// every other forgets.
/// All of it happens to vehicles that somebody drives, on the way, whenever that is; those that begin at noon, and may have nothing
/// to do, are spared.
pub fn of_the_day(scenario: &Scenario) -> Vec<Mishaps> {
    let (draws, day, shares) = (&scenario.draws, &scenario.day, &scenario.shares.trouble);
    let all_day = |from: chrono::NaiveTime| from < day.local_after(day.length() / 3);
    let driven = |index: usize| scenario.roster.get(index) != Some(&Some(Duty::Nobody));
    let vehicles = scenario.vehicles.iter().enumerate();
    let out: Vec<(usize, &str)> = vehicles
        .filter(|(index, vehicle)| driven(*index) && all_day(vehicle.shift_from))
        .map(|(index, vehicle)| (index, vehicle.label.as_str()))
        .collect();
    let mut all = vec![Mishaps::default(); scenario.vehicles.len()];
    let of_all = |share: f64| share * all.len() as f64;
    let (at_least, at_most) =
        (|share| (of_all(share) - HAIR).ceil() as usize, |share| (of_all(share) + HAIR) as usize);
    let (broken, unstarted, late, silent) = (
        at_least(shares.breakdowns) * draws.stream("breakdowns", "").random_range(1..=2),
        at_most(shares.no_starts),
        at_most(shares.late_starts),
        at_least(shares.silences),
    );
    for (index, label) in chosen(draws, "breakdown", &out, broken) {
        let mut rng = draws.stream("breakdown time", label);
        let is_bike = scenario.vehicles[index].kind == VehicleKind::CargoBike;
        let reasons = if is_bike { OF_BIKES } else { OF_VANS };
        all[index].breakdown = Some(Breakdown {
            after: rng.random_range(ON_THE_ROAD),
            into: rng.random_range(0.1..0.9),
            lasts: Duration::minutes(rng.random_range(20..=60)),
            reason: reasons[rng.random_range(0..reasons.len())],
        });
    }
    for (index, label) in chosen(draws, "no start", &out, unstarted) {
        let mut rng = draws.stream("no start time", label);
        let lasts = Duration::minutes(rng.random_range(90..=180));
        all[index].no_start = Some(NoStart { lasts, reason: "Will not start" });
    }
    let starts: Vec<_> = out.iter().filter(|(index, _)| all[*index].no_start.is_none()).copied().collect();
    for (index, label) in chosen(draws, "late start", &starts, late) {
        let minutes = draws.stream("late start time", label).random_range(30..=50);
        all[index].late_start = Some(Duration::minutes(minutes));
    }
    for (nth, (index, label)) in chosen(draws, "silence", &out, silent).into_iter().enumerate() {
        let mut rng = draws.stream("silence time", label);
        let (after, lasts) = (rng.random_range(ON_THE_ROAD), Duration::minutes(rng.random_range(8..=20)));
        all[index].lull = Some(Lull { after, lasts, forgets: nth % 2 == 1 });
    }
    all
}

/// `count` of the vehicles, drawn by lot.
fn chosen<'a>(draws: &Draws, purpose: &str, out: &[(usize, &'a str)], count: usize) -> Vec<(usize, &'a str)> {
    let mut lots: Vec<(u64, (usize, &str))> =
        out.iter().map(|one| (draws.stream(purpose, one.1).random(), *one)).collect();
    lots.sort_unstable();
    lots.into_iter().take(count).map(|(_, one)| one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Size;
    use crate::testing::{ordinary, workday};

    #[test]
    fn of_forty_vehicles_some_break_down_start_late_and_fall_silent() {
        for seed in 0..20 {
            let size = Size { vans: 40, orders: 20, late_orders: 0, first_order: 1 };
            let scenario = ordinary(seed, size, 50);
            let all = of_the_day(&scenario);
            let broken = all.iter().filter_map(|mishaps| mishaps.breakdown.as_ref()).collect::<Vec<_>>();
            assert!((1..=2).contains(&broken.len()));
            assert!(broken.iter().all(|b| (20..=60).contains(&b.lasts.num_minutes())));
            assert_eq!(all.iter().filter(|mishaps| mishaps.no_start.is_some()).count(), 1);
            let late: Vec<_> = all.iter().filter(|mishaps| mishaps.late_start.is_some()).collect();
            assert!(late.len() == 1 && late[0].no_start.is_none(), "{late:?}");
            let lulls: Vec<_> = all.iter().filter_map(|mishaps| mishaps.lull).collect();
            assert_eq!(lulls.len(), 2);
            assert_eq!(lulls.iter().filter(|lull| lull.forgets).count(), 1);
            let noon = workday().local_after(Duration::hours(4));
            for ((mishaps, vehicle), duty) in all.iter().zip(&scenario.vehicles).zip(&scenario.roster) {
                let on_the_road = vehicle.shift_from < noon && *duty != Some(Duty::Nobody);
                assert!(*mishaps == Mishaps::default() || on_the_road, "{}", vehicle.label);
            }
        }
    }
}
