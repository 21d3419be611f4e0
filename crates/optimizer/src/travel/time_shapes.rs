//! How travel times change with the departure: shapes that many arcs share.
//!
//! An arc has seconds and a shape, which says by how much they are multiplied at each break; between breaks the factor
//! changes evenly, before the first and after the last it stays. Leaving later never means arriving earlier (Ichoua,
//! Gendreau and Potvin, "Vehicle dispatching with time-dependent travel times", 2003): the builder sees to it. So the
//! arrival is a rising function of the departure with one inverse, "when must one leave to be there by then", and with
//! both in constant time the test whether a stop fits between two others stays constant too.

use super::UNREACHABLE;

/// Bits of an arc's seconds in its packed form; the shape stands above them.
const SECONDS_BITS: u32 = 24;
const SECONDS_MASK: u32 = (1 << SECONDS_BITS) - 1;
/// Bits behind the point of a factor.
const POINT: u32 = 16;
/// Seconds of a slot of the table that leads from a time to its line, in powers of two.
const SLOT: u32 = 8;
/// The table has at most this many slots, of all shapes.
const MOST_SLOTS: usize = 1 << 16;
/// The most that a travel time may fall, in 1/1000 of the time that passes meanwhile; the rest is left for rounding.
const STEEPEST: i64 = 900;

/// Travel times of one profile that depend on the departure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimedMatrix {
    /// Seconds, row by row from each place to all, to be multiplied by a shape; `u32::MAX` for no way.
    pub seconds: Vec<u32>,
    /// By pair: its shape.
    pub shape: Vec<u8>,
    /// Departures between which factors change evenly, in seconds since the origin, rising.
    pub breaks: Vec<i64>,
    /// By shape: a factor for each break, in parts of 65,536.
    pub shapes: Vec<Vec<u32>>,
}

/// An arc's seconds and shape in one number; 0 to [`UNREACHABLE`] seconds.
pub(crate) fn packed(seconds: i64, shape: u8) -> i32 {
    (seconds.clamp(0, UNREACHABLE) as u32 | u32::from(shape) << SECONDS_BITS).cast_signed()
}

/// The seconds of a packed arc, before its shape.
pub(crate) fn seconds_of(arc: i32) -> i64 {
    i64::from(arc.cast_unsigned() & SECONDS_MASK)
}

/// The shapes of one profile.
#[derive(Clone, Debug, Default)]
pub(crate) struct TimeShapes {
    breaks: Vec<i64>,
    shapes: Vec<Vec<u32>>,
    /// By shape and break: the factor there, and by how much it grows in a second, in parts of 65,536 of a part.
    lines: Vec<(i64, i64)>,
    /// By shape and slot since the first break: what holds at its beginning. Empty if it would be too large.
    table: Vec<Slot>,
    slots: usize,
    /// The first break.
    first: i64,
    /// By shape: its smallest and its largest factor.
    least: Vec<i64>,
    most: Vec<i64>,
}

/// What holds from a break to the next, for one shape; as in `lines`, with seconds since the first break.
#[derive(Clone, Copy, Debug)]
struct Slot {
    factor: u32,
    grows: i32,
    from: i32,
    /// Nothing is as late if the slot has no line that fits here.
    until: i32,
}

impl TimeShapes {
    pub(crate) fn new(breaks: Vec<i64>, shapes: Vec<Vec<u32>>) -> Self {
        let line = |shape: &Vec<u32>, index: usize| {
            let here = i64::from(shape[index]);
            let grows = match (shape.get(index + 1), breaks.get(index + 1)) {
                (Some(&next), Some(then)) => {
                    ((i64::from(next) - here) << POINT) / (then - breaks[index]).max(1)
                }
                _ => 0,
            };
            (here, grows)
        };
        let lines = shapes.iter().flat_map(|shape| (0..breaks.len()).map(move |index| (shape, index)));
        let lines = lines.map(|(shape, index)| line(shape, index)).collect();
        let least = shapes.iter().map(|shape| i64::from(shape.iter().copied().min().unwrap_or(0))).collect();
        let most = shapes.iter().map(|shape| i64::from(shape.iter().copied().max().unwrap_or(0))).collect();
        let first = breaks.first().copied().unwrap_or(0);
        let mut time_shapes = Self { breaks, shapes, lines, table: Vec::new(), slots: 0, first, least, most };
        time_shapes.tabulate();
        time_shapes
    }

