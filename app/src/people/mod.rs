//! People and keys: who may come in, where they work and how they stand; the keys of systems and phones; what was changed.
//! And the own account of everybody.
//!
//! The address says which part is open, and which person. Everything that was typed outlasts a refusal.

mod account;
mod api;
mod keys;
mod person;
mod secret;
mod told;

pub use account::AccountPage;

use crate::{
    Fault, format,
    parts::{Column, FaultNotice, PageHead, Pager, Skeleton, Table},
    session::at_hub,
    words,
};
use api::{
    ChangePerson, EnablePerson, InvitePerson, MakeKey, ResetPassword, RevokeKey, ShownOnce, SignPersonOut,
};
use domain::PersonId;
use keys::KeysPart;
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use leptos_router::hooks::use_query_map;
use person::{InviteForm, PeopleTable, PersonPanel};
use secret::OnceBox;
use told::{Told, ToldNotice};
use wire::staff::people::ChangesView;

/// What the room shows.
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

/// What can be done here.
#[derive(Clone, Copy)]
struct PeopleActions {
    invite: ServerAction<InvitePerson>,
    change: ServerAction<ChangePerson>,
    enable: ServerAction<EnablePerson>,
    sign_out: ServerAction<SignPersonOut>,
    reset: ServerAction<ResetPassword>,
    make: ServerAction<MakeKey>,
    revoke: ServerAction<RevokeKey>,
}

const CHANGED: &str =
    "Changed. If anything is another, the person has to sign in again; who has no password needs a new link.";
const ACCESS: &str = "Saved. Whoever is disabled is signed out everywhere, at once.";
const OUT: &str = "Signed out everywhere.";
const REVOKED: &str = "Revoked. The key opens nothing any more.";

impl PeopleActions {
    fn new() -> Self {
        Self {
            invite: ServerAction::new(),
            change: ServerAction::new(),
            enable: ServerAction::new(),
            sign_out: ServerAction::new(),
            reset: ServerAction::new(),
            make: ServerAction::new(),
            revoke: ServerAction::new(),
        }
    }

    fn versions(self) -> [usize; 7] {
        [
            self.invite.version().get(),
            self.change.version().get(),
            self.enable.version().get(),
            self.sign_out.version().get(),
            self.reset.version().get(),
            self.make.version().get(),
            self.revoke.version().get(),
        ]
    }

    fn told(self, done: Option<&str>) -> Told {
        let told = Told::new(match done {
            Some("changed") => Some(CHANGED),
            Some("access") => Some(ACCESS),
            Some("out") => Some(OUT),
            Some("revoked") => Some(REVOKED),
            _ => None,
        });
        told.of(self.invite, None);
        told.of(self.change, Some(CHANGED));
        told.of(self.enable, Some(ACCESS));
        told.of(self.sign_out, Some(OUT));
        told.of(self.reset, None);
        told.of(self.make, None);
        told.of(self.revoke, Some(REVOKED));
        told
    }

    /// The latest secret that was answered, until it is put away.
    fn secret(self) -> RwSignal<Option<ShownOnce>> {
        let shown = RwSignal::new(None);
        let answers = [self.invite.value(), self.reset.value(), self.make.value()];
        for answer in answers {
            Effect::new(move |_| {
                if let Some(Ok(secret)) = answer.get() {
                    shown.set(Some(secret));
                }
            });
        }
        shown
    }
}

