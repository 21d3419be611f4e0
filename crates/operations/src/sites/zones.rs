//! Zones of hubs: seen, imported, drawn and ended, each of a list judged for itself.

use super::{
    geojson::{self, Asked, Read},
    hubs::Site,
    outline_map,
    zone_words::{MOST_TOLD, MOST_ZONES, sentence, sentences},
};
use crate::{
    Caller, Operations, OpsError, Result,
    base::{
        bounds::{self, MOST_FROM_HUB_M},
        clock::new_id,
        turns::aside,
        work::Work,
    },
};
use domain::{
    Ability, Actor, Coordinate, Day, Fact, Hub, HubId, Instant, MOST_CORNERS, Outline, Zone, ZoneFault,
    ZoneId, ZoneParts,
};
use serde_json::Value;
use store::Conn;
use wire::{
    staff::zones::{DrawZone, ZoneRow, ZonesSaid, ZonesView},
    zones::{ZoneCollection, ZoneRefusal, ZoneResult, ZoneStatus, ZonesAnswer},
};

/// What came of one zone: its name, and the zone or why there is none.
type Judged = (String, Result<(ZoneStatus, ZoneId), ZoneRefusal>);

/// An administrator's system, or a person who may change settings.
fn may_draw(caller: &Caller) -> Result<()> {
    match caller.who {
        Actor::Person(_) => caller.must(Ability::ChangeSettings).map(|_| ()),
        _ => caller.must_be_machine(),
    }
}

impl Operations {
    /// The zones of all hubs within reach that hold now or later, with what came of the last change.
    pub async fn zones(&self, caller: &Caller, hub: Option<HubId>, said: ZonesSaid) -> Result<ZonesView> {
        caller.must(Ability::ChangeSettings)?;
        let site = self.site_for(caller, hub).await?;
        let sites = self.sites().await?;
        let within: Vec<Site> =
            sites.iter().filter(|site| caller.scope.reaches(site.hub.id)).cloned().collect();
        let (mut rows, mut numbered) = (vec![], vec![]);
        let mut conn = self.0.database.read().await?;
        for site in &within {
            let today = site.zone.day(self.now());
            for zone in store::zones::of_hub(&mut conn, site.hub.id, today).await? {
                let number = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
                rows.push(row(number, &zone, &site.hub, today));
                numbered.push((number, zone));
            }
        }
        let holding = holding(&mut conn, &sites, self.now()).await?;
        let without = within.iter().filter(|site| !holding.is_empty() && !holding.contains(&site.hub.id));
        let without = without.map(|site| site.hub.name.clone()).collect();
        let hubs = within.iter().map(|site| (site.hub.id, site.hub.name.clone())).collect();
        let map = aside(move || outline_map::drawn(&numbered, &within)).await?;
        let refused = !said.refused.is_empty();
        let today = site.zone.day(self.now());
        Ok(ZonesView { hub: site.hub.id, today, hubs, rows, map, without, said: sentences(&said), refused })
    }

    /// The zones of a hub that hold now or later, as GeoJSON.
    pub async fn zones_geojson(&self, caller: &Caller, hub: Option<HubId>) -> Result<ZoneCollection> {
        may_draw(caller)?;
        let site = self.site_of_zones(caller, hub).await?;
        let today = site.zone.day(self.now());
        let mut conn = self.0.database.read().await?;
        Ok(geojson::write(&store::zones::of_hub(&mut conn, site.hub.id, today).await?))
    }

    /// Draws the zones of a hub that a system sends as GeoJSON; each gets its own answer.
    pub async fn import_zones(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        sent: Value,
    ) -> Result<ZonesAnswer> {
        let judged = self.import(caller, hub, sent).await?;
        let judged = judged.map_err(|why| OpsError::Invalid(sentence(why)))?;
        let answer = |(name, judged): Judged| match judged {
            Ok((result, zone)) => ZoneResult { name, result, zone: Some(zone), why: None },
            Err(why) => {
                ZoneResult { name, result: ZoneStatus::Refused, zone: None, why: Some(sentence(why)) }
            }
        };
        Ok(ZonesAnswer { results: judged.into_iter().map(answer).collect() })
    }

    /// The same as a form brings it: GeoJSON as text.
    pub async fn import_zones_as_text(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        sent: &str,
    ) -> Result<ZonesSaid> {
        let sent = serde_json::from_str(sent).unwrap_or(Value::Null);
        Ok(match self.import(caller, hub, sent).await? {
            Ok(judged) => answer_of(&judged),
            Err(why) => ZonesSaid { refused: vec![(0, why)], ..ZonesSaid::default() },
        })
    }

