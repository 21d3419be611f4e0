//! Finding an order, and its whole story.

use crate::{
    Caller, Operations, OpsError, Result,
    accounts::settings,
    base::{
        convert::{lat_lon, point, profile},
        turns::aside,
        zone::Zone,
    },
    day::{
        book::DayBook,
        standing::{LatestStop, progress, standing},
    },
    orders::{
        asked,
        story::{Names, story_lines},
    },
};
use ::roads::{LatLon, Profile, TravelTimes};
use chrono::TimeDelta;
use domain::{Ability, HubId, Instant, Order, OrderId, Service, StopState};
use std::collections::{HashMap, hash_map::Entry};
use store::visits::visits;
use wire::staff::deliveries::{
    Ahead, Hindrance, HitsView, NearVehicle, OrderHit, OrderView, PackageRow, Progress,
};

const PAGE: i64 = 25;
const MOST_TEXT: usize = 200;
/// A vehicle is near that could be at the door in so many seconds; no more than these are named.
const NEAR_S: u32 = 900;
const MOST_NEAR: usize = 4;

impl Operations {
    /// Orders in which every word of `text` is a part of a word of the reference, name, address or phone; pages count
    /// from 1.
    pub async fn find_orders(&self, caller: &Caller, text: &str, page: u32) -> Result<HitsView> {
        caller.must(Ability::SeeDeliveries)?;
        let sites = self.sites().await?;
        let within: Vec<_> = sites.iter().filter(|site| caller.scope.reaches(site.hub.id)).collect();
        let zone = within.first().ok_or(OpsError::NoHub)?.zone;
        let hubs: Vec<_> = within.iter().map(|site| site.hub.id).collect();
        let mut conn = self.0.database.read().await?;
        let text: String = text.chars().filter(|c| *c != '\0').take(MOST_TEXT).collect();
        let offset = PAGE * (i64::from(page.max(1)) - 1);
        let mut found = store::search::orders(&mut conn, &hubs, &text, PAGE + 1, offset).await?;
        let more = found.len() as i64 > PAGE;
        found.truncate(PAGE as usize);
        let ids: Vec<_> = found.iter().map(|h| h.id).collect();
        let stops = store::stops::latest_of(&mut conn, &ids).await?;
        let now = self.now();
        let orders = store::orders::many(&mut conn, &ids).await?;
        let orders: HashMap<_, _> = orders.iter().map(|order| (order.id, order)).collect();
        let mut margins = HashMap::new();
        for hub in found.iter().map(|hit| hit.hub) {
            if let Entry::Vacant(place) = margins.entry(hub) {
                place.insert(settings::of(&mut conn, Some(hub)).await?.risk_margin());
            }
        }
        let margin = |hub| margins.get(&hub).copied().unwrap_or_default();
        let hits = found
            .into_iter()
            .filter_map(|found| {
                let site = within.iter().find(|site| site.hub.id == found.hub);
                let zone = site.map_or(zone, |site| site.zone);
                let (order, margin) = (orders.get(&found.id)?, margin(found.hub));
                Some(hit(order, found.shop, stops.get(&found.id), zone, (now, margin)))
            })
            .collect();
        Ok(HitsView { as_of: zone.moment(now), hits, more })
    }

    /// The orders of today that wait for a plan, the nearest end of a promise first; pages count from 1.
    pub async fn waiting_orders(&self, caller: &Caller, hub: Option<HubId>, page: u32) -> Result<HitsView> {
        caller.must(Ability::SeeDeliveries)?;
        let site = self.site_for(caller, hub).await?;
        let (hub, zone, now) = (&site.hub, site.zone, self.now());
        let mut conn = self.0.database.read().await?;
        let day = self.running_day(&mut conn, &site, now).await?;
        let waiting = store::orders::waiting_orders(&mut conn, hub.id, day).await?;
        let margin = settings::of(&mut conn, Some(hub.id)).await?.risk_margin();
        let skip = PAGE as usize * (page.max(1) as usize - 1);
        let more = waiting.len() > skip + PAGE as usize;
        let ids: Vec<_> = waiting.iter().map(|w| w.id).skip(skip).take(PAGE as usize).collect();
        let mut orders = store::orders::many(&mut conn, &ids).await?;
        orders.sort_by_key(|o| (o.promise.latest.until(), o.id));
        let mut hits = vec![];
        for order in &orders {
            let shop = store::orders::shop_name(&mut conn, order.shop).await?.unwrap_or_default();
            hits.push(hit(order, shop, None, zone, (now, margin)));
        }
        Ok(HitsView { as_of: zone.moment(now), hits, more })
    }

