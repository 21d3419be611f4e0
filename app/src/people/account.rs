//! The own account: what it may do, the password, and where it is signed in.

use super::{
    Message,
    api::{self, ChangePassword, SignOutElsewhere},
    fault_in_address,
};
use crate::{
    format,
    parts::{Column, FaultNotice, PageHead, Skeleton, Table},
    words,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use wire::{
    Moment,
    staff::people::{AccountView, SessionLine},
};

const PLACES: [Column; 3] = [Column::words("Where"), Column::words("Since"), Column::words("Last used")];

/// The page; `welcome` in its address is said to whom a link has brought here to set a password.
#[component]
pub fn AccountPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let welcome = query.get("welcome").is_some();
    let done = match query.get("done").as_deref() {
        Some("password") => Some("Your password has changed. Everywhere else you are signed out."),
        Some("elsewhere") => Some("Signed out everywhere else."),
        _ => None,
    };
    let fault = fault_in_address::<ChangePassword>().or_else(fault_in_address::<SignOutElsewhere>);
    let account = Resource::new(|| (), |()| api::account());
    view! {
        <div class="page account-page">
            <PageHead title="Your account" />
            <Message fault done />
            <Suspense fallback=|| view! { <Skeleton rows=3 what="your account" /> }>
                {move || {
                    Some(match account.get()? {
                        Err(fault) => view! { <FaultNotice fault /> }.into_any(),
                        Ok(view) => {
                            let (name, has_password) = (view.name.clone(), view.has_password);
                            let (sessions, as_of) = (view.sessions.clone(), view.as_of);
                            view! {
                                <Facts welcome=welcome && !has_password view />
                                <PasswordForm name has_password />
                                <Places sessions as_of />
                            }
                                .into_any()
                        }
                    })
                }}
            </Suspense>
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
fn PasswordForm(name: String, has_password: bool) -> impl IntoView {
    view! {
        <section class="form-box" aria-labelledby="password-title">
            <h2 id="password-title">
                {if has_password { "Change your password" } else { "Set a password" }}
            </h2>
            <form method="post" action=ChangePassword::url()>
                // Password managers keep it under this name.
                <input type="text" value=name autocomplete="username" readonly hidden />
                {has_password
                    .then(|| {
                        view! {
                            <label>
                                <span>"Present password"</span>
                                <input
                                    type="password"
                                    name="old"
                                    autocomplete="current-password"
                                    required
                                />
                            </label>
                        }
                    })}
                <NewPassword label="New password, 10 characters or more" name="new" />
                <NewPassword label="The same again" name="again" />
                <button class="button primary" type="submit">
                    "Save the password"
                </button>
            </form>
        </section>
    }
}

#[component]
fn NewPassword(label: &'static str, name: &'static str) -> impl IntoView {
    view! {
        <label>
            <span>{label}</span>
            <input
                type="password"
                name=name
                autocomplete="new-password"
                minlength="10"
                maxlength="200"
                required
            />
        </label>
    }
}

#[component]
fn Places(sessions: Vec<SessionLine>, as_of: Moment) -> impl IntoView {
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
                        <form method="post" action=SignOutElsewhere::url()>
                            <button class="button" type="submit">
                                "Sign out everywhere else"
                            </button>
                        </form>
                    }
                })}
        </section>
    }
}
