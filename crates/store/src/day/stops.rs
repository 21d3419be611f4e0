//! Stops, the attempts made at them, and when we expect to be there.

use crate::{Conn, StoreError, Tx, locks::RouteLocks, plans::CARRIED_DAYS};
use domain::{
    Attempt, AttemptId, Coordinate, Day, HubId, Instant, OrderId, Outcome, RouteId, Service, Stop, StopId,
    StopState, Window, Windows,
};
use std::collections::HashMap;
use uuid::Uuid;

struct Row {
    id: Uuid,
    route_id: Uuid,
    order_id: Uuid,
    sequence: i32,
    planned_arrival: Instant,
    planned_departure: Instant,
    travel_s: i32,
    via_hub: bool,
    state: String,
    arrived_at: Option<Instant>,
    ended_at: Option<Instant>,
    outcome: Option<String>,
}

impl TryFrom<Row> for Stop {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "stops", column, id: row.id };
        let state = match (row.state.as_str(), row.arrived_at, row.ended_at, row.outcome.as_deref()) {
            ("pending", None, None, None) => StopState::Pending,
            ("arrived", Some(at), None, None) => StopState::Arrived { at },
            ("dropped", None, Some(at), None) => StopState::Dropped { at },
            ("done", Some(arrived_at), Some(ended_at), Some(outcome)) => StopState::Done {
                arrived_at,
                ended_at,
                outcome: Outcome::parse(outcome).ok_or_else(|| corrupt("outcome"))?,
            },
            _ => return Err(corrupt("state")),
        };
        Ok(Self {
            id: StopId(row.id),
            route: RouteId(row.route_id),
            order: OrderId(row.order_id),
            sequence: row.sequence,
            planned_arrival: row.planned_arrival,
            planned_departure: row.planned_departure,
            travel_s: row.travel_s,
            via_hub: row.via_hub,
            state,
        })
    }
}

/// A stop with what its reader needs of its order.
#[derive(Debug, Clone, PartialEq)]
pub struct DayStop {
    /// The stop.
    pub stop: Stop,
    /// The shop's reference.
    pub reference: String,
    /// Who receives it.
    pub recipient: String,
    /// The address as written.
    pub address: String,
    /// The door.
    pub at: Coordinate,
    /// The latest promise, or what had been promised when an attempt ended the stop.
    pub window: Window,
    /// The parts of that promise in which it may be served, if that is not all of it.
    pub windows: Windows,
    /// Expected time at the door, in seconds.
    pub service_s: i32,
    /// What is done at the door.
    pub service: Service,
    /// Whether a vehicle carries the goods.
    pub aboard: bool,
    /// Expected arrival, while it is open.
    pub eta: Option<Instant>,
}

impl DayStop {
    /// Whether the goods that it brings are in its vehicle, and not still to be loaded or fetched; none where it brings nothing.
    pub fn brings_aboard(&self) -> Option<bool> {
        self.service.brings().then_some(self.aboard)
    }

    /// Whether its vehicle has still to load or to fetch its goods.
    pub fn lacks_goods(&self) -> bool {
        self.brings_aboard() == Some(false)
    }

    /// When who is at the door at some time can serve it: who comes before a window waits for it.
    pub fn opens(&self, at: Instant) -> Instant {
        match self.windows.parts() {
            [] => at.max(self.window.from()),
            parts => parts.iter().find(|part| at <= part.until()).map_or(at, |part| at.max(part.from())),
        }
    }
}

