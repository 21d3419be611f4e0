//! Who is asking, and what that allows.

use crate::{OpsError, Result};
use domain::{Ability, Actor, HubId, PersonId, Role, Scope, VehicleId};

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub who: Actor,
    /// What a signed-in person may do; nothing for devices, systems and timers.
    pub role: Option<Role>,
    /// The hubs that a person's role reaches; every hub for devices, systems and timers, which have limits of their own.
    pub scope: Scope,
    /// Name on screens; nothing for devices, systems and timers.
    pub name: Option<String>,
    /// The session's hash, to end it.
    pub(crate) session: Option<Vec<u8>>,
}

impl Caller {
    /// A worker of ours.
    pub fn timer() -> Self {
        Self { who: Actor::Timer, role: None, scope: Scope::Every, name: None, session: None }
    }

    /// Whoever holds the machine itself: the command line.
    pub fn command_line() -> Self {
        Self::system(Actor::Machine)
    }

    /// The device in a vehicle, which knows its own hub alone.
    pub(crate) fn device(vehicle: VehicleId, hub: HubId) -> Self {
        Self { scope: Scope::Hubs(vec![hub]), ..Self::system(Actor::Vehicle(vehicle)) }
    }

    pub(crate) fn system(who: Actor) -> Self {
        Self { who, role: None, scope: Scope::Every, name: None, session: None }
    }

    /// A number of bytes that tells this session from others; nothing for devices, systems and timers.
    pub fn session_key(&self) -> Option<&[u8]> {
        self.session.as_deref()
    }

    /// Refuses whoever is no worker of ours.
    pub(crate) fn timer_only(&self) -> Result<()> {
        if self.who == Actor::Timer { Ok(()) } else { Err(OpsError::NotSignedIn) }
    }

    pub(crate) fn person(&self) -> Result<(PersonId, Role)> {
        match (self.who, self.role) {
            (Actor::Person(id), Some(role)) => Ok((id, role)),
            _ => Err(OpsError::NotSignedIn),
        }
    }

    /// Somebody signed in whose role has the ability. A refusal is logged: it may be somebody who tries what is open.
    pub(crate) fn must(&self, ability: Ability) -> Result<PersonId> {
        let (person, role) = self.person()?;
        if role.may(ability) {
            return Ok(person);
        }
        tracing::warn!(%person, role = role.code(), ?ability, "refused: the role does not allow it");
        Err(OpsError::NotAllowed { role })
    }

    /// The command line, or a person whose role has the ability.
    pub(crate) fn must_keep_keys(&self) -> Result<()> {
        if self.who == Actor::Machine { Ok(()) } else { self.must(Ability::KeepKeys).map(|_| ()) }
    }

    /// Refuses, as if there were no such thing, what lies at a hub beyond the caller's reach.
    pub(crate) fn reach(&self, hub: HubId) -> Result<()> {
        if self.scope.reaches(hub) { Ok(()) } else { Err(OpsError::NotFound) }
    }

    /// The vehicle whose device asks, and its hub.
    pub(crate) fn vehicle(&self) -> Result<(VehicleId, HubId)> {
        match (self.who, &self.scope) {
            (Actor::Vehicle(vehicle), Scope::Hubs(hubs)) => {
                hubs.first().map(|hub| (vehicle, *hub)).ok_or(OpsError::NotSignedIn)
            }
            _ => Err(OpsError::NotSignedIn),
        }
    }

    pub(crate) fn must_be_machine(&self) -> Result<()> {
        match self.who {
            Actor::Machine => Ok(()),
            Actor::Shop(_) => Err(OpsError::WrongKey("a shop's key places orders; send an administrator's")),
            _ => Err(OpsError::NotSignedIn),
        }
    }
}
