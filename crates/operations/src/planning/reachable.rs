//! What closures leave of the time in which a stop can be served.
//!
//! Not here: what is closed (`roads`), and what a problem is made of otherwise (`problem`).

use crate::planning::{
    decidable::{Runner, Strictness, Task},
    time_grid::TimeGrid,
};
use ::roads::{DayMatrix, LatLon, Profile};
use chrono::TimeDelta;

/// A day's travel times for the profiles that they hold for.
pub(crate) type DayOf = (Vec<Profile>, DayMatrix);

/// How fast somebody who is let out of a closed street comes back, by straight line, in metres a second.
const LET_OUT_MPS: f64 = 6.0;

/// Who stands behind a barrier that stays will be let out: such a runner starts at the hub, so much later.
pub(crate) fn let_out(days: &[DayOf], runners: &mut [Runner], places: &mut [usize], hub: LatLon) {
    for (runner, start) in runners.iter_mut().zip(places).filter(|(r, _)| r.under_way) {
        let own = crate::base::convert::profile(runner.vehicle.kind);
        let day = days.iter().find(|(profiles, _)| profiles.contains(&own));
        if day.is_some_and(|(_, day)| day.connected(*start).is_empty()) {
            runner.free_at += TimeDelta::seconds((runner.place.metres_to(hub) / LET_OUT_MPS) as i64);
            *start = 0;
        }
    }
}

/// A span of seconds of a problem.
type Seconds = (i64, i64);

/// The windows of tasks, `windows` without what closures take from them. Where a kind of vehicle can never come in time while
/// others can, its ways to the door are taken away.
pub(crate) fn openings(
    days: &mut [DayOf],
    clock: TimeGrid,
    (tasks, first_task): (&[Task], usize),
    runners: &[Runner],
    windows: &[Seconds],
    strictness: Strictness,
) -> Vec<Seconds> {
    let some =
        |profile: Profile| runners.iter().any(|r| crate::base::convert::profile(r.vehicle.kind) == profile);
    let mut open = Vec::with_capacity(tasks.len());
    for ((n, task), &window) in tasks.iter().enumerate().zip(windows) {
        let place = first_task + n;
        let only =
            task.only.and_then(|i| runners.get(i)).map(|r| crate::base::convert::profile(r.vehicle.kind));
        let serves = |profiles: &[Profile]| match only {
            Some(profile) => profiles.contains(&profile),
            None => profiles.iter().any(|profile| some(*profile)),
        };
        let left: Vec<Option<Seconds>> = days
            .iter()
            .map(|(profiles, day)| {
                serves(profiles).then(|| {
                    let spans: Vec<Seconds> = day
                        .connected(place)
                        .into_iter()
                        .map(|(from, until)| clock.span(from, until))
                        .collect();
                    left_of(window, &spans, strictness)
                })?
            })
            .collect();
        let whole = left.contains(&Some(window));
        let mut common = window;
        for (part, (_, day)) in left.into_iter().zip(days.iter_mut()) {
            match part {
                Some(part) if part == window => {}
                Some(part) if !whole => {
                    let opens = common.0.max(part.0);
                    common = (opens, common.1.min(part.1).max(opens));
                }
                _ => day.part(place),
            }
        }
        open.push(common);
    }
    open
}

/// What of a window lies in the best of some spans. A stop that may be late opens with the next span after its window.
fn left_of((from, until): Seconds, spans: &[Seconds], strictness: Strictness) -> Option<Seconds> {
    let within = spans.iter().map(|&(begin, end)| (from.max(begin), until.min(end)));
    let best = within.filter(|(begin, end)| begin <= end).max_by_key(|(begin, end)| end - begin);
    best.or_else(|| {
        let later = spans.iter().map(|&(begin, _)| begin).filter(|begin| *begin > until).min();
        later.filter(|_| strictness == Strictness::Priced).map(|begin| (begin, begin))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_keeps_what_closures_leave_of_it() {
        use Strictness::{Hard, Priced};
        let always = [(i64::MIN, i64::MAX)];
        let but_noon = [(i64::MIN, 100), (200, i64::MAX)];
        for strictness in [Hard, Priced] {
            assert_eq!(left_of((0, 300), &always, strictness), Some((0, 300)));
            assert_eq!(left_of((50, 300), &but_noon, strictness), Some((200, 300)));
            assert_eq!(left_of((0, 150), &but_noon, strictness), Some((0, 100)));
            assert_eq!(left_of((0, 150), &[], strictness), None);
            assert_eq!(left_of((150, 180), &[(i64::MIN, 100)], strictness), None);
        }
        assert_eq!(left_of((120, 180), &but_noon, Hard), None);
        assert_eq!(left_of((120, 180), &but_noon, Priced), Some((200, 200)));
    }
}
