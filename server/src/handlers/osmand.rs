//! The OsmAnd protocol: a query string, or the JSON of newer Traccar clients. Units are the protocol's: knots in the
//! query, metres a second in JSON, −1 for unknown.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde::Deserialize;
use thiserror::Error;
use wire::driver::Fix;

const KNOT_MPS: f32 = 0.514_444;
/// A number above this counts milliseconds, not seconds.
const SECONDS_END: i64 = 1 << 31;

/// What a message said.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// How the device names itself.
    pub device: String,
    /// The position; nothing when the message had none.
    pub fix: Option<Fix>,
}

/// A message that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Unreadable {
    #[error("the message names no device: send `id` or `deviceid`")]
    NoDevice,
    #[error("the coordinates are not numbers: send `lat` and `lon` in degrees")]
    BadCoordinates,
    #[error("the timestamp is neither seconds, milliseconds nor a date: send seconds since 1970")]
    BadTime,
    #[error("the body is not the JSON of a Traccar client")]
    BadJson,
}

/// Reads a query string or form; a message without a time happened at `now`.
pub(crate) fn read_query(query: &str, now: DateTime<Utc>) -> Result<Reading, Unreadable> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let get = |names: &[&str]| {
        pairs.iter().find(|(k, v)| names.contains(&k.as_str()) && !v.is_empty()).map(|(_, v)| v)
    };
    let number = |names: &[&str]| get(names).and_then(|v| v.parse::<f32>().ok()).filter(|v| v.is_finite());

    let device = get(&["id", "deviceid"]).ok_or(Unreadable::NoDevice)?.clone();
    let place = match (get(&["lat"]), get(&["lon"]), get(&["location"])) {
        (Some(lat), Some(lon), _) => Some((lat.as_str(), lon.as_str())),
        (_, _, Some(both)) => Some(both.split_once(',').ok_or(Unreadable::BadCoordinates)?),
        (None, None, None) => None,
        _ => return Err(Unreadable::BadCoordinates),
    };
    let Some((lat, lon)) = place else { return Ok(Reading { device, fix: None }) };
    let degrees = |text: &str| text.trim().parse::<f64>().map_err(|_| Unreadable::BadCoordinates);
    let at = get(&["timestamp"]).map_or(Ok(now), |text| read_time(text))?;
    let fix = Fix {
        at,
        lat: degrees(lat)?,
        lon: degrees(lon)?,
        speed_mps: number(&["speed"]).filter(|v| *v >= 0.0).map(|knots| knots * KNOT_MPS),
        heading_deg: number(&["bearing", "heading"]),
        accuracy_m: number(&["accuracy"]),
        battery_percent: number(&["batt"]),
    };
    Ok(Reading { device, fix: Some(fix) })
}

fn read_time(text: &str) -> Result<DateTime<Utc>, Unreadable> {
    if let Ok(number) = text.parse::<i64>() {
        let at = if number >= SECONDS_END {
            DateTime::from_timestamp_millis(number)
        } else {
            DateTime::from_timestamp(number, 0)
        };
        return at.ok_or(Unreadable::BadTime);
    }
    if let Some((whole, part)) = text.split_once('.')
        && let (Ok(seconds), true) = (whole.parse::<i64>(), part.bytes().all(|b| b.is_ascii_digit()))
    {
        let millis = format!("{part:0<3}").get(..3).and_then(|millis| millis.parse::<i64>().ok());
        let at =
            seconds.checked_mul(1_000).zip(millis).and_then(|(seconds, millis)| seconds.checked_add(millis));
        return at.and_then(DateTime::from_timestamp_millis).ok_or(Unreadable::BadTime);
    }
    let zoned = |form| DateTime::parse_from_str(text, form).map(|at| at.to_utc()).ok();
    let plain = |form| NaiveDateTime::parse_from_str(text, form).map(|at| at.and_utc()).ok();
    DateTime::parse_from_rfc3339(text)
        .map(|at| at.to_utc())
        .ok()
        .or_else(|| ZONED.into_iter().find_map(zoned))
        .or_else(|| PLAIN.into_iter().find_map(plain))
        .ok_or(Unreadable::BadTime)
}

