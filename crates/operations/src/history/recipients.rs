//! Looking at a recipient before erasing, erasing once it is confirmed, and who was erased.

use crate::{
    Caller, Operations, OpsError, Result, base::zone::Zone, day::standing::progress, sites::hubs::Site,
};
use domain::{Actor, Event, Fact, Order, OrderId, PersonId, Refusal};
use std::collections::{HashMap, hash_map::Entry};
use store::{Conn, erasure};
use wire::staff::{
    deliveries::HitsView,
    erasure::{EraseOutcome, EraseRecipient, Erasure, ErasuresView, Held, RecipientOrder, RecipientView},
};

/// Erasures on one page.
const PAGE: usize = 25;
/// So many orders that were left alone are looked up for the page after an erasure.
const MOST_LEFT: usize = 20;

impl Operations {
    /// Orders by which a recipient can be chosen who is to be erased: those that a search finds.
    pub async fn find_erasable(&self, caller: &Caller, text: &str, page: u32) -> Result<HitsView> {
        caller.must_keep_keys()?;
        self.find_orders(caller, text, page).await
    }

    /// The recipient of an order, with every order that an erasure would reach and what each would lose. `left` are orders that
    /// an erasure just now left alone.
    pub async fn recipient(
        &self,
        caller: &Caller,
        order: OrderId,
        left: &[OrderId],
    ) -> Result<RecipientView> {
        caller.must_keep_keys()?;
        let mut conn = self.0.database.read().await?;
        let chosen = store::orders::get(&mut conn, order).await?.ok_or(OpsError::NotFound)?;
        caller.reach(chosen.hub)?;
        let zone = self.site_of(chosen.hub).await?.zone;
        let ids = erasure::of_same_recipient(&mut conn, order).await?;
        let mut orders = store::orders::many(&mut conn, &ids).await?;
        orders.retain(|order| caller.reach(order.hub).is_ok());
        orders.sort_by_key(|other| (other.id != order, std::cmp::Reverse(other.promise.latest.until())));
        let total = orders.len() as i64;
        orders.truncate(RecipientView::MOST);
        let left: Vec<_> = left.iter().copied().take(MOST_LEFT).collect();
        let mut left = store::orders::many(&mut conn, &left).await?;
        left.retain(|order| caller.reach(order.hub).is_ok());
        let names = store::people::names(&mut conn).await?;
        let events = store::events::of_order(&mut conn, order, chosen.placed_at).await?;
        let erased = events.iter().rev().find(|e| matches!(e.fact, Fact::RecipientErased { .. }));
        Ok(RecipientView {
            as_of: zone.moment(self.now()),
            order,
            reference: chosen.reference.clone(),
            name: chosen.recipient.name.clone(),
            phone: chosen.recipient.phone.clone(),
            email: chosen.recipient.email.as_ref().map(ToString::to_string),
            erased: erased.map(|event| line(event, order, chosen.reference.clone(), &names, zone)),
            orders: listed(&mut conn, &orders, zone).await?,
            total,
            left: listed(&mut conn, &left, zone).await?,
        })
    }

    /// Erases a recipient, if the reference of the order was typed to confirm it.
    pub async fn erase_confirmed(&self, caller: &Caller, ask: EraseRecipient) -> Result<EraseOutcome> {
        caller.must_keep_keys()?;
        let order = store::orders::get(&mut *self.0.database.read().await?, ask.order).await?;
        let order = order.ok_or(OpsError::NotFound)?;
        caller.reach(order.hub)?;
        if ask.typed.trim().to_lowercase() != order.reference.to_lowercase() {
            return Ok(EraseOutcome::NotConfirmed);
        }
        match self.erase_recipient(caller, ask.order, ask.all).await {
            Ok(done) => {
                let left = done.left.into_iter().map(|(_, id)| id).collect();
                Ok(EraseOutcome::Erased { orders: done.erased.len(), left })
            }
            Err(OpsError::Refused(Refusal::OrderOpen)) => Ok(EraseOutcome::StillOpen),
            Err(error) => Err(error),
        }
    }

