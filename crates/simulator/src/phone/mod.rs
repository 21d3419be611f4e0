//! A driver's phone: it measures positions as badly as phones do, keeps them, and keeps what the driver reports.
//!
//! Not here: where the vehicle truly is (`crate::driver`), and the network (`send`, `crate::server_link`).

mod noise;
mod queue;
mod send;

use crate::scenario::draws::Draws;
use crate::truth::PhoneTruth;
use crate::world::drive::Spot;
use chrono::Duration;
use noise::Noise;
use queue::Queue;
use rand::Rng;
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

struct Battery {
    full_at_first: f64,
    lost_an_hour: f64,
    since: Option<Instant>,
}

impl Phone {
    /// The phone of vehicle number `index`. `factor` is the world's pace: phones that send each fix on its own measure less often
    /// in a fast world, so that none sends more than three requests in a real second.
    pub fn new(draws: &Draws, index: usize, label: &str, token: String, factor: f64) -> Self {
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
            battery: Battery {
                full_at_first: rng.random_range(70.0..100.0),
                lost_an_hour: rng.random_range(1.0..5.0),
                since: None,
            },
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
            let fix = self.measure(due, spot(due));
            if !self.silence.is_some_and(|silence| silence.forgets && silence.holds(due)) {
                self.queue.push_fix(fix);
            }
            due += every;
        }
    }

    /// Keeps a report until it is answered.
    pub fn report(&mut self, report: Report) {
        self.queue.push_report(report);
    }

    /// Loses the network for a while.
    pub fn fall_silent(&mut self, silence: Silence) {
        self.silence = Some(silence);
    }

    /// How it measures.
    pub fn truth(&self) -> PhoneTruth {
        PhoneTruth {
            singly: self.protocol != Protocol::Batches,
            moving_every_s: self.moving_every.num_seconds(),
            accuracy_m: self.noise.accuracy_m(),
        }
    }

    /// Whether the phone has a network at this moment.
    pub fn has_network(&self, now: Instant) -> bool {
        !self.silence.is_some_and(|silence| silence.holds(now))
    }

    /// Whether everything has been answered.
    pub fn is_done(&self) -> bool {
        self.queue.is_empty()
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
        let since = *self.battery.since.get_or_insert(at);
        let hours = (at - since).num_seconds() as f64 / 3_600.0;
        let battery = (self.battery.full_at_first - hours * self.battery.lost_an_hour).max(12.0);
        Fix { battery_percent: Some(battery.round() as f32), ..self.noise.measure(at, spot) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::workday;
    use roads::LatLon;

    const HERE: LatLon = LatLon { lat: 35.9, lon: 14.5 };

    fn phone(silence: Option<Silence>, factor: f64, index: usize) -> Phone {
        let mut phone = Phone::new(&Draws::new(1), index, "Van 01", "token".into(), factor);
        silence.into_iter().for_each(|silence| phone.fall_silent(silence));
        phone
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
