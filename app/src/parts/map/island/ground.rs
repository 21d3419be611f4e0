//! Leaflet's map, the ground under the fleet, and the way from our points to Leaflet's.

use super::{
    glue::{self, HtmlIcon, VectorTiles},
    prefers_stillness,
};
use crate::parts::map::drawing::mercator::World;
use js_sys::{Object, Reflect};
use leaflet::{
    DivIconOptions, Icon, LatLng, LatLngBounds, Map, MapOptions, Marker, MarkerOptions, TileLayer,
    TileLayerOptions, Zoom, ZoomOptions,
};
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;
use wire::{Point, staff::control_room::MapView};

const FARTHEST_ZOOM: f64 = 8.0;
const NEAREST_ZOOM: f64 = 18.0;

/// A map in this element, without tiles and looking nowhere yet.
pub fn new_map(frame: &HtmlElement) -> Option<Map> {
    let moving = !prefers_stillness();
    let how = MapOptions::new();
    how.set_attribution_control(false);
    how.set_zoom_control(false);
    how.set_min_zoom(FARTHEST_ZOOM);
    how.set_max_zoom(NEAREST_ZOOM);
    how.set_zoom_animation(moving);
    // Fading tiles in would paint every one of them again with each frame of a zoom.
    how.set_fade_animation(false);
    how.set_inertia(moving);
    let map = Map::new_with_element(frame, &how).ok()?;
    let mut place = ZoomOptions::new();
    place.set_position("topright");
    Zoom::new(&place).add_to(&map);
    Some(map)
}

/// Puts the ground under the fleet: our vector tiles, which it returns, or pictures from wherever the settings say.
pub fn lay_tiles(map: &Map, view: &MapView, frame: &HtmlElement) -> Option<VectorTiles> {
    if view.vector {
        let city = bounds(view.south_west, view.north_east);
        let tiles = glue::vector_tiles(&view.tiles, view.max_zoom, &city, frame)?;
        tiles.add_to(map);
        return Some(tiles);
    }
    let how = TileLayerOptions::new();
    how.set_max_zoom(NEAREST_ZOOM);
    how.set_max_native_zoom(f64::from(view.max_zoom));
    TileLayer::new_options(&view.tiles, &how).add_to(map);
    None
}

/// Marks the hub's gate.
pub fn mark_hub(map: &Map, hub: Point) {
    let how = MarkerOptions::new();
    how.set_icon(icon("map-hub".to_owned(), "H"));
    how.set_keyboard(false);
    Marker::new_with_options(&lat_lng(hub), &how).add_to(map);
}

/// A marker's icon of one class, with a letter or a number in it.
pub fn icon(class: String, text: &str) -> Icon {
    let how = DivIconOptions::new();
    how.set_class_name(class);
    how.set_html(format!("<span>{text}</span>"));
    how.set_icon_size(leaflet::Point::new(20.0, 20.0));
    HtmlIcon::new(&how).into()
}

/// Leaflet's bounds from two corners.
pub fn bounds(south_west: Point, north_east: Point) -> LatLngBounds {
    LatLngBounds::new(&lat_lng(south_west), &lat_lng(north_east))
}

/// Leaflet's point from ours.
pub fn lat_lng(at: Point) -> LatLng {
    LatLng::new(at.lat, at.lon)
}

/// Leaflet's point from a place in the Mercator square.
pub fn place(at: World) -> LatLng {
    let (lat, lon) = at.degrees();
    LatLng::new(lat, lon)
}

/// A bag of options, for those that the crate has no type for.
pub fn options(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    }
    object
}
