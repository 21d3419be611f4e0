//! A city's travel times: the conditions that hold on its roads, and the hierarchies weighed for them.
//!
//! New conditions take effect with the next question, which weighs what it needs; questions that are being answered finish
//! with the old ones, and nobody waits. Not here: what the conditions are (`conditions`).

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, RwLock, Weak},
};

use super::City;
use crate::{
    LatLon, Profile, RoadsError, Snap,
    conditions::{Conditions, Drives, Live, Pass, closed},
    network::Means,
    travel::{
        DayMatrix, Matrix, Path, Place, Reach, Router, Rows, Source, TravelTimes, UNREACHABLE, Weighing,
        Weights, build_day,
    },
    wall::Wall,
};

/// What all weighed hierarchies that are kept may take, in bytes: a whole day of a city, some hours of a large one.
const KEPT_BYTES: usize = 384 << 20;
/// So many are kept whatever they take.
const KEPT_LEAST: usize = 12;

/// The conditions of a city's roads, and what was weighed for them.
#[derive(Default)]
pub(crate) struct RoadState {
    now: RwLock<Arc<State>>,
    /// Weighed hierarchies by what they were weighed with, so that what does not change is not weighed again.
    known: Mutex<HashMap<(Means, u64), Weak<Weighing>>>,
}

/// For whom a network is weighed, with the traffic of which time and the closures of which.
type Asked = (Profile, Option<(Wall, Wall)>);

/// Conditions, and what was made for them.
#[derive(Default)]
struct State {
    epoch: u64,
    conditions: Conditions,
    /// By means: the segments of each closure.
    segments: [OnceLock<Vec<Vec<u32>>>; 3],
    /// The last asked for comes last.
    weighings: Mutex<Vec<(Asked, Arc<Weighing>)>>,
    /// Those of the conditions before: most things do not change, and are found again among them.
    before: Mutex<Vec<Arc<Weighing>>>,
}

impl City {
    /// The conditions that hold.
    pub fn conditions(&self) -> Conditions {
        self.state().conditions.clone()
    }

    /// Lets other conditions hold from the next question on.
    pub fn set_conditions(&self, conditions: Conditions) {
        if let Ok(mut now) = self.roads.now.write() {
            let of = |state: &State| state.weighings.lock().map(|kept| distinct(&kept)).unwrap_or_default();
            let before = Mutex::new(of(&now));
            *now = Arc::new(State { epoch: now.epoch + 1, conditions, before, ..State::default() });
        }
    }

    /// Grows whenever other conditions hold: what was computed under another number may be out of date.
    pub fn epoch(&self) -> u64 {
        self.state().epoch
    }

    /// What drives say about the roads right now, against what the curves of the conditions call usual.
    pub fn conclude(&self, drives: &Drives, now: Wall) -> Live {
        let conditions = self.state().conditions.clone();
        let weather = conditions.weather.factor(Profile::Van);
        let usual = |group, at| conditions.curves.at(group, at) * weather;
        drives.conclude(self.router(Profile::Van).network(), &usual, now)
    }

