//! What the world has come to so far, for the log.
//!
//! What drivers did counts whether the server took the report or refused it; refusals have a count of their own. Not here:
//! anything that decides.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use wire::driver::{Deed, Report, ReportResult, ReportStatus};

/// Counts of one day.
#[derive(Debug, Default)]
pub struct Tally {
    planned: AtomicI64,
    departed: AtomicI64,
    returned: AtomicI64,
    delivered: AtomicI64,
    collected: AtomicI64,
    failed: AtomicI64,
    off_road: AtomicI64,
    reports_refused: AtomicI64,
    fixes_stored: AtomicI64,
    fixes_refused: AtomicI64,
}

impl Tally {
    /// A driver has a route. Says whether it is the day's first.
    pub fn planned(&self) -> bool {
        self.planned.fetch_add(1, Relaxed) == 0
    }

    /// The server answered reports.
    pub fn answered(&self, reports: &[Report], results: &[ReportResult]) {
        for (report, result) in reports.iter().zip(results) {
            if result.result == ReportStatus::Refused {
                self.report_refused();
                tracing::debug!(why = result.why.as_deref().unwrap_or(""), "a report was refused");
            }
            self.count(&report.what);
        }
    }

    /// The server cannot take a report.
    pub fn report_refused(&self) {
        self.reports_refused.fetch_add(1, Relaxed);
    }

    /// The server answered fixes.
    pub fn fixes(&self, stored: usize, refused: usize) {
        self.fixes_stored.fetch_add(i64::try_from(stored).unwrap_or(i64::MAX), Relaxed);
        self.fixes_refused.fetch_add(i64::try_from(refused).unwrap_or(i64::MAX), Relaxed);
    }

    /// Whether every driver who left is back.
    pub fn everybody_is_back(&self) -> bool {
        let departed = self.departed.load(Relaxed);
        departed > 0 && self.planned.load(Relaxed) <= departed && self.returned.load(Relaxed) >= departed
    }

    /// The counts on one line.
    pub fn line(&self) -> String {
        let [
            planned,
            departed,
            returned,
            delivered,
            collected,
            failed,
            off_road,
            refused,
            stored,
            fixes_refused,
        ] = [
            &self.planned,
            &self.departed,
            &self.returned,
            &self.delivered,
            &self.collected,
            &self.failed,
            &self.off_road,
            &self.reports_refused,
            &self.fixes_stored,
            &self.fixes_refused,
        ]
        .map(|count| count.load(Relaxed));
        format!(
            "{planned} routes, {} under way, {returned} returned; {delivered} delivered, {collected} collected, {failed} failed; \
             {off_road} off road; {stored} fixes stored, {fixes_refused} refused; {refused} reports refused",
            departed - returned
        )
    }

    fn count(&self, deed: &Deed) {
        let (count, change) = match deed {
            Deed::Departed { .. } => (&self.departed, 1),
            Deed::Returned { .. } => (&self.returned, 1),
            Deed::Delivered { .. } => (&self.delivered, 1),
            Deed::Collected { .. } => (&self.collected, 1),
            Deed::Failed { .. } => (&self.failed, 1),
            Deed::OffRoad { .. } => (&self.off_road, 1),
            Deed::Recovered => (&self.off_road, -1),
            Deed::Arrived { .. } | Deed::Reloaded { .. } => return,
        };
        let before = count.fetch_add(change, Relaxed);
        match deed {
            Deed::Departed { .. } if before == 0 => tracing::info!("the first vehicle has left the hub"),
            Deed::OffRoad { reason } => tracing::info!(reason, "a vehicle has broken down"),
            Deed::Recovered => tracing::info!("a vehicle drives again"),
            _ => {}
        }
    }
}
