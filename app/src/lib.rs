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
mod sign_in;
#[cfg(not(feature = "ssr"))]
mod still;
mod words;
#[cfg(feature = "ssr")]
mod zones;

pub use error::Fault;
#[cfg(feature = "ssr")]
pub use shell::shell;

#[cfg(feature = "ssr")]
use people::{AccountPage, PeoplePage};
#[cfg(feature = "ssr")]
use roster::RosterPage;
#[cfg(feature = "ssr")]
use settings::SettingsPage;
#[cfg(not(feature = "ssr"))]
use still::{
    Still as AccountPage, Still as PeoplePage, Still as RosterPage, Still as SettingsPage, Still as ZonesPage,
};
#[cfg(feature = "ssr")]
use zones::ZonesPage;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
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
                <Route path=path!("/") view=layout::Door ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=sign_in::SignInPage ssr=SsrMode::Async />
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
                    <Route path=path!("/people") view=PeoplePage ssr=SsrMode::Async />
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async />
                    <Route path=path!("/figures") view=figures::FiguresPage ssr=SsrMode::Async />
                    <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                    <Route path=path!("/roster") view=RosterPage ssr=SsrMode::Async />
                    <Route path=path!("/zones") view=ZonesPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
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
