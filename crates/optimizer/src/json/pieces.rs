//! Where in a text the pieces of a problem begin.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::JsonFault;
use crate::Element;

/// The lines on which matrices, vehicles, stops and relations begin.
#[derive(Default)]
pub(super) struct Pieces {
    matrices: Vec<usize>,
    vehicles: Vec<usize>,
    stops: Vec<usize>,
    shipments: Vec<usize>,
    alternatives: Vec<usize>,
    together: Vec<usize>,
    apart: Vec<usize>,
}

#[derive(Deserialize)]
struct RawForm<'a> {
    #[serde(borrow)]
    matrices: Vec<&'a RawValue>,
    #[serde(borrow)]
    vehicles: Vec<&'a RawValue>,
    #[serde(borrow)]
    stops: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    shipments: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    alternatives: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    together: Vec<&'a RawValue>,
    #[serde(borrow, default)]
    apart: Vec<&'a RawValue>,
}

impl Pieces {
    pub(super) fn of(text: &str) -> Self {
        let lines = |pieces: &[&RawValue]| {
            let (mut line, mut seen) = (1, 0);
            let mut lines = Vec::with_capacity(pieces.len());
            for piece in pieces {
                let at = piece.get().as_ptr().addr().saturating_sub(text.as_ptr().addr());
                line += text.get(seen..at).map_or(0, |passed| passed.matches('\n').count());
                seen = at;
                lines.push(line);
            }
            lines
        };
        serde_json::from_str(text).map_or_else(
            |_| Self::default(),
            |raw: RawForm<'_>| Self {
                matrices: lines(&raw.matrices),
                vehicles: lines(&raw.vehicles),
                stops: lines(&raw.stops),
                shipments: lines(&raw.shipments),
                alternatives: lines(&raw.alternatives),
                together: lines(&raw.together),
                apart: lines(&raw.apart),
            },
        )
    }

    /// A fault of that piece, or of the whole, with its line.
    pub(super) fn fault(&self, element: Option<Element>, what: &str) -> JsonFault {
        let line = element.and_then(|element| match element {
            Element::Matrix(index) => self.matrices.get(index),
            Element::Vehicle(index) => self.vehicles.get(index),
            Element::Stop(index) => self.stops.get(index),
            Element::Shipment(index) => self.shipments.get(index),
            Element::Alternatives(index) => self.alternatives.get(index),
            Element::Together(index) => self.together.get(index),
            Element::Apart(index) => self.apart.get(index),
        });
        JsonFault { line: line.copied(), what: format!("{what} (counted from 0)") }
    }
}
