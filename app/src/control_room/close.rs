//! The end of a day, once all of its vehicles are back.

use super::api::CloseDay;
use crate::{
    format,
    parts::{FaultNotice, fault_of},
    session::HubField,
};
use leptos::{form::ActionForm, prelude::*};
use wire::staff::control_room::DayHead;

/// The way to close the day; nothing while it cannot be closed.
#[component]
pub fn EndOfDay(head: DayHead) -> impl IntoView {
    let close = ServerAction::<CloseDay>::new();
    let (busy, fault) = (close.pending(), fault_of(close));
    let day = format::day(head.day);
    head.can_close.then(|| {
        view! {
            <details class="menu end-of-day" data-popup>
                <summary>"Close the day"</summary>
                <div class="menu-sheet">
                    <p>
                        "Every vehicle is back. What was not delivered on "{day}
                        " is carried over to the next day, and its alarms end."
                    </p>
                    <ActionForm action=close>
                        <HubField />
                        <input type="hidden" name="day" value=format::day_code(head.day) />
                        <button class="button primary" type="submit" disabled=move || busy.get()>
                            "Close the day"
                        </button>
                    </ActionForm>
                    {move || fault.get().map(|fault| view! { <FaultNotice fault /> })}
                </div>
            </details>
        }
    })
}
