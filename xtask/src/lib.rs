//! What every chore needs, and the one that needs nothing more: where things are, running programs, files, and `tidy`.
//!
//! Few dependencies, so that `cargo xtask tidy` answers within seconds on a fresh clone; the rest is in `xtask/chores`.

pub mod files;
pub mod project;
pub mod run;
pub mod tidy;
