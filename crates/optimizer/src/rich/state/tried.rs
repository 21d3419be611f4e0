//! What has been tried already, so that it is not tried again for the same stop.

use crate::evaluation::Halts;

/// Computing places in full may take so many times less than everything else.
const SHARE: u64 = 4;

/// What has been tried for a stop, and how much has been computed.
#[derive(Default)]
pub(in crate::rich) struct Tried {
    /// Stop, place and reloads of spots that did not keep what they promised.
    spots: Vec<(u32, u32, u8, u8)>,
    /// The same of shipments: behind which nodes pickup and delivery come.
    pairs: Vec<(u32, u32)>,
    /// Stops of routes that were computed, and those of routes that were computed only to see what they would be.
    pub(in crate::rich) computed: u64,
    pub(in crate::rich) looked_at: u64,
}

impl Tried {
    pub(in crate::rich) fn spot(&self, stop: usize, before: usize, to: Halts, on: Halts) -> bool {
        !self.spots.is_empty() && self.spots.contains(&(stop as u32, before as u32, to.reload, on.reload))
    }

    pub(in crate::rich) fn pair(&self, pickup: usize, delivery: usize) -> bool {
        !self.pairs.is_empty() && self.pairs.contains(&(pickup as u32, delivery as u32))
    }

    pub(in crate::rich) fn note_spot(&mut self, stop: usize, before: usize, to: Halts, on: Halts) {
        self.spots.push((stop as u32, before as u32, to.reload, on.reload));
    }

    pub(in crate::rich) fn note_pair(&mut self, pickup: usize, delivery: usize) {
        self.pairs.push((pickup as u32, delivery as u32));
    }

    pub(in crate::rich) fn clear(&mut self) {
        self.spots.clear();
        self.pairs.clear();
    }

    pub(in crate::rich) fn may_look(&self) -> bool {
        self.looked_at * SHARE <= self.computed
    }
}
