//! Windows that are really feasible, each with its price; booking one, and cancelling.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{
        convert::{lat_lon, profile},
        turns::{aside, briefly},
        zone::Zone,
    },
    day::book::DayBook,
    fleet::duties::Duties,
    orders::{
        insertion::{Question, ask},
        quote::Quote,
    },
    planning::{
        accept::still_possible,
        morning::{Draft, PlanLocks},
    },
    sites::hubs::Site,
};
use chrono::{DateTime, Days, TimeDelta, Utc};
use domain::{
    Day, ExceptionKind, Fact, Instant, Order, OrderId, OrderState, Refusal, Settings, Vehicle, Window,
};
use store::{locks::DayLock, orders::Load};
use wire::staff::deliveries::{SlotOffer, SlotsView};

impl Operations {
    /// The windows to which an order can move: today's by the live plan, each with what it costs; later days' while the
    /// fleet has room.
    pub async fn slots(&self, caller: &Caller, id: OrderId) -> Result<SlotsView> {
        caller.must(domain::Ability::SeeDeliveries)?;
        let mut conn = self.0.database.read().await?;
        let (order, site, book) = self.order_with_its_day(caller, &mut conn, id).await?;
        if order.state.is_over() {
            return Err(Refusal::OrderClosed.into());
        }
        let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
        let (mut slots, mut reasons, mut on_the_road) = (vec![], vec![], 0);

        let settings = book.settings.clone();
        let mut today = windows(book.zone, book.day, book.now, &settings);
        // Who is expected in time is offered another window, not the same one again.
        let stop = book.stops.iter().find(|s| Some(s.stop.id) == order.state.stop());
        if stop.is_some_and(|s| s.eta.is_some_and(|eta| eta <= s.window.until())) {
            today.retain(|window| *window != order.promise.latest);
        }
        let (zone, now, day) = (book.zone, book.now, book.day);
        let promised_until = order.promise.latest.until();
        if book.plan.is_some() && !today.is_empty() {
            let target = order.clone();
            let (offers, explained) = briefly(self, move |roads| {
                let question = ask(&book, &orders, &target, &today, roads.as_ref())?;
                let offers =
                    question.map(|q| q.offers(zone, promised_until, roads.as_ref())).unwrap_or_default();
                let is_today = zone.day(target.promise.latest.from()) == day;
                let why =
                    is_today.then(|| crate::planning::reasons::reasons(&book, &orders, id, roads.as_ref()));
                Ok((offers, why.transpose()?.unwrap_or_default()))
            })
            .await?;
            let can_be_kept = offers.iter().any(|offer| offer.window == zone.span(order.promise.latest));
            slots.extend(offers);
            if !can_be_kept {
                (reasons, on_the_road) = explained;
            }
        }
        let on_its_way = matches!(order.state, OrderState::OutForDelivery { .. });
        let days_ahead = u64::try_from(settings.days_ahead).unwrap_or_default();
        for later in (1..=days_ahead).filter_map(|n| day.checked_add_days(Days::new(n))) {
            if on_its_way {
                break;
            }
            let wanted = windows(zone, later, now, &settings);
            let free = self.free(&mut conn, &order, (&site, &settings), later, wanted).await?;
            slots.extend(free.into_iter().map(|window| SlotOffer {
                window: zone.span(window),
                label: None,
                eta: None,
                extra_min: None,
                extra_cents: None,
                extra_kg_co2e: None,
                makes_late: vec![],
                quote: Quote { promised_until, extra_min: None, makes_late: 0 }.write(),
            }));
        }
        Ok(SlotsView {
            as_of: zone.moment(now),
            slots,
            reasons,
            on_the_road,
            currency: settings.currency,
            risk_margin_min: settings.risk_margin_minutes,
        })
    }

    /// An order, its hub, and the whole of the day into which it may have to fit.
    async fn order_with_its_day(
        &self,
        caller: &Caller,
        conn: &mut store::Conn,
        id: OrderId,
    ) -> Result<(Order, Site, DayBook)> {
        let order = store::orders::get(conn, id).await?.ok_or(OpsError::NotFound)?;
        caller.reach(order.hub)?;
        let site = self.site_of(order.hub).await?;
        let book = DayBook::read(self, conn, &site, None).await?;
        Ok((order, site, book))
    }

