//! One setting: its field, what it does, its default, what it was before, and what is wrong with what was typed.

use crate::{format, parts::MarkedWord};
use domain::Standing;
use leptos::prelude::*;
use wire::{
    Moment,
    staff::settings::{Changed, SettingRow},
};

/// The field with its sentences.
#[component]
pub fn Field(
    row: SettingRow,
    as_of: Moment,
    /// Whether the page is about one hub, whose values stand above those of all.
    of_one_hub: bool,
) -> impl IntoView {
    let SettingRow { key, label, means, unit, text, holds, default, own, choices, faults, changed, .. } = row;
    let (field, about) = (format!("set-{key}"), format!("about-{key}"));
    let name = format!("fields[{key}]");
    let is_wrong = (!faults.is_empty()).then_some("true");
    // Of what was typed and is not saved it is said what holds.
    let typed = text != holds;
    let input = if choices.is_empty() {
        view! {
            <input
                id=field.clone()
                type="text"
                inputmode="decimal"
                name=name
                value=text
                maxlength="40"
                aria-describedby=about.clone()
                aria-invalid=is_wrong
            />
        }
        .into_any()
    } else {
        let options = choices.iter().map(|(code, name)| {
            view! {
                <option value=code.clone() selected=*code == text>
                    {name.clone()}
                </option>
            }
        });
        view! {
            <select id=field.clone() name=name aria-describedby=about.clone() aria-invalid=is_wrong>
                {options.collect_view()}
            </select>
        }
        .into_any()
    };
    let said = |value: String| match choices.iter().find(|(code, _)| *code == value) {
        Some((_, name)) => name.clone(),
        None if value.is_empty() => "empty".to_owned(),
        None => value,
    };
    let usual = if of_one_hub { "For all hubs" } else { "Default" };
    let usual = format!("{usual}: {}.", said(default));
    let held = typed.then(|| format!(" Holds now: {}.", said(holds.clone())));
    let since = changed.as_ref().is_some_and(|changed| changed.since);
    let before = changed.map(|Changed { before, at, by, .. }| {
        format!(" Was {} until {}, changed by {by}.", said(before), format::clock_from(at, as_of))
    });
    let back = own.then(|| {
        let word = if of_one_hub { "Back to all hubs' value" } else { "Back to the default" };
        view! {
            <button class="button small" type="submit" name="back" value=key.clone()>
                {word}
                <span class="unseen">{format!(": {label}")}</span>
            </button>
        }
    });
    view! {
        <div class="setting" data-wrong=is_wrong>
            <label for=field>{label.clone()}</label>
            <p class="setting-field">
                {input}
                <span class="quiet">{unit}</span>
                {since.then(|| view! { <MarkedWord standing=Standing::AtRisk word="Changed meanwhile" /> })}
            </p>
            <div class="setting-about" id=about>
                {faults.into_iter().map(|fault| view! { <p class="setting-fault">{fault}</p> }).collect_view()}
                <p>{means}</p>
                <p class="quiet">{usual} {held} {before}</p>
            </div>
            {back}
            <input type="hidden" name=format!("was[{key}]") value=holds />
        </div>
    }
}
