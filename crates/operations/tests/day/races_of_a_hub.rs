//! Two at once at one hub: somebody closes the day, places an order for it, sets a price, draws a zone, or the workers make
//! their rounds. Each is held between loading and saving, or just before it begins to save, while the other comes in between.

use crate::{
    a_day::state_equals_history,
    common::{Hub, at, order},
    races::Hold,
};
use chrono::TimeDelta;
use domain::{Day, Role};
use operations::{Caller, Operations, OpsError};
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};
use wire::{
    machine::{PlaceOrders, PlaceStatus},
    staff::settings::{ChangeSettings, SettingsOutcome},
};

/// What may be done at five in the afternoon, when no vehicle is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deal {
    CloseDay,
    Place,
    Set,
    DrawZone,
    Watch,
}

/// Every deal with a point at which it is held.
const DEALS: [(Deal, &str); 6] = [
    (Deal::CloseDay, "close"),
    // It has seen that the day is open, and saves next.
    (Deal::Place, "place"),
    // It has saved, and commits next.
    (Deal::Place, "placed"),
    (Deal::Set, "settings"),
    (Deal::DrawZone, "zones"),
    (Deal::Watch, "watch"),
];

struct People {
    dispatcher: Caller,
    administrator: Caller,
}

/// What a caller was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Said {
    Done,
    /// Nothing was changed, and the caller was told why.
    Refused,
}

fn today() -> Day {
    at(12, 0).date_naive()
}

impl Deal {
    /// `n` tells the two callers apart.
    async fn make(self, ops: &Operations, hub: &Hub, people: &People, n: usize) -> Said {
        match self {
            Self::CloseDay => match ops.close_day(&people.dispatcher, None, today()).await {
                Ok(()) => Said::Done,
                Err(fault) => panic!("{fault:?}"),
            },
            Self::Place => {
                let shop = hub.shop(ops).await;
                let asked = order(900 + n, at(18, 0), at(20, 0));
                let answer = ops.place_orders(&shop, PlaceOrders::Single(Box::new(asked))).await.unwrap();
                let result = &answer.results[0];
                if result.result == PlaceStatus::Placed {
                    return Said::Done;
                }
                let why = result.why.as_deref().unwrap_or_default();
                assert_eq!(result.result, PlaceStatus::Refused, "{result:?}");
                assert!(why.contains("2026-11-23 is closed; promise a window on a later day"), "{why}");
                assert_eq!(result.order, None);
                Said::Refused
            }
            Self::Set => {
                let fields = BTreeMap::from([("notice_minutes".to_owned(), format!("{}", 40 + n))]);
                let ask = ChangeSettings { fields, ..ChangeSettings::default() };
                match ops.change_settings(&people.administrator, ask).await.unwrap().outcome {
                    SettingsOutcome::Saved { changed: 1 } => Said::Done,
                    SettingsOutcome::Overtaken => Said::Refused,
                    other => panic!("{other:?}"),
                }
            }
            Self::DrawZone => {
                let half = 0.1 + 0.01 * n as f64;
                let (s, north, w, e) = (35.9 - half, 35.9 + half, 14.45 - half, 14.45 + half);
                let ring = [[w, s], [e, s], [e, north], [w, north], [w, s]];
                let zone = json!({ "type": "Feature", "properties": { "name": "Town" },
                                   "geometry": { "type": "Polygon", "coordinates": [ring] } });
                let answer = ops.import_zones(&people.administrator, None, zone).await;
                match answer {
                    Ok(answer) if answer.results.iter().all(|r| r.zone.is_some()) => Said::Done,
                    other => panic!("{other:?}"),
                }
            }
            Self::Watch => match ops.watch(&Caller::timer()).await {
                Ok(_) => Said::Done,
                Err(OpsError::Refused(_)) => Said::Refused,
                Err(fault) => panic!("{fault:?}"),
            },
        }
    }
}

