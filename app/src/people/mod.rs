//! People and keys: who may come in, where they work and how they stand; the keys of systems and phones; what was changed.
//! And the own account of everybody.
//!
//! The address says which part is open, and which person. Everything that was typed outlasts a refusal.

mod account;
mod api;
mod keys;
mod message;
mod person;
mod secret;

pub use account::AccountPage;
pub(crate) use message::{Message, fault_in_address};

use crate::{
    Fault, format,
    parts::{Column, FaultNotice, PageHead, Pager, Skeleton, Table},
    session::at_hub,
    words,
};
use api::{ChangePerson, EnablePerson, InvitePerson, MakeKey, ResetPassword, RevokeKey, SignPersonOut};
use domain::{AccountChange, PersonId};
use keys::KeysPart;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use person::{InviteForm, PeopleTable, PersonPanel};
use secret::OnceBox;
use wire::staff::people::ChangesView;

/// What the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    People,
    Keys,
    Changes,
}

impl Part {
    const ALL: [Self; 3] = [Self::People, Self::Keys, Self::Changes];

    fn path(self) -> &'static str {
        match self {
            Self::People => "/people",
            Self::Keys => "/people?part=keys",
            Self::Changes => "/people?part=changes",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::People => "People",
            Self::Keys => "Keys",
            Self::Changes => "What was changed",
        }
    }

    fn parse(code: Option<&str>) -> Self {
        match code {
            Some("keys") => Self::Keys,
            Some("changes") => Self::Changes,
            _ => Self::People,
        }
    }
}

/// The sentence for what the address says was done.
fn done(code: Option<&str>) -> Option<&'static str> {
    Some(match code? {
        "changed" => {
            "Changed. If anything is another, the person has to sign in again; who has no password needs a new link."
        }
        "disabled" => {
            "Disabled, and signed out everywhere. The person cannot come in until somebody presses “Let in again”."
        }
        "enabled" => "The person may sign in again. Sessions that were ended stay ended.",
        "out" => "Signed out everywhere.",
        "revoked" => "Revoked. The key opens nothing any more.",
        _ => return None,
    })
}

/// The fault of the form that was sent last, whichever it was.
fn fault() -> Option<Fault> {
    fault_in_address::<InvitePerson>()
        .or_else(fault_in_address::<ChangePerson>)
        .or_else(fault_in_address::<EnablePerson>)
        .or_else(fault_in_address::<SignPersonOut>)
        .or_else(fault_in_address::<ResetPassword>)
        .or_else(fault_in_address::<MakeKey>)
        .or_else(fault_in_address::<RevokeKey>)
}

/// The page; `part`, `person`, `q`, `revoked` and `page` in its address are the whole question.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let part = Part::parse(query.get("part").as_deref());
    let chosen = query.get("person").and_then(|id| id.parse::<PersonId>().ok());
    let done = done(query.get("done").as_deref());
    let kept = Resource::new(|| (), |()| api::left_to_show());
    view! {
        <div class="page people-page">
            <PageHead title="People and keys" />
            <nav class="tabs" aria-label="Parts">
                {Part::ALL
                    .map(|tab| {
                        view! {
                            <a href=at_hub(tab.path()) aria-current=(part == tab).then_some("page")>
                                {tab.label()}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
            <Message fault=fault() done />
            <Suspense>
                {move || {
                    let what = kept.get()?.ok().flatten()?;
                    Some(view! { <OnceBox what now=None back=part.path() /> })
                }}
            </Suspense>
            {match part {
                Part::People => view! { <PeoplePart chosen /> }.into_any(),
                Part::Keys => view! { <KeysPart /> }.into_any(),
                Part::Changes => view! { <ChangesPart /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn PeoplePart(chosen: Option<PersonId>) -> impl IntoView {
    let people = Resource::new(|| (), |()| api::people());
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=8 what="the people" /> }>
            {move || {
                Some(match people.get()? {
                    Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                    Ok(view) => {
                        let person = chosen.map(|id| view.rows.iter().find(|row| row.id == id).cloned());
                        let (as_of, hubs) = (view.as_of, view.hubs.clone());
                        let panel = match person {
                            None => ().into_any(),
                            Some(None) => view! { <FaultNotice fault=Fault(wire::AppError::NotFound) /> }.into_any(),
                            Some(Some(person)) => {
                                view! { <PersonPanel person hubs=hubs.clone() as_of /> }.into_any()
                            }
                        };
                        view! {
                            <InviteForm hubs />
                            {panel}
                            <PeopleTable view chosen />
                        }
                            .into_any()
                    }
                })
            }}
        </Suspense>
    }
}

const CHANGES: [Column; 3] = [Column::words("When"), Column::words("Who"), Column::words("What")];

#[component]
fn ChangesPart() -> impl IntoView {
    let page = page_in_address();
    let changes = Resource::new(move || page, api::account_changes);
    view! {
        <Suspense fallback=|| view! { <Skeleton rows=8 what="what was changed" /> }>
            {move || {
                Some(match changes.get()? {
                    Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                    Ok(ChangesView { rows, .. }) if rows.is_empty() => {
                        let says = if page > 1 {
                            "No change is left for this page. Go back to the first one."
                        } else {
                            "Nothing has been changed yet. Who invites, changes or disables people, and makes or revokes keys, stands here; set-ups of hubs too."
                        };
                        view! { <div class="empty"><p>{says}</p></div> }.into_any()
                    }
                    Ok(ChangesView { as_of, rows, more }) => {
                        let href = Callback::new(|page| at_hub(&format!("/people?part=changes&page={page}")));
                        view! {
                            <Table caption="What was changed" caption_hidden=true columns=&CHANGES>
                                {rows
                                    .into_iter()
                                    .map(|change| {
                                        let says = words::account_change(&change);
                                        view! {
                                            <tr>
                                                <td class="when">{format::clock_from(change.at, as_of)}</td>
                                                <td>{change.by.unwrap_or_else(|| nobody(change.what).to_owned())}</td>
                                                <td>{says}</td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </Table>
                            <Pager page more href />
                        }
                            .into_any()
                    }
                })
            }}
        </Suspense>
    }
}

/// Who did what no person did.
fn nobody(what: Option<AccountChange>) -> &'static str {
    if what == Some(AccountChange::HubSetUp) { "A system" } else { "Command line" }
}

/// The page of a list that the address asks for, from 1.
pub(crate) fn page_in_address() -> u32 {
    use_query_map().read_untracked().get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_found_by_its_address() {
        for part in Part::ALL {
            let code = part.path().split_once("part=").map(|(_, code)| code);
            assert_eq!(Part::parse(code), part);
        }
        assert_eq!(Part::parse(Some("\"><script>")), Part::People);
    }
}
