//! The roster: who drives what when, line by line. Not here: what a plan makes of it (`duties`).

use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, clock::new_id, work::Work, zone::Zone},
    fleet::duties::{Drive, Duties},
    sites::hubs::Site,
};
use chrono::Days;
use domain::{
    Ability, Actor, Break, Day, Duty, Fact, Hours, HubId, Refusal, RouteState, Shift, ShiftId, Vehicle,
};
use std::collections::HashMap;
use store::{
    locks::{DayLock, RosterLock, RouteLocks},
    proposals::Ending,
    service_days, shifts,
};
use wire::roster::{
    DutyCode, PlannedBreak, Roster, RosterAsk, RosterDriver, RosterHours, RosterLine, SaveShift, Saved,
    SavedAnswer, SavedStatus,
};

/// So many lines, or drivers, may be sent at a time.
pub const MOST_LINES: usize = 500;
/// So many days of a roster are shown at a time.
const MOST_DAYS: u8 = 7;
/// A roster reaches so many days ahead.
pub(super) const DAYS_AHEAD: u64 = 366;

/// An administrator's system, the command line, or a person whose role has the ability.
pub(crate) fn may_plan(caller: &Caller, ability: Ability) -> Result<()> {
    match caller.who {
        Actor::Person(_) => caller.must(ability).map(|_| ()),
        _ => caller.must_be_machine(),
    }
}

/// What became of one of many: what is wrong with it is said beside it, and what is wrong with us ends all.
pub(crate) fn beside(saved: Result<Saved>) -> Result<Saved> {
    match saved {
        Err(OpsError::Invalid(why)) => Ok(Saved::refused(why)),
        Err(OpsError::Refused(why)) => Ok(Saved::refused(why.to_string())),
        Err(OpsError::NotFound) => Ok(Saved::refused("there is no such thing within your reach".into())),
        other => other,
    }
}

impl Operations {
    /// What each vehicle of a hub does on some days: what the roster says, and where it says nothing the usual.
    pub async fn roster(&self, caller: &Caller, ask: RosterAsk) -> Result<Roster> {
        may_plan(caller, Ability::SeeDay)?;
        let days = ask.days.unwrap_or(1);
        if !(1..=MOST_DAYS).contains(&days) {
            return Err(OpsError::Invalid(format!("days: ask for 1 to {MOST_DAYS} days")));
        }
        let site = self.site_for(caller, ask.hub).await?;
        let (hub, zone) = (site.hub.id, site.zone);
        let mut conn = self.0.database.read().await?;
        let first = match ask.day {
            Some(day) => bounds::day(day)?,
            None => running(&mut conn, &site, self.now()).await?,
        };
        let last = first.checked_add_days(Days::new(u64::from(days) - 1)).unwrap_or(first);
        let vehicles = store::vehicles::of_hub(&mut conn, hub).await?;
        let mut by_day: HashMap<Day, Vec<Shift>> = HashMap::new();
        for shift in shifts::of_days(&mut conn, hub, (first, last)).await? {
            by_day.entry(shift.day).or_default().push(shift);
        }
        let mut drives = vec![];
        for day in first.iter_days().take(days.into()) {
            let duties = Duties::of(day, by_day.remove(&day).unwrap_or_default());
            drives.extend(vehicles.iter().map(|vehicle| {
                let line = duties.lines(vehicle.id).first();
                (day, vehicle, line.map(|line| line.id), duties.drive(zone, vehicle))
            }));
        }
        let mut drivers: Vec<_> =
            drives.iter().filter_map(|(.., drive)| Some(drive.as_ref()?.driver)).collect();
        drivers.sort_unstable();
        drivers.dedup();
        let names = store::drivers::names(&mut conn, &drivers).await?;
        let hours = |drive: Drive| RosterHours {
            driver: drive.driver,
            name: names.get(&drive.driver).cloned().unwrap_or_default(),
            from: zone.moment(drive.from),
            until: zone.moment(drive.until),
            breaks: drive.breaks.into_iter().map(said).collect(),
        };
        let lines = drives.into_iter().map(|(day, vehicle, shift, drive)| RosterLine {
            day,
            vehicle: vehicle.id,
            label: vehicle.label.clone(),
            shift,
            drives: drive.map(hours),
        });
        let lines = lines.collect();
        let drivers = store::drivers::of_hub(&mut conn, hub).await?.into_iter();
        let drivers =
            drivers.map(|d| RosterDriver { id: d.driver.id, name: d.driver.name, left_at: d.left_at });
        Ok(Roster { hub, lines, drivers: drivers.collect() })
    }

