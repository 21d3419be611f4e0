//! The own account: what it may do, the password, and where it is signed in.

use super::{
    api::{self, ChangePassword, SignOutElsewhere},
    told::{Told, ToldNotice},
};
use crate::{
    format,
    parts::{Column, FaultNotice, PageHead, Skeleton, Table},
    words,
};
use leptos::{form::ActionForm, prelude::*, reactive::computed::ScopedFuture};
use leptos_router::hooks::use_query_map;
use wire::{
    Moment,
    staff::people::{AccountView, SessionLine},
};

const PLACES: [Column; 3] = [Column::words("Where"), Column::words("Since"), Column::words("Last used")];
const CHANGED: &str = "Your password has changed. Everywhere else you are signed out.";
const ELSEWHERE: &str = "Signed out everywhere else.";

/// The page; `welcome` in its address is said to whom a link has brought here to set a password.
#[component]
pub fn AccountPage() -> impl IntoView {
    let query = use_query_map();
    let welcome = query.read_untracked().get("welcome").is_some();
    let (change, elsewhere) =
        (ServerAction::<ChangePassword>::new(), ServerAction::<SignOutElsewhere>::new());
    let told = Told::new(match query.read_untracked().get("done").as_deref() {
        Some("password") => Some(CHANGED),
        Some("elsewhere") => Some(ELSEWHERE),
        _ => None,
    });
    told.of(change, Some(CHANGED));
    told.of(elsewhere, Some(ELSEWHERE));
    let account =
        Resource::new(move || (change.version().get(), elsewhere.version().get()), |_| api::account());
    let has_password = RwSignal::new(true);
    Effect::new(move |_| {
        if let Some(Ok(view)) = account.get() {
            has_password.set(view.has_password);
        }
    });
    view! {
        <div class="page account-page">
            <PageHead title="Your account" />
            <div class="toasts">
                <ToldNotice told />
            </div>
            <Transition fallback=|| view! { <Skeleton rows=3 what="your account" /> }>
                {move || {
                    Some(match account.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(view) => view! { <Facts welcome=welcome && !view.has_password view /> }.into_any(),
                    })
                }}
            </Transition>
            <Transition>
                // Made once, so that a refusal takes nothing away that was typed.
                {move || Suspend::new(async move {
                    let first = ScopedFuture::new_untracked(account.into_future()).await;
                    first
                        .ok()
                        .map(|view| {
                            has_password.set(view.has_password);
                            view! { <PasswordForm name=view.name has_password change /> }
                        })
                })}
            </Transition>
            <Transition>
                {move || account.get()?.ok().map(|view| view! { <Places sessions=view.sessions as_of=view.as_of elsewhere /> })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Facts(view: AccountView, welcome: bool) -> impl IntoView {
    let hubs = view.hubs.map_or_else(|| "Every hub".to_owned(), |hubs| hubs.join(", "));
    view! {
        {welcome
            .then(|| {
                view! {
                    <div class="notice" role="status">
                        <p>
                            {format!(
                                "Welcome, {}. Set a password of your own below: the link that brought you here opens nothing again.",
                                view.name,
                            )}
                        </p>
                    </div>
                }
            })}
        <dl class="facts">
            <div>
                <dt>"Name"</dt>
                <dd>{view.name}</dd>
            </div>
            <div>
                <dt>"Role"</dt>
                <dd>{words::role(view.role)}</dd>
            </div>
            <div>
                <dt>"Works at"</dt>
                <dd>{hubs}</dd>
            </div>
        </dl>
    }
}

#[component]
fn PasswordForm(
    name: String,
    has_password: RwSignal<bool>,
    change: ServerAction<ChangePassword>,
) -> impl IntoView {
    let busy = change.pending();
    let answer = change.value();
    let done = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or(0);
        if answer.with(|answer| matches!(answer, Some(Ok(())))) { before.wrapping_add(1) } else { before }
    });
    let empty = move || {
        done.track();
        String::new()
    };
    view! {
        <section class="form-box" aria-labelledby="password-title">
            <h2 id="password-title">
                {move || if has_password.get() { "Change your password" } else { "Set a password" }}
            </h2>
            <ActionForm action=change>
                // Password managers keep it under this name.
                <input type="text" value=name autocomplete="username" readonly hidden />
                {move || {
                    has_password
                        .get()
                        .then(|| {
                            view! {
                                <label>
                                    <span>"Present password"</span>
                                    <input
                                        type="password"
                                        name="old"
                                        autocomplete="current-password"
                                        required
                                        prop:value=empty
                                    />
                                </label>
                            }
                        })
                }}
                <label>
                    <span>"New password, 10 characters or more"</span>
                    <input
                        type="password"
                        name="new"
                        autocomplete="new-password"
                        minlength="10"
                        maxlength="200"
                        required
                        prop:value=empty
                    />
                </label>
                <label>
                    <span>"The same again"</span>
                    <input
                        type="password"
                        name="again"
                        autocomplete="new-password"
                        minlength="10"
                        maxlength="200"
                        required
                        prop:value=empty
                    />
                </label>
                <button class="button primary" type="submit" disabled=move || busy.get()>
                    "Save the password"
                </button>
            </ActionForm>
        </section>
    }
}

#[component]
fn Places(
    sessions: Vec<SessionLine>,
    as_of: Moment,
    elsewhere: ServerAction<SignOutElsewhere>,
) -> impl IntoView {
    let busy = elsewhere.pending();
    let others = sessions.iter().filter(|session| !session.here).count();
    view! {
        <section aria-labelledby="places-title">
            <h2 id="places-title">"Where you are signed in"</h2>
            <Table caption="Where you are signed in" caption_hidden=true columns=&PLACES>
                {sessions
                    .into_iter()
                    .map(|session| {
                        view! {
                            <tr>
                                <th scope="row">
                                    {words::browser(&session.browser)}
                                    {session.here.then(|| view! { <small>"This browser"</small> })}
                                </th>
                                <td>{format::clock_from(session.began, as_of)}</td>
                                <td>{format::clock_from(session.seen, as_of)}</td>
                            </tr>
                        }
                    })
                    .collect_view()}
            </Table>
            {(others > 0)
                .then(|| {
                    view! {
                        <ActionForm action=elsewhere>
                            <button class="button" type="submit" disabled=move || busy.get()>
                                "Sign out everywhere else"
                            </button>
                        </ActionForm>
                    }
                })}
        </section>
    }
}
