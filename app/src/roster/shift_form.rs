//! The form of one shift: who drives a vehicle, from when until when, with which breaks; or that it stays at the hub.

use super::{ANOTHER, address, api::SaveShift};
use crate::format;
use domain::{HubId, MOST_SHIFTS};
use leptos::{prelude::*, server_fn::ServerFn};
use wire::{
    roster::DutyCode,
    staff::roster::{BreakForm, DriverRow, RosterRow, ShiftForm},
};

/// A shift has so many breaks at most.
const MOST_BREAKS: usize = 4;

/// What is open above the list: the shift that the address names, or another one.
#[component]
pub fn ShiftPanel(
    hub: HubId,
    row: RosterRow,
    shift: String,
    drivers: Vec<DriverRow>,
    typed: Option<ShiftForm>,
) -> impl IntoView {
    let RosterRow { label, shifts, blank, usual, .. } = row;
    let known = shifts.iter().find(move |own| own.form.replaces == shift).map(|own| own.form.clone());
    let rostered = known.as_ref().is_some_and(|form| !form.replaces.is_empty());
    let several = shifts.len() > 1;
    let shown = known.unwrap_or(blank);
    let (day, another) = (shown.day, shown.another);
    let form = typed
        .filter(|typed| typed.vehicle == shown.vehicle && typed.day == day && typed.another == another)
        .unwrap_or_else(|| shown.clone());
    let off = ShiftForm { duty: DutyCode::Off, driver: String::new(), breaks: vec![], ..shown.clone() };
    let taken_out =
        ShiftForm { duty: DutyCode::Usual, driver: String::new(), breaks: vec![], ..shown.clone() };
    // A line that keeps the vehicle at the hub is taken out of the roster in the same way.
    let stays = shifts.is_empty() && !shown.replaces.is_empty();
    let back = (rostered || stays).then(|| {
        view! {
            <form method="post" action=SaveShift::url()>
                <ShiftFields hub form=taken_out />
                <button class="button" type="submit">
                    "Take out of the roster"
                </button>
            </form>
        }
    });
    let then = (back.is_some() && !another).then(|| match usual {
        _ if several => format!("Out of the roster, the other shifts of {label} stay as they are."),
        Some((driver, from, until)) => format!(
            "Out of the roster, the usual holds: {driver}, {}\u{2013}{}.",
            format::clock(from),
            format::clock(until)
        ),
        None => {
            format!("Out of the roster, {label} stays at the hub: its usual driver drives another vehicle.")
        }
    });
    let then = then.map(|then| view! { <p class="quiet">{then}</p> });
    let keep = (!stays && !several && !another).then(|| {
        view! {
            <form method="post" action=SaveShift::url()>
                <ShiftFields hub form=off />
                <button class="button" type="submit">
                    "Let it stay at the hub"
                </button>
            </form>
        }
    });
    let more = (!shifts.is_empty() && shifts.len() < MOST_SHIFTS).then(|| {
        let add = address(day, &format!("&vehicle={}&shift={ANOTHER}", shown.vehicle));
        view! {
            <a class="button" href=add rel="external">
                "Add another shift"
            </a>
        }
    });
    let actions = (!another).then(|| view! { <div class="actions">{more} {keep} {back}</div> });
    view! {
        <section class="form-box" aria-labelledby="shift-title">
            <div class="page-head">
                <h2 id="shift-title">
                    {if another { "Another shift of " } else { "" }} {format!("{label} on {}", format::near_day(day))}
                </h2>
                <a class="button small" href=address(day, "") rel="external">
                    "Close"
                </a>
            </div>
            <Editor hub form drivers label />
            {actions} {then}
        </section>
    }
}

