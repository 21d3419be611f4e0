//! People who sign in, their sessions and sign-in links; and the anchor of a simulated clock.

use crate::{Conn, StoreError, Tx};
use domain::{Instant, PersonId, Role};
use std::collections::HashMap;
use uuid::Uuid;

/// A person who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// Name, unique, by which the person signs in.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The password's Argon2id hash; nobody signs in by password without one.
    pub password_hash: Option<String>,
}

fn role(code: &str, id: Uuid) -> Result<Role, StoreError> {
    Role::parse(code).ok_or(StoreError::Corrupt { table: "people", column: "role", id })
}

/// Adds a person, or renews the one of that name; answers the id that holds.
pub async fn save(tx: &mut Tx, person: &Person) -> Result<PersonId, StoreError> {
    let id = sqlx::query_scalar!(
        "insert into people (id, name, role, password_hash) values ($1, $2, $3, $4)
         on conflict (name) do update set
             role = excluded.role, password_hash = coalesce(excluded.password_hash, people.password_hash)
         returning id",
        person.id.0,
        person.name,
        person.role.code(),
        person.password_hash
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(PersonId(id))
}

/// The person of that name, unless disabled.
pub async fn by_name(conn: &mut Conn, name: &str) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query!(
        "select id, name, role, password_hash from people where lower(name) = lower($1) and disabled_at is null",
        name
    )
    .fetch_optional(conn)
    .await?;
    row.map(|r| {
        let role = role(&r.role, r.id)?;
        Ok(Person { id: PersonId(r.id), name: r.name, role, password_hash: r.password_hash })
    })
    .transpose()
}

/// The names of everybody, by id.
pub async fn names(conn: &mut Conn) -> Result<HashMap<PersonId, String>, StoreError> {
    Ok(sqlx::query!("select id, name from people")
        .fetch_all(conn)
        .await?
        .into_iter()
        .map(|r| (PersonId(r.id), r.name))
        .collect())
}

/// Opens a session.
pub async fn open_session(
    tx: &mut Tx,
    hash: &[u8],
    person: PersonId,
    at: Instant,
    user_agent: &str,
) -> Result<(), StoreError> {
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
    /// When it began.
    pub created_at: Instant,
    /// When it was last used.
    pub seen_at: Instant,
}

/// The session whose token has this hash.
pub async fn session(conn: &mut Conn, hash: &[u8]) -> Result<Option<Session>, StoreError> {
    let row = sqlx::query!(
        "select s.person_id, p.name, p.role, s.created_at, s.seen_at
         from sessions s join people p on p.id = s.person_id
         where s.token_hash = $1 and p.disabled_at is null",
        hash
    )
    .fetch_optional(conn)
    .await?;
    row.map(|r| {
        Ok(Session {
            person: PersonId(r.person_id),
            name: r.name,
            role: role(&r.role, r.person_id)?,
            created_at: r.created_at,
            seen_at: r.seen_at,
        })
    })
    .transpose()
}

/// Notes that a session was used.
pub async fn touch_session(tx: &mut Tx, hash: &[u8], at: Instant) -> Result<(), StoreError> {
    sqlx::query!("update sessions set seen_at = $2 where token_hash = $1", hash, at)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Ends a session.
pub async fn end_session(tx: &mut Tx, hash: &[u8]) -> Result<(), StoreError> {
    sqlx::query!("delete from sessions where token_hash = $1", hash).execute(&mut **tx).await?;
    Ok(())
}

/// Remembers a sign-in link by its hash.
pub async fn add_link(
    tx: &mut Tx,
    hash: &[u8],
    person: PersonId,
    expires_at: Instant,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into sign_in_links (token_hash, person_id, expires_at) values ($1, $2, $3)",
        hash,
        person.0,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Spends a sign-in link; answers whose it was, unless it was spent before or is too old.
pub async fn spend_link(tx: &mut Tx, hash: &[u8], at: Instant) -> Result<Option<PersonId>, StoreError> {
    let id = sqlx::query_scalar!(
        "update sign_in_links set used_at = $2
         where token_hash = $1 and used_at is null and expires_at > $2
         returning person_id",
        hash,
        at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(PersonId))
}

/// Where a simulated clock was anchored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockAnchor {
    /// Real time.
    pub real_at: Instant,
    /// The world's time at that moment.
    pub world_at: Instant,
    /// World seconds in one real second.
    pub factor: f64,
}

/// The anchor, if this database holds a simulated day.
pub async fn clock_anchor(conn: &mut Conn) -> Result<Option<ClockAnchor>, StoreError> {
    Ok(sqlx::query_as!(ClockAnchor, "select real_at, world_at, factor from clock_anchor")
        .fetch_optional(conn)
        .await?)
}

/// Anchors a simulated clock.
pub async fn save_clock_anchor(tx: &mut Tx, anchor: ClockAnchor) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into clock_anchor (real_at, world_at, factor) values ($1, $2, $3)
         on conflict (single) do update set
             real_at = excluded.real_at, world_at = excluded.world_at, factor = excluded.factor",
        anchor.real_at,
        anchor.world_at,
        anchor.factor
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
