//! A place in a wide problem on a way where nothing is done, judged by a few sums: most places are such.

use super::recreate::Gap;
use crate::cost::Cost;
use crate::evaluation::opening;
use crate::kernel::working_plan::Mode;
use crate::rich::state::State;
use crate::route::price;
use crate::travel::UNREACHABLE;
use crate::travel::time_shapes::seconds_of;

impl<const CLOCKED: bool, const WIDE: bool> State<'_, CLOCKED, WIDE> {
    /// Whether such a place, before that node, can be known from its sums: ways take the same at every hour, metres do not
    /// count, and the trip waits for the stop's goods already.
    #[inline]
    pub(in crate::rich) fn is_direct(&self, route: u32, stop: usize, after: usize) -> bool {
        let tour = &self.tours[route as usize];
        !CLOCKED
            && tour.direct
            && self.problem.stops[stop].release.is_none_or(|release| {
                release <= self.far[after].release && !tour.spec.left_without(Some(release))
            })
    }

    /// What the stop costs more there; none if it would break something, or cost `bound` or more.
    #[inline]
    pub(in crate::rich) fn direct(&self, stop: usize, gap: Gap, bound: Cost) -> Option<Cost> {
        let Gap { route, before, after, .. } = gap;
        let (there, onward) = (seconds_of(gap.there), seconds_of(gap.onward));
        let (row, tour) = (&self.problem.rows[stop], &self.tours[route as usize]);
        let spec = tour.spec;
        let (ahead, next) = (&self.nodes[before], &self.nodes[after]);
        let service = self.service(route, stop);
        if self.least(stop, gap) >= bound || there >= UNREACHABLE || onward >= UNREACHABLE {
            return None;
        }
        let windows = &self.problem.stops[stop];
        let begin = opening(&windows.more_windows, windows.window, ahead.depart + there);
        let arrive_next = begin + service + onward;
        if (row.per_minute.is_none() && begin > row.close) || arrive_next > next.latest {
            return None;
        }
        if !self.has_room(route, stop)
            || !self.fits(stop, after, |room, down, up| down <= room.deliver && up <= room.pick_up)
        {
            return None;
        }
        let first = before >= self.stops();
        let end = (arrive_next + next.tail).max(next.floor);
        let mut start = if first && !spec.under_way { ahead.depart.max(begin - there) } else { tour.start };
        if let Some(most) = spec.max_duration.filter(|most| end - start > *most) {
            if !spec.under_way {
                let (run, slack) =
                    if first { (0, i64::MAX) } else { (self.far[before].run, self.far[before].slack) };
                let (to, on) = (run + there, run + there + service + onward);
                let slack = slack.min(row.close.max(begin) - to).min(next.latest - on);
                let latest = start.max(slack.min(end - on - next.tail));
                start = latest.min(end - most);
            }
            if end - start > most.max(tour.end - tour.start) {
                return None;
            }
        }
        let driving = tour.driving + there + onward - i64::from(ahead.arc);
        let mut cost = price(spec, start, end, driving) - tour.price;
        cost += self.change(route, before, stop, after);
        if self.instance.priced {
            cost += row.late_cost(begin);
            if after < self.stops() {
                cost += self.late_from_wide(after, arrive_next) - next.late;
            }
        }
        if self.mode == Mode::Fullest && tour.size == 0 && !spec.under_way {
            cost -= Cost::units(spec.fixed_cost);
        }
        (cost < bound).then_some(cost)
    }
}
