//! The rows behind a figure: the attempts or routes that were counted, those that spoil it first.

use super::href;
use crate::{
    format,
    parts::{Column, MarkedWord, PageLink, Pager, Table},
    session::{MainPage, at_hub},
    words,
};
use chrono::NaiveDate;
use domain::{OrderId, Standing};
use leptos::prelude::*;
use wire::staff::figures::{AttemptRow, FigureKind, FigureRows, PromiseRow, RoadRow};

const ATTEMPT_COLUMNS: [Column; 7] = [
    Column::words("Order"),
    Column::words("Vehicle"),
    Column::numbers("Attempt"),
    Column::numbers("Promised until"),
    Column::numbers("Arrived"),
    Column::words("Outcome"),
    Column::words("Counts"),
];
const ROAD_COLUMNS: [Column; 7] = [
    Column::words("Vehicle"),
    Column::numbers("Left"),
    Column::numbers("Back"),
    Column::numbers("Hours"),
    Column::numbers("Visits"),
    Column::numbers("Planned km"),
    Column::numbers("Driven km"),
];
const PROMISE_COLUMNS: [Column; 6] = [
    Column::words("Order"),
    Column::words("Vehicle"),
    Column::numbers("First promise"),
    Column::numbers("Done"),
    Column::words("Outcome"),
    Column::words("Counts"),
];

/// The rows.
#[component]
pub fn Rows(
    rows: FigureRows,
    figure: FigureKind,
    day: Option<NaiveDate>,
    page: u32,
    /// Whether the day is over, so that nothing more will come.
    is_over: bool,
) -> impl IntoView {
    let FigureRows { attempts, promises, routes, more } = rows;
    let caption = format!("Behind {}", words::lower(words::figure(figure)));
    let table = if attempts.is_empty() && promises.is_empty() && routes.is_empty() {
        nothing(match (page, figure, is_over) {
            (2.., ..) => "No row is left for this page.",
            (_, FigureKind::PromisesKept, is_over) => words::no_promise(is_over),
            (.., true) => "No attempt was made on this day.",
            (.., false) => "No attempt is counted yet.",
        })
    } else if figure == FigureKind::StopsPerHour {
        view! {
            <Table caption=caption.clone() caption_hidden=true columns=&ROAD_COLUMNS>
                {routes.into_iter().map(|row| view! { <RoadLine row /> }).collect_view()}
            </Table>
        }
        .into_any()
    } else if figure == FigureKind::PromisesKept {
        view! {
            <Table caption=caption.clone() caption_hidden=true columns=&PROMISE_COLUMNS>
                {promises.into_iter().map(|row| view! { <PromiseLine row /> }).collect_view()}
            </Table>
        }
        .into_any()
    } else {
        view! {
            <Table caption=caption.clone() caption_hidden=true columns=&ATTEMPT_COLUMNS>
                {attempts.into_iter().map(|row| view! { <AttemptLine row figure /> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <section id="rows" class="rows" aria-labelledby="rows-title">
            <h2 id="rows-title">{caption}</h2>
            {table}
            <Pager page more href=Callback::new(move |page| href(day, Some(figure), page)) />
        </section>
    }
}

/// Says why there is nothing to show.
pub fn nothing(why: &'static str) -> AnyView {
    view! { <p class="empty">{why}</p> }.into_any()
}

#[component]
fn AttemptLine(row: AttemptRow, figure: FigureKind) -> impl IntoView {
    let (yes, no) = match figure {
        FigureKind::OnTimeLatest | FigureKind::OnTimeOriginal => ("On time", "Late"),
        FigureKind::FirstAttempt => ("Done", "Failed"),
        FigureKind::Failed => ("Failed", "Done"),
        FigureKind::StopsPerHour | FigureKind::PromisesKept => ("Counted", "Not counted"),
    };
    let good = row.counts != (figure == FigureKind::Failed);
    let standing = if good { Standing::OnTime } else { Standing::Late };
    // Who is late by seconds is not shown as arrived in time.
    let arrived = match format::clock(row.arrived_at) {
        same if same == format::clock(row.promised_until) => format::clock_s(row.arrived_at),
        other => other,
    };
    view! {
        <tr data-row=format!("{} {}", row.order, row.number)>
            <th scope="row">
                <OrderName order=row.order reference=row.reference />
            </th>
            <td>{row.label}</td>
            <td class="number">{row.number}</td>
            <td class="number">{format::clock(row.promised_until)}</td>
            <td class="number">{arrived}</td>
            <td>{words::outcome(row.outcome)}</td>
            <td>
                <MarkedWord standing word=if row.counts { yes } else { no } />
            </td>
        </tr>
    }
}

#[component]
fn RoadLine(row: RoadRow) -> impl IntoView {
    view! {
        <tr data-row=row.route.to_string()>
            <th scope="row">
                <PageLink page=MainPage::Control href=at_hub(&format!("/control-room?route={}", row.route)) text=row.label />
            </th>
            <td class="number">{format::clock(row.departed_at)}</td>
            <td class="number">{row.finished_at.map_or_else(|| "on the road".to_owned(), format::clock)}</td>
            <td class="number">{tenths(Some(row.hours))}</td>
            <td class="number">{format::count(row.stops)}</td>
            <td class="number">{tenths(row.planned_km)}</td>
            <td class="number">{tenths(row.driven_km)}</td>
        </tr>
    }
}

fn tenths(number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| format::fixed(number, 1))
}

#[component]
fn PromiseLine(row: PromiseRow) -> impl IntoView {
    let standing = if row.counts { Standing::OnTime } else { Standing::Late };
    let done = row.delivered_at.map_or_else(|| "not yet".to_owned(), format::clock);
    view! {
        <tr data-row=row.order.to_string()>
            <th scope="row">
                <OrderName order=row.order reference=row.reference />
            </th>
            <td>{row.label.unwrap_or_else(|| "–".to_owned())}</td>
            <td class="number">{format::window(row.promised)}</td>
            <td class="number">{done}</td>
            <td>{row.outcome.map_or("Not attempted", words::outcome)}</td>
            <td>
                <MarkedWord standing word=if row.counts { "Kept" } else { "Broken" } />
            </td>
        </tr>
    }
}

#[component]
fn OrderName(order: OrderId, reference: String) -> impl IntoView {
    view! { <PageLink page=MainPage::Deliveries href=at_hub(&format!("/deliveries/{order}")) text=reference /> }
}
