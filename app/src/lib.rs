//! What people see: the pages of the control room, as complete HTML from the server and alive in the browser.
//!
//! Folders are named after who sits there; each holds its page, its pieces and one `api.rs` with all its server
//! functions. There is no SQL here, no rule of the business and no arithmetic of figures: a server function names the
//! caller, calls one operation and translates the answer. The map's glue, the keyboard and the live stream are the only
//! places that touch JavaScript values.

#![recursion_limit = "256"]

mod address;
#[cfg(feature = "ssr")]
mod backend;
mod codec;
mod control_room;
mod deliveries;
#[cfg(feature = "ssr")]
mod erasure;
mod error;
mod exceptions;
mod figures;
mod format;
mod layout;
pub mod live;
mod parts;
#[cfg(feature = "ssr")]
mod people;
mod roads;
#[cfg(feature = "ssr")]
mod roster;
mod session;
#[cfg(feature = "ssr")]
mod settings;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod sign_in;
mod words;
#[cfg(feature = "ssr")]
mod zones;

pub use error::Fault;
#[cfg(feature = "ssr")]
pub use shell::shell;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    any_nested_route::{AnyNestedRoute, IntoAnyNestedRoute},
    components::{ParentRoute, Route, Router, Routes},
    path,
};

/// A page's title, as the document takes it: on the server it is written into the head as it is, so what could end the
/// element is escaped here; in the browser it is set as text.
fn title(page: &str) -> String {
    let title = if page.is_empty() { "Doorstep".to_owned() } else { format!("{page} · Doorstep") };
    if cfg!(feature = "ssr") {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title
    }
}

/// The whole product, from the address bar down.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(session::Session::new());
    view! {
        <Title formatter=|page: String| title(&page) />
        <Router>
            <layout::FocusHeading />
            <Routes fallback=layout::NotFoundPage>
                <ParentRoute path=path!("") view=layout::SignedIn ssr=SsrMode::Async>
                    <Route
                        path=path!("/control-room")
                        view=control_room::ControlRoomPage
                        ssr=SsrMode::Async
                    />
                    <Route path=path!("/exceptions") view=exceptions::ExceptionsPage ssr=SsrMode::Async />
                    <Route path=path!("/roads") view=roads::RoadsPage ssr=SsrMode::Async />
                    <Route path=path!("/deliveries") view=deliveries::SearchPage ssr=SsrMode::Async />
                    <Route path=path!("/deliveries/:id") view=deliveries::OrderPage ssr=SsrMode::Async />
                    <Route path=path!("/figures") view=figures::FiguresPage ssr=SsrMode::Async />
                    <StillPages />
                </ParentRoute>
                <WayIn />
            </Routes>
        </Router>
    }
}

/// The pages that stand still ([`address::stands_still`]): they come whole from the server and load no scripts, so the browser's
/// half knows nothing of them. Links lead there by a page load.
#[cfg(feature = "ssr")]
#[component(transparent)]
fn StillPages() -> AnyNestedRoute {
    let mode = SsrMode::Async;
    let pages = (
        view! { <Route path=path!("/people") view=people::PeoplePage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/account") view=people::AccountPage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/erase") view=erasure::ErasurePage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/roster") view=roster::RosterPage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/settings") view=settings::SettingsPage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/zones") view=zones::ZonesPage ssr=mode /> }.into_inner(),
    );
    pages.into_any_nested_route()
}

/// The same of where somebody begins.
#[cfg(feature = "ssr")]
#[component(transparent)]
fn WayIn() -> AnyNestedRoute {
    let mode = SsrMode::Async;
    let pages = (
        view! { <Route path=path!("/") view=layout::StartPage ssr=mode.clone() /> }.into_inner(),
        view! { <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=mode /> }.into_inner(),
    );
    pages.into_any_nested_route()
}

/// None of them.
#[cfg(not(feature = "ssr"))]
#[component(transparent)]
fn StillPages() -> AnyNestedRoute {
    ().into_any_nested_route()
}

/// Not that either.
#[cfg(not(feature = "ssr"))]
#[component(transparent)]
fn WayIn() -> AnyNestedRoute {
    ().into_any_nested_route()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #[test]
    fn a_title_cannot_end_its_element() {
        let reference = "R1</title><meta http-equiv=\"refresh\" content=\"0;url=https://example.org\">&";
        let title = super::title(reference);
        assert!(!title.contains('<') && !title.contains('>'), "{title}");
        assert!(title.ends_with("&amp; · Doorstep"));
    }
}
