//! Shops place orders.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{
        bounds::{self, label, one_line, text},
        clock::new_id,
        turns::aside,
    },
    orders::asked::{self, Fleet, Fleets},
    sites::hubs::Site,
};
use ::roads::{Addresses, Doubt};
use domain::{
    Actor, Address, ConsignmentId, Coordinate, Day, Fact, HubId, Instant, Order, OrderId, OrderState,
    Package, PackageId, PlacedOrder, Promise, Recipient, ShopId, Zone,
};
use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};
use wire::{
    Point,
    machine::{PlaceOrder, PlaceOrderResult, PlaceOrders, PlaceOrdersAnswer, PlaceStatus},
};

/// How many orders one request may place.
pub const MOST_ORDERS: usize = 1_000;
/// Coordinates closer than this are the same door.
const SAME_DOOR_M: f64 = 1.0;
const USUAL_SERVICE_S: i32 = 120;
const MOST_PACKAGES: usize = 50;
const MOST_TEXT: usize = 300;
const MOST_REFERENCE: usize = 64;
const MOST_PHONE: usize = 40;
/// An address that was looked up is taken from this confidence on.
const SURE: f32 = 0.75;
/// So many addresses are looked up in one request: a service outside takes its time.
const MOST_LOOKED_UP: usize = 100;

impl Operations {
    /// Stores a shop's orders; each gets its own answer. One sent before under its reference changes
    /// nothing, and its answer names what is sent otherwise.
    pub async fn place_orders(&self, caller: &Caller, ask: PlaceOrders) -> Result<PlaceOrdersAnswer> {
        let shop = match caller.who {
            Actor::Shop(shop) => shop,
            Actor::Machine => {
                return Err(OpsError::WrongKey(
                    "orders are placed with the key of a shop, which set-up answers",
                ));
            }
            _ => return Err(OpsError::NotSignedIn),
        };
        let asked = match ask {
            PlaceOrders::Bulk { orders } => orders,
            PlaceOrders::Single(order) => vec![*order],
        };
        if asked.len() > MOST_ORDERS {
            return Err(OpsError::Invalid(format!("send at most {MOST_ORDERS} orders in one request")));
        }

        let sent = asked.clone();
        let mut fleets = self.fleets(&sent).await?;
        let references: Vec<String> = asked.iter().map(|order| order.reference.clone()).collect();
        let known = self.known_orders(shop, &references).await?;
        // What is known is not judged again: its window may have passed since, and the map may have changed.
        let asked =
            asked.into_iter().filter(|order| !known.contains_key(&one_line(&order.reference))).collect();
        let sites = self.sites().await?;
        if sites.is_empty() {
            return Err(OpsError::NoHub);
        }
        let mut closed = vec![];
        for site in sites.iter() {
            let mut conn = self.0.database.read().await?;
            closed.push(store::service_days::last_closed(&mut conn, site.hub.id).await?);
        }
        let now = self.now();
        // Nowhere is it an earlier day than yesterday of UTC.
        let yesterday = now.date_naive().pred_opt().unwrap_or_default();
        let zones = store::zones::from_day_on(&mut *self.0.database.read().await?, yesterday).await?;
        let asked = self.look_up(asked, sites.clone(), zones).await?;

        let mut seen = HashSet::new();
        let mut read_one = |(order, located): (PlaceOrder, Located)| {
            if seen.insert(one_line(&order.reference)) {
                let (at, site) = located?;
                let site_of = &sites[site];
                let order = read_order(order, at, shop, (site_of, fleets.get(&site_of.hub.id)), now)?;
                if closed[site].is_some_and(|closed| order.day <= closed) {
                    return Err(day_closed(order.day));
                }
                Ok(order)
            } else {
                Err("this reference stands twice in the request".to_owned())
            }
        };
        let read: Vec<std::result::Result<Order, String>> = asked.into_iter().map(&mut read_one).collect();
        let good: Vec<Order> = read.iter().filter_map(|r| r.as_ref().ok().cloned()).collect();
        self.add_fleets(&mut fleets, good.iter().map(|order| order.hub)).await?;

        let mut stored = HashMap::new();
        for site in sites.iter() {
            let mut own: Vec<Order> = good.iter().filter(|order| order.hub == site.hub.id).cloned().collect();
            if own.is_empty() {
                continue;
            }
            self.0.pauses.at("place").await;
            let mut work = self.begin(caller, site.hub.id).await?;
            // A day may have closed since it was looked at; from here on none of these does.
            store::locks::hold_days(&mut work.tx, site.hub.id, own.iter().map(|order| order.day)).await?;
            let closed = store::service_days::last_closed(&mut work.tx, site.hub.id).await?;
            own.retain(|order| closed.is_none_or(|closed| order.day > closed));
            let ids = store::orders::insert(&mut work.tx, &own).await?;
            for order in own {
                if ids.get(&(shop, order.reference.clone())) == Some(&order.id) {
                    work.happened_at(
                        order.placed_at,
                        Fact::OrderPlaced { order: Box::new(PlacedOrder::of(&order)) },
                    );
                }
            }
            work.touched.counts = true;
            self.0.pauses.at("placed").await;
            work.commit().await?;
            stored.extend(ids);
        }
        let mut read = read.into_iter();
        let mut answer = |reference: String| {
            let old = known.get(&one_line(&reference)).copied();
            let (result, order, hub, why) = match (old, if old.is_none() { read.next() } else { None }) {
                (None, Some(Err(why))) => (PlaceStatus::Refused, None, None, Some(why)),
                (None, Some(Ok(new))) => {
                    let lacks = fleets.get(&new.hub).and_then(|fleet| fleet.lacks(&new));
                    let (day, hub, id) = (new.day, new.hub, stored.get(&(shop, new.reference)).copied());
                    match id {
                        Some(id) if id == new.id => (PlaceStatus::Placed, Some(id), Some(hub), lacks),
                        Some(_) => (PlaceStatus::Known, id, None, None),
                        None => (PlaceStatus::Refused, None, None, Some(day_closed(day))),
                    }
                }
                (old, _) => (PlaceStatus::Known, old, None, None),
            };
            PlaceOrderResult { reference, result, order, hub, why }
        };
        let mut results: Vec<_> = references.into_iter().map(&mut answer).collect();
        self.say_what_is_known(&sent, &mut fleets, &mut results).await?;
        Ok(PlaceOrdersAnswer { results })
    }

