//! A driver's phone: it measures positions as badly as phones do, keeps them, and keeps what the driver reports.
//!
//! Not here: where the vehicle truly is (`crate::driver`), and the network (`send`, `crate::server_link`).

mod battery;
mod clock;
mod noise;
mod queue;
mod send;

use crate::draws::Draws;
use crate::shares::Phones;
use crate::town::Reception;
use crate::truth::PhoneTruth;
use crate::world::drive::Spot;
use battery::Battery;
use chrono::Duration;
use clock::Clock;
use noise::Noise;
use queue::Queue;
use rand::Rng;
use std::sync::Arc;
use wire::driver::{Fix, Report};
use wire::{Instant, RouteId};

/// How a phone says where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// Our own, in batches.
    Batches,
    /// OsmAnd's, one fix in each request, by GET.
    OsmAndGet,
    /// OsmAnd's, one fix in each request, by POST.
    OsmAndPost,
}

/// A phone.
pub struct Phone {
    token: String,
    protocol: Protocol,
    noise: Noise,
    moving_every: Duration,
    standing_every: Duration,
    silence: Option<Silence>,
    last_fix: Option<Instant>,
    battery: Battery,
    clock: Clock,
    reception: Arc<Reception>,
    /// Whether the last place was one without a network.
    cut_off: bool,
    /// Since when the battery is empty.
    off_since: Option<Instant>,
    /// What the driver will tap once the phone is on again, or once its clock is right.
    remembered: Vec<Report>,
    happened: Vec<(Instant, &'static str)>,
    queue: Queue,
    waits: send::Waits,
}

/// A time without a network.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Silence {
    /// Since when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Whether the phone is off, so that nothing is measured meanwhile; else it sends everything afterwards.
    pub forgets: bool,
}

impl Silence {
    /// Whether the phone is silent at this moment.
    fn holds(&self, at: Instant) -> bool {
        (self.from..self.until).contains(&at)
    }
}

impl Phone {
    /// The phone of vehicle number `index`. `factor` is the world's pace: phones that send each fix on its own measure less often
    /// in a fast world, so that none sends more than three requests in a real second.
    pub fn new(
        draws: &Draws,
        index: usize,
        label: &str,
        token: String,
        factor: f64,
        shares: &Phones,
        reception: Arc<Reception>,
    ) -> Self {
        let mut rng = draws.stream("phone", label);
        let protocol = match index % 20 {
            7 => Protocol::OsmAndGet,
            17 => Protocol::OsmAndPost,
            _ => Protocol::Batches,
        };
        let (seconds, thinned) = (rng.random_range(5..=10), (factor / 3.0).ceil() as i64);
        let moving_s = if protocol == Protocol::Batches { seconds } else { seconds.max(thinned) };
        Self {
            token,
            protocol,
            moving_every: Duration::seconds(moving_s),
            standing_every: Duration::seconds(moving_s.max(30)),
            silence: None,
            last_fix: None,
            battery: Battery::draw(&mut draws.stream("battery", label), shares),
            clock: Clock::draw(&mut draws.stream("clock", label), shares),
            reception,
            cut_off: false,
            off_since: None,
            remembered: Vec::new(),
            happened: Vec::new(),
            noise: Noise::of(rng),
            queue: Queue::default(),
            waits: send::Waits::default(),
        }
    }

    /// Measures from `from` until `until`, as often as the phone does; `spot` says where the vehicle truly is.
    pub fn watch(&mut self, from: Instant, until: Instant, moving: bool, spot: impl Fn(Instant) -> Spot) {
        let every = if moving { self.moving_every } else { self.standing_every };
        let mut due = self.last_fix.map_or(from, |last| (last + every).max(from));
        while due <= until {
            self.last_fix = Some(due);
            self.look(due, spot(due));
            due += every;
        }
    }

    /// Looks once where it is, and measures if it can.
    fn look(&mut self, at: Instant, spot: Spot) {
        if let Some(ahead) = self.clock.heed(at) {
            self.happened.push((at, "clock_set"));
            self.tap_again(|report| report.at -= ahead);
        }
        let fix = self.measure(at, spot);
        let dead = self.reception.at(spot.at).map(|zone| zone.blind);
        self.cut_off = dead.is_some();
        if self.off_since.is_none() && self.battery.percent(at) <= 0.0 {
            self.off_since = Some(at);
            self.happened.push((at, "off"));
        }
        let forgets = self.silence.is_some_and(|silence| silence.forgets && silence.holds(at));
        if self.off_since.is_none() && dead != Some(true) && !forgets {
            self.queue.push_fix(fix);
        }
    }

    /// Keeps a report until it is answered. When the phone is off, the driver taps it once it is on again.
    pub fn report(&mut self, mut report: Report) {
        report.at = self.clock.shows(report.at);
        if self.off_since.is_some() {
            self.remembered.push(report);
        } else {
            self.queue.push_report(report);
        }
    }

    /// It is charged, and the driver taps what could not be tapped.
    pub fn plug_in(&mut self, at: Instant) {
        self.battery.plug_in(at);
        if self.off_since.take().is_some() {
            self.happened.push((at, "on"));
            let shows = self.clock.shows(at);
            self.tap_again(|report| report.at = shows);
        }
    }

