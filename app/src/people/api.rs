//! What the page of people and keys asks for, what may be done there, and the own account.
//!
//! Without scripts an answer is a redirect: what was done stands in the address that follows, and what is shown once goes by
//! a cookie that the next page uses up.

use crate::{Fault, codec::Answer};
use domain::{HubId, KeyKind, PersonId, Role};
use leptos::{prelude::*, server_fn::codec::GetUrl};
use serde::{Deserialize, Serialize};
use wire::staff::people::{AccountView, ChangesView, KeysView, MadeKey, OneTimeLink, PeopleView};

/// What is shown this once and can never be looked up.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShownOnce {
    /// A link that signs somebody in.
    Link(OneTimeLink),
    /// A new key.
    Key(MadeKey),
}

/// Everybody who may come in.
#[server(prefix = "/api", endpoint = "people", input = GetUrl, output = Answer)]
pub async fn people() -> Result<PeopleView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.people_page(&caller).await)
}

/// What was changed about people and keys.
#[server(prefix = "/api", endpoint = "account-changes", input = GetUrl, output = Answer)]
pub async fn account_changes(page: u32) -> Result<ChangesView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.account_changes(&caller, page).await)
}

/// Invites somebody. Hubs come as boxes that are ticked or not there.
#[server(prefix = "/api", endpoint = "invite-person", output = Answer)]
pub async fn invite_person(
    name: String,
    role: Role,
    #[server(default)] every_hub: bool,
    #[server(default)] hubs: Vec<HubId>,
) -> Result<ShownOnce, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let ask = wire::staff::people::Invite { name, role, every_hub, hubs };
    let typed = [
        ("name", ask.name.clone()),
        ("role", role.code().to_owned()),
        ("hubs", if every_hub { String::new() } else { written(&ask.hubs) }),
    ];
    let link = kept_if_refused(answer(operations().await?.invite(&caller, ask).await), &typed)?;
    shown(ShownOnce::Link(with_whole_address(link)), "/people")
}

/// Gives a person another role and other hubs.
#[server(prefix = "/api", endpoint = "change-person", output = Answer)]
pub async fn change_person(
    person: PersonId,
    version: i32,
    role: Role,
    #[server(default)] every_hub: bool,
    #[server(default)] hubs: Vec<HubId>,
) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let ask = wire::staff::people::ChangePerson { person, version, role, every_hub, hubs };
    answer(operations().await?.change_person(&caller, ask).await)?;
    done_plainly(&format!("/people?person={person}&done=changed"));
    Ok(())
}

/// Disables a person, or lets one in again.
#[server(prefix = "/api", endpoint = "enable-person", output = Answer)]
pub async fn enable_person(person: PersonId, version: i32, enabled: bool) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.set_enabled(&caller, person, version, enabled).await)?;
    let done = if enabled { "enabled" } else { "disabled" };
    done_plainly(&format!("/people?person={person}&done={done}"));
    Ok(())
}

/// Signs a person out everywhere.
#[server(prefix = "/api", endpoint = "sign-person-out", output = Answer)]
pub async fn sign_person_out(person: PersonId) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.sign_out_person(&caller, person).await)?;
    done_plainly(&format!("/people?person={person}&done=out"));
    Ok(())
}

/// Takes a person's password away and answers a link by which another is set.
#[server(prefix = "/api", endpoint = "reset-password", output = Answer)]
pub async fn reset_password(person: PersonId) -> Result<ShownOnce, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let link = answer(operations().await?.reset_password(&caller, person).await)?;
    shown(ShownOnce::Link(with_whole_address(link)), &format!("/people?person={person}"))
}

/// Keys and devices.
#[server(prefix = "/api", endpoint = "keys", input = GetUrl, output = Answer)]
pub async fn keys(text: String, revoked: bool, page: u32) -> Result<KeysView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.keys_page(&caller, &text, revoked, page).await)
}

/// Makes a key. A hub is chosen only where two have a vehicle of the same label.
#[server(prefix = "/api", endpoint = "make-key", output = Answer)]
pub async fn make_key(
    kind: KeyKind,
    name: String,
    #[server(default)] holder: String,
    #[server(default)] hub: String,
) -> Result<ShownOnce, Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    let ask = wire::staff::people::MakeKey { kind, name, holder, hub: hub.parse().ok() };
    let typed =
        [("kind", kind.code().to_owned()), ("name", ask.name.clone()), ("holder", ask.holder.clone())];
    let key = kept_if_refused(answer(operations().await?.make_key(&caller, ask).await), &typed)?;
    shown(ShownOnce::Key(key), "/people?part=keys")
}

