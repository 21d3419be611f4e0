//! An upgrade that is interrupted goes on where it was; one that runs twice, or twice at once, ends as one; and tables of a newer
//! version are refused.

use crate::ground::{Size, empty, fill};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::time::Duration;
use store::{Conn, Database, StoreError};

/// The last step of the schema before facts are rewritten in the form of version 2.
const BEFORE_THE_UPCAST: i64 = 16;

/// A database as a version before the upcast left it, with some days of history.
async fn old(test: &str) -> Option<Database> {
    let database = empty(test).await?;
    let mut conn = database.read().await.unwrap();
    sqlx::migrate!("./migrations").run_to(BEFORE_THE_UPCAST, &mut *conn).await.unwrap();
    drop(conn);
    fill(&database, Size { days: 2, orders: 120, vehicles: 6, waiting: 30 }).await;
    Some(database)
}

async fn number(conn: &mut Conn, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(conn).await.unwrap()
}

const LAST_STEP: &str = "select max(version) from _sqlx_migrations";
const EVENTS: &str = "select count(*) from events";
/// Facts that still hold what the upcast takes out.
const OLD_FACTS: &str = "select count(*) from events where facts #> '{order,recipient}' is not null";

/// Kills whoever upgrades this database, once it waits for a lock.
async fn kill_the_upgrade(conn: &mut Conn) {
    let waiting =
        "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
                   and application_name = 'doorstep' and wait_event_type = 'Lock'";
    for _ in 0..600 {
        if let Some(pid) = sqlx::query_scalar::<_, i32>(waiting).fetch_optional(&mut *conn).await.unwrap() {
            let killed: bool = sqlx::query_scalar("select pg_terminate_backend($1)")
                .bind(pid)
                .fetch_one(&mut *conn)
                .await
                .unwrap();
            assert!(killed);
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the upgrade never waited");
}

/// What is rebuilt from the history is what the tables hold.
async fn adds_up(conn: &mut Conn, events: i64) {
    let (rebuilt, replayed) = store::ledger::rebuilt(conn).await.unwrap();
    assert_eq!(replayed as i64, events);
    let tables = store::ledger::read(conn).await.unwrap();
    assert_eq!(rebuilt.differences(&tables), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_that_is_killed_goes_on_where_it_was() {
    let Some(database) = old("interrupted").await else { return };
    let mut conn = database.read().await.unwrap();
    let (events, old_facts) = (number(&mut conn, EVENTS).await, number(&mut conn, OLD_FACTS).await);
    assert!(events > 500 && old_facts > 200);
    // Somebody makes a table of the same name, so that the upgrade waits at that statement: in the middle of the step that
    // rewrites facts, just after it has; at the beginning of the next; and in the last one of this history.
    for (table, step, facts) in
        [("feed_epoch", 16, old_facts), ("projector_cursors", 17, 0), ("zones", 20, 0)]
    {
        let url = url_of(&mut conn).await;
        let mut other = PgConnection::connect(&url).await.unwrap();
        let mut in_the_way = other.begin().await.unwrap();
        let sql = format!("create table {table} (in_the_way int)");
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *in_the_way).await.unwrap();
        let upgrade = tokio::spawn({
            let database = database.clone();
            async move { database.migrate().await }
        });
        kill_the_upgrade(&mut conn).await;
        let said = upgrade.await.unwrap().unwrap_err();
        assert!(matches!(said, StoreError::Migration(_)), "{said}");
        in_the_way.rollback().await.unwrap();
        assert_eq!(number(&mut conn, LAST_STEP).await, step, "{table}: {said}");
        assert_eq!(number(&mut conn, OLD_FACTS).await, facts, "a step is done wholly or not at all");
        assert_eq!(number(&mut conn, EVENTS).await, events);
    }
    // Run again it ends well, and once more it changes nothing.
    database.migrate().await.unwrap();
    let steps = number(&mut conn, "select count(*) from _sqlx_migrations where success").await;
    assert!(steps >= 21);
    database.migrate().await.unwrap();
    assert_eq!(number(&mut conn, "select count(*) from _sqlx_migrations").await, steps);
    adds_up(&mut conn, events).await;
}

async fn url_of(conn: &mut Conn) -> String {
    let name: String = sqlx::query_scalar("select current_database()::text").fetch_one(conn).await.unwrap();
    crate::ground::url_of(&name)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_upgrades_at_once_end_as_one() {
    let Some(database) = old("two_upgrades").await else { return };
    let mut conn = database.read().await.unwrap();
    let events = number(&mut conn, EVENTS).await;
    let url = url_of(&mut conn).await;
    let other = Database::connect(&url, 2).await.unwrap();
    let upgrades = [database.clone(), other.clone(), database.clone()]
        .map(|database| tokio::spawn(async move { database.migrate().await }));
    for upgrade in upgrades {
        upgrade.await.unwrap().unwrap();
    }
    let twice = "select count(*) - count(distinct version) from _sqlx_migrations";
    assert_eq!(number(&mut conn, twice).await, 0);
    assert_eq!(number(&mut conn, "select count(*) from feed_epoch").await, 1);
    assert_eq!(number(&mut conn, OLD_FACTS).await, 0);
    adds_up(&mut conn, events).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let Some(database) = empty("newer").await else { return };
    database.migrate().await.unwrap();
    database.must_know_schema().await.unwrap();
    let mut conn = database.read().await.unwrap();
    let known = number(&mut conn, LAST_STEP).await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
                 values (9001, 'of a newer version', true, '', 0)";
    sqlx::query(newer).execute(&mut *conn).await.unwrap();
    for refused in [database.migrate().await, database.must_know_schema().await] {
        let refused = refused.unwrap_err();
        assert!(
            matches!(refused, StoreError::SchemaNewer { found: 9001, known: k } if k == known),
            "{refused}"
        );
        let said = refused.to_string();
        assert!(
            said.contains("belongs to a newer version") && said.contains("Start the newer version"),
            "{said}"
        );
    }
    // Whoever was refused keeps nobody else waiting.
    sqlx::query("delete from _sqlx_migrations where version = 9001").execute(&mut *conn).await.unwrap();
    database.migrate().await.unwrap();
}
