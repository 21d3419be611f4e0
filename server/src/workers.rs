//! The loops that run beside the endpoints: each with a name, a pause, a way to end, and one log line for a round that did
//! something. A round that panics is logged and tried again, later and later; readiness tells who is in trouble.

use crate::connections::limits::Limits;
use futures::FutureExt;
use operations::{Caller, Operations, OpsError, PlanOutcome};
use serde::Serialize;
use std::{
    any::Any,
    collections::BTreeMap,
    future::Future,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// A round that takes longer than this is worth a line in the log.
const SLOW: Duration = Duration::from_secs(5);

/// After a round that panicked a worker waits one second, then two, and no longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// How a worker fares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    /// Its latest round went well, or is its first.
    #[default]
    Works,
    /// Its latest round failed and will be tried again.
    Fails,
    /// Its latest round panicked and will be tried again.
    Panics,
}

/// How each worker fares, by name. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct States(Arc<Mutex<BTreeMap<&'static str, State>>>);

impl States {
    /// All of them.
    pub fn all(&self) -> BTreeMap<&'static str, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes how a worker fares now; answers how it fared before.
    fn note(&self, name: &'static str, state: State) -> State {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name, state).unwrap_or_default()
    }
}

/// Starts every worker.
pub(crate) fn start(
    ops: &Operations,
    limits: &Limits,
    states: &States,
    closing: &CancellationToken,
) -> TaskTracker {
    let workers = TaskTracker::new();
    let timer = Caller::timer();

    let (o, t) = (ops.clone(), timer.clone());
    let plan = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let outcomes = o.plan_morning(&t).await?;
            let said = outcomes.into_iter().filter_map(|outcome| match outcome {
                PlanOutcome::Published { routes, stops, unplanned } => Some(format!(
                    "published {routes} routes with {stops} stops; {unplanned} orders found no place"
                )),
                PlanOutcome::NotYet | PlanOutcome::AlreadyPlanned => None,
            });
            Ok(said.reduce(|one, other| format!("{one}; {other}")))
        }
    };
    workers.spawn(run("morning plan", Duration::from_secs(1), closing.clone(), states.clone(), plan));

    let (o, t) = (ops.clone(), timer.clone());
    let watch = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let changed = o.watch(&t).await?;
            Ok((changed > 0).then(|| format!("raised or settled {changed} exceptions")))
        }
    };
    workers.spawn(run("watch", Duration::from_secs(2), closing.clone(), states.clone(), watch));

    let (o, t) = (ops.clone(), timer.clone());
    let react = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.react(&t).await.map(|news| news.then(|| "proposed a better plan".to_owned())) }
    };
    workers.spawn(run("better plans", Duration::from_secs(2), closing.clone(), states.clone(), react));

    let (o, t) = (ops.clone(), timer.clone());
    let roads = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.refresh_roads(&t).await.map(|news| news.then(|| "the roads have changed".to_owned())) }
    };
    workers.spawn(run("roads", Duration::from_secs(2), closing.clone(), states.clone(), roads));

    let (o, t) = (ops.clone(), timer.clone());
    let retention = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.forget(&t).await }
    };
    workers.spawn(run("retention", Duration::from_secs(3_600), closing.clone(), states.clone(), retention));

    let (o, t) = (ops.clone(), timer.clone());
    let months = move || {
        let (o, t) = (o.clone(), t.clone());
        async move { o.make_months(&t).await }
    };
    workers.spawn(run("months", Duration::from_secs(60), closing.clone(), states.clone(), months));

    let (o, t) = (ops.clone(), timer.clone());
    let rollups = move || {
        let (o, t) = (o.clone(), t.clone());
        // It reads on in every round: a line for each would say nothing.
        async move { o.count_rollups(&t).await.map(|_| None) }
    };
    workers.spawn(run("rollups", Duration::from_secs(5), closing.clone(), states.clone(), rollups));

    let (o, t) = (ops.clone(), timer);
    let drives = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let passes = o.learn_roads(&t).await?;
            let legs = o.learn_approaches(&t).await?;
            o.score_estimates(&t).await?;
            o.measure_routes(&t).await?;
            Ok((passes > 0)
                .then(|| format!("learnt from {passes} passes of roads and {legs} ways to a door")))
        }
    };
    workers.spawn(run("drives", Duration::from_secs(20), closing.clone(), states.clone(), drives));

    let (o, t) = (ops.clone(), Caller::timer());
    let sessions = move || {
        let (o, t) = (o.clone(), t.clone());
        async move {
            let gone = o.prune_sessions(&t).await?;
            Ok((gone > 0).then(|| format!("forgot {gone} sessions, links and browsers that are over")))
        }
    };
    workers.spawn(run("sessions", Duration::from_secs(600), closing.clone(), states.clone(), sessions));

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
    workers.spawn(run("live picture", Duration::from_millis(500), closing.clone(), states.clone(), live));

    let l = limits.clone();
    let forget = move || {
        l.forget();
        async { Ok(None) }
    };
    workers.spawn(run("limits", Duration::from_secs(60), closing.clone(), states.clone(), forget));

    workers.close();
    workers
}

