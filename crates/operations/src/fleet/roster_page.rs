//! The roster of one day as a page shows it: each vehicle with its shifts on a time axis, and who is free.
//!
//! Not here: what its forms say (`roster_forms`).

use super::{
    duties::{DayRoster, Drive},
    roster_forms::{blank, form_of, seen},
    rosters::{DAYS_AHEAD, running},
};
use crate::{
    Caller, Operations, Result,
    base::{bounds, zone::Zone},
};
use chrono::{Days, NaiveTime, TimeDelta};
use domain::{Ability, Day, HubDriver, HubId, Instant, Route, RouteState, Vehicle, VehicleState};
use store::service_days;
use wire::staff::roster::{Bar, BreakRow, DriverRow, RosterRow, RosterView, RouteCode, ShiftRow, Stays};

/// The time axis has so many parts at most, each so many hours long.
const MOST_PARTS: i64 = 8;
const PART_HOURS: [i64; 5] = [1, 2, 3, 4, 6];
/// What an empty day's axis shows, in hours of the clock.
const EMPTY_DAY: (u32, u32) = (6, 20);

impl Operations {
    /// The roster of a hub on a day; on the one that runs when no day is asked for.
    pub async fn roster_page(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        day: Option<Day>,
    ) -> Result<RosterView> {
        caller.must(Ability::SeeDay)?;
        let site = self.site_for(caller, hub).await?;
        let mut conn = self.0.database.read().await?;
        let now = self.now();
        let today = running(&mut conn, &site, now).await?;
        let day = bounds::day(day.unwrap_or(today)).ok();
        let (no_such_day, day) = (day.is_none(), day.unwrap_or(today));
        let closed = service_days::get(&mut conn, site.hub.id, day).await?;
        let over = day < today || closed.is_some_and(|day| day.closed_at.is_some());
        let last = today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(today);
        let roster = DayRoster::read(&mut conn, &site, day).await?;
        let mut routes = store::plans::routes(&mut conn, site.hub.id, day).await?;
        routes.retain(|route| route.day == day);
        drop(conn);

        let zone = site.zone;
        let all: Vec<_> =
            roster.vehicles.iter().map(|vehicle| (vehicle, roster.duties.drives(zone, vehicle))).collect();
        let axis = Axis::of(all.iter().flat_map(|(_, drives)| drives), zone, day);
        let rows = all
            .iter()
            .map(|(vehicle, drives)| row(&roster, vehicle, drives, (&axis, zone, day, now), &routes));
        let rows = rows.collect();
        let driver = |driver: &HubDriver| {
            let id = driver.driver.id;
            let usual = roster.vehicles.iter().filter(|vehicle| vehicle.driver.id == id);
            let own = all.iter().flat_map(|(vehicle, drives)| {
                let own = drives.iter().filter(|drive| drive.driver == id);
                own.map(|d| (vehicle.label.clone(), zone.moment(d.from), zone.moment(d.until)))
            });
            DriverRow {
                id,
                name: driver.driver.name.clone(),
                left: driver.left_at.is_some(),
                usually: usual.map(|vehicle| vehicle.label.clone()).collect(),
                drives: own.collect(),
            }
        };
        Ok(RosterView {
            hub: site.hub.id,
            today,
            day,
            no_such_day,
            last,
            over,
            may_change: !over && day <= last && caller.must(Ability::Dispatch).is_ok(),
            planned: roster.planned,
            hours: axis.hours(zone),
            now: axis.place(now).map(|at| (at, zone.moment(now))),
            drivers: roster.drivers.iter().map(driver).collect(),
            rows,
        })
    }
}

fn row(
    roster: &DayRoster,
    vehicle: &Vehicle,
    drives: &[Drive],
    (axis, zone, day, now): (&Axis, Zone, Day, Instant),
    routes: &[Route],
) -> RosterRow {
    let lines = roster.duties.lines(vehicle.id);
    let stays = if lines.is_empty() { Stays::DriverElsewhere } else { Stays::Rostered };
    let seen = seen(lines);
    let usual = roster.duties.usual(zone, vehicle);
    let usual =
        usual.map(|drive| (vehicle.driver.name.clone(), zone.moment(drive.from), zone.moment(drive.until)));
    let route_of =
        |drive: &Drive| routes.iter().find(|route| route.vehicle == vehicle.id && route.shift == drive.shift);
    let mut blank = blank(vehicle, (zone, day), (lines, drives), &seen);
    let last = drives.iter().max_by_key(|drive| drive.until).filter(|drive| drive.until > now);
    if last.and_then(route_of).is_some_and(|route| route.state.finished_at().is_some()) {
        // It is back early, and can leave again soon.
        blank.from = zone.clock(now + TimeDelta::seconds(300 - now.timestamp().rem_euclid(300)));
    }
    let shift = |drive: &Drive| {
        let route = route_of(drive);
        let breaks = drive.breaks.iter().map(|planned| BreakRow {
            earliest: zone.moment(planned.earliest()),
            latest: zone.moment(planned.latest()),
            minutes: planned.minutes(),
            bar: axis.bar(planned.earliest(), planned.latest() + planned.length()),
        });
        ShiftRow {
            shift: drive.shift,
            driver: roster.name(drive.driver),
            from: zone.moment(drive.from),
            until: zone.moment(drive.until),
            breaks: breaks.collect(),
            bar: axis.bar(drive.from, drive.until),
            route: route.map(|route| match route.state {
                RouteState::Published => RouteCode::Planned,
                RouteState::UnderWay { .. } => RouteCode::Out,
                RouteState::Finished { .. } => RouteCode::Back,
            }),
            form: form_of(drive, vehicle, (zone, day), &seen),
        }
    };
    RosterRow {
        vehicle: vehicle.id,
        label: vehicle.label.clone(),
        kind: vehicle.kind,
        off_road: matches!(vehicle.state, VehicleState::OffRoad { .. }),
        stays: drives.is_empty().then_some(stays),
        shifts: drives.iter().map(shift).collect(),
        usual,
        blank,
    }
}

