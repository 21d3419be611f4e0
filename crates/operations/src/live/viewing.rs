//! What viewers get: frames, made once for all who keep up.
//!
//! A publisher makes a frame of what has changed since the one before, at most once a second, and wakes every viewer with
//! it. Whoever has seen less than it tells gets a frame of its own; whoever has seen more leaves it out.

use super::{Live, Shared, lock};
use crate::{
    Clock,
    base::{convert::mark, zone::Zone},
};
use std::{
    sync::{Arc, Mutex, OnceLock},
    time::Duration,
};
use tokio::{sync::watch, time::Instant as Tick};
use wire::live::{Frame, HEARTBEAT, Moves};

/// A viewer gets at most one frame in this time.
const PACE: Duration = Duration::from_secs(1);

/// A frame, with all that is made of it once for every viewer who gets it.
#[derive(Debug)]
pub struct Parcel {
    /// By this a viewer can come back and go on behind it: the id of the stream's event.
    pub id: String,
    /// What it says.
    pub frame: Frame,
    /// It says all that is newer than this version.
    from: u64,
    /// Up to this one.
    to: u64,
    plain: OnceLock<Arc<[u8]>>,
    packed: OnceLock<Arc<[u8]>>,
}

impl Parcel {
    /// Its bytes as they are sent, made by the first who asks.
    pub fn plain(&self, make: impl FnOnce(&Self) -> Vec<u8>) -> Arc<[u8]> {
        self.plain.get_or_init(|| make(self).into()).clone()
    }

    /// The same, compressed.
    pub fn packed(&self, make: impl FnOnce(&Self) -> Vec<u8>) -> Arc<[u8]> {
        self.packed.get_or_init(|| make(self).into()).clone()
    }
}

/// What every frame says of where and when it was made.
#[derive(Clone)]
struct Stamp {
    zone: Zone,
    clock: Clock,
    build: String,
}

/// The latest frame that was made for all, and the latest snapshot.
pub(super) struct Published {
    latest: watch::Sender<Option<Arc<Parcel>>>,
    /// The version up to which frames were made, or at which the first viewer came.
    through: Mutex<u64>,
    snapshot: Mutex<Option<(Tick, Arc<Parcel>)>>,
    stamp: Mutex<Option<Stamp>>,
}

impl Default for Published {
    fn default() -> Self {
        Self {
            latest: watch::channel(None).0,
            through: Mutex::default(),
            snapshot: Mutex::default(),
            stamp: Mutex::default(),
        }
    }
}

impl Live {
    /// Makes frames for all, while the picture is there.
    pub(super) fn start_publishing(&self) {
        let (mut version, shared) = (self.0.version.subscribe(), Arc::downgrade(&self.0));
        tokio::spawn(async move {
            while version.changed().await.is_ok() {
                let Some(live) = shared.upgrade().map(Live) else { return };
                version.borrow_and_update();
                live.publish();
                drop(live);
                tokio::time::sleep(PACE).await;
            }
        });
    }

    /// Makes a frame for all of what is new. While nobody looks there is nothing to make; who comes gets a snapshot.
    fn publish(&self) {
        let published = &self.0.published;
        let Some(stamp) = lock(&published.stamp).clone() else { return };
        if published.latest.receiver_count() > 0 {
            let mut through = lock(&published.through);
            let parcel = self.0.parcel(*through, &stamp);
            if parcel.to > *through {
                *through = parcel.to;
                published.latest.send_replace(Some(Arc::new(parcel)));
            }
        }
    }

    /// Opens the feed for a screen.
    pub fn viewer(&self, zone: Zone, clock: Clock, build: String, resume: Option<Resume>) -> Viewer {
        let stamp = Stamp { zone, clock, build };
        *lock(&self.0.published.stamp) = Some(stamp.clone());
        let seen = resume.filter(|r| r.boot == self.0.boot).map_or(0, |r| r.version);
        if self.0.published.latest.receiver_count() == 0 {
            *lock(&self.0.published.through) = lock(&self.0.picture).version;
        }
        let published = self.0.published.latest.subscribe();
        Viewer { live: self.clone(), published, stamp, seen, began: false }
    }

    /// Whether anybody looks at this picture.
    pub fn has_viewers(&self) -> bool {
        self.0.published.latest.receiver_count() > 0
    }

    /// Everything, made at most once in a viewer's pace.
    fn snapshot(&self, stamp: &Stamp) -> Arc<Parcel> {
        let published = self.0.published.latest.borrow().as_ref().map_or(0, |parcel| parcel.to);
        let mut kept = lock(&self.0.published.snapshot);
        match &*kept {
            // The next frame for all begins where the last one ended: a snapshot from before that would leave a gap.
            Some((made, parcel)) if made.elapsed() < PACE && parcel.to >= published => parcel.clone(),
            _ => {
                let parcel = Arc::new(self.0.parcel(0, stamp));
                *kept = Some((Tick::now(), parcel.clone()));
                parcel
            }
        }
    }
}

