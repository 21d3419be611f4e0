//! The selected vehicle's route: the way still to drive, the way driven, and its stops. Colours and dashes are in the style
//! sheet. A newer view of the same route changes what differs and leaves an open popup open.

use super::ground::{icon, lat_lng};
use crate::parts::map::stop_facts::StopFacts;
use domain::{RouteId, StopId};
use js_sys::Array;
use leaflet::{
    Evented, EventedHandle, Icon, LayerGroup, Map, Marker, MarkerOptions, MouseEvent, Polyline,
    PolylineOptions, Popup, PopupOptions,
};
use leptos::prelude::document;
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use web_sys::Element;
use wire::staff::control_room::{RouteView, StopRow};

/// The way ahead is drawn in so many parts, each fainter than the one before.
const FADES: usize = 4;

/// The layers of one route, or of none.
pub struct RouteLayers {
    group: LayerGroup,
    ahead: Vec<Polyline>,
    driven: Polyline,
    stops: Vec<StopMarker>,
    route: Option<RouteId>,
    story: Rc<Story>,
}

/// The one popup: which stop it tells of, and what is known of each.
struct Story {
    popup: Popup,
    text: Option<Element>,
    stop: Cell<Option<StopId>>,
    stops: RefCell<Vec<StopRow>>,
}

struct StopMarker {
    row: StopRow,
    marker: Marker,
    _click: EventedHandle<MouseEvent>,
}

impl RouteLayers {
    /// Empty layers on a map.
    pub fn new(map: &Map) -> Self {
        let group = LayerGroup::new();
        group.add_to(map);
        let line = |class: String| {
            let how = PolylineOptions::new();
            how.set_class_name(class);
            how.set_interactive(false);
            let line = Polyline::new_with_options(&Array::new(), &how);
            group.add_layer(&line);
            line
        };
        let driven = line("map-driven".to_owned());
        let ahead = (0..FADES).map(|part| line(format!("map-ahead map-ahead-{part}"))).collect();
        Self { group, ahead, driven, stops: Vec::new(), route: None, story: Rc::new(Story::new()) }
    }

    /// Shows a route, or none.
    pub fn show(&mut self, map: &Map, route: Option<&RouteView>) {
        let id = route.map(|route| route.row.route);
        if self.route != id {
            self.story.stop.set(None);
            map.close_popup(&self.story.popup);
            self.route = id;
        }
        let points = |points: &[wire::Point]| -> Array { points.iter().copied().map(lat_lng).collect() };
        self.driven.set_lat_lngs(&points(route.map_or(&[], |route| &route.driven)));
        let ahead = route.map_or(&[][..], |route| &route.ahead);
        for (part, line) in self.ahead.iter().enumerate() {
            line.set_lat_lngs(&points(share(ahead, part)));
        }
        self.show_stops(map, route.map_or(&[], |route| &route.stops));
    }

    fn show_stops(&mut self, map: &Map, rows: &[StopRow]) {
        self.story.stops.replace(rows.to_vec());
        let same_places = self.stops.len() == rows.len()
            && self
                .stops
                .iter()
                .zip(rows)
                .all(|(stop, row)| stop.row.stop == row.stop && stop.row.at == row.at);
        if same_places {
            for (stop, row) in self.stops.iter_mut().zip(rows) {
                if (stop.row.standing, stop.row.sequence) != (row.standing, row.sequence) {
                    stop.marker.set_icon(&stop_icon(row));
                }
                stop.row = row.clone();
            }
        } else {
            for stop in self.stops.drain(..) {
                self.group.remove_layer(&stop.marker);
            }
            self.stops = rows.iter().map(|row| self.stop(map, row)).collect();
        }
        self.story.announce();
    }

    fn stop(&self, map: &Map, row: &StopRow) -> StopMarker {
        let how = MarkerOptions::new();
        how.set_icon(stop_icon(row));
        // The same stops are in the list, in order; fifty more tab stops would help nobody.
        how.set_keyboard(false);
        let marker = Marker::new_with_options(&lat_lng(row.at), &how);
        self.group.add_layer(&marker);
        let (map, story, stop, at) = (map.clone(), self.story.clone(), row.stop, row.at);
        let click = Evented::on_leaflet_event(&marker, "click", move |_: MouseEvent| {
            story.stop.set(Some(stop));
            story.announce();
            story.popup.set_lat_lng(lat_lng(at).as_ref());
            map.open_popup(&story.popup);
        });
        StopMarker { row: row.clone(), marker, _click: click }
    }
}

impl Story {
    fn new() -> Self {
        let how = PopupOptions::new();
        how.set_class_name("map-popup".to_owned());
        how.set_max_width(280.0);
        let popup = Popup::new(&how, None);
        let text = document().create_element("div").ok();
        if let Some(text) = &text {
            popup.set_content(text);
        }
        Self { popup, text, stop: Cell::new(None), stops: RefCell::default() }
    }

    /// Writes what is known of the stop now. The words change in place: telling Leaflet would make it move the map.
    fn announce(&self) {
        let stops = self.stops.borrow();
        let row = self.stop.get().and_then(|stop| stops.iter().find(|row| row.stop == stop));
        let (Some(row), Some(text)) = (row, &self.text) else { return };
        text.set_text_content(None);
        let facts = StopFacts::of(row);
        let title = [("strong", facts.title)];
        for (tag, words) in title.into_iter().chain(facts.lines.into_iter().map(|line| ("p", line))) {
            if let Ok(line) = document().create_element(tag) {
                line.set_text_content(Some(&words));
                let _ = text.append_child(&line);
            }
        }
    }
}

fn stop_icon(row: &StopRow) -> Icon {
    icon(format!("map-stop is-{}", row.standing.code()), &row.sequence.to_string())
}

/// One part of the way ahead; it begins where the part before it ends.
fn share(way: &[wire::Point], part: usize) -> &[wire::Point] {
    let end = (way.len() * (part + 1) / FADES).saturating_add(1).min(way.len());
    way.get(way.len() * part / FADES..end).unwrap_or_default()
}
