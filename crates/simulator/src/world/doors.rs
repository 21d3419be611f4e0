//! What happens at a door: how long it takes, and how it ends.
//!
//! Not here: the way to it (`super::approach`), and what the shop expected; the product plans with that.

use crate::draws::{lognormal, normal};
use crate::scenario::acts::Deed;
use crate::shares::Doors;
use crate::town::households::Household;
use chrono::Duration;
use rand::Rng;
use wire::driver::DriverStop;
use wire::{Outcome, Service, VehicleKind};

/// What one visit to a door comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Door {
    /// How long it takes once the window is open.
    pub takes: Duration,
    /// How it ends.
    pub outcome: Outcome,
    /// What the driver writes.
    pub note: Option<&'static str>,
    /// Whether somebody was at home.
    pub home: bool,
}

/// Somebody comes to a door.
pub struct Knock<'a> {
    /// In what.
    pub kind: VehicleKind,
    /// For which stop.
    pub stop: &'a DriverStop,
    /// How the order ended for which the driver is there already.
    pub before: Option<Outcome>,
    /// Whose door it is, when the world has made the order.
    pub household: Option<&'a Household>,
    /// Whether somebody is at home.
    pub home: bool,
    /// Whether the driver has found the door.
    pub found: bool,
    /// What the recipient has done about the order by now.
    pub act: Option<Deed>,
    /// How visits fail whoever is at home.
    pub shares: &'a Doors,
    /// How often a parcel that finds nobody is left elsewhere.
    pub elsewhere: f64,
}

/// How often nobody opens in the mean, for what is usual; a test of a whole day holds it to what happens.
const NOBODY: f64 = 0.07;

/// Of the logarithm of the time at a door that opens, apart from what is usual there, and how often that is three times as long.
const SPREAD: f64 = 0.3;
const LONG: f64 = 0.03;
const AGAINST_EXPECTED: f64 = 0.88;
const WAITING_S: f64 = 95.0;

/// Another order for a door at which a driver is already takes so much of what it would take alone.
const FURTHER: f64 = 0.25;
const FURTHER_FAILED_S: f64 = 8.0;

/// The mean time at this door, in seconds, whatever comes of it; `further` if the driver is there already for another order.
pub fn usual_s(stop: &DriverStop, household: Option<&Household>, further: bool) -> f64 {
    if further {
        return FURTHER * usual_s(stop, household, false);
    }
    let opens = opens_s(stop, household, 1.0) * (SPREAD * SPREAD / 2.0).exp() * (1.0 + 2.0 * LONG);
    (1.0 - NOBODY) * opens + NOBODY * WAITING_S
}

/// How long it takes when somebody opens, by luck; floors and quirks are the household's.
fn opens_s(stop: &DriverStop, household: Option<&Household>, luck: f64) -> f64 {
    let (times, climb_s) = household.map_or((1.0, 0.0), |own| (own.door_times, own.climb_s));
    f64::from(stop.service_s.clamp(20, 3_600)) * AGAINST_EXPECTED * times * luck + climb_s
}

/// Whether an outcome is the same for every order of a door.
fn is_of_the_door(outcome: Outcome) -> bool {
    use Outcome::{FailedCantFindAddress, FailedNoParking, FailedNotHome};
    matches!(outcome, FailedNotHome | FailedCantFindAddress | FailedNoParking)
}

/// Knocks, or goes on with another order at a door where the one `before` it has just ended. Draws the same number of lots
/// whatever happens, so that one answer does not shift another.
pub fn knock(rng: &mut impl Rng, it: &Knock) -> Door {
    let (lot, how, tail, left) =
        (rng.random::<f64>(), rng.random::<f64>(), rng.random::<f64>(), rng.random::<f64>());
    let (spread, waiting_s) = (normal(rng), lognormal(rng, WAITING_S, 0.4));
    let service = it.stop.service;
    let drawn = failure(lot, it).map(|failed| as_collected(failed, service));
    let ends = drawn.unwrap_or_else(|| match it.act {
        Some(Deed::Redirects) if service == Service::Deliver => {
            (Outcome::DeliveredToThirdParty, Some("With the neighbour, as agreed"))
        }
        _ if it.home => success(service, how),
        _ if service == Service::Deliver && left < it.elsewhere => left_elsewhere(how),
        _ => (Outcome::FailedNotHome, None),
    });
    let (outcome, note) = match it.before {
        Some(before) if is_of_the_door(before) => (before, None),
        Some(_) if is_of_the_door(ends.0) => success(service, how),
        _ => ends,
    };
    let further = it.before.is_some();
    let takes_s = if outcome.is_success() {
        let long = if tail < LONG { 3.0 } else { 1.0 };
        let luck = (SPREAD * spread).exp() * long;
        opens_s(it.stop, it.household, luck).clamp(15.0, 2_400.0) * if further { FURTHER } else { 1.0 }
    } else if further {
        FURTHER_FAILED_S
    } else {
        waiting_s.clamp(30.0, 600.0)
    };
    Door { takes: Duration::seconds(takes_s as i64), outcome, note, home: it.home }
}

