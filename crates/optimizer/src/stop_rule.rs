//! When a search stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// When to stop: at whichever comes first. Without time and iterations the search ends after a number of
/// iterations that grows with the number of stops.
#[derive(Clone, Copy, Debug, Default)]
pub struct StopRule<'a> {
    /// Wall time since the call.
    pub time: Option<Duration>,
    /// Iterations of all threads together. The same seed, threads and iterations then give the same answer.
    pub iterations: Option<u64>,
    /// Set from another thread.
    pub cancel: Option<&'a AtomicBool>,
}

impl StopRule<'_> {
    /// Whether somebody has said so.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.is_some_and(|cancel| cancel.load(Ordering::Relaxed))
    }
}
