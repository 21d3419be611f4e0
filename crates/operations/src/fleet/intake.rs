//! Readings arrive. Many devices share one commit, and each is answered only after it.

use crate::{Caller, Operations, OpsError, Result, fleet::trust::Trust};
use chrono::{SubsecRound, TimeDelta};
use domain::{Coordinate, Day, HubId, Instant, VehicleId};
use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};
use store::{
    Database, StoreError,
    positions::{self, Position},
};
use tokio::sync::{mpsc, oneshot};
pub use wire::driver::PositionsAnswer;
use wire::driver::{Fix, RefusedFix};

/// How many readings one request may bring.
pub const MOST_FIXES: usize = 1_000;
/// A device's clock may run ahead of ours by this much.
const AHEAD: TimeDelta = TimeDelta::minutes(5);
/// Readings older than this are refused: nobody can use them.
const OLD: TimeDelta = TimeDelta::days(7);
/// How long the first batch of a group waits for others. Nobody looks at a position more often than once a second.
const GATHER: Duration = Duration::from_millis(200);
/// With so many batches a group waits no longer, and takes what is there already.
const ENOUGH: usize = 32;
/// A group is closed at this many readings.
const GROUP: usize = 5_000;
/// Up to so many readings are stored in one statement, more by bulk copy.
const FEW: usize = 200;
/// How many batches may wait for the writer.
const QUEUE: usize = 4_096;

impl Operations {
    /// Stores a vehicle's readings; answers after the commit that holds them.
    pub async fn record_positions(&self, caller: &Caller, fixes: Vec<Fix>) -> Result<PositionsAnswer> {
        let (vehicle, hub) = caller.vehicle()?;
        if fixes.len() > MOST_FIXES {
            return Err(OpsError::Invalid(format!("send at most {MOST_FIXES} readings in one request")));
        }
        let now = self.now();
        let (mut good, mut refused) = (Vec::with_capacity(fixes.len()), vec![]);
        for (index, fix) in fixes.into_iter().enumerate() {
            match read_fix(vehicle, fix, now) {
                Ok(position) => good.push(position),
                Err(why) => refused.push(RefusedFix { index, why: why.to_owned() }),
            }
        }
        let asked = good.len();
        let stored = if good.is_empty() { 0 } else { self.0.intake.write(hub, good).await? };
        Ok(PositionsAnswer { stored, known: asked - stored.min(asked), refused })
    }
}

fn read_fix(vehicle: VehicleId, fix: Fix, now: Instant) -> Result<Position, &'static str> {
    let at = fix.at.trunc_subsecs(3);
    if at > now + AHEAD {
        return Err("the reading is from the future: set the device's clock");
    }
    if at < now - OLD {
        return Err("the reading is more than 7 days old");
    }
    let place = Coordinate::parse(fix.lat, fix.lon).map_err(|_| "the coordinate is not on Earth")?;
    if fix.lat == 0.0 && fix.lon == 0.0 {
        return Err("a reading at 0, 0 means that the device does not know where it is");
    }
    let sane = |value: Option<f32>, most: f32| value.filter(|v| v.is_finite() && (0.0..=most).contains(v));
    Ok(Position {
        vehicle,
        at,
        place,
        speed_mps: sane(fix.speed_mps, 100.0),
        heading_deg: sane(fix.heading_deg, 360.0),
        accuracy_m: sane(fix.accuracy_m, 100_000.0),
        battery_percent: sane(fix.battery_percent, 100.0),
        received_at: now,
    })
}

struct Batch {
    hub: HubId,
    positions: Vec<Position>,
    answer: oneshot::Sender<Result<usize>>,
}

/// The one task that writes readings.
pub(crate) struct Writer(mpsc::Sender<Batch>);

impl Writer {
    /// Starts the task. It tells `moved` of what is committed: by hub, the newest reading of each vehicle.
    pub fn start(database: Database, moved: impl Fn(HubId, &[Position]) + Send + 'static) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(run(receiver, database, moved));
        Self(sender)
    }

    /// Whether nobody writes any more: the task has panicked.
    pub fn has_ended(&self) -> bool {
        self.0.is_closed()
    }

    async fn write(&self, hub: HubId, positions: Vec<Position>) -> Result<usize> {
        let (answer, answered) = oneshot::channel();
        self.0.try_send(Batch { hub, positions, answer }).map_err(|_| OpsError::Busy)?;
        answered.await.map_err(|_| OpsError::Busy)?
    }
}

