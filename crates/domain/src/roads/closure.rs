//! Closed roads and areas.

use crate::{ClosureId, Coordinate, HubId, Instant, Refusal, VehicleKind};
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

/// A shape has no more places than this.
pub const MOST_PLACES: usize = 500;
/// A reason has no more characters than this.
pub const MOST_REASON: usize = 120;

/// No closure lasts longer: what is longer belongs on the map.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A road, or an area, closed to some vehicles for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closure {
    /// Identity.
    pub id: ClosureId,
    /// Whose.
    pub hub: HubId,
    /// Where.
    pub shape: ClosureShape,
    /// Why, for those who read it.
    pub reason: String,
    /// The streets that it closes, for those who read it.
    pub streets: String,
    /// For whom.
    pub bars: Vec<VehicleKind>,
    /// From when on.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// When somebody ended it before its time.
    pub lifted_at: Option<Instant>,
}

/// The outline of a closure, as it was drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "shape", content = "places")]
pub enum ClosureShape {
    /// Along streets or across them.
    Line(Vec<Coordinate>),
    /// Everything inside.
    Area(Vec<Coordinate>),
}

impl ClosureShape {
    /// The places that it was drawn through.
    pub fn places(&self) -> &[Coordinate] {
        let (Self::Line(places) | Self::Area(places)) = self;
        places
    }

    fn is_drawn(&self) -> bool {
        let least = match self {
            Self::Line(_) => 2,
            Self::Area(_) => 3,
        };
        (least..=MOST_PLACES).contains(&self.places().len())
    }
}

impl Closure {
    /// A closure that makes sense: drawn, explained, for somebody, not over before it begins, and with an end in sight.
    pub fn parse(self) -> Result<Self, Refusal> {
        let reason = self.reason.trim().to_owned();
        if !self.shape.is_drawn() {
            return Err(Refusal::ClosureNotDrawn);
        }
        if reason.is_empty() || reason.chars().count() > MOST_REASON || reason.contains(char::is_control) {
            return Err(Refusal::ClosureUnexplained);
        }
        if self.bars.is_empty() || self.until <= self.from {
            return Err(Refusal::ClosureForNobody);
        }
        if self.until - self.from > LONGEST {
            return Err(Refusal::ClosureTooLong);
        }
        Ok(Self { reason, ..self })
    }

    /// Whether it still matters at a time: it holds, or will.
    pub fn matters(&self, now: Instant) -> bool {
        self.lifted_at.is_none() && now < self.until
    }

    /// Somebody ends it. Ending it again changes nothing.
    #[must_use]
    pub fn lift(mut self, at: Instant) -> Self {
        self.lifted_at = self.lifted_at.or(Some(at));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn closure() -> Closure {
        let at = |lat| Coordinate::parse(lat, 14.5).unwrap();
        let from = chrono::DateTime::UNIX_EPOCH;
        Closure {
            id: ClosureId(Uuid::nil()),
            hub: HubId(Uuid::nil()),
            shape: ClosureShape::Line(vec![at(35.9), at(35.91)]),
            reason: " Roadworks ".into(),
            streets: "Triq il-Kbira".into(),
            bars: vec![VehicleKind::DieselVan],
            from,
            until: from + TimeDelta::hours(2),
            lifted_at: None,
        }
    }

    #[test]
    fn a_closure_has_to_make_sense() {
        assert_eq!(closure().parse().unwrap().reason, "Roadworks");
        let places = closure().shape.places().to_vec();
        let area = Closure { shape: ClosureShape::Area(places.clone()), ..closure() };
        assert_eq!(area.parse(), Err(Refusal::ClosureNotDrawn));
        let endless = Closure { shape: ClosureShape::Line(places.repeat(MOST_PLACES)), ..closure() };
        assert_eq!(endless.parse(), Err(Refusal::ClosureNotDrawn));
        let lasts = |time| Closure { until: closure().from + time, ..closure() }.parse();
        assert!(lasts(LONGEST).is_ok());
        assert_eq!(lasts(LONGEST + TimeDelta::seconds(1)), Err(Refusal::ClosureTooLong));
        assert_eq!(Closure { reason: "  ".into(), ..closure() }.parse(), Err(Refusal::ClosureUnexplained));
        assert_eq!(Closure { reason: "a\0b".into(), ..closure() }.parse(), Err(Refusal::ClosureUnexplained));
        assert_eq!(Closure { bars: vec![], ..closure() }.parse(), Err(Refusal::ClosureForNobody));
        let over = Closure { until: closure().from, ..closure() };
        assert_eq!(over.parse(), Err(Refusal::ClosureForNobody));
    }

    #[test]
    fn a_closure_matters_until_it_is_over_or_lifted() {
        let now = closure().from + TimeDelta::hours(1);
        assert!(closure().matters(now) && !closure().matters(now + TimeDelta::hours(1)));
        let lifted = closure().lift(now);
        assert!(!lifted.matters(now));
        assert_eq!(lifted.clone().lift(now + TimeDelta::minutes(5)), lifted);
    }
}
