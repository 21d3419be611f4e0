//! What is aboard on each way, and how much more could be.

use super::Evaluator;
use crate::model::{Shipment, StopId};

/// What is known of one dimension of the load on the way to one position of a route.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Room {
    /// How much more could be delivered by a stop that goes before this one, and before what is done on the way: what
    /// is free on all ways of the trip up to the one that comes here.
    pub(crate) deliver: i64,
    /// How much more such a stop could pick up: what is free on that way and all that follow in its trip.
    pub(crate) pick_up: i64,
    /// The same for a stop that goes behind what is done on the way.
    pub(crate) deliver_behind: i64,
    pub(crate) pick_up_behind: i64,
    /// What of the load that comes here is to be delivered in the same trip, before what is done on the way and behind it.
    pub(crate) due: i64,
    pub(crate) due_behind: i64,
    /// What is aboard on the way, before what is done on it.
    pub(crate) aboard: i64,
    /// What is free there.
    pub(crate) free: i64,
    /// What is free on the way behind a reload, or else there too.
    pub(crate) free_behind: i64,
}

impl Evaluator<'_> {
    /// What is aboard when the vehicle leaves its start, in each dimension.
    pub(crate) fn load_at_start(&self) -> Vec<i64> {
        self.rooms.iter().take(self.problem.dims).map(|room| room.aboard).collect()
    }

    /// Computes the rooms, and by how much capacities are exceeded.
    pub(super) fn weigh(&mut self) -> i64 {
        let dims = self.problem.dims;
        self.rooms.clear();
        self.rooms.resize((self.legs.len() + 1) * dims, Room::default());
        self.flows.clear();
        for index in 0..self.legs.len() * dims {
            self.flows.push(self.changes(self.legs[index / dims].stop, index % dims));
        }
        (0..dims).map(|dim| self.weigh_in(dim)).sum()
    }

    /// What a stop delivers and picks up, and what of it is a shipment's: one of the first two and what stays aboard from
    /// here on.
    #[inline]
    fn changes(&self, stop: u32, dim: usize) -> (i64, i64, i64) {
        let spec = &self.problem.stops[stop as usize];
        if spec.pickup.is_empty() && self.problem.relations.is_empty() {
            return (spec.demand[dim], 0, 0);
        }
        let picked = spec.pickup.get(dim).copied().unwrap_or(0);
        let shipment =
            self.problem.relations.shipment_of(StopId(stop)).filter(|_| !self.torn.contains(&stop));
        let shipped = shipment.map_or(0, |Shipment { pickup, amount, .. }| {
            let amount = amount.get(dim).copied().unwrap_or(0);
            if pickup.0 == stop { amount } else { -amount }
        });
        (spec.demand[dim], picked, shipped)
    }

    fn weigh_in(&mut self, dim: usize) -> i64 {
        let dims = self.problem.dims;
        let capacity = self.spec.capacity[dim];
        let count = self.legs.len();
        let at = |position: usize| position * dims + dim;
        // Backwards: what is due in each trip.
        let mut due = 0;
        for position in (0..=count).rev() {
            due += self.flows.get(at(position)).map_or(0, |flow| flow.0);
            self.rooms[at(position)].due_behind = due;
            if self.points[position].halts.reload > 0 {
                due = 0;
            }
            self.rooms[at(position)].due = due;
        }
        // Forwards: what is aboard, and what is free so far in the trip.
        let first = self.rooms[at(0)].due;
        let (mut picked, mut shipped) = (self.spec.aboard.get(dim).copied().unwrap_or(0), 0_i64);
        let (mut due, mut free) = (first, i64::MAX);
        let mut over = 0;
        for position in 0..=count {
            let aboard = due + picked + shipped;
            free = free.min(capacity - aboard);
            over = over.max(aboard - capacity);
            let room = &mut self.rooms[at(position)];
            (room.aboard, room.free, room.deliver) = (aboard, capacity - aboard, free);
            room.deliver_behind = free;
            room.free_behind = room.free;
            if self.points[position].halts.reload > 0 {
                picked = 0;
                due = room.due_behind;
                let aboard = due + shipped;
                free = capacity - aboard;
                over = over.max(aboard - capacity);
                room.deliver_behind = free;
                room.free_behind = free;
            }
            if let Some(&(delivered, up, moved)) = self.flows.get(at(position)) {
                due -= delivered;
                picked += up;
                shipped += moved;
            }
        }
        // Backwards: what is free from here on in the trip.
        let mut free = i64::MAX;
        for position in (0..=count).rev() {
            let room = &mut self.rooms[at(position)];
            free = free.min(room.free_behind);
            room.pick_up_behind = free;
            if self.points[position].halts.reload > 0 {
                free = room.free;
            }
            room.pick_up = free;
        }
        over
    }
}
