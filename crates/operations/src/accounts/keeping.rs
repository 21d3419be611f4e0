//! Looking after people: who there is, inviting, changing, disabling, signing out, resetting a password.
//!
//! All of it lives on real time. One person is changed at a time, and a change that was made from an older view is refused.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::sign_in::{ABSOLUTE, IDLE, LINK},
    base::{bounds, clock::new_id, secrets::new_secret, zone::Zone},
};
use domain::{Ability, AccountChange, Actor, Hub, HubId, Instant, PersonId, Role, Scope};
use store::{
    Tx,
    changes::{self, Change},
    hubs, links, locks,
    people::{self, Person},
    sessions,
    staff::{self, Account},
};
use wire::{
    AccountFault,
    staff::people::{
        ChangeLine, ChangePerson, ChangesView, HubName, Invite, OneTimeLink, PeopleView, PersonLine, Worked,
    },
};

const MOST_NAME: usize = 80;
/// Changes on one page.
const CHANGES: i64 = 50;

impl Caller {
    /// Who looks after people and keys; nobody for the command line.
    pub(crate) fn keeper(&self) -> Result<Option<PersonId>> {
        if self.who == Actor::Machine { Ok(None) } else { self.must(Ability::KeepKeys).map(Some) }
    }
}

/// Where times of accounts are told: at the oldest hub, or nowhere in particular.
pub(super) fn zone_of(hubs: &[Hub]) -> Result<Zone> {
    Zone::parse(hubs.first().map_or("UTC", |hub| &hub.zone))
}

pub(super) fn names_of(hubs: Vec<Hub>) -> Vec<HubName> {
    hubs.into_iter().map(|hub| HubName { id: hub.id, name: hub.name }).collect()
}

/// Where somebody of this role is to work. An administrator works everywhere: who can change everybody's reach has no end of
/// the own.
fn scope(role: Role, every_hub: bool, mut hubs: Vec<HubId>, known: &[Hub]) -> Result<Scope> {
    if every_hub || role == Role::Administrator {
        return Ok(Scope::Every);
    }
    hubs.sort_unstable();
    hubs.dedup();
    if hubs.iter().all(|id| known.iter().any(|hub| hub.id == *id)) {
        Ok(Scope::Hubs(hubs))
    } else {
        Err(AccountFault::PersonIncomplete.into())
    }
}

impl Operations {
    /// Everybody who may come in, or might.
    pub async fn people_page(&self, caller: &Caller) -> Result<PeopleView> {
        let reader = caller.keeper()?;
        let now = self.0.clock.real_now();
        let mut conn = self.0.database.read().await?;
        let hubs = hubs::all(&mut conn).await?;
        let zone = zone_of(&hubs)?;
        let rows = staff::list(&mut conn, now - IDLE, now - ABSOLUTE, now).await?;
        let row = |line: staff::Line| {
            let (every_hub, hubs) = match line.scope {
                Scope::Every => (true, vec![]),
                Scope::Hubs(hubs) => (false, hubs),
            };
            PersonLine {
                id: line.id,
                name: line.name,
                role: line.role,
                every_hub,
                hubs,
                has_password: line.has_password,
                disabled_since: line.disabled_at.map(|at| zone.moment(at)),
                sessions: line.sessions,
                seen: line.seen_at.map(|at| zone.moment(at)),
                link_until: line.link_until.map(|at| zone.moment(at)),
                version: line.version,
                own: Some(line.id) == reader,
            }
        };
        let rows = rows.into_iter().map(row).collect();
        Ok(PeopleView { as_of: zone.moment(now), hubs: names_of(hubs), rows })
    }

