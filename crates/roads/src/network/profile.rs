//! What a kind of vehicle may use, and how fast it goes there on a free road.
//!
//! The car's speeds and turn costs follow the shape of OSRM's car profile (BSD-2-Clause), so that its answers can be
//! compared with ours; a van differs from it as [`Variant`] says. Not here: traffic, time of day, and who is let in (`access`).

use super::{
    access::{Access, Heading},
    class::Class,
    speeds::{bike_speed, car_speed, duration_seconds, foot_speed, too_small_for_a_van},
};
use crate::extract::Tags;

/// A kind of vehicle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// A car, as other engines know it.
    Car,
    /// A delivery van: 2.7 m high, 2.1 m wide, up to 3.5 t; slower than a car in narrow streets and at junctions.
    Van,
    /// The same with a battery, which low-emission zones let in.
    ElectricVan,
    /// A cargo bike: where bicycles may ride, but no steps and nothing to push through.
    CargoBike,
    /// Somebody on foot.
    Walk,
}

/// A way of getting about, with a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Means {
    Motor,
    Cycle,
    Foot,
}

/// How one kind of vehicle differs from the others in the same network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Variant {
    Car,
    Van,
    Bike,
    Foot,
}

/// How one way may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Carriage {
    /// Speed in the direction of the way, in km/h; none when that direction is closed.
    pub(crate) forward: Option<f64>,
    /// Speed against the direction of the way, in km/h.
    pub(crate) backward: Option<f64>,
    /// Whether it is no way through in the direction of the way, and against it.
    pub(crate) local: [bool; 2],
    /// Time from end to end where the way says so (ferries), in seconds; it then counts instead of the speed.
    pub(crate) seconds: Option<f64>,
    pub(crate) class: Class,
    /// Whether a van is too high, wide or heavy for it.
    pub(crate) no_van: bool,
}

/// What passing a junction costs, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TurnCosts {
    /// The most that a turn by its angle alone can cost.
    pub(crate) sharpest: f64,
    /// How much easier a bend to the kerb's side is, as a factor of 1 and more.
    pub(crate) bias: f64,
    /// The most that waiting for oncoming traffic costs.
    pub(crate) oncoming: f64,
    /// Turning round where that is the only way on.
    pub(crate) round: f64,
    /// Passing traffic signals.
    pub(crate) signals: f64,
    /// Waiting to cross or enter a greater road.
    pub(crate) giving_way: f64,
}

/// Speed assumed for a ferry that does not state how long it takes, in km/h.
const FERRY_KMH: f64 = 12.0;

impl Profile {
    /// All profiles.
    pub const ALL: [Profile; 5] =
        [Profile::Car, Profile::Van, Profile::ElectricVan, Profile::CargoBike, Profile::Walk];

    /// A short name that does not change.
    pub fn code(self) -> &'static str {
        match self {
            Profile::Car => "car",
            Profile::Van => "van",
            Profile::ElectricVan => "electric_van",
            Profile::CargoBike => "cargo_bike",
            Profile::Walk => "walk",
        }
    }

    /// The profile with this short name.
    pub fn from_code(code: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.code() == code)
    }

    pub(crate) fn means(self) -> Means {
        match self {
            Profile::Car | Profile::Van | Profile::ElectricVan => Means::Motor,
            Profile::CargoBike => Means::Cycle,
            Profile::Walk => Means::Foot,
        }
    }

    /// Its place among the variants of its network.
    pub(crate) fn variant(self) -> usize {
        usize::from(self.is_van())
    }

    pub(crate) fn is_van(self) -> bool {
        matches!(self, Profile::Van | Profile::ElectricVan)
    }
}

impl Variant {
    /// What of the network's speed is driven. A van is slower than a car where streets are narrow and people cross.
    pub(crate) fn share_of_speed(self, class: Class, dense: bool) -> f64 {
        match (self, class) {
            (Variant::Van, Class::Local | Class::Service) if dense => 0.85,
            (Variant::Van, Class::Secondary | Class::Tertiary) if dense => 0.95,
            _ => 1.0,
        }
    }

    /// What junctions cost this kind of vehicle.
    pub(crate) fn turn_costs(self) -> TurnCosts {
        let car = TurnCosts {
            sharpest: 7.5,
            bias: 1.075,
            oncoming: 2.0,
            round: 27.4,
            signals: 2.0,
            giving_way: 0.0,
        };
        match self {
            Variant::Car => car,
            Variant::Van => TurnCosts { sharpest: 9.0, signals: 6.0, giving_way: 3.0, ..car },
            Variant::Bike => TurnCosts {
                sharpest: 6.0,
                bias: 1.2,
                oncoming: 2.0,
                round: 10.0,
                signals: 4.0,
                giving_way: 1.0,
            },
            Variant::Foot => TurnCosts {
                sharpest: 0.0,
                bias: 1.0,
                oncoming: 0.0,
                round: 0.0,
                signals: 2.0,
                giving_way: 0.0,
            },
        }
    }
}

