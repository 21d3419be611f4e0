//! The verbs on a real database: one module for a whole day, one for what holds whatever the day brings.

#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

mod a_day;
mod by_the_hub;
mod collections;
mod common;
mod doors;
mod guarantees;
mod history;
mod imports;
mod late_start;
mod lengths;
mod midnight;
mod needs;
mod one_standing;
mod people_and_keys;
mod proposals;
mod races;
mod races_of_a_hub;
mod random_days;
mod reach;
mod reports;
mod roster_page;
mod roster_races;
mod rosters;
mod set_up;
mod settings;
mod the_plan;
mod the_roads;
mod two_hubs;
mod two_shifts;
mod visits;
mod windows;
mod zones;
