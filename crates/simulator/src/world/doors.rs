//! What happens at a door: how long it takes, and how it ends.
//!
//! Not here: the way to it (`super::approach`), and what the shop expected; the product plans with that.

use crate::scenario::draws::{lognormal, normal};
use chrono::Duration;
use rand::Rng;
use wire::driver::DriverStop;
use wire::{Instant, Outcome, Service, VehicleKind};

/// What one visit to a door comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Door {
    /// How long it takes once the window is open.
    pub takes: Duration,
    /// How it ends.
    pub outcome: Outcome,
    /// What the driver writes.
    pub note: Option<&'static str>,
}

const NOT_HOME: f64 = 0.055;
const NOT_HOME_WHEN_LATE: f64 = 0.10;
const LATE: Duration = Duration::minutes(30);

/// Of the logarithm of the time at a door that opens, and how often that is three times as long.
const SPREAD: f64 = 0.42;
const LONG: f64 = 0.03;
const AGAINST_EXPECTED: f64 = 0.88;
const WAITING_S: f64 = 95.0;

/// Another order for a door at which a driver is already takes so much of what it would take alone.
const FURTHER: f64 = 0.25;
const FURTHER_FAILED_S: f64 = 8.0;

/// The mean time at this door, in seconds, whatever comes of it; `further` if the driver is there already for another order.
pub fn usual_s(stop: &DriverStop, further: bool) -> f64 {
    if further {
        return FURTHER * usual_s(stop, false);
    }
    let opens = expected_s(stop) * AGAINST_EXPECTED * (SPREAD * SPREAD / 2.0).exp() * (1.0 + 2.0 * LONG);
    (1.0 - NOT_HOME) * opens + NOT_HOME * WAITING_S
}

fn expected_s(stop: &DriverStop) -> f64 {
    f64::from(stop.service_s.clamp(20, 3_600))
}

/// Whether an outcome is the same for every order of a door.
fn is_of_the_door(outcome: Outcome) -> bool {
    use Outcome::{FailedCantFindAddress, FailedNoParking, FailedNotHome};
    matches!(outcome, FailedNotHome | FailedCantFindAddress | FailedNoParking)
}

/// Knocks, or goes on with another order at a door where the one `before` it has just ended. Draws the same number of lots whatever happens, so that one answer does not shift another.
pub fn knock(
    rng: &mut impl Rng,
    kind: VehicleKind,
    stop: &DriverStop,
    arrived: Instant,
    before: Option<Outcome>,
) -> Door {
    let (lot, how, tail) = (rng.random::<f64>(), rng.random::<f64>(), rng.random::<f64>());
    let (spread, waiting_s) = (normal(rng), lognormal(rng, WAITING_S, 0.4));
    let late = arrived > stop.window_until + LATE;
    let drawn = failure(lot, kind, late).map(|failed| as_collected(failed, stop.service));
    let (outcome, note) = match before {
        Some(before) if is_of_the_door(before) => (before, None),
        Some(_) => drawn
            .filter(|(outcome, _)| !is_of_the_door(*outcome))
            .unwrap_or_else(|| success(stop.service, how)),
        None => drawn.unwrap_or_else(|| success(stop.service, how)),
    };
    let share = if before.is_some() { FURTHER } else { 1.0 };
    let takes_s = if outcome.is_success() {
        let long = if tail < LONG { 3.0 } else { 1.0 };
        (expected_s(stop) * AGAINST_EXPECTED * (SPREAD * spread).exp() * long).clamp(15.0, 2_400.0) * share
    } else if before.is_some() {
        FURTHER_FAILED_S
    } else {
        waiting_s.clamp(30.0, 600.0)
    };
    Door { takes: Duration::seconds(takes_s as i64), outcome, note }
}

fn failure(lot: f64, kind: VehicleKind, late: bool) -> Option<(Outcome, Option<&'static str>)> {
    let not_home = if late { NOT_HOME + NOT_HOME_WHEN_LATE } else { NOT_HOME };
    let no_parking = if kind == VehicleKind::CargoBike { 0.0 } else { 0.004 };
    let causes = [
        (0.007, Outcome::FailedCantFindAddress, Some("No such door in this street")),
        (0.005, Outcome::FailedOther, Some("Recipient refused the package")),
        (0.003, Outcome::FailedMissingRequiredProof, Some("Nobody of age to sign")),
        (0.002, Outcome::FailedPackageNotAvailable, Some("Package not found in the vehicle")),
        (no_parking, Outcome::FailedNoParking, Some("Street closed, nowhere to stop")),
        (not_home, Outcome::FailedNotHome, None),
    ];
    let mut below = 0.0;
    causes.into_iter().find_map(|(share, outcome, note)| {
        below += share;
        (lot < below).then_some((outcome, note))
    })
}

