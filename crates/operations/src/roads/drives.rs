//! What the fleet's own drives show about the roads.
//!
//! Each round matches the readings that came in to the streets and adds what every road took to a histogram by kind of day,
//! hour and group of roads. Its medians move the curves of the usual; the last hours say what is not as usual now.

use super::{Applied, Known};
use crate::{
    Caller, Operations, Result,
    base::{convert::profile, turns::aside, zone::Zone},
    day::book::DayBook,
    sites::hubs::{Rounds, Site},
};
use ::roads::{City, Curves, DayKind, Driver, Evidence, Fix, Group, Pass, Wall, nearest_hour};
use chrono::TimeDelta;
use domain::{Instant, StopState, VehicleId};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use store::{positions::Position, roads::PassCount};

/// Readings are matched again from so long before the watermark: a road has to be seen from its beginning.
const OVERLAP: TimeDelta = TimeDelta::minutes(4);
/// The newest readings wait for those behind them.
const UNSETTLED: TimeDelta = TimeDelta::seconds(45);
/// After a restart, what the present is judged by is read again from so long ago.
const REMEMBERED: TimeDelta = TimeDelta::hours(2);
/// A bucket holds what differs by this factor; the bucket in the middle is that of the free time.
const STEP: f64 = 1.06;
const BUCKETS: i16 = 40;
/// A pass of a group and hour counts only together with so many others.
const FEWEST: f64 = 12.0;

impl Operations {
    /// One round of learning from drives: a timer's verb. Answers how many passes of roads were read.
    pub async fn learn_roads(&self, caller: &Caller) -> Result<usize> {
        caller.timer_only()?;
        let Some(city) = self.0.roadbook.city().cloned() else { return Ok(0) };
        let sites = self.sites().await?;
        let mut rounds = Rounds::default();
        for site in sites.iter() {
            rounds.note(site, self.learn_roads_at(&city, site, &sites).await);
        }
        Ok(rounds.end()?.into_iter().sum())
    }

    async fn learn_roads_at(&self, city: &Arc<City>, site: &Site, sites: &[Site]) -> Result<usize> {
        let mut conn = self.0.database.read().await?;
        let book = DayBook::without_stops(self, &mut conn, site).await?;
        let read: HashMap<_, _> =
            store::roads::read_until(&mut conn, book.hub.id).await?.into_iter().collect();
        let fresh_start = !self.0.roadbook.known().begun.contains(&book.hub.id);
        let least = book.now - REMEMBERED;
        let begin = |vehicle: &VehicleId| read.get(vehicle).copied().unwrap_or(least).max(least) - OVERLAP;
        let is_new = |vehicle: &VehicleId, latest: Instant| {
            latest > least && read.get(vehicle).is_none_or(|read| latest - UNSETTLED > *read)
        };
        let wanted: Vec<(VehicleId, Instant)> = book
            .latest
            .iter()
            .filter(|(vehicle, p)| fresh_start || is_new(vehicle, p.at))
            .map(|(vehicle, _)| (*vehicle, if fresh_start { least } else { begin(vehicle) }))
            .collect();
        let vehicles: Vec<_> = wanted.iter().map(|(vehicle, _)| *vehicle).collect();
        let book = book.with_stops_of(&mut conn, &vehicles).await?;
        let readings = store::positions::since(&mut conn, &wanted).await?;
        if fresh_start {
            let counts = passes_of(&mut conn, sites).await?;
            self.0.roadbook.known().learn(&counts);
        }
        drop(conn);

        let job = Job { city: city.clone(), book, read, readings, whole: fresh_start };
        let (job, harvest) = aside(move || {
            let harvest = job.harvest();
            (job, harvest)
        })
        .await?;
        let Harvest { passes, counted, until } = harvest;
        let facts = counted.iter().map(|pass| (pass.at, pass.group, pass.ratio));
        let counts = counts(facts, city.conditions().weather.factor(::roads::Profile::Van));
        let mut tx = self.0.database.begin().await?;
        store::roads::add_passes(&mut tx, job.book.hub.id, &counts).await?;
        store::roads::save_read_until(&mut tx, &until).await?;
        tx.commit().await?;

        let mut conn = self.0.database.read().await?;
        let all = passes_of(&mut conn, sites).await?;
        drop(conn);
        let (zone, now) = (job.book.zone, job.book.now);
        let read = counted.len();
        let mut drives = self.0.roadbook.known().drives.clone();
        drives.add(if job.whole { passes } else { counted }, zone.wall(now));
        let streets = city.clone();
        let (drives, live) = aside(move || {
            let live = streets.conclude(&drives, zone.wall(now));
            (drives, live)
        })
        .await?;
        // What was said about the roads in the meantime stays said.
        let _turn = self.0.roadbook.telling.lock().await;
        let applied = {
            let mut known = self.0.roadbook.known();
            known.learn(&all);
            known.begun.insert(job.book.hub.id);
            (known.drives, known.live, known.learnt_at) = (drives, Arc::new(live), Some(now));
            known.applied.clone().map(|applied| Applied { learnt: applied.learnt + 1, ..applied })
        };
        if let Some(applied) = applied {
            self.0.roadbook.apply(applied, sites);
        }
        Ok(read)
    }
}

