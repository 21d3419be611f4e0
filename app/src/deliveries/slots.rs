//! The windows that an order can move to, each with its price on the road.

use crate::session::at_hub;
use crate::{
    act::{Act, ActForm},
    format,
    parts::MarkedWord,
    words,
};
use chrono::{SecondsFormat, Utc};
use domain::{Currency, OrderId, Standing};
use leptos::prelude::*;
use wire::{
    Moment,
    staff::deliveries::{InTheWay, Reason, SlotOffer, SlotsView},
};

/// The offers, grouped as they come: cheapest first within each day.
#[component]
pub fn Slots(view: SlotsView, order: OrderId, reschedule: Act<()>) -> impl IntoView {
    let SlotsView { as_of, slots, reasons, on_the_road, currency, risk_margin_min } = view;
    let empty = slots.is_empty();
    view! {
        <section class="slots-section" aria-labelledby="slots-title">
            <div class="list-head">
                <h2 id="slots-title">"Windows that fit"</h2>
                <a class="button small" href=at_hub(&format!("/deliveries/{order}")) data-noscroll="">
                    "Close"
                </a>
            </div>
            <p class="why-not">{why_not(reasons, on_the_road)}</p>
            {empty
                .then(|| {
                    view! {
                        <div class="empty">
                            <p>"No vehicle can take it in another window. Try again when the day has moved on, or cancel the order."</p>
                        </div>
                    }
                })}
            <ul class="slots">
                {slots
                    .into_iter()
                    .map(|offer| view! { <SlotCard offer as_of order reschedule currency risk_margin_min /> })
                    .collect_view()}
            </ul>
        </section>
    }
}

/// Why nobody serves the order as it is promised; nothing if somebody does.
fn why_not(reasons: Vec<Reason>, on_the_road: usize) -> String {
    let mut said = String::new();
    for Reason { label, what } in reasons {
        said += &label;
        for (n, InTheWay { lack, missing }) in what.into_iter().enumerate() {
            let (unit, word) = words::lack(lack);
            said += if n > 0 { ", " } else { ": " };
            if !unit.is_empty() {
                said += &missing.to_string();
                said += unit;
            }
            said += word;
        }
        said += ".\n";
    }
    if on_the_road > 0 {
        said += &on_the_road.to_string();
        said += " on the road would have to come by the hub for it.";
    }
    if !said.is_empty() {
        said.insert_str(0, "Nobody serves it as promised.\n");
    }
    said
}

#[component]
fn SlotCard(
    offer: SlotOffer,
    as_of: Moment,
    order: OrderId,
    reschedule: Act<()>,
    currency: Currency,
    /// An arrival within so many minutes of a window's end is at risk.
    risk_margin_min: i64,
) -> impl IntoView {
    let instant = |at: Moment| at.with_timezone(&Utc).to_rfc3339_opts(SecondsFormat::Secs, true);
    let today = offer.window.from.date_naive() == as_of.date_naive();
    let day = if today { "Today".to_owned() } else { format::near_day(offer.window.from.date_naive()) };
    let price = match (offer.extra_min, offer.extra_cents) {
        (Some(0), Some(0)) => "No more work than now".to_owned(),
        (Some(minutes), Some(cents)) => {
            let minutes = match minutes {
                0 => "Under 1".to_owned(),
                some => format::signed(some),
            };
            let carbon = offer.extra_kg_co2e.map(|kg| format!(", {} kg CO₂e", format::signed_tenths(kg)));
            format!("{minutes} min, {}{}", format::money(cents, currency), carbon.unwrap_or_default())
        }
        _ => "Costs nothing yet".to_owned(),
    };
    // A few minutes more on the road, and this promise would be missed as well.
    let close = offer.eta.is_some_and(|eta| format::minutes_until(offer.window.until, eta) < risk_margin_min);
    let served = match (offer.label, offer.eta) {
        (Some(label), Some(eta)) => Some(format!("{label}, arriving {}", format::clock(eta))),
        (label, _) => label,
    };
    let late = (!offer.makes_late.is_empty()).then(|| {
        let word = format!("Would make {} late", offer.makes_late.join(", "));
        view! { <MarkedWord standing=Standing::AtRisk word /> }
    });
    let busy = reschedule.pending();
    let own = (instant(offer.window.from), instant(offer.window.until));
    let begun = own.0.clone();
    let booking = move || reschedule.sends("from", &begun);
    view! {
        <li class="slot" data-row>
            <p class="slot-window">
                <small>{day}</small>
                <strong>{format::window(offer.window)}</strong>
            </p>
            <p class="slot-price">
                {price}
                {served.map(|served| view! { <small>{served}</small> })}
                {close.then(|| view! { <MarkedWord standing=Standing::AtRisk word="Arrives as the window ends" /> })}
                {late}
            </p>
            <ActForm act=reschedule>
                <input type="hidden" name="order" value=order.to_string() />
                <input type="hidden" name="from" value=own.0 />
                <input type="hidden" name="until" value=own.1 />
                <input type="hidden" name="quote" value=offer.quote />
                <button class="button" type="submit" disabled=move || busy.get()>
                    {move || if busy.get() && booking() { "Booking" } else { "Book" }}
                    <span class="unseen">{format!(" {}", format::window(offer.window))}</span>
                </button>
            </ActForm>
        </li>
    }
}
