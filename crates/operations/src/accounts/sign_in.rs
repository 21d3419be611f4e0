//! Signing in and out, and who holds a session, a key or a device.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::tries::Place,
    base::secrets::{hash, new_secret, password_fits},
};
use chrono::TimeDelta;
use domain::{Actor, HubId, Instant, PersonId, Scope, VehicleId};
use std::net::IpAddr;
use store::{keys::KeyHolder, links, people, sessions, staff};
use wire::{AccountFault, staff::session::Me};

/// A session that is not used for this long ends.
pub(super) const IDLE: TimeDelta = TimeDelta::hours(12);
/// A session ends after this long, used or not.
pub(super) const ABSOLUTE: TimeDelta = TimeDelta::hours(24);
/// A sign-in link is good for this long.
pub(super) const LINK: TimeDelta = TimeDelta::hours(24);
/// How often a session's use is noted.
const TOUCH: TimeDelta = TimeDelta::minutes(5);
/// A browser that nobody has signed in from for this long is a stranger again.
const KNOWN: TimeDelta = TimeDelta::days(400);
/// No name, key or token is longer, in bytes.
const MOST_SECRET: usize = 200;

/// From where somebody signs in.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The address, as far as it is known.
    pub address: Option<IpAddr>,
    /// What the browser calls itself.
    pub user_agent: String,
    /// The secret by which a browser is known again.
    pub browser: Option<String>,
}

/// What somebody who has signed in is given.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// The session's secret.
    pub session: String,
    /// A new secret by which the browser is known again; nothing when it is known already.
    pub browser: Option<String>,
    /// Whether a password is to be set first: the link was for that.
    pub sets_password: bool,
}

impl Operations {
    /// Opens a session for a name and a password. Whoever fails too often has to wait.
    pub async fn sign_in(&self, name: &str, password: &str, origin: &Origin) -> Result<SignedIn> {
        let name = name.trim();
        let refuse = |why: OpsError| {
            let address = origin.address.map(|address| address.to_string()).unwrap_or_default();
            let name: String = name.chars().filter(|letter| !letter.is_control()).take(80).collect();
            tracing::warn!(name, address, "a sign-in was refused: {why}");
            Err(why)
        };
        if name.len() > MOST_SECRET || password.len() > 4 * MOST_SECRET || name.contains('\0') {
            return refuse(OpsError::WrongPassword);
        }
        let (person, browser) = {
            let mut conn = self.0.database.read().await?;
            let person = people::by_name(&mut conn, name).await?;
            (person, known_browser(&mut conn, origin).await?)
        };
        let now = self.0.clock.real_now();
        let account = name.to_lowercase();
        let place = match &browser {
            Some((whose, hash)) if person.as_ref().is_some_and(|p| p.id == *whose) => {
                Place::KnownBrowser(self.0.tries.number(hash))
            }
            _ => Place::of(origin.address),
        };
        if !self.0.tries.may_try(&account, place, now) {
            return refuse(OpsError::TooManyTries);
        }
        // Counted before the slow check, so that many tries at the same moment are many tries.
        self.0.tries.failed(&account, place, now);
        let stored = person.as_ref().and_then(|p| p.password_hash.clone());
        let fits = password_fits(&self.0.passwords, password.to_owned(), stored).await?;
        match person {
            Some(person) if fits => {
                self.0.tries.succeeded(&account, place);
                must_have_a_hub(&mut *self.0.database.read().await?, person.id).await?;
                self.open_session(person.id, browser, origin).await
            }
            _ => refuse(OpsError::WrongPassword),
        }
    }

    /// Opens a session for a sign-in link, which is then spent.
    pub async fn sign_in_by_link(&self, link: &str, origin: &Origin) -> Result<SignedIn> {
        let mut tx = self.0.database.begin().await?;
        let now = self.0.clock.real_now();
        let spent = links::spend(&mut tx, &hash(link), now).await?;
        let (person, sets_password) = spent.ok_or(OpsError::LinkSpent)?;
        must_have_a_hub(&mut tx, person).await?;
        tx.commit().await?;
        let browser = known_browser(&mut *self.0.database.read().await?, origin).await?;
        let signed = self.open_session(person, browser, origin).await?;
        Ok(SignedIn { sets_password, ..signed })
    }

    async fn open_session(
        &self,
        person: PersonId,
        known: Option<(PersonId, Vec<u8>)>,
        origin: &Origin,
    ) -> Result<SignedIn> {
        let (session, session_hash) = new_secret()?;
        let known = known.filter(|(whose, _)| *whose == person);
        let (browser, browser_hash) = match known {
            Some((_, hash)) => (None, hash),
            None => new_secret().map(|(secret, hash)| (Some(secret), hash))?,
        };
        let now = self.0.clock.real_now();
        let agent: String = origin.user_agent.chars().filter(|c| !c.is_control()).take(200).collect();
        let mut tx = self.0.database.begin().await?;
        sessions::open(&mut tx, &session_hash, person, now, &agent).await?;
        sessions::know_browser(&mut tx, &browser_hash, person, now).await?;
        tx.commit().await?;
        tracing::info!(%person, "signed in");
        Ok(SignedIn { session, browser, sets_password: false })
    }

