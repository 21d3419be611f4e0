//! A history that can be lived with: recipients can be erased and the figures stay, whoever follows misses nothing, and a check
//! finds what is not as it was told.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order},
};
use chrono::TimeDelta;
use domain::{Outcome, Refusal, Role, figures::Tally};
use operations::{Caller, Operations, OpsError};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::feed::{self, Cursor};
use wire::{
    driver::Deed,
    machine::{PlaceOrders, PlaceStatus},
    staff::{
        erasure::{EraseOutcome, EraseRecipient, Held},
        exceptions::QueueFilter,
        figures::FigureKind,
    },
};

/// Three vans leave and attempt six stops each; one of them fails. The first van comes back.
async fn played(test: &str) -> Option<Hub> {
    let hub = Hub::open(test).await?;
    hub.plan(45).await;
    for (n, route) in hub.routed(at(7, 20)).await {
        hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
        let mut now = at(8, 0);
        for (i, stop) in route.stops.iter().take(6).enumerate() {
            let fails = n == 2 && i == 3;
            let outcome = if fails { Outcome::FailedNotHome } else { Outcome::DeliveredToRecipient };
            hub.attempt(n, now, stop.stop, outcome).await;
            now += TimeDelta::minutes(14);
        }
        if n == 1 {
            hub.report(n, at(10, 0), Deed::Returned { route: route.route }).await;
        }
    }
    Some(hub)
}

async fn connect(hub: &Hub) -> PgConnection {
    PgConnection::connect(&hub.url).await.unwrap()
}

/// Waits until every event is in the feed: transactions of other tests hold it up, whose databases are on the same server.
pub async fn settled(hub: &Hub) {
    let waits = "select exists (select from events where tx >= pg_snapshot_xmin(pg_current_snapshot())
                                  and epoch = (select epoch from feed_epoch))";
    let mut conn = connect(hub).await;
    while sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut conn).await.unwrap() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

async fn tables(conn: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public' order by 1")
        .fetch_all(conn)
        .await
        .unwrap()
}

/// In which tables a text stands.
async fn holding(conn: &mut PgConnection, needle: &str) -> Vec<String> {
    let mut found = vec![];
    for table in tables(conn).await {
        let sql = format!("select count(*) from {table} t where strpos(t::text, $1) > 0");
        let rows: i64 =
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(needle).fetch_one(&mut *conn).await.unwrap();
        found.extend((rows > 0).then_some(table));
    }
    found
}

/// What figures and their rows say, as text, and how many rows each table has that forgets nothing.
async fn counted(ops: &Operations, conn: &mut PgConnection, manager: &Caller) -> String {
    let mut said = serde_json::to_string(&ops.figures(manager, None, None).await.unwrap()).unwrap();
    for kind in FigureKind::ALL {
        let rows = ops.figure_rows(manager, None, None, kind, 1).await.unwrap();
        said += &serde_json::to_string(&rows).unwrap();
    }
    for table in tables(conn).await {
        let forgets = ["event_words", "proposals"].contains(&table.as_str()) || table.starts_with("events");
        let rows = if forgets { "forgets".to_owned() } else { count(conn, &table).await.to_string() };
        said += &format!("\n{table} {rows}");
    }
    said
}

async fn count(conn: &mut PgConnection, from: &str) -> i64 {
    let sql = format!("select count(*) from {from}");
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(conn).await.unwrap()
}