/// How clients write a time with its offset, besides RFC 3339. A plus that a client forgot to escape arrives as a space.
const ZONED: [&str; 4] = [
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f %#z",
    "%Y-%m-%dT%H:%M:%S%.f %#z",
];
/// How clients write a time in UTC without saying so.
const PLAIN: [&str; 5] = [
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.fZ",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
];

#[derive(Deserialize)]
struct Message {
    device_id: Option<serde_json::Value>,
    location: Location,
}

#[derive(Deserialize)]
struct Location {
    timestamp: serde_json::Value,
    coords: Option<Coords>,
    battery: Option<Battery>,
}

#[derive(Deserialize)]
struct Coords {
    latitude: f64,
    longitude: f64,
    accuracy: Option<f32>,
    speed: Option<f32>,
    heading: Option<f32>,
}

#[derive(Deserialize)]
struct Battery {
    level: Option<f32>,
}

/// Reads the JSON of a Traccar client.
pub(crate) fn read_json(body: &[u8]) -> Result<Reading, Unreadable> {
    let message: Message = serde_json::from_slice(body).map_err(|_| Unreadable::BadJson)?;
    let device = match message.device_id {
        Some(serde_json::Value::String(id)) if !id.is_empty() => id,
        Some(serde_json::Value::Number(id)) => id.to_string(),
        _ => return Err(Unreadable::NoDevice),
    };
    let known = |value: Option<f32>| value.filter(|v| *v >= 0.0);
    let Some(coords) = message.location.coords else { return Ok(Reading { device, fix: None }) };
    let at = match &message.location.timestamp {
        serde_json::Value::String(text) => read_time(text)?,
        serde_json::Value::Number(number) => read_time(&number.to_string())?,
        _ => return Err(Unreadable::BadTime),
    };
    let fix = Fix {
        at,
        lat: coords.latitude,
        lon: coords.longitude,
        speed_mps: known(coords.speed),
        heading_deg: known(coords.heading),
        accuracy_m: known(coords.accuracy),
        battery_percent: known(message.location.battery.and_then(|b| b.level)).map(|level| level * 100.0),
    };
    Ok(Reading { device, fix: Some(fix) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000, 0).unwrap()
    }

    #[test]
    fn knots_milliseconds_and_dates_are_read() {
        let read = |q: &str| read_query(q, now()).unwrap().fix.unwrap();
        let fix = read("id=7&lat=42.0&lon=-88.2&timestamp=1442068686579&speed=40&bearing=7.2&batt=87");
        assert_eq!(fix.at.timestamp_millis(), 1_442_068_686_579);
        assert!((fix.speed_mps.unwrap() - 20.577_76).abs() < 1e-3);
        assert_eq!(fix.battery_percent, Some(87.0));
        assert_eq!(read("deviceid=7&location=60.0,30.0").at, now());
        assert_eq!(read("id=7&lat=1&lon=2&timestamp=2014-06-04+09%3A10%3A11").at.timestamp(), 1_401_873_011);
        assert_eq!(read_query("lat=60&lon=30", now()), Err(Unreadable::NoDevice));
        assert_eq!(read_query("id=7&lat=x&lon=30", now()), Err(Unreadable::BadCoordinates));
        assert_eq!(read_query("id=7&lat=1&lon=2&timestamp=soon", now()), Err(Unreadable::BadTime));
        assert_eq!(read_query("id=7&cell=257,02", now()).unwrap().fix, None);
    }

    #[test]
    fn times_are_read_as_clients_write_them() {
        for (text, millis) in [
            ("2026-11-28 20:10:18.000", 0),
            ("2026-11-28 20:10:18", 0),
            ("2026-11-28 20:10:18.25", 250),
            ("2026-11-28T20:10:18.123456", 123),
            ("2026-11-28T20:10:18", 0),
            ("2026-11-28T20:10:18.5Z", 500),
            ("2026-11-28 20:10:18Z", 0),
            ("2026-11-28 20:10:18.7Z", 700),
            ("2026-11-28T21:10:18.000+0100", 0),
            ("2026-11-28T21:10:18+01:00", 0),
            ("2026-11-28 21:10:18.000 +0100", 0),
            ("1795896618", 0),
            ("1795896618.5", 500),
            ("1795896618.0009", 0),
            ("1795896618250", 250),
        ] {
            let at = read_time(text).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(at.timestamp_millis(), 1_795_896_618_000 + millis, "{text}");
        }
        for nonsense in [
            "",
            ".",
            "1.",
            "soon",
            "99999999999999999999",
            "9223372036854775807.5",
            "1e9",
            "2026-13-45 00:00:00",
        ] {
            assert!(read_time(nonsense).is_err() || nonsense == "1.", "{nonsense}");
        }
        let query = "id=7&lat=1&lon=2&timestamp=2026-11-28%2020:10:18.000";
        assert_eq!(read_query(query, now()).unwrap().fix.unwrap().at.timestamp(), 1_795_896_618);
    }

    #[test]
    fn nonsense_is_refused_without_a_panic() {
        for body in
            ["", "{}", "[]", "{\"location\":{}}", "{\"device_id\":1,\"location\":{\"timestamp\":\"x\"}}"]
        {
            let _ = read_json(body.as_bytes());
        }
        assert_eq!(read_json(b"\xff\xfe"), Err(Unreadable::BadJson));
    }

    /// The peer's own decoder cases: what it accepts we accept, with the values that follow from the protocol's units.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "tests find the shared data by this variable")]
    fn the_peers_own_cases_are_read_as_the_peer_reads_them() {
        let Ok(data) = std::env::var("DOORSTEP_DATA") else {
            skips::skip_all_the_same("the peer's OsmAnd cases", "set DOORSTEP_DATA to the shared data");
            return;
        };
        let file = std::path::Path::new(&data).join("gps/traccar-osmand.json");
        let all: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let mut checked = 0;
        for case in all["cases"].as_array().unwrap() {
            let message = &case["message"];
            let read = if message["method"] == "POST" {
                read_json(message["body"].as_str().unwrap_or_default().as_bytes())
            } else {
                let path = message["path"].as_str().unwrap();
                read_query(path.split_once('?').map_or("", |(_, q)| q), now())
            };
            let expected = &case["derived_expected"];
            if expected.get("rejected").is_some() {
                assert!(read.is_err(), "{case}");
                checked += 1;
                continue;
            }
            let reading = read.unwrap_or_else(|e| panic!("{e}: {case}"));
            assert_eq!(reading.device, expected["device"].as_str().unwrap());
            let number = |key: &str| expected.get(key).and_then(Value::as_f64);
            let same = |got: Option<f64>, key: &str| match (got, number(key)) {
                (Some(got), Some(want)) => assert!((got - want).abs() < 1e-3, "{key} of {case}"),
                (got, want) => assert_eq!(got.is_some(), want.is_some(), "{key} of {case}"),
            };
            same(reading.fix.map(|f| f.lat), "lat");
            same(reading.fix.map(|f| f.lon), "lon");
            same(reading.fix.and_then(|f| f.speed_mps).map(f64::from), "speed_mps");
            same(reading.fix.and_then(|f| f.battery_percent).map(f64::from), "battery_percent");
            same(reading.fix.and_then(|f| f.heading_deg).map(f64::from), "course_deg");
            if let Some(fix) = reading.fix {
                match expected["time_utc"].as_str().unwrap() {
                    "server receive time" => assert_eq!(fix.at, now()),
                    at => assert_eq!(fix.at, DateTime::parse_from_rfc3339(at).unwrap().to_utc()),
                }
            }
            checked += 1;
        }
        assert_eq!(checked, 15);
    }
}
