//! Zones in the form of GeoJSON (RFC 7946): read each for itself, and written.

use domain::{Coordinate, Day, Outline, Zone};
use serde_json::Value;
use wire::zones::{ZoneCollection, ZoneFeature, ZoneGeometry, ZoneProperties, ZoneRefusal};

/// A zone that somebody wants.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asked {
    pub outline: Outline,
    /// Today when left out.
    pub from: Option<Day>,
    pub until: Option<Day>,
}

/// One of a list: its name as far as it can be read, and what it is or why it cannot be.
pub(super) type Read = (String, Result<Asked, ZoneRefusal>);

/// Reads a collection of features, or a single one; each is read for itself.
pub(super) fn read(value: &Value) -> Result<Vec<Read>, ZoneRefusal> {
    let features = match value.get("type").and_then(Value::as_str) {
        Some("FeatureCollection") => value.get("features").and_then(Value::as_array),
        Some("Feature") => return Ok(vec![read_one(value)]),
        _ => None,
    };
    let features = features.ok_or(ZoneRefusal::NotGeoJson)?;
    if features.is_empty() { Err(ZoneRefusal::Nothing) } else { Ok(features.iter().map(read_one).collect()) }
}

fn read_one(feature: &Value) -> Read {
    let property =
        |name: &str| feature.get("properties").and_then(|all| all.get(name)).filter(|v| !v.is_null());
    let name = property("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let day = |name: &str| match property(name) {
        None => Ok(None),
        Some(day) => read_day(day.as_str().unwrap_or_default()).map(Some),
    };
    let asked = || {
        if feature.get("type").and_then(Value::as_str) != Some("Feature") {
            return Err(ZoneRefusal::NotAFeature);
        }
        let geometry = feature.get("geometry").ok_or(ZoneRefusal::NotPolygons)?;
        let coordinates = geometry.get("coordinates").ok_or(ZoneRefusal::NotPolygons)?;
        let polygons = match geometry.get("type").and_then(Value::as_str) {
            Some("Polygon") => vec![coordinates],
            Some("MultiPolygon") => list(coordinates)?.iter().collect(),
            _ => return Err(ZoneRefusal::NotPolygons),
        };
        let rings = polygons.into_iter().map(|polygon| list(polygon)?.iter().map(ring).collect());
        let outline = Outline::parse(rings.collect::<Result<_, _>>()?).map_err(ZoneRefusal::Outline)?;
        Ok(Asked { outline, from: day("from")?, until: day("until")? })
    };
    let asked = asked();
    (name, asked)
}

/// A day as it is written in forms and files, of this century or the next.
pub(super) fn read_day(text: &str) -> Result<Day, ZoneRefusal> {
    let day = Day::parse_from_str(text, "%Y-%m-%d").map_err(|_| ZoneRefusal::NotADay)?;
    crate::base::bounds::day(day).map_err(|_| ZoneRefusal::NotADay)
}

fn list(value: &Value) -> Result<&Vec<Value>, ZoneRefusal> {
    value.as_array().ok_or(ZoneRefusal::NotPolygons)
}

fn ring(value: &Value) -> Result<Vec<Coordinate>, ZoneRefusal> {
    let corner = |corner: &Value| {
        let degrees = |at: usize| corner.get(at).and_then(Value::as_f64).ok_or(ZoneRefusal::NotPlaces);
        Coordinate::parse(degrees(1)?, degrees(0)?).map_err(|_| ZoneRefusal::NotPlaces)
    };
    list(value)?.iter().map(corner).collect()
}

/// Zones as GeoJSON has them.
pub(super) fn write(zones: &[Zone]) -> ZoneCollection {
    ZoneCollection { r#type: "FeatureCollection".to_owned(), features: zones.iter().map(feature).collect() }
}

fn feature(zone: &Zone) -> ZoneFeature {
    let closed = |ring: &Vec<Coordinate>| {
        ring.iter().chain(ring.first()).map(|corner| [corner.lon(), corner.lat()]).collect()
    };
    let polygons = zone.outline.polygons().iter();
    ZoneFeature {
        r#type: "Feature".to_owned(),
        id: zone.id,
        geometry: ZoneGeometry {
            r#type: "MultiPolygon".to_owned(),
            coordinates: polygons.map(|rings| rings.iter().map(closed).collect()).collect(),
        },
        properties: ZoneProperties {
            name: zone.name.clone(),
            hub: zone.hub,
            from: zone.from,
            until: zone.until,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::OutlineFault;
    use serde_json::json;

    fn feature(change: impl FnOnce(&mut Value)) -> Result<Asked, ZoneRefusal> {
        let ring = json!([[14.4, 35.8], [14.6, 35.8], [14.6, 36.0], [14.4, 35.8]]);
        let mut feature = json!({ "type": "Feature", "properties": { "name": "East", "from": "2026-12-01", "until": null },
                                  "geometry": { "type": "Polygon", "coordinates": [ring] } });
        change(&mut feature);
        let read = read(&json!({ "type": "FeatureCollection", "features": [feature] })).unwrap();
        assert_eq!(read.len(), 1);
        read[0].1.clone()
    }

    #[test]
    fn a_feature_is_read_or_refused_by_name() {
        let asked = feature(|_| {}).unwrap();
        assert_eq!((asked.from, asked.until), (Day::from_ymd_opt(2026, 12, 1), None));
        assert_eq!(asked.outline.polygons()[0][0].len(), 3);
        let refused = |at: &str, value: Value| feature(|f| *f.pointer_mut(at).unwrap() = value).unwrap_err();
        assert_eq!(refused("/type", "Place".into()), ZoneRefusal::NotAFeature);
        assert_eq!(refused("/geometry", Value::Null), ZoneRefusal::NotPolygons);
        assert_eq!(refused("/geometry/type", "LineString".into()), ZoneRefusal::NotPolygons);
        assert_eq!(refused("/geometry/coordinates", json!("here")), ZoneRefusal::NotPolygons);
        assert_eq!(refused("/geometry/coordinates/0", json!([["a", "b"]])), ZoneRefusal::NotPlaces);
        assert_eq!(refused("/geometry/coordinates/0/0", json!([35.8, 114.4])), ZoneRefusal::NotPlaces);
        assert_eq!(refused("/geometry/coordinates", json!([])), ZoneRefusal::Outline(OutlineFault::Empty));
        assert_eq!(refused("/properties/from", json!("tomorrow")), ZoneRefusal::NotADay);
        assert_eq!(refused("/properties/until", json!(20_261_201)), ZoneRefusal::NotADay);
        assert_eq!(refused("/properties/until", json!("9999-01-01")), ZoneRefusal::NotADay);
        let single = json!({ "type": "Feature" });
        assert_eq!(read(&single).unwrap()[0].1, Err(ZoneRefusal::NotPolygons));
        for nothing in
            [json!(null), json!([]), json!({ "type": "FeatureCollection" }), json!({ "type": "Polygon" })]
        {
            assert_eq!(read(&nothing), Err(ZoneRefusal::NotGeoJson), "{nothing}");
        }
        assert_eq!(read(&json!({ "type": "FeatureCollection", "features": [] })), Err(ZoneRefusal::Nothing));
    }
}
