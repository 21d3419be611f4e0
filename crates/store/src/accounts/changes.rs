//! What was changed about people and keys. By ids: names are looked up when somebody reads it.

use crate::{Conn, StoreError, Tx};
use domain::{AccountChange, HubId, Instant, PersonId, Role, Scope};
use uuid::Uuid;

/// One change to remember.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// What.
    pub what: AccountChange,
    /// Who was changed.
    pub person: Option<PersonId>,
    /// Which key, by the id that [`super::keys::id_of`] gives.
    pub key: Option<&'a str>,
    /// The role before.
    pub role_before: Option<Role>,
    /// The role that was given.
    pub role: Option<Role>,
    /// Where the person worked.
    pub hubs_before: Option<&'a Scope>,
    /// Where the person works from then on.
    pub hubs: Option<&'a Scope>,
}

impl<'a> Change<'a> {
    /// A change of a person, with nothing said of role and hubs.
    pub fn of_person(person: PersonId, what: AccountChange) -> Self {
        let (role_before, role, hubs_before, hubs) = (None, None, None, None);
        Self { what, person: Some(person), key: None, role_before, role, hubs_before, hubs }
    }

    /// A change of a key.
    pub fn of_key(key: &'a str, what: AccountChange) -> Self {
        let (role_before, role, hubs_before, hubs) = (None, None, None, None);
        Self { what, person: None, key: Some(key), role_before, role, hubs_before, hubs }
    }

    /// The set-up of a hub.
    pub fn of_hub(hub: &'a Scope) -> Self {
        let (person, key, role_before, role, hubs_before) = (None, None, None, None, None);
        Self { what: AccountChange::HubSetUp, person, key, role_before, role, hubs_before, hubs: Some(hub) }
    }
}

/// A scope as the table keeps it: the nil id alone is every hub.
fn ids(scope: &Scope) -> Vec<Uuid> {
    match scope {
        Scope::Every => vec![Uuid::nil()],
        Scope::Hubs(hubs) => hubs.iter().map(|hub| hub.0).collect(),
    }
}

fn scope(ids: Vec<Uuid>) -> Scope {
    if ids == [Uuid::nil()] { Scope::Every } else { Scope::Hubs(ids.into_iter().map(HubId).collect()) }
}

/// Remembers a change; nobody stands for the command line.
pub async fn remember(
    tx: &mut Tx,
    at: Instant,
    by: Option<PersonId>,
    change: Change<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into account_changes (at, by_person, what, person_id, key_id, role_before, role, hubs_before, hubs)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        at,
        by.map(|p| p.0),
        change.what.code(),
        change.person.map(|p| p.0),
        change.key,
        change.role_before.map(Role::code),
        change.role.map(Role::code),
        change.hubs_before.map(ids) as Option<Vec<Uuid>>,
        change.hubs.map(ids) as Option<Vec<Uuid>>
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// A change as it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// When.
    pub at: Instant,
    /// Who did it; nobody for the command line.
    pub by: Option<String>,
    /// What; nothing for a kind that this version does not know.
    pub what: Option<AccountChange>,
    /// Whose name, role, hubs or password it was.
    pub person: Option<String>,
    /// The key's id.
    pub key: Option<String>,
    /// The key's own name, or its holder's.
    pub key_name: Option<String>,
    /// The role before.
    pub role_before: Option<Role>,
    /// The role that was given.
    pub role: Option<Role>,
    /// Where the person worked; nothing where that was not changed or not kept.
    pub hubs_before: Option<Scope>,
    /// Where the person works from then on.
    pub hubs: Option<Scope>,
}

/// The latest `most` changes after leaving out `skip`, the newest first.
pub async fn latest(conn: &mut Conn, skip: i64, most: i64) -> Result<Vec<Read>, StoreError> {
    let rows = sqlx::query!(
        r#"select c.at, b.name as "by?", c.what, p.name as "person?", c.key_id, c.role_before, c.role,
                  c.hubs_before, c.hubs,
                  coalesce(
                      (select coalesce(k.name, s.name) from api_keys k left join shops s on s.id = k.shop_id
                       where left(encode(k.token_hash, 'hex'), 16) = c.key_id),
                      (select coalesce(d.name, v.label) from devices d join vehicles v on v.id = d.vehicle_id
                       where left(encode(d.token_hash, 'hex'), 16) = c.key_id)
                  ) as key_name
           from (select * from account_changes order by id desc offset $1 limit $2) as c
           left join people b on b.id = c.by_person
           left join people p on p.id = c.person_id
           order by c.id desc"#,
        skip,
        most
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Read {
            at: r.at,
            by: r.by,
            what: AccountChange::parse(&r.what),
            person: r.person,
            key: r.key_id,
            key_name: r.key_name,
            role_before: r.role_before.as_deref().and_then(Role::parse),
            role: r.role.as_deref().and_then(Role::parse),
            hubs_before: r.hubs_before.map(scope),
            hubs: r.hubs.map(scope),
        })
        .collect())
}
