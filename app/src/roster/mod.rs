//! The roster: who drives which vehicle when on a day, drawn on a time axis, and who is free.
//!
//! The forms are plain ones with and without scripts. The day, and the vehicle or the driver whose form is open, stand in the
//! address.

mod api;
mod day;
mod drivers;
mod shift_form;

use crate::{
    act::Act,
    format,
    parts::{FaultNotice, PageHead, Skeleton, fault_of},
    session::{HubField, Session, at_hub},
};
use api::{SaveDriver, SaveShift};
use chrono::Days;
use day::DayList;
use domain::{Day, DriverId, VehicleId};
use drivers::{DriverPanel, Drivers};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use shift_form::{ShiftFields, ShiftPanel};
use wire::staff::roster::{RosterDone, RosterSaid, RosterView};

/// What the address names instead of a shift for one beside those that a vehicle has.
const ANOTHER: &str = "another";

/// Which form is open.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Open {
    Nothing,
    /// The shift of a vehicle; of one that begins elsewhere the line's id, and nothing for another one.
    Shift(VehicleId, String),
    Driver(DriverId),
}

/// The page; `hub`, `day`, `vehicle`, `shift` and `driver` in its address are the whole question.
#[component]
pub fn RosterPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let hub = Session::here().hub;
    let day = query.get("day").as_deref().and_then(format::parse_day);
    let vehicle = query.get("vehicle").and_then(|id| id.parse().ok());
    let driver = query.get("driver").and_then(|id| id.parse().ok());
    let open = match (vehicle, driver) {
        (Some(vehicle), _) => Open::Shift(vehicle, query.get("shift").unwrap_or_default()),
        (None, Some(driver)) => Open::Driver(driver),
        (None, None) => Open::Nothing,
    };
    let said = api::said();
    let roster = Resource::new(|| (), move |()| api::roster(hub, day));
    let fault = fault_of(Act::of::<SaveShift>())
        .get_untracked()
        .or_else(|| fault_of(Act::of::<SaveDriver>()).get_untracked());
    view! {
        <div class="page roster-page">
            <PageHead title="Roster" />
            {fault.map(|fault| view! { <FaultNotice fault /> })}
            <Transition fallback=|| view! { <Skeleton rows=8 what="the roster" /> }>
                {move || {
                    Some(match roster.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(view) => view! { <Whole view said=said.clone() open=open.clone() /> }.into_any(),
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// The address of a day, with what else is asked.
fn address(day: Day, more: &str) -> String {
    at_hub(&format!("/roster?day={}{more}", format::day_code(day)))
}

#[component]
fn Whole(view: RosterView, said: RosterSaid, open: Open) -> impl IntoView {
    let RosterView {
        hub, today, day, no_such_day, last, over, may_change, hours, now, rows, drivers, ..
    } = view;
    let panel = match &open {
        Open::Shift(vehicle, shift) if may_change => {
            rows.iter().find(|row| row.vehicle == *vehicle).map(|row| {
                let (row, drivers) = (row.clone(), drivers.clone());
                view! { <ShiftPanel hub row shift=shift.clone() drivers typed=said.shift.clone() /> }
                    .into_any()
            })
        }
        Open::Driver(id) if may_change => drivers.iter().find(|driver| driver.id == *id).map(|driver| {
            let vehicles = rows.iter().map(|row| (row.vehicle, row.label.clone())).collect();
            let driver = driver.clone();
            view! { <DriverPanel hub day driver vehicles typed=said.driver.clone() /> }.into_any()
        }),
        _ => None,
    };
    let typed = said.driver.clone().filter(|form| form.id.is_empty());
    view! {
        <DayChoice day today last />
        <Said said hub />
        {beyond(no_such_day, day, last).map(|why| view! { <p class="notice">{why}</p> })}
        {over
            .then(|| {
                view! {
                    <p class="quiet">
                        "This day is over, and its roster stays as it is. Where nothing was rostered, the usual driver and hours of now are shown."
                    </p>
                }
            })}
        {panel}
        <Summary rows=rows.clone() drivers=drivers.clone() />
        <DayList day hours now rows may_change />
        <Drivers hub day drivers may_change typed />
    }
}

/// The day that is shown, and the ways to others.
#[component]
fn DayChoice(day: Day, today: Day, last: Day) -> impl IntoView {
    let link = |label: &'static str, spoken: &'static str, there: Option<Day>| {
        there.map(|there| {
            view! {
                <a class="button small" href=address(there, "") aria-label=spoken rel="external">
                    {label}
                </a>
            }
        })
    };
    let name = if day == today { format!("{}, today", format::day(day)) } else { format::day(day) };
    view! {
        <div class="roster-days">
            <h2>{name}</h2>
            <nav class="actions" aria-label="Days">
                {link("« Week", "A week before", day.checked_sub_days(Days::new(7)))}
                {link("‹ Day", "The day before", day.pred_opt())}
                {(day != today).then(|| link("Today", "Today", Some(today)))}
                {link("Day ›", "The day after", day.succ_opt())}
                {link("Week »", "A week after", day.checked_add_days(Days::new(7)))}
            </nav>
            <form method="get" action="/roster" class="actions">
                <HubField />
                <label class="unseen" for="roster-day">
                    "Another day"
                </label>
                <input
                    id="roster-day"
                    type="date"
                    name="day"
                    required
                    max=format::day_code(last.max(day))
                    value=format::day_code(day)
                />
                <button class="button small" type="submit">
                    "Show"
                </button>
            </form>
        </div>
    }
}

/// What came of the last change, and the way back.
#[component]
fn Said(said: RosterSaid, hub: domain::HubId) -> impl IntoView {
    if let Some(why) = said.refused {
        return view! {
            <div class="notice loud" role="alert">
                <p>{format!("Nothing was changed. {}", sentence(&why))}</p>
            </div>
        }
        .into_any();
    }
    let Some(done) = said.done else { return ().into_any() };
    let undo = said.undo.map(|form| {
        view! {
            <form method="post" action=SaveShift::url() class="notice-actions">
                <ShiftFields hub form />
                <button class="button" type="submit">
                    "Undo"
                </button>
            </form>
        }
    });
    view! {
        <div class="notice" role="status">
            <p>{in_words(&done)}</p>
            {undo}
        </div>
    }
    .into_any()
}

/// What was done, in words.
fn in_words(done: &RosterDone) -> String {
    let on = |day: &Day| format::near_day(*day);
    let plan = |planned: &bool, what: &str| if *planned { what.to_owned() } else { String::new() };
    match done {
        RosterDone::Drives { label, driver, from, until, day, planned } => format!(
            "{label}: {driver} drives {from}–{until} on {}.{}",
            on(day),
            plan(planned, " The day is planned already: ask for a better plan in the control room.")
        ),
        RosterDone::Stays { label, day, planned } => format!(
            "{label} stays at the hub on {}.{}",
            on(day),
            plan(planned, " What is planned for it goes to others with the next plan that is accepted.")
        ),
        RosterDone::Removed { label, day, planned } => format!(
            "{label}: the shift on {} is out of the roster.{}",
            on(day),
            plan(planned, " The day is planned already: ask for a better plan in the control room.")
        ),
        RosterDone::Known => "It was so before. Nothing was changed.".to_owned(),
        RosterDone::Driver { name } => format!("{name} is saved."),
        RosterDone::Left { name } => format!("{name} no longer works here, and can be chosen no more."),
    }
}

/// That nothing can be rostered on a day, because the roster does not reach so far.
fn beyond(no_such_day: bool, day: Day, last: Day) -> Option<String> {
    let reaches = format!("The roster can be written until {}", format::day(last));
    if no_such_day {
        Some(format!(
            "There is no roster of the day that was asked for. {reaches}. This is {}.",
            format::day(day)
        ))
    } else {
        (day > last).then(|| format!("{reaches}. What is shown here is the usual."))
    }
}

/// A reason as a sentence. The field that it is about, which systems need, is left out.
fn sentence(why: &str) -> String {
    let is_field = |name: &str| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let why = why.split_once(": ").filter(|(name, _)| is_field(name)).map_or(why, |(_, why)| why);
    let mut letters = why.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// How the day looks, in a line.
#[component]
fn Summary(
    rows: Vec<wire::staff::roster::RosterRow>,
    drivers: Vec<wire::staff::roster::DriverRow>,
) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let driven = rows.iter().filter(|row| !row.shifts.is_empty()).count();
    let stays = rows.len() - driven;
    let free = drivers.iter().filter(|driver| !driver.left && driver.drives.is_empty());
    let free: Vec<_> = free.map(|driver| driver.name.clone()).collect();
    let stays = match stays {
        0 => String::new(),
        stays => format!(", {} without anybody", format::counted(count(stays), "vehicle", "vehicles")),
    };
    let free = match free.len() {
        0 => "Every driver drives.".to_owned(),
        1..=8 => format!("Free: {}.", free.join(", ")),
        more => format!("Free: {} and {} more, see the drivers below.", free[..8].join(", "), more - 8),
    };
    view! {
        <p>
            {format!("{} with a driver{stays}. {free}", format::counted(count(driven), "vehicle", "vehicles"))}
        </p>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_said_with_what_it_means_for_a_plan() {
        let day = "2026-11-24".parse().unwrap();
        let drives = |planned| RosterDone::Drives {
            label: "Van 01".into(),
            driver: "Rita Example".into(),
            from: "06:00".into(),
            until: "14:00".into(),
            day,
            planned,
        };
        assert_eq!(
            in_words(&drives(false)),
            "Van 01: Rita Example drives 06:00–14:00 on Tuesday 24 November."
        );
        assert!(in_words(&drives(true)).ends_with("ask for a better plan in the control room."));
        assert_eq!(
            sentence("usually_drives: Rita Example usually drives Van 01; change that one first"),
            "Rita Example usually drives Van 01; change that one first."
        );
        assert_eq!(sentence("somebody says: no"), "Somebody says: no.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn how_far_the_roster_reaches_is_said_where_it_matters() {
        let [today, last, later] = ["2026-11-24", "2027-11-25", "2027-11-26"].map(|day| day.parse().unwrap());
        assert_eq!((beyond(false, today, last), beyond(false, last, last)), (None, None));
        let said = beyond(false, later, last).unwrap();
        assert!(said.starts_with("The roster can be written until Thursday 25 November 2027."), "{said}");
        let said = beyond(true, today, last).unwrap();
        assert!(said.ends_with("This is Tuesday 24 November 2026."), "{said}");
    }
}
