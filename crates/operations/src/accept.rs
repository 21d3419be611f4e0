//! Saying yes or no to a proposal.

use crate::{
    Caller, Operations, Result,
    board::DayBook,
    planning::Draft,
    problem::PlannedRoute,
    proposal::{Content, vehicles},
};
use domain::{ExceptionKind, ProposalId, Refusal, RouteState, Source, StopState};
use std::collections::{HashMap, HashSet};
use store::{
    Tx,
    proposals::{Ending, Proposal},
};
use wire::control_room::Freedom;

impl Operations {
    /// Makes one answer of a proposal the day's plan; answers the new revision. Refused when the day has moved on: another plan took
    /// effect, an order changed, or a vehicle left before it got what was meant for it.
    pub async fn accept_proposal(
        &self,
        caller: &Caller,
        id: ProposalId,
        based_on: i32,
        freedom: Freedom,
    ) -> Result<i32> {
        caller.must(domain::Ability::Dispatch)?;
        let mut tx = self.0.database.begin().await?;
        let book = DayBook::read(self, &mut tx, None).await?;
        store::plans::lock_day(&mut tx, book.hub.id, book.day).await?;
        // Read again under the lock: whoever held it before may have changed the day.
        let book = DayBook::read(self, &mut tx, None).await?;
        let open = store::proposals::open::<Content>(&mut tx, book.hub.id, book.day).await?;
        let proposal = open.filter(|p| p.id == id).ok_or(Refusal::PlanStale)?;
        let holds = book.plan.as_ref().is_some_and(|p| p.revision == proposal.based_on);
        if !holds || proposal.based_on != based_on {
            return Err(Refusal::PlanStale.into());
        }
        let routes = proposal.content.into_routes(freedom).ok_or(Refusal::PlanStale)?;
        let orders = self.orders_of(&mut tx, &routes).await?;
        let routes = still_possible(routes, &book, &orders).ok_or(Refusal::PlanStale)?;
        let concerned = vehicles(&routes);
        let placed: Vec<_> = routes.iter().flat_map(|r| r.stops.iter().map(|s| s.order)).collect();
        let revision = self.publish(&mut tx, caller, &book, &Draft { routes, unplanned: vec![] }).await?;
        store::proposals::end(&mut tx, id, Ending::Accepted).await?;
        for order in &placed {
            self.settle(&mut tx, caller, *order, &[ExceptionKind::Unplanned], "Found a place in the plan")
                .await?;
        }
        tx.commit().await?;
        tracing::info!(revision, vehicles = concerned.len(), "a proposal was accepted");

        self.0.live.touch_plan();
        self.0.live.touch_exceptions();
        self.0.live.touch_orders(&placed);
        Ok(revision)
    }

    /// Whether none of a proposal's answers can be accepted any more.
    pub(crate) async fn is_overtaken(
        &self,
        conn: &mut store::Conn,
        proposal: &Proposal<Content>,
    ) -> Result<bool> {
        let book = DayBook::read(self, conn, None).await?;
        if book.plan.as_ref().is_none_or(|plan| plan.revision != proposal.based_on) {
            return Ok(true);
        }
        let ids = |routes: &Vec<PlannedRoute>| -> Vec<_> {
            routes.iter().flat_map(|r| r.stops.iter().map(|s| s.order)).collect()
        };
        let mut all: Vec<_> = proposal.content.routes().flat_map(ids).collect();
        all.sort_unstable();
        all.dedup();
        let orders = store::orders::many(conn, &all).await?.into_iter().map(|o| (o.id, o)).collect();
        let possible = |routes: &Vec<PlannedRoute>| still_possible(routes.clone(), &book, &orders).is_some();
        Ok(!proposal.content.routes().any(possible))
    }

    /// Puts a proposal aside.
    pub async fn decline_proposal(&self, caller: &Caller, id: ProposalId) -> Result<()> {
        caller.must(domain::Ability::Dispatch)?;
        let mut tx = self.0.database.begin().await?;
        if !store::proposals::end(&mut tx, id, Ending::Declined).await? {
            return Err(Refusal::PlanStale.into());
        }
        tx.commit().await?;
        self.0.live.touch_plan();
        Ok(())
    }

