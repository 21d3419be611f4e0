//! Settings, and everything built from them once, by hand, in order.

pub mod installation;
pub mod settings;
