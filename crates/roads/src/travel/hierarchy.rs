//! Fastest times through a network by a customizable contraction hierarchy (Dibbelt, Strasser, Wagner 2014).
//!
//! The nodes of the hierarchy are the edges of the network. The sweeps here differ from those of the `cch` crate in that a
//! search may begin on several edges at once and in that eight searches share one sweep. Not here: positions on an edge.

use cch::{Cch, INF_WEIGHT, Metric, MetricView, PathQuery, graph::Graph, inertial_order};
use rayon::prelude::*;

use crate::{geo::LatLon, network::Network};

/// Searches that share one sweep; eight 32-bit times fill a vector register of common processors.
const LANES: usize = 8;
/// Marks the end of the way up the elimination tree.
const ROOT: u32 = u32::MAX;

/// An edge where a search begins, with the tenths of a second spent when its end is reached.
pub(crate) type Seed = (u32, u32);

/// A network that is ready for searches.
pub(crate) struct Hierarchy {
    cch: Cch,
    metric: Metric,
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
    /// Contracts the network in the given order, which must name every edge once, and weighs it with free-flow times.
    pub(crate) fn new(network: &Network, order: &[u32]) -> Hierarchy {
        let weight =
            network.arc_head.iter().zip(&network.arc_turn).map(|(&head, turn)| turn + network.tenths(head));
        let graph = Graph {
            first_out: network.first_arc.clone(),
            head: network.arc_head.clone(),
            weight: weight.collect(),
        };
        let cch = Cch::build(&graph, order);
        let metric = cch.customize(&graph.weight);
        Hierarchy { cch, metric }
    }

    /// Tenths of a second from each set of seeds to the end of each target edge, row by row; none where there is no way.
    pub(crate) fn times(&self, sources: &[Vec<Seed>], targets: &[u32]) -> Vec<Option<u32>> {
        let descent = self.descent(targets);
        let rows = sources.par_chunks(LANES).map_init(
            || Sweep::new(self.cch.node_count()),
            |sweep, chunk| self.rows(sweep, chunk, targets, &descent),
        );
        rows.flatten_iter().collect()
    }

    /// Runs path searches one after the other in the same working memory.
    pub(crate) fn with_paths<T>(&self, work: impl FnOnce(&mut PathSearch<'_>) -> T) -> T {
        let (view, metric) = (self.cch.view(), self.metric.view());
        let (sweep, query) = (Sweep::new(self.cch.node_count()), PathQuery::new(&view));
        work(&mut PathSearch { hierarchy: self, metric, sweep, query })
    }

    /// Times from up to [`LANES`] sources.
    fn rows(
        &self,
        sweep: &mut Sweep,
        sources: &[Vec<Seed>],
        targets: &[u32],
        descent: &[u32],
    ) -> Vec<Option<u32>> {
        self.ascend(sweep, sources);
        self.descend(sweep, descent);
        let times = self.read(sweep, sources.len(), targets);
        sweep.clear(descent);
        times
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
    fn ascend(&self, sweep: &mut Sweep, sources: &[Vec<Seed>]) {
        let (view, metric) = (self.cch.view(), self.metric.view());
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
    fn descend(&self, sweep: &mut Sweep, descent: &[u32]) {
        let (view, metric) = (self.cch.view(), self.metric.view());
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

/// Working memory of path searches.
pub(crate) struct PathSearch<'a> {
    hierarchy: &'a Hierarchy,
    metric: MetricView<'a>,
    sweep: Sweep,
    query: PathQuery<'a>,
}

impl PathSearch<'_> {
    /// As [`Hierarchy::times`], for a few sources and targets.
    pub(crate) fn times(&mut self, sources: &[Vec<Seed>], targets: &[u32]) -> Vec<Option<u32>> {
        let descent = self.hierarchy.descent(targets);
        let chunks = sources.chunks(LANES);
        chunks.flat_map(|chunk| self.hierarchy.rows(&mut self.sweep, chunk, targets, &descent)).collect()
    }

    /// The edges of the fastest way from the end of one edge to the end of another, both included.
    pub(crate) fn edges(&mut self, from: u32, to: u32) -> Option<Vec<u32>> {
        self.query.path(&self.metric, from, to)
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
