//! The rules that can say no, each by its name.

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
    /// The order has ended and cannot change.
    #[error("the order is closed")]
    OrderClosed,
    /// The order may still be delivered, which needs a name and a door.
    #[error("the order is still to be delivered: cancel it, or wait until it is delivered")]
    OrderOpen,
    /// The goods are on the road, so the promise cannot move.
    #[error("the order is out for delivery")]
    OrderOnTheRoad,
    /// The promise would lie in the past.
    #[error("the new window has already closed")]
    WindowPassed,
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
    /// The closure has too few places, or too many.
    #[error("a closed street needs two places at least, a closed area three, and neither more than 500")]
    ClosureNotDrawn,
    /// The closure has no reason that can be read.
    #[error("say in 1 to 120 characters why the road is closed")]
    ClosureUnexplained,
    /// The closure holds for no vehicle, or at no time.
    #[error("a closure needs a kind of vehicle and has to end after it begins")]
    ClosureForNobody,
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
