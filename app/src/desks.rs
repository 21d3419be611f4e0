//! The desks: each one's pages are a wasm of their own, and the server has them all.
//!
//! A desk's pages lead to each other without loading anything; from one desk to another leads a page load, as it does to the
//! pages that stand still, which load no scripts and of which no wasm knows.

use crate::{control_room, deliveries, exceptions, figures, layout, roads, session};
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
fn full_title(page: &str) -> String {
    let title = if page.is_empty() { "Doorstep".to_owned() } else { format!("{page} · Doorstep") };
    if cfg!(feature = "ssr") {
        title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
    } else {
        title
    }
}

/// The whole product, from the address bar down.
#[cfg(feature = "ssr")]
#[component]
pub fn App() -> impl IntoView {
    let pages = (
        control_room_pages(),
        exceptions_pages(),
        roads_pages(),
        deliveries_pages(),
        figures_pages(),
        pages_that_stand_still(),
    );
    product(pages.into_any_nested_route())
}

/// The control room as its wasm has it.
pub fn control_room() -> impl IntoView {
    product(control_room_pages())
}

/// The queue of exceptions.
pub fn exceptions() -> impl IntoView {
    product(exceptions_pages())
}

/// The roads.
pub fn roads() -> impl IntoView {
    product(roads_pages())
}

/// The search and the order.
pub fn deliveries() -> impl IntoView {
    product(deliveries_pages())
}

/// The figures.
pub fn figures() -> impl IntoView {
    product(figures_pages())
}

fn product(pages: AnyNestedRoute) -> impl IntoView {
    provide_meta_context();
    provide_context(session::Session::new());
    view! {
        <Title formatter=|page: String| full_title(&page) />
        <Router>
            <layout::FocusHeading />
            <Routes fallback=layout::Elsewhere>
                <All pages />
            </Routes>
        </Router>
    }
}

/// The pages inside their frame; on the server also where somebody begins.
#[component(transparent)]
fn All(pages: AnyNestedRoute) -> AnyNestedRoute {
    let framed = view! {
        <ParentRoute path=path!("") view=layout::SignedIn ssr=SsrMode::Async>
            <Given pages />
        </ParentRoute>
    };
    let all = framed.into_inner();
    #[cfg(feature = "ssr")]
    let all = (all, way_in());
    all.into_any_nested_route()
}

#[component(transparent)]
fn Given(pages: AnyNestedRoute) -> AnyNestedRoute {
    pages
}

/// One page, from its path and its view.
macro_rules! page {
    ($path:tt, $view:path) => {
        view! { <Route path=path!($path) view=$view ssr=SsrMode::Async /> }.into_inner()
    };
}

fn control_room_pages() -> AnyNestedRoute {
    page!("/control-room", control_room::ControlRoomPage).into_any_nested_route()
}

fn exceptions_pages() -> AnyNestedRoute {
    page!("/exceptions", exceptions::ExceptionsPage).into_any_nested_route()
}

fn roads_pages() -> AnyNestedRoute {
    page!("/roads", roads::RoadsPage).into_any_nested_route()
}

fn deliveries_pages() -> AnyNestedRoute {
    let pages =
        (page!("/deliveries", deliveries::SearchPage), page!("/deliveries/:id", deliveries::OrderPage));
    pages.into_any_nested_route()
}

fn figures_pages() -> AnyNestedRoute {
    page!("/figures", figures::FiguresPage).into_any_nested_route()
}

/// The pages that stand still: they come whole from the server and load no scripts.
#[cfg(feature = "ssr")]
fn pages_that_stand_still() -> AnyNestedRoute {
    use crate::{erasure, people, roster, settings, zones};
    let pages = (
        page!("/people", people::PeoplePage),
        page!("/account", people::AccountPage),
        page!("/erase", erasure::ErasurePage),
        page!("/roster", roster::RosterPage),
        page!("/settings", settings::SettingsPage),
        page!("/zones", zones::ZonesPage),
    );
    pages.into_any_nested_route()
}

/// Where somebody begins; that stands still too.
#[cfg(feature = "ssr")]
fn way_in() -> AnyNestedRoute {
    let pages = (page!("/", layout::StartPage), page!("/sign-in", crate::sign_in::SignInPage));
    pages.into_any_nested_route()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    #[test]
    fn a_title_cannot_end_its_element() {
        let reference = "R1</title><meta http-equiv=\"refresh\" content=\"0;url=https://example.org\">&";
        let title = super::full_title(reference);
        assert!(!title.contains('<') && !title.contains('>'), "{title}");
        assert!(title.ends_with("&amp; · Doorstep"));
    }
}
