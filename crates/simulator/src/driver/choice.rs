//! Which door comes next: the planned one, or for some drivers now and then a nearer one that is due too.
//!
//! Not here: the way there (`crate::world::leg`).

use super::Driver;
use crate::truth::Fact;
use rand::Rng;
use roads::LatLon;
use wire::Instant;
use wire::driver::DriverStop;

/// So far ahead in the plan somebody looks, so much nearer a door has to be, and so long they would wait there. Assumed.
const LOOKS_AHEAD: usize = 4;
const MUCH_NEARER: f64 = 0.6;
const WOULD_WAIT: chrono::Duration = chrono::Duration::minutes(5);

impl Driver {
    /// The stop to go to from here.
    pub(super) fn choose(&self, here: LatLon, at: Instant) -> Option<&DriverStop> {
        let planned = self.next_stop()?;
        let often = self.truth.habits.own_order;
        let name = format!("{}/{}", self.truth.label, planned.reference);
        if often <= 0.0 || self.world.draws().stream("own order", &name).random::<f64>() >= often {
            return Some(planned);
        }
        let Some(taken) = self.nearer(planned, here, at) else { return Some(planned) };
        self.record(&Fact::OutOfOrder {
            vehicle: &self.truth.label,
            at,
            order: &taken.reference,
            before: &planned.reference,
        });
        Some(taken)
    }

    /// A door among the next ones that is much nearer, can be served now, and for which everything is aboard.
    fn nearer(&self, planned: &DriverStop, here: LatLon, at: Instant) -> Option<&DriverStop> {
        let route = &self.route.as_ref()?.route;
        let metres = |stop: &DriverStop| here.metres_to(LatLon { lat: stop.at.lat, lon: stop.at.lon });
        // Who is at a door ends there first.
        if self.served.is_some() && metres(planned) < 1.0 {
            return None;
        }
        let open = route.stops.iter().filter(|stop| !self.closed.contains(&stop.stop));
        let loads_first = |stop: &&DriverStop| self.loads_before(stop.stop);
        let soon = open.take_while(|stop| !loads_first(stop)).take(LOOKS_AHEAD);
        let fits = |stop: &&DriverStop| {
            stop.visit != planned.visit
                && (stop.aboard || !stop.service.brings())
                && stop.window_from <= at + WOULD_WAIT
                && metres(stop) < metres(planned) * MUCH_NEARER
        };
        let nearest = soon.filter(fits).min_by(|a, b| metres(a).total_cmp(&metres(b)))?;
        // The first of all that are at its door.
        route.stops.iter().find(|stop| stop.visit == nearest.visit && !self.closed.contains(&stop.stop))
    }
}
