//! How the server stands: whether it lives, and whether it can serve.

use crate::{answers::state::AppState, workers::State as Fares};
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use std::collections::BTreeMap;

/// `GET /healthz`, and `/health` as it was called before: the process answers. Whoever watches it may start it anew when it
/// does not; nothing else is asked, so that a database that is away restarts nobody.
pub(crate) async fn alive() -> &'static str {
    "ok"
}

#[derive(Serialize)]
struct Standing {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trouble: Option<&'static str>,
    workers: BTreeMap<&'static str, Fares>,
}

/// `GET /readyz`: 200 when the database answers, readings are taken and every worker works; 503 with what is wrong when not.
pub(crate) async fn ready(State(state): State<AppState>) -> Response {
    let (status, said) = stands(state.ops.readiness().await.err(), state.workers.all());
    (status, Json(said)).into_response()
}

fn stands(trouble: Option<&'static str>, workers: BTreeMap<&'static str, Fares>) -> (StatusCode, Standing) {
    let ready = trouble.is_none() && workers.values().all(|fares| *fares == Fares::Works);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Standing { ready, trouble, workers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_worker_in_trouble_is_named_and_makes_the_house_not_ready() {
        let of = |fares| BTreeMap::from([("watch", Fares::Works), ("planning", fares)]);
        assert_eq!(stands(None, of(Fares::Works)).0, StatusCode::OK);
        assert_eq!(stands(Some("the database is away"), of(Fares::Works)).0, StatusCode::SERVICE_UNAVAILABLE);
        for fares in [Fares::Fails, Fares::Panics] {
            let (status, said) = stands(None, of(fares));
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            let said = serde_json::to_value(said).unwrap();
            assert_eq!(
                (&said["ready"], said["workers"]["planning"] == "works"),
                (&serde_json::json!(false), false),
                "{said}"
            );
        }
    }
}
