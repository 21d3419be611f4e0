//! What the inner loops read of stops, and who may serve them, side by side in memory.

use super::{Kept, StopId, StopSpec, VehicleId, VehicleSpec};
use crate::cost::Cost;

/// Which vehicles may not serve which stops, whatever is bound to whom: a bit for each pair, or none at all if every vehicle
/// may serve every stop.
#[derive(Clone, Debug, Default)]
pub(crate) struct Exclusions {
    words: usize,
    bits: Vec<u64>,
}

impl Exclusions {
    pub(crate) fn of(vehicles: &[VehicleSpec], stops: &[StopSpec]) -> Self {
        let words = vehicles.len().div_ceil(64);
        let mut bits = vec![0; words * stops.len()];
        for (row, stop) in bits.chunks_mut(words.max(1)).zip(stops) {
            for (index, vehicle) in vehicles.iter().enumerate() {
                if !vehicle.skills.cover(stop.needs) || !stop.allowed.allows(VehicleId(index as u32)) {
                    row[index / 64] |= 1 << (index % 64);
                }
            }
        }
        if bits.iter().all(|word| *word == 0) { Self::default() } else { Self { words, bits } }
    }

    /// Whether every vehicle may serve every stop.
    pub(crate) fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    #[inline]
    pub(crate) fn excludes(&self, vehicle: u32, stop: usize) -> bool {
        !self.bits.is_empty()
            && self.bits[stop * self.words + vehicle as usize / 64] >> (vehicle % 64) & 1 == 1
    }

    /// Whether any vehicle may not serve the stop.
    pub(crate) fn concern(&self, stop: usize) -> bool {
        !self.bits.is_empty()
            && self.bits[stop * self.words..(stop + 1) * self.words].iter().any(|word| *word != 0)
    }
}

/// [`Kept`] for the inner loops; of a stop without one both prices are zero.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeptRow {
    pub(crate) vehicle: u32,
    /// The stop before it, or [`NOBODY`].
    pub(crate) behind: u32,
    pub(crate) moved: Cost,
    pub(crate) order: Cost,
}

/// No stop before the first one.
pub(crate) const NOBODY: u32 = u32::MAX;

impl KeptRow {
    /// What is kept of each stop; nothing at all if no price makes a difference.
    pub(crate) fn all(stops: &[StopSpec]) -> Vec<Self> {
        let costs =
            |stop: &StopSpec| stop.kept.is_some_and(|kept| kept.moved_price > 0 || kept.order_price > 0);
        if stops.iter().any(costs) {
            stops.iter().map(|stop| Self::of(stop.kept)).collect()
        } else {
            Vec::new()
        }
    }

    fn of(kept: Option<Kept>) -> Self {
        let name = |stop: StopId| stop.0;
        kept.map_or(Self { vehicle: NOBODY, behind: NOBODY, moved: Cost::ZERO, order: Cost::ZERO }, |kept| {
            Self {
                vehicle: kept.vehicle.0,
                behind: kept.behind.map_or(NOBODY, name),
                moved: Cost::units(kept.moved_price),
                order: Cost::units(kept.order_price),
            }
        })
    }

    /// What serving the stop by that vehicle behind that stop costs as a change.
    #[inline]
    pub(crate) fn change(&self, vehicle: u32, behind: u32) -> Cost {
        if self.vehicle != vehicle {
            self.moved
        } else if self.behind == behind {
            Cost::ZERO
        } else {
            self.order
        }
    }
}

/// What the inner loops read of a stop, side by side in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StopRow {
    pub(crate) place: usize,
    pub(crate) service: i64,
    pub(crate) open: i64,
    pub(crate) close: i64,
    /// The price of a minute late, or none if the window is hard.
    pub(crate) per_minute: Option<i64>,
    pub(crate) penalty: Cost,
    pub(crate) only: Option<VehicleId>,
}

impl StopRow {
    /// What beginning at `begin` costs in lateness; nothing where the window is hard, for that is not a price.
    pub(crate) fn late_cost(&self, begin: i64) -> Cost {
        match self.per_minute {
            Some(price) if begin > self.close => Cost::minutely(begin - self.close, price),
            _ => Cost::ZERO,
        }
    }
}