    /// One order's whole story.
    pub async fn order(&self, caller: &Caller, id: OrderId) -> Result<OrderView> {
        let (_, role) = caller.person()?;
        caller.must(Ability::SeeDeliveries)?;
        let mut conn = self.0.database.read().await?;
        let order = store::orders::get(&mut conn, id).await?.ok_or(OpsError::NotFound)?;
        caller.reach(order.hub)?;
        let site = self.site_of(order.hub).await?;
        let shop = store::orders::shop_name(&mut conn, order.shop).await?.unwrap_or_default();
        let events = store::events::of_order(&mut conn, id, order.placed_at).await?;
        // Of the day's stops those are read on whose routes the order has ever been.
        let routes: Vec<_> = events.iter().filter_map(|e| e.fact.subjects().route).collect();
        let latest = store::stops::latest_of(&mut conn, &[id]).await?;
        let book = DayBook::read(self, &mut conn, &site, Some(&routes)).await?;
        let label = |vehicle| book.vehicles.get(&vehicle).map(|v: &domain::Vehicle| v.label.clone());
        let names = Names {
            people: store::people::names(&mut conn).await?,
            routes: store::plans::labels(&mut conn, &routes).await?,
            shop: shop.clone(),
            vehicles: book.vehicles.iter().map(|(id, v)| (*id, v.label.clone())).collect(),
        };
        drop(conn);

        let open = !order.state.is_over();
        let (mut near, hindered) = if open { self.around(&book, &order).await? } else { (vec![], None) };
        // Nobody who is out today comes for it.
        if order.day > book.day {
            near.clear();
        }
        let reached = self.sites().await?.iter().filter(|site| caller.scope.reaches(site.hub.id)).count();
        let hub = (reached > 1).then(|| book.hub.name.clone());
        let (zone, ranges) = (book.zone, self.0.ranges.get(book.hub.id).unwrap_or_default());
        let stop = book.stops.iter().find(|s| s.stop.order == id && s.stop.state.is_open());
        let ahead = stop.and_then(|s| {
            let route = book.routes.iter().find(|r| r.id == s.stop.route)?;
            let vehicle = book.vehicles.get(&route.vehicle)?;
            let open: Vec<_> = book.stops_of(route.id).iter().filter(|o| o.stop.state.is_open()).collect();
            let own = open.iter().position(|o| o.stop.id == s.stop.id)?;
            let before = visits(&open).into_iter().scan(0, |behind, visit| {
                *behind += visit;
                (*behind <= own).then_some(())
            });
            Some(Ahead {
                hub: book.hub.id,
                route: route.id,
                label: vehicle.label.clone(),
                stops_before: before.count() as i64,
                planned: zone.moment(s.stop.planned_arrival),
                // Who is early waits until the window opens.
                eta: s.eta.map(|at| zone.moment(s.opens(at))),
                between: s
                    .eta
                    .and_then(|eta| ranges.around(eta, book.now))
                    .map(|(from, until)| (s.opens(from), s.opens(until)))
                    .map(|(from, until)| wire::Span { from: zone.moment(from), until: zone.moment(until) }),
                off_road: !matches!(vehicle.state, domain::VehicleState::Available),
            })
        });

        Ok(OrderView {
            near,
            hindered,
            as_of: zone.moment(book.now),
            hit: hit(&order, shop, latest.get(&id), zone, (book.now, book.settings.risk_margin())),
            at: point(order.address.at),
            original: zone.span(order.promise.original),
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
            story: story_lines(&events, &names, zone),
            can_reschedule: open && role.may_reschedule(),
            can_cancel: role.may_reschedule() && order.clone().cancel(book.now).is_ok(),
            aboard: order.aboard.and_then(label),
            asked: asked::shown(&order, hub, label),
        })
    }
}

