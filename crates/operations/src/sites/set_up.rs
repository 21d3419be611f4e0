//! Setting up a hub with its shops and vehicles.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{
        bounds::{self, MOST_G, MOST_ML},
        clock::new_id,
        secrets::new_secret,
        zone::Zone,
    },
};
use domain::{
    Coordinate, Driver, DriverId, Fact, Hub, HubId, JoinedVehicle, Scope, Shop, ShopId, Skills, Vehicle,
    VehicleId, VehicleState,
};
use std::collections::HashSet;
use store::{
    changes::{self, Change},
    devices, hubs,
    keys::{self, KeyHolder, Making},
    shops, vehicles,
};
use wire::machine::{NamedKey, SetUp, SetUpAnswer, SetUpHub, VehicleToken};

const MOST_VEHICLES: usize = 5_000;
const MOST_SHOPS: usize = 1_000;
const MOST_NAME: usize = 80;

impl Operations {
    /// Sets up a hub with its shops and vehicles, or renews it; answers new keys, and revokes the devices' old ones.
    pub async fn set_up(&self, caller: &Caller, ask: SetUp) -> Result<SetUpAnswer> {
        caller.must_be_machine()?;
        let at = place(ask.hub.at).map_err(OpsError::Invalid)?;
        Zone::parse(&ask.hub.zone).map_err(|e| OpsError::Invalid(format!("hub.zone: {e}")))?;
        let ask = read(ask).map_err(OpsError::Invalid)?;
        bounds::near_streets(at, at, self.0.roads.as_ref())
            .map_err(|why| OpsError::Invalid(format!("hub.{why}")))?;
        once_more!(self.set_up_once(caller, ask.clone(), at).await)
    }

    async fn set_up_once(&self, caller: &Caller, ask: SetUp, at: Coordinate) -> Result<SetUpAnswer> {
        let known = hubs::all(&mut *self.0.database.read().await?).await?;
        let id = which_hub(&known, &ask.hub)?;
        let mut work = self.begin(caller, id).await?;
        let (tx, made) = (&mut work.tx, self.0.clock.real_now());
        // Two first set-ups at once would make two hubs.
        store::locks::set_up(tx).await?;
        // Who else writes vehicles and their drivers holds the roster.
        store::locks::RosterLock::take(tx).await?;
        let known = hubs::all(tx).await?;
        let is_first = !ask.hub.another && !known.iter().any(|hub| hub.id == id);
        if is_first && !known.is_empty() {
            // Somebody else was first; tried again it renews that hub.
            return Err(OpsError::Busy);
        }
        let hub = Hub { id, name: ask.hub.name, at, zone: ask.hub.zone, plan_at: ask.hub.plan_at };
        hubs::save(tx, &hub).await.map_err(taken)?;
        let known = vehicles::of_hub(tx, hub.id).await?;

        let (mut shops, mut vehicles, mut joined) = (vec![], vec![], vec![]);
        let mut renewed = HashSet::new();
        for name in ask.shops {
            let id = shops::save(tx, &Shop { id: ShopId(new_id()), name: name.clone() }).await?;
            let (key, hash) = new_secret()?;
            keys::save(tx, &hash, KeyHolder::Shop(id), made, Making::default()).await?;
            shops.push(NamedKey { name, key });
        }
        for v in ask.vehicles {
            let before = which_vehicle(&known, &v)?;
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
                skills: match v.skills {
                    Some(codes) => Skills::parse(&codes)?,
                    None => before.map(|b| b.skills.clone()).unwrap_or_default(),
                },
                state: before.map_or(VehicleState::Available, |b| b.state.clone()),
            };
            if !renewed.insert(vehicle.id) {
                return Err(OpsError::Invalid(format!(
                    "vehicles: {} is in the list under another label too",
                    vehicle.label
                )));
            }
            vehicles::save(tx, &vehicle).await.map_err(taken)?;
            let (key, hash) = new_secret()?;
            devices::save(tx, &hash, vehicle.id, made).await?;
            vehicles.push(VehicleToken { id: vehicle.id, name: vehicle.label.clone(), key });
            joined.push(vehicle);
        }
        let scope = Scope::Hubs(vec![id]);
        changes::remember(&mut work.tx, made, None, Change::of_hub(&scope)).await?;
        for vehicle in joined {
            work.happened(Fact::VehicleJoined { vehicle: Box::new(JoinedVehicle::of(&vehicle)) });
        }
        work.touched.all = true;
        work.commit().await?;
        self.0.devices.forget();
        self.read_sites().await?;
        Ok(SetUpAnswer { hub: hub.id, shops, vehicles })
    }
}

