//! Signing in and out, and who holds a key.

use crate::{
    Caller, Operations, OpsError, Result,
    clock::new_id,
    secrets::{hash, hash_password, new_secret, password_fits},
};
use chrono::TimeDelta;
use domain::{Actor, HubId, PersonId, Role, VehicleId};
use store::{fleet::KeyHolder, people};
use wire::session::Me;

/// A session that is not used for this long ends.
const IDLE: TimeDelta = TimeDelta::hours(12);
/// A session ends after this long, used or not.
const ABSOLUTE: TimeDelta = TimeDelta::hours(24);
/// A sign-in link is good for this long.
const LINK: TimeDelta = TimeDelta::hours(24);
/// How often a session's use is noted.
const TOUCH: TimeDelta = TimeDelta::minutes(5);

impl Operations {
    /// Opens a session for a name and a password; answers its secret.
    pub async fn sign_in(&self, name: &str, password: &str, user_agent: &str) -> Result<String> {
        let person = people::by_name(&mut *self.0.database.read().await?, name.trim()).await?;
        let stored = person.as_ref().and_then(|p| p.password_hash.clone());
        let fits = password_fits(&self.0.passwords, password.to_owned(), stored).await?;
        match person {
            Some(person) if fits => self.open_session(person.id, user_agent).await,
            _ => {
                tracing::info!("a sign-in was refused");
                Err(OpsError::WrongPassword)
            }
        }
    }

    /// Opens a session for a sign-in link, which is then spent; answers its secret.
    pub async fn sign_in_by_link(&self, link: &str, user_agent: &str) -> Result<String> {
        let mut tx = self.0.database.begin().await?;
        let now = self.0.clock.real_now();
        let person = people::spend_link(&mut tx, &hash(link), now).await?.ok_or(OpsError::LinkSpent)?;
        tx.commit().await?;
        self.open_session(person, user_agent).await
    }

    async fn open_session(&self, person: PersonId, user_agent: &str) -> Result<String> {
        let (secret, hash) = new_secret()?;
        let mut tx = self.0.database.begin().await?;
        let agent: String = user_agent.chars().take(200).collect();
        people::open_session(&mut tx, &hash, person, self.0.clock.real_now(), &agent).await?;
        tx.commit().await?;
        tracing::info!(%person, "signed in");
        Ok(secret)
    }

    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: &Caller) -> Result<()> {
        let session = caller.session.as_deref().ok_or(OpsError::NotSignedIn)?;
        let mut tx = self.0.database.begin().await?;
        people::end_session(&mut tx, session).await?;
        Ok(tx.commit().await?)
    }

    /// Who holds a session's secret; nobody when it has ended.
    pub async fn who(&self, secret: &str) -> Result<Option<Caller>> {
        let hash = hash(secret);
        let Some(session) = people::session(&mut *self.0.database.read().await?, &hash).await? else {
            return Ok(None);
        };
        let now = self.0.clock.real_now();
        if now - session.seen_at > IDLE || now - session.created_at > ABSOLUTE {
            return Ok(None);
        }
        if now - session.seen_at > TOUCH {
            let mut tx = self.0.database.begin().await?;
            people::touch_session(&mut tx, &hash, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Caller {
            who: Actor::Person(session.person),
            role: Some(session.role),
            name: Some(session.name),
            session: Some(hash),
        }))
    }

    /// The caller as the screen shows it.
    pub async fn me(&self, caller: &Caller) -> Result<Me> {
        let (id, role) = caller.person()?;
        Ok(Me { id, name: caller.name.clone().unwrap_or_default(), role })
    }

    /// Who holds an API key.
    pub async fn who_by_key(&self, key: &str) -> Result<Caller> {
        let holder = store::fleet::key_holder(&mut *self.0.database.read().await?, &hash(key)).await?;
        match holder {
            Some(KeyHolder::Shop(shop)) => Ok(Caller::system(Actor::Shop(shop))),
            Some(KeyHolder::Administrator) => Ok(Caller::system(Actor::Machine)),
            None => Err(OpsError::NotSignedIn),
        }
    }

    /// Which vehicle holds a device's token.
    pub async fn who_by_device(&self, token: &str) -> Result<(Caller, VehicleId, HubId)> {
        let (vehicle, hub) = self.0.devices.find(hash(token)).await?.ok_or(OpsError::NotSignedIn)?;
        Ok((Caller::system(Actor::Vehicle(vehicle)), vehicle, hub))
    }

    /// Adds a person, or gives the one of that name a role and a password.
    pub async fn add_person(&self, name: &str, role: Role, password: Option<&str>) -> Result<PersonId> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(OpsError::Invalid("a person's name has 1 to 80 characters".into()));
        }
        let password_hash = match password {
            None => None,
            Some(password) if (10..=200).contains(&password.chars().count()) => {
                Some(hash_password(&self.0.passwords, password.to_owned()).await?)
            }
            Some(_) => return Err(OpsError::Invalid("a password has 10 to 200 characters".into())),
        };
        let person = people::Person { id: PersonId(new_id()), name: name.to_owned(), role, password_hash };
        let mut tx = self.0.database.begin().await?;
        let id = people::save(&mut tx, &person).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Makes a sign-in link for a person: a secret that opens one session.
    pub async fn add_sign_in_link(&self, person: PersonId) -> Result<String> {
        let (secret, hash) = new_secret()?;
        let mut tx = self.0.database.begin().await?;
        people::add_link(&mut tx, &hash, person, self.0.clock.real_now() + LINK).await?;
        tx.commit().await?;
        Ok(secret)
    }

    /// Makes an administrator's API key.
    pub async fn add_administrator_key(&self) -> Result<String> {
        let (secret, hash) = new_secret()?;
        let mut tx = self.0.database.begin().await?;
        let now = self.0.clock.real_now();
        store::fleet::save_key(&mut tx, &hash, KeyHolder::Administrator, now).await?;
        tx.commit().await?;
        Ok(secret)
    }
}
