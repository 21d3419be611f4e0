//! Time windows.

use crate::{Instant, Refusal};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A stretch of time with a beginning before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawWindow", into = "RawWindow")]
pub struct Window {
    from: Instant,
    until: Instant,
}

#[derive(Serialize, Deserialize)]
struct RawWindow {
    from: Instant,
    until: Instant,
}

impl Window {
    /// Reads a window. Refuses one that ends before it begins, or lasts longer than a day.
    pub fn parse(from: Instant, until: Instant) -> Result<Self, Refusal> {
        if from < until && until - from <= TimeDelta::days(1) {
            Ok(Self { from, until })
        } else {
            Err(Refusal::WindowBackwards)
        }
    }

    /// When it opens.
    pub fn from(self) -> Instant {
        self.from
    }

    /// When it closes.
    pub fn until(self) -> Instant {
        self.until
    }

    /// How late `at` is; zero when it is not.
    pub fn lateness(self, at: Instant) -> TimeDelta {
        (at - self.until).max(TimeDelta::zero())
    }
}

impl TryFrom<RawWindow> for Window {
    type Error = Refusal;
    fn try_from(raw: RawWindow) -> Result<Self, Refusal> {
        Self::parse(raw.from, raw.until)
    }
}

impl From<Window> for RawWindow {
    fn from(w: Window) -> Self {
        Self { from: w.from, until: w.until }
    }
}
