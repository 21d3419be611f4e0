//! A route's figures from its ring: when each stop is left going forward, what may still happen behind it going
//! backward. As in [`crate::route`], which does the same for one route in a row.

use super::{State, Tour, UNKNOWN};
use crate::check::BROKEN;
use crate::cost::Cost;
use crate::model::{Lateness, NOBODY};
use crate::route::{NEVER, price, start};
use crate::travel::UNREACHABLE;

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// Recomputes a route from its ring, and what it adds to the whole.
    pub(in crate::rich) fn refresh(&mut self, tour: u32) {
        if WIDE {
            self.refresh_wide(tour);
            return;
        }
        let Tour { spec, matrix, size, .. } = self.tours[tour as usize];
        let old = self.tours[tour as usize];
        let instance = self.instance;
        let seconds = |arc: i32, depart: i64| instance.seconds::<CLOCKED>(matrix, arc, depart);
        let leave_by = |arc: i32, arrive: i64| instance.leave_by::<CLOCKED>(matrix, arc, arrive);
        let stops = self.problem.stops.len();
        let depot = stops + tour as usize;
        let rows = &self.problem.rows;
        let (nodes, cuts) = (&mut self.nodes, &mut self.cuts);

        let (mut excess, mut driving, mut waiting, mut leave) = (0, 0, 0, spec.shift.0);
        let mut here = depot;
        let mut time = spec.shift.0;
        let first_arc = nodes[depot].arc;
        nodes[depot].depart = time;
        // A way that is left when it was takes what it took.
        let mut as_before = false;
        loop {
            let (before, way) = (here, nodes[here].way);
            let mut arc = i64::from(nodes[here].arc);
            if !CLOCKED || !as_before || nodes[here].latest == UNKNOWN {
                arc = seconds(way, time);
                nodes[here].arc = arc as i32;
                if CLOCKED && here != depot {
                    nodes[here].latest = UNKNOWN;
                }
            }
            cuts[2 * here] = arc as i32;
            here = nodes[here].next as usize;
            cuts[2 * here + 1] = arc as i32;
            if here >= stops {
                if size > 0 || spec.under_way {
                    time += arc;
                    driving += arc;
                    excess += if arc == UNREACHABLE { BROKEN } else { 0 };
                }
                break;
            }
            let row = &rows[here];
            excess += if arc == UNREACHABLE { BROKEN } else { 0 };
            let begin = (time + arc).max(row.open);
            if row.per_minute.is_none() {
                excess += (begin - row.close).max(0);
            }
            if before == depot {
                let is_known = CLOCKED && nodes[depot].latest != UNKNOWN;
                if is_known && nodes[here].depart == begin + row.service {
                    (leave, arc) = (old.start, i64::from(first_arc));
                } else {
                    leave = start(spec, leave_by(way, begin));
                    arc = seconds(way, leave);
                }
                time = leave;
                nodes[depot].arc = arc as i32;
                cuts[2 * here + 1] = arc as i32;
            }
            waiting += begin - time - arc;
            driving += arc;
            time = begin + row.service;
            as_before = nodes[here].depart == time;
            nodes[here].depart = time;
        }
        let end = time;
        let mut latest = NEVER;
        if spec.overtime == Lateness::Hard {
            excess += (end - spec.shift.1).max(0);
            latest = spec.shift.1.max(end);
        }
        let dims = self.problem.dims;
        let rooms = &self.rooms[tour as usize * dims..(tour as usize + 1) * dims];
        excess += rooms.iter().map(|room| (-room).max(0)).sum::<i64>();

        let (mut tail, mut floor, mut late) = (0, -NEVER, Cost::ZERO);
        let node = &mut nodes[depot];
        let mut as_before = CLOCKED && node.latest == latest;
        (node.latest, node.tail, node.floor, node.late) = (latest, tail, floor, late);
        here = node.prev as usize;
        while here < stops {
            let row = &rows[here];
            let node = &mut nodes[here];
            let onward = i64::from(node.arc) + row.service;
            let begin = node.depart - row.service;
            floor = floor.max(row.open + onward + tail);
            tail += onward;
            let close = row.close.max(begin);
            let last = close + row.service;
            // Mostly the own window ends before the rest of the route is in danger.
            let was = node.latest;
            latest = if as_before && was != UNKNOWN {
                was
            } else if row.per_minute.is_none() && last + instance.most::<CLOCKED>(matrix, node.way) <= latest
            {
                close
            } else {
                let known = i64::from(node.arc);
                let leave = instance.leave_before::<CLOCKED>(matrix, node.way, latest, known);
                let latest = leave - row.service;
                if row.per_minute.is_none() { latest.min(close) } else { latest }
            };
            as_before = CLOCKED && was == latest;
            late += row.late_cost(begin);
            (node.latest, node.tail, node.floor, node.late) = (latest, tail, floor, late);
            here = node.prev as usize;
        }

        let mut change = Cost::ZERO;
        if self.problem.keeps() {
            here = nodes[depot].next as usize;
            let mut before = NOBODY;
            while here < stops {
                change += self.problem.kept[here].change(tour, before);
                (before, here) = (here as u32, nodes[here].next as usize);
            }
        }

        let idle = size == 0 && !spec.under_way;
        let cost = if idle { Cost::ZERO } else { price(spec, leave, end, driving) };
        let info = &mut self.tours[tour as usize];
        (info.start, info.end, info.driving) = (leave, end, if idle { 0 } else { driving });
        info.waiting = waiting;
        (info.price, info.late, info.change, info.excess) = (cost, late, change, excess);
        self.cost += cost + late + change - old.price - old.late - old.change;
        self.excess += excess - old.excess;
    }
}
