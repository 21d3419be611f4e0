//! What the tables guarantee whatever the verbs do, and what the verbs promise about time: a history that nobody changes,
//! readings in days, no secret in clear, sessions that end, and troubles that come and go with their cause.

use crate::common::{Hub, at, fix, order};
use chrono::TimeDelta;
use domain::{ExceptionKind, Role};
use operations::{Caller, Origin, PlanOutcome};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use wire::{driver::Deed, machine::PlaceOrders, staff::exceptions::QueueFilter};

#[tokio::test]
async fn what_has_happened_is_never_changed() {
    let Some(hub) = Hub::open("never_changed").await else { return };
    hub.plan(8).await;
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let events = "select count(*), coalesce(max(id), 0) from events";
    let before: (i64, i64) = sqlx::query_as(events).fetch_one(&mut conn).await.unwrap();
    assert!(before.0 > 8);
    for change in ["update events set actor = actor", "delete from events", "truncate events"] {
        let said = sqlx::query(change).execute(&mut conn).await.unwrap_err().to_string();
        assert!(said.contains("append-only"), "{change}: {said}");
    }
    assert_eq!(sqlx::query_as::<_, (i64, i64)>(events).fetch_one(&mut conn).await.unwrap(), before);
}

#[tokio::test]
async fn readings_lie_in_the_partition_of_their_day() {
    let Some(hub) = Hub::open("partitions").await else { return };
    for days in [0, 1] {
        let now = at(12, 0) + TimeDelta::days(days);
        let ops = hub.at(now);
        let van = hub.van(&ops, 1).await;
        let answer =
            ops.record_positions(&van, vec![fix(now - TimeDelta::minutes(1), 35.9, 14.45)]).await.unwrap();
        assert_eq!(answer.stored, 1);
    }
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    for day in ["positions_2026_11_23", "positions_2026_11_24"] {
        let part: i64 =
            sqlx::query_scalar("select count(*) from positions where tableoid = to_regclass($1)::oid")
                .bind(day)
                .fetch_one(&mut conn)
                .await
                .unwrap();
        assert_eq!(part, 1, "{day}");
    }
    let first: String = sqlx::query_scalar(
        "select a.attname::text from pg_index i
         join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
         where i.indrelid = 'positions'::regclass and i.indisprimary",
    )
    .fetch_one(&mut conn)
    .await
    .unwrap();
    assert_eq!(first, "at", "time comes first in the key");
}

