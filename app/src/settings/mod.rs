//! The settings: what plans weigh, which windows are offered, when something is said to need a person, what driving emits, and
//! how long things are kept; and who has changed what.
//!
//! The form is a plain one with and without scripts: it is sent seldom, and what came of it is in the address.

mod api;
mod field;
mod history;

use crate::act::Act;
use crate::parts::{FaultNotice, Notice, PageHead, Skeleton, fault_of};
use api::ChangeSettings;
use domain::settings::setting::Section;
use field::Field;
use history::History;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use wire::staff::settings::SettingsView;

/// What came of the last change, as the address says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Nothing,
    Saved(usize),
    Overtaken,
    Faulty,
}

/// The page; `hub` and `page` in its address are the whole question, and what came of a change stands there too.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let query = use_query_map();
    let get = move |name: &str| query.read().get(name).unwrap_or_default();
    let hub = Memo::new(move |_| get("hub"));
    let tried = Memo::new(move |_| get("try"));
    let since = Memo::new(move |_| get("since").parse().ok());
    let page = Memo::new(move |_| get("page").parse().unwrap_or(1u32).max(1));
    let said = Memo::new(move |_| match (get("saved").parse(), since.get(), tried.read().is_empty()) {
        (Ok(changed), ..) => Said::Saved(changed),
        (_, Some(_), _) => Said::Overtaken,
        (_, None, false) => Said::Faulty,
        (_, None, true) => Said::Nothing,
    });
    let settings = Resource::new(
        move || (hub.get(), tried.get(), since.get(), page.get()),
        |(hub, tried, since, page)| api::settings(hub, tried, since, page),
    );
    let fault = fault_of(Act::of::<ChangeSettings>()).get_untracked();
    view! {
        <div class="page settings-page">
            <PageHead title="Settings" />
            {fault.map(|fault| view! { <FaultNotice fault /> })}
            <Transition fallback=|| view! { <Skeleton rows=12 what="the settings" /> }>
                {move || {
                    Some(match settings.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(view) => {
                            view! { <Whole view said=said.get_untracked() page=page.get_untracked() /> }.into_any()
                        }
                    })
                }}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Whole(view: SettingsView, said: Said, page: u32) -> impl IntoView {
    let SettingsView { as_of, hub, hubs, for_all, version, rows, faults, changes, more } = view;
    let wrong = rows.iter().filter(|row| !row.faults.is_empty()).count();
    let of_one_hub = hub.is_some();
    let hub = hub.map(|hub| hub.to_string()).unwrap_or_default();
    let choice = (!hubs.is_empty()).then(|| {
        let all = for_all.then(|| ("All hubs".to_owned(), String::new()));
        let each = hubs.into_iter().map(|each| (each.name, each.id.to_string()));
        let link = |(name, id): (String, String)| {
            let href = if id.is_empty() { "/settings".to_owned() } else { format!("/settings?hub={id}") };
            let current = (id == hub).then_some("page");
            view! {
                <a href=href rel="external" aria-current=current>
                    {name}
                </a>
            }
        };
        view! {
            <nav class="tabs" aria-label="Whose settings">
                {all.into_iter().chain(each).map(link).collect_view()}
            </nav>
        }
    });
    let section = |section: Section| {
        let own = rows.iter().filter(|row| row.section == section).cloned();
        let fields: Vec<_> = own.map(|row| view! { <Field row as_of of_one_hub /> }).collect();
        let (title, code) = title(section);
        (!fields.is_empty()).then(|| {
            view! {
                <section class="settings-section" aria-labelledby=code>
                    <h2 id=code>{title}</h2>
                    {fields}
                </section>
            }
        })
    };
    let href = {
        let hub = hub.clone();
        Callback::new(move |page: u32| {
            let hub = if hub.is_empty() { String::new() } else { format!("&hub={hub}") };
            format!("/settings?page={page}{hub}#changes")
        })
    };
    view! {
        {choice}
        {outcome_notice(said, wrong)}
        {faults.into_iter().map(|text| view! { <Notice text /> }).collect_view()}
        <form class="settings-form" method="post" action=ChangeSettings::url() autocomplete="off">
            <input type="hidden" name="hub" value=hub />
            <input type="hidden" name="version" value=version />
            // The first button is the one that the Enter key presses.
            <p class="settings-save">
                <button class="button primary" type="submit">
                    "Save"
                </button>
                <span class="quiet">"Whatever is changed below holds from the next plan and the next offer on."</span>
            </p>
            {Section::ALL.into_iter().map(section).collect_view()}
            <p class="settings-save">
                <button class="button primary" type="submit">
                    "Save"
                </button>
            </p>
        </form>
        <p class="quiet">
            "Which hub an order goes to: " <a href=crate::session::at_hub("/zones") rel="external">
                "Zones"
            </a>
        </p>
        <History changes as_of page more href />
    }
}

/// What came of the last change.
fn outcome_notice(said: Said, wrong: usize) -> Option<AnyView> {
    let text = match said {
        Said::Nothing => return None,
        Said::Saved(0) => "Every field holds what it held before. Nothing was changed.".to_owned(),
        Said::Saved(1) => "Saved. One setting was changed.".to_owned(),
        Said::Saved(changed) => format!("Saved. {changed} settings were changed."),
        Said::Overtaken => {
            "Somebody has changed settings since you opened this page, so nothing was saved. What has changed is marked, \
             and what you typed is kept. Look at both, then save again."
                .to_owned()
        }
        Said::Faulty if wrong == 0 => {
            "What you typed in other fields is not saved yet. Save it, or load the page anew to drop it.".to_owned()
        }
        Said::Faulty => {
            let fields = if wrong == 1 { "One field needs" } else { "Some fields need" };
            format!("Nothing was saved. {fields} another value: each says which.")
        }
    };
    let loud = matches!(said, Said::Overtaken) || (matches!(said, Said::Faulty) && wrong > 0);
    Some(if loud {
        view! {
            <div class="notice loud" role="alert">
                <p>{text}</p>
            </div>
        }
        .into_any()
    } else {
        view! { <Notice text /> }.into_any()
    })
}

fn title(section: Section) -> (&'static str, &'static str) {
    match section {
        Section::Windows => ("Windows", "windows"),
        Section::Prices => ("Prices", "prices"),
        Section::Alarms => ("Alarms", "alarms"),
        Section::Fleet => ("Hub and fleet", "fleet"),
        Section::Carbon => ("Carbon", "carbon"),
        Section::Keeping => ("Keeping", "keeping"),
    }
}
