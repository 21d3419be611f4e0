//! What the settings ask for, and what may be changed there.

use crate::{Fault, codec::Answer};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use std::collections::BTreeMap;
use wire::staff::settings::{SettingsAnswer, SettingsView};

/// The settings of a hub, or of all without one; with what was typed and not saved, as the address has it.
#[server(prefix = "/api", endpoint = "settings", input = GetUrl, output = Answer)]
pub async fn settings(
    hub: String,
    tried: String,
    since: Option<i64>,
    page: u32,
) -> Result<SettingsView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    let Some(hub) = address::hub(&hub) else { return refuse(wire::AppError::NotFound) };
    let tried = serde_json::from_str(&tried).unwrap_or_default();
    let ask = wire::staff::settings::SettingsAsk { hub, tried, since, page };
    answer(operations().await?.settings(&caller, ask).await)
}

/// Saves what was changed, all of it or nothing, or gives one setting back; and leads back to the page, which says what came
/// of it.
#[server(prefix = "/api", endpoint = "change-settings", output = Answer)]
pub async fn change_settings(
    #[server(default)] hub: String,
    version: i64,
    #[server(default)] fields: BTreeMap<String, String>,
    #[server(default)] was: BTreeMap<String, String>,
    #[server(default)] back: Option<String>,
) -> Result<SettingsAnswer, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let Some(hub) = address::hub(&hub) else { return refuse(wire::AppError::NotFound) };
    let ask = wire::staff::settings::ChangeSettings { hub, version, fields, was, back };
    let done = answer(operations().await?.change_settings(&caller, ask).await)?;
    redirect(&address::after(hub, version, &done));
    Ok(done)
}

#[cfg(feature = "ssr")]
mod address {
    use domain::HubId;
    use leptos_router::location::Url;
    use std::collections::BTreeMap;
    use wire::staff::settings::{SettingsAnswer, SettingsOutcome};

    /// So much of what was typed comes back in the address.
    const MOST_KEPT: usize = 60;
    const MOST_LETTERS: usize = 40;

    /// Reads which hub is meant: all of them when none is named, and nothing when it cannot be one.
    pub fn hub(text: &str) -> Option<Option<HubId>> {
        if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) }
    }

    /// The page after a change: the address is the whole question, so that it reads the same with and without scripts.
    pub fn after(hub: Option<HubId>, version: i64, done: &SettingsAnswer) -> String {
        let said = match done.outcome {
            SettingsOutcome::Saved { changed } => Some(format!("saved={changed}")),
            SettingsOutcome::Overtaken => Some(format!("since={version}")),
            SettingsOutcome::Faulty => None,
        };
        let short = |text: &String| text.chars().take(MOST_LETTERS).collect();
        let kept = done.tried.iter().take(MOST_KEPT).map(|(key, text)| (key, short(text)));
        let kept: BTreeMap<&String, String> = kept.collect();
        let tried = serde_json::to_string(&kept).ok().filter(|_| !kept.is_empty());
        let tried = tried.map(|tried| format!("try={}", Url::escape(&tried)));
        let hub = hub.map(|hub| format!("hub={hub}"));
        let query: Vec<_> = [hub, said, tried].into_iter().flatten().collect();
        if query.is_empty() { "/settings".to_owned() } else { format!("/settings?{}", query.join("&")) }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn answer(outcome: SettingsOutcome, tried: &[(&str, &str)]) -> SettingsAnswer {
            let text = |(key, text): &(&str, &str)| ((*key).to_owned(), (*text).to_owned());
            SettingsAnswer { outcome, tried: tried.iter().map(text).collect() }
        }

        #[test]
        fn the_address_says_what_came_of_a_change() {
            let after = |outcome, tried: &[(&str, &str)]| after(None, 7, &answer(outcome, tried));
            assert_eq!(after(SettingsOutcome::Saved { changed: 2 }, &[]), "/settings?saved=2");
            assert_eq!(after(SettingsOutcome::Faulty, &[]), "/settings");
            let overtaken = after(SettingsOutcome::Overtaken, &[("days_ahead", "\"&hub=1 <b>")]);
            assert!(overtaken.starts_with("/settings?since=7&try=%7B%22days"), "{overtaken}");
            assert!(overtaken.matches(['&', '<', ' ', '"']).count() == 1, "{overtaken}");
            let long = after(SettingsOutcome::Faulty, &[("days_ahead", &"9".repeat(5_000))]);
            assert!(long.len() < 200, "{long}");
        }

        #[test]
        fn a_hub_that_cannot_be_is_not_all_of_them() {
            assert_eq!(hub(""), Some(None));
            assert_eq!(hub("everywhere"), None);
            assert!(hub("01920000-0000-7000-8000-000000000000").is_some_and(|hub| hub.is_some()));
        }
    }
}
