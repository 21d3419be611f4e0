//! The forms that make zones: a file's text, or corners written one to a line.

use super::api::{DrawZone, ImportZones};
use crate::format;
use domain::{Day, HubId};
use leptos::{prelude::*, server_fn::ServerFn};

/// What a file looks like, for who has none yet.
const EXAMPLE: &str = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Harbour"}, "geometry": {"type": "Polygon", "coordinates": [[[14.48, 35.88], …]]}}]}"#;

/// Both forms, closed until they are wanted.
#[component]
pub fn Forms(
    /// The hub that stands first.
    hub: HubId,
    /// Which day it is there.
    today: Day,
    /// The hubs to choose from.
    hubs: Vec<(HubId, String)>,
) -> impl IntoView {
    let others = hubs.clone();
    view! {
        <details class="add">
            <summary class="button">"Import GeoJSON"</summary>
            <form method="post" action=ImportZones::url()>
                <HubChoice hub hubs />
                <label>
                    <span>"The file's text"</span>
                    <textarea name="geojson" rows="8" required spellcheck="false" placeholder=EXAMPLE></textarea>
                </label>
                <p class="quiet">
                    "Each Polygon or MultiPolygon becomes a zone by the name in its properties, which may also have from and until as days. One whose name stands already takes its place. Files above 80 kB go to /api/v1/zones."
                </p>
                <button class="button primary" type="submit">
                    "Import"
                </button>
            </form>
        </details>
        <details class="add">
            <summary class="button">"Draw one by its corners"</summary>
            <form method="post" action=DrawZone::url() autocomplete="off">
                <HubChoice hub hubs=others />
                <label>
                    <span>"Name"</span>
                    <input type="text" name="name" maxlength="80" required />
                </label>
                <label>
                    <span>"Corners in turn, one to a line: degrees north, a comma, degrees east"</span>
                    <textarea name="places" rows="6" required spellcheck="false"></textarea>
                </label>
                <label>
                    <span>"First day"</span>
                    <input type="date" name="from" value=format::day_code(today) />
                </label>
                <label>
                    <span>"First day without it; empty for no end"</span>
                    <input type="date" name="until" />
                </label>
                <button class="button primary" type="submit">
                    "Draw it"
                </button>
            </form>
        </details>
    }
}

#[component]
fn HubChoice(hub: HubId, hubs: Vec<(HubId, String)>) -> impl IntoView {
    if hubs.len() < 2 {
        return view! { <input type="hidden" name="hub" value=hub.to_string() /> }.into_any();
    }
    let option = move |(id, name): (HubId, String)| {
        view! {
            <option value=id.to_string() selected=id == hub>
                {name}
            </option>
        }
    };
    view! {
        <label>
            <span>"Hub"</span>
            <select name="hub">{hubs.into_iter().map(option).collect_view()}</select>
        </label>
    }
    .into_any()
}
