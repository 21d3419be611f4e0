//! What is kept once, and that the history with which the rest is tried is a true one.

use crate::ground::{NOTHING, Size, at, filled, hub, last_day};
use domain::{Exception, ExceptionId, PersonId, ProposalId};
use store::{
    exceptions::{self, Wanted},
    positions::{self, Position},
    proposals::{self, Proposal},
};

const FEW: Size = Size { days: 3, orders: 120, vehicles: 6, waiting: 30 };

#[tokio::test(flavor = "multi_thread")]
async fn the_filled_history_adds_up_to_the_tables() {
    let Some(database) = filled("truth", FEW).await else { return };
    let mut conn = database.read().await.unwrap();
    let (rebuilt, _) = store::ledger::rebuilt(&mut conn).await.unwrap();
    let tables = store::ledger::read(&mut conn).await.unwrap();
    assert_eq!(rebuilt.orders.len(), 390);
    assert_eq!(rebuilt, tables);
}

async fn refused(database: &store::Database, sql: &'static str) -> Option<String> {
    let mut tx = database.begin().await.unwrap();
    let error = sqlx::raw_sql(sql).execute(&mut *tx).await.unwrap_err();
    error.into_database_error().and_then(|e| e.constraint().map(str::to_owned))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_plan_one_proposal_and_one_open_stop() {
    let Some(database) = filled("once", FEW).await else { return };
    let plan =
        "insert into plans select gen_random_uuid(), hub_id, day, 2, published_at, state from plans limit 1";
    assert_eq!(refused(&database, plan).await.as_deref(), Some("plans_published"));
    let stops = "insert into stops (id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, state)
                 select gen_random_uuid(), route_id, order_id, 1, planned_arrival, planned_departure, 1, 'pending'
                 from (select * from stops limit 1) s, generate_series(1, 2)";
    assert_eq!(refused(&database, stops).await.as_deref(), Some("stops_open"));
    let proposals = "insert into proposals select gen_random_uuid(), id, '2026-11-27', 1, now(), 'open', '{}'
                     from hubs, generate_series(1, 2)";
    assert_eq!(refused(&database, proposals).await.as_deref(), Some("proposals_open"));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_proposals_made_in_the_same_moment_one_is_open() {
    let Some(database) = filled("proposals", FEW).await else { return };
    let hub = hub(&mut database.read().await.unwrap()).await;
    let made = (1..=8_u128).map(|n| {
        let database = database.clone();
        tokio::spawn(async move {
            let id = ProposalId(uuid::Uuid::from_u128(n));
            let proposal =
                Proposal { id, hub, day: last_day(), based_on: 1, made_at: at(9), content: n.to_string() };
            let mut tx = database.begin().await.unwrap();
            proposals::add(&mut tx, &proposal).await.unwrap();
            tx.commit().await.unwrap();
        })
    });
    for one in made.collect::<Vec<_>>() {
        one.await.unwrap();
    }
    let mut conn = database.read().await.unwrap();
    assert!(proposals::open::<String>(&mut conn, hub, last_day()).await.unwrap().is_some());
    let open: i64 = sqlx::query_scalar("select count(*) from proposals where state = 'open'")
        .fetch_one(&mut *conn)
        .await
        .unwrap();
    assert_eq!(open, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_in_pages_holds_each_exception_once_in_the_order_of_the_whole() {
    let Some(database) = filled("queue", FEW).await else { return };
    let mut conn = database.read().await.unwrap();
    let hub = hub(&mut conn).await;
    // Some can be saved, some are missed, some have no clock, some are somebody's.
    let me = PersonId(uuid::Uuid::from_u128(7));
    for sql in [
        "update exceptions set save_by = null where state = 'open' and get_byte(uuid_send(id), 15) % 5 = 0",
        "update exceptions set state = 'claimed', claimed_by = '00000000-0000-0000-0000-000000000007', claimed_at = raised_at
         where state = 'open' and get_byte(uuid_send(id), 15) % 3 = 0",
    ] {
        sqlx::raw_sql(sql).execute(&mut *conn).await.unwrap();
    }
    let now = at(11);
    for wanted in [Wanted::Unresolved, Wanted::ClaimedBy(me), Wanted::Resolved] {
        let (whole, end) =
            exceptions::page(&mut conn, hub, last_day(), wanted, (now, None), 1_000).await.unwrap();
        assert_eq!(end, None);
        assert!(!whole.is_empty(), "{wanted:?}");
        let (mut pages, mut behind): (Vec<Exception>, _) = (vec![], None);
        loop {
            // The clock goes on between pages, and the order stays that of the first.
            let later = now + chrono::TimeDelta::minutes(pages.len() as i64);
            let (page, end) =
                exceptions::page(&mut conn, hub, last_day(), wanted, (later, behind), 7).await.unwrap();
            assert!(page.len() == 7 || end.is_none());
            pages.extend(page);
            behind = end;
            if end.is_none() {
                break;
            }
        }
        assert_eq!(pages, whole);
    }
    let (open, claimed, resolved) = exceptions::counts(&mut conn, hub, last_day()).await.unwrap();
    let (mine, _) =
        exceptions::page(&mut conn, hub, last_day(), Wanted::ClaimedBy(me), (now, None), 99).await.unwrap();
    assert_eq!((open + claimed, claimed, resolved), (30, mine.len() as i64, 2));
    let ids: Vec<ExceptionId> = mine.iter().map(|e| e.id).collect();
    let saveable = mine.iter().take_while(|e| e.save_by.is_some_and(|by| by > now)).count();
    assert!(mine[saveable..].iter().all(|e| e.save_by.is_none_or(|by| by <= now)), "{ids:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_sent_twice_is_new_once_and_the_newest_stays() {
    let Some(database) = filled("readings", FEW).await else { return };
    let mut tx = database.begin().await.unwrap();
    let hub = hub(&mut tx).await;
    let vehicles = store::vehicles::of_hub(&mut tx, hub).await.unwrap();
    let reading = |vehicle: usize, minute: i64| Position {
        vehicle: vehicles[vehicle].id,
        at: at(16) + chrono::TimeDelta::minutes(minute),
        place: domain::Coordinate::parse(35.9, 14.4 + minute as f64 / 1_000.0).unwrap(),
        speed_mps: None,
        heading_deg: None,
        accuracy_m: None,
        battery_percent: None,
        received_at: at(17),
    };
    let first = [reading(0, 1), reading(1, 1)];
    let mut new = positions::store(&mut tx, &first).await.unwrap();
    assert_eq!(new, positions::New::All);
    assert_eq!(new.take(&first), 2);
    let again = [reading(0, 1), reading(0, 2), reading(1, 2), reading(1, 2)];
    let mut new = positions::store(&mut tx, &again).await.unwrap();
    let (own, others) = again.split_at(2);
    assert_eq!((new.take(own), new.take(others)), (1, 1));

    positions::save_latest(&mut tx, &[reading(0, 2), reading(1, 2)]).await.unwrap();
    positions::save_latest(&mut tx, &[reading(0, 1), reading(1, 3)]).await.unwrap();
    let latest = positions::latest(&mut tx, hub).await.unwrap();
    let minute = |n: usize| {
        let own = latest.iter().find(|p| p.vehicle == vehicles[n].id).unwrap();
        (own.at - at(16)).num_minutes()
    };
    assert_eq!((minute(0), minute(1)), (2, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_house_answers_every_question() {
    let Some(database) = filled("empty", NOTHING).await else { return };
    let mut conn = database.read().await.unwrap();
    let hub = domain::HubId(uuid::Uuid::from_u128(1));
    assert_eq!(store::events::about(&mut conn).await.unwrap(), 0);
    assert_eq!(positions::about(&mut conn).await.unwrap(), 0);
    assert!(positions::uninterpreted(&mut conn, hub, at(0)).await.unwrap().is_empty());
    assert!(positions::since(&mut conn, &[]).await.unwrap().is_empty());
    assert!(store::search::orders(&mut conn, &[hub], "triq", 5, 0).await.unwrap().is_empty());
}
