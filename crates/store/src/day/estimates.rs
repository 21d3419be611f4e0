//! Estimates as they were told at fixed horizons, and how far off they were.

use crate::{Conn, StoreError, Tx};
use domain::{HubId, Instant, StopId};

/// The estimate that held when a stop was so many minutes ahead.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kept {
    /// The stop.
    pub stop: StopId,
    /// How far ahead, in minutes.
    pub horizon_min: i16,
    /// When it was told.
    pub made_at: Instant,
    /// When we expected to be there.
    pub arrival: Instant,
    /// The range that was told, if one was.
    pub range: Option<(Instant, Instant)>,
}

/// Keeps estimates; of a stop and horizon the first one stays.
pub async fn keep(tx: &mut Tx, kept: &[Kept]) -> Result<(), StoreError> {
    let stop: Vec<_> = kept.iter().map(|k| k.stop.0).collect();
    let horizon: Vec<_> = kept.iter().map(|k| k.horizon_min).collect();
    let made: Vec<_> = kept.iter().map(|k| k.made_at).collect();
    let arrival: Vec<_> = kept.iter().map(|k| k.arrival).collect();
    let early: Vec<_> = kept.iter().map(|k| k.range.map(|r| r.0)).collect();
    let late: Vec<_> = kept.iter().map(|k| k.range.map(|r| r.1)).collect();
    sqlx::query!(
        "insert into kept_estimates (stop_id, horizon_min, made_at, arrival, early, late)
         select * from unnest($1::uuid[], $2::int2[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[],
                              $6::timestamptz[])
         on conflict do nothing",
        &stop,
        &horizon,
        &made,
        &arrival,
        &early as &[Option<Instant>],
        &late as &[Option<Instant>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How far estimates of one horizon were off: arrival less estimate, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Off {
    /// The horizon, in minutes.
    pub horizon_min: i16,
    /// How many have been followed by an arrival.
    pub stops: i64,
    /// The mean.
    pub bias_s: f64,
    /// The mean of the absolute values.
    pub mean_error_s: f64,
    /// One of twenty was earlier than this.
    pub early_s: f64,
    /// One of twenty was later than this.
    pub late_s: f64,
    /// How many were told with a range.
    pub ranged: i64,
    /// Of these, how many arrivals fell into it.
    pub covered: i64,
}

/// How far the estimates that were told since a moment were off, by horizon. Stops of which only the end is known, not the
/// arrival, are left out.
pub async fn off(conn: &mut Conn, hub: HubId, since: Instant) -> Result<Vec<Off>, StoreError> {
    Ok(sqlx::query!(
        r#"select k.horizon_min, count(*) as "stops!", avg(e.off) as "bias!", avg(abs(e.off)) as "mean!",
                  percentile_cont(0.05) within group (order by e.off) as "early!",
                  percentile_cont(0.95) within group (order by e.off) as "late!",
                  count(k.early) as "ranged!",
                  count(*) filter (where s.arrived_at between k.early and k.late) as "covered!"
           from kept_estimates k
           join stops s on s.id = k.stop_id
           join routes r on r.id = s.route_id
           cross join lateral (select extract(epoch from s.arrived_at - k.arrival)::float8 as off) e
           where k.made_at >= $2 and r.hub_id = $1 and s.arrived_at is not null
             and (s.ended_at is null or s.arrived_at < s.ended_at)
           group by k.horizon_min order by k.horizon_min"#,
        hub.0,
        since
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| Off {
        horizon_min: r.horizon_min,
        stops: r.stops,
        bias_s: r.bias,
        mean_error_s: r.mean,
        early_s: r.early,
        late_s: r.late,
        ranged: r.ranged,
        covered: r.covered,
    })
    .collect())
}
