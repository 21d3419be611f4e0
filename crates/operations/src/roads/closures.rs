//! What somebody says about the roads: this one is closed, this one is open again, it rains.

use super::profiles;
use crate::{
    Caller, Operations, OpsError, Result,
    base::{bounds, clock::new_id, turns::aside, zone::Zone},
    sites::hubs::Site,
};
use ::roads::{Addresses, Bounds, City, LatLon, Profile};
use domain::{Closure, ClosureId, ClosureShape, Coordinate, Fact, HubId, MOST_PLACES, Weather};
use wire::{Point, staff::roads::CloseRoad};

/// A stop this close to a closure's outline is taken to be cut off by it, in metres.
const NEAR_M: f64 = 1_500.0;
/// A place so many degrees beyond the city's roads was not meant.
const FAR_OUT: f64 = 0.2;

impl Operations {
    /// Closes a road, or an area, until a time. Takes effect at once.
    pub async fn close_road(&self, caller: &Caller, hub: Option<HubId>, ask: CloseRoad) -> Result<ClosureId> {
        caller.must(domain::Ability::Dispatch)?;
        let Site { hub, zone } = self.site_for(caller, hub).await?;
        let from = self.now();
        let CloseRoad { area, places, reason, bars, until } = ask;
        let places = read_places(&places)?;
        let closure = Closure {
            id: ClosureId(new_id()),
            hub: hub.id,
            shape: if area { ClosureShape::Area(places) } else { ClosureShape::Line(places) },
            reason,
            streets: String::new(),
            bars,
            from,
            until: zone.at(until.date(), until.time()),
            lifted_at: None,
        };
        let closure = closure.parse()?;
        let (city, drawn) =
            (self.0.roadbook.city().cloned().ok_or(OpsError::NotFound)?, closure.shape.clone());
        let Bounds { south, west, north, east } = city.bounds();
        let is_far = |at: &domain::Coordinate| {
            !(south - FAR_OUT..=north + FAR_OUT).contains(&at.lat())
                || !(west - FAR_OUT..=east + FAR_OUT).contains(&at.lon())
        };
        if closure.shape.places().iter().any(is_far) {
            return Err(OpsError::NoRoadThere);
        }
        let streets = aside(move || streets(&city, &drawn)).await?.ok_or(OpsError::NoRoadThere)?;
        let closure = Closure { streets, ..closure };
        let id = closure.id;
        let mut work = self.begin(caller, hub.id).await?;
        store::roads::save(&mut work.tx, &closure).await?;
        work.happened_at(from, Fact::RoadClosed { closure: Box::new(closure) });
        work.commit().await?;
        self.tell_roads_soon().await;
        Ok(id)
    }

    /// Ends a closure before its time.
    pub async fn lift_closure(&self, caller: &Caller, id: ClosureId) -> Result<()> {
        caller.must(domain::Ability::Dispatch)?;
        let hub = store::roads::hub_of(&mut *self.0.database.read().await?, id).await?;
        let mut work = self.begin(caller, hub.ok_or(OpsError::NotFound)?).await?;
        let closure = store::roads::lock(&mut work.tx, id).await?.ok_or(OpsError::NotFound)?;
        if closure.lifted_at.is_none() {
            let now = work.go_on();
            store::roads::save(&mut work.tx, &closure.lift(now)).await?;
            work.happened(Fact::ClosureLifted { closure: id });
            work.commit().await?;
        }
        self.tell_roads_soon().await;
        Ok(())
    }