/// Who has nothing to hand over fails in other words.
fn as_collected(
    failed: (Outcome, Option<&'static str>),
    service: Service,
) -> (Outcome, Option<&'static str>) {
    match failed.0 {
        Outcome::FailedOther | Outcome::FailedPackageNotAvailable if service == Service::Collect => {
            (Outcome::FailedPackageNotAvailable, Some("Nothing was ready to be collected"))
        }
        _ => failed,
    }
}

fn success(service: Service, how: f64) -> (Outcome, Option<&'static str>) {
    match service {
        Service::Deliver => delivery(how),
        Service::Collect => (Outcome::Collected, None),
        Service::Both if how < 0.9 => (Outcome::Exchanged, None),
        Service::Both => (Outcome::DeliveredToRecipient, Some("Nothing was ready to be taken along")),
    }
}

fn delivery(how: f64) -> (Outcome, Option<&'static str>) {
    match how {
        how if how < 0.78 => (Outcome::DeliveredToRecipient, None),
        how if how < 0.89 => (Outcome::DeliveredToThirdParty, Some("With a neighbour")),
        how if how < 0.94 => (Outcome::DeliveredToMailbox, None),
        _ => (Outcome::DeliveredToSafePlace, Some("In the agreed place")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::draws::Draws;
    use crate::testing::stop_at;
    use roads::LatLon;

    fn doors(late: Duration) -> Vec<Door> {
        let draws = Draws::new(5);
        (0..4_000)
            .map(|number| {
                let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
                let mut rng = draws.stream("door", &stop.reference);
                knock(&mut rng, VehicleKind::DieselVan, &stop, stop.window_until + late, None)
            })
            .collect()
    }

    fn share(doors: &[Door], is: impl Fn(&Door) -> bool) -> f64 {
        doors.iter().filter(|door| is(door)).count() as f64 / doors.len() as f64
    }

    #[test]
    fn about_one_door_in_thirteen_stays_closed_and_more_when_the_driver_is_late() {
        let (early, late) = (doors(-Duration::hours(1)), doors(Duration::hours(1)));
        let failed = |all: &[Door]| share(all, |door| !door.outcome.is_success());
        assert!((0.06..0.095).contains(&failed(&early)), "{}", failed(&early));
        assert!(failed(&late) > failed(&early) + 0.07);
        let not_home = share(&early, |door| door.outcome == Outcome::FailedNotHome);
        assert!((0.045..0.065).contains(&not_home), "{not_home}");
    }

    #[test]
    fn a_further_order_is_quick_and_nobody_opens_for_it_who_did_not_open() {
        let (draws, expected) = (Draws::new(5), 120.0);
        let further = |before| -> Vec<Door> {
            (0..2_000)
                .map(|number| {
                    let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
                    let mut rng = draws.stream("door", &stop.reference);
                    knock(&mut rng, VehicleKind::DieselVan, &stop, stop.window_from, Some(before))
                })
                .collect()
        };
        assert!(further(Outcome::FailedNotHome).iter().all(|door| door.outcome == Outcome::FailedNotHome));
        let opened = further(Outcome::DeliveredToRecipient);
        assert!(opened.iter().all(|door| door.outcome != Outcome::FailedNotHome));
        assert!((0.005..0.03).contains(&share(&opened, |door| !door.outcome.is_success())));
        let mean = opened.iter().map(|door| door.takes.as_seconds_f64()).sum::<f64>() / 2_000.0;
        assert!((expected * 0.2..expected * 0.3).contains(&mean), "{mean}");
    }

    #[test]
    fn what_is_collected_is_never_delivered_and_some_exchanges_are() {
        let draws = Draws::new(5);
        let ends = |service| -> Vec<Outcome> {
            (0..1_000)
                .map(|number| {
                    let at = LatLon { lat: 35.9, lon: 14.5 };
                    let stop = DriverStop { service, ..stop_at(number, at) };
                    let mut rng = draws.stream("door", &stop.reference);
                    knock(&mut rng, VehicleKind::DieselVan, &stop, stop.window_from, None).outcome
                })
                .collect()
        };
        let share = |all: &[Outcome], outcome| all.iter().filter(|end| **end == outcome).count();
        let (collected, exchanged) = (ends(Service::Collect), ends(Service::Both));
        assert!(collected.iter().all(|end| !end.is_success() || *end == Outcome::Collected));
        assert!((900..950).contains(&share(&collected, Outcome::Collected)));
        assert!((780..880).contains(&share(&exchanged, Outcome::Exchanged)));
        assert!((50..130).contains(&share(&exchanged, Outcome::DeliveredToRecipient)));
    }

    #[test]
    fn a_door_takes_about_what_the_shop_expects_with_a_long_tail() {
        let all: Vec<f64> = doors(-Duration::hours(1))
            .into_iter()
            .filter(|door| door.outcome.is_success())
            .map(|door| door.takes.num_seconds() as f64)
            .collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!((105.0..140.0).contains(&mean), "{mean} s for doors that were expected to take 120 s");
        assert!(all.iter().any(|takes| *takes > 400.0));
        let usual = usual_s(&stop_at(0, LatLon { lat: 35.9, lon: 14.5 }), false);
        assert!((usual - mean).abs() < 8.0, "{usual} s is said to be usual, {mean} s are");
    }
}
