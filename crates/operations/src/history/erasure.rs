//! Forgetting a recipient for good. What the day came to stays: figures, stories and the ledger are made of facts, which hold
//! nobody's name.

use crate::{Caller, Operations, OpsError, Result};
use domain::{Fact, HubId, Order, OrderId};
use std::collections::BTreeMap;
use store::erasure;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The references of the orders whose recipient is forgotten, those included for which that was so before.
    pub erased: Vec<String>,
    /// Orders of the same recipient that are still open, and were left alone: reference and id.
    pub left: Vec<(String, OrderId)>,
}

impl Operations {
    /// The order that an id or a reference names. A reference that several shops use names none.
    pub async fn order_named(&self, caller: &Caller, which: &str) -> Result<OrderId> {
        caller.must_keep_keys()?;
        if let Ok(id) = which.parse() {
            return Ok(id);
        }
        let found = erasure::by_reference(&mut *self.0.database.read().await?, which).await?;
        match found[..] {
            [] => Err(OpsError::NotFound),
            [only] => Ok(only),
            _ => {
                let ids: Vec<_> = found.iter().map(ToString::to_string).collect();
                Err(OpsError::Invalid(format!(
                    "several shops have an order {which}: say which by its id, one of {}",
                    ids.join(", ")
                )))
            }
        }
    }

    /// Forgets name, phone, address and exact place of an order, and what people wrote about it; with `all` also of every other
    /// order of the same recipient, by phone or e-mail address. An order that is still open is refused, and left
    /// alone where it is not the one that was named.
    pub async fn erase_recipient(&self, caller: &Caller, order: OrderId, all: bool) -> Result<Erased> {
        caller.must_keep_keys()?;
        once_more!(self.erase(caller, order, all).await)
    }

    async fn erase(&self, caller: &Caller, named: OrderId, all: bool) -> Result<Erased> {
        let mut conn = self.0.database.read().await?;
        let ids = if all { erasure::of_same_recipient(&mut conn, named).await? } else { vec![named] };
        let mut hubs: BTreeMap<HubId, Vec<OrderId>> = BTreeMap::new();
        for order in store::orders::many(&mut conn, &ids).await? {
            if order.id == named {
                caller.reach(order.hub)?;
            }
            if caller.reach(order.hub).is_ok() {
                hubs.entry(order.hub).or_default().push(order.id);
            }
        }
        drop(conn);
        // The hub of the order that was named comes first: a refusal leaves everything as it was.
        let mut hubs: Vec<_> = hubs.into_iter().collect();
        hubs.sort_by_key(|(_, ids)| !ids.contains(&named));
        if !hubs.first().is_some_and(|(_, ids)| ids.contains(&named)) {
            return Err(OpsError::NotFound);
        }
        let mut all = Erased { erased: vec![], left: vec![] };
        for (hub, ids) in hubs {
            self.erase_at(caller, hub, &ids, named, &mut all).await?;
        }
        all.erased.sort();
        all.left.sort();
        Ok(all)
    }

    async fn erase_at(
        &self,
        caller: &Caller,
        hub: HubId,
        ids: &[OrderId],
        named: OrderId,
        all: &mut Erased,
    ) -> Result<()> {
        let mut work = self.begin(caller, hub).await?;
        let (mut fresh, mut erased, mut left): (Vec<Order>, Vec<String>, Vec<(String, OrderId)>) =
            (vec![], vec![], vec![]);
        for order in store::orders::lock(&mut work.tx, ids).await? {
            let (was_known, reference) = (!order.recipient.is_erased(), order.reference.clone());
            let id = order.id;
            match order.erase() {
                Ok(forgotten) => {
                    erased.push(reference);
                    fresh.extend(was_known.then_some(forgotten));
                }
                Err(refusal) if id == named => return Err(refusal.into()),
                Err(_) => left.push((reference, id)),
            }
        }
        erasure::save(&mut work.tx, &fresh).await?;
        for order in &fresh {
            work.happened(Fact::RecipientErased { order: order.id });
        }
        work.touched.orders = fresh.iter().map(|o| o.id).collect();
        (work.touched.exceptions, work.touched.plan) = (true, true);
        work.commit().await?;
        all.erased.extend(erased);
        all.left.extend(left);
        Ok(())
    }
}