/// Revokes a key.
#[server(prefix = "/api", endpoint = "revoke-key", output = Answer)]
pub async fn revoke_key(key: String) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.revoke_key(&caller, &key).await)?;
    // The list goes on with what was looked for.
    let from = request_header(axum::http::header::REFERER).unwrap_or_default();
    let asked =
        from.split_once('?').map_or("", |(_, query)| query).split('&').filter(|part| part.starts_with("q="));
    let asked: String = asked.map(|part| format!("&{part}")).collect();
    done_plainly(&format!("/people?part=keys&done=revoked{asked}"));
    Ok(())
}

/// What the page before this one left to be shown once, without scripts.
#[server(prefix = "/api", endpoint = "shown-once", input = GetUrl, output = Answer)]
pub async fn left_to_show() -> Result<Option<ShownOnce>, Fault> {
    use crate::backend::*;
    uncached();
    caller().await?;
    let Some(kept) = cookie(ONCE_COOKIE) else { return Ok(None) };
    set_cookie(&format!("{ONCE_COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=0"))?;
    let text = leptos_router::location::Url::unescape(&kept);
    Ok(serde_json::from_str(&text).ok())
}

/// The own account.
#[server(prefix = "/api", endpoint = "account", input = GetUrl, output = Answer)]
pub async fn account() -> Result<AccountView, Fault> {
    use crate::backend::*;
    uncached();
    let caller = caller().await?;
    answer(operations().await?.account(&caller).await)
}

/// Gives the own account another password.
#[server(prefix = "/api", endpoint = "change-password", output = Answer)]
pub async fn change_password(
    #[server(default)] old: String,
    new: String,
    again: String,
) -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.change_own_password(&caller, &old, &new, &again).await)?;
    done_plainly("/account?done=password");
    Ok(())
}

/// Signs the own account out everywhere but here.
#[server(prefix = "/api", endpoint = "sign-out-elsewhere", output = Answer)]
pub async fn sign_out_elsewhere() -> Result<(), Fault> {
    use crate::backend::*;
    let caller = caller().await?;
    answer(operations().await?.sign_out_elsewhere(&caller).await)?;
    done_plainly("/account?done=elsewhere");
    Ok(())
}

/// The cookie that carries what was typed into a form that was refused.
#[cfg(feature = "ssr")]
const TYPED_COOKIE: &str = "__Host-typed";

/// Keeps what was typed for the page that follows a refusal.
#[cfg(feature = "ssr")]
fn kept_if_refused<T>(answer: Result<T, Fault>, typed: &[(&str, String)]) -> Result<T, Fault> {
    if answer.is_err() && crate::backend::is_plain() {
        let typed: std::collections::BTreeMap<_, _> = typed.iter().cloned().collect();
        crate::backend::hand_on(TYPED_COOKIE, &typed)?;
    }
    answer
}

#[cfg(feature = "ssr")]
fn written(hubs: &[HubId]) -> String {
    hubs.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// What was typed into a form on the page before this one and refused; asking uses it up.
pub fn typed() -> std::collections::BTreeMap<String, String> {
    crate::backend::handed_on(TYPED_COOKIE).unwrap_or_default()
}

/// The cookie that carries what is shown once over a redirect.
#[cfg(feature = "ssr")]
const ONCE_COOKIE: &str = "__Host-shown-once";

/// Leads a form without scripts to the page that says what was done.
#[cfg(feature = "ssr")]
fn done_plainly(to: &str) {
    if crate::backend::is_plain() {
        crate::backend::redirect(&crate::backend::at_same_hub(to));
    }
}

/// Answers what is shown once; without scripts by the page that follows.
#[cfg(feature = "ssr")]
fn shown(what: ShownOnce, to: &str) -> Result<ShownOnce, Fault> {
    use crate::backend::{is_plain, redirect, set_cookie};
    crate::backend::uncached();
    if is_plain() {
        let text = serde_json::to_string(&what).map_err(|_| Fault(wire::AppError::Unreachable))?;
        let text = leptos_router::location::Url::escape(&text);
        set_cookie(&format!("{ONCE_COOKIE}={text}; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=60"))?;
        redirect(&crate::backend::at_same_hub(to));
    }
    Ok(what)
}

/// A link is handed on to somebody else, so it needs more than its path.
#[cfg(feature = "ssr")]
fn with_whole_address(link: OneTimeLink) -> OneTimeLink {
    OneTimeLink { address: crate::backend::whole_address(&link.address), ..link }
}
