//! One profile's answers: journeys that begin and end anywhere along an edge, in either permitted direction.
//!
//! Not here: the search through the network itself (`hierarchy`).

use super::{
    Hierarchy, Leg, Matrix, Path, Snap, UNREACHABLE,
    hierarchy::{PathSearch, Seed, contraction_order},
    snap::Roads,
};
use crate::{
    LatLon, RoadsError,
    network::{NO_EDGE, Network},
};

/// The network of one profile with everything that answers questions about it.
pub(crate) struct Router {
    network: Network,
    order: Vec<u32>,
    hierarchy: Hierarchy,
    roads: Roads,
}

/// A position as part of an edge: what of the edge lies before it and behind it, in tenths of a second.
#[derive(Clone, Copy)]
struct OnEdge {
    edge: u32,
    before: u32,
    behind: u32,
}

/// How the fastest journey between two positions runs.
enum Way {
    /// Along a single edge.
    Along { edge: u32, tenths: u32 },
    /// From one edge through the network to another; `first` is the edge after `from`.
    Through { from: OnEdge, first: u32, to: OnEdge, tenths: u32 },
}

impl Router {
    /// Prepares a network; `order` may be kept from an earlier time. Takes seconds for a city when it is not.
    pub(crate) fn new(network: Network, order: Option<Vec<u32>>, centre: LatLon) -> Router {
        let order = order.unwrap_or_else(|| contraction_order(&network));
        let (hierarchy, roads) =
            rayon::join(|| Hierarchy::new(&network, &order), || Roads::new(&network, centre));
        Router { network, order, hierarchy, roads }
    }

    pub(crate) fn network(&self) -> &Network {
        &self.network
    }

    #[cfg(test)]
    pub(super) fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    /// The order in which the network was contracted, to be kept.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    pub(crate) fn snap(&self, at: LatLon) -> Option<Snap> {
        self.roads.snap(&self.network, at)
    }

    pub(crate) fn matrix(&self, sources: &[LatLon], targets: &[LatLon]) -> Result<Matrix, RoadsError> {
        let from = self.snap_all(sources, 0)?;
        let to = self.snap_all(targets, sources.len())?;
        let seeds: Vec<Vec<Seed>> =
            from.iter().map(|snap| self.seeds(snap).map(|(_, seed)| seed).collect()).collect();
        let ends: Vec<Vec<OnEdge>> = to.iter().map(|snap| self.on_edges(snap).collect()).collect();
        let edges: Vec<u32> = ends.iter().flatten().map(|end| end.edge).collect();
        let times = self.hierarchy.times(&seeds, &edges);

        let mut seconds = Vec::with_capacity(sources.len() * targets.len());
        for (row, start) in times.chunks(edges.len().max(1)).zip(&from) {
            let mut row = row.iter();
            for (ends, target) in ends.iter().zip(&to) {
                let through =
                    ends.iter().zip(row.by_ref()).filter_map(|(end, time)| Some(time.as_ref()? - end.behind));
                let best = through
                    .min()
                    .into_iter()
                    .chain(self.along(start, target).map(|(_, tenths)| tenths))
                    .min();
                seconds.push(best.map_or(UNREACHABLE, |tenths| (tenths + 5) / 10));
            }
        }
        Ok(Matrix { sources: sources.len(), targets: targets.len(), seconds })
    }

    pub(crate) fn path(&self, points: &[LatLon]) -> Result<Path, RoadsError> {
        let snaps = self.snap_all(points, 0)?;
        let legs = self.hierarchy.with_paths(|search| {
            let legs = (0..).zip(snaps.windows(2)).map(|(index, ends)| {
                self.leg(&ends[0], &ends[1], search)
                    .ok_or(RoadsError::Unreachable { from: index, to: index + 1 })
            });
            legs.collect::<Result<Vec<Leg>, RoadsError>>()
        })?;
        Ok(Path { legs })
    }

    fn snap_all(&self, places: &[LatLon], counted_before: usize) -> Result<Vec<Snap>, RoadsError> {
        let snapped =
            |(index, &at)| self.snap(at).ok_or(RoadsError::OutsideArea { index: counted_before + index, at });
        places.iter().enumerate().map(snapped).collect()
    }

    /// The position on each edge of its segment.
    fn on_edges(&self, snap: &Snap) -> impl Iterator<Item = OnEdge> + use<> {
        let segment = self.network.segments[snap.segment as usize];
        let on = |edge: u32, share: f64| {
            (edge != NO_EDGE).then(|| {
                let whole = self.network.tenths(edge);
                let before = ((f64::from(whole) * share).round() as u32).min(whole);
                OnEdge { edge, before, behind: whole - before }
            })
        };
        [on(segment.forward, snap.share), on(segment.backward, 1.0 - snap.share)].into_iter().flatten()
    }

    /// Where a journey that leaves its first edge begins: the edges after it, with the time until their ends.
    fn seeds(&self, snap: &Snap) -> impl Iterator<Item = (OnEdge, Seed)> {
        self.on_edges(snap).flat_map(move |from| {
            let exits = self.network.exits(from.edge);
            exits.map(move |(next, turn)| (from, (next, from.behind + turn + self.network.tenths(next))))
        })
    }

    /// The journey that stays on one edge, where there is one.
    fn along(&self, from: &Snap, to: &Snap) -> Option<(u32, u32)> {
        if from.segment != to.segment {
            return None;
        }
        let pairs = self.on_edges(from).zip(self.on_edges(to));
        let onward = pairs.filter(|(start, end)| start.before <= end.before);
        onward.map(|(start, end)| (start.edge, end.before - start.before)).min_by_key(|&(_, tenths)| tenths)
    }

    fn fastest(&self, from: &Snap, to: &Snap, search: &mut PathSearch<'_>) -> Option<Way> {
        let starts: Vec<(OnEdge, Seed)> = self.seeds(from).collect();
        let ends: Vec<OnEdge> = self.on_edges(to).collect();
        let seeds: Vec<Vec<Seed>> = starts.iter().map(|&(_, seed)| vec![seed]).collect();
        let edges: Vec<u32> = ends.iter().map(|end| end.edge).collect();
        let times = search.times(&seeds, &edges);
        let pairs = starts.iter().flat_map(|start| ends.iter().map(move |end| (start, end)));
        let through = pairs.zip(times).filter_map(|(((start, seed), &to), time)| {
            Some(Way::Through { from: *start, first: seed.0, to, tenths: time? - to.behind })
        });
        let along = self.along(from, to).map(|(edge, tenths)| Way::Along { edge, tenths });
        along.into_iter().chain(through).min_by_key(Way::tenths)
    }

    fn leg(&self, from: &Snap, to: &Snap, search: &mut PathSearch<'_>) -> Option<Leg> {
        let mut trace = Trace::start(from.at);
        match self.fastest(from, to, search)? {
            Way::Along { edge, tenths } => {
                let inner = self.inner(edge, Some(from), Some(to));
                trace.run(inner.into_iter().chain([to.at]), tenths);
            }
            Way::Through { from: start, first, to: end, .. } => {
                let edges = search.edges(first, end.edge)?;
                let shape = self.inner(start.edge, Some(from), None);
                trace.run(shape, start.behind);
                let mut before = start.edge;
                for (place, &edge) in edges.iter().enumerate() {
                    trace.wait(self.network.turn(before, edge)?);
                    if place + 1 == edges.len() {
                        let shape = self.inner(edge, None, Some(to));
                        trace.run(shape.into_iter().chain([to.at]), end.before);
                    } else {
                        trace.run(self.network.line(edge), self.network.tenths(edge));
                    }
                    before = edge;
                }
            }
        }
        Some(trace.finish())
    }

    /// Shape points of an edge behind `from` and before `to`, where these are given.
    fn inner(&self, edge: u32, from: Option<&Snap>, to: Option<&Snap>) -> Vec<LatLon> {
        let line = self.network.line(edge);
        let reversed = self.network.edges[edge as usize].reversed;
        // A snap lies between the shape points `after` and `after + 1` of its segment.
        let passed = |snap: &Snap| {
            let points = snap.after as usize + 1;
            if reversed { line.len() - points } else { points }
        };
        let (first, end) = (from.map_or(0, &passed), to.map_or(line.len(), &passed));
        line.get(first..end.max(first)).unwrap_or_default().to_vec()
    }
}

