//! The vehicles of a day, each with its shifts in words and as bars.

use super::{ANOTHER, address};
use crate::{format, words};
use domain::{Day, MOST_SHIFTS};
use leptos::prelude::*;
use wire::{
    Moment,
    staff::roster::{Bar, BreakRow, RosterRow, RouteCode, ShiftRow, Stays},
};

/// The list.
#[component]
pub fn DayList(
    day: Day,
    hours: Vec<String>,
    now: Option<(i64, Moment)>,
    rows: Vec<RosterRow>,
    may_change: bool,
) -> impl IntoView {
    if rows.is_empty() {
        return view! {
            <div class="empty">
                <p>"This hub has no vehicles yet, so there is nothing to roster."</p>
                <p class="quiet">"An administrator's system sends them to /api/v1/operation."</p>
            </div>
        }
        .into_any();
    }
    let parts = hours.len();
    let hours = hours.into_iter().map(|hour| view! { <span>{hour}</span> }).collect_view();
    let key = |of: &'static str, means: String| view! { <span class="roster-key" data-key=of>{means}</span> };
    let clock = now.map(|(_, at)| key("now", format!("Now, {}", format::clock(at))));
    let axis = Axis { parts, now: now.map(|(at, _)| at) };
    view! {
        <div class="roster-list">
            <p class="roster-keys" aria-hidden="true">
                {key("shift", "Rostered".to_owned())} {key("usual", "As usual".to_owned())}
                {key("pause", "A break lies in here".to_owned())} {clock}
            </p>
            <div class="roster-axis" aria-hidden="true">
                <span class="roster-hours">{hours}</span>
            </div>
            <ul>{rows.into_iter().map(|row| view! { <Vehicle day row axis may_change /> }).collect_view()}</ul>
        </div>
    }
    .into_any()
}

#[component]
fn Vehicle(day: Day, row: RosterRow, axis: Axis, may_change: bool) -> impl IntoView {
    let RosterRow { vehicle, label, kind, off_road, stays, shifts, .. } = row;
    let change = move |text: &'static str, shift: String, label: &str| {
        may_change.then(|| {
            view! {
                <a
                    class="button small"
                    href=address(day, &format!("&vehicle={vehicle}&shift={shift}"))
                    rel="external"
                >
                    {text}
                    <span class="unseen">{format!(" {label}")}</span>
                </a>
            }
        })
    };
    let nobody = stays.map(|stays| {
        let why = match stays {
            Stays::Rostered => "Stays at the hub",
            Stays::DriverElsewhere => "Its usual driver drives another vehicle",
        };
        view! {
            <div class="roster-shift" data-nobody="yes">
                <span class="roster-who">"Nobody" <small>{why}</small></span>
                <Lane bars=vec![] axis />
                {change("Give a driver", String::new(), &label)}
            </div>
        }
    });
    let may_add = shifts.len() < MOST_SHIFTS;
    let shift = |(nth, shift): (usize, ShiftRow)| {
        let fixed = matches!(shift.route, Some(RouteCode::Out | RouteCode::Back));
        let line = shift.shift.map(|id| id.to_string()).unwrap_or_default();
        let spoken = format!("{label}, {}", shift.driver);
        let mut bars = vec![("shift", shift.bar)];
        bars.extend(shift.breaks.iter().map(|planned| ("pause", planned.bar)));
        view! {
            <div class="roster-shift" data-usual=shift.shift.is_none().then_some("yes")>
                <span class="roster-who">
                    {shift.driver.clone()} <small>{standing(&shift)}</small>
                </span>
                <span class="roster-when">
                    {hours(shift.from, shift.until)} <small>{breaks(&shift.breaks)}</small>
                </span>
                <Lane bars axis />
                {match fixed {
                    false => change("Change", line, &spoken),
                    true if nth == 0 && may_add => change("Add a shift", ANOTHER.to_owned(), &label),
                    true => None,
                }}
            </div>
        }
    };
    let shifts = shifts.into_iter().enumerate().map(shift).collect_view();
    view! {
        <li class="roster-row">
            <span class="roster-vehicle">
                <strong>{label.clone()}</strong>
                <small>{if off_road { "Cannot drive now" } else { words::vehicle_kind(kind) }}</small>
            </span>
            <div class="roster-shifts">{shifts} {nobody}</div>
        </li>
    }
}

/// Whether a shift is the usual one, and how far its route has come.
fn standing(shift: &ShiftRow) -> &'static str {
    match (shift.route, shift.shift) {
        (Some(RouteCode::Out), _) => "On the road",
        (Some(RouteCode::Back), _) => "Back at the hub",
        (_, Some(_)) => "Rostered",
        (_, None) => "As usual",
    }
}

/// `07:30–16:30`, and that it ends on another day.
fn hours(from: Moment, until: Moment) -> String {
    let next = if from.date_naive() == until.date_naive() { "" } else { " next day" };
    format!("{}–{}{next}", format::clock(from), format::clock(until))
}

/// When the breaks are.
fn breaks(breaks: &[BreakRow]) -> String {
    let one = |planned: &BreakRow| {
        let BreakRow { earliest, latest, minutes, .. } = planned;
        if earliest == latest {
            format!("{minutes} min break at {}", format::clock(*earliest))
        } else {
            format!("{minutes} min break from {}–{}", format::clock(*earliest), format::clock(*latest))
        }
    };
    if breaks.is_empty() {
        return "No break".to_owned();
    }
    breaks.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// What every lane shows.
#[derive(Clone, Copy)]
struct Axis {
    parts: usize,
    /// Where it is now, in thousandths.
    now: Option<i64>,
}

/// The time axis of one shift. The same stands beside it in words.
#[component]
fn Lane(bars: Vec<(&'static str, Bar)>, axis: Axis) -> impl IntoView {
    let Axis { parts, now } = axis;
    let now =
        now.map(|x| view! { <rect class="now" x=x.min(997).to_string() y="0" width="3" height="20" /> });
    let mark = |part: usize| {
        let x = part * 1000 / parts.max(1);
        view! { <rect class="hour" x=x.to_string() y="0" width="2" height="20" /> }
    };
    let bar = |(class, bar): (&'static str, Bar)| {
        let (y, height) = if class == "pause" { ("7", "6") } else { ("3", "14") };
        view! { <rect class=class x=bar.at.to_string() y=y width=bar.long.to_string() height=height /> }
    };
    view! {
        <svg class="roster-lane" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {(0..parts).map(mark).collect_view()}
            {bars.into_iter().map(bar).collect_view()} {now}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_breaks_are_written_by_the_hubs_clock() {
        let at = |text: &str| text.parse::<Moment>().unwrap();
        assert_eq!(hours(at("2026-11-24T07:30:00+01:00"), at("2026-11-24T16:30:00+01:00")), "07:30–16:30");
        assert_eq!(
            hours(at("2026-11-24T22:00:00+01:00"), at("2026-11-25T06:00:00+01:00")),
            "22:00–06:00 next day"
        );
        let planned = |latest: &str| BreakRow {
            earliest: at("2026-11-24T12:00:00+01:00"),
            latest: at(latest),
            minutes: 30,
            bar: Bar { at: 0, long: 0 },
        };
        assert_eq!(breaks(&[planned("2026-11-24T12:00:00+01:00")]), "30 min break at 12:00");
        assert_eq!(breaks(&[planned("2026-11-24T13:00:00+01:00")]), "30 min break from 12:00–13:00");
        assert_eq!(breaks(&[]), "No break");
    }
}
