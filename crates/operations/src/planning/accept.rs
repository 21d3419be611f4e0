//! Saying yes or no to a proposal.

use crate::{
    Caller, Operations, Result,
    base::work::Work,
    day::book::DayBook,
    planning::{
        morning::{Draft, PlanLocks},
        problem::PlannedRoute,
        proposal::{Content, StoredAnswer, vehicles},
    },
    sites::hubs::Site,
};
use domain::{ExceptionKind, Order, OrderId, Overtaken, ProposalId, Refusal, RouteState, StopState};
use std::collections::{HashMap, HashSet};
use store::{
    locks::DayLock,
    proposals::{Ending, Proposal},
    visits::visit_from,
};
use wire::staff::control_room::Freedom;

impl Operations {
    /// Makes one answer of a proposal the day's plan; answers the new revision. Refused when the day has moved on, with what has
    /// changed: see [`Overtaken`].
    pub async fn accept_proposal(
        &self,
        caller: &Caller,
        id: ProposalId,
        based_on: i32,
        freedom: Freedom,
    ) -> Result<i32> {
        caller.must(domain::Ability::Dispatch)?;
        let (revision, concerned) = once_more!(self.accept_once(caller, id, based_on, freedom).await)?;
        tracing::info!(revision, vehicles = concerned, "a proposal was accepted");
        Ok(revision)
    }

    /// Answers the new revision, and how many vehicles' routes changed.
    async fn accept_once(
        &self,
        caller: &Caller,
        id: ProposalId,
        based_on: i32,
        freedom: Freedom,
    ) -> Result<(i32, usize)> {
        let site = self.site_of_proposal(id).await?;
        let mut work = self.begin(caller, site.hub.id).await?;
        let now = work.now;
        let tx = &mut work.tx;
        let day = self.running_day(tx, &site, now).await?;
        let day = DayLock::take(tx, site.hub.id, day).await?;
        let open = store::proposals::open::<Content>(tx, site.hub.id, day.day()).await?;
        let proposal = open.filter(|p| p.id == id && p.based_on == based_on).ok_or(Refusal::PlanStale)?;
        let plan = store::plans::published(tx, site.hub.id, day.day()).await?;
        if plan.is_none_or(|plan| plan.revision != based_on) {
            return Err(Refusal::PlanOvertaken(Overtaken::OtherPlan).into());
        }
        if store::roads::have_changed(tx, proposal.made_at, now).await? {
            return Err(Refusal::PlanStale.into());
        }
        let answer = proposal.content.into_answer(freedom).ok_or(Refusal::PlanStale)?;
        let mut locks = PlanLocks::take(tx, day, &answer.routes, None).await?;
        // Read once all of it is locked: drivers may have been faster than the decision.
        let concerned: Vec<_> = locks.routes.all().map(|route| route.id).collect();
        let book = DayBook::read(self, tx, &site, Some(&concerned)).await?;
        let left = still_possible(answer.routes.clone(), &book, &locks.orders);
        let routes = left.map_err(Refusal::PlanOvertaken)?;
        if !answer.changes_any_of(&routes) {
            return Err(Refusal::PlanOvertaken(Overtaken::StopVisited).into());
        }
        let concerned = vehicles(&routes).len();
        let placed: Vec<_> = routes.iter().flat_map(|r| r.stops.iter().map(|s| s.order)).collect();
        let draft = Draft { routes, unplanned: vec![] };
        work.go_on();
        let revision = self.publish(&mut work, &mut locks, &book, &draft).await?;
        store::proposals::end(&mut work.tx, id, Ending::Accepted).await?;
        let solved = [ExceptionKind::Unplanned];
        self.settle(&mut work, &placed, &solved, "Found a place in the plan").await?;
        work.touched.exceptions = true;
        work.touched.orders.extend(placed);
        work.commit().await?;
        Ok((revision, concerned))
    }

    /// The hub for which a proposal was made; one that is gone has been overtaken.
    async fn site_of_proposal(&self, id: ProposalId) -> Result<Site> {
        let mut conn = self.0.database.read().await?;
        let hub = store::proposals::hub_of(&mut conn, id).await?.ok_or(Refusal::PlanStale)?;
        self.site_of(hub).await
    }

    /// Whether none of a proposal's answers can be accepted any more.
    pub(crate) async fn is_overtaken(
        &self,
        conn: &mut store::Conn,
        site: &Site,
        proposal: &Proposal<Content>,
    ) -> Result<bool> {
        // It was made for other roads.
        if store::roads::have_changed(conn, proposal.made_at, self.now()).await? {
            return Ok(true);
        }
        let all = || proposal.content.answers.iter().flat_map(|answer| &answer.routes);
        let vehicles: Vec<_> = all().map(|route| route.vehicle).collect();
        let stops: Vec<_> = all().flat_map(|route| route.stops.iter().filter_map(|s| s.stop)).collect();
        let (hub, day) = (proposal.hub, proposal.day);
        let concerned = store::plans::concerned(conn, hub, day, &vehicles, &stops).await?;
        let book = DayBook::read(self, conn, site, Some(&concerned)).await?;
        if book.plan.as_ref().is_none_or(|plan| plan.revision != proposal.based_on) {
            return Ok(true);
        }
        let mut all: Vec<_> = all().flat_map(|route| route.stops.iter().map(|s| s.order)).collect();
        all.sort_unstable();
        all.dedup();
        let orders = store::orders::many(conn, &all).await?.into_iter().map(|o| (o.id, o)).collect();
        let possible = |answer: &StoredAnswer| {
            let left = still_possible(answer.routes.clone(), &book, &orders);
            left.is_ok_and(|left| answer.changes_any_of(&left))
        };
        Ok(!proposal.content.answers.iter().any(possible))
    }

