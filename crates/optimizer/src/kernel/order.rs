//! The orders in which stops are put back (Christiaens and Vanden Berghe, 2020).

use crate::rng::Rng;

/// How many there are besides a random one.
pub(crate) const ORDERS: usize = 6;

/// Brings stops into one of the paper's orders; those by windows only where windows can matter. `keys_of` says by stop what
/// to sort by in an order.
pub(crate) fn order<'a>(
    stops: &mut [u32],
    is_timed: bool,
    keys_of: impl Fn(usize) -> &'a [i32],
    rng: &mut Rng,
) {
    rng.shuffle(stops);
    let order = match rng.below(if is_timed { 17 } else { 11 }) {
        0..=3 => return,
        4..=7 => 0,
        8..=9 => 1,
        10 => 2,
        11..=12 => 3,
        13..=14 => 4,
        _ => 5,
    };
    debug_assert!(order < ORDERS);
    let keys = keys_of(order);
    for at in 1..stops.len() {
        let stop = stops[at];
        let key = keys[stop as usize];
        let mut to = at;
        while to > 0 && keys[stops[to - 1] as usize] > key {
            stops[to] = stops[to - 1];
            to -= 1;
        }
        stops[to] = stop;
    }
}
