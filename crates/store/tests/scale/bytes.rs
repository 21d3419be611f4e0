//! What an event takes on the disk, with its indexes.

use crate::ground::{Size, at, empty, filled};
use chrono::TimeDelta;
use store::{events, months};

/// 6,000 orders and 30,000 events.
const SOME: Size = Size { days: 20, orders: 300, vehicles: 20, waiting: 0 };
/// A hundred million events shall fit on a small disk.
const MOST: i64 = 450;

async fn size(database: &store::Database) -> (i64, i64) {
    let size =
        "select count(*), (select sum(pg_total_relation_size(relid)) from pg_partition_tree('events'))::int8
                                 + pg_total_relation_size('event_words') from events";
    sqlx::query_as(size).fetch_one(&mut *database.read().await.unwrap()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_takes_little_room() {
    let (Some(old), Some(new)) = (filled("bytes_1", SOME).await, empty("bytes_2").await) else { return };
    new.migrate().await.unwrap();
    let mut tx = new.begin().await.unwrap();
    for month in months::from(at(0) - TimeDelta::days(28), 1) {
        months::make(&mut tx, month).await.unwrap();
    }
    tx.commit().await.unwrap();
    let (mut conn, mut last) = (old.read().await.unwrap(), 0);
    loop {
        let part = events::after(&mut conn, last, 50).await.unwrap();
        let Some((id, _)) = part.last() else { break };
        last = *id;
        let mut tx = new.begin().await.unwrap();
        events::append(&mut tx, &part.into_iter().map(|(_, event)| event).collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
    }
    let ((count, before), (same, now)) = (size(&old).await, size(&new).await);
    assert_eq!(count, same);
    let (before, now) = (before / count, now / count);
    println!("{count} events: {now} bytes each; as version 1 wrote them, {before}");
    assert!(now <= MOST, "{now} bytes an event, and {before} as version 1 wrote them");
}