/// Where the hub is; what cannot be on earth is named.
fn place(at: wire::Point) -> Result<Coordinate, String> {
    let field = if at.lat.abs() <= 90.0 { "lon" } else { "lat" };
    Coordinate::parse(at.lat, at.lon).map_err(|e| format!("hub.at.{field}: {e}"))
}

/// A name is only a name: without an id it is the hub there is, unless another one is wanted or there are several.
fn which_hub(known: &[Hub], ask: &SetUpHub) -> Result<HubId> {
    match (ask.id, known) {
        (Some(_), _) if ask.another => Err(OpsError::Invalid(
            "hub: another hub gets an id of its own; leave the id out, or leave `another` out to renew the hub with this id".into(),
        )),
        (None, _) if ask.another => Ok(HubId(new_id())),
        (None, []) => Ok(HubId(new_id())),
        (None, [only]) => Ok(only.id),
        (None, _) => Err(OpsError::Invalid(
            "hub.id: there are several hubs; send the id that the set-up answered, or `another` for one more".into(),
        )),
        (Some(id), _) if known.iter().any(|hub| hub.id == id) => Ok(id),
        (Some(id), _) => Err(OpsError::Invalid(format!(
            "hub.id: there is no hub {}; leave the id out to set up the one there is",
            id.0
        ))),
    }
}

fn which_vehicle<'a>(known: &'a [Vehicle], ask: &wire::machine::SetUpVehicle) -> Result<Option<&'a Vehicle>> {
    let Some(id) = ask.id else { return Ok(known.iter().find(|v| v.label == ask.label)) };
    known.iter().find(|v| v.id == id).map(Some).ok_or_else(|| {
        OpsError::Invalid(format!(
            "vehicles: {} has the id {}, which no vehicle of this hub has; leave it out for a new vehicle",
            ask.label, id.0
        ))
    })
}

/// Says whose name is taken already.
fn taken(error: store::StoreError) -> OpsError {
    let whose = match error.constraint() {
        Some("hubs_name_key") => "hub.name: another hub has this name; choose another",
        Some("vehicles_label_key") => {
            "vehicles: another vehicle of this hub has one of these labels; rename that one first"
        }
        _ => return error.into(),
    };
    OpsError::Invalid(whose.to_owned())
}

