//! The Rust side of `glue.js`.

use js_sys::Function;
use leaflet::{DivIconOptions, Icon, LatLngBounds, Layer};
use wasm_bindgen::{Clamped, prelude::*};
use web_sys::HtmlElement;

#[wasm_bindgen(module = "/src/parts/map/glue.js")]
extern "C" {
    /// Calls back once the map's libraries are there.
    #[wasm_bindgen(js_name = whenLibrariesAreHere)]
    pub fn when_libraries_are_here(then: &Function);

    /// One canvas over the whole map.
    #[wasm_bindgen(extends = Layer)]
    pub type FleetLayer;

    /// Makes the layer; `moved` is called whenever it shows another part of the world.
    #[wasm_bindgen(js_name = fleetLayer)]
    pub fn fleet_layer(moved: &Function) -> FleetLayer;

    /// Whether the map is on its way from one zoom to another, and the old picture is scaled along.
    #[wasm_bindgen(method, getter)]
    pub fn gliding(this: &FleetLayer) -> bool;

    /// Shows a picture as wide as the map, in device pixels; only these rectangles of it, if there are any.
    #[wasm_bindgen(method)]
    pub fn paint(this: &FleetLayer, pixels: Clamped<&[u8]>, width: u32, ratio: f64, places: &[i32]);

    /// Writes these names and no others, each at its place: left and middle in device pixels.
    #[wasm_bindgen(method)]
    pub fn write(this: &FleetLayer, names: Vec<String>, places: &[i32], ratio: f64);

    /// Zoom, degrees north and degrees east of the view that the page's address holds; nothing when it holds none.
    #[wasm_bindgen(js_name = viewInAddress)]
    pub fn view_in_address() -> Vec<f64>;

    /// Whether the page's address selects a route.
    #[wasm_bindgen(js_name = routeInAddress)]
    pub fn route_in_address() -> bool;

    /// Lets the page's address hold this view, without a new step in the browser's history.
    #[wasm_bindgen(js_name = keepViewInAddress)]
    pub fn keep_view_in_address(zoom: f64, lat: f64, lon: f64);

    /// Our vector tiles, coloured as the style sheet says.
    #[wasm_bindgen(extends = Layer)]
    pub type VectorTiles;

    /// Makes the layer, unless the script that paints it is missing.
    #[wasm_bindgen(js_name = vectorTiles)]
    pub fn vector_tiles(
        url: &str,
        max_zoom: u8,
        bounds: &LatLngBounds,
        element: &HtmlElement,
    ) -> Option<VectorTiles>;

    /// Reads the colours anew and paints every tile again.
    #[wasm_bindgen(method)]
    pub fn restyle(this: &VectorTiles);

    /// Red, green and blue of each custom property in turn.
    pub fn colours(element: &HtmlElement, names: Vec<String>) -> Vec<u8>;

    /// Calls back whenever the theme changes, until the returned function is called.
    #[wasm_bindgen(js_name = watchTheme)]
    pub fn watch_theme(changed: &Function) -> Function;
}

#[wasm_bindgen]
extern "C" {
    /// Leaflet's icon made of HTML: the crate's own `DivIcon` constructs a plain `L.Icon`.
    #[wasm_bindgen(extends = Icon, js_namespace = L, js_name = DivIcon)]
    pub type HtmlIcon;

    /// Makes the icon.
    #[wasm_bindgen(constructor, js_namespace = L, js_class = "DivIcon")]
    pub fn new(options: &DivIconOptions) -> HtmlIcon;
}