async fn run(
    mut batches: mpsc::Receiver<Batch>,
    database: Database,
    moved: impl Fn(HubId, &[Position]) + Send + 'static,
) {
    let mut partitions = HashSet::new();
    let mut trust = Trust::default();
    while let Some(first) = batches.recv().await {
        let mut size = first.positions.len();
        let mut group = vec![first];
        let closes = tokio::time::Instant::now() + GATHER;
        while size < GROUP {
            let next = if group.len() < ENOUGH {
                tokio::time::timeout_at(closes, batches.recv()).await.ok().flatten()
            } else {
                batches.try_recv().ok()
            };
            let Some(batch) = next else { break };
            size += batch.positions.len();
            group.push(batch);
        }
        let newest = trust.follow(group.iter().flat_map(|b| b.positions.iter().copied()).collect());
        match commit(&database, &group, &newest, &mut partitions).await {
            Ok(stored) => {
                for (hub, positions) in by_hub(&group, newest) {
                    moved(hub, &positions);
                }
                for (batch, stored) in group.into_iter().zip(stored) {
                    // A device that hung up will send again and be told that we know.
                    let _ = batch.answer.send(Ok(stored));
                }
            }
            Err(e) => {
                tracing::warn!(
                    "a group of {size} readings was not stored, and its devices will send it again: {e}"
                );
                for batch in group {
                    let _ = batch.answer.send(Err(OpsError::Busy));
                }
            }
        }
    }
}

/// The newest readings of each hub's vehicles.
fn by_hub(group: &[Batch], newest: Vec<Position>) -> HashMap<HubId, Vec<Position>> {
    let vehicles = group.iter().flat_map(|b| b.positions.first().map(|p| (p.vehicle, b.hub)));
    let hubs: HashMap<VehicleId, HubId> = vehicles.collect();
    let mut moved: HashMap<HubId, Vec<Position>> = HashMap::new();
    for position in newest {
        if let Some(hub) = hubs.get(&position.vehicle) {
            moved.entry(*hub).or_default().push(position);
        }
    }
    moved
}

/// Each vehicle with a moment just before its oldest reading.
fn oldest(group: &[Batch]) -> Vec<(VehicleId, Instant)> {
    let all = group.iter().flat_map(|b| &b.positions);
    let mut all: Vec<_> = all.map(|p| (p.vehicle, p.at - TimeDelta::milliseconds(1))).collect();
    all.sort_unstable();
    all.dedup_by_key(|(vehicle, _)| *vehicle);
    all
}

/// Stores a group in one transaction; answers how many readings of each batch are new.
async fn commit(
    database: &Database,
    group: &[Batch],
    newest: &[Position],
    partitions: &mut HashSet<Day>,
) -> Result<Vec<usize>, StoreError> {
    let all: Vec<_> = group.iter().flat_map(|b| b.positions.iter().copied()).collect();
    let missing: Vec<_> = positions::days(&all).into_iter().filter(|day| !partitions.contains(day)).collect();
    if !missing.is_empty() {
        let mut tx = database.begin().await?;
        for day in &missing {
            positions::ensure_partition(&mut tx, *day).await?;
        }
        tx.commit().await?;
        partitions.extend(missing);
    }
    // A phone that was without a network sends what it has seen after what it sees.
    let since = oldest(group);
    let mut new = if all.len() <= FEW {
        positions::store_few(database, &all, newest, &since).await?
    } else {
        let mut tx = database.begin().await?;
        let new = positions::store(&mut tx, &all).await?;
        positions::save_latest(&mut tx, newest).await?;
        positions::interpret_again(&mut tx, &since).await?;
        tx.commit().await?;
        new
    };
    Ok(group.iter().map(|b| new.take(&b.positions)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn fix(second: i64) -> Fix {
        Fix {
            at: DateTime::from_timestamp(1_700_000_000 + second, 0).unwrap(),
            lat: 35.9,
            lon: 14.5,
            speed_mps: Some(-1.0),
            heading_deg: Some(90.0),
            accuracy_m: Some(f32::NAN),
            battery_percent: None,
        }
    }

    #[test]
    fn impossible_readings_are_refused_by_name_and_odd_measures_are_left_out() {
        let vehicle = VehicleId(crate::base::clock::new_id());
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let read = |f| read_fix(vehicle, f, now);
        let ok = read(fix(0)).unwrap();
        assert_eq!((ok.speed_mps, ok.heading_deg, ok.accuracy_m), (None, Some(90.0), None));
        assert!(read(fix(301)).unwrap_err().contains("future"));
        assert!(read(fix(-8 * 86_400)).unwrap_err().contains("7 days"));
        assert!(read(Fix { lat: 0.0, lon: 0.0, ..fix(0) }).unwrap_err().contains("0, 0"));
        assert!(read(Fix { lat: 95.0, ..fix(0) }).is_err());
    }
}
