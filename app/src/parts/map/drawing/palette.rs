//! The colours of the fleet. They are read from the style sheet, so there is one home for them and both themes work.

use domain::Standing;

/// Red, green and blue, 0 to 255.
pub type Rgb = [u8; 3];

/// The custom properties that [`Palette::new`] wants, in its order.
pub const TOKENS: [&str; 7] =
    ["--raised", "--accent", "--done", "--on-time", "--unknown", "--at-risk", "--late"];

/// What the sprites are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// Inside hollow shapes, and the thin edge that lifts a vehicle off the map.
    pub ground: Rgb,
    /// The ring of what is selected.
    pub accent: Rgb,
    standings: [Rgb; Standing::ALL.len()],
}

impl Palette {
    /// A palette from the colours of [`TOKENS`].
    pub fn new([ground, accent, standings @ ..]: [Rgb; TOKENS.len()]) -> Self {
        Self { ground, accent, standings }
    }

    /// The colour of a standing.
    pub fn of(&self, standing: Standing) -> Rgb {
        let [done, on_time, unknown, at_risk, late] = self.standings;
        match standing {
            Standing::Done => done,
            Standing::OnTime => on_time,
            Standing::Unknown => unknown,
            Standing::AtRisk => at_risk,
            Standing::Late => late,
        }
    }
}
