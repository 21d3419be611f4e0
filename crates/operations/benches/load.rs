//! How long people wait for pages when there are years of history, and how many single readings a second are stored: the
//! verbs on a real database that `cargo xtask bench load` has filled. Prints medians; asserts nothing about time.

#![expect(clippy::unwrap_used, reason = "a bench may fail where it stands")]

#[path = "../tests/day/common.rs"]
#[expect(dead_code, reason = "the tests of whole days use the rest")]
mod common;

use chrono::{DateTime, TimeDelta, Utc};
use common::{Hub, fix};
use domain::{OrderId, Role};
use operations::{Caller, Operations};
use std::time::{Duration, Instant};
use store::Database;
use wire::{machine::SetUpAnswer, staff::exceptions::QueueFilter};

const ROUNDS: usize = 31;
/// Phones that send one reading each at the same time.
const PHONES: usize = 128;
const READINGS: usize = 100;

#[tokio::main]
async fn main() {
    #[expect(clippy::disallowed_methods, reason = "a bench is told by this variable")]
    let Ok(url) = std::env::var("DOORSTEP_LOAD") else {
        println!("SKIPPED load: `cargo xtask bench load` fills a database for it");
        return;
    };
    let database = Database::connect(&url, 16).await.unwrap();
    let hub = Hub {
        database: database.clone(),
        url,
        keys: SetUpAnswer { hub: domain::HubId(uuid::Uuid::nil()), shops: vec![], vehicles: vec![] },
        keep: None,
        roads: None,
        city: None,
    };
    let mut conn = database.read().await.unwrap();
    let now: DateTime<Utc> =
        sqlx::query_scalar("select max(at) from latest_positions").fetch_one(&mut *conn).await.unwrap();
    let orders: Vec<OrderId> = sqlx::query_scalar::<_, uuid::Uuid>(
        "select id from orders tablesample system (1) order by random() limit 31",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap()
    .into_iter()
    .map(OrderId)
    .collect();
    drop(conn);
    let ops = hub.at(now);
    let who = hub.person(Role::Administrator).await;

    println!("| page | median | slowest of {ROUNDS} |\n|---|---|---|");
    timed("an order", async |n| drop(ops.order(&who, orders[n % orders.len()]).await.unwrap())).await;
    for text in [
        "triq",
        "borg",
        "458",
        "lletta",
        "+356",
        "0035699123456",
        "GAR-0500003",
        "maria sliema 12",
        "12",
        "qqq",
    ] {
        timed(&format!("search `{text}`"), async |_| drop(ops.find_orders(&who, text, 1).await.unwrap()))
            .await;
    }
    timed("exceptions", async |_| drop(ops.queue(&who, None, QueueFilter::Unresolved).await.unwrap())).await;
    timed("figures of a day", async |n| {
        let day = (now - TimeDelta::days(n as i64 * 7)).date_naive();
        drop(ops.figures(&who, None, Some(day)).await.unwrap());
    })
    .await;
    timed("control room", async |_| drop(ops.board(&who, None).await.unwrap())).await;
    singles(&ops, &hub, now).await;
}

async fn timed(what: &str, ask: impl AsyncFn(usize)) {
    ask(0).await;
    let mut took: Vec<Duration> = vec![];
    for n in 0..ROUNDS {
        let began = Instant::now();
        ask(n).await;
        took.push(began.elapsed());
    }
    took.sort_unstable();
    let ms = |d: Duration| d.as_secs_f64() * 1_000.0;
    println!("| {what} | {:.1} ms | {:.1} ms |", ms(took[ROUNDS / 2]), ms(took[ROUNDS - 1]));
}

/// Many phones with one reading in each request, as the doors take them: by token, answered after the commit.
async fn singles(ops: &Operations, hub: &Hub, now: DateTime<Utc>) {
    let mut tx = hub.database.begin().await.unwrap();
    sqlx::query(
        "insert into devices (token_hash, vehicle_id, created_at)
         select sha256(('load-' || row_number() over (order by id))::bytea), id, now() from vehicles on conflict do nothing",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    let vehicles: i64 =
        sqlx::query_scalar("select count(*) from vehicles").fetch_one(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let began = Instant::now();
    let phones: Vec<_> = (0..PHONES)
        .map(|phone| {
            let ops = ops.clone();
            tokio::spawn(async move {
                for n in 0..READINGS {
                    let token = format!("load-{}", 1 + phone as i64 % vehicles);
                    let caller: Caller = ops.who_by_device(&token).await.unwrap().0;
                    let at = now - TimeDelta::milliseconds((phone * READINGS + n) as i64 * 7 + 1);
                    let answer = ops.record_positions(&caller, vec![fix(at, 35.9, 14.4)]).await.unwrap();
                    assert!(answer.refused.is_empty());
                }
            })
        })
        .collect();
    for phone in phones {
        phone.await.unwrap();
    }
    let rate = (PHONES * READINGS) as f64 / began.elapsed().as_secs_f64();
    println!("single readings from {PHONES} phones at once: {rate:.0} a second");
}
