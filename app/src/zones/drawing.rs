//! The zones as outlines with north above. It needs no scripts and no map of streets.

use leptos::prelude::*;
use wire::staff::zones::{DrawnHub, DrawnZone, ZonesMap};

/// The drawing; its numbers are those of the list.
#[component]
pub fn Drawing(map: ZonesMap) -> impl IntoView {
    let ZonesMap { width, height, zones, hubs } = map;
    let named: Vec<_> = zones.iter().map(|zone| format!("{}: {}", zone.number, zone.title)).collect();
    let label = format!("Outlines of the zones, north above. {}", named.join("; "));
    let numbers =
        zones.iter().map(|zone| view! { <text x=zone.at.0 y=zone.at.1>{zone.number}</text> }).collect_view();
    let outline = |zone: DrawnZone| {
        view! {
            <path d=zone.path fill-rule="evenodd">
                <title>{zone.title}</title>
            </path>
        }
    };
    let gate = |hub: DrawnHub| {
        view! {
            <circle cx=hub.at.0 cy=hub.at.1 r="9">
                <title>{hub.name}</title>
            </circle>
        }
    };
    view! {
        <svg class="zones-drawing" viewBox=format!("0 0 {width} {height}") role="img" aria-label=label>
            {zones.into_iter().map(outline).collect_view()}
            {hubs.into_iter().map(gate).collect_view()}
            {numbers}
        </svg>
    }
}
