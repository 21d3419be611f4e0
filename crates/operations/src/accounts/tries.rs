//! How often somebody may try to guess a password: a growing wait for each account and place from which it is tried.
//!
//! Who guesses from elsewhere makes nobody else wait: a browser in which the person has signed in before has a count of its
//! own, and so has each address. Only strangers to an account, all together, are bounded too, so that many addresses are
//! no way round. The counts live in memory and on real time.

use chrono::TimeDelta;
use domain::Instant;
use std::{
    collections::{HashMap, hash_map::RandomState},
    hash::BuildHasher,
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

/// So many tries fail without a wait.
const FREE: u32 = 5;
/// No wait is longer.
const LONGEST: TimeDelta = TimeDelta::minutes(15);
/// Failures are forgotten after this long without another.
const FORGOTTEN: TimeDelta = TimeDelta::hours(1);
/// So many failures of strangers in an hour close an account to strangers for the rest of that hour.
const STRANGERS: u32 = 100;
/// At this many counts those that are over are swept out.
const MANY: usize = 10_000;

/// From where somebody tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    /// A browser in which this person has signed in before.
    KnownBrowser(u64),
    /// An address; of the sixth version, its network.
    Address(IpAddr),
    /// Nobody knows.
    Nowhere,
}

impl Place {
    /// The place of an address.
    pub fn of(address: Option<IpAddr>) -> Self {
        match address {
            Some(IpAddr::V6(six)) => {
                let network = u128::from(six) & !u128::from(u64::MAX);
                Self::Address(IpAddr::V6(network.into()))
            }
            Some(four) => Self::Address(four),
            None => Self::Nowhere,
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    since: Instant,
    last: Instant,
}

/// The failures of the last hour.
#[derive(Debug, Default)]
pub(crate) struct Tries {
    counts: Mutex<HashMap<u64, Failures>>,
    hasher: RandomState,
}

impl Tries {
    /// The number by which a secret is known here.
    pub fn number(&self, secret: &[u8]) -> u64 {
        self.hasher.hash_one(secret)
    }

    /// Whether a password of `account` may be tried from `place` now.
    pub fn may_try(&self, account: &str, place: Place, now: Instant) -> bool {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let here = counts.get(&self.key(account, place)).filter(|f| now - f.last < FORGOTTEN);
        let waits = here.is_some_and(|f| now < f.last + wait(f.count));
        let closed = !matches!(place, Place::KnownBrowser(_))
            && counts
                .get(&self.hasher.hash_one((account, "strangers")))
                .is_some_and(|f| now - f.since < FORGOTTEN && f.count >= STRANGERS);
        !waits && !closed
    }

    /// Counts a failure.
    pub fn failed(&self, account: &str, place: Place, now: Instant) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.len() >= MANY {
            counts.retain(|_, f| now - f.last < FORGOTTEN);
        }
        let here =
            counts.entry(self.key(account, place)).or_insert(Failures { count: 0, since: now, last: now });
        let before = if now - here.last < FORGOTTEN { here.count } else { 0 };
        *here = Failures { count: before.saturating_add(1), since: here.since, last: now };
        if !matches!(place, Place::KnownBrowser(_)) {
            let key = self.hasher.hash_one((account, "strangers"));
            let all = counts.entry(key).or_insert(Failures { count: 0, since: now, last: now });
            if now - all.since >= FORGOTTEN {
                *all = Failures { count: 0, since: now, last: now };
            }
            all.count = all.count.saturating_add(1);
            all.last = now;
        }
    }

    /// Forgets the failures from this place.
    pub fn succeeded(&self, account: &str, place: Place) {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key(account, place));
    }

    fn key(&self, account: &str, place: Place) -> u64 {
        self.hasher.hash_one((account, place))
    }
}

/// 1, 2, 4, 8 seconds and so on once the free tries are used up.
fn wait(failures: u32) -> TimeDelta {
    match failures.checked_sub(FREE) {
        None => TimeDelta::zero(),
        Some(over) => TimeDelta::seconds(1 << over.min(20)).min(LONGEST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn second(n: i64) -> Instant {
        chrono::DateTime::from_timestamp(1_764_360_000 + n, 0).unwrap()
    }

    fn at(last: u8) -> Place {
        Place::of(Some(IpAddr::from([192, 0, 2, last])))
    }

    #[test]
    fn who_guesses_waits_longer_and_longer_and_nobody_else_waits() {
        let tries = Tries::default();
        for _ in 0..5 {
            assert!(tries.may_try("anna", at(1), second(0)));
            tries.failed("anna", at(1), second(0));
        }
        assert!(!tries.may_try("anna", at(1), second(0)));
        assert!(tries.may_try("anna", at(1), second(1)));
        tries.failed("anna", at(1), second(1));
        assert!(!tries.may_try("anna", at(1), second(2)) && tries.may_try("anna", at(1), second(3)));
        assert!(tries.may_try("anna", at(2), second(1)), "another address");
        assert!(tries.may_try("bert", at(1), second(1)), "another account");
        assert!(
            tries.may_try("anna", Place::KnownBrowser(7), second(1)),
            "the owner's browser at that address"
        );
        tries.succeeded("anna", at(1));
        assert!(tries.may_try("anna", at(1), second(1)));
    }

    #[test]
    fn many_addresses_are_no_way_round_and_do_not_lock_the_owner_out() {
        let tries = Tries::default();
        for n in 0..STRANGERS {
            tries.failed("anna", at(n as u8), second(i64::from(n)));
        }
        assert!(!tries.may_try("anna", at(200), second(200)));
        assert!(tries.may_try("anna", Place::KnownBrowser(7), second(200)));
        assert!(tries.may_try("anna", at(200), second(3_601)), "after the hour");
    }

    #[test]
    fn a_network_of_the_sixth_version_is_one_place() {
        let place = |text: &str| Place::of(Some(text.parse().unwrap()));
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::9"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }
}
