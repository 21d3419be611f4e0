//! Sessions, and the browsers in which people have signed in before.

use super::{people::role, staff::scope};
use crate::{Conn, StoreError, Tx};
use domain::{Instant, PersonId, Role, Scope};

/// Opens a session.
pub async fn open(
    tx: &mut Tx,
    hash: &[u8],
    person: PersonId,
    at: Instant,
    user_agent: &str,
) -> Result<(), StoreError> {
    seen(tx, person, at).await?;
    sqlx::query!(
        "insert into sessions (token_hash, person_id, created_at, seen_at, user_agent) values ($1, $2, $3, $3, $4)",
        hash,
        person.0,
        at,
        user_agent
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A session that has not been ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Whose.
    pub person: PersonId,
    /// Name on screens.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
}

/// The session whose token has this hash.
pub async fn get(conn: &mut Conn, hash: &[u8]) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query!(
        r#"select s.person_id, p.name, p.role, s.created_at, s.seen_at, p.every_hub,
                  array(select h.hub_id from person_hubs h where h.person_id = p.id order by h.hub_id) as "hubs!"
           from sessions s join people p on p.id = s.person_id
           where s.token_hash = $1 and p.disabled_at is null"#,
        hash
    )
    .fetch_optional(conn)
    .await?;
    row.map(|r| {
        Ok(Session {
            person: PersonId(r.person_id),
            name: r.name,
            role: role(&r.role, r.person_id)?,
            scope: scope(r.every_hub, r.hubs),
            created_at: r.created_at,
            seen_at: r.seen_at,
        })
    })
    .transpose()
}

/// Notes that a person's session was used.
pub async fn touch(tx: &mut Tx, hash: &[u8], person: PersonId, at: Instant) -> Result<(), StoreError> {
    seen(tx, person, at).await?;
    sqlx::query!("update sessions set seen_at = $2 where token_hash = $1", hash, at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Notes that a person was here. Whoever ends sessions holds the person's row first, so it comes before the session's.
async fn seen(tx: &mut Tx, person: PersonId, at: Instant) -> Result<(), StoreError> {
    sqlx::query!("update people set seen_at = $2 where id = $1", person.0, at).execute(&mut **tx).await?;
    Ok(())
}

/// A session as its own person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The hash of its token.
    pub hash: Vec<u8>,
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
    /// What the browser called itself.
    pub user_agent: String,
}

/// A person's sessions that were used since `idle` and began since `begun`, the latest used first.
pub async fn of_person(
    conn: &mut Conn,
    person: PersonId,
    idle: Instant,
    begun: Instant,
) -> Result<Vec<Place>, StoreError> {
    Ok(sqlx::query_as!(
        Place,
        "select token_hash as hash, created_at, seen_at, user_agent from sessions
         where person_id = $1 and seen_at >= $2 and created_at >= $3
         order by seen_at desc, created_at desc limit 100",
        person.0,
        idle,
        begun
    )
    .fetch_all(conn)
    .await?)
}

/// Ends a session.
pub async fn end(tx: &mut Tx, hash: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("delete from sessions where token_hash = $1", hash).execute(&mut **tx).await?;
    Ok(())
}

/// Ends a person's sessions, forgets the browsers that are known, and spends links that are still open. Answers how many
/// sessions there were.
pub async fn end_all(tx: &mut Tx, person: PersonId, at: Instant) -> Result<u64, StoreError> {
    end_others(tx, person, &[], at).await
}

/// The same, but for the session whose token has the hash `kept`.
pub async fn end_others(tx: &mut Tx, person: PersonId, kept: &[u8], at: Instant) -> Result<u64, StoreError> {
    sqlx::query!("delete from known_browsers where person_id = $1", person.0).execute(&mut **tx).await?;
    sqlx::query!(
        "update sign_in_links set used_at = $2 where person_id = $1 and used_at is null",
        person.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    let ended =
        sqlx::query!("delete from sessions where person_id = $1 and token_hash <> $2", person.0, kept)
            .execute(&mut **tx)
            .await?;
    Ok(ended.rows_affected())
}

/// Forgets sessions that were last used before `idle` or began before `begun`, links that ended before `idle`, and browsers
/// that were last seen before `known`. Answers how many rows are gone.
pub async fn prune(tx: &mut Tx, idle: Instant, begun: Instant, known: Instant) -> Result<u64, StoreError> {
    let sessions = sqlx::query!("delete from sessions where seen_at < $1 or created_at < $2", idle, begun)
        .execute(&mut **tx)
        .await?;
    let links = sqlx::query!("delete from sign_in_links where expires_at < $1 or used_at < $1", idle)
        .execute(&mut **tx)
        .await?;
    let browsers =
        sqlx::query!("delete from known_browsers where seen_at < $1", known).execute(&mut **tx).await?;
    Ok(sessions.rows_affected() + links.rows_affected() + browsers.rows_affected())
}

/// Remembers that a person has signed in in the browser whose token has this hash.
pub async fn know_browser(tx: &mut Tx, hash: &[u8], person: PersonId, at: Instant) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into known_browsers (token_hash, person_id, seen_at) values ($1, $2, $3)
         on conflict (token_hash) do update set person_id = excluded.person_id, seen_at = excluded.seen_at",
        hash,
        person.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who has last signed in in the browser whose token has this hash.
pub async fn knows_browser(conn: &mut Conn, hash: &[u8]) -> Result<Option<PersonId>, StoreError> {
    let id = sqlx::query_scalar!("select person_id from known_browsers where token_hash = $1", hash)
        .fetch_optional(conn)
        .await?;
    Ok(id.map(PersonId))
}
