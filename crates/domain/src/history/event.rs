//! The one history: facts, when they happened, when we heard, and from whom.

use crate::{
    Actor, Attempt, Closure, ClosureId, Exception, ExceptionId, ExceptionKind, HubId, Instant, OrderId, Plan,
    PlanId, Promise, Route, RouteId, Shift, ShiftId, StopId, VehicleId, Weather, Window, Zone, ZoneId,
    history::made::{JoinedVehicle, PlacedOrder},
};
use serde::{Deserialize, Serialize};

/// How we learnt a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Somebody pressed a button.
    Screen,
    /// A device reported it.
    Device,
    /// A shop's or an administrator's system told us.
    Api,
    /// We concluded it ourselves.
    Worker,
    /// It was brought in with the history of elsewhere.
    Import,
}

impl Source {
    /// The name in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Device => "device",
            Self::Api => "api",
            Self::Worker => "worker",
            Self::Import => "import",
        }
    }

    /// Reads a source's code.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Screen, Self::Device, Self::Api, Self::Worker, Self::Import]
            .into_iter()
            .find(|s| s.code() == code)
    }
}

/// One row of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it happened, on the world's clock.
    pub occurred_at: Instant,
    /// When we heard of it.
    pub recorded_at: Instant,
    /// How we heard.
    pub source: Source,
    /// Who did it.
    pub actor: Actor,
    /// At which hub.
    pub hub: HubId,
    /// What happened.
    pub fact: Fact,
}

