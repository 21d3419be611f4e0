//! What is forgotten, and what never is.

use crate::ground::{Size, at, filled, hub, last_day};
use chrono::{Days, TimeDelta};
use store::{
    Database, positions,
    retention::{self, Rows},
};

const TEN_DAYS: Size = Size { days: 10, orders: 50, vehicles: 5, waiting: 0 };

async fn count(database: &Database, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    let mut conn = database.read().await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(&mut *conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn old_days_of_readings_go_whole() {
    let Some(database) = filled("days", TEN_DAYS).await else { return };
    let before = last_day() - Days::new(3);
    let mut tx = database.begin().await.unwrap();
    let old = retention::days_of_positions(&mut tx, before).await.unwrap();
    assert_eq!(old.len(), 6);
    assert!(old.iter().all(|day| *day < before));
    assert_eq!(retention::newest_reading(&mut tx).await.unwrap(), Some(at(14) + TimeDelta::minutes(20)));
    for day in old {
        retention::drop_positions(&mut tx, day).await.unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(count(&database, "positions").await, 4 * 5 * 101);
    // A day that was dropped can be made again, for a phone that comes late.
    let mut tx = database.begin().await.unwrap();
    positions::ensure_partition(&mut tx, last_day() - Days::new(9)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_needs_is_forgotten_and_history_is_not() {
    let Some(database) = filled("forgets", TEN_DAYS).await else { return };
    let mut conn = database.read().await.unwrap();
    let hub = hub(&mut conn).await;
    let fill = format!(
        "insert into people (id, name, role) values (gen_random_uuid(), 'Ann', 'dispatcher');
         insert into sessions select sha256(n::text::bytea), id, '2026-11-20'::timestamptz + n * interval '1 day',
                                     '2026-11-27', 'browser' from people, generate_series(0, 7) n;
         insert into sign_in_links select sha256(n::text::bytea), id, '2026-11-20'::timestamptz + n * interval '1 day', null
         from people, generate_series(0, 7) n;
         insert into reports select gen_random_uuid(), id, '2026-11-20'::timestamptz + n * interval '1 day'
         from (select id from vehicles limit 1) v, generate_series(0, 7) n;
         insert into proposals select gen_random_uuid(), '{hub}', '2026-11-20'::date + n, 1,
                                      '2026-11-20'::timestamptz + n * interval '1 day',
                                      case when n % 2 = 0 then 'open' else 'declined' end, '{{}}'
         from generate_series(0, 7) n;
         insert into etas select id, planned_arrival, planned_arrival from stops;
         insert into returns_expected select id, planned_end, planned_start from routes;"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(fill)).execute(&mut *conn).await.unwrap();
    let (events, orders) = (count(&database, "events").await, count(&database, "orders").await);

    let before = at(0) - TimeDelta::days(3);
    let mut tx = database.begin().await.unwrap();
    for (rows, gone) in [
        (Rows::Sessions, 4),
        (Rows::Links, 4),
        (Rows::Reports, 4),
        (Rows::Proposals, 4),
        (Rows::Arrivals, 6 * 50),
        (Rows::Returns, 6 * 5),
    ] {
        assert_eq!(retention::forget(&mut tx, rows, before).await.unwrap(), gone, "{rows:?}");
        assert_eq!(retention::forget(&mut tx, rows, before).await.unwrap(), 0, "{rows:?}");
    }
    tx.commit().await.unwrap();
    assert_eq!(count(&database, "sessions").await, 4);
    assert_eq!((count(&database, "events").await, count(&database, "orders").await), (events, orders));
}
