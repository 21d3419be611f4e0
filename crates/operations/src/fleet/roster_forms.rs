//! What the forms of the roster's page say, read by the hub's clock, and what came of it.

use super::{
    duties::{DayRoster, Drive},
    rosters::{beside, may_plan},
};
use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, convert::day_name, zone::Zone},
};
use chrono::{NaiveTime, Timelike};
use domain::{Ability, Day, DriverId, Duty, HubId, Instant, Shift, ShiftId, Vehicle, VehicleId};
use std::hash::{DefaultHasher, Hash, Hasher};
use wire::{
    roster::{DutyCode, PlannedBreak, SaveDriver, SaveShift, SavedStatus},
    staff::roster::{BreakForm, DriverForm, RosterDone, RosterSaid, ShiftForm},
};

const CHANGED: &str = "somebody has changed this vehicle's day since the page was shown; look at what it says now, and save again";

impl Operations {
    /// Writes what a vehicle does on a day as a form says it. What was refused is answered with the reason and what was typed,
    /// and what was done with what takes it back.
    pub async fn save_shift_form(&self, caller: &Caller, hub: HubId, form: ShiftForm) -> Result<RosterSaid> {
        may_plan(caller, Ability::Dispatch)?;
        let site = self.site_for(caller, Some(hub)).await?;
        let (zone, day) = (site.zone, bounds::day(form.day)?);
        let before = DayRoster::read(&mut *self.0.database.read().await?, &site, day).await?;
        let vehicle = before.vehicles.iter().find(|v| v.id == form.vehicle).ok_or(OpsError::NotFound)?;
        let refused = |why: String, form: ShiftForm| {
            Ok(RosterSaid { refused: Some(why), shift: Some(form), ..RosterSaid::default() })
        };
        let lines = before.duties.lines(vehicle.id);
        let now = seen(lines);
        if form.seen != now {
            // What was meant, if there is only one, is shown again with what was typed.
            let replaces = match lines {
                [only] if !form.another => only.id.to_string(),
                _ => form.replaces.clone(),
            };
            return refused(CHANGED.to_owned(), ShiftForm { seen: now, replaces, ..form });
        }
        let ask = match ask_of(&form, zone) {
            Ok(ask) => ask,
            Err(why) => return refused(why, form),
        };
        let replaces = ask.replaces;
        let saved = beside(self.save_shift(caller, Some(hub), ask).await)?;
        match saved.result {
            SavedStatus::Refused => return refused(saved.why.unwrap_or_default(), form),
            SavedStatus::Known => {
                return Ok(RosterSaid { done: Some(RosterDone::Known), ..RosterSaid::default() });
            }
            SavedStatus::Saved => {}
        }
        let after = DayRoster::read(&mut *self.0.database.read().await?, &site, day).await?;
        let (label, planned) = (vehicle.label.clone(), before.planned);
        let drives = after.duties.drives(zone, vehicle);
        let done = match (form.duty, drives.iter().find(|drive| drive.shift == saved.shift)) {
            (DutyCode::Usual, _) => RosterDone::Removed { label, day, planned },
            (_, Some(drive)) => {
                let (driver, from, until) =
                    (after.name(drive.driver), zone.clock(drive.from), zone.clock(drive.until));
                RosterDone::Drives { label, driver, from, until, day, planned }
            }
            (_, None) => RosterDone::Stays { label, day, planned },
        };
        let was = lines.iter().find(|line| Some(line.id) == replaces.or(saved.shift));
        let left = after.duties.lines(vehicle.id);
        let undo = ShiftForm {
            replaces: saved.shift.map(|id| id.to_string()).unwrap_or_default(),
            another: saved.shift.is_none() && !left.is_empty(),
            ..back_to(was, vehicle, (zone, day), &seen(left))
        };
        Ok(RosterSaid { done: Some(done), undo: Some(undo), ..RosterSaid::default() })
    }

    /// Adds or changes a driver as a form says it.
    pub async fn save_driver_form(
        &self,
        caller: &Caller,
        hub: HubId,
        form: DriverForm,
    ) -> Result<RosterSaid> {
        may_plan(caller, Ability::Dispatch)?;
        self.site_for(caller, Some(hub)).await?;
        let usually = match form.usually.as_str() {
            "" => None,
            id => Some(id.parse::<VehicleId>().map_err(|_| OpsError::NotFound)?),
        };
        let id = match form.id.as_str() {
            "" => None,
            id => Some(id.parse::<DriverId>().map_err(|_| OpsError::NotFound)?),
        };
        let (name, left) = (form.name.clone(), form.left);
        let ask = SaveDriver { id, name: name.clone(), left, usually_drives: usually };
        let saved = beside(self.save_driver(caller, Some(hub), ask).await)?;
        let name = bounds::one_line(&name);
        Ok(match saved.result {
            SavedStatus::Refused => {
                RosterSaid { refused: saved.why, driver: Some(form), ..RosterSaid::default() }
            }
            SavedStatus::Known if id.is_none() => RosterSaid {
                refused: Some(format!(
                    "somebody called {name} works here already; of two people of one name, add something to the second"
                )),
                driver: Some(form),
                ..RosterSaid::default()
            },
            SavedStatus::Known => RosterSaid { done: Some(RosterDone::Known), ..RosterSaid::default() },
            SavedStatus::Saved if left => {
                RosterSaid { done: Some(RosterDone::Left { name }), ..RosterSaid::default() }
            }
            SavedStatus::Saved => {
                RosterSaid { done: Some(RosterDone::Driver { name }), ..RosterSaid::default() }
            }
        })
    }
}

