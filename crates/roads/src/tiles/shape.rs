//! What is drawn, as a geometry of its own.

/// A geometry in the Web Mercator unit square.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    Point([f64; 2]),
    Line(Vec<[f64; 2]>),
    /// Closed rings: the outline, then holes in it.
    Area(Vec<Vec<[f64; 2]>>),
}
