//! What every verb uses: who asks, time, bounds, secrets, errors.

pub(crate) mod bounds;
pub(crate) mod caller;
pub(crate) mod clock;
pub(crate) mod convert;
pub(crate) mod error;
pub(crate) mod pause;
pub(crate) mod secrets;
pub(crate) mod turns;
pub(crate) mod work;
pub(crate) mod zone;
