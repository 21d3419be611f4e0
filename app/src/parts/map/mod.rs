//! The fleet on a map: every vehicle where it is, the selected one with its route and stops.
//!
//! The server and the browser write the same labelled, empty frame; in the browser Leaflet is attached to it. The map never
//! carries a fact alone: the list beside it has them all, and that is what is left without scripts.
//!
//! [`drawing`] is plain arithmetic and tested on any machine, [`island`] is the browser's side, and `glue.js` beside them is
//! all the JavaScript that is ours.

#[cfg(any(feature = "hydrate", test))]
mod drawing;
#[cfg(feature = "hydrate")]
mod island;
#[cfg(any(feature = "hydrate", test))]
mod stop_facts;

use domain::VehicleId;
use leptos::{html, prelude::*};
use wire::{
    Point,
    staff::{
        control_room::{MapView, RouteView, VehicleMark},
        roads::ClosedRoad,
    },
};

/// Something that is drawn on the map, place by place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sketch {
    /// Whether a click adds a place.
    pub drawing: bool,
    /// Whether the places go round an area; otherwise they are a line.
    pub area: bool,
    /// The places, in order.
    pub places: Vec<Point>,
}

/// The map of the fleet. It fills its parent.
///
/// A click on a vehicle selects it, a click on open ground selects nothing, and `on_select` hears of both. The map moves by
/// itself only to the first view, which may be in the address, to the route of a vehicle that is selected, and along with
/// that vehicle while it is followed.
#[component]
pub fn FleetMap(
    /// What the map is of.
    #[prop(into)]
    map: MapView,
    /// Every vehicle that has reported.
    #[prop(into)]
    marks: Signal<Vec<VehicleMark>>,
    /// The selected vehicle.
    #[prop(into)]
    selected: Signal<Option<VehicleId>>,
    /// Hears of clicks.
    on_select: Callback<Option<VehicleId>>,
    /// The selected vehicle's route.
    #[prop(into)]
    route: Signal<Option<RouteView>>,
    /// The roads that are closed.
    #[prop(into)]
    closed: Signal<Vec<ClosedRoad>>,
    /// What is being drawn, where something can be.
    #[prop(optional)]
    sketch: Option<RwSignal<Sketch>>,
    /// Whether the view is kept in the address.
    #[prop(optional)]
    addressed: bool,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let attached = RwSignal::new(false);
    let fit_all = Trigger::new();
    let follow = RwSignal::new(false);
    let attribution = map.attribution.clone();
    let by_osm = attribution.contains("OpenStreetMap");

    #[cfg(feature = "hydrate")]
    island::attach(
        frame,
        island::Feed { map, marks, selected, on_select, route, closed, sketch, fit_all, follow, addressed },
        attached,
    );
    // On the server nothing is drawn.
    #[cfg(not(feature = "hydrate"))]
    let _ = (map, marks, on_select, route, closed, sketch, addressed);

    view! {
        <section class="map" aria-label="Map">
            <p class="map-sentence" hidden=move || attached.get()>
                "The map comes once its scripts are here; the list has the same facts."
            </p>
            <div
                class="map-frame"
                node_ref=frame
                role="application"
                aria-label="Map of the fleet. Arrow keys move it, plus and minus zoom."
            ></div>
            <div class="map-tools" hidden=move || !attached.get()>
                <button
                    type="button"
                    on:click=move |_| {
                        follow.set(false);
                        fit_all.notify();
                    }
                >
                    "Fit all"
                </button>
                <button
                    type="button"
                    hidden=move || selected.get().is_none()
                    aria-pressed=move || follow.get().to_string()
                    on:click=move |_| follow.update(|follow| *follow = !*follow)
                >
                    {move || if follow.get() { "Following" } else { "Follow" }}
                </button>
            </div>
            <p class="map-attribution">
                {if by_osm {
                    view! { <a href="https://www.openstreetmap.org/copyright">{attribution}</a> }.into_any()
                } else {
                    attribution.into_any()
                }}
            </p>
        </section>
    }
}