    /// Promises an order another window. Today, it gets its place in the live plan in the same transaction, or the window
    /// is refused; and so it is if somebody was shown a quote and it no longer holds.
    pub async fn reschedule(
        &self,
        caller: &Caller,
        id: OrderId,
        (from, until): (DateTime<Utc>, DateTime<Utc>),
        quote: Option<&str>,
    ) -> Result<()> {
        caller.must(domain::Ability::Reschedule)?;
        let window = crate::base::bounds::window(Window::parse(from, until)?, self.now())?;
        let quote = quote.map(Quote::read).transpose()?;
        // The day moves on while a place is looked for: then it is looked for once more.
        let booked = once_more!(self.reschedule_once(caller, id, window, quote).await)?
            || once_more!(self.reschedule_once(caller, id, window, quote).await)?;
        if booked { Ok(()) } else { Err(OpsError::SlotGone) }
    }

    /// Answers whether the window is booked; not if the day moved on between looking for a place and taking it.
    async fn reschedule_once(
        &self,
        caller: &Caller,
        id: OrderId,
        window: Window,
        quote: Option<Quote>,
    ) -> Result<bool> {
        let mut conn = self.0.database.read().await?;
        let (order, site, book) = self.order_with_its_day(caller, &mut conn, id).await?;
        if is_booked(&order, window, quote) {
            return Ok(true);
        }
        let (day, settings) = (book.zone.day(window.from()), book.settings.clone());
        order.clone().reschedule(window, day, book.now)?;
        let live = day == book.day && book.plan.is_some();
        let (found, based_on) = if live {
            let based_on = book.plan.as_ref().map(|plan| plan.revision);
            let orders = store::orders::of_day(&mut conn, book.hub.id, book.day).await?;
            drop(conn);
            let found = briefly(self, move |roads| {
                let question = ask(&book, &orders, &order, &[window], roads.as_ref())?;
                if question.as_ref().zip(quote).is_some_and(|(question, quote)| question.breaks(quote)) {
                    return Err(OpsError::QuoteGone);
                }
                Ok(question.and_then(Question::into_draft))
            })
            .await?;
            (Some(found.ok_or(OpsError::SlotGone)?), based_on)
        } else {
            drop(conn);
            (None, None)
        };
        self.0.pauses.at("reschedule").await;

        let hub = site.hub.id;
        let mut work = self.begin(caller, hub).await?;
        let now = work.now;
        let tx = &mut work.tx;
        let running = self.running_day(tx, &site, now).await?;
        let lock = DayLock::take(tx, hub, running).await?;
        let order = store::orders::get(tx, id).await?.ok_or(OpsError::NotFound)?;
        let planned = found.as_ref().map(|draft| draft.routes.as_slice()).unwrap_or_default();
        let mut locks = PlanLocks::take(tx, lock, planned, Some(&order)).await?;
        let order = locks.orders.get(&id).cloned().ok_or(OpsError::NotFound)?;
        if is_booked(&order, window, quote) {
            return Ok(true);
        }
        if quote.is_some_and(|quote| quote.promised_until != order.promise.latest.until()) {
            return Err(OpsError::QuoteGone);
        }
        let now = work.go_on();
        let tx = &mut work.tx;
        if store::service_days::last_closed(tx, hub).await?.is_some_and(|closed| day <= closed) {
            return Err(OpsError::SlotGone);
        }
        let (before, had_stop) = (order.promise.latest, order.state.stop());
        let on_its_way = matches!(order.state, OrderState::OutForDelivery { .. });
        let after = order.clone().reschedule(window, day, now)?;
        locks.orders.insert(id, after.clone());

        let draft = match found {
            Some(draft) => {
                let concerned: Vec<_> = locks.routes.all().map(|route| route.id).collect();
                let book = DayBook::read(self, tx, &site, Some(&concerned)).await?;
                if book.day != day || book.plan.as_ref().map(|plan| plan.revision) != based_on {
                    return Ok(false);
                }
                let Ok(routes) = still_possible(draft.routes, &book, &locks.orders) else {
                    return Ok(false);
                };
                if !routes.iter().flat_map(|r| &r.stops).any(|s| s.order == id) {
                    return Ok(false);
                }
                Some((Draft { routes, unplanned: vec![] }, book))
            }
            // By now the day may have got its plan, into which the order has to fit.
            None if day == running && store::plans::published(tx, hub, day).await?.is_some() => {
                return Ok(false);
            }
            None if self.free(tx, &order, (&site, &settings), day, vec![window]).await?.is_empty() => {
                return Err(OpsError::SlotGone);
            }
            None => None,
        };

        store::orders::save(tx, std::slice::from_ref(&after)).await?;
        work.happened(Fact::OrderRescheduled { order: id, before, after: window, day });
        // A stop that the plan does not take along is left: that of a vehicle which never came by, or of another day.
        let keeps_stop = draft
            .iter()
            .flat_map(|(draft, _)| draft.routes.iter().flat_map(|r| &r.stops))
            .any(|s| s.order == id && s.stop.is_some());
        if !keeps_stop
            && !on_its_way
            && let Some(stop) = had_stop.and_then(|stop| locks.stops.get(&stop))
        {
            let dropped = stop.clone().drop_off_plan(now)?;
            store::stops::save_progress(&mut work.tx, &locks.routes, std::slice::from_ref(&dropped)).await?;
            work.happened(Fact::StopDropped { stop: dropped.id, order: id });
        }
        if let Some((draft, book)) = draft {
            self.publish(&mut work, &mut locks, &book, &draft).await?;
        }
        let solved = [ExceptionKind::Failed, ExceptionKind::Unplanned, ExceptionKind::Late];
        self.settle(&mut work, &[id], &solved, "Promised another window").await?;
        work.touched.plan = true;
        work.touched.exceptions = true;
        work.touched.orders.push(id);
        work.commit().await?;
        Ok(true)
    }

