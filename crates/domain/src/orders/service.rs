//! What is done at an order's door: goods are handed over, taken along, or exchanged.

use crate::Outcome;
use serde::{Deserialize, Serialize};

/// What is done at an order's door.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// Goods from the hub are handed over.
    #[default]
    Deliver,
    /// Goods are at the door, and the vehicle takes them to the hub.
    Collect,
    /// Goods are handed over, and others that weigh and measure the same are taken along to the hub.
    Both,
}

impl Service {
    /// Each of them.
    pub const ALL: [Self; 3] = [Self::Deliver, Self::Collect, Self::Both];

    /// The name in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Deliver => "deliver",
            Self::Collect => "collect",
            Self::Both => "both",
        }
    }

    /// Reads a service's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.code() == code)
    }

    /// Whether it is what most orders ask for.
    pub fn is_usual(&self) -> bool {
        *self == Self::Deliver
    }

    /// Whether goods are brought from the hub, so that a vehicle has to load them.
    pub fn brings(self) -> bool {
        self != Self::Collect
    }

    /// Whether goods are to be taken to the hub.
    pub fn takes(self) -> bool {
        self != Self::Deliver
    }

    /// Whether an attempt can end so. An exchange at which nothing was taken is a delivery.
    pub fn allows(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Collected => self == Self::Collect,
            Outcome::Exchanged => self == Self::Both,
            _ => self.brings() || !outcome.is_success(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_ends_in_its_own_way_and_any_may_fail() {
        let successes = |service: Service| -> Vec<_> {
            let allowed = Outcome::ALL.into_iter().filter(|outcome| service.allows(*outcome));
            let (well, badly): (Vec<_>, Vec<_>) = allowed.partition(|outcome| outcome.is_success());
            assert_eq!(badly.len(), 8, "{service:?}");
            well
        };
        let delivered = successes(Service::Deliver);
        assert!(delivered.len() == 6 && delivered.iter().all(|outcome| !outcome.takes()));
        assert_eq!(successes(Service::Collect), [Outcome::Collected]);
        assert_eq!(successes(Service::Both), [delivered, vec![Outcome::Exchanged]].concat());
        for service in Service::ALL {
            assert_eq!(Service::parse(service.code()), Some(service));
            assert_eq!(serde_json::to_value(service).unwrap(), service.code());
        }
    }
}
