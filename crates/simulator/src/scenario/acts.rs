//! What recipients do about an order on its day: cancel it, ask for another day or another place, or call.
//!
//! The product has no door for it yet, so nobody tells the driver. Not here: what becomes of it at the door
//! (`crate::world::doors`).

use super::workday::Workday;
use crate::shares::Acts;
use chrono::Duration;
use rand::Rng;
use serde::Serialize;
use wire::Instant;

/// What a recipient does.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Act {
    /// What.
    pub what: Deed,
    /// When.
    pub at: Instant,
}

/// The same, without the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Does not want it any more.
    Cancels,
    /// Wants it on another day.
    Moves,
    /// Wants it left with somebody else.
    Redirects,
    /// Asks where it is.
    Calls,
}

/// What the recipient of an order does about it, between opening, or when it was placed, and the end of its window.
pub fn draw(
    rng: &mut impl Rng,
    day: &Workday,
    placed: Option<Instant>,
    until: Instant,
    shares: &Acts,
) -> Option<Act> {
    let (lot, when) = (rng.random::<f64>(), rng.random::<f64>());
    let deeds = [
        (shares.cancel, Deed::Cancels),
        (shares.r#move, Deed::Moves),
        (shares.redirect, Deed::Redirects),
        (shares.call, Deed::Calls),
    ];
    let mut below = 0.0;
    let (_, what) = deeds.into_iter().find(|(share, _)| {
        below += share;
        lot < below
    })?;
    let from = placed.unwrap_or_else(|| day.after(Duration::zero()));
    let at = from + Duration::seconds(((until - from).num_seconds().max(0) as f64 * when) as i64);
    Some(Act { what, at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draws::Draws;
    use crate::shares::Shares;
    use crate::testing::workday;

    #[test]
    fn a_few_recipients_act_within_the_day_as_often_as_the_shares_say() {
        let (draws, day, shares) = (Draws::new(1), workday(), Shares::default().acts);
        let until = day.after(Duration::hours(5));
        let act = |n: usize| draw(&mut draws.stream("act", &n.to_string()), &day, None, until, &shares);
        let all: Vec<Act> = (0..10_000).filter_map(act).collect();
        let count = |what| all.iter().filter(|act| act.what == what).count();
        assert!((40..80).contains(&count(Deed::Cancels)), "{}", count(Deed::Cancels));
        assert!((340..460).contains(&count(Deed::Calls)), "{}", count(Deed::Calls));
        assert!(all.iter().all(|act| act.at >= day.after(Duration::zero()) && act.at <= until));
        let none = Acts { cancel: 0.0, r#move: 0.0, redirect: 0.0, call: 0.0 };
        assert!(
            (0..500)
                .all(|n| draw(&mut draws.stream("act", &n.to_string()), &day, None, until, &none).is_none())
        );
    }
}