    /// Who was erased within the caller's reach, the latest first; pages count from 1.
    pub async fn erasures(&self, caller: &Caller, page: u32) -> Result<ErasuresView> {
        caller.must_keep_keys()?;
        let sites = self.sites().await?;
        let within: Vec<&Site> = sites.iter().filter(|site| caller.scope.reaches(site.hub.id)).collect();
        let zone = within.first().ok_or(OpsError::NoHub)?.zone;
        let hubs: Vec<_> = within.iter().map(|site| site.hub.id).collect();
        let mut conn = self.0.database.read().await?;
        let skip = PAGE as i64 * (i64::from(page.max(1)) - 1);
        let mut events = erasure::latest(&mut conn, &hubs, skip, PAGE as i64 + 1).await?;
        let more = events.len() > PAGE;
        events.truncate(PAGE);
        let ids: Vec<_> = events.iter().filter_map(|event| event.fact.subjects().order).collect();
        let orders = store::orders::many(&mut conn, &ids).await?;
        let references: HashMap<_, _> = orders.into_iter().map(|order| (order.id, order.reference)).collect();
        let names = store::people::names(&mut conn).await?;
        let row = |event: &Event| {
            let order = event.fact.subjects().order?;
            let site = within.iter().find(|site| site.hub.id == event.hub);
            let zone = site.map_or(zone, |site| site.zone);
            let hub = site.filter(|_| within.len() > 1).map(|site| site.hub.name.clone());
            let reference = references.get(&order).cloned().unwrap_or_default();
            Some(Erasure { hub, ..line(event, order, reference, &names, zone) })
        };
        Ok(ErasuresView {
            as_of: zone.moment(self.now()),
            rows: events.iter().filter_map(row).collect(),
            more,
        })
    }
}

fn line(
    event: &Event,
    order: OrderId,
    reference: String,
    names: &HashMap<PersonId, String>,
    zone: Zone,
) -> Erasure {
    let by = match event.actor {
        Actor::Person(id) => names.get(&id).cloned(),
        _ => None,
    };
    Erasure { at: zone.moment(event.occurred_at), by, order, reference, hub: None }
}

/// Orders with what each holds of its recipient.
async fn listed(conn: &mut Conn, orders: &[Order], zone: Zone) -> Result<Vec<RecipientOrder>> {
    let ids: Vec<_> = orders.iter().map(|order| order.id).collect();
    let written = erasure::written_about(conn, &ids).await?;
    let mut shops = HashMap::new();
    let mut rows = vec![];
    for order in orders {
        if let Entry::Vacant(place) = shops.entry(order.shop) {
            place.insert(store::orders::shop_name(conn, order.shop).await?.unwrap_or_default());
        }
        let about = written.iter().find(|about| about.order == order.id);
        let (notes, resolutions) = about.map_or((0, 0), |about| (about.notes, about.resolutions));
        rows.push(RecipientOrder {
            order: order.id,
            reference: order.reference.clone(),
            shop: shops.get(&order.shop).cloned().unwrap_or_default(),
            progress: progress(order.state.code()),
            window: zone.span(order.promise.latest),
            open: order.clone().erase().is_err(),
            holds: held(order, notes, resolutions),
        });
    }
    Ok(rows)
}

fn held(order: &Order, notes: i64, resolutions: i64) -> Vec<Held> {
    let recipient = &order.recipient;
    let all = [
        (!recipient.name.is_empty(), Held::Name),
        (!recipient.phone.is_empty(), Held::Phone),
        (recipient.email.is_some(), Held::Email),
        (recipient.language.is_some(), Held::Language),
        (!order.address.text.is_empty(), Held::Address),
        (!order.notes.is_empty(), Held::Notes),
        (!order.items.is_empty(), Held::Items),
        (notes > 0, Held::DriverNotes(notes)),
        (resolutions > 0, Held::Resolutions(resolutions)),
    ];
    all.into_iter().filter_map(|(is_there, what)| is_there.then_some(what)).collect()
}
