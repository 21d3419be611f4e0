//! Shops and administrators' systems: orders, set-up, the clock, the day's numbers.

use crate::{problem::Problem, router::House};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use operations::Caller;
use serde::de::DeserializeOwned;
use wire::api::{ClockAnswer, Estimates, PlaceOrders, PlaceOrdersAnswer, SetUp, SetUpAnswer, Stats};

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

async fn caller(house: &House, headers: &HeaderMap) -> Result<Caller, Problem> {
    let key = bearer(headers).ok_or_else(|| {
        let message = "send your API key as `Authorization: Bearer …`";
        Problem::new(StatusCode::UNAUTHORIZED, "no_key", message)
    })?;
    if !house.limits.machine(key) {
        return Err(Problem::too_many_requests());
    }
    Ok(house.ops.who_by_key(key).await?)
}

/// `POST /api/v1/orders`
pub(crate) async fn place_orders(
    State(house): State<House>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PlaceOrdersAnswer>, Problem> {
    let caller = caller(&house, &headers).await?;
    // An untagged enum cannot say which field is wrong, so the shape is chosen first and read by name.
    let value: serde_json::Value = read("JSON", body)?;
    let ask = if value.get("orders").is_some() {
        #[derive(serde::Deserialize)]
        struct Bulk {
            orders: Vec<wire::api::PlaceOrder>,
        }
        let bulk: Bulk =
            serde_json::from_value(value).map_err(|e| Problem::unreadable("a list of orders", &e))?;
        PlaceOrders::Bulk { orders: bulk.orders }
    } else {
        PlaceOrders::Single(serde_json::from_value(value).map_err(|e| Problem::unreadable("an order", &e))?)
    };
    Ok(Json(house.ops.place_orders(&caller, ask).await?))
}

/// `POST /api/v1/operation`
pub(crate) async fn set_up(
    State(house): State<House>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<SetUpAnswer>, Problem> {
    let caller = caller(&house, &headers).await?;
    let ask: SetUp = read("a set-up", body)?;
    Ok(Json(house.ops.set_up(&caller, ask).await?))
}

/// `GET /api/v1/clock`
pub(crate) async fn clock(
    State(house): State<House>,
    headers: HeaderMap,
) -> Result<Json<ClockAnswer>, Problem> {
    caller(&house, &headers).await?;
    let clock = house.ops.clock();
    Ok(Json(ClockAnswer { now: clock.now(), factor: clock.factor() }))
}

/// `GET /api/v1/stats`
pub(crate) async fn stats(State(house): State<House>, headers: HeaderMap) -> Result<Json<Stats>, Problem> {
    let caller = caller(&house, &headers).await?;
    Ok(Json(house.ops.stats(&caller).await?))
}

/// `GET /api/v1/estimates`
pub(crate) async fn estimates(
    State(house): State<House>,
    headers: HeaderMap,
) -> Result<Json<Estimates>, Problem> {
    let caller = caller(&house, &headers).await?;
    Ok(Json(house.ops.estimates(&caller).await?))
}
