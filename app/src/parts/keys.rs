//! The keyboard of the rooms: move, open, claim, resolve, search, change room.
//!
//! Keys only press what is on the page already: a row's link, a button that names its key. Nothing can be done by key
//! that cannot be done by pointer, and nothing happens while somebody types.

use crate::{session::Room, words};
use leptos::prelude::*;

const KEYS: [(&str, &str); 7] = [
    ("j", "Next row"),
    ("k", "Previous row"),
    ("Enter", "Open the row"),
    ("e", "Claim the exception"),
    ("r", "Resolve the exception"),
    ("/", "Search"),
    ("?", "Show or hide these keys"),
];

/// The dialog that lists all keys; `?` opens it, and the menu does.
#[component]
pub fn KeyHelp(
    /// The rooms whose doors are shown.
    rooms: Vec<Room>,
) -> impl IntoView {
    view! {
        <dialog id="keys" class="sheet" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keyboard"</h2>
            <dl class="keys">
                {KEYS
                    .iter()
                    .map(|(key, what)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*what}</dd></div> })
                    .collect_view()}
                {rooms
                    .into_iter()
                    .map(|room| {
                        view! {
                            <div>
                                <dt><kbd>"g"</kbd>" "<kbd>{room.key()}</kbd></dt>
                                <dd>{format!("Go to {}", words::room(room))}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <form method="dialog">
                <button class="button" type="submit">"Close"</button>
            </form>
        </dialog>
    }
}

/// Listens for keys while the current owner lives. Does nothing on the server.
pub fn listen() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| browser::listen());
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::session::Room;
    use leptos::{ev, prelude::*};
    use leptos_router::{NavigateOptions, hooks::use_navigate};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlDialogElement, HtmlElement, KeyboardEvent};

    pub fn listen() {
        let navigate = use_navigate();
        let after_g = StoredValue::new(false);
        let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || is_typing(&event) {
                return;
            }
            let key = event.key();
            if after_g.get_value() {
                after_g.set_value(false);
                if let Some(room) = Room::ALL.into_iter().find(|room| room.key() == key) {
                    event.prevent_default();
                    navigate(room.path(), NavigateOptions::default());
                }
                return;
            }
            let done = match key.as_str() {
                "g" => {
                    after_g.set_value(true);
                    true
                }
                "j" => step(1),
                "k" => step(-1),
                "e" | "r" => press(&key),
                "/" => {
                    focus_first("[data-search]") || {
                        navigate(Room::Deliveries.path(), NavigateOptions::default());
                        true
                    }
                }
                "?" => toggle_help(),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    }

    fn is_typing(event: &KeyboardEvent) -> bool {
        event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                || element.closest(".leaflet-container").ok().flatten().is_some()
        })
    }

    fn rows() -> Vec<Element> {
        let Ok(list) = document().query_selector_all("[data-row]") else { return Vec::new() };
        (0..list.length()).filter_map(|place| list.get(place)?.dyn_into().ok()).collect()
    }

    fn current_row() -> Option<Element> {
        document().active_element()?.closest("[data-row]").ok().flatten()
    }

    fn step(by: i32) -> bool {
        let rows = rows();
        let here = current_row().and_then(|row| rows.iter().position(|other| *other == row));
        let next = match (here, by) {
            (None, _) => 0,
            (Some(place), 1) => (place + 1).min(rows.len().saturating_sub(1)),
            (Some(place), _) => place.saturating_sub(1),
        };
        rows.get(next).is_some_and(|row| {
            let link = row.query_selector("a, button").ok().flatten();
            focus(link.as_ref().unwrap_or(row))
        })
    }

    fn press(key: &str) -> bool {
        current_row()
            .and_then(|row| row.query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten())
            .and_then(|button| button.dyn_into::<HtmlElement>().ok())
            .is_some_and(|button| {
                let _ = button.focus();
                button.click();
                true
            })
    }

    fn focus_first(selector: &str) -> bool {
        document().query_selector(selector).ok().flatten().is_some_and(|element| focus(&element))
    }

    fn focus(element: &Element) -> bool {
        element.dyn_ref::<HtmlElement>().is_some_and(|element| element.focus().is_ok())
    }

    fn toggle_help() -> bool {
        let dialog = document()
            .get_element_by_id("keys")
            .and_then(|element| element.dyn_into::<HtmlDialogElement>().ok());
        dialog.is_some_and(|dialog| {
            if dialog.open() {
                dialog.close();
            } else {
                let _ = dialog.show_modal();
            }
            true
        })
    }
}
