//! The live feed: what the server pushes to every open screen.

use crate::{
    Moment,
    control_room::{Counts, RouteRow, VehicleMark},
};
use domain::OrderId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A viewer hears something at least this often; who hears nothing for three of these has lost the feed.
pub const HEARTBEAT: Duration = Duration::from_secs(10);

/// One message of the feed, at most one a second for each viewer. It holds only what changed since the viewer's last
/// frame, and of each thing only the latest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// Grows by one with each frame of a stream, from 1: a gap means that something was lost.
    pub seq: u64,
    /// The server's now.
    pub as_of: Moment,
    /// Everything is here: forget what you knew.
    pub snapshot: bool,
    /// Vehicles that moved.
    pub vehicles: Vec<VehicleMark>,
    /// Routes whose row changed.
    pub routes: Vec<RouteRow>,
    /// The strip, when it changed.
    pub counts: Option<Counts>,
    /// Orders whose story grew.
    pub orders: Vec<OrderId>,
    /// The exceptions changed.
    pub exceptions: bool,
    /// The plan or its proposal changed.
    pub plan: bool,
    /// Version of the product that sends this; when it changes, a new page is ready.
    pub build: String,
}
