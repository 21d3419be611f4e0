//! The person's menu: name and role, theme, keys, signing out. A plain disclosure, so it opens without scripts.

use super::api::{ChooseTheme, SignOut};
use crate::{
    act::{Act, ActForm},
    parts::awake,
    session::{Session, Theme, at_hub},
    words,
};
use domain::Ability;
use leptos::{prelude::*, server_fn::ServerFn};

/// The menu at the right end of the header.
#[component]
pub fn Menu() -> impl IntoView {
    let session = Session::here();
    let may = |ability| session.role().is_some_and(|role| role.may(ability));
    let (rosters, keeps, sets) =
        (may(Ability::Dispatch), may(Ability::KeepKeys), may(Ability::ChangeSettings));
    // One hub needs no zones to know where orders go; who wants some all the same finds them from the settings.
    let shares = sets && session.hubs.with_value(|hubs| hubs.len() > 1);
    let links = [
        (true, "/account", "Your account"),
        (rosters, "/roster", "Roster"),
        (keeps, "/people", "People and keys"),
        (keeps, "/erase", "Erase a recipient"),
        (sets, "/settings", "Settings"),
        (shares, "/zones", "Zones"),
    ];
    let role = session.role().map(words::role);
    let awake = awake();
    view! {
        <details class="menu" data-popup>
            <summary>
                <span class="menu-name">{session.name.get_value()}</span>
            </summary>
            <div class="menu-sheet">
                <p class="quiet">{role}</p>
                {links
                    .into_iter()
                    .filter(|(is_shown, ..)| *is_shown)
                    .map(|(_, path, label)| {
                        view! {
                            <a class="button" href=at_hub(path) rel="external">
                                {label}
                            </a>
                        }
                    })
                    .collect_view()}
                <ThemeChoice session />
                <button class="button" type="button" hidden=move || !awake.get() on:click=|_| show_keys()>
                    "Keyboard"
                </button>
                <form method="post" action=SignOut::url()>
                    <button class="button" type="submit">
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
    }
}

#[component]
fn ThemeChoice(session: Session) -> impl IntoView {
    let choose = Act::of::<ChooseTheme>();
    view! {
        <ActForm act=choose>
            <fieldset class="choice">
                <legend>"Theme"</legend>
                {Theme::ALL
                    .into_iter()
                    .map(|theme| {
                        view! {
                            <button
                                type="submit"
                                name="theme"
                                value=theme.code()
                                aria-pressed=move || if session.theme.get() == theme { "true" } else { "false" }
                                on:click=move |_| {
                                    session.theme.set(theme);
                                    show_theme(theme);
                                }
                            >
                                {match theme {
                                    Theme::Auto => "Auto",
                                    Theme::Light => "Light",
                                    Theme::Dark => "Dark",
                                }}
                            </button>
                        }
                    })
                    .collect_view()}
            </fieldset>
        </ActForm>
    }
}

#[cfg(feature = "hydrate")]
fn show_theme(theme: Theme) {
    if let Some(root) = document().document_element() {
        let _ = match theme.attribute() {
            Some(code) => root.set_attribute("data-theme", code),
            None => root.remove_attribute("data-theme"),
        };
    }
}

#[cfg(not(feature = "hydrate"))]
fn show_theme(_: Theme) {}

#[cfg(feature = "hydrate")]
fn show_keys() {
    use wasm_bindgen::JsCast;
    let dialog = document().get_element_by_id("keys");
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<web_sys::HtmlDialogElement>().ok()) {
        let _ = dialog.show_modal();
    }
}

#[cfg(not(feature = "hydrate"))]
fn show_keys() {}
