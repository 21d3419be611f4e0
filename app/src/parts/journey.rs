//! Leading to another page: without loading anything within a desk, by a page load to another one.

#![cfg(feature = "hydrate")]

use crate::session::MainPage;
use leptos::prelude::window;
use leptos_router::NavigateOptions;

/// Leads to a page of the menu; `navigate` is the router's way.
pub fn go_to(page: MainPage, address: &str, navigate: &impl Fn(&str, NavigateOptions)) {
    let here = window().location().pathname().unwrap_or_default();
    if MainPage::at(&here) == Some(page) {
        navigate(address, NavigateOptions::default());
    } else {
        load_page(address);
    }
}

/// Loads a page of ours.
pub fn load_page(address: &str) {
    let _ = window().location().set_href(address);
}
