//! The pool, and the two kinds of handle it gives: one that reads, and one that may write.

use crate::StoreError;
use sqlx::{
    Connection, PgPool, Postgres, Transaction,
    migrate::{MigrateError, Migrator},
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use std::{
    ops::{Deref, DerefMut},
    str::FromStr,
    time::Duration,
};

/// The schema, step by step.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A connection that was not used for so long is tried before it is lent.
const TESTED: Duration = Duration::from_secs(1);

/// A connection that is only asked.
pub use sqlx::PgConnection as Conn;

/// The database: a pool of connections. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Database(PgPool);

/// A borrowed connection that is only asked; goes back to the pool when dropped.
#[derive(Debug)]
pub struct Reader(PoolConnection<Postgres>);

/// A transaction: everything written through it happens at once on [`Tx::commit`], or not at all.
#[derive(Debug)]
pub struct Tx(Transaction<'static, Postgres>);

/// Hears what other connections announce (`pg_notify`).
#[derive(Debug)]
pub struct Listener(PgListener);

impl Database {
    /// Opens a pool on `url`, a `postgres://` address, with at most `connections` connections.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, StoreError> {
        let options = PgConnectOptions::from_str(url)?.application_name("doorstep");
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .after_connect(|conn, _| Box::pin(prepare(conn)))
            // One that was used a moment ago is there still; asking each time would double the ways to the database.
            .test_before_acquire(false)
            .before_acquire(|conn, meta| {
                Box::pin(async move { Ok(meta.idle_for < TESTED || conn.ping().await.is_ok()) })
            })
            .connect_with(options)
            .await?;
        Ok(Self(pool))
    }

    /// Brings the schema up to date, each step in a transaction of its own. Safe to run while an older version still serves,
    /// again after it was interrupted, and by several at once, who wait for each other. Refused when a newer version has been
    /// here: see [`StoreError::SchemaNewer`].
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut conn = self.0.acquire().await?;
        // Where a step fails the connection still has the lock by which others wait: it ends with it.
        conn.close_on_drop();
        // `run` makes a future that cannot be spawned.
        MIGRATIONS.run_direct(None, &mut *conn, false).await.map_err(newer)?;
        drop(conn);
        let mut tx = self.begin().await?;
        crate::feed::look_around(&mut tx).await?;
        tx.commit().await
    }

    /// Refuses tables that a newer version has made, without changing any.
    pub async fn must_know_schema(&self) -> Result<(), StoreError> {
        let last = "select max(version) from _sqlx_migrations";
        let found: Option<i64> = sqlx::query_scalar(last).fetch_one(&self.0).await?;
        match found {
            Some(found) if !MIGRATIONS.version_exists(found) => {
                Err(newer(MigrateError::VersionMissing(found)))
            }
            _ => Ok(()),
        }
    }

    /// Listens to a channel, by a connection of its own.
    pub async fn listen(&self, channel: &str) -> Result<Listener, StoreError> {
        let options = self.0.connect_options().as_ref().clone();
        let own = PgPoolOptions::new().max_connections(1).connect_lazy_with(options);
        let mut listener = PgListener::connect_with(&own).await?;
        listener.listen(channel).await?;
        Ok(Listener(listener))
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        Ok(Reader(self.0.acquire().await?))
    }

    /// A transaction for writing.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(self.0.begin().await?))
    }

    /// Waits for borrowed connections and closes all.
    pub async fn close(&self) {
        self.0.close().await;
    }
}

/// A step that this version lacks was made by a newer one.
fn newer(error: MigrateError) -> StoreError {
    let known = MIGRATIONS.iter().map(|step| step.version).max().unwrap_or_default();
    match error {
        MigrateError::VersionMissing(found) => StoreError::SchemaNewer { found, known },
        other => other.into(),
    }
}

/// Our statements are short and ask for few rows: compiling one to machine code costs more than it saves, and a plan
/// that does not know the bounds of its dates has to look at every partition.
async fn prepare(conn: &mut Conn) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("set jit = off; set plan_cache_mode = force_custom_plan").execute(conn).await?;
    Ok(())
}

impl Tx {
    /// Makes everything written through it durable.
    pub async fn commit(self) -> Result<(), StoreError> {
        Ok(self.0.commit().await?)
    }
}

impl Listener {
    /// Waits until something was announced, or may have been while the connection was lost.
    pub async fn heard(&mut self) -> Result<(), StoreError> {
        self.0.try_recv().await?;
        Ok(())
    }
}

impl Reader {
    /// Asks the database whether it is there.
    pub async fn answers(&mut self) -> Result<(), StoreError> {
        Ok(self.0.ping().await?)
    }
}

impl Deref for Reader {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// Makes the database `name` on the server at `url` unless it is there; `fresh` drops it first.
pub async fn ensure_database(url: &str, name: &str, fresh: bool) -> Result<(), StoreError> {
    let mut conn = Conn::connect(url).await?;
    let quoted = name.replace('"', "\"\"");
    if fresh {
        let drop = format!("drop database if exists \"{quoted}\" with (force)");
        sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut conn).await?;
    }
    let there = sqlx::query_scalar!("select count(*) from pg_database where datname = $1", name)
        .fetch_one(&mut conn)
        .await?;
    if there == Some(0) {
        let create = format!("create database \"{quoted}\"");
        sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(&mut conn).await?;
    }
    Ok(conn.close().await?)
}
