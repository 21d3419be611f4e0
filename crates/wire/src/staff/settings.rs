//! The settings as an administrator reads and changes them.

use crate::Moment;
use domain::{HubId, settings::setting::Section};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsAsk {
    /// Of which hub; of all without one.
    pub hub: Option<HubId>,
    /// What was typed and is not saved, by key: read, judged, and shown again.
    pub tried: BTreeMap<String, String>,
    /// The version that was shown when it was typed, if somebody has changed settings since.
    pub since: Option<i64>,
    /// The page of the history, from 1.
    pub page: u32,
}

/// The settings on one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// Whose settings; everybody's without a hub.
    pub hub: Option<HubId>,
    /// The hubs of which settings may be changed, if there are several.
    pub hubs: Vec<SettingsHub>,
    /// Whether what holds for all hubs may be changed.
    pub for_all: bool,
    /// For whoever saves to send along.
    pub version: i64,
    /// Every setting, section by section.
    pub rows: Vec<SettingRow>,
    /// Faults that are about no field of this page.
    pub faults: Vec<String>,
    /// One page of the changes, the latest first.
    pub changes: Vec<ChangeRow>,
    /// Whether older ones follow.
    pub more: bool,
}

/// A hub to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsHub {
    /// Identity.
    pub id: HubId,
    /// Name.
    pub name: String,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingRow {
    /// Its part of the page.
    pub section: Section,
    /// Its name in forms.
    pub key: String,
    /// Two or three words.
    pub label: String,
    /// What it does.
    pub means: String,
    /// What its number counts; nothing for a choice.
    pub unit: String,
    /// What its field holds: what was typed, or what holds.
    pub text: String,
    /// What holds.
    pub holds: String,
    /// What would hold without a value of its own.
    pub default: String,
    /// Whether it has a value of its own.
    pub own: bool,
    /// What it is chosen from: a code, and what people read; nothing for a number.
    pub choices: Vec<(String, String)>,
    /// What is wrong with what the field holds.
    pub faults: Vec<String>,
    /// Its latest change.
    pub changed: Option<Changed>,
}

/// Until when a setting was another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// What held before.
    pub before: String,
    /// Until when.
    pub at: Moment,
    /// Who changed it.
    pub by: String,
    /// Whether that was after the page was shown on which something was typed.
    pub since: bool,
}

/// One change in the history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeRow {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// At which hub, if there are several; at all without one.
    pub hub: Option<String>,
    /// What was changed.
    pub label: String,
    /// What held until then.
    pub before: String,
    /// What holds since.
    pub after: String,
    /// Whether it was given back to what holds below it.
    pub given_back: bool,
    /// What both numbers count; nothing for a choice and for money.
    pub unit: String,
}

/// A change of settings, as a form brings it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeSettings {
    /// At which hub; at all without one.
    pub hub: Option<HubId>,
    /// The version that was shown.
    pub version: i64,
    /// What the fields hold, by key.
    pub fields: BTreeMap<String, String>,
    /// What they held when they were shown: the same is left as it is.
    pub was: BTreeMap<String, String>,
    /// A setting to give back to what holds below it; then nothing else is saved.
    pub back: Option<String>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsAnswer {
    /// Whether it holds.
    pub outcome: SettingsOutcome,
    /// What was typed and is not saved, by key.
    pub tried: BTreeMap<String, String>,
}

/// Whether a change holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsOutcome {
    /// It holds from now on.
    Saved {
        /// How many settings are others than before.
        changed: usize,
    },
    /// Nothing was saved: something cannot be. The page says what.
    Faulty,
    /// Nothing was saved: somebody else has changed settings since the page was shown.
    Overtaken,
}