    /// Says what the weather is; it is taken to stay so. Hubs on one map have one sky, so it is said for all within reach.
    pub async fn set_weather(&self, caller: &Caller, hub: Option<HubId>, weather: Weather) -> Result<()> {
        caller.must(domain::Ability::Dispatch)?;
        self.site_for(caller, hub).await?;
        let sites = self.sites().await?;
        for hub in sites.iter().map(|site| site.hub.id).filter(|hub| caller.scope.reaches(*hub)) {
            let mut work = self.begin(caller, hub).await?;
            if store::roads::weather(&mut work.tx, hub).await? != weather {
                store::roads::set_weather(&mut work.tx, hub, weather).await?;
                work.happened(Fact::WeatherSet { weather });
                work.commit().await?;
            }
        }
        self.tell_roads_soon().await;
        Ok(())
    }
}

/// Places as a form brings them.
fn read_places(text: &str) -> Result<Vec<Coordinate>> {
    bounds::places(text, MOST_PLACES).ok_or(OpsError::NotDrawn)
}

/// A closure as the streets take it.
pub(super) fn closure(closure: &Closure, zone: Zone) -> ::roads::Closure {
    ::roads::Closure {
        shape: shape(&closure.shape),
        from: zone.wall(closure.from),
        until: zone.wall(closure.until),
        bars: closure.bars.iter().flat_map(|&kind| profiles(kind)).copied().collect(),
    }
}

fn shape(shape: &ClosureShape) -> ::roads::ClosureShape {
    let places =
        |all: &[domain::Coordinate]| all.iter().map(|&at| crate::base::convert::lat_lon(at)).collect();
    match shape {
        ClosureShape::Line(line) => ::roads::ClosureShape::Line(places(line)),
        ClosureShape::Area(ring) => ::roads::ClosureShape::Area(places(ring)),
    }
}

/// The streets that a shape closes, in words; none when it closes nothing.
fn streets(city: &City, drawn: &ClosureShape) -> Option<String> {
    const NAMED: usize = 3;
    let (names, metres) = city.streets_closed(&shape(drawn));
    if metres <= 0.0 {
        return None;
    }
    let more = names.len().saturating_sub(NAMED);
    let mut words = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    if more > 0 {
        words.push_str(&format!(" and {more} more"));
    }
    if words.is_empty() {
        words = "a road without a name".to_owned();
    }
    let middle = drawn.places().get(drawn.places().len() / 2).map(|&at| crate::base::convert::lat_lon(at));
    let town = middle.and_then(|at| city.reverse(at).ok().flatten()).and_then(|found| found.address.locality);
    Some(match town {
        Some(town) => format!("{words}, {town}"),
        None => words,
    })
}

/// The streets that a shape closes, as lines on the map.
pub(super) fn lines_of(city: &City, drawn: &ClosureShape) -> Vec<Vec<Point>> {
    let lines = city.lines_closed(&shape(drawn), Profile::Car);
    lines
        .into_iter()
        .map(|line| line.into_iter().map(|at| Point { lat: at.lat, lon: at.lon }).collect())
        .collect()
}

/// Whether a place is at or in what was drawn, or not far from it.
pub(super) fn is_near(shape: &ClosureShape, at: LatLon) -> bool {
    let places = shape.places().iter().map(|&place| crate::base::convert::lat_lon(place));
    // One step of latitude and one of longitude away from the box around it.
    let lat = places.clone().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p.lat), high.max(p.lat)));
    let lon = places.fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p.lon), high.max(p.lon)));
    let nearest = LatLon { lat: at.lat.clamp(lat.0, lat.1), lon: at.lon.clamp(lon.0, lon.1) };
    nearest.metres_to(at) <= NEAR_M
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_line_by_line_and_anything_else_is_refused() {
        let places = read_places(" 35.9, 14.5\n\n35.91,14.51\r\n").unwrap();
        assert_eq!(places.len(), 2);
        for wrong in ["35.9", "35.9;14.5", "north, east", "95, 14", "NaN, 14", "35.9, 14.5, 3"] {
            assert!(matches!(read_places(wrong), Err(OpsError::NotDrawn)), "{wrong}");
        }
        assert_eq!(read_places(&"35.9, 14.5\n".repeat(9_000)).unwrap().len(), MOST_PLACES + 1);
    }
}
