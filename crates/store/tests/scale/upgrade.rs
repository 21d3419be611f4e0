//! A database with history of version 1 comes to where recipients can be erased, and adds up as before.

use crate::ground::{Size, empty, fill};
use store::feed::{self, Cursor};

/// The migration that takes people out of the facts.
const WITHOUT_PEOPLE: &str = "0017";

#[tokio::test(flavor = "multi_thread")]
async fn old_history_loses_its_people_and_nothing_else() {
    let Some(database) = empty("upgrade").await else { return };
    let mut conn = database.read().await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (before, after): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|file| file.file_name().unwrap().to_str().unwrap() < WITHOUT_PEOPLE);
    assert!(before.len() > 12 && !after.is_empty());
    for file in before {
        let sql = std::fs::read_to_string(file).unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *conn).await.unwrap();
    }
    fill(&database, Size { days: 2, orders: 120, vehicles: 6, waiting: 30 }).await;
    let off_road = "insert into events (occurred_at, recorded_at, source, actor, hub_id, kind, vehicle_id, facts)
                    select occurred_at, recorded_at, 'device', jsonb_build_object('kind', 'vehicle', 'id', vehicle_id), hub_id,
                           'vehicle_off_road', vehicle_id, jsonb_build_object('fact', 'vehicle_off_road', 'vehicle',
                           vehicle_id, 'reason', 'flat tyre') from events where kind = 'route_finished' limit 1";
    sqlx::query(off_road).execute(&mut *conn).await.unwrap();
    let broken = "update vehicles set off_road_since = e.occurred_at, off_road_reason = 'flat tyre'
                  from events e where e.kind = 'vehicle_off_road' and e.vehicle_id = vehicles.id";
    sqlx::query(broken).execute(&mut *conn).await.unwrap();
    let personal = "select count(*) from events e join orders o on o.id = e.order_id
                    where strpos(e.facts::text, o.recipient_name) > 0 or strpos(e.facts::text, o.recipient_phone) > 0
                       or strpos(e.facts::text, o.address) > 0
                       or length(o.lat::text) > 5 and strpos(e.facts::text, o.lat::text) > 0";
    let words = "select count(*) from events where facts::text like '%Called the recipient%' or facts::text like '%tyre%'
                 or facts::text like '%Driver %'";
    let mut count =
        async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *conn).await.unwrap();
    let events = count("select count(*) from events").await;
    assert_eq!((count(personal).await, count(words).await), (270, 4 + 1 + 6));

    for file in after {
        let sql = std::fs::read_to_string(file).unwrap();
        let mut tx = database.begin().await.unwrap();
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
    }
    assert_eq!((count(personal).await, count(words).await), (0, 0));
    assert_eq!(count("select count(*) from events").await, events);
    assert_eq!(count("select count(*) from event_words").await, 4 + 1);
    let refused = sqlx::query("delete from events").execute(&mut *conn).await.unwrap_err();
    assert!(refused.to_string().contains("append-only"), "history is final again: {refused}");

    let (rebuilt, replayed) = store::ledger::rebuilt(&mut conn).await.unwrap();
    assert_eq!(replayed as i64, events);
    let tables = store::ledger::read(&mut conn).await.unwrap();
    assert_eq!(rebuilt.differences(&tables), Vec::<String>::new());
    let mut heard = vec![];
    // Transactions of other tests on the same server hold up the feed.
    let mut tx = database.begin().await.unwrap();
    while (heard.len() as i64) < events {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        heard = feed::after(&mut tx, Cursor::START, events + 1).await.unwrap();
    }
    assert_eq!(heard.len() as i64, events);
    assert!(heard.windows(2).all(|two| two[0].cursor.event() < two[1].cursor.event()), "in the old order");
}
