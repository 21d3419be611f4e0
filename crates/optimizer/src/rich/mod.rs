//! Search over problems of every kind: pay by the hour, several kinds of vehicles and loads, lateness and overtime at
//! a price, vehicles that are out, stops that are bound to one.
//!
//! The steps and the engine are those of plain problems ([`crate::kernel`], [`crate::engine`]); what differs is the
//! state, in which every price is exact.

mod insertion;
mod instance;
mod state;
mod working_plan;

pub(crate) use instance::Instance;
pub(crate) use state::State;

#[cfg(test)]
mod tests;
