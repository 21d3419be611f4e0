//! Moments and days.

/// A moment on the world's clock, in UTC, to the millisecond.
pub type Instant = chrono::DateTime<chrono::Utc>;
/// A service day in the hub's calendar.
pub type Day = chrono::NaiveDate;
