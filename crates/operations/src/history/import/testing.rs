//! An order and its rounds, for the tests of this folder.

use super::{rounds::Round, story::Visit};
use chrono::{DateTime, TimeDelta};
use domain::{
    Address, ConsignmentId, Coordinate, DriverId, HubId, Instant, Needs, Order, OrderId, OrderState, Outcome,
    Package, PackageId, Promise, Recipient, Route, RouteId, RouteState, Service, ShopId, VehicleId, Window,
};
use uuid::Uuid;
use wire::history::PastAttempt;

fn at(day: i64, hour: i64) -> Instant {
    DateTime::from_timestamp(1_764_028_800, 0).unwrap() + TimeDelta::days(day) + TimeDelta::hours(hour)
}

/// An order that was placed the evening before the first day.
pub fn order() -> Order {
    let window = Window::parse(at(0, 8), at(0, 12)).unwrap();
    Order {
        id: OrderId(Uuid::now_v7()),
        hub: HubId(Uuid::nil()),
        shop: ShopId(Uuid::from_u128(1)),
        reference: "A-1".into(),
        recipient: Recipient { name: "R".into(), ..Recipient::default() },
        address: Address { text: "1 Example Street".into(), at: Coordinate::parse(35.9, 14.5).unwrap() },
        day: at(0, 8).date_naive(),
        promise: Promise { original: window, latest: window },
        consignment: ConsignmentId(Uuid::now_v7()),
        packages: vec![Package {
            id: PackageId(Uuid::now_v7()),
            barcode: "A-1-1".into(),
            weight_g: 1,
            volume_ml: 1,
        }],
        service_s: 120,
        needs: Needs::default(),
        service: Service::default(),
        notes: String::new(),
        items: vec![],
        placed_at: at(-1, 20),
        aboard: None,
        state: OrderState::Placed,
    }
}

/// A round of some day, from and until hours of it.
pub fn round(day: i64, from: i64, until: i64) -> Round {
    let (departed_at, finished_at) = (at(day, from), at(day, until));
    Round {
        line: 1,
        key: format!("round {day}"),
        route: Route {
            id: RouteId(Uuid::now_v7()),
            hub: HubId(Uuid::nil()),
            day: departed_at.date_naive(),
            vehicle: VehicleId(Uuid::from_u128(2)),
            shift: None,
            driver: DriverId(Uuid::from_u128(3)),
            planned_start: departed_at,
            planned_end: finished_at,
            shift_until: finished_at,
            state: RouteState::Finished { departed_at, finished_at },
        },
        planned_at: at(day, from - 1),
        departed_at,
        finished_at,
        planned_m: None,
        driven_m: None,
    }
}

/// A visit on the round of a day, five minutes long from an hour of it.
pub fn visit(day: usize, hour: i64, outcome: Outcome) -> Visit {
    let arrived_at = at(day as i64, hour);
    let attempt = PastAttempt {
        route: format!("round {day}"),
        arrived_at: Some(arrived_at),
        ended_at: arrived_at + TimeDelta::minutes(5),
        outcome,
        note: None,
        planned_arrival: None,
        travel_s: None,
        window_from: None,
        window_until: None,
        estimates: vec![],
    };
    Visit { round: day, attempt }
}
