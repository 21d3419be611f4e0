//! The keyboard of the pages: move, open, claim, resolve, search, change page.
//!
//! Keys only press what is on the page already: a row's link, a button that names its key. Nothing can be done by key
//! that cannot be done by pointer, and nothing happens while somebody types. Rows name themselves by `data-row`, what
//! floats over the page by `data-popup`: it closes by Escape, by a press outside, and when the focus leaves it.

use crate::{session::MainPage, words};
use leptos::prelude::*;

const KEYS: [(&str, &str); 8] = [
    ("j", "Next row"),
    ("k", "Previous row"),
    ("Enter", "Open the row"),
    ("e", "Claim the exception"),
    ("r", "Resolve the exception"),
    ("/", "Search"),
    ("Esc", "Close what is open, stop drawing"),
    ("?", "Show or hide these keys"),
];

/// The dialog that lists all keys; `?` opens it, and the menu does.
#[component]
pub fn KeyHelp(
    /// The pages that the menu shows.
    pages: Vec<MainPage>,
) -> impl IntoView {
    view! {
        <dialog id="keys" class="sheet" aria-labelledby="keys-title">
            <h2 id="keys-title">"Keyboard, on live pages"</h2>
            <dl class="keys">
                {KEYS
                    .iter()
                    .map(|(key, what)| view! { <div><dt><kbd>{*key}</kbd></dt><dd>{*what}</dd></div> })
                    .collect_view()}
                {pages
                    .into_iter()
                    .map(|page| {
                        view! {
                            <div>
                                <dt><kbd>"g"</kbd>" "<kbd>{page.key()}</kbd></dt>
                                <dd>{format!("Go to {}", words::page(page))}</dd>
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

/// Listens for keys and presses while the current owner lives. Does nothing on the server.
pub fn listen() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| browser::listen());
}

/// After a list has changed: when the row or the button that had the focus is gone, the row that is there now takes it.
pub fn keep_focus() {
    #[cfg(feature = "hydrate")]
    request_animation_frame(browser::keep_focus);
}

/// The row of this name takes the focus when what has it is gone; if it is not there yet, once it comes.
pub fn aim_focus(row: &str) {
    #[cfg(feature = "hydrate")]
    browser::aim_focus(row);
    #[cfg(not(feature = "hydrate"))]
    let _ = row;
}

/// Whether the page is alive. What needs scripts is hidden until then, so that no button is there in vain.
pub fn awake() -> RwSignal<bool> {
    let awake = RwSignal::new(false);
    Effect::new(move |_| awake.set(true));
    awake
}

#[cfg(feature = "hydrate")]
pub use browser::{named_row, row_named};

#[cfg(feature = "hydrate")]
mod browser {
    use crate::{
        address::with_hub,
        parts::journey::go_to,
        session::{MainPage, Session},
    };
    use leptos::{ev, leptos_dom::helpers::set_interval_with_handle, prelude::*};
    use leptos_router::hooks::use_navigate;
    use std::{cell::RefCell, time::Duration};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, EventTarget, HtmlDialogElement, HtmlElement, KeyboardEvent, Node};

    /// How often, and how many times, the search is looked for that was asked for on another page.
    const SEARCH_LOOK: Duration = Duration::from_millis(60);
    const SEARCH_LOOKS: u32 = 100;

    /// The place of a row that has yet to come. A list that was asked for before may still be shown without it: until the row
    /// is there no other takes the focus.
    const AWAITED: usize = usize::MAX;

    thread_local! {
        /// The row that has the focus or had it last: its name and its place in the list, or `AWAITED`.
        static LAST: RefCell<Option<(String, usize)>> = const { RefCell::new(None) };
    }

    pub fn listen() {
        let navigate = use_navigate();
        let hub = Session::here().hub;
        let after_g = StoredValue::new(false);
        // Until the search that was asked for is there, what is typed is meant for it and for no shortcut.
        let awaits_search = StoredValue::new(0_u32);
        let keys = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() {
                return;
            }
            let key = event.key();
            if key == "Escape" && find("dialog[open]").is_none() {
                if escape(is_typing(&event)) {
                    event.prevent_default();
                }
                return;
            }
            if is_typing(&event) || awaits_search.get_value() > 0 {
                return;
            }
            if after_g.get_value() {
                after_g.set_value(false);
                if let Some(page) = MainPage::ALL.into_iter().find(|page| page.key() == key) {
                    event.prevent_default();
                    go_to(page, &with_hub(hub, page.path()), &navigate);
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
                    find("[data-search]").is_some_and(|field| focus(&field)) || {
                        let search = MainPage::Deliveries;
                        go_to(search, &with_hub(hub, search.path()), &navigate);
                        awaits_search.set_value(SEARCH_LOOKS);
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
        let looks = set_interval_with_handle(
            move || {
                let left = awaits_search.get_value();
                if left > 0 {
                    // The page's heading takes the focus once; the search takes it from there.
                    let there = find("[data-search]").is_some_and(|field| focus(&field));
                    awaits_search.set_value(if there { left.min(3) - 1 } else { left - 1 });
                }
            },
            SEARCH_LOOK,
        );
        let pressed = window_event_listener(ev::pointerdown, |event| {
            let target = event.target();
            close_popups(target.as_ref());
            // Who presses beside the rows has left them; a list that changes then must not take the focus back.
            if row_of(target).is_none() {
                LAST.take();
            }
        });
        let focused = window_event_listener(ev::focusin, |event| {
            let target = event.target();
            close_popups(target.as_ref());
            if let Some(row) = row_of(target) {
                let place = rows().iter().position(|other| *other == row).unwrap_or(0);
                LAST.set(Some((row.get_attribute("data-row").unwrap_or_default(), place)));
            }
        });
        on_cleanup(move || {
            if let Ok(looks) = looks {
                looks.clear();
            }
            keys.remove();
            pressed.remove();
            focused.remove();
        });
    }

    pub fn keep_focus() {
        let lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        if let Some(row) = lost.then(last_row).flatten() {
            enter(&row);
        }
    }

    pub fn aim_focus(row: &str) {
        let place = rows().iter().position(|other| is_named(other, row)).unwrap_or(AWAITED);
        LAST.set(Some((row.to_owned(), place)));
    }

    /// The name of the row around something.
    pub fn named_row(target: Option<EventTarget>) -> Option<String> {
        row_of(target)?.get_attribute("data-row").filter(|name| !name.is_empty())
    }

    /// Gives the focus to the row of this name, if it is there.
    pub fn row_named(name: &str) -> bool {
        rows().iter().find(|row| is_named(row, name)).is_some_and(enter)
    }

    fn is_named(row: &Element, name: &str) -> bool {
        row.get_attribute("data-row").as_deref() == Some(name)
    }

    /// The row that had the focus last, or the one that stands in its place now.
    fn last_row() -> Option<Element> {
        let (name, place) = LAST.with_borrow(Clone::clone)?;
        let mut rows = rows();
        rows.first()?;
        let named = |row: &Element| !name.is_empty() && is_named(row, &name);
        let in_its_place = || (place != AWAITED).then(|| place.min(rows.len() - 1));
        let at = rows.iter().position(named).or_else(in_its_place)?;
        Some(rows.swap_remove(at))
    }

    fn is_typing(event: &KeyboardEvent) -> bool {
        event.target().and_then(|target| target.dyn_into::<Element>().ok()).is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
                || element.closest(".leaflet-container").ok().flatten().is_some()
        })
    }

    /// Closes what floats, or else presses what names this key, unless somebody types.
    fn escape(typing: bool) -> bool {
        let Some(popup) = find("details[data-popup][open]") else {
            let named = find("[data-key=Escape]").filter(|_| !typing || find(".drawing").is_some());
            return named.and_then(|element| element.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
                element.click();
                true
            });
        };
        let _ = popup.remove_attribute("open");
        popup.query_selector("summary").ok().flatten().is_some_and(|summary| focus(&summary))
    }

    fn close_popups(but_around: Option<&EventTarget>) {
        let inside = but_around.and_then(|target| target.dyn_ref::<Node>());
        for popup in all("details[data-popup][open]") {
            if !popup.contains(inside) {
                let _ = popup.remove_attribute("open");
            }
        }
    }

    fn find(selector: &str) -> Option<Element> {
        document().query_selector(selector).ok().flatten()
    }

    fn all(selector: &str) -> Vec<Element> {
        let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
        (0..list.length()).filter_map(|place| list.get(place)?.dyn_into().ok()).collect()
    }

    fn rows() -> Vec<Element> {
        all("[data-row]:not([hidden])")
    }

    fn row_of(target: Option<EventTarget>) -> Option<Element> {
        target?.dyn_into::<Element>().ok()?.closest("[data-row]").ok().flatten()
    }

    fn step(by: i32) -> bool {
        let rows = rows();
        let current = row_of(document().active_element().map(Into::into)).or_else(last_row);
        let here = current.and_then(|row| rows.iter().position(|other| *other == row));
        let next = match (here, by) {
            (None, _) => 0,
            (Some(place), 1) => (place + 1).min(rows.len().saturating_sub(1)),
            (Some(place), _) => place.saturating_sub(1),
        };
        rows.get(next).is_some_and(enter)
    }

    fn enter(row: &Element) -> bool {
        let link = row.query_selector("a, button").ok().flatten();
        focus(link.as_ref().unwrap_or(row))
    }

    fn press(key: &str) -> bool {
        row_of(document().active_element().map(Into::into))
            .and_then(|row| row.query_selector(&format!("[data-key=\"{key}\"]")).ok().flatten())
            .and_then(|button| button.dyn_into::<HtmlElement>().ok())
            .is_some_and(|button| {
                let _ = button.focus();
                button.click();
                true
            })
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
