//! Exceptions.

use crate::{Conn, StoreError, Tx, plans::CARRIED_DAYS};
use domain::{
    Day, Exception, ExceptionId, ExceptionKind, ExceptionState, HubId, Instant, OrderId, PersonId, RouteId,
    StopId, VehicleId,
};
use uuid::Uuid;

struct Row {
    id: Uuid,
    hub_id: Uuid,
    day: Day,
    kind: String,
    order_id: Option<Uuid>,
    stop_id: Option<Uuid>,
    route_id: Option<Uuid>,
    vehicle_id: Option<Uuid>,
    raised_at: Instant,
    save_by: Option<Instant>,
    state: String,
    claimed_by: Option<Uuid>,
    claimed_at: Option<Instant>,
    resolved_by: Option<Uuid>,
    resolved_at: Option<Instant>,
    resolution: Option<String>,
}

impl TryFrom<Row> for Exception {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "exceptions", column, id: row.id };
        let state = match row.state.as_str() {
            "open" => ExceptionState::Open,
            "claimed" => ExceptionState::Claimed {
                by: PersonId(row.claimed_by.ok_or_else(|| corrupt("claimed_by"))?),
                at: row.claimed_at.ok_or_else(|| corrupt("claimed_at"))?,
            },
            "resolved" => ExceptionState::Resolved {
                by: row.resolved_by.map(PersonId),
                at: row.resolved_at.ok_or_else(|| corrupt("resolved_at"))?,
                resolution: row.resolution.ok_or_else(|| corrupt("resolution"))?,
            },
            _ => return Err(corrupt("state")),
        };
        Ok(Self {
            id: ExceptionId(row.id),
            hub: HubId(row.hub_id),
            day: row.day,
            kind: ExceptionKind::parse(&row.kind).ok_or_else(|| corrupt("kind"))?,
            order: row.order_id.map(OrderId),
            stop: row.stop_id.map(StopId),
            route: row.route_id.map(RouteId),
            vehicle: row.vehicle_id.map(VehicleId),
            raised_at: row.raised_at,
            save_by: row.save_by,
            state,
        })
    }
}

/// The hub of an exception, which never changes.
pub async fn hub_of(conn: &mut Conn, id: ExceptionId) -> Result<Option<HubId>, StoreError> {
    let hub = sqlx::query_scalar!("select hub_id from exceptions where id = $1", id.0);
    Ok(hub.fetch_optional(conn).await?.map(HubId))
}

/// One exception, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ExceptionId) -> Result<Option<Exception>, StoreError> {
    Ok(lock_many(tx, &[id]).await?.pop())
}

/// Several exceptions, locked in the order of their ids until the transaction ends.
pub async fn lock_many(tx: &mut Tx, ids: &[ExceptionId]) -> Result<Vec<Exception>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Row,
        "select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                claimed_at, resolved_by, resolved_at, resolution
         from exceptions where id = any($1) order by id for no key update",
        &ids
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Exception::try_from)
    .collect()
}

/// Every exception of a day, and those of the days before it that nobody has ended.
pub async fn of_day(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Exception>, StoreError> {
    sqlx::query_as!(
        Row,
        "select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                claimed_at, resolved_by, resolved_at, resolution
         from exceptions
         where hub_id = $1 and (day = $2 or day < $2 and state <> 'resolved')
         order by save_by nulls last, raised_at, id",
        hub.0,
        day
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Exception::try_from)
    .collect()
}

/// Which exceptions of a day are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Open and claimed.
    Unresolved,
    /// Claimed by this person.
    ClaimedBy(PersonId),
    /// Resolved.
    Resolved,
}

/// Where a page of the queue ends: the next one begins behind it, whatever has come or gone since.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The moment by which the queue was ranked.
    pub now: Instant,
    /// -1: a whole vehicle; 0: can still be saved; 1: has no clock; 2: is missed.
    pub rank: i32,
    /// Rank within those, in milliseconds.
    pub key_ms: i64,
    /// The last one.
    pub id: ExceptionId,
}

