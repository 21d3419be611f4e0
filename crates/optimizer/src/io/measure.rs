//! From the numbers of a file to the integers of a problem: one scale for lengths and times, another for money.

use super::fault::Faults;
use super::nodes::{Node, Van};
use super::text::whole;
use crate::{LIMITS, Rounding};

/// What leaving out costs where somebody has to be served: more than any way to them.
pub(super) const PENALTY: i64 = LIMITS.price;

/// Seconds of an hour, by which driving is paid.
const HOUR: i64 = 3600;

/// How a file's units become the problem's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// How many seconds of the problem make one of the file's units of length and time.
    pub(super) scale: i64,
    /// How many of these seconds cost one unit of money. Where a file has prices of its own this is more than 1, so that
    /// they stay small beside [`PENALTY`] and whole.
    pub(super) seconds_per_unit: i64,
}

/// A node in the integers of the problem.
pub(super) struct Measured {
    pub(super) demand: i64,
    pub(super) pickup: i64,
    pub(super) window: (i64, i64),
    pub(super) service: i64,
    pub(super) release: Option<i64>,
    /// For who is left out.
    pub(super) penalty: i64,
}

/// What a vehicle costs and how far it comes, in the integers of the problem.
pub(super) struct Tariff {
    pub(super) fixed_cost: i64,
    pub(super) cost_per_driving_hour: i64,
    pub(super) max_duration: Option<i64>,
    pub(super) max_distance: Option<i64>,
}

impl Measure {
    pub(super) fn new(rounding: Rounding, is_matrix: bool, is_priced: bool) -> Self {
        let scale = match rounding {
            _ if is_matrix => 1,
            Rounding::Round => 1,
            Rounding::Dimacs => 10,
            Rounding::Exact | Rounding::Double => 1000,
        };
        Self { scale, seconds_per_unit: if is_priced { common(scale, HOUR) } else { 1 } }
    }

    pub(super) fn node(self, node: &Node, horizon: i64, faults: &mut Faults) -> Option<Measured> {
        let load = |what, amount: f64, faults: &mut Faults| {
            let load = whole(amount, LIMITS.load);
            if load.is_none() {
                faults.at(
                    node.line,
                    format!("a {what} of {amount}; write a whole number from 0 to {}", LIMITS.load),
                );
            }
            load
        };
        let demand = load("demand", node.demand, faults);
        let pickup = load("backhaul", node.pickup, faults);
        let service = self.scaled(node.service).filter(|service| (0..=LIMITS.length).contains(service));
        if service.is_none() {
            faults.at(
                node.line,
                format!("a service time of {}; write 0 to {}", node.service, LIMITS.length / self.scale),
            );
        }
        let release = match node.release {
            None => Some(None),
            Some(release) => self.scaled(release).map(Some),
        };
        if let (None, Some(release)) = (release, node.release) {
            let most = LIMITS.time / self.scale;
            faults.at(node.line, format!("a release time of {release}; times may be up to {most}"));
        }
        let penalty = match node.prize {
            None => Some(PENALTY),
            Some(prize) => self.money("prize", prize, PENALTY - 1, node.line, faults),
        };
        let window = self.window(node, horizon, faults);
        Some(Measured {
            demand: demand?,
            pickup: pickup?,
            window: window?,
            service: service?,
            release: release?,
            penalty: penalty?,
        })
    }

    fn window(self, node: &Node, horizon: i64, faults: &mut Faults) -> Option<(i64, i64)> {
        let Some((earliest, latest)) = node.window else { return Some((0, horizon)) };
        if earliest > latest {
            faults.at(
                node.line,
                format!("the window ends at {latest}, before it begins at {earliest}; exchange them"),
            );
            return None;
        }
        let window = self.scaled(earliest).zip(self.scaled(latest));
        if window.is_none() {
            let most = LIMITS.time / self.scale;
            faults.at(node.line, format!("a window from {earliest} to {latest}; times may be up to {most}"));
        }
        window
    }

    pub(super) fn tariff(self, van: &Van, faults: &mut Faults) -> Option<Tariff> {
        let fixed_cost = self.money("fixed cost", van.fixed_cost, LIMITS.price / 2, van.line, faults);
        let an_hour = HOUR / self.seconds_per_unit;
        let unit_cost = whole(van.unit_cost * an_hour as f64, LIMITS.price);
        if unit_cost.is_none() {
            let most = LIMITS.price / an_hour;
            faults.at(
                van.line,
                format!("a unit cost of {}; write a whole number from 0 to {most}", van.unit_cost),
            );
        }
        let limit = |limit: Option<f64>, faults: &mut Faults| match limit {
            None => Some(None),
            Some(limit) => {
                let length = self.scaled(limit).filter(|length| *length >= 0);
                if length.is_none() {
                    let most = LIMITS.time / self.scale;
                    faults.at(van.line, format!("a route of at most {limit}; write 0 to {most}"));
                }
                length.map(Some)
            }
        };
        let max_duration = limit(van.max_duration, faults);
        let max_distance = limit(van.max_distance, faults);
        Some(Tariff {
            fixed_cost: fixed_cost?,
            cost_per_driving_hour: unit_cost?,
            max_duration: max_duration?,
            max_distance: max_distance?,
        })
    }

    fn money(self, what: &str, price: f64, most: i64, line: usize, faults: &mut Faults) -> Option<i64> {
        let part = self.scale / self.seconds_per_unit;
        let units = whole(price * part as f64, most);
        if units.is_none() {
            faults.at(line, format!("a {what} of {price}; write a whole number from 0 to {}", most / part));
        }
        units
    }

    /// The measure in seconds, rounded to the nearest; none beyond the limits.
    pub(super) fn scaled(self, measure: f64) -> Option<i64> {
        let value = (measure * self.scale as f64).round();
        (value.abs() <= LIMITS.time as f64).then_some(value as i64)
    }
}

/// The greatest common divisor.
fn common(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { common(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_in_units_that_every_price_is_a_whole_number_of() {
        let measure = |rounding, is_priced| {
            let measure = Measure::new(rounding, false, is_priced);
            (measure.scale, measure.seconds_per_unit)
        };
        assert_eq!(measure(Rounding::Exact, false), (1000, 1));
        assert_eq!(measure(Rounding::Exact, true), (1000, 200));
        assert_eq!(measure(Rounding::Dimacs, true), (10, 10));
        assert_eq!(measure(Rounding::Round, true), (1, 1));
        assert_eq!(Measure::new(Rounding::Exact, true, true).scale, 1, "a matrix is taken as given");
    }
}
