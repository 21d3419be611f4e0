//! The fleet's picture and what it is made from, between the reports that come in and the canvas that shows it.

use super::glue::{self, FleetLayer};
use crate::parts::map::drawing::{
    fleet::{Blit, Fleet, Name},
    mercator::View,
    palette::{Palette, TOKENS},
    raster::{Damage, Raster},
    sprite::SpriteSheet,
};
use domain::VehicleId;
use wasm_bindgen::Clamped;
use web_sys::HtmlElement;

/// Fleet, sprites and pixels.
pub struct Easel {
    /// Every vehicle.
    pub fleet: Fleet,
    sheet: SpriteSheet,
    ratio: f64,
    raster: Raster,
    scene: Vec<Blit>,
    names: Vec<Name>,
}

impl Easel {
    /// An easel with no vehicle yet, in the colours that hold at this element.
    pub fn new(element: &HtmlElement, ratio: f64) -> Self {
        let sheet = sprites(element, ratio);
        Self {
            fleet: Fleet::default(),
            sheet,
            ratio,
            raster: Raster::default(),
            scene: Vec::new(),
            names: Vec::new(),
        }
    }

    /// New sprites for a new theme or pixel density; everything is drawn again.
    pub fn restock(&mut self, element: &HtmlElement, ratio: f64) {
        self.sheet = sprites(element, ratio);
        self.ratio = ratio;
        self.raster.discard();
        self.names.clear();
    }

    /// Draws the fleet as it is at this moment, if that looks any different from what the layer shows, and says whether
    /// anything is still on its way.
    pub fn draw(
        &mut self,
        layer: &FleetLayer,
        view: &View,
        selected: Option<VehicleId>,
        now_ms: f64,
    ) -> bool {
        let moving = self.fleet.scene(view, selected, now_ms, &mut self.scene);
        let places = match self.raster.paint(view.size(), &self.scene, &self.sheet) {
            Damage::Nothing => return moving,
            Damage::Places(places) => places,
            Damage::Everything => Vec::new(),
        };
        layer.paint(Clamped(self.raster.bytes()), self.raster.width(), self.ratio, &places);
        moving
    }

    /// Writes the names of the vehicles beside them, if they are not there yet; `named` have a label of their own.
    pub fn name(&mut self, layer: &FleetLayer, view: &View, named: [Option<VehicleId>; 2], now_ms: f64) {
        let names = self.fleet.names(view, named, now_ms);
        if names != self.names {
            let places: Vec<i32> = names.iter().flat_map(|name| [name.x, name.y]).collect();
            layer.write(names.iter().map(|name| name.text.clone()).collect(), &places, self.ratio);
            self.names = names;
        }
    }

    /// Device pixels in one CSS pixel that the sprites were drawn for.
    pub fn ratio(&self) -> f64 {
        self.ratio
    }
}

fn sprites(element: &HtmlElement, ratio: f64) -> SpriteSheet {
    let bytes = glue::colours(element, TOKENS.map(str::to_owned).to_vec());
    let mut colours = [[0; 3]; TOKENS.len()];
    for (colour, read) in colours.iter_mut().zip(bytes.as_chunks::<3>().0) {
        *colour = *read;
    }
    SpriteSheet::new(&Palette::new(colours), ratio)
}
