//! How often one caller may knock, on real time.

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{
    collections::{HashSet, hash_map::RandomState},
    hash::BuildHasher,
    net::IpAddr,
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
};

/// So many secrets that opened something are remembered before the memory begins anew.
const MOST_KNOWN: usize = 100_000;

type ByNumber = Arc<DefaultKeyedRateLimiter<u64>>;
type ByAddress = Arc<DefaultKeyedRateLimiter<IpAddr>>;

/// The limits of the server. Cheap to clone. Secrets are kept as numbers, so that long ones take no memory.
#[derive(Clone)]
pub(crate) struct Limits {
    hasher: RandomState,
    sign_in: ByAddress,
    device: ByNumber,
    machine: ByNumber,
    strangers: ByAddress,
    known: Arc<Mutex<HashSet<u64>>>,
}

impl Limits {
    /// The usual limits, so many times over; only a test asks for more than one.
    pub fn new(times: u32) -> Self {
        let per = |n: u32| NonZeroU32::new(n.saturating_mul(times)).unwrap_or(NonZeroU32::MIN);
        let each = Quota::per_second(per(50)).allow_burst(per(200));
        Self {
            hasher: RandomState::new(),
            sign_in: Arc::new(RateLimiter::keyed(Quota::per_minute(per(20)))),
            device: Arc::new(RateLimiter::keyed(each)),
            machine: Arc::new(RateLimiter::keyed(each)),
            strangers: Arc::new(RateLimiter::keyed(Quota::per_second(per(50)).allow_burst(per(1_000)))),
            known: Arc::default(),
        }
    }

    /// Whether somebody at this address may try to sign in.
    pub fn sign_in(&self, address: IpAddr) -> bool {
        self.sign_in.check_key(&address).is_ok()
    }

    /// Whether the device with this token may send from this address.
    pub fn device(&self, token: &str, address: IpAddr) -> bool {
        self.may_send(&self.device, token, address)
    }

    /// Whether the system with this key may send from this address.
    pub fn machine(&self, key: &str, address: IpAddr) -> bool {
        self.may_send(&self.machine, key, address)
    }

    /// A secret that has opened something has a limit of its own; all others share their address's, because looking one up
    /// costs a query.
    fn may_send(&self, own: &ByNumber, secret: &str, address: IpAddr) -> bool {
        let number = self.hasher.hash_one(secret);
        if self.known.lock().unwrap_or_else(PoisonError::into_inner).contains(&number) {
            own.check_key(&number).is_ok()
        } else {
            self.strangers.check_key(&address).is_ok()
        }
    }

    /// Remembers that this secret opened something.
    pub fn opened(&self, secret: &str) {
        let number = self.hasher.hash_one(secret);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(number);
    }

    /// Forgets that a secret opened something: it does not any more.
    pub fn did_not_open(&self, secret: &str) {
        let number = self.hasher.hash_one(secret);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }

    /// Forgets callers that have not knocked for a while.
    pub fn forget(&self) {
        for limiter in [&self.device, &self.machine] {
            limiter.retain_recent();
        }
        for limiter in [&self.sign_in, &self.strangers] {
            limiter.retain_recent();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_share_their_address_and_take_no_memory() {
        let limits = Limits::new(1);
        let (here, there) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        limits.opened("a van's token");
        let let_in =
            (0..5_000).filter(|n| limits.device(&format!("{n}{}", "x".repeat(30_000)), here)).count();
        assert!((1_000..1_500).contains(&let_in), "{let_in}");
        assert!(limits.device("a van's token", here), "who is known is not held up by strangers");
        assert!(limits.device("another", there), "nor is another address");
        assert_eq!(limits.strangers.len(), 2);
        assert_eq!(limits.device.len(), 1);
        limits.did_not_open("a van's token");
        assert!(!limits.device("a van's token", here), "a revoked token is a stranger again");
    }
}
