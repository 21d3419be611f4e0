//! A client of address services that speak Nominatim's or Photon's dialect.
//!
//! Not here: what is done when one fails (`outside`).

use std::{collections::HashMap, time::Duration};

use serde::Deserialize;

use super::http::{Answer, Server};
use crate::{Address, AddressKind, Addresses, Bounds, Doubt, Found, LatLon, RoadsError, addresses::judged};

/// Which dialect a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeocoderKind {
    /// `/search` and `/reverse`, answers as `jsonv2`.
    Nominatim,
    /// `/api` and `/reverse`, answers as GeoJSON.
    Photon,
}

/// An address service outside.
pub struct Geocoder {
    kind: GeocoderKind,
    server: Server,
    area: Bounds,
}

/// How far an address may lie from a place that was asked about before it is said, in metres.
const AT_HAND_M: f64 = 60.0;

#[derive(Deserialize)]
struct Nominatim {
    #[serde(default)]
    lat: String,
    #[serde(default)]
    lon: String,
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    address: Parts,
}

/// The parts of an address, from the names that both dialects have for them; several of these may stand side by side.
#[derive(Clone, Default, Deserialize)]
#[serde(from = "HashMap<String, serde_json::Value>")]
struct Parts {
    house_number: Option<String>,
    road: Option<String>,
    locality: Option<String>,
    name: Option<String>,
}

impl From<HashMap<String, serde_json::Value>> for Parts {
    fn from(all: HashMap<String, serde_json::Value>) -> Parts {
        let first = |names: &[&str]| {
            let text = names.iter().find_map(|name| all.get(*name)?.as_str().filter(|text| !text.is_empty()));
            text.map(str::to_owned)
        };
        Parts {
            house_number: first(&["house_number", "housenumber"]),
            road: first(&["road", "street", "pedestrian"]),
            locality: first(&["village", "town", "suburb", "locality", "city"]),
            name: first(&["name"]),
        }
    }
}

#[derive(Deserialize)]
struct Photon {
    features: Vec<PhotonFeature>,
}

#[derive(Deserialize)]
struct PhotonFeature {
    geometry: PhotonPoint,
    #[serde(default)]
    properties: Parts,
}

#[derive(Deserialize)]
struct PhotonPoint {
    coordinates: (f64, f64),
}

impl Geocoder {
    /// A client of the service at an address; what lies outside the area is no answer.
    pub fn new(kind: GeocoderKind, address: &str, area: Bounds, timeout: Duration) -> Geocoder {
        let engine = match kind {
            GeocoderKind::Nominatim => "Nominatim service",
            GeocoderKind::Photon => "Photon service",
        };
        Geocoder { kind, server: Server::new(engine, address, timeout, 1), area }
    }

    fn ask<T: serde::de::DeserializeOwned>(&self, path: &str) -> Result<T, RoadsError> {
        match self.server.get(path)? {
            Answer::Good(answer) => Ok(answer),
            Answer::Refused(refusal) => Err(self.server.fault(format!("it answers {}", refusal.status))),
        }
    }

    fn found(&self, parts: &Parts, line: &str, at: LatLon) -> Option<Found> {
        let on_earth = at.lat.abs() <= 90.0 && at.lon.abs() <= 180.0;
        if !on_earth || !self.area.contains(at) {
            return None;
        }
        let street = parts.road.clone().or_else(|| parts.name.clone()).unwrap_or_default();
        let locality = parts.locality.clone();
        let kind = match (&parts.house_number, &parts.name) {
            (Some(_), _) => AddressKind::Numbered,
            (None, Some(_)) => AddressKind::Place,
            (None, None) => AddressKind::Building,
        };
        let composed = [parts.house_number.as_deref(), Some(street.as_str()), locality.as_deref()];
        let text = if line.is_empty() {
            composed.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
        } else {
            line.to_owned()
        };
        let address = Address {
            text,
            name: parts.name.clone(),
            house_number: parts.house_number.clone(),
            street,
            locality,
            at,
            kind,
        };
        (!address.text.is_empty()).then_some(Found { address, confidence: 1.0, doubts: Vec::new() })
    }

    fn nominatim(&self, answer: &Nominatim) -> Option<Found> {
        let at = LatLon { lat: answer.lat.parse().ok()?, lon: answer.lon.parse().ok()? };
        let mut parts = answer.address.clone();
        parts.name = answer.name.clone().filter(|name| !name.is_empty() && parts.road.as_ref() != Some(name));
        self.found(&parts, &answer.display_name, at)
    }

    fn photon(&self, feature: &PhotonFeature) -> Option<Found> {
        let (lon, lat) = feature.geometry.coordinates;
        self.found(&feature.properties, "", LatLon { lat, lon })
    }
}

impl Addresses for Geocoder {
    fn search(&self, asked: &str, limit: usize) -> Result<Vec<Found>, RoadsError> {
        let (text, Bounds { south, west, north, east }) = (escaped(asked.trim()), self.area);
        if text.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut found: Vec<Found> = match self.kind {
            GeocoderKind::Nominatim => {
                let path = format!(
                    "/search?q={text}&format=jsonv2&addressdetails=1&limit={limit}&viewbox={west},{north},{east},{south}&bounded=1"
                );
                let answers = self.ask::<Vec<Nominatim>>(&path)?;
                answers.iter().filter_map(|a| self.nominatim(a)).collect()
            }
            GeocoderKind::Photon => {
                let path = format!("/api?q={text}&limit={limit}&bbox={west},{south},{east},{north}");
                let answer = self.ask::<Photon>(&path)?;
                answer.features.iter().filter_map(|f| self.photon(f)).collect()
            }
        };
        found.truncate(limit);
        // Neither service says how likely an answer is; their order is all there is.
        for (rank, found) in found.iter_mut().enumerate() {
            (found.doubts, found.confidence) =
                judged(asked, &found.address, 0.9 / (1.0 + rank as f32 * 0.25));
        }
        Ok(found)
    }

    fn reverse(&self, at: LatLon) -> Result<Option<Found>, RoadsError> {
        let LatLon { lat, lon } = at;
        let found = match self.kind {
            GeocoderKind::Nominatim => {
                let path = format!("/reverse?lat={lat:.7}&lon={lon:.7}&format=jsonv2&addressdetails=1");
                self.nominatim(&self.ask::<Nominatim>(&path)?)
            }
            GeocoderKind::Photon => {
                let answer = self.ask::<Photon>(&format!("/reverse?lat={lat:.7}&lon={lon:.7}"))?;
                answer.features.first().and_then(|feature| self.photon(feature))
            }
        };
        Ok(found.map(|mut found| {
            let metres = found.address.at.metres_to(at);
            found.confidence = (AT_HAND_M / metres.max(AT_HAND_M)) as f32;
            if metres > AT_HAND_M {
                found.doubts.push(Doubt::Far(metres.round() as u32));
            }
            found
        }))
    }
}

/// A text as part of an address: everything but plain letters and digits is written in hexadecimal.
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => (byte as char).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
