//! Steps that may be undone, and the best plan so far.

use super::{State, Tour};

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    pub(in crate::rich) fn begin(&mut self) {
        self.step += 1;
        self.log.clear();
        self.log_tours.clear();
        self.log_rooms.clear();
        self.log_far.clear();
        self.log_room.clear();
        self.log_absent.clone_from(&self.absent);
        self.log_sums = (self.cost, self.excess, self.used, self.served);
    }

    pub(in crate::rich) fn is_touched(&self, tour: u32) -> bool {
        self.tours[tour as usize].saved == self.step
    }

    /// Saves a route before its first change in this step.
    pub(in crate::rich) fn touch(&mut self, tour: u32) {
        if self.is_touched(tour) {
            return;
        }
        self.tours[tour as usize].saved = self.step;
        self.log_tours.push((tour, self.tours[tour as usize]));
        let from = tour as usize * self.problem.dims;
        self.log_rooms.extend_from_slice(&self.rooms[from..from + self.problem.dims]);
        let depot = self.depot(tour);
        let mut at = depot;
        loop {
            let node = self.nodes[at];
            self.log.push((at as u32, node));
            if WIDE {
                let dims = self.problem.dims;
                self.log_far.push(self.far[at]);
                self.log_room.extend_from_slice(&self.room[at * dims..(at + 1) * dims]);
            }
            at = node.next as usize;
            if at == depot {
                return;
            }
        }
    }

    pub(in crate::rich) fn undo(&mut self) {
        if WIDE {
            // What came in may be an alternative, or the other end, of what was absent.
            for index in 0..self.log_tours.len() {
                let depot = self.depot(self.log_tours[index].0);
                let mut at = self.nodes[depot].next as usize;
                while at != depot {
                    self.take_out(at);
                    at = self.nodes[at].next as usize;
                }
            }
        }
        for index in 0..self.log_absent.len() {
            self.take_out(self.log_absent[index] as usize);
        }
        let dims = self.problem.dims;
        for (entry, &(index, node)) in self.log.iter().enumerate() {
            let index = index as usize;
            self.nodes[index] = node;
            self.cuts[2 * index] = node.arc;
            self.cuts[2 * node.next as usize + 1] = node.arc;
            if WIDE {
                self.far[index] = self.log_far[entry];
                let saved = &self.log_room[entry * dims..(entry + 1) * dims];
                self.room[index * dims..(index + 1) * dims].copy_from_slice(saved);
            }
        }
        for (index, &(tour, saved)) in self.log_tours.iter().enumerate() {
            let dirty = self.tours[tour as usize].dirty;
            match (saved.size == 0, self.idle.has(tour)) {
                (true, false) => self.idle.push(&self.instance.kinds, tour),
                (false, true) => self.idle.remove(&self.instance.kinds, tour),
                _ => {}
            }
            self.tours[tour as usize] = Tour { dirty, ..saved };
            let from = tour as usize * dims;
            self.rooms[from..from + dims].copy_from_slice(&self.log_rooms[index * dims..(index + 1) * dims]);
        }
        std::mem::swap(&mut self.absent, &mut self.log_absent);
        (self.cost, self.excess, self.used, self.served) = self.log_sums;
    }

    pub(in crate::rich) fn keep(&mut self) -> bool {
        for &(tour, _) in &self.log_tours {
            let info = &mut self.tours[tour as usize];
            if !info.dirty {
                info.dirty = true;
                self.dirty.push(tour);
            }
        }
        if self.worth() >= self.best_worth {
            return false;
        }
        self.best_worth = self.worth();
        while let Some(tour) = self.dirty.pop() {
            self.tours[tour as usize].dirty = false;
            let mut stops = std::mem::take(&mut self.best[tour as usize]);
            stops.clear();
            self.walk(tour, &mut stops);
            self.best[tour as usize] = stops;
            if WIDE {
                self.best_reloads[tour as usize] = self.reloads_of(tour);
            }
        }
        self.best_absent.clone_from(&self.absent);
        true
    }
}
