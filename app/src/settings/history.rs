//! Who changed which setting, the latest first.

use crate::{
    format,
    parts::{Column, Pager, Table},
};
use leptos::prelude::*;
use wire::{Moment, staff::settings::ChangeRow};

const COLUMNS: [Column; 5] = [
    Column::words("When"),
    Column::words("Who"),
    Column::words("What"),
    Column::words("Before"),
    Column::words("After"),
];

/// The changes, page by page.
#[component]
pub fn History(
    changes: Vec<ChangeRow>,
    as_of: Moment,
    page: u32,
    more: bool,
    href: Callback<u32, String>,
) -> impl IntoView {
    let body = match (changes.is_empty(), page) {
        (true, 1) => {
            view! { <p class="quiet">"Nobody has changed anything yet: the defaults hold."</p> }.into_any()
        }
        (true, _) => view! { <p class="quiet">"No change is left for this page."</p> }.into_any(),
        (false, _) => view! {
            <Table caption="Changes" caption_hidden=true columns=&COLUMNS>
                {changes.into_iter().map(|row| view! { <Line row as_of /> }).collect_view()}
            </Table>
        }
        .into_any(),
    };
    view! {
        <section id="changes" aria-labelledby="changes-title">
            <h2 id="changes-title">"Changes"</h2>
            {body}
            <Pager page more href />
        </section>
    }
}

#[component]
fn Line(row: ChangeRow, as_of: Moment) -> impl IntoView {
    let ChangeRow { id, at, by, hub, label, before, after, given_back, unit } = row;
    let said = |value: String| if value.is_empty() { "empty".to_owned() } else { value };
    view! {
        <tr data-row=id>
            <th scope="row">{format::clock_from(at, as_of)}</th>
            <td>{by}</td>
            <td>
                {label}
                {(!unit.is_empty()).then(|| view! { <small>{unit}</small> })}
                {hub.map(|hub| view! { <small>{hub}</small> })}
            </td>
            <td>{said(before)}</td>
            <td>
                {said(after)}
                {given_back.then(|| view! { <small>"given back"</small> })}
            </td>
        </tr>
    }
}
