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

    /// When something that is promised for one and something that is promised for the other can be brought at once: what they
    /// share, if one lies within the other or it is half an hour or more.
    pub fn shared_with(self, other: Self) -> Option<Self> {
        let both = Self::parse(self.from.max(other.from), self.until.min(other.until)).ok()?;
        let enough = both == self || both == other || both.until - both.from >= TimeDelta::minutes(30);
        enough.then_some(both)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_windows_are_one_visit_if_they_share_enough() {
        let window = |from: i64, until: i64| {
            let at = |minute: i64| chrono::DateTime::from_timestamp(1_764_000_000 + 60 * minute, 0).unwrap();
            Window::parse(at(from), at(until)).unwrap()
        };
        let shared =
            |one: (i64, i64), other: (i64, i64)| window(one.0, one.1).shared_with(window(other.0, other.1));
        assert_eq!(shared((0, 600), (60, 80)), Some(window(60, 80)), "one lies within the other");
        assert_eq!(shared((0, 120), (90, 240)), Some(window(90, 120)));
        assert_eq!(shared((0, 120), (91, 240)), None, "too short to count on");
        assert_eq!([shared((0, 120), (120, 240)), shared((0, 120), (300, 400))], [None; 2]);
    }
}
