//! Two verbs at once: each is held between loading and saving while another comes in between. Whatever comes of it, nothing
//! that was answered is lost, and the tables are what the history adds up to.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, fix, order, report},
};
use chrono::TimeDelta;
use domain::{OrderId, OrderState, Outcome, ProposalId, Role, RouteId, StopId, StopState};
use operations::{Caller, Operations, OpsError, Pauses};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use wire::{
    driver::{Deed, ReportStatus},
    machine::PlaceOrders,
    staff::{control_room::Freedom, exceptions::QueueFilter},
};

/// What may be done at a quarter to nine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deal {
    Arrive,
    Deliver,
    Fail,
    DeliverAfterAll,
    Return,
    Depart,
    BreakDown,
    MoveFailed,
    MoveWaiting,
    MoveLoaded,
    MoveToTomorrow,
    Cancel,
    Accept,
    Watch,
}

/// Every deal with the point at which it is held.
const DEALS: [(Deal, &str); 14] = [
    (Deal::Arrive, "report"),
    (Deal::Deliver, "report"),
    (Deal::Fail, "report"),
    (Deal::DeliverAfterAll, "report"),
    (Deal::Return, "report"),
    (Deal::Depart, "report"),
    (Deal::BreakDown, "report"),
    (Deal::MoveFailed, "reschedule"),
    (Deal::MoveWaiting, "publish"),
    (Deal::MoveLoaded, "reschedule"),
    (Deal::MoveToTomorrow, "reschedule"),
    (Deal::Cancel, "cancel"),
    (Deal::Accept, "publish"),
    (Deal::Watch, "watch"),
];

/// A day as it stands at a quarter to nine.
struct Morning {
    agent: Caller,
    dispatcher: Caller,
    /// Van 1's next stop, before which it has stood for two minutes, and its route.
    next: StopId,
    out: RouteId,
    /// What van 1 could not hand over.
    failed: (StopId, OrderId),
    /// What van 1 carries farther on.
    loaded: OrderId,
    /// A route that has not left, and two orders of it.
    waiting: RouteId,
    waits: [OrderId; 2],
    proposal: (ProposalId, i32),
}

async fn morning(hub: &Hub) -> Morning {
    let dispatcher = hub.person(Role::Dispatcher).await;
    let agent = hub.person(Role::Agent).await;
    hub.plan(40).await;
    let routes = hub.routed(at(7, 20)).await;
    let (waiting, out) = (routes[2].1.clone(), routes[0].1.clone());
    for (n, route) in &routes[..2] {
        hub.report(*n, at(7, 32), Deed::Departed { route: route.route }).await;
        let mut now = at(8, 0);
        for stop in route.stops.iter().take(3) {
            let fails = *n == 1 && stop.sequence == 2;
            let outcome = if fails { Outcome::FailedNotHome } else { Outcome::DeliveredToRecipient };
            hub.attempt(*n, now, stop.stop, outcome).await;
            now += TimeDelta::minutes(6);
        }
    }
    let ops = hub.at(at(8, 40));
    let shop = hub.shop(&ops).await;
    let late = (100..103).map(|n| order(n, at(12, 0), at(18, 0))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders: late }).await.unwrap();
    ops.watch(&Caller::timer()).await.unwrap();
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let van = hub.van(&ops, 1).await;
    let door = out.stops[3].at;
    let stood = (0..8).map(|n| fix(at(8, 37) + TimeDelta::seconds(20 * n), door.lat, door.lon)).collect();
    assert_eq!(ops.record_positions(&van, stood).await.unwrap().stored, 8);
    let mut conn = hub.database.read().await.unwrap();
    let mut order_of = async |stop: StopId| store::stops::get(&mut conn, stop).await.unwrap().unwrap().order;
    Morning {
        next: out.stops[3].stop,
        out: out.route,
        failed: (out.stops[1].stop, order_of(out.stops[1].stop).await),
        loaded: order_of(out.stops[7].stop).await,
        waiting: waiting.route,
        waits: [order_of(waiting.stops[1].stop).await, order_of(waiting.stops[2].stop).await],
        proposal: (proposal.id, proposal.based_on),
        agent,
        dispatcher,
    }
}

/// What was answered.
enum Said {
    Stored,
    Done,
    Refused,
}

impl Deal {
    async fn make(self, hub: &Hub, ops: &Operations, day: &Morning) -> Said {
        let now = at(8, 45);
        let report = async |n, what| {
            let van = hub.van(ops, n).await;
            let answer = ops.record_outcomes(&van, vec![report(now, what)]).await.unwrap();
            match answer.results[0].result {
                ReportStatus::Stored => Said::Stored,
                ReportStatus::Refused => Said::Refused,
                other => panic!("{self:?}: {other:?}, {answer:?}"),
            }
        };
        let (to_recipient, not_home) = (Outcome::DeliveredToRecipient, Outcome::FailedNotHome);
        let done = |answer: Result<(), OpsError>| match answer {
            Ok(()) => Said::Done,
            Err(OpsError::Refused(_) | OpsError::SlotGone) => Said::Refused,
            Err(fault) => panic!("{self:?}: {fault:?}"),
        };
        let tomorrow = TimeDelta::days(1);
        match self {
            Self::Arrive => report(1, Deed::Arrived { stop: day.next }).await,
            Self::Deliver => {
                report(1, Deed::Delivered { stop: day.next, outcome: to_recipient, note: None }).await
            }
            Self::Fail => report(1, Deed::Failed { stop: day.next, outcome: not_home, note: None }).await,
            Self::DeliverAfterAll => {
                report(1, Deed::Delivered { stop: day.failed.0, outcome: to_recipient, note: None }).await
            }
            Self::Return => report(1, Deed::Returned { route: day.out }).await,
            Self::Depart => report(3, Deed::Departed { route: day.waiting }).await,
            Self::BreakDown => report(1, Deed::OffRoad { reason: "flat tyre".into() }).await,
            Self::MoveFailed => {
                done(ops.reschedule(&day.agent, day.failed.1, (at(12, 0), at(14, 0)), None).await)
            }
            Self::MoveWaiting => {
                done(ops.reschedule(&day.agent, day.waits[0], (at(12, 0), at(14, 0)), None).await)
            }
            Self::MoveLoaded => {
                done(ops.reschedule(&day.agent, day.loaded, (at(12, 0), at(14, 0)), None).await)
            }
            Self::MoveToTomorrow => done(
                ops.reschedule(&day.agent, day.waits[0], (at(10, 0) + tomorrow, at(12, 0) + tomorrow), None)
                    .await,
            ),
            Self::Cancel => done(ops.cancel_order(&day.agent, day.waits[1]).await),
            Self::Accept => {
                let (id, based_on) = day.proposal;
                done(ops.accept_proposal(&day.dispatcher, id, based_on, Freedom::Least).await.map(|_| ()))
            }
            Self::Watch => done(ops.watch(&Caller::timer()).await.map(|_| ())),
        }
    }

