//! One order: when it is expected and where it is, what is promised, what happened, and how its promise can move.

use super::{
    api::{self, CancelOrder, Reschedule},
    asked::AskedFacts,
    slots::Slots,
    story::Story,
};
use crate::{
    act::{Act, ActForm},
    address::with_hub,
    codec::load,
    control_room::lasting_map,
    format,
    live::LiveBoard,
    parts::{FaultNotice, MarkedWord, Notice, PageHead, Skeleton, fault_of, map::FleetMap},
    session::{Session, at_hub},
    words,
};
use domain::{OrderId, Standing};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map, use_query_map},
};
use wire::{
    AppError, Moment,
    staff::{
        control_room::{MapView, RouteView, VehicleMark},
        deliveries::{Ahead, OrderView, Progress},
    },
};

/// The page of one order; `slots=1` in its address also looks for windows.
#[component]
pub fn OrderPage() -> impl IntoView {
    let live = LiveBoard::here();
    let params = use_params_map();
    let query = use_query_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|code| code.parse::<OrderId>().ok()));
    let wants_slots = Memo::new(move |_| query.read().get("slots").is_some());
    // Said once: the address forgets it, so that neither a reload nor the way back says it again.
    let moved = RwSignal::new(query.read_untracked().get("done").as_deref() == Some("moved"));
    let navigate = use_navigate();
    Effect::new(move |before: Option<Option<OrderId>>| {
        let (order, done) = (id.get(), query.read().get("done"));
        if done.as_deref() == Some("moved") {
            moved.set(true);
            if let Some(order) = order {
                let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&at_hub(&format!("/deliveries/{order}")), options);
            }
        } else if before.is_some_and(|before| before != order) || wants_slots.get() {
            moved.set(false);
        }
        order
    });
    let reschedule = Act::of::<Reschedule>();
    let cancel = Act::of::<CancelOrder>();
    let answers = move || (reschedule.version().get() + cancel.version().get(), live.returned.get());
    let stirred = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or(0);
        let named = id.get().is_some_and(|id| live.orders.read().contains(&id));
        if named { before.wrapping_add(1) } else { before }
    });
    let order = load(
        move || (id.get(), stirred.get(), answers()),
        |(id, ..)| async move {
            match id {
                Some(id) => api::order(id).await,
                None => unknown(),
            }
        },
    );
    let slots = load(
        move || (id.get().filter(|_| wants_slots.get()), stirred.get(), answers()),
        |(id, ..)| async move {
            match id {
                Some(id) => api::slots(id).await.map(Some),
                None => Ok(None),
            }
        },
    );
    // Where its vehicle is, while it is on a route. Only the map shows it, so the browser asks for it.
    let on_route = RwSignal::new(None);
    Effect::new(move |_| {
        if let Some(Ok(view)) = order.get() {
            let route = view.ahead.map(|ahead| ahead.route);
            if on_route.get_untracked() != route {
                on_route.set(route);
            }
        }
    });
    let stirred_route = Memo::new(move |_| live.rows.read().get(&on_route.get()?).cloned());
    let route = load(
        move || (on_route.get(), stirred_route.get(), live.plan.get(), live.returned.get()),
        |(route, ..)| async move {
            match route {
                Some(route) => crate::control_room::api::route(route).await.map(Some),
                None => Ok(None),
            }
        },
    );
    let ground = lasting_map(live);
    let way = RwSignal::new(None::<RouteView>);
    Effect::new(move |_| {
        if let Some(answer) = route.get() {
            way.set(answer.ok().flatten().map(|view| to_the_door(view, id.get_untracked())));
        }
    });
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
            <div class="order-map" hidden=move || way.read().is_none()>
                <Suspense>
                    {move || {
                        let map = ground.get()?.ok()?;
                        Some(view! { <OrderMap map live way /> })
                    }}
                </Suspense>
            </div>
            <Transition fallback=|| view! { <Skeleton rows=4 what="windows; each is tried on the plan" /> }>
                {move || {
                    Some(match (slots.get()?, id.get_untracked()) {
                        // The order itself says that the session has ended.
                        (Err(fault), _) if fault.0 == AppError::NotSignedIn => ().into_any(),
                        (Err(fault), _) => view! { <FaultNotice fault /> }.into_any(),
                        (Ok(Some(view)), Some(order)) if wants_slots.get() => view! { <Slots view order reschedule /> }.into_any(),
                        (Ok(None), _) if wants_slots.get() => {
                            view! { <Skeleton rows=4 what="windows; each is tried on the plan" /> }.into_any()
                        }
                        _ => ().into_any(),
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

/// Of a route what concerns one order: the vehicle, the way, and the order's own stop.
fn to_the_door(mut view: RouteView, order: Option<OrderId>) -> RouteView {
    view.stops.retain(|stop| Some(stop.order) == order);
    view.driven.clear();
    view
}

/// Where the order's vehicle is, and the door.
#[component]
fn OrderMap(map: MapView, live: LiveBoard, way: RwSignal<Option<RouteView>>) -> impl IntoView {
    let vehicle = Memo::new(move |_| way.read().as_ref().map(|view| view.row.vehicle));
    let marks = Signal::derive(move || {
        let own = |mark: &&VehicleMark| Some(mark.vehicle) == vehicle.get();
        let heard = live.marks.read().iter().find(own).cloned();
        heard.or_else(|| way.read().as_ref()?.mark.clone()).into_iter().collect()
    });
    let closed = Signal::derive(Vec::new);
    view! { <FleetMap map marks selected=vehicle on_select=Callback::new(|_| ()) route=way closed /> }
}

/// An address that is no id leads nowhere, with the status that says so.
fn unknown<T>() -> Result<T, crate::Fault> {
    #[cfg(feature = "ssr")]
    return crate::backend::refuse(AppError::NotFound);
    #[cfg(not(feature = "ssr"))]
    Err(AppError::NotFound.into())
}

#[component]
fn OrderStory(view: OrderView, cancel: Act<()>, wants_slots: Memo<bool>) -> impl IntoView {
    let OrderView { as_of, hit, original, packages, ahead, hindered, near, story, asked, .. } = view;
    let (can_reschedule, can_cancel) = (view.can_reschedule, view.can_cancel);
    let order = hit.order;
    let progress = hit.progress;
    // Why it cannot be cancelled, when somebody would look for the button, and where it is once it was taken along.
    let aboard = view.aboard.and_then(|label| match progress {
        Progress::Placed | Progress::Failed if can_reschedule && !can_cancel => {
            Some(format!("Its goods are in {label}. It can be cancelled once they are back at the hub."))
        }
        Progress::Collected | Progress::Delivered => {
            Some(format!("What was taken along is in {label} until it is back at the hub."))
        }
        _ => None,
    });
    let (standing, state) = (hit.standing, words::order_state(progress, hit.standing));
    let first = (original != hit.window).then(
        || view! { <small>{format!("first promised {}", format::window_from(original, as_of))}</small> },
    );
    view! {
        <p class="crumbs">
            <a href=at_hub("/deliveries")>"Deliveries"</a>
        </p>
        <div class="page-head">
            <PageHead title=hit.reference />
            <MarkedWord standing word=state />
        </div>
        {ahead.map(|ahead| view! { <Expected ahead as_of standing /> })}
        <dl class="facts order-facts">
            <div>
                <dt>"Promised"</dt>
                <dd>
                    <strong>{format::windows_from(&hit.windows, as_of)}</strong>
                    {first}
                </dd>
            </div>
            <div>
                <dt>"Recipient"</dt>
                <dd>
                    {words::or_erased(hit.recipient)}
                    <small>
                        {match format::tel(&hit.phone) {
                            Some(tel) => view! { <a href=tel>{hit.phone}</a> }.into_any(),
                            None => hit.phone.into_any(),
                        }}
                    </small>
                </dd>
            </div>
            <div>
                <dt>"Address"</dt>
                <dd>
                    {words::or_erased(hit.address)}
                    {hindered.map(|hindered| view! { <small class="wrong">{words::hindrance(hindered)}</small> })}
                </dd>
            </div>
            <div>
                <dt>"Shop"</dt>
                <dd>{hit.shop}</dd>
            </div>
            {(!near.is_empty())
                .then(|| {
                    let named = near.into_iter().map(|van| format!("{} in {} min", van.label, van.minutes));
                    view! {
                        <div>
                            <dt>"Vehicles near"</dt>
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
            <AskedFacts asked service=hit.service />
        </dl>
        <div class="actions">
            {can_reschedule
                .then(|| {
                    view! {
                        <a
                            class="button primary"
                            href=at_hub(&format!("/deliveries/{order}?slots=1"))
                            data-noscroll=""
                            aria-current=move || wants_slots.get().then_some("true")
                        >
                            "Find another window"
                        </a>
                    }
                })}
            {can_cancel
                .then(|| {
                    view! {
                        <details class="confirm" data-popup>
                            <summary class="button">"Cancel order"</summary>
                            <ActForm act=cancel>
                                <input type="hidden" name="order" value=order.to_string() />
                                <p>"A cancelled order cannot be brought back. The shop would have to place it again."</p>
                                <button class="button danger" type="submit">
                                    "Cancel it for good"
                                </button>
                            </ActForm>
                        </details>
                    }
                })}
            {aboard
                .map(|text| {
                    view! { <p class="quiet">{text}</p> }
                })}
        </div>
        <Story story as_of />
    }
}

/// What a caller asks first: when it comes, and how many stops are before it.
#[component]
fn Expected(ahead: Ahead, as_of: Moment, standing: Standing) -> impl IntoView {
    let when = match ahead.eta {
        None if ahead.off_road => "not known".to_owned(),
        Some(eta) => format::clock_from(eta, as_of),
        None => format!("{} by the plan", format::clock_from(ahead.planned, as_of)),
    };
    let before = match ahead.stops_before {
        0 => "the next stop".to_owned(),
        before => format!("{} before it", format::counted(before, "stop", "stops")),
    };
    let between = ahead.between.map(|span| {
        let words = format!("between {} and {}", format::clock(span.from), format::clock(span.until));
        view! { <small title="Nine of ten arrivals that were expected like this one fell into this range">{words}</small> }
    });
    let planned = match ahead.eta {
        None if ahead.off_road => {
            format!("cannot drive on; planned {}", format::clock_from(ahead.planned, as_of))
        }
        Some(_) => format!("planned {}", format::clock_from(ahead.planned, as_of)),
        None => "no estimate yet".to_owned(),
    };
    // The search covers all hubs: the route's room is that of its own.
    let session = Session::here();
    let several = session.hubs.with_value(|hubs| hubs.len() > 1);
    let to_route = with_hub(several.then_some(ahead.hub), &format!("/control-room?route={}", ahead.route));
    let rel = several.then_some("external");
    view! {
        <p class="expected" data-standing=standing.code()>
            <span>"Expected"</span>
            <strong>{when}</strong>
            {between}
            <span>
                {before} ", " <a href=to_route rel=rel>{ahead.label}</a>
                <small>{planned}</small>
            </span>
        </p>
    }
}
