//! Visits: which stops of a route a driver serves at one door, having parked once.
//!
//! A visit has no row of its own: it is what follows from where stops are, when they can be served, and how far they have come.

use crate::stops::DayStop;
use domain::{StopState, Window};

impl DayStop {
    /// Whether `next`, which follows it on its route, is served at the same visit: at one door, for which a driver parks once, with
    /// no way by the hub between them. `window` is when those of the visit can be served so far; it becomes when all can.
    /// `aboard` is whether what they bring is in the vehicle, once one of them brings something.
    fn shares_visit(&self, next: &Self, window: &mut Window, aboard: &mut Option<bool>) -> bool {
        let (one, other) = (self.stop.state, next.stop.state);
        let alike = if (one, other) == (StopState::Pending, StopState::Pending) {
            let both = if self.windows.is_whole() && next.windows.is_whole() {
                window.shared_with(next.window)
            } else {
                Some(next.window).filter(|_| self.window == next.window && self.windows == next.windows)
            };
            *window = both.unwrap_or(*window);
            let goods = next.brings_aboard();
            *aboard = aboard.or(goods);
            both.is_some() && (goods.is_none() || goods == *aboard) && !next.stop.via_hub
        } else {
            one.arrived_at() == other.arrived_at()
        };
        alike && domain::is_one_door((self.at, &self.address), (next.at, &next.address))
    }
}

/// How many of these stops of a route, which follow each other, are of one visit with the first.
pub fn visit_from<'a>(stops: impl IntoIterator<Item = &'a DayStop>) -> usize {
    let mut stops = stops.into_iter().peekable();
    let Some((mut window, mut aboard)) = stops.peek().map(|first| (first.window, first.brings_aboard()))
    else {
        return 0;
    };
    let mut count = 1;
    while let (Some(stop), Some(next)) = (stops.next(), stops.peek())
        && stop.shares_visit(next, &mut window, &mut aboard)
    {
        count += 1;
    }
    count
}

/// How many stops each visit has, of stops of a route that follow each other.
pub fn visits(stops: &[&DayStop]) -> Vec<usize> {
    let (mut visits, mut rest) = (vec![], stops);
    while !rest.is_empty() {
        let visit = visit_from(rest.iter().copied());
        visits.push(visit);
        rest = &rest[visit..];
    }
    visits
}

/// The visit of each stop of a route, named after the place of its first stop.
pub fn visit_numbers(stops: &[DayStop]) -> Vec<i32> {
    let all: Vec<_> = stops.iter().collect();
    let mut numbers = Vec::with_capacity(all.len());
    for visit in visits(&all) {
        numbers.extend(std::iter::repeat_n(all[numbers.len()].stop.sequence, visit));
    }
    numbers
}
