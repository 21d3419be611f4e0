//! What a role may do: one list, for the menu that is shown and for the verbs behind them.

use crate::Role;

/// One thing that a signed-in person may do, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ability {
    /// See the day: the map, the routes, the plan, the live picture.
    SeeDay,
    /// See what needs a person, with the recipients that it is about.
    SeeExceptions,
    /// See closures, weather and traffic.
    SeeRoads,
    /// Look for orders and read their stories.
    SeeDeliveries,
    /// Read the figures.
    SeeFigures,
    /// Plan, accept proposals, close roads.
    Dispatch,
    /// Change an order's promise, or cancel it.
    Reschedule,
    /// Claim and resolve exceptions; an agent's calls end many of them.
    Resolve,
    /// Add, change and disable people, and revoke keys and devices.
    KeepKeys,
    /// Change prices, windows, alarms and what else can be set.
    ChangeSettings,
}

impl Ability {
    /// Every ability.
    pub const ALL: [Self; 10] = [
        Self::SeeDay,
        Self::SeeExceptions,
        Self::SeeRoads,
        Self::SeeDeliveries,
        Self::SeeFigures,
        Self::Dispatch,
        Self::Reschedule,
        Self::Resolve,
        Self::KeepKeys,
        Self::ChangeSettings,
    ];
}

impl Role {
    /// Whether the role has the ability.
    pub fn may(self, ability: Ability) -> bool {
        use Ability::{
            ChangeSettings, Dispatch, KeepKeys, Reschedule, Resolve, SeeDay, SeeDeliveries, SeeExceptions,
            SeeFigures, SeeRoads,
        };
        match self {
            Self::Administrator => true,
            Self::Dispatcher => match ability {
                SeeDay | SeeExceptions | SeeRoads | SeeDeliveries | SeeFigures | Dispatch | Reschedule
                | Resolve => true,
                KeepKeys | ChangeSettings => false,
            },
            Self::Manager => matches!(ability, SeeDay | SeeFigures),
            Self::Agent => {
                matches!(ability, SeeDay | SeeExceptions | SeeDeliveries | Reschedule | Resolve)
            }
        }
    }

    /// May plan, accept proposals and close roads.
    pub fn may_dispatch(self) -> bool {
        self.may(Ability::Dispatch)
    }

    /// May change an order's promise.
    pub fn may_reschedule(self) -> bool {
        self.may(Ability::Reschedule)
    }

    /// May claim and resolve exceptions.
    pub fn may_resolve(self) -> bool {
        self.may(Ability::Resolve)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_change_something_may_see_it() {
        for role in Role::ALL {
            for (change, see) in [
                (Ability::Dispatch, Ability::SeeRoads),
                (Ability::Dispatch, Ability::SeeDay),
                (Ability::Reschedule, Ability::SeeDeliveries),
                (Ability::Resolve, Ability::SeeExceptions),
            ] {
                assert!(!role.may(change) || role.may(see), "{role:?} {change:?} without {see:?}");
            }
        }
    }

    #[test]
    fn a_manager_sees_no_recipients_and_only_an_administrator_keeps_keys() {
        assert!(!Role::Manager.may(Ability::SeeExceptions) && !Role::Manager.may(Ability::SeeDeliveries));
        let keepers: Vec<_> = Role::ALL.into_iter().filter(|role| role.may(Ability::KeepKeys)).collect();
        assert_eq!(keepers, [Role::Administrator]);
        assert_eq!(
            Role::ALL.into_iter().filter(|role| role.may(Ability::ChangeSettings)).count(),
            1,
            "and sets prices"
        );
        assert!(Ability::ALL.into_iter().all(|ability| Role::Administrator.may(ability)));
    }
}