#[tokio::test]
async fn secrets_are_kept_as_hashes_only() {
    let Some(hub) = Hub::open("secrets").await else { return };
    let ops = hub.at(at(8, 0));
    let password = "correct horse battery";
    let person = ops.add_person("Kim", Role::Agent, Some(password)).await.unwrap();
    let session = ops.sign_in("Kim", password, &Origin::default()).await.unwrap().session;
    let link = ops.add_sign_in_link(person).await.unwrap();
    let key = ops.add_administrator_key().await.unwrap();
    let shop = hub.keys.shops[0].key.clone();
    let device = hub.keys.vehicles[0].key.clone();

    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("select tablename::text from pg_tables where schemaname = 'public'")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let mut holding = async |needle: &str| {
        let mut found = vec![];
        for table in &tables {
            let sql = format!("select count(*) from {table} t where strpos(t::text, $1) > 0");
            let rows: i64 =
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(needle).fetch_one(&mut conn).await.unwrap();
            found.extend((rows > 0).then(|| table.clone()));
        }
        found
    };
    assert!(holding(password).await.is_empty());
    for (secret, home) in [
        (&session, "sessions"),
        (&link, "sign_in_links"),
        (&key, "api_keys"),
        (&shop, "api_keys"),
        (&device, "devices"),
    ] {
        assert!(holding(secret).await.is_empty(), "a secret of {home} lies open");
        let hash: String =
            Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(holding(&hash).await, [home], "and its hash is where it belongs");
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_idle_hours_and_after_a_day_in_any_case() {
    let Some(hub) = Hub::open("sessions_end").await else { return };
    let ops = hub.at(at(8, 0));
    let person = ops.add_person("Kim", Role::Agent, None).await.unwrap();
    let link = ops.add_sign_in_link(person).await.unwrap();
    let session = ops.sign_in_by_link(&link, &Origin::default()).await.unwrap().session;
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    for (seen, created, lives) in [
        ("11 hours 59 minutes", "12 hours", true),
        ("12 hours 1 minute", "13 hours", false),
        ("0 minutes", "23 hours 59 minutes", true),
        ("0 minutes", "24 hours 1 minute", false),
    ] {
        sqlx::query("update sessions set seen_at = now() - $1::interval, created_at = now() - $2::interval")
            .bind(seen)
            .bind(created)
            .execute(&mut conn)
            .await
            .unwrap();
        let who = ops.who(&session).await.unwrap();
        assert_eq!(who.is_some(), lives, "unused for {seen}, opened {created} ago");
    }
}

#[tokio::test]
async fn a_kept_problem_is_what_the_optimizer_was_given() {
    let Some(mut hub) = Hub::open("kept_problem").await else { return };
    let folder = std::env::temp_dir().join(format!("doorstep-problems-{}", std::process::id()));
    hub.keep = Some(folder.clone());
    hub.plan(8).await;
    let text = std::fs::read_to_string(folder.join("morning-2026-11-23-1.json")).unwrap();
    let kept = optimizer::json::read(&text).unwrap().problem;
    assert_eq!((kept.stop_ids().len(), kept.vehicle_ids().len()), (8, 4));
    let stop = optimizer::StopRule { iterations: Some(1_000), ..Default::default() };
    let solution = optimizer::solve(&kept, &stop, &optimizer::Settings::default()).solution;
    assert!(optimizer::check::check(&kept, &solution).is_feasible() && solution.unserved.is_empty());

    // A folder that cannot be made leaves no day without its plan.
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "in the way").unwrap();
    let Some(mut other) = Hub::open("kept_nowhere").await else { return };
    other.keep = Some(folder.join("below"));
    other.plan(8).await;
    std::fs::remove_file(&folder).unwrap();
}

#[tokio::test]
async fn a_breakdown_and_a_late_return_are_raised_and_settle_with_their_cause() {
    let Some(hub) = Hub::open("breakdown").await else { return };
    hub.plan(12).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let standing = async |now| {
        let ops = hub.at(now);
        ops.watch(&Caller::timer()).await.unwrap();
        let queue = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
        queue.rows.into_iter().filter(|r| r.route == Some(route.route)).map(|r| r.kind).collect::<Vec<_>>()
    };

    hub.report(n, at(7, 40), Deed::OffRoad { reason: "flat tyre".into() }).await;
    assert!(standing(at(7, 41)).await.contains(&ExceptionKind::Breakdown));
    hub.report(n, at(8, 10), Deed::Recovered).await;
    assert!(!standing(at(8, 11)).await.contains(&ExceptionKind::Breakdown));

    assert!(!standing(at(8, 12)).await.contains(&ExceptionKind::OffShift));
    assert!(
        standing(at(16, 25)).await.contains(&ExceptionKind::OffShift),
        "twelve doors do not fit in five minutes"
    );
    hub.report(n, at(16, 28), Deed::Returned { route: route.route }).await;
    assert!(!standing(at(16, 29)).await.contains(&ExceptionKind::OffShift));
}

#[tokio::test]
async fn what_nobody_needs_is_forgotten_after_its_time_and_not_before() {
    let Some(hub) = Hub::open("forgets").await else { return };
    hub.plan(8).await;
    let (n, route) = hub.routed(at(7, 20)).await.remove(0);
    hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    let timer = Caller::timer();
    let ops = hub.at(at(7, 40));
    let van = hub.van(&ops, n).await;
    ops.record_positions(&van, vec![fix(at(7, 39), 35.9, 14.45)]).await.unwrap();
    ops.watch(&timer).await.unwrap();
    hub.report(n, at(17, 0), Deed::Returned { route: route.route }).await;
    let dispatcher = hub.person(Role::Dispatcher).await;
    ops.add_sign_in_link(ops.add_person("anna", Role::Agent, None).await.unwrap()).await.unwrap();
    assert_eq!(hub.at(at(18, 0)).forget(&timer).await.unwrap(), None, "all of it is of today");

    let later = hub.at(at(18, 0) + TimeDelta::days(31));
    let said = later.forget(&timer).await.unwrap().unwrap();
    for what in ["2 reports", "expected arrivals", "1 expected returns"] {
        assert!(said.contains(what), "{what}: {said}");
    }
    // Sessions and links live by real time.
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let age = "update sessions set created_at = created_at - interval '49 hours';
               update sign_in_links set expires_at = expires_at - interval '49 hours'";
    sqlx::raw_sql(age).execute(&mut conn).await.unwrap();
    let said = later.forget(&timer).await.unwrap().unwrap();
    assert!(said.contains("1 sessions") && said.contains("sign-in links"), "{said}");
    // By the readings' own time where that is behind the clock, so a newer reading comes first.
    let much_later = hub.at(at(18, 0) + TimeDelta::days(62));
    let newer = fix(at(17, 59) + TimeDelta::days(62), 35.9, 14.45);
    much_later.record_positions(&van, vec![newer]).await.unwrap();
    let said = much_later.forget(&timer).await.unwrap().unwrap();
    assert!(said.contains("1 days of positions"), "{said}");
    assert_eq!(much_later.forget(&timer).await.unwrap(), None);
    assert!(matches!(later.forget(&dispatcher).await, Err(operations::OpsError::NotSignedIn)));
}

#[tokio::test]
async fn a_long_queue_comes_in_pages() {
    let Some(hub) = Hub::open("long_queue").await else { return };
    hub.plan(4).await;
    let ops = hub.at(at(7, 30));
    let shop = hub.shop(&ops).await;
    let late = (0..250).map(|n| wire::machine::PlaceOrder {
        hub: None,
        reference: format!("LATE-{n}"),
        ..order(n, at(9, 0) + TimeDelta::seconds(n as i64), at(12, 0) + TimeDelta::seconds(n as i64))
    });
    ops.place_orders(&shop, PlaceOrders::Bulk { orders: late.collect() }).await.unwrap();
    assert_eq!(ops.watch(&Caller::timer()).await.unwrap(), 250);

    let dispatcher = hub.person(Role::Dispatcher).await;
    let first = ops.queue(&dispatcher, None, QueueFilter::Unresolved).await.unwrap();
    assert_eq!((first.rows.len(), first.open), (200, 250));
    let more = first.more.unwrap();
    // One of the first page is resolved meanwhile, and the clock goes on: the second page is still the second.
    ops.resolve(&dispatcher, first.rows[3].id, "called".into()).await.unwrap();
    let second = hub
        .at(at(7, 50))
        .queue_behind(&dispatcher, None, QueueFilter::Unresolved, Some(&more))
        .await
        .unwrap();
    assert_eq!((second.rows.len(), second.open, second.more), (50, 249, None));
    let saveable: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| row.save_by.unwrap()).collect();
    assert!(saveable.is_sorted(), "most urgent first, each once");
    let broken = ops.queue_behind(&dispatcher, None, QueueFilter::Unresolved, Some("1_2_x")).await;
    assert!(matches!(broken, Err(operations::OpsError::Invalid(_))));
}

