//! What changes while the city stays: traffic by the time of day, live speeds, weather, closures.
//!
//! [`Conditions`] are a value: whoever learns something new makes new ones and hands them to the city, which weighs its
//! hierarchies anew when the next question comes, while those who are asking finish with the old ones.
//! Not here: who decides that a street is closed, and where positions come from.

mod closures;
mod curves;
mod live;
mod weather;

use std::{collections::HashSet, sync::Arc};

pub use closures::{Closure, ClosureShape};
pub(crate) use closures::{barred, closed};
pub use curves::{Curves, Evidence, HOURS, nearest_hour};
pub use live::{Drives, Live, Pass};
pub use weather::Weather;

use crate::{
    Profile,
    network::{Means, Network},
    wall::Wall,
};

/// How far ahead of a conclusion its fading is followed, in seconds.
const FADING_S: [i64; 4] = [0, 1_800, 3_600, 7_200];
/// A closure begins within so many seconds.
const SUDDEN_S: i64 = 60;
/// Its end is seen coming for so many seconds: who would be there before by going round may as well wait.
const OPENING_S: i64 = 1_800;

/// The state of the roads.
#[derive(Clone, Debug)]
pub struct Conditions {
    /// What is closed.
    pub closures: Vec<Closure>,
    /// The weather now; it is taken to stay.
    pub weather: Weather,
    /// What the times of the day usually do.
    pub curves: Arc<Curves>,
    /// What is not as usual now.
    pub live: Arc<Live>,
}

impl Default for Conditions {
    /// An ordinary dry day of which nothing is known.
    fn default() -> Self {
        Conditions {
            closures: Vec::new(),
            weather: Weather::Dry,
            curves: Arc::new(Curves::assumed()),
            live: Arc::new(Live::default()),
        }
    }
}

impl Conditions {
    /// Roads that are always free.
    pub fn free() -> Self {
        Conditions { curves: Arc::new(Curves::free()), ..Conditions::default() }
    }

    /// Seconds at which the roads of a means of travel begin to change otherwise than before, within a span, with the ends
    /// of the span: between two of them everything is taken to change evenly.
    pub(crate) fn breaks(&self, means: Means, from: Wall, until: Wall) -> Vec<Wall> {
        let mut breaks = vec![from, until.max(from)];
        if means != Means::Foot {
            let days = from.midnight().0..=until.0;
            for midnight in days.step_by(86_400) {
                breaks.extend(HOURS.iter().map(|hour| Wall(midnight + (hour * 3_600.0) as i64)));
            }
        }
        if let Some(at) = self.live.at.filter(|_| means == Means::Motor && self.live.known() > 0) {
            breaks.extend(FADING_S.iter().map(|&ahead| at.plus(ahead)));
        }
        for closure in self.closures.iter().filter(|c| c.bars.iter().any(|p| p.means() == means)) {
            breaks.extend([closure.from.plus(-SUDDEN_S), closure.from, closure.until]);
            breaks.extend(Some(closure.until.plus(-OPENING_S)).filter(|at| *at > closure.from));
        }
        breaks.retain(|at| (from..=until.max(from)).contains(at));
        breaks.sort_unstable();
        breaks.dedup();
        breaks
    }

    /// Whether a closure for this profile ends at this very time.
    pub(crate) fn opens(&self, profile: Profile, when: Wall) -> bool {
        self.closures.iter().any(|c| c.until == when && c.bars.contains(&profile))
    }

    /// The last break at or before a time and the first one after it.
    pub(crate) fn around(&self, means: Means, when: Wall) -> (Wall, Wall) {
        let breaks = self.breaks(means, when.midnight(), when.midnight().plus(86_400));
        let after = breaks.partition_point(|&at| at <= when).clamp(1, breaks.len().max(2) - 1);
        let at = |index: usize| breaks.get(index).copied().unwrap_or(when);
        (at(after - 1), at(after))
    }

    /// Tenths of a second that an edge takes one who enters it at a time.
    pub(crate) fn tenths(&self, network: &Network, edge: u32, profile: Profile, when: Wall) -> u32 {
        let free = network.paces[profile.variant()].edges[edge as usize];
        self.slowed(network, edge, free, profile, when)
    }

    /// Tenths of a second that all edges take, in their order.
    pub(crate) fn all_tenths(&self, network: &Network, profile: Profile, when: Wall) -> Vec<u32> {
        let free = network.paces[profile.variant()].edges.iter();
        (0..).zip(free).map(|(edge, &free)| self.slowed(network, edge, free, profile, when)).collect()
    }

    fn slowed(&self, network: &Network, edge: u32, free: u32, profile: Profile, when: Wall) -> u32 {
        let weather = self.weather.factor(profile);
        let group = network.segment_of(edge).group();
        let traffic = match profile.means() {
            Means::Motor => self.curves.at(group, when) * self.live.factor(edge, when),
            // Bikes pass most of what holds cars up.
            Means::Cycle => 1.0 + (self.curves.at(group, when) - 1.0) * 0.1,
            Means::Foot => 1.0,
        };
        if group == crate::network::Group::Apart && profile.means() == Means::Motor {
            return free;
        }
        ((f64::from(free) * traffic * weather).round() as u32).max(1)
    }

    /// The segments that a profile may not use at a time; `segments_of` are those of each closure.
    pub(crate) fn barred(
        &self,
        network: &Network,
        segments_of: &[Vec<u32>],
        profile: Profile,
        when: Wall,
    ) -> HashSet<u32> {
        let mut segments = barred(&self.closures, segments_of, profile, when);
        segments.extend(van_bans(network, profile));
        segments
    }
}

/// The segments on which vans are barred by their size.
pub(crate) fn van_bans(network: &Network, profile: Profile) -> impl Iterator<Item = u32> + '_ {
    let banned = (0..).zip(&network.segments).filter(move |(_, segment)| profile.is_van() && segment.no_van);
    banned.map(|(index, _)| index)
}