/// What the roster says of a vehicle on a day, in short: a form that was shown before a change says something else.
pub(super) fn seen(lines: &[Shift]) -> String {
    let mut hasher = DefaultHasher::new();
    for line in lines {
        line.id.0.hash(&mut hasher);
        serde_json::to_string(&line.duty).unwrap_or_default().hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

/// The form that says what holds now.
pub(super) fn form_of(drive: &Drive, vehicle: &Vehicle, (zone, day): (Zone, Day), seen: &str) -> ShiftForm {
    let breaks = drive.breaks.iter().map(|planned| BreakForm {
        earliest: zone.clock(planned.earliest()),
        latest: zone.clock(planned.latest()),
        minutes: planned.minutes().to_string(),
    });
    ShiftForm {
        vehicle: vehicle.id,
        day,
        duty: DutyCode::Drives,
        driver: drive.driver.to_string(),
        from: zone.clock(drive.from),
        until: zone.clock(drive.until),
        breaks: breaks.collect(),
        another: false,
        replaces: drive.shift.map(|id| id.to_string()).unwrap_or_default(),
        seen: seen.to_owned(),
    }
}

/// The form for a shift that a vehicle has not got: its usual driver, in its usual hours or after the shifts that it has. A line
/// that keeps it at the hub makes way.
pub(super) fn blank(
    vehicle: &Vehicle,
    (zone, day): (Zone, Day),
    (lines, drives): (&[Shift], &[Drive]),
    seen: &str,
) -> ShiftForm {
    let off = lines.iter().find(|line| line.duty == Duty::Off);
    let time = |time: NaiveTime| time.format("%H:%M").to_string();
    let after = drives.iter().map(|drive| drive.until).max();
    ShiftForm {
        vehicle: vehicle.id,
        day,
        duty: DutyCode::Drives,
        driver: vehicle.driver.id.to_string(),
        from: after.map_or_else(|| time(vehicle.shift_from), |after| zone.clock(after)),
        until: if after.is_some() { String::new() } else { time(vehicle.shift_until) },
        breaks: vec![],
        another: after.is_some(),
        replaces: off.map(|line| line.id.to_string()).unwrap_or_default(),
        seen: seen.to_owned(),
    }
}

/// The form that brings back what a line said; the usual where there was none.
fn back_to(line: Option<&Shift>, vehicle: &Vehicle, (zone, day): (Zone, Day), seen: &str) -> ShiftForm {
    let none = blank(vehicle, (zone, day), (&[], &[]), seen);
    match line.map(|line| &line.duty) {
        None => ShiftForm { duty: DutyCode::Usual, ..none },
        Some(Duty::Off) => ShiftForm { duty: DutyCode::Off, ..none },
        Some(Duty::Drives { driver, hours }) => {
            let (from, until, breaks) = (hours.from(), hours.until(), hours.breaks().to_vec());
            form_of(&Drive { shift: None, driver: *driver, from, until, breaks }, vehicle, (zone, day), seen)
        }
    }
}

/// What a form asks for. A time before the shift begins is on the next calendar day.
fn ask_of(form: &ShiftForm, zone: Zone) -> std::result::Result<SaveShift, String> {
    let replaces = form.replaces.parse().ok().map(ShiftId);
    let mut ask = SaveShift {
        vehicle: form.vehicle,
        day: form.day,
        duty: form.duty,
        driver: None,
        from: None,
        until: None,
        breaks: vec![],
        replaces,
        another: form.another,
    };
    if form.duty != DutyCode::Drives {
        return Ok(ask);
    }
    ask.driver = Some(form.driver.parse().map_err(|_| "driver: choose who drives".to_owned())?);
    let begins = time("from", &form.from)?;
    let ends = time("until", &form.until)?;
    if begins == ends {
        return Err("until: the shift begins and ends at the same time; choose when it ends".to_owned());
    }
    let next = form.day.succ_opt().unwrap_or(form.day);
    let on = |what: &str, at: NaiveTime| moment(what, zone, if at < begins { next } else { form.day }, at);
    ask.from = Some(on("from", begins)?);
    ask.until = Some(on("until", ends)?);
    for planned in &form.breaks {
        let BreakForm { earliest, latest, minutes } = planned;
        if [earliest, latest, minutes].iter().all(|text| text.trim().is_empty()) {
            continue;
        }
        let earliest = time("break", earliest)?;
        // Who says one time only means that one.
        let latest = if latest.trim().is_empty() { earliest } else { time("break", latest)? };
        let minutes = minutes.trim().parse();
        ask.breaks.push(PlannedBreak {
            earliest: on("break", earliest)?,
            latest: on("break", latest)?,
            minutes: minutes.map_err(|_| "break: say in whole minutes how long it lasts".to_owned())?,
        });
    }
    Ok(ask)
}

fn time(what: &str, text: &str) -> std::result::Result<NaiveTime, String> {
    let text = text.trim();
    let read =
        NaiveTime::parse_from_str(text, "%H:%M").or_else(|_| NaiveTime::parse_from_str(text, "%H:%M:%S"));
    let means = match what {
        "from" => "when the shift begins",
        "until" => "when the shift ends",
        _ => "when the break begins",
    };
    read.map_err(|_| format!("{what}: write {means} as a time such as 07:30"))
}

/// The moment at which the hub's clock shows a time. Refuses a time that the clock leaves out; of one that comes twice it is
/// the first.
fn moment(what: &str, zone: Zone, day: Day, time: NaiveTime) -> std::result::Result<Instant, String> {
    let at = zone.at(day, time);
    let shows = zone.moment(at).time();
    if (shows.hour(), shows.minute()) == (time.hour(), time.minute()) {
        Ok(at)
    } else {
        let time = time.format("%H:%M");
        Err(format!(
            "{what}: {time} does not come on {}, because the clocks go forward then; choose another time",
            day_name(day)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(day: &str, from: &str, until: &str) -> ShiftForm {
        ShiftForm {
            vehicle: VehicleId(uuid::Uuid::nil()),
            day: day.parse().unwrap(),
            duty: DutyCode::Drives,
            driver: uuid::Uuid::nil().to_string(),
            from: from.into(),
            until: until.into(),
            breaks: vec![],
            replaces: String::new(),
            another: false,
            seen: String::new(),
        }
    }

    fn read(form: &ShiftForm) -> std::result::Result<(String, String), String> {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let text = |at: Option<Instant>| zone.moment(at.unwrap()).format("%d %H:%M").to_string();
        ask_of(form, zone).map(|ask| (text(ask.from), text(ask.until)))
    }

    #[test]
    fn a_form_is_read_by_the_hubs_clock_and_a_shift_may_pass_midnight() {
        assert_eq!(read(&form("2026-11-23", "07:30", "16:30")), Ok(("23 07:30".into(), "23 16:30".into())));
        assert_eq!(read(&form("2026-11-23", "22:00", "06:00")), Ok(("23 22:00".into(), "24 06:00".into())));
        let mut night = form("2026-11-23", "22:00", "06:00");
        let planned = |earliest: &str, latest: &str, minutes: &str| BreakForm {
            earliest: earliest.into(),
            latest: latest.into(),
            minutes: minutes.into(),
        };
        night.breaks =
            vec![planned("", " ", ""), planned("23:30", "01:00", "30"), planned("03:00", "", "15")];
        let zone = Zone::parse("Europe/Malta").unwrap();
        let breaks = ask_of(&night, zone).unwrap().breaks;
        let text = |at| zone.moment(at).format("%d %H:%M").to_string();
        let answer: Vec<_> = breaks.iter().map(|b| (text(b.earliest), text(b.latest), b.minutes)).collect();
        assert_eq!(
            answer,
            [("23 23:30".into(), "24 01:00".into(), 30), ("24 03:00".into(), "24 03:00".into(), 15)]
        );
    }

    #[test]
    fn what_a_form_cannot_mean_is_named() {
        let why = |form: &ShiftForm| read(form).unwrap_err();
        assert!(why(&form("2026-11-23", "7", "16:30")).starts_with("from: write when the shift begins"));
        assert!(why(&form("2026-11-23", "07:30", "")).starts_with("until: write when the shift ends"));
        assert!(why(&form("2026-11-23", "07:30", "07:30")).contains("same time"));
        assert!(why(&form("2026-03-29", "02:30", "09:00")).contains("the clocks go forward"));
        assert!(why(&form("2026-03-28", "20:00", "02:30")).contains("Sun 29 Mar"));
        assert_eq!(
            read(&form("2026-10-25", "02:30", "09:00")),
            Ok(("25 02:30".into(), "25 09:00".into())),
            "of a time that comes twice it is the first"
        );
        let nobody = ShiftForm { driver: String::new(), ..form("2026-11-23", "07:30", "16:30") };
        assert_eq!(why(&nobody), "driver: choose who drives");
        let mut pause = form("2026-11-23", "07:30", "16:30");
        pause.breaks =
            vec![BreakForm { earliest: "12:00".into(), latest: "12:30".into(), minutes: "half".into() }];
        assert!(why(&pause).contains("whole minutes"));
    }
}
