//! The street network as one profile sees it: directed edges, and arcs that say which edge may follow which at what cost.
//!
//! Turns are part of the network ("edge-based"), so a banned turn is simply an arc that is not there. Only the largest
//! strongly connected part is kept: from every edge every other edge can be reached, and no stop can end on an island.
//! Deliberately not here: shortest paths (`travel`), and reading files (`extract`).

mod build;
mod component;
mod profile;
mod streets;

use std::ops::Range;

use crate::{LatLon, geo::Spot};

pub use profile::Profile;
pub(crate) use streets::Streets;
#[cfg(test)]
pub(crate) use streets::{Restriction, Street};

/// Marks a direction of a segment that may not be used.
pub(crate) const NO_EDGE: u32 = u32::MAX;

/// A piece of road between two junctions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// First of its shape points in [`Network::spots`].
    pub(crate) first: u32,
    /// One past the last of its shape points.
    pub(crate) end: u32,
    /// Edge that runs along the shape, or [`NO_EDGE`].
    pub(crate) forward: u32,
    /// Edge that runs against the shape, or [`NO_EDGE`].
    pub(crate) backward: u32,
}

/// One permitted direction of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    pub(crate) segment: u32,
    pub(crate) reversed: bool,
    /// Time to run the whole edge, in tenths of a second; never 0.
    pub(crate) tenths: u32,
}

/// The network of one profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Network {
    /// Shape points of all segments, one after the other.
    pub(crate) spots: Vec<Spot>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) edges: Vec<Edge>,
    /// Where the arcs of each edge begin; one entry more than there are edges.
    pub(crate) first_arc: Vec<u32>,
    /// Edge that follows.
    pub(crate) arc_head: Vec<u32>,
    /// Cost of the turn itself, in tenths of a second.
    pub(crate) arc_turn: Vec<u32>,
}

impl Network {
    /// Shape of a segment, in its own direction.
    pub(crate) fn shape(&self, segment: u32) -> &[Spot] {
        let segment = &self.segments[segment as usize];
        &self.spots[segment.first as usize..segment.end as usize]
    }

    /// Places along an edge, in the direction of travel.
    pub(crate) fn line(&self, edge: u32) -> Vec<LatLon> {
        let edge = &self.edges[edge as usize];
        let places = self.shape(edge.segment).iter().map(|&spot| spot.into());
        if edge.reversed { places.rev().collect() } else { places.collect() }
    }

    /// Time to run an edge, in tenths of a second.
    pub(crate) fn tenths(&self, edge: u32) -> u32 {
        self.edges[edge as usize].tenths
    }

    /// Edges that may follow an edge, each with the cost of the turn in tenths of a second.
    pub(crate) fn exits(&self, edge: u32) -> impl Iterator<Item = (u32, u32)> + '_ {
        let arcs = self.arcs(edge);
        self.arc_head[arcs.clone()].iter().copied().zip(self.arc_turn[arcs].iter().copied())
    }

    /// Cost of turning from one edge into another, in tenths of a second; none when that is not permitted.
    pub(crate) fn turn(&self, from: u32, into: u32) -> Option<u32> {
        self.exits(from).find(|&(edge, _)| edge == into).map(|(_, turn)| turn)
    }

    fn arcs(&self, edge: u32) -> Range<usize> {
        self.first_arc[edge as usize] as usize..self.first_arc[edge as usize + 1] as usize
    }
}
