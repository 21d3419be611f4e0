//! The live feed as server-sent events.
//!
//! Viewers who keep up get the same bytes, made and compressed once. Each frame is compressed by itself and ends on a
//! whole byte, so frames can be put behind each other in any viewer's one gzip stream, whenever that began.

use crate::{
    answers::{problem::Problem, state::AppState},
    guard,
    handlers::api::at_hub,
};
use axum::{
    Extension,
    body::{Body, Bytes},
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use flate2::{Compress, Compression, FlushCompress};
use futures::{Stream, StreamExt};
use operations::{Caller, OpsError, Parcel, Resume, Viewer};
use std::{convert::Infallible, sync::Arc, time::Duration};
use wire::machine::AtHub;

const TRY_AGAIN: Duration = Duration::from_secs(5);
/// How a gzip stream begins: deflate, no name, no time, any system.
const GZIP: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// `GET /live/day`
pub(crate) async fn day(
    State(state): State<AppState>,
    Extension(caller): Extension<Option<Caller>>,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = caller.ok_or(OpsError::NotSignedIn)?;
    let hub = at_hub(query)?.hub;
    let key = caller.session_key().unwrap_or_default().to_vec();
    let seat = state.streams.take(key).ok_or_else(Problem::too_many_streams)?;
    let resume = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(Resume::parse);
    let viewer = match state.ops.view(&caller, hub, resume).await {
        Ok(viewer) => viewer,
        // Anything but a stream would end the browser's trying, and the first hub may come at any moment.
        Err(OpsError::NoHub) => {
            return Ok(Sse::new(try_again()).keep_alive(KeepAlive::default()).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let compressed = takes_gzip(&headers);
    let bytes = if compressed {
        let begin = futures::stream::iter([Bytes::from_static(&GZIP)]);
        begin.chain(frames(viewer, |parcel| parcel.packed(packed))).left_stream()
    } else {
        frames(viewer, |parcel| parcel.plain(plain)).right_stream()
    };
    // Graceful shutdown waits for open answers, so every stream ends with the server; and with its session.
    let over = Box::pin(guard::stream_is_over(state, caller, seat));
    let bytes = bytes.take_until(over).map(Ok::<_, Infallible>);
    let mut answer = Response::new(Body::from_stream(bytes));
    let says = answer.headers_mut();
    says.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    says.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    says.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if compressed {
        says.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(answer)
}

/// A stream that ends at once and asks to be opened again.
fn try_again() -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::iter([Ok(Event::default().retry(TRY_AGAIN))])
}

fn frames(viewer: Viewer, bytes: fn(&Parcel) -> Arc<[u8]>) -> impl Stream<Item = Bytes> {
    futures::stream::unfold(viewer, move |mut viewer| async move {
        let parcel = viewer.next().await;
        Some((Bytes::from_owner(bytes(&parcel)), viewer))
    })
}

/// Whether a reader has said that it can unpack.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let said = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut ways = said.flat_map(|value| value.split(','));
    ways.any(|way| {
        let (name, weight) = way.split_once(';').unwrap_or((way, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_ok_and(|weight| weight > 0.0)
    })
}

/// A frame as an event of the stream.
fn plain(parcel: &Parcel) -> Vec<u8> {
    // A frame is plain numbers and words; were it ever not to become JSON, the viewer would miss one frame.
    let json = serde_json::to_string(&parcel.frame).unwrap_or_default();
    format!("event: frame\nid: {}\ndata: {json}\n\n", parcel.id).into_bytes()
}

/// The same, as a piece of a gzip stream.
fn packed(parcel: &Parcel) -> Vec<u8> {
    deflated(&plain(parcel))
}

fn deflated(text: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::default(), false);
    let mut bytes = Vec::with_capacity(text.len() / 2 + 1_024);
    loop {
        let rest = text.get(compress.total_in() as usize..).unwrap_or_default();
        let room = bytes.capacity() - bytes.len();
        let done = compress.compress_vec(rest, &mut bytes, FlushCompress::Sync);
        // A flush is complete once it has not filled all the room that it had.
        if done.is_err() || bytes.len() < bytes.capacity() || room == 0 && rest.is_empty() {
            return bytes;
        }
        bytes.reserve(text.len() / 2 + 1_024);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use serde_json::json;
    use std::io::Read;
    use wire::{
        live::{Frame, Moves},
        staff::control_room::VehicleMark,
    };

    #[test]
    fn pieces_can_be_put_behind_each_other_in_any_order() {
        let noise: String = (0..200_000_u64).map(|n| char::from(b' ' + (n * n * 7919 % 89) as u8)).collect();
        let texts = ["one", "", "two two two two", noise.as_str(), "three"];
        for first in 0..texts.len() {
            let mut stream = GZIP.to_vec();
            for text in &texts[first..] {
                stream.extend(deflated(text.as_bytes()));
            }
            let expected = texts[first..].concat();
            let mut read = vec![0; expected.len()];
            // No reader waits for the end of a stream that has none.
            GzDecoder::new(stream.as_slice()).read_exact(&mut read).unwrap();
            assert_eq!(String::from_utf8(read).unwrap(), expected);
        }
    }

    /// A mark somewhere in a city of 15 km by 15 km.
    fn mark(n: u64) -> VehicleMark {
        // Numbers as good as drawn, the same in each run.
        let drawn =
            |salt: u64| (n * 2_654_435_761 + salt * 40_503).wrapping_mul(6_364_136_223_846_793_005) >> 40;
        let part = |salt: u64| drawn(salt) as f64 / f64::from(1 << 24);
        serde_json::from_value(json!({
            "vehicle": format!("{:032x}", u128::from(drawn(1)) << 80 | u128::from(drawn(2)) << 40 | u128::from(n)),
            "label": format!("Van {n:03}"), "lat": 35.82 + part(3) * 0.135, "lon": 14.38 + part(4) * 0.166,
            "heading_deg": part(5) * 360.0, "speed_kmh": part(6) * 50.0, "standing": "on_time",
            "at": format!("2026-11-28T14:00:{:02}.{:03}+01:00", 29 + drawn(7) % 2, drawn(8) % 1_000),
        }))
        .unwrap()
    }

    #[test]
    fn six_hundred_moving_vehicles_are_eight_kilobytes() {
        let as_of = "2026-11-28T14:00:30+01:00".parse().unwrap();
        let marks: Vec<_> = (0..600).map(mark).collect();
        let moves = Moves::of(as_of, (0..).zip(&marks));
        let frame = Frame {
            seq: 123_456,
            as_of,
            snapshot: false,
            vehicles: vec![],
            moves,
            routes: vec![],
            counts: None,
            orders: vec![],
            exceptions: false,
            plan: false,
            build: "0.1.0".into(),
        };
        let text = serde_json::to_string(&frame).unwrap();
        let packed = deflated(text.as_bytes()).len();
        assert!(packed < 8_000, "{packed} bytes of {}", text.len());
        let whole =
            serde_json::to_string(&Frame { vehicles: marks, moves: Moves::default(), ..frame }).unwrap();
        let before = deflated(whole.as_bytes()).len();
        assert!(before > 2 * packed, "whole marks are {before} bytes of {}, moves {packed}", whole.len());
    }

    #[test]
    fn a_stream_is_packed_for_who_can_unpack() {
        let asks = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, value.parse().unwrap());
            takes_gzip(&headers)
        };
        assert!(asks("gzip, deflate, br") && asks("br;q=1.0, GZIP;q=0.5"));
        assert!(!asks("br") && !asks("gzip;q=0") && !asks("gzip;q=x") && !takes_gzip(&HeaderMap::new()));
    }
}
