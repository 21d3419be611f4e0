//! The forms that make zones: a file's text, or corners written one to a line.

use super::api::{DrawZone, ImportZones, Typed};
use crate::format;
use domain::{Day, HubId};
use leptos::{prelude::*, server_fn::ServerFn};
use wire::staff::zones::DrawZone as Drawn;

/// What a file looks like, for who has none yet.
const EXAMPLE: &str = r#"{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "Harbour"}, "geometry": {"type": "Polygon", "coordinates": [[[14.48, 35.88], …]]}}]}"#;

/// Both forms, closed until they are wanted; one that was refused stays open with what was typed.
#[component]
pub fn Forms(
    /// The hub that stands first.
    hub: HubId,
    /// Which day it is there.
    today: Day,
    /// The hubs to choose from.
    hubs: Vec<(HubId, String)>,
    /// What was typed and refused.
    typed: Typed,
) -> impl IntoView {
    let others = hubs.clone();
    let Typed { hub: for_hub, geojson, drawn, cut } = typed;
    let hub = for_hub.filter(|own| hubs.iter().any(|(id, _)| id == own)).unwrap_or(hub);
    let too_long = move |what: &str, shown: bool| {
        let text =
            format!("{what} too long to be shown again. Put them in once more from where you had them.");
        (cut && shown).then(|| view! { <p class="notice">{text}</p> })
    };
    let (file, corners) = (geojson.is_some(), drawn.is_some());
    let new = || Drawn {
        name: String::new(),
        places: String::new(),
        from: format::day_code(today),
        until: String::new(),
    };
    let Drawn { name, places, from, until } = drawn.unwrap_or_else(new);
    view! {
        <details class="add" open=file>
            <summary class="button">"Import GeoJSON"</summary>
            <form method="post" action=ImportZones::url()>
                <HubChoice hub hubs />
                <label>
                    <span>"The file's text"</span>
                    <textarea name="geojson" rows="8" required spellcheck="false" placeholder=EXAMPLE>
                        {geojson}
                    </textarea>
                </label>
                {too_long("The zones of the file are", file)}
                <p class="quiet">
                    "Each Polygon or MultiPolygon becomes a zone by the name in its properties, which may also have from and until as days. One whose name stands already takes its place. Files above 80 kB go to /api/v1/zones."
                </p>
                <button class="button primary" type="submit">
                    "Import"
                </button>
            </form>
        </details>
        <details class="add" open=corners>
            <summary class="button">"Draw one by its corners"</summary>
            <form method="post" action=DrawZone::url() autocomplete="off">
                <HubChoice hub hubs=others />
                <label>
                    <span>"Name"</span>
                    <input type="text" name="name" maxlength="80" required value=name />
                </label>
                <label>
                    <span>"Corners in turn, one to a line: degrees north, a comma, degrees east"</span>
                    <textarea name="places" rows="6" required spellcheck="false">
                        {places}
                    </textarea>
                </label>
                {too_long("The corners are", corners)}
                <label>
                    <span>"First day"</span>
                    <input type="date" name="from" value=from />
                </label>
                <label>
                    <span>"First day on which it holds no more; empty for no end"</span>
                    <input type="date" name="until" value=until />
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
