//! What people at screens read and send, a module for each page.

pub mod control_room;
pub mod deliveries;
pub mod erasure;
pub mod exceptions;
pub mod figures;
pub mod people;
pub mod roads;
pub mod roster;
pub mod session;
pub mod settings;
pub mod zones;
