//! Attempts: what happened at a door.

use crate::{AttemptId, Instant, OrderId, RouteId, StopId};
use serde::{Deserialize, Serialize};

/// What happened when somebody stood at the door.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// Identity.
    pub id: AttemptId,
    /// At which stop.
    pub stop: StopId,
    /// For which order.
    pub order: OrderId,
    /// On which route.
    pub route: RouteId,
    /// 1 for the order's first attempt.
    pub number: i32,
    /// When the driver arrived.
    pub arrived_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// How it ended.
    pub outcome: Outcome,
    /// What the driver wrote.
    pub note: Option<String>,
    /// Whether it was not the first attempt of its visit: another order was handed over or tried at this door before, or this
    /// one was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub further: bool,
}

/// How an attempt ended. The set follows Spoke's list of stop states, read from its public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Handed to the recipient.
    DeliveredToRecipient,
    /// Handed to a neighbour, a reception, a guard.
    DeliveredToThirdParty,
    /// Left in the mailbox.
    DeliveredToMailbox,
    /// Left in the agreed safe place.
    DeliveredToSafePlace,
    /// Handed in at a pickup point.
    DeliveredToPickupPoint,
    /// Delivered in another way; the note says how.
    DeliveredOther,
    /// What was at the door is in the vehicle.
    Collected,
    /// Handed over, and what was to be taken along is in the vehicle.
    Exchanged,
    /// Nobody opened.
    FailedNotHome,
    /// The address could not be found.
    FailedCantFindAddress,
    /// There was nowhere to stop.
    FailedNoParking,
    /// The driver ran out of time.
    FailedNoTime,
    /// The package was not aboard, or what was to be collected was not there.
    FailedPackageNotAvailable,
    /// The recipient did not pay.
    FailedPaymentNotReceived,
    /// Proof was required and not given.
    FailedMissingRequiredProof,
    /// Failed for another cause; the note says which.
    FailedOther,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 16] = [
        Self::DeliveredToRecipient,
        Self::DeliveredToThirdParty,
        Self::DeliveredToMailbox,
        Self::DeliveredToSafePlace,
        Self::DeliveredToPickupPoint,
        Self::DeliveredOther,
        Self::Collected,
        Self::Exchanged,
        Self::FailedNotHome,
        Self::FailedCantFindAddress,
        Self::FailedNoParking,
        Self::FailedNoTime,
        Self::FailedPackageNotAvailable,
        Self::FailedPaymentNotReceived,
        Self::FailedMissingRequiredProof,
        Self::FailedOther,
    ];

    /// The name in the API and the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::DeliveredToRecipient => "delivered_to_recipient",
            Self::DeliveredToThirdParty => "delivered_to_third_party",
            Self::DeliveredToMailbox => "delivered_to_mailbox",
            Self::DeliveredToSafePlace => "delivered_to_safe_place",
            Self::DeliveredToPickupPoint => "delivered_to_pickup_point",
            Self::DeliveredOther => "delivered_other",
            Self::Collected => "collected",
            Self::Exchanged => "exchanged",
            Self::FailedNotHome => "failed_not_home",
            Self::FailedCantFindAddress => "failed_cant_find_address",
            Self::FailedNoParking => "failed_no_parking",
            Self::FailedNoTime => "failed_no_time",
            Self::FailedPackageNotAvailable => "failed_package_not_available",
            Self::FailedPaymentNotReceived => "failed_payment_not_received",
            Self::FailedMissingRequiredProof => "failed_missing_required_proof",
            Self::FailedOther => "failed_other",
        }
    }

    /// Reads an outcome's code.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// Whether goods were taken along.
    pub fn takes(self) -> bool {
        matches!(self, Self::Collected | Self::Exchanged)
    }

    /// Whether what was asked for was done: the goods reached where they should, or are in the vehicle that collects them.
    pub fn is_success(self) -> bool {
        matches!(
            self,
            Self::DeliveredToRecipient
                | Self::DeliveredToThirdParty
                | Self::DeliveredToMailbox
                | Self::DeliveredToSafePlace
                | Self::DeliveredToPickupPoint
                | Self::DeliveredOther
                | Self::Collected
                | Self::Exchanged
        )
    }
}
