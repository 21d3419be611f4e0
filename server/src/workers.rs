//! The loops that run beside the doors: each with a name, a pause, a way to end, and one log line for a round that did
//! something.

use crate::limits::Limits;
use operations::{Caller, Operations, OpsError, PlanOutcome};
use std::{future::Future, time::Duration};
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A round that takes longer than this is worth a line in the log.
const SLOW: Duration = Duration::from_secs(5);

/// Starts every worker.
pub(crate) fn start(ops: &Operations, limits: &Limits, closing: &CancellationToken) -> TaskTracker {
    let workers = TaskTracker::new();
    let timer = Caller::timer();

    let (o, t) = (ops.clone(), timer.clone());
    let plan = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            Ok(match o.plan_morning(&t).await? {
                PlanOutcome::Published { routes, stops, unplanned } => Some(format!(
                    "published {routes} routes with {stops} stops; {unplanned} orders found no place"
                )),
                PlanOutcome::NotYet | PlanOutcome::AlreadyPlanned => None,
            })
        }
    };
    workers.spawn(run("morning plan", Duration::from_secs(1), closing.clone(), plan));

    let (o, t) = (ops.clone(), timer.clone());
    let watch = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let changed = o.watch(&t).await?;
            Ok((changed > 0).then(|| format!("raised or settled {changed} exceptions")))
        }
    };
    workers.spawn(run("watch", Duration::from_secs(2), closing.clone(), watch));

    let (o, t) = (ops.clone(), timer.clone());
    let react = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.react(&t).await.map(|news| news.then(|| "proposed a better plan".to_owned())) }
    };
    workers.spawn(run("better plans", Duration::from_secs(2), closing.clone(), react));

    let (o, t) = (ops.clone(), timer.clone());
    let roads = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.refresh_roads(&t).await.map(|news| news.then(|| "the roads have changed".to_owned())) }
    };
    workers.spawn(run("roads", Duration::from_secs(2), closing.clone(), roads));

    let (o, t) = (ops.clone(), timer.clone());
    let retention = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.forget(&t).await }
    };
    workers.spawn(run("retention", Duration::from_secs(3_600), closing.clone(), retention));

    let (o, t) = (ops.clone(), timer);
    let drives = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let passes = o.learn_roads(&t).await?;
            let legs = o.learn_approaches(&t).await?;
            o.score_estimates(&t).await?;
            Ok((passes > 0)
                .then(|| format!("learnt from {passes} passes of roads and {legs} ways to a door")))
        }
    };
    workers.spawn(run("drives", Duration::from_secs(20), closing.clone(), drives));

    let o = ops.clone();
    let live = move || {
        let o = o.clone();
        async move {
            match o.refresh_live().await {
                Err(OpsError::NoHub) => Ok(None),
                other => other.map(|_| None),
            }
        }
    };
    workers.spawn(run("live picture", Duration::from_millis(500), closing.clone(), live));

    let l = limits.clone();
    let forget = move || {
        l.forget();
        async { Ok(None) }
    };
    workers.spawn(run("limits", Duration::from_secs(60), closing.clone(), forget));

    workers.close();
    workers
}

/// Runs rounds until the house closes; a round under way is finished. A failing round is logged once, until one works.
async fn run<F: Future<Output = Result<Option<String>, OpsError>>>(
    name: &'static str,
    pause: Duration,
    closing: CancellationToken,
    mut round: impl FnMut() -> F,
) {
    let mut failing = false;
    loop {
        let began = Instant::now();
        let ended = round().await;
        let took_ms = began.elapsed().as_millis() as u64;
        tracing::debug!(worker = name, took_ms, "a round");
        if began.elapsed() > SLOW {
            tracing::warn!(worker = name, took_ms, "a round took long");
        }
        match ended {
            Ok(said) => {
                if failing {
                    tracing::info!(worker = name, "works again");
                }
                failing = false;
                if let Some(said) = said {
                    tracing::info!(worker = name, took_ms, "{said}");
                }
            }
            Err(e) if !failing => {
                failing = true;
                tracing::error!(worker = name, "a round failed and will be tried again: {e}");
            }
            Err(_) => {}
        }
        tokio::select! {
            () = closing.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
