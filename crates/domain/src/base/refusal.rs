//! The rules that can say no, each by its name.

use crate::Service;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A rule of the domain said no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refusal {
    /// A coordinate outside the planet.
    #[error("latitude must be within 90 degrees and longitude within 180")]
    NotOnEarth,
    /// A window that ends before it begins, or lasts over a day.
    #[error("a window must end after it begins and last a day at most")]
    WindowBackwards,
    /// Windows of one order that are too many, or have no time between them.
    #[error("an order has at most 8 windows, with at least a minute between them")]
    WindowsMeet,
    /// Windows of one order that are too far apart.
    #[error("from the first window's beginning to the last one's end is a day at most")]
    WindowsTooLong,
    /// Not a digit.
    #[error("a priority is a whole number from 0, the usual, to 9")]
    NoPriority,
    /// Not a code.
    #[error("a skill is a short code such as lift or cold: 1 to 32 letters, digits, - and _")]
    NoSkill,
    /// More skills than anybody can keep apart.
    #[error("at most 16 skills")]
    TooManySkills,
    /// Lists of vehicles that are too long.
    #[error("name at most 100 vehicles")]
    TooManyVehicles,
    /// A vehicle that may serve an order and may not.
    #[error("a vehicle is in both lists: leave it in one of them")]
    VehicleBothWays,
    /// Not an e-mail address.
    #[error("an e-mail address has a name, one @ and a domain, without spaces, and at most 254 characters")]
    NoEmail,
    /// Not the code of a language.
    #[error("a language is a code such as mt or en-GB")]
    NoLanguage,
    /// Something in a parcel that has no name or no sensible count.
    #[error("an item has a name of 1 to 120 characters and a quantity from 1 to 10,000")]
    NoItem,
    /// The order has ended and cannot change.
    #[error("the order is closed")]
    OrderClosed,
    /// Somebody may still come for the order, which needs a name and a door.
    #[error("the order is still open: cancel it, or wait until it is done")]
    OrderOpen,
    /// The goods are on the road, so the promise cannot move.
    #[error("the order is out for delivery")]
    OrderOnTheRoad,
    /// The goods are at the door, and nothing of them is at the hub.
    #[error("the order is collected at its door, so there is nothing to load")]
    NothingToLoad,
    /// The promise would lie in the past.
    #[error("the new window has already closed")]
    WindowPassed,
    /// An attempt at an order's door cannot end so.
    #[error("{}", how_it_ends(*.0))]
    OutcomeUnfit(Service),
    /// An attempt already ended this stop.
    #[error("the stop is already done")]
    StopDone,
    /// The stop belongs to another route.
    #[error("the stop belongs to another route")]
    NotThisRoute,
    /// The route has not left its hub.
    #[error("the route has not departed")]
    RouteNotDeparted,
    /// The route has already left its hub.
    #[error("the route has departed")]
    RouteDeparted,
    /// The route is finished.
    #[error("the route is finished")]
    RouteFinished,
    /// A vehicle that leaves for the route of its next shift while it is on the one of the shift before.
    #[error(
        "the vehicle is still out on another route of the day: report that it returned from that one first"
    )]
    OtherRouteOut,
    /// The exception is already resolved.
    #[error("the exception is resolved")]
    ExceptionResolved,
    /// Somebody else has claimed it.
    #[error("somebody else owns the exception")]
    ExceptionOwned,
    /// The day is over.
    #[error("the day is closed")]
    DayClosed,
    /// A day cannot end while somebody is on the road.
    #[error("vehicles are still on the road")]
    VehiclesOut,
    /// The plan was made for a day that has moved on.
    #[error("the day has moved on since this was proposed")]
    PlanStale,
    /// The day is another than the one that was proposed for, in one way that is known.
    #[error("{0}, so the plan cannot take effect as it was shown: ask for a fresh one")]
    PlanOvertaken(Overtaken),
    /// The closure has too few places, or too many.
    #[error("a closed street needs two places at least, a closed area three, and neither more than 500")]
    ClosureNotDrawn,
    /// The closure has no reason that can be read.
    #[error("say in 1 to 120 characters why the road is closed")]
    ClosureUnexplained,
    /// The closure holds for no vehicle, or at no time.
    #[error("a closure needs a kind of vehicle and has to end after it begins")]
    ClosureForNobody,
    /// The closure would last longer than any may.
    #[error("a closure lasts 366 days at most")]
    ClosureTooLong,
    /// A shift that ends before it begins, or lasts over a day.
    #[error("a shift must end after it begins and last 24 hours at most")]
    ShiftBackwards,
    /// A break whose bounds or length cannot be.
    #[error("a break must begin at the latest no earlier than at the earliest, and last 5 to 240 minutes")]
    BreakCannotBe,
    /// A break that is not wholly in its shift.
    #[error("a break must lie within its shift, also when it begins as late as it may")]
    BreakOutside,
    /// Two breaks that may run into each other.
    #[error("a break must be over before the next may begin")]
    BreaksOverlap,
    /// More breaks than a shift can have.
    #[error("a shift has four breaks at most, and they take no more than half of it")]
    BreaksTooMany,
    /// The event names something that no earlier event made.
    #[error("the event names something unknown")]
    UnknownSubject,
}

/// What to send of an attempt for an order with this service.
fn how_it_ends(service: Service) -> &'static str {
    match service {
        Service::Deliver => {
            "nothing is collected for this order: send how it was delivered, such as delivered_to_recipient, or why it failed"
        }
        Service::Collect => {
            "this order is collected and nothing is handed over: send collected once its goods are in the vehicle, or why it \
             failed"
        }
        Service::Both => {
            "goods are exchanged for this order: send exchanged, or how it was delivered if nothing was taken along, or why \
             it failed"
        }
    }
}

/// What has changed since a plan was proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overtaken {
    /// The plan that it was to make better is no longer in force.
    #[error("Another plan has taken effect")]
    OtherPlan,
    /// Somebody was at a stop that it gives to another vehicle, or puts behind others.
    #[error("A driver has been at a stop that it moves")]
    StopVisited,
    /// The time at which it begins has passed.
    #[error("A vehicle is not where it was expected by now")]
    TimePassed,
    /// A vehicle left without what was meant for it.
    #[error("A vehicle has left the hub without what it was to bring")]
    VehicleLeft,
    /// A vehicle has finished its route.
    #[error("A vehicle has come back")]
    VehicleBack,
    /// The roster was changed.
    #[error("A vehicle is no longer driven today")]
    NotDriven,
    /// An order was cancelled, moved, or delivered.
    #[error("An order has changed")]
    OrderChanged,
    /// A route has stops that it does not know.
    #[error("A route has other stops by now")]
    OtherStops,
}