impl Way {
    fn tenths(&self) -> u32 {
        match *self {
            Way::Along { tenths, .. } | Way::Through { tenths, .. } => tenths,
        }
    }
}

/// A leg that is being drawn.
struct Trace {
    points: Vec<LatLon>,
    at_tenths: Vec<f64>,
    metres: f64,
    clock: u32,
}

impl Trace {
    fn start(at: LatLon) -> Trace {
        Trace { points: vec![at], at_tenths: vec![0.0], metres: 0.0, clock: 0 }
    }

    /// Spends time without moving.
    fn wait(&mut self, tenths: u32) {
        self.clock += tenths;
    }

    /// Moves through places at one speed, in `tenths` altogether.
    fn run(&mut self, places: impl IntoIterator<Item = LatLon>, tenths: u32) {
        let Some(&last) = self.points.last() else { return };
        let began = self.points.len();
        let (mut here, mut gone, mut lengths) = (last, 0.0, Vec::new());
        for place in places {
            gone += here.metres_to(place);
            if place != here {
                self.points.push(place);
                lengths.push(gone);
            }
            here = place;
        }
        let begin = f64::from(self.clock);
        self.at_tenths.extend(
            lengths.iter().map(|length| begin + f64::from(tenths) * length / gone.max(f64::MIN_POSITIVE)),
        );
        debug_assert_eq!(self.points.len() - began, lengths.len());
        self.metres += gone;
        self.clock += tenths;
    }

    fn finish(mut self) -> Leg {
        let seconds = f64::from(self.clock) / 10.0;
        if let (1, Some(&only)) = (self.points.len(), self.points.first()) {
            self.points.push(only);
            self.at_tenths.push(0.0);
        }
        let mut at_seconds: Vec<f64> = self.at_tenths.into_iter().map(|tenths| tenths / 10.0).collect();
        if let Some(last) = at_seconds.last_mut() {
            *last = seconds;
        }
        Leg { seconds, metres: self.metres, points: self.points, at_seconds }
    }
}
