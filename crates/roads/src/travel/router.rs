//! One network's answers: journeys that begin and end anywhere along an edge, in either permitted direction.
//!
//! Not here: the search through the network itself (`hierarchy`).

use super::{
    Hierarchy, Leg, Path, Weighing,
    hierarchy::contraction_order,
    trace::Trace,
    weighing::{ENTERING, tenths_of},
};
use crate::{
    LatLon, Profile, RoadsError,
    network::{Class, NONE, Network, REACH_M, Roads, Side, Snap},
};

/// A stop on a closed street is reached on foot from the nearest open one, no farther than this, in metres.
const ON_FOOT_M: f64 = 300.0;
/// Walking with a parcel, in metres a second.
const WALKING_MPS: f64 = 1.2;

/// A network with everything that answers questions about it.
pub(crate) struct Router {
    network: Network,
    order: Vec<u32>,
    hierarchy: Hierarchy,
    roads: Roads,
}

/// Where a journey begins or ends: on an open road, with what has to be walked from or to there.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    pub(crate) snap: Snap,
    /// Tenths of a second on foot because of a closure.
    pub(crate) on_foot: u32,
    /// Whether there is an open road to stand on.
    pub(crate) open: bool,
}

/// A position as part of an edge: what of the edge lies before it and behind it, in tenths of a second.
#[derive(Clone, Copy)]
struct OnEdge {
    edge: u32,
    before: u32,
    behind: u32,
}

/// A way in, or out of, the network: the edge where a search begins or ends, and what lies beside it.
#[derive(Clone, Copy)]
struct Start {
    on: OnEdge,
    first: u32,
    /// As arcs are weighed.
    weight: u32,
}

/// How the fastest journey between two positions runs.
enum Way {
    /// Along a single edge.
    Along { edge: u32, tenths: u32 },
    /// From one edge through the network to another.
    Through { from: Start, to: OnEdge, weight: u32 },
}

/// Tenths of a second between places, row by row, and tenths of a metre where they were asked for.
pub(crate) struct Table {
    pub(crate) tenths: Vec<Option<u32>>,
    pub(crate) decimetres: Vec<u32>,
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

    pub(crate) fn hierarchy(&self) -> &Hierarchy {
        &self.hierarchy
    }

    pub(crate) fn roads(&self) -> &Roads {
        &self.roads
    }

