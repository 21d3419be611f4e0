//! What an order asks of the plan is kept: skills, vehicles, priority, windows; and what is said of its recipient can be
//! erased.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order, set_up},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{OrderId, Role, Service};
use operations::{Caller, PlanOutcome};
use sqlx::{Connection, PgConnection};
use std::collections::{BTreeSet, HashMap};
use wire::{
    driver::Deed,
    machine::{PlaceItem, PlaceOrder, PlaceOrderResult, PlaceOrders, PlacePackage, PlaceStatus, PlaceWindow},
    staff::{
        deliveries::{Lack, StoryFact},
        exceptions::QueueFilter,
    },
};

/// Places orders at half past six, and answers what became of each.
async fn placed(hub: &Hub, orders: Vec<PlaceOrder>) -> Vec<PlaceOrderResult> {
    let ops = hub.at(at(6, 30));
    let shop = hub.shop(&ops).await;
    ops.place_orders(&shop, PlaceOrders::Bulk { orders }).await.unwrap().results
}

/// Plans the day; answers the van of each order that has one, and how many have none.
async fn planned(hub: &Hub) -> (HashMap<String, usize>, usize) {
    let outcome = hub.at(at(7, 0)).plan_morning(&Caller::timer()).await.unwrap();
    let [PlanOutcome::Published { unplanned, .. }] = outcome[..] else { panic!("{outcome:?}") };
    let routed = hub.routed(at(7, 20)).await.into_iter();
    let vans = routed.flat_map(|(van, route)| route.stops.into_iter().map(move |s| (s.reference, van)));
    (vans.collect(), unplanned)
}

/// Gives vans their skills, by number.
async fn skilled(hub: &mut Hub, skills: &[(usize, &str)]) {
    let ops = hub.at(at(6, 10));
    let machine = hub.machine(&ops).await;
    let mut ask = set_up();
    for (van, skill) in skills {
        ask.vehicles[van - 1].skills = Some(vec![(*skill).to_owned()]);
    }
    hub.keys = ops.set_up(&machine, ask).await.unwrap();
}

fn needing(n: usize, skill: &str) -> PlaceOrder {
    PlaceOrder { skills: vec![skill.to_owned()], ..order(n, at(8, 0), at(11, 30)) }
}

