//! Money and the order between solutions.
//!
//! Prices come per hour, per minute and per piece; added up as floats they would drift and a move could look like a
//! gain that is none. So a cost is kept as an integer in 1/3600 of the caller's money unit, in which all of them are
//! whole. What the unit is worth is the caller's business.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// How many parts of a [`Cost`] make one unit of the caller's money.
const PARTS: i64 = 3600;

/// An amount of money in 1/3600 of the caller's unit; exact, and at the ends of the range it saturates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cost(i64);

impl Cost {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// More than anything that can be paid; stands for "not possible" in comparisons.
    pub const MAX: Self = Self(i64::MAX);

    /// A whole number of money units.
    #[must_use]
    pub const fn units(units: i64) -> Self {
        Self(units.saturating_mul(PARTS))
    }

    /// An amount in 1/3600 of a money unit.
    #[must_use]
    pub(crate) const fn parts(parts: i64) -> Self {
        Self(parts)
    }

    /// What `seconds` cost at a price in money units per hour.
    #[must_use]
    pub const fn hourly(seconds: i64, per_hour: i64) -> Self {
        Self(seconds.saturating_mul(per_hour))
    }

    /// What `seconds` cost at a price in money units per minute.
    #[must_use]
    pub const fn minutely(seconds: i64, per_minute: i64) -> Self {
        Self(seconds.saturating_mul(per_minute).saturating_mul(60))
    }

    /// So many times as much.
    pub(crate) const fn times(self, times: i64) -> Self {
        Self(self.0.saturating_mul(times))
    }

    /// What `metres` cost at a price in money units per kilometre; parts of a part are cut off.
    #[must_use]
    pub const fn kilometres(metres: i64, per_km: i64) -> Self {
        Self(metres.saturating_mul(per_km).saturating_mul(18) / 5)
    }

    /// What emissions in millionths of a gram cost at a price in money units per kilogram; parts of a part are cut off.
    #[must_use]
    pub const fn emissions(micrograms: i64, per_kg: i64) -> Self {
        let parts = micrograms as i128 * per_kg as i128 * PARTS as i128 / 1_000_000_000;
        Self(if parts > i64::MAX as i128 { i64::MAX } else { parts as i64 })
    }

    /// The amount in money units, rounded to the nearest (halves away from zero).
    #[must_use]
    pub const fn in_units(self) -> i64 {
        let half = if self.0 < 0 { -(PARTS / 2) } else { PARTS / 2 };
        self.0.saturating_add(half) / PARTS
    }

    /// The amount in 1/3600 of a money unit, exactly.
    #[must_use]
    pub const fn in_parts(self) -> i64 {
        self.0
    }
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl SubAssign for Cost {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Neg for Cost {
    type Output = Self;

    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::ZERO, Add::add)
    }
}

/// How good a solution is: the lower the better, and breaking a hard rule is worse than any cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// How far hard rules are broken: seconds late or over the shift, units over capacity, and
    /// [`check::BROKEN`](crate::check::BROKEN) for each fault that has no size; 0 for a feasible solution.
    pub excess: i64,
    /// The objective: hours, driving, vehicles, lateness, and the penalties of what is left out.
    pub cost: Cost,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_per_hour_minute_and_piece_add_up_exactly() {
        let sum = Cost::hourly(1, 1) + Cost::minutely(1, 1) + Cost::units(1);
        assert_eq!(sum.in_parts(), 1 + 60 + 3600);
        assert_eq!(Cost::hourly(3600, 25), Cost::units(25));
        assert_eq!(Cost::minutely(60, 7), Cost::units(7));
    }

    #[test]
    fn units_round_to_the_nearest() {
        assert_eq!(Cost::hourly(1799, 1).in_units(), 0);
        assert_eq!(Cost::hourly(1800, 1).in_units(), 1);
        assert_eq!((-Cost::hourly(1800, 1)).in_units(), -1);
    }

    #[test]
    fn a_broken_rule_outweighs_any_cost() {
        let broken = Score { excess: 1, cost: Cost::ZERO };
        let dear = Score { excess: 0, cost: Cost::MAX };
        assert!(dear < broken);
    }
}
