//! The queue of what went wrong: read it, claim, release, resolve, and undo.

use crate::{
    Caller, Operations, OpsError, Result,
    day::{
        book::DayBook,
        standing::{progress, standing as order_standing},
    },
};
use chrono::DateTime;
use domain::{
    Exception, ExceptionId, ExceptionKind, ExceptionState, Fact, HubId, Instant, Order, OrderId, PersonId,
    Standing, StopState,
};
use std::collections::HashMap;
use store::exceptions::{Place, Wanted};
use wire::staff::control_room::{Freedom, ProposalView};
use wire::staff::exceptions::{ExceptionRow, NextPromise, Owner, QueueFilter, QueueView, Resolution};

const MOST_TEXT: usize = 300;
/// So many exceptions are a page of the queue.
const PAGE: i64 = 200;

impl Operations {
    /// The first page of today's queue, most saveable first.
    pub async fn queue(&self, caller: &Caller, hub: Option<HubId>, filter: QueueFilter) -> Result<QueueView> {
        self.queue_behind(caller, hub, filter, None).await
    }

    /// The page of today's queue that begins where another one said, or the first.
    pub async fn queue_behind(
        &self,
        caller: &Caller,
        hub: Option<HubId>,
        filter: QueueFilter,
        behind: Option<&str>,
    ) -> Result<QueueView> {
        let me = caller.must(domain::Ability::SeeExceptions)?;
        let behind = behind.map(|text| {
            read_place(text)
                .ok_or_else(|| OpsError::Invalid("this is no page of the queue: begin at its first".into()))
        });
        let behind = behind.transpose()?;
        let mut conn = self.0.database.read().await?;
        let site = self.site_for(caller, hub).await?;
        let (hub, now) = (site.hub.id, self.now());
        let day = self.running_day(&mut conn, &site, now).await?;
        let names = store::people::names(&mut conn).await?;
        let (open, claimed, resolved) = store::exceptions::counts(&mut conn, hub, day).await?;
        let wanted = match filter {
            QueueFilter::Unresolved => Wanted::Unresolved,
            QueueFilter::Mine => Wanted::ClaimedBy(me),
            QueueFilter::Resolved => Wanted::Resolved,
        };
        let (shown, more) = store::exceptions::page(&mut conn, hub, day, wanted, (now, behind), PAGE).await?;
        // An empty queue names the next promise of the whole day; rows need the stops of their own routes alone.
        let routes: Vec<_> = shown.iter().filter_map(|e| e.route).collect();
        let routes = (!shown.is_empty()).then_some(routes.as_slice());
        let book = DayBook::read(self, &mut conn, &site, routes).await?;
        let ids: Vec<_> = shown.iter().filter_map(|e| e.order).collect();
        let orders: HashMap<_, _> =
            store::orders::many(&mut conn, &ids).await?.into_iter().map(|o| (o.id, o)).collect();
        let stops: HashMap<_, _> = book.stops.iter().map(|s| (s.stop.id, s)).collect();
        let latest = store::stops::latest_of(&mut conn, &ids).await?;
        let failed: Vec<_> =
            shown.iter().filter(|e| e.kind == ExceptionKind::Failed).filter_map(|e| e.stop).collect();
        let causes = store::stops::causes(&mut conn, &failed).await?;
        let placed = placed_on(self.open_proposal(&mut conn, &book).await?);

        let rows = shown
            .into_iter()
            .map(|e| {
                let order = e.order.and_then(|id| orders.get(&id));
                let stop = e.stop.and_then(|id| stops.get(&id));
                let zone = book.zone;
                let (owner, resolution) = match &e.state {
                    ExceptionState::Open => (None, None),
                    ExceptionState::Claimed { by, at } => {
                        let name = names.get(by).cloned().unwrap_or_default();
                        (Some(Owner { id: *by, name, since: zone.moment(*at) }), None)
                    }
                    ExceptionState::Resolved { by, at, resolution } => {
                        let by = by.and_then(|by| names.get(&by).cloned());
                        (None, Some(Resolution { by, at: zone.moment(*at), what: resolution.clone() }))
                    }
                };
                ExceptionRow {
                    id: e.id,
                    kind: e.kind,
                    standing: standing(&e, order, &latest, &book),
                    cause: e.stop.and_then(|id| causes.get(&id)).map(|(outcome, _)| *outcome),
                    note: e.stop.and_then(|id| causes.get(&id)).and_then(|(_, note)| note.clone()),
                    placed_on: e.order.and_then(|id| placed.get(&id).cloned()),
                    phone: order.map(|o| o.recipient.phone.clone()),
                    vehicle: e.vehicle,
                    label: e.vehicle.and_then(|id| book.vehicles.get(&id)).map(|vehicle| {
                        let route = book.routes.iter().find(|route| Some(route.id) == e.route);
                        route.map_or_else(|| vehicle.label.clone(), |route| book.label_on(route, vehicle))
                    }),
                    route: e.route,
                    order: e.order,
                    reference: order.map(|o| o.reference.clone()),
                    recipient: order.map(|o| o.recipient.name.clone()),
                    address: order.map(|o| o.address.text.clone()),
                    window: order.map(|o| zone.span(o.promise.latest)),
                    eta: match stop {
                        Some(s) => s.eta.filter(|_| s.stop.state == StopState::Pending),
                        None => e.route.and_then(|route| book.returns.get(&route).copied()),
                    }
                    .map(|at| zone.moment(at)),
                    arrived: stop.and_then(|s| s.stop.state.arrived_at()).map(|at| zone.moment(at)),
                    open_stops: e.route.filter(|_| e.stop.is_none()).map(|route| {
                        book.stops_of(route).iter().filter(|s| s.stop.state.is_open()).count() as u32
                    }),
                    save_by: e.save_by.map(|at| zone.moment(at)),
                    raised_at: zone.moment(e.raised_at),
                    owner,
                    resolution,
                }
            })
            .collect();
        let next = if routes.is_none() { next_promise(&book) } else { None };
        let more = more.map(write_place);
        Ok(QueueView { as_of: book.zone.moment(book.now), rows, more, open, claimed, resolved, next })
    }