/// What is to be matched.
struct Job {
    city: Arc<City>,
    book: DayBook,
    read: HashMap<VehicleId, Instant>,
    readings: Vec<Position>,
    /// Whether passes that were counted before are wanted too, for judging the present.
    whole: bool,
}

struct Harvest {
    /// All passes, counted before or not.
    passes: Vec<Pass>,
    /// Those that nobody has counted.
    counted: Vec<Pass>,
    until: Vec<(VehicleId, Instant)>,
}

impl Job {
    fn harvest(&self) -> Harvest {
        let mut harvest = Harvest { passes: vec![], counted: vec![], until: vec![] };
        let zone = self.book.zone;
        for own in self.readings.chunk_by(|a, b| a.vehicle == b.vehicle) {
            let (Some(first), Some(last)) = (own.first(), own.last()) else { continue };
            let Some(vehicle) = self.book.vehicles.get(&first.vehicle) else { continue };
            let profile = profile(vehicle.kind);
            let settled = last.at - UNSETTLED;
            let read = self.read.get(&vehicle.id).copied();
            if read.is_some_and(|read| settled <= read) && !self.whole {
                continue;
            }
            let begin = if self.whole { first.at } else { read.map_or(first.at, |read| read - OVERLAP) };
            let fixes: Vec<Fix> = own.iter().filter(|p| p.at >= begin).map(|p| fix(p, zone)).collect();
            let pauses = self.pauses(vehicle.id);
            let driver = Driver {
                vehicle: vehicle.id.0.as_u64_pair().0 ^ vehicle.id.0.as_u64_pair().1,
                pauses: &pauses,
            };
            let matched = self.city.match_fixes(&fixes, profile, &driver);
            // Bikes pass what holds cars up, so nothing is learnt from them.
            if profile == ::roads::Profile::CargoBike {
                harvest.until.push((vehicle.id, settled));
                continue;
            }
            let (until, after) = (zone.wall(settled), read.map_or(Wall(i64::MIN), |read| zone.wall(read)));
            let usable =
                matched.passes.iter().filter(|pass| pass.at <= until && City::is_usual_traffic(pass));
            for pass in usable {
                harvest.passes.push(*pass);
                if pass.at > after {
                    harvest.counted.push(*pass);
                }
            }
            if read.is_none_or(|read| settled > read) {
                harvest.until.push((vehicle.id, settled));
            }
        }
        harvest
    }

    /// When a vehicle stood at doors.
    fn pauses(&self, vehicle: VehicleId) -> Vec<(Wall, Wall)> {
        let zone = self.book.zone;
        let routes = self.book.routes.iter().filter(|route| route.vehicle == vehicle);
        let stops = routes.flat_map(|route| self.book.stops_of(route.id));
        let pause = |state: &StopState| match *state {
            StopState::Arrived { at } => Some((at, self.book.now)),
            StopState::Done { arrived_at, ended_at, .. } => Some((arrived_at, ended_at)),
            StopState::Pending | StopState::Dropped { .. } => None,
        };
        let pauses = stops.filter_map(|s| pause(&s.stop.state));
        pauses.map(|(from, until)| (zone.wall(from), zone.wall(until))).collect()
    }
}

fn fix(p: &Position, zone: Zone) -> Fix {
    Fix {
        at: crate::base::convert::lat_lon(p.place),
        when: zone.wall(p.at),
        accuracy_m: p.accuracy_m.map(f64::from),
    }
}

