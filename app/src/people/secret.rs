//! What is shown this once: a link or a key, to be selected as a whole and copied.

use super::api::ShownOnce;
use crate::{format, session::at_hub, words};
use leptos::prelude::*;
use wire::Moment;

/// The box with the secret, until it is put away.
#[component]
pub fn OnceBox(
    /// What is shown.
    what: ShownOnce,
    /// Now, if it is known.
    now: Option<Moment>,
    /// Where the page stands without it.
    back: &'static str,
) -> impl IntoView {
    let (title, secret, says) = match what {
        ShownOnce::Link(link) => {
            let until =
                format::clock_from(link.until, now.unwrap_or(link.until - chrono::TimeDelta::days(1)));
            (
                format!("A link for {}", link.person),
                link.address,
                format!(
                    "Send it to {} alone: it signs in once, until {until}, and leads to where a password is set. It is shown \
                     only now.",
                    link.person
                ),
            )
        }
        ShownOnce::Key(key) => {
            let whose = if key.holder.is_empty() {
                words::lower(words::key_kind(key.kind))
            } else {
                format!("{} {}", words::lower(words::key_kind(key.kind)), key.holder)
            };
            (
                format!("The key {}, for {whose}", key.name),
                key.secret,
                "Put it into the system or phone that it is for. It is shown only now; a lost one is revoked and replaced."
                    .to_owned(),
            )
        }
    };
    view! {
        <section class="once" aria-labelledby="once-title">
            <h2 id="once-title">{title}</h2>
            <p>{says}</p>
            <code class="once-secret">
                {secret}
            </code>
            <div class="actions">
                <a class="button" href=at_hub(back)>
                    "Put it away"
                </a>
            </div>
        </section>
    }
}
