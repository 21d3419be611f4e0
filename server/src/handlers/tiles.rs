//! The map's tiles, made from the city's own extract.

use crate::answers::state::AppState;
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

/// `GET /tiles/{z}/{x}/{y}.mvt`
pub(crate) async fn tile(
    State(state): State<AppState>,
    Path((z, x, y)): Path<(u8, u32, String)>,
) -> Response {
    let Ok(y) = y.trim_end_matches(".mvt").parse() else { return StatusCode::NOT_FOUND.into_response() };
    match (state.tile)(z, x, y) {
        Some(tile) => (
            [
                (header::CONTENT_TYPE, "application/vnd.mapbox-vector-tile"),
                (header::CONTENT_ENCODING, "gzip"),
                (header::CACHE_CONTROL, "private, max-age=86400"),
            ],
            tile,
        )
            .into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}
