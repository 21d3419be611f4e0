//! Orders: what was asked, what was promised, and how far it has come.

use crate::{
    Address, ConsignmentId, Day, Email, HubId, Instant, Item, Language, Needs, OrderId, Outcome, PackageId,
    Refusal, Service, ShopId, StopId, VehicleId, Window,
};
use serde::{Deserialize, Serialize};

/// Who receives it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Name at the door.
    pub name: String,
    /// Phone, as the shop gave it.
    pub phone: String,
    /// Where messages go.
    pub email: Option<Email>,
    /// The language that they understand.
    pub language: Option<Language>,
}

impl Recipient {
    /// Nobody whom we know any more.
    pub fn erased() -> Self {
        Self::default()
    }

    /// Whether it has been forgotten who this was: everybody else has a name.
    pub fn is_erased(&self) -> bool {
        self.name.is_empty()
    }
}

/// One labelled thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Package {
    /// Identity.
    pub id: PackageId,
    /// What the label says.
    pub barcode: String,
    /// Weight in grams.
    pub weight_g: i64,
    /// Volume in millilitres.
    pub volume_ml: i64,
}

/// What the recipient was told: the first time, and most recently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// The first window that was promised; it never changes.
    pub original: Window,
    /// The window that holds now.
    pub latest: Window,
}

/// The commercial ask, with its goods and its promise.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Identity.
    pub id: OrderId,
    /// Which hub serves it.
    pub hub: HubId,
    /// Whose order it is.
    pub shop: ShopId,
    /// The shop's own reference, unique within the shop.
    pub reference: String,
    /// Who receives it.
    pub recipient: Recipient,
    /// Where.
    pub address: Address,
    /// The service day on which it is to be served: that of the latest promise, or a later one after that has closed.
    pub day: Day,
    /// What was promised.
    pub promise: Promise,
    /// The goods under one transport contract.
    pub consignment: ConsignmentId,
    /// Its packages, at least one.
    pub packages: Vec<Package>,
    /// Expected time at the door, in seconds.
    pub service_s: i32,
    /// What it asks of the plan beyond that.
    pub needs: Needs,
    /// What is done at the door.
    pub service: Service,
    /// What the driver has to know at the door, in the shop's words; personal.
    pub notes: String,
    /// What is in the packages, as far as the shop says; personal.
    pub items: Vec<Item>,
    /// When the shop placed it.
    pub placed_at: Instant,
    /// Which vehicle carries goods of it, those that it brings or those that it has taken along; nothing while they are at the hub,
    /// or at the door.
    pub aboard: Option<VehicleId>,
    /// How far it has come.
    pub state: OrderState,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum OrderState {
    /// Waits for a plan.
    Placed,
    /// Has a stop, and no vehicle carries it: its vehicle has not left, or comes by to fetch it; or it is at its door, to be
    /// collected.
    Planned {
        /// The stop.
        stop: StopId,
    },
    /// Is in a vehicle on the road.
    OutForDelivery {
        /// The stop.
        stop: StopId,
    },
    /// Reached its recipient, or where the recipient wanted it.
    Delivered {
        /// When.
        at: Instant,
    },
    /// Was taken along from its door.
    Collected {
        /// When.
        at: Instant,
    },
    /// The last attempt failed; somebody must decide what is next.
    Failed {
        /// When.
        at: Instant,
    },
    /// Nobody will come for it.
    Cancelled {
        /// When.
        at: Instant,
    },
}

impl OrderState {
    /// The name in the API and the database.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Planned { .. } => "planned",
            Self::OutForDelivery { .. } => "out_for_delivery",
            Self::Delivered { .. } => "delivered",
            Self::Collected { .. } => "collected",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether nothing more is to be done at its door.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Delivered { .. } | Self::Collected { .. } | Self::Cancelled { .. })
    }

    /// The stop that is to serve the order, when there is one.
    pub fn stop(&self) -> Option<StopId> {
        match self {
            Self::Planned { stop } | Self::OutForDelivery { stop } => Some(*stop),
            _ => None,
        }
    }
}

impl Order {
    /// Weight of all packages, in grams.
    pub fn weight_g(&self) -> i64 {
        self.packages.iter().map(|p| p.weight_g).sum()
    }

    /// Volume of all packages, in millilitres.
    pub fn volume_ml(&self) -> i64 {
        self.packages.iter().map(|p| p.volume_ml).sum()
    }

    /// The parts of the latest promise in which it may be served: those that were promised at first, or after another
    /// agreement that window.
    pub fn windows(&self) -> &[Window] {
        if self.promise.latest == self.promise.original { self.needs.windows.parts() } else { &[] }
    }

