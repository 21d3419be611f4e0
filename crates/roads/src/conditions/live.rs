//! How fast roads are right now, learnt from the fleet's own drives.
//!
//! Each pass of a road says how much longer it took than usual at that time of the day. What a road is believed to be is
//! the weighted median of its passes, where a pass counts half as much every [`HALF_LIFE_S`]. A road with passes by fewer
//! than two vehicles takes what the roads of its group around it say; without those it is as usual. A belief on little
//! evidence is drawn towards usual. Not here: where the passes come from (`matching`).

use std::collections::HashMap;

use crate::{
    LatLon,
    network::{Group, Network},
    wall::Wall,
};

/// A pass counts half as much after this many seconds.
pub const HALF_LIFE_S: f64 = 1_200.0;
/// Passes that are older than this are forgotten, in seconds.
const FORGOTTEN_S: i64 = 4 * 3_600;
/// Weight of the passes that counts as much as the belief that all is as usual.
const DOUBT: f64 = 1.0;
/// Least weight of passes on one road, and of those around it, to say anything.
const LEAST_HERE: f64 = 0.8;
const LEAST_AROUND: f64 = 2.5;
/// Side of the cells in which roads are looked at together, in degrees: about 1.1 km.
const CELL: f64 = 0.01;
/// No belief is beyond these.
const QUICKEST: f64 = 0.6;
const SLOWEST: f64 = 6.0;

/// One vehicle's run over one edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pass {
    /// Which edge of the motor network.
    pub(crate) edge: u32,
    /// When it was left.
    pub at: Wall,
    /// Time needed as a multiple of the free time.
    pub ratio: f64,
    /// Share of the edge that was run, 0..=1.
    pub(crate) share: f64,
    /// Tells vehicles apart.
    pub(crate) vehicle: u64,
    /// What traffic treats the edge like.
    pub group: Group,
}

/// What is remembered of the passes.
#[derive(Clone, Debug, Default)]
pub struct Drives {
    passes: Vec<Pass>,
}

/// Edges that are believed not to be as usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    /// When this was concluded.
    pub(crate) at: Option<Wall>,
    /// By edge of the motor network: time needed as a multiple of the usual time; 1 where nothing is known.
    pub(crate) factors: HashMap<u32, f32>,
}

impl Live {
    /// Time needed at `when` as a multiple of the usual time: the belief fades with the time ahead.
    pub(crate) fn factor(&self, edge: u32, when: Wall) -> f64 {
        let (Some(at), Some(&factor)) = (self.at, self.factors.get(&edge)) else { return 1.0 };
        let ahead = (when.0 - at.0).max(0) as f64;
        1.0 + (f64::from(factor) - 1.0) * (-ahead / (1.5 * HALF_LIFE_S)).exp2()
    }

    /// How many edges are believed not to be as usual.
    pub fn known(&self) -> usize {
        self.factors.len()
    }
}

/// A cell of the map and a group of roads in it.
type Around = (i32, i32, Group);

impl Drives {
    /// Remembers passes, and forgets those that are too old at `now`.
    pub fn add(&mut self, passes: impl IntoIterator<Item = Pass>, now: Wall) {
        self.passes.extend(passes.into_iter().filter(|pass| pass.ratio.is_finite() && pass.ratio > 0.0));
        self.passes.retain(|pass| now.0 - pass.at.0 <= FORGOTTEN_S);
    }

    /// How many passes are remembered.
    pub fn len(&self) -> usize {
        self.passes.len()
    }

    /// Whether none are.
    pub fn is_empty(&self) -> bool {
        self.passes.is_empty()
    }

    /// What they say now. `usual` is the multiple of the free time that a group of roads usually needs at a time.
    pub(crate) fn conclude(&self, network: &Network, usual: &dyn Fn(Group, Wall) -> f64, now: Wall) -> Live {
        let mut here: HashMap<u32, Votes> = HashMap::new();
        let mut around: HashMap<Around, Votes> = HashMap::new();
        for pass in self.passes.iter().filter(|pass| pass.at <= now) {
            let age = (now.0 - pass.at.0) as f64;
            let weight = pass.share * (-age / HALF_LIFE_S).exp2();
            let vote =
                Vote { factor: pass.ratio / usual(pass.group, pass.at), weight, vehicle: pass.vehicle };
            here.entry(pass.edge).or_default().0.push(vote);
            around.entry(place(network, pass.edge)).or_default().0.push(vote);
        }
        let around: HashMap<Around, f64> = around
            .into_iter()
            .filter_map(|(key, mut votes)| Some((key, votes.belief(LEAST_AROUND)?)))
            .collect();
        let mut factors = HashMap::new();
        for edge in 0..network.edges.len() as u32 {
            let own = here.get_mut(&edge).and_then(|votes| votes.belief(LEAST_HERE));
            let belief = own.or_else(|| around.get(&place(network, edge)).copied());
            if let Some(belief) = belief.filter(|belief| (belief - 1.0).abs() > 0.02) {
                factors.insert(edge, belief as f32);
            }
        }
        // What stands for an edge is as slow as that.
        for (original, twin) in &network.twins {
            match factors.get(original).copied() {
                Some(factor) => factors.insert(*twin, factor),
                None => factors.remove(twin),
            };
        }
        Live { at: Some(now), factors }
    }
}

fn place(network: &Network, edge: u32) -> Around {
    let segment = network.edges[edge as usize].segment;
    let shape = network.shape(segment);
    let middle = shape.get(shape.len() / 2).map_or(LatLon { lat: 0.0, lon: 0.0 }, |&spot| spot.into());
    let cell = |degrees: f64| (degrees / CELL).floor() as i32;
    (cell(middle.lat), cell(middle.lon), network.segment_of(edge).group())
}

#[derive(Clone, Copy)]
struct Vote {
    factor: f64,
    weight: f64,
    vehicle: u64,
}

#[derive(Default)]
struct Votes(Vec<Vote>);

impl Votes {
    /// The weighted median, drawn towards usual; none on too little evidence.
    fn belief(&mut self, least: f64) -> Option<f64> {
        let total: f64 = self.0.iter().map(|vote| vote.weight).sum();
        let first = self.0.first()?.vehicle;
        if total < least || self.0.iter().all(|vote| vote.vehicle == first) {
            return None;
        }
        self.0.sort_by(|a, b| a.factor.total_cmp(&b.factor));
        let mut passed = 0.0;
        let median = self.0.iter().find(|vote| {
            passed += vote.weight;
            passed >= total / 2.0
        })?;
        let share = total / (total + DOUBT);
        Some((1.0 + (median.factor - 1.0) * share).clamp(QUICKEST, SLOWEST))
    }
}
