//! How the house stands: whether it lives, and whether it can serve.

use crate::{router::House, workers::State as Fares};
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
pub(crate) async fn ready(State(house): State<House>) -> Response {
    let trouble = house.ops.readiness().await.err();
    let workers = house.workers.all();
    let ready = trouble.is_none() && workers.values().all(|fares| *fares == Fares::Works);
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Standing { ready, trouble, workers })).into_response()
}
