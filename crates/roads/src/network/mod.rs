//! The street network as one means of travel sees it: directed edges, and arcs that say which edge may follow which.
//!
//! Turns are part of the network ("edge-based"), so a banned turn is simply an arc that is not there; a rule about a
//! sequence of streets gives those who come from its first street edges of their own. Only the largest strongly
//! connected part is kept: from every edge every other edge can be reached, and no stop can end on an island.
//! Deliberately not here: shortest paths (`travel`), traffic and closures (`conditions`), and reading files (`extract`).

mod access;
mod build;
mod class;
mod component;
mod density;
mod profile;
mod run;
mod sequence;
mod snap;
mod speeds;
mod streets;

use std::ops::Range;

use crate::{LatLon, geo::Spot};

pub(crate) use class::Class;
pub use class::Group;
pub(crate) use profile::Means;
pub use profile::Profile;
pub use snap::Snap;
pub(crate) use snap::{REACH_M, Roads, Side};
#[cfg(test)]
pub(crate) use streets::{Restriction, Street};
pub(crate) use streets::{Streets, left_hand};

/// Marks a direction of a segment that may not be used, and a street without a name.
pub(crate) const NONE: u32 = u32::MAX;

/// A piece of road between two junctions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// First of its shape points in [`Network::spots`].
    pub(crate) first: u32,
    /// One past the last of its shape points.
    pub(crate) end: u32,
    /// Edge that runs along the shape, or [`NONE`].
    pub(crate) forward: u32,
    /// Edge that runs against the shape, or [`NONE`].
    pub(crate) backward: u32,
    /// Its name in [`Network::names`], or [`NONE`].
    pub(crate) name: u32,
    pub(crate) class: Class,
    /// Whether junctions are close together around it.
    pub(crate) dense: bool,
    /// Whether a van is too high, wide or heavy for it, or not let in.
    pub(crate) no_van: bool,
}

impl Segment {
    /// What traffic makes of it.
    pub(crate) fn group(&self) -> Group {
        Group::of(self.class, self.dense)
    }
}

/// One permitted direction of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) segment: u32,
    pub(crate) reversed: bool,
    /// Whether only those may use it who have something to do there: it is no way through.
    pub(crate) local: bool,
    /// Its length in tenths of a metre.
    pub(crate) decimetres: u32,
}

/// How long everything takes one kind of vehicle on free roads, in tenths of a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pace {
    /// By edge: to run all of it; never 0.
    pub(crate) edges: Vec<u32>,
    /// By arc: the turn itself.
    pub(crate) turns: Vec<u32>,
}

/// The network of one means of travel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// Shape points of all segments, one after the other.
    pub(crate) spots: Vec<Spot>,
    pub(crate) segments: Vec<Segment>,
    /// Names of streets.
    pub(crate) names: Vec<String>,
    pub(crate) edges: Vec<Edge>,
    /// Where the arcs of each edge begin; one entry more than there are edges.
    pub(crate) first_arc: Vec<u32>,
    /// Edge that follows.
    pub(crate) arc_head: Vec<u32>,
    /// By variant: free-flow times.
    pub(crate) paces: Vec<Pace>,
    /// Edges that stand for another one for those who come from a certain street: the other one and itself, ascending.
    pub(crate) twins: Vec<(u32, u32)>,
    /// Whether people drive on the left.
    pub(crate) left_hand: bool,
}

impl Network {
    /// Shape of a segment, in its own direction.
    pub(crate) fn shape(&self, segment: u32) -> &[Spot] {
        let segment = &self.segments[segment as usize];
        &self.spots[segment.first as usize..segment.end as usize]
    }

    /// The segment of an edge.
    pub(crate) fn segment_of(&self, edge: u32) -> &Segment {
        &self.segments[self.edges[edge as usize].segment as usize]
    }

    /// Places along an edge, in the direction of travel.
    pub(crate) fn line(&self, edge: u32) -> Vec<LatLon> {
        let edge = &self.edges[edge as usize];
        let places = self.shape(edge.segment).iter().map(|&spot| spot.into());
        if edge.reversed { places.rev().collect() } else { places.collect() }
    }

    /// Edges that may follow an edge, each with the arc that leads there.
    pub(crate) fn exits(&self, edge: u32) -> impl Iterator<Item = (u32, usize)> + '_ {
        let arcs = self.arcs(edge);
        self.arc_head[arcs.clone()].iter().copied().zip(arcs)
    }

    /// The arc from one edge into another; none when that turn is not permitted.
    pub(crate) fn arc(&self, from: u32, into: u32) -> Option<usize> {
        self.exits(from).find(|&(edge, _)| edge == into).map(|(_, arc)| arc)
    }

    /// Whether going from one edge into another enters streets that are no way through.
    pub(crate) fn enters(&self, from: u32, into: u32) -> bool {
        self.edges[into as usize].local && !self.edges[from as usize].local
    }

    /// The edge itself and all that stand for it.
    pub(crate) fn with_twins(&self, edge: u32) -> impl Iterator<Item = u32> + '_ {
        let from = self.twins.partition_point(|&(original, _)| original < edge);
        let twins = self.twins[from..].iter().take_while(move |&&(original, _)| original == edge);
        std::iter::once(edge).chain(twins.map(|&(_, twin)| twin))
    }

    /// Name of the street of a segment.
    pub(crate) fn name(&self, segment: u32) -> Option<&str> {
        let name = self.segments[segment as usize].name;
        self.names.get(name as usize).map(String::as_str)
    }

    fn arcs(&self, edge: u32) -> Range<usize> {
        self.first_arc[edge as usize] as usize..self.first_arc[edge as usize + 1] as usize
    }
}
