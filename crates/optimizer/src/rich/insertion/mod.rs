//! Where a stop costs least: greedy insertion at exact prices, from places that a few sums judge to those that are computed
//! in full.

mod direct;
mod front;
mod gaps;
mod pairs;
mod recreate;
mod settle;