    /// Writes lines of the roster, each for itself; answers what became of each.
    pub async fn save_shifts(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        asks: Vec<SaveShift>,
    ) -> Result<SavedAnswer> {
        if asks.len() > MOST_LINES {
            return Err(OpsError::Invalid(format!("send at most {MOST_LINES} shifts in one request")));
        }
        may_plan(caller, Ability::Dispatch)?;
        self.site_for(caller, hub).await?;
        let mut results = vec![];
        for ask in asks {
            results.push(beside(self.save_shift(caller, hub, ask).await)?);
        }
        Ok(SavedAnswer { results })
    }

    /// Writes what a vehicle does on a service day. Refused for a day that is closed, for a route that has left, and where vehicle
    /// or driver are rostered already. A route that waits at the hub gets the new driver and hours at once; a plan that has been
    /// proposed is proposed no more.
    pub async fn save_shift(&self, caller: &Caller, hub: Option<HubId>, ask: SaveShift) -> Result<Saved> {
        may_plan(caller, Ability::Dispatch)?;
        let site = self.site_for(caller, hub).await?;
        bounds::day(ask.day)?;
        once_more!(self.save_shift_once(caller, &site, ask.clone()).await)
    }

    async fn save_shift_once(&self, caller: &Caller, site: &Site, ask: SaveShift) -> Result<Saved> {
        let hub = site.hub.id;
        let mut work = self.begin(caller, hub).await?;
        let tx = &mut work.tx;
        let roster = RosterLock::take(tx).await?;
        let day = DayLock::take(tx, hub, ask.day).await?;
        let vehicle = store::vehicles::vehicle(tx, ask.vehicle).await?.filter(|v| v.hub == hub);
        let vehicle = vehicle.ok_or_else(|| {
            OpsError::Invalid(
                "vehicle: this hub has no vehicle with this id; its set-up answers the ids".into(),
            )
        })?;
        let before = shifts::of_vehicle(tx, vehicle.id, ask.day).await?;
        let duty = read(&ask, &vehicle, site.zone)?;
        let wanted = duty.map(|duty| Shift {
            id: before.as_ref().map_or_else(|| ShiftId(new_id()), |shift| shift.id),
            hub,
            vehicle: vehicle.id,
            day: ask.day,
            duty,
        });
        let saved = |result| Saved { result, shift: wanted.as_ref().map(|s| s.id), driver: None, why: None };
        if before == wanted {
            return Ok(saved(SavedStatus::Known));
        }
        must_mean(&ask, before.as_ref(), wanted.as_ref())?;
        if let Some(shift) = &wanted {
            must_be_free(caller, &mut work, shift).await?;
        }
        let routes = must_be_open(&mut work, site, &day, &vehicle).await?;
        let now = work.go_on();
        let tx = &mut work.tx;
        match (&wanted, &before) {
            (Some(shift), _) => {
                shifts::save(tx, &roster, &day, shift).await?;
                work.happened(Fact::ShiftRostered { shift: shift.clone() });
            }
            (None, Some(before)) => {
                shifts::remove(tx, &roster, &day, before.id).await?;
                work.happened(Fact::ShiftRemoved { shift: before.id, vehicle: vehicle.id });
            }
            (None, None) => {}
        }
        hand_over(&mut work, site.zone, &day, routes, &vehicle).await?;
        if let Some(open) = store::proposals::open_id(&mut work.tx, hub, ask.day).await? {
            store::proposals::end(&mut work.tx, open, Ending::Overtaken).await?;
        }
        work.touched.all = true;
        work.touched.plan = true;
        let answer = saved(SavedStatus::Saved);
        self.0.pauses.at("roster").await;
        work.commit().await?;
        tracing::info!(%hub, day = %ask.day, vehicle = %vehicle.id, at = %now, "the roster was changed");
        Ok(answer)
    }

