//! History by months: a fact lies in the month in which it was recorded, and none is refused for want of a part.

use crate::ground::{NOTHING, arrange, empty, filled};
use domain::{Actor, Event, Fact, HubId, Instant, Source, Weather};
use sqlx::AssertSqlSafe;
use store::{
    Conn, Database, StoreError, Tx, events,
    feed::{self, Cursor},
    months,
};

fn moment(text: &str) -> Instant {
    text.parse().unwrap()
}

/// Appends a fact for each moment in which one was recorded.
async fn append(tx: &mut Tx, recorded: &[&str]) {
    try_to_append(tx, recorded).await.unwrap();
}

async fn try_to_append(tx: &mut Tx, recorded: &[&str]) -> Result<(), StoreError> {
    let event = |recorded: &&str| Event {
        occurred_at: moment("2026-11-30T12:00:00Z"),
        recorded_at: moment(recorded),
        source: Source::Worker,
        actor: Actor::Timer,
        hub: HubId(uuid::Uuid::from_u128(1)),
        fact: Fact::WeatherSet { weather: Weather::Rain },
    };
    events::append(tx, &recorded.iter().map(event).collect::<Vec<_>>()).await
}

async fn record(database: &Database, recorded: &[&str]) {
    let mut tx = database.begin().await.unwrap();
    append(&mut tx, recorded).await;
    tx.commit().await.unwrap();
}

async fn make(database: &Database, at: &str, ahead: u32) -> Vec<Option<i64>> {
    let mut made = vec![];
    for month in months::from(moment(at), ahead) {
        let mut tx = database.begin().await.unwrap();
        made.push(months::make(&mut tx, month).await.unwrap());
        tx.commit().await.unwrap();
    }
    made
}

/// In which table each event lies, by its number.
async fn tables(conn: &mut Conn) -> Vec<String> {
    sqlx::query_scalar("select tableoid::regclass::text from events order by id")
        .fetch_all(conn)
        .await
        .unwrap()
}

