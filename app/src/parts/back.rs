//! Going back: a page that is come back to stands where it was left, and the row that led away has the focus again.
//!
//! The browser would do this by itself if the rows were there when it tries; ours come a moment later. What was left is
//! remembered for this visit only, by address, without the map's view, which is in the address itself; the browser's tab keeps
//! it (`sessionStorage`), because the way back may lead to another desk, which is a page load.

#[cfg(feature = "hydrate")]
use leptos::prelude::Effect;

/// Remembers where pages were left, and restores them, while the current owner lives. Does nothing on the server.
pub fn remember_places() {
    #[cfg(feature = "hydrate")]
    Effect::new(|_| browser::remember_places());
}

#[cfg(feature = "hydrate")]
mod browser {
    use crate::parts::keys::{named_row, row_named};
    use leptos::{ev, leptos_dom::helpers::set_timeout_with_handle, prelude::*};
    use std::time::Duration;
    use wasm_bindgen::JsCast;
    use web_sys::{Element, Storage};

    /// How often, and how long, the rows of a page are waited for.
    const LOOK: Duration = Duration::from_millis(60);
    const LOOKS: u32 = 60;

    /// How a page was left.
    #[derive(Debug, Clone, Default)]
    struct Place {
        scrolled: f64,
        lists: Vec<(String, i32)>,
        row: Option<String>,
    }

    impl Place {
        /// Three lines and one for each list; names hold no line breaks.
        fn to_text(&self) -> String {
            let mut text = format!("{}\n{}\n", self.scrolled as i64, self.row.as_deref().unwrap_or_default());
            for (name, scrolled) in &self.lists {
                text += &format!("{scrolled} {name}\n");
            }
            text
        }

        fn from_text(text: &str) -> Option<Self> {
            let mut lines = text.lines();
            let scrolled = f64::from(lines.next()?.parse::<i32>().ok()?);
            let row = lines.next().filter(|row| !row.is_empty()).map(str::to_owned);
            let list = |line: &str| {
                let (scrolled, name) = line.split_once(' ')?;
                Some((name.to_owned(), scrolled.parse().ok()?))
            };
            Some(Self { scrolled, row, lists: lines.filter_map(list).collect() })
        }
    }

    /// What this tab remembers, where the reader allows it.
    fn memory() -> Option<Storage> {
        window().session_storage().ok().flatten()
    }

    fn key() -> String {
        format!("left {}", address())
    }

    fn keep(place: &Place) {
        if let Some(memory) = memory() {
            // A full memory forgets where the page was left and nothing else.
            let _ = memory.set_item(&key(), &place.to_text());
        }
    }

    fn kept() -> Option<Place> {
        Place::from_text(&memory()?.get_item(&key()).ok()??)
    }

    /// Whether this page was loaded by going back or forward.
    fn came_back() -> bool {
        window().performance().is_some_and(|performance| {
            performance.navigation().type_() == web_sys::PerformanceNavigation::TYPE_BACK_FORWARD
        })
    }

    pub fn remember_places() {
        // Counts the journeys, so that an old one that still waits for its rows gives up.
        let journey = StoredValue::new(0_u32);
        // Before the press becomes a click, because a click may have led away already.
        let leave = move |row: Option<String>| {
            journey.update_value(|journey| *journey += 1);
            keep(&here(row));
        };
        let press = window_event_listener(ev::pointerdown, move |event| leave(named_row(event.target())));
        let enter = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Enter" {
                leave(named_row(event.target()));
            }
        });
        let steer = window_event_listener(ev::wheel, move |_| journey.update_value(|journey| *journey += 1));
        let back = window_event_listener(ev::popstate, move |_| {
            journey.update_value(|journey| *journey += 1);
            if let Some(place) = kept() {
                restore(place, LOOKS, journey, journey.get_value());
            }
        });
        if let Some(place) = came_back().then(kept).flatten() {
            restore(place, LOOKS, journey, journey.get_value());
        }
        on_cleanup(move || {
            press.remove();
            enter.remove();
            steer.remove();
            back.remove();
        });
    }

    /// Path and query without the map's view.
    fn address() -> String {
        let here = window().location();
        let query = here.search().unwrap_or_default();
        let parts = query.trim_start_matches('?').split('&').filter(|part| !part.starts_with("view="));
        let query = parts.collect::<Vec<_>>().join("&");
        format!("{}?{query}", here.pathname().unwrap_or_default())
    }

    fn lists() -> Vec<Element> {
        let Ok(list) = document().query_selector_all("[data-scroll]") else { return Vec::new() };
        (0..list.length()).filter_map(|place| list.get(place)?.dyn_into().ok()).collect()
    }

    fn name(list: &Element) -> String {
        list.get_attribute("data-scroll").unwrap_or_default()
    }

    fn here(row: Option<String>) -> Place {
        Place {
            scrolled: window().scroll_y().unwrap_or(0.0),
            lists: lists().iter().map(|list| (name(list), list.scroll_top())).collect(),
            row,
        }
    }

    fn restore(place: Place, looks: u32, journey: StoredValue<u32>, number: u32) {
        let again = move || {
            if journey.try_get_value() != Some(number) {
                return;
            }
            let tall =
                document().document_element().map_or(0, |page| page.scroll_height() - page.client_height());
            let fits = f64::from(tall) + 1.0 >= place.scrolled;
            let found = fits && place.row.as_deref().is_none_or(row_named);
            if !found && looks > 0 {
                restore(place, looks - 1, journey, number);
                return;
            }
            for list in lists() {
                if let Some((_, scrolled)) = place.lists.iter().find(|(other, _)| *other == name(&list)) {
                    list.set_scroll_top(*scrolled);
                }
            }
            window().scroll_to_with_x_and_y(0.0, place.scrolled);
        };
        let _ = set_timeout_with_handle(again, LOOK);
    }
}
