//! What a phone has not yet got rid of. Nothing leaves it before it is answered.
//!
//! Not here: when to try.

use std::collections::VecDeque;
use wire::RouteId;
use wire::driver::{Deed, Fix, Report};

/// Fixes and reports that wait for an answer, oldest first.
#[derive(Debug, Default)]
pub struct Queue {
    fixes: VecDeque<Fix>,
    reports: VecDeque<Report>,
}

impl Queue {
    /// Adds the newest fix.
    pub fn push_fix(&mut self, fix: Fix) {
        self.fixes.push_back(fix);
    }

    /// Adds the newest report.
    pub fn push_report(&mut self, report: Report) {
        self.reports.push_back(report);
    }

    /// Adds reports that are older than all that wait.
    pub fn put_before(&mut self, reports: Vec<Report>) {
        reports.into_iter().rev().for_each(|report| self.reports.push_front(report));
    }

    /// The oldest fixes, at most so many; they stay.
    pub fn fixes(&self, most: usize) -> Vec<Fix> {
        self.fixes.iter().take(most).copied().collect()
    }

    /// Takes everything out.
    pub fn take(&mut self) -> (Vec<Report>, Vec<Fix>) {
        (self.reports.drain(..).collect(), self.fixes.drain(..).collect())
    }

    /// Whether a report says that this route has left.
    pub fn has_departed(&self, route: RouteId) -> bool {
        self.reports.iter().any(|report| report.what == Deed::Departed { route })
    }

    /// The oldest reports, at most so many; they stay.
    pub fn reports(&self, most: usize) -> Vec<Report> {
        self.reports.iter().take(most).cloned().collect()
    }

    /// The oldest so many fixes have been answered.
    pub fn fixes_answered(&mut self, count: usize) {
        self.fixes.drain(..count.min(self.fixes.len()));
    }

    /// The oldest so many reports have been answered.
    pub fn reports_answered(&mut self, count: usize) {
        self.reports.drain(..count.min(self.reports.len()));
    }

    /// How many fixes wait.
    pub fn waiting_fixes(&self) -> usize {
        self.fixes.len()
    }

    /// Whether a report waits.
    pub fn has_reports(&self) -> bool {
        !self.reports.is_empty()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.fixes.is_empty() && self.reports.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::testing::workday;
    use chrono::Duration;
    use rand::Rng;

    #[test]
    fn whatever_fails_every_fix_is_answered_once_and_in_order() {
        let mut rng = Draws::new(4).stream("queue", "");
        let (mut queue, mut answered, mut pushed) = (Queue::default(), Vec::new(), 0_i64);
        let start = workday().after(Duration::zero());
        while answered.len() < 5_000 {
            for _ in 0..rng.random_range(0..40) {
                let at = start + Duration::seconds(pushed);
                queue.push_fix(Fix {
                    at,
                    lat: 0.0,
                    lon: 0.0,
                    speed_mps: None,
                    heading_deg: None,
                    accuracy_m: None,
                    battery_percent: None,
                });
                pushed += 1;
            }
            let batch = queue.fixes(rng.random_range(1..60));
            if rng.random_bool(0.6) {
                queue.fixes_answered(batch.len());
                answered.extend(batch.into_iter().map(|fix| fix.at));
            }
        }
        let expected: Vec<_> = (0..).map(|s| start + Duration::seconds(s)).take(answered.len()).collect();
        assert_eq!(answered, expected);
        assert_eq!(answered.len() + queue.waiting_fixes(), usize::try_from(pushed).unwrap());
    }
}
