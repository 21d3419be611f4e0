//! People as those see them who look after them: where they work, and whether they may come in.

use super::people::{Person, role};
use crate::{Conn, StoreError, Tx, locks};
use domain::{HubId, Instant, PersonId, Role, Scope};
use uuid::Uuid;

/// A person who is about to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who, with role and password.
    pub person: Person,
    /// Where the person works.
    pub scope: Scope,
    /// Whether the person may not come in.
    pub disabled: bool,
    /// Grows with each change.
    pub version: i32,
}

pub(super) fn scope(every_hub: bool, hubs: Vec<Uuid>) -> Scope {
    if every_hub { Scope::Every } else { Scope::Hubs(hubs.into_iter().map(HubId).collect()) }
}

/// A person, locked until the transaction ends. One person is changed at a time, so that two administrators who each
/// disable the other do not both succeed.
pub async fn lock(tx: &mut Tx, id: PersonId) -> Result<Option<Account>, StoreError> {
    locks::people(tx).await?;
    let row = sqlx::query!(
        r#"select id, name, role, password_hash, every_hub, disabled_at is not null as "disabled!", version,
                  array(select h.hub_id from person_hubs h where h.person_id = people.id order by h.hub_id) as "hubs!"
           from people where id = $1 for no key update"#,
        id.0
    )
    .fetch_optional(&mut **tx)
    .await?;
    row.map(|r| {
        let role = role(&r.role, r.id)?;
        let person = Person { id: PersonId(r.id), name: r.name, role, password_hash: r.password_hash };
        Ok(Account { person, scope: scope(r.every_hub, r.hubs), disabled: r.disabled, version: r.version })
    })
    .transpose()
}

/// Where somebody works; nothing for nobody.
pub async fn scope_of(conn: &mut Conn, id: PersonId) -> Result<Option<Scope>, StoreError> {
    let row = sqlx::query!(
        r#"select every_hub,
                  array(select h.hub_id from person_hubs h where h.person_id = people.id order by h.hub_id) as "hubs!"
           from people where id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| scope(r.every_hub, r.hubs)))
}

/// Lets a person work at these hubs and no other.
pub async fn set_scope(tx: &mut Tx, id: PersonId, scope: &Scope) -> Result<(), StoreError> {
    let hubs: Vec<Uuid> = match scope {
        Scope::Every => vec![],
        Scope::Hubs(hubs) => hubs.iter().map(|hub| hub.0).collect(),
    };
    sqlx::query!(
        "update people set every_hub = $2, version = version + 1 where id = $1",
        id.0,
        *scope == Scope::Every
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query!("delete from person_hubs where person_id = $1", id.0).execute(&mut **tx).await?;
    sqlx::query!(
        "insert into person_hubs (person_id, hub_id) select $1, hub from unnest($2::uuid[]) as hub",
        id.0,
        &hubs
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a person's password away.
pub async fn forget_password(tx: &mut Tx, id: PersonId) -> Result<(), StoreError> {
    sqlx::query!("update people set password_hash = null, version = version + 1 where id = $1", id.0)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whether anybody else is an administrator who may come in.
pub async fn another_administrator(tx: &mut Tx, than: PersonId) -> Result<bool, StoreError> {
    let there = sqlx::query_scalar!(
        r#"select exists (
               select from people where role = $2 and disabled_at is null and id <> $1
           ) as "there!""#,
        than.0,
        Role::Administrator.code()
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(there)
}

/// A person with what an administrator wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Identity.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Where.
    pub scope: Scope,
    /// Whether the person has a password.
    pub has_password: bool,
    /// Since when the person cannot come in.
    pub disabled_at: Option<Instant>,
    /// Sessions that can be used.
    pub sessions: i64,
    /// When one was opened or used last.
    pub seen_at: Option<Instant>,
    /// Until when a link that nobody has used is good.
    pub link_until: Option<Instant>,
    /// Grows with each change.
    pub version: i32,
}

/// Everybody, those who may come in first, by name. Sessions count that were used since `idle` and began since `begun`;
/// links that are good at `now`.
pub async fn list(
    conn: &mut Conn,
    idle: Instant,
    begun: Instant,
    now: Instant,
) -> Result<Vec<Line>, StoreError> {
    let rows = sqlx::query!(
        r#"select p.id, p.name, p.role, p.password_hash is not null as "has_password!", p.disabled_at, p.every_hub,
                  p.seen_at, p.version,
                  array(select h.hub_id from person_hubs h where h.person_id = p.id order by h.hub_id) as "hubs!",
                  (select count(*) from sessions s
                   where s.person_id = p.id and s.seen_at >= $1 and s.created_at >= $2
                         and (p.every_hub or exists (select from person_hubs h where h.person_id = p.id))
                  ) as "sessions!",
                  (select max(l.expires_at) from sign_in_links l
                   where l.person_id = p.id and l.used_at is null and l.expires_at > $3) as link_until
           from people p
           order by p.disabled_at is not null, lower(p.name)"#,
        idle,
        begun,
        now
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            Ok(Line {
                id: PersonId(r.id),
                name: r.name,
                role: role(&r.role, r.id)?,
                scope: scope(r.every_hub, r.hubs),
                has_password: r.has_password,
                disabled_at: r.disabled_at,
                sessions: r.sessions,
                seen_at: r.seen_at,
                link_until: r.link_until,
                version: r.version,
            })
        })
        .collect()
}