    async fn orders_of(
        &self,
        tx: &mut Tx,
        routes: &[PlannedRoute],
    ) -> Result<HashMap<domain::OrderId, domain::Order>> {
        let ids: Vec<_> = routes.iter().flat_map(|r| r.stops.iter().map(|s| s.order)).collect();
        Ok(store::orders::lock(tx, &ids).await?.into_iter().map(|o| (o.id, o)).collect())
    }

    /// Resolves an order's exceptions of these kinds, whose cause has gone.
    pub(crate) async fn settle(
        &self,
        tx: &mut Tx,
        caller: &Caller,
        order: domain::OrderId,
        kinds: &[ExceptionKind],
        resolution: &str,
    ) -> Result<()> {
        let now = self.now();
        for exception in store::exceptions::lock_of_order(tx, order).await? {
            if !kinds.contains(&exception.kind) {
                continue;
            }
            let (id, kind, hub) = (exception.id, exception.kind, exception.hub);
            // The cause went away by itself, so whoever owns it need not agree: resolved by nobody.
            let resolved = exception.resolve(None, now, resolution.to_owned())?;
            store::exceptions::save(tx, &resolved).await?;
            let fact =
                domain::Fact::ExceptionResolved { exception: id, kind, resolution: resolution.to_owned() };
            let mut event = crate::outcomes::worker_event(hub, now, fact);
            event.source = if caller.role.is_some() { Source::Screen } else { Source::Worker };
            store::events::append(tx, &[event]).await?;
        }
        Ok(())
    }
}

/// What is left of a proposal now that some of its stops are done; nothing when the day has moved on in another way.
fn still_possible(
    routes: Vec<PlannedRoute>,
    book: &DayBook,
    orders: &HashMap<domain::OrderId, domain::Order>,
) -> Option<Vec<PlannedRoute>> {
    let stops: HashMap<_, _> = book.stops.iter().map(|s| (s.stop.id, s)).collect();
    let planned_anew: HashSet<_> =
        routes.iter().flat_map(|r| r.stops.iter().filter_map(|s| s.stop)).collect();
    let mut possible = vec![];
    for mut planned in routes {
        let route = book.routes.iter().find(|r| r.vehicle == planned.vehicle);
        let departed = match route.map(|r| r.state) {
            Some(RouteState::Finished { .. }) => return None,
            Some(RouteState::UnderWay { .. }) => true,
            Some(RouteState::Published) | None => false,
        };
        let (mut kept, mut fetches, mut has_loaded, mut lacks) = (vec![], false, false, false);
        for stop in planned.stops {
            let order = orders.get(&stop.order)?;
            match stop.stop.and_then(|id| stops.get(&id)) {
                // The driver was faster than the decision: done and begun stops stay as they are.
                Some(s) if matches!(s.stop.state, StopState::Done { .. } | StopState::Arrived { .. }) => {
                    continue;
                }
                Some(_) => {}
                None if stop.stop.is_some() => return None,
                None if order.state != domain::OrderState::Placed => return None,
                None => {}
            }
            let aboard = order.aboard == Some(planned.vehicle);
            // What is at the hub goes with who is there, or comes by.
            fetches |= stop.via_hub;
            let goes = aboard || (order.aboard.is_none() && (!departed || fetches));
            if !goes || order.day != book.day {
                return None;
            }
            has_loaded |= aboard && !stop.aboard;
            lacks |= !aboard;
            kept.push(stop);
        }
        // On the road, all that is open must be in the proposal, but for the one stop that was at hand when it was made.
        let open = route.map(|r| book.stops_of(r.id)).unwrap_or_default();
        let missing = open
            .iter()
            .filter(|s| s.stop.state == StopState::Pending && !planned_anew.contains(&s.stop.id))
            .count();
        // It left the hub before it got all that was meant for it.
        let left_early = has_loaded && lacks;
        if departed && (missing > 1 || left_early) {
            return None;
        }
        planned.stops = kept;
        possible.push(planned);
    }
    Some(possible)
}