    fn tabulate(&mut self) {
        let Some((&first, &last)) = self.breaks.first().zip(self.breaks.last()) else { return };
        // Behind the last break there is one more, for all the time that comes.
        let slots = ((last - first) >> SLOT) as usize + 2;
        if slots.saturating_mul(self.shapes.len()) > MOST_SLOTS {
            return;
        }
        self.slots = slots;
        for shape in 0..self.shapes.len() {
            for slot in 0..slots as i64 {
                let begin = first + (slot << SLOT);
                let at = self.breaks.partition_point(|&known| known <= begin).saturating_sub(1);
                let (factor, grows) = self.lines[shape * self.breaks.len() + at];
                let second = |index: usize| self.breaks.get(index).map_or(i32::MAX, |at| (at - first) as i32);
                let until = if i32::try_from(grows).is_ok() { second(at + 1) } else { 0 };
                self.table.push(Slot { factor: factor as u32, grows: grows as i32, from: second(at), until });
            }
        }
    }

    pub(crate) fn breaks(&self) -> &[i64] {
        &self.breaks
    }

    pub(crate) fn shapes(&self) -> &[Vec<u32>] {
        &self.shapes
    }

    /// Seconds that a packed arc takes who leaves then.
    #[inline(always)]
    pub(crate) fn seconds(&self, arc: i32, depart: i64) -> i64 {
        let seconds = seconds_of(arc);
        if seconds >= UNREACHABLE {
            return UNREACHABLE;
        }
        let shape = (arc.cast_unsigned() >> SECONDS_BITS) as usize;
        let gone = (depart - self.first).max(0);
        let slot = ((gone >> SLOT) as usize).min(self.slots.wrapping_sub(1));
        let index = shape * self.slots + slot;
        let fits = |line: &&Slot| gone < i64::from(line.until);
        // A break in the slot: the next one has what holds behind it, unless there are several.
        let line = self.table.get(index).filter(fits).or_else(|| self.table.get(index + 1).filter(fits));
        let factor = match line {
            Some(line) if gone >= i64::from(line.from) => {
                i64::from(line.factor) + ((i64::from(line.grows) * (gone - i64::from(line.from))) >> POINT)
            }
            _ => self.factor(shape, depart),
        };
        ((seconds * factor + (1 << (POINT - 1))) >> POINT).min(UNREACHABLE - 1)
    }

    /// By what a shape multiplies who leaves then, in parts of 65,536.
    #[cold]
    fn factor(&self, shape: usize, depart: i64) -> i64 {
        let Some(&first) = self.breaks.first() else { return 1 << POINT };
        let at = self.breaks.partition_point(|&known| known <= depart).saturating_sub(1);
        let (factor, grows) = self.lines[shape * self.breaks.len() + at];
        factor + ((grows * (depart.max(first) - self.breaks[at])) >> POINT)
    }

    /// Seconds that a packed arc takes at least, whenever one leaves.
    #[inline]
    pub(crate) fn least(&self, arc: i32) -> i64 {
        Self::multiplied(arc, &self.least)
    }

    /// Seconds that a packed arc takes at most, whenever one leaves.
    #[inline]
    pub(crate) fn most(&self, arc: i32) -> i64 {
        Self::multiplied(arc, &self.most) + 1
    }

    #[inline]
    fn multiplied(arc: i32, factors: &[i64]) -> i64 {
        let seconds = seconds_of(arc);
        match factors.get((arc.cast_unsigned() >> SECONDS_BITS) as usize) {
            Some(factor) if seconds < UNREACHABLE => (seconds * factor) >> POINT,
            _ => seconds,
        }
    }

