//! Fastest times through a network by a customizable contraction hierarchy (Dibbelt, Strasser, Wagner 2014).
//!
//! The nodes of the hierarchy are the edges of the network. The sweeps here differ from those of the `cch` crate in that a
//! search may begin on several edges at once and in that eight searches share one sweep. Not here: positions on an edge.

use cch::{Cch, INF_WEIGHT, Metric, PathQuery, graph::Graph, inertial_order};
use rayon::prelude::*;
use std::sync::Mutex;

use crate::{geo::LatLon, network::Network};

/// Searches that share one sweep; eight 32-bit times fill a vector register of common processors.
const LANES: usize = 8;
/// Marks the end of the way up the elimination tree.
const ROOT: u32 = u32::MAX;

/// An edge where a search begins, with the tenths of a second spent when its end is reached.
pub(crate) type Seed = (u32, u32);

/// Arcs with this weight or more are no way.
pub(crate) const CLOSED: u32 = INF_WEIGHT;

/// A contracted network, ready to be weighed.
pub(crate) struct Hierarchy {
    cch: Cch,
    /// Working memory that nobody uses at the moment.
    idle: Mutex<Vec<Sweep>>,
}

/// A weighed hierarchy: the times of all its shortcuts.
pub(crate) struct Times(Metric);

impl Times {
    /// What they take in memory.
    pub(crate) fn bytes(&self) -> usize {
        4 * (self.0.forward.len() + self.0.backward.len())
    }
}

/// The lengths of all shortcuts, in tenths of a metre along their fastest ways.
pub(crate) struct Lengths {
    forward: Vec<u32>,
    backward: Vec<u32>,
}

/// An order in which to contract the edges of a network: takes seconds for a city, so it is worth keeping.
pub(crate) fn contraction_order(network: &Network) -> Vec<u32> {
    let count = network.edges.len() as u32;
    if count == 0 {
        return Vec::new();
    }
    let mut tails = Vec::with_capacity(network.arc_head.len());
    for (edge, arcs) in (0_u32..).zip(network.first_arc.windows(2)) {
        tails.extend((arcs[0]..arcs[1]).map(|_| edge));
    }
    let middles = network.edges.iter().map(|edge| {
        let shape = network.shape(edge.segment);
        match (shape.first(), shape.last()) {
            (Some(&first), Some(&last)) => LatLon::from(first).toward(last.into(), 0.5),
            _ => LatLon { lat: 0.0, lon: 0.0 },
        }
    });
    let (lats, lons): (Vec<f32>, Vec<f32>) = middles.map(|at| (at.lat as f32, at.lon as f32)).unzip();
    inertial_order(count, &tails, &network.arc_head, &lats, &lons)
}

impl Hierarchy {
    /// Contracts the network in the given order, which must name every edge once.
    pub(crate) fn new(network: &Network, order: &[u32]) -> Hierarchy {
        let graph = Graph {
            first_out: network.first_arc.clone(),
            head: network.arc_head.clone(),
            weight: vec![0; network.arc_head.len()],
        };
        Hierarchy { cch: Cch::build(&graph, order), idle: Mutex::default() }
    }

    /// Weighs the hierarchy by the times of the network's arcs; [`CLOSED`] is no way.
    pub(crate) fn weigh(&self, arcs: &[u32]) -> Times {
        Times(self.cch.customize(arcs))
    }

    /// The lengths that belong to weighed times, from those of the network's arcs: of several fastest ways the shortest.
    pub(crate) fn measure(&self, times: &Times, arcs: &[u32], lengths: &[u32]) -> Lengths {
        let (cch, times) = (&self.cch, &times.0);
        let mut measured = Lengths {
            forward: vec![CLOSED; times.forward.len()],
            backward: vec![CLOSED; times.forward.len()],
        };
        for (arc, (forward, backward)) in measured.forward.iter_mut().zip(&mut measured.backward).enumerate()
        {
            let own = |first: u32, more: &[u32], best: u32| {
                let inputs = std::iter::once(first).filter(|&a| a != u32::MAX).chain(more.iter().copied());
                let fastest = inputs.filter(|&a| arcs[a as usize] == best && best < CLOSED);
                fastest.map(|a| lengths[a as usize]).min().unwrap_or(CLOSED)
            };
            let more =
                |first: &[u32], all: &[u32]| all[first[arc] as usize..first[arc + 1] as usize].to_vec();
            let ahead = more(&cch.first_extra_forward_input_arc_of_cch, &cch.extra_forward_input_arc_of_cch);
            let back = more(&cch.first_extra_backward_input_arc_of_cch, &cch.extra_backward_input_arc_of_cch);
            *forward = own(cch.forward_input_arc_of_cch[arc], &ahead, times.forward[arc]);
            *backward = own(cch.backward_input_arc_of_cch[arc], &back, times.backward[arc]);
        }
        let mut arc_to = vec![0_u32; cch.node_count()];
        for node in 0..cch.node_count() {
            for arc in cch.up_first_out[node]..cch.up_first_out[node + 1] {
                arc_to[cch.up_head[arc as usize] as usize] = arc;
            }
            for down in cch.down_first_out[node] as usize..cch.down_first_out[node + 1] as usize {
                let (bottom, low) = (cch.down_to_up[down] as usize, cch.down_head[down] as usize);
                let ups = cch.up_first_out[low] as usize..cch.up_first_out[low + 1] as usize;
                for mid in ups.rev().take_while(|&mid| cch.up_head[mid] as usize > node) {
                    let top = arc_to[cch.up_head[mid] as usize] as usize;
                    let through = |a: u32, b: u32, whole: u32| whole < CLOSED && a.wrapping_add(b) == whole;
                    if through(times.backward[bottom], times.forward[mid], times.forward[top]) {
                        let length = measured.backward[bottom].saturating_add(measured.forward[mid]);
                        measured.forward[top] = measured.forward[top].min(length);
                    }
                    if through(times.forward[bottom], times.backward[mid], times.backward[top]) {
                        let length = measured.forward[bottom].saturating_add(measured.backward[mid]);
                        measured.backward[top] = measured.backward[top].min(length);
                    }
                }
            }
        }
        measured
    }

