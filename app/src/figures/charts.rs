//! Two small charts, each beside the table it is drawn from. Bars begin at zero.

use super::RowsLink;
use crate::{
    format,
    parts::{Column, ShareBar, Table},
    words,
};
use chrono::NaiveDate;
use leptos::prelude::*;
use wire::staff::figures::{FailedShare, FigureKind, HourShare};

const FAILED_COLUMNS: [Column; 4] = [
    Column::words("Cause"),
    Column::unlabelled("Share as a bar"),
    Column::numbers("Attempts"),
    Column::numbers("Of all"),
];
const HOUR_COLUMNS: [Column; 4] = [
    Column::words("Hour"),
    Column::numbers("Attempts"),
    Column::numbers("On time"),
    Column::numbers("Share"),
];

/// Failed attempts by cause: the table is the chart.
#[component]
pub fn FailedTable(
    failed: Vec<FailedShare>,
    asked: Option<NaiveDate>,
    behind: Memo<Option<FigureKind>>,
) -> impl IntoView {
    let longest = failed.iter().map(|cause| cause.share.part).max().unwrap_or(0);
    let body = if failed.is_empty() {
        view! { <p class="empty">"No attempt has failed."</p> }.into_any()
    } else {
        view! {
            <Table caption="Failed attempts by cause" caption_hidden=true columns=&FAILED_COLUMNS>
                {failed
                    .into_iter()
                    .map(|cause| {
                        view! {
                            <tr>
                                <th scope="row">{words::outcome(cause.outcome)}</th>
                                <td class="bar-cell">
                                    <ShareBar part=cause.share.part longest />
                                </td>
                                <td class="number">{format::count(cause.share.part)}</td>
                                <td class="number">{format::percent(cause.share)}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
        }
        .into_any()
    };
    view! {
        <section class="multiple" aria-labelledby="failed-title">
            <h2 id="failed-title">"Failed attempts by cause"</h2>
            <p class="quiet">{words::figure_definition(FigureKind::Failed)} " " <RowsLink kind=FigureKind::Failed asked behind /></p>
            {body}
        </section>
    }
}

/// Attempts of each hour, those on time below those late; with its table folded under it.
#[component]
pub fn HoursChart(hours: Vec<HourShare>) -> impl IntoView {
    let tallest = hours.iter().map(|hour| hour.on_time.whole).max().unwrap_or(0).max(1);
    let columns = hours.iter().map(|hour| view! { <HourColumn hour=*hour tallest /> }).collect_view();
    let empty = hours.is_empty();
    view! {
        <section class="multiple" aria-labelledby="hours-title">
            <h2 id="hours-title">"Attempts by hour"</h2>
            <p class="quiet legend">
                <span class="key on-time"></span>
                "on time "
                <span class="key late"></span>
                "late, against the latest promise"
            </p>
            {if empty {
                view! { <p class="empty">"No attempt has ended yet."</p> }.into_any()
            } else {
                view! {
                    <div class="hours" aria-hidden="true">
                        {columns}
                    </div>
                    <details>
                        <summary>"The same as a table"</summary>
                        <Table caption="Attempts by hour" caption_hidden=true columns=&HOUR_COLUMNS>
                            {hours
                                .into_iter()
                                .map(|hour| {
                                    view! {
                                        <tr>
                                            <th scope="row">{format::clock(hour.hour)}</th>
                                            <td class="number">{format::count(hour.on_time.whole)}</td>
                                            <td class="number">{format::count(hour.on_time.part)}</td>
                                            <td class="number">{format::percent(hour.on_time)}</td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </Table>
                    </details>
                }
                    .into_any()
            }}
        </section>
    }
}

#[component]
fn HourColumn(hour: HourShare, tallest: i64) -> impl IntoView {
    let tall = |number: i64| 1000 * number / tallest;
    let (all, on_time) = (tall(hour.on_time.whole), tall(hour.on_time.part));
    view! {
        <div class="hour">
            <span class="hour-count">{format::count(hour.on_time.whole)}</span>
            <svg viewBox="0 0 10 1000" preserveAspectRatio="none" focusable="false">
                <rect
                    class="late"
                    x="0"
                    y=(1000 - all).to_string()
                    width="10"
                    height=(all - on_time).max(0).to_string()
                />
                <rect
                    class="on-time"
                    x="0"
                    y=(1000 - on_time).to_string()
                    width="10"
                    height=on_time.to_string()
                />
            </svg>
            <span class="hour-name">{format::clock(hour.hour).split(':').next().unwrap_or_default().to_owned()}</span>
        </div>
    }
}
