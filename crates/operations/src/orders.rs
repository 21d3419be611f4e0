//! Shops place orders.

use crate::{Caller, Operations, OpsError, Result, clock::new_id, zone::Zone};
use chrono::SubsecRound;
use domain::{
    Actor, Address, ConsignmentId, Coordinate, Event, Fact, Hub, Instant, Order, OrderId, OrderState,
    Package, PackageId, Promise, Recipient, ShopId, Source, Window,
};
use std::collections::HashSet;
use wire::api::{PlaceOrder, PlaceOrderResult, PlaceOrders, PlaceOrdersAnswer, PlaceStatus};

/// How many orders one request may place.
pub const MOST_ORDERS: usize = 1_000;
const USUAL_SERVICE_S: i32 = 120;
const MOST_PACKAGES: usize = 50;
const MOST_TEXT: usize = 300;

impl Operations {
    /// Stores a shop's orders; each gets its own answer, and one sent before under its reference changes nothing.
    pub async fn place_orders(&self, caller: &Caller, ask: PlaceOrders) -> Result<PlaceOrdersAnswer> {
        let Actor::Shop(shop) = caller.who else { return Err(OpsError::NotSignedIn) };
        let asked = match ask {
            PlaceOrders::Bulk { orders } => orders,
            PlaceOrders::Single(order) => vec![order],
        };
        if asked.len() > MOST_ORDERS {
            return Err(OpsError::Invalid(format!("send at most {MOST_ORDERS} orders in one request")));
        }

        let mut tx = self.0.database.begin().await?;
        let (hub, zone) = self.hub_and_zone(&mut tx).await?;
        let now = self.now();

        let references: Vec<_> = asked.iter().map(|o| o.reference.clone()).collect();
        let mut seen = HashSet::new();
        let mut read_one = |order: PlaceOrder| {
            if seen.insert(order.reference.trim().to_owned()) {
                read_order(order, shop, &hub, zone, now)
            } else {
                Err("this reference stands twice in the request".to_owned())
            }
        };
        let read: Vec<std::result::Result<Order, String>> = asked.into_iter().map(&mut read_one).collect();
        let good: Vec<Order> = read.iter().filter_map(|r| r.as_ref().ok().cloned()).collect();

        let stored = store::orders::insert(&mut tx, &good).await?;
        let events: Vec<_> = good
            .iter()
            .filter(|o| stored.get(&(shop, o.reference.clone())) == Some(&o.id))
            .map(|o| Event {
                occurred_at: now,
                recorded_at: now,
                source: Source::Api,
                actor: caller.who,
                hub: hub.id,
                fact: Fact::OrderPlaced { order: Box::new(o.clone()) },
            })
            .collect();
        store::events::append(&mut tx, &events).await?;
        tx.commit().await?;

        self.0.live.touch_counts();
        let results = references
            .into_iter()
            .zip(read)
            .map(|(reference, read)| match read {
                Err(why) => {
                    PlaceOrderResult { reference, result: PlaceStatus::Refused, order: None, why: Some(why) }
                }
                Ok(order) => {
                    let id = stored.get(&(shop, order.reference)).copied();
                    let result = if id == Some(order.id) { PlaceStatus::Placed } else { PlaceStatus::Known };
                    PlaceOrderResult { reference, result, order: id, why: None }
                }
            })
            .collect();
        Ok(PlaceOrdersAnswer { results })
    }
}

fn read_order(
    order: PlaceOrder,
    shop: ShopId,
    hub: &Hub,
    zone: Zone,
    now: Instant,
) -> std::result::Result<Order, String> {
    let text = |name: &str, value: String| {
        let value = value.trim().to_owned();
        if value.is_empty() || value.chars().count() > MOST_TEXT || value.contains('\0') {
            Err(format!("{name} needs 1 to {MOST_TEXT} characters"))
        } else {
            Ok(value)
        }
    };
    let at = Coordinate::parse(order.at.lat, order.at.lon).map_err(|e| format!("at: {e}"))?;
    let window = Window::parse(order.window_from.trunc_subsecs(3), order.window_until.trunc_subsecs(3))
        .map_err(|e| format!("window_from and window_until: {e}"))?;
    if window.until() <= now {
        return Err("window_until has passed: promise a later window".to_owned());
    }
    if order.packages.is_empty() || order.packages.len() > MOST_PACKAGES {
        return Err(format!("packages: an order has 1 to {MOST_PACKAGES}"));
    }
    if order
        .packages
        .iter()
        .any(|p| !(0..=2_000_000).contains(&p.weight_g) || !(0..=20_000_000).contains(&p.volume_ml))
    {
        return Err("packages: weight_g is 0 to 2,000,000 and volume_ml 0 to 20,000,000".to_owned());
    }
    let service_s = order.service_s.unwrap_or(USUAL_SERVICE_S);
    if !(0..=7_200).contains(&service_s) {
        return Err("service_s is 0 to 7200 seconds".to_owned());
    }
    let packages = order
        .packages
        .into_iter()
        .map(|p| {
            Ok(Package {
                id: PackageId(new_id()),
                barcode: text("barcode", p.barcode)?,
                weight_g: p.weight_g,
                volume_ml: p.volume_ml,
            })
        })
        .collect::<std::result::Result<_, String>>()?;
    Ok(Order {
        id: OrderId(new_id()),
        hub: hub.id,
        shop,
        reference: text("reference", order.reference)?,
        recipient: Recipient {
            name: text("recipient.name", order.recipient.name)?,
            phone: text("recipient.phone", order.recipient.phone)?,
        },
        address: Address { text: text("address", order.address)?, at },
        day: zone.day(window.from()),
        promise: Promise { original: window, latest: window },
        consignment: ConsignmentId(new_id()),
        packages,
        service_s,
        placed_at: now,
        aboard: None,
        state: OrderState::Placed,
    })
}
