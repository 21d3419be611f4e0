//! The live feed: what the server pushes to every open screen.

use crate::{
    Moment,
    staff::control_room::{Counts, RouteRow, VehicleMark},
};
use chrono::TimeDelta;
use domain::OrderId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A viewer hears something at least this often; who hears nothing for three of these has lost the feed.
pub const HEARTBEAT: Duration = Duration::from_secs(5);

/// One message of the feed, at most one a second. It holds only what changed since the viewer's last frame or a little
/// before, and of each thing only the latest; viewers who keep up all get the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// The version of the picture that this frame brings its viewer to; it grows.
    pub seq: u64,
    /// The server's now.
    pub as_of: Moment,
    /// Everything is here: forget what you knew.
    pub snapshot: bool,
    /// Vehicles that are new, or of which more changed than where they are.
    pub vehicles: Vec<VehicleMark>,
    /// Where other vehicles are now.
    #[serde(default, skip_serializing_if = "Moves::is_empty")]
    pub moves: Moves,
    /// Routes whose row changed.
    pub routes: Vec<RouteRow>,
    /// The strip, when it changed.
    pub counts: Option<Counts>,
    /// Orders whose story grew.
    pub orders: Vec<OrderId>,
    /// The exceptions changed.
    pub exceptions: bool,
    /// The plan or its proposal changed.
    pub plan: bool,
    /// Version of the product that sends this; when it changes, a new page is ready.
    pub build: String,
}

/// Where vehicles are, that a viewer knows already. As small as it can be: with some hundred vehicles on the road this is
/// nearly all that the feed says, so it is whole numbers, column by column, without names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moves {
    /// Which vehicles: the first one's place among all that the stream has told of, from 0, and then how many places on the
    /// next one is.
    gaps: Vec<u32>,
    /// The southern edge of them all, in steps of 0.00001 degrees.
    south: i32,
    /// The western edge.
    west: i32,
    /// How far north of that edge each is.
    north: Vec<i32>,
    /// How far east.
    east: Vec<i32>,
    /// Degrees from north, clockwise; -1 when unknown.
    heading: Vec<i16>,
    /// km/h; -1 when unknown.
    speed: Vec<i16>,
    /// How many seconds before the frame's moment that was.
    age: Vec<i32>,
}

/// So many steps make a degree: one is about a metre.
const STEPS: f64 = 100_000.0;

impl Moves {
    /// Whether nothing moved.
    pub fn is_empty(&self) -> bool {
        self.gaps.is_empty()
    }

    /// How many vehicles moved.
    pub fn len(&self) -> usize {
        self.gaps.len()
    }

    /// Writes down where vehicles are, each with its place, in rising order of places.
    pub fn of<'a>(as_of: Moment, marks: impl Iterator<Item = (u32, &'a VehicleMark)> + Clone) -> Self {
        let steps = |degrees: f64| (degrees * STEPS).round() as i32;
        let whole = |value: Option<f32>| value.map_or(-1, |value| value.round() as i16);
        let south = marks.clone().map(|(_, m)| steps(m.lat)).min().unwrap_or_default();
        let west = marks.clone().map(|(_, m)| steps(m.lon)).min().unwrap_or_default();
        let mut moves = Self { south, west, ..Self::default() };
        let mut before = 0;
        for (place, mark) in marks {
            moves.gaps.push(place.wrapping_sub(before));
            before = place;
            moves.north.push(steps(mark.lat) - south);
            moves.east.push(steps(mark.lon) - west);
            moves.heading.push(whole(mark.heading_deg));
            moves.speed.push(whole(mark.speed_kmh));
            moves.age.push((as_of - mark.at).num_seconds() as i32);
        }
        moves
    }

    /// Moves the marks, which are in the order in which the stream told of them. A place that is not there is left out.
    pub fn apply(&self, as_of: Moment, marks: &mut [VehicleMark]) {
        let mut place = 0_u32;
        for (index, gap) in self.gaps.iter().enumerate() {
            place = place.wrapping_add(*gap);
            let column = |column: &[i32]| column.get(index).copied();
            let (Some(north), Some(east)) = (column(&self.north), column(&self.east)) else { return };
            let known = |column: &[i16]| {
                column.get(index).filter(|value| **value >= 0).map(|&value| f32::from(value))
            };
            let Some(mark) = marks.get_mut(place as usize) else { continue };
            mark.lat = f64::from(self.south.saturating_add(north)) / STEPS;
            mark.lon = f64::from(self.west.saturating_add(east)) / STEPS;
            mark.heading_deg = known(&self.heading);
            mark.speed_kmh = known(&self.speed);
            let age = TimeDelta::seconds(column(&self.age).unwrap_or_default().into());
            mark.at = as_of.checked_sub_signed(age).unwrap_or(as_of);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Standing, VehicleId};

    fn mark(n: u128, lat: f64, lon: f64) -> VehicleMark {
        VehicleMark {
            vehicle: format!("{n:032x}").parse::<VehicleId>().unwrap(),
            label: format!("Van {n}"),
            lat,
            lon,
            heading_deg: n.is_multiple_of(2).then_some(271.0),
            speed_kmh: n.is_multiple_of(3).then_some(31.0),
            standing: Standing::OnTime,
            at: moment(n as u32),
        }
    }

    fn moment(second: u32) -> Moment {
        format!("2026-03-03T14:00:{second:02}+01:00").parse().unwrap()
    }

    #[test]
    fn moves_bring_marks_to_where_they_are_within_a_metre() {
        let now: Vec<_> = [(0, 35.899_99, -14.5), (2, -35.1, 14.123_45), (7, 35.9, 14.4)]
            .into_iter()
            .map(|(place, lat, lon)| (place, mark(u128::from(place), lat, lon)))
            .collect();
        let moves = Moves::of(moment(30), now.iter().map(|(place, mark)| (*place, mark)));
        assert_eq!(moves.len(), 3);
        let mut marks: Vec<_> = (0..8).map(|n| mark(n, 0.0, 0.0)).collect();
        let json = serde_json::to_string(&moves).unwrap();
        serde_json::from_str::<Moves>(&json).unwrap().apply(moment(30), &mut marks);
        for (place, expected) in &now {
            let got = &marks[*place as usize];
            assert!((got.lat - expected.lat).abs() < 1e-5 && (got.lon - expected.lon).abs() < 1e-5);
            assert_eq!(
                (got.heading_deg, got.speed_kmh, got.at),
                (expected.heading_deg, expected.speed_kmh, expected.at)
            );
        }
        assert_eq!(marks[1], mark(1, 0.0, 0.0), "others stay");
    }

    #[test]
    fn moves_of_vehicles_that_nobody_told_of_are_left_out() {
        let one = mark(1, 1.0, 1.0);
        let moves = Moves::of(moment(1), [(5, &one)].into_iter());
        moves.apply(moment(1), &mut []);
        let broken: Moves = serde_json::from_str(
            r#"{"gaps":[0,4294967295],"south":2147483647,"west":0,"north":[9],"east":[],"heading":[],"speed":[],"age":[]}"#,
        )
        .unwrap();
        let mut marks = [mark(1, 1.0, 1.0)];
        broken.apply(moment(1), &mut marks);
        assert_eq!(marks[0], mark(1, 1.0, 1.0));
    }
}
