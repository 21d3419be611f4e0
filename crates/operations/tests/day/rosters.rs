//! Who drives what when: what the roster says is planned, and where it says nothing nothing changes.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{Day, DriverId, Outcome, Refusal, Role, RouteState, VehicleId};
use operations::{Caller, OpsError};
use std::collections::HashMap;
use store::stops::DayStop;
use wire::{
    driver::Deed,
    roster::{DutyCode, PlannedBreak, Roster, RosterAsk, SaveDriver, SaveShift, Saved, SavedStatus},
    staff::control_room::Freedom,
};

fn monday() -> Day {
    at(12, 0).date_naive()
}

fn van(hub: &Hub, n: usize) -> VehicleId {
    hub.keys.vehicles[n - 1].id
}

fn drives(vehicle: VehicleId, from: DateTime<Utc>, until: DateTime<Utc>) -> SaveShift {
    let day = (from + TimeDelta::hours(1)).date_naive();
    let (duty, driver, breaks, replaces, another) = (DutyCode::Drives, None, vec![], None, false);
    SaveShift { vehicle, day, duty, driver, from: Some(from), until: Some(until), breaks, replaces, another }
}

fn stays(vehicle: VehicleId, duty: DutyCode) -> SaveShift {
    SaveShift { duty, from: None, until: None, ..drives(vehicle, at(12, 0), at(13, 0)) }
}

async fn driver(hub: &Hub, caller: &Caller, name: &str) -> DriverId {
    let ask = SaveDriver { id: None, name: name.into(), left: false, usually_drives: None };
    hub.at(at(6, 5)).save_driver(caller, None, ask).await.unwrap().driver.unwrap()
}

async fn save(hub: &Hub, caller: &Caller, now: DateTime<Utc>, ask: SaveShift) -> Saved {
    hub.at(now).save_shift(caller, None, ask).await.unwrap()
}

async fn roster(hub: &Hub, caller: &Caller, day: Day) -> Roster {
    hub.at(at(6, 5)).roster(caller, RosterAsk { day: Some(day), ..RosterAsk::default() }).await.unwrap()
}

async fn routes(hub: &Hub) -> HashMap<VehicleId, domain::Route> {
    let mut conn = hub.database.read().await.unwrap();
    let all = store::plans::routes(&mut conn, hub.keys.hub, monday()).await.unwrap();
    all.into_iter().map(|route| (route.vehicle, route)).collect()
}

async fn stops_of(hub: &Hub, route: domain::RouteId) -> Vec<DayStop> {
    let mut conn = hub.database.read().await.unwrap();
    let mut all = store::stops::of_day(&mut conn, hub.keys.hub, monday(), Some(&[route])).await.unwrap();
    all.retain(|s| s.stop.route == route);
    all
}

