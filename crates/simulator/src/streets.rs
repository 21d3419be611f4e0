//! The questions that the pretended world asks of the street network.
//!
//! Not here: congestion, incidents and moods (`crate::world`); these are times on free roads.

use roads::{City, Closure, Conditions, LatLon, Leg, Profile, TravelTimes, Wall};

/// A street network.
pub trait Streets: Send + Sync {
    /// The nearest place on a road and how many metres away it is.
    fn road_near(&self, at: LatLon, profile: Profile) -> Option<(LatLon, f64)>;

    /// Seconds by car from one place to each of `doors`; none where there is no way.
    fn seconds_to(&self, from: LatLon, doors: &[LatLon]) -> Vec<Option<u32>>;

    /// The fastest way for who sets off then, if there is one.
    fn way(&self, from: LatLon, to: LatLon, profile: Profile, set_off: Wall) -> Option<Leg>;

    /// Roads are closed, and those that were are open but for them.
    fn close(&self, closures: Vec<Closure>);
}

impl Streets for City {
    fn road_near(&self, at: LatLon, profile: Profile) -> Option<(LatLon, f64)> {
        self.snap(at, profile).map(|snap| (snap.at, snap.metres_away))
    }

    fn seconds_to(&self, from: LatLon, doors: &[LatLon]) -> Vec<Option<u32>> {
        match self.matrix(&[from], doors, Profile::Car, None) {
            Ok(matrix) => matrix.seconds.iter().map(|s| (*s != roads::UNREACHABLE).then_some(*s)).collect(),
            Err(_) => vec![None; doors.len()],
        }
    }

    fn way(&self, from: LatLon, to: LatLon, profile: Profile, set_off: Wall) -> Option<Leg> {
        let leg =
            |when| self.path(&[from, to], profile, when).ok().and_then(|path| path.legs.into_iter().next());
        let closed = !self.conditions().closures.is_empty();
        // Who lives or delivers behind a barrier is let through where there is no other way.
        closed.then(|| leg(Some(set_off))).flatten().or_else(|| leg(None))
    }

    fn close(&self, closures: Vec<Closure>) {
        self.set_conditions(Conditions { closures, ..Conditions::free() });
    }
}
