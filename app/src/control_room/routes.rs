//! The list of routes, by trouble. Its order stays until the reader asks to sort again.

use super::{Pane, Show, href};
use crate::{
    format,
    live::LiveBoard,
    parts::{KeptOrder, Mark, RouteBar},
    words,
};
use domain::{RouteId, Standing};
use leptos::prelude::*;
use wire::staff::control_room::{RoutePhase, RouteRow};

/// The list. A plain sequence rather than a keyed one: a reload then keeps each element, and with it the focus.
#[component]
pub fn RouteList(
    rows: Vec<RouteRow>,
    selected: Memo<Option<RouteId>>,
    order: KeptOrder<RouteId>,
    show: Memo<Option<Show>>,
    live: LiveBoard,
) -> impl IntoView {
    let empty = rows.is_empty();
    let first = StoredValue::new(rows.clone());
    let shows_none = move || {
        let live = live.rows.read();
        let holds = |show: Show| {
            first.with_value(|rows| rows.iter().any(|row| show.holds(live.get(&row.route).unwrap_or(row))))
        };
        show.get().is_some_and(|show| !holds(show))
    };
    let shown: Vec<_> = rows.iter().map(|row| (row.route, row.standing)).collect();
    let changed = Memo::new(move |_| {
        let live = live.rows.read();
        shown.iter().filter(|(route, was)| live.get(route).is_some_and(|row| row.standing != *was)).count()
    });
    let waiting = move || changed.get().max(order.moved().get());
    view! {
        <section class="routes" aria-labelledby="routes-title">
            <div class="list-head">
                <h2 id="routes-title">"Routes"</h2>
                {move || {
                    show.get()
                        .map(|show| {
                            view! {
                                <a class="button small" href=href(selected.get(), None, None) data-noscroll="">
                                    {format!("Only {} · Show all", show.label())}
                                </a>
                            }
                        })
                }}
                {move || {
                    (waiting() > 0)
                        .then(|| {
                            view! {
                                <button class="button small" type="button" on:click=move |_| order.sort_again()>
                                    {format!("{} changed · Sort", waiting())}
                                </button>
                            }
                        })
                }}
            </div>
            {empty
                .then(|| {
                    view! {
                        <div class="empty">
                            <p>"No route yet. The morning plan makes them; until then orders gather here."</p>
                        </div>
                    }
                })}
            <p class="empty" hidden=move || !shows_none()>
                "No vehicle right now."
            </p>
            <ol class="route-list" data-scroll="routes">
                {rows.into_iter().map(|row| view! { <RouteItem row selected show live /> }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn RouteItem(
    row: RouteRow,
    selected: Memo<Option<RouteId>>,
    show: Memo<Option<Show>>,
    live: LiveBoard,
) -> impl IntoView {
    let route = row.route;
    let row = live.row(row);
    let standing = Memo::new(move |_| standing(&row.read()));
    view! {
        <li
            data-row=route.to_string()
            data-standing=move || standing.get().code()
            hidden=move || show.get().is_some_and(|show| !show.holds(&row.read()))
        >
            <a
                class="route-row"
                href=move || href(Some(route), Some(Pane::Detail), show.get())
                data-noscroll=""
                aria-current=move || (selected.get() == Some(route)).then_some("true")
            >
                {move || view! { <Mark standing=standing.get() /> }}
                <strong>{move || row.read().label.clone()}</strong>
                <span class="route-say">
                    <span class="route-word">{move || words::vehicle_standing(&row.read())}</span>
                    {move || say(&row.read(), show.get())}
                </span>
                <span class="route-count">
                    {move || format!("{}/{}", row.read().done, row.read().total)}
                    <span class="unseen">" stops done"</span>
                </span>
                <RouteBar row />
            </a>
        </li>
    }
}

/// A vehicle that cannot drive is as loud as a late one.
pub fn standing(row: &RouteRow) -> Standing {
    if row.phase == RoutePhase::OffRoad { Standing::Late } else { row.standing }
}

/// What follows the word of a route's standing: what the reader asked to see, or else what is wrong.
fn say(row: &RouteRow, show: Option<Show>) -> String {
    let dotted = |number: i64, word: &str| format!(" · {}{word}", format::count(number));
    match (show, row.standing) {
        (Some(Show::Failed), _) => dotted(row.failed, " failed"),
        (Some(Show::AtRisk), _) => dotted(row.at_risk, " at risk"),
        _ if row.phase == RoutePhase::Finished => {
            row.back_at.map(format::clock).map_or_else(String::new, |at| format!(" {at}"))
        }
        (_, Standing::Late) if row.late > 0 && row.phase != RoutePhase::OffRoad => dotted(row.late, ""),
        (_, Standing::AtRisk) if row.at_risk > 0 => dotted(row.at_risk, ""),
        _ if row.late > 0 => dotted(row.late, " late"),
        _ => String::new(),
    }
}