    /// What was answered as stored is there.
    async fn is_kept(self, hub: &Hub, day: &Morning) {
        let mut conn = hub.database.read().await.unwrap();
        let stop = store::stops::get(&mut conn, day.next).await.unwrap().unwrap();
        let failed = store::orders::get(&mut conn, day.failed.1).await.unwrap().unwrap();
        match self {
            Self::Arrive => assert_ne!(stop.state, StopState::Pending),
            Self::Deliver => {
                assert!(matches!(stop.state, StopState::Done { outcome, .. } if outcome.is_success()));
            }
            Self::Fail => assert!(matches!(stop.state, StopState::Done { .. })),
            Self::DeliverAfterAll => assert!(matches!(failed.state, OrderState::Delivered { .. })),
            Self::Return | Self::Depart => {
                let id = if self == Self::Return { day.out } else { day.waiting };
                let route = store::plans::route(&mut conn, id).await.unwrap().unwrap();
                assert!(route.state.departed_at().is_some());
                assert_eq!(route.state.finished_at().is_some(), self == Self::Return);
            }
            _ => {}
        }
    }
}

/// Holds whoever comes to a point for the first time until somebody lets go.
#[derive(Clone)]
pub struct Hold {
    pub there: Arc<Notify>,
    pub go: Arc<Notify>,
}

impl Hold {
    pub fn at(point: &'static str) -> (Self, Pauses) {
        let hold = Self { there: Arc::new(Notify::new()), go: Arc::new(Notify::new()) };
        let (own, first) = (hold.clone(), Arc::new(AtomicBool::new(true)));
        let pauses = Pauses::with(move |name| {
            let (hold, held) = (own.clone(), name == point && first.swap(false, Ordering::SeqCst));
            async move {
                if held {
                    hold.there.notify_one();
                    hold.go.notified().await;
                }
            }
        });
        (hold, pauses)
    }

    /// Does the second while the first is held at the point, and lets the first go on then.
    pub fn between<A, B>(
        &self,
        first: impl Future<Output = A>,
        second: impl Future<Output = B>,
    ) -> (impl Future<Output = A>, impl Future<Output = B>) {
        let one = async {
            let said = first.await;
            self.there.notify_one();
            said
        };
        let two = async {
            self.there.notified().await;
            let mut own = std::pin::pin!(second);
            // Whoever waits for a lock of the first goes on once it is let go.
            match tokio::time::timeout(Duration::from_millis(150), &mut own).await {
                Ok(said) => {
                    self.go.notify_one();
                    said
                }
                Err(_) => {
                    self.go.notify_one();
                    own.await
                }
            }
        };
        (one, two)
    }
}

#[tokio::test]
async fn any_two_verbs_that_meet_leave_a_day_that_adds_up() {
    let Some(template) = Hub::open("races").await else { return };
    let day = morning(&template).await;
    let mut refused = 0;
    for (first, point) in DEALS {
        for (second, _) in DEALS {
            let hub = template.copy("race").await;
            let (hold, pauses) = Hold::at(point);
            let (held, free) = (hub.held_at(at(8, 45), pauses), hub.at(at(8, 45)));
            let (one, two) = hold.between(first.make(&hub, &held, &day), second.make(&hub, &free, &day));
            let (one, two) = tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(one, two) })
                .await
                .unwrap_or_else(|_| panic!("{first:?} and {second:?} wait for each other"));
            for (deal, said) in [(first, one), (second, two)] {
                match said {
                    Said::Stored => deal.is_kept(&hub, &day).await,
                    Said::Done => {}
                    Said::Refused => refused += 1,
                }
            }
            state_equals_history(&hub).await;
            drop((held, free));
            hub.close().await;
        }
    }
    assert!(refused < DEALS.len() * DEALS.len() / 2, "most deals go through: {refused} refused");
}

#[tokio::test]
async fn a_queue_is_read_while_it_changes() {
    let Some(hub) = Hub::open("queue_race").await else { return };
    let day = morning(&hub).await;
    let ops = hub.at(at(8, 45));
    let queue = ops.queue(&day.dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let id = queue.rows[0].id;
    let (one, two) = tokio::join!(ops.claim(&day.dispatcher, id), ops.claim(&day.agent, id));
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|ok| **ok).count(), 1, "one of two gets it");
    state_equals_history(&hub).await;
}
