//! Time as the clocks on the walls of the city show it.
//!
//! Traffic follows these clocks, so this is the only time known here. Not here: time zones, and what time it is.

/// Seconds since the beginning of 1970 on the city's own clocks: the instant in UTC plus what the clocks are ahead of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wall(pub i64);

/// Days with a traffic of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// Monday to Friday.
    Weekday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

const DAY_S: i64 = 86_400;

impl DayKind {
    /// All kinds, in their order.
    pub const ALL: [DayKind; 3] = [DayKind::Weekday, DayKind::Saturday, DayKind::Sunday];

    /// A short name that does not change, for what is kept.
    pub fn code(self) -> &'static str {
        match self {
            DayKind::Weekday => "weekday",
            DayKind::Saturday => "saturday",
            DayKind::Sunday => "sunday",
        }
    }

    /// The kind with this short name.
    pub fn from_code(code: &str) -> Option<DayKind> {
        DayKind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

impl Wall {
    /// Seconds since midnight, 0..86,400.
    pub fn of_day(self) -> i64 {
        self.0.rem_euclid(DAY_S)
    }

    /// The midnight before, or this very second.
    pub fn midnight(self) -> Wall {
        Wall(self.0 - self.of_day())
    }

    /// What kind of day it is.
    pub fn day_kind(self) -> DayKind {
        // The first of January 1970 was a Thursday.
        match (self.0.div_euclid(DAY_S) + 3).rem_euclid(7) {
            5 => DayKind::Saturday,
            6 => DayKind::Sunday,
            _ => DayKind::Weekday,
        }
    }

    /// So many seconds later.
    pub fn plus(self, seconds: i64) -> Wall {
        Wall(self.0.saturating_add(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_are_known() {
        // 23 November 2026 is a Monday, at 08:30.
        let monday = Wall(1_795_422_600);
        assert_eq!((monday.day_kind(), monday.of_day()), (DayKind::Weekday, 8 * 3_600 + 1_800));
        assert_eq!(monday.plus(5 * DAY_S).day_kind(), DayKind::Saturday);
        assert_eq!(monday.plus(6 * DAY_S).day_kind(), DayKind::Sunday);
        assert_eq!(monday.plus(-DAY_S).day_kind(), DayKind::Sunday);
        assert_eq!(monday.midnight().of_day(), 0);
        assert_eq!(Wall(-1).of_day(), DAY_S - 1);
    }
}