#[tokio::test]
async fn a_recipient_is_erased_and_the_day_stays_what_it_was() {
    let Some(hub) = played("erased").await else { return };
    let (agent, administrator) = (hub.person(Role::Agent).await, hub.person(Role::Administrator).await);
    let (dispatcher, manager) = (hub.person(Role::Dispatcher).await, hub.person(Role::Manager).await);
    let mut conn = connect(&hub).await;

    // A door where something went wrong, about which a driver and an agent have written; and another order for its phone.
    let (n, route) = hub.routed(at(10, 5)).await.into_iter().find(|(n, _)| *n != 1).unwrap();
    let number = |reference: &str| reference.trim_start_matches("BOO-").parse::<usize>().unwrap();
    let stop = route.stops.iter().find(|s| number(&s.reference) > 4).unwrap();
    let (reference, who) = (stop.reference.clone(), number(&stop.reference));
    let (name, phone) = (format!("Recipient {who:04}"), format!("+356 2100 {who:04}"));
    let address = format!("Triq il-Ħamrun {who}");
    let door = format!("{:?}", stop.at.lat);
    let outcome = Outcome::FailedNotHome;
    hub.report(n, at(10, 6), Deed::Failed { stop: stop.stop, outcome, note: Some(format!("{name} slept")) })
        .await;
    let ops = hub.at(at(10, 10));
    ops.watch(&Caller::timer()).await.unwrap();
    let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    let row = queue.rows.iter().find(|r| r.reference.as_ref() == Some(&reference)).unwrap();
    ops.claim(&dispatcher, row.id).await.unwrap();
    ops.resolve(&dispatcher, row.id, format!("Called {name} at {phone}")).await.unwrap();
    let shop = hub.shop(&ops).await;
    let mut other = order(900, at(18, 0), at(20, 0));
    other.recipient.phone = format!("00356 2100{who:04}");
    let ask = PlaceOrders::Single(Box::new(other));
    ops.place_orders(&shop, ask).await.unwrap();
    let id = ops.find_orders(&agent, &reference, 1).await.unwrap().hits[0].order;

    // Whoever is still to get something keeps a name and a door.
    let refused = ops.erase_recipient(&administrator, id, false).await;
    assert!(matches!(refused, Err(OpsError::Refused(Refusal::OrderOpen))), "{refused:?}");
    hub.report(
        n,
        at(10, 12),
        Deed::Delivered { stop: stop.stop, outcome: Outcome::DeliveredToSafePlace, note: None },
    )
    .await;
    let named = "insert into proposals select gen_random_uuid(), hub_id, day, 1, now(), 'replaced',
                 jsonb_build_object('answers', jsonb_build_array(jsonb_build_object('order', id, 'address', address)))
                 from orders where id = $1";
    sqlx::query(named).bind(id.0).execute(&mut conn).await.unwrap();
    let denied = ops.erase_recipient(&agent, id, false).await;
    assert!(matches!(denied, Err(OpsError::NotAllowed { role: Role::Agent })), "{denied:?}");

    let ops = hub.at(at(11, 0));
    assert_eq!(ops.order_named(&Caller::command_line(), &reference).await.unwrap(), id);
    settled(&hub).await;
    ops.count_rollups(&Caller::timer()).await.unwrap();
    let before = counted(&ops, &mut conn, &manager).await;
    let events = count(&mut conn, "events").await;
    for needle in [&name, &phone, &address, &door] {
        assert!(!holding(&mut conn, needle).await.is_empty(), "{needle} stands nowhere from the start");
        assert!(!holding(&mut conn, needle).await.contains(&"events".to_owned()), "{needle} is in a fact");
    }
    // What would be lost is shown first; an order that is still open is named and keeps its recipient.
    let view = ops.recipient(&administrator, id, &[]).await.unwrap();
    assert_eq!((&view.name, view.total, view.erased.is_none(), view.is_open()), (&name, 2, true, false));
    let [chosen, waiting] = &view.orders[..] else { panic!("{:?}", view.orders) };
    assert_eq!((chosen.order, chosen.open, waiting.open), (id, false, true));
    assert_eq!(
        chosen.holds,
        [Held::Name, Held::Phone, Held::Address, Held::DriverNotes(1), Held::Resolutions(1)]
    );
    let ask = |order, typed: &str| EraseRecipient { order, all: true, typed: typed.to_owned() };
    let slip = ops.erase_confirmed(&administrator, ask(id, "BOO-000901")).await.unwrap();
    assert_eq!(slip, EraseOutcome::NotConfirmed);
    let open = ops.erase_confirmed(&administrator, ask(waiting.order, "BOO-000900")).await.unwrap();
    assert_eq!(open, EraseOutcome::StillOpen);
    assert_eq!(count(&mut conn, "events").await, events, "neither changed anything");
    assert_eq!(ops.erasures(&administrator, 1).await.unwrap().rows, []);
    let erased = ops.erase_confirmed(&administrator, ask(id, &reference.to_lowercase())).await.unwrap();
    assert_eq!(erased, EraseOutcome::Erased { orders: 1, left: vec![waiting.order] });
    let view = ops.recipient(&administrator, id, &[waiting.order]).await.unwrap();
    assert_eq!((view.name.as_str(), view.total, view.left.len()), ("", 1, 1));
    assert_eq!(view.orders[0].holds, []);
    let done = ops.erasures(&administrator, 1).await.unwrap().rows;
    assert_eq!(done, [view.erased.unwrap()]);
    assert_eq!((done[0].by.as_deref(), &done[0].reference), (Some("administrator"), &reference));

    assert_eq!(counted(&ops, &mut conn, &manager).await, before, "the figures do not know anybody");
    assert_eq!(count(&mut conn, "events").await, events + 1, "the erasure is a fact");
    let digits = format!("35621000{who:03}");
    for needle in [&name, &address, &door] {
        assert_eq!(holding(&mut conn, needle).await, Vec::<String>::new(), "{needle}");
    }
    for needle in [&phone, &digits] {
        let found = holding(&mut conn, needle).await;
        assert!(found.is_empty() || found == ["orders"], "{needle} is in {found:?}");
        let of_it = format!("orders o where id = '{id}' and strpos(o::text, '{needle}') > 0");
        assert_eq!(count(&mut conn, &of_it).await, 0, "{needle}");
    }

    // The pages say so in a word; nobody is found by name; the story goes on without the words.
    let named = ops.find_orders(&agent, &name, 1).await.unwrap().hits;
    assert!(named.iter().all(|hit| hit.order != id), "{named:?}");
    let hit = ops.find_orders(&agent, &reference, 1).await.unwrap().hits.remove(0);
    assert_eq!((hit.recipient.as_str(), hit.phone.as_str(), hit.address.as_str()), ("", "", ""));
    let story = serde_json::to_string(&ops.order(&agent, id).await.unwrap().story).unwrap();
    assert!(
        story.contains("erased") && story.contains("failed_not_home") && !story.contains("slept"),
        "{story}"
    );
    // The shop may send it again: it is known, and what is forgotten is not compared.
    let again = order(who, at(8, 0), at(11, 30));
    let answer =
        ops.place_orders(&shop, PlaceOrders::Single(Box::new(again))).await.unwrap().results.remove(0);
    assert_eq!((answer.result, answer.order, answer.why), (PlaceStatus::Known, Some(id), None));
    // Once more changes nothing.
    ops.erase_recipient(&Caller::command_line(), id, false).await.unwrap();
    assert_eq!(count(&mut conn, "events").await, events + 1);
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_transaction_that_began_earlier_and_commits_later_is_not_missed() {
    let Some(hub) = Hub::open("feed").await else { return };
    hub.plan(8).await;
    settled(&hub).await;
    let mut read = hub.database.begin().await.unwrap();
    let all = feed::after(&mut read, Cursor::START, 10_000).await.unwrap();
    let cursor = all.last().unwrap().cursor;
    assert!(all.len() > 20 && all.windows(2).all(|two| two[0].cursor < two[1].cursor));
    let (first, rest) = all.split_at(7);
    let from_there = feed::after(&mut read, first.last().unwrap().cursor, 10_000).await.unwrap();
    let cursors = |of: &[feed::Heard]| of.iter().map(|h| h.cursor).collect::<Vec<_>>();
    assert_eq!(cursors(&from_there), cursors(rest), "a page goes on where the one before ended");

    let add = "insert into events (occurred_at, recorded_at, source, actor_kind, hub_id, version, kind, facts)
               select occurred_at, recorded_at, source, 'timer', hub_id, 2, 'weather_set', '{\"weather\": \"rain\"}'
               from events order by id limit 1 returning id";
    let (mut slow, mut quick) = (connect(&hub).await, connect(&hub).await);
    let mut open = slow.begin().await.unwrap();
    let early: i64 = sqlx::query_scalar(add).fetch_one(&mut *open).await.unwrap();
    let late: i64 = sqlx::query_scalar(add).fetch_one(&mut quick).await.unwrap();
    assert!(early < late);

    // By number somebody would read the late one now, and ask for what came after it.
    let by_number = "select id from events where id > $1 order by id";
    let seen: Vec<i64> =
        sqlx::query_scalar(by_number).bind(cursor.event()).fetch_all(&mut quick).await.unwrap();
    assert_eq!(seen, [late]);
    assert!(feed::after(&mut read, cursor, 10).await.unwrap().is_empty(), "the feed waits for the open one");

    open.commit().await.unwrap();
    settled(&hub).await;
    let after_it: Vec<i64> = sqlx::query_scalar(by_number).bind(late).fetch_all(&mut quick).await.unwrap();
    assert!(after_it.is_empty(), "and would never hear of the early one");
    let heard = feed::after(&mut read, cursor, 10).await.unwrap();
    assert_eq!(heard.iter().map(|h| h.cursor.event()).collect::<Vec<_>>(), [early, late]);
    assert_eq!(cursor.to_string().parse(), Ok(cursor));

    // After a restore transactions are numbered from the beginning; what is new still comes after everything that is old.
    sqlx::query("update feed_epoch set cluster = 'elsewhere'").execute(&mut quick).await.unwrap();
    hub.database.migrate().await.unwrap();
    let cursor = heard.last().unwrap().cursor;
    let overtaken = "insert into events (occurred_at, recorded_at, source, actor_kind, hub_id, version, kind, facts, epoch, tx)
                     select occurred_at, recorded_at, source, 'timer', hub_id, 2, 'weather_set', '{\"weather\": \"dry\"}',
                            (select epoch from feed_epoch), '9' from events order by id limit 1 returning id";
    let restored: i64 = sqlx::query_scalar(overtaken).fetch_one(&mut quick).await.unwrap();
    settled(&hub).await;
    let heard = feed::after(&mut read, cursor, 10).await.unwrap();
    assert_eq!(heard.iter().map(|h| h.cursor.event()).collect::<Vec<_>>(), [restored]);
}

#[tokio::test]
async fn rollups_say_what_a_direct_count_says() {
    let Some(hub) = played("rollups").await else { return };
    let manager = hub.person(Role::Manager).await;
    let day = at(12, 0).date_naive();
    let mut read = hub.database.read().await.unwrap();
    let id = store::hubs::all(&mut read).await.unwrap()[0].id;
    let (from, until) = (at(0, 0), at(0, 0) + TimeDelta::days(1));
    for hour in [10, 13] {
        if hour == 13 {
            // Vans come back, in a round of their own; a day is counted as its events come.
            for (n, route) in hub.routed(at(12, 0)).await.into_iter().filter(|(n, _)| *n != 1) {
                hub.report(n, at(12, n as u32), Deed::Returned { route: route.route }).await;
            }
        }
        let ops = hub.at(at(hour, 0));
        settled(&hub).await;
        assert!(ops.count_rollups(&Caller::timer()).await.unwrap() > 0);
        assert_eq!(ops.count_rollups(&Caller::timer()).await.unwrap(), 0, "each event counts once");

        let attempts = store::figures::attempts(&mut read, id, from, until).await.unwrap();
        let roads = store::figures::road_times(&mut read, id, from, until).await.unwrap();
        let direct: Tally = attempts.iter().map(|a| Tally::of(&a.facts)).sum();
        let direct = direct.merge(&roads.iter().map(|r| Tally::of_route(&r.time)).sum());
        let tally = store::rollups::tally(&mut read, id, day, day).await.unwrap();
        assert_eq!(tally, direct);
        assert_eq!((tally.attempts(), tally.roads.routes), (18, 3));
        assert_eq!(tally.roads.still_out, if hour == 10 { 2 } else { 0 });
        let figures = ops.figures(&manager, None, None).await.unwrap();
        let rate = tally.on_time_latest();
        assert_eq!((figures.on_time_latest.part, figures.on_time_latest.whole), (rate.part, rate.whole));
        assert!((figures.road_hours - tally.road_hours(at(hour, 0))).abs() < 1e-9);
        let hours = store::rollups::hours(&mut read, id, day).await.unwrap();
        let bars: Vec<_> = figures.hours.iter().map(|h| (h.hour.to_utc(), h.on_time.whole)).collect();
        assert_eq!(hours.iter().map(|(hour, t)| (*hour, t.attempts())).collect::<Vec<_>>(), bars);
        assert!(bars.len() > 1);
        let before =
            store::rollups::tally(&mut read, id, day - TimeDelta::days(9), day - TimeDelta::days(1)).await;
        assert_eq!(before.unwrap(), Tally::default());
        state_equals_history(&hub).await;
    }
}

#[tokio::test]
async fn a_projector_stops_before_what_it_cannot_take_up_and_goes_on_once_it_is_mended() {
    let Some(hub) = played("stops").await else { return };
    let mut conn = connect(&hub).await;
    let attempts = "select coalesce(sum(attempts), 0)::int8 from rollup_attempts";
    let add = |version: i16, kind: &str, facts: &str| {
        format!(
            "insert into events (occurred_at, recorded_at, source, actor_kind, hub_id, version, kind, route_id, vehicle_id, facts)
             select occurred_at, recorded_at, source, 'timer', hub_id, {version}, '{kind}', gen_random_uuid(), vehicle_id,
                    '{facts}' from events where kind = 'route_finished' limit 1 returning id"
        )
    };
    let mut counted = 18;
    for (step, (version, kind, why)) in
        [(9, "weather_set", "it is of version 9"), (2, "route_finished", "has never left")]
            .into_iter()
            .enumerate()
    {
        let bad: i64 =
            sqlx::query_scalar(AssertSqlSafe(add(version, kind, "{}"))).fetch_one(&mut conn).await.unwrap();
        let minute = 20 + step as u32 * 10;
        let (n, route) = hub.routed(at(10, minute)).await.into_iter().find(|(n, _)| *n != 1).unwrap();
        hub.attempt(n, at(10, minute), route.stops[0].stop, Outcome::DeliveredToRecipient).await;
        let ops = hub.at(at(11, 0));
        settled(&hub).await;
        for _ in 0..2 {
            let said = ops.count_rollups(&Caller::timer()).await.unwrap_err().to_string();
            assert!(said.contains(&format!("event {bad}")) && said.contains(why), "{said}");
            let kept: i64 = sqlx::query_scalar(attempts).fetch_one(&mut conn).await.unwrap();
            assert_eq!(kept, counted, "what came before is counted, once, and nothing that came after");
        }
        let said = ops.replay().await.unwrap_err().to_string();
        assert!(said.contains(&format!("event {bad}")), "{said}");

        let mend = format!(
            "alter table events disable trigger events_are_final; delete from events where id = {bad};
             alter table events enable trigger events_are_final"
        );
        sqlx::raw_sql(AssertSqlSafe(mend)).execute(&mut conn).await.unwrap();
        assert!(ops.count_rollups(&Caller::timer()).await.unwrap() > 0);
        counted += 1;
        let kept: i64 = sqlx::query_scalar(attempts).fetch_one(&mut conn).await.unwrap();
        assert_eq!(kept, counted);
    }
    state_equals_history(&hub).await;
}

#[tokio::test]
async fn a_row_that_was_changed_by_hand_is_found() {
    let Some(hub) = played("checked").await else { return };
    let ops = hub.at(at(11, 0));
    settled(&hub).await;
    ops.count_rollups(&Caller::timer()).await.unwrap();
    state_equals_history(&hub).await;
    let mut conn = connect(&hub).await;
    for (number, (what, change)) in [
        (
            "stop",
            "update stops set sequence = sequence + 50 where id = (select min(id::text)::uuid from stops)",
        ),
        ("order", "update orders set service_s = 77 where id = (select min(id::text)::uuid from orders)"),
        (
            "attempt",
            "update attempts set note = 'by hand' where id = (select min(id::text)::uuid from attempts)",
        ),
        (
            "rollup of attempts",
            "update rollup_attempts set firsts = firsts + 1 where outcome = 'failed_not_home'",
        ),
        ("rollup of routes", "delete from rollup_routes where still_out = 0"),
    ]
    .into_iter()
    .enumerate()
    {
        sqlx::query(change).execute(&mut conn).await.unwrap();
        let replay = ops.replay().await.unwrap();
        assert!(replay.differing.iter().any(|line| line.starts_with(what)), "{what}: {:?}", replay.differing);
        assert!(
            replay.differing.iter().all(|line| !line.contains("by hand")),
            "ids alone: {:?}",
            replay.differing
        );
        assert_eq!(replay.differing.len(), number + 1, "each is one line");
    }
}

#[tokio::test]
async fn months_are_made_ahead_and_take_what_was_recorded_before_them() {
    let Some(hub) = Hub::open("months").await else { return };
    hub.plan(8).await;
    let administrator = hub.person(Role::Administrator).await;
    let (timer, mut conn) = (Caller::timer(), connect(&hub).await);
    let ops = hub.at(at(7, 20));
    let denied = ops.make_months(&administrator).await;
    assert!(matches!(denied, Err(OpsError::NotSignedIn)), "{denied:?}");
    let waiting = count(&mut conn, "events_default").await;
    assert!(waiting > 20, "nobody has made a month yet");

    let said = ops.make_months(&timer).await.unwrap().unwrap();
    let months = format!("2026-11 ({waiting} events moved there), 2026-12, 2027-01, 2027-02");
    assert_eq!(said, format!("the history has room for {months}"));
    assert_eq!(ops.make_months(&timer).await.unwrap(), None, "twice is harmless");
    let later = hub.at(at(7, 20) + TimeDelta::days(9));
    assert_eq!(later.make_months(&timer).await.unwrap().unwrap(), "the history has room for 2027-03");

    // The day goes on, its facts are recorded in their month, and nothing of it is lost.
    let (n, route) = hub.routed(at(7, 25)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    hub.attempt(n, at(8, 30), route.stops[0].stop, Outcome::DeliveredToRecipient).await;
    assert_eq!(count(&mut conn, "events_default").await, 0);
    assert!(count(&mut conn, "events_2026_11").await > waiting);
    state_equals_history(&hub).await;
    settled(&hub).await;
    assert!(hub.at(at(9, 0)).count_rollups(&timer).await.unwrap() > waiting as usize);
}
