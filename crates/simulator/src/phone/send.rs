//! Getting rid of what a phone has queued: at once when it can, later when the server is busy or away, never by dropping it.
//!
//! The only thing thrown away is a single fix or report that the server refuses as unreadable; that is counted and logged.

use super::{Phone, Protocol};
use crate::server_link::{LinkError, ServerLink};
use crate::tally::Tally;
use std::time::{Duration, Instant as RealInstant};

const MOST_FIXES: usize = 1_000;
const MOST_REPORTS: usize = 200;
const MOST_SINGLE_FIXES: usize = 20;
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// When the phone may try again, and how much it dares to send at once.
pub(super) struct Waits {
    not_before: Option<RealInstant>,
    next: Duration,
    most: usize,
}

impl Default for Waits {
    fn default() -> Self {
        Self { not_before: None, next: FIRST_WAIT, most: MOST_FIXES }
    }
}

impl Waits {
    fn succeeded(&mut self) {
        *self = Self { most: (self.most * 2).min(MOST_FIXES), ..Self::default() };
    }

    fn failed(&mut self, error: &LinkError) {
        let wait = match error {
            LinkError::Busy { after } => (*after).max(self.next),
            _ => self.next,
        };
        self.not_before = Some(RealInstant::now() + wait);
        self.next = (self.next * 2).min(LONGEST_WAIT);
    }

    fn is_waiting(&self) -> bool {
        self.not_before.is_some_and(|until| RealInstant::now() < until)
    }
}

/// What a failure means for the batch that was sent.
enum Verdict {
    Later,
    Smaller,
    Hopeless,
}

fn verdict(error: &LinkError, count: usize) -> Verdict {
    match error {
        LinkError::Refused { status: 400 | 413 | 422, .. } if count > 1 => Verdict::Smaller,
        LinkError::Refused { status: 400 | 413 | 422, .. } => Verdict::Hopeless,
        _ => Verdict::Later,
    }
}

/// Whether the server finds the phone's clock wrong.
fn blames_clock(why: &str) -> bool {
    why.contains("set the device's clock")
}

impl Phone {
    /// Sends all reports, then all fixes, until nothing is left or the server does not take more now. Stays quiet while it waits
    /// after a failure.
    pub async fn send(&mut self, link: &ServerLink, tally: &Tally) {
        if self.waits.is_waiting() {
            return;
        }
        if self.send_reports(link, tally).await {
            self.send_fixes(link, tally).await;
        }
    }

    async fn send_reports(&mut self, link: &ServerLink, tally: &Tally) -> bool {
        loop {
            let reports = self.queue.reports(MOST_REPORTS.min(self.waits.most));
            if reports.is_empty() {
                return true;
            }
            match link.report(&self.token, &reports).await {
                Ok(answer) => {
                    let early = |why: &Option<String>| why.as_deref().is_some_and(blames_clock);
                    let refused =
                        reports.iter().zip(&answer.results).filter(|(_, result)| early(&result.why));
                    let refused: Vec<_> = refused.map(|(report, _)| report.clone()).collect();
                    tally.answered(&reports, &answer.results);
                    self.queue.reports_answered(reports.len());
                    if !refused.is_empty() {
                        self.blame_clock(refused);
                    }
                    self.waits.succeeded();
                }
                Err(error) => {
                    if !self.survives(&error, reports.len()) {
                        return false;
                    }
                    if let Verdict::Hopeless = verdict(&error, reports.len()) {
                        self.queue.reports_answered(1);
                        tally.report_refused();
                    }
                }
            }
        }
    }

    async fn send_fixes(&mut self, link: &ServerLink, tally: &Tally) {
        let mut single = MOST_SINGLE_FIXES;
        while self.queue.waiting_fixes() > 0 && single > 0 {
            let (count, sent) = match self.protocol {
                Protocol::Batches => {
                    let fixes = self.queue.fixes(self.waits.most);
                    let answer = link.positions(&self.token, &fixes).await;
                    if answer.iter().flat_map(|answer| &answer.refused).any(|fix| blames_clock(&fix.why)) {
                        self.blame_clock([]);
                    }
                    (fixes.len(), answer.map(|answer| (answer.stored, answer.refused.len())))
                }
                Protocol::OsmAndGet | Protocol::OsmAndPost => {
                    single -= 1;
                    let Some(fix) = self.queue.fixes(1).pop() else { return };
                    let by_post = self.protocol == Protocol::OsmAndPost;
                    (1, link.osmand(&self.token, &fix, by_post).await.map(|()| (1, 0)))
                }
            };
            match sent {
                Ok((stored, refused)) => {
                    tally.fixes(stored, refused);
                    self.queue.fixes_answered(count);
                    self.waits.succeeded();
                }
                Err(error) => {
                    if !self.survives(&error, count) {
                        return;
                    }
                    if let Verdict::Hopeless = verdict(&error, count) {
                        self.queue.fixes_answered(1);
                        tally.fixes(0, 1);
                    }
                }
            }
        }
    }

    /// Whether to go on at once after a failure; else the phone waits.
    fn survives(&mut self, error: &LinkError, count: usize) -> bool {
        match verdict(error, count) {
            Verdict::Smaller => {
                self.waits.most = (count / 2).max(1);
                true
            }
            Verdict::Hopeless => {
                tracing::warn!(%error, "the server cannot read what a phone sent; it is thrown away");
                true
            }
            Verdict::Later => {
                tracing::debug!(%error, "a phone keeps its queue for later");
                self.waits.failed(error);
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> LinkError {
        LinkError::Refused { status, code: String::new(), message: String::new() }
    }

    #[test]
    fn only_one_unreadable_thing_is_ever_thrown_away() {
        assert!(matches!(verdict(&refused(413), 8), Verdict::Smaller));
        assert!(matches!(verdict(&refused(400), 1), Verdict::Hopeless));
        for error in
            [refused(401), refused(404), LinkError::Busy { after: FIRST_WAIT }, LinkError::Silent("".into())]
        {
            assert!(matches!(verdict(&error, 1), Verdict::Later), "{error}");
        }
    }

    #[test]
    fn a_busy_server_is_left_alone_for_as_long_as_it_asks() {
        let mut waits = Waits::default();
        waits.failed(&LinkError::Busy { after: Duration::from_secs(20) });
        assert!(waits.is_waiting());
        assert!(waits.not_before.unwrap() > RealInstant::now() + Duration::from_secs(19));
        waits.succeeded();
        assert!(!waits.is_waiting());
    }
}
