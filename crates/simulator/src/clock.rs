//! The world's time as the server keeps it, read now and then and carried on in between.
//!
//! It never goes back: when a reading shows that we ran ahead, time stands until the server has caught up. Not here: asking.

use chrono::Duration;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration as RealDuration, Instant as RealInstant};
use wire::Instant;
use wire::machine::ClockAnswer;

/// The clock, shared by everybody in the world.
#[derive(Debug)]
pub struct WorldClock {
    hand: Mutex<Hand>,
}

#[derive(Debug, Clone, Copy)]
struct Hand {
    real: RealInstant,
    world: Instant,
    factor: f64,
    latest: Instant,
}

impl Hand {
    fn set(&mut self, sent: RealInstant, received: RealInstant, answer: ClockAnswer) {
        // The server read its clock somewhere between question and answer; the middle is wrong by half the round trip at most.
        self.real = sent + received.saturating_duration_since(sent) / 2;
        self.world = answer.now;
        self.factor = sane(answer.factor);
    }

    fn read(&mut self, real: RealInstant) -> Instant {
        let passed = real.saturating_duration_since(self.real).as_secs_f64() * self.factor;
        let world = self.world + Duration::microseconds((passed * 1e6) as i64);
        self.latest = self.latest.max(world);
        self.latest
    }
}

fn sane(factor: f64) -> f64 {
    if factor.is_finite() && factor > 0.0 { factor } else { 1.0 }
}

impl WorldClock {
    /// A clock that begins with this answer.
    pub fn starting(sent: RealInstant, received: RealInstant, answer: ClockAnswer) -> Self {
        let mut hand = Hand { real: received, world: answer.now, factor: 1.0, latest: answer.now };
        hand.set(sent, received, answer);
        Self { hand: Mutex::new(hand) }
    }

    /// Sets the clock by another answer, and says by how many world seconds we had been ahead of it.
    pub fn set(&self, sent: RealInstant, received: RealInstant, answer: ClockAnswer) -> f64 {
        let mut hand = self.hand.lock().unwrap_or_else(PoisonError::into_inner);
        hand.set(sent, received, answer);
        let mut fresh = Hand { latest: answer.now, ..*hand };
        (hand.latest - fresh.read(received)).num_milliseconds() as f64 / 1_000.0
    }

    /// The world's time.
    pub fn now(&self) -> Instant {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner).read(RealInstant::now())
    }

    /// World seconds in a real second.
    pub fn factor(&self) -> f64 {
        self.hand.lock().unwrap_or_else(PoisonError::into_inner).factor
    }

    /// Real time until the world's clock shows this; zero when it already does.
    pub fn real_until(&self, at: Instant) -> RealDuration {
        let ahead_s = (at - self.now()).num_milliseconds() as f64 / 1_000.0;
        RealDuration::from_secs_f64((ahead_s / self.factor()).clamp(0.0, 86_400.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str, factor: f64) -> ClockAnswer {
        ClockAnswer { now: text.parse().unwrap(), factor }
    }

    #[test]
    fn time_runs_by_the_factor_from_the_middle_of_the_round_trip() {
        let sent = RealInstant::now();
        let received = sent + RealDuration::from_millis(200);
        let clock = WorldClock::starting(sent, received, answer("2026-06-15T05:30:00Z", 10.0));
        let read = clock.hand.lock().unwrap().read(sent + RealDuration::from_millis(1_100));
        assert_eq!(read, "2026-06-15T05:30:10Z".parse::<Instant>().unwrap());
    }

    #[test]
    fn time_never_goes_back_and_then_goes_on() {
        let start = RealInstant::now();
        let later = |s: u64| start + RealDuration::from_secs(s);
        let clock = WorldClock::starting(start, start, answer("2026-06-15T05:30:00Z", 10.0));
        let ahead = clock.hand.lock().unwrap().read(later(60));
        let by = clock.set(later(60), later(60), answer("2026-06-15T05:39:00Z", 10.0));
        assert!((by - 60.0).abs() < 1e-6, "{by}");
        let mut hand = clock.hand.lock().unwrap();
        assert_eq!(hand.read(later(61)), ahead);
        assert_eq!(hand.read(later(66)), ahead);
        assert!(hand.read(later(67)) > ahead);
        let mut last = ahead;
        for s in 60..200 {
            let now = hand.read(later(s));
            assert!(now >= last);
            last = now;
        }
    }

    #[test]
    fn a_mad_factor_is_taken_as_one() {
        let start = RealInstant::now();
        for factor in [0.0, -3.0, f64::NAN, f64::INFINITY] {
            let clock = WorldClock::starting(start, start, answer("2026-06-15T05:30:00Z", factor));
            assert!((clock.factor() - 1.0).abs() < 1e-9);
        }
    }
}