    /// A reference that is known is not stored again: its hub is named, what was sent otherwise under it, and why no vehicle can
    /// take it.
    async fn say_what_is_known(
        &self,
        sent: &[PlaceOrder],
        fleets: &mut Fleets,
        results: &mut [PlaceOrderResult],
    ) -> Result<()> {
        let known: Vec<_> =
            results.iter().filter(|r| r.result == PlaceStatus::Known).filter_map(|r| r.order).collect();
        let stored = store::orders::many(&mut *self.0.database.read().await?, &known).await?;
        let waits = |order: &&Order| order.state == OrderState::Placed;
        self.add_fleets(fleets, stored.iter().filter(waits).map(|order| order.hub)).await?;
        let stored: HashMap<_, _> = stored.iter().map(|order| (order.id, order)).collect();
        for (sent, result) in sent.iter().zip(results) {
            let Some(order) = result.order.and_then(|id| stored.get(&id)) else { continue };
            result.hub = Some(order.hub);
            let other = differences(sent, order, fleets);
            if other.is_empty() {
                let fleet = fleets.get(&order.hub).filter(|_| waits(order));
                result.why = fleet.and_then(|fleet| fleet.lacks(order));
            } else {
                result.why = Some(format!(
                    "this reference was placed before with another {}, and nothing was changed: send what is a new order \
                     under a new reference",
                    other.join(", ")
                ));
            }
        }
        Ok(())
    }

    /// The vehicles of the hubs, if any order names some.
    async fn fleets(&self, asked: &[PlaceOrder]) -> Result<Fleets> {
        let mut fleets = Fleets::new();
        if asked.iter().any(Fleet::is_named_in) {
            self.add_fleets(&mut fleets, self.sites().await?.iter().map(|site| site.hub.id)).await?;
        }
        Ok(fleets)
    }

    /// Reads the vehicles of hubs of which they are not known yet.
    async fn add_fleets(&self, fleets: &mut Fleets, hubs: impl Iterator<Item = HubId>) -> Result<()> {
        for hub in hubs {
            if let Entry::Vacant(place) = fleets.entry(hub) {
                let mut conn = self.0.database.read().await?;
                place.insert(Fleet::of(store::vehicles::of_hub(&mut conn, hub).await?));
            }
        }
        Ok(())
    }

