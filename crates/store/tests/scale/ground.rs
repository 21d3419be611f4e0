//! A database with some days of history, and how much of it a question has read.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::HubId;
use store::{Conn, Database, months};

/// How much history there is.
pub struct Size {
    pub days: u32,
    pub orders: u32,
    pub vehicles: u32,
    pub waiting: u32,
}

/// Tables without a row.
pub const NOTHING: Size = Size { days: 0, orders: 0, vehicles: 0, waiting: 0 };
/// So many rows at most make a small table.
const SMALL: i64 = 1_900;

/// The last day of the history.
pub fn last_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 27).unwrap()
}

/// A moment of the last day.
pub fn at(hour: i64) -> DateTime<Utc> {
    last_day().and_hms_opt(0, 0, 0).unwrap().and_utc() + TimeDelta::hours(hour)
}

#[expect(clippy::disallowed_methods, reason = "tests find their database by this variable")]
fn database_url() -> Option<String> {
    std::env::var("DATABASE_URL").ok()
}

/// A fresh database without any table; nothing without a server to make it on.
pub async fn empty(test: &str) -> Option<Database> {
    let Some(server) = database_url() else {
        skips::skip(test, "set DATABASE_URL to a PostgreSQL server, or run `cargo xtask test`");
        return None;
    };
    let name = format!("doorstep_scale_{}_{test}", std::process::id());
    store::ensure_database(&server, &name, true).await.unwrap();
    Some(Database::connect(&url_of(&name), 4).await.unwrap())
}

/// The address of a database on the server of the tests.
pub fn url_of(name: &str) -> String {
    let server = database_url().unwrap();
    let (address, options) = server.split_once('?').unwrap_or((&server, ""));
    let base = address.rsplit_once('/').unwrap().0;
    format!("{base}/{name}?{options}")
}

/// A fresh database of so many days; nothing without a server to make it on.
pub async fn filled(test: &str, size: Size) -> Option<Database> {
    let database = empty(test).await?;
    database.migrate().await.unwrap();
    fill(&database, size).await;
    arrange(&database).await;
    Some(database)
}

/// Moves what was recorded in a month without a part into its part, as the worker does.
pub async fn arrange(database: &Database) {
    let waiting = months::missing(&mut database.read().await.unwrap(), &[]).await.unwrap();
    for month in waiting {
        let mut tx = database.begin().await.unwrap();
        assert!(months::make(&mut tx, month).await.unwrap().unwrap() > 0);
        tx.commit().await.unwrap();
    }
}

/// Fills tables that are empty.
pub async fn fill(database: &Database, size: Size) {
    if size.days > 0 {
        let Size { days, orders, vehicles, waiting } = size;
        let settings = format!(
            "set fill.days = {days}; set fill.orders = {orders}; set fill.vehicles = {vehicles};
             set fill.waiting = {waiting}; set fill.position_days = {days}; set fill.last = '{}';",
            last_day()
        );
        let mut conn = database.read().await.unwrap();
        let fill = sqlx::raw_sql(sqlx::AssertSqlSafe(settings + include_str!("../../fill.sql")));
        fill.execute(&mut *conn).await.unwrap();
    }
}

/// The one hub.
pub async fn hub(conn: &mut Conn) -> HubId {
    store::hubs::all(conn).await.unwrap()[0].id
}

/// What has been read so far in this transaction.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reads {
    /// Rows of large tables met in reading them from end to end.
    pub by_walking: i64,
    /// Rows of large tables fetched by an index.
    pub by_index: i64,
    /// Days of readings that were planned for, looked into or not.
    pub days: usize,
    /// Months of history that were.
    pub months: usize,
}

/// What PostgreSQL has counted of this transaction.
async fn counted(conn: &mut Conn) -> Vec<(String, i64, i64)> {
    sqlx::query_as(
        "select relname::text, coalesce(seq_tup_read, 0), coalesce(idx_tup_fetch, 0)
         from pg_stat_xact_user_tables order by relname",
    )
    .fetch_all(conn)
    .await
    .unwrap()
}

/// The parts of a table, by date, that this transaction holds: a plan locks each that it might look into.
async fn held(conn: &mut Conn, table: &str) -> usize {
    let held: Vec<(String,)> = sqlx::query_as(
        "select distinct relname::text from pg_locks join pg_class on pg_class.oid = pg_locks.relation
         where pid = pg_backend_pid() and relkind = 'r' and relname ~ ('^' || $1 || '_[0-9]')",
    )
    .bind(table)
    .fetch_all(conn)
    .await
    .unwrap();
    held.len()
}

/// How much a question reads.
pub async fn reads<T>(
    database: &Database,
    question: impl AsyncFnOnce(&mut store::Tx, HubId) -> T,
) -> (T, Reads) {
    let mut tx = database.begin().await.unwrap();
    let hub = hub(&mut tx).await;
    let before = counted(&mut tx).await;
    let answer = question(&mut tx, hub).await;
    let after = counted(&mut tx).await;
    let (days, months) = (held(&mut tx, "positions").await, held(&mut tx, "events").await);
    let mut reads = Reads { days, months, ..Reads::default() };
    for (table, walked, fetched) in after {
        let was = before.iter().find(|(name, ..)| *name == table).map_or((0, 0), |b| (b.1, b.2));
        // Whoever looks into a small table may as well read it whole.
        if walked - was.0 > SMALL {
            reads.by_walking += walked - was.0;
        }
        reads.by_index += fetched - was.1;
    }
    (answer, reads)
}