impl Shared {
    /// What is newer than `seen`; everything for 0, or for who has been away too long.
    fn parcel(&self, seen: u64, stamp: &Stamp) -> Parcel {
        let picture = lock(&self.picture);
        let as_of = stamp.zone.moment(stamp.clock.now());
        let snapshot = seen == 0 || seen > picture.version || seen < picture.orders_forgotten;
        let from = if snapshot { 0 } else { seen };
        let mut changed: Vec<_> = picture
            .vehicles
            .iter()
            .filter(|(_, v)| snapshot || v.version > from)
            .filter_map(|(id, v)| {
                Some((v.place?, v.named, mark(*id, &v.label, v.standing, v.position.as_ref()?, stamp.zone)))
            })
            .collect();
        changed.sort_unstable_by_key(|(place, ..)| *place);
        let (named, moved): (Vec<_>, Vec<_>) =
            changed.into_iter().partition(|(_, named, _)| snapshot || *named > from);
        let routes =
            picture.routes.values().filter(|(version, _)| *version > from).map(|(_, r)| r.clone()).collect();
        let orders = picture.orders.iter().rev().take_while(|(version, _)| !snapshot && *version > from);
        let frame = Frame {
            seq: picture.version,
            as_of,
            snapshot,
            vehicles: named.into_iter().map(|(.., mark)| mark).collect(),
            moves: Moves::of(as_of, moved.iter().map(|(place, _, mark)| (*place, mark))),
            routes,
            counts: (picture.counts.0 > from).then_some(picture.counts.1),
            orders: orders.map(|(_, id)| *id).collect(),
            exceptions: picture.exceptions > from,
            plan: picture.plan > from,
            build: stamp.build.clone(),
        };
        Parcel {
            id: format!("{}-{}", self.boot, picture.version),
            frame,
            from,
            to: picture.version,
            plain: OnceLock::new(),
            packed: OnceLock::new(),
        }
    }
}

/// Where a viewer was when it left: the `Last-Event-ID` of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resume {
    boot: u64,
    version: u64,
}

impl Resume {
    /// Reads a `Last-Event-ID`; anything else than one of ours means starting anew.
    pub fn parse(id: &str) -> Option<Self> {
        let (boot, version) = id.split_once('-')?;
        Some(Self { boot: boot.parse().ok()?, version: version.parse().ok()? })
    }
}

/// One open screen.
pub struct Viewer {
    live: Live,
    published: watch::Receiver<Option<Arc<Parcel>>>,
    stamp: Stamp,
    seen: u64,
    began: bool,
}

impl Viewer {
    /// The next frame: as soon as something is newer than what it saw, but not before its pace allows, and at least once
    /// in a heartbeat.
    pub async fn next(&mut self) -> Arc<Parcel> {
        let parcel = if self.began {
            self.newer().await
        } else {
            self.began = true;
            // What is published already is in the first frame.
            self.published.borrow_and_update();
            match self.seen {
                0 => self.live.snapshot(&self.stamp),
                seen => Arc::new(self.live.0.parcel(seen, &self.stamp)),
            }
        };
        self.seen = parcel.to;
        parcel
    }

