//! What a shop said about an order beyond door, promise and packages. What it did not say is not shown.

use crate::{format, words};
use leptos::prelude::*;
use wire::{Moment, staff::deliveries::Asked};

/// The rows of an order's facts that only some orders have.
#[component]
pub fn AskedFacts(asked: Asked, as_of: Moment) -> impl IntoView {
    let Asked {
        service,
        priority,
        windows,
        skills,
        only_vehicles,
        never_vehicles,
        email,
        language,
        notes,
        items,
    } = asked;
    let service = words::service(service).map(str::to_owned);
    let windows: Vec<_> = windows.into_iter().map(|window| format::window_from(window, as_of)).collect();
    let vehicles = [("only ", only_vehicles), ("not ", never_vehicles)];
    let vehicles: Vec<_> = vehicles
        .into_iter()
        .filter(|(_, labels)| !labels.is_empty())
        .map(|(word, labels)| format!("{word}{}", labels.join(", ")))
        .collect();
    let items: Vec<_> =
        items.into_iter().map(|(name, quantity)| format!("{quantity} \u{d7} {name}")).collect();
    let priority = (priority > 0).then(|| format!("{priority} of 9"));
    let said = |words: Vec<String>, between: &str| (!words.is_empty()).then(|| words.join(between));
    let email = email.map(|email| {
        let link = mailto(&email);
        view! {
            <div>
                <dt>"E-mail"</dt>
                <dd>
                    <a href=link>{email}</a>
                </dd>
            </div>
        }
    });
    view! {
        {fact("At the door", service)} {email} {fact("Language", language)} {fact("Served within", said(windows, " or "))}
        {fact("Priority", priority)} {fact("Needs", said(skills, ", "))} {fact("Vehicles", said(vehicles, "; "))}
        {fact("For the driver", notes)} {fact("Contents", said(items, ", "))}
    }
}

fn fact(name: &'static str, text: Option<String>) -> impl IntoView {
    text.map(|text| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{text}</dd>
            </div>
        }
    })
}

/// The link that begins a message. What could say more than an address is written as part of it.
fn mailto(email: &str) -> String {
    let mut link = "mailto:".to_owned();
    for letter in email.chars() {
        match letter {
            '%' | '?' | '&' | '#' | '=' => link += &format!("%{:02X}", u32::from(letter)),
            _ => link.push(letter),
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::mailto;

    #[test]
    fn an_address_cannot_add_to_its_link() {
        assert_eq!(mailto("rita+x@example.com"), "mailto:rita+x@example.com");
        assert_eq!(mailto("a?bcc=b&c%@d#e"), "mailto:a%3Fbcc%3Db%26c%25@d%23e");
    }
}
