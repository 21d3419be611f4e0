//! The form that closes a road: drawn on the map, or written as places, with a reason and an end.

use crate::act::{Act, ActForm};
use crate::format;
use crate::parts::{awake, map::Sketch};
use crate::session::HubField;
use chrono::{TimeDelta, Timelike};
use domain::{ClosureId, VehicleKind};
use leptos::prelude::*;
use wire::Moment;

/// The form. Places come from the map while drawing, and can be typed without it.
#[component]
pub fn CloseForm(
    close: Act<ClosureId>,
    sketch: RwSignal<Sketch>,
    as_of: Moment,
    /// Grows when a road was closed: the form is ready for the next one.
    made: RwSignal<u32>,
) -> impl IntoView {
    let busy = close.pending();
    let awake = awake();
    let drawing = move || sketch.with(|sketch| sketch.drawing);
    let count = move || sketch.with(|sketch| sketch.places.len());
    // A memo, so that what is typed stays until other places are drawn.
    let written = Memo::new(move |_| {
        sketch.with(|sketch| {
            let line = |place: &wire::Point| {
                format!("{}, {}", format::fixed(place.lat, 6), format::fixed(place.lon, 6))
            };
            sketch.places.iter().map(line).collect::<Vec<_>>().join("\n")
        })
    });
    // Two hours from now, to the next half hour.
    let until = {
        let later = as_of + TimeDelta::hours(2);
        let rest = 30 - i64::from(later.minute() % 30);
        let until = later + TimeDelta::minutes(rest);
        format!("{}T{}", format::day_code(until.date_naive()), format::clock(until))
    };
    let hint = move || match (drawing(), sketch.with(|sketch| sketch.area), count()) {
        _ if !awake.get() => "Write places below; drawing on the map needs scripts.",
        (false, _, 0) => "Draw on the map, or write places below.",
        (false, ..) => "Drawn. Go on drawing, or close the road.",
        (true, _, 0) => "Click where it begins.",
        (true, false, 1) => "Click along the road, or beyond it to close it across.",
        (true, false, _) => "Click on, or stop drawing.",
        (true, true, 1..=2) => "Click around the area.",
        (true, true, _) => "The area closes itself. Click on, or stop drawing.",
    };
    view! {
        <section class="close-road" aria-labelledby="close-title">
            <h2 id="close-title">"Close a road"</h2>
            <ActForm act=close>
                <HubField />
                <fieldset class="choices">
                    <legend class="unseen">"What is closed"</legend>
                    <label>
                        <input
                            type="radio"
                            name="shape"
                            value="line"
                            checked
                            prop:checked=move || !sketch.with(|sketch| sketch.area)
                            on:change=move |_| sketch.update(|sketch| sketch.area = false)
                        />
                        "Road"
                    </label>
                    <label>
                        <input
                            type="radio"
                            name="shape"
                            value="area"
                            prop:checked=move || sketch.with(|sketch| sketch.area)
                            on:change=move |_| sketch.update(|sketch| sketch.area = true)
                        />
                        "Area"
                    </label>
                </fieldset>
                <div class="actions" hidden=move || !awake.get()>
                    <button
                        class="button"
                        type="button"
                        data-key=move || drawing().then_some("Escape")
                        aria-pressed=move || drawing().to_string()
                        on:click=move |_| sketch.update(|sketch| sketch.drawing = !sketch.drawing)
                    >
                        {move || if drawing() { "Stop drawing" } else { "Draw on the map" }}
                    </button>
                    <button
                        class="button small"
                        type="button"
                        disabled=move || count() == 0
                        on:click=move |_| {
                            sketch
                                .update(|sketch| {
                                    sketch.places.pop();
                                });
                        }
                    >
                        "Undo last"
                    </button>
                </div>
                <p class="quiet" aria-live="polite">
                    {hint}
                </p>
                <details>
                    <summary>
                        {move || {
                            let count = count();
                            if count == 0 { "Places".to_owned() } else { format!("Places: {count}") }
                        }}
                    </summary>
                    <label>
                        <span>"One to a line: degrees north, a comma, degrees east"</span>
                        <textarea name="places" rows="4" prop:value=move || {
                            made.track();
                            written.get()
                        }></textarea>
                    </label>
                </details>
                <label>
                    <span>"Why"</span>
                    <input
                        type="text"
                        name="reason"
                        maxlength="120"
                        required
                        placeholder="Roadworks, a market, a flood"
                        prop:value=move || {
                            made.track();
                            String::new()
                        }
                    />
                </label>
                <label>
                    <span>"Until"</span>
                    <input type="datetime-local" name="until" value=until required />
                </label>
                <fieldset class="choices">
                    <legend>"For"</legend>
                    {VehicleKind::ALL
                        .map(|kind| {
                            view! {
                                <label>
                                    <input type="checkbox" name="bars[]" value=kind.code() checked=kind != VehicleKind::CargoBike />
                                    {crate::words::vehicle_kind(kind)}
                                </label>
                            }
                        })
                        .collect_view()}
                </fieldset>
                <button class="button primary" type="submit" disabled=move || busy.get()>
                    "Close it"
                </button>
            </ActForm>
        </section>
    }
}
