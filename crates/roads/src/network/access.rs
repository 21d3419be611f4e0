//! Who may use a way or pass a node, as the tags say it: everybody, those who have something to do there, or nobody.
//!
//! Rules that hold at some hours only (`access:conditional`) are not read: what holds by default is taken to hold always.
//! Not here: how fast one gets along (`speeds`), and which direction is open (`profile`).

use super::Means;
use crate::extract::Tags;

/// What tags say about a means of travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Access {
    Closed,
    /// Residents, customers and deliveries only: a way to a door, but none through.
    Local,
    Open,
}

/// Along a way or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heading {
    Along,
    Against,
}

/// A key with the keys that say the same for one direction.
type Keys = [&'static str; 3];

const ANYBODY: Keys = ["access", "access:forward", "access:backward"];
const VEHICLES: Keys = ["vehicle", "vehicle:forward", "vehicle:backward"];
const MOTOR: &[Keys] = &[
    ["motorcar", "motorcar:forward", "motorcar:backward"],
    ["motor_vehicle", "motor_vehicle:forward", "motor_vehicle:backward"],
    VEHICLES,
    ANYBODY,
];
const CYCLE: &[Keys] = &[["bicycle", "bicycle:forward", "bicycle:backward"], VEHICLES, ANYBODY];
const FOOT: &[Keys] = &[["foot", "foot", "foot"], ANYBODY];

impl Means {
    /// What the access tags say, the most special first; none when they are silent.
    pub(super) fn access(self, tags: &Tags, heading: Heading) -> Option<Access> {
        match self.value(tags, heading)? {
            "dismount" => None,
            value => Some(access_of(value)),
        }
    }

    /// Whether a barrier on a node stops this means of travel.
    pub(crate) fn stopped_by(self, tags: &Tags) -> bool {
        let Some(barrier) = tags.get("barrier") else { return false };
        // What is private on a node is locked, and a driver has no key.
        if self.value(tags, Heading::Along) == Some("private") {
            return true;
        }
        if let Some(access) = self.access(tags, Heading::Along) {
            return access == Access::Closed;
        }
        let open = [
            "arch",
            "border_control",
            "cattle_grid",
            "entrance",
            "height_restrictor",
            "no",
            "sally_port",
            "toll_booth",
        ];
        match self {
            Means::Motor => !open.contains(&barrier) && !opens(tags),
            Means::Cycle | Means::Foot => {
                ["fence", "wall", "hedge", "debris", "jersey_barrier"].contains(&barrier)
            }
        }
    }

    /// Seconds that passing a node takes beyond turning there: gates that have to be opened, stop signs.
    pub(crate) fn delay(self, tags: &Tags) -> f64 {
        if self == Means::Foot {
            return 0.0;
        }
        // A gate with an access tag that lets people through stands open; bikes pass beside a bollard.
        let gate = opens(tags) && (self == Means::Motor || !tags.is("barrier", "bollard"));
        let sign = match tags.get("highway") {
            Some("stop") => 2.0,
            Some("give_way") => 1.0,
            _ => 0.0,
        };
        if gate && self.access(tags, Heading::Along).is_none() { 60.0 } else { sign }
    }

    fn value(self, tags: &Tags, heading: Heading) -> Option<&str> {
        let keys = match self {
            Means::Motor => MOTOR,
            Means::Cycle => CYCLE,
            Means::Foot => FOOT,
        };
        keys.iter().find_map(|[both, along, against]| {
            let special = if heading == Heading::Along { along } else { against };
            tags.get(special).or_else(|| tags.get(both))
        })
    }
}

/// Whether a barrier is one that opens to those who wait: a gate, or bollards that sink into the ground.
fn opens(tags: &Tags) -> bool {
    match tags.get("barrier") {
        Some("gate" | "lift_gate" | "swing_gate" | "sliding_gate" | "rising_bollard") => true,
        Some("bollard") => tags.is("bollard", "rising"),
        _ => false,
    }
}

/// Of several values (`agricultural;destination`) the most generous holds, but `no` is no.
fn access_of(value: &str) -> Access {
    let one = |value: &str| match value.trim() {
        "no" | "agricultural" | "forestry" | "emergency" | "psv" | "military" | "use_sidepath" => {
            Access::Closed
        }
        "private" | "destination" | "customers" | "delivery" | "permit" | "residents" | "employees"
        | "staff" | "members" => Access::Local,
        _ => Access::Open,
    };
    let values = || value.split(';').filter(|value| !value.trim().is_empty());
    if values().any(|value| value.trim() == "no") {
        return Access::Closed;
    }
    values().map(one).max().unwrap_or(Access::Open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn motor<const N: usize>(tags: [(&str, &str); N]) -> Option<Access> {
        Means::Motor.access(&tags.into(), Heading::Along)
    }

    #[test]
    fn who_has_something_to_do_there_may_come_but_not_pass_through() {
        for value in ["destination", "private", "customers", "delivery", "agricultural;destination"] {
            for key in ["motorcar", "motor_vehicle", "vehicle", "access"] {
                assert_eq!(motor([(key, value)]), Some(Access::Local), "{key}={value}");
            }
        }
        assert_eq!(motor([("access", "no;destination")]), Some(Access::Closed));
        assert_eq!(motor([("access", "agricultural;forestry")]), Some(Access::Closed));
        assert_eq!(motor([("access", "permissive")]), Some(Access::Open));
        assert_eq!(motor([("surface", "asphalt")]), None);
    }

    #[test]
    fn the_most_special_access_tag_wins_and_one_direction_is_more_special_than_both() {
        assert_eq!(motor([("access", "private"), ("motor_vehicle", "yes")]), Some(Access::Open));
        let uphill = Tags::from([("motor_vehicle", "yes"), ("motor_vehicle:backward", "no")]);
        assert_eq!(Means::Motor.access(&uphill, Heading::Along), Some(Access::Open));
        assert_eq!(Means::Motor.access(&uphill, Heading::Against), Some(Access::Closed));
        assert_eq!(Means::Cycle.access(&uphill, Heading::Against), None);
    }

    #[test]
    fn a_bollard_stops_cars_and_an_open_gate_does_not() {
        assert!(Means::Motor.stopped_by(&[("barrier", "bollard")].into()));
        assert!(!Means::Cycle.stopped_by(&[("barrier", "bollard")].into()));
        assert!(!Means::Motor.stopped_by(&[("barrier", "gate")].into()));
        assert!(Means::Motor.stopped_by(&[("barrier", "gate"), ("access", "private")].into()));
    }

    #[test]
    fn a_bollard_that_sinks_is_a_gate_unless_nobody_may_pass() {
        let rising = [("barrier", "bollard"), ("bollard", "rising")];
        assert!(!Means::Motor.stopped_by(&rising.into()));
        assert_eq!(Means::Motor.delay(&rising.into()), 60.0);
        assert_eq!(Means::Cycle.delay(&rising.into()), 0.0);
        let closed = [("barrier", "bollard"), ("bollard", "rising"), ("motor_vehicle", "no")];
        assert!(Means::Motor.stopped_by(&closed.into()));
        assert!(Means::Motor.stopped_by(&[("barrier", "bollard"), ("bollard", "removable")].into()));
        assert_eq!(Means::Motor.delay(&[("barrier", "lift_gate"), ("access", "yes")].into()), 0.0);
    }
}
