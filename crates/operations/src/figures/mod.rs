//! What a day was like, in numbers.

pub(crate) mod day;
pub(crate) mod stats;
