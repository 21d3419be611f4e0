//! Every route, on one page.

use crate::{
    answers::{problem::Problem, state::AppState},
    guard,
    handlers::{api, health, history, intake, links, rosters, stream, tiles},
    workers,
};
use app::{App, shell};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::IntoResponse,
    routing::{any, get, post},
};
use leptos::prelude::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use std::{any::Any, path::PathBuf, time::Duration};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
    services::ServeDir, set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

const PAGE_TIME: Duration = Duration::from_secs(30);
const SMALL_BODY: usize = 256 * 1024;
const BATCH_BODY: usize = 2 * 1024 * 1024;
/// Some weeks of history.
const HISTORY_BODY: usize = 64 * 1024 * 1024;
const HISTORY_TIME: Duration = Duration::from_secs(600);

/// Every endpoint by method and path: the machines', the devices', and the server functions'. What is in braces is chosen by
/// the caller.
pub fn endpoints() -> Vec<(String, String)> {
    let fixed = [
        ("POST", "/intake/positions"),
        ("POST", "/intake/outcomes"),
        ("GET", "/intake/route"),
        ("GET", "/osmand"),
        ("POST", "/osmand"),
        ("GET", "/live/day"),
        ("POST", "/api/v1/orders"),
        ("POST", "/api/v1/operation"),
        ("GET", "/api/v1/shifts"),
        ("POST", "/api/v1/shifts"),
        ("POST", "/api/v1/drivers"),
        ("GET", "/api/v1/clock"),
        ("GET", "/api/v1/stats"),
        ("GET", "/api/v1/estimates"),
        ("GET", "/api/v1/zones"),
        ("POST", "/api/v1/zones"),
        ("POST", "/api/v1/history"),
        ("GET", "/healthz"),
        ("GET", "/readyz"),
        ("GET", "/tiles/{z}/{x}/{y}"),
        ("POST", "/sign-in/link/{token}"),
    ];
    let fixed = fixed.into_iter().map(|(method, path)| (method.to_owned(), path.to_owned()));
    let pages = generate_route_list(App).into_iter().map(|page| ("GET".to_owned(), page.path().to_owned()));
    let functions = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (method.to_string(), path.to_owned()));
    let mut all: Vec<_> = fixed.chain(pages).chain(functions).collect();
    all.sort();
    all.dedup();
    all
}

/// The whole product.
pub(crate) fn build(state: AppState, site: &PathBuf) -> Router {
    let ops = state.ops.clone();
    let context = move || provide_context(ops.clone());
    let options = state.leptos.clone();
    let tile_origin = state.tile_origin.clone();
    let page = move || shell(&options, tile_origin.as_deref());
    let built = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ))
        .service(ServeDir::new(site.join("assets")).precompressed_br().precompressed_gzip());

    let people = Router::new()
        .route("/sign-in/link/{token}", get(links::show).post(links::spend))
        .leptos_routes_with_context(&state, generate_route_list(App), context.clone(), page.clone())
        .fallback(render_app_async_with_context(context, page))
        // Server functions read their bodies themselves, so the limit is put round the body.
        .layer(RequestBodyLimitLayer::new(SMALL_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIME))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(state.clone(), guard::slow_sign_in))
        .layer(middleware::from_fn_with_state(state.clone(), guard::read_session))
        .layer(middleware::from_fn(guard::refuse_forged));

    let devices = Router::new()
        .route("/intake/positions", post(intake::positions))
        .route("/intake/outcomes", post(intake::outcomes))
        .route("/intake/route", get(intake::route))
        .route("/osmand", get(intake::osmand).post(intake::osmand))
        .layer(DefaultBodyLimit::max(BATCH_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIME));

    let streams = Router::new()
        .route("/live/day", get(stream::day))
        .route_layer(middleware::from_fn_with_state(state.clone(), guard::read_session));

    let machines = Router::new()
        .route("/api/v1/orders", post(api::place_orders))
        .route("/api/v1/operation", post(api::set_up))
        .route("/api/v1/shifts", get(rosters::roster).post(rosters::save_shifts))
        .route("/api/v1/drivers", post(rosters::save_drivers))
        .route("/api/v1/clock", get(api::clock))
        .route("/api/v1/stats", get(api::stats))
        .route("/api/v1/estimates", get(api::estimates))
        .route("/api/v1/zones", get(api::zones).post(api::draw_zones))
        .route("/api/v1/{*rest}", any(api::unknown))
        .method_not_allowed_fallback(api::wrong_method)
        .route("/healthz", get(health::alive))
        .route("/health", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(DefaultBodyLimit::max(BATCH_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIME));

    let history = Router::new()
        .route("/api/v1/history", post(history::import))
        .method_not_allowed_fallback(api::wrong_method)
        .layer(DefaultBodyLimit::max(HISTORY_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, HISTORY_TIME));

    let files = Router::new()
        .nest_service("/assets", built)
        .route("/tiles/{z}/{x}/{y}", get(tiles::tile))
        .route_service("/favicon.svg", ServeDir::new(site))
        .route_service("/icon.svg", ServeDir::new(site))
        .route_service("/manifest.webmanifest", ServeDir::new(site))
        .route_service("/robots.txt", ServeDir::new(site));

    Router::new()
        .merge(people)
        .merge(devices)
        .merge(streams)
        .merge(machines)
        .merge(history)
        .merge(files)
        .layer(CatchPanicLayer::custom(|panic: Box<dyn Any + Send>| {
            Problem::panicked(workers::message(panic.as_ref())).into_response()
        }))
        .layer(middleware::from_fn(guard::safe_headers))
        .layer(middleware::from_fn_with_state(state.clone(), guard::name_client))
        .with_state(state)
}
