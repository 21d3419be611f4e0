//! Computations that take a while: off the async threads, and in turn.

use crate::{Operations, OpsError, Result};
use ::roads::TravelTimes;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Runs a heavy computation off the async threads, one at a time.
pub(crate) async fn heavily<T: Send + 'static>(
    ops: &Operations,
    work: impl FnOnce(Arc<dyn TravelTimes>) -> Result<T> + Send + 'static,
) -> Result<T> {
    in_turn(ops, &ops.0.gate, work).await
}

/// Answers a question that somebody waits for, beside whatever plan is being made.
pub(crate) async fn briefly<T: Send + 'static>(
    ops: &Operations,
    work: impl FnOnce(Arc<dyn TravelTimes>) -> Result<T> + Send + 'static,
) -> Result<T> {
    in_turn(ops, &ops.0.short_gate, work).await
}

async fn in_turn<T: Send + 'static>(
    ops: &Operations,
    gate: &Semaphore,
    work: impl FnOnce(Arc<dyn TravelTimes>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let _turn = gate.acquire().await.map_err(|_| OpsError::Busy)?;
    let roads = ops.0.roads.clone();
    aside(move || work(roads)).await?
}

/// Does something that takes a while, off the async threads.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(|e| OpsError::Broken(e.to_string()))
}
