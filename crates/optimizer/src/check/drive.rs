//! When a vehicle leaves, and when it does what.

use super::steps::{Action, Step};
use crate::model::{Problem, StopSpec, VehicleSpec};

/// How long an arc that does not exist is taken to last, in seconds, so that the rest can be computed.
const NO_WAY: i64 = 10_000_000;

/// When one step is done.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    /// When the one before it was over.
    pub(super) sets_out: i64,
    /// Seconds of driving.
    pub(super) way: i64,
    /// Whether there is a way at all.
    pub(super) reachable: bool,
    /// When service, or whatever it is, begins.
    pub(super) begin: i64,
    /// When it is over.
    pub(super) over: i64,
    /// Seconds of waiting, before or behind.
    pub(super) waits: i64,
    /// Whether who came a little earlier would have had to wait.
    held: bool,
}

/// A vehicle and what it does.
pub(super) struct Drive<'a> {
    pub(super) problem: &'a Problem,
    pub(super) spec: &'a VehicleSpec,
    pub(super) steps: &'a [Step<'a>],
}

impl Drive<'_> {
    /// When it leaves its start, and the moments of its steps.
    pub(super) fn times(&self) -> (i64, Vec<Moment>) {
        let departure = self.departure();
        let now = self.follow(departure, self.steps);
        let Some(longest) = self.spec.max_duration.filter(|_| !self.spec.under_way) else {
            return (departure, now);
        };
        let ends = end(&now, departure);
        let later = latest(departure, departure + (ends - departure - longest).max(0), |leave| {
            let then = self.follow(leave, self.steps);
            end(&then, leave) <= ends
                && self.steps.iter().zip(now.iter().zip(&then)).all(|(step, (now, then))| match step.action {
                    Action::Serve(_, visit) => then.begin <= now.begin.max(last_close(visit)),
                    Action::Break(_, pause) => then.sets_out <= now.sets_out.max(pause.window.1),
                    Action::Reload | Action::Charge | Action::End => true,
                })
        });
        (later, self.follow(later, self.steps))
    }

    /// When it leaves its start as long as nobody asks how long it is out.
    fn departure(&self) -> i64 {
        if self.spec.under_way {
            return self.spec.shift.0;
        }
        let released = released(self.steps).map_or(self.spec.shift.0, |time| time.max(self.spec.shift.0));
        let first = self.steps.iter().position(|step| matches!(step.action, Action::Serve(..)));
        let Some(first) = first else { return released };
        let steps = &self.steps[..=first];
        let at_once = self.follow(released, steps);
        let begin = at_once[first].begin;
        // Who waits for nothing leaves at once, even where travel times fall and a second would be gained for nothing.
        if !at_once.iter().any(|moment| moment.held) {
            return released;
        }
        latest(released, begin, |leave| {
            let then = self.follow(leave, steps);
            then[first].begin <= begin
                && steps.iter().zip(&then).all(|(step, moment)| match step.action {
                    Action::Break(_, pause) => moment.sets_out <= pause.window.1,
                    _ => true,
                })
        })
    }

    /// The moments of these first steps for who leaves then.
    fn follow(&self, departure: i64, steps: &[Step]) -> Vec<Moment> {
        let mut clock = departure;
        let mut moments = Vec::with_capacity(steps.len());
        for (index, step) in steps.iter().enumerate() {
            let way = step
                .leg
                .map_or(Some(0), |(from, to)| self.problem.travel_seconds(self.spec.matrix, from, to, clock));
            let arrives = clock + way.unwrap_or(NO_WAY);
            let begin = match step.action {
                Action::Serve(_, visit) => service_begin(visit, arrives),
                Action::Break(_, pause) => arrives.max(pause.window.0),
                Action::Reload | Action::Charge | Action::End => arrives,
            };
            let ready = begin + step.stay;
            let release = match step.action {
                Action::Reload => released(&self.steps[index + 1..]),
                _ => None,
            };
            let over = release.map_or(ready, |release| ready.max(release));
            let held = match step.action {
                Action::Serve(_, visit) => windows(visit).any(|(opens, _)| begin == opens),
                Action::Break(_, pause) => begin == pause.window.0,
                Action::Reload => Some(over) == release,
                Action::Charge | Action::End => false,
            };
            moments.push(Moment {
                sets_out: clock,
                way: way.unwrap_or(NO_WAY),
                reachable: way.is_some(),
                begin,
                over,
                waits: begin - arrives + over - ready,
                held,
            });
            clock = over;
        }
        moments
    }
}

/// When the last of these moments is over, or the departure if there is none.
pub(super) fn end(moments: &[Moment], departure: i64) -> i64 {
    moments.last().map_or(departure, |moment| moment.over)
}

/// When the last goods of the trip that begins with these steps are at the depot.
fn released(steps: &[Step]) -> Option<i64> {
    let trip = steps.iter().take_while(|step| !matches!(step.action, Action::Reload));
    trip.filter_map(|step| if let Action::Serve(_, visit) = step.action { visit.release } else { None }).max()
}

fn windows(visit: &StopSpec) -> impl Iterator<Item = (i64, i64)> + '_ {
    std::iter::once(visit.window).chain(visit.more_windows.iter().copied())
}

/// The end of the last window.
pub(super) fn last_close(visit: &StopSpec) -> i64 {
    visit.more_windows.last().unwrap_or(&visit.window).1
}

/// When service begins for who arrives then: in a window, at the opening of the next, or at once if there is none.
fn service_begin(visit: &StopSpec, arrives: i64) -> i64 {
    windows(visit).find(|(_, closes)| arrives <= *closes).map_or(arrives, |(opens, _)| arrives.max(opens))
}

/// The latest departure from `earliest` to `most` that will do, or `earliest`; by halving, as who leaves later never
/// arrives earlier.
fn latest(earliest: i64, most: i64, will_do: impl Fn(i64) -> bool) -> i64 {
    let (mut good, mut late) = (earliest, most.max(earliest) + 1);
    while late - good > 1 {
        let middle = good + (late - good) / 2;
        if will_do(middle) { good = middle } else { late = middle }
    }
    good
}
