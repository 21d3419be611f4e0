//! Administrators' systems: the history of before.

use crate::{
    answers::{problem::Problem, state::AppState},
    connections::address::Client,
    handlers::api::{at_hub, caller},
};
use axum::{
    Json,
    body::Bytes,
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode, header},
};
use operations::HistoryForm;
use wire::{history::HistoryAnswer, machine::AtHub};

/// `POST /api/v1/history`
pub(crate) async fn import(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<HistoryAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    let hub = at_hub(query)?.hub;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let form = match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "text/csv" => HistoryForm::Table,
        "application/x-ndjson" | "application/jsonl" | "application/json" => HistoryForm::Lines,
        _ => {
            let message = "say in Content-Type what is sent: text/csv, or application/x-ndjson for a JSON object on each line";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unreadable", message));
        }
    };
    Ok(Json(state.ops.import_history(&caller, hub, form, body?.into()).await?))
}
