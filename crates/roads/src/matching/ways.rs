//! The shortest ways from one place in the network to those around it (Dijkstra 1959, bounded).
//!
//! Not here: which of them was driven.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::Candidate;
use crate::network::{NONE, Network};

/// A way from one candidate to another.
#[derive(Clone, Debug)]
pub(super) struct Way {
    pub(super) metres: f64,
    /// The edges after the first one, the last one included; none when it stays on one edge.
    pub(super) edges: Vec<u32>,
    /// Whether it goes back along the road that it came on.
    pub(super) turned_round: bool,
}

/// What a search knows of an edge.
#[derive(Clone, Copy, Default)]
struct Reached {
    /// The search that reached it.
    search: u32,
    /// Tenths of a metre from the start to its beginning.
    length: u32,
    before: u32,
}

/// A bounded search, and what it found.
pub(super) struct Search<'a> {
    network: &'a Network,
    reached: Vec<Reached>,
    number: u32,
    open: BinaryHeap<Reverse<(u32, u32, u32)>>,
}

impl<'a> Search<'a> {
    pub(super) fn new(network: &'a Network) -> Search<'a> {
        let reached = vec![Reached::default(); network.edges.len()];
        Search { network, reached, number: 0, open: BinaryHeap::new() }
    }

    /// Finds the candidates that are within so many metres of a place on an edge.
    pub(super) fn run(&mut self, edge: u32, offset: f64, longest: f64, wanted: &[Candidate]) {
        self.number += 1;
        self.open.clear();
        let limit = (longest * 10.0).max(0.0) as u32;
        let left = self.network.edges[edge as usize].decimetres.saturating_sub((offset * 10.0) as u32);
        for (next, _) in self.network.exits(edge) {
            self.open.push(Reverse((left, next, edge)));
        }
        let mut missing = wanted.len();
        while let Some(Reverse((length, edge, before))) = self.open.pop() {
            if length > limit || missing == 0 {
                break;
            }
            if self.at(edge).is_some() {
                continue;
            }
            self.reached[edge as usize] = Reached { search: self.number, length, before };
            missing -= wanted.iter().filter(|candidate| candidate.edge == edge).count().min(missing);
            let beyond = length + self.network.edges[edge as usize].decimetres;
            for (next, _) in self.network.exits(edge) {
                if self.at(next).is_none() {
                    self.open.push(Reverse((beyond, next, edge)));
                }
            }
        }
    }

    /// The way to a candidate, if it was reached. On one edge, going back by no more than `noise` metres is standing still.
    pub(super) fn way_to(&self, from: &Candidate, to: &Candidate, noise: f64) -> Option<Way> {
        if from.edge == to.edge && to.offset >= from.offset - noise {
            let metres = (to.offset - from.offset).max(0.0);
            return Some(Way { metres, edges: Vec::new(), turned_round: false });
        }
        // Drivers turn round where the map says that nobody may, in the middle of the road.
        if self.other_direction(from.edge) == Some(to.edge) {
            let length = f64::from(self.network.edges[from.edge as usize].decimetres) / 10.0;
            let metres = (to.offset - (length - from.offset)).abs();
            return Some(Way { metres, edges: vec![to.edge], turned_round: true });
        }
        let length = self.at(to.edge)?.length;
        let mut edges = vec![to.edge];
        let mut at = self.at(to.edge).map(|reached| reached.before);
        while let Some(edge) = at.filter(|&edge| edge != from.edge) {
            edges.push(edge);
            at = self.at(edge).map(|reached| reached.before);
            if edges.len() > self.network.edges.len() {
                return None;
            }
        }
        edges.reverse();
        let chain = std::iter::once(from.edge).chain(edges.iter().copied());
        let turned_round = chain.clone().zip(chain.skip(1)).any(|(a, b)| self.other_direction(a) == Some(b));
        Some(Way { metres: f64::from(length) / 10.0 + to.offset, edges, turned_round })
    }

    fn at(&self, edge: u32) -> Option<&Reached> {
        self.reached.get(edge as usize).filter(|reached| reached.search == self.number)
    }

    fn other_direction(&self, edge: u32) -> Option<u32> {
        let segment = self.network.segment_of(edge);
        let other = if segment.forward == edge { segment.backward } else { segment.forward };
        (other != NONE && other != edge).then_some(other)
    }
}