/// A page of a day's queue, with what the days before it left open, behind a place or from its beginning, with the place where it ends if there are more.
///
/// Most saveable first: vehicles that broke down, the latest first, for they hold many promises; then promises that can still be kept at `now`, the nearest end first; then troubles without a clock,
/// the latest first; then promises that are missed, the latest miss first. Resolved ones: the latest first.
pub async fn page(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
    wanted: Wanted,
    (now, behind): (Instant, Option<Place>),
    limit: i64,
) -> Result<(Vec<Exception>, Option<Place>), StoreError> {
    let now = behind.map_or(now, |place| place.now);
    let (states, by): (&[&str], _) = match wanted {
        Wanted::Unresolved => (&["open", "claimed"], None),
        Wanted::ClaimedBy(person) => (&["claimed"], Some(person.0)),
        Wanted::Resolved => (&["resolved"], None),
    };
    let states: Vec<String> = states.iter().map(|&state| state.to_owned()).collect();
    let mut rows = sqlx::query!(
        r#"select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                  claimed_at, resolved_by, resolved_at, resolution, rank as "rank!", key_ms as "key_ms!"
           from (
               select *,
                   case when state = 'resolved' or save_by > $5 then 0 when kind = 'breakdown' then -1
                        when save_by is null then 1 else 2 end as rank,
                   (extract(epoch from case
                       when state = 'resolved' then resolved_at when save_by is null then raised_at else save_by
                   end) * case when state <> 'resolved' and save_by > $5 then 1000 else -1000 end)::bigint as key_ms
               from exceptions
               where hub_id = $1 and (day = $2 or day < $2 and state <> 'resolved') and state = any($3) and ($4::uuid is null or claimed_by = $4)
           ) ranked
           where $6::int is null or (rank, key_ms, id) > ($6, $7::bigint, $8::uuid)
           order by rank, key_ms, id
           limit $9"#,
        hub.0,
        day,
        &states,
        by,
        now,
        behind.map(|place| place.rank),
        behind.map(|place| place.key_ms),
        behind.map(|place| place.id.0),
        limit + 1
    )
    .fetch_all(conn)
    .await?;
    let more = rows.len() as i64 > limit;
    rows.truncate(limit.max(0) as usize);
    let last = rows.last().filter(|_| more);
    let end = last.map(|r| Place { now, rank: r.rank, key_ms: r.key_ms, id: ExceptionId(r.id) });
    let page = rows.into_iter().map(|r| {
        Exception::try_from(Row {
            id: r.id,
            hub_id: r.hub_id,
            day: r.day,
            kind: r.kind,
            order_id: r.order_id,
            stop_id: r.stop_id,
            route_id: r.route_id,
            vehicle_id: r.vehicle_id,
            raised_at: r.raised_at,
            save_by: r.save_by,
            state: r.state,
            claimed_by: r.claimed_by,
            claimed_at: r.claimed_at,
            resolved_by: r.resolved_by,
            resolved_at: r.resolved_at,
            resolution: r.resolution,
        })
    });
    Ok((page.collect::<Result<_, _>>()?, end))
}

/// How many exceptions of a day, and of the days before it that nobody has ended, are open, claimed and resolved.
pub async fn counts(conn: &mut Conn, hub: HubId, day: Day) -> Result<(i64, i64, i64), StoreError> {
    let counted = sqlx::query!(
        r#"select count(*) filter (where state = 'open') as "open!", count(*) filter (where state = 'claimed') as "claimed!",
                  count(*) filter (where state = 'resolved') as "resolved!"
           from exceptions where hub_id = $1 and (day = $2 or day < $2 and state <> 'resolved')"#,
        hub.0,
        day
    )
    .fetch_one(conn)
    .await?;
    Ok((counted.open, counted.claimed, counted.resolved))
}