    async fn newer(&mut self) -> Arc<Parcel> {
        let heartbeat = Tick::now() + HEARTBEAT;
        while let Ok(Ok(())) = tokio::time::timeout_at(heartbeat, self.published.changed()).await {
            let published = self.published.borrow_and_update().clone();
            match published.filter(|parcel| parcel.to > self.seen) {
                Some(parcel) if parcel.from <= self.seen => return parcel,
                // It was too slow for what it missed.
                Some(_) => break,
                None => {}
            }
        }
        // A heartbeat is a frame like any other, only empty.
        Arc::new(self.live.0.parcel(self.seen, &self.stamp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Coordinate, Instant, OrderId, VehicleId};
    use store::positions::Position;
    use wire::staff::control_room::VehicleMark;

    fn position(vehicle: VehicleId, second: i64, lat: f64) -> Position {
        let at = Instant::from_timestamp(1_700_000_000 + second, 0).unwrap();
        Position {
            vehicle,
            at,
            place: Coordinate::parse(lat, 14.5).unwrap(),
            speed_mps: None,
            heading_deg: None,
            accuracy_m: None,
            battery_percent: None,
            received_at: at,
        }
    }

    fn viewer(live: &Live, resume: Option<Resume>) -> Viewer {
        live.viewer(Zone::parse("Europe/Malta").unwrap(), Clock::real(), "test".into(), resume)
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_viewer_gets_the_latest_of_each_vehicle_once() {
        let live = Live::new();
        let (a, b) = (VehicleId(crate::base::clock::new_id()), VehicleId(crate::base::clock::new_id()));
        live.moved(&[position(a, 0, 35.8), position(b, 0, 35.9)]);
        let mut viewer = viewer(&live, None);
        let first = viewer.next().await;
        assert!(first.frame.snapshot);
        assert_eq!(first.frame.vehicles.len(), 2);
        for second in 1..50 {
            live.moved(&[position(a, second, 35.8 + second as f64 * 0.001)]);
        }
        let second = viewer.next().await;
        assert!(!second.frame.snapshot);
        assert_eq!(second.frame.moves.len(), 1);
        let mut marks = first.frame.vehicles.clone();
        second.frame.moves.apply(second.frame.as_of, &mut marks);
        let moved = marks.iter().find(|mark| mark.vehicle == a).unwrap();
        assert!((moved.lat - 35.849).abs() < 1e-5);
    }

    #[tokio::test(start_paused = true)]
    async fn viewers_who_keep_up_get_the_same_frame_and_a_slow_one_its_own() {
        let live = Live::new();
        let ids: Vec<_> = (0..5).map(|_| VehicleId(crate::base::clock::new_id())).collect();
        live.moved(&ids.iter().map(|id| position(*id, 0, 35.8)).collect::<Vec<_>>());
        let mut viewers: Vec<_> = (0..3).map(|_| viewer(&live, None)).collect();
        let mut boards = vec![];
        for viewer in &mut viewers {
            boards.push(viewer.next().await.frame.vehicles.clone());
        }
        let mut slow = viewers.pop().unwrap();
        for second in 1..20 {
            live.moved(&[position(ids[second as usize % 5], second, 35.8 + second as f64 * 0.001)]);
            let mut frames = vec![];
            for (viewer, board) in viewers.iter_mut().zip(&mut boards) {
                let parcel = viewer.next().await;
                parcel.frame.moves.apply(parcel.frame.as_of, board);
                frames.push(parcel);
            }
            assert!(Arc::ptr_eq(&frames[0], &frames[1]), "made once");
            assert_eq!(frames[0].frame.moves.len(), 1);
        }
        let parcel = slow.next().await;
        parcel.frame.moves.apply(parcel.frame.as_of, &mut boards[2]);
        assert_eq!(parcel.frame.moves.len(), 5);
        assert_eq!(boards[0], boards[1]);
        let places = |n: usize| boards[n].iter().map(|mark| (mark.vehicle, mark.lat)).collect::<Vec<_>>();
        assert_eq!(places(0), places(2));

        // Who comes now is told of all, and goes on with the rest.
        let mut late = viewer(&live, None);
        let mut board = late.next().await.frame.vehicles.clone();
        live.moved(&[position(ids[0], 30, 35.7)]);
        let (one, other) = (late.next().await, viewers[0].next().await);
        assert!(Arc::ptr_eq(&one, &other));
        one.frame.moves.apply(one.frame.as_of, &mut board);
        other.frame.moves.apply(other.frame.as_of, &mut boards[0]);
        let lats = |board: &[VehicleMark]| board.iter().map(|mark| mark.lat).collect::<Vec<_>>();
        assert_eq!(lats(&board), lats(&boards[0]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_quiet_house_sends_empty_heartbeats_and_news_at_once() {
        let live = Live::new();
        let a = VehicleId(crate::base::clock::new_id());
        live.moved(&[position(a, 0, 35.8)]);
        let mut viewer = viewer(&live, None);
        let first = viewer.next().await;
        let began = Tick::now();
        let beat = viewer.next().await;
        assert!(began.elapsed() >= HEARTBEAT && began.elapsed() < HEARTBEAT + Duration::from_millis(50));
        assert!(beat.frame.vehicles.is_empty() && beat.frame.moves.is_empty() && !beat.frame.snapshot);
        assert_eq!(beat.id, first.id);
        let began = Tick::now();
        live.touch_orders(&[OrderId(crate::base::clock::new_id())]);
        assert_eq!(viewer.next().await.frame.orders.len(), 1);
        assert!(began.elapsed() < Duration::from_millis(50), "{:?}", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_viewer_that_comes_back_goes_on_from_where_it_was() {
        let live = Live::new();
        let (a, b) = (VehicleId(crate::base::clock::new_id()), VehicleId(crate::base::clock::new_id()));
        live.moved(&[position(a, 0, 35.8), position(b, 0, 35.9)]);
        let first = viewer(&live, None).next().await;
        live.moved(&[position(b, 1, 35.91)]);
        let resumed = viewer(&live, Resume::parse(&first.id)).next().await;
        assert!(!resumed.frame.snapshot);
        let mut marks = first.frame.vehicles.clone();
        resumed.frame.moves.apply(resumed.frame.as_of, &mut marks);
        assert_eq!(resumed.frame.moves.len(), 1);
        assert!(marks.iter().any(|mark| mark.vehicle == b && (mark.lat - 35.91).abs() < 1e-5));
        let stranger = viewer(&live, Resume::parse("1-1")).next().await;
        assert!(stranger.frame.snapshot, "an id of another run starts anew");
    }

    #[tokio::test(start_paused = true)]
    async fn an_older_reading_never_moves_a_vehicle_back() {
        let live = Live::new();
        let a = VehicleId(crate::base::clock::new_id());
        live.moved(&[position(a, 10, 35.9)]);
        live.moved(&[position(a, 5, 35.8)]);
        let parcel = viewer(&live, None).next().await;
        assert!((parcel.frame.vehicles[0].lat - 35.9).abs() < 1e-9);
    }
}
