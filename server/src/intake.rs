//! Phones: positions, outcomes, the day's route; in our own JSON, and positions in the OsmAnd protocol too.

use crate::{
    api::{bearer, read},
    osmand,
    problem::Problem,
    router::House,
};
use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, Method, StatusCode, header},
};
use operations::Caller;
use wire::intake::{DriverRoute, Outcomes, OutcomesAnswer, Positions, PositionsAnswer};

async fn device(house: &House, token: Option<&str>) -> Result<Caller, Problem> {
    let token = token.ok_or_else(|| {
        let message = "send the device's token as `Authorization: Bearer …`";
        Problem::new(StatusCode::UNAUTHORIZED, "no_token", message)
    })?;
    if !house.limits.device(token) {
        return Err(Problem::too_many_requests());
    }
    Ok(house.ops.who_by_device(token).await?.0)
}

/// `POST /intake/positions`
pub(crate) async fn positions(
    State(house): State<House>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PositionsAnswer>, Problem> {
    let caller = device(&house, bearer(&headers)).await?;
    let positions: Positions = read("a batch of positions", body)?;
    Ok(Json(house.ops.record_positions(&caller, positions.fixes).await?))
}

/// `POST /intake/outcomes`
pub(crate) async fn outcomes(
    State(house): State<House>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<OutcomesAnswer>, Problem> {
    let caller = device(&house, bearer(&headers)).await?;
    let outcomes: Outcomes = read("a batch of outcomes", body)?;
    Ok(Json(house.ops.record_outcomes(&caller, outcomes.reports).await?))
}

/// `GET /intake/route`
pub(crate) async fn route(
    State(house): State<House>,
    headers: HeaderMap,
) -> Result<Json<DriverRoute>, Problem> {
    let caller = device(&house, bearer(&headers)).await?;
    Ok(Json(house.ops.driver_route(&caller).await?))
}

/// `GET` and `POST /osmand`: OsmAnd, and Traccar Client in its older and newer form. Their identifier is the device's
/// token: the protocol has no other place for a secret.
pub(crate) async fn osmand(
    State(house): State<House>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PositionsAnswer>, Problem> {
    let body = body?;
    let json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"));
    let now = house.ops.clock().now();
    let reading = if method == Method::POST && json {
        osmand::read_json(&body)
    } else {
        let form = std::str::from_utf8(&body).unwrap_or_default();
        let query = query.filter(|q| !q.is_empty());
        osmand::read_query(query.as_deref().unwrap_or(form), now)
    };
    let reading = reading.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "unreadable", e.to_string()))?;
    // An unknown device is answered as Traccar answers it, so that its client shows the same.
    let caller = device(&house, Some(&reading.device)).await?;
    let Some(fix) = reading.fix else {
        return Ok(Json(PositionsAnswer { stored: 0, known: 0, refused: vec![] }));
    };
    Ok(Json(house.ops.record_positions(&caller, vec![fix]).await?))
}