    /// Ends the caller's session.
    pub async fn sign_out(&self, caller: &Caller) -> Result<()> {
        let session = caller.session.as_deref().ok_or(OpsError::NotSignedIn)?;
        let mut tx = self.0.database.begin().await?;
        sessions::end(&mut tx, session).await?;
        Ok(tx.commit().await?)
    }

    /// Who holds a session's secret; nobody when it has ended. Whoever has no hub left is refused, so that it can be said.
    pub async fn who(&self, secret: &str) -> Result<Option<Caller>> {
        if secret.len() > MOST_SECRET {
            return Ok(None);
        }
        let hash = hash(secret);
        let Some(session) = sessions::get(&mut *self.0.database.read().await?, &hash).await? else {
            return Ok(None);
        };
        let now = self.0.clock.real_now();
        if has_ended(&session, now) {
            return Ok(None);
        }
        if session.scope == Scope::Hubs(vec![]) {
            return Err(AccountFault::NoHubs.into());
        }
        if now - session.seen_at > TOUCH {
            let mut tx = self.0.database.begin().await?;
            sessions::touch(&mut tx, &hash, session.person, now).await?;
            tx.commit().await?;
        }
        Ok(Some(Caller {
            who: Actor::Person(session.person),
            role: Some(session.role),
            scope: session.scope,
            name: Some(session.name),
            session: Some(hash),
        }))
    }

    /// Whether the session by which somebody came in still holds, with the same role at the same hubs. Asking is no use of the session.
    pub async fn session_still_good(&self, caller: &Caller) -> Result<bool> {
        let Some(hash) = caller.session.as_deref() else { return Ok(false) };
        let session = sessions::get(&mut *self.0.database.read().await?, hash).await?;
        let now = self.0.clock.real_now();
        Ok(session.is_some_and(|session| {
            let same = Some(session.role) == caller.role && session.scope == caller.scope;
            same && !has_ended(&session, now)
        }))
    }

    /// One round of the worker that forgets sessions, links and browsers that nobody can use any more. Answers how many.
    pub async fn prune_sessions(&self, caller: &Caller) -> Result<u64> {
        caller.timer_only()?;
        let now = self.0.clock.real_now();
        let mut tx = self.0.database.begin().await?;
        let gone = sessions::prune(&mut tx, now - IDLE, now - ABSOLUTE, now - KNOWN).await?;
        tx.commit().await?;
        Ok(gone)
    }

    /// The caller as the screen shows it.
    pub async fn me(&self, caller: &Caller) -> Result<Me> {
        let (id, role) = caller.person()?;
        Ok(Me { id, name: caller.name.clone().unwrap_or_default(), role })
    }

    /// Who holds an API key.
    pub async fn who_by_key(&self, key: &str) -> Result<Caller> {
        if key.len() > MOST_SECRET {
            return Err(OpsError::NotSignedIn);
        }
        let hash = hash(key);
        let holder = store::keys::holder(&mut *self.0.database.read().await?, &hash).await?;
        let holder = holder.ok_or(OpsError::NotSignedIn)?;
        self.0.uses.note(&hash, self.0.clock.real_now());
        Ok(Caller::system(match holder {
            KeyHolder::Shop(shop) => Actor::Shop(shop),
            KeyHolder::Administrator => Actor::Machine,
        }))
    }

    /// Which vehicle holds a device's token.
    pub async fn who_by_device(&self, token: &str) -> Result<(Caller, VehicleId, HubId)> {
        if token.len() > MOST_SECRET {
            return Err(OpsError::NotSignedIn);
        }
        let hash = hash(token);
        let found = self.0.devices.find(hash.clone()).await?;
        let (vehicle, hub) = found.ok_or(OpsError::NotSignedIn)?;
        self.0.uses.note(&hash, self.0.clock.real_now());
        Ok((Caller::device(vehicle, hub), vehicle, hub))
    }

    /// Makes a sign-in link for a person: a secret that opens one session.
    pub async fn add_sign_in_link(&self, person: PersonId) -> Result<String> {
        let (secret, hash) = new_secret()?;
        let mut tx = self.0.database.begin().await?;
        links::add(&mut tx, &hash, person, self.0.clock.real_now() + LINK, false).await?;
        tx.commit().await?;
        Ok(secret)
    }
}

fn has_ended(session: &sessions::Session, now: Instant) -> bool {
    now - session.seen_at > IDLE || now - session.created_at > ABSOLUTE
}

/// Nobody works without a hub.
async fn must_have_a_hub(conn: &mut store::Conn, person: PersonId) -> Result<()> {
    match staff::scope_of(conn, person).await? {
        Some(Scope::Hubs(hubs)) if hubs.is_empty() => Err(AccountFault::NoHubs.into()),
        _ => Ok(()),
    }
}

/// Whose browser it is, with the hash of its secret.
async fn known_browser(conn: &mut store::Conn, origin: &Origin) -> Result<Option<(PersonId, Vec<u8>)>> {
    let Some(secret) = origin.browser.as_deref().filter(|secret| secret.len() <= MOST_SECRET) else {
        return Ok(None);
    };
    let hash = hash(secret);
    Ok(sessions::knows_browser(conn, &hash).await?.map(|person| (person, hash)))
}