/// What is written together has one transaction: rows name it.
#[tokio::test]
async fn readings_that_come_at_once_are_committed_together() {
    let Some(hub) = Hub::open("at_once").await else { return };
    let ops = hub.at(at(8, 0));
    let mut phones = tokio::task::JoinSet::new();
    for n in 0..100 {
        let (ops, van) = (ops.clone(), hub.van(&ops, 1 + n % 4).await);
        phones.spawn(async move {
            let reading = fix(at(7, 59) - TimeDelta::milliseconds(n as i64), 35.9, 14.45);
            assert!(ops.record_positions(&van, vec![reading]).await.unwrap().refused.is_empty());
        });
    }
    phones.join_all().await;
    let (rows, commits): (i64, i64) =
        scalar(&hub, "select count(*), count(distinct xmin::text) from positions").await;
    assert_eq!(rows, 100);
    assert!(commits <= 25, "{commits} commits for {rows} readings");
    hub.close().await;
}

/// A round of watching writes in bulk, and what is as it was is not written again.
#[tokio::test]
async fn a_round_without_news_writes_no_estimate() {
    let Some(hub) = Hub::open("no_news").await else { return };
    hub.plan(40).await;
    let routed = hub.routed(at(7, 20)).await;
    assert!(routed.len() >= 3);
    for (n, route) in routed {
        hub.report(n, at(7, 32), Deed::Departed { route: route.route }).await;
    }
    let ops = hub.at(at(7, 40));
    let written = async || -> (i64, i64, String) {
        let sql = "select count(*), count(distinct xmin::text), string_agg(stop_id::text || xmin::text, ',' order by stop_id) from etas";
        scalar(&hub, sql).await
    };
    ops.watch(&Caller::timer()).await.unwrap();
    let first = written().await;
    assert_eq!(first.0, 40);
    assert!(first.1 <= 2, "{} commits for the estimates of three vehicles and more", first.1);
    ops.watch(&Caller::timer()).await.unwrap();
    assert_eq!(written().await, first);
    let (kept,): (i64,) = scalar(&hub, "select count(*) from kept_estimates").await;
    assert!(kept > 0, "estimates are kept to be scored");
    hub.close().await;
}

