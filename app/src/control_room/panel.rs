//! One vehicle's story: what is wrong, what can be done, and every stop with its promise and its estimate.

use super::routes::standing;
use crate::{
    format,
    live::LiveBoard,
    parts::{Column, Mark, MarkedWord, PageLink, RouteBar, Table},
    session::{MainPage, at_hub},
    words,
};
use leptos::prelude::*;
use wire::staff::control_room::{Reload, RoutePhase, RouteView, StopRow};

const COLUMNS: [Column; 4] =
    [Column::words("Stop"), Column::words("Address"), Column::numbers("Planned"), Column::numbers("Arrival")];

/// The selected route.
#[component]
pub fn RoutePanel(view: RouteView, live: LiveBoard) -> impl IntoView {
    let RouteView { row, planned_start, planned_end, departed_at, stops, reload, driven_m, ahead_m, .. } =
        view;
    let kind = words::vehicle_kind(row.kind);
    let driver = row.driver.clone();
    let title = row.label.clone();
    let (open, ended): (Vec<_>, Vec<_>) = stops.into_iter().partition(|stop| stop.outcome.is_none());
    // Nobody knows when a vehicle leaves or is back that cannot drive.
    let off_road = row.phase == RoutePhase::OffRoad;
    let back = row.back_at.filter(|_| !off_road);
    let left = match departed_at {
        Some(_) => "Left",
        None if off_road => "Was to leave",
        None => "Leaves",
    };
    let row = live.row(row);
    view! {
        <div class="panel-head">
            <h2>{title}</h2>
            {move || {
                let row = row.read();
                view! { <MarkedWord standing=standing(&row) word=words::vehicle_standing(&row).into_owned() /> }
            }}
            <a class="button small" href=at_hub("/control-room") data-noscroll="" data-key="Escape">
                "Close"
            </a>
        </div>
        <p class="wrong">{move || words::trouble(&row.read())}</p>
        <p class="remedy">{move || words::remedy(&row.read())}</p>
        <RouteBar row />
        <dl class="facts">
            <div>
                <dt>"Done"</dt>
                <dd>{move || format!("{} of {}", row.read().done, row.read().total)}</dd>
            </div>
            <div>
                <dt>"Failed"</dt>
                <dd>{move || format::count(row.read().failed)}</dd>
            </div>
            <div>
                <dt>{left}</dt>
                <dd>{format::clock(departed_at.unwrap_or(planned_start))}</dd>
            </div>
            <div>
                <dt>"Driven"</dt>
                <dd>
                    {driven_m.map(format::kilometres).unwrap_or_else(|| "–".to_owned())}
                    <small>{format!("{} ahead", format::kilometres(ahead_m))}</small>
                </dd>
            </div>
            <div>
                <dt>"Back"</dt>
                <dd>
                    {back.map(format::clock).unwrap_or_else(|| "–".to_owned())}
                    <small>{format!("plan {}", format::clock(planned_end))}</small>
                </dd>
            </div>
        </dl>
        <p class="quiet">{driver}", "{words::lower(kind)}</p>
        <StopTable title="Open stops" stops=open reload />
        <StopTable title="Ended stops" stops=ended />
    }
}

#[component]
fn StopTable(
    title: &'static str,
    stops: Vec<StopRow>,
    #[prop(optional_no_strip)] reload: Option<Reload>,
) -> impl IntoView {
    (!stops.is_empty()).then(|| {
        view! {
            <h3>{title}</h3>
            <Table caption=title caption_hidden=true columns=&COLUMNS>
                {stops
                    .into_iter()
                    .map(|stop| {
                        let reload = reload.clone().filter(|reload| reload.before == stop.stop);
                        view! {
                            {reload.map(|reload| view! { <ReloadLine reload /> })}
                            <StopLine stop />
                        }
                    })
                    .collect_view()}
            </Table>
        }
    })
}

#[component]
fn ReloadLine(reload: Reload) -> impl IntoView {
    view! {
        <tr class="stop-row" data-row>
            <td class="stop-place"></td>
            <th scope="row">"By the hub"<small>{words::fetches(reload.orders)}</small></th>
            <td class="number"></td>
            <td class="number">
                <span class="stop-arrival">{format::clock(reload.at)}</span>
            </td>
        </tr>
    }
}

#[component]
fn StopLine(stop: StopRow) -> impl IntoView {
    let arrival = stop.arrived.or(stop.eta).map(format::clock).unwrap_or_else(|| "–".to_owned());
    let state = words::stop_state(&stop);
    let shared =
        if stop.together > 1 { format!(" · {} orders here · ", stop.together) } else { " · ".to_owned() };
    let service = words::service(stop.service).map(|service| format!("{service} · "));
    view! {
        <tr class="stop-row" data-row=stop.stop.to_string() data-standing=stop.standing.code()>
            <td class="stop-place">
                <Mark standing=stop.standing />
                {stop.sequence}
            </td>
            <th scope="row">
                <PageLink page=MainPage::Deliveries href=at_hub(&format!("/deliveries/{}", stop.order)) text=words::or_erased(stop.address) />
                <small>
                    {service} {format::window(stop.window)} {shared} <span class="whole">{stop.reference}</span>
                </small>
            </th>
            <td class="number">{format::clock(stop.planned)}</td>
            <td class="number">
                <span class="stop-arrival">{arrival}</span>
                <small class="stop-state">{state}</small>
            </td>
        </tr>
    }
}
