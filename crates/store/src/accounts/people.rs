//! People who sign in.

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

pub(super) fn role(code: &str, id: Uuid) -> Result<Role, StoreError> {
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

/// Gives a person a role, and a password unless it is nothing. An administrator works at every hub.
pub async fn change(
    tx: &mut Tx,
    id: PersonId,
    role: Role,
    password_hash: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "update people
         set role = $2, password_hash = coalesce($3, password_hash), version = version + 1,
             every_hub = every_hub or $2 = 'administrator'
         where id = $1",
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
    sqlx::query!("update people set disabled_at = $2, version = version + 1 where id = $1", id.0, at)
        .execute(&mut **tx)
        .await?;
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
                  count(s.person_id) as "sessions!", p.seen_at
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

/// The hash of a person's password; nothing without one.
pub async fn password_of(conn: &mut Conn, id: PersonId) -> Result<Option<String>, StoreError> {
    let row = sqlx::query_scalar!("select password_hash from people where id = $1", id.0)
        .fetch_optional(conn)
        .await?;
    Ok(row.flatten())
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
