//! What is set for a hub: read with the day that it is for, and changed by administrators, everything that is wrong named at
//! once and nobody's change lost under another's.

use crate::{
    Caller, Operations, OpsError, Result,
    base::{work::Touched, zone::Zone},
};
use domain::{
    Ability, Hub, HubId, Scope, Settings,
    settings::{
        Fault, Stored,
        setting::{Kind, MOST_TYPED, Reach, Setting, Value},
    },
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
};
use store::settings::{Change, Own};
use wire::staff::settings::{
    ChangeRow, ChangeSettings, Changed, SettingRow, SettingsAnswer, SettingsAsk, SettingsHub,
    SettingsOutcome::{self, Faulty, Overtaken, Saved},
    SettingsView,
};

/// So many changes are a page of the history.
const PAGE: i64 = 20;

/// What is set for a hub, or for all of them. A stored value that cannot be is an error that names its key.
pub(crate) async fn of(conn: &mut store::Conn, hub: Option<HubId>) -> Result<Settings> {
    let stored = read(store::settings::of_hub(conn, hub).await?);
    match stored.faults.first() {
        None => Ok(stored.settings),
        Some(fault) => Err(OpsError::Broken(format!(
            "the setting {} holds what it cannot: set it anew on the page Settings. {}",
            fault.keys.join(", "),
            fault.text
        ))),
    }
}

fn read(own: Vec<Own>) -> Stored {
    let stored = Settings::stored(own.into_iter().map(|own| (own.key, own.value)));
    stored.unknown.iter().for_each(|key| say_unknown(key));
    stored
}

/// Says once in each process that a key is unknown.
fn say_unknown(key: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if SAID.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned()) {
        tracing::warn!(key, "a setting of this name is unknown here and does nothing");
    }
}

/// Everything that is known of the settings of one hub, or of all.
struct LoadedSettings {
    hub: Option<HubId>,
    hubs: Vec<Hub>,
    /// What holds.
    now: Stored,
    /// What would hold without any value of their own.
    below: Settings,
    /// The keys that have a value of their own.
    own: BTreeSet<String>,
}

impl LoadedSettings {
    async fn load(conn: &mut store::Conn, caller: &Caller, asked: Option<HubId>) -> Result<Self> {
        let hubs = store::hubs::all(conn).await?;
        let hub = which(caller, &hubs, asked)?;
        let rows = store::settings::of_hub(conn, hub).await?;
        let beneath: Vec<_> = rows.iter().filter(|own| own.hub.is_none() && hub.is_some()).cloned().collect();
        let own = rows.iter().filter(|own| own.hub == hub).map(|own| own.key.clone()).collect();
        Ok(Self { hub, hubs, now: read(rows), below: read(beneath).settings, own })
    }

