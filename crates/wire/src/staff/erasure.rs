//! What an administrator sees of a recipient who is to be erased, and of who was erased.

use crate::{Moment, Span, staff::deliveries::Progress};
use domain::OrderId;
use serde::{Deserialize, Serialize};

/// A recipient, and the orders that would lose what is known of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipientView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The order by which the recipient was chosen.
    pub order: OrderId,
    /// Its reference, which is typed to confirm.
    pub reference: String,
    /// Name; empty once erased.
    pub name: String,
    /// Phone.
    pub phone: String,
    /// E-mail address.
    pub email: Option<String>,
    /// When and by whom the recipient was erased.
    pub erased: Option<Erasure>,
    /// The recipient's orders by phone and e-mail address: the chosen one first, then the newest promise. At most
    /// [`RecipientView::MOST`].
    pub orders: Vec<RecipientOrder>,
    /// How many orders there are in all.
    pub total: i64,
    /// Orders that the latest erasure left alone, because they are still open.
    pub left: Vec<RecipientOrder>,
}

impl RecipientView {
    /// So many orders are listed.
    pub const MOST: usize = 200;

    /// Whether the chosen order is still open, so that somebody has to find the door.
    pub fn is_open(&self) -> bool {
        self.orders.first().is_some_and(|order| order.open)
    }
}

/// One order of a recipient.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RecipientOrder {
    /// Which.
    pub order: OrderId,
    /// The shop's reference.
    pub reference: String,
    /// The shop's name.
    pub shop: String,
    /// How far it has come.
    pub progress: Progress,
    /// What is promised now.
    pub window: Span,
    /// Whether it is still open, and would be left alone.
    pub open: bool,
    /// What it would lose.
    pub holds: Vec<Held>,
}

/// Something that an order holds of its recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// A name.
    Name,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A language.
    Language,
    /// The address line and the exact place.
    Address,
    /// Notes for the driver.
    Notes,
    /// What is in the packages.
    Items,
    /// So many notes of drivers about attempts.
    DriverNotes(i64),
    /// So many sentences about what was done about an exception.
    Resolutions(i64),
}

/// A page of who was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasuresView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The latest first.
    pub rows: Vec<Erasure>,
    /// Whether another page follows.
    pub more: bool,
}

/// That the recipient of an order was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// When.
    pub at: Moment,
    /// By whom; nobody for the command line.
    pub by: Option<String>,
    /// The order.
    pub order: OrderId,
    /// Its reference.
    pub reference: String,
    /// Its hub's name, where the reader has several.
    pub hub: Option<String>,
}

/// Asks to erase a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EraseRecipient {
    /// The order by which the recipient was chosen.
    pub order: OrderId,
    /// Whether of all orders of the recipient, or of this one alone.
    pub all: bool,
    /// The order's reference, typed to confirm.
    pub typed: String,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EraseOutcome {
    /// The recipient of so many orders is forgotten; the others are still open and were left alone.
    Erased {
        /// How many.
        orders: usize,
        /// Which were left alone.
        left: Vec<OrderId>,
    },
    /// What was typed is not the reference of the order. Nothing was changed.
    NotConfirmed,
    /// The order is still open. Nothing was changed.
    StillOpen,
}
