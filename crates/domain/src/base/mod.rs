//! What everything else is made of: identities, moments, places, windows, and what can be refused.

pub mod ids;
pub mod place;
pub mod refusal;
pub mod time;
pub mod window;