    /// The settings that can have a value here, without those that leave no choice.
    fn settings(&self) -> impl Iterator<Item = &'static Setting> {
        let for_all = self.hub.is_none();
        let open = move |s: &&Setting| match s.kind {
            Kind::Choice(choices) => choices.len() > 1,
            Kind::Number { .. } | Kind::Perhaps { .. } => true,
        };
        Settings::LIST.iter().filter(move |s| for_all || s.reach == Reach::Hub).filter(open)
    }

    fn entry(&self, key: &str) -> Option<&'static Setting> {
        self.settings().find(|setting| setting.key == key)
    }

    /// What holds of a setting, as its field has it.
    fn holds(&self, setting: &Setting) -> String {
        setting.write(&setting.of(&self.now.settings))
    }

    /// What was typed and is another value than the one that holds.
    fn typed(&self, fields: &BTreeMap<String, String>) -> Vec<(&'static Setting, Result<Value, String>)> {
        let read = |setting: &'static Setting| {
            let text = fields.get(setting.key)?;
            let value = setting.read(text);
            let is_new = value.as_ref() != Ok(&setting.of(&self.now.settings));
            is_new.then_some((setting, value))
        };
        self.settings().filter_map(read).collect()
    }

    /// What would hold, and what is wrong with it, here and at every hub that has values of its own above it.
    async fn judged(
        &self,
        conn: &mut store::Conn,
        typed: &[(&'static Setting, Result<Value, String>)],
    ) -> Result<(Settings, Vec<Fault>)> {
        let (after, mut faults) = self.now.settings.with(typed.iter().cloned());
        if self.hub.is_none() && faults.is_empty() {
            for hub in &self.hubs {
                let rows = store::settings::of_hub(conn, Some(hub.id)).await?;
                let own: Vec<_> = rows
                    .into_iter()
                    .filter(|own| own.hub.is_some())
                    .filter_map(|own| Some((Settings::entry(&own.key)?, Ok(own.value))))
                    .collect();
                // What contradicts itself there already is no fault of this change.
                if !own.is_empty() && self.now.settings.with(own.iter().cloned()).1.is_empty() {
                    let (_, there) = after.with(own);
                    faults.extend(
                        there
                            .into_iter()
                            .map(|f| Fault { text: format!("At {}: {}", hub.name, f.text), ..f }),
                    );
                }
            }
        }
        Ok((after, faults))
    }
}

/// Whose settings are meant, if the caller's abilities reach that far. With one hub alone all hubs are meant.
fn which(caller: &Caller, hubs: &[Hub], asked: Option<HubId>) -> Result<Option<HubId>> {
    match (asked, &caller.scope) {
        (None, Scope::Every) => Ok(None),
        // Who looks after some hubs begins with the first of them.
        (None, Scope::Hubs(_)) => {
            let own = hubs.iter().find(|hub| caller.scope.reaches(hub.id));
            own.map(|hub| Some(hub.id)).ok_or(OpsError::NotFound)
        }
        (Some(id), scope) if !scope.reaches(id) || hubs.iter().all(|hub| hub.id != id) => {
            Err(OpsError::NotFound)
        }
        (Some(_), Scope::Every) if hubs.len() == 1 => Ok(None),
        (Some(id), _) => Ok(Some(id)),
    }
}

impl Operations {
    /// The settings of a hub, or of all, with their history; and what is wrong with what was typed and not saved.
    pub async fn settings(&self, caller: &Caller, ask: SettingsAsk) -> Result<SettingsView> {
        caller.must(Ability::ChangeSettings)?;
        let mut conn = self.0.database.read().await?;
        let loaded = LoadedSettings::load(&mut conn, caller, ask.hub).await?;
        let hub = loaded.hub;
        let version = store::settings::version(&mut conn, hub).await?;
        let latest = store::settings::latest(&mut conn, hub).await?;
        let names = store::people::names(&mut conn).await?;
        let offset = PAGE * (i64::from(ask.page.max(1)) - 1);
        let mut changes = store::settings::changes(&mut conn, hub, PAGE + 1, offset).await?;
        let typed = loaded.typed(&ask.tried);
        let (_, mut faults) = loaded.judged(&mut conn, &typed).await?;
        faults.extend(loaded.now.faults.clone());
        drop(conn);

        let home = loaded.hubs.iter().find(|other| hub.is_none_or(|hub| other.id == hub));
        let zone = home.map_or_else(|| Zone::parse("UTC"), |hub| Zone::parse(&hub.zone))?;
        let by = |change: &Change| names.get(&change.by).cloned().unwrap_or_default();
        let latest: HashMap<_, _> = latest.iter().map(|change| (change.key.as_str(), change)).collect();
        let row = |setting: &'static Setting| {
            let holds = loaded.holds(setting);
            let was_typed = ask.tried.get(setting.key).map(|text| text.chars().take(MOST_TYPED).collect());
            let changed = latest.get(setting.key).map(|change| Changed {
                before: setting.write(&change.before),
                at: zone.moment(change.at),
                by: by(change),
                since: ask.since.is_some_and(|since| change.id > since),
            });
            let own_faults = faults.iter().filter(|fault| fault.keys.contains(&setting.key));
            SettingRow {
                section: setting.section,
                key: setting.key.to_owned(),
                label: setting.label.to_owned(),
                means: setting.means.to_owned(),
                unit: setting.unit_in(loaded.now.settings.currency),
                text: was_typed.unwrap_or_else(|| holds.clone()),
                holds,
                default: setting.write(&setting.of(&loaded.below)),
                own: loaded.own.contains(setting.key),
                choices: match setting.kind {
                    Kind::Choice(all) => all.iter().map(|(c, name)| ((*c).into(), (*name).into())).collect(),
                    Kind::Number { .. } | Kind::Perhaps { .. } => vec![],
                },
                faults: own_faults.map(|fault| fault.text.clone()).collect(),
                changed,
            }
        };
        let rows: Vec<_> = loaded.settings().map(row).collect();
        let elsewhere =
            faults.iter().filter(|fault| fault.keys.iter().all(|key| loaded.entry(key).is_none()));
        let faults = elsewhere.map(|fault| fault.text.clone()).collect();
        let several = loaded.hubs.len() > 1;
        let more = changes.len() as i64 > PAGE;
        changes.truncate(PAGE as usize);
        let row_of = |change: Change| {
            let setting = Settings::entry(&change.key);
            let text = |value| setting.map_or_else(|| "?".to_owned(), |setting| setting.write(value));
            ChangeRow {
                id: change.id,
                at: zone.moment(change.at),
                by: by(&change),
                hub: change.hub.filter(|_| several).and_then(|id| name_of(&loaded.hubs, id)),
                label: setting.map_or_else(|| change.key.clone(), |setting| setting.label.to_owned()),
                before: text(&change.before),
                after: text(&change.after),
                given_back: change.given_back,
                // In which currency a price was then, the change of the currency says.
                unit: setting
                    .map(|setting| setting.unit)
                    .filter(|unit| !unit.contains('¤'))
                    .unwrap_or("")
                    .to_owned(),
            }
        };
        let reached = loaded.hubs.iter().filter(|hub| several && caller.scope.reaches(hub.id));
        Ok(SettingsView {
            as_of: zone.moment(self.now()),
            hub,
            hubs: reached.map(|hub| SettingsHub { id: hub.id, name: hub.name.clone() }).collect(),
            for_all: caller.scope == Scope::Every,
            version,
            rows,
            faults,
            changes: changes.into_iter().map(row_of).collect(),
            more,
        })
    }

    /// Changes settings, all of them or none: nothing when one of them cannot be, or when somebody else has changed some
    /// since they were shown.
    pub async fn change_settings(&self, caller: &Caller, mut ask: ChangeSettings) -> Result<SettingsAnswer> {
        caller.must(Ability::ChangeSettings)?;
        let was = std::mem::take(&mut ask.was);
        ask.fields.retain(|key, text| was.get(key) != Some(text) && ask.back.as_ref() != Some(key));
        let mut tried = ask.fields.clone();
        let outcome = self.save_settings(caller, ask, &mut tried).await?;
        Ok(SettingsAnswer { outcome, tried })
    }

    /// What was saved, or need not be, is taken out of `tried`.
    async fn save_settings(
        &self,
        caller: &Caller,
        ask: ChangeSettings,
        tried: &mut BTreeMap<String, String>,
    ) -> Result<SettingsOutcome> {
        let (person, _) = caller.person()?;
        let mut tx = self.0.database.begin().await?;
        store::settings::lock(&mut tx).await?;
        let now = self.now();
        let loaded = LoadedSettings::load(&mut tx, caller, ask.hub).await?;
        if store::settings::version(&mut tx, loaded.hub).await? != ask.version {
            return Ok(Overtaken);
        }
        let typed = match &ask.back {
            None => loaded.typed(&ask.fields),
            Some(key) => {
                let setting = loaded.entry(key).ok_or(OpsError::NotFound)?;
                vec![(setting, Ok(setting.of(&loaded.below)))]
            }
        };
        let (after, faults) = loaded.judged(&mut tx, &typed).await?;
        if !faults.is_empty() {
            // What a setting would be given back to is shown with what is wrong with it.
            let back = ask.back.iter().filter_map(|key| loaded.entry(key));
            tried.extend(
                back.map(|setting| (setting.key.to_owned(), setting.write(&setting.of(&loaded.below)))),
            );
            return Ok(Faulty);
        }
        if ask.back.is_none() {
            tried.clear();
        }
        let mut changed = 0;
        for (setting, _) in typed {
            let given_back = ask.back.is_some();
            // Said twice, as by a double click.
            if given_back && !loaded.own.contains(setting.key) {
                continue;
            }
            let change = Change {
                id: 0,
                hub: loaded.hub,
                key: setting.key.to_owned(),
                before: setting.of(&loaded.now.settings),
                after: setting.of(&after),
                given_back,
                at: now,
                by: person,
            };
            store::settings::save(&mut tx, &change).await?;
            tracing::info!(%person, hub = ?loaded.hub, key = setting.key, "a setting was changed");
            changed += 1;
        }
        self.0.pauses.at("settings").await;
        tx.commit().await?;
        // What is at risk, or silent, may be others now.
        for hub in loaded.hubs.iter().filter(|hub| loaded.hub.is_none_or(|own| own == hub.id)) {
            let touched = Touched { all: true, exceptions: true, plan: true, ..Touched::default() };
            self.announce(hub.id, touched);
        }
        Ok(Saved { changed })
    }
}

fn name_of(hubs: &[Hub], id: HubId) -> Option<String> {
    hubs.iter().find(|hub| hub.id == id).map(|hub| hub.name.clone())
}
