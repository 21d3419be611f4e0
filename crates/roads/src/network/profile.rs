//! What a kind of vehicle may use, and how fast it goes there on a free road.
//!
//! Speeds and turn costs follow the shape of OSRM's car and bicycle profiles (BSD-2-Clause), so that its answers can be
//! compared with ours. Not here: traffic, time of day, vehicle dimensions, conditional access.

use crate::extract::Tags;

/// A kind of vehicle. Vans use [`Profile::Car`], cargo bikes [`Profile::Bike`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Anything that drives where motor cars may.
    Car,
    /// Anything that rides where bicycles may.
    Bike,
}

/// How one way may be used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Carriage {
    /// Speed in the direction of the way, in km/h; none when that direction is closed.
    pub(crate) forward: Option<f64>,
    /// Speed against the direction of the way, in km/h.
    pub(crate) backward: Option<f64>,
    /// Time from end to end where the way says so (ferries), in seconds; it then counts instead of the speed.
    pub(crate) seconds: Option<f64>,
}

/// What passing a junction costs, in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TurnCosts {
    /// The most that a turn by its angle alone can cost.
    pub(crate) sharpest: f64,
    /// Turning round where that is the only way on.
    pub(crate) round: f64,
    /// Passing traffic signals.
    pub(crate) signals: f64,
}

/// Share of a posted limit that is driven on average on a free road.
const OF_LIMIT: f64 = 0.8;
/// Speed assumed for a ferry that does not state how long it takes, in km/h.
const FERRY_KMH: f64 = 12.0;
/// Speed of pushing a bicycle, in km/h.
const PUSHING_KMH: f64 = 5.0;

impl Profile {
    /// All profiles, in the order of their networks.
    pub(crate) const ALL: [Profile; 2] = [Profile::Car, Profile::Bike];

    /// How this kind of vehicle may use a way; none when not at all.
    pub(crate) fn carriage(self, tags: &Tags) -> Option<Carriage> {
        if tags.is("area", "yes") {
            return None;
        }
        if tags.is("route", "ferry") && tags.get("highway").is_none() {
            return self.ferry(tags);
        }
        let highway = tags.get("highway")?;
        let permitted = self.permitted(tags);
        if permitted == Some(false) {
            return None;
        }
        let speed = match self {
            Profile::Car => car_speed(highway, tags)?,
            Profile::Bike => bike_speed(highway, permitted == Some(true))?,
        };
        let (with, against) = self.directions(highway, tags);
        let carriage =
            Carriage { forward: with.then_some(speed), backward: against.then_some(speed), seconds: None };
        (with || against).then_some(carriage)
    }

    /// Whether a barrier on a node stops this kind of vehicle.
    pub(crate) fn stopped_by(self, tags: &Tags) -> bool {
        let Some(barrier) = tags.get("barrier") else { return false };
        if let Some(permitted) = self.permitted(tags) {
            return !permitted;
        }
        let open = [
            "border_control",
            "cattle_grid",
            "entrance",
            "gate",
            "height_restrictor",
            "lift_gate",
            "no",
            "toll_booth",
        ];
        match self {
            Profile::Car => !open.contains(&barrier),
            Profile::Bike => ["fence", "wall", "hedge", "debris", "jersey_barrier"].contains(&barrier),
        }
    }

    /// Keys under which a turn restriction for this kind of vehicle may stand, the special one first.
    pub(crate) fn restriction_keys(self) -> [&'static str; 2] {
        match self {
            Profile::Car => ["restriction:motorcar", "restriction"],
            Profile::Bike => ["restriction:bicycle", "restriction"],
        }
    }

    /// Name of this kind of vehicle in the `except` tag of a turn restriction.
    pub(crate) fn exception(self) -> &'static str {
        match self {
            Profile::Car => "motorcar",
            Profile::Bike => "bicycle",
        }
    }

    /// What junctions cost this kind of vehicle.
    pub(crate) fn turn_costs(self) -> TurnCosts {
        match self {
            Profile::Car => TurnCosts { sharpest: 7.5, round: 20.0, signals: 2.0 },
            Profile::Bike => TurnCosts { sharpest: 6.0, round: 10.0, signals: 2.0 },
        }
    }

    /// What the access tags say, the most special first; none when they are silent.
    fn permitted(self, tags: &Tags) -> Option<bool> {
        let keys: &[&str] = match self {
            Profile::Car => &["motorcar", "motor_vehicle", "vehicle", "access"],
            Profile::Bike => &["bicycle", "vehicle", "access"],
        };
        let value = keys.iter().find_map(|key| tags.get(key))?;
        let closed =
            ["no", "private", "agricultural", "forestry", "emergency", "psv", "military", "use_sidepath"];
        match value {
            "dismount" => None,
            _ => Some(!closed.contains(&value)),
        }
    }

    fn ferry(self, tags: &Tags) -> Option<Carriage> {
        let permitted = match self {
            // A ferry that says nothing about vehicles is more often a boat for people than a car ferry.
            Profile::Car => self.permitted(tags) == Some(true),
            Profile::Bike => self.permitted(tags) != Some(false),
        };
        let (with, against) = self.directions("", tags);
        let seconds = tags.get("duration").and_then(duration_seconds);
        permitted.then_some(Carriage {
            forward: with.then_some(FERRY_KMH),
            backward: against.then_some(FERRY_KMH),
            seconds,
        })
    }

    /// Whether a way may be used along and against its direction.
    fn directions(self, highway: &str, tags: &Tags) -> (bool, bool) {
        if self == Profile::Bike {
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
            _ => {
                let round = matches!(tags.get("junction"), Some("roundabout" | "circular"));
                (true, !(round || highway == "motorway"))
            }
        }
    }
}