    /// Puts a proposal aside.
    pub async fn decline_proposal(&self, caller: &Caller, id: ProposalId) -> Result<()> {
        caller.must(domain::Ability::Dispatch)?;
        let site = self.site_of_proposal(id).await?;
        let mut work = self.begin(caller, site.hub.id).await?;
        if !store::proposals::end(&mut work.tx, id, Ending::Declined).await? {
            return Err(Refusal::PlanStale.into());
        }
        work.touched.plan = true;
        work.commit().await
    }

    /// Resolves the exceptions of orders of these kinds, whose cause has gone.
    pub(crate) async fn settle(
        &self,
        work: &mut Work<'_>,
        orders: &[OrderId],
        kinds: &[ExceptionKind],
        resolution: &str,
    ) -> Result<()> {
        let locked = store::exceptions::lock_of_orders(&mut work.tx, orders).await?;
        // One that was raised while its lock was waited for does not end before it began.
        let now = work.go_on();
        for exception in locked {
            if !kinds.contains(&exception.kind) {
                continue;
            }
            let (id, kind) = (exception.id, exception.kind);
            // The cause went away by itself, so whoever owns it need not agree: resolved by nobody.
            let resolved = exception.resolve(None, now, resolution.to_owned())?;
            store::exceptions::save(&mut work.tx, &resolved).await?;
            let fact =
                domain::Fact::ExceptionResolved { exception: id, kind, resolution: resolution.to_owned() };
            work.followed(fact);
        }
        Ok(())
    }
}

/// What is left of a proposal now that drivers have been at the first of its stops, in its order; else what has changed.
pub(crate) fn still_possible(
    routes: Vec<PlannedRoute>,
    book: &DayBook,
    orders: &HashMap<OrderId, Order>,
) -> Result<Vec<PlannedRoute>, Overtaken> {
    let stops: HashMap<_, _> = book.stops.iter().map(|s| (s.stop.id, s)).collect();
    let planned_anew: HashSet<_> =
        routes.iter().flat_map(|r| r.stops.iter().filter_map(|s| s.stop)).collect();
    let mut possible = vec![];
    for mut planned in routes {
        let route = book.route_in(planned.vehicle, planned.shift);
        let departed = match route.map(|r| r.state) {
            Some(RouteState::Finished { .. }) => return Err(Overtaken::VehicleBack),
            Some(RouteState::UnderWay { .. }) => true,
            // The roster was changed: nobody drives it any more.
            Some(RouteState::Published) | None
                if book
                    .vehicles
                    .get(&planned.vehicle)
                    .is_none_or(|v| book.drive(v, planned.shift).is_none()) =>
            {
                return Err(Overtaken::NotDriven);
            }
            Some(RouteState::Published) | None => false,
        };
        let (mut kept, mut fetches, mut has_loaded, mut lacks) = (vec![], false, false, false);
        for stop in planned.stops {
            let order = orders.get(&stop.order).ok_or(Overtaken::OrderChanged)?;
            match stop.stop.and_then(|id| stops.get(&id)) {
                // The driver was faster than the decision: done and begun stops stay as they are, if they came first anyway.
                Some(s) if matches!(s.stop.state, StopState::Done { .. } | StopState::Arrived { .. }) => {
                    if !kept.is_empty() || route.is_none_or(|route| route.id != s.stop.route) {
                        return Err(Overtaken::StopVisited);
                    }
                    continue;
                }
                Some(_) => {}
                None if stop.stop.is_some() => return Err(Overtaken::OrderChanged),
                None if order.state != domain::OrderState::Placed => return Err(Overtaken::OrderChanged),
                None => {}
            }
            let aboard = order.aboard == Some(planned.vehicle);
            // What is at the hub goes with who is there, or comes by.
            fetches |= stop.via_hub;
            let collects = !order.service.brings();
            let goes = aboard || collects || (order.aboard.is_none() && (!departed || fetches));
            if order.day != book.day {
                return Err(Overtaken::OrderChanged);
            }
            if !goes {
                return Err(Overtaken::VehicleLeft);
            }
            // Who was to have been there by now, windows awaited, is not where the plan goes on from.
            if kept.is_empty() && stop.departure + book.settings.risk_margin() < book.now {
                return Err(Overtaken::TimePassed);
            }
            has_loaded |= aboard && !stop.aboard;
            lacks |= !aboard && !collects;
            kept.push(stop);
        }
        // On the road, all that is open must be in the proposal, but for the one visit that was at hand when it was made.
        let open = route.map(|r| book.stops_of(r.id)).unwrap_or_default().iter();
        let missing: Vec<_> = open
            .filter(|s| s.stop.state == StopState::Pending && !planned_anew.contains(&s.stop.id))
            .collect();
        let more_than_a_visit = visit_from(missing.iter().copied()) < missing.len();
        // It left the hub before it got all that was meant for it.
        let left_early = has_loaded && lacks;
        if departed && left_early {
            return Err(Overtaken::VehicleLeft);
        }
        if departed && more_than_a_visit {
            return Err(Overtaken::OtherStops);
        }
        planned.stops = kept;
        possible.push(planned);
    }
    Ok(possible)
}
