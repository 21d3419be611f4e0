//! Positions that are overlooked by chance, so that greedy insertion does not always do the same (Christiaens and Vanden
//! Berghe, 2020).

use crate::rng::Rng;

/// How often a position is overlooked. The paper has 1 %; in a fraction of its time more is better.
const BLINK: f64 = 0.04;

/// Overlooks positions by chance, at the price of a subtraction each.
pub(crate) struct Blinks {
    left: u32,
}

impl Blinks {
    pub(crate) const fn new() -> Self {
        Self { left: 0 }
    }

    #[inline(always)]
    pub(crate) fn blink(&mut self, rng: &mut Rng) -> bool {
        if self.left > 0 {
            self.left -= 1;
            return false;
        }
        self.left = draw(rng);
        true
    }
}

/// How many positions to the next blink: geometric, by its inverse.
fn draw(rng: &mut Rng) -> u32 {
    ((1.0 - rng.unit()).ln() / (1.0 - BLINK).ln()) as u32
}
