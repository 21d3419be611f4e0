//! What is true in a last-mile operation: the nouns, their states, and the rules between them.
//!
//! Nothing here reads a clock, rolls a die, makes an id or waits: time, chance and identity are arguments. There is no
//! SQL, no HTTP and no sentence for a screen here; other rooms say, remember and show what this one knows.

pub mod ability;
pub mod carbon;
pub mod closure;
pub mod event;
pub mod exception;
pub mod figures;
pub mod fleet;
pub mod ids;
pub mod ledger;
pub mod order;
pub mod people;
pub mod place;
pub mod refusal;
pub mod route;
pub mod standing;
pub mod stop;
pub mod window;

pub use ability::Ability;
pub use closure::{Closure, ClosureShape, Weather};
pub use event::{Event, Fact, Source};
pub use exception::{Exception, ExceptionKind, ExceptionState};
pub use fleet::{Driver, Hub, Shop, Vehicle, VehicleKind, VehicleState};
pub use ids::*;
pub use ledger::Ledger;
pub use order::{Order, OrderState, Package, Promise, Recipient};
pub use people::{Actor, Role};
pub use place::{Address, Coordinate};
pub use refusal::Refusal;
pub use route::{Plan, PlanState, Route, RouteState};
pub use standing::{RISK_MARGIN, Standing};
pub use stop::{Attempt, Outcome, Stop, StopState};
pub use window::Window;

/// A moment on the world's clock, in UTC, to the millisecond.
pub type Instant = chrono::DateTime<chrono::Utc>;
/// A service day in the hub's calendar.
pub type Day = chrono::NaiveDate;