impl Operations {
    /// Which vehicles are near a door, and what is in their way.
    async fn around(&self, book: &DayBook, order: &Order) -> Result<(Vec<NearVehicle>, Option<Hindrance>)> {
        let door = lat_lon(order.address.at);
        let on_the_road = |r: &&domain::Route| matches!(r.state, domain::RouteState::UnderWay { .. });
        let vans: Vec<(String, Profile, LatLon)> = book
            .routes
            .iter()
            .filter(on_the_road)
            .filter_map(|r| Some((book.vehicles.get(&r.vehicle)?, book.latest.get(&r.vehicle)?)))
            .filter(|(vehicle, _)| matches!(vehicle.state, domain::VehicleState::Available))
            .map(|(vehicle, p)| (vehicle.label.clone(), profile(vehicle.kind), lat_lon(p.place)))
            .collect();
        let served_by = book
            .stops
            .iter()
            .find(|s| s.stop.order == order.id && s.stop.state.is_open())
            .and_then(|s| book.routes.iter().find(|r| r.id == s.stop.route))
            .and_then(|r| book.vehicles.get(&r.vehicle))
            .map_or(Profile::Van, |vehicle| profile(vehicle.kind));
        let (roads, city) = (self.0.roads.clone(), self.0.roadbook.city().cloned());
        let (now, hub) = (book.zone.wall(book.now), lat_lon(book.hub.at));
        aside(move || {
            let mut near = vec![];
            for kind in [Profile::Van, Profile::ElectricVan, Profile::CargoBike] {
                let on_the_map = |at: &LatLon| roads.snap(*at, kind).is_some();
                let own: Vec<_> = vans.iter().filter(|(_, p, at)| *p == kind && on_the_map(at)).collect();
                let places: Vec<LatLon> = own.iter().map(|(.., at)| *at).collect();
                let Ok(matrix) = roads.matrix(&places, &[door], kind, Some(now)) else { continue };
                near.extend(own.iter().enumerate().filter_map(|(index, (label, ..))| {
                    let seconds = matrix.at(index, 0);
                    (seconds <= NEAR_S).then(|| NearVehicle {
                        label: label.clone(),
                        minutes: i64::from(seconds.div_ceil(60)),
                    })
                }));
            }
            near.sort_by(|a, b| a.minutes.cmp(&b.minutes).then(a.label.cmp(&b.label)));
            near.truncate(MOST_NEAR);
            let closed = city.filter(|city| !city.conditions().closures.is_empty());
            let hindered = closed.and_then(|city| {
                if city.drive(hub, door, served_by, now).ok()?.is_none() {
                    return Some(Hindrance::CutOff);
                }
                let metres = city.metres_on_foot(door, served_by, now)?;
                (metres > 1.0).then(|| Hindrance::OnFoot(metres.round() as i64))
            });
            (near, hindered)
        })
        .await
    }
}

fn hit(
    order: &Order,
    shop: String,
    stop: Option<&LatestStop>,
    zone: Zone,
    (now, margin): (Instant, TimeDelta),
) -> OrderHit {
    let progress = progress(order.state.code());
    let standing = standing(progress, stop, order.promise.latest.until(), now, margin);
    let nothing_taken = progress == Progress::Delivered
        && order.service == Service::Both
        && matches!(stop, Some((StopState::Done { outcome, .. }, _)) if !outcome.takes());
    let windows = match order.windows() {
        [] => std::slice::from_ref(&order.promise.latest),
        several => several,
    };
    OrderHit {
        order: order.id,
        reference: order.reference.clone(),
        shop,
        recipient: order.recipient.name.clone(),
        phone: order.recipient.phone.clone(),
        address: order.address.text.clone(),
        progress: if nothing_taken { Progress::NothingTaken } else { progress },
        standing,
        window: zone.span(order.promise.latest),
        windows: windows.iter().map(|window| zone.span(*window)).collect(),
        service: order.service,
    }
}
