//! What a dispatcher or an agent sees of what went wrong.

use crate::{Moment, Span};
use domain::{ExceptionId, ExceptionKind, OrderId, Outcome, PersonId, RouteId, Standing, VehicleId};
use serde::{Deserialize, Serialize};

/// The queue, most saveable first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// Exceptions that match the filter: a page of them.
    pub rows: Vec<ExceptionRow>,
    /// Where the next page begins; nothing on the last.
    pub more: Option<String>,
    /// How many are open, claimed and resolved, whatever the filter.
    pub open: i64,
    /// Claimed ones.
    pub claimed: i64,
    /// Resolved ones.
    pub resolved: i64,
    /// The next promise at risk, for an empty queue.
    pub next: Option<NextPromise>,
}

/// The next promise that ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NextPromise {
    /// Its end.
    pub until: Moment,
    /// The vehicle that is to keep it.
    pub label: String,
}

/// Which exceptions to show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueFilter {
    /// Open and claimed.
    #[default]
    Unresolved,
    /// Mine.
    Mine,
    /// Resolved today.
    Resolved,
}

/// One exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExceptionRow {
    /// Which.
    pub id: ExceptionId,
    /// What went wrong.
    pub kind: ExceptionKind,
    /// How the order or the vehicle that it is about stands now, as on every other screen.
    pub standing: Standing,
    /// How the attempt failed, when one did.
    pub cause: Option<Outcome>,
    /// What the driver wrote of it.
    pub note: Option<String>,
    /// The vehicle that would take the order by the plan that waits for a yes.
    pub placed_on: Option<String>,
    /// The vehicle, when there is one.
    pub vehicle: Option<VehicleId>,
    /// Its name.
    pub label: Option<String>,
    /// The route, when there is one.
    pub route: Option<RouteId>,
    /// The order, when there is one.
    pub order: Option<OrderId>,
    /// The shop's reference of that order.
    pub reference: Option<String>,
    /// The recipient's name.
    pub recipient: Option<String>,
    /// The recipient's phone.
    pub phone: Option<String>,
    /// The address as written.
    pub address: Option<String>,
    /// What was promised.
    pub window: Option<Span>,
    /// Expected arrival at the door, or at the hub where it is about a late return.
    pub eta: Option<Moment>,
    /// When somebody was at the door, where it is about a stop.
    pub arrived: Option<Moment>,
    /// Stops that wait on the vehicle's route, where it is about a vehicle with one.
    pub open_stops: Option<u32>,
    /// Until when it can be saved.
    pub save_by: Option<Moment>,
    /// When it was raised.
    pub raised_at: Moment,
    /// Who owns it.
    pub owner: Option<Owner>,
    /// How it ended.
    pub resolution: Option<Resolution>,
}

/// Who owns an exception.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Owner {
    /// Who.
    pub id: PersonId,
    /// Name on screens.
    pub name: String,
    /// Since when.
    pub since: Moment,
}

/// How an exception ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// Who ended it; nobody when its cause went away.
    pub by: Option<String>,
    /// When.
    pub at: Moment,
    /// What was done.
    pub what: String,
}
