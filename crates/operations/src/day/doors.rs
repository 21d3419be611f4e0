//! What coming to a door says of the other stops of a route. Not here: whether anybody came (`watch`), and what drivers say
//! (`outcomes`).

use crate::{Result, base::work::Work};
use domain::{Fact, Instant, Stop, StopId, StopState};
use store::{locks::RouteLocks, stops::DayStop, visits::visit_numbers};

/// A driver may serve doors so near each other, in metres, without having left any of them.
const NEAR_M: f64 = 100.0;

/// What changes on a route when its driver comes to a door.
pub(crate) struct Came {
    /// The stops of the visit that waited for somebody.
    pub arrived: Vec<Stop>,
    /// Stops farther off at whose doors the driver was, and of which nothing more was heard.
    pub left: Vec<Stop>,
}

impl Came {
    /// At the door of the stop `id`, one of `stops`: all of a route, by their places.
    pub fn to(id: StopId, stops: &[DayStop], at: Instant) -> Result<Self> {
        let mut came = Self { arrived: vec![], left: vec![] };
        let visits = visit_numbers(stops);
        let Some((door, own)) = stops.iter().zip(&visits).find(|(s, _)| s.stop.id == id) else {
            return Ok(came);
        };
        for (s, visit) in stops.iter().zip(&visits) {
            match s.stop.state {
                StopState::Pending if visit == own => came.arrived.push(s.stop.clone().arrive(at)?),
                StopState::Arrived { at: before } if before <= at && s.at.metres_to(door.at) > NEAR_M => {
                    came.left.push(s.stop.clone().leave()?);
                }
                _ => {}
            }
        }
        Ok(came)
    }

    /// Saves it, with its facts at a moment that may have passed.
    pub async fn save(self, work: &mut Work<'_>, locks: &RouteLocks, at: Instant) -> Result<()> {
        for Stop { id: stop, order, route, .. } in self.left.iter().cloned() {
            work.happened_at(at, Fact::StopLeft { stop, order, route });
            work.touched.orders.push(order);
            work.touched.routes.push(route);
        }
        for Stop { id: stop, order, route, .. } in self.arrived.iter().cloned() {
            work.happened_at(at, Fact::StopArrived { stop, order, route });
            work.touched.orders.push(order);
            work.touched.arrived.push(route);
        }
        let all = [self.left, self.arrived].concat();
        if all.is_empty() {
            return Ok(());
        }
        Ok(store::stops::save_progress(&mut work.tx, locks, &all).await?)
    }
}