#[component]
fn Editor(hub: HubId, form: ShiftForm, drivers: Vec<DriverRow>, label: String) -> impl IntoView {
    let ShiftForm { vehicle, day, driver, from, until, mut breaks, replaces, another, seen, .. } = form;
    if breaks.len() < MOST_BREAKS {
        breaks.push(BreakForm::default());
    }
    let option = |row: DriverRow| {
        let elsewhere = row.drives.iter().filter(|(other, ..)| *other != label);
        let elsewhere: Vec<_> = elsewhere
            .map(|(other, from, until)| format!("{other} {}–{}", format::clock(*from), format::clock(*until)))
            .collect();
        let text = match (row.drives.is_empty(), elsewhere.is_empty()) {
            (true, _) => format!("{}, free", row.name),
            (false, true) => row.name.clone(),
            (false, false) => format!("{}, drives {}", row.name, elsewhere.join(" and ")),
        };
        let id = row.id.to_string();
        view! {
            <option value=id.clone() selected=id == driver>
                {text}
            </option>
        }
    };
    let working: Vec<_> = drivers.into_iter().filter(|row| !row.left).collect();
    let pause = |(place, planned): (usize, BreakForm)| {
        let name = move |field: &str| format!("form[breaks][{place}][{field}]");
        view! {
            <fieldset class="roster-times">
                <legend>{if place == 0 { "Break" } else { "Another break" }}</legend>
                <label>
                    <span>"From at the earliest"</span>
                    <input type="time" name=name("earliest") value=planned.earliest />
                </label>
                <label>
                    <span>"At the latest"</span>
                    <input type="time" name=name("latest") value=planned.latest />
                </label>
                <label>
                    <span>"Minutes"</span>
                    <input type="number" name=name("minutes") min="5" max="240" value=planned.minutes />
                </label>
            </fieldset>
        }
    };
    view! {
        <form method="post" action=SaveShift::url() autocomplete="off">
            <input type="hidden" name="hub" value=hub.to_string() />
            <input type="hidden" name="form[vehicle]" value=vehicle.to_string() />
            <input type="hidden" name="form[day]" value=format::day_code(day) />
            <input type="hidden" name="form[duty]" value="drives" />
            <input type="hidden" name="form[replaces]" value=replaces />
            <input type="hidden" name="form[another]" value=another.to_string() />
            <input type="hidden" name="form[seen]" value=seen />
            <label>
                <span>"Who drives"</span>
                <select name="form[driver]" required>
                    {working.into_iter().map(option).collect_view()}
                </select>
            </label>
            <fieldset class="roster-times">
                <legend>"Shift"</legend>
                <label>
                    <span>"From"</span>
                    <input type="time" name="form[from]" required value=from />
                </label>
                <label>
                    <span>"Until"</span>
                    <input type="time" name="form[until]" required value=until />
                </label>
            </fieldset>
            {breaks.into_iter().enumerate().map(pause).collect_view()}
            <p class="quiet">
                "A shift that ends earlier than it begins ends on the next day. A break that is left empty is none."
            </p>
            <button class="button primary" type="submit">
                "Save the shift"
            </button>
        </form>
    }
}

/// A form that is ready to be sent, as fields that are not seen.
#[component]
pub fn ShiftFields(hub: HubId, form: ShiftForm) -> impl IntoView {
    let ShiftForm { vehicle, day, duty, driver, from, until, breaks, replaces, another, seen } = form;
    let duty = match duty {
        DutyCode::Drives => "drives",
        DutyCode::Off => "off",
        DutyCode::Usual => "usual",
    };
    let hidden = |name: String, value: String| view! { <input type="hidden" name=name value=value /> };
    let fields = [
        ("vehicle", vehicle.to_string()),
        ("day", format::day_code(day)),
        ("duty", duty.to_owned()),
        ("driver", driver),
        ("from", from),
        ("until", until),
        ("replaces", replaces),
        ("another", another.to_string()),
        ("seen", seen),
    ];
    let pauses = breaks.into_iter().enumerate().flat_map(move |(place, planned)| {
        let name = move |field: &str| format!("form[breaks][{place}][{field}]");
        [
            hidden(name("earliest"), planned.earliest),
            hidden(name("latest"), planned.latest),
            hidden(name("minutes"), planned.minutes),
        ]
    });
    view! {
        <input type="hidden" name="hub" value=hub.to_string() />
        {fields.map(|(name, value)| hidden(format!("form[{name}]"), value)).collect_view()}
        {pauses.collect_view()}
    }
}