fn car_speed(highway: &str, tags: &Tags) -> Option<f64> {
    let usual = match highway {
        "motorway" => 90.0,
        "motorway_link" => 45.0,
        "trunk" => 85.0,
        "trunk_link" => 40.0,
        "primary" => 65.0,
        "primary_link" => 30.0,
        "secondary" => 55.0,
        "secondary_link" | "unclassified" | "residential" | "road" => 25.0,
        "tertiary" => 40.0,
        "tertiary_link" => 20.0,
        "living_street" => 10.0,
        "service" => match tags.get("service") {
            Some("parking_aisle" | "drive-through" | "alley") => 5.0,
            _ => 15.0,
        },
        _ => return None,
    };
    Some(tags.get("maxspeed").and_then(limit_kmh).map_or(usual, |limit| limit * OF_LIMIT))
}

fn bike_speed(highway: &str, welcome: bool) -> Option<f64> {
    let speed = match highway {
        "cycleway" | "trunk" | "trunk_link" | "primary" | "primary_link" | "secondary" | "secondary_link"
        | "tertiary" | "tertiary_link" | "unclassified" | "residential" | "living_street" | "service"
        | "road" => 15.0,
        "track" | "path" => 12.0,
        "pedestrian" => {
            if welcome {
                10.0
            } else {
                PUSHING_KMH
            }
        }
        "footway" if welcome => 10.0,
        _ => return None,
    };
    Some(speed)
}

/// A posted limit in km/h; none for values that are not numbers, such as `walk` or `MT:urban`.
fn limit_kmh(value: &str) -> Option<f64> {
    let (number, factor) = match value.strip_suffix("mph") {
        Some(number) => (number, 1.609_344),
        None => (value.strip_suffix("km/h").unwrap_or(value), 1.0),
    };
    let limit = number.trim().parse::<f64>().ok()? * factor;
    (5.0..=150.0).contains(&limit).then_some(limit)
}

/// A `duration` tag (`MM`, `HH:MM` or `HH:MM:SS`) in seconds.
fn duration_seconds(value: &str) -> Option<f64> {
    let parts: Vec<f64> = value.split(':').map(|part| part.trim().parse().ok()).collect::<Option<_>>()?;
    let seconds = match parts[..] {
        [minutes] => minutes * 60.0,
        [hours, minutes] => hours * 3600.0 + minutes * 60.0,
        [hours, minutes, seconds] => hours * 3600.0 + minutes * 60.0 + seconds,
        _ => return None,
    };
    (seconds > 0.0 && seconds < 86_400.0).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directions<const N: usize>(profile: Profile, tags: [(&str, &str); N]) -> Option<(bool, bool)> {
        profile.carriage(&tags.into()).map(|c| (c.forward.is_some(), c.backward.is_some()))
    }

    #[test]
    fn oneways_bind_cars_and_may_spare_bicycles() {
        let street = [("highway", "residential"), ("oneway", "yes"), ("oneway:bicycle", "no")];
        assert_eq!(directions(Profile::Car, street), Some((true, false)));
        assert_eq!(directions(Profile::Bike, street), Some((true, true)));
        assert_eq!(directions(Profile::Car, [("highway", "primary"), ("oneway", "-1")]), Some((false, true)));
        let round = [("highway", "primary"), ("junction", "roundabout")];
        assert_eq!(directions(Profile::Car, round), Some((true, false)));
    }

    #[test]
    fn the_most_special_access_tag_wins() {
        let gated =
            Tags::from([("highway", "service"), ("access", "private"), ("motor_vehicle", "destination")]);
        assert!(Profile::Car.carriage(&gated).is_some());
        assert!(Profile::Bike.carriage(&gated).is_none());
        assert!(Profile::Car.carriage(&[("highway", "footway")].into()).is_none());
    }

    #[test]
    fn a_posted_limit_replaces_the_usual_speed() {
        let speed = |tags: Tags| Profile::Car.carriage(&tags).and_then(|c| c.forward);
        assert_eq!(speed([("highway", "primary"), ("maxspeed", "50")].into()), Some(40.0));
        assert_eq!(speed([("highway", "primary"), ("maxspeed", "MT:urban")].into()), Some(65.0));
        assert!(
            speed([("highway", "primary"), ("maxspeed", "30 mph")].into())
                .is_some_and(|s| (s - 38.6).abs() < 0.1)
        );
    }

    #[test]
    fn a_ferry_takes_as_long_as_it_says() {
        let boat = [("route", "ferry"), ("duration", "00:25"), ("motor_vehicle", "yes")];
        assert_eq!(Profile::Car.carriage(&boat.into()).and_then(|c| c.seconds), Some(1500.0));
        assert!(Profile::Car.carriage(&[("route", "ferry"), ("duration", "10")].into()).is_none());
        assert_eq!(duration_seconds("01:02:03"), Some(3723.0));
        assert_eq!(duration_seconds("PT1H"), None);
    }

    #[test]
    fn a_bollard_stops_cars_and_an_open_gate_does_not() {
        assert!(Profile::Car.stopped_by(&[("barrier", "bollard")].into()));
        assert!(!Profile::Bike.stopped_by(&[("barrier", "bollard")].into()));
        assert!(!Profile::Car.stopped_by(&[("barrier", "gate")].into()));
        assert!(Profile::Car.stopped_by(&[("barrier", "gate"), ("access", "private")].into()));
    }
}