    /// Tenths of a second from each set of seeds to the end of each target edge, row by row; none where there is no way.
    pub(crate) fn times(&self, times: &Times, sources: &[Vec<Seed>], targets: &[u32]) -> Vec<Option<u32>> {
        let descent = self.descent(targets);
        if sources.len() <= LANES {
            return self.with_sweep(|sweep| self.rows(times, sweep, sources, targets, &descent));
        }
        let rows = sources
            .par_chunks(LANES)
            .map(|chunk| self.with_sweep(|sweep| self.rows(times, sweep, chunk, targets, &descent)));
        rows.flatten_iter().collect()
    }

    /// As [`Hierarchy::times`], with the length of the fastest way in tenths of a metre. Seeds come with their lengths.
    pub(crate) fn times_and_lengths(
        &self,
        (times, lengths): (&Times, &Lengths),
        sources: &[Vec<(Seed, u32)>],
        targets: &[u32],
    ) -> Vec<Option<(u32, u32)>> {
        let descent = self.descent(targets);
        let rows = sources.par_iter().map_init(
            || vec![u64::MAX; self.cch.node_count()],
            |best, seeds| self.row_with_lengths((times, lengths), best, seeds, targets, &descent),
        );
        rows.flatten_iter().collect()
    }

    /// The edges of the fastest way from the end of one edge to the end of another, both included.
    pub(crate) fn edges(&self, times: &Times, from: u32, to: u32) -> Option<Vec<u32>> {
        PathQuery::new(&self.cch.view()).path(&times.0.view(), from, to)
    }

