//! Which readings say where a vehicle is: a phone that does not know moves neither the map nor an estimate.

use chrono::TimeDelta;
use domain::VehicleId;
use std::collections::HashMap;
use store::positions::Position;

/// A reading that may be farther off than this, in metres, is kept and not followed.
const MOST_RADIUS_M: f32 = 200.0;
/// Nobody delivers at more than this, in metres a second.
const MOST_MPS: f64 = 60.0;
/// Jumps shorter than this, in metres, are noise.
const NOISE_M: f64 = 300.0;

/// Where vehicles have been seen last.
#[derive(Default)]
pub(crate) struct Trust(HashMap<VehicleId, Seen>);

struct Seen {
    last: Position,
    /// A reading that nobody could have driven to. If the next ones are there too it was the last one that was wrong.
    doubtful: Option<Position>,
}

impl Trust {
    /// Takes readings in and answers each vehicle's newest one to follow, where there is one newer than before.
    pub fn follow(&mut self, mut readings: Vec<Position>) -> Vec<Position> {
        readings.sort_by_key(|p| (p.vehicle, p.at));
        let mut newest = vec![];
        for own in readings.chunk_by(|a, b| a.vehicle == b.vehicle) {
            let mut moved = None;
            for p in own.iter().filter(|p| p.accuracy_m.is_none_or(|radius| radius <= MOST_RADIUS_M)) {
                if self.believes(p) {
                    moved = Some(*p);
                }
            }
            newest.extend(moved);
        }
        newest
    }

    fn believes(&mut self, p: &Position) -> bool {
        let Some(seen) = self.0.get_mut(&p.vehicle) else {
            self.0.insert(p.vehicle, Seen { last: *p, doubtful: None });
            return true;
        };
        if p.at <= seen.last.at {
            return false;
        }
        if could_drive(&seen.last, p) || seen.doubtful.is_some_and(|other| could_drive(&other, p)) {
            *seen = Seen { last: *p, doubtful: None };
            return true;
        }
        seen.doubtful = Some(*p);
        false
    }
}

fn could_drive(from: &Position, to: &Position) -> bool {
    let metres = from.place.metres_to(to.place);
    let seconds = (to.at - from.at).max(TimeDelta::zero()).num_milliseconds() as f64 / 1_000.0;
    metres <= NOISE_M || metres <= MOST_MPS * seconds
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use domain::Coordinate;

    fn reading(second: i64, lat: f64, accuracy_m: Option<f32>) -> Position {
        let at = DateTime::from_timestamp(1_764_000_000 + second, 0).unwrap();
        Position {
            vehicle: VehicleId(uuid::Uuid::nil()),
            at,
            place: Coordinate::parse(lat, 14.46).unwrap(),
            speed_mps: None,
            heading_deg: None,
            accuracy_m,
            battery_percent: None,
            received_at: at,
        }
    }

    #[test]
    fn neither_a_reading_that_may_be_kilometres_off_nor_a_jump_is_followed() {
        let mut trust = Trust::default();
        let mut latitude = |p| trust.follow(vec![p]).first().map(|p| p.place.lat());
        assert_eq!(latitude(reading(0, 35.90, Some(8.0))), Some(35.90));
        assert_eq!(latitude(reading(7, 35.83, Some(9_500.0))), None);
        assert_eq!(latitude(reading(14, 35.85, None)), None, "five kilometres in seven seconds");
        assert_eq!(latitude(reading(21, 35.901, None)), Some(35.901));
        assert_eq!(latitude(reading(20, 35.902, None)), None, "older than what is known");
    }

    #[test]
    fn who_stays_where_nobody_could_have_driven_to_is_there() {
        let mut trust = Trust::default();
        let mut latitude = |p| trust.follow(vec![p]).first().map(|p| p.place.lat());
        assert_eq!(latitude(reading(0, 35.90, None)), Some(35.90));
        assert_eq!(latitude(reading(10, 35.80, None)), None);
        assert_eq!(latitude(reading(20, 35.801, None)), Some(35.801), "the first one was wrong");
    }
}