/// All of history as it is kept, wherever it lies.
async fn kept(conn: &mut Conn) -> Vec<serde_json::Value> {
    sqlx::query_scalar("select to_jsonb(e) from events e order by id").fetch_all(conn).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_across_a_months_end_lie_in_two_months() {
    let Some(database) = filled("two_months", NOTHING).await else { return };
    assert_eq!(make(&database, "2026-11-29T22:00:00Z", 3).await, [Some(0); 4]);
    assert_eq!(make(&database, "2026-11-29T22:00:00Z", 3).await, [None; 4], "twice is harmless");
    record(&database, &["2026-11-30T23:59:59.999Z", "2026-12-01T00:00:00Z", "2027-02-28T23:00:00Z"]).await;
    let mut conn = database.read().await.unwrap();
    assert_eq!(tables(&mut conn).await, ["events_2026_11", "events_2026_12", "events_2027_02"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_of_a_month_without_a_part_waits_and_is_moved_as_it_is() {
    let Some(database) = filled("waits", NOTHING).await else { return };
    make(&database, "2026-11-01T00:00:00Z", 0).await;
    // The clock stands wrong, and is set right.
    record(&database, &["2031-05-04T00:00:00Z", "1999-12-31T23:00:00Z", "2026-11-02T00:00:00Z"]).await;
    record(&database, &["2031-05-04T00:00:01Z"]).await;
    let mut conn = database.read().await.unwrap();
    let lie = ["events_default", "events_default", "events_2026_11", "events_default"];
    assert_eq!(tables(&mut conn).await, lie);
    let before = kept(&mut conn).await;
    let numbers = async || -> Vec<i64> {
        let mut tx = database.begin().await.unwrap();
        loop {
            // Transactions of other tests on the same server hold up the feed.
            let heard = feed::after(&mut tx, Cursor::START, 10).await.unwrap();
            if heard.len() == 4 {
                return heard.iter().map(|h| h.cursor.event()).collect();
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let feed = numbers().await;
    assert_eq!(events::after(&mut conn, 0, 10).await.unwrap().len(), 4);

    let wanted = months::from(moment("2026-11-02T00:00:00Z"), 1);
    let waiting = months::missing(&mut conn, &wanted).await.unwrap();
    let said: Vec<_> = waiting.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["1999-12-01", "2026-12-01", "2031-05-01"]);
    assert_eq!(make(&database, "2031-05-09T00:00:00Z", 1).await, [Some(2), Some(0)]);
    arrange(&database).await;
    let lie = ["events_2031_05", "events_1999_12", "events_2026_11", "events_2031_05"];
    assert_eq!(tables(&mut conn).await, lie);
    assert_eq!(kept(&mut conn).await, before);
    assert_eq!(numbers().await, feed);
    assert!(months::missing(&mut conn, &wanted[..1]).await.unwrap().is_empty());

    record(&database, &["2040-01-01T00:00:00Z"]).await;
    for table in ["events", "events_2031_05", "events_default"] {
        for change in ["update TABLE set epoch = epoch", "delete from TABLE", "truncate TABLE"] {
            let sql = change.replace("TABLE", table);
            let refused = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *conn).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
        }
    }
    let wrong = sqlx::query("select make_events_month('2026-12-02')").execute(&mut *conn).await.unwrap_err();
    assert!(wrong.to_string().contains("first day"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fact_that_comes_while_its_month_is_made_is_written_once_more() {
    let Some(database) = filled("on_its_way", NOTHING).await else { return };
    let mut maker = database.begin().await.unwrap();
    let month = months::from(moment("2026-11-02T00:00:00Z"), 0)[0];
    assert_eq!(months::make(&mut maker, month).await.unwrap(), Some(0));
    let mut tx = database.begin().await.unwrap();
    let waits = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
    let made = async {
        while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut *maker).await.unwrap() == 0 {
            tokio::task::yield_now().await;
        }
        maker.commit().await.unwrap();
    };
    let (lost, ()) = tokio::join!(try_to_append(&mut tx, &["2026-11-02T00:00:00Z"]), made);
    let lost = lost.unwrap_err();
    assert!(lost.lost_a_race() && lost.is_passing(), "{lost}");
    drop(tx);
    record(&database, &["2026-11-02T00:00:00Z"]).await;
    assert_eq!(tables(&mut database.read().await.unwrap()).await, ["events_2026_11"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_servers_that_start_in_the_same_moment_one_makes_a_month() {
    let Some(database) = filled("month_once", NOTHING).await else { return };
    record(&database, &["2026-11-02T00:00:00Z"]).await;
    let makers = (0..4).map(|_| {
        let database = database.clone();
        tokio::spawn(async move { make(&database, "2026-11-29T00:00:00Z", 3).await })
    });
    let mut made = vec![];
    for maker in makers.collect::<Vec<_>>() {
        made.extend(maker.await.unwrap());
    }
    made.retain(Option::is_some);
    made.sort();
    assert_eq!(made, [Some(0), Some(0), Some(0), Some(1)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_made_beside_who_writes_and_not_beside_a_long_question() {
    let Some(database) = filled("beside", NOTHING).await else { return };
    make(&database, "2026-11-01T00:00:00Z", 0).await;
    let mut open = database.begin().await.unwrap();
    append(&mut open, &["2026-11-02T00:00:00Z"]).await;
    assert_eq!(make(&database, "2026-12-01T00:00:00Z", 0).await, [Some(0)]);
    assert_eq!(events::after(&mut open, 0, 10).await.unwrap().len(), 1);
    let mut tx = database.begin().await.unwrap();
    let gave_up = months::make(&mut tx, "2027-01-01".parse().unwrap()).await.unwrap_err();
    assert!(gave_up.to_string().contains("lock timeout"), "{gave_up}");
    drop(tx);
    open.commit().await.unwrap();
    assert_eq!(make(&database, "2027-01-01T00:00:00Z", 0).await, [Some(0)]);
}

/// The migration that makes months.
const MONTHS: &str = "0022_months_of_history.sql";

#[tokio::test(flavor = "multi_thread")]
async fn history_from_before_is_the_same_in_its_months() {
    let Some(database) = empty("into_months").await else { return };
    let mut conn = database.read().await.unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let run = async |conn: &mut Conn, file: &std::path::Path| {
        let sql = std::fs::read_to_string(file).unwrap();
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await.unwrap();
    };
    let place = files.iter().position(|file| file.ends_with(MONTHS)).unwrap();
    for file in &files[..place] {
        run(&mut conn, file).await;
    }
    crate::ground::fill(&database, crate::ground::Size { days: 40, orders: 20, vehicles: 4, waiting: 5 })
        .await;
    let before = kept(&mut conn).await;
    assert!(before.len() > 4_000, "{}", before.len());

    // Interrupted, it has done nothing.
    let mut tx = database.begin().await.unwrap();
    run(&mut tx, &files[place]).await;
    drop(tx);
    assert_eq!(kept(&mut conn).await, before);
    let mut tx = database.begin().await.unwrap();
    run(&mut tx, &files[place]).await;
    tx.commit().await.unwrap();
    assert_eq!(kept(&mut conn).await, before);
    let mut lie = tables(&mut conn).await;
    lie.sort();
    lie.dedup();
    assert_eq!(lie, ["events_2024_01", "events_2026_10", "events_2026_11"]);
    for file in &files[place + 1..] {
        run(&mut conn, file).await;
    }
    record(&database, &["2026-11-28T00:00:00Z"]).await;
    let (last, _) = events::after(&mut conn, before.len() as i64, 9).await.unwrap().remove(0);
    assert_eq!(last, before.len() as i64 + 1, "numbers go on");
}
