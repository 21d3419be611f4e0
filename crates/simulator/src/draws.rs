//! Chance without order: every draw is named by what it decides, never by when it was asked for.
//!
//! Equal seeds give equal days however the tasks are scheduled, because each entity and purpose has a stream of its own.
//! Not here: what the draws mean.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The source of all chance of a day, or of a town.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    seed: u64,
}

impl Draws {
    /// The draws of a seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The stream that decides `purpose` for `entity`; asking again starts it again.
    pub fn stream(&self, purpose: &str, entity: &str) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.digest(purpose, entity))
    }

    /// An id that is the same whenever the same thing is named (UUID version 8).
    pub fn id(&self, purpose: &str, entity: &str) -> Uuid {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = self.digest(purpose, entity);
        uuid::Builder::from_custom_bytes([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]).into_uuid()
    }

    fn digest(&self, purpose: &str, entity: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update((purpose.len() as u64).to_le_bytes());
        hash.update(purpose.as_bytes());
        hash.update(entity.as_bytes());
        hash.finalize().into()
    }
}

/// A draw from the standard normal distribution (Box and Muller 1958).
pub fn normal(rng: &mut impl Rng) -> f64 {
    let (u, v) = (1.0 - rng.random::<f64>(), rng.random::<f64>());
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}

/// A draw from the lognormal distribution with this median; `sigma` is the spread of the logarithm.
pub fn lognormal(rng: &mut impl Rng, median: f64, sigma: f64) -> f64 {
    median * (sigma * normal(rng)).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_seed_purpose_and_entity_only() {
        let first =
            |seed, purpose: &str, entity: &str| Draws::new(seed).stream(purpose, entity).random::<u64>();
        assert_eq!(first(1, "door", "A"), first(1, "door", "A"));
        assert_ne!(first(1, "door", "A"), first(2, "door", "A"));
        assert_ne!(first(1, "door", "A"), first(1, "doo", "rA"));
        assert_ne!(first(1, "door", "A"), first(1, "door", "B"));
    }

    #[test]
    fn ids_are_stable_and_carry_their_version() {
        let id = Draws::new(1).id("deed", "Van 01/arrived");
        assert_eq!(id, Draws::new(1).id("deed", "Van 01/arrived"));
        assert_eq!(id.get_version_num(), 8);
        assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn lognormal_keeps_its_median() {
        let mut rng = Draws::new(7).stream("test", "");
        let below = (0..4000).filter(|_| lognormal(&mut rng, 100.0, 0.5) < 100.0).count();
        assert!((1850..2150).contains(&below), "{below} of 4000 below the median");
    }
}