    /// Draws one zone by its corners.
    pub async fn draw_zone(&self, caller: &Caller, hub: Option<HubId>, ask: DrawZone) -> Result<ZonesSaid> {
        may_draw(caller)?;
        let site = self.site_of_zones(caller, hub).await?;
        let DrawZone { name, places, from, until } = ask;
        let asked = aside(move || {
            let ring = bounds::places(&places, MOST_CORNERS).ok_or(ZoneRefusal::NotPlaces)?;
            let outline = Outline::parse(vec![vec![ring]]).map_err(ZoneRefusal::Outline)?;
            let day = |text: &str| {
                if text.is_empty() { Ok(None) } else { geojson::read_day(text).map(Some) }
            };
            Ok(Asked { outline, from: day(&from)?, until: day(&until)? })
        });
        let read = vec![(name, asked.await?)];
        let judged = self.add_zones(caller, &site, read).await?;
        Ok(answer_of(&judged))
    }

    /// Lets a zone end: `day` is the first on which it holds no more.
    pub async fn end_zone(&self, caller: &Caller, zone: ZoneId, day: Day) -> Result<ZonesSaid> {
        may_draw(caller)?;
        let hub = store::zones::hub_of(&mut *self.0.database.read().await?, zone).await?;
        let hub = hub.ok_or(OpsError::NotFound)?;
        caller.reach(hub)?;
        let site = self.site_of(hub).await?;
        let refused = |why| ZonesSaid { refused: vec![(0, why)], ..ZonesSaid::default() };
        if bounds::day(day).is_err() {
            return Ok(refused(ZoneRefusal::NotADay));
        }
        let mut work = self.begin(caller, hub).await?;
        store::locks::zones(&mut work.tx, hub).await?;
        let zone = store::zones::lock(&mut work.tx, zone).await?.ok_or(OpsError::NotFound)?;
        let today = site.zone.day(work.go_on());
        let before = zone.until;
        match zone.end(day, today) {
            Err(fault) => Ok(refused(ZoneRefusal::Zone(fault))),
            Ok(zone) => {
                if zone.until != before {
                    end(&mut work, &zone).await?;
                    work.commit().await?;
                }
                Ok(ZonesSaid { ended: 1, ..ZonesSaid::default() })
            }
        }
    }

    /// The hub whose zones are meant. With several hubs nobody guesses.
    async fn site_of_zones(&self, caller: &Caller, hub: Option<HubId>) -> Result<Site> {
        let sites = self.sites().await?;
        let within = sites.iter().filter(|site| caller.scope.reaches(site.hub.id)).count();
        if hub.is_none() && within > 1 {
            return Err(OpsError::Invalid(
                "hub: there are several hubs; say whose zones with ?hub= and its id".into(),
            ));
        }
        self.site_for(caller, hub).await
    }

    async fn import(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        sent: Value,
    ) -> Result<Result<Vec<Judged>, ZoneRefusal>> {
        may_draw(caller)?;
        let site = self.site_of_zones(caller, hub).await?;
        Ok(match aside(move || geojson::read(&sent)).await? {
            Ok(read) => Ok(self.add_zones(caller, &site, read).await?),
            Err(why) => Err(why),
        })
    }

    async fn add_zones(&self, caller: &Caller, site: &Site, read: Vec<Read>) -> Result<Vec<Judged>> {
        let mut work = self.begin(caller, site.hub.id).await?;
        store::locks::zones(&mut work.tx, site.hub.id).await?;
        let today = site.zone.day(work.go_on());
        let standing = store::zones::of_hub(&mut work.tx, site.hub.id, today).await?;
        let mut book = Book { hub: &site.hub, today, standing, sent: vec![] };
        let mut judged = vec![];
        for (name, asked) in read {
            let name = bounds::one_line(&name);
            let done = match asked.and_then(|asked| book.judge(&name, asked)) {
                Ok(Change { zone, status, ends }) => {
                    for ended in ends {
                        end(&mut work, &ended).await?;
                    }
                    let id = zone.id;
                    if status != ZoneStatus::Known {
                        store::zones::save(&mut work.tx, &zone).await?;
                        work.happened(Fact::ZoneDrawn { zone: Box::new(zone) });
                    }
                    Ok((status, id))
                }
                Err(why) => Err(why),
            };
            let name = name.chars().take(domain::MOST_ZONE_NAME).collect();
            judged.push((name, done));
        }
        self.0.pauses.at("zones").await;
        work.commit().await?;
        Ok(judged)
    }
}

/// The hubs that have a zone which holds now.
async fn holding(conn: &mut Conn, sites: &[Site], now: Instant) -> Result<Vec<HubId>> {
    let today = |hub| sites.iter().find(|site| site.hub.id == hub).map(|site| site.zone.day(now));
    let Some(first) = sites.iter().map(|site| site.zone.day(now)).min() else { return Ok(vec![]) };
    let zones = store::zones::from_day_on(conn, first).await?;
    let holding = zones.iter().filter(|zone| today(zone.hub).is_some_and(|today| zone.holds_on(today)));
    Ok(holding.map(|zone| zone.hub).collect())
}

