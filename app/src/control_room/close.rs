//! The end of a day, once all of its vehicles are back.

use super::api::CloseDay;
use crate::{
    act::{Act, ActForm},
    format,
    parts::{FaultNotice, fault_of},
    session::HubField,
};
use domain::Day;
use leptos::prelude::*;
use wire::staff::control_room::Closing;

/// The way to close the day; nothing while it cannot be closed.
#[component]
pub fn EndOfDay(day: Day, closing: Option<Closing>) -> impl IntoView {
    let close = Act::of::<CloseDay>();
    let (busy, fault) = (close.pending(), fault_of(close));
    let (named, code) = (format::day(day), format::day_code(day));
    closing.map(|Closing { carried, ahead }| {
        let left = format::counted(carried, "order", "orders");
        let promised = (ahead > 0).then(|| format!(" ({ahead} with a promise that is not over)"));
        view! {
            <details class="menu end-of-day" data-popup>
                <summary>"Close the day"</summary>
                <div class="menu-sheet">
                    <p>
                        "Every vehicle is back. What was left open on "{named} ", " {left} {promised}
                        ", is carried over to the next day. Alarms end, but those of failed orders and breakdowns. This cannot be undone."
                    </p>
                    <ActForm act=close>
                        <HubField />
                        <input type="hidden" name="day" value=code />
                        <button class="button primary" type="submit" disabled=move || busy.get()>
                            "Close the day"
                        </button>
                    </ActForm>
                    {move || fault.get().map(|fault| view! { <FaultNotice fault /> })}
                </div>
            </details>
        }
    })
}