    /// The order in which the network was contracted, to be kept.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The nearest position where the profile may be.
    pub(crate) fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        let may = |snap: &Snap| !(profile.is_van() && self.network.segments[snap.segment as usize].no_van);
        self.roads.snaps(&self.network, at, REACH_M).find(may)
    }

    /// Where a journey to or from a place ends or begins, as things are.
    pub(crate) fn place(&self, weighing: &Weighing, at: LatLon) -> Option<Place> {
        let snap = self.snap(at, weighing.profile)?;
        if weighing.is_open(snap.segment) {
            return Some(Place { snap, on_foot: 0, open: true });
        }
        let reach = snap.metres_away + ON_FOOT_M;
        let open = self.roads.snaps(&self.network, at, reach).find(|s| weighing.is_open(s.segment));
        Some(match open {
            Some(near) => {
                let metres = near.metres_away - snap.metres_away;
                Place { snap: near, on_foot: (metres / WALKING_MPS * 10.0).round() as u32, open: true }
            }
            None => Place { snap, on_foot: 0, open: false },
        })
    }

    /// All places of a question; `counted_before` is added to the index in an error.
    pub(crate) fn places(
        &self,
        weighing: &Weighing,
        all: &[LatLon],
        counted_before: usize,
    ) -> Result<Vec<Place>, RoadsError> {
        let found = |(index, &at)| {
            self.place(weighing, at).ok_or(RoadsError::OutsideArea { index: counted_before + index, at })
        };
        all.iter().enumerate().map(found).collect()
    }

    /// Times between places, with the lengths of the fastest ways if they are wanted.
    pub(crate) fn table(&self, weighing: &Weighing, from: &[Place], to: &[Place], lengths: bool) -> Table {
        let starts: Vec<Vec<Start>> = from.iter().map(|place| self.starts(weighing, place)).collect();
        let ends: Vec<Vec<OnEdge>> = to.iter().map(|place| self.ends(weighing, place)).collect();
        let edges: Vec<u32> = ends.iter().flatten().map(|end| end.edge).collect();
        let mut table = Table { tenths: Vec::with_capacity(from.len() * to.len()), decimetres: Vec::new() };
        let found: Vec<Option<(u32, u32)>> = if lengths {
            let seeds: Vec<Vec<((u32, u32), u32)>> = starts
                .iter()
                .map(|all| {
                    all.iter().map(|s| ((s.first, s.weight), self.length_before(weighing, s))).collect()
                })
                .collect();
            let measured = weighing.lengths(&self.network, &self.hierarchy);
            self.hierarchy.times_and_lengths((&weighing.times, measured), &seeds, &edges)
        } else {
            let seeds: Vec<Vec<(u32, u32)>> =
                starts.iter().map(|all| all.iter().map(|s| (s.first, s.weight)).collect()).collect();
            let times = self.hierarchy.times(&weighing.times, &seeds, &edges);
            times.into_iter().map(|time| time.map(|time| (time, 0))).collect()
        };
        for (row, start) in found.chunks(edges.len().max(1)).zip(from) {
            let mut row = row.iter();
            for (ends, target) in ends.iter().zip(to) {
                let through = ends.iter().zip(row.by_ref()).filter_map(|(end, found)| {
                    let (time, length) = (*found)?;
                    let left = if lengths { self.part(weighing, end.edge, end.behind) } else { 0 };
                    Some((time.saturating_sub(end.behind), length - left.min(length)))
                });
                let along = self.along(weighing, start, target).map(|(edge, tenths)| {
                    (tenths, if lengths { self.part(weighing, edge, tenths) } else { 0 })
                });
                let best = through.chain(along).min();
                let walk = start.on_foot + target.on_foot;
                table.tenths.push(best.map(|(weight, _)| tenths_of(weight) + walk));
                if lengths {
                    table.decimetres.push(best.map_or(0, |(_, length)| length));
                }
            }
        }
        if edges.is_empty() {
            table.tenths.resize(from.len() * to.len(), None);
            table.decimetres.resize(if lengths { from.len() * to.len() } else { 0 }, 0);
        }
        table
    }

    /// The fastest way through places. `tenths` says what an edge takes that is entered so many tenths after departure.
    pub(crate) fn path(
        &self,
        weighing: &Weighing,
        places: &[Place],
        tenths: &dyn Fn(u32, u32) -> u32,
    ) -> Result<Path, RoadsError> {
        let mut gone = 0;
        let legs = (0..).zip(places.windows(2)).map(|(index, ends)| {
            let leg = self
                .leg(weighing, &ends[0], &ends[1], &|edge, clock| tenths(edge, gone + clock))
                .ok_or(RoadsError::Unreachable { from: index, to: index + 1 })?;
            gone += (leg.seconds * 10.0).round() as u32;
            Ok(leg)
        });
        Ok(Path { legs: legs.collect::<Result<Vec<Leg>, RoadsError>>()? })
    }

    /// The position on each edge of its segment that may be used from there: both directions, but on greater roads a van
    /// stops and leaves on the side where the place is.
    fn on_edges(&self, weighing: &Weighing, place: &Place) -> impl Iterator<Item = OnEdge> + use<> {
        let snap = &place.snap;
        let segment = self.network.segments[snap.segment as usize];
        let kerb_only = weighing.profile.is_van()
            && segment.class <= Class::Secondary
            && segment.forward != NONE
            && segment.backward != NONE
            && snap.side != Side::Neither;
        let forward_side = if self.network.left_hand { Side::Left } else { Side::Right };
        let wanted = |forward: bool| !kerb_only || forward == (snap.side == forward_side);
        let on = |edge: u32, share: f64, wanted: bool| {
            (wanted && edge != NONE && place.open).then(|| {
                let whole = weighing.edges[edge as usize];
                let before = ((f64::from(whole) * share).round() as u32).min(whole);
                OnEdge { edge, before, behind: whole - before }
            })
        };
        [on(segment.forward, snap.share, wanted(true)), on(segment.backward, 1.0 - snap.share, wanted(false))]
            .into_iter()
            .flatten()
    }

    /// The edges on which a place lies, with the tenths of a second before it and behind it.
    pub(crate) fn edges_of(
        &self,
        weighing: &Weighing,
        place: &Place,
    ) -> impl Iterator<Item = (u32, u32, u32)> + use<> {
        self.on_edges(weighing, place).map(|on| (on.edge, on.before, on.behind))
    }

    /// Where a journey ends; an edge that stands for another one ends where that does.
    fn ends(&self, weighing: &Weighing, place: &Place) -> Vec<OnEdge> {
        let twins = |on: OnEdge| {
            self.network.with_twins(on.edge).map(move |edge| {
                let whole = weighing.edges[edge as usize];
                let share = f64::from(on.before) / f64::from((on.before + on.behind).max(1));
                let before = ((f64::from(whole) * share).round() as u32).min(whole);
                OnEdge { edge, before, behind: whole - before }
            })
        };
        self.on_edges(weighing, place).flat_map(twins).collect()
    }

    /// Where a journey that leaves its first edge begins: the edges after it, with the time until their ends.
    fn starts(&self, weighing: &Weighing, place: &Place) -> Vec<Start> {
        let turns = &self.network.paces[weighing.profile.variant()].turns;
        let exits = self.on_edges(weighing, place).flat_map(|on| {
            let open = self
                .network
                .exits(on.edge)
                .filter(|&(next, _)| weighing.is_open(self.network.edges[next as usize].segment));
            open.map(move |(first, arc)| {
                let entering = if self.network.enters(on.edge, first) { ENTERING } else { 0 };
                let weight = on.behind + turns[arc] + weighing.edges[first as usize] + entering;
                Start { on, first, weight }
            })
        });
        exits.collect()
    }

    /// The length of so many tenths of a second on an edge, in tenths of a metre.
    fn part(&self, weighing: &Weighing, edge: u32, tenths: u32) -> u32 {
        let whole = f64::from(weighing.edges[edge as usize]).max(1.0);
        (f64::from(self.network.edges[edge as usize].decimetres) * f64::from(tenths) / whole).round() as u32
    }

    /// The length from a start to the end of its first edge.
    fn length_before(&self, weighing: &Weighing, start: &Start) -> u32 {
        self.part(weighing, start.on.edge, start.on.behind)
            + self.network.edges[start.first as usize].decimetres
    }

    /// The journey that stays on one edge, where there is one.
    fn along(&self, weighing: &Weighing, from: &Place, to: &Place) -> Option<(u32, u32)> {
        if from.snap.segment != to.snap.segment {
            return None;
        }
        let ends: Vec<OnEdge> = self.on_edges(weighing, to).collect();
        let pairs = self
            .on_edges(weighing, from)
            .filter_map(|start| Some((start, *ends.iter().find(|end| end.edge == start.edge)?)));
        let onward = pairs.filter(|(start, end)| start.before <= end.before);
        let best = onward.map(|(start, end)| (start.edge, end.before - start.before));
        // Two doors across the road from each other are one place to somebody on foot.
        let same = from.snap.share == to.snap.share;
        let across = same.then(|| ends.first().map(|end| (end.edge, 0))).flatten();
        best.chain(across).min_by_key(|&(_, tenths)| tenths)
    }

    fn fastest(&self, weighing: &Weighing, from: &Place, to: &Place) -> Option<Way> {
        let starts = self.starts(weighing, from);
        let ends = self.ends(weighing, to);
        let seeds: Vec<Vec<(u32, u32)>> =
            starts.iter().map(|start| vec![(start.first, start.weight)]).collect();
        let edges: Vec<u32> = ends.iter().map(|end| end.edge).collect();
        let times = self.hierarchy.times(&weighing.times, &seeds, &edges);
        let pairs = starts.iter().flat_map(|start| ends.iter().map(move |end| (start, end)));
        let through = pairs.zip(times).filter_map(|((&from, &to), time)| {
            Some(Way::Through { from, to, weight: time?.saturating_sub(to.behind) })
        });
        let along = self.along(weighing, from, to).map(|(edge, tenths)| Way::Along { edge, tenths });
        along.into_iter().chain(through).min_by_key(Way::weight)
    }

    fn leg(
        &self,
        weighing: &Weighing,
        from: &Place,
        to: &Place,
        tenths: &dyn Fn(u32, u32) -> u32,
    ) -> Option<Leg> {
        let (start, end) = (&from.snap, &to.snap);
        let mut trace = Trace::start(start.at);
        trace.wait(from.on_foot);
        // What of an edge is left at its time of entry, by the share that it is of the edge as it was weighed.
        let share = |edge: u32, part: u32, clock: u32| {
            let whole = weighing.edges[edge as usize].max(1);
            (f64::from(tenths(edge, clock)) * f64::from(part) / f64::from(whole)).round() as u32
        };
        match self.fastest(weighing, from, to)? {
            Way::Along { edge, tenths: part } => {
                let inner = self.inner(edge, Some(start), Some(end));
                trace.run(inner.into_iter().chain([end.at]), share(edge, part, trace.clock()));
            }
            Way::Through { from: Start { on, first, .. }, to: last, .. } => {
                let edges = self.hierarchy.edges(&weighing.times, first, last.edge)?;
                let turns = &self.network.paces[weighing.profile.variant()].turns;
                let shape = self.inner(on.edge, Some(start), None);
                trace.run(shape, share(on.edge, on.behind, 0));
                let mut before = on.edge;
                for (place, &edge) in edges.iter().enumerate() {
                    trace.wait(turns[self.network.arc(before, edge)?]);
                    let clock = trace.clock();
                    if place + 1 == edges.len() {
                        let shape = self.inner(edge, None, Some(end));
                        trace.run(shape.into_iter().chain([end.at]), share(edge, last.before, clock));
                    } else {
                        trace.run(self.network.line(edge), tenths(edge, clock));
                    }
                    before = edge;
                }
            }
        }
        trace.wait(to.on_foot);
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
    fn weight(&self) -> u32 {
        match *self {
            Way::Along { tenths, .. } => tenths,
            Way::Through { weight, .. } => weight,
        }
    }
}
