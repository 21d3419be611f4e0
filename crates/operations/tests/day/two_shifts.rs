//! A vehicle that changes hands: one shift after the other on a day, each with its own driver and route.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, report},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Day, ExceptionKind, Outcome, Role, Route, RouteState};
use operations::Caller;
use wire::{
    driver::{Deed, DriverRoute, ReportStatus},
    machine::PlaceOrders,
    roster::{DutyCode, RosterAsk, SaveDriver, SaveShift, Saved, SavedStatus},
    staff::{
        control_room::{BoardView, Freedom},
        exceptions::QueueFilter,
        roster::{RosterDone, ShiftForm},
    },
};

fn monday() -> Day {
    at(12, 0).date_naive()
}

fn shift(hub: &Hub, n: usize, from: DateTime<Utc>, until: DateTime<Utc>) -> SaveShift {
    SaveShift {
        vehicle: hub.keys.vehicles[n - 1].id,
        day: monday(),
        duty: DutyCode::Drives,
        driver: None,
        from: Some(from),
        until: Some(until),
        breaks: vec![],
        replaces: None,
        another: false,
    }
}

async fn save(hub: &Hub, caller: &Caller, now: DateTime<Utc>, ask: SaveShift) -> Saved {
    hub.at(now).save_shifts(caller, None, vec![ask]).await.unwrap().results.remove(0)
}

/// Orders for the morning and as many for the afternoon, and a plan at seven.
async fn plan(hub: &Hub, each: usize) {
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    let ask = |n: usize| {
        if n < each { order(n, at(8, 0), at(11, 0)) } else { order(n, at(14, 0), at(17, 0)) }
    };
    let orders = (0..2 * each).map(ask).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap();
    hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
}

/// The routes of the first van, the earliest first.
async fn routes(hub: &Hub) -> Vec<Route> {
    let mut conn = hub.database.read().await.unwrap();
    let mut all = store::plans::routes(&mut conn, hub.keys.hub, monday()).await.unwrap();
    all.retain(|route| route.vehicle == hub.keys.vehicles[0].id);
    all.sort_by_key(|route| route.planned_start);
    all
}

async fn board(hub: &Hub, caller: &Caller, now: DateTime<Utc>) -> BoardView {
    hub.at(now).board(caller, None).await.unwrap()
}

/// A hub whose first van alone drives, from seven to noon and from one to six by somebody else, and its dispatcher.
async fn in_two_shifts(test: &str) -> Option<(Hub, Caller)> {
    let hub = Hub::open(test).await?;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let add = SaveDriver { id: None, name: "Rita Example".into(), left: false, usually_drives: None };
    let rita = hub.at(at(6, 0)).save_driver(&dispatcher, None, add).await.unwrap().driver;
    let first = shift(&hub, 1, at(7, 0), at(12, 0));
    let second = SaveShift { driver: rita, another: true, ..shift(&hub, 1, at(13, 0), at(18, 0)) };
    for ask in [first, second] {
        assert_eq!(save(&hub, &dispatcher, at(6, 5), ask).await.result, SavedStatus::Saved);
    }
    for n in 2..=4 {
        let off = SaveShift { duty: DutyCode::Off, ..shift(&hub, n, at(7, 0), at(8, 0)) };
        save(&hub, &dispatcher, at(6, 5), off).await;
    }
    Some((hub, dispatcher))
}

/// Leaves, and delivers all at the planned times.
async fn drive(hub: &Hub, route: &DriverRoute) -> DateTime<Utc> {
    let leaves = route.planned_start + TimeDelta::minutes(5);
    hub.report(1, leaves, Deed::Departed { route: route.route }).await;
    let mut now = leaves;
    for stop in &route.stops {
        now = (now + TimeDelta::minutes(4)).max(stop.window_from);
        hub.attempt(1, now, stop.stop, Outcome::DeliveredToRecipient).await;
    }
    now
}

