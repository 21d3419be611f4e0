//! Phones: positions, outcomes, the day's route; in our own JSON, and positions in the OsmAnd protocol too.

use crate::{
    answers::{problem::Problem, state::AppState},
    connections::address::Client,
    handlers::{
        api::{bearer, read, read_each},
        osmand,
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State, rejection::BytesRejection},
    http::{HeaderMap, Method, StatusCode, header},
};
use operations::{Caller, MOST_FIXES, MOST_REPORTS, OpsError};
use serde::Deserialize;
use serde_json::Value;
use wire::{
    ReportId,
    driver::{
        DriverRoute, Fix, OutcomesAnswer, Positions, PositionsAnswer, RefusedFix, Report, ReportResult,
        ReportStatus,
    },
};

async fn device(state: &AppState, token: Option<&str>, client: Client) -> Result<Caller, Problem> {
    let token = token.ok_or_else(|| {
        let message = "send the device's token as `Authorization: Bearer …`";
        Problem::new(StatusCode::UNAUTHORIZED, "no_token", message)
    })?;
    if !state.limits.device(token, client.0) {
        return Err(Problem::too_many_requests());
    }
    let found = state.ops.who_by_device(token).await;
    match &found {
        Ok(_) => state.limits.opened(token),
        Err(OpsError::NotSignedIn) => state.limits.did_not_open(token),
        Err(_) => {}
    }
    Ok(found?.0)
}

/// `POST /intake/positions`
pub(crate) async fn positions(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<PositionsAnswer>, Problem> {
    let caller = device(&state, bearer(&headers), client).await?;
    let body = body?;
    if let Ok(positions) = serde_json::from_slice::<Positions>(&body) {
        return Ok(Json(state.ops.record_positions(&caller, positions.fixes).await?));
    }
    #[derive(Deserialize)]
    struct Sent {
        fixes: Vec<Value>,
    }
    let Sent { fixes } = read("a batch of positions", Ok(body))?;
    if fixes.len() > MOST_FIXES {
        return Err(OpsError::Invalid(format!("send at most {MOST_FIXES} readings in one request")).into());
    }
    let (mut places, mut good, mut refused) = (vec![], vec![], vec![]);
    for (index, fix) in read_each::<Fix>(&fixes).into_iter().enumerate() {
        match fix {
            Ok(fix) => {
                places.push(index);
                good.push(fix);
            }
            Err(why) => refused.push(RefusedFix { index, why }),
        }
    }
    let mut answer = state.ops.record_positions(&caller, good).await?;
    let of_all = |r: RefusedFix| Some(RefusedFix { index: *places.get(r.index)?, why: r.why });
    refused.extend(answer.refused.into_iter().filter_map(of_all));
    refused.sort_by_key(|r| r.index);
    answer.refused = refused;
    Ok(Json(answer))
}

/// `POST /intake/outcomes`
pub(crate) async fn outcomes(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<OutcomesAnswer>, Problem> {
    let caller = device(&state, bearer(&headers), client).await?;
    #[derive(Deserialize)]
    struct Sent {
        reports: Vec<Value>,
    }
    let Sent { reports } = read("a batch of outcomes", body)?;
    if reports.len() > MOST_REPORTS {
        return Err(OpsError::Invalid(format!("send at most {MOST_REPORTS} reports in one request")).into());
    }
    let read = read_each::<Report>(&reports);
    let good = read.iter().filter_map(|report| report.as_ref().ok().cloned()).collect();
    let mut recorded = state.ops.record_outcomes(&caller, good).await?.results.into_iter();
    let results = read.into_iter().zip(&reports).filter_map(|(read, sent)| match read {
        Ok(_) => recorded.next(),
        Err(why) => {
            let id = sent.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let id = id.unwrap_or(ReportId(Default::default()));
            Some(ReportResult { id, result: ReportStatus::Refused, why: Some(why) })
        }
    });
    Ok(Json(OutcomesAnswer { results: results.collect() }))
}

/// `GET /intake/route`
pub(crate) async fn route(
    State(state): State<AppState>,
    client: Client,
    headers: HeaderMap,
) -> Result<Json<DriverRoute>, Problem> {
    let caller = device(&state, bearer(&headers), client).await?;
    Ok(Json(state.ops.driver_route(&caller).await?))
}

/// `GET` and `POST /osmand`: OsmAnd, and Traccar Client in its older and newer form. Their identifier is the device's
/// token: the protocol has no other place for a secret.
pub(crate) async fn osmand(
    State(state): State<AppState>,
    client: Client,
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
    let now = state.ops.clock().now();
    let reading = if method == Method::POST && json {
        osmand::read_json(&body)
    } else {
        let form = std::str::from_utf8(&body).unwrap_or_default();
        let query = query.filter(|q| !q.is_empty());
        osmand::read_query(query.as_deref().unwrap_or(form), now)
    };
    let reading = reading.map_err(|e| Problem::new(StatusCode::BAD_REQUEST, "unreadable", e.to_string()))?;
    // An unknown device is answered as Traccar answers it, so that its client shows the same.
    let caller = device(&state, Some(&reading.device), client).await?;
    let Some(fix) = reading.fix else {
        return Ok(Json(PositionsAnswer { stored: 0, known: 0, refused: vec![] }));
    };
    Ok(Json(state.ops.record_positions(&caller, vec![fix]).await?))
}