/// The hours that the bars of a day are drawn along, in equal parts.
struct Axis {
    from: Instant,
    part: TimeDelta,
    parts: i64,
}

impl Axis {
    /// From the hour in which the first shift begins to the end of the last.
    fn of<'a>(drives: impl Iterator<Item = &'a Drive> + Clone, zone: Zone, day: Day) -> Self {
        let clock = |hour| zone.at(day, NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default());
        let from = drives.clone().map(|drive| drive.from).min().unwrap_or_else(|| clock(EMPTY_DAY.0));
        let until = drives.map(|drive| drive.until).max().unwrap_or_else(|| clock(EMPTY_DAY.1));
        let from = zone.hour(from);
        let hours = ((until - from).num_minutes() + 59) / 60;
        let fits = |part: &i64| hours <= part * MOST_PARTS;
        let part = PART_HOURS.into_iter().find(fits).unwrap_or(PART_HOURS[PART_HOURS.len() - 1]);
        Self { from, part: TimeDelta::hours(part), parts: ((hours + part - 1) / part).max(1) }
    }

    fn bar(&self, from: Instant, until: Instant) -> Bar {
        let place = |at: Instant| self.thousandths(at).clamp(0, 1000);
        Bar { at: place(from), long: place(until) - place(from) }
    }

    /// Where a moment lies, unless it is beside the axis.
    fn place(&self, at: Instant) -> Option<i64> {
        Some(self.thousandths(at)).filter(|at| (0..=1000).contains(at))
    }

    fn thousandths(&self, at: Instant) -> i64 {
        (at - self.from).num_seconds() * 1000 / (self.part.num_seconds() * self.parts)
    }

    fn hours(&self, zone: Zone) -> Vec<String> {
        let begins = (0..self.parts).map(|part| self.from + self.part * i32::try_from(part).unwrap_or(0));
        begins.map(|at| zone.moment(at).format("%H").to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::DriverId;

    fn drive(from: &str, until: &str) -> Drive {
        let driver = DriverId(uuid::Uuid::nil());
        Drive {
            shift: None,
            driver,
            from: from.parse().unwrap(),
            until: until.parse().unwrap(),
            breaks: vec![],
        }
    }

    #[test]
    fn the_axis_reaches_from_the_first_hour_to_the_last_also_past_midnight_and_where_clocks_change() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let day = |text: &str| text.parse::<Day>().unwrap();
        let monday = [drive("2026-11-23T06:30:00Z", "2026-11-23T15:30:00Z")];
        let axis = Axis::of(monday.iter(), zone, day("2026-11-23"));
        assert_eq!(axis.hours(zone), ["07", "09", "11", "13", "15"]);
        assert_eq!(axis.bar(monday[0].from, monday[0].until), Bar { at: 50, long: 900 });
        let at = |text: &str| axis.place(text.parse().unwrap());
        assert_eq!(at("2026-11-23T11:00:00Z"), Some(500));
        assert_eq!([at("2026-11-23T05:59:00Z"), at("2026-11-23T16:01:00Z")], [None, None]);
        let night = [monday[0].clone(), drive("2026-11-23T20:00:00Z", "2026-11-24T03:00:00Z")];
        let axis = Axis::of(night.iter(), zone, day("2026-11-23"));
        assert_eq!(axis.hours(zone), ["07", "10", "13", "16", "19", "22", "01"]);
        let bar = axis.bar(night[1].from, night[1].until);
        assert!(bar.at + bar.long <= 1000 && bar.long == 334, "{bar:?}");
        // Two o'clock does not come on that night.
        let spring = [drive("2026-03-28T23:00:00Z", "2026-03-29T03:00:00Z")];
        let axis = Axis::of(spring.iter(), zone, day("2026-03-29"));
        assert_eq!(axis.hours(zone), ["00", "01", "03", "04"]);
        let empty = Axis::of([].iter(), zone, day("2026-11-23"));
        assert_eq!(empty.hours(zone), ["06", "08", "10", "12", "14", "16", "18"]);
    }
}
