//! What every handler may use.

use crate::{
    connections::{address::Trusted, limits::Limits, seats::Seats},
    workers,
};
use axum::extract::FromRef;
use leptos::prelude::LeptosOptions;
use operations::Operations;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Where tiles come from: zoom, column and row to compressed bytes.
pub(crate) type TileSource = Arc<dyn Fn(u8, u32, u32) -> Option<Vec<u8>> + Send + Sync>;

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState {
    pub ops: Operations,
    pub tile: TileSource,
    pub limits: Limits,
    pub trusted: Trusted,
    /// Live streams, by session.
    pub streams: Seats<Vec<u8>>,
    pub workers: workers::States,
    pub closing: CancellationToken,
    /// Where the built assets are, under the site: `assets/<hash>`.
    pub assets: Arc<str>,
    /// Where map pictures come from when they are another server's.
    pub tile_origin: Option<String>,
    pub leptos: LeptosOptions,
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