    async fn known_orders(&self, shop: ShopId, references: &[String]) -> Result<HashMap<String, OrderId>> {
        // The database refuses text with a zero in it; reading the order says so in words.
        let asked = references.iter().map(|reference| one_line(reference));
        let asked: Vec<_> = asked.filter(|reference| !reference.contains('\0')).collect();
        let mut conn = self.0.database.read().await?;
        let known = store::orders::by_references(&mut conn, &vec![shop.0; asked.len()], &asked).await?;
        Ok(known.into_iter().map(|((_, reference), id)| (reference, id)).collect())
    }

    /// Finds the doors of orders that do not say where they are, the hub that serves each, and sees to it that its vehicles
    /// can come near the door.
    async fn look_up(
        &self,
        asked: Vec<PlaceOrder>,
        sites: Arc<[Site]>,
        zones: Vec<Zone>,
    ) -> Result<Vec<(PlaceOrder, Located)>> {
        let (addresses, roads) = (self.0.addresses.clone(), self.0.roads.clone());
        let locate = move || {
            let mut looked_up = 0;
            let mut door = |order: &PlaceOrder| match order.at {
                Some(at) => Ok(at),
                None if order.address.chars().count() > MOST_TEXT => {
                    Err(format!("address needs 1 to {MOST_TEXT} characters"))
                }
                None if looked_up == MOST_LOOKED_UP => Err(format!(
                    "address: at most {MOST_LOOKED_UP} are looked up in one request; send this order in another one, or with `at`"
                )),
                None => {
                    looked_up += 1;
                    located(addresses.as_deref(), &order.address)
                }
            };
            let mut near = |order: &PlaceOrder| {
                let at = door(order)?;
                let at = Coordinate::parse(at.lat, at.lon).map_err(|e| {
                    let swapped = Coordinate::parse(at.lon, at.lat).is_ok();
                    format!("at: {e}{}", if swapped { "; perhaps lat and lon are swapped" } else { "" })
                })?;
                let site = serving(&sites, &zones, order, at)?;
                Ok((bounds::near_streets(at, sites[site].hub.at, roads.as_ref())?, site))
            };
            asked.into_iter().map(|order| (near(&order), order)).map(|(at, order)| (order, at)).collect()
        };
        aside(locate).await
    }
}

/// The fields in which an order is sent otherwise than it was first placed.
fn differences(sent: &PlaceOrder, order: &Order, fleets: &Fleets) -> Vec<&'static str> {
    // Who it was for is forgotten: nobody can say whether that is the same, and nobody shall.
    let forgotten = order.recipient.is_erased();
    let sent_packages = sent.packages.iter().map(|p| (one_line(&p.barcode), p.weight_g, p.volume_ml));
    let packages = order.packages.iter().map(|p| (p.barcode.clone(), p.weight_g, p.volume_ml));
    let elsewhere = |at: Point| {
        Coordinate::parse(at.lat, at.lon).is_ok_and(|at| at.metres_to(order.address.at) > SAME_DOOR_M)
    };
    let fields = [
        ("recipient.name", !forgotten && one_line(&sent.recipient.name) != order.recipient.name),
        ("recipient.phone", !forgotten && one_line(&sent.recipient.phone) != order.recipient.phone),
        ("address", !forgotten && one_line(&sent.address) != order.address.text),
        ("at", !forgotten && sent.at.is_some_and(elsewhere)),
        ("packages", sent_packages.ne(packages)),
        ("service_s", sent.service_s.unwrap_or(USUAL_SERVICE_S) != order.service_s),
    ];
    let own = fields.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field);
    own.chain(asked::differences(sent, order, fleets)).collect()
}

/// Where an order goes, and the place of the hub that serves it in the list of hubs; or why that is not known.
type Located = std::result::Result<(Coordinate, usize), String>;

