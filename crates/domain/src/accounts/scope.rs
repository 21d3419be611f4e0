//! How far somebody's abilities reach.

use crate::HubId;

/// The hubs at which a person may use the role's abilities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every hub, those that open later included.
    Every,
    /// These hubs and no other. Nobody works without one: an empty list reaches nothing.
    Hubs(Vec<HubId>),
}

impl Scope {
    /// Whether it reaches the hub.
    pub fn reaches(&self, hub: HubId) -> bool {
        match self {
            Self::Every => true,
            Self::Hubs(hubs) => hubs.contains(&hub),
        }
    }
}