#[tokio::test]
async fn each_shift_has_its_route_and_the_second_leaves_when_the_van_is_back() {
    let Some((hub, dispatcher)) = in_two_shifts("two_shifts").await else { return };
    plan(&hub, 8).await;
    let [first, second] = routes(&hub).await.try_into().unwrap();
    assert!(first.shift.is_some() && second.shift.is_some() && first.shift != second.shift);
    assert_eq!((first.shift_until, second.shift_until), (at(12, 0), at(18, 0)));
    assert!(first.planned_end <= at(12, 0) && second.planned_start >= at(13, 0), "{first:?} {second:?}");
    let shown = board(&hub, &dispatcher, at(7, 1)).await;
    let mut rows: Vec<_> =
        shown.routes.iter().map(|row| (row.label.as_str(), row.driver.as_str(), row.total)).collect();
    rows.sort_unstable();
    assert_eq!(rows, [("Van 01 · 07:00", "Driver 01", 8), ("Van 01 · 13:00", "Rita Example", 8)]);
    assert_eq!(shown.vehicles.iter().filter(|mark| mark.label == "Van 01").count(), 1, "one van on the map");

    // The phone is shown the first route until the van is back, and the second cannot leave before.
    let shown = hub.route(1, at(7, 5)).await;
    assert_eq!((shown.route, shown.stops.len()), (first.id, 8));
    let done = drive(&hub, &shown).await;
    assert_eq!(hub.route(1, done).await.route, first.id);
    let ops = hub.at(done);
    let early = vec![report(done, Deed::Departed { route: second.id })];
    let answer = ops.record_outcomes(&hub.van(&ops, 1).await, early).await.unwrap().results.remove(0);
    assert_eq!(answer.result, ReportStatus::Refused);
    assert!(answer.why.as_ref().unwrap().contains("returned"), "{answer:?}");

    // It is still out when the second shift begins: nobody is told that the second is in time.
    hub.at(at(13, 40)).watch(&Caller::timer()).await.unwrap();
    let back = {
        store::stops::returns(&mut hub.database.read().await.unwrap(), hub.keys.hub, monday()).await.unwrap()
    };
    let back = back.iter().find(|(route, _)| *route == first.id).unwrap().1;
    hub.at(at(13, 41)).watch(&Caller::timer()).await.unwrap();
    let mut conn = hub.database.read().await.unwrap();
    let stops = store::stops::of_day(&mut conn, hub.keys.hub, monday(), Some(&[second.id])).await.unwrap();
    drop(conn);
    let earliest = stops.iter().filter(|s| s.stop.route == second.id).filter_map(|s| s.eta).min().unwrap();
    assert!(back >= at(13, 40) && earliest > back, "back {back}, at the first door {earliest}");
    // A plan made now does not leave with it either.
    hub.at(at(13, 42)).propose_plan(&dispatcher, None).await.unwrap();

    hub.report(1, at(13, 50), Deed::Returned { route: first.id }).await;
    let shown = hub.route(1, at(13, 51)).await;
    assert_eq!((shown.route, shown.stops.len()), (second.id, 8));
    let done = drive(&hub, &shown).await;
    hub.report(1, done + TimeDelta::minutes(20), Deed::Returned { route: second.id }).await;
    let end = board(&hub, &dispatcher, done + TimeDelta::minutes(21)).await;
    assert_eq!((end.counts.done, end.head.closing.is_some()), (16, true));
    assert!(routes(&hub).await.iter().all(|route| matches!(route.state, RouteState::Finished { .. })));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_van_gets_another_shift_while_it_is_out_in_its_usual_hours() {
    let Some(hub) = Hub::open("another_shift").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    for n in 2..=4 {
        let off = SaveShift { duty: DutyCode::Off, ..shift(&hub, n, at(7, 0), at(8, 0)) };
        save(&hub, &dispatcher, at(6, 5), off).await;
    }
    hub.plan(8).await;
    let usual = routes(&hub).await.remove(0);
    assert_eq!(usual.shift, None);
    hub.report(1, at(7, 50), Deed::Departed { route: usual.id }).await;

    let evening = || shift(&hub, 1, at(17, 0), at(21, 0));
    let why = save(&hub, &dispatcher, at(8, 0), evening()).await;
    assert_eq!(why.result, SavedStatus::Refused, "it would take the place of the shift that is on the road");
    let overlapping = SaveShift { another: true, ..shift(&hub, 1, at(16, 0), at(21, 0)) };
    let why = save(&hub, &dispatcher, at(8, 0), overlapping).await.why.unwrap();
    assert!(why.starts_with("vehicle: Van 01 has a shift on Mon 23 Nov"), "{why}");
    let another = SaveShift { another: true, ..evening() };
    let saved = save(&hub, &dispatcher, at(8, 0), another.clone()).await;
    assert_eq!(saved.result, SavedStatus::Saved, "{saved:?}");
    let again = save(&hub, &dispatcher, at(8, 0), another).await;
    assert_eq!((again.result, again.shift), (SavedStatus::Known, saved.shift), "sent twice");
    let both = SaveShift { another: true, replaces: saved.shift, ..evening() };
    assert!(save(&hub, &dispatcher, at(8, 0), both).await.why.unwrap().starts_with("another"));
    let unsaid = save(&hub, &dispatcher, at(8, 0), shift(&hub, 1, at(18, 0), at(21, 0))).await.why.unwrap();
    assert!(unsaid.contains("replaces") && unsaid.contains("another"), "{unsaid}");

    let ask = RosterAsk { day: Some(monday()), ..RosterAsk::default() };
    let roster = hub.at(at(8, 1)).roster(&dispatcher, ask).await.unwrap();
    let own = roster.lines.iter().filter(|line| line.label == "Van 01");
    let own: Vec<_> = own.map(|line| (line.shift, line.drives.as_ref().unwrap().from.to_utc())).collect();
    assert_eq!(own[1], (saved.shift, at(17, 0)));
    assert!(own[0].0.is_some() && own[0].1 == at(7, 30), "the usual hours are a line of their own: {own:?}");
    let now = routes(&hub).await.remove(0);
    assert_eq!(
        (now.id, now.shift, now.driver, now.shift_until),
        (usual.id, own[0].0, usual.driver, usual.shift_until)
    );

    // What comes in for the evening goes with the second shift.
    let ops = hub.at(at(8, 30));
    let shop = hub.shop(&ops).await;
    let late = (100..103).map(|n| order(n, at(18, 0), at(20, 0))).collect();
    ops.place_orders(&shop, PlaceOrders::Bulk { orders: late }).await.unwrap();
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let answer = proposal.answers.iter().find(|answer| answer.freedom == Freedom::Least).unwrap();
    assert!(answer.changes.iter().all(|change| change.to == "Van 01 · 17:00"), "{:?}", answer.changes);
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, Freedom::Least).await.unwrap();
    let all = routes(&hub).await;
    assert_eq!((all.len(), all[1].shift, all[1].shift_until), (2, saved.shift, at(21, 0)));
    assert!(all[1].planned_start >= at(17, 0));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_shift_that_is_taken_out_leaves_its_orders_to_a_better_plan_and_the_other_as_it_is() {
    let Some((hub, dispatcher)) = in_two_shifts("shift_gone").await else { return };
    plan(&hub, 6).await;
    let [first, second] = routes(&hub).await.try_into().unwrap();
    // The first moves by half an hour, and its route with it.
    let moved = SaveShift { replaces: first.shift, ..shift(&hub, 1, at(6, 30), at(11, 30)) };
    assert_eq!(save(&hub, &dispatcher, at(7, 5), moved).await.result, SavedStatus::Saved);
    let now = routes(&hub).await;
    assert_eq!((now[0].shift, now[0].shift_until, &now[1]), (first.shift, at(11, 30), &second));
    hub.report(1, at(7, 20), Deed::Departed { route: first.id }).await;
    let gone =
        SaveShift { duty: DutyCode::Off, replaces: first.shift, ..shift(&hub, 1, at(7, 0), at(12, 0)) };
    assert_eq!(
        save(&hub, &dispatcher, at(7, 25), gone).await.result,
        SavedStatus::Refused,
        "it is on the road"
    );

    hub.at(at(7, 30)).remove_shift(&dispatcher, second.shift.unwrap()).await.unwrap();
    // Its orders wait for a plan, and nobody is sent with them.
    hub.at(at(7, 31)).watch(&Caller::timer()).await.unwrap();
    let shown = board(&hub, &dispatcher, at(7, 31)).await;
    assert_eq!((shown.counts.waiting, shown.counts.stops), (6, 6));
    let queue = hub.at(at(7, 31)).queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap().rows;
    assert_eq!(queue.iter().filter(|row| row.kind == ExceptionKind::Unplanned).count(), 6);
    // A line that keeps a van at the hub makes way for another shift.
    let instead = SaveShift { another: true, ..shift(&hub, 2, at(12, 0), at(18, 0)) };
    assert_eq!(save(&hub, &dispatcher, at(7, 31), instead).await.result, SavedStatus::Saved);
    let ops = hub.at(at(7, 32));
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let freedom = proposal.answers[0].freedom;
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
    let rows = ops.board(&dispatcher, None).await.unwrap().routes;
    let totals =
        |label: &str| rows.iter().filter(|r| r.label.starts_with(label)).map(|r| r.total).sum::<i64>();
    assert_eq!((totals("Van 01"), totals("Van 02")), (6, 6));
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_shift_that_begins_later_takes_its_route_along() {
    let Some((hub, dispatcher)) = in_two_shifts("shift_later").await else { return };
    plan(&hub, 6).await;
    let [first, second] = routes(&hub).await.try_into().unwrap();
    let before = hub.route(1, at(7, 5)).await;
    let later = SaveShift { replaces: first.shift, ..shift(&hub, 1, at(9, 0), at(12, 0)) };
    assert_eq!(save(&hub, &dispatcher, at(7, 6), later).await.result, SavedStatus::Saved);
    let now = routes(&hub).await;
    let delay = at(9, 0) - first.planned_start;
    assert_eq!((now[0].planned_start, now[0].planned_end), (at(9, 0), first.planned_end + delay));
    assert_eq!(now[1], second);
    assert_eq!(hub.route(1, at(7, 7)).await.planned_start, at(9, 0));
    let mut conn = hub.database.read().await.unwrap();
    let stops = store::stops::of_day(&mut conn, hub.keys.hub, monday(), Some(&[first.id])).await.unwrap();
    drop(conn);
    assert_eq!(stops.len(), before.stops.len());
    assert!(stops.iter().all(|s| s.stop.planned_arrival >= at(9, 0)));
    // A route that nobody drives any more is no route for the phone.
    for own in [now[0].shift, now[1].shift] {
        hub.at(at(7, 8)).remove_shift(&dispatcher, own.unwrap()).await.unwrap();
    }
    let off = SaveShift { duty: DutyCode::Off, ..shift(&hub, 1, at(7, 0), at(8, 0)) };
    assert_eq!(save(&hub, &dispatcher, at(7, 9), off).await.result, SavedStatus::Saved);
    assert!(hub.routed(at(7, 10)).await.is_empty());
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_van_that_is_back_early_drives_again_in_another_shift() {
    let Some((hub, dispatcher)) = in_two_shifts("back_early").await else { return };
    plan(&hub, 4).await;
    let [first, second] = routes(&hub).await.try_into().unwrap();
    let shown = hub.route(1, at(7, 5)).await;
    let done = drive(&hub, &shown).await;
    let back = done + TimeDelta::minutes(10);
    let another = |from| SaveShift { another: true, ..shift(&hub, 1, from, at(12, 45)) };
    let why = save(&hub, &dispatcher, done, another(back)).await.why.unwrap();
    assert!(why.contains("overlaps"), "it is out still: {why}");
    hub.report(1, back, Deed::Returned { route: first.id }).await;
    let early = save(&hub, &dispatcher, back, another(back - TimeDelta::minutes(5))).await;
    assert_eq!(early.result, SavedStatus::Refused, "it was not back yet");
    let from = back + TimeDelta::minutes(15);
    let saved = save(&hub, &dispatcher, back + TimeDelta::minutes(1), another(from)).await;
    assert_eq!(saved.result, SavedStatus::Saved, "{saved:?}");
    let ask = RosterAsk { day: Some(monday()), ..RosterAsk::default() };
    let roster = hub.at(back + TimeDelta::minutes(2)).roster(&dispatcher, ask).await.unwrap();
    let own = roster.lines.iter().filter(|line| line.label == "Van 01");
    let ends: Vec<_> = own.map(|line| (line.shift, line.drives.as_ref().unwrap().until.to_utc())).collect();
    assert_eq!(ends, [(first.shift, from), (saved.shift, at(12, 45)), (second.shift, at(18, 0))]);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn the_form_of_a_van_that_is_back_early_begins_soon() {
    let Some(hub) = Hub::open("back_form").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(8).await;
    let (van, route) = hub.routed(at(7, 20)).await.into_iter().next().unwrap();
    let row = async |now| {
        let page = hub.at(now).roster_page(&dispatcher, None, Some(monday())).await.unwrap();
        page.rows.into_iter().find(|row| row.label == format!("Van {van:02}")).unwrap()
    };
    hub.report(van, at(7, 40), Deed::Departed { route: route.route }).await;
    assert_eq!(row(at(7, 41)).await.blank.from, "16:30", "behind the usual hours");
    hub.report(van, at(9, 1), Deed::Returned { route: route.route }).await;
    let form = ShiftForm { until: "12:00".into(), ..row(at(9, 2)).await.blank };
    assert_eq!(form.from, "09:05");
    let said = hub.at(at(9, 3)).save_shift_form(&dispatcher, hub.keys.hub, form).await.unwrap();
    assert!(matches!(said.done, Some(RosterDone::Drives { .. })), "{said:?}");
    let hours = row(at(9, 4)).await.shifts;
    let hours: Vec<_> = hours.iter().map(|shift| (shift.from.to_utc(), shift.until.to_utc())).collect();
    assert_eq!(hours, [(at(7, 30), at(9, 5)), (at(9, 5), at(12, 0))]);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_form_gives_a_van_another_shift_and_takes_it_back() {
    let Some(hub) = Hub::open("another_form").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let row = async || {
        let page = hub.at(at(6, 10)).roster_page(&dispatcher, None, Some(monday())).await.unwrap();
        page.rows.into_iter().find(|row| row.label == "Van 01").unwrap()
    };
    let before = row().await;
    assert!(before.blank.another && before.blank.from == "16:30" && before.blank.until.is_empty());
    let ops = hub.at(at(6, 10));
    let form = ShiftForm { until: "20:00".into(), ..before.blank };
    let said = ops.save_shift_form(&dispatcher, hub.keys.hub, form).await.unwrap();
    assert!(matches!(said.done, Some(RosterDone::Drives { ref from, .. }) if from == "16:30"), "{said:?}");
    let now = row().await;
    assert_eq!(now.shifts.len(), 2);
    assert!(now.shifts.iter().all(|shift| shift.shift.is_some()));
    assert_eq!(now.blank.from, "20:00", "a third begins behind the second");
    let back = ops.save_shift_form(&dispatcher, hub.keys.hub, said.undo.unwrap()).await.unwrap();
    assert!(matches!(back.done, Some(RosterDone::Removed { .. })), "{back:?}");
    let again = row().await;
    assert_eq!((again.shifts.len(), again.shifts[0].form.from.as_str()), (1, "07:30"));
    ops.save_shift_form(&dispatcher, hub.keys.hub, back.undo.unwrap()).await.unwrap();
    assert_eq!(row().await.shifts.len(), 2, "taking it back is taken back");
    hub.close().await;
}
