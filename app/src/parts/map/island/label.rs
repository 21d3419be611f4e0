//! A vehicle's name beside it, as a Leaflet tooltip that follows along.

use js_sys::Reflect;
use leaflet::{LatLng, Map, Point, Tooltip, TooltipOptions};
use leptos::prelude::document;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use web_sys::Element;

/// One tooltip, shown or not.
pub struct Label {
    tooltip: Tooltip,
    text: Option<Element>,
    shown: RefCell<Option<String>>,
}

impl Label {
    /// A label that is not shown yet.
    pub fn new(class: &str) -> Self {
        let how = TooltipOptions::new();
        how.set_permanent(true);
        how.set_direction("right".to_owned());
        how.set_offset(Point::new(16.0, 0.0));
        how.set_opacity(1.0);
        let _ = Reflect::set(&how, &"className".into(), &class.into());
        let tooltip = Tooltip::new(&how, None);
        // An element and not a string: Leaflet would read a string as HTML, and names come from people.
        let text = document().create_element("span").ok();
        if let Some(text) = &text {
            tooltip.set_content(text);
        }
        Self { tooltip, text, shown: RefCell::new(None) }
    }

    /// Shows a name at a place, or nothing.
    pub fn show(&self, map: &Map, name_and_place: Option<(String, LatLng)>) {
        let Some((name, at)) = name_and_place else {
            if self.shown.take().is_some() {
                map.close_tooltip(&self.tooltip);
            }
            return;
        };
        let before = self.shown.borrow().clone();
        if before.as_ref() != Some(&name) {
            if let Some(text) = &self.text {
                text.set_text_content(Some(&name));
            }
            self.shown.replace(Some(name));
        }
        let at: &JsValue = at.as_ref();
        self.tooltip.set_lat_lng(at);
        if before.is_none() {
            map.open_tooltip(&self.tooltip);
        }
    }
}
