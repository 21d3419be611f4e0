//! Every sentence and label that depends on a value: states, outcomes, faults, stories.
//!
//! One function for each enum, so that a new variant cannot be shown without words. No markup and no numbers' format.

#[cfg(feature = "ssr")]
mod accounts;
mod exceptions;
mod faults;
mod figures;
mod orders;
mod routes;

#[cfg(feature = "ssr")]
pub use accounts::{access, account_change, browser, key_kind, key_opens, role_does};
pub use exceptions::{NextStep, cause, exception_heading, next_step};
pub use faults::fault;
pub use figures::{counted_until, day_in_a_sentence, figure, figure_definition, no_promise, promises_over};
pub use orders::{hindrance, lack, or_erased, order_state, service, story, story_standing};
pub use routes::{change, fetches, freedom, gains, remedy, stop_state, trouble, vehicle_standing};

use crate::session::MainPage;
use domain::{ExceptionKind, Outcome, Role, Standing, VehicleKind, Weather};

/// A page's name in the menu.
pub fn page(page: MainPage) -> &'static str {
    match page {
        MainPage::Control => "Control room",
        MainPage::Exceptions => "Exceptions",
        MainPage::Roads => "Roads",
        MainPage::Deliveries => "Deliveries",
        MainPage::Figures => "Figures",
    }
}

/// A standing in a word, of what is still to come: late is a forecast there.
pub fn expected(standing: Standing) -> &'static str {
    match standing {
        Standing::Late => "Will be late",
        other => self::standing(other),
    }
}

/// A standing in a word, of what is over: late is a fact there.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Done => "Done",
        Standing::OnTime => "On time",
        Standing::Unknown => "Unknown",
        Standing::AtRisk => "At risk",
        Standing::Late => "Late",
    }
}

/// What a vehicle is.
pub fn vehicle_kind(kind: VehicleKind) -> &'static str {
    match kind {
        VehicleKind::DieselVan => "Diesel van",
        VehicleKind::ElectricVan => "Electric van",
        VehicleKind::CargoBike => "Cargo bike",
    }
}

/// A role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Dispatcher => "Dispatcher",
        Role::Manager => "Manager",
        Role::Agent => "Agent",
        Role::Administrator => "Administrator",
    }
}

/// The weather on the roads.
pub fn weather(weather: Weather) -> &'static str {
    match weather {
        Weather::Dry => "Dry",
        Weather::Rain => "Rain",
        Weather::HeavyRain => "Heavy rain",
        Weather::Wind => "Storm",
        Weather::Snow => "Snow or ice",
    }
}

/// What the weather does to plans and estimates.
pub fn weather_means(weather: Weather) -> &'static str {
    match weather {
        Weather::Dry => "Dry: drives take as long as usual.",
        Weather::Rain => "Rain: vans take 10 % longer, bikes 6 %.",
        Weather::HeavyRain => "Heavy rain: vans take 18 % longer, bikes 15 %.",
        Weather::Wind => "Storm: vans take 2 % longer, bikes 20 %.",
        Weather::Snow => "Snow or ice: vans take 45 % longer, bikes 70 %.",
    }
}

/// How an attempt ended.
pub fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::DeliveredToRecipient => "Delivered to the recipient",
        Outcome::DeliveredToThirdParty => "Delivered to a neighbour or reception",
        Outcome::DeliveredToMailbox => "Left in the mailbox",
        Outcome::DeliveredToSafePlace => "Left in the safe place",
        Outcome::DeliveredToPickupPoint => "Handed in at a pickup point",
        Outcome::DeliveredOther => "Delivered",
        Outcome::Collected => "Collected",
        Outcome::Exchanged => "Exchanged",
        Outcome::FailedNotHome => "Nobody home",
        Outcome::FailedCantFindAddress => "Address not found",
        Outcome::FailedNoParking => "No place to stop",
        Outcome::FailedNoTime => "Out of time",
        Outcome::FailedPackageNotAvailable => "Package not there",
        Outcome::FailedPaymentNotReceived => "Not paid",
        Outcome::FailedMissingRequiredProof => "Required proof missing",
        Outcome::FailedOther => "Failed for another reason",
    }
}

/// What went wrong, in a word or two.
pub fn exception_kind(kind: ExceptionKind) -> &'static str {
    match kind {
        ExceptionKind::Late => "Will be late",
        ExceptionKind::Failed => "Attempt failed",
        ExceptionKind::Silent => "Silent",
        ExceptionKind::OffShift => "Over the shift",
        ExceptionKind::Breakdown => "Broken down",
        ExceptionKind::Unplanned => "Without a place",
        ExceptionKind::CutOff => "Cut off by a closure",
        ExceptionKind::LateStart => "Late start",
    }
}

/// What a resolution usually was, offered in the form.
pub const RESOLUTIONS: [&str; 6] = [
    "Recipient told",
    "New window agreed",
    "Driver called, all well",
    "Planned again",
    "Goods return to the shop",
    "Nothing to be done",
];

/// The text with its first letter small, to stand inside a sentence.
pub fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_has_its_own_words() {
        let mut seen: Vec<_> = Outcome::ALL.into_iter().map(outcome).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), Outcome::ALL.len());
    }

    #[test]
    fn a_sentence_continues_in_small_letters() {
        assert_eq!(lower("Nobody home"), "nobody home");
        assert_eq!(lower(""), "");
    }
}