/// What can happen. Each variant carries all that is needed to rebuild the state from the history alone, but for what names a
/// person: ids, times, places to a kilometre and numbers. The notes of drivers and agents, which may name somebody, are kept
/// apart from the rest ([`crate::Stored`]) and are read as empty once they are erased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fact")]
pub enum Fact {
    /// A vehicle joined the hub.
    VehicleJoined {
        /// The vehicle as it joined.
        vehicle: Box<JoinedVehicle>,
    },
    /// A vehicle stopped driving.
    VehicleOffRoad {
        /// Which.
        vehicle: VehicleId,
        /// Why, in the driver's words; empty once they are erased.
        #[serde(default)]
        reason: String,
    },
    /// A vehicle drives again.
    VehicleRecovered {
        /// Which.
        vehicle: VehicleId,
    },
    /// A vehicle's day got a line in the roster, or the line changed.
    ShiftRostered {
        /// The line as it is now.
        shift: Shift,
    },
    /// A vehicle's day has no line any more: the usual holds.
    ShiftRemoved {
        /// Which.
        shift: ShiftId,
        /// Of which vehicle.
        vehicle: VehicleId,
    },
    /// A shop placed an order.
    OrderPlaced {
        /// The order as it was placed.
        order: Box<PlacedOrder>,
    },
    /// The promise moved.
    OrderRescheduled {
        /// Which.
        order: OrderId,
        /// The window that no longer holds.
        before: Window,
        /// The window that holds now.
        after: Window,
        /// The service day that holds now.
        day: crate::Day,
    },
    /// The order's service day closed before it was done; it belongs to a later one.
    OrderCarriedOver {
        /// Which.
        order: OrderId,
        /// The day that closed.
        before: crate::Day,
        /// The day that it belongs to now.
        day: crate::Day,
    },
    /// Nobody will come for the order.
    OrderCancelled {
        /// Which.
        order: OrderId,
    },
    /// A hub's day opened.
    DayOpened {
        /// Which.
        day: crate::Day,
    },
    /// A hub's day closed.
    DayClosed {
        /// Which.
        day: crate::Day,
    },
    /// Who receives it, and where exactly, was forgotten for good.
    RecipientErased {
        /// Which.
        order: OrderId,
    },
    /// A revision of the day's plan took effect.
    PlanPublished {
        /// The plan.
        plan: Plan,
    },
    /// A plan made way for a later one.
    PlanSuperseded {
        /// Which.
        plan: PlanId,
    },
    /// A vehicle got a route, or its route's planned times changed.
    RoutePublished {
        /// The route.
        route: Route,
    },
    /// An order got a place on a route, or another place.
    StopPlanned {
        /// The stop.
        stop: StopId,
        /// On which route.
        route: RouteId,
        /// For which order.
        order: OrderId,
        /// Place in the route, from 1.
        sequence: i32,
        /// Planned arrival.
        arrival: Instant,
        /// Planned departure.
        departure: Instant,
        /// Expected drive from the stop before, in seconds.
        travel_s: i32,
        /// Whether the goods are already aboard.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        loaded: bool,
        /// Whether the vehicle comes by the hub first, to load.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        via_hub: bool,
    },
    /// A stop left its route without an attempt.
    StopDropped {
        /// Which.
        stop: StopId,
        /// For which order.
        order: OrderId,
    },
    /// A vehicle left the hub with its load.
    RouteDeparted {
        /// Which.
        route: RouteId,
        /// The vehicle.
        vehicle: VehicleId,
    },
    /// What the order brings left the hub.
    OrderLoaded {
        /// Which.
        order: OrderId,
        /// The stop that is to serve it.
        stop: StopId,
        /// The vehicle that carries it.
        vehicle: VehicleId,
    },
    /// What a vehicle carried of the order came to the hub: it was not handed over, or was taken along from the door.
    OrderUnloaded {
        /// Which.
        order: OrderId,
    },
    /// The driver stands at the door.
    StopArrived {
        /// Which.
        stop: StopId,
        /// For which order.
        order: OrderId,
        /// On which route.
        route: RouteId,
    },
    /// The driver went on to another door, and nobody said what came of this one.
    StopLeft {
        /// Which.
        stop: StopId,
        /// For which order.
        order: OrderId,
        /// On which route.
        route: RouteId,
    },
    /// The attempt is over.
    AttemptMade {
        /// The attempt.
        attempt: Attempt,
        /// What had been promised when it ended.
        promise: Promise,
        /// The vehicle.
        vehicle: VehicleId,
    },
    /// The vehicle is back at the hub.
    RouteFinished {
        /// Which.
        route: RouteId,
        /// The vehicle.
        vehicle: VehicleId,
    },
    /// Something needs a person.
    ExceptionRaised {
        /// The exception as it was raised.
        exception: Exception,
    },
    /// Somebody took an exception.
    ExceptionClaimed {
        /// Which.
        exception: ExceptionId,
    },
    /// The owner put it back.
    ExceptionReleased {
        /// Which.
        exception: ExceptionId,
    },
    /// It is over.
    ExceptionResolved {
        /// Which.
        exception: ExceptionId,
        /// What kind it was.
        kind: ExceptionKind,
        /// What was done, in somebody's words; empty once they are erased.
        #[serde(default)]
        resolution: String,
    },
    /// A resolution was undone.
    ExceptionReopened {
        /// Which.
        exception: ExceptionId,
    },
    /// A road was closed.
    RoadClosed {
        /// The closure as it was made.
        closure: Box<Closure>,
    },
    /// A closure ended before its time.
    ClosureLifted {
        /// Which.
        closure: ClosureId,
    },
    /// Somebody said what the weather is.
    WeatherSet {
        /// What it is.
        weather: Weather,
    },
    /// A hub serves some ground from a day on.
    ZoneDrawn {
        /// The zone as it was drawn.
        zone: Box<Zone>,
    },
    /// A zone got an end, or another one.
    ZoneEnded {
        /// Which.
        zone: ZoneId,
        /// The first day on which it holds no more.
        day: crate::Day,
    },
}

/// What an event is about, for the columns that find it again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Subjects {
    /// The order.
    pub order: Option<OrderId>,
    /// The stop.
    pub stop: Option<StopId>,
    /// The route.
    pub route: Option<RouteId>,
    /// The vehicle.
    pub vehicle: Option<VehicleId>,
    /// The exception.
    pub exception: Option<ExceptionId>,
}