    /// It leaves the hub and its plug.
    pub fn unplug(&mut self, at: Instant) {
        self.battery.unplug(at);
    }

    fn tap_again(&mut self, change: impl Fn(&mut Report)) {
        if self.off_since.is_some() {
            return;
        }
        let mut reports = std::mem::take(&mut self.remembered);
        reports.iter_mut().for_each(change);
        self.queue.put_before(reports);
    }

    /// The server says that the clock is wrong: the phone asks for it to be set, and what was refused is sent again after that.
    /// A clock that has always been right is not to blame, and what was refused is lost.
    fn blame_clock(&mut self, refused: impl IntoIterator<Item = Report>) {
        match self.last_fix.map(|now| self.clock.ask_to_be_set(now)) {
            Some(None) => self.remembered.extend(refused),
            Some(Some(was_ahead)) if !was_ahead.is_zero() => {
                self.remembered.extend(refused);
                self.tap_again(|report| report.at -= was_ahead);
            }
            Some(Some(_)) | None => {}
        }
    }

    /// What has become of the phone since the last question.
    pub fn happened(&mut self) -> Vec<(Instant, &'static str)> {
        std::mem::take(&mut self.happened)
    }

    /// Loses the network for a while.
    pub fn fall_silent(&mut self, silence: Silence) {
        self.silence = Some(silence);
    }

    /// How it measures.
    pub fn truth(&self) -> PhoneTruth {
        let ((clock_ahead_s, drifts_s_a_day), (battery, lost_an_hour)) =
            (self.clock.truth(), self.battery.truth());
        PhoneTruth {
            clock_ahead_s,
            drifts_s_a_day,
            battery,
            lost_an_hour,
            singly: self.protocol != Protocol::Batches,
            moving_every_s: self.moving_every.num_seconds(),
            accuracy_m: self.noise.accuracy_m(),
        }
    }

    /// Whether the phone has a network at this moment.
    pub fn has_network(&self, now: Instant) -> bool {
        !self.silence.is_some_and(|silence| silence.holds(now)) && !self.cut_off && self.off_since.is_none()
    }

    /// Whether everything has been answered.
    pub fn is_done(&self) -> bool {
        self.queue.is_empty() && self.remembered.is_empty()
    }

    /// Whether a report waits.
    pub fn has_reports(&self) -> bool {
        self.queue.has_reports()
    }

    /// Takes everything out that waits: the reports and the fixes.
    pub fn take(&mut self) -> (Vec<Report>, Vec<Fix>) {
        self.queue.take()
    }

    /// Whether a report that waits says that this route has left.
    pub fn has_departed(&self, route: RouteId) -> bool {
        self.queue.has_departed(route)
    }

    /// The device's token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Reports that wait.
    #[cfg(test)]
    pub fn queued_reports(&self) -> Vec<Report> {
        self.queue.reports(usize::MAX)
    }

    /// Fixes that wait.
    #[cfg(test)]
    pub fn queued_fixes(&self) -> Vec<Fix> {
        self.queue.fixes(usize::MAX)
    }

