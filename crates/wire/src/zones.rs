//! Zones as systems send and read them, in the form of GeoJSON (RFC 7946), and what comes of each.

use domain::{Day, HubId, OutlineFault, ZoneFault, ZoneId};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/zones`: what came of each feature, in the order of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZonesAnswer {
    /// An answer for each.
    pub results: Vec<ZoneResult>,
}

/// What came of one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneResult {
    /// Its name, as far as it could be read.
    pub name: String,
    /// What came of it.
    pub result: ZoneStatus,
    /// The zone, unless it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneId>,
    /// Why it was refused, and what to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

/// What can come of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneStatus {
    /// It is new.
    Drawn,
    /// The same one stood already; nothing was changed.
    Known,
    /// It is new, and the one that had its name ends when it begins.
    Replaced,
    /// It cannot be.
    Refused,
}

/// Why a zone was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneRefusal {
    /// The text is no JSON, or none of GeoJSON's objects that hold zones.
    NotGeoJson,
    /// There is nothing in it.
    Nothing,
    /// Something in the list is no feature.
    NotAFeature,
    /// The geometry is no polygon and no polygons.
    NotPolygons,
    /// A corner that is no place on Earth.
    NotPlaces,
    /// A day that is none.
    NotADay,
    /// The rings are no outline.
    Outline(OutlineFault),
    /// A rule of zones says no.
    Zone(ZoneFault),
    /// The name stands twice in what was sent, on the same days.
    Twice,
    /// The hub has as many as it may have.
    TooMany,
    /// It lies where the hub delivers to nobody.
    Far {
        /// How far from the hub, in kilometres.
        km: u32,
        /// Whether it were near with north and east swapped.
        swapped: bool,
    },
    /// A later zone has its name.
    NameStands {
        /// When that one begins.
        from: Day,
    },
}

/// `GET /api/v1/zones`: a hub's zones that hold now or later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneCollection {
    /// `FeatureCollection`.
    pub r#type: String,
    /// The zones, the first to begin first.
    pub features: Vec<ZoneFeature>,
}

/// One zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneFeature {
    /// `Feature`.
    pub r#type: String,
    /// Which.
    pub id: ZoneId,
    /// Where.
    pub geometry: ZoneGeometry,
    /// What else is known of it.
    pub properties: ZoneProperties,
}

/// The outline of a zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneGeometry {
    /// `MultiPolygon`.
    pub r#type: String,
    /// Polygons, rings, corners: degrees east, then north. The last corner is the first one again.
    pub coordinates: Vec<Vec<Vec<[f64; 2]>>>,
}

/// What is known of a zone besides its outline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoneProperties {
    /// Its name.
    pub name: String,
    /// Whose.
    pub hub: HubId,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day on which it holds no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Day>,
}
