//! The roster: who drives what when, line by line. Not here: what a plan makes of it (`duties`).

use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, clock::new_id, work::Work, zone::Zone},
    fleet::{
        clashes::must_be_free,
        duties::{Drive, Duties},
        handover::hand_over,
    },
    sites::hubs::Site,
};
use chrono::Days;
use domain::{
    Ability, Actor, Break, Day, Duty, Fact, Hours, HubId, MOST_SHIFTS, Refusal, Route, RouteState, Shift,
    ShiftId, Vehicle, VehicleId,
};
use std::collections::HashMap;
use store::{
    locks::{DayLock, RosterLock, RouteLocks},
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
            for vehicle in &vehicles {
                let own = duties.drives(zone, vehicle);
                if own.is_empty() {
                    let line = duties.lines(vehicle.id).first();
                    drives.push((day, vehicle, line.map(|line| line.id), None));
                }
                drives.extend(own.into_iter().map(|drive| (day, vehicle, drive.shift, Some(drive))));
            }
        }
        let mut drivers: Vec<_> =
            drives.iter().filter_map(|(.., drive)| Some(drive.as_ref()?.driver)).collect();
        drivers.sort_unstable();
        drivers.dedup();
        let names = store::drivers::names(&mut conn, &drivers).await?;
        let hours = |drive: Drive| RosterHours {
            driver: drive.driver,
            name: names.get(&drive.driver).cloned().unwrap_or_default(),
            from: drive.from,
            until: drive.until,
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

    /// Writes what a vehicle does on a service day, or in one of its shifts. Refused for a day that is closed, for a route that
    /// has left, and where vehicle or driver are rostered already. A route that waits at the hub gets the new driver and hours at
    /// once; a plan that has been proposed is proposed no more.
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
        let lines = shifts::of_vehicle(tx, vehicle.id, ask.day).await?;
        let duty = read(&ask, &vehicle, site.zone)?;
        let before = meant(&ask, &lines, duty.as_ref())?;
        // Of several shifts one that is not driven is none.
        let duty = duty.filter(|duty| *duty != Duty::Off || lines.len() < 2);
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
        must_be_open(&mut work, site, &day).await?;
        if wanted.as_ref().and_then(|shift| shift.duty.drives()).is_some_and(|(_, h)| h.until() <= work.now) {
            let why = "until: the shift is over already, so nobody can drive it any more; choose a later end";
            return Err(OpsError::Invalid(why.into()));
        }
        // Who is rostered for this vehicle does not drive the own one then.
        let driver = wanted.as_ref().and_then(|shift| Some(shift.duty.drives()?.0));
        let mut concerned = store::vehicles::of_hub(&mut work.tx, hub).await?;
        concerned.retain(|other| other.id == vehicle.id || Some(other.driver.id) == driver);
        let ids: Vec<_> = concerned.iter().map(|vehicle| vehicle.id).collect();
        let routes = store::locks::routes_concerned(&mut work.tx, &day, &ids, &[]).await?;
        let mut routes = RouteLocks::take(&mut work.tx, &routes).await?;
        if before.is_some() || !ask.another {
            must_be_at_hub(&routes, vehicle.id, before.as_ref().map(|line| line.id))?;
        }
        let now = work.go_on();
        if ask.another && lines.is_empty() {
            write_usual(&mut work, site.zone, (&roster, &day), &mut routes, &vehicle).await?;
        }
        if let Some(shift) = &wanted {
            must_be_free(caller, &mut work, (&roster, &day), shift).await?;
        }
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
        hand_over(&mut work, site.zone, &day, routes, &concerned).await?;
        work.overtake_proposal(ask.day).await?;
        work.touched.all = true;
        work.touched.plan = true;
        let answer = saved(SavedStatus::Saved);
        self.0.pauses.at("roster").await;
        work.commit().await?;
        self.react_anew(hub);
        tracing::info!(%hub, day = %ask.day, vehicle = %vehicle.id, at = %now, "the roster was changed");
        Ok(answer)
    }

    /// Takes a line out of the roster, so that the vehicle's usual driver and hours hold; refused as a change is.
    pub async fn remove_shift(&self, caller: &Caller, id: ShiftId) -> Result<()> {
        may_plan(caller, Ability::Dispatch)?;
        let shift = shifts::get(&mut *self.0.database.read().await?, id).await?.ok_or(OpsError::NotFound)?;
        caller.reach(shift.hub)?;
        let (vehicle, day, duty) = (shift.vehicle, shift.day, DutyCode::Usual);
        let (driver, from, until, breaks, replaces, another) = (None, None, None, vec![], Some(id), false);
        let ask = SaveShift { vehicle, day, duty, driver, from, until, breaks, replaces, another };
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

/// Which of a vehicle's lines of the day is meant, if one is. Refuses what would take a shift's place without anybody having said
/// so.
fn meant(ask: &SaveShift, lines: &[Shift], wanted: Option<&Duty>) -> Result<Option<Shift>> {
    let invalid = |why: String| Err(OpsError::Invalid(why));
    if ask.another {
        let same = |line: &&Shift| line.duty == Duty::Off || Some(&line.duty) == wanted;
        return match lines.iter().find(same) {
            _ if ask.duty != DutyCode::Drives || ask.replaces.is_some() => {
                invalid("another: goes with a shift that somebody drives, and without replaces".into())
            }
            None if lines.len() >= MOST_SHIFTS => invalid(format!(
                "another: a vehicle has at most {MOST_SHIFTS} shifts a day; change one of them"
            )),
            found => Ok(found.cloned()),
        };
    }
    if let Some(id) = ask.replaces {
        return match lines.iter().find(|line| line.id == id) {
            None => invalid(
                "replaces: this vehicle has no such shift on this day; leave it out, or send the one that the roster shows".into(),
            ),
            found => Ok(found.cloned()),
        };
    }
    let begins = |duty: Option<&Duty>| Some(duty?.drives()?.1.from());
    let from = begins(wanted);
    let one = match lines {
        [] => return Ok(None),
        [only] => Some(only)
            .filter(|own| from.is_none() || begins(Some(&own.duty)).is_none_or(|is| Some(is) == from)),
        several => several.iter().find(|own| from.is_some() && begins(Some(&own.duty)) == from),
    };
    match one {
        None => invalid(format!(
            "vehicle: it has {} on that day already; to change one send its id as replaces, or another: true for a shift beside it",
            if lines.len() == 1 { "a shift" } else { "shifts" }
        )),
        found => Ok(found.cloned()),
    }
}

/// Refuses a day that is over or too far ahead.
async fn must_be_open(work: &mut Work<'_>, site: &Site, day: &DayLock) -> Result<()> {
    let running = running(&mut work.tx, site, work.now).await?;
    let row = service_days::get(&mut work.tx, day.hub(), day.day()).await?;
    if day.day() < running || row.is_some_and(|row| row.closed_at.is_some()) {
        return Err(Refusal::DayClosed.into());
    }
    if running.checked_add_days(Days::new(DAYS_AHEAD)).is_some_and(|last| day.day() > last) {
        return Err(OpsError::Invalid(format!("day: a roster reaches {DAYS_AHEAD} days ahead")));
    }
    Ok(())
}

/// Refuses a shift whose route has left; for none the route of the usual hours.
fn must_be_at_hub(routes: &RouteLocks, vehicle: VehicleId, shift: Option<ShiftId>) -> Result<()> {
    let own = routes.all().find(|route| route.vehicle == vehicle && route.shift == shift);
    match own.map(|route| route.state) {
        Some(RouteState::UnderWay { .. }) => Err(Refusal::RouteDeparted.into()),
        Some(RouteState::Finished { .. }) => Err(Refusal::RouteFinished.into()),
        Some(RouteState::Published) | None => Ok(()),
    }
}

/// Writes the usual hours of a vehicle as a line of the roster, because it gets another one beside them.
async fn write_usual(
    work: &mut Work<'_>,
    zone: Zone,
    (roster, day): (&RosterLock, &DayLock),
    locks: &mut RouteLocks,
    vehicle: &Vehicle,
) -> Result<()> {
    let duties = Duties::read(&mut work.tx, day.hub(), day.day()).await?;
    let Some(Drive { driver, from, until, .. }) = duties.drive(zone, vehicle, None) else { return Ok(()) };
    let duty = Duty::Drives { driver, hours: Hours::parse(from, until, vec![])? };
    let (id, hub, vehicle, day_of) = (ShiftId(new_id()), day.hub(), vehicle.id, day.day());
    let shift = Shift { id, hub, vehicle, day: day_of, duty };
    shifts::save(&mut work.tx, roster, day, &shift).await?;
    work.happened(Fact::ShiftRostered { shift });
    let own = locks.all().find(|route| route.vehicle == vehicle && route.shift.is_none()).cloned();
    let Some(route) = own.map(|route| Route { shift: Some(id), ..route }) else { return Ok(()) };
    work.happened(Fact::RoutePublished { route: route.clone() });
    Ok(store::plans::save_routes(&mut work.tx, day, locks, &[route]).await?)
}
