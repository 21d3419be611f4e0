//! Every route, on one page.

use crate::{api, guard, intake, limits::Limits, links, stream, tiles};
use app::{App, shell};
use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef},
    http::{HeaderValue, StatusCode, header},
    middleware,
    routing::{get, post},
};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use operations::Operations;
use std::{path::PathBuf, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, services::ServeDir,
    set_header::SetResponseHeaderLayer, timeout::TimeoutLayer,
};

const PAGE_TIME: Duration = Duration::from_secs(30);
const SMALL_BODY: usize = 256 * 1024;
const BATCH_BODY: usize = 2 * 1024 * 1024;

/// What every handler may use. Cheap to clone.
#[derive(Clone)]
pub(crate) struct House {
    pub ops: Operations,
    pub tile: tiles::Source,
    pub limits: Limits,
    pub closing: CancellationToken,
    /// Where the built assets are, under the site: `assets/<hash>`.
    pub assets: Arc<str>,
    /// Where map pictures come from when they are another server's.
    pub tile_origin: Option<String>,
    pub leptos: LeptosOptions,
}

impl FromRef<House> for LeptosOptions {
    fn from_ref(house: &House) -> Self {
        house.leptos.clone()
    }
}

/// The whole house.
pub(crate) fn build(house: House, site: &PathBuf) -> Router {
    let ops = house.ops.clone();
    let context = move || provide_context(ops.clone());
    let options = house.leptos.clone();
    let tile_origin = house.tile_origin.clone();
    let page = move || shell(options.clone(), tile_origin.as_deref());
    let built = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ))
        .service(ServeDir::new(site.join("assets")).precompressed_br().precompressed_gzip());

    let people = Router::new()
        .route("/sign-in/link/{token}", get(links::show).post(links::spend))
        .leptos_routes_with_context(&house, generate_route_list(App), context.clone(), page.clone())
        .fallback(render_app_async_with_context(context, page))
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIME))
        .layer(CompressionLayer::new())
        .layer(middleware::from_fn_with_state(house.clone(), guard::slow_sign_in))
        .layer(middleware::from_fn_with_state(house.clone(), guard::read_session))
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
        .route_layer(middleware::from_fn_with_state(house.clone(), guard::read_session));

    let machines = Router::new()
        .route("/api/v1/orders", post(api::place_orders))
        .route("/api/v1/operation", post(api::set_up))
        .route("/api/v1/clock", get(api::clock))
        .route("/api/v1/stats", get(api::stats))
        .route("/api/v1/estimates", get(api::estimates))
        .route("/health", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BATCH_BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, PAGE_TIME));

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
        .merge(files)
        .layer(middleware::from_fn(guard::safe_headers))
        .layer(CatchPanicLayer::new())
        .with_state(house)
}