    /// Adds somebody, who comes in by the link that is answered and sets a password there.
    pub async fn invite(&self, caller: &Caller, ask: Invite) -> Result<OneTimeLink> {
        let by = caller.keeper()?;
        let name = bounds::text("a person's name", &ask.name, MOST_NAME)
            .map_err(|_| AccountFault::PersonIncomplete)?;
        let mut tx = self.0.database.begin().await?;
        locks::people(&mut tx).await?;
        let known = hubs::all(&mut tx).await?;
        let scope = scope(ask.role, ask.every_hub, ask.hubs, &known)?;
        if scope == Scope::Hubs(vec![]) {
            return Err(AccountFault::PersonIncomplete.into());
        }
        let person = Person { id: PersonId(new_id()), name, role: ask.role, password_hash: None };
        if !people::add(&mut tx, &person).await? {
            return Err(AccountFault::NameTaken.into());
        }
        staff::set_scope(&mut tx, person.id, &scope).await?;
        let link = self.link_for(&mut tx, &person, zone_of(&known)?).await?;
        let added = Change::of_person(person.id, AccountChange::PersonAdded);
        self.changed(&mut tx, by, Change { role: Some(ask.role), hubs: Some(&scope), ..added }).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// Gives a person another role and other hubs, and ends the person's sessions if anything is another.
    pub async fn change_person(&self, caller: &Caller, ask: ChangePerson) -> Result<()> {
        let by = caller.keeper()?;
        let mut tx = self.0.database.begin().await?;
        let before = others(&mut tx, by, ask.person).await?;
        is_as_seen(&before, ask.version)?;
        let known = hubs::all(&mut tx).await?;
        let scope = scope(ask.role, ask.every_hub, ask.hubs, &known)?;
        let person = &before.person;
        if scope != before.scope {
            staff::set_scope(&mut tx, person.id, &scope).await?;
            let (hubs_before, hubs) = (Some(&before.scope), Some(&scope));
            let moved = Change::of_person(person.id, AccountChange::HubsChanged);
            self.changed(&mut tx, by, Change { hubs_before, hubs, ..moved }).await?;
        }
        if ask.role != person.role {
            leaves_an_administrator(&mut tx, &before).await?;
            people::change(&mut tx, person.id, ask.role, None).await?;
            self.changed(&mut tx, by, role_changed(person, ask.role)).await?;
        }
        // Sessions of somebody without a hub open nothing, and stay to say why.
        let says_why = scope == Scope::Hubs(vec![]);
        if !says_why && (scope != before.scope || ask.role != person.role) {
            sessions::end_all(&mut tx, person.id, self.0.clock.real_now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Lets a person in again, or disables one: no sign-in, no link, and every session ends at once.
    pub async fn set_enabled(
        &self,
        caller: &Caller,
        person: PersonId,
        version: i32,
        enabled: bool,
    ) -> Result<()> {
        let by = caller.keeper()?;
        let mut tx = self.0.database.begin().await?;
        let before = others(&mut tx, by, person).await?;
        is_as_seen(&before, version)?;
        if before.disabled != enabled {
            return Ok(());
        }
        let now = self.0.clock.real_now();
        let what = if enabled {
            people::set_disabled(&mut tx, person, None).await?;
            AccountChange::PersonEnabled
        } else {
            leaves_an_administrator(&mut tx, &before).await?;
            people::set_disabled(&mut tx, person, Some(now)).await?;
            sessions::end_all(&mut tx, person, now).await?;
            AccountChange::PersonDisabled
        };
        self.changed(&mut tx, by, Change::of_person(person, what)).await?;
        Ok(tx.commit().await?)
    }

    /// Signs somebody else out everywhere; answers how many sessions there were.
    pub async fn sign_out_person(&self, caller: &Caller, person: PersonId) -> Result<u64> {
        let by = caller.keeper()?;
        let mut tx = self.0.database.begin().await?;
        others(&mut tx, by, person).await?;
        let ended = sessions::end_all(&mut tx, person, self.0.clock.real_now()).await?;
        self.changed(&mut tx, by, Change::of_person(person, AccountChange::SessionsEnded)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Takes somebody's password away, ends every session, and answers a link by which the person comes in and sets another.
    pub async fn reset_password(&self, caller: &Caller, person: PersonId) -> Result<OneTimeLink> {
        let by = caller.keeper()?;
        let mut tx = self.0.database.begin().await?;
        let before = others(&mut tx, by, person).await?;
        if before.disabled {
            return Err(AccountFault::PersonDisabled.into());
        }
        let zone = zone_of(&hubs::all(&mut tx).await?)?;
        staff::forget_password(&mut tx, person).await?;
        sessions::end_all(&mut tx, person, self.0.clock.real_now()).await?;
        let link = self.link_for(&mut tx, &before.person, zone).await?;
        self.changed(&mut tx, by, Change::of_person(person, AccountChange::PasswordReset)).await?;
        tx.commit().await?;
        Ok(link)
    }

    /// What was changed about people and keys, the newest first, a page from 1 on.
    pub async fn account_changes(&self, caller: &Caller, page: u32) -> Result<ChangesView> {
        caller.keeper()?;
        let mut conn = self.0.database.read().await?;
        let known = hubs::all(&mut conn).await?;
        let zone = zone_of(&known)?;
        let worked = |scope: Scope| match scope {
            Scope::Every => Worked::EveryHub,
            scope => {
                let reached = known.iter().filter(|hub| scope.reaches(hub.id));
                Worked::Hubs(reached.map(|hub| hub.name.clone()).collect())
            }
        };
        let skip = i64::from(page.saturating_sub(1)) * CHANGES;
        let mut rows = changes::latest(&mut conn, skip, CHANGES + 1).await?;
        let more = rows.len() as i64 > CHANGES;
        rows.truncate(CHANGES as usize);
        let row = |change: changes::Read| ChangeLine {
            at: zone.moment(change.at),
            by: change.by,
            what: change.what,
            whose: change.person.or(change.key_name).or(change.key).unwrap_or_default(),
            role_before: change.role_before,
            role: change.role,
            hubs_before: change.hubs_before.map(worked),
            hubs: change.hubs.map(worked),
        };
        let rows = rows.into_iter().map(row).collect();
        Ok(ChangesView { as_of: zone.moment(self.0.clock.real_now()), rows, more })
    }

    /// Remembers what was done to a person, and says so in the log; the command line says it to who typed it.
    pub(super) async fn changed(&self, tx: &mut Tx, by: Option<PersonId>, change: Change<'_>) -> Result<()> {
        changes::remember(tx, self.0.clock.real_now(), by, change).await?;
        if let (Some(by), Some(person)) = (by, change.person) {
            tracing::info!(%by, %person, "{}", change.what.code());
        }
        Ok(())
    }

    async fn link_for(&self, tx: &mut Tx, person: &Person, zone: Zone) -> Result<OneTimeLink> {
        let (secret, hash) = new_secret()?;
        let until: Instant = self.0.clock.real_now() + LINK;
        links::add(tx, &hash, person.id, until, true).await?;
        let address = format!("/sign-in/link/{secret}");
        Ok(OneTimeLink { person: person.name.clone(), address, until: zone.moment(until) })
    }
}

/// That a person has another role from now on.
pub(super) fn role_changed(before: &Person, role: Role) -> Change<'static> {
    let change = Change::of_person(before.id, AccountChange::RoleChanged);
    Change { role_before: Some(before.role), role: Some(role), ..change }
}

/// Somebody else's account, locked: nobody changes what the own one may do, or shuts it.
async fn others(tx: &mut Tx, by: Option<PersonId>, person: PersonId) -> Result<Account> {
    let account = staff::lock(tx, person).await?.ok_or(OpsError::NotFound)?;
    if by == Some(person) { Err(AccountFault::OwnAccount.into()) } else { Ok(account) }
}

fn is_as_seen(account: &Account, version: i32) -> Result<()> {
    if account.version == version { Ok(()) } else { Err(AccountFault::PersonChanged.into()) }
}

/// Refuses to take away the last administrator who may come in.
async fn leaves_an_administrator(tx: &mut Tx, account: &Account) -> Result<()> {
    let is_one = account.person.role == Role::Administrator && !account.disabled;
    if is_one && !staff::another_administrator(tx, account.person.id).await? {
        return Err(AccountFault::LastAdministrator.into());
    }
    Ok(())
}