    /// Takes a line out of the roster, so that the vehicle's usual driver and hours hold; refused as a change is.
    pub async fn remove_shift(&self, caller: &Caller, id: ShiftId) -> Result<()> {
        may_plan(caller, Ability::Dispatch)?;
        let shift = shifts::get(&mut *self.0.database.read().await?, id).await?.ok_or(OpsError::NotFound)?;
        caller.reach(shift.hub)?;
        let (vehicle, day, duty) = (shift.vehicle, shift.day, DutyCode::Usual);
        let (driver, from, until, breaks, replaces) = (None, None, None, vec![], Some(id));
        let ask = SaveShift { vehicle, day, duty, driver, from, until, breaks, replaces };
        self.save_shift(caller, Some(shift.hub), ask).await.map(|_| ())
    }
}

/// A break as it crosses HTTP.
pub(crate) fn said(planned: Break) -> PlannedBreak {
    PlannedBreak { earliest: planned.earliest(), latest: planned.latest(), minutes: planned.minutes() }
}

/// The service day that runs at a hub; before a worker has opened the first it is the calendar's.
pub(crate) async fn running(conn: &mut store::Conn, site: &Site, now: domain::Instant) -> Result<Day> {
    let running = service_days::running(conn, site.hub.id).await?;
    Ok(running.unwrap_or_else(|| site.zone.day(now)))
}

/// Reads what a vehicle is to do; nothing when that is the usual.
fn read(ask: &SaveShift, vehicle: &Vehicle, zone: Zone) -> Result<Option<Duty>> {
    match ask.duty {
        DutyCode::Usual => Ok(None),
        DutyCode::Off => Ok(Some(Duty::Off)),
        DutyCode::Drives => {
            let (Some(from), Some(until)) = (ask.from, ask.until) else {
                return Err(OpsError::Invalid("from and until: say when the shift begins and ends".into()));
            };
            // What the database keeps: milliseconds are enough for a shift.
            let (from, until) = (whole(from), whole(until));
            if zone.day(from) != ask.day {
                return Err(OpsError::Invalid(format!(
                    "from: the shift begins on {} by the hub's clock, not on {}; send the day on which it begins",
                    zone.day(from),
                    ask.day
                )));
            }
            let read = |b: &PlannedBreak| Break::parse(whole(b.earliest), whole(b.latest), b.minutes);
            let breaks = ask.breaks.iter().map(read).collect::<Result<Vec<_>, Refusal>>()?;
            let driver = ask.driver.unwrap_or(vehicle.driver.id);
            Ok(Some(Duty::Drives { driver, hours: Hours::parse(from, until, breaks)? }))
        }
    }
}

fn whole(at: domain::Instant) -> domain::Instant {
    chrono::SubsecRound::trunc_subsecs(at, 0)
}

/// Refuses a second shift of a vehicle on a day, which would take the first one's place without anybody having said so.
fn must_mean(ask: &SaveShift, before: Option<&Shift>, wanted: Option<&Shift>) -> Result<()> {
    let begins = |shift: Option<&Shift>| Some(shift?.duty.drives()?.1.from());
    if ask.replaces.is_some() && ask.replaces != before.map(|shift| shift.id) {
        let why = "replaces: this vehicle has no such shift on this day; leave it out, or send the one that the roster shows";
        return Err(OpsError::Invalid(why.into()));
    }
    match (begins(before), begins(wanted)) {
        (Some(is), Some(new)) if is != new && ask.replaces.is_none() => Err(OpsError::Invalid(format!(
            "vehicle: it has a shift on {} already, and one a day at most; to change that one send its id as replaces",
            ask.day
        ))),
        _ => Ok(()),
    }
}

