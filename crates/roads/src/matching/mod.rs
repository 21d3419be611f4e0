//! Which roads a vehicle drove, from fixes that lie beside them.
//!
//! A hidden Markov model (Newson and Krumm, "Hidden Markov map matching through noise and sparseness", 2009): a fix may
//! have come from any road near it, the less likely the farther; and between two fixes the way along the roads is about as
//! long as the straight line between them. The most likely sequence of roads is found as a whole (Viterbi 1967).
//! Not here: what anybody concludes from it.

mod passes;
mod stays;
mod ways;

use crate::{
    City, LatLon, Profile,
    conditions::Pass,
    network::{NONE, Network, Snap},
    wall::Wall,
};
use passes::Run;
use ways::{Search, Way};

/// One position of a vehicle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fix {
    /// Where the phone thinks it was.
    pub at: LatLon,
    /// When.
    pub when: Wall,
    /// How far off it may be, in metres, if the phone says so.
    pub accuracy_m: Option<f64>,
}

/// What a sequence of fixes says about the roads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// The ways driven: one for each stretch without a gap.
    pub lines: Vec<Vec<LatLon>>,
    /// Their length along the roads.
    pub metres: f64,
    /// Roads that were run from end to end, with how long that took.
    pub passes: Vec<Pass>,
    /// Fixes that lie near no road, or too far from what was driven before to belong to it.
    pub astray: usize,
}

/// What is known of the driver besides the fixes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Driver<'a> {
    /// Tells vehicles apart.
    pub vehicle: u64,
    /// When the vehicle stood for reasons of its own, such as a delivery: no traffic is read from then.
    pub pauses: &'a [(Wall, Wall)],
}

/// A road farther than this from a fix is not where it came from, in metres, unless the phone says that it may be farther.
const REACH_M: f64 = 45.0;
/// How far off a fix is when the phone does not say, in metres.
const USUAL_ACCURACY_M: f64 = 8.0;
/// A fix within this share of the accuracy of the one before says nothing new.
const STEP_OF_ACCURACY: f64 = 1.5;
/// No more roads are looked at around a fix.
const ROADS: usize = 8;
/// How much a way may differ from the straight line between two fixes, in metres, and as a share of that line.
const SLACK_M: f64 = 8.0;
const SLACK_SHARE: f64 = 0.08;
/// A way is not looked for beyond this many times the straight line, and this many metres more.
const LONGEST: f64 = 2.5;
const LONGEST_MORE_M: f64 = 250.0;
/// Nothing is said about a gap that is longer than this, in seconds or metres.
const GAP_S: i64 = 300;
const GAP_M: f64 = 4_000.0;
/// Nobody drives faster, in metres a second.
const FASTEST_MPS: f64 = 45.0;
/// What turning round in the road costs, as a log-likelihood.
const TURNING_ROUND: f64 = 4.0;

/// A directed edge that a fix may have come from.
#[derive(Clone, Copy)]
struct Candidate {
    edge: u32,
    /// From the beginning of the edge, in metres.
    offset: f64,
    emission: f64,
}

/// A candidate with the best way to it.
struct Reached {
    candidate: Candidate,
    score: f64,
    /// The candidate before it, and how it was come from.
    before: Option<(usize, Way)>,
}

impl City {
    /// Finds the roads that a vehicle drove; `fixes` in the order of their times.
    pub fn match_fixes(&self, fixes: &[Fix], profile: Profile, driver: &Driver<'_>) -> Matched {
        let router = self.router(profile);
        let network = router.network();
        let mut search = Search::new(network);
        let mut matched = Matched::default();
        let mut columns: Vec<(Fix, Vec<Reached>)> = Vec::new();
        for &fix in &spread(fixes) {
            let found = candidates(network, router.roads().snaps(network, fix.at, reach(&fix)), &fix);
            if found.is_empty() {
                matched.astray += 1;
                continue;
            }
            let joined =
                columns.last().map(|(before, reached)| join(&mut search, before, reached, &fix, &found));
            match joined {
                Some(reached) if !reached.is_empty() => columns.push((fix, reached)),
                // A single wild fix is passed over; one that agrees with nothing for long begins anew.
                Some(_) if columns.last().is_some_and(|(last, _)| fix.when.0 - last.when.0 < 60) => {
                    matched.astray += 1;
                }
                _ => {
                    finish(network, profile, &columns, driver, &mut matched);
                    columns.clear();
                    let begin =
                        |candidate: Candidate| Reached { score: candidate.emission, candidate, before: None };
                    columns.push((fix, found.into_iter().map(begin).collect()));
                }
            }
        }
        finish(network, profile, &columns, driver, &mut matched);
        matched
    }
}

fn accuracy(fix: &Fix) -> f64 {
    fix.accuracy_m.filter(|metres| metres.is_finite()).unwrap_or(USUAL_ACCURACY_M).clamp(4.0, 100.0)
}