#[tokio::test]
async fn any_two_at_one_hub_lose_nothing() {
    let Some(template) = Hub::open("hub_races").await else { return };
    let people = People {
        dispatcher: template.person(Role::Dispatcher).await,
        administrator: template.person(Role::Administrator).await,
    };
    template.plan(8).await;
    for (first, point) in DEALS {
        for (second, _) in DEALS {
            let hub = template.copy("hub_race").await;
            let (hold, pauses) = Hold::at(point);
            let (held, free) = (hub.held_at(at(17, 0), pauses), hub.at(at(17, 0)));
            let one = async {
                let said = first.make(&held, &hub, &people, 1).await;
                hold.there.notify_one();
                said
            };
            let two = async {
                hold.there.notified().await;
                let mut own = std::pin::pin!(second.make(&free, &hub, &people, 2));
                let quick = tokio::time::timeout(Duration::from_millis(150), &mut own).await;
                hold.go.notify_one();
                // Whoever waits for a lock of the first goes on now.
                match quick {
                    Ok(said) => said,
                    Err(_) => own.await,
                }
            };
            let both = tokio::time::timeout(Duration::from_secs(60), async { tokio::join!(one, two) }).await;
            let (one, two) = both.unwrap_or_else(|_| panic!("{first:?} and {second:?} wait for each other"));
            let pair = format!("{first:?} at {point} is {one:?}, {second:?} is {two:?}");
            adds_up(&hub, &[(first, one), (second, two)], &pair).await;
            drop((held, free));
            hub.close().await;
        }
    }
}

/// Whatever came first: what was answered is there, once, and nothing that can be delivered is left on a day that is closed.
async fn adds_up(hub: &Hub, said: &[(Deal, Said)], pair: &str) {
    let done = |deal| said.iter().filter(|(d, s)| *d == deal && *s == Said::Done).count() as i64;
    let is_there = |deal| said.iter().any(|(d, _)| *d == deal);
    let mut conn = hub.database.read().await.unwrap();
    let mut count =
        async |sql: &'static str| sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut *conn).await.unwrap();
    let left = "select count(*) from orders o join service_days d on d.hub_id = o.hub_id and d.day = o.day
                where d.closed_at is not null and o.state in ('placed', 'planned')";
    assert_eq!(count(left).await, 0, "{pair}: an order was left on a closed day");
    assert_eq!(count("select count(*) from orders").await, 8 + done(Deal::Place), "{pair}");
    let open = "select count(*) from service_days where closed_at is null";
    assert_eq!(count(open).await, 1, "{pair}: one day runs");
    let closed = "select count(*) from events where kind = 'day_closed'";
    assert_eq!(count(closed).await, i64::from(is_there(Deal::CloseDay)), "{pair}: a day closes once");
    let changes = "select count(*) from setting_changes";
    assert_eq!(count(changes).await, i64::from(is_there(Deal::Set)), "{pair}: the second is told");
    let zones = "select count(*) from zones where name = 'Town' and (until_day is null or until_day > date '2026-11-23')";
    assert_eq!(count(zones).await, i64::from(is_there(Deal::DrawZone)), "{pair}: one zone has the name");
    drop(conn);
    state_equals_history(hub).await;
}

#[tokio::test]
async fn an_order_that_is_placed_as_its_day_closes_is_refused_or_carried_over() {
    let Some(template) = Hub::open("placed_as_it_closes").await else { return };
    let dispatcher = template.person(Role::Dispatcher).await;
    template.plan(8).await;
    for (point, places) in [("place", false), ("placed", true)] {
        let hub = template.copy("as_it_closes").await;
        let (hold, pauses) = Hold::at(point);
        let (held, free) = (hub.held_at(at(17, 0), pauses), hub.at(at(17, 0)));
        let shop = hub.shop(&free).await;
        // Of one request, one is for the day that closes and one for the next.
        let later = TimeDelta::days(1);
        let orders = vec![order(901, at(18, 0), at(20, 0)), order(902, at(18, 0) + later, at(20, 0) + later)];
        let place = held.place_orders(&shop, PlaceOrders::Bulk { orders });
        let close = async {
            hold.there.notified().await;
            let mut own = std::pin::pin!(free.close_day(&dispatcher, None, today()));
            if places {
                let waits = tokio::time::timeout(Duration::from_millis(300), &mut own).await.is_err();
                assert!(waits, "who closes waits for whoever has begun to save");
                hold.go.notify_one();
                own.await.unwrap();
            } else {
                own.await.unwrap();
                hold.go.notify_one();
            }
        };
        let (answer, ()) = tokio::join!(place, close);
        let results = answer.unwrap().results;
        assert_eq!(results[1].result, PlaceStatus::Placed);
        let mut conn = hub.database.read().await.unwrap();
        if places {
            let id = results[0].order.unwrap();
            let stored = store::orders::get(&mut conn, id).await.unwrap().unwrap();
            assert_eq!(stored.day, today().succ_opt().unwrap(), "it was carried over");
        } else {
            assert_eq!((results[0].result, results[0].order), (PlaceStatus::Refused, None));
            let why = results[0].why.as_deref().unwrap();
            assert!(why.contains("2026-11-23 is closed; promise a window on a later day"), "{why}");
        }
        drop(conn);
        state_equals_history(&hub).await;
        drop((held, free));
        hub.close().await;
    }
}
