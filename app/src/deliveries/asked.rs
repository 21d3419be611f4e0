//! What a shop said about an order beyond door, promise and packages. What it did not say is not shown.

use crate::words;
use domain::Service;
use leptos::prelude::*;
use wire::staff::deliveries::Asked;

/// The rows of an order's facts that only some orders have.
#[component]
pub fn AskedFacts(asked: Asked, service: Service) -> impl IntoView {
    let Asked { hub, priority, skills, only_vehicles, never_vehicles, email, language, notes, items } = asked;
    let service = words::service(service).map(str::to_owned);
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
    let facts = [
        ("Hub", hub),
        ("At the door", service),
        ("Language", language),
        ("Priority", priority),
        ("Needs", said(skills, ", ")),
        ("Vehicles", said(vehicles, "; ")),
        ("For the driver", notes),
        ("Contents", said(items, ", ")),
    ];
    view! {
        {email}
        {facts
            .into_iter()
            .filter_map(|(name, text)| {
                let text = text?;
                Some(
                    view! {
                        <div>
                            <dt>{name}</dt>
                            <dd>{text}</dd>
                        </div>
                    },
                )
            })
            .collect_view()}
    }
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