/// What goes wrong whoever is at home.
fn failure(lot: f64, it: &Knock) -> Option<(Outcome, Option<&'static str>)> {
    if !it.found {
        return Some((Outcome::FailedCantFindAddress, Some("Nobody of this name at this address")));
    }
    if it.act == Some(Deed::Cancels) {
        return Some((Outcome::FailedOther, Some("Recipient has cancelled the order")));
    }
    let no_parking = if it.kind == VehicleKind::CargoBike { 0.0 } else { it.shares.no_parking };
    // Who is not there refuses nothing and shows no proof.
    let there = if it.home { 1.0 } else { 0.0 };
    let causes = [
        (it.shares.not_found, Outcome::FailedCantFindAddress, Some("No such door in this street")),
        (it.shares.missing, Outcome::FailedPackageNotAvailable, Some("Package not found in the vehicle")),
        (no_parking, Outcome::FailedNoParking, Some("Street closed, nowhere to stop")),
        (it.shares.refused * there, Outcome::FailedOther, Some("Recipient refused the package")),
        (it.shares.no_proof * there, Outcome::FailedMissingRequiredProof, Some("Nobody of age to sign")),
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
        how if how < 0.95 => (Outcome::DeliveredToRecipient, None),
        _ => (Outcome::DeliveredToSafePlace, Some("In the agreed place")),
    }
}

