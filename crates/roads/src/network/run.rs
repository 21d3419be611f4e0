//! Directed edges while the network is being built.

/// A directed edge with what its turns depend on.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub(super) piece: u32,
    /// The run that this one stands for, for those who come from a certain street.
    pub(super) twin_of: Option<u32>,
    pub(super) reversed: bool,
    pub(super) tail: u32,
    pub(super) head: u32,
    /// Compass direction of leaving the tail and of reaching the head, in degrees.
    pub(super) leaves: f64,
    pub(super) arrives: f64,
}

impl Run {
    /// A run that stands for this one, which is the one of that index.
    pub(super) fn standing_for(&self, index: u32) -> Run {
        Run { twin_of: Some(self.twin_of.unwrap_or(index)), ..*self }
    }
}
