//! Forgetting what nobody needs any more. What happened (`events`) and what is true now are never touched here.

use crate::{Conn, StoreError, Tx};
use domain::{Day, Instant};

/// So many rows go in one statement at most, so that no round holds up the day.
const PART: i64 = 10_000;

/// The moment of the newest reading of any vehicle.
pub async fn newest_reading(conn: &mut Conn) -> Result<Option<Instant>, StoreError> {
    Ok(sqlx::query_scalar!("select max(at) from latest_positions").fetch_one(conn).await?)
}

/// The days (UTC) before `day` for which readings are kept, oldest first.
pub async fn days_of_positions(conn: &mut Conn, day: Day) -> Result<Vec<Day>, StoreError> {
    let names = sqlx::query_scalar!(
        r#"select c.relname as "name!" from pg_inherits i join pg_class c on c.oid = i.inhrelid
           where i.inhparent = 'positions'::regclass order by c.relname"#
    )
    .fetch_all(conn)
    .await?;
    let day_of = |name: String| Day::parse_from_str(name.strip_prefix("positions_")?, "%Y_%m_%d").ok();
    Ok(names.into_iter().filter_map(day_of).filter(|kept| *kept < day).collect())
}

/// Drops a day's readings whole. Gives up after two seconds rather than make phones wait behind a long question.
pub async fn drop_positions(tx: &mut Tx, day: Day) -> Result<(), StoreError> {
    let name = day.format("%Y_%m_%d");
    let sql = format!("set local lock_timeout = '2s'; drop table if exists positions_{name}");
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut **tx).await?;
    Ok(())
}

/// What is forgotten row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// The ids of reports, by when they came.
    Reports,
    /// Proposals, by when they were made.
    Proposals,
    /// When stops were expected to be reached that have ended, by when that was reckoned.
    Arrivals,
    /// The same of routes.
    Returns,
    /// Sessions, by when they were opened, in real time.
    Sessions,
    /// Sign-in links, by when they ended, in real time.
    Links,
}

/// Forgets rows from before a moment. Answers how many; there may be more as long as it is not 0.
pub async fn forget(tx: &mut Tx, rows: Rows, before: Instant) -> Result<u64, StoreError> {
    let done = match rows {
        Rows::Reports => sqlx::query!(
            "delete from reports where ctid = any(array(select ctid from reports where received_at < $1 limit $2))",
            before,
            PART
        ),
        Rows::Proposals => sqlx::query!(
            "delete from proposals where ctid = any(array(select ctid from proposals where made_at < $1 limit $2))",
            before,
            PART
        ),
        Rows::Arrivals => sqlx::query!(
            "delete from etas where ctid = any(array(
                 select e.ctid from etas e join stops s on s.id = e.stop_id
                 where e.as_of < $1 and s.state not in ('pending', 'arrived') limit $2
             ))",
            before,
            PART
        ),
        Rows::Returns => sqlx::query!(
            "delete from returns_expected where ctid = any(array(
                 select e.ctid from returns_expected e join routes r on r.id = e.route_id
                 where e.as_of < $1 and r.finished_at is not null limit $2
             ))",
            before,
            PART
        ),
        Rows::Sessions => sqlx::query!(
            "delete from sessions where ctid = any(array(select ctid from sessions where created_at < $1 limit $2))",
            before,
            PART
        ),
        Rows::Links => sqlx::query!(
            "delete from sign_in_links where ctid = any(array(
                 select ctid from sign_in_links where expires_at < $1 limit $2
             ))",
            before,
            PART
        ),
    };
    Ok(done.execute(&mut **tx).await?.rows_affected())
}
