//! What a vehicle has aboard on each way, where stops give something back: a delivery is aboard on every way before its
//! stop and a pickup on every way behind it, so a stop fits where the most before and the most behind leave room.

use super::State;
use crate::kernel::metric::Metric;

impl<M: Metric, const TIMED: bool> State<'_, M, TIMED> {
    /// Computes anew what is aboard along a route.
    #[inline]
    pub(super) fn weigh(&mut self, tour: u32) {
        if self.instance.picks_up() {
            self.weigh_ways(tour);
        }
    }

    fn weigh_ways(&mut self, tour: u32) {
        let depot = self.depot(tour);
        let mut aboard = self.tours[tour as usize].load;
        let mut most = aboard;
        let mut at = depot;
        loop {
            let node = &mut self.nodes[at];
            (node.front, node.rear) = (most, aboard);
            at = node.next as usize;
            if at == depot {
                break;
            }
            aboard += self.instance.pickup(at) - self.instance.sites[at].demand;
            most = most.max(aboard);
        }
        most = 0;
        loop {
            at = self.nodes[at].prev as usize;
            let node = &mut self.nodes[at];
            most = most.max(node.rear);
            node.rear = most;
            if at == depot {
                break;
            }
        }
    }
}
