//! One drive as it really goes: where the vehicle is so many seconds after setting off.
//!
//! Not here: why it takes that long (`super::speeds`).

use roads::LatLon;

/// A drive: places and the seconds after which each is reached, never falling.
#[derive(Debug, Clone, PartialEq)]
pub struct Drive {
    knots: Vec<(LatLon, f64)>,
}

/// Where a vehicle is, how fast, and which way it points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    /// The place.
    pub at: LatLon,
    /// Metres a second.
    pub speed_mps: f64,
    /// Degrees from north, clockwise; none when it stands.
    pub heading_deg: Option<f64>,
}

impl Spot {
    /// A vehicle that stands.
    pub fn standing(at: LatLon) -> Self {
        Self { at, speed_mps: 0.0, heading_deg: None }
    }
}

impl Drive {
    /// A drive that begins here and, until it reaches anything, ends here.
    pub fn from(start: LatLon) -> Self {
        Self { knots: vec![(start, 0.0)] }
    }

    /// Goes on to `at`, reached so many seconds after setting off.
    pub fn reach(&mut self, at: LatLon, after_s: f64) {
        self.knots.push((at, after_s.max(self.whole_s())));
    }

    /// Stays at the end for so many seconds more.
    pub fn linger(&mut self, more_s: f64) {
        if let Some((at, after_s)) = self.knots.last().copied() {
            self.reach(at, after_s + more_s);
        }
    }

    /// Ends so many metres before the end, or where it began when it is shorter.
    pub fn stop_short(&mut self, metres: f64) {
        let mut left = metres;
        while let &[.., (here, since), (there, until)] = self.knots.as_slice() {
            let piece = here.metres_to(there);
            if piece > left {
                let share = 1.0 - left / piece;
                self.knots.pop();
                self.knots.push((along(here, there, share), since + (until - since) * share));
                return;
            }
            left -= piece;
            self.knots.pop();
        }
    }

    /// Goes on straight to `at` at this speed; answers the seconds that it takes.
    pub fn walk(&mut self, at: LatLon, metres_a_second: f64) -> f64 {
        let walk_s = self.end().metres_to(at) / metres_a_second;
        self.reach(at, self.whole_s() + walk_s);
        walk_s
    }

    /// Where it ends.
    pub fn end(&self) -> LatLon {
        self.knots.last().map_or(LatLon { lat: 0.0, lon: 0.0 }, |(at, _)| *at)
    }

    /// How long it is, in metres.
    pub fn metres(&self) -> f64 {
        self.knots.windows(2).map(|pair| pair[0].0.metres_to(pair[1].0)).sum()
    }

    /// The fastest piece, in metres a second.
    #[cfg(test)]
    pub fn fastest_mps(&self) -> f64 {
        let speed = |pair: &[(LatLon, f64)]| pair[0].0.metres_to(pair[1].0) / (pair[1].1 - pair[0].1);
        self.knots.windows(2).filter(|pair| pair[1].1 > pair[0].1).map(speed).fold(0.0, f64::max)
    }

    /// Seconds from setting off to the end.
    pub fn whole_s(&self) -> f64 {
        self.knots.last().map_or(0.0, |(_, after_s)| *after_s)
    }

    /// Where the vehicle is so many seconds after setting off; at the start before, at the end after.
    pub fn spot(&self, elapsed_s: f64) -> Spot {
        let next = self.knots.partition_point(|(_, after_s)| *after_s <= elapsed_s);
        let before = next.checked_sub(1).and_then(|index| self.knots.get(index));
        match (before, self.knots.get(next)) {
            (Some((here, since)), Some((there, until))) => between(*here, *there, *since, *until, elapsed_s),
            (Some((at, _)), None) | (None, Some((at, _))) => Spot::standing(*at),
            (None, None) => Spot::standing(LatLon { lat: 0.0, lon: 0.0 }),
        }
    }
}

fn between(here: LatLon, there: LatLon, since: f64, until: f64, now: f64) -> Spot {
    let metres = here.metres_to(there);
    if metres < 0.5 {
        return Spot::standing(there);
    }
    let share = ((now - since) / (until - since)).clamp(0.0, 1.0);
    let at = along(here, there, share);
    let east = (there.lon - here.lon) * here.lat.to_radians().cos();
    let heading = east.atan2(there.lat - here.lat).to_degrees().rem_euclid(360.0);
    Spot { at, speed_mps: metres / (until - since), heading_deg: Some(heading) }
}

fn along(here: LatLon, there: LatLon, share: f64) -> LatLon {
    LatLon { lat: here.lat + (there.lat - here.lat) * share, lon: here.lon + (there.lon - here.lon) * share }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: LatLon = LatLon { lat: 35.9, lon: 14.5 };
    const CORNER: LatLon = LatLon { lat: 35.91, lon: 14.5 };
    const END: LatLon = LatLon { lat: 35.91, lon: 14.51 };

    fn drive() -> Drive {
        let mut drive = Drive::from(START);
        drive.reach(CORNER, 100.0);
        drive.reach(END, 250.0);
        drive
    }

    #[test]
    fn the_vehicle_is_where_the_share_of_time_says() {
        let half = drive().spot(50.0);
        assert!((half.at.lat - 35.905).abs() < 1e-9 && (half.at.lon - 14.5).abs() < 1e-9);
        assert!((half.speed_mps - START.metres_to(CORNER) / 100.0).abs() < 1e-6);
        assert!(half.heading_deg.unwrap().abs() < 0.01, "northwards");
        let later = drive().spot(175.0);
        assert!((later.at.lon - 14.505).abs() < 1e-9);
        assert!((later.heading_deg.unwrap() - 90.0).abs() < 0.01, "eastwards");
    }

    #[test]
    fn before_it_stands_at_the_start_and_after_at_the_end() {
        assert_eq!(drive().spot(-5.0), Spot::standing(START));
        assert_eq!(drive().spot(250.0), Spot::standing(END));
        assert_eq!(drive().spot(9_999.0), Spot::standing(END));
    }

    #[test]
    fn lingering_stands_at_the_end() {
        let mut drive = drive();
        drive.linger(60.0);
        assert_eq!(drive.spot(280.0), Spot::standing(END));
        assert!((drive.whole_s() - 310.0).abs() < 1e-9);
    }

    #[test]
    fn a_drive_that_stops_short_is_shorter_by_so_many_metres_and_a_walk_ends_it() {
        let mut short = drive();
        let whole = short.whole_s();
        short.stop_short(100.0);
        assert!((short.end().metres_to(END) - 100.0).abs() < 0.1 && short.whole_s() < whole);
        let walk_s = short.walk(END, 1.3);
        assert!((walk_s - 100.0 / 1.3).abs() < 0.1 && short.end() == END);
        assert!((short.spot(short.whole_s() - 1.0).speed_mps - 1.3).abs() < 0.01);
        let mut all = drive();
        all.stop_short(1e6);
        assert_eq!(all.end(), START);
    }

    #[test]
    fn a_drive_to_nowhere_takes_no_time() {
        assert_eq!(Drive::from(START).spot(0.0), Spot::standing(START));
        assert!(Drive::from(START).whole_s().abs() < 1e-9);
    }
}
