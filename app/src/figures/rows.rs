//! The rows behind a figure: the attempts or routes that were counted, those that spoil it first.

use super::href;
use crate::{
    format,
    parts::{Column, MarkedWord, Pager, Table},
    words,
};
use chrono::NaiveDate;
use domain::Standing;
use leptos::prelude::*;
use wire::figures::{AttemptRow, FigureKind, FigureRows, RoadRow};

const ATTEMPT_COLUMNS: [Column; 7] = [
    Column::words("Order"),
    Column::words("Vehicle"),
    Column::numbers("Attempt"),
    Column::numbers("Promised until"),
    Column::numbers("Arrived"),
    Column::words("Outcome"),
    Column::words("Counts"),
];
const ROAD_COLUMNS: [Column; 4] =
    [Column::words("Vehicle"), Column::numbers("Left"), Column::numbers("Back"), Column::numbers("Stops")];

/// The rows.
#[component]
pub fn Rows(rows: FigureRows, figure: FigureKind, day: Option<NaiveDate>, page: u32) -> impl IntoView {
    let FigureRows { attempts, routes, more } = rows;
    let caption = format!("Behind {}", words::lower(words::figure(figure)));
    let table = if figure == FigureKind::StopsPerHour {
        view! {
            <Table caption=caption.clone() caption_hidden=true columns=&ROAD_COLUMNS>
                {routes.into_iter().map(|row| view! { <RoadLine row /> }).collect_view()}
            </Table>
        }
        .into_any()
    } else if attempts.is_empty() {
        view! { <p class="empty">"No attempt is counted yet."</p> }.into_any()
    } else {
        view! {
            <Table caption=caption.clone() caption_hidden=true columns=&ATTEMPT_COLUMNS>
                {attempts.into_iter().map(|row| view! { <AttemptLine row figure /> }).collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="rows" aria-labelledby="rows-title">
            <h2 id="rows-title">{caption}</h2>
            {table}
            <Pager page more href=Callback::new(move |page| href(day, Some(figure), page)) />
        </section>
    }
}

#[component]
fn AttemptLine(row: AttemptRow, figure: FigureKind) -> impl IntoView {
    let (yes, no) = match figure {
        FigureKind::OnTimeLatest | FigureKind::OnTimeOriginal => ("On time", "Late"),
        FigureKind::FirstAttempt => ("Delivered", "Failed"),
        FigureKind::Failed => ("Failed", "Delivered"),
        FigureKind::StopsPerHour => ("Counted", "Not counted"),
    };
    let good = row.counts != (figure == FigureKind::Failed);
    let standing = if good { Standing::OnTime } else { Standing::Late };
    view! {
        <tr data-row=format!("{} {}", row.order, row.number)>
            <th scope="row">
                <a href=format!("/deliveries/{}", row.order)>{row.reference}</a>
            </th>
            <td>{row.label}</td>
            <td class="number">{row.number}</td>
            <td class="number">{format::clock(row.promised_until)}</td>
            <td class="number">{format::clock(row.arrived_at)}</td>
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
                <a href=format!("/control-room?route={}", row.route)>{row.label}</a>
            </th>
            <td class="number">{format::clock(row.departed_at)}</td>
            <td class="number">{row.finished_at.map_or_else(|| "on the road".to_owned(), format::clock)}</td>
            <td class="number">{format::count(row.stops)}</td>
        </tr>
    }
}