/// Reads names and measures; the first that cannot be is named.
fn read(ask: SetUp) -> Result<SetUp, String> {
    let SetUp { mut hub, shops, vehicles } = ask;
    if vehicles.len() > MOST_VEHICLES || shops.len() > MOST_SHOPS {
        return Err(format!("a hub has at most {MOST_VEHICLES} vehicles and {MOST_SHOPS} shops"));
    }
    hub.name = bounds::text("hub.name", &hub.name, MOST_NAME)?;
    let mut seen = HashSet::new();
    let mut once = |of: &str, name: String| {
        if seen.insert(format!("{of} {name}")) { Ok(name) } else { Err(format!("{of}: {name} stands twice")) }
    };
    let shops = shops
        .iter()
        .map(|name| once("shops", bounds::text("a shop's name", name, MOST_NAME)?))
        .collect::<Result<_, _>>()?;
    let mut read_one = |mut v: wire::machine::SetUpVehicle| {
        v.label = once("vehicles", bounds::text("a vehicle's label", &v.label, MOST_NAME)?)?;
        v.driver = bounds::text("a driver's name", &v.driver, MOST_NAME)?;
        if !(1..=MOST_G).contains(&v.capacity_g) || !(1..=MOST_ML).contains(&v.capacity_ml) {
            return Err(format!(
                "vehicles: {} needs capacity_g from 1 to {MOST_G} (100 t) and capacity_ml from 1 to {MOST_ML} (1,000 m³)",
                v.label
            ));
        }
        if let Some(Err(e)) = v.skills.as_ref().map(|codes| Skills::parse(codes)) {
            return Err(format!("vehicles: the skills of {} cannot be read: {e}", v.label));
        }
        if v.shift_from == v.shift_until {
            return Err(format!(
                "vehicles: the shift of {} begins and ends at the same time; one that passes midnight ends at an earlier time than it begins",
                v.label
            ));
        }
        Ok(v)
    };
    let vehicles = vehicles.into_iter().map(&mut read_one).collect::<Result<_, _>>()?;
    Ok(SetUp { hub, shops, vehicles })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(change: impl FnOnce(&mut serde_json::Value)) -> Result<SetUp, String> {
        let van = |label: &str| {
            serde_json::json!({ "label": label, "kind": "diesel_van", "driver": "Driver", "capacity_g": 500_000,
                "capacity_ml": 4_000_000, "shift_from": "07:30:00", "shift_until": "16:30:00" })
        };
        let mut ask = serde_json::json!({
            "hub": { "name": "Hub", "at": { "lat": 35.9, "lon": 14.5 }, "zone": "Europe/Malta", "plan_at": "07:00:00" },
            "shops": ["Books", "Pets"], "vehicles": [van("Van 01"), van("Van 02")],
        });
        change(&mut ask);
        read(serde_json::from_value(ask).unwrap())
    }

    #[test]
    fn a_hub_is_on_earth() {
        let field = |lat, lon| place(wire::Point { lat, lon }).unwrap_err();
        assert!(place(wire::Point { lat: 35.9, lon: 14.5 }).is_ok());
        assert!(field(95.0, 14.5).starts_with("hub.at.lat: "), "{}", field(95.0, 14.5));
        assert!(field(35.9, 181.0).starts_with("hub.at.lon: "), "{}", field(35.9, 181.0));
        assert!(field(f64::NAN, 14.5).starts_with("hub.at.lat: "));
    }

    #[test]
    fn what_cannot_be_set_up_is_named() {
        assert!(ask(|_| {}).is_ok());
        let refused = |pointer: &str, value: serde_json::Value| {
            ask(|ask| *ask.pointer_mut(pointer).unwrap() = value).unwrap_err()
        };
        assert!(refused("/vehicles/0/capacity_g", i64::MAX.into()).contains("Van 01"));
        assert!(refused("/vehicles/1/capacity_ml", 0.into()).contains("Van 02"));
        assert!(refused("/vehicles/1/label", "Van 01".into()).contains("twice"));
        assert!(refused("/vehicles/1/label", "".into()).contains("label"));
        assert!(refused("/vehicles/1/driver", "x".repeat(20_000).into()).contains("driver"));
        assert!(refused("/shops/1", "Books ".into()).contains("twice"));
        assert!(refused("/shops/1", "a\0b".into()).contains("shop"));
        assert!(refused("/hub/name", "\u{202e}".into()).contains("hub.name"));
        assert!(refused("/vehicles/0/shift_until", "07:30:00".into()).contains("shift"));
        let skills = refused(
            "/vehicles/1",
            serde_json::json!({ "label": "Van 02", "kind": "diesel_van",
            "driver": "Driver", "capacity_g": 1, "capacity_ml": 1, "shift_from": "07:30:00",
            "shift_until": "16:30:00", "skills": ["two words"] }),
        );
        assert!(skills.contains("Van 02") && skills.contains("short code"), "{skills}");
    }
}
