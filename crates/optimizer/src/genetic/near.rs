//! For every stop, the few others worth having as a neighbour: the granular neighbourhoods of Toth and Vigo (2003) with
//! the proximity of Vidal, Crainic, Gendreau and Prins (2013).

use crate::kernel::instance::Instance;
use crate::kernel::metric::Metric;

/// How many are asked for; who is asked for asks back, so that lists may be longer.
const WIDTH: usize = 24;
/// Up to that many stops all pairs are compared.
const ALL_PAIRS: usize = 3_000;

/// The lists, side by side.
pub(crate) struct Near {
    stops: Vec<u32>,
    ends: Vec<u32>,
}

impl Near {
    pub(crate) fn new<M: Metric>(instance: &Instance<M>) -> Self {
        let count = instance.stops();
        let mut lists: Vec<Vec<(i64, u32)>> = vec![Vec::new(); count];
        let mut found: Vec<(i64, u32)> = Vec::new();
        for stop in 0..count {
            found.clear();
            let mut look = |other: usize| {
                if other != stop {
                    let closeness = proximity(instance, stop, other).min(proximity(instance, other, stop));
                    found.push((closeness, other as u32));
                }
            };
            if count <= ALL_PAIRS {
                (0..count).for_each(&mut look);
            } else {
                instance.around(stop).iter().for_each(|&other| look(other as usize));
            }
            if found.len() > WIDTH {
                found.select_nth_unstable(WIDTH - 1);
                found.truncate(WIDTH);
            }
            for &(closeness, other) in &found {
                lists[stop].push((closeness, other));
                lists[other as usize].push((closeness, stop as u32));
            }
        }
        let mut near = Self { stops: Vec::new(), ends: vec![0] };
        for mut list in lists {
            list.sort_unstable();
            list.dedup();
            near.stops.extend(list.iter().map(|&(_, other)| other));
            near.ends.push(near.stops.len() as u32);
        }
        near
    }

    /// The stops near one, nearest first.
    pub(super) fn of(&self, stop: usize) -> &[u32] {
        &self.stops[self.ends[stop] as usize..self.ends[stop + 1] as usize]
    }
}

fn proximity<M: Metric>(instance: &Instance<M>, from: usize, to: usize) -> i64 {
    let way = i64::from(instance.metric.outward(from, to));
    if !instance.timed {
        return way;
    }
    let (a, b) = (&instance.sites[from], &instance.sites[to]);
    let leave = |at: i32| i64::from(at) + i64::from(a.service) + way;
    let wait = (i64::from(b.open) - leave(a.close)).max(0);
    let late = (leave(a.open) - i64::from(b.close)).max(0);
    way + wait / 5 + late
}