/// The hub that an order names; or else that of the zone that holds its door on the promised day; or else, when no zone holds
/// anywhere on that day, the nearest.
fn serving(
    sites: &[Site],
    zones: &[Zone],
    order: &PlaceOrder,
    at: Coordinate,
) -> std::result::Result<usize, String> {
    let place = |hub: HubId| sites.iter().position(|site| site.hub.id == hub);
    if let Some(asked) = order.hub {
        return place(asked).ok_or_else(|| {
            format!(
                "hub: there is no hub {asked}; leave it out for the hub that serves the door by its zones, or is nearest to it"
            )
        });
    }
    let metres = |site: &Site| site.hub.at.metres_to(at);
    let nearest = sites.iter().enumerate().min_by(|a, b| metres(a.1).total_cmp(&metres(b.1)));
    let (nearest, site) = nearest.ok_or("no hub has been set up")?;
    let day_at = |hub: HubId| {
        let there = place(hub).and_then(|place| sites.get(place)).unwrap_or(site);
        there.zone.day(order.window_from)
    };
    if let Some(zone) = domain::serving(zones, at, day_at) {
        // A hub that was set up through another server is known in a moment.
        return place(zone.hub)
            .ok_or_else(|| "hub: the door's hub is being set up; send it again".to_owned());
    }
    if zones.iter().any(|zone| zone.holds_on(day_at(zone.hub))) {
        let (day, lat, lon) = (day_at(site.hub.id), at.lat(), at.lon());
        return Err(format!(
            "at: no zone serves this door on {day} ({lat:.5}, {lon:.5}); name the hub that shall deliver it in `hub`, or have \
             a zone drawn there"
        ));
    }
    Ok(nearest)
}

/// The door of an address, if there is hardly a doubt about it.
pub(crate) fn located(addresses: Option<&dyn Addresses>, text: &str) -> std::result::Result<Point, String> {
    let say = |why: &str| Err(format!("address: {why}; send `at` with the door's lat and lon"));
    let Some(addresses) = addresses else { return say("addresses are not looked up here") };
    let found = match addresses.search(text, 3) {
        Ok(found) => found,
        Err(_) => return say("addresses cannot be looked up right now"),
    };
    let Some(best) = found.first() else { return say("it is not on the map") };
    let doubt = best.doubts.first().map(|doubt| match doubt {
        Doubt::NumberUnknown(number) => format!("number {number} is not on the map there"),
        Doubt::NotFound(words) => format!("{} is not on the map there", words.join(" ")),
        Doubt::Ambiguous(other) => format!("it may as well be {other}"),
        Doubt::Far(metres) => format!("the nearest address is {metres} m away"),
    });
    match doubt {
        Some(doubt) => say(&format!("the likeliest is {}, but {doubt}", best.address.text)),
        None if best.confidence < SURE => {
            say(&format!("the likeliest is {}, which is not sure", best.address.text))
        }
        None => Ok(Point { lat: best.address.at.lat, lon: best.address.at.lon }),
    }
}

/// Reads an order as it is placed at a moment.
pub(crate) fn read_order(
    order: PlaceOrder,
    at: Coordinate,
    shop: ShopId,
    (site, fleet): (&Site, Option<&Fleet>),
    now: Instant,
) -> std::result::Result<Order, String> {
    let (window, needs) = asked::read(&order, fleet.unwrap_or(&Fleet::default()), site.zone)?;
    let (email, language) = asked::reached_by(&order)?;
    let (notes, items) = (asked::notes(&order)?, asked::items(&order)?);
    if window.until() <= now {
        return Err("window_until has passed: promise a later window".to_owned());
    }
    let window = bounds::window(window, now).map_err(|e| format!("window_from: {e}"))?;
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
                barcode: label("barcode", &p.barcode, MOST_REFERENCE)?,
                weight_g: p.weight_g,
                volume_ml: p.volume_ml,
            })
        })
        .collect::<std::result::Result<Vec<_>, String>>()?;
    let mut barcodes = HashSet::new();
    if let Some(twice) = packages.iter().find(|p| !barcodes.insert(p.barcode.as_str())) {
        return Err(format!("packages: the barcode {} stands twice in this order", twice.barcode));
    }
    Ok(Order {
        id: OrderId(new_id()),
        hub: site.hub.id,
        shop,
        reference: label("reference", &order.reference, MOST_REFERENCE)?,
        recipient: Recipient {
            name: text("recipient.name", &order.recipient.name, MOST_TEXT)?,
            phone: text("recipient.phone", &order.recipient.phone, MOST_PHONE)?,
            email,
            language,
        },
        address: Address { text: text("address", &order.address, MOST_TEXT)?, at },
        day: site.zone.day(window.from()),
        promise: Promise { original: window, latest: window },
        consignment: ConsignmentId(new_id()),
        packages,
        service_s,
        needs,
        service: order.service.unwrap_or_default(),
        notes,
        items,
        placed_at: now,
        aboard: None,
        state: OrderState::Placed,
    })
}

fn day_closed(day: Day) -> String {
    format!("window_from: the hub's {day} is closed; promise a window on a later day")
}
