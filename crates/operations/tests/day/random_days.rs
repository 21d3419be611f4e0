//! Any sequence of reports, plans, reschedules and returns leaves tables that are what the history adds up to.
//!
//! `DOORSTEP_RANDOM_DAYS` says how many days are played, each with a seed of its own; 3 without it.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, ended, fix, order, report, well},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Outcome, Role, Service};
use operations::{Caller, Operations, OpsError};
use wire::{
    driver::{Deed, DriverRoute, ReportStatus},
    machine::{PlaceOrder, PlaceOrders},
    staff::{control_room::Freedom, exceptions::QueueFilter},
};

/// A die that falls the same for the same seed.
struct Die(u64);

impl Die {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

struct Cast {
    dispatcher: Caller,
    agent: Caller,
    references: Vec<String>,
}

/// Something that may happen; refusals are answers, faults are not.
async fn anything(hub: &Hub, ops: &Operations, cast: &Cast, now: DateTime<Utc>, roll: [usize; 4]) {
    let [what, which, how, when] = roll;
    let n = 1 + which % 4;
    let van = hub.van(ops, n).await;
    let report = async |what| {
        // A phone's clock is not ours.
        let at = now - TimeDelta::seconds(when as i64 % 1_200 - 120);
        let answer = ops.record_outcomes(&van, vec![report(at, what)]).await.unwrap();
        assert_ne!(answer.results[0].result, ReportStatus::Later, "{answer:?}");
    };
    let fine = |answer: Result<(), OpsError>| match answer {
        Ok(())
        | Err(OpsError::Refused(_) | OpsError::SlotGone | OpsError::NotFound | OpsError::NothingToPlan) => {}
        Err(fault) => panic!("{fault:?}"),
    };
    let route: Option<DriverRoute> = ops.driver_route(&van).await.ok();
    let stop = route.as_ref().and_then(|r| r.stops.get(how % 2).or(r.stops.first()));
    let reference = &cast.references[which % cast.references.len()];
    match (what, route.as_ref(), stop) {
        (0..=2, _, Some(s)) => report(Deed::Arrived { stop: s.stop }).await,
        (3..=7, _, Some(s)) => {
            // Now and then the driver confuses two services.
            let outcome = if how % 9 == 0 { Outcome::Collected } else { well(s) };
            report(ended(s.stop, outcome)).await;
        }
        (8 | 9, _, Some(s)) => {
            report(Deed::Failed { stop: s.stop, outcome: Outcome::FailedNotHome, note: None }).await;
            if how % 3 == 0 {
                report(ended(s.stop, well(s))).await;
            }
        }
        (10, Some(r), _) => report(Deed::Departed { route: r.route }).await,
        (11, Some(r), _) => report(Deed::Reloaded { route: r.route }).await,
        (12, Some(r), _) if how % 3 == 0 => report(Deed::Returned { route: r.route }).await,
        (13, _, _) => report(Deed::OffRoad { reason: "tyre".into() }).await,
        (14, _, _) => report(Deed::Recovered).await,
        (15 | 16, _, _) => {
            let hits = ops.find_orders(&cast.agent, reference, 1).await.unwrap();
            let Some(hit) = hits.hits.first() else { return };
            let from =
                at(8, 0) + TimeDelta::hours(2 * (how as i64 % 6)) + TimeDelta::days((how / 6 % 2) as i64);
            fine(ops.reschedule(&cast.agent, hit.order, (from, from + TimeDelta::hours(2)), None).await);
        }
        (17, _, _) if how % 2 == 0 => {
            let hits = ops.find_orders(&cast.agent, reference, 1).await.unwrap();
            let Some(hit) = hits.hits.first() else { return };
            fine(ops.cancel_order(&cast.agent, hit.order).await);
        }
        (18, _, _) => match ops.propose_plan(&cast.dispatcher, None).await {
            Ok(Some(proposal)) => {
                fine(
                    ops.accept_proposal(&cast.dispatcher, proposal.id, proposal.based_on, Freedom::Least)
                        .await
                        .map(|_| ()),
                );
            }
            other => fine(other.map(|_| ())),
        },
        (19, _, _) => {
            let queue = ops.queue(&cast.dispatcher, None, QueueFilter::Unresolved).await.unwrap();
            if let Some(row) = queue.rows.get(how % queue.rows.len().max(1)) {
                fine(ops.claim(&cast.dispatcher, row.id).await);
                if how % 2 == 0 {
                    fine(ops.resolve(&cast.dispatcher, row.id, "Done".into()).await);
                    fine(ops.reopen(&cast.dispatcher, row.id).await);
                }
            }
        }
        (20, _, Some(s)) => {
            let stood = (0..7).map(|k| fix(now - TimeDelta::seconds(20 * k), s.at.lat, s.at.lon)).collect();
            ops.record_positions(&van, stood).await.unwrap();
        }
        (21, _, _) => {
            let shop = hub.shop(ops).await;
            let service = [None, Some(Service::Collect), Some(Service::Both)][which % 3];
            let ask = order(1_000 + when, now + TimeDelta::hours(1), now + TimeDelta::hours(5));
            let ask = PlaceOrder { service, ..ask };
            ops.place_orders(&shop, PlaceOrders::Single(Box::new(ask))).await.unwrap();
        }
        _ => {
            ops.watch(&Caller::timer()).await.unwrap();
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the number of days is the tester's choice")]
fn days() -> u64 {
    std::env::var("DOORSTEP_RANDOM_DAYS").ok().and_then(|n| n.parse().ok()).unwrap_or(3)
}

#[tokio::test]
async fn any_day_adds_up() {
    for seed in 1..=days() {
        let Some(hub) = Hub::open("random_day").await else { return };
        let mut die = Die(seed);
        let cast = Cast {
            dispatcher: hub.person(Role::Dispatcher).await,
            agent: hub.person(Role::Agent).await,
            references: (0..40).map(|n| format!("BOO-{n:06}")).collect(),
        };
        hub.plan_mixed(40).await;
        for (n, route) in hub.routed(at(7, 20)).await {
            if n < 3 {
                hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
            }
        }
        let mut now = at(7, 40);
        for step in 0..120 {
            now += TimeDelta::seconds(30 + die.below(600) as i64);
            // Whoever reads the clock twice tells history another moment than the tables.
            let ops = hub.from(now);
            let mut roll = || [die.below(24), die.below(1 << 16), die.below(1 << 16), die.below(1 << 16)];
            let (one, two, both) = (roll(), roll(), roll()[0] % 2 == 0);
            if both {
                tokio::join!(anything(&hub, &ops, &cast, now, one), anything(&hub, &ops, &cast, now, two));
            } else {
                anything(&hub, &ops, &cast, now, one).await;
            }
            if step % 40 == 39 {
                state_equals_history(&hub).await;
            }
        }
        hub.close().await;
    }
}