/// Every stop of a day's routes that was not dropped, by route and place, and of the routes of days before that are still on
/// the road; of `routes` only, when given.
pub async fn of_day(
    conn: &mut Conn,
    hub: HubId,
    day: Day,
    routes: Option<&[RouteId]>,
) -> Result<Vec<DayStop>, StoreError> {
    let only: Option<Vec<Uuid>> = routes.map(|ids| ids.iter().map(|id| id.0).collect());
    let rows = sqlx::query!(
        r#"select s.id, s.route_id, s.order_id, s.sequence, s.planned_arrival, s.planned_departure, s.travel_s,
                  s.via_hub, s.state, s.arrived_at, s.ended_at, s.outcome,
                  o.reference, o.recipient_name, o.address, o.lat, o.lon, 
                  coalesce(a.promised_from, o.latest_from) as "latest_from!",
                  coalesce(a.promised_until, o.latest_until) as "latest_until!", o.service_s,
                  case when o.latest_from = o.original_from and o.latest_until = o.original_until then o.windows
                       else '[]' end as "windows!",
                  o.service, o.aboard is not null as "aboard!", e.arrival as "eta?"
           from routes r
           join stops s on s.route_id = r.id
           join orders o on o.id = s.order_id
           left join etas e on e.stop_id = s.id
           left join lateral (
               select promised_from, promised_until from attempts
               where stop_id = s.id and s.state = 'done' order by number desc limit 1
           ) a on true
           where r.hub_id = $1 and r.day between $2::date - $4::int4 and $2
             and (r.day = $2 or r.departed_at is not null and r.finished_at is null)
             and s.state <> 'dropped' and ($3::uuid[] is null or r.id = any($3))
           order by s.route_id, s.sequence, s.id"#,
        hub.0,
        day,
        only.as_deref(),
        CARRIED_DAYS
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|r| {
            let id = r.order_id;
            let corrupt = |column| StoreError::Corrupt { table: "orders", column, id };
            Ok(DayStop {
                stop: Row {
                    id: r.id,
                    route_id: r.route_id,
                    order_id: r.order_id,
                    sequence: r.sequence,
                    planned_arrival: r.planned_arrival,
                    planned_departure: r.planned_departure,
                    travel_s: r.travel_s,
                    via_hub: r.via_hub,
                    state: r.state,
                    arrived_at: r.arrived_at,
                    ended_at: r.ended_at,
                    outcome: r.outcome,
                }
                .try_into()?,
                reference: r.reference,
                recipient: r.recipient_name,
                address: r.address,
                at: Coordinate::parse(r.lat, r.lon).map_err(|_| corrupt("lat"))?,
                window: Window::parse(r.latest_from, r.latest_until).map_err(|_| corrupt("latest_until"))?,
                windows: serde_json::from_value(r.windows).map_err(|_| corrupt("windows"))?,
                service_s: r.service_s,
                service: Service::parse(&r.service).ok_or_else(|| corrupt("service"))?,
                aboard: r.aboard,
                eta: r.eta,
            })
        })
        .collect()
}

/// One stop. It can change until its route is locked.
pub async fn get(conn: &mut Conn, id: StopId) -> Result<Option<Stop>, StoreError> {
    Ok(many(conn, &[id]).await?.pop())
}

/// Several stops, by id. They can change until their routes are locked.
pub async fn many(conn: &mut Conn, ids: &[StopId]) -> Result<Vec<Stop>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as!(
        Row,
        "select id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, via_hub, state,
                arrived_at, ended_at, outcome
         from stops where id = any($1) order by id",
        &ids
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Stop::try_from)
    .collect()
}

/// The open stops of a locked route, in order.
pub async fn open_of_route(tx: &mut Tx, locks: &RouteLocks, route: RouteId) -> Result<Vec<Stop>, StoreError> {
    locks.must_hold(route)?;
    sqlx::query_as!(
        Row,
        "select id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, via_hub, state,
                arrived_at, ended_at, outcome
         from stops where route_id = $1 and state in ('pending', 'arrived') order by sequence, id",
        route.0
    )
    .fetch_all(&mut **tx)
    .await?
    .into_iter()
    .map(Stop::try_from)
    .collect()
}