/// What estimates were off by is how far from it the next ones are told to be.
#[tokio::test]
async fn scores_reach_what_is_told() {
    let Some(hub) = Hub::open("scores").await else { return };
    hub.plan(64).await;
    let routed = hub.routed(at(7, 20)).await;
    for (n, route) in &routed {
        hub.report(*n, at(7, 32), Deed::Departed { route: route.route }).await;
    }
    let ops = hub.at(at(7, 40));
    ops.watch(&Caller::timer()).await.unwrap();
    let machine = hub.machine(&ops).await;
    let estimates = async || ops.estimates(&machine, None).await.unwrap().stops;
    ops.score_estimates(&Caller::timer()).await.unwrap();
    assert!(
        estimates().await.iter().all(|s| s.expected.is_some() && s.earliest.is_none()),
        "nothing was scored yet"
    );

    // Of all but the last stops of the routes: half an hour ahead, from 100 s early to 500 s late.
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let history = "with ended as (
            select id, planned_arrival, row_number() over (order by id) as n, count(*) over () as all_of_them
            from stops s where sequence < (select max(sequence) from stops o where o.route_id = s.route_id)
        ), kept as (
            insert into kept_estimates (stop_id, horizon_min, made_at, arrival)
            select id, 30, planned_arrival - interval '30 min', planned_arrival from ended
        )
        update stops s set state = 'arrived', arrived_at = e.planned_arrival
            + make_interval(secs => 600.0 * (e.n - 1) / (e.all_of_them - 1) - 100)
        from ended e where s.id = e.id";
    sqlx::query(history).execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    assert!(ops.score_estimates(&Caller::timer()).await.unwrap() >= 60);
    let open: Vec<_> = estimates().await.into_iter().filter(|s| s.arrived.is_none()).collect();
    assert_eq!(open.len(), routed.len());
    for stop in open {
        let off = |end: Option<chrono::DateTime<chrono::Utc>>| {
            (end.unwrap() - stop.expected.unwrap()).num_seconds()
        };
        assert_eq!((off(stop.earliest), off(stop.latest)), (-70, 470), "{stop:?}");
    }
    hub.close().await;
}

/// It is asked every second, so it may touch nothing that grows with the day.
#[tokio::test]
async fn a_morning_that_is_planned_reads_nothing_of_the_day() {
    let Some(hub) = Hub::open("planned").await else { return };
    hub.plan(40).await;
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    let locked = "begin; lock table orders, packages, stops, vehicles, drivers, events, positions in access exclusive mode";
    sqlx::raw_sql(locked).execute(&mut conn).await.unwrap();
    let ops = hub.at(at(7, 5));
    let timer = Caller::timer();
    let planned = tokio::time::timeout(Duration::from_secs(20), ops.plan_morning(&timer)).await;
    assert_eq!(planned.expect("it waits for a table of the day").unwrap(), [PlanOutcome::AlreadyPlanned]);
    conn.close().await.unwrap();
    hub.close().await;
}

async fn scalar<T>(hub: &Hub, sql: &'static str) -> T
where
    T: for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> + Send + Unpin,
{
    let mut conn = PgConnection::connect(&hub.url).await.unwrap();
    sqlx::query_as(sql).fetch_one(&mut conn).await.unwrap()
}
