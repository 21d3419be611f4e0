//! What is shown this once: a link or a key, to be copied, or selected by hand.

use super::api::ShownOnce;
use crate::{
    format,
    parts::{awake, bring_into_sight},
    words,
};
use leptos::{html::Section, prelude::*};
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
    /// Puts it away.
    on_done: Callback<()>,
) -> impl IntoView {
    let awake = awake();
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
    let place = NodeRef::<Section>::new();
    place.on_load(|place| bring_into_sight(&place));
    let copied = RwSignal::new(false);
    let text = secret.clone();
    view! {
        <section class="once" aria-labelledby="once-title" node_ref=place>
            <h2 id="once-title">{title}</h2>
            <p>{says}</p>
            <code class="once-secret">
                {secret}
            </code>
            <div class="actions">
                <button
                    class="button primary"
                    type="button"
                    hidden=move || !awake.get()
                    on:click=move |_| copy(&text, copied)
                >
                    {move || if copied.get() { "Copied" } else { "Copy" }}
                </button>
                <a class="button" href=back on:click=move |_| on_done.run(())>
                    "Put it away"
                </a>
            </div>
            <p class="unseen" role="status">
                {move || copied.get().then_some("Copied")}
            </p>
        </section>
    }
}

/// Copies, and says so once it is done.
#[cfg(feature = "hydrate")]
fn copy(text: &str, copied: RwSignal<bool>) {
    use wasm_bindgen::{JsValue, closure::Closure};
    let done = Closure::once(move |_: JsValue| copied.set(true));
    let _ = window().navigator().clipboard().write_text(text).then(&done);
    done.forget();
}

#[cfg(not(feature = "hydrate"))]
fn copy(_: &str, _: RwSignal<bool>) {}