async fn end(work: &mut Work<'_>, zone: &Zone) -> Result<()> {
    store::zones::save(&mut work.tx, zone).await?;
    if let Some(day) = zone.until {
        work.happened(Fact::ZoneEnded { zone: zone.id, day });
    }
    Ok(())
}

/// The zones of a hub while more are added.
struct Book<'a> {
    hub: &'a Hub,
    today: Day,
    standing: Vec<Zone>,
    /// Those that this request is about.
    sent: Vec<ZoneId>,
}

/// What one zone changes.
struct Change {
    zone: Zone,
    status: ZoneStatus,
    ends: Vec<Zone>,
}

impl Book<'_> {
    fn judge(&mut self, name: &str, asked: Asked) -> Result<Change, ZoneRefusal> {
        let today = self.today;
        let name = bounds::text("name", name, domain::MOST_ZONE_NAME)
            .map_err(|_| ZoneRefusal::Zone(ZoneFault::Unnamed))?;
        near(self.hub.at, &asked.outline)?;
        let same = |zone: &Zone| {
            let begins = asked.from.map_or(zone.from <= today, |from| from == zone.from);
            zone.name == name && zone.until == asked.until && zone.outline == asked.outline && begins
        };
        let known = self.standing.iter().find(|zone| same(zone)).cloned();
        if let Some(zone) = known {
            if self.sent.contains(&zone.id) {
                return Err(ZoneRefusal::Twice);
            }
            self.sent.push(zone.id);
            return Ok(Change { zone, status: ZoneStatus::Known, ends: vec![] });
        }
        let zone = Zone::parse(ZoneParts {
            id: ZoneId(new_id()),
            hub: self.hub.id,
            name,
            outline: asked.outline,
            from: asked.from.unwrap_or(today),
            until: asked.until,
        })
        .map_err(ZoneRefusal::Zone)?;
        if let Some(until) = zone.until.filter(|until| *until == zone.from) {
            return Err(ZoneRefusal::Zone(ZoneFault::EndsFirst { from: zone.from, until }));
        }
        if let Some(until) = zone.until.filter(|until| *until <= today) {
            return Err(ZoneRefusal::Zone(ZoneFault::Over(until)));
        }
        let namesakes =
            self.standing.iter_mut().filter(|other| other.name == zone.name && other.meets(&zone));
        let mut ends = vec![];
        for other in namesakes {
            if self.sent.contains(&other.id) {
                return Err(ZoneRefusal::Twice);
            }
            if other.from > zone.from {
                return Err(ZoneRefusal::NameStands { from: other.from });
            }
            ends.push(other.clone().ended(zone.from.max(today)));
        }
        if self.standing.len() >= MOST_ZONES {
            return Err(ZoneRefusal::TooMany);
        }
        for ended in &ends {
            self.standing.retain(|other| other.id != ended.id);
            self.standing.push(ended.clone());
        }
        self.sent.push(zone.id);
        self.standing.push(zone.clone());
        let status = if ends.is_empty() { ZoneStatus::Drawn } else { ZoneStatus::Replaced };
        Ok(Change { zone, status, ends })
    }
}

/// Refuses what lies wholly where no door of the hub can be.
fn near(hub: Coordinate, outline: &Outline) -> Result<(), ZoneRefusal> {
    let (low, high) = outline.bounds();
    let away = |lat: (f64, f64), lon: (f64, f64)| {
        let nearest = Coordinate::parse(hub.lat().clamp(lat.0, lat.1), hub.lon().clamp(lon.0, lon.1));
        nearest.map_or(f64::MAX, |nearest| nearest.metres_to(hub))
    };
    let (lat, lon) = ((low.lat(), high.lat()), (low.lon(), high.lon()));
    let metres = away(lat, lon);
    if metres <= MOST_FROM_HUB_M {
        return Ok(());
    }
    Err(ZoneRefusal::Far {
        km: (metres / 1_000.0).round() as u32,
        swapped: away(lon, lat) <= MOST_FROM_HUB_M,
    })
}

fn row(number: u32, zone: &Zone, hub: &Hub, today: Day) -> ZoneRow {
    ZoneRow {
        id: zone.id,
        number,
        name: zone.name.clone(),
        hub: hub.name.clone(),
        from: zone.from,
        until: zone.until,
        area_m2: zone.outline.area_m2().round() as i64,
        today,
    }
}

fn answer_of(judged: &[Judged]) -> ZonesSaid {
    let count =
        |status| judged.iter().filter(|(_, done)| matches!(done, Ok((s, _)) if *s == status)).count() as u32;
    let refused: Vec<_> =
        judged.iter().zip(1..).filter_map(|((_, done), place)| done.err().map(|why| (place, why))).collect();
    ZonesSaid {
        drawn: count(ZoneStatus::Drawn),
        replaced: count(ZoneStatus::Replaced),
        known: count(ZoneStatus::Known),
        ended: 0,
        more: refused.len().saturating_sub(MOST_TOLD) as u32,
        refused: refused.into_iter().take(MOST_TOLD).collect(),
    }
}
