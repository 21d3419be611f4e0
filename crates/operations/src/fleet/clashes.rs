//! What keeps a driver or a vehicle from a shift: who does not work here, is on the road, or drives something else then.
//!
//! A refusal begins with the field that it is about, for systems; pages leave that out.

use super::duties::Duties;
use crate::{
    Caller, OpsError, Result,
    base::{convert::day_name, work::Work, zone::Zone},
};
use domain::{Fact, Hours, HubDriver, RouteState, Shift, VehicleId};
use store::{
    locks::{DayLock, RosterLock},
    service_days, shifts, vehicles,
};

/// Refuses a driver who does not work within the caller's reach, or drives something else then, and a vehicle that still drives
/// in another shift. A shift of the day from which the vehicle is back ends where this one begins.
pub(super) async fn must_be_free(
    caller: &Caller,
    work: &mut Work<'_>,
    (roster, day): (&RosterLock, &DayLock),
    shift: &Shift,
) -> Result<()> {
    let Some((driver, hours)) = shift.duty.drives() else { return Ok(()) };
    let refused = |why: String| Err(OpsError::Invalid(why));
    let known = store::drivers::get(&mut work.tx, driver).await?.filter(|d| caller.scope.reaches(d.hub));
    let Some(known) = known else {
        return refused(
            "driver: there is no driver with this id; the roster names all, or add one first".into(),
        );
    };
    let name = &known.driver.name;
    if known.left_at.is_some() {
        return refused(format!("driver: {name} no longer works here; choose another"));
    }
    let routes = store::plans::routes(&mut work.tx, shift.hub, shift.day).await?;
    let is_out = |route: &&domain::Route| {
        route.driver == driver
            && route.vehicle != shift.vehicle
            && route.day == shift.day
            && route.shift_until > hours.from()
            && matches!(route.state, RouteState::UnderWay { .. })
    };
    if routes.iter().any(|route| is_out(&route)) {
        return refused(format!(
            "driver: {name} is on the road with another vehicle; wait until that one is back, or choose another driver"
        ));
    }
    let is_back = |other: &&Shift| {
        let mut own = routes.iter().filter(|route| route.day == shift.day && route.shift == Some(other.id));
        own.any(|route| route.state.finished_at().is_some_and(|at| at <= hours.from()))
    };
    let mut found = shifts::clash(&mut work.tx, shift).await?;
    while let Some(ended) = found.as_ref().filter(is_back).and_then(|o| o.clone().ended(hours.from()).ok()) {
        shifts::save(&mut work.tx, roster, day, &ended).await?;
        work.happened(Fact::ShiftRostered { shift: ended });
        found = shifts::clash(&mut work.tx, shift).await?;
    }
    if let Some(other) = found {
        let label = label(work, other.vehicle).await?;
        let day = day_name(other.day);
        return refused(if other.vehicle == shift.vehicle {
            format!("vehicle: {label} has a shift on {day} that overlaps this one; change that one first")
        } else {
            format!(
                "driver: {name} drives {label} on {day} in a shift that overlaps this one; change that one first"
            )
        });
    }
    must_be_clear_of_the_usual(work, shift, &known, hours).await
}

/// Refuses a shift that reaches into the usual hours of the day before or after, which hold there unsaid. On its own day a
/// vehicle whose usual driver drives another one stays at the hub.
async fn must_be_clear_of_the_usual(
    work: &mut Work<'_>,
    shift: &Shift,
    driver: &HubDriver,
    hours: &Hours,
) -> Result<()> {
    let hubs = store::hubs::all(&mut work.tx).await?;
    for hub in hubs.into_iter().filter(|hub| [shift.hub, driver.hub].contains(&hub.id)) {
        let zone = Zone::parse(&hub.zone)?;
        let running = service_days::running(&mut work.tx, hub.id).await?;
        let mut fleet = vehicles::of_hub(&mut work.tx, hub.id).await?;
        fleet.retain(|vehicle| vehicle.id == shift.vehicle || vehicle.driver.id == driver.driver.id);
        // Of a day that is closed nothing is driven any more.
        let beside = [shift.day.pred_opt(), shift.day.succ_opt()].into_iter().flatten();
        for day in beside.filter(|day| running.is_none_or(|running| *day >= running)) {
            let duties = Duties::read(&mut work.tx, hub.id, day).await?;
            for vehicle in &fleet {
                let drives = duties.drives(zone, vehicle);
                let overlaps = drives.iter().find(|drive| {
                    drive.shift.is_none() && drive.from < hours.until() && drive.until > hours.from()
                });
                let Some(usual) = overlaps else { continue };
                let (label, name, on) = (&vehicle.label, &driver.driver.name, day_name(day));
                let (from, until) = (zone.clock(usual.from), zone.clock(usual.until));
                return Err(OpsError::Invalid(if vehicle.id == shift.vehicle {
                    format!(
                        "vehicle: this shift overlaps the usual hours of {label} on {on}, {from}\u{2013}{until}; choose other times, or say first what {label} does on that day"
                    )
                } else {
                    format!(
                        "driver: {name} usually drives {label} on {on}, {from}\u{2013}{until}, which this shift overlaps; choose other times or another driver, or say first what {label} does on that day"
                    )
                }));
            }
        }
    }
    Ok(())
}

async fn label(work: &mut Work<'_>, vehicle: VehicleId) -> Result<String> {
    let vehicle = vehicles::vehicle(&mut work.tx, vehicle).await?;
    Ok(vehicle.map_or_else(|| "another vehicle".into(), |vehicle| vehicle.label))
}