    /// Gets a stop of a vehicle that will load it at the hub, or collect it.
    pub fn plan(mut self, stop: StopId) -> Result<Self, Refusal> {
        match self.state {
            OrderState::Placed | OrderState::Planned { .. } => {
                self.state = OrderState::Planned { stop };
                Ok(self)
            }
            OrderState::OutForDelivery { .. } => Err(Refusal::OrderOnTheRoad),
            _ => Err(Refusal::OrderClosed),
        }
    }

    /// Loses a stop: if it was to be served there it waits for a plan again, at the hub or in the vehicle that carries it.
    #[must_use]
    pub fn lose_stop(mut self, stop: StopId) -> Self {
        if self.state.stop() == Some(stop) {
            self.state = OrderState::Placed;
        }
        self
    }

    /// Leaves the hub in `vehicle`, or gets another stop of the vehicle that carries it. What is to be collected does not.
    pub fn load(mut self, stop: StopId, vehicle: VehicleId) -> Result<Self, Refusal> {
        if !self.service.brings() {
            return Err(Refusal::NothingToLoad);
        }
        if self.aboard.is_some_and(|carrier| carrier != vehicle) {
            return Err(Refusal::OrderOnTheRoad);
        }
        match self.state {
            OrderState::Placed | OrderState::Planned { .. } | OrderState::OutForDelivery { .. } => {
                self.aboard = Some(vehicle);
                self.state = OrderState::OutForDelivery { stop };
                Ok(self)
            }
            _ => Err(Refusal::OrderClosed),
        }
    }

    /// Comes back to the hub. What nobody attempted waits for a plan again.
    #[must_use]
    pub fn unload(mut self) -> Self {
        self.aboard = None;
        if let OrderState::OutForDelivery { .. } = self.state {
            self.state = OrderState::Placed;
        }
        self
    }

    /// An attempt of `vehicle` is over. What it took along is aboard until it is back at the hub.
    pub fn end(mut self, outcome: Outcome, vehicle: VehicleId, at: Instant) -> Result<Self, Refusal> {
        if self.state.is_over() {
            return Err(Refusal::OrderClosed);
        }
        if !self.service.allows(outcome) {
            return Err(Refusal::OutcomeUnfit(self.service));
        }
        if !outcome.is_success() {
            self.state = OrderState::Failed { at };
            return Ok(self);
        }
        self.aboard = outcome.takes().then_some(vehicle);
        self.state = match outcome {
            Outcome::Collected => OrderState::Collected { at },
            _ => OrderState::Delivered { at },
        };
        Ok(self)
    }

    /// Promises another window on `day`. A planned or failed order waits for a plan again; an order on its way keeps its
    /// stop. An order on its way cannot move to another day.
    pub fn reschedule(mut self, window: Window, day: Day, now: Instant) -> Result<Self, Refusal> {
        if window.until() <= now {
            return Err(Refusal::WindowPassed);
        }
        match self.state {
            OrderState::Delivered { .. } | OrderState::Collected { .. } | OrderState::Cancelled { .. } => {
                return Err(Refusal::OrderClosed);
            }
            OrderState::OutForDelivery { .. } if day != self.day => return Err(Refusal::OrderOnTheRoad),
            OrderState::OutForDelivery { .. } => {}
            OrderState::Placed | OrderState::Planned { .. } | OrderState::Failed { .. } => {
                self.state = OrderState::Placed;
            }
        }
        self.promise.latest = window;
        self.day = day;
        Ok(self)
    }

    /// Belongs to a later service day, because its own has closed. What was promised stays promised.
    pub fn carry_over(mut self, day: Day) -> Result<Self, Refusal> {
        match self.state {
            OrderState::Placed | OrderState::Failed { .. } if self.aboard.is_none() => {
                self.day = day;
                Ok(self)
            }
            _ if self.state.is_over() => Err(Refusal::OrderClosed),
            _ => Err(Refusal::OrderOnTheRoad),
        }
    }

    /// Who receives it, what, and where exactly is forgotten; the area stays. Refuses while somebody may still come for it. Erasing
    /// it again changes nothing.
    pub fn erase(self) -> Result<Self, Refusal> {
        if self.state.is_over() { Ok(self.without_recipient()) } else { Err(Refusal::OrderOpen) }
    }

    /// What the history knows of it: nothing of who receives it, and of the place the area alone.
    #[must_use]
    pub fn without_recipient(mut self) -> Self {
        self.recipient = Recipient::erased();
        self.notes.clear();
        self.items.clear();
        self.address = Address { text: String::new(), at: self.address.at.roughly() };
        self
    }

    /// Nobody will come for it.
    pub fn cancel(mut self, at: Instant) -> Result<Self, Refusal> {
        match self.state {
            _ if self.state.is_over() => Err(Refusal::OrderClosed),
            OrderState::OutForDelivery { .. } => Err(Refusal::OrderOnTheRoad),
            _ if self.aboard.is_some() => Err(Refusal::OrderOnTheRoad),
            _ => {
                self.state = OrderState::Cancelled { at };
                Ok(self)
            }
        }
    }
}
