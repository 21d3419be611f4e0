//! Setting up a hub with its shops and vehicles.

use crate::{Caller, Operations, OpsError, Result, clock::new_id, secrets::new_secret, zone::Zone};
use domain::{
    Coordinate, Driver, DriverId, Event, Fact, Hub, HubId, Shop, ShopId, Source, Vehicle, VehicleId,
    VehicleState,
};
use std::collections::HashMap;
use store::fleet::{self, KeyHolder};
use wire::api::{NamedKey, SetUp, SetUpAnswer};

const MOST_VEHICLES: usize = 5_000;

impl Operations {
    /// Sets up a hub with its shops and vehicles, or renews it; answers new keys, and revokes the devices' old ones.
    pub async fn set_up(&self, caller: &Caller, ask: SetUp) -> Result<SetUpAnswer> {
        caller.must_be_machine()?;
        let at = Coordinate::parse(ask.hub.at.lat, ask.hub.at.lon)?;
        Zone::parse(&ask.hub.zone)?;
        if ask.vehicles.len() > MOST_VEHICLES
            || ask.vehicles.iter().any(|v| v.capacity_g <= 0 || v.capacity_ml <= 0)
        {
            return Err(OpsError::Invalid(format!(
                "a hub has at most {MOST_VEHICLES} vehicles, and each holds more than nothing"
            )));
        }
        if ask.vehicles.iter().any(|v| v.shift_from >= v.shift_until) {
            return Err(OpsError::Invalid("each shift must end after it begins".into()));
        }

        let mut tx = self.0.database.begin().await?;
        let now = self.now();
        let hub =
            Hub { id: HubId(new_id()), name: ask.hub.name, at, zone: ask.hub.zone, plan_at: ask.hub.plan_at };
        let hub = fleet::save_hub(&mut tx, &hub).await?;
        let known: HashMap<_, _> =
            fleet::vehicles(&mut tx, hub.id).await?.into_iter().map(|v| (v.label.clone(), v)).collect();

        let (mut shops, mut vehicles, mut events) = (vec![], vec![], vec![]);
        for name in ask.shops {
            let id = fleet::save_shop(&mut tx, &Shop { id: ShopId(new_id()), name: name.clone() }).await?;
            let (key, hash) = new_secret()?;
            fleet::save_key(&mut tx, &hash, KeyHolder::Shop(id), now).await?;
            shops.push(NamedKey { name, key });
        }
        for v in ask.vehicles {
            let before = known.get(&v.label);
            let vehicle = Vehicle {
                id: before.map_or_else(|| VehicleId(new_id()), |b| b.id),
                hub: hub.id,
                label: v.label,
                kind: v.kind,
                capacity_g: v.capacity_g,
                capacity_ml: v.capacity_ml,
                shift_from: v.shift_from,
                shift_until: v.shift_until,
                driver: Driver {
                    id: before.map_or_else(|| DriverId(new_id()), |b| b.driver.id),
                    name: v.driver,
                },
                state: before.map_or(VehicleState::Available, |b| b.state.clone()),
            };
            fleet::save_vehicle(&mut tx, &vehicle).await?;
            let (key, hash) = new_secret()?;
            fleet::save_device(&mut tx, &hash, vehicle.id, now).await?;
            vehicles.push(NamedKey { name: vehicle.label.clone(), key });
            events.push(Event {
                occurred_at: now,
                recorded_at: now,
                source: Source::Api,
                actor: caller.who,
                hub: hub.id,
                fact: Fact::VehicleJoined { vehicle: Box::new(vehicle) },
            });
        }
        store::events::append(&mut tx, &events).await?;
        tx.commit().await?;

        self.0.live.touch_all();
        Ok(SetUpAnswer { shops, vehicles })
    }
}
