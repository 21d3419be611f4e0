//! Administrators' systems: who drives what when, and the drivers.

use crate::{
    answers::{problem::Problem, state::AppState},
    connections::address::Client,
    doors::api::{caller, read, read_each},
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
use operations::{MOST_LINES, OpsError};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use wire::HubId;
use wire::roster::{Roster, RosterAsk, SaveDriver, SaveShift, Saved, SavedAnswer};

/// `GET /api/v1/shifts`
pub(crate) async fn roster(
    State(house): State<AppState>,
    client: Client,
    query: Result<Query<RosterAsk>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Roster>, Problem> {
    let caller = caller(&house, &headers, client).await?;
    let unreadable = |_| {
        let message = "send ?hub= with the id that the set-up answered, ?day= as 2026-11-23 and ?days= from 1 to 7, or leave them out";
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", message)
    };
    let Query(ask) = query.map_err(unreadable)?;
    Ok(Json(house.ops.roster(&caller, ask).await?))
}

/// `POST /api/v1/shifts`
pub(crate) async fn save_shifts(
    State(house): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedAnswer>, Problem> {
    let caller = caller(&house, &headers, client).await?;
    let (hub, each) = list::<SaveShift>("shifts", body)?;
    let good = each.iter().filter_map(|shift| shift.as_ref().ok().cloned()).collect();
    Ok(Json(all(each, house.ops.save_shifts(&caller, hub, good).await?)))
}

/// `POST /api/v1/drivers`
pub(crate) async fn save_drivers(
    State(house): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedAnswer>, Problem> {
    let caller = caller(&house, &headers, client).await?;
    let (hub, each) = list::<SaveDriver>("drivers", body)?;
    let good = each.iter().filter_map(|driver| driver.as_ref().ok().cloned()).collect();
    Ok(Json(all(each, house.ops.save_drivers(&caller, hub, good).await?)))
}

/// Reads `{"hub": …, "shifts": […]}`, each of the list on its own.
#[expect(clippy::type_complexity, reason = "a list in which some cannot be read, and the hub")]
fn list<T: DeserializeOwned>(
    what: &str,
    body: Result<Bytes, BytesRejection>,
) -> Result<(Option<HubId>, Vec<Result<T, String>>), Problem> {
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
    Ok((hub, read_each(each)))
}

/// What became of each, those that could not be read in their places.
fn all<T>(each: Vec<Result<T, String>>, good: SavedAnswer) -> SavedAnswer {
    let mut saved = good.results.into_iter();
    let results = each.into_iter().filter_map(|read| match read {
        Ok(_) => saved.next(),
        Err(why) => Some(Saved::refused(why)),
    });
    SavedAnswer { results: results.collect() }
}