    /// The latest departure with which a packed arc's end is reached by `arrive`.
    pub(crate) fn leave_by(&self, arc: i32, arrive: i64) -> i64 {
        let mut leave = self.leave_before(arc, arrive, arrive - self.seconds(arc, arrive), 0);
        while leave + 1 + self.seconds(arc, leave + 1) <= arrive {
            leave += 1;
        }
        leave
    }

    /// A departure with which a packed arc's end is reached by `arrive` and at most `lax` seconds before, or the latest
    /// one, sought from `leave` on; `leave` itself if it will do.
    #[inline]
    pub(crate) fn leave_before(&self, arc: i32, arrive: i64, mut leave: i64, lax: i64) -> i64 {
        if seconds_of(arc) >= UNREACHABLE {
            return arrive - UNREACHABLE;
        }
        let over = |leave: i64| leave + self.seconds(arc, leave) - arrive;
        // Newton's steps come near from either side, but may swing about where the way gets longer fast.
        for _ in 0..6 {
            let over = over(leave);
            if (-lax..=0).contains(&over) {
                return leave;
            }
            leave -= over;
        }
        let (mut good, mut bad) = (arrive - self.most(arc), arrive + 1);
        while bad - good > 1 && over(good) < -lax {
            let middle = good + (bad - good) / 2;
            if over(middle) <= 0 { good = middle } else { bad = middle }
        }
        good
    }

    /// The longest time that a shape may be used for, in seconds, so that leaving later is never arriving earlier.
    pub(crate) fn longest(breaks: &[i64], shape: &[u32]) -> i64 {
        let falls = shape.windows(2).zip(breaks.windows(2)).filter(|(f, _)| f[1] < f[0]);
        let most = falls.map(|(factors, times)| {
            let fall = i64::from(factors[0] - factors[1]);
            ((times[1] - times[0]) << POINT).saturating_mul(STEEPEST) / 1_000 / fall
        });
        most.min().unwrap_or(i64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn arrivals_rise_and_the_latest_departure_is_the_latest(
            gaps in prop::collection::vec(30_i64..5_000, 1..8),
            factors in prop::collection::vec(20_000_u32..200_000, 8),
            seconds in 0_i64..9_000,
            arrive in -3_000_i64..30_000,
        ) {
            let breaks: Vec<i64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let shape = factors[..breaks.len()].to_vec();
            prop_assume!(seconds <= TimeShapes::longest(&breaks, &shape));
            let time_shapes = TimeShapes::new(breaks, vec![vec![1 << POINT; gaps.len()], shape]);
            let arc = packed(seconds, 1);
            let leave = time_shapes.leave_by(arc, arrive);
            prop_assert!(leave + time_shapes.seconds(arc, leave) <= arrive);
            prop_assert!((time_shapes.least(arc)..=time_shapes.most(arc)).contains(&time_shapes.seconds(arc, leave)));
            let about = time_shapes.leave_before(arc, arrive, arrive - 500, 5);
            let there = |leave: i64| leave + time_shapes.seconds(arc, leave);
            prop_assert!(there(about) <= arrive);
            prop_assert!(arrive - there(about) <= 5 || there(about + 1) > arrive);
            let mut before = i64::MIN;
            for depart in leave - 200..leave + 200 {
                let arrives = depart + time_shapes.seconds(arc, depart);
                prop_assert!(arrives >= before);
                prop_assert!(depart <= leave || arrives > arrive);
                before = arrives;
            }
        }
    }

    #[test]
    fn a_factor_changes_evenly_between_breaks() {
        let time_shapes = TimeShapes::new(vec![0, 3_600, 7_200], vec![vec![65_536, 131_072, 65_536]]);
        let at = |depart| time_shapes.seconds(packed(600, 0), depart);
        assert_eq!(
            [-50, 0, 1_800, 3_600, 5_400, 7_200, 99_999].map(at),
            [600, 600, 900, 1_200, 900, 600, 600]
        );
        assert_eq!(time_shapes.seconds(packed(UNREACHABLE, 0), 1_800), UNREACHABLE);
    }
}
