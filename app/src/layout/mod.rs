//! The frame around the pages: the menu, freshness, the person's menu, and the pages outside the menu.

mod api;
mod hubs;
mod menu;

use crate::{
    format,
    live::{Freshness, LiveBoard},
    parts::{self, KeyHelp, Mark},
    session::{MainPage, Session, at_hub},
    words,
};
use hubs::HubMenu;
use leptos::{either::Either, prelude::*};
use leptos_router::{
    components::{A, Outlet},
    hooks::{use_location, use_url},
};
use menu::Menu;

/// The frame of a signed-in page. Somebody who is not signed in is led to the sign-in page and back.
#[component]
pub fn SignedIn() -> impl IntoView {
    match Session::here().role() {
        None => {
            #[cfg(feature = "ssr")]
            to_sign_in();
            ().into_any()
        }
        Some(role) => {
            let live = LiveBoard::new();
            provide_context(live);
            live.open();
            parts::listen();
            parts::remember_places();
            let pages: Vec<_> = MainPage::ALL.into_iter().filter(|page| page.is_shown_to(role)).collect();
            view! {
                <a class="skip" href="#main">
                    "Skip to the content"
                </a>
                <header class="top">
                    <a class="brand" href="/" rel="external">
                        <Brand />
                        <span>"Doorstep"</span>
                    </a>
                    <HubMenu />
                    <Navigation pages=pages.clone() live />
                    <Fresh live />
                    <Menu />
                </header>
                <Outdated live />
                <main id="main" tabindex="-1" data-fresh=move || live.freshness.get().standing().code()>
                    <Outlet />
                </main>
                <KeyHelp pages />
            }
            .into_any()
        }
    }
}

#[cfg(feature = "ssr")]
fn to_sign_in() {
    let url = use_url().get_untracked();
    let next = if url.search().is_empty() {
        url.path().to_owned()
    } else {
        format!("{}?{}", url.path(), url.search().trim_start_matches('?'))
    };
    let next = leptos_router::location::Url::escape(&next);
    leptos_axum::redirect(&format!("/sign-in?next={next}"));
}

/// Our sign: a door with a parcel before it.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="brand-sign" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M6 21V4.5A1.5 1.5 0 0 1 7.5 3h9A1.5 1.5 0 0 1 18 4.5V21" />
            <path d="M3 21h18" />
            <rect x="9.5" y="15" width="5" height="6" />
        </svg>
    }
}

#[component]
fn Navigation(pages: Vec<MainPage>, live: LiveBoard) -> impl IntoView {
    let works_queue = pages.contains(&MainPage::Exceptions);
    let unresolved =
        move || live.counts.get().map(|counts| counts.exceptions).filter(|number| works_queue && *number > 0);
    view! {
        <nav class="navigation" aria-label="Pages">
            {pages
                .into_iter()
                .map(|page| {
                    let badge = (page == MainPage::Exceptions)
                        .then(|| {
                            view! {
                                <span class="badge" aria-hidden="true">
                                    {move || unresolved().map(format::count)}
                                </span>
                            }
                        });
                    view! {
                        <A href=at_hub(page.path())>
                            <span>{words::page(page)}</span>
                            {badge}
                        </A>
                    }
                })
                .collect_view()}
        </nav>
        <p class="unseen" aria-live="polite">
            {move || unresolved().map(|number| format::counted(number, "exception needs", "exceptions need") + " a person")}
        </p>
    }
}

/// As of when the page is true, and what is being tried when it is not.
#[component]
fn Fresh(live: LiveBoard) -> impl IntoView {
    let since =
        |at: Option<wire::Moment>| at.map(|at| format!(" since {}", format::clock_s(at))).unwrap_or_default();
    let standing = Memo::new(move |_| live.freshness.get().standing());
    view! {
        <p class="fresh" data-standing=move || standing.get().code()>
            <span class="fresh-time">
                {move || match live.freshness.get() {
                    Freshness::Live(at) => format::clock_s(at),
                    _ => String::new(),
                }}
            </span>
            <span>
                {move || match live.freshness.get() {
                    Freshness::Still => "Not live".to_owned(),
                    Freshness::Live(_) => "live".to_owned(),
                    Freshness::Paused(at) => format!("Paused{}, trying again", since(at)),
                    Freshness::Ended(at) => format!("Ended{}, reload the page", since(at)),
                }}
            </span>
            {move || view! { <Mark standing=standing.get() /> }}
        </p>
    }
}

#[component]
fn Outdated(live: LiveBoard) -> impl IntoView {
    let here = use_url();
    move || {
        live.outdated.get().then(|| {
            let url = here.get();
            view! {
                <div class="notice banner" role="status">
                    <p>"A new version is ready. What you see stays true; reload when it suits you."</p>
                    <div class="notice-actions">
                        <a class="button" href=format!("{}{}", url.path(), url.search()) rel="external">
                            "Reload"
                        </a>
                    </div>
                </div>
            }
        })
    }
}

/// The start page: leads to the page where the reader's role begins.
#[cfg(feature = "ssr")]
#[component]
pub fn StartPage() -> impl IntoView {
    let path = Session::here()
        .role()
        .map_or_else(|| "/sign-in".to_owned(), |role| at_hub(MainPage::first_of(role).path()));
    view! { <leptos_router::components::Redirect path=path /> }
}

/// The page for addresses that lead nowhere.
#[cfg(feature = "ssr")]
#[component]
pub fn Elsewhere() -> impl IntoView {
    let _ = crate::backend::refuse::<()>(wire::AppError::NotFound);
    let way_back =
        if Session::here().who.is_some() { ("/", "Go to your start page") } else { ("/sign-in", "Sign in") };
    view! {
        <main id="main" class="alone" tabindex="-1">
            <parts::PageHead title="No such page" />
            <p>"This address leads nowhere. It may have been mistyped, or what was here is gone."</p>
            <a class="button primary" href=way_back.0 rel="external">
                {way_back.1}
            </a>
        </main>
    }
}

/// In the browser: a page that this desk does not have. Whatever led there, the server knows it.
#[cfg(not(feature = "ssr"))]
#[component]
pub fn Elsewhere() -> impl IntoView {
    let url = use_url().get_untracked();
    parts::load_page(&format!("{}?{}", url.path(), url.search()));
}

/// Moves the focus to the page's heading after a change of page, as a fresh page load would.
#[component]
pub fn FocusHeading() -> impl IntoView {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            focus_heading();
        }
        now
    });
    Either::<(), ()>::Left(())
}

#[cfg(feature = "hydrate")]
fn focus_heading() {
    use wasm_bindgen::JsCast;
    request_animation_frame(|| {
        let heading = document().query_selector("h1").ok().flatten();
        if let Some(heading) = heading.and_then(|heading| heading.dyn_into::<web_sys::HtmlElement>().ok()) {
            let _ = heading.focus();
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn focus_heading() {}
