//! Looking after the keys of shops' and administrators' systems and of vehicles' devices.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::keeping::{names_of, zone_of},
    base::{bounds, secrets::new_secret},
};
use domain::{AccountChange, HubId, KeyKind};
use store::{
    Tx,
    changes::{self, Change},
    devices, hubs,
    keys::{self, KeyHolder, Labelled, Making},
};
use wire::{
    AccountFault,
    staff::people::{KeyLine, KeysView, MadeKey, MakeKey},
};

const MOST_NAME: usize = 80;
/// Keys on one page.
const ROWS: i64 = 50;
/// Shops and vehicles that are suggested, of each.
const SUGGESTED: i64 = 200;

impl Operations {
    /// Keys and devices whose name, id or holder holds `text`: those that open something, or those that are `revoked`; a page
    /// from 1 on.
    pub async fn keys_page(&self, caller: &Caller, text: &str, revoked: bool, page: u32) -> Result<KeysView> {
        caller.keeper()?;
        let text: String = text.trim().chars().filter(|c| !c.is_control()).take(MOST_NAME).collect();
        let mut conn = self.0.database.read().await?;
        let hubs = hubs::all(&mut conn).await?;
        let zone = zone_of(&hubs)?;
        let skip = i64::from(page.saturating_sub(1)) * ROWS;
        let mut rows = keys::page(&mut conn, Some(revoked), &text, skip, ROWS + 1).await?;
        let more = rows.len() as i64 > ROWS;
        rows.truncate(ROWS as usize);
        let holders = keys::holders(&mut conn, SUGGESTED).await?;
        let of = |kind: KeyKind| {
            holders.iter().filter(|(of, _)| *of == kind).map(|(_, name)| name.clone()).collect()
        };
        let row = |key: keys::Listed| KeyLine {
            kind: KeyKind::parse(&key.kind).unwrap_or(KeyKind::Administrator),
            id: key.id,
            name: key.name,
            holder: key.holder,
            made: zone.moment(key.created_at),
            made_by: key.made_by,
            used: key.last_used_at.map(|at| zone.moment(at)),
            revoked: key.revoked_at.map(|at| zone.moment(at)),
        };
        Ok(KeysView {
            as_of: zone.moment(self.0.clock.real_now()),
            rows: rows.into_iter().map(row).collect(),
            more,
            shops: of(KeyKind::Shop),
            vehicles: of(KeyKind::Vehicle),
            hubs: names_of(hubs),
        })
    }

    /// Makes a key, which is answered this once. A vehicle's earlier devices keep theirs.
    pub async fn make_key(&self, caller: &Caller, ask: MakeKey) -> Result<MadeKey> {
        let by = caller.keeper()?;
        let text = |name: &str, fault: AccountFault| {
            bounds::text("a name", name, MOST_NAME).map_err(|_| OpsError::from(fault))
        };
        let name = text(&ask.name, AccountFault::KeyUnnamed)?;
        let holder = match ask.kind {
            KeyKind::Administrator => String::new(),
            _ => text(&ask.holder, AccountFault::NoSuchHolder)?,
        };
        let (secret, hash) = new_secret()?;
        let (now, making) = (self.0.clock.real_now(), Making { name: Some(&name), by });
        let mut tx = self.0.database.begin().await?;
        let holder = match ask.kind {
            KeyKind::Administrator => {
                keys::save(&mut tx, &hash, KeyHolder::Administrator, now, making).await?;
                holder
            }
            KeyKind::Shop => {
                let shop = keys::shop_named(&mut tx, &holder).await?;
                let (shop, name) = shop.ok_or(AccountFault::NoSuchHolder)?;
                keys::save(&mut tx, &hash, KeyHolder::Shop(shop), now, making).await?;
                name
            }
            KeyKind::Vehicle => {
                let meant = the_vehicle(keys::vehicles_named(&mut tx, &holder).await?, ask.hub)?;
                devices::add(&mut tx, &hash, meant.vehicle, now, &name, by).await?;
                meant.label
            }
        };
        self.key_changed(&mut tx, caller, AccountChange::KeyMade, &keys::id_of(&hash)).await?;
        tx.commit().await?;
        Ok(MadeKey { kind: ask.kind, name, holder, secret })
    }

    /// Revokes the key or device of this id, from [`Operations::keys_page`]: from now on it opens nothing.
    pub async fn revoke_key(&self, caller: &Caller, id: &str) -> Result<()> {
        caller.keeper()?;
        if id.len() != 16 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(OpsError::NotFound);
        }
        let mut tx = self.0.database.begin().await?;
        if !keys::revoke_one(&mut tx, id, self.0.clock.real_now()).await? {
            let known = keys::is_known(&mut tx, id).await?;
            return Err(if known { AccountFault::KeyRevoked.into() } else { OpsError::NotFound });
        }
        self.key_changed(&mut tx, caller, AccountChange::KeyRevoked, id).await?;
        tx.commit().await?;
        self.0.devices.forget();
        Ok(())
    }

    /// Remembers what was done to a key, and says so in the log; the command line says it to who typed it.
    pub(super) async fn key_changed(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        what: AccountChange,
        id: &str,
    ) -> Result<()> {
        let change = Change::of_key(id, what);
        let by = caller.keeper()?;
        changes::remember(tx, self.0.clock.real_now(), by, change).await?;
        if let Some(by) = by {
            tracing::info!(%by, key = id, "{}", what.code());
        }
        Ok(())
    }
}

/// The one vehicle that is meant; where two hubs have one of that label, the hub says which.
fn the_vehicle(found: Vec<Labelled>, hub: Option<HubId>) -> Result<Labelled> {
    let mut meant = found.into_iter().filter(|one| hub.is_none_or(|hub| one.hub == hub));
    match (meant.next(), meant.next()) {
        (None, _) => Err(AccountFault::NoSuchHolder.into()),
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(AccountFault::WhichHub.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::VehicleId;
    use uuid::Uuid;

    #[test]
    fn a_label_that_two_hubs_use_needs_the_hub() {
        let (one, other) = (HubId(Uuid::from_u128(1)), HubId(Uuid::from_u128(2)));
        let van =
            |n, hub| Labelled { vehicle: VehicleId(Uuid::from_u128(n)), hub, label: "Van 01".to_owned() };
        let fault = |found, hub| match the_vehicle(found, hub) {
            Err(OpsError::Account(fault)) => fault,
            other => panic!("was not refused: {other:?}"),
        };
        assert_eq!(the_vehicle(vec![van(7, one)], None).unwrap(), van(7, one));
        assert_eq!(the_vehicle(vec![van(7, one), van(8, other)], Some(other)).unwrap(), van(8, other));
        assert_eq!(fault(vec![van(7, one), van(8, other)], None), AccountFault::WhichHub);
        assert_eq!(fault(vec![van(7, one)], Some(other)), AccountFault::NoSuchHolder);
        assert_eq!(fault(vec![], None), AccountFault::NoSuchHolder);
    }
}
