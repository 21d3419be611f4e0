//! The picture of the fleet, as arithmetic: where every vehicle is on the screen, what it looks like, and the pixels that
//! say so. Nothing here knows of a browser, of Leaflet or of a signal; the tests run on any machine.

mod angles;
pub(super) mod fleet;
pub(super) mod mercator;
pub(super) mod palette;
pub(super) mod raster;
mod shape;
pub(super) mod sprite;
