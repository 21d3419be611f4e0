//! A van that should have left and has not is somebody's concern before any window is near.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at},
};
use domain::{ExceptionKind, Role, RouteId, Standing};
use operations::{Caller, Operations};
use std::collections::BTreeMap;
use wire::{
    driver::Deed,
    staff::{exceptions::QueueFilter, settings::ChangeSettings},
};

#[tokio::test]
async fn a_van_that_does_not_leave_is_raised_and_settles_when_it_does() {
    let Some(hub) = Hub::open("late_start").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(12).await;
    let routed = hub.routed(at(7, 20)).await;
    let late = async |ops: &Operations| -> Vec<Option<RouteId>> {
        ops.watch(&Caller::timer()).await.unwrap();
        let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
        let late = queue.rows.into_iter().filter(|row| row.kind == ExceptionKind::LateStart);
        late.map(|row| row.route).collect()
    };
    assert!(routed.iter().all(|(_, route)| route.planned_start == at(7, 30)), "{routed:?}");
    assert!(late(&hub.at(at(7, 49))).await.is_empty(), "within the twenty minutes that are set");

    let ops = hub.at(at(7, 51));
    assert_eq!(late(&ops).await.len(), routed.len());
    assert_eq!(late(&ops).await.len(), routed.len(), "once each");
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let row = queue.rows.iter().find(|row| row.route == Some(routed[0].1.route)).unwrap();
    assert_eq!((row.standing, row.open_stops), (Standing::AtRisk, Some(routed[0].1.stops.len() as u32)));
    assert_eq!(row.save_by.unwrap(), at(11, 30), "the first promise that it will break");
    let board = ops.board(&dispatcher, None).await.unwrap();
    let route = board.routes.iter().find(|row| row.route == routed[0].1.route).unwrap();
    assert_eq!((route.standing, route.at_risk), (Standing::AtRisk, 0), "no stop of it is");

    // One leaves, one breaks down, one goes on waiting.
    hub.report(routed[0].0, at(7, 52), Deed::Departed { route: routed[0].1.route }).await;
    hub.report(routed[1].0, at(7, 52), Deed::OffRoad { reason: "flat tyre".into() }).await;
    let ops = hub.at(at(7, 53));
    assert_eq!(late(&ops).await, routed[2..].iter().map(|(_, r)| Some(r.route)).collect::<Vec<_>>());
    let ended = ops.queue(&dispatcher, None, QueueFilter::Resolved).await.unwrap().rows;
    let why = |n: usize| {
        let row = ended.iter().find(|row| row.route == Some(routed[n].1.route)).unwrap();
        (row.kind, row.resolution.as_ref().unwrap().what.clone())
    };
    assert_eq!(why(0), (ExceptionKind::LateStart, "Has left".to_owned()));
    assert_eq!(why(1), (ExceptionKind::LateStart, "Need not have left yet".to_owned()));

    // Who sets more patience hears later.
    let administrator = hub.person(Role::Administrator).await;
    let fields = BTreeMap::from([("late_start_minutes".to_owned(), "45".to_owned())]);
    ops.change_settings(&administrator, ChangeSettings { fields, ..ChangeSettings::default() })
        .await
        .unwrap();
    assert!(late(&hub.at(at(8, 14))).await.is_empty());
    assert_eq!(late(&hub.at(at(8, 16))).await.len(), routed.len() - 2);
    state_equals_history(&hub).await;

    // It ends with its day.
    hub.report(routed[0].0, at(12, 0), Deed::Returned { route: routed[0].1.route }).await;
    let ops = hub.at(at(20, 0));
    ops.close_day(&dispatcher, None, at(12, 0).date_naive()).await.unwrap();
    assert!(late(&ops).await.is_empty());
    state_equals_history(&hub).await;
    hub.close().await;
}