impl Means {
    pub(crate) fn variants(self) -> &'static [Variant] {
        match self {
            Means::Motor => &[Variant::Car, Variant::Van],
            Means::Cycle => &[Variant::Bike],
            Means::Foot => &[Variant::Foot],
        }
    }

    /// How a way may be used; none when not at all.
    pub(crate) fn carriage(self, tags: &Tags) -> Option<Carriage> {
        if tags.is("area", "yes") && self != Means::Foot {
            return None;
        }
        if tags.is("route", "ferry") && tags.get("highway").is_none() {
            return self.ferry(tags);
        }
        let highway = tags.get("highway")?;
        let access = [Heading::Along, Heading::Against].map(|heading| self.access(tags, heading));
        let speed = |heading: Heading| {
            let access = access[heading as usize];
            let welcome = access.is_some_and(|access| access > Access::Closed);
            let speed = match self {
                Means::Motor => car_speed(highway, tags, heading),
                Means::Cycle => bike_speed(highway, welcome, tags),
                Means::Foot => foot_speed(highway, welcome),
            };
            speed.filter(|_| access != Some(Access::Closed))
        };
        let (with, against) = self.directions(highway, tags);
        let carriage = Carriage {
            forward: speed(Heading::Along).filter(|_| with),
            backward: speed(Heading::Against).filter(|_| against),
            local: access.map(|access| access == Some(Access::Local)),
            seconds: None,
            class: Class::of(highway),
            no_van: self == Means::Motor && too_small_for_a_van(tags),
        };
        (carriage.forward.is_some() || carriage.backward.is_some()).then_some(carriage)
    }

    /// Keys under which a turn restriction may stand, the special one first.
    pub(crate) fn restriction_keys(self) -> [&'static str; 2] {
        match self {
            Means::Motor => ["restriction:motorcar", "restriction"],
            Means::Cycle | Means::Foot => ["restriction:bicycle", "restriction"],
        }
    }

    /// Its name in the `except` tag of a turn restriction.
    pub(crate) fn exception(self) -> &'static str {
        match self {
            Means::Motor => "motorcar",
            Means::Cycle => "bicycle",
            Means::Foot => "foot",
        }
    }

    fn ferry(self, tags: &Tags) -> Option<Carriage> {
        let access = self.access(tags, Heading::Along);
        // A ferry that says nothing about vehicles is more often a boat for people than a car ferry.
        let permitted = access.map_or(self != Means::Motor, |access| access > Access::Closed);
        let (with, against) = self.directions("", tags);
        let seconds = tags.get("duration").and_then(duration_seconds);
        permitted.then_some(Carriage {
            forward: with.then_some(FERRY_KMH),
            backward: against.then_some(FERRY_KMH),
            local: [access == Some(Access::Local); 2],
            seconds,
            class: Class::Ferry,
            no_van: false,
        })
    }

    /// Whether a way may be used along and against its direction.
    fn directions(self, highway: &str, tags: &Tags) -> (bool, bool) {
        if self == Means::Foot {
            return (true, true);
        }
        if self == Means::Cycle {
            if tags.is("oneway:bicycle", "no")
                || tags.get("cycleway").is_some_and(|c| c.starts_with("opposite"))
            {
                return (true, true);
            }
            if highway == "pedestrian" {
                return (true, true);
            }
        }
        match tags.get("oneway") {
            Some("yes" | "true" | "1") => (true, false),
            Some("-1" | "reverse") => (false, true),
            Some("no" | "false" | "0") => (true, true),
            // Which way is open changes with the hour or a signal, and the map does not say when.
            Some("reversible" | "alternating") => (false, false),
            _ => {
                let round = matches!(tags.get("junction"), Some("roundabout" | "circular"));
                (true, !(round || highway == "motorway"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directions<const N: usize>(means: Means, tags: [(&str, &str); N]) -> Option<(bool, bool)> {
        means.carriage(&tags.into()).map(|c| (c.forward.is_some(), c.backward.is_some()))
    }

    #[test]
    fn oneways_bind_cars_and_may_spare_bicycles() {
        let street = [("highway", "residential"), ("oneway", "yes"), ("oneway:bicycle", "no")];
        assert_eq!(directions(Means::Motor, street), Some((true, false)));
        assert_eq!(directions(Means::Cycle, street), Some((true, true)));
        assert_eq!(directions(Means::Motor, [("highway", "primary"), ("oneway", "-1")]), Some((false, true)));
        for changing in ["reversible", "alternating"] {
            assert_eq!(directions(Means::Motor, [("highway", "primary"), ("oneway", changing)]), None);
        }
        let uphill = [("highway", "residential"), ("motor_vehicle:backward", "no")];
        assert_eq!(directions(Means::Motor, uphill), Some((true, false)));
        assert_eq!(directions(Means::Cycle, uphill), Some((true, true)));
        let round = [("highway", "primary"), ("junction", "roundabout")];
        assert_eq!(directions(Means::Motor, round), Some((true, false)));
    }

    #[test]
    fn the_most_special_access_tag_wins() {
        let gated =
            Tags::from([("highway", "service"), ("access", "private"), ("motor_vehicle", "destination")]);
        assert!(Means::Motor.carriage(&gated).is_some_and(|c| c.local == [true; 2]));
        let closed = Tags::from([("highway", "service"), ("access", "no"), ("motor_vehicle", "yes")]);
        assert!(Means::Motor.carriage(&closed).is_some_and(|c| c.local == [false; 2]));
        assert!(Means::Cycle.carriage(&closed).is_none());
        assert!(Means::Motor.carriage(&[("highway", "footway")].into()).is_none());
    }

    #[test]
    fn a_posted_limit_replaces_the_usual_speed() {
        let speed = |tags: Tags| Means::Motor.carriage(&tags).and_then(|c| c.forward);
        assert_eq!(speed([("highway", "primary"), ("maxspeed", "50")].into()), Some(40.0));
        for (limit, kmh) in [
            ("walk", 4.0),
            ("DE:walk", 4.0),
            ("5", 4.0),
            ("50;80", 40.0),
            ("80; 50", 40.0),
            ("RO:urban", 40.0),
            ("DE:rural", 80.0),
            ("DE:zone30", 24.0),
            ("FR:zone:20", 16.0),
            ("30 km/h", 24.0),
            ("none", 65.0),
            ("signals", 65.0),
            ("variable", 65.0),
            ("fast", 65.0),
        ] {
            assert_eq!(speed([("highway", "primary"), ("maxspeed", limit)].into()), Some(kmh), "{limit}");
        }
        assert_eq!(speed([("highway", "motorway"), ("maxspeed", "none")].into()), Some(104.0));
        for (limit, kmh) in [("50 mph", 64.4), ("50mph", 64.4), ("GB:nsl_single", 77.2)] {
            let found = speed([("highway", "primary"), ("maxspeed", limit)].into());
            assert!(found.is_some_and(|found| (found - kmh).abs() < 0.1), "{limit}: {found:?}");
        }
        let both = Means::Motor
            .carriage(&[("highway", "primary"), ("maxspeed", "50"), ("maxspeed:backward", "30")].into());
        assert_eq!(both.map(|c| (c.forward, c.backward)), Some((Some(40.0), Some(24.0))));
        assert_eq!(speed([("highway", "primary"), ("maxspeed:type", "MT:urban")].into()), Some(40.0));
        assert!(
            speed([("highway", "primary"), ("maxspeed", "30 mph")].into())
                .is_some_and(|s| (s - 38.6).abs() < 0.1)
        );
    }

    #[test]
    fn a_ferry_takes_as_long_as_it_says() {
        let boat = [("route", "ferry"), ("duration", "00:25"), ("motor_vehicle", "yes")];
        assert_eq!(Means::Motor.carriage(&boat.into()).and_then(|c| c.seconds), Some(1500.0));
        assert!(Means::Motor.carriage(&[("route", "ferry"), ("duration", "10")].into()).is_none());
        assert_eq!(duration_seconds("01:02:03"), Some(3723.0));
        assert_eq!(duration_seconds("PT1H"), None);
    }

    #[test]
    fn a_van_does_not_pass_where_it_is_too_high_or_wide() {
        let barred = |tags: Tags| Means::Motor.carriage(&tags).is_some_and(|c| c.no_van);
        assert!(barred([("highway", "primary"), ("maxheight", "2.5")].into()));
        assert!(barred([("highway", "primary"), ("maxheight", "8'6\"")].into()));
        assert!(!barred([("highway", "primary"), ("maxheight", "3.8 m")].into()));
        assert!(!barred([("highway", "primary"), ("maxheight", "default")].into()));
        assert!(barred([("highway", "residential"), ("maxwidth", "2")].into()));
        assert!(barred([("highway", "residential"), ("maxweight", "2.5 t")].into()));
    }

    #[test]
    fn a_bad_surface_slows_and_steps_are_for_feet() {
        let speed = |means: Means, tags: Tags| means.carriage(&tags).and_then(|c| c.forward);
        assert_eq!(
            speed(Means::Motor, [("highway", "primary"), ("surface", "cobblestone")].into()),
            Some(30.0)
        );
        assert_eq!(speed(Means::Cycle, [("highway", "path"), ("surface", "sand")].into()), Some(20.0 / 3.0));
        assert!(speed(Means::Cycle, [("highway", "steps")].into()).is_none());
        assert!(speed(Means::Foot, [("highway", "steps")].into()).is_some());
    }
}
