//! Puts stops back where they cost least: greedy insertion with blinks (Christiaens and Vanden Berghe, 2020), beside
//! near stops only.

use super::State;
use crate::kernel::blinks::Blinks;
use crate::kernel::metric::{Metric, NO_WAY};
use crate::rng::Rng;

impl<M: Metric, const TIMED: bool> State<'_, M, TIMED> {
    /// Inserts each stop in turn, or leaves it absent if it fits nowhere or costs more than its penalty.
    pub(super) fn put_back(&mut self, stops: &[u32], blinks: &mut Blinks, rng: &mut Rng) {
        for &stop in stops {
            match self.best_place(stop as usize, blinks, rng) {
                Some((before, extra)) => self.insert(stop as usize, before, extra),
                None => {
                    self.absent.push(stop);
                    self.cost += self.penalties(&[stop]);
                }
            }
        }
    }

    #[inline]
    fn best_place(&mut self, stop: usize, blinks: &mut Blinks, rng: &mut Rng) -> Option<(usize, i32)> {
        let instance = self.instance;
        let site = &instance.sites[stop];
        let metric = &instance.metric;
        let stops = instance.stops();
        let (mut least, opened) = self.opened(stop);
        let mut place = usize::MAX;
        let room = instance.capacity - site.demand;
        for candidate in instance.candidates(stop) {
            // By the triangle inequality the detour is at least twice what the way is longer than the arc it cuts.
            if 2 * (candidate.arc - self.cuts[candidate.tagged as usize]) >= least {
                continue;
            }
            let near = candidate.node();
            let node = &self.nodes[near];
            if self.tours[node.route as usize].load > room || blinks.blink(rng) {
                continue;
            }
            let (before, there, after, onward);
            if candidate.before() {
                before = node.prev as usize;
                there = metric.inward(stop, before.min(stops));
                (after, onward) = (near, candidate.arc);
            } else {
                (before, there) = (near, candidate.arc);
                after = node.next as usize;
                onward = metric.outward(stop, after.min(stops));
            }
            let ahead = &self.nodes[before];
            let extra = there + onward - ahead.arc;
            if extra >= least {
                continue;
            }
            if instance.picks_up()
                && (ahead.front > room || ahead.rear > instance.capacity - instance.pickup(stop))
            {
                continue;
            }
            if TIMED {
                let begin = (ahead.depart + there).max(site.open);
                if begin > site.close || begin + site.service + onward > self.nodes[after].latest {
                    continue;
                }
            }
            (least, place) = (extra, before);
        }
        match (place, opened) {
            (usize::MAX, Some(opening)) => Some(opening),
            (usize::MAX, None) => None,
            _ => Some((place, least)),
        }
    }

    /// What a place has to cost less than: a route of the stop's own, with the vehicle, or its penalty; and where that
    /// route would begin and how long its ways are, if it is the cheaper.
    fn opened(&mut self, stop: usize) -> (i32, Option<(usize, i32)>) {
        let instance = self.instance;
        let site = &instance.sites[stop];
        let bound = |cost: i64| cost.min(i64::from(NO_WAY)) as i32;
        if site.demand.max(instance.pickup(stop)) > instance.capacity {
            return (0, None);
        }
        let (penalty, fixed) =
            if self.lifted { (i64::MAX, 0) } else { (site.penalty + self.raise, instance.fixed) };
        let Some(tour) = self.idle_tour() else { return (bound(penalty), None) };
        let there = instance.metric.inward(stop, instance.stops());
        let onward = instance.metric.outward(stop, instance.stops());
        let begin = there.max(site.open);
        let in_time = begin <= site.close && begin.saturating_add(site.service + onward) <= instance.end;
        let ways = there.saturating_add(onward);
        let whole = i64::from(ways) + fixed;
        if (!TIMED || in_time) && there < NO_WAY && onward < NO_WAY && whole < penalty {
            (bound(whole), Some((self.depot(tour), ways)))
        } else if (!TIMED || in_time) && there < NO_WAY && onward < NO_WAY && whole / self.hope < penalty {
            // Only if it goes nowhere else.
            (bound(penalty), Some((self.depot(tour), ways)))
        } else {
            (bound(penalty), None)
        }
    }
}