    fn measure(&mut self, at: Instant, spot: Spot) -> Fix {
        let percent = self.battery.percent(at);
        let measured = self.noise.measure(at, spot);
        Fix { at: self.clock.shows(at), battery_percent: Some(percent.round() as f32), ..measured }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::workday;
    use roads::LatLon;

    const HERE: LatLon = LatLon { lat: 35.9, lon: 14.5 };

    /// A phone without faults, but for what a test gives it.
    fn phone_of(shares: &Phones, factor: f64, index: usize, reception: Reception) -> Phone {
        let draws = Draws::new(1);
        Phone::new(&draws, index, "Van 01", "token".into(), factor, shares, Arc::new(reception))
    }

    fn sound() -> Phones {
        Phones { dead_zones: 0.0, blind: 0.0, worn: 0.0, wrong_clock: 0.0, far_off_clock: 0.0 }
    }

    fn phone(silence: Option<Silence>, factor: f64, index: usize) -> Phone {
        let mut phone = phone_of(&sound(), factor, index, Reception::default());
        silence.into_iter().for_each(|silence| phone.fall_silent(silence));
        phone
    }

    /// Everywhere is dead.
    fn nowhere(blind: f64) -> Reception {
        let shares = Phones { dead_zones: 0.5, blind, ..sound() };
        let here = [crate::testing::address_at(HERE), crate::testing::address_at(HERE)];
        Reception::of(&Draws::new(1), &here, LatLon { lat: 36.0, lon: 14.5 }, &shares)
    }

    fn report(at: Instant) -> Report {
        let route = wire::RouteId(uuid::Uuid::from_u128(1));
        Report {
            id: wire::ReportId(uuid::Uuid::from_u128(2)),
            at,
            what: wire::driver::Deed::Returned { route },
        }
    }

    #[test]
    fn a_dead_zone_swallows_positions_or_keeps_them_until_the_phone_is_out_of_it() {
        let from = workday().after(Duration::zero());
        let (mut blind, mut silent) =
            (phone_of(&sound(), 10.0, 0, nowhere(1.0)), phone_of(&sound(), 10.0, 0, nowhere(0.0)));
        for phone in [&mut blind, &mut silent] {
            phone.watch(from, from + Duration::minutes(5), true, spot);
            assert!(!phone.has_network(from + Duration::minutes(5)));
        }
        assert!(blind.queued_fixes().is_empty());
        let kept = silent.queued_fixes().len();
        assert!(kept >= 30, "{kept}");
        let out = LatLon { lat: HERE.lat + 0.05, lon: HERE.lon };
        silent.watch(from + Duration::minutes(5), from + Duration::minutes(6), true, |_| Spot::standing(out));
        assert!(silent.has_network(from + Duration::minutes(6)) && silent.queued_fixes().len() > kept);
    }

    #[test]
    fn an_empty_phone_says_nothing_until_it_is_charged_and_then_all_that_was_not_tapped() {
        let mut phone = phone_of(&Phones { worn: 1.0, ..sound() }, 10.0, 0, Reception::default());
        let from = workday().after(Duration::zero());
        phone.unplug(from);
        phone.watch(from, from + Duration::hours(11), false, spot);
        let end = from + Duration::hours(11);
        assert_eq!(phone.happened().iter().map(|(_, what)| *what).collect::<Vec<_>>(), ["off"]);
        let last = phone.queued_fixes().last().unwrap().at;
        assert!(last < end - Duration::hours(1) && !phone.has_network(end));
        phone.report(report(end));
        assert!(!phone.has_reports() && !phone.is_done());
        let plugged = end + Duration::minutes(20);
        phone.plug_in(plugged);
        assert_eq!(phone.queued_reports()[0].at, plugged, "that is when it is tapped");
        assert!(phone.has_network(plugged));
    }

    #[test]
    fn a_clock_that_the_server_refuses_is_set_and_what_was_refused_comes_again_with_the_right_time() {
        let mut phone = phone_of(&Phones { far_off_clock: 1.0, ..sound() }, 10.0, 0, Reception::default());
        let at = workday().after(Duration::zero());
        phone.watch(at, at + Duration::minutes(1), true, spot);
        phone.report(report(at));
        let said = phone.queued_reports()[0].at;
        assert!((said - at).abs() > Duration::minutes(9));
        assert!((phone.queued_fixes()[0].at - at).abs() > Duration::minutes(9));
        phone.queue.reports_answered(1);
        phone.blame_clock([Report { at: said, ..report(at) }]);
        phone.watch(at + Duration::minutes(1), at + Duration::minutes(50), true, spot);
        assert_eq!(phone.happened().last().map(|(_, what)| *what), Some("clock_set"));
        assert!((phone.queued_reports()[0].at - at).abs() < Duration::seconds(1));
    }

    fn spot(_: Instant) -> Spot {
        Spot { at: HERE, speed_mps: 8.0, heading_deg: Some(90.0) }
    }

    #[test]
    fn a_moving_phone_measures_every_five_to_ten_seconds_and_a_standing_one_every_thirty() {
        let (mut phone, from) = (phone(None, 10.0, 0), workday().after(Duration::zero()));
        phone.watch(from, from + Duration::minutes(10), true, spot);
        let moving = phone.queue.fixes(1_000).len();
        assert!((60..=121).contains(&moving), "{moving}");
        phone.watch(from + Duration::minutes(10), from + Duration::minutes(20), false, spot);
        assert!((19..=21).contains(&(phone.queue.fixes(1_000).len() - moving)));
    }

    #[test]
    fn watching_in_small_steps_or_one_large_step_measures_the_same() {
        let from = workday().after(Duration::zero());
        let (mut once, mut often) = (phone(None, 10.0, 0), phone(None, 10.0, 0));
        once.watch(from, from + Duration::seconds(600), true, spot);
        for step in 0..200 {
            let since = from + Duration::seconds(step * 3);
            often.watch(since, since + Duration::seconds(3), true, spot);
        }
        assert_eq!(once.queue.fixes(1_000), often.queue.fixes(1_000));
    }

    #[test]
    fn a_silent_phone_keeps_or_forgets() {
        let from = workday().after(Duration::zero());
        let until = from + Duration::minutes(10);
        let silence = |forgets| Some(Silence { from, until, forgets });
        let (mut keeps, mut forgets) = (phone(silence(false), 10.0, 0), phone(silence(true), 10.0, 0));
        for phone in [&mut keeps, &mut forgets] {
            assert!(!phone.has_network(from) && phone.has_network(until));
            phone.watch(from, until - Duration::seconds(1), true, spot);
        }
        assert!(!keeps.is_done() && forgets.is_done());
    }

    #[test]
    fn a_phone_that_sends_one_by_one_measures_less_often_in_a_fast_world() {
        let osmand = phone(None, 60.0, 7);
        assert_eq!(osmand.protocol, Protocol::OsmAndGet);
        assert!(60.0 / osmand.moving_every.num_seconds() as f64 <= 3.0);
    }
}
