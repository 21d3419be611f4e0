//! Fields that stops and vehicles write alike.

use crate::model::StopId;
use crate::{Lateness, Skills};

/// Whether a field may be left out.
pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The numbers of skills, from 0 to 63.
pub(super) fn numbers(skills: Skills) -> Vec<u8> {
    (0..64).filter(|number| skills.0 >> number & 1 == 1).collect()
}

pub(super) fn skills(numbers: &[u8]) -> Result<Skills, String> {
    let bit = |bits: u64, &number: &u8| {
        let bit = 1_u64.checked_shl(number.into());
        bit.map(|bit| bits | bit).ok_or_else(|| format!("skill {number}: there are 64, from 0 to 63"))
    };
    numbers.iter().try_fold(0, bit).map(Skills)
}

pub(super) fn price(lateness: Lateness) -> Option<i64> {
    match lateness {
        Lateness::Hard => None,
        Lateness::Priced { per_minute } => Some(per_minute),
    }
}

pub(super) fn lateness(per_minute: Option<i64>) -> Lateness {
    per_minute.map_or(Lateness::Hard, |per_minute| Lateness::Priced { per_minute })
}

/// An index as an id; one beyond the range of ids becomes one that does not exist either.
pub(super) fn id(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

pub(super) fn stop_id(index: usize) -> StopId {
    StopId(id(index))
}
