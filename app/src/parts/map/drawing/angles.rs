//! Functions of angles and powers. A browser has them already, so the wasm does not bring them once more.

#[cfg(feature = "hydrate")]
pub use js_sys::Math::{atan, atan2, cos, log as ln, pow, sin, sinh};

#[cfg(not(feature = "hydrate"))]
mod ours {
    pub fn atan(x: f64) -> f64 {
        x.atan()
    }

    pub fn atan2(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }

    pub fn cos(x: f64) -> f64 {
        x.cos()
    }

    pub fn ln(x: f64) -> f64 {
        x.ln()
    }

    pub fn pow(base: f64, exponent: f64) -> f64 {
        base.powf(exponent)
    }

    pub fn sin(x: f64) -> f64 {
        x.sin()
    }

    pub fn sinh(x: f64) -> f64 {
        x.sinh()
    }
}

#[cfg(not(feature = "hydrate"))]
pub use ours::*;

/// The distance from the origin. Nothing here is so far away that a square overflows.
pub fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}
