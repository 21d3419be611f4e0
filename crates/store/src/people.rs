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

/// Adds a person; answers whether nobody has that name, in whatever case.
pub async fn add(tx: &mut Tx, person: &Person) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into people (id, name, role, password_hash) values ($1, $2, $3, $4) on conflict do nothing",
        person.id.0,
        person.name,
        person.role.code(),
        person.password_hash
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives a person a role, and a password unless it is nothing.
pub async fn change(
    tx: &mut Tx,
    id: PersonId,
    role: Role,
    password_hash: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update people set role = $2, password_hash = coalesce($3, password_hash) where id = $1",
        id.0,
        role.code(),
        password_hash
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Disables a person from `at` on, or lets the person in again.
pub async fn set_disabled(tx: &mut Tx, id: PersonId, at: Option<Instant>) -> Result<(), StoreError> {
    sqlx::query!("update people set disabled_at = $2 where id = $1", id.0, at).execute(&mut **tx).await?;
    Ok(())
}

/// A person as an administrator sees one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Identity.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether the person has a password.
    pub has_password: bool,
    /// Since when the person cannot sign in.
    pub disabled_at: Option<Instant>,
    /// Sessions that have not been ended; some may be too old to be used.
    pub sessions: i64,
    /// When a session was last used.
    pub seen_at: Option<Instant>,
}

/// Everybody, by name.
pub async fn list(conn: &mut Conn) -> Result<Vec<Listed>, StoreError> {
    let rows = sqlx::query!(
        r#"select p.id, p.name, p.role, p.password_hash is not null as "has_password!", p.disabled_at,
                  count(s.person_id) as "sessions!", max(s.seen_at) as seen_at
           from people p left join sessions s on s.person_id = p.id
           group by p.id order by lower(p.name)"#
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Listed {
                id: PersonId(r.id),
                name: r.name,
                role: role(&r.role, r.id)?,
                has_password: r.has_password,
                disabled_at: r.disabled_at,
                sessions: r.sessions,
                seen_at: r.seen_at,
            })
        })
        .collect()
}

/// The person of that name in whatever case, disabled or not; locked until the transaction ends.
pub async fn lock_by_name(tx: &mut Tx, name: &str) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query!(
        "select id, name, role, password_hash from people where lower(name) = lower($1) for update",
        name
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|r| {
        let role = role(&r.role, r.id)?;
        Ok(Person { id: PersonId(r.id), name: r.name, role, password_hash: r.password_hash })
    })
    .transpose()
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

/// Ends a person's sessions, forgets the browsers that are known, and spends links that are still open. Answers how many
/// sessions there were.
pub async fn end_sessions(tx: &mut Tx, person: PersonId, at: Instant) -> Result<u64, StoreError> {
    sqlx::query!("delete from known_browsers where person_id = $1", person.0).execute(&mut **tx).await?;
    sqlx::query!(
        "update sign_in_links set used_at = $2 where person_id = $1 and used_at is null",
        person.0,
        at
    )
    .execute(&mut **tx)
    .await?;
    let ended =
        sqlx::query!("delete from sessions where person_id = $1", person.0).execute(&mut **tx).await?;
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
               and not exists (select from people p where p.id = person_id and p.disabled_at is not null)
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
