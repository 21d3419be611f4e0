//! The live feed as server-sent events.

use crate::{guard, problem::Problem, router::House};
use axum::{
    Extension,
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use futures::{Stream, StreamExt};
use operations::{Caller, OpsError, Resume};
use std::{convert::Infallible, time::Duration};

const TRY_AGAIN: Duration = Duration::from_secs(5);

/// `GET /live/day`
pub(crate) async fn day(
    State(house): State<House>,
    Extension(caller): Extension<Option<Caller>>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let caller = caller.ok_or(OpsError::NotSignedIn)?;
    let key = caller.session_key().unwrap_or_default().to_vec();
    let seat = house.streams.take(key).ok_or_else(Problem::too_many_streams)?;
    let resume = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(Resume::parse);
    let viewer = match house.ops.view(&caller, resume).await {
        Ok(viewer) => viewer,
        // Anything but a stream would end the browser's trying, and the first hub may come at any moment.
        Err(OpsError::NoHub) => {
            return Ok(Sse::new(try_again().left_stream()).keep_alive(KeepAlive::default()));
        }
        Err(error) => return Err(error.into()),
    };
    let frames = futures::stream::unfold(viewer, |mut viewer| async {
        let (id, frame) = viewer.next().await;
        // A frame is plain numbers and words; were it ever not to become JSON, the viewer would get an empty heartbeat.
        let event =
            Event::default().event("frame").id(id).json_data(frame).unwrap_or_else(|_| Event::default());
        Some((Ok(event), viewer))
    });
    // Graceful shutdown waits for open answers, so every stream ends with the house; and with its session.
    let frames = frames.take_until(Box::pin(guard::stream_is_over(house, caller, seat)));
    Ok(Sse::new(frames.right_stream()).keep_alive(KeepAlive::default()))
}

/// A stream that ends at once and asks to be opened again.
fn try_again() -> impl Stream<Item = Result<Event, Infallible>> {
    futures::stream::iter([Ok(Event::default().retry(TRY_AGAIN))])
}