#[tokio::test]
async fn only_a_vehicle_with_the_skill_comes() {
    let Some(mut hub) = Hub::open("skills").await else { return };
    skilled(&mut hub, &[(2, "lift")]).await;
    let of = |n: usize| match n {
        0..6 => needing(n, "Lift"),
        6 => needing(n, "crane"),
        _ => order(n, at(8, 0), at(11, 30)),
    };
    let results = placed(&hub, (0..30).map(of).collect()).await;
    let ids: Vec<OrderId> = results.iter().map(|r| r.order.unwrap()).collect();
    let (vans, unplanned) = planned(&hub).await;
    assert_eq!((vans.len(), unplanned), (29, 1));
    assert!((0..6).all(|n| vans[&format!("BOO-{n:06}")] == 2), "{vans:?}");
    assert!(vans.values().collect::<BTreeSet<_>>().len() > 1, "the others may go with anybody");

    let (agent, ops) = (hub.person(Role::Agent).await, hub.at(at(7, 30)));
    let offered = ops.slots(&agent, ids[0]).await.unwrap().slots;
    let labels: BTreeSet<_> = offered.iter().filter_map(|slot| slot.label.as_deref()).collect();
    assert_eq!(labels, BTreeSet::from(["Van 02"]), "{offered:?}");
    assert!(offered.iter().any(|slot| slot.label.is_none()), "later days have room");
    let crane = ops.slots(&agent, ids[6]).await.unwrap();
    assert!(crane.slots.is_empty(), "nobody can: {:?}", crane.slots);
    let lacks = crane.reasons.iter().flat_map(|reason| &reason.what);
    assert!(
        lacks.clone().count() > 0 && lacks.clone().all(|what| what.lack == Lack::Skill),
        "{:?}",
        crane.reasons
    );

    let view = ops.order(&agent, ids[0]).await.unwrap();
    assert_eq!(view.asked.skills, ["lift"]);
    assert!(matches!(&view.story[0].what, StoryFact::Placed { skills, .. } if *skills == ["lift"]));

    // The van's lift breaks for good before it leaves: a better plan gives nobody else what needs one, and says so.
    let mut ask = set_up();
    ask.vehicles[1].skills = Some(vec![]);
    let machine = hub.machine(&ops).await;
    hub.keys = hub.at(at(7, 31)).set_up(&machine, ask).await.unwrap();
    let dispatcher = hub.person(Role::Dispatcher).await;
    let ops = hub.at(at(7, 32));
    ops.propose_plan(&dispatcher, None).await.unwrap();
    assert!(ops.slots(&agent, ids[0]).await.unwrap().slots.is_empty());
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_no_vehicle_can_take_is_kept_and_its_shop_is_told() {
    let Some(mut hub) = Hub::open("taken_by_nobody").await else { return };
    skilled(&mut hub, &[(2, "lift")]).await;
    let of = |n: usize, weight_g: i64, volume_ml: i64, change: fn(&mut PlaceOrder)| {
        let packages = vec![PlacePackage { barcode: "P".into(), weight_g, volume_ml }];
        let mut order = PlaceOrder { packages, ..order(n, at(8, 0), at(11, 30)) };
        change(&mut order);
        order
    };
    let all = || (1..=4).map(|n| format!("Van {n:02}")).collect::<Vec<_>>();
    let nobody = PlaceOrder { never_vehicles: all(), ..of(5, 1, 1, |_| ()) };
    let orders = vec![
        of(0, 500_000, 200_000, |_| ()),
        of(1, 500_001, 1, |_| ()),
        of(2, 1, 200_001, |_| ()),
        of(3, 1, 1, |order| order.skills = vec!["crane".into()]),
        of(4, 1, 1, |order| {
            (order.skills, order.never_vehicles) = (vec!["lift".into()], vec!["Van 02".into()]);
        }),
        nobody,
        of(6, 1, 1, |order| order.skills = vec!["lift".into()]),
    ];
    let says = [
        None,
        Some("500001 g"),
        Some("200001 ml"),
        Some("crane"),
        Some("lift"),
        Some("never_vehicles"),
        None,
    ];
    for status in [PlaceStatus::Placed, PlaceStatus::Known] {
        let results = placed(&hub, orders.clone()).await;
        for (result, word) in results.iter().zip(says) {
            assert_eq!(result.result, status, "{result:?}");
            let why = result.why.as_deref();
            assert_eq!(why.is_some(), word.is_some(), "{result:?}");
            assert!(why.unwrap_or_default().contains(word.unwrap_or_default()), "{word:?}: {result:?}");
        }
    }
    // Once a vehicle can, nothing is said any more.
    skilled(&mut hub, &[(1, "crane"), (2, "lift")]).await;
    assert_eq!(placed(&hub, orders).await[3].why, None);
    hub.close().await;
}

#[tokio::test]
async fn on_the_road_an_order_is_offered_to_whom_it_may_go_with() {
    let Some(mut hub) = Hub::open("skills_out").await else { return };
    skilled(&mut hub, &[(1, "cold")]).await;
    hub.plan(24).await;
    for (van, route) in hub.routed(at(7, 20)).await {
        hub.report(van, at(7, 32), Deed::Departed { route: route.route }).await;
    }
    let ops = hub.at(at(7, 40));
    let shop = hub.shop(&ops).await;
    let ask = PlaceOrder { never_vehicles: vec!["Van 04".into()], ..needing(900, "cold") };
    let answer = ops.place_orders(&shop, PlaceOrders::Single(Box::new(ask))).await.unwrap();
    let (agent, id) = (hub.person(Role::Agent).await, answer.results[0].order.unwrap());
    let offered = ops.slots(&agent, id).await.unwrap().slots;
    let labels: BTreeSet<_> = offered.iter().filter_map(|slot| slot.label.as_deref()).collect();
    assert_eq!(labels, BTreeSet::from(["Van 01"]), "{offered:?}");
    let slot = offered.iter().find(|slot| slot.label.is_some()).unwrap();
    let window = (slot.window.from.to_utc(), slot.window.until.to_utc());
    ops.reschedule(&agent, id, window, Some(&slot.quote)).await.unwrap();
    let ahead = ops.order(&agent, id).await.unwrap().ahead.unwrap();
    assert_eq!(ahead.label, "Van 01");
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn a_shop_may_say_which_vehicles_come_and_which_do_not() {
    let Some(hub) = Hub::open("allowed").await else { return };
    let id = hub.keys.vehicles[2].id.to_string();
    let of = |n: usize| {
        let plain = order(n, at(8, 0), at(11, 30));
        match n % 3 {
            0 => PlaceOrder { never_vehicles: vec!["Van 01".into(), "Van  02 ".into()], ..plain },
            1 => PlaceOrder { only_vehicles: vec![id.clone(), "Van 01".into()], ..plain },
            _ => plain,
        }
    };
    let results = placed(&hub, (0..30).map(of).collect()).await;
    let (vans, unplanned) = planned(&hub).await;
    assert_eq!((vans.len(), unplanned), (30, 0));
    for n in 0..30 {
        let van = vans[&format!("BOO-{n:06}")];
        assert!(n % 3 != 0 || van > 2, "{n} goes with {van}");
        assert!(n % 3 != 1 || van == 1 || van == 3, "{n} goes with {van}");
    }
    let agent = hub.person(Role::Agent).await;
    let view = hub.at(at(7, 30)).order(&agent, results[1].order.unwrap()).await.unwrap();
    assert_eq!(view.asked.only_vehicles, ["Van 01", "Van 03"]);
    state_equals_history(&hub).await;
    hub.close().await;
}

#[tokio::test]
async fn what_matters_more_is_left_out_last() {
    let Some(hub) = Hub::open("priority").await else { return };
    // Three vans hold two of these each, and the fourth only comes at noon.
    let of = |n: usize| {
        let mut ask = order(n, at(8, 0), at(11, 30));
        ask.packages[0].volume_ml = 100_000;
        ask.priority = [None, Some(9), Some(0), Some(1)][n % 4];
        ask
    };
    placed(&hub, (0..12).map(of).collect()).await;
    let (vans, unplanned) = planned(&hub).await;
    assert_eq!((vans.len(), unplanned), (6, 6));
    let found: BTreeSet<usize> =
        vans.keys().map(|reference| reference.trim_start_matches("BOO-").parse().unwrap()).collect();
    assert_eq!(found, BTreeSet::from([1, 3, 5, 7, 9, 11]), "the odd ones have a priority");
    let dispatcher = hub.person(Role::Dispatcher).await;
    let queue = hub.at(at(7, 5)).queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!(queue.rows.len(), 6, "whoever is left out is asked about");
    hub.close().await;
}

fn window(from: DateTime<Utc>, until: DateTime<Utc>) -> PlaceWindow {
    PlaceWindow { from, until }
}

#[tokio::test]
async fn an_order_with_two_windows_is_served_in_one_of_them() {
    let Some(hub) = Hub::open("two_windows").await else { return };
    let (early, late) = ((at(8, 0), at(8, 10)), (at(14, 0), at(14, 40)));
    let of =
        |n: usize| PlaceOrder { more_windows: vec![window(early.0, early.1)], ..order(n, late.0, late.1) };
    let results = placed(&hub, (0..16).map(of).collect()).await;
    let (vans, unplanned) = planned(&hub).await;
    assert_eq!((vans.len(), unplanned), (16, 0));
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let stops: Vec<(DateTime<Utc>, DateTime<Utc>)> =
        sqlx::query_as("select planned_arrival, planned_departure from stops")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let at_door = TimeDelta::minutes(2);
    let within = |(arrival, departure): &(DateTime<Utc>, DateTime<Utc>), (from, until)| {
        *arrival <= until && *departure >= from + at_door && *departure <= until + at_door
    };
    assert_eq!(
        stops.iter().filter(|stop| within(stop, early) || within(stop, late)).count(),
        16,
        "{stops:?}"
    );
    assert!(stops.iter().any(|stop| within(stop, early)) && stops.iter().any(|stop| within(stop, late)));

    let (agent, id) = (hub.person(Role::Agent).await, results[0].order.unwrap());
    let ops = hub.at(at(7, 30));
    let view = ops.order(&agent, id).await.unwrap();
    assert_eq!(
        (view.original.from.to_utc(), view.original.until.to_utc()),
        (early.0, late.1),
        "the promise spans them"
    );
    let parts: Vec<_> = view.hit.windows.iter().map(|w| (w.from.to_utc(), w.until.to_utc())).collect();
    let StoryFact::Placed { windows, .. } = &view.story[0].what else { panic!("{:?}", view.story) };
    assert_eq!(*windows, view.hit.windows, "its story says the same");
    assert_eq!(parts, [early, late]);
    // Another window that was agreed on is the only one.
    let slot =
        ops.slots(&agent, id).await.unwrap().slots.into_iter().find(|slot| slot.label.is_some()).unwrap();
    let agreed = (slot.window.from.to_utc(), slot.window.until.to_utc());
    ops.reschedule(&agent, id, agreed, Some(&slot.quote)).await.unwrap();
    let moved = ops.order(&agent, id).await.unwrap().hit;
    assert_eq!(moved.windows, [moved.window]);
    state_equals_history(&hub).await;
    conn.close().await.unwrap();
    hub.close().await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_name() {
    let Some(hub) = Hub::open("bad_needs").await else { return };
    let plain = || order(1, at(9, 0), at(10, 0));
    let day = TimeDelta::days(1);
    let item = |name: &str, quantity| PlaceItem { name: name.into(), quantity };
    let wrong: Vec<(&str, PlaceOrder)> = vec![
        ("priority", PlaceOrder { priority: Some(10), ..plain() }),
        ("priority", PlaceOrder { priority: Some(-1), ..plain() }),
        ("skills", PlaceOrder { skills: vec!["two words".into()], ..plain() }),
        ("skills", PlaceOrder { skills: (0..17).map(|n| format!("s{n}")).collect(), ..plain() }),
        ("only_vehicles", PlaceOrder { only_vehicles: vec!["Van 99".into()], ..plain() }),
        ("never_vehicles", PlaceOrder { never_vehicles: vec![uuid::Uuid::nil().to_string()], ..plain() }),
        (
            "only_vehicles and never_vehicles",
            PlaceOrder {
                only_vehicles: vec!["Van 01".into()],
                never_vehicles: vec!["Van 01".into()],
                ..plain()
            },
        ),
        ("more_windows", PlaceOrder { more_windows: vec![window(at(9, 30), at(11, 0))], ..plain() }),
        ("more_windows", PlaceOrder { more_windows: vec![window(at(12, 0), at(11, 0))], ..plain() }),
        (
            "more_windows",
            PlaceOrder { more_windows: vec![window(at(9, 0) + day, at(9, 30) + day)], ..plain() },
        ),
        (
            "more_windows",
            PlaceOrder { more_windows: vec![window(at(0, 0) + day, at(1, 0) + day)], ..plain() },
        ),
        (
            "more_windows",
            PlaceOrder {
                more_windows: (11..19).map(|hour| window(at(hour, 0), at(hour, 30))).collect(),
                ..plain()
            },
        ),
        ("notes", PlaceOrder { notes: Some("x".repeat(501)), ..plain() }),
        ("notes", PlaceOrder { notes: Some("\u{202e}evil".into()), ..plain() }),
        ("items", PlaceOrder { items: vec![item("", 1)], ..plain() }),
        ("items", PlaceOrder { items: vec![item("Bread", 0)], ..plain() }),
        ("items", PlaceOrder { items: vec![item("Bread", 1); 201], ..plain() }),
        ("recipient.email", {
            let mut ask = plain();
            ask.recipient.email = Some("nobody".into());
            ask
        }),
        ("recipient.language", {
            let mut ask = plain();
            ask.recipient.language = Some("english".into());
            ask
        }),
    ];
    for (field, mut ask) in wrong {
        ask.reference = format!("BAD-{field}").replace("recipient.", "");
        let result = placed(&hub, vec![ask.clone()]).await.remove(0);
        let why = result.why.unwrap_or_default();
        assert!(result.result == PlaceStatus::Refused && why.starts_with(field), "{ask:?}: {why}");
    }
    // What is said in an empty field is not said.
    let mut empty = PlaceOrder { notes: Some(" ".into()), service: Some(Service::Deliver), ..plain() };
    empty.recipient.email = Some(String::new());
    assert_eq!(placed(&hub, vec![empty]).await[0].result, PlaceStatus::Placed);
    hub.close().await;
}

/// An order with everything that there is to say.
fn rich() -> PlaceOrder {
    let mut ask = PlaceOrder {
        priority: Some(3),
        more_windows: vec![window(at(12, 0), at(13, 0))],
        never_vehicles: vec!["Van 02".into()],
        notes: Some("The bell is\nbroken: call Grace".into()),
        items: vec![PlaceItem { name: "Insulin pens".into(), quantity: 2 }],
        ..order(5, at(8, 0), at(11, 30))
    };
    ask.recipient.email = Some("grace.vella@example.com".into());
    ask.recipient.language = Some("mt".into());
    ask
}

#[tokio::test]
async fn notes_reach_the_driver_and_can_be_erased_with_all_that_is_known_of_the_recipient() {
    let Some(hub) = Hub::open("wishes_erased").await else { return };
    let id = placed(&hub, vec![rich()]).await[0].order.unwrap();
    let again = placed(&hub, vec![rich()]).await.remove(0);
    assert_eq!((again.result, again.why), (PlaceStatus::Known, None), "what is the same is the same");
    let mut other =
        PlaceOrder { priority: None, notes: None, items: vec![], skills: vec!["lift".into()], ..rich() };
    other.recipient.email = None;
    other.service = Some(Service::Collect);
    (other.more_windows, other.never_vehicles) = (vec![], vec!["Van 03".into()]);
    let why = placed(&hub, vec![other]).await.remove(0).why.unwrap();
    for field in
        ["priority", "window", "skills", "never_vehicles", "notes", "items", "service", "recipient.email"]
    {
        assert!(why.contains(field), "{field} is missing in: {why}");
    }
    assert!(!why.contains("only_vehicles") && !why.contains("language"), "{why}");

    let (vans, _) = planned(&hub).await;
    let route = hub.route(vans["BOO-000005"], at(7, 20)).await;
    assert_eq!(route.stops[0].notes.as_deref(), Some("The bell is broken: call Grace"));
    let (agent, administrator) = (hub.person(Role::Agent).await, hub.person(Role::Administrator).await);
    let ops = hub.at(at(7, 30));
    let asked = ops.order(&agent, id).await.unwrap().asked;
    assert_eq!(
        (asked.email.as_deref(), asked.language.as_deref()),
        (Some("grace.vella@example.com"), Some("mt"))
    );
    assert_eq!((asked.priority, asked.items), (3, vec![("Insulin pens".to_owned(), 2)]));

    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let personal = "select count(*) from events where facts::text ~* 'grace|insulin|bell'";
    assert_eq!(
        sqlx::query_scalar::<_, i64>(personal).fetch_one(&mut conn).await.unwrap(),
        0,
        "facts hold nobody"
    );
    let row = "select count(*) from orders o where id = $1 and o::text ~* 'grace|insulin|bell|\"mt\"|,mt,'";
    let known = async |conn: &mut PgConnection| {
        sqlx::query_scalar::<_, i64>(row).bind(id.0).fetch_one(conn).await.unwrap()
    };
    assert_eq!(known(&mut conn).await, 1);
    ops.cancel_order(&hub.person(Role::Dispatcher).await, id).await.unwrap();
    ops.erase_recipient(&administrator, id, false).await.unwrap();
    assert_eq!(known(&mut conn).await, 0);
    let asked = ops.order(&agent, id).await.unwrap().asked;
    assert_eq!((asked.email, asked.language, asked.notes, asked.items), (None, None, None, vec![]));
    assert_eq!(
        (asked.priority, asked.never_vehicles),
        (3, vec!["Van 02".to_owned()]),
        "the plan's part stays"
    );
    // Nobody can say any more whether that is the same, and nobody shall.
    let mut other = PlaceOrder { notes: None, items: vec![], ..rich() };
    other.recipient.email = None;
    assert_eq!(placed(&hub, vec![other]).await[0].why, None);
    state_equals_history(&hub).await;
    conn.close().await.unwrap();
    hub.close().await;
}
