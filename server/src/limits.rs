//! How often one caller may knock, on real time.

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::{num::NonZeroU32, sync::Arc};

/// The limits of the house. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Limits {
    sign_in: Arc<DefaultKeyedRateLimiter<String>>,
    device: Arc<DefaultKeyedRateLimiter<String>>,
    machine: Arc<DefaultKeyedRateLimiter<String>>,
}

const fn per(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Limits {
    pub fn new() -> Self {
        Self {
            sign_in: Arc::new(RateLimiter::keyed(Quota::per_minute(per(20)))),
            device: Arc::new(RateLimiter::keyed(Quota::per_second(per(50)).allow_burst(per(200)))),
            machine: Arc::new(RateLimiter::keyed(Quota::per_second(per(50)).allow_burst(per(200)))),
        }
    }

    /// Whether somebody at this address may try to sign in.
    pub fn sign_in(&self, address: &str) -> bool {
        self.sign_in.check_key(&address.to_owned()).is_ok()
    }

    /// Whether the device with this token may send.
    pub fn device(&self, token: &str) -> bool {
        self.device.check_key(&token.to_owned()).is_ok()
    }

    /// Whether the system with this key may send.
    pub fn machine(&self, key: &str) -> bool {
        self.machine.check_key(&key.to_owned()).is_ok()
    }

    /// Forgets callers that have not knocked for a while.
    pub fn forget(&self) {
        for limiter in [&self.sign_in, &self.device, &self.machine] {
            limiter.retain_recent();
        }
    }
}
