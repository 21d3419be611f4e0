//! Shops and administrators' systems: orders, set-up, zones, the clock, the day's numbers.

use crate::{
    answers::{
        problem::{Problem, plainly},
        state::AppState,
    },
    connections::address::Client,
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
use operations::{Caller, MOST_ORDERS, OpsError};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use wire::machine::{
    AtHub, ClockAnswer, Estimates, PlaceOrder, PlaceOrderResult, PlaceOrders, PlaceOrdersAnswer, PlaceStatus,
    SetUp, SetUpAnswer, Stats,
};
use wire::zones::{ZoneCollection, ZonesAnswer};

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(crate) fn read<T: DeserializeOwned>(
    what: &str,
    body: Result<Bytes, BytesRejection>,
) -> Result<T, Problem> {
    serde_json::from_slice(&body?).map_err(|e| Problem::unreadable(what, &e))
}

/// Reads each of a list on its own, so that one that cannot be read keeps no other out.
pub(crate) fn read_each<T: DeserializeOwned>(list: &[Value]) -> Vec<Result<T, String>> {
    let unreadable = |e| format!("it cannot be read: {}", plainly(&e));
    list.iter().map(|value| T::deserialize(value).map_err(unreadable)).collect()
}

pub(crate) async fn caller(state: &AppState, headers: &HeaderMap, client: Client) -> Result<Caller, Problem> {
    let key = bearer(headers).ok_or_else(|| {
        let message = "send your API key as `Authorization: Bearer …`";
        Problem::new(StatusCode::UNAUTHORIZED, "no_key", message)
    })?;
    if !state.limits.machine(key, client.0) {
        return Err(Problem::too_many_requests());
    }
    let found = state.ops.who_by_key(key).await;
    match &found {
        Ok(_) => state.limits.opened(key),
        Err(OpsError::NotSignedIn) => state.limits.did_not_open(key),
        Err(_) => {}
    }
    Ok(found?)
}

/// `POST /api/v1/orders`
pub(crate) async fn place_orders(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PlaceOrdersAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    // An untagged enum cannot say which field is wrong, so the shape is chosen first and read by name.
    let value: Value = read("JSON", body)?;
    let Some(orders) = value.get("orders") else {
        let order = PlaceOrder::deserialize(&value).map_err(|e| Problem::unreadable("an order", &e))?;
        return Ok(Json(state.ops.place_orders(&caller, PlaceOrders::Single(Box::new(order))).await?));
    };
    let Some(orders) = orders.as_array() else {
        let message = "the body is not a list of orders: send them as {\"orders\": [\u{2026}]}";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", message));
    };
    if orders.len() > MOST_ORDERS {
        return Err(OpsError::Invalid(format!("send at most {MOST_ORDERS} orders in one request")).into());
    }
    let read = read_each::<PlaceOrder>(orders);
    let good = read.iter().filter_map(|order| order.as_ref().ok().cloned()).collect();
    let answer = state.ops.place_orders(&caller, PlaceOrders::Bulk { orders: good }).await?;
    let mut placed = answer.results.into_iter();
    let results = read.into_iter().zip(orders).filter_map(|(read, sent)| match read {
        Ok(_) => placed.next(),
        Err(why) => {
            let reference =
                sent.get("reference").and_then(Value::as_str).unwrap_or_default().chars().take(64).collect();
            let result = PlaceStatus::Refused;
            Some(PlaceOrderResult { reference, result, order: None, hub: None, why: Some(why) })
        }
    });
    Ok(Json(PlaceOrdersAnswer { results: results.collect() }))
}

/// `POST /api/v1/operation`
pub(crate) async fn set_up(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SetUpAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    let ask: SetUp = read("a set-up", body)?;
    Ok(Json(state.ops.set_up(&caller, ask).await?))
}

/// `GET /api/v1/clock`
pub(crate) async fn clock(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
) -> Result<Json<ClockAnswer>, Problem> {
    caller(&state, &headers, client).await?;
    let clock = state.ops.clock();
    Ok(Json(ClockAnswer { now: clock.now(), factor: clock.factor() }))
}

/// Reads which hub is meant.
pub(crate) fn at_hub(query: Result<Query<AtHub>, QueryRejection>) -> Result<AtHub, Problem> {
    let unreadable = || {
        let message = "hub is no hub's id: leave it out, or send the one that the set-up answered";
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", message)
    };
    query.map(|Query(at)| at).map_err(|_| unreadable())
}

/// `GET /api/v1/stats`
pub(crate) async fn stats(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Stats>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    if at_hub(query)?.hub.is_some() {
        let message = "these numbers are of all hubs together: leave hub out";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "unreadable", message));
    }
    Ok(Json(state.ops.stats(&caller).await?))
}

/// `GET /api/v1/estimates`
pub(crate) async fn estimates(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<Estimates>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    Ok(Json(state.ops.estimates(&caller, at_hub(query)?.hub).await?))
}

/// `GET /api/v1/zones`
pub(crate) async fn zones(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Json<ZoneCollection>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    Ok(Json(state.ops.zones_geojson(&caller, at_hub(query)?.hub).await?))
}

/// `POST /api/v1/zones`
pub(crate) async fn draw_zones(
    State(state): State<AppState>,
    client: Client,
    query: Result<Query<AtHub>, QueryRejection>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<ZonesAnswer>, Problem> {
    let caller = caller(&state, &headers, client).await?;
    let hub = at_hub(query)?.hub;
    let sent: Value = read("GeoJSON", body)?;
    Ok(Json(state.ops.import_zones(&caller, hub, sent).await?))
}

/// Any other path below `/api/v1`.
pub(crate) async fn unknown(uri: axum::http::Uri) -> Problem {
    let message = format!("there is nothing at {}: `doorstep endpoints` names every path", uri.path());
    Problem::new(StatusCode::NOT_FOUND, "not_found", message)
}

/// A path asked in a way that it does not answer.
pub(crate) async fn wrong_method(method: axum::http::Method, uri: axum::http::Uri) -> Problem {
    let message = format!(
        "{} is not asked by {method}: `doorstep endpoints` names every path with its method",
        uri.path()
    );
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "wrong_method", message)
}
