//! Finding an order, and its whole story.

use crate::{
    Caller, Operations, OpsError, Result,
    board::{DayBook, point},
    story::{Names, tell},
};
use domain::{Order, OrderId, OrderState, Role, Standing};
use wire::deliveries::{Ahead, HitsView, OrderHit, OrderView, PackageRow, Progress};

const PAGE: i64 = 25;
const MOST_TEXT: usize = 200;

impl Operations {
    /// Orders in which every word of `text` begins a word of the reference, name, address or phone; pages count from 1.
    pub async fn find_orders(&self, caller: &Caller, text: &str, page: u32) -> Result<HitsView> {
        caller.must(may_look)?;
        let mut conn = self.0.database.read().await?;
        let (_, zone) = self.hub_and_zone(&mut conn).await?;
        let text: String = text.chars().filter(|c| *c != '\0').take(MOST_TEXT).collect();
        let offset = PAGE * (i64::from(page.max(1)) - 1);
        let mut found = store::orders::search(&mut conn, &text, PAGE + 1, offset).await?;
        let more = found.len() as i64 > PAGE;
        found.truncate(PAGE as usize);
        let hits = found
            .into_iter()
            .map(|h| OrderHit {
                order: h.id,
                reference: h.reference,
                shop: h.shop,
                recipient: h.recipient.name,
                phone: h.recipient.phone,
                address: h.address,
                progress: progress(&h.state),
                window: wire::Span { from: zone.moment(h.from), until: zone.moment(h.until) },
            })
            .collect();
        Ok(HitsView { as_of: zone.moment(self.now()), hits, more })
    }

    /// One order's whole story.
    pub async fn order(&self, caller: &Caller, id: OrderId) -> Result<OrderView> {
        let (_, role) = caller.person()?;
        caller.must(may_look)?;
        let mut conn = self.0.database.read().await?;
        let order = store::orders::get(&mut conn, id).await?.ok_or(OpsError::NotFound)?;
        let book = DayBook::read(self, &mut conn, None).await?;
        let shop = store::orders::shop_name(&mut conn, order.shop).await?.unwrap_or_default();
        let events = store::events::of_order(&mut conn, id).await?;
        let label = |vehicle| book.vehicles.get(&vehicle).map(|v: &domain::Vehicle| v.label.clone());
        let names = Names {
            people: store::people::names(&mut conn).await?,
            routes: store::plans::labels(&mut conn, order.hub).await?,
            shop: shop.clone(),
            vehicles: book.vehicles.iter().map(|(id, v)| (*id, v.label.clone())).collect(),
        };
        drop(conn);

        let zone = book.zone;
        let stop = book.stops.iter().find(|s| s.stop.order == id && s.stop.state.is_open());
        let ahead = stop.and_then(|s| {
            let route = book.routes.iter().find(|r| r.id == s.stop.route)?;
            let before = book.stops_of(route.id).iter().filter(|o| o.stop.state.is_open());
            Some(Ahead {
                route: route.id,
                label: label(route.vehicle)?,
                stops_before: before.filter(|o| o.stop.sequence < s.stop.sequence).count() as i64,
                planned: zone.moment(s.stop.planned_arrival),
                eta: s.eta.map(|at| zone.moment(at)),
            })
        });
        let standing = match (&order.state, stop) {
            (OrderState::Delivered { .. } | OrderState::Cancelled { .. }, _) => Standing::Done,
            (OrderState::Failed { .. }, _) => Standing::Late,
            (_, Some(s)) => Standing::of_stop(&s.stop.state, s.eta, s.window),
            (_, None) if order.promise.latest.until() < book.now => Standing::Late,
            (_, None) => Standing::Unknown,
        };
        let open = !matches!(order.state, OrderState::Delivered { .. } | OrderState::Cancelled { .. });
        Ok(OrderView {
            as_of: zone.moment(book.now),
            hit: hit(&order, shop, zone),
            at: point(order.address.at),
            original: zone.span(order.promise.original),
            standing,
            packages: order
                .packages
                .iter()
                .map(|p| PackageRow {
                    barcode: p.barcode.clone(),
                    weight_g: p.weight_g,
                    volume_ml: p.volume_ml,
                })
                .collect(),
            ahead,
            story: tell(&events, &names, zone),
            can_reschedule: open && role.may_reschedule(),
        })
    }
}

fn may_look(role: Role) -> bool {
    matches!(role, Role::Agent | Role::Dispatcher | Role::Administrator | Role::Manager)
}

fn hit(order: &Order, shop: String, zone: crate::zone::Zone) -> OrderHit {
    OrderHit {
        order: order.id,
        reference: order.reference.clone(),
        shop,
        recipient: order.recipient.name.clone(),
        phone: order.recipient.phone.clone(),
        address: order.address.text.clone(),
        progress: progress(order.state.code()),
        window: zone.span(order.promise.latest),
    }
}

fn progress(code: &str) -> Progress {
    match code {
        "planned" => Progress::Planned,
        "out_for_delivery" => Progress::OutForDelivery,
        "delivered" => Progress::Delivered,
        "failed" => Progress::Failed,
        "cancelled" => Progress::Cancelled,
        _ => Progress::Placed,
    }
}
