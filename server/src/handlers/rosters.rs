//! Administrators' systems: who drives what when, and the drivers.

use crate::{
    answers::{problem::Problem, state::AppState},
    connections::address::Client,
    handlers::api::{at_hub, caller, read, read_each},
};
use axum::{
    Json,
    body::Bytes,
    extract::{
        Query, State,
        rejection::{BytesRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
};
use chrono::NaiveDate;
use operations::{MOST_LINES, OpsError};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use wire::HubId;
use wire::machine::AtHub;
use wire::roster::{Roster, RosterAsk, Saved, SavedAnswer};

/// Which days of a roster are meant.
#[derive(Deserialize)]
pub(crate) struct AtDays {
    #[serde(default)]
    day: Option<NaiveDate>,
    #[serde(default)]
    days: Option<u8>,
}

/// `GET /api/v1/shifts`
pub(crate) async fn roster(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    days: Result<Query<AtDays>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Roster>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    let hub = at_hub(query)?.hub;
    let unreadable = |_| {
        let message = "send ?day= as 2026-11-23 and ?days= from 1 to 7, or leave them out";
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", message)
    };
    let Query(AtDays { day, days }) = days.map_err(unreadable)?;
    Ok(Json(state.ops.roster(&caller, RosterAsk { hub, day, days }).await?))
}

/// `POST /api/v1/shifts`
pub(crate) async fn save_shifts(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    each_for_itself("shifts", body, |hub, shifts| state.ops.save_shifts(&caller, hub, shifts)).await
}

/// `POST /api/v1/drivers`
pub(crate) async fn save_drivers(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    each_for_itself("drivers", body, |hub, drivers| state.ops.save_drivers(&caller, hub, drivers)).await
}

/// Reads `{"hub": …, "shifts": […]}`, each of the list on its own, and saves what can be read; the rest is refused in its place.
async fn each_for_itself<T: DeserializeOwned, F: Future<Output = Result<SavedAnswer, OpsError>>>(
    what: &str,
    body: Result<Bytes, BytesRejection>,
    save: impl FnOnce(Option<HubId>, Vec<T>) -> F,
) -> Result<Json<SavedAnswer>, Problem> {
    let value: Value = read("JSON", body)?;
    let Some(each) = value.get(what).and_then(Value::as_array) else {
        let message = format!("the body is no list: send it as {{\"{what}\": [\u{2026}]}}");
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", message));
    };
    if each.len() > MOST_LINES {
        return Err(OpsError::Invalid(format!("send at most {MOST_LINES} {what} in one request")).into());
    }
    let hub = value.get("hub").unwrap_or(&Value::Null);
    let hub = Option::<HubId>::deserialize(hub).map_err(|e| Problem::unreadable("hub", &e))?;
    let mut good = vec![];
    let unread: Vec<_> =
        read_each(each).into_iter().map(|read| read.map(|one| good.push(one)).err()).collect();
    let mut saved = save(hub, good).await?.results.into_iter();
    let results = unread.into_iter().filter_map(|why| why.map(Saved::refused).or_else(|| saved.next()));
    Ok(Json(SavedAnswer { results: results.collect() }))
}
