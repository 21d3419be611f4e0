//! How fast the roads are: now, through the day, and from what that is known.

use crate::{format, parts::Notice};
use chrono::Timelike;
use leptos::prelude::*;
use wire::{Moment, staff::roads::TrafficView};

/// Height of the chart, in its own units; a drive on free roads is at the bottom, one that takes twice as long at the top.
const HEIGHT: f64 = 60.0;

/// Traffic in a sentence and a chart.
#[component]
pub fn Traffic(traffic: TrafficView, as_of: Moment) -> impl IntoView {
    let TrafficView { engine, trouble, now_percent, by_hour, learnt_at, passes, unusual, evidence } = traffic;
    let height = |percent: i64| ((percent - 100) as f64 / 100.0 * HEIGHT).clamp(1.0, HEIGHT);
    let bars = by_hour
        .iter()
        .enumerate()
        .map(|(hour, &percent)| {
            let now = (hour == as_of.hour() as usize).then_some("now");
            let tall = height(percent);
            view! {
                <rect
                    class="traffic-bar"
                    data-now=now
                    x=hour * 10 + 1
                    width="8"
                    y=format::fixed(HEIGHT - tall, 1)
                    height=format::fixed(tall, 1)
                ></rect>
            }
        })
        .collect_view();
    let rows = by_hour
        .iter()
        .enumerate()
        .map(|(hour, &percent)| {
            view! {
                <tr>
                    <th scope="row">{format!("{hour:02}:00")}</th>
                    <td class="number">{format!("+{} %", percent - 100)}</td>
                </tr>
            }
        })
        .collect_view();
    let known = match learnt_at {
        None => "No drive has been looked at yet: what is usual is assumed.".to_owned(),
        Some(at) => format!(
            "From {} of roads by our own vehicles, the last at {}; {} now not as usual. The present is judged by {}.",
            format::counted(evidence, "pass", "passes"),
            format::clock(at),
            format::counted(unusual, "road is", "roads are"),
            format::counted(passes, "pass", "passes"),
        ),
    };
    view! {
        <section class="traffic" aria-labelledby="traffic-title">
            <h2 id="traffic-title">"Traffic"</h2>
            {trouble.map(|text| view! { <Notice text /> })}
            <p>
                "A drive takes " <strong>{format!("{} % longer", now_percent - 100)}</strong> " than on free roads."
            </p>
            <svg class="traffic-chart" viewBox="0 0 240 60" role="img" aria-label="Extra time by hour of the day" preserveAspectRatio="none">
                {bars}
            </svg>
            <p class="traffic-hours" aria-hidden="true">
                <span>"00"</span>
                <span>"06"</span>
                <span>"12"</span>
                <span>"18"</span>
                <span>"24"</span>
            </p>
            <details>
                <summary>"The same as a table"</summary>
                <table>
                    <caption class="unseen">"Extra time by hour of the day"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Hour"</th>
                            <th scope="col" class="number">"Extra time"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
            <p class="quiet">{known}</p>
            <p class="quiet">{format!("Travel times: {engine}.")}</p>
        </section>
    }
}
