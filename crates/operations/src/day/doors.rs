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
    /// At the door of the stop `id`, one of `stops`: all of a route, by their places. A report from the past may come after the
    /// driver has been elsewhere; then the driver has left this door too.
    pub fn to(id: StopId, stops: &[DayStop], at: Instant) -> Result<Self> {
        let mut came = Self { arrived: vec![], left: vec![] };
        let visits = visit_numbers(stops);
        let Some((door, own)) = stops.iter().zip(&visits).find(|(s, _)| s.stop.id == id) else {
            return Ok(came);
        };
        let is_far = |s: &DayStop| s.at.metres_to(door.at) > NEAR_M;
        let came_later = |s: &DayStop| s.stop.state.came_at().is_some_and(|later| later > at);
        let gone_on = stops.iter().any(|s| is_far(s) && came_later(s));
        for (s, visit) in stops.iter().zip(&visits) {
            match s.stop.state {
                StopState::Pending if visit == own => {
                    let there = s.stop.clone().arrive(at)?;
                    came.arrived.push(there.clone());
                    if gone_on {
                        came.left.push(there.leave()?);
                    }
                }
                StopState::Arrived { at: before } if before <= at && is_far(s) => {
                    came.left.push(s.stop.clone().leave()?);
                }
                _ => {}
            }
        }
        Ok(came)
    }

    /// The same but for the stop itself, of which more is known.
    pub fn but_for(mut self, id: StopId) -> Self {
        self.arrived.retain(|stop| stop.id != id);
        self.left.retain(|stop| stop.id != id);
        self
    }

    /// Saves it, with its facts at a moment that may have passed.
    pub async fn save(self, work: &mut Work<'_>, locks: &RouteLocks, at: Instant) -> Result<()> {
        let Self { mut arrived, left } = self;
        for &Stop { id: stop, order, route, .. } in &arrived {
            work.happened_at(at, Fact::StopArrived { stop, order, route });
            work.touched.orders.push(order);
            work.touched.arrived.push(route);
        }
        for &Stop { id: stop, order, route, .. } in &left {
            work.happened_at(at, Fact::StopLeft { stop, order, route });
            work.touched.orders.push(order);
            work.touched.routes.push(route);
        }
        arrived.retain(|stop| left.iter().all(|other| other.id != stop.id));
        arrived.extend(left);
        if arrived.is_empty() {
            return Ok(());
        }
        Ok(store::stops::save_progress(&mut work.tx, locks, &arrived).await?)
    }
}
