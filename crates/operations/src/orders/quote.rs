//! What somebody was shown of a window, which still has to hold when it is booked.

use crate::{OpsError, Result};
use chrono::DateTime;
use domain::Instant;

/// A window that costs up to so many minutes more than was shown is booked all the same.
const DEARER_MIN: i64 = 3;

/// What somebody was shown of a window before booking it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quote {
    /// The end of the window that was promised then.
    pub promised_until: Instant,
    /// Extra minutes of work on the road; nothing on a day without a plan.
    pub extra_min: Option<i64>,
    /// How many other promises would be missed.
    pub makes_late: usize,
}

impl Quote {
    /// As a form sends it along.
    pub fn write(self) -> String {
        let extra = self.extra_min.map(|minutes| minutes.to_string()).unwrap_or_default();
        format!("{}_{extra}_{}", self.promised_until.timestamp_millis(), self.makes_late)
    }

    /// Refuses what no form of ours has sent.
    pub fn read(text: &str) -> Result<Self> {
        let read = || {
            let mut parts = text.splitn(3, '_');
            let promised_until = DateTime::from_timestamp_millis(parts.next()?.parse().ok()?)?;
            let extra = parts.next()?;
            let extra_min = if extra.is_empty() { None } else { Some(extra.parse().ok()?) };
            Some(Self { promised_until, extra_min, makes_late: parts.next()?.parse().ok()? })
        };
        read().ok_or_else(|| OpsError::Invalid("this is no quote: look for windows anew".into()))
    }

    /// Whether a window costs more than was shown, or makes more promises late.
    pub fn is_exceeded(self, extra_min: i64, makes_late: usize) -> bool {
        self.extra_min.is_none_or(|shown| extra_min > shown + DEARER_MIN) || makes_late > self.makes_late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_comes_back_from_a_form() {
        let promised_until = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
        for extra_min in [None, Some(-3), Some(14)] {
            let quote = Quote { promised_until, extra_min, makes_late: 2 };
            assert_eq!(Quote::read(&quote.write()).unwrap(), quote);
        }
        for wrong in ["", "1_2", "x__0", "1__", "99999999999999999999__0", "1_1_-1"] {
            assert!(matches!(Quote::read(wrong), Err(OpsError::Invalid(_))), "{wrong}");
        }
    }

    #[test]
    fn a_little_dearer_is_as_good_as_shown() {
        let quote = Quote::read("1790000000123_14_1").unwrap();
        assert!(!quote.is_exceeded(14 + DEARER_MIN, 1));
        assert!(quote.is_exceeded(15 + DEARER_MIN, 1));
        assert!(quote.is_exceeded(2, 2), "another promise would be missed");
        assert!(Quote::read("1790000000123__0").unwrap().is_exceeded(1, 0), "it cost nothing yet");
    }
}