    fn with_sweep<T>(&self, work: impl FnOnce(&mut Sweep) -> T) -> T {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut sweep = idle.unwrap_or_else(|| Sweep::new(self.cch.node_count()));
        let result = work(&mut sweep);
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(sweep);
        }
        result
    }

    /// Times from up to [`LANES`] sources.
    fn rows(
        &self,
        times: &Times,
        sweep: &mut Sweep,
        sources: &[Vec<Seed>],
        targets: &[u32],
        descent: &[u32],
    ) -> Vec<Option<u32>> {
        self.ascend(times, sweep, sources);
        self.descend(times, sweep, descent);
        let found = self.read(sweep, sources.len(), targets);
        sweep.clear(descent);
        found
    }

    /// One row; a time and a length are one number, the time in its upper half, so that the faster way wins and of two
    /// equally fast ones the shorter.
    fn row_with_lengths(
        &self,
        (times, lengths): (&Times, &Lengths),
        best: &mut [u64],
        seeds: &[(Seed, u32)],
        targets: &[u32],
        descent: &[u32],
    ) -> Vec<Option<(u32, u32)>> {
        let view = self.cch.view();
        let pack = |time: u32, length: u32| u64::from(time) << 32 | u64::from(length);
        let mut climbed = Vec::new();
        for &((edge, tenths), length) in seeds {
            let mut node = view.rank[edge as usize];
            best[node as usize] = best[node as usize].min(pack(tenths, length));
            while node != ROOT {
                climbed.push(node);
                node = view.elimination_tree_parent[node as usize];
            }
        }
        climbed.sort_unstable();
        climbed.dedup();
        let arcs = |node: u32| {
            view.up_first_out[node as usize] as usize..view.up_first_out[node as usize + 1] as usize
        };
        for &node in &climbed {
            let here = best[node as usize];
            if here == u64::MAX {
                continue;
            }
            for arc in arcs(node).filter(|&arc| times.0.forward[arc] < CLOSED) {
                let there = &mut best[view.up_head[arc] as usize];
                *there = (*there).min(here + pack(times.0.forward[arc], lengths.forward[arc]));
            }
        }
        for &node in descent {
            for arc in arcs(node).filter(|&arc| times.0.backward[arc] < CLOSED) {
                let above = best[view.up_head[arc] as usize];
                if above != u64::MAX {
                    let through = above + pack(times.0.backward[arc], lengths.backward[arc]);
                    best[node as usize] = best[node as usize].min(through);
                }
            }
        }
        let found = targets.iter().map(|&target| {
            let value = best[view.rank[target as usize] as usize];
            (value != u64::MAX).then_some(((value >> 32) as u32, value as u32))
        });
        let found = found.collect();
        climbed.iter().chain(descent).for_each(|&node| best[node as usize] = u64::MAX);
        found
    }

    /// All nodes above the targets, the highest first.
    fn descent(&self, targets: &[u32]) -> Vec<u32> {
        let view = self.cch.view();
        let mut seen = vec![false; self.cch.node_count()];
        let mut nodes = Vec::new();
        for &target in targets {
            let mut node = view.rank[target as usize];
            while node != ROOT && !seen[node as usize] {
                seen[node as usize] = true;
                nodes.push(node);
                node = view.elimination_tree_parent[node as usize];
            }
        }
        nodes.sort_unstable_by(|a, b| b.cmp(a));
        nodes
    }

    /// Spreads the seeds of up to [`LANES`] sources upwards.
    fn ascend(&self, times: &Times, sweep: &mut Sweep, sources: &[Vec<Seed>]) {
        let (view, metric) = (self.cch.view(), times.0.view());
        for (lane, seeds) in sources.iter().enumerate() {
            for &(edge, tenths) in seeds {
                let mut node = view.rank[edge as usize];
                let time = &mut sweep.times[node as usize][lane];
                *time = tenths.min(*time);
                while node != ROOT && !sweep.seen[node as usize] {
                    sweep.seen[node as usize] = true;
                    sweep.climbed.push(node);
                    node = view.elimination_tree_parent[node as usize];
                }
            }
        }
        sweep.climbed.sort_unstable();
        for &node in &sweep.climbed {
            let here = sweep.times[node as usize];
            let arcs =
                view.up_first_out[node as usize] as usize..view.up_first_out[node as usize + 1] as usize;
            for (&head, &weight) in view.up_head[arcs.clone()].iter().zip(&metric.forward[arcs]) {
                relax(&mut sweep.times[head as usize], &here, weight);
            }
        }
    }

    /// Carries the times down to everything above the targets.
    fn descend(&self, times: &Times, sweep: &mut Sweep, descent: &[u32]) {
        let (view, metric) = (self.cch.view(), times.0.view());
        for &node in descent {
            let mut best = sweep.times[node as usize];
            let arcs =
                view.up_first_out[node as usize] as usize..view.up_first_out[node as usize + 1] as usize;
            for (&head, &weight) in view.up_head[arcs.clone()].iter().zip(&metric.backward[arcs]) {
                relax(&mut best, &sweep.times[head as usize], weight);
            }
            sweep.times[node as usize] = best;
        }
    }

    fn read(&self, sweep: &Sweep, sources: usize, targets: &[u32]) -> Vec<Option<u32>> {
        let view = self.cch.view();
        let mut times = Vec::with_capacity(sources * targets.len());
        for lane in 0..sources {
            times.extend(targets.iter().map(|&target| {
                let time = sweep.times[view.rank[target as usize] as usize][lane];
                (time < INF_WEIGHT).then_some(time)
            }));
        }
        times
    }
}

/// Shortens `to` by the way through `from`. Neither summand exceeds [`INF_WEIGHT`], so the sum fits.
#[inline]
fn relax(to: &mut [u32; LANES], from: &[u32; LANES], weight: u32) {
    for lane in 0..LANES {
        to[lane] = to[lane].min(from[lane].wrapping_add(weight));
    }
}

/// Working memory of one thread.
struct Sweep {
    times: Vec<[u32; LANES]>,
    seen: Vec<bool>,
    /// Nodes above the seeds, ascending.
    climbed: Vec<u32>,
}

impl Sweep {
    fn new(nodes: usize) -> Sweep {
        Sweep { times: vec![[INF_WEIGHT; LANES]; nodes], seen: vec![false; nodes], climbed: Vec::new() }
    }

    fn clear(&mut self, descent: &[u32]) {
        for &node in self.climbed.iter().chain(descent) {
            self.times[node as usize] = [INF_WEIGHT; LANES];
            self.seen[node as usize] = false;
        }
        self.climbed.clear();
    }
}