    /// The streets that a closure's shape closes to motor traffic, by name where they have one, each once; and how many
    /// metres of road that is.
    pub fn streets_closed(&self, shape: &crate::ClosureShape) -> (Vec<String>, f64) {
        let router = self.router(Profile::Car);
        let network = router.network();
        let (mut names, mut metres) = (Vec::<String>::new(), 0.0);
        for segment in closed(shape, network, router.roads()) {
            let line = network.shape(segment);
            metres += line.windows(2).map(|e| LatLon::from(e[0]).metres_to(e[1].into())).sum::<f64>();
            if let Some(name) = network.name(segment)
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
        (names, metres)
    }

    /// The lines of the segments that a closure's shape closes to a profile.
    pub fn lines_closed(&self, shape: &crate::ClosureShape, profile: Profile) -> Vec<Vec<LatLon>> {
        let router = self.router(profile);
        let segments = closed(shape, router.network(), router.roads());
        let line = |segment| router.network().shape(segment).iter().map(|&spot| spot.into()).collect();
        segments.into_iter().map(line).collect()
    }

    /// Every place that can be reached within so many seconds.
    ///
    /// # Errors
    /// [`RoadsError::OutsideArea`] when the place cannot be snapped.
    pub fn reach(
        &self,
        from: LatLon,
        seconds: f64,
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Reach, RoadsError> {
        let router = self.router(profile);
        let weighing = self.weighing(profile, depart);
        let place = router.place(&weighing, from).ok_or(RoadsError::OutsideArea { index: 0, at: from })?;
        Ok(router.reach(&weighing, &place, seconds))
    }

    /// Seconds and metres of the fastest ways from every source to every target, row by row; [`UNREACHABLE`] and 0 where
    /// there is none.
    ///
    /// # Errors
    /// As [`TravelTimes::matrix`].
    pub fn distances(
        &self,
        sources: &[LatLon],
        targets: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<(Matrix, Vec<u32>), RoadsError> {
        let router = self.router(profile);
        let weighing = self.weighing(profile, depart);
        let from = router.places(&weighing, sources, 0)?;
        let to = router.places(&weighing, targets, sources.len())?;
        let table = router.table(&weighing, &from, &to, true);
        let seconds = table.tenths.into_iter().map(whole_seconds).collect();
        let metres = table.decimetres.into_iter().map(|length| (length + 5) / 10).collect();
        Ok((Matrix { sources: sources.len(), targets: targets.len(), seconds }, metres))
    }

    /// Metres that have to be walked to a place because of a closure; none when a closure leaves no road near it, or there
    /// is none anyway.
    pub fn metres_on_foot(&self, at: LatLon, profile: Profile, when: Wall) -> Option<f64> {
        let state = self.state();
        let (before, ..) = self.around(&state, profile, when);
        let weighing = self.weighing_in(&state, profile, Some((before, before)));
        let place = self.router(profile).place(&weighing, at)?;
        place.open.then(|| f64::from(place.on_foot) / 10.0 * 1.2)
    }

    /// What is remembered of a pass may be used for the curves too: where and when it was, and how slow.
    pub fn is_usual_traffic(pass: &Pass) -> bool {
        pass.ratio.is_finite() && (0.3..8.0).contains(&pass.ratio)
    }

    fn state(&self) -> Arc<State> {
        self.roads.now.read().map(|now| Arc::clone(&now)).unwrap_or_default()
    }

    fn segments_of<'a>(&self, state: &'a State, profile: Profile) -> &'a [Vec<u32>] {
        state.segments[profile.means() as usize].get_or_init(|| {
            let router = self.router(profile);
            let closures = state.conditions.closures.iter();
            closures.map(|closure| closed(&closure.shape, router.network(), router.roads())).collect()
        })
    }

    /// The network weighed for a time; on free roads without one.
    pub(crate) fn weighing(&self, profile: Profile, when: Option<Wall>) -> Arc<Weighing> {
        let state = self.state();
        self.weighing_in(&state, profile, when.map(|when| (when, when)))
    }

    fn weighing_in(&self, state: &State, profile: Profile, when: Option<(Wall, Wall)>) -> Arc<Weighing> {
        let asked = (profile, when);
        if let Ok(mut kept) = state.weighings.lock()
            && let Some(place) = kept.iter().position(|(key, _)| *key == asked)
        {
            let found = kept.remove(place);
            kept.push(found.clone());
            return found.1;
        }
        let router = self.router(profile);
        let weights = match when {
            None => Weights::free(router.network(), profile),
            Some(when) => {
                let segments = self.segments_of(state, profile);
                Weights::at(router.network(), &state.conditions, segments, profile, when)
            }
        };
        let key = (profile.means(), weights.fingerprint());
        let known = self.roads.known.lock().ok().and_then(|known| known.get(&key)?.upgrade());
        let weighing = known.unwrap_or_else(|| {
            let made = Arc::new(weights.weigh(router.network(), router.hierarchy()));
            if let Ok(mut known) = self.roads.known.lock() {
                known.retain(|_, weighing| weighing.strong_count() > 0);
                known.insert(key, Arc::downgrade(&made));
            }
            made
        });
        if let Ok(mut kept) = state.weighings.lock() {
            kept.push((asked, Arc::clone(&weighing)));
            let most = (KEPT_BYTES / weighing.bytes().max(1)).max(KEPT_LEAST);
            let mut count = distinct(&kept).len();
            while count > most {
                let (_, oldest) = kept.remove(0);
                count -= usize::from(!kept.iter().any(|(_, other)| Arc::ptr_eq(other, &oldest)));
            }
            // By then everything that is asked for in one round has been looked for among those before.
            if let Ok(mut before) = state.before.lock()
                && count + before.len() > most
            {
                before.clear();
            }
        }
        weighing
    }

    /// The times at which the roads are weighed before and after a departure, and the share of the second.
    fn around(&self, state: &State, profile: Profile, depart: Wall) -> (Wall, Wall, f64) {
        let (before, after) = state.conditions.around(profile.means(), depart);
        let share = (depart.0 - before.0) as f64 / (after.0 - before.0).max(1) as f64;
        (before, after, share.clamp(0.0, 1.0))
    }
}

fn distinct(kept: &[(Asked, Arc<Weighing>)]) -> Vec<Arc<Weighing>> {
    let mut all: Vec<_> = kept.iter().map(|(_, weighing)| Arc::clone(weighing)).collect();
    all.sort_unstable_by_key(Arc::as_ptr);
    all.dedup_by(|a, b| Arc::ptr_eq(a, b));
    all
}

fn whole_seconds(tenths: Option<u32>) -> u32 {
    tenths.map_or(UNREACHABLE, |tenths| (tenths + 5) / 10)
}

/// The rows of a day, asked of a city.
struct DayRows<'a> {
    router: &'a Router,
    places: &'a [LatLon],
    /// By break.
    weighings: Vec<Arc<Weighing>>,
    /// By break and place: where it is then, once that has been looked for.
    known: Vec<Vec<OnceLock<Option<Place>>>>,
}

