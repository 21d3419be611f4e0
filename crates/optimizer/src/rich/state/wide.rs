//! What the state does for problems that need more than loads that are delivered, one window and one way there: routes
//! are computed in full, and stops that belong together come and go together.

use super::State;
use crate::cost::Cost;
use crate::evaluation::{Halts, Leg};
use crate::kernel::state::NONE;
use crate::model::{StopId, VehicleId};

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// Recomputes a route from its ring, and what it adds to the whole.
    pub(in crate::rich) fn refresh_wide(&mut self, tour: u32) {
        let stops = self.problem.stops.len();
        let dims = self.problem.dims;
        let depot = stops + tour as usize;
        let old = self.tours[tour as usize];
        let (nodes, evaluator) = (&mut self.nodes, &mut self.evaluator);
        evaluator.turn_to(VehicleId(tour));
        let mut reloads = 0;
        let mut at = depot;
        loop {
            let way = nodes[at].way;
            at = nodes[at].next as usize;
            if at >= stops {
                evaluator.end_with(way, Halts::NONE);
                break;
            }
            let reload = nodes[at].halts.reload;
            reloads += u32::from(reload > 0);
            evaluator.push(Leg { stop: at as u32, way, halts: Halts { reload, ..Halts::NONE } });
        }
        evaluator.fit_out();
        self.tried.computed += u64::from(old.size) + 1;
        nodes[depot].depart = evaluator.earliest();
        for (position, point) in evaluator.points.iter().enumerate() {
            let arc = i32::try_from(point.ride).unwrap_or(i32::MAX);
            nodes[at].arc = arc;
            self.cuts[2 * at] = arc;
            at = nodes[at].next as usize;
            self.cuts[2 * at + 1] = arc;
            let node = &mut nodes[at];
            node.halts = point.halts;
            (node.latest, node.tail, node.floor, node.late) =
                (point.latest, point.tail, point.floor, point.late);
            if at < stops {
                node.depart = point.depart;
            }
            self.far[at] = *point;
            let rooms = &evaluator.rooms[position * dims..(position + 1) * dims];
            self.room[at * dims..(at + 1) * dims].copy_from_slice(rooms);
        }
        let sums = &evaluator.sums;
        let info = &mut self.tours[tour as usize];
        (info.start, info.end, info.driving, info.waiting) =
            (sums.start, sums.end, sums.driving, sums.waiting);
        (info.metres, info.micrograms, info.reloads) = (sums.metres, sums.micrograms, reloads);
        (info.price, info.late, info.change, info.excess) = (sums.price, sums.late, sums.change, sums.excess);
        self.cost += sums.price + sums.late + sums.change - old.price - old.late - old.change;
        self.excess += sums.excess - old.excess;
    }

    /// Whether the stop is bound to no other vehicle, none of those who may not ride with it does, and all who have to do.
    pub(in crate::rich) fn rides_along(&self, tour: u32, stop: usize) -> bool {
        let relations = &self.problem.relations;
        if self.only(stop).is_some_and(|only| only.0 != tour) {
            return false;
        }
        if relations.is_empty() {
            return true;
        }
        let stop = StopId(stop as u32);
        let route = |other: StopId| self.nodes[other.index()].route;
        relations.apart_from(stop).all(|other| other == stop || route(other) != tour)
            && relations.together_with(stop).is_none_or(|all| {
                all.iter().all(|&other| other == stop || [tour, NONE].contains(&route(other)))
            })
    }

    /// The vehicle that has to serve the stop, because it is bound to it or rides with others.
    pub(in crate::rich) fn holder(&self, stop: usize) -> Option<u32> {
        let together = || {
            let all = self.problem.relations.together_with(StopId(stop as u32))?;
            all.iter().map(|other| self.nodes[other.index()].route).find(|&route| route != NONE)
        };
        self.only(stop).map(|only| only.0).or_else(together)
    }

    /// Where a route reloads.
    pub(in crate::rich) fn reloads_of(&self, tour: u32) -> Vec<(u32, u8)> {
        let depot = self.depot(tour);
        let mut all = Vec::new();
        let mut at = self.nodes[depot].next as usize;
        let mut position = 0;
        while at != depot {
            if self.nodes[at].halts.reload > 0 {
                all.push((position, self.nodes[at].halts.reload));
            }
            position += 1;
            at = self.nodes[at].next as usize;
        }
        all
    }

    /// Takes strings of stops out of one route, each by its first stop and length, and with them what cannot stay alone.
    pub(in crate::rich) fn remove_wide(&mut self, strings: &[(usize, usize)], removed: &mut Vec<u32>) {
        let Some(&(first, _)) = strings.first() else { return };
        let tour = self.nodes[first].route;
        self.touch(tour);
        let mut gone: Vec<u32> = Vec::with_capacity(16);
        for &(first, count) in strings {
            let mut at = first;
            for _ in 0..count {
                gone.push(at as u32);
                at = self.nodes[at].next as usize;
            }
        }
        let relations = &self.problem.relations;
        if !relations.is_empty() {
            let mut index = 0;
            while let Some(&stop) = gone.get(index) {
                let ends =
                    relations.shipment_of(StopId(stop)).map(|shipment| [shipment.pickup, shipment.delivery]);
                let others = relations.together_with(StopId(stop)).into_iter().flatten();
                for other in ends.iter().flatten().chain(others) {
                    if !gone.contains(&other.0) {
                        gone.push(other.0);
                    }
                }
                index += 1;
            }
        }
        for stop in gone {
            if self.nodes[stop as usize].route == tour {
                self.unlink(tour, stop as usize);
                if self.instance.represents(stop) {
                    removed.push(stop);
                }
            }
        }
        let depot = self.depot(tour);
        let first = self.nodes[depot].next as usize;
        if first < self.stops() && !self.tours[tour as usize].spec.under_way {
            self.nodes[first].halts.reload = 0;
        }
        self.refresh(tour);
        if self.tours[tour as usize].reloads > 0 {
            self.merge_trips(tour);
        }
    }

    pub(in crate::rich) fn unlink(&mut self, tour: u32, stop: usize) {
        let node = self.nodes[stop];
        let (before, after) = (node.prev as usize, node.next as usize);
        let arc = self.way(tour, before, after);
        self.take_out(stop);
        self.nodes[before].lead(after as u32, arc);
        let stops = self.stops();
        let next = &mut self.nodes[after];
        next.prev = before as u32;
        if after < stops && next.halts.reload == 0 {
            next.halts.reload = node.halts.reload;
        }
        let info = &mut self.tours[tour as usize];
        info.size -= 1;
        if info.size == 0 {
            self.used -= 1;
            self.idle.push(&self.instance.kinds, tour);
        }
        self.served -= 1;
    }

    /// Gives up reloads that are not needed any more.
    fn merge_trips(&mut self, tour: u32) {
        let depot = self.depot(tour);
        let mut at = self.nodes[depot].next as usize;
        while at != depot {
            let reload = self.nodes[at].halts.reload;
            if reload > 0 && self.would_fit_in_one(at) {
                let before = (self.tours[tour as usize].excess, self.cost_of(tour));
                self.nodes[at].halts.reload = 0;
                self.refresh(tour);
                if (self.tours[tour as usize].excess, self.cost_of(tour)) > before {
                    self.nodes[at].halts.reload = reload;
                    self.refresh(tour);
                }
            }
            at = self.nodes[at].next as usize;
        }
    }

    fn would_fit_in_one(&self, at: usize) -> bool {
        let dims = self.problem.dims;
        self.room[at * dims..(at + 1) * dims]
            .iter()
            .all(|room| room.due_behind <= room.deliver && room.aboard <= room.pick_up_behind)
    }

    fn cost_of(&self, tour: u32) -> Cost {
        let info = &self.tours[tour as usize];
        info.price + info.late + info.change
    }
}