    /// Cancels an order that is not on the road.
    pub async fn cancel_order(&self, caller: &Caller, id: OrderId) -> Result<()> {
        caller.must(domain::Ability::Reschedule)?;
        once_more!(self.cancel_once(caller, id).await)
    }

    async fn cancel_once(&self, caller: &Caller, id: OrderId) -> Result<()> {
        let order = store::orders::get(&mut *self.0.database.read().await?, id).await?;
        let site = self.site_of(order.ok_or(OpsError::NotFound)?.hub).await?;
        let mut work = self.begin(caller, site.hub.id).await?;
        let now = work.now;
        let tx = &mut work.tx;
        // Under the day's lock no plan gives the order another stop.
        let running = self.running_day(tx, &site, now).await?;
        let lock = DayLock::take(tx, site.hub.id, running).await?;
        let order = store::orders::get(tx, id).await?.ok_or(OpsError::NotFound)?;
        let locks = PlanLocks::take(tx, lock, &[], Some(&order)).await?;
        let order = locks.orders.get(&id).cloned().ok_or(OpsError::NotFound)?;
        // Said twice, as by a double click.
        if let OrderState::Cancelled { .. } = order.state {
            return Ok(());
        }
        let now = work.go_on();
        let cancelled = order.clone().cancel(now)?;
        if let Some(stop) = order.state.stop().and_then(|stop| locks.stops.get(&stop)) {
            let dropped = stop.clone().drop_off_plan(now)?;
            store::stops::save_progress(&mut work.tx, &locks.routes, std::slice::from_ref(&dropped)).await?;
            work.happened(Fact::StopDropped { stop: dropped.id, order: id });
        }
        store::orders::save(&mut work.tx, std::slice::from_ref(&cancelled)).await?;
        work.happened(Fact::OrderCancelled { order: id });
        self.settle(&mut work, &[id], &ExceptionKind::ALL, "The order was cancelled").await?;
        work.touched.all = true;
        work.touched.exceptions = true;
        work.touched.orders.push(id);
        self.0.pauses.at("cancel").await;
        work.commit().await
    }