impl Rows for DayRows<'_> {
    fn rows(&self, sources: &[usize], targets: &[usize], at: usize) -> Result<Vec<u32>, RoadsError> {
        let (weighing, known) = (&self.weighings[at], &self.known[at]);
        let placed = |all: &[usize]| -> Result<Vec<Place>, RoadsError> {
            let place = |&index: &usize| {
                let at = self.places[index];
                let place = known[index].get_or_init(|| self.router.place(weighing, at));
                place.ok_or(RoadsError::OutsideArea { index, at })
            };
            all.iter().map(place).collect()
        };
        let table = self.router.table(weighing, &placed(sources)?, &placed(targets)?, false);
        Ok(table.tenths.into_iter().map(whole_seconds).collect())
    }

    fn same_as(&self, at: usize) -> usize {
        let same = |other: &Arc<Weighing>| Arc::ptr_eq(other, &self.weighings[at]);
        self.weighings.iter().position(same).unwrap_or(at)
    }
}

impl TravelTimes for City {
    fn snap(&self, at: LatLon, profile: Profile) -> Option<Snap> {
        self.router(profile).snap(at, profile)
    }

    fn matrix(
        &self,
        sources: &[LatLon],
        targets: &[LatLon],
        profile: Profile,
        depart: Option<Wall>,
    ) -> Result<Matrix, RoadsError> {
        let router = self.router(profile);
        let state = self.state();
        let table = |when: Option<(Wall, Wall)>| -> Result<Vec<Option<u32>>, RoadsError> {
            let weighing = self.weighing_in(&state, profile, when);
            let from = router.places(&weighing, sources, 0)?;
            let to = router.places(&weighing, targets, sources.len())?;
            Ok(router.table(&weighing, &from, &to, false).tenths)
        };
        let tenths = match depart {
            None => table(None)?,
            Some(depart) => {
                let (before, after, share) = self.around(&state, profile, depart);
                let early = table(Some((before, before)))?;
                let mut tenths = if share == 0.0 {
                    early
                } else {
                    let late = table(Some((after, before)))?;
                    early.into_iter().zip(late).map(|(a, b)| between(a, b, share)).collect()
                };
                if state.conditions.opens(profile, after) {
                    // Who waits for the road to open may be there before who goes round.
                    let wait = u32::try_from((after.0 - depart.0) * 10).unwrap_or(u32::MAX);
                    let open = table(Some((after, after)))?;
                    let sooner = |(now, then): (Option<u32>, Option<u32>)| {
                        Some(now?.min(then.map_or(u32::MAX, |then| then.saturating_add(wait))))
                    };
                    tenths = tenths.into_iter().zip(open).map(sooner).collect();
                }
                tenths
            }
        };
        let seconds = tenths.into_iter().map(whole_seconds).collect();
        Ok(Matrix { sources: sources.len(), targets: targets.len(), seconds })
    }

    fn day_matrix(
        &self,
        places: &[LatLon],
        groups: &[Vec<usize>],
        profile: Profile,
        (from, until): (Wall, Wall),
    ) -> Result<DayMatrix, RoadsError> {
        let state = self.state();
        let breaks = state.conditions.breaks(profile.means(), from, until);
        let weighing = |&at: &Wall| self.weighing_in(&state, profile, Some((at, at)));
        let weighings = breaks.iter().map(weighing).collect();
        let known = breaks.iter().map(|_| places.iter().map(|_| OnceLock::new()).collect()).collect();
        let rows = DayRows { router: self.router(profile), places, weighings, known };
        build_day(places.len(), groups, breaks, &rows)
    }

    fn path(&self, points: &[LatLon], profile: Profile, depart: Option<Wall>) -> Result<Path, RoadsError> {
        let router = self.router(profile);
        let state = self.state();
        let when = depart.map(|depart| {
            let (before, after, share) = self.around(&state, profile, depart);
            (if share < 0.5 { before } else { after }, before)
        });
        let weighing = self.weighing_in(&state, profile, when);
        let places = router.places(&weighing, points, 0)?;
        match depart {
            None => router.path(&weighing, &places, &|edge, _| weighing.edges[edge as usize]),
            Some(depart) => router.path(&weighing, &places, &|edge, clock| {
                let when = depart.plus(i64::from(clock / 10));
                state.conditions.tenths(router.network(), edge, profile, when)
            }),
        }
    }

    fn are_alike(&self, one: Profile, other: Profile, (from, until): (Wall, Wall)) -> bool {
        let same = one.means() == other.means() && one.variant() == other.variant();
        let state = self.state();
        let mut closures = state.conditions.closures.iter().filter(|c| c.from <= until && c.until >= from);
        same && closures.all(|c| c.bars.contains(&one) == c.bars.contains(&other))
    }

    fn source(&self) -> Source {
        Source { engine: format!("own streets of {}", self.name()), trouble: None }
    }
}

/// Between two times by share.
fn between(a: Option<u32>, b: Option<u32>, share: f64) -> Option<u32> {
    Some((f64::from(a?) * (1.0 - share) + f64::from(b?) * share).round() as u32)
}
