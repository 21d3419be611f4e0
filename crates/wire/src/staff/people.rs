//! What administrators see of people and keys, and say of them; and what everybody sees of the own account.

use crate::Moment;
use domain::{AccountChange, HubId, KeyKind, PersonId, Role};
use serde::{Deserialize, Serialize};

/// Everybody who may come in, or might.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The hubs at which somebody can work.
    pub hubs: Vec<HubName>,
    /// Everybody, those who may come in first, by name.
    pub rows: Vec<PersonLine>,
}

/// A hub to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubName {
    /// Which.
    pub id: HubId,
    /// Its name.
    pub name: String,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLine {
    /// Identity.
    pub id: PersonId,
    /// Name, unique whatever the case.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether at every hub, those that open later included.
    pub every_hub: bool,
    /// Otherwise, at which.
    pub hubs: Vec<HubId>,
    /// Whether the person has a password; otherwise only a link opens a session.
    pub has_password: bool,
    /// Since when the person cannot come in.
    pub disabled_since: Option<Moment>,
    /// Sessions that can be used.
    pub sessions: i64,
    /// When one was opened or used last.
    pub seen: Option<Moment>,
    /// Until when a link that nobody has used is good.
    pub link_until: Option<Moment>,
    /// Goes back with a change, so that one that was made from an older view is refused.
    pub version: i32,
    /// Whether it is the reader.
    pub own: bool,
}

/// Somebody who is to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// Name by which the person signs in.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// Whether at every hub.
    pub every_hub: bool,
    /// Otherwise, at which; at least one.
    pub hubs: Vec<HubId>,
}

/// What a person is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangePerson {
    /// Who.
    pub person: PersonId,
    /// The version that was looked at.
    pub version: i32,
    /// What the person may do.
    pub role: Role,
    /// Whether at every hub.
    pub every_hub: bool,
    /// Otherwise, at which; without one the person cannot come in.
    pub hubs: Vec<HubId>,
}

/// A link that signs somebody in once, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimeLink {
    /// Whom.
    pub person: String,
    /// Its address; its path alone until the page's own address is put before it.
    pub address: String,
    /// Until when it is good.
    pub until: Moment,
}

/// A page of keys and devices' tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The keys, newest first.
    pub rows: Vec<KeyLine>,
    /// Whether another page follows.
    pub more: bool,
    /// The hubs, for vehicles of the same label.
    pub hubs: Vec<HubName>,
    /// The first shops by name, as suggestions.
    pub shops: Vec<String>,
    /// The first vehicles by label, as suggestions.
    pub vehicles: Vec<String>,
}

/// One key or device's token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyLine {
    /// Names the key; it is no secret.
    pub id: String,
    /// What it opens.
    pub kind: KeyKind,
    /// What people call it; nothing for those that no person has made.
    pub name: Option<String>,
    /// The shop's name or the vehicle's label; empty for an administrator's.
    pub holder: String,
    /// When it was made.
    pub made: Moment,
    /// Who made it; nobody for the command line and for systems.
    pub made_by: Option<String>,
    /// When it opened something last, at most a minute behind.
    pub used: Option<Moment>,
    /// Since when it opens nothing.
    pub revoked: Option<Moment>,
}

/// A key that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakeKey {
    /// What it opens.
    pub kind: KeyKind,
    /// What people will call it.
    pub name: String,
    /// The shop's name or the vehicle's label; nothing for an administrator's.
    pub holder: String,
    /// The vehicle's hub, when two hubs have a vehicle of that label.
    pub hub: Option<HubId>,
}

/// A new key, shown once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeKey {
    /// What it opens.
    pub kind: KeyKind,
    /// What people call it.
    pub name: String,
    /// The shop's name or the vehicle's label; empty for an administrator's.
    pub holder: String,
    /// The key itself.
    pub secret: String,
}

/// A page of what was changed about people and keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangesView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// The newest first.
    pub rows: Vec<ChangeLine>,
    /// Whether another page follows.
    pub more: bool,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeLine {
    /// When.
    pub at: Moment,
    /// Who did it; nobody for the command line.
    pub by: Option<String>,
    /// What; nothing for what a newer version wrote.
    pub what: Option<AccountChange>,
    /// The person, or the key by its name or its id.
    pub whose: String,
    /// The role before; nothing where it was not changed, or not kept.
    pub role_before: Option<Role>,
    /// The role that was given.
    pub role: Option<Role>,
    /// Where the person worked; nothing where that was not changed, or not kept.
    pub hubs_before: Option<Worked>,
    /// Where the person works from then on.
    pub hubs: Option<Worked>,
}

/// Where somebody works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Worked {
    /// At every hub, those that open later included.
    EveryHub,
    /// At the hubs of these names; at none when there is no name.
    Hubs(Vec<String>),
}

/// The own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// What "now" means in this view.
    pub as_of: Moment,
    /// Name by which the person signs in.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The names of the hubs; nothing for every hub.
    pub hubs: Option<Vec<String>>,
    /// Whether there is a password, which is then asked for before another is set.
    pub has_password: bool,
    /// Where the person is signed in, the latest used first.
    pub sessions: Vec<SessionLine>,
}

/// One place where a person is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionLine {
    /// When it began.
    pub began: Moment,
    /// When it was last used, at most some minutes behind.
    pub seen: Moment,
    /// What the browser calls itself.
    pub browser: String,
    /// Whether it is this one.
    pub here: bool,
}