    /// Takes an exception.
    pub async fn claim(&self, caller: &Caller, id: ExceptionId) -> Result<()> {
        self.change_exception(caller, id, |e, by, now| {
            Ok((e.claim(by, now)?, vec![Fact::ExceptionClaimed { exception: id }]))
        })
        .await
    }

    /// Puts a claimed exception back.
    pub async fn release(&self, caller: &Caller, id: ExceptionId) -> Result<()> {
        self.change_exception(caller, id, |e, by, _| {
            Ok((e.release(by)?, vec![Fact::ExceptionReleased { exception: id }]))
        })
        .await
    }

    /// Ends an exception, saying what was done.
    pub async fn resolve(&self, caller: &Caller, id: ExceptionId, resolution: String) -> Result<()> {
        let resolution = resolution.trim().to_owned();
        if resolution.is_empty() || resolution.chars().count() > MOST_TEXT || resolution.contains('\0') {
            return Err(OpsError::Invalid(format!("say what was done in 1 to {MOST_TEXT} characters")));
        }
        self.change_exception(caller, id, |e, by, now| {
            let kind = e.kind;
            // Said twice, as by a double click.
            let same = matches!(&e.state, ExceptionState::Resolved { by: Some(who), resolution: was, .. }
                if *who == by && *was == resolution);
            let e = if same { e } else { e.resolve(Some(by), now, resolution.clone())? };
            Ok((e, vec![Fact::ExceptionResolved { exception: id, kind, resolution }]))
        })
        .await
    }

    /// Undoes a resolution. Who had claimed it has it again.
    pub async fn reopen(&self, caller: &Caller, id: ExceptionId) -> Result<()> {
        let me = caller.must(domain::Ability::Resolve)?;
        let owner = store::exceptions::last_owner(&mut *self.0.database.read().await?, id).await?;
        self.change_exception(caller, id, |e, by, now| {
            if !matches!(e.state, ExceptionState::Resolved { .. }) {
                return Ok((e, vec![]));
            }
            let mut facts = vec![Fact::ExceptionReopened { exception: id }];
            let mut e = e.reopen();
            if owner == Some(me) {
                e = e.claim(by, now)?;
                facts.push(Fact::ExceptionClaimed { exception: id });
            }
            Ok((e, facts))
        })
        .await
    }

