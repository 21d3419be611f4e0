//! Zones: the ground that each hub serves, drawn or imported, from a day on and perhaps until another.
//!
//! The forms are plain ones with and without scripts: they are sent seldom, and what came of them is in the address.

mod api;
mod drawing;
mod forms;

use crate::{
    act::Act,
    format,
    parts::{Column, FaultNotice, PageHead, Skeleton, Table, fault_of},
    session::Session,
};
use api::{DrawZone, EndZone, ImportZones};
use drawing::Drawing;
use forms::Forms;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use wire::staff::zones::{ZoneRow, ZonesView};

/// The page; the hub, and what came of the last change, stand in its address.
#[component]
pub fn ZonesPage() -> impl IntoView {
    let query = use_query_map();
    let said = Memo::new(move |_| query.read().get("said").unwrap_or_default());
    let hub = Session::here().hub;
    let typed = api::typed();
    let zones = Resource::new(move || said.get(), move |said| api::zones(hub, said));
    let fault = fault_of(Act::of::<ImportZones>())
        .get_untracked()
        .or_else(|| fault_of(Act::of::<DrawZone>()).get_untracked())
        .or_else(|| fault_of(Act::of::<EndZone>()).get_untracked());
    view! {
        <div class="page zones-page">
            <PageHead title="Zones" />
            {fault.map(|fault| view! { <FaultNotice fault /> })}
            <Transition fallback=|| view! { <Skeleton rows=6 what="the zones" /> }>
                {move || {
                    Some(match zones.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(view) => view! { <Whole view typed=typed.clone() /> }.into_any(),
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Whole(view: ZonesView, typed: api::Typed) -> impl IntoView {
    let ZonesView { hub, today, hubs, rows, map, without, said, refused } = view;
    let several = hubs.len() > 1;
    let said = (!said.is_empty()).then(|| {
        let lines = said.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        let (class, role) = if refused { ("notice loud", "alert") } else { ("notice", "status") };
        view! {
            <div class=class role=role>
                {lines}
            </div>
        }
    });
    let list = if rows.is_empty() {
        view! {
            <div class="empty">
                <p>"Without zones every order goes to the nearest hub."</p>
                <p class="quiet">
                    "Draw one when a hub shall serve a part of the map, or when orders to doors outside shall be refused. As soon as one zone holds, a hub that has none gets only the orders that name it, and an order to a door in no zone is refused."
                </p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <p class="quiet">
                "An order goes to the hub whose zone holds its door on the promised day. Where zones overlap, the smaller one serves; an order to a door in none is refused, unless it names its hub. On a day on which no zone holds at all, it goes to the nearest hub."
            </p>
            {map.map(|map| view! { <Drawing map /> })}
            <List rows several />
        }
        .into_any()
    };
    let without = without
        .into_iter()
        .map(|hub| {
            let means =
                "has no zone that holds today, while there are others: it gets only the orders that name it.";
            view! { <p class="notice">{format!("{hub} {means}")}</p> }
        })
        .collect_view();
    view! {
        {said}
        {without}
        {list}
        <Forms hub today hubs typed />
    }
}

const COLUMNS: &[Column] = &[
    Column::numbers("No."),
    Column::words("Zone"),
    Column::words("Serves"),
    Column::numbers("km²"),
    Column::unlabelled("End it"),
];

#[component]
fn List(rows: Vec<ZoneRow>, several: bool) -> impl IntoView {
    let row = move |row: ZoneRow| {
        let ZoneRow { id, number, name, hub, from, until, area_m2, today } = row;
        let dates = match until {
            None => format!("from {}", format::day(from)),
            Some(until) => {
                let last = until.pred_opt().unwrap_or(until);
                format!("from {} to {}, that day included", format::day(from), format::day(last))
            }
        };
        let (field, spoken) = (format!("end-{number}"), name.clone());
        view! {
            <tr>
                <td class="number">{number}</td>
                <td>
                    <strong>{name.clone()}</strong>
                    {several.then(|| view! { <span class="quiet zone-hub">{hub}</span> })}
                </td>
                <td>{dates}</td>
                <td class="number">{format::square_kilometres(area_m2)}</td>
                <td>
                    <form class="zone-end" method="post" action=EndZone::url()>
                        <input type="hidden" name="zone" value=id.to_string() />
                        <label for=field.clone()>
                            "First day without it" <span class="unseen">{format!(": {name}")}</span>
                        </label>
                        <input
                            id=field
                            type="date"
                            name="day"
                            required
                            min=format::day_code(today)
                            value=format::day_code(until.unwrap_or(today))
                        />
                        <button class="button small" type="submit">
                            "End it" <span class="unseen">{format!(" {spoken}")}</span>
                        </button>
                    </form>
                </td>
            </tr>
        }
    };
    view! {
        <Table caption="Zones that hold now or later" caption_hidden=true columns=COLUMNS class="zones">
            {rows.into_iter().map(row).collect_view()}
        </Table>
    }
}
