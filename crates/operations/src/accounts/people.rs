//! Who may come in: adding, changing and disabling people, and revoking keys and devices.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::{keeping::role_changed, passwords::is_too_easy},
    base::{
        bounds,
        clock::new_id,
        secrets::{hash_password, new_secret},
    },
};
use domain::{AccountChange, PersonId, Role, Scope};
use store::{
    Tx,
    changes::Change,
    keys::{self, KeyHolder, Making},
    people::{self, Person},
    sessions,
};
use wire::staff::session::{KeyRow, PersonRow};

const MOST_NAME: usize = 80;

impl Operations {
    /// Adds a person, or gives the one of that name, in whatever case, a role and a password. A change ends the person's
    /// sessions.
    pub async fn add_person(&self, name: &str, role: Role, password: Option<&str>) -> Result<PersonId> {
        let name = bounds::text("a person's name", name, MOST_NAME).map_err(OpsError::Invalid)?;
        let password_hash = self.new_password(&name, password).await?;
        let mut tx = self.0.database.begin().await?;
        let person = Person { id: PersonId(new_id()), name, role, password_hash };
        let id = match people::lock_by_name(&mut tx, &person.name).await? {
            Some(before) => {
                people::change(&mut tx, before.id, role, person.password_hash.as_deref()).await?;
                if before.role != role {
                    self.changed(&mut tx, None, role_changed(&before, role)).await?;
                }
                if person.password_hash.is_some() {
                    self.changed(&mut tx, None, Change::of_person(before.id, AccountChange::PasswordChanged))
                        .await?;
                }
                if before.role != role || person.password_hash.is_some() {
                    sessions::end_all(&mut tx, before.id, self.0.clock.real_now()).await?;
                }
                before.id
            }
            None if people::add(&mut tx, &person).await? => {
                let added = Change::of_person(person.id, AccountChange::PersonAdded);
                let added = Change { role: Some(role), hubs: Some(&Scope::Every), ..added };
                self.changed(&mut tx, None, added).await?;
                person.id
            }
            // Somebody else has added the same name at this moment.
            None => return Err(OpsError::Busy),
        };
        tx.commit().await?;
        Ok(id)
    }

    /// The hash of a password that may be set for the person of that name.
    pub(super) async fn new_password(&self, name: &str, password: Option<&str>) -> Result<Option<String>> {
        let Some(password) = password else { return Ok(None) };
        if !(10..=200).contains(&password.chars().count()) {
            return Err(OpsError::WeakPassword("a password has 10 to 200 characters"));
        }
        if is_too_easy(password, name) {
            let why = "this password is among the first that anybody would try: take some words of your own";
            return Err(OpsError::WeakPassword(why));
        }
        Ok(Some(hash_password(&self.0.passwords, password.to_owned()).await?))
    }

    /// Gives a person another role, and ends the person's sessions; answers how many.
    pub async fn change_role(&self, caller: &Caller, name: &str, role: Role) -> Result<u64> {
        caller.must_keep_keys()?;
        let (mut tx, person) = self.person_of(name).await?;
        people::change(&mut tx, person.id, role, None).await?;
        self.finish(tx, caller, role_changed(&person, role)).await
    }

    /// Gives a person another password, and ends the person's sessions; answers how many.
    pub async fn change_password(&self, caller: &Caller, name: &str, password: &str) -> Result<u64> {
        caller.must_keep_keys()?;
        let hash = self.new_password(name.trim(), Some(password)).await?;
        let (mut tx, person) = self.person_of(name).await?;
        people::change(&mut tx, person.id, person.role, hash.as_deref()).await?;
        self.finish(tx, caller, Change::of_person(person.id, AccountChange::PasswordChanged)).await
    }

    /// Disables a person: no sign-in, no link, and every session ends at once. Answers how many.
    pub async fn disable_person(&self, caller: &Caller, name: &str) -> Result<u64> {
        caller.must_keep_keys()?;
        let (mut tx, person) = self.person_of(name).await?;
        people::set_disabled(&mut tx, person.id, Some(self.0.clock.real_now())).await?;
        self.finish(tx, caller, Change::of_person(person.id, AccountChange::PersonDisabled)).await
    }