fn left_elsewhere(how: f64) -> (Outcome, Option<&'static str>) {
    match how {
        how if how < 0.55 => (Outcome::DeliveredToThirdParty, Some("With a neighbour")),
        how if how < 0.8 => (Outcome::DeliveredToMailbox, None),
        _ => (Outcome::DeliveredToSafePlace, Some("In the agreed place")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::scenario::Size;
    use crate::shares::Shares;
    use crate::testing::{ordinary, stop_at};
    use roads::LatLon;

    /// Many doors for which nothing was ordered before, each changed a little.
    fn doors(change: impl Fn(&mut DriverStop, &mut Knock<'_>)) -> Vec<Door> {
        let (draws, shares) = (Draws::new(5), Shares::default());
        let door = |number| {
            let plain = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
            let mut stop = plain.clone();
            let mut it = Knock {
                kind: VehicleKind::DieselVan,
                stop: &plain,
                before: None,
                household: None,
                home: true,
                found: true,
                act: None,
                shares: &shares.doors,
                elsewhere: shares.people.elsewhere,
            };
            change(&mut stop, &mut it);
            let it = Knock { stop: &stop, ..it };
            knock(&mut draws.stream("door", &stop.reference), &it)
        };
        (0..4_000).map(door).collect()
    }

    fn share(doors: &[Door], is: impl Fn(&Door) -> bool) -> f64 {
        doors.iter().filter(|door| is(door)).count() as f64 / doors.len() as f64
    }

    fn failed(all: &[Door]) -> f64 {
        share(all, |door| !door.outcome.is_success())
    }

    #[test]
    fn a_door_that_opens_seldom_fails_and_one_that_does_not_often_leaves_the_parcel_elsewhere() {
        let (open, closed) = (doors(|_, _| ()), doors(|_, it| it.home = false));
        assert!((0.008..0.028).contains(&failed(&open)), "{}", failed(&open));
        assert!((0.25..0.33).contains(&failed(&closed)), "{}", failed(&closed));
        assert!(share(&closed, |door| door.outcome == Outcome::DeliveredToRecipient) < 1e-9);
        assert!(share(&closed, |door| door.outcome == Outcome::FailedMissingRequiredProof) < 1e-9);
    }

    #[test]
    fn nobody_hands_over_what_nobody_brings_and_a_wrong_address_is_found_by_nobody() {
        let closed = doors(|stop, it| (stop.service, it.home) = (Service::Collect, false));
        assert!(share(&closed, |door| door.outcome == Outcome::FailedNotHome) > 0.98);
        let lost = doors(|_, it| it.found = false);
        assert!(share(&lost, |door| door.outcome == Outcome::FailedCantFindAddress) > 0.999);
    }

    #[test]
    fn who_cancelled_refuses_and_who_redirected_gets_it_though_not_at_home() {
        let cancelled = doors(|_, it| it.act = Some(Deed::Cancels));
        assert!(share(&cancelled, |door| door.outcome == Outcome::FailedOther) > 0.999);
        let redirected = doors(|_, it| (it.act, it.home) = (Some(Deed::Redirects), false));
        assert!(share(&redirected, |door| door.outcome == Outcome::DeliveredToThirdParty) > 0.98);
        let called = doors(|_, it| it.act = Some(Deed::Calls));
        assert!(failed(&called) < 0.03);
    }

    #[test]
    fn a_household_has_a_time_of_its_own_that_can_be_learnt() {
        let day = ordinary(1, Size { vans: 1, orders: 50, late_orders: 0, first_order: 1 }, 400);
        let households = &day.town.households;
        let slow = households.iter().max_by(|a, b| a.door_times.total_cmp(&b.door_times)).unwrap();
        let high = households.iter().max_by(|a, b| a.climb_s.total_cmp(&b.climb_s)).unwrap();
        let mean =
            |all: &[Door]| all.iter().map(|door| door.takes.as_seconds_f64()).sum::<f64>() / all.len() as f64;
        let usual = mean(&doors(|_, _| ()));
        let shares = Shares::default();
        for household in [slow, high] {
            let draws = Draws::new(5);
            let own: Vec<Door> = (0..4_000)
                .map(|number| {
                    let stop = stop_at(number, LatLon { lat: 35.9, lon: 14.5 });
                    let it = Knock {
                        kind: VehicleKind::DieselVan,
                        stop: &stop,
                        before: None,
                        household: Some(household),
                        home: true,
                        found: true,
                        act: None,
                        shares: &shares.doors,
                        elsewhere: 0.7,
                    };
                    knock(&mut draws.stream("door", &stop.reference), &it)
                })
                .collect();
            let stop = stop_at(1, LatLon { lat: 35.9, lon: 14.5 });
            let said = usual_s(&stop, Some(household), false);
            assert!(mean(&own) > usual * 1.4, "{} against {usual}", mean(&own));
            assert!((said / mean(&own) - 1.0).abs() < 0.08, "{said} is said to be usual, {} is", mean(&own));
        }
    }

    #[test]
    fn what_is_collected_is_never_delivered_and_some_exchanges_are() {
        let (collected, exchanged) =
            (doors(|stop, _| stop.service = Service::Collect), doors(|stop, _| stop.service = Service::Both));
        assert!(
            collected.iter().all(|door| !door.outcome.is_success() || door.outcome == Outcome::Collected)
        );
        let exchanges = share(&exchanged, |door| door.outcome == Outcome::Exchanged);
        assert!((0.85..0.92).contains(&exchanges), "{exchanges}");
        assert!(share(&exchanged, |door| door.outcome == Outcome::DeliveredToRecipient) > 0.06);
    }

    #[test]
    fn a_door_takes_about_what_the_shop_expects_with_a_long_tail() {
        let all: Vec<f64> = doors(|_, _| ())
            .into_iter()
            .filter(|door| door.outcome.is_success())
            .map(|door| door.takes.as_seconds_f64())
            .collect();
        let mean = all.iter().sum::<f64>() / all.len() as f64;
        assert!((105.0..130.0).contains(&mean), "{mean} s for doors that were expected to take 120 s");
        assert!(all.iter().any(|takes| *takes > 350.0));
        let usual = usual_s(&stop_at(0, LatLon { lat: 35.9, lon: 14.5 }), None, false);
        assert!((usual - mean).abs() < 8.0, "{usual} s is said to be usual, {mean} s are");
    }

    #[test]
    fn times_stay_within_bounds_and_a_further_order_is_quick() {
        let (first, further) =
            (doors(|_, _| ()), doors(|_, it| it.before = Some(Outcome::DeliveredToRecipient)));
        assert!(first.iter().all(|door| (15..=2_400).contains(&door.takes.num_seconds())));
        let mean =
            |all: &[Door]| all.iter().map(|door| door.takes.as_seconds_f64()).sum::<f64>() / all.len() as f64;
        assert!(mean(&further) < mean(&first) * 0.35);
        let closed = doors(|_, it| (it.before, it.home) = (Some(Outcome::FailedNotHome), false));
        assert!(closed.iter().all(|door| door.outcome == Outcome::FailedNotHome));
    }
}
