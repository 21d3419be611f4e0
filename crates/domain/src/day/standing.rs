//! The five states that every screen, strip, table and marker shares.

use crate::{Instant, StopState, Window};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// How something stands against its promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing more to do.
    Done,
    /// Expected within its window.
    OnTime,
    /// We do not know: no reading, or no estimate.
    Unknown,
    /// Expected in the last minutes of its window.
    AtRisk,
    /// Expected or done after its window, or failed.
    Late,
}

impl Standing {
    /// Every standing, from calm to loud.
    pub const ALL: [Self; 5] = [Self::Done, Self::OnTime, Self::Unknown, Self::AtRisk, Self::Late];

    /// The name in CSS and the API.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::OnTime => "on_time",
            Self::Unknown => "unknown",
            Self::AtRisk => "at_risk",
            Self::Late => "late",
        }
    }

    /// How a stop stands against its latest promise, at risk when it is expected within `margin` of its end.
    pub fn of_stop(state: &StopState, eta: Option<Instant>, promise: Window, margin: TimeDelta) -> Self {
        Self::by(state, eta, promise.until(), margin)
    }

    /// How a stop stands against the end of its latest promise.
    pub fn by(state: &StopState, eta: Option<Instant>, until: Instant, margin: TimeDelta) -> Self {
        match state {
            StopState::Done { arrived_at, outcome, .. } => {
                if outcome.is_success() && *arrived_at <= until {
                    Self::Done
                } else {
                    Self::Late
                }
            }
            StopState::Dropped { .. } => Self::Done,
            StopState::Arrived { at } => {
                if *at <= until {
                    Self::OnTime
                } else {
                    Self::Late
                }
            }
            StopState::Pending => match eta {
                None => Self::Unknown,
                Some(eta) if eta > until => Self::Late,
                Some(eta) if eta + margin > until => Self::AtRisk,
                Some(_) => Self::OnTime,
            },
        }
    }
}