impl Fact {
    /// The name in the `kind` column.
    pub fn code(&self) -> &'static str {
        match self {
            Self::VehicleJoined { .. } => "vehicle_joined",
            Self::VehicleOffRoad { .. } => "vehicle_off_road",
            Self::VehicleRecovered { .. } => "vehicle_recovered",
            Self::ShiftRostered { .. } => "shift_rostered",
            Self::ShiftRemoved { .. } => "shift_removed",
            Self::OrderPlaced { .. } => "order_placed",
            Self::OrderRescheduled { .. } => "order_rescheduled",
            Self::OrderCarriedOver { .. } => "order_carried_over",
            Self::OrderCancelled { .. } => "order_cancelled",
            Self::DayOpened { .. } => "day_opened",
            Self::DayClosed { .. } => "day_closed",
            Self::RecipientErased { .. } => "recipient_erased",
            Self::PlanPublished { .. } => "plan_published",
            Self::PlanSuperseded { .. } => "plan_superseded",
            Self::RoutePublished { .. } => "route_published",
            Self::StopPlanned { .. } => "stop_planned",
            Self::StopDropped { .. } => "stop_dropped",
            Self::RouteDeparted { .. } => "route_departed",
            Self::OrderLoaded { .. } => "order_loaded",
            Self::OrderUnloaded { .. } => "order_unloaded",
            Self::StopArrived { .. } => "stop_arrived",
            Self::StopLeft { .. } => "stop_left",
            Self::AttemptMade { .. } => "attempt_made",
            Self::RouteFinished { .. } => "route_finished",
            Self::ExceptionRaised { .. } => "exception_raised",
            Self::ExceptionClaimed { .. } => "exception_claimed",
            Self::ExceptionReleased { .. } => "exception_released",
            Self::ExceptionResolved { .. } => "exception_resolved",
            Self::ExceptionReopened { .. } => "exception_reopened",
            Self::RoadClosed { .. } => "road_closed",
            Self::ClosureLifted { .. } => "closure_lifted",
            Self::WeatherSet { .. } => "weather_set",
            Self::ZoneDrawn { .. } => "zone_drawn",
            Self::ZoneEnded { .. } => "zone_ended",
        }
    }

    /// What it is about.
    pub fn subjects(&self) -> Subjects {
        let mut about = Subjects::default();
        match self {
            Self::VehicleJoined { vehicle } => about.vehicle = Some(vehicle.id),
            Self::ShiftRostered { shift } => about.vehicle = Some(shift.vehicle),
            Self::VehicleOffRoad { vehicle, .. }
            | Self::VehicleRecovered { vehicle }
            | Self::ShiftRemoved { vehicle, .. } => {
                about.vehicle = Some(*vehicle);
            }
            Self::OrderPlaced { order } => about.order = Some(order.id),
            Self::OrderRescheduled { order, .. }
            | Self::OrderCarriedOver { order, .. }
            | Self::OrderCancelled { order }
            | Self::RecipientErased { order }
            | Self::OrderUnloaded { order } => {
                about.order = Some(*order);
            }
            Self::DayOpened { .. }
            | Self::DayClosed { .. }
            | Self::PlanPublished { .. }
            | Self::PlanSuperseded { .. }
            | Self::RoadClosed { .. }
            | Self::ClosureLifted { .. }
            | Self::WeatherSet { .. }
            | Self::ZoneDrawn { .. }
            | Self::ZoneEnded { .. } => {}
            Self::RoutePublished { route } => {
                about.route = Some(route.id);
                about.vehicle = Some(route.vehicle);
            }
            Self::StopPlanned { stop, route, order, .. } => {
                (about.stop, about.route, about.order) = (Some(*stop), Some(*route), Some(*order));
            }
            Self::StopDropped { stop, order } => (about.stop, about.order) = (Some(*stop), Some(*order)),
            Self::OrderLoaded { stop, order, vehicle } => {
                (about.stop, about.order, about.vehicle) = (Some(*stop), Some(*order), Some(*vehicle));
            }
            Self::RouteDeparted { route, vehicle } | Self::RouteFinished { route, vehicle } => {
                (about.route, about.vehicle) = (Some(*route), Some(*vehicle));
            }
            Self::StopArrived { stop, order, route } | Self::StopLeft { stop, order, route } => {
                (about.stop, about.route, about.order) = (Some(*stop), Some(*route), Some(*order));
            }
            Self::AttemptMade { attempt, vehicle, .. } => {
                about.stop = Some(attempt.stop);
                about.route = Some(attempt.route);
                about.order = Some(attempt.order);
                about.vehicle = Some(*vehicle);
            }
            Self::ExceptionRaised { exception } => {
                about.exception = Some(exception.id);
                about.order = exception.order;
                about.stop = exception.stop;
                about.route = exception.route;
                about.vehicle = exception.vehicle;
            }
            Self::ExceptionClaimed { exception }
            | Self::ExceptionReleased { exception }
            | Self::ExceptionResolved { exception, .. }
            | Self::ExceptionReopened { exception } => about.exception = Some(*exception),
        }
        about
    }
}
