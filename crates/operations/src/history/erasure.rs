//! Forgetting a recipient for good. What the day came to stays: figures, stories and the ledger are made of facts, which hold
//! nobody's name.

use crate::{Caller, Operations, OpsError, Result};
use domain::{Fact, Order, OrderId};
use store::erasure;

/// What was erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    /// The references of the orders whose recipient is forgotten, those included for which that was so before.
    pub erased: Vec<String>,
    /// The references of orders for the same phone that are still to be delivered, and were left alone.
    pub left: Vec<String>,
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

    /// Forgets name, phone, address and exact place of an order, and what people wrote about it; with `same_phone` also of
    /// every other order for its phone. An order that is still to be delivered is refused, and left alone where it is not the
    /// one that was named.
    pub async fn erase_recipient(&self, caller: &Caller, order: OrderId, same_phone: bool) -> Result<Erased> {
        caller.must_keep_keys()?;
        once_more!(self.erase(caller, order, same_phone).await)
    }

    async fn erase(&self, caller: &Caller, named: OrderId, same_phone: bool) -> Result<Erased> {
        let order = store::orders::get(&mut *self.0.database.read().await?, named).await?;
        let mut work = self.begin(caller, order.ok_or(OpsError::NotFound)?.hub).await?;
        let ids = match same_phone {
            true => erasure::of_same_phone(&mut work.tx, named).await?,
            false => vec![named],
        };
        let orders = store::orders::lock(&mut work.tx, &ids).await?;
        if !orders.iter().any(|o| o.id == named) {
            return Err(OpsError::NotFound);
        }
        let (mut done, mut fresh, mut left): (Vec<String>, Vec<Order>, Vec<String>) =
            (vec![], vec![], vec![]);
        for order in orders {
            let (was_known, reference) = (!order.recipient.is_erased(), order.reference.clone());
            match order.clone().erase() {
                Ok(erased) => {
                    done.push(reference);
                    fresh.extend(was_known.then_some(erased));
                }
                Err(refusal) if order.id == named => return Err(refusal.into()),
                Err(_) => left.push(reference),
            }
        }
        erasure::save(&mut work.tx, &fresh).await?;
        for order in &fresh {
            work.happened_elsewhere(order.hub, Fact::RecipientErased { order: order.id });
        }
        work.touched.orders = fresh.iter().map(|o| o.id).collect();
        (work.touched.exceptions, work.touched.plan) = (true, true);
        work.commit().await?;
        done.sort();
        left.sort();
        Ok(Erased { erased: done, left })
    }
}
