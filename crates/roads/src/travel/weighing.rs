//! A network weighed for one profile at one time: what every edge takes then, and what is closed.
//!
//! Not here: what makes it so (`conditions`).

use std::{collections::HashSet, sync::OnceLock};

use super::{
    Hierarchy,
    hierarchy::{CLOSED, Lengths, Times},
};
use crate::{
    Profile,
    conditions::{Conditions, van_bans},
    network::Network,
    wall::Wall,
};

/// What entering streets that are no way through weighs, beside the tenths of a second that everything takes. More than any
/// journey takes, so that the fastest way enters as few such streets as it has to: those around its end.
pub(crate) const ENTERING: u32 = 1 << 22;

/// The tenths of a second of a way that was weighed.
pub(crate) fn tenths_of(weight: u32) -> u32 {
    weight % ENTERING
}

/// What all edges and arcs take at one time.
pub(crate) struct Weighing {
    pub(crate) profile: Profile,
    /// By edge, in tenths of a second, closed ones too.
    pub(crate) edges: Vec<u32>,
    /// Segments that may not be used.
    pub(crate) barred: HashSet<u32>,
    /// By arc: the turn and the edge behind it, and [`ENTERING`] where it leads into streets that are no way through.
    arcs: Vec<u32>,
    pub(crate) times: Times,
    lengths: OnceLock<Lengths>,
}

/// What a weighing is made from; cheap to make, to see whether an equal one is there.
pub(crate) struct Weights {
    profile: Profile,
    edges: Vec<u32>,
    barred: HashSet<u32>,
}

impl Weights {
    /// Those of free roads.
    pub(crate) fn free(network: &Network, profile: Profile) -> Weights {
        let edges = network.paces[profile.variant()].edges.clone();
        Weights { profile, edges, barred: van_bans(network, profile).collect() }
    }

    /// Those of the traffic at one time and the closures at one; `segments_of` are what each closure closes in this network.
    pub(crate) fn at(
        network: &Network,
        conditions: &Conditions,
        segments_of: &[Vec<u32>],
        profile: Profile,
        (traffic, closures): (Wall, Wall),
    ) -> Weights {
        let edges = conditions.all_tenths(network, profile, traffic);
        Weights { profile, edges, barred: conditions.barred(network, segments_of, profile, closures) }
    }

    /// Equal for equal weights of one network (FNV-1a), whatever the profile is called.
    pub(crate) fn fingerprint(&self) -> u64 {
        let step = |hash: u64, word: u64| (hash ^ word).wrapping_mul(0x0100_0000_01b3).rotate_left(23);
        let edges = self.edges.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &edge| step(hash, edge.into()));
        let mut barred: Vec<u32> = self.barred.iter().copied().collect();
        barred.sort_unstable();
        let all = barred.iter().fold(step(edges, u64::MAX), |hash, &segment| step(hash, segment.into()));
        step(all, self.profile.variant() as u64)
    }

    /// Weighs the hierarchy; some ten milliseconds for a city.
    pub(crate) fn weigh(self, network: &Network, hierarchy: &Hierarchy) -> Weighing {
        let Weights { profile, edges, barred } = self;
        let turns = &network.paces[profile.variant()].turns;
        let mut arcs: Vec<u32> = Vec::with_capacity(turns.len());
        for edge in 0..network.edges.len() as u32 {
            arcs.extend(network.exits(edge).map(|(head, arc)| {
                let closed = !barred.is_empty() && barred.contains(&network.edges[head as usize].segment);
                let entering = if network.enters(edge, head) { ENTERING } else { 0 };
                if closed { CLOSED } else { turns[arc] + edges[head as usize] + entering }
            }));
        }
        let times = hierarchy.weigh(&arcs);
        Weighing { profile, edges, barred, arcs, times, lengths: OnceLock::new() }
    }
}

impl Weighing {
    /// What it takes in memory, about.
    pub(crate) fn bytes(&self) -> usize {
        4 * (self.edges.len() + self.arcs.len()) + self.times.bytes()
    }

    /// Whether a segment may be used.
    pub(crate) fn is_open(&self, segment: u32) -> bool {
        !self.barred.contains(&segment)
    }

    /// The lengths of the fastest ways; computed when they are first asked for.
    pub(crate) fn lengths(&self, network: &Network, hierarchy: &Hierarchy) -> &Lengths {
        self.lengths.get_or_init(|| {
            let lengths: Vec<u32> =
                network.arc_head.iter().map(|&head| network.edges[head as usize].decimetres).collect();
            hierarchy.measure(&self.times, &self.arcs, &lengths)
        })
    }
}
