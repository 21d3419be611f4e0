//! Who is asking, and what that allows.

use crate::{OpsError, Result};
use domain::{Actor, PersonId, Role};

/// Who is asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Who.
    pub who: Actor,
    /// What a signed-in person may do; nothing for devices, systems and timers.
    pub role: Option<Role>,
    /// Name on screens; nothing for devices, systems and timers.
    pub name: Option<String>,
    /// The session's hash, to end it.
    pub(crate) session: Option<Vec<u8>>,
}

impl Caller {
    /// A worker of ours.
    pub fn timer() -> Self {
        Self { who: Actor::Timer, role: None, name: None, session: None }
    }

    pub(crate) fn system(who: Actor) -> Self {
        Self { who, role: None, name: None, session: None }
    }

    pub(crate) fn person(&self) -> Result<(PersonId, Role)> {
        match (self.who, self.role) {
            (Actor::Person(id), Some(role)) => Ok((id, role)),
            _ => Err(OpsError::NotSignedIn),
        }
    }

    /// Somebody signed in, whatever the role.
    pub(crate) fn must_be_signed_in(&self) -> Result<PersonId> {
        Ok(self.person()?.0)
    }

    pub(crate) fn must(&self, may: impl Fn(Role) -> bool) -> Result<PersonId> {
        let (id, role) = self.person()?;
        if may(role) { Ok(id) } else { Err(OpsError::NotAllowed { role }) }
    }

    pub(crate) fn must_be_machine(&self) -> Result<()> {
        if self.who == Actor::Machine { Ok(()) } else { Err(OpsError::NotSignedIn) }
    }
}