fn reach(fix: &Fix) -> f64 {
    REACH_M.max(3.0 * accuracy(fix))
}

/// The fixes that say something new: on the globe, in order, and not at the place of the one before. Of a vehicle that
/// stands, the first and the last moment at the middle of where its fixes lie.
fn spread(fixes: &[Fix]) -> Vec<Fix> {
    let mut usable: Vec<Fix> = Vec::with_capacity(fixes.len());
    for fix in fixes.iter().filter(|fix| fix.at.is_on_globe()) {
        if usable.last().is_none_or(|last| fix.when > last.when) {
            usable.push(*fix);
        }
    }
    let mut kept: Vec<Fix> = Vec::with_capacity(usable.len());
    let mut at = 0;
    while let Some(&fix) = usable.get(at) {
        if let Some((here, middle)) = stays::stay(&usable[at..]) {
            kept.push(Fix { at: middle, ..fix });
            kept.push(Fix { at: middle, ..usable[at + here - 1] });
            at += here;
            continue;
        }
        let near = |last: &Fix| last.at.metres_to(fix.at) < STEP_OF_ACCURACY * accuracy(&fix);
        if at + 1 == usable.len() || kept.last().is_none_or(|last| !near(last)) {
            kept.push(fix);
        }
        at += 1;
    }
    kept
}

fn candidates(network: &Network, snaps: impl Iterator<Item = Snap>, fix: &Fix) -> Vec<Candidate> {
    let sigma = accuracy(fix);
    let both = snaps.take(ROADS).flat_map(|snap| {
        let segment = network.segments[snap.segment as usize];
        [(segment.forward, snap.share), (segment.backward, 1.0 - snap.share)].map(|(edge, share)| {
            (edge != NONE).then(|| {
                let metres = f64::from(network.edges[edge as usize].decimetres) / 10.0;
                let emission = -0.5 * (snap.metres_away / sigma).powi(2);
                Candidate { edge, offset: metres * share, emission }
            })
        })
    });
    both.flatten().collect()
}

/// The candidates of a fix that can be come to from those of the one before.
fn join(
    search: &mut Search<'_>,
    before: &Fix,
    reached: &[Reached],
    fix: &Fix,
    found: &[Candidate],
) -> Vec<Reached> {
    let (straight, seconds) = (before.at.metres_to(fix.at), fix.when.0 - before.when.0);
    if seconds > GAP_S || straight > GAP_M {
        return Vec::new();
    }
    let sigma = accuracy(fix).max(accuracy(before));
    let longest = (straight * LONGEST + LONGEST_MORE_M).min(FASTEST_MPS * seconds as f64 + 4.0 * sigma);
    let mut best: Vec<Option<(f64, usize, Way)>> = vec![None; found.len()];
    for (index, from) in reached.iter().enumerate() {
        search.run(from.candidate.edge, from.candidate.offset, longest, found);
        for (to, best) in found.iter().zip(&mut best) {
            let Some(way) = search.way_to(&from.candidate, to, 2.0 * sigma) else { continue };
            let differs = (way.metres - straight).abs() / (SLACK_M + SLACK_SHARE * straight);
            let turned = if way.turned_round { TURNING_ROUND } else { 0.0 };
            let score = from.score - differs - turned + to.emission;
            if best.as_ref().is_none_or(|(known, ..)| score > *known) {
                *best = Some((score, index, way));
            }
        }
    }
    let joined = found.iter().zip(best).filter_map(|(&candidate, best)| {
        let (score, index, way) = best?;
        Some(Reached { candidate, score, before: Some((index, way)) })
    });
    joined.collect()
}

/// Reads the likeliest sequence off, and adds what it says.
fn finish(
    network: &Network,
    profile: Profile,
    columns: &[(Fix, Vec<Reached>)],
    driver: &Driver<'_>,
    matched: &mut Matched,
) {
    let Some((_, last)) = columns.last() else { return };
    let likeliest = (0..last.len()).max_by(|&a, &b| last[a].score.total_cmp(&last[b].score));
    let mut at = likeliest;
    let mut steps: Vec<(Wall, Candidate, Option<Way>)> = Vec::with_capacity(columns.len());
    for (fix, reached) in columns.iter().rev() {
        let Some(here) = at.and_then(|index| reached.get(index)) else { break };
        steps.push((fix.when, here.candidate, here.before.as_ref().map(|(_, way)| way.clone())));
        at = here.before.as_ref().map(|(index, _)| *index);
    }
    steps.reverse();
    if steps.len() < 2 {
        return;
    }
    let mut run = Run::begin(network, steps[0].1.edge, steps[0].1.offset, steps[0].0);
    for (when, candidate, way) in &steps[1..] {
        if let Some(way) = way {
            run.go(way, candidate.edge, candidate.offset, *when);
        }
    }
    let (line, metres, passes) = run.end(profile, driver);
    matched.lines.push(line);
    matched.metres += metres;
    matched.passes.extend(passes);
}