#[tokio::test]
async fn a_rostered_driver_and_the_hours_are_on_the_published_route() {
    let Some(hub) = Hub::open("rostered").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let rita = driver(&hub, &dispatcher, "Rita Example").await;
    let ask = SaveShift { driver: Some(rita), ..drives(van(&hub, 1), at(9, 0), at(13, 0)) };
    assert_eq!(save(&hub, &dispatcher, at(6, 5), ask).await.result, SavedStatus::Saved);
    save(&hub, &dispatcher, at(6, 5), stays(van(&hub, 2), DutyCode::Off)).await;
    hub.plan(30).await;

    let planned = routes(&hub).await;
    let own = &planned[&van(&hub, 1)];
    assert_eq!((own.driver, own.shift_until), (rita, at(13, 0)));
    assert!(own.planned_start >= at(9, 0), "{own:?}");
    assert!(!planned.contains_key(&van(&hub, 2)), "it stays at the hub");
    let usual = &planned[&van(&hub, 3)];
    assert_eq!(usual.shift_until, at(16, 30), "without a line the usual holds");
    assert!(usual.planned_start < at(9, 0));
    let board = hub.at(at(7, 1)).board(&dispatcher, None).await.unwrap();
    let names: HashMap<_, _> = board.routes.iter().map(|r| (r.label.as_str(), r.driver.as_str())).collect();
    assert_eq!((names["Van 01"], names["Van 03"]), ("Rita Example", "Driver 03"));

    // Before the van leaves somebody else takes it over, and nothing else of the plan changes.
    let sam = driver(&hub, &dispatcher, "Sam Example").await;
    let takes_over = SaveShift { driver: Some(sam), ..drives(van(&hub, 1), at(9, 0), at(12, 30)) };
    save(&hub, &dispatcher, at(7, 10), takes_over.clone()).await;
    let own = routes(&hub).await[&van(&hub, 1)].clone();
    assert_eq!((own.driver, own.shift_until, own.state), (sam, at(12, 30), RouteState::Published));
    hub.report(1, at(9, 2), Deed::Departed { route: own.id }).await;
    let ops = hub.at(at(9, 3));
    assert_eq!(ops.save_shift(&dispatcher, None, takes_over).await.unwrap().result, SavedStatus::Known);
    let late = ops.save_shift(&dispatcher, None, stays(van(&hub, 1), DutyCode::Off)).await;
    assert!(matches!(late, Err(OpsError::Refused(Refusal::RouteDeparted))), "{late:?}");
    let both = SaveShift { driver: Some(sam), ..drives(van(&hub, 2), at(12, 0), at(16, 0)) };
    let Err(OpsError::Invalid(why)) =
        ops.save_shift(&dispatcher, None, SaveShift { replaces: None, ..both }).await
    else {
        panic!("on the road with another van")
    };
    assert!(why.contains("on the road"), "{why}");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_is_planned_for_a_van_that_stays_at_the_hub_goes_to_others() {
    let Some(hub) = Hub::open("stays").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    hub.plan(24).await;
    let before = routes(&hub).await;
    let own = stops_of(&hub, before[&van(&hub, 2)].id).await.len();
    assert!(own > 0);
    let ops = hub.at(at(7, 5));
    let stale = ops.propose_plan(&dispatcher, None).await.unwrap();
    save(&hub, &dispatcher, at(7, 6), stays(van(&hub, 2), DutyCode::Off)).await;
    let ops = hub.at(at(7, 7));
    if let Some(stale) = stale {
        let gone = ops.accept_proposal(&dispatcher, stale.id, stale.based_on, Freedom::Least).await;
        assert!(
            matches!(gone, Err(OpsError::Refused(Refusal::PlanOvertaken(_) | Refusal::PlanStale))),
            "{gone:?}"
        );
    }
    let proposal = ops.propose_plan(&dispatcher, None).await.unwrap().unwrap();
    let freedom = proposal.answers[0].freedom;
    ops.accept_proposal(&dispatcher, proposal.id, proposal.based_on, freedom).await.unwrap();
    assert_eq!(stops_of(&hub, before[&van(&hub, 2)].id).await.len(), 0);
    assert_eq!(ops.board(&dispatcher, None).await.unwrap().counts.stops, 24);
    state_equals_history(&hub).await;
    hub.close().await;
}

/// How long a route's plan leaves beside driving on the way to each stop, in minutes.
fn gaps(stops: &[DayStop]) -> Vec<(DateTime<Utc>, i64)> {
    let between = stops.windows(2).map(|two| {
        let (left, next) = (two[0].stop.planned_departure, &two[1].stop);
        let gap = next.planned_arrival - left - TimeDelta::seconds(next.travel_s.into());
        (next.planned_arrival, gap.num_minutes())
    });
    between.collect()
}

#[tokio::test]
async fn a_break_keeps_a_gap_in_the_plan_and_in_the_estimates() {
    let Some(hub) = Hub::open("pause").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let pause = PlannedBreak { earliest: at(8, 15), latest: at(8, 35), minutes: 45 };
    for n in 1..=2 {
        let ask = SaveShift { breaks: vec![pause], ..drives(van(&hub, n), at(7, 30), at(16, 30)) };
        save(&hub, &dispatcher, at(6, 5), ask).await;
    }
    for n in 3..=4 {
        save(&hub, &dispatcher, at(6, 5), stays(van(&hub, n), DutyCode::Off)).await;
    }
    hub.plan(44).await;
    let all = routes(&hub).await;
    for n in 1..=2 {
        let stops = stops_of(&hub, all[&van(&hub, n)].id).await;
        let last = stops.last().unwrap().stop.planned_arrival;
        assert!(last > at(9, 20), "the route goes on behind the break: {last}");
        let long: Vec<_> = gaps(&stops).into_iter().filter(|(_, minutes)| *minutes >= 45).collect();
        assert_eq!(long.len(), 1, "{:?}", gaps(&stops));
        let begins = long[0].0 - TimeDelta::minutes(45);
        assert!(begins >= at(8, 15) && begins <= at(8, 50), "{begins}");
    }

    // Nobody has left yet: the estimates count on the break too.
    hub.at(at(7, 2)).watch(&Caller::timer()).await.unwrap();
    for n in 1..=2 {
        let stops = stops_of(&hub, all[&van(&hub, n)].id).await;
        let last = stops.last().unwrap();
        let off = (last.eta.unwrap() - last.stop.planned_arrival).num_minutes();
        assert!(off.abs() < 10, "{off} minutes from the plan");
    }
    // A better plan knows the breaks as well, whether there is one or not.
    hub.at(at(7, 3)).propose_plan(&dispatcher, None).await.unwrap();

    // One driver works until the break is due, and pauses: what has passed of the break is not counted again.
    assert_eq!(hub.route(1, at(7, 4)).await.breaks, [pause]);
    let route = routes(&hub).await[&van(&hub, 1)].id;
    let stops = stops_of(&hub, route).await;
    let before = gaps(&stops).iter().position(|(_, minutes)| *minutes >= 45).unwrap();
    hub.report(1, at(7, 40), Deed::Departed { route }).await;
    for s in &stops[..=before] {
        hub.attempt(1, s.stop.planned_arrival, s.stop.id, Outcome::DeliveredToRecipient).await;
    }
    let left = stops[before].stop.planned_arrival + TimeDelta::minutes(2);
    let expected = async |minutes| {
        let ops = hub.at(left + TimeDelta::minutes(minutes));
        ops.watch(&Caller::timer()).await.unwrap();
        let next = stops_of(&hub, route).await.remove(before + 1);
        (next.eta.unwrap() - left).num_minutes()
    };
    let (soon, over) = (expected(5).await, expected(55).await);
    assert!((44..65).contains(&soon), "{soon} minutes after the last door");
    assert!((55..70).contains(&over), "{over} minutes after the last door");
    // A plan for who is on the road knows the break that is owed, and who is behind it owes none.
    for minutes in [1, 60] {
        let ops = hub.at(left + TimeDelta::minutes(minutes));
        ops.propose_plan(&dispatcher, None).await.unwrap();
    }
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_cannot_be_rostered_is_named() {
    let Some(hub) = Hub::open("cannot_roster").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let rita = driver(&hub, &dispatcher, "Rita Example").await;
    let ops = hub.at(at(6, 10));
    let why = async |ask: SaveShift| {
        let answer = ops.save_shifts(&dispatcher, None, vec![ask]).await.unwrap();
        assert_eq!(answer.results[0].result, SavedStatus::Refused, "{answer:?}");
        answer.results[0].why.clone().unwrap()
    };
    let by_rita = |ask: SaveShift| SaveShift { driver: Some(rita), ..ask };
    let night = by_rita(drives(van(&hub, 1), at(18, 0), at(18, 0) + TimeDelta::hours(8)));
    let saved = save(&hub, &dispatcher, at(6, 10), night.clone()).await;
    assert_eq!(saved.result, SavedStatus::Saved);
    let again = save(&hub, &dispatcher, at(6, 10), night.clone()).await;
    assert_eq!((again.result, again.shift), (SavedStatus::Known, saved.shift), "sent twice");

    // The driver and the van are in a shift that passes midnight.
    let tuesday = TimeDelta::days(1);
    let next = |n| by_rita(drives(van(&hub, n), at(1, 30) + tuesday, at(9, 0) + tuesday));
    let answer = why(next(2)).await;
    assert!(
        answer.contains("driver") && answer.contains("Rita Example drives Van 01 on Mon 23 Nov"),
        "{answer}"
    );
    let answer = why(SaveShift { driver: None, ..next(1) }).await;
    assert!(answer.contains("vehicle: Van 01 has a shift on Mon 23 Nov"), "{answer}");
    let after = by_rita(drives(van(&hub, 2), at(2, 0) + tuesday, at(9, 0) + tuesday));
    assert_eq!(save(&hub, &dispatcher, at(6, 10), after).await.result, SavedStatus::Saved);
    let answer = why(by_rita(drives(van(&hub, 2), at(17, 0), at(19, 0)))).await;
    assert!(answer.contains("Van 01"), "{answer}");

    // None takes another's place unsaid.
    let second = drives(van(&hub, 1), at(7, 0), at(12, 0));
    let answer = why(second.clone()).await;
    assert!(answer.contains("replaces"), "{answer}");
    let moved = SaveShift { replaces: saved.shift, ..second };
    assert_eq!(save(&hub, &dispatcher, at(6, 10), moved).await.shift, saved.shift);
    assert!(
        why(SaveShift { replaces: saved.shift, ..drives(van(&hub, 3), at(7, 0), at(9, 0)) })
            .await
            .contains("replaces")
    );

    let nobody = DriverId(uuid::Uuid::now_v7());
    let van_3 = || drives(van(&hub, 3), at(7, 0), at(15, 0));
    assert!(why(SaveShift { driver: Some(nobody), ..van_3() }).await.contains("driver"));
    assert!(why(drives(VehicleId(nobody.0), at(7, 0), at(15, 0))).await.contains("vehicle"));
    assert!(why(SaveShift { until: None, ..van_3() }).await.contains("until"));
    assert!(why(SaveShift { until: Some(at(6, 0)), ..van_3() }).await.contains("24 hours"));
    assert!(why(SaveShift { day: monday() + tuesday, ..van_3() }).await.contains("2026-11-23"));
    assert!(
        why(SaveShift { day: monday() - tuesday, from: Some(at(7, 0) - tuesday), ..van_3() })
            .await
            .contains("24 hours")
    );
    assert!(
        why(drives(van(&hub, 3), at(7, 0) - TimeDelta::days(3), at(9, 0) - TimeDelta::days(3)))
            .await
            .contains("closed")
    );
    let pause = |from, until, minutes| PlannedBreak { earliest: from, latest: until, minutes };
    let with = |breaks: Vec<PlannedBreak>| SaveShift { breaks, ..van_3() };
    assert!(why(with(vec![pause(at(14, 0), at(14, 45), 30)])).await.contains("within its shift"));
    assert!(why(with(vec![pause(at(9, 0), at(8, 0), 30)])).await.contains("break"));
    assert!(
        why(with(vec![pause(at(9, 0), at(10, 0), 30), pause(at(10, 15), at(11, 0), 30)]))
            .await
            .contains("over before")
    );

    // Who is in the roster, or usually drives, cannot leave.
    let left = SaveDriver { id: Some(rita), name: "Rita Example".into(), left: true, usually_drives: None };
    let Err(OpsError::Invalid(answer)) = ops.save_driver(&dispatcher, None, left.clone()).await else {
        panic!("is in the roster")
    };
    assert!(answer.contains("Rita Example is in the roster until Tue 24 Nov"), "{answer}");
    let all = roster(&hub, &dispatcher, monday() + tuesday).await;
    let line = all.lines.iter().find(|line| line.label == "Van 02").unwrap().shift.unwrap();
    ops.remove_shift(&dispatcher, line).await.unwrap();
    save(&hub, &dispatcher, at(6, 10), stays(van(&hub, 1), DutyCode::Usual)).await;
    assert_eq!(ops.save_driver(&dispatcher, None, left.clone()).await.unwrap().result, SavedStatus::Saved);
    assert_eq!(ops.save_driver(&dispatcher, None, left).await.unwrap().result, SavedStatus::Known);
    assert!(why(by_rita(van_3())).await.contains("no longer works"));
    let usual = all.lines.iter().find(|line| line.label == "Van 03").unwrap().drives.as_ref().unwrap().driver;
    let left = SaveDriver { id: Some(usual), name: "Driver 03".into(), left: true, usually_drives: None };
    let Err(OpsError::Invalid(answer)) = ops.save_driver(&dispatcher, None, left).await else {
        panic!("drives")
    };
    assert!(answer.contains("Van 03"), "{answer}");

    let manager = hub.person(Role::Manager).await;
    let refused = ops.save_shift(&manager, None, van_3()).await;
    assert!(matches!(refused, Err(OpsError::NotAllowed { .. })), "{refused:?}");
    let shop = hub.shop(&ops).await;
    assert!(matches!(ops.roster(&shop, RosterAsk::default()).await, Err(OpsError::WrongKey(_))));
    hub.plan(4).await;
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_shift_that_reaches_into_usual_hours_of_the_next_day_is_refused_until_that_day_says_otherwise() {
    let Some(hub) = Hub::open("into_usual").await else { return };
    let dispatcher = hub.person(Role::Dispatcher).await;
    let rita = driver(&hub, &dispatcher, "Rita Example").await;
    let ops = hub.at(at(6, 10));
    let (tuesday, early) = (TimeDelta::days(1), at(6, 10));
    let why = async |ask: SaveShift| match ops.save_shift(&dispatcher, None, ask).await {
        Err(OpsError::Invalid(why)) => why,
        other => panic!("{other:?}"),
    };
    let until = |hour, minute| drives(van(&hub, 1), at(9, 0), at(hour, minute) + tuesday);
    let answer = why(until(7, 31)).await;
    assert!(
        answer.starts_with("vehicle: ")
            && answer.contains("usual hours of Van 01 on Tue 24 Nov, 07:30\u{2013}16:30"),
        "{answer}"
    );
    let by_rita = SaveShift { driver: Some(rita), ..until(8, 0) };
    assert!(why(by_rita.clone()).await.starts_with("vehicle: "), "the van is not back in time");
    assert_eq!(save(&hub, &dispatcher, early, until(7, 30)).await.result, SavedStatus::Saved);
    let next = drives(van(&hub, 1), at(12, 0) + tuesday, at(16, 0) + tuesday);
    save(&hub, &dispatcher, early, next).await;
    assert_eq!(save(&hub, &dispatcher, early, by_rita).await.result, SavedStatus::Saved);

    // Who usually drives another van on the next day cannot be back for it.
    let all = roster(&hub, &dispatcher, monday()).await;
    let usual = |label: &str| {
        let line = all.lines.iter().find(|line| line.label == label).unwrap();
        line.drives.as_ref().unwrap().driver
    };
    let by_second = SaveShift { driver: Some(usual("Van 02")), ..until(8, 0) };
    let answer = why(by_second.clone()).await;
    assert!(answer.starts_with("driver: Driver 02 usually drives Van 02 on Tue 24 Nov"), "{answer}");
    let instead = drives(van(&hub, 2), at(8, 0) + tuesday, at(16, 0) + tuesday);
    let instead = SaveShift { driver: Some(rita), ..instead };
    save(&hub, &dispatcher, early, instead).await;
    assert_eq!(save(&hub, &dispatcher, early, by_second).await.result, SavedStatus::Saved);
    hub.plan(4).await;
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_roster_shows_the_usual_until_a_line_says_otherwise() {
    let Some(hub) = Hub::open("usual").await else { return };
    let machine = hub.machine(&hub.at(at(6, 0))).await;
    let shown = |roster: &Roster, n: usize| {
        let line = roster.lines.iter().find(|line| line.label == format!("Van {n:02}")).unwrap();
        line.drives.as_ref().map(|d| (d.name.clone(), d.from.to_utc(), d.until.to_utc()))
    };
    let before = roster(&hub, &machine, monday()).await;
    assert_eq!(shown(&before, 2), Some(("Driver 02".into(), at(7, 30), at(16, 30))));
    assert_eq!((before.lines.len(), before.drivers.len()), (4, 4));
    assert!(before.lines.iter().all(|line| line.shift.is_none()));

    // Who drives another van does not drive the own one at the same time.
    let second = before.lines[1].drives.as_ref().unwrap().driver;
    let ask = SaveShift { driver: Some(second), ..drives(van(&hub, 3), at(8, 0), at(15, 0)) };
    let line = save(&hub, &machine, at(6, 5), ask).await.shift.unwrap();
    let now = roster(&hub, &machine, monday()).await;
    assert_eq!(shown(&now, 3), Some(("Driver 02".into(), at(8, 0), at(15, 0))));
    assert_eq!((shown(&now, 2), shown(&now, 4)), (None, shown(&before, 4)));
    assert_eq!(
        shown(&roster(&hub, &machine, monday() + TimeDelta::days(1)).await, 2).unwrap().0,
        "Driver 02"
    );
    hub.at(at(6, 6)).remove_shift(&machine, line).await.unwrap();
    assert_eq!(roster(&hub, &machine, monday()).await, before);

    // Somebody new usually drives the second van from now on, and is called otherwise later.
    let ops = hub.at(at(6, 7));
    let name = |name: &str, id| SaveDriver { id, name: name.into(), left: false, usually_drives: None };
    let ask = SaveDriver { usually_drives: Some(van(&hub, 2)), ..name("Rita", None) };
    let rita = ops.save_drivers(&machine, None, vec![ask.clone()]).await.unwrap().results[0].driver;
    assert_eq!(ops.save_driver(&machine, None, ask).await.unwrap().result, SavedStatus::Known);
    ops.save_driver(&machine, None, name("Rita Example", rita)).await.unwrap();
    let now = roster(&hub, &machine, monday()).await;
    assert_eq!(shown(&now, 2), Some(("Rita Example".into(), at(7, 30), at(16, 30))));
    let two = SaveDriver { usually_drives: Some(van(&hub, 3)), ..name("Rita Example", rita) };
    let Err(OpsError::Invalid(answer)) = ops.save_driver(&machine, None, two).await else {
        panic!("two at once")
    };
    assert!(answer.contains("Van 02"), "{answer}");
    hub.plan(4).await;
    state_equals_history(&hub).await;
    hub.close().await;
}
