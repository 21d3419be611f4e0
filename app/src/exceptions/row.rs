//! One exception: state, what, whose promise, what is at stake, the clock, the owner, and its best action.

use super::QueueActions;
use crate::{format, parts::MarkedWord, session::Session, words};
use domain::ExceptionId;
use leptos::{form::ActionForm, prelude::*};
use wire::{
    Moment,
    exceptions::{ExceptionRow, Owner, Resolution},
};

/// One row of the queue. What it is about stays; its estimate, its owner and its end may change under the reader.
#[component]
pub fn QueueRow(row: Memo<ExceptionRow>, now: Signal<Moment>, actions: QueueActions) -> impl IntoView {
    let standing = Memo::new(move |_| words::exception_standing(&row.read(), now.get()));
    let owner = Memo::new(move |_| row.read().owner.clone());
    let resolution = Memo::new(move |_| row.read().resolution.clone());
    let stake = move || words::at_stake(&row.read());
    let clock = move || {
        let row = row.read();
        row.save_by.filter(|_| row.resolution.is_none()).map(|by| countdown(by, now.get()))
    };
    let first = row.get_untracked();
    let kind = words::exception_kind(first.kind);
    let raised = first.raised_at;
    let ExceptionRow { id, order, reference, recipient, address, route, label, .. } = first;
    let vehicle = route.zip(label.clone()).map(|(route, label)| {
        view! { <a href=format!("/control-room?route={route}")>{label}</a> }
    });
    let (whose, vehicle) = match (order, reference) {
        (Some(order), Some(reference)) => {
            let whose = view! {
                <a href=format!("/deliveries/{order}")>{recipient.unwrap_or_default()}</a>
                <small>{reference}{address.map(|address| format!(", {address}"))}</small>
            };
            (whose.into_any(), vehicle)
        }
        _ => (vehicle.map_or_else(|| label.into_any(), IntoAny::into_any), None),
    };
    view! {
        <li class="queue-row" data-row data-standing=move || standing.get().code()>
            <div class="queue-what">
                {move || view! { <MarkedWord standing=standing.get() word=kind /> }}
                <small>{move || format!("since {}", format::clock_from(raised, now.get()))}</small>
            </div>
            <div class="queue-whose">{whose}</div>
            <p class="queue-stake">{stake} " " {vehicle}</p>
            <p class="queue-clock">{clock}</p>
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
        <small>{format!("until {}", format::clock_from(by, now))}</small>
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
            <ActionForm action=actions.claim>
                <input type="hidden" name="exception" value=id.to_string() />
                <button class="button" type="submit" data-key="e">
                    "Claim"
                </button>
            </ActionForm>
        }
    });
    let release = (may && mine).then(|| {
        view! {
            <ActionForm action=actions.release>
                <input type="hidden" name="exception" value=id.to_string() />
                <button class="button" type="submit">
                    "Release"
                </button>
            </ActionForm>
        }
    });
    let resolve = (may && (free || mine)).then(|| {
        view! {
            <details class="resolve">
                <summary class="button" data-key="r">
                    "Resolve"
                </summary>
                <ActionForm action=actions.resolve>
                    <input type="hidden" name="exception" value=id.to_string() />
                    <label>
                        <span>"What was done"</span>
                        <select name="what">
                            {words::RESOLUTIONS.map(|what| view! { <option value=what>{what}</option> }).collect_view()}
                        </select>
                    </label>
                    <button class="button primary" type="submit">
                        "Resolve exception"
                    </button>
                </ActionForm>
            </details>
        }
    });
    view! {
        <p class="queue-owner">
            <span class="unseen">"Owner: "</span>
            {says}
        </p>
        <div class="actions">{claim}{resolve}{release}</div>
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
    let by = resolution.by.unwrap_or_else(|| "By itself".to_owned());
    view! {
        <p class="queue-owner">
            {by} <small>{resolution.what}", "{move || format::clock_from(resolution.at, now.get())}</small>
        </p>
        <div class="actions">
            {may
                .then(|| {
                    view! {
                        <ActionForm action=actions.reopen>
                            <input type="hidden" name="exception" value=id.to_string() />
                            <button class="button" type="submit">
                                "Reopen"
                            </button>
                        </ActionForm>
                    }
                })}
        </div>
    }
}