fn bucket(ratio: f64) -> i16 {
    (ratio.ln() / STEP.ln()).round().clamp(f64::from(-BUCKETS), f64::from(BUCKETS)) as i16
}

/// Passes (when, where, at what multiple of the free time) as they are kept: as long as they would have taken in dry weather, which everything else is slower than.
fn counts(passes: impl Iterator<Item = (Wall, Group, f64)>, weather: f64) -> Vec<PassCount> {
    let mut counts: HashMap<(DayKind, Group, usize, i16), f64> = HashMap::new();
    for (at, group, ratio) in passes {
        let key = (at.day_kind(), group, nearest_hour(at), bucket(ratio / weather));
        *counts.entry(key).or_default() += 1.0;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(key, _)| *key);
    let count = |((day, group, hour, bucket), passes): ((DayKind, Group, usize, i16), f64)| PassCount {
        day_kind: day.code().to_owned(),
        road_group: group.code().to_owned(),
        hour: hour as i16,
        bucket,
        passes,
    };
    counts.into_iter().map(count).collect()
}

impl Known {
    /// Works the usual out anew from all that drives have shown; `counts` in the order of their kinds, groups and hours.
    fn learn(&mut self, counts: &[PassCount]) {
        let same = |a: &PassCount, b: &PassCount| {
            (&a.day_kind, &a.road_group, a.hour) == (&b.day_kind, &b.road_group, b.hour)
        };
        let evidence: Vec<Evidence> = counts.chunk_by(same).filter_map(evidence).collect();
        self.evidence = counts.iter().map(|count| count.passes).sum();
        self.curves = Some(Arc::new(Curves::assumed().after(&evidence)));
    }
}

/// What drives from all hubs have shown, in the order of kinds of days, groups, hours and buckets.
async fn passes_of(conn: &mut store::Conn, sites: &[Site]) -> Result<Vec<PassCount>> {
    let mut sums = BTreeMap::new();
    for site in sites {
        for count in store::roads::passes(conn, site.hub.id).await? {
            let key = (count.day_kind, count.road_group, count.hour, count.bucket);
            *sums.entry(key).or_insert(0.0) += count.passes;
        }
    }
    let count = |((day_kind, road_group, hour, bucket), passes)| PassCount {
        day_kind,
        road_group,
        hour,
        bucket,
        passes,
    };
    Ok(sums.into_iter().map(count).collect())
}

/// The median of one kind of day, group and hour; none on too few passes.
fn evidence(counts: &[PassCount]) -> Option<Evidence> {
    let first = counts.first()?;
    let passes: f64 = counts.iter().map(|count| count.passes).sum();
    let mut passed = 0.0;
    let middle = counts.iter().find(|count| {
        passed += count.passes;
        passed >= passes / 2.0
    })?;
    (passes >= FEWEST).then_some(Evidence {
        day: DayKind::from_code(&first.day_kind)?,
        group: Group::from_code(&first.road_group)?,
        hour: usize::try_from(first.hour).ok()?,
        median: STEP.powi(middle.bucket.into()),
        passes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rain_slows_is_kept_as_it_is_in_dry_weather() {
        let pass = |ratio| (Wall(1_795_420_000), Group::MainDense, ratio);
        let bucket_of = |ratio, weather| counts([pass(ratio)].into_iter(), weather)[0].bucket;
        assert_eq!(bucket_of(1.3 * 1.25, 1.25), bucket_of(1.3, 1.0));
        assert_ne!(bucket_of(1.3 * 1.25, 1.0), bucket_of(1.3, 1.0));
        assert_eq!(counts([pass(1.0), pass(1.0)].into_iter(), 1.0)[0].passes, 2.0);
    }

    #[test]
    fn the_median_of_a_histogram_is_that_of_its_passes() {
        let count = |bucket, passes| PassCount {
            day_kind: "weekday".into(),
            road_group: "main_dense".into(),
            hour: 4,
            bucket,
            passes,
        };
        assert_eq!(evidence(&[count(0, 5.0)]), None);
        let seen =
            evidence(&[count(bucket(1.0), 6.0), count(bucket(1.5), 20.0), count(bucket(4.0), 5.0)]).unwrap();
        assert!((seen.median - 1.5).abs() < 0.05 && seen.group == Group::MainDense, "{seen:?}");
        assert!((bucket(1e9), bucket(1e-9)) == (BUCKETS, -BUCKETS));
    }
}