/// What people have ended in the days before a day: the same trouble of the same thing is not raised again.
pub async fn ended_by_people(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<Exception>, StoreError> {
    sqlx::query_as!(
        Row,
        "select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                claimed_at, resolved_by, resolved_at, resolution
         from exceptions
         where hub_id = $1 and day between $2::date - $3::int4 and $2::date - 1
           and state = 'resolved' and resolved_by is not null",
        hub.0,
        day,
        CARRIED_DAYS
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Exception::try_from)
    .collect()
}

/// Unresolved exceptions about orders, locked in the order of their ids until the transaction ends.
pub async fn lock_of_orders(tx: &mut Tx, orders: &[OrderId]) -> Result<Vec<Exception>, StoreError> {
    let orders: Vec<_> = orders.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Row,
        "select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                claimed_at, resolved_by, resolved_at, resolution
         from exceptions where order_id = any($1) and state <> 'resolved' order by id for no key update",
        &orders
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Exception::try_from)
    .collect()
}

/// Every exception of every day, for comparing with the history.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Exception>, StoreError> {
    sqlx::query_as!(
        Row,
        "select id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by, state, claimed_by,
                claimed_at, resolved_by, resolved_at, resolution
         from exceptions"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Exception::try_from)
    .collect()
}

/// Adds an exception, unless an unresolved one of its kind stands for the same subject. Says whether it was added.
pub async fn raise(tx: &mut Tx, e: &Exception) -> Result<bool, StoreError> {
    let done = sqlx::query!(
        "insert into exceptions (id, hub_id, day, kind, order_id, stop_id, route_id, vehicle_id, raised_at, save_by,
                                 state)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (kind, coalesce(stop_id, order_id, route_id, vehicle_id)) where state <> 'resolved' do nothing",
        e.id.0,
        e.hub.0,
        e.day,
        e.kind.code(),
        e.order.map(|id| id.0),
        e.stop.map(|id| id.0),
        e.route.map(|id| id.0),
        e.vehicle.map(|id| id.0),
        e.raised_at,
        e.save_by,
        e.state.code()
    )
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Who owned a resolved exception when it was resolved.
pub async fn last_owner(conn: &mut Conn, id: ExceptionId) -> Result<Option<PersonId>, StoreError> {
    let by =
        sqlx::query_scalar!("select claimed_by from exceptions where id = $1 and state = 'resolved'", id.0);
    Ok(by.fetch_optional(conn).await?.flatten().map(PersonId))
}

/// Writes who owns an exception, or how it ended; a resolved one keeps its last owner.
pub async fn save(tx: &mut Tx, e: &Exception) -> Result<(), StoreError> {
    let (mut claimed, mut resolved, mut resolution) = ((None, None), (None, None), None);
    match &e.state {
        ExceptionState::Open => {}
        ExceptionState::Claimed { by, at } => claimed = (Some(by.0), Some(*at)),
        ExceptionState::Resolved { by, at, resolution: what } => {
            resolved = (by.map(|by| by.0), Some(*at));
            resolution = Some(what.as_str());
        }
    }
    sqlx::query!(
        "update exceptions
         set state = $2, claimed_by = case when $2 = 'resolved' then claimed_by else $3 end,
             claimed_at = case when $2 = 'resolved' then claimed_at else $4 end, resolved_by = $5, resolved_at = $6,
             resolution = $7
         where id = $1",
        e.id.0,
        e.state.code(),
        claimed.0,
        claimed.1,
        resolved.0,
        resolved.1,
        resolution
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many of a day and of the days before it nobody has resolved.
pub async fn unresolved(conn: &mut Conn, hub: HubId, day: Day) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "n!" from exceptions where hub_id = $1 and day <= $2 and state <> 'resolved'"#,
        hub.0,
        day
    )
    .fetch_one(conn)
    .await?)
}