    /// Lets a disabled person in again.
    pub async fn enable_person(&self, caller: &Caller, name: &str) -> Result<()> {
        caller.must_keep_keys()?;
        let (mut tx, person) = self.person_of(name).await?;
        people::set_disabled(&mut tx, person.id, None).await?;
        self.finish(tx, caller, Change::of_person(person.id, AccountChange::PersonEnabled)).await.map(|_| ())
    }

    /// Ends all of a person's sessions; answers how many.
    pub async fn end_sessions(&self, caller: &Caller, name: &str) -> Result<u64> {
        caller.must_keep_keys()?;
        let (tx, person) = self.person_of(name).await?;
        self.finish(tx, caller, Change::of_person(person.id, AccountChange::SessionsEnded)).await
    }

    /// Everybody, by name.
    pub async fn people(&self, caller: &Caller) -> Result<Vec<PersonRow>> {
        caller.must_keep_keys()?;
        let all = people::list(&mut *self.0.database.read().await?).await?;
        let row = |p: people::Listed| PersonRow {
            id: p.id,
            name: p.name,
            role: p.role,
            has_password: p.has_password,
            disabled_since: p.disabled_at,
            sessions: p.sessions,
            last_seen: p.seen_at,
        };
        Ok(all.into_iter().map(row).collect())
    }

    /// All keys and devices, newest first.
    pub async fn keys(&self, caller: &Caller) -> Result<Vec<KeyRow>> {
        caller.must_keep_keys()?;
        let all = keys::list(&mut *self.0.database.read().await?).await?;
        let row = |k: keys::Listed| KeyRow {
            id: k.id,
            kind: k.kind,
            name: k.name,
            holder: k.holder,
            made: k.created_at,
            used: k.last_used_at,
            revoked: k.revoked_at,
        };
        Ok(all.into_iter().map(row).collect())
    }

    /// Revokes the keys and devices that `which` names: an id from [`Operations::keys`], a shop's name, or a vehicle's
    /// label. Answers how many opened something until now.
    pub async fn revoke_keys(&self, caller: &Caller, which: &str) -> Result<u64> {
        caller.must_keep_keys()?;
        let which = bounds::text("a key's id or holder", which, MOST_NAME).map_err(OpsError::Invalid)?;
        let mut tx = self.0.database.begin().await?;
        let revoked = keys::revoke(&mut tx, &which, self.0.clock.real_now()).await?;
        for id in &revoked {
            self.key_changed(&mut tx, caller, AccountChange::KeyRevoked, id).await?;
        }
        tx.commit().await?;
        self.0.devices.forget();
        Ok(revoked.len() as u64)
    }

    /// Makes an administrator's API key.
    pub async fn add_administrator_key(&self) -> Result<String> {
        let (secret, hash) = new_secret()?;
        let mut tx = self.0.database.begin().await?;
        let now = self.0.clock.real_now();
        keys::save(&mut tx, &hash, KeyHolder::Administrator, now, Making::default()).await?;
        let made = AccountChange::KeyMade;
        self.key_changed(&mut tx, &Caller::command_line(), made, &keys::id_of(&hash)).await?;
        tx.commit().await?;
        Ok(secret)
    }

    async fn person_of(&self, name: &str) -> Result<(Tx, Person)> {
        let name = bounds::text("a person's name", name, MOST_NAME).map_err(OpsError::Invalid)?;
        let mut tx = self.0.database.begin().await?;
        let person = people::lock_by_name(&mut tx, &name).await?.ok_or(OpsError::NotFound)?;
        Ok((tx, person))
    }

    /// Remembers a change of a person and ends the person's sessions, in one transaction; answers how many there were.
    async fn finish(&self, mut tx: Tx, caller: &Caller, change: Change<'_>) -> Result<u64> {
        let ended = match change.person {
            Some(person) => sessions::end_all(&mut tx, person, self.0.clock.real_now()).await?,
            None => 0,
        };
        self.changed(&mut tx, caller.keeper()?, change).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
