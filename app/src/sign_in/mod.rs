//! The sign-in page: a name, a password, and a sentence when they do not fit.
//!
//! The form is a plain one with and without scripts, because the whole page must be made anew for who signs in.

mod api;

use crate::{
    act::Act,
    layout::Brand,
    parts::{FaultNotice, PageHead, fault_of},
};
use api::SignIn;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use wire::{AccountFault, AppError};

/// The sign-in page. `next` in its address is where it leads; `link=spent` and `hub=none` say why a link or a
/// session did not.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let next = query.read_untracked().get("next").unwrap_or_default();
    let spent = query.read_untracked().get("link").is_some().then_some(AppError::LinkSpent.into());
    let no_hub = AppError::Account { why: AccountFault::NoHubs };
    let no_hub = query.read_untracked().get("hub").is_some().then_some(no_hub.into());
    let fault = fault_of(Act::of::<SignIn>()).get_untracked().or(spent).or(no_hub);
    view! {
        <main id="main" class="alone sign-in" tabindex="-1">
            <p class="brand">
                <Brand />
                <span>"Doorstep"</span>
            </p>
            <PageHead title="Sign in" />
            {fault.map(|fault| view! { <FaultNotice fault /> })}
            <form method="post" action=SignIn::url() class="stack">
                <input type="hidden" name="next" value=next />
                <label>
                    <span>"Name"</span>
                    <input
                        type="text"
                        name="name"
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                        autofocus
                    />
                </label>
                <label>
                    <span>"Password"</span>
                    <input type="password" name="password" autocomplete="current-password" required />
                </label>
                <button class="button primary" type="submit">
                    "Sign in"
                </button>
            </form>
            <p class="quiet">"The account comes from an administrator of your hub."</p>
        </main>
    }
}
