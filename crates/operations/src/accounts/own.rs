//! The own account: what it may do, its password, and where it is signed in.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::{
        keeping::zone_of,
        sign_in::{ABSOLUTE, IDLE},
        tries::Place,
    },
    base::secrets::password_fits,
};
use domain::{AccountChange, Scope};
use store::{changes::Change, hubs, people, sessions, staff};
use wire::{
    AccountFault,
    staff::people::{AccountView, SessionLine},
};

impl Operations {
    /// The caller's own account.
    pub async fn account(&self, caller: &Caller) -> Result<AccountView> {
        let (person, role) = caller.person()?;
        let now = self.0.clock.real_now();
        let mut conn = self.0.database.read().await?;
        let known = hubs::all(&mut conn).await?;
        let zone = zone_of(&known)?;
        let hubs = match &caller.scope {
            Scope::Every => None,
            scope => {
                Some(known.into_iter().filter(|hub| scope.reaches(hub.id)).map(|hub| hub.name).collect())
            }
        };
        let has_password = people::password_of(&mut conn, person).await?.is_some();
        let places = sessions::of_person(&mut conn, person, now - IDLE, now - ABSOLUTE).await?;
        let line = |place: sessions::Place| SessionLine {
            began: zone.moment(place.created_at),
            seen: zone.moment(place.seen_at),
            browser: place.user_agent,
            here: caller.session_key() == Some(place.hash.as_slice()),
        };
        Ok(AccountView {
            as_of: zone.moment(now),
            name: caller.name.clone().unwrap_or_default(),
            role,
            hubs,
            has_password,
            sessions: places.into_iter().map(line).collect(),
        })
    }

    /// Gives the caller another password, told twice. The present one has to be told, if there is one; whoever guesses has to wait. Every
    /// other session of the person ends.
    pub async fn change_own_password(
        &self,
        caller: &Caller,
        present: &str,
        new: &str,
        again: &str,
    ) -> Result<()> {
        let (id, _) = caller.person()?;
        let kept = caller.session_key().ok_or(OpsError::NotSignedIn)?;
        if new != again {
            return Err(AccountFault::PasswordsDiffer.into());
        }
        let name = caller.name.clone().unwrap_or_default();
        let stored = people::password_of(&mut *self.0.database.read().await?, id).await?;
        if let Some(stored) = &stored {
            let (account, place) = (name.to_lowercase(), Place::KnownBrowser(self.0.tries.number(kept)));
            let now = self.0.clock.real_now();
            if !self.0.tries.may_try(&account, place, now) {
                return Err(OpsError::TooManyTries);
            }
            self.0.tries.failed(&account, place, now);
            if !password_fits(&self.0.passwords, present.to_owned(), Some(stored.clone())).await? {
                return Err(AccountFault::WrongPresentPassword.into());
            }
            self.0.tries.succeeded(&account, place);
        }
        let hash = self.new_password(&name, Some(new)).await?;
        let mut tx = self.0.database.begin().await?;
        let before = staff::lock(&mut tx, id).await?.filter(|account| !account.disabled);
        let before = before.ok_or(OpsError::NotSignedIn)?;
        if before.person.password_hash != stored {
            // Somebody has reset it while this one was looked at.
            return Err(AccountFault::PersonChanged.into());
        }
        people::change(&mut tx, id, before.person.role, hash.as_deref()).await?;
        sessions::end_others(&mut tx, id, kept, self.0.clock.real_now()).await?;
        self.changed(&mut tx, Some(id), Change::of_person(id, AccountChange::PasswordChanged)).await?;
        Ok(tx.commit().await?)
    }

    /// Signs the caller out everywhere but here; answers how many sessions there were.
    pub async fn sign_out_elsewhere(&self, caller: &Caller) -> Result<u64> {
        let (id, _) = caller.person()?;
        let kept = caller.session_key().ok_or(OpsError::NotSignedIn)?;
        let mut tx = self.0.database.begin().await?;
        let ended = sessions::end_others(&mut tx, id, kept, self.0.clock.real_now()).await?;
        tx.commit().await?;
        Ok(ended)
    }
}
