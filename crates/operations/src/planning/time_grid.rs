//! Travel times by the clocks on the walls, turned into the seconds of a problem.
//!
//! Not here: which places they are between (`problem`).

use crate::base::zone::Zone;
use ::roads::{DayMatrix, Wall};
use domain::Instant;
use optimizer::{MatrixId, ProblemBuilder, TimedMatrix};

/// From the clocks on the walls to the seconds of a problem.
#[derive(Clone, Copy)]
pub(crate) struct TimeGrid {
    pub zone: Zone,
    pub origin: Instant,
}

impl TimeGrid {
    /// A span of departures; what begins with all time, or never ends, stays so.
    pub fn span(self, from: Wall, until: Wall) -> (i64, i64) {
        let begin = if from == Wall(i64::MIN) { i64::MIN } else { self.second(from) };
        (begin, self.second(until))
    }

    fn second(self, wall: Wall) -> i64 {
        self.zone.unwall(wall).map_or(i64::MAX, |at| (at - self.origin).num_seconds())
    }

    /// The travel times of a profile as the optimizer takes them; plain ones where the hour changes nothing.
    pub fn matrix(self, builder: &mut ProblemBuilder, day: DayMatrix) -> MatrixId {
        let mut breaks: Vec<i64> = day.breaks.iter().map(|&at| self.second(at)).collect();
        if day.shapes.len() == 1 && day.shapes.iter().flatten().all(|factor| *factor == 1 << 16) {
            return builder.matrix(day.places, day.seconds);
        }
        // On the day that the clocks go back an hour comes twice, so two breaks could fall together.
        for index in 1..breaks.len() {
            breaks[index] = breaks[index].max(breaks[index - 1] + 1);
        }
        let DayMatrix { places, seconds, shape, shapes, .. } = day;
        builder.timed_matrix(places, TimedMatrix { seconds, shape, breaks, shapes })
    }
}
