//! One exception: state, what, whose promise, what is at stake, the clock, the owner, and its best action.

use super::QueueActions;
use crate::{
    act::ActForm,
    format,
    parts::MarkedWord,
    session::{Session, at_hub},
    words::{self, NextStep},
};
use domain::ExceptionId;
use leptos::prelude::*;
use wire::{
    Moment,
    staff::exceptions::{ExceptionRow, Owner, Resolution},
};

/// One row of the queue. What it is about stays; its estimate, its owner and its end may change under the reader.
#[component]
pub fn QueueRow(row: Memo<ExceptionRow>, now: Signal<Moment>, actions: QueueActions) -> impl IntoView {
    let standing = Memo::new(move |_| row.read().standing);
    let owner = Memo::new(move |_| row.read().owner.clone());
    let resolution = Memo::new(move |_| row.read().resolution.clone());
    let cause = Memo::new(move |_| words::cause(&row.read()));
    let plans = Session::here().role().is_some_and(domain::Role::may_dispatch);
    let step = Memo::new(move |_| words::next_step(&row.read(), plans));
    let clock = move || {
        let row = row.read();
        row.save_by.filter(|_| row.resolution.is_none()).map(|by| countdown(by, now.get()))
    };
    let first = row.get_untracked();
    let raised = first.raised_at;
    let ExceptionRow { id, order, reference, recipient, address, route, label, .. } = first;
    let (whose, more) = match (order, reference) {
        (Some(order), Some(reference)) => {
            let whose = view! { <a href=at_hub(&format!("/deliveries/{order}"))>{words::or_erased(recipient.unwrap_or_default())}</a> };
            (
                whose.into_any(),
                [Some(reference), address.filter(|text| !text.is_empty())]
                    .into_iter()
                    .flatten()
                    .collect::<Vec<_>>()
                    .join(", "),
            )
        }
        _ => {
            let whose = match route.zip(label.clone()) {
                Some((route, label)) => {
                    view! { <a href=at_hub(&format!("/control-room?route={route}"))>{label}</a> }.into_any()
                }
                None => label.into_any(),
            };
            (whose, String::new())
        }
    };
    let hint = more.clone();
    view! {
        <li class="queue-row" data-row=id.to_string() data-standing=move || standing.get().code()>
            <p class="queue-what">
                {move || {
                    let standing = standing.get();
                    view! { <MarkedWord standing word=words::exception_heading(&row.read_untracked(), standing) /> }
                }}
                <small>
                    <span class="unseen">"since "</span>
                    {move || format::clock_from(raised, now.get())}
                </small>
            </p>
            <p class="queue-whose" title=hint>
                {whose} " " <small>{more}</small>
            </p>
            <p class="queue-stake" title=move || cause.get()>
                {cause}
            </p>
            <p class="queue-clock">{clock}</p>
            <div class="queue-step">
                {move || {
                    let NextStep { says, href, why } = step.get()?;
                    let hint = why.clone();
                    Some(
                        match href {
                            Some(href) => view! {
                                <a href=href title=hint>
                                    {says}
                                </a>
                            }
                                .into_any(),
                            None => view! { <span title=hint>{says}</span> }.into_any(),
                        },
                    )
                }}
            </div>
            {move || match resolution.get() {
                Some(resolution) => view! { <Over id resolution now actions /> }.into_any(),
                None => view! { <Todo id owner=owner.get() actions /> }.into_any(),
            }}
        </li>
    }
}

fn countdown(by: Moment, now: Moment) -> impl IntoView + use<> {
    let left = format::minutes_until(by, now);
    let text = if left >= 0 {
        format!("{} left", format::minutes(left))
    } else {
        format!("{} over", format::minutes(-left))
    };
    view! {
        <strong>{text}</strong>
        " "
        <small>{format::clock_from(by, now)}</small>
    }
}

/// Who owns it, and what can be done.
#[component]
fn Todo(id: ExceptionId, owner: Option<Owner>, actions: QueueActions) -> impl IntoView {
    let session = Session::here();
    let may = session.role().is_some_and(domain::Role::may_resolve);
    let mine = owner.as_ref().is_some_and(|owner| session.who.is_some_and(|who| who.person == owner.id));
    let free = owner.is_none();
    let says = match &owner {
        None => "Nobody".to_owned(),
        Some(_) if mine => "You".to_owned(),
        Some(owner) => owner.name.clone(),
    };
    let claim = (may && free).then(|| {
        view! {
            <ActForm act=actions.claim>
                <input type="hidden" name="exception" value=id.to_string() />
                <button class="button small" type="submit" data-key="e">
                    "Claim"
                </button>
            </ActForm>
        }
    });
    let single = |event: leptos::ev::MouseEvent| {
        if event.detail() > 1 {
            event.prevent_default();
        }
    };
    let release = (may && mine).then(|| {
        view! {
            <ActForm act=actions.release>
                <input type="hidden" name="exception" value=id.to_string() />
                // The second click of two on Claim falls here.
                <button class="button small" type="submit" on:click=single>
                    "Release"
                </button>
            </ActForm>
        }
    });
    let resolve = (may && (free || mine)).then(|| {
        view! {
            <details class="resolve" data-popup>
                <summary class="button small" data-key="r">
                    "Resolve"
                </summary>
                <ActForm act=actions.resolve>
                    <input type="hidden" name="exception" value=id.to_string() />
                    <label>
                        <span>"What was done"</span>
                        <select name="what" required>
                            <option value="">"Choose"</option>
                            {words::RESOLUTIONS.map(|what| view! { <option value=what>{what}</option> }).collect_view()}
                        </select>
                    </label>
                    <button class="button primary" type="submit">
                        "Resolve exception"
                    </button>
                </ActForm>
            </details>
        }
    });
    view! {
        <p class="queue-owner">
            <span class="unseen">"Owner: "</span>
            {says}
        </p>
        <div class="actions">{claim}{release}{resolve}</div>
    }
}

/// How it ended, and the way to open it again.
#[component]
fn Over(
    id: ExceptionId,
    resolution: Resolution,
    now: Signal<Moment>,
    actions: QueueActions,
) -> impl IntoView {
    let may = Session::here().role().is_some_and(domain::Role::may_resolve);
    // Nobody ended what ended with its cause.
    let (who, what) = match resolution.by {
        Some(by) => (by, Some(format!("{}, ", words::or_erased(resolution.what)))),
        None => (words::or_erased(resolution.what), None),
    };
    view! {
        <p class="queue-owner queue-over">
            {who}" " <small>{what}{move || format::clock_from(resolution.at, now.get())}</small>
        </p>
        <div class="actions">
            {may
                .then(|| {
                    view! {
                        <ActForm act=actions.reopen>
                            <input type="hidden" name="exception" value=id.to_string() />
                            <button class="button small" type="submit">
                                "Reopen"
                            </button>
                        </ActForm>
                    }
                })}
        </div>
    }
}