/// Refuses a driver who does not work within the caller's reach, or drives something else then, and a vehicle that still drives
/// in another day's shift.
async fn must_be_free(caller: &Caller, work: &mut Work<'_>, shift: &Shift) -> Result<()> {
    let Some((driver, _)) = shift.duty.drives() else { return Ok(()) };
    let known = store::drivers::get(&mut work.tx, driver).await?.filter(|d| caller.scope.reaches(d.hub));
    match known {
        None => {
            let why = "driver: there is no driver with this id; the roster names all, or add one first";
            return Err(OpsError::Invalid(why.into()));
        }
        Some(driver) if driver.left_at.is_some() => {
            return Err(OpsError::Invalid("driver: no longer works here; choose another".into()));
        }
        Some(_) => {}
    }
    let routes = store::plans::routes(&mut work.tx, shift.hub, shift.day).await?;
    let is_out = |route: &&domain::Route| {
        route.driver == driver
            && route.vehicle != shift.vehicle
            && route.day == shift.day
            && matches!(route.state, RouteState::UnderWay { .. })
    };
    if routes.iter().any(|route| is_out(&route)) {
        let why =
            "driver: is on the road with another vehicle; wait until that one is back, or choose another";
        return Err(OpsError::Invalid(why.into()));
    }
    let Some(other) = shifts::clash(&mut work.tx, shift).await? else { return Ok(()) };
    if other.vehicle == shift.vehicle {
        return Err(OpsError::Invalid(format!(
            "vehicle: its shift of {} overlaps this one; change that one first",
            other.day
        )));
    }
    let with = store::vehicles::vehicle(&mut work.tx, other.vehicle).await?;
    Err(OpsError::Invalid(format!(
        "driver: drives {} on {} in a shift that overlaps this one; change that one first",
        with.map_or_else(|| "another vehicle".into(), |v| v.label),
        other.day
    )))
}

/// Refuses a day that is over or too far ahead, and a vehicle whose route has left; locks the vehicle's route.
async fn must_be_open(
    work: &mut Work<'_>,
    site: &Site,
    day: &DayLock,
    vehicle: &Vehicle,
) -> Result<RouteLocks> {
    let running = running(&mut work.tx, site, work.now).await?;
    let row = service_days::get(&mut work.tx, day.hub(), day.day()).await?;
    if day.day() < running || row.is_some_and(|row| row.closed_at.is_some()) {
        return Err(Refusal::DayClosed.into());
    }
    if running.checked_add_days(Days::new(DAYS_AHEAD)).is_some_and(|last| day.day() > last) {
        return Err(OpsError::Invalid(format!("day: a roster reaches {DAYS_AHEAD} days ahead")));
    }
    let routes = store::locks::routes_concerned(&mut work.tx, day, &[vehicle.id], &[]).await?;
    let routes = RouteLocks::take(&mut work.tx, &routes).await?;
    let state = routes.all().next().map(|route| route.state);
    match state {
        Some(RouteState::UnderWay { .. }) => Err(Refusal::RouteDeparted.into()),
        Some(RouteState::Finished { .. }) => Err(Refusal::RouteFinished.into()),
        Some(RouteState::Published) | None => Ok(routes),
    }
}

/// Gives the vehicle's route, which waits at the hub, the driver and the end of the shift that hold now.
async fn hand_over(
    work: &mut Work<'_>,
    zone: Zone,
    day: &DayLock,
    mut locks: RouteLocks,
    vehicle: &Vehicle,
) -> Result<()> {
    let duties = Duties::read(&mut work.tx, day.hub(), day.day()).await?;
    let (Some(route), Some(drive)) = (locks.all().next().cloned(), duties.drive(zone, vehicle)) else {
        return Ok(());
    };
    let changed = domain::Route { driver: drive.driver, shift_until: drive.until, ..route.clone() };
    if changed != route {
        work.happened(Fact::RoutePublished { route: changed.clone() });
        store::plans::save_routes(&mut work.tx, day, &mut locks, &[changed]).await?;
    }
    Ok(())
}
