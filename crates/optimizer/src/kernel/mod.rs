//! The engine's inner loop: ruin and recreate, on classic problems at some hundred thousand steps a second and thread.
//!
//! Nothing in a step grows with the number of stops. The loop itself knows of its plan what [`working_plan::WorkingPlan`] says;
//! [`state::State`] is the plan of a classic problem, [`crate::rich`] has that of any other. What a search does with many steps is for `engine` to say.

pub(crate) mod anneal;
pub(crate) mod blinks;
pub(crate) mod buckets;
pub(crate) mod instance;
pub(crate) mod metric;
pub(crate) mod order;
pub(crate) mod plan;
mod ruin;
pub(crate) mod state;
pub(crate) mod working_plan;