/// The page; `part`, `person`, `q`, `revoked` and `page` in its address are the whole question.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let query = use_query_map();
    let part = Memo::new(move |_| Part::parse(query.read().get("part").as_deref()));
    let chosen = Memo::new(move |_| query.read().get("person").and_then(|id| id.parse::<PersonId>().ok()));
    let actions = PeopleActions::new();
    let told = actions.told(query.read_untracked().get("done").as_deref());
    // What was told was of what is left now.
    Effect::new(move |before: Option<(Part, Option<PersonId>)>| {
        let here = (part.get(), chosen.get());
        if before.is_some_and(|before| before != here) {
            told.forget();
        }
        here
    });
    let shown = actions.secret();
    let kept = Resource::new(|| (), |()| api::left_to_show());
    view! {
        <div class="page people-page">
            <PageHead title="People and keys" />
            <nav class="tabs" aria-label="Parts">
                {Part::ALL
                    .map(|tab| {
                        view! {
                            <a href=at_hub(tab.path()) aria-current=move || (part.get() == tab).then_some("page")>
                                {tab.label()}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
            <div class="toasts">
                <ToldNotice told />
            </div>
            <Transition>
                {move || Suspend::new(async move {
                    let kept = ScopedFuture::new_untracked(kept.into_future()).await.ok().flatten();
                    let kept = RwSignal::new(kept);
                    view! {
                        {move || {
                            let what = shown.get().or_else(|| kept.get())?;
                            Some(view! { <OnceBox what now=None back=part.get_untracked().path() /> })
                        }}
                    }
                })}
            </Transition>
            {move || match part.get() {
                Part::People => view! { <PeoplePart actions chosen /> }.into_any(),
                Part::Keys => view! { <KeysPart actions /> }.into_any(),
                Part::Changes => view! { <ChangesPart actions /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn PeoplePart(actions: PeopleActions, chosen: Memo<Option<PersonId>>) -> impl IntoView {
    let people = Resource::new(move || actions.versions(), |_| api::people());
    view! {
        <Transition>
            // Made once, so that what was typed outlasts a refusal.
            {move || Suspend::new(async move {
                let first = ScopedFuture::new_untracked(people.into_future()).await;
                first.ok().map(|view| view! { <InviteForm hubs=view.hubs action=actions.invite /> })
            })}
        </Transition>
        <Transition fallback=|| view! { <Skeleton rows=8 what="the people" /> }>
            {move || {
                Some(match people.get()? {
                    Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                    Ok(view) => {
                        let (as_of, hubs) = (view.as_of, view.hubs.clone());
                        let rows = view.rows.clone();
                        view! {
                            {move || {
                                let person = chosen.get()?;
                                let person = rows.iter().find(|row| row.id == person).cloned();
                                Some(
                                    match person {
                                        Some(person) => {
                                            view! { <PersonPanel person hubs=hubs.clone() as_of actions /> }.into_any()
                                        }
                                        None => view! { <FaultNotice fault=Fault(wire::AppError::NotFound) /> }.into_any(),
                                    },
                                )
                            }}
                            <PeopleTable view chosen />
                        }
                            .into_any()
                    }
                })
            }}
        </Transition>
    }
}

const CHANGES: [Column; 3] = [Column::words("When"), Column::words("Who"), Column::words("What")];

#[component]
fn ChangesPart(actions: PeopleActions) -> impl IntoView {
    let page = page_of();
    let changes =
        Resource::new(move || (page.get(), actions.versions()), |(page, _)| api::account_changes(page));
    view! {
        <Transition fallback=|| view! { <Skeleton rows=8 what="what was changed" /> }>
            {move || {
                Some(match changes.get()? {
                    Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                    Ok(ChangesView { rows, .. }) if rows.is_empty() => {
                        let says = if page.get_untracked() > 1 {
                            "No change is left for this page. Go back to the first one."
                        } else {
                            "Nothing has been changed yet. Who invites, changes or disables people, and makes or revokes keys, stands here."
                        };
                        view! { <div class="empty"><p>{says}</p></div> }.into_any()
                    }
                    Ok(ChangesView { as_of, rows, more }) => {
                        let href = Callback::new(|page| format!("/people?part=changes&page={page}"));
                        view! {
                            <Table caption="What was changed" caption_hidden=true columns=&CHANGES>
                                {rows
                                    .into_iter()
                                    .map(|change| {
                                        let says = words::account_change(&change);
                                        view! {
                                            <tr>
                                                <td class="when">{format::clock_from(change.at, as_of)}</td>
                                                <td>{change.by.unwrap_or_else(|| "Command line".to_owned())}</td>
                                                <td>{says}</td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </Table>
                            <Pager page=page.get_untracked() more href />
                        }
                            .into_any()
                    }
                })
            }}
        </Transition>
    }
}

/// The page of a list that the address asks for, from 1.
fn page_of() -> Memo<u32> {
    let query = use_query_map();
    Memo::new(move |_| query.read().get("page").and_then(|page| page.parse().ok()).unwrap_or(1u32).max(1))
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
