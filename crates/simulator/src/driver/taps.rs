//! What the driver taps into the phone, and when: at once, at the next door, or not at all.
//!
//! Not here: when the phone can send it (`crate::phone`).

use super::Driver;
use crate::phone::Phone;
use crate::truth::Fact;
use rand::Rng;
use wire::driver::{Deed, DriverStop, Report};
use wire::{Instant, ReportId, StopId};

/// What has not been tapped yet.
#[derive(Debug, Default)]
pub(super) struct Taps {
    later: Vec<(Instant, StopId, Deed)>,
}

impl Driver {
    /// Taps that the driver is at a door; answers when, if at all.
    pub(super) fn tap_arrival(
        &mut self,
        phone: &mut Phone,
        at: Instant,
        stop: &DriverStop,
    ) -> Option<Instant> {
        if self.does("forgets arrival", &stop.reference, self.truth.habits.skips_arrival) {
            return None;
        }
        self.report(phone, at, "arrived", stop.stop, Deed::Arrived { stop: stop.stop });
        Some(at)
    }

    /// Taps how a stop has ended, or leaves it for later.
    pub(super) fn tap_end(
        &mut self,
        phone: &mut Phone,
        at: Instant,
        reference: &str,
        stop: StopId,
        deed: Deed,
    ) {
        if self.does("taps later", reference, self.truth.habits.taps_later) {
            self.taps.later.push((at, stop, deed));
        } else {
            self.report(phone, at, "ended", stop, deed);
        }
    }

    /// Tells the phone something, and first what should have been told before.
    pub(super) fn report(
        &mut self,
        phone: &mut Phone,
        at: Instant,
        deed: &str,
        subject: impl std::fmt::Display,
        what: Deed,
    ) {
        for (ended, stop, what) in std::mem::take(&mut self.taps.later) {
            self.record(&Fact::LateTap { vehicle: &self.truth.label, stop, ended, tapped: at });
            self.send(phone, at, "ended", stop, what);
        }
        self.send(phone, at, deed, subject, what);
    }

    fn send(&self, phone: &mut Phone, at: Instant, deed: &str, subject: impl std::fmt::Display, what: Deed) {
        let id = self.world.draws().id("report", &format!("{}/{deed}/{subject}", self.truth.label));
        phone.report(Report { id: ReportId(id), at, what });
    }

    /// The phone is charged.
    pub(super) fn plug_in(&mut self, at: Instant, phone: &mut Phone) {
        phone.plug_in(at);
        self.tell_of(phone);
    }

    /// Tells what has become of the phone.
    pub(super) fn tell_of(&self, phone: &mut Phone) {
        for (at, what) in phone.happened() {
            self.record(&Fact::Phone { vehicle: &self.truth.label, at, what });
        }
    }

    fn does(&self, what: &str, reference: &str, often: f64) -> bool {
        let name = format!("{}/{reference}", self.truth.label);
        often > 0.0 && self.world.draws().stream(what, &name).random::<f64>() < often
    }
}