/// Every stop of every day, for comparing with the history.
pub(crate) async fn all(conn: &mut Conn) -> Result<Vec<Stop>, StoreError> {
    sqlx::query_as!(
        Row,
        "select id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, via_hub, state,
                arrived_at, ended_at, outcome
         from stops"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Stop::try_from)
    .collect()
}

/// Writes where a plan puts stops, and when. How far they have come stays as it is; new ones are pending.
pub async fn save_plan(tx: &mut Tx, locks: &RouteLocks, stops: &[Stop]) -> Result<(), StoreError> {
    stops.iter().try_for_each(|s| locks.must_hold(s.route))?;
    let id: Vec<_> = stops.iter().map(|s| s.id.0).collect();
    let route: Vec<_> = stops.iter().map(|s| s.route.0).collect();
    let order: Vec<_> = stops.iter().map(|s| s.order.0).collect();
    let sequence: Vec<_> = stops.iter().map(|s| s.sequence).collect();
    let arrival: Vec<_> = stops.iter().map(|s| s.planned_arrival).collect();
    let departure: Vec<_> = stops.iter().map(|s| s.planned_departure).collect();
    let travel: Vec<_> = stops.iter().map(|s| s.travel_s).collect();
    let via_hub: Vec<_> = stops.iter().map(|s| s.via_hub).collect();
    sqlx::query!(
        "insert into stops (id, route_id, order_id, sequence, planned_arrival, planned_departure, travel_s, via_hub,
                            state)
         select *, 'pending' from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int4[], $5::timestamptz[],
                                         $6::timestamptz[], $7::int4[], $8::bool[])
         on conflict (id) do update set
             route_id = excluded.route_id, sequence = excluded.sequence, planned_arrival = excluded.planned_arrival,
             planned_departure = excluded.planned_departure, travel_s = excluded.travel_s, via_hub = excluded.via_hub",
        &id,
        &route,
        &order,
        &sequence,
        &arrival,
        &departure,
        &travel,
        &via_hub
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Writes how far stops have come. What the plan says of them stays as it is.
pub async fn save_progress(tx: &mut Tx, locks: &RouteLocks, stops: &[Stop]) -> Result<(), StoreError> {
    stops.iter().try_for_each(|s| locks.must_hold(s.route))?;
    let id: Vec<_> = stops.iter().map(|s| s.id.0).collect();
    let state: Vec<_> = stops.iter().map(|s| s.state.code().to_owned()).collect();
    let (mut arrived, mut ended, mut outcome) = (vec![], vec![], vec![]);
    for stop in stops {
        let (a, e, o) = match stop.state {
            StopState::Pending => (None, None, None),
            StopState::Arrived { at } => (Some(at), None, None),
            StopState::Dropped { at } => (None, Some(at), None),
            StopState::Done { arrived_at, ended_at, outcome } => {
                (Some(arrived_at), Some(ended_at), Some(outcome.code().to_owned()))
            }
        };
        arrived.push(a);
        ended.push(e);
        outcome.push(o);
    }
    sqlx::query!(
        "update stops set state = t.state, arrived_at = t.arrived, ended_at = t.ended, outcome = t.outcome
         from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[])
              as t (id, state, arrived, ended, outcome)
         where stops.id = t.id",
        &id,
        &state,
        &arrived as &[Option<Instant>],
        &ended as &[Option<Instant>],
        &outcome as &[Option<String>]
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// How many attempts were made for an order, and whether any was made at its door by a driver who came there at
/// `arrived_at`.
pub async fn attempts_made(
    conn: &mut Conn,
    order: OrderId,
    route: RouteId,
    arrived_at: Instant,
) -> Result<(i64, bool), StoreError> {
    let row = sqlx::query!(
        r#"select (select count(*) from attempts where order_id = $1) as "made!",
                  exists (
                      select from attempts a join orders other on other.id = a.order_id join orders own on own.id = $1
                      where a.route_id = $2 and a.arrived_at = $3 and a.ended_at >= $3
                        and other.lat = own.lat and other.lon = own.lon
                  ) as "here!""#,
        order.0,
        route.0,
        arrived_at
    )
    .fetch_one(conn)
    .await?;
    Ok((row.made, row.here))
}

/// Adds an attempt, with what had been promised when it ended.
pub async fn add_attempt(tx: &mut Tx, attempt: &Attempt, promised: Window) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into attempts (id, stop_id, order_id, route_id, number, arrived_at, ended_at, outcome, note,
                               promised_from, promised_until, further)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        attempt.id.0,
        attempt.stop.0,
        attempt.order.0,
        attempt.route.0,
        attempt.number,
        attempt.arrived_at,
        attempt.ended_at,
        attempt.outcome.code(),
        attempt.note,
        promised.from(),
        promised.until(),
        attempt.further
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Every attempt of every day, for comparing with the history.
pub(crate) async fn all_attempts(conn: &mut Conn) -> Result<Vec<Attempt>, StoreError> {
    sqlx::query!(
        "select id, stop_id, order_id, route_id, number, arrived_at, ended_at, outcome, note, further from attempts"
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        Ok(Attempt {
            id: AttemptId(r.id),
            stop: StopId(r.stop_id),
            order: OrderId(r.order_id),
            route: RouteId(r.route_id),
            number: r.number,
            arrived_at: r.arrived_at,
            ended_at: r.ended_at,
            outcome: Outcome::parse(&r.outcome).ok_or(StoreError::Corrupt {
                table: "attempts",
                column: "outcome",
                id: r.id,
            })?,
            note: r.note,
            further: r.further,
        })
    })
    .collect()
}

/// Writes expected arrivals.
pub async fn save_etas(tx: &mut Tx, etas: &[(StopId, Instant)], as_of: Instant) -> Result<(), StoreError> {
    let id: Vec<_> = etas.iter().map(|(id, _)| id.0).collect();
    let arrival: Vec<_> = etas.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "insert into etas (stop_id, arrival, as_of)
         select id, arrival, $3 from unnest($1::uuid[], $2::timestamptz[]) as t (id, arrival)
         on conflict (stop_id) do update set arrival = excluded.arrival, as_of = excluded.as_of",
        &id,
        &arrival,
        as_of
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Forgets when stops are expected to be reached: nobody knows.
pub async fn forget_etas(tx: &mut Tx, stops: &[StopId]) -> Result<(), StoreError> {
    let ids: Vec<_> = stops.iter().map(|id| id.0).collect();
    sqlx::query!("delete from etas where stop_id = any($1)", &ids).execute(&mut **tx).await?;
    Ok(())
}

/// Writes when routes are expected back.
pub async fn save_returns(
    tx: &mut Tx,
    returns: &[(RouteId, Instant)],
    as_of: Instant,
) -> Result<(), StoreError> {
    let id: Vec<_> = returns.iter().map(|(id, _)| id.0).collect();
    let arrival: Vec<_> = returns.iter().map(|(_, at)| *at).collect();
    sqlx::query!(
        "insert into returns_expected (route_id, arrival, as_of)
         select id, arrival, $3 from unnest($1::uuid[], $2::timestamptz[]) as t (id, arrival)
         on conflict (route_id) do update set arrival = excluded.arrival, as_of = excluded.as_of",
        &id,
        &arrival,
        as_of
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// When the routes of a day, and those still on the road from days before, are expected back.
pub async fn returns(conn: &mut Conn, hub: HubId, day: Day) -> Result<Vec<(RouteId, Instant)>, StoreError> {
    Ok(sqlx::query!(
        "select e.route_id, e.arrival from returns_expected e join routes r on r.id = e.route_id
         where r.hub_id = $1 and r.day between $2::date - $3::int4 and $2
           and (r.day = $2 or r.departed_at is not null and r.finished_at is null)",
        hub.0,
        day,
        CARRIED_DAYS
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| (RouteId(r.route_id), r.arrival))
    .collect())
}

/// Of each of these orders the stop that says most about it now: its open one, or else the one that ended last, with its
/// expected arrival.
pub async fn latest_of(
    conn: &mut Conn,
    orders: &[OrderId],
) -> Result<HashMap<OrderId, (StopState, Option<Instant>)>, StoreError> {
    let ids: Vec<_> = orders.iter().map(|id| id.0).collect();
    sqlx::query!(
        r#"select distinct on (s.order_id) s.id, s.route_id, s.order_id, s.sequence, s.planned_arrival,
                  s.planned_departure, s.travel_s, s.via_hub, s.state, s.arrived_at, s.ended_at, s.outcome,
                  e.arrival as "eta?"
           from stops s left join etas e on e.stop_id = s.id
           where s.order_id = any($1) and s.state <> 'dropped'
           order by s.order_id, s.ended_at desc nulls first, s.id"#,
        &ids
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        let stop: Stop = Row {
            id: r.id,
            route_id: r.route_id,
            order_id: r.order_id,
            sequence: r.sequence,
            planned_arrival: r.planned_arrival,
            planned_departure: r.planned_departure,
            travel_s: r.travel_s,
            via_hub: r.via_hub,
            state: r.state,
            arrived_at: r.arrived_at,
            ended_at: r.ended_at,
            outcome: r.outcome,
        }
        .try_into()?;
        Ok((stop.order, (stop.state, r.eta)))
    })
    .collect()
}

/// How the attempts at these stops ended, and what the drivers wrote.
pub async fn causes(
    conn: &mut Conn,
    stops: &[StopId],
) -> Result<HashMap<StopId, (Outcome, Option<String>)>, StoreError> {
    let ids: Vec<_> = stops.iter().map(|id| id.0).collect();
    sqlx::query!(
        "select distinct on (stop_id) stop_id, id, outcome, note from attempts where stop_id = any($1)
         order by stop_id, number desc, ended_at desc",
        &ids
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(|r| {
        let outcome = Outcome::parse(&r.outcome).ok_or(StoreError::Corrupt {
            table: "attempts",
            column: "outcome",
            id: r.id,
        })?;
        Ok((StopId(r.stop_id), (outcome, r.note)))
    })
    .collect()
}
