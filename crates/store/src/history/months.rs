//! The months of the history: each has a part of the table `events` for what was recorded in it (UTC).
//!
//! What is recorded in a month that has no part yet is kept beside them and moved once it has one.

use crate::{Conn, StoreError, Tx};
use chrono::{Datelike, Days, Months, TimeDelta};
use domain::{Day, Instant};

/// What followed from something is looked for from so long before that moment on: a clock that was set back by less hides
/// nothing.
const SET_BACK: TimeDelta = TimeDelta::days(31);

/// When what followed from a moment was recorded at the earliest. Months that ended before it are not looked into.
pub(crate) fn since(at: Instant) -> Instant {
    at.checked_sub_signed(SET_BACK).unwrap_or(Instant::MIN_UTC)
}

/// The first days of the month of a moment (UTC) and of the next `ahead` months.
pub fn from(at: Instant, ahead: u32) -> Vec<Day> {
    let day = at.date_naive();
    let first = day.checked_sub_days(Days::new(day.day0().into())).unwrap_or(day);
    (0..=ahead).filter_map(|n| first.checked_add_months(Months::new(n))).collect()
}

/// Those of some months that have no part, and the months without one in which something was recorded: by their first days.
pub async fn missing(conn: &mut Conn, wanted: &[Day]) -> Result<Vec<Day>, StoreError> {
    let months = sqlx::query_scalar!(
        r#"select month as "month!" from unnest($1::date[]) month
           where to_regclass('events_' || to_char(month, 'YYYY_MM')) is null
           union
           select date_trunc('month', recorded_at at time zone 'UTC')::date from events_default
           order by 1"#,
        wanted
    )
    .fetch_all(conn)
    .await?;
    Ok(months)
}

/// Makes the part for the month that begins with a day, unless it is there, and moves there what was recorded in it. Says how
/// many events were moved, if it made one. Gives up after two seconds rather than make anybody wait behind a long question.
pub async fn make(tx: &mut Tx, month: Day) -> Result<Option<i64>, StoreError> {
    sqlx::query!("set local lock_timeout = '2s'").execute(&mut **tx).await?;
    Ok(sqlx::query_scalar!("select make_events_month($1)", month).fetch_one(&mut **tx).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_with_their_first_day_and_pass_the_years_end() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let at = |text: &str| text.parse::<Instant>().unwrap();
        let months = from(at("2026-11-30T23:59:59.999Z"), 3);
        assert_eq!(months, ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"].map(day));
        assert_eq!(from(at("2026-12-01T00:00:00Z"), 0), [day("2026-12-01")]);
        assert_eq!(from(Instant::MAX_UTC, 3).len(), 1, "there is no month after the last");
        assert_eq!(since(Instant::MIN_UTC), Instant::MIN_UTC);
    }
}