    /// Those of a day's windows in which the fleet can serve an order: it has room for it by weight and volume, and some
    /// vehicle that can carry it can drive there and back within its shift.
    async fn free(
        &self,
        conn: &mut store::Conn,
        order: &Order,
        (site, settings): (&Site, &Settings),
        day: Day,
        windows: Vec<Window>,
    ) -> Result<Vec<Window>> {
        let Site { hub, zone } = site.clone();
        let duties = Duties::read(conn, order.hub, day).await?;
        let mut fleet = store::vehicles::of_hub(conn, order.hub).await?;
        fleet.retain(|vehicle| !duties.drives(zone, vehicle).is_empty());
        let needs = order.needs.clone();
        let [brought, taken] = store::orders::load_of_day(conn, order.hub, day, order.id).await?;
        let (weight, volume) = (order.weight_g(), order.volume_ml());
        let capacity = |of: fn(&Vehicle) -> i64| fleet.iter().map(of).fold(0, i64::saturating_add);
        let is_beyond = |asked: Load| {
            asked.weight_g.saturating_add(weight) > capacity(|v| v.capacity_g)
                || asked.volume_ml.saturating_add(volume) > capacity(|v| v.capacity_ml)
        };
        if order.service.brings() && is_beyond(brought) || order.service.takes() && is_beyond(taken) {
            return Ok(vec![]);
        }
        let (hub, door, at_door) = (lat_lon(hub.at), lat_lon(order.address.at), order.service_s);
        let carries = move |v: &&Vehicle| {
            weight <= v.capacity_g && volume <= v.capacity_ml && needs.allow(v.id, &v.skills)
        };
        let (roads, yard) = (self.0.roads.clone(), settings.yard());
        aside(move || {
            // When each vehicle can be at the door at the earliest and at the latest.
            let drives = fleet.iter().filter(carries).flat_map(|v| {
                duties.drives(zone, v).into_iter().map(move |drive| (v, drive.from, drive.until))
            });
            let reach = drives.filter_map(|(v, from, until)| {
                let drive = |a, b, at| {
                    let seconds = roads.drive(a, b, profile(v.kind), zone.wall(at)).ok()??;
                    Some(TimeDelta::seconds(seconds.into()))
                };
                let there = drive(hub, door, from)?;
                let back = drive(door, hub, until)?;
                Some((from + yard + there, until - back - TimeDelta::seconds(at_door.into())))
            });
            let reach: Vec<_> = reach.collect();
            let serves =
                |w: &Window| reach.iter().any(|(first, last)| w.from().max(*first) <= w.until().min(*last));
            windows.into_iter().filter(serves).collect()
        })
        .await
    }
}

/// Whether somebody books what has been booked since the quote: a double click, or an older tab.
fn is_booked(order: &Order, window: Window, quote: Option<Quote>) -> bool {
    let promised = order.promise.latest;
    promised == window && quote.is_some_and(|quote| quote.promised_until != promised.until())
}

/// The windows of a day that are still open for long enough.
fn windows(zone: Zone, day: Day, now: Instant, settings: &Settings) -> Vec<Window> {
    let (length, notice) = (settings.window(), settings.notice());
    settings
        .windows_begin()
        .map(|time| zone.at(day, time))
        .filter(|from| *from + length > now + notice)
        .filter_map(|from| Window::parse(from, from + length).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::NaiveTime;

    #[test]
    fn a_window_that_is_about_to_close_is_not_offered() {
        let zone = Zone::parse("Europe/Malta").unwrap();
        let day = Day::from_ymd_opt(2026, 11, 23).unwrap();
        let at = |h, m| zone.at(day, NaiveTime::from_hms_opt(h, m, 0).unwrap());
        let first = |now| windows(zone, day, now, &Settings::default()).first().map(|w| w.from());
        assert_eq!(first(at(9, 0)), Some(at(8, 0)));
        assert_eq!(first(at(9, 30)), Some(at(10, 0)));
        assert_eq!(first(at(19, 30)), None);
    }
}