    async fn change_exception(
        &self,
        caller: &Caller,
        id: ExceptionId,
        decide: impl FnOnce(Exception, PersonId, Instant) -> Result<(Exception, Vec<Fact>)> + Send,
    ) -> Result<()> {
        let by = caller.must(domain::Ability::Resolve)?;
        let hub = store::exceptions::hub_of(&mut *self.0.database.read().await?, id).await?;
        let mut work = self.begin(caller, hub.ok_or(OpsError::NotFound)?).await?;
        let before = store::exceptions::lock(&mut work.tx, id).await?.ok_or(OpsError::NotFound)?;
        let (order, was) = (before.order, before.state.clone());
        let now = work.go_on();
        let (after, facts) = decide(before, by, now)?;
        if after.state == was {
            return Ok(());
        }
        match store::exceptions::save(&mut work.tx, &after).await {
            // The same trouble has been raised again in the meantime; reopening the old one would double it.
            Err(e) if e.constraint() == Some("exceptions_once") => {
                return Err(domain::Refusal::ExceptionResolved.into());
            }
            other => other?,
        }
        for fact in facts {
            work.happened(fact);
        }
        work.touched.exceptions = true;
        work.touched.orders.extend(order);
        work.commit().await
    }
}

/// A place in the queue as an address can hold it.
fn write_place(place: Place) -> String {
    format!("{}_{}_{}_{}", place.now.timestamp_millis(), place.rank, place.key_ms, place.id)
}

fn read_place(text: &str) -> Option<Place> {
    let mut parts = text.splitn(4, '_');
    let mut part = || parts.next();
    Some(Place {
        now: DateTime::from_timestamp_millis(part()?.parse().ok()?)
            .filter(|now| now.timestamp().abs() < 1 << 36)?,
        rank: part()?.parse().ok()?,
        key_ms: part()?.parse().ok()?,
        id: part()?.parse().ok()?,
    })
}

/// The vehicles that take orders without a place, by the proposal that waits: by the answer that its card offers first, the
/// freest but for a free hand, or else by another.
fn placed_on(proposal: Option<ProposalView>) -> HashMap<OrderId, String> {
    let mut answers = proposal.filter(|p| !p.stale).map(|p| p.answers).unwrap_or_default();
    answers.sort_by_key(|answer| match answer.freedom {
        Freedom::Balanced => 0,
        Freedom::Least => 1,
        Freedom::Free => 2,
    });
    let mut placed = HashMap::new();
    for change in answers.into_iter().flat_map(|answer| answer.changes).filter(|c| c.from.is_none()) {
        placed.entry(change.order).or_insert(change.to);
    }
    placed
}

/// How the subject of an exception stands: as its order does, or else as its route.
fn standing(
    e: &Exception,
    order: Option<&Order>,
    stops: &HashMap<OrderId, (StopState, Option<Instant>)>,
    book: &DayBook,
) -> Standing {
    if matches!(e.state, ExceptionState::Resolved { .. }) {
        return Standing::Done;
    }
    if let Some(order) = order {
        let progress = progress(order.state.code());
        let (until, margin) = (order.promise.latest.until(), book.settings.risk_margin());
        return order_standing(progress, stops.get(&order.id), until, book.now, margin);
    }
    let route = e.route.or_else(|| Some(book.route_of(e.vehicle?)?.id));
    let row = route.and_then(|id| book.row(book.routes.iter().find(|r| r.id == id)?));
    match (row, e.kind) {
        (Some(row), _) => row.standing,
        (None, ExceptionKind::Silent) => Standing::Unknown,
        (None, _) => Standing::Late,
    }
}

fn next_promise(book: &DayBook) -> Option<NextPromise> {
    let open = book.stops.iter().filter(|s| s.stop.state.is_open() && s.window.until() > book.now);
    let next = open.min_by_key(|s| s.window.until())?;
    let route = book.routes.iter().find(|r| r.id == next.stop.route)?;
    let vehicle = book.vehicles.get(&route.vehicle)?;
    Some(NextPromise { until: book.zone.moment(next.window.until()), label: book.label_on(route, vehicle) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_queue_comes_back_from_an_address() {
        let id = ExceptionId(crate::base::clock::new_id());
        let now = DateTime::from_timestamp_millis(1_790_000_000_123).unwrap();
        let place = Place { now, rank: 2, key_ms: -1_790_000_000_000, id };
        assert_eq!(read_place(&write_place(place)), Some(place));
        for wrong in ["", "1_2_3", "x_0_0_x", "9223372036854775807_0_0_", "99999999999999999999_0_0_0"] {
            assert_eq!(read_place(wrong), None, "{wrong}");
        }
        let far = format!("100000000000000_0_0_{id}");
        assert_eq!(read_place(&far), None, "a moment that the database does not know");
    }
}
