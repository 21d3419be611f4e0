//! Shops.

use crate::ShopId;
use serde::{Deserialize, Serialize};

/// Whose orders we deliver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shop {
    /// Identity.
    pub id: ShopId,
    /// Name on labels and screens.
    pub name: String,
}
