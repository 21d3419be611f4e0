//! The roster: what vehicles do on a day instead of the usual.

use crate::{
    Conn, StoreError, Tx,
    locks::{DayLock, RosterLock},
};
use domain::{Break, Day, DriverId, Duty, Hours, HubId, Instant, Shift, ShiftId, VehicleId};
use sqlx::types::Json;
use uuid::Uuid;

struct Row {
    id: Uuid,
    hub_id: Uuid,
    vehicle_id: Uuid,
    day: Day,
    driver_id: Option<Uuid>,
    from_at: Option<Instant>,
    until_at: Option<Instant>,
    breaks: Json<Vec<Break>>,
}

impl TryFrom<Row> for Shift {
    type Error = StoreError;
    fn try_from(row: Row) -> Result<Self, StoreError> {
        let corrupt = |column| StoreError::Corrupt { table: "shifts", column, id: row.id };
        let duty = match (row.driver_id, row.from_at, row.until_at) {
            (None, None, None) => Duty::Off,
            (Some(driver), Some(from), Some(until)) => Duty::Drives {
                driver: DriverId(driver),
                hours: Hours::parse(from, until, row.breaks.0).map_err(|_| corrupt("breaks"))?,
            },
            _ => return Err(corrupt("driver_id")),
        };
        Ok(Self {
            id: ShiftId(row.id),
            hub: HubId(row.hub_id),
            vehicle: VehicleId(row.vehicle_id),
            day: row.day,
            duty,
        })
    }
}

/// A hub's lines of some days, the last included.
pub async fn of_days(
    conn: &mut Conn,
    hub: HubId,
    (first, last): (Day, Day),
) -> Result<Vec<Shift>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks as "breaks: Json<Vec<Break>>"
           from shifts where hub_id = $1 and day between $2 and $3 order by day, vehicle_id"#,
        hub.0,
        first,
        last
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Shift::try_from)
    .collect()
}

/// One line.
pub async fn get(conn: &mut Conn, id: ShiftId) -> Result<Option<Shift>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks as "breaks: Json<Vec<Break>>"
           from shifts where id = $1"#,
        id.0
    )
    .fetch_optional(conn)
    .await?
    .map(Shift::try_from)
    .transpose()
}

/// The lines of a vehicle on a day, the earliest first.
pub async fn of_vehicle(conn: &mut Conn, vehicle: VehicleId, day: Day) -> Result<Vec<Shift>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks as "breaks: Json<Vec<Break>>"
           from shifts where vehicle_id = $1 and day = $2 order by from_at"#,
        vehicle.0,
        day
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Shift::try_from)
    .collect()
}

/// Another line of the vehicle or the driver whose hours overlap those of `shift`, the earliest; none of one that stays at the
/// hub.
pub async fn clash(conn: &mut Conn, shift: &Shift) -> Result<Option<Shift>, StoreError> {
    let Some((driver, hours)) = shift.duty.drives() else { return Ok(None) };
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks as "breaks: Json<Vec<Break>>"
           from shifts
           where id <> $1 and from_at < $5 and until_at > $4
             and (vehicle_id = $2 and day between $6::date - 2 and $6::date + 2
                  or driver_id = $3 and from_at > $4 - interval '2 days')
           order by from_at, id limit 1"#,
        shift.id.0,
        shift.vehicle.0,
        driver.0,
        hours.from(),
        hours.until(),
        shift.day
    )
    .fetch_optional(conn)
    .await?
    .map(Shift::try_from)
    .transpose()
}

/// The last day on which a driver is in the roster.
pub async fn last_of(conn: &mut Conn, driver: DriverId) -> Result<Option<Day>, StoreError> {
    let last = sqlx::query_scalar!("select max(day) from shifts where driver_id = $1", driver.0);
    Ok(last.fetch_one(conn).await?)
}

/// Writes a line of the day that is locked.
pub async fn save(
    tx: &mut Tx,
    _roster: &RosterLock,
    _day: &DayLock,
    shift: &Shift,
) -> Result<(), StoreError> {
    let drives = shift.duty.drives();
    let none: &[Break] = &[];
    sqlx::query!(
        "insert into shifts (id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (id) do update set
             driver_id = excluded.driver_id, from_at = excluded.from_at, until_at = excluded.until_at,
             breaks = excluded.breaks",
        shift.id.0,
        shift.hub.0,
        shift.vehicle.0,
        shift.day,
        drives.map(|(driver, _)| driver.0),
        drives.map(|(_, hours)| hours.from()),
        drives.map(|(_, hours)| hours.until()),
        Json(drives.map_or(none, |(_, hours)| hours.breaks())) as _
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Takes a line of the day that is locked away.
pub async fn remove(
    tx: &mut Tx,
    _roster: &RosterLock,
    _day: &DayLock,
    id: ShiftId,
) -> Result<(), StoreError> {
    sqlx::query!("delete from shifts where id = $1", id.0).execute(&mut **tx).await?;
    Ok(())
}

/// Every line there is, for rebuilding and for tests.
pub async fn all(conn: &mut Conn) -> Result<Vec<Shift>, StoreError> {
    sqlx::query_as!(
        Row,
        r#"select id, hub_id, vehicle_id, day, driver_id, from_at, until_at, breaks as "breaks: Json<Vec<Break>>"
           from shifts"#
    )
    .fetch_all(conn)
    .await?
    .into_iter()
    .map(Shift::try_from)
    .collect()
}
