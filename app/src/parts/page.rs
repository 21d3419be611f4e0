//! What every page begins and ends with: its heading, its place while loading, and the way to its next page.

use crate::session::{MainPage, Session};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page's title and its heading, which takes the focus after a change of page.
#[component]
pub fn PageHead(
    /// The heading.
    #[prop(into)]
    title: String,
    /// Whether the heading is only for those who hear the page.
    #[prop(optional)]
    hidden: bool,
) -> impl IntoView {
    view! {
        <Title text=title.clone() />
        <h1 tabindex="-1" class=if hidden { "unseen" } else { "page-title" }>
            {title}
        </h1>
    }
}

/// Grey lines that keep the place of rows to come.
#[component]
pub fn Skeleton(
    /// How many rows.
    rows: usize,
    /// What is loading, for those who hear the page.
    what: &'static str,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-busy="true">
            <span class="unseen">{format!("Loading {what}")}</span>
            {(0..rows).map(|_| view! { <span class="skeleton-row"></span> }).collect_view()}
        </div>
    }
}

/// Links to the page before and the page after.
#[component]
pub fn Pager(
    /// This page, from 1.
    page: u32,
    /// Whether more follow.
    more: bool,
    /// The address of a page.
    href: Callback<u32, String>,
) -> impl IntoView {
    (page > 1 || more).then(|| {
        view! {
            <nav class="pager" aria-label="Pagination">
                {(page > 1)
                    .then(|| view! { <a class="button" href=href.run(page - 1)>"Previous"</a> })}
                <span class="quiet">{format!("Page {page}")}</span>
                {more.then(|| view! { <a class="button" href=href.run(page + 1)>"Next"</a> })}
            </nav>
        }
    })
}

/// Leads to another page; only its text for those to whom that page is closed.
#[component]
pub fn PageLink(
    /// The other page.
    page: MainPage,
    /// Where in it.
    href: String,
    /// What is read.
    text: String,
) -> impl IntoView {
    if Session::here().role().is_some_and(|role| page.is_shown_to(role)) {
        view! { <a href=href>{text}</a> }.into_any()
    } else {
        text.into_any()
    }
}

/// Scrolls no farther than it takes to see the element, and not at all when it is in sight.
#[cfg(feature = "hydrate")]
pub fn bring_into_sight(element: &leptos::web_sys::Element) {
    let how = web_sys::ScrollIntoViewOptions::new();
    how.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&how);
}

/// On the server nothing scrolls.
#[cfg(not(feature = "hydrate"))]
pub fn bring_into_sight(_: &leptos::web_sys::Element) {}
