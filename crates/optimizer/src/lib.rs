//! A vehicle-routing solver: given what must be visited, by which vehicles, over which travel times, what would be
//! a good set of routes?
//!
//! [`solve`] is a function from a [`Problem`] to a [`Solution`], given a stop rule and a seed, with no global state. A
//! stop rule may name a time; without one the same input gives the same answer. Infeasibility is never an error: what
//! cannot be served is left out at its price, and a broken start is mended as far as it goes. [`check`] recomputes a
//! solution from scratch, shares no code with the search, and is meant to run on every solution before anyone sees it.
//!
//! Measures are integers: times are seconds since an origin that the caller chooses, loads are in whatever unit the
//! caller counts each dimension, money is in whole units of the caller's currency (cents, say) and is added up
//! exactly as [`Cost`].
//!
//! A plan that is in force already is changed at a price: [`replan`] gives three answers to what became of it, and
//! [`examine`] explains a plan, one made by hand too.
//!
//! Deliberately not here: streets (the caller brings travel times), and orders, drivers and promises (the caller
//! translates them).

pub mod check;
#[cfg(feature = "cli")]
pub mod io;
#[cfg(feature = "serde")]
pub mod json;

mod builder;
mod cost;
mod engine;
mod evaluation;
mod explain;
mod genetic;
mod insert;
mod kernel;
mod live;
mod model;
mod renumber;
mod rich;
mod rng;
mod route;
#[cfg(test)]
mod samples;
mod schedule;
mod solve;
mod stop_rule;
mod travel;

pub use builder::{Element, Fault, LIMITS, Limits, ProblemBuilder};
pub use cost::{Cost, Score};
pub use evaluation::fitted_out;
pub use explain::{Examination, ExaminedRoute, Obstacle, RouteCosts, Unserved, WayIn, examine, why_unserved};
pub use insert::{Insertion, best_insertions};
pub use live::{Answer, ChangePrices, Freedom, replan};
pub use model::{
    Allowed, Battery, Break, Emissions, Halt, Kept, Lateness, LongDay, MatrixId, Problem, Relations, Reloads,
    Shipment, Skills, Solution, StopId, StopSpec, Stopover, VehicleId, VehicleSpec,
};
pub use schedule::{Halted, Schedule, Visit, schedule, timetable};
pub use solve::{Outcome, Progress, Settings, solve};
pub use stop_rule::StopRule;
pub use travel::Rounding;
pub use travel::time_shapes::TimedMatrix;
