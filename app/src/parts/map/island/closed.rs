//! The closed roads, and what is being drawn. Colours and dashes are in the style sheet.

use super::{super::Sketch, ground::lat_lng};
use js_sys::Array;
use leaflet::{LayerGroup, Map, Polyline, PolylineOptions};
use wire::{Point, staff::roads::ClosedRoad};

/// The layers of all closures and of the sketch.
pub struct ClosedLayers {
    closed: LayerGroup,
    shown: Vec<ClosedRoad>,
    sketch: LayerGroup,
}

impl ClosedLayers {
    /// Empty layers on a map.
    pub fn new(map: &Map) -> Self {
        let group = || {
            let group = LayerGroup::new();
            group.add_to(map);
            group
        };
        Self { closed: group(), shown: Vec::new(), sketch: group() }
    }

    /// Shows these closures.
    pub fn show(&mut self, roads: &[ClosedRoad]) {
        if self.shown == roads {
            return;
        }
        self.shown = roads.to_vec();
        self.closed.clear_layers();
        for road in roads {
            if let Some(area) = &road.area {
                self.closed.add_layer(&Polyline::new_with_options(&ring(area), &how("map-closed-area")));
            }
            // Many streets close together are a blot when they are drawn broadly.
            let street = if road.area.is_some() { "map-closed map-closed-within" } else { "map-closed" };
            for line in &road.lines {
                self.closed.add_layer(&Polyline::new_with_options(&places(line), &how(street)));
            }
        }
    }

    /// Shows what is being drawn.
    pub fn sketch(&mut self, sketch: &Sketch) {
        self.sketch.clear_layers();
        let all = places(&sketch.places);
        if sketch.area && sketch.places.len() > 2 {
            let area = Polyline::new_with_options(&ring(&sketch.places), &how("map-sketch map-sketch-area"));
            self.sketch.add_layer(&area);
        } else {
            self.sketch.add_layer(&Polyline::new_with_options(&all, &how("map-sketch")));
        }
        // A line that goes nowhere is drawn as the dot of its cap.
        for place in &sketch.places {
            let dot = Polyline::new_with_options(&places(&[*place, *place]), &how("map-sketch-place"));
            self.sketch.add_layer(&dot);
        }
    }
}

/// A line that ends where it begins; the style sheet fills it.
fn ring(all: &[Point]) -> Array {
    let ring = places(all);
    if let Some(&first) = all.first() {
        ring.push(&lat_lng(first));
    }
    ring
}

fn places(all: &[Point]) -> Array {
    all.iter().copied().map(lat_lng).collect()
}

fn how(class: &str) -> PolylineOptions {
    let how = PolylineOptions::new();
    how.set_class_name(class.to_owned());
    how.set_interactive(false);
    how
}
