//! From a sequence of ways to the line that was driven and to what each road took.
//!
//! Not here: which ways they are.

use super::{Driver, ways::Way};
use crate::{
    LatLon, Profile,
    conditions::Pass,
    network::{Group, Network},
    wall::Wall,
};

/// Standing for so many seconds on a road is no traffic.
const STANDING_S: f64 = 75.0;
/// Of an edge at least this share has to be run to say something about it.
const LEAST_SHARE: f64 = 0.5;
/// And at least so many metres.
const LEAST_M: f64 = 15.0;

/// A drive that is being put together.
pub(super) struct Run<'a> {
    network: &'a Network,
    /// Edges with the metres of each that were run, and when that began and ended.
    parts: Vec<Part>,
}

struct Part {
    edge: u32,
    from_m: f64,
    to_m: f64,
    began: f64,
    ended: f64,
    /// The longest wait for the next fix while being on it.
    longest_stand_s: f64,
}

impl<'a> Run<'a> {
    pub(super) fn begin(network: &'a Network, edge: u32, offset: f64, when: Wall) -> Run<'a> {
        let at = when.0 as f64;
        let part = Part { edge, from_m: offset, to_m: offset, began: at, ended: at, longest_stand_s: 0.0 };
        Run { network, parts: vec![part] }
    }

    /// Goes on along a way; time passes evenly by length.
    pub(super) fn go(&mut self, way: &Way, edge: u32, offset: f64, when: Wall) {
        let Some(last) = self.parts.last_mut() else { return };
        let (start, end) = (last.ended, when.0 as f64);
        let metres = way.metres.max(0.0);
        let pace = (end - start) / metres.max(1.0);
        // Whoever needs long for a few metres stood most of the time.
        let stood = if pace * 8.0 > STANDING_S { end - start } else { 0.0 };
        if way.edges.is_empty() {
            last.to_m = last.to_m.max(offset);
            last.ended = end;
            last.longest_stand_s = last.longest_stand_s.max(stood);
            return;
        }
        let length = |edge: u32| f64::from(self.network.edges[edge as usize].decimetres) / 10.0;
        if way.turned_round && way.edges.len() == 1 {
            let turned = (length(last.edge) - last.to_m).max(0.0);
            // A turn that is seen late was made where the way back begins.
            last.to_m = last.to_m.max(length(last.edge) - offset);
            let from_m = turned.min(offset);
            self.parts.push(Part {
                edge,
                from_m,
                to_m: offset,
                began: start,
                ended: end,
                longest_stand_s: end - start,
            });
            return;
        }
        let rest = (length(last.edge) - last.to_m).max(0.0);
        let even = (end - start) / metres.max(f64::MIN_POSITIVE);
        let mut clock = start + (rest * even).min(end - start);
        last.to_m = length(last.edge);
        last.ended = clock;
        last.longest_stand_s = last.longest_stand_s.max(stood);
        for (index, &next) in way.edges.iter().enumerate() {
            let to_m = if index + 1 == way.edges.len() { offset } else { length(next) };
            let ended = if next == edge && index + 1 == way.edges.len() {
                end
            } else {
                (clock + to_m * even).min(end)
            };
            self.parts.push(Part {
                edge: next,
                from_m: 0.0,
                to_m,
                began: clock,
                ended,
                longest_stand_s: stood,
            });
            clock = ended;
        }
    }

    /// The line that was driven, its length, and the passes.
    pub(super) fn end(self, profile: Profile, driver: &Driver<'_>) -> (Vec<LatLon>, f64, Vec<Pass>) {
        let (mut line, mut passes) = (Vec::new(), Vec::new());
        let pace = &self.network.paces[profile.variant()];
        for (index, part) in self.parts.iter().enumerate() {
            draw(&mut line, &self.network.line(part.edge), part.from_m, part.to_m);
            let whole = f64::from(self.network.edges[part.edge as usize].decimetres) / 10.0;
            let (run, took) = (part.to_m - part.from_m, part.ended - part.began);
            let share = run / whole.max(0.1);
            let group = self.network.segment_of(part.edge).group();
            let paused = driver.pauses.iter().any(|&(from, until)| {
                (from.0 as f64) < part.ended + 20.0 && (until.0 as f64) > part.began - 20.0
            });
            if share < LEAST_SHARE
                || run < LEAST_M
                || paused
                || group == Group::Apart
                || part.longest_stand_s > STANDING_S
            {
                continue;
            }
            let before = index.checked_sub(1).and_then(|before| self.parts.get(before));
            let turn = before
                .and_then(|before| self.network.arc(before.edge, part.edge))
                .map_or(0.0, |arc| f64::from(pace.turns[arc]) / 10.0);
            let free = f64::from(pace.edges[part.edge as usize]) / 10.0 * share + turn;
            let ratio = took / free.max(0.1);
            if (0.2..20.0).contains(&ratio) {
                let at = Wall(part.ended as i64);
                passes.push(Pass {
                    edge: part.edge,
                    at,
                    ratio,
                    share: share.min(1.0),
                    vehicle: driver.vehicle,
                    group,
                });
            }
        }
        // Readings jump to and fro along a road; what is driven is how far one came on it.
        let metres = self.parts.iter().map(|part| (part.to_m - part.from_m).max(0.0)).sum();
        (line, metres, passes)
    }
}

/// Adds the part of a line between two lengths along it.
fn draw(into: &mut Vec<LatLon>, line: &[LatLon], from_m: f64, to_m: f64) {
    let mut gone = 0.0;
    let mut add = |at: LatLon| {
        if into.last() != Some(&at) {
            into.push(at);
        }
    };
    for ends in line.windows(2) {
        let metres = ends[0].metres_to(ends[1]);
        let within = |at: f64| ends[0].toward(ends[1], ((at - gone) / metres.max(0.01)).clamp(0.0, 1.0));
        if gone + metres >= from_m && gone <= to_m {
            add(within(from_m));
            add(within(to_m));
        }
        gone += metres;
    }
}
