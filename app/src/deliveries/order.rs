//! One order: what is promised, where it is, what happened, and how its promise can move.

use super::{
    api::{self, CancelOrder, Reschedule},
    slots::Slots,
    story::Story,
};
use crate::{
    format,
    live::LiveBoard,
    parts::{FaultNotice, MarkedWord, Notice, PageHead, Skeleton, fault_of},
    session::Session,
    words,
};
use domain::OrderId;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::{use_params_map, use_query_map};
use wire::{
    AppError,
    deliveries::{OrderView, Progress},
};

/// The page of one order; `slots=1` in its address also looks for windows.
#[component]
pub fn OrderPage() -> impl IntoView {
    let live = LiveBoard::here();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|code| code.parse::<OrderId>().ok()));
    let wants_slots = Memo::new(move |_| query.read().get("slots").is_some());
    let moved = Memo::new(move |_| query.read().get("done").as_deref() == Some("moved"));
    let reschedule = ServerAction::<Reschedule>::new();
    let cancel = ServerAction::<CancelOrder>::new();
    let answers = move || (reschedule.version().get() + cancel.version().get(), live.returned.get());
    let stirred = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or(0);
        let named = id.get().is_some_and(|id| live.orders.read().contains(&id));
        if named { before.wrapping_add(1) } else { before }
    });
    let order = Resource::new(
        move || (id.get(), stirred.get(), answers()),
        |(id, ..)| async move {
            match id {
                Some(id) => api::order(id).await,
                None => unknown(),
            }
        },
    );
    let slots = Resource::new(
        move || (id.get().filter(|_| wants_slots.get()), answers()),
        |(id, _)| async move {
            match id {
                Some(id) => api::slots(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    view! {
        <div class="page order-page">
            {move || {
                fault_of(reschedule).get().or_else(|| fault_of(cancel).get()).map(|fault| view! { <FaultNotice fault /> })
            }}
            {move || moved.get().then(|| view! { <Notice text="Booked. The promise has moved." /> })}
            <Transition fallback=|| view! { <Skeleton rows=10 what="the order" /> }>
                {move || {
                    Some(match order.get()? {
                        Err(fault) => view! {
                            <PageHead title="Order" />
                            <FaultNotice fault />
                        }
                            .into_any(),
                        Ok(view) => view! { <OrderStory view cancel wants_slots /> }.into_any(),
                    })
                }}
            </Transition>
            <Transition fallback=|| view! { <Skeleton rows=4 what="windows; each is tried on the plan" /> }>
                {move || {
                    Some(match (slots.get()?, id.get_untracked()) {
                        (Err(fault), _) => view! { <FaultNotice fault /> }.into_any(),
                        (Ok(Some(view)), Some(order)) => view! { <Slots view order reschedule /> }.into_any(),
                        _ => ().into_any(),
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// An address that is no id leads nowhere, with the status that says so.
fn unknown<T>() -> Result<T, crate::Fault> {
    #[cfg(feature = "ssr")]
    return crate::backend::refuse(AppError::NotFound);
    #[cfg(not(feature = "ssr"))]
    Err(AppError::NotFound.into())
}

#[component]
fn OrderStory(view: OrderView, cancel: ServerAction<CancelOrder>, wants_slots: Memo<bool>) -> impl IntoView {
    let OrderView {
        as_of,
        hit,
        original,
        standing,
        packages,
        ahead,
        hindered,
        near,
        story,
        can_reschedule,
        ..
    } = view;
    let order = hit.order;
    let progress = hit.progress;
    let may = Session::here().role().is_some_and(domain::Role::may_reschedule);
    let may_cancel = may && matches!(progress, Progress::Placed | Progress::Planned | Progress::Failed);
    let mark = if ahead.is_some() { standing } else { words::progress_standing(progress) };
    let first = (original != hit.window).then(
        || view! { <small>{format!("first promised {}", format::window_from(original, as_of))}</small> },
    );
    view! {
        <p class="crumbs">
            <a href="/deliveries">"Deliveries"</a>
        </p>
        <div class="page-head">
            <PageHead title=hit.reference />
            <MarkedWord standing=mark word=words::progress(progress) />
        </div>
        <dl class="facts order-facts">
            <div>
                <dt>"Promised"</dt>
                <dd>
                    <strong>{format::window_from(hit.window, as_of)}</strong>
                    {first}
                </dd>
            </div>
            <div>
                <dt>"Recipient"</dt>
                <dd>
                    {hit.recipient}
                    <small>{hit.phone}</small>
                </dd>
            </div>
            <div>
                <dt>"Address"</dt>
                <dd>
                    {hit.address}
                    {hindered.map(|hindered| view! { <small class="wrong">{words::hindrance(hindered)}</small> })}
                </dd>
            </div>
            <div>
                <dt>"Shop"</dt>
                <dd>{hit.shop}</dd>
            </div>
            {ahead
                .map(|ahead| {
                    let expected = ahead.eta.map_or_else(
                        || format!("planned {}, no estimate", format::clock_from(ahead.planned, as_of)),
                        |eta| {
                            let eta = format::clock_from(eta, as_of);
                            format!("expected {eta}, planned {}", format::clock_from(ahead.planned, as_of))
                        },
                    );
                    view! {
                        <div>
                            <dt>"On the road"</dt>
                            <dd>
                                <a href=format!("/control-room?route={}", ahead.route)>{ahead.label}</a>
                                {format!(", {} before", format::counted(ahead.stops_before, "stop", "stops"))}
                                <small>{expected}</small>
                            </dd>
                        </div>
                    }
                })}
            {(!near.is_empty())
                .then(|| {
                    let named = near.into_iter().map(|van| format!("{} in {} min", van.label, van.minutes));
                    view! {
                        <div>
                            <dt>"Vans near"</dt>
                            <dd>{named.collect::<Vec<_>>().join(", ")}</dd>
                        </div>
                    }
                })}
            <div>
                <dt>{format::counted(packages.len() as i64, "package", "packages")}</dt>
                <dd>
                    {packages
                        .into_iter()
                        .map(|package| {
                            view! {
                                <span class="package">
                                    {package.barcode}
                                    <small>
                                        {format!("{}, {}", format::weight(package.weight_g), format::volume(package.volume_ml))}
                                    </small>
                                </span>
                            }
                        })
                        .collect_view()}
                </dd>
            </div>
        </dl>
        <div class="actions">
            {(may && can_reschedule)
                .then(|| {
                    view! {
                        <a
                            class="button primary"
                            href=format!("/deliveries/{order}?slots=1")
                            data-noscroll=""
                            aria-current=move || wants_slots.get().then_some("true")
                        >
                            "Find another window"
                        </a>
                    }
                })}
            {may_cancel
                .then(|| {
                    view! {
                        <details class="confirm">
                            <summary class="button">"Cancel order"</summary>
                            <ActionForm action=cancel>
                                <input type="hidden" name="order" value=order.to_string() />
                                <p>"A cancelled order cannot be brought back. The shop would have to place it again."</p>
                                <button class="button danger" type="submit">
                                    "Cancel it for good"
                                </button>
                            </ActionForm>
                        </details>
                    }
                })}
        </div>
        <Story story as_of />
    }
}