/// Runs rounds until the server closes; a round under way is finished. Trouble is logged once, until a round goes well.
async fn run<F: Future<Output = Result<Option<String>, OpsError>>>(
    name: &'static str,
    pause: Duration,
    closing: CancellationToken,
    states: States,
    mut round: impl FnMut() -> F,
) {
    let mut panics = 0_u32;
    loop {
        let mut pause = pause;
        let began = Instant::now();
        // A panic leaves no half-done work behind: what a round writes it writes in transactions.
        let ended = AssertUnwindSafe(async { round().await }).catch_unwind().await;
        let took_ms = began.elapsed().as_millis() as u64;
        tracing::debug!(worker = name, took_ms, "a round");
        if began.elapsed() > SLOW {
            tracing::warn!(worker = name, took_ms, "a round took long");
        }
        match ended {
            Ok(Ok(said)) => {
                panics = 0;
                if states.note(name, State::Works) != State::Works {
                    tracing::info!(worker = name, "works again");
                }
                if let Some(said) = said {
                    tracing::info!(worker = name, took_ms, "{said}");
                }
            }
            // Before a hub is set up there is nothing to do.
            Ok(Err(OpsError::NoHub)) => {
                states.note(name, State::Works);
            }
            Ok(Err(e)) => {
                if states.note(name, State::Fails) != State::Fails {
                    tracing::error!(worker = name, "a round failed and will be tried again: {e}");
                }
            }
            Err(panic) => {
                let wait = Duration::from_secs(1 << panics.min(6)).min(LONGEST_WAIT);
                pause = pause.max(wait);
                panics += 1;
                states.note(name, State::Panics);
                let said = message(panic.as_ref());
                tracing::error!(
                    worker = name,
                    "a round panicked and is tried again in {} s: {said}",
                    pause.as_secs()
                );
            }
        }
        tokio::select! {
            () = closing.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// What a panic said.
pub(crate) fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it said nothing")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_panics_is_tried_again_and_says_so() {
        let (states, closing, rounds) =
            (States::default(), CancellationToken::new(), Arc::new(AtomicU32::new(0)));
        let count = rounds.clone();
        let round = move || {
            let number = count.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(number >= 3, "not yet");
                Ok(None)
            }
        };
        let pause = Duration::from_millis(10);
        let worker = tokio::spawn(run("test", pause, closing.clone(), states.clone(), round));
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!(rounds.load(Ordering::SeqCst), 3, "it waits 1, 2 and 4 seconds");
        assert_eq!(states.all()["test"], State::Panics);
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert_eq!(states.all()["test"], State::Works);
        assert!(rounds.load(Ordering::SeqCst) > 10);
        closing.cancel();
        worker.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_worker_that_fails_says_so_and_one_without_a_hub_does_not() {
        let (states, closing) = (States::default(), CancellationToken::new());
        let pause = Duration::from_millis(10);
        let (busy, early) = (|| async { Err(OpsError::Busy) }, || async { Err(OpsError::NoHub) });
        tokio::spawn(run("busy", pause, closing.clone(), states.clone(), busy));
        tokio::spawn(run("early", pause, closing.clone(), states.clone(), early));
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!((states.all()["busy"], states.all()["early"]), (State::Fails, State::Works));
        closing.cancel();
    }
}
