//! The person's menu: name and role, theme, keys, signing out. A plain disclosure, so it opens without scripts.

use super::api::{ChooseTheme, SignOut};
use crate::{
    session::{Session, Theme},
    words,
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};

/// The menu at the right end of the header.
#[component]
pub fn Menu() -> impl IntoView {
    let session = Session::here();
    let role = session.role().map(words::role);
    let sheet = NodeRef::<leptos::html::Details>::new();
    close_from_outside(sheet);
    view! {
        <details class="menu" node_ref=sheet>
            <summary>
                <span class="menu-name">{session.name.get_value()}</span>
            </summary>
            <div class="menu-sheet">
                <p class="quiet">{role}</p>
                <ThemeChoice session />
                <button class="button" type="button" on:click=|_| show_keys()>
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
    let choose = ServerAction::<ChooseTheme>::new();
    view! {
        <ActionForm action=choose>
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
        </ActionForm>
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

/// Closes the menu by Escape and by a press or a step of the focus outside it, as people expect of one.
#[cfg(feature = "hydrate")]
fn close_from_outside(sheet: NodeRef<leptos::html::Details>) {
    use leptos::ev;
    use wasm_bindgen::JsCast;
    let leave = move |event: &web_sys::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if let Some(sheet) = sheet.get_untracked().filter(|sheet| !sheet.contains(target.as_ref())) {
            let _ = sheet.remove_attribute("open");
        }
    };
    let press = window_event_listener(ev::pointerdown, move |event| leave(&event));
    let step = window_event_listener(ev::focusin, move |event| leave(&event));
    let escape = window_event_listener(ev::keydown, move |event| {
        let open =
            sheet.get_untracked().filter(|sheet| event.key() == "Escape" && sheet.has_attribute("open"));
        if let Some(sheet) = open {
            let _ = sheet.remove_attribute("open");
            if let Some(summary) = sheet.query_selector("summary").ok().flatten() {
                let _ = summary.unchecked_into::<web_sys::HtmlElement>().focus();
            }
        }
    });
    on_cleanup(move || {
        press.remove();
        step.remove();
        escape.remove();
    });
}

#[cfg(not(feature = "hydrate"))]
fn close_from_outside(_: NodeRef<leptos::html::Details>) {}

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
