//! The five shapes that say how something stands, the same on every strip, table and list.
//!
//! Shape and colour here, the word beside it: never colour alone.

use crate::words;
use domain::Standing;
use leptos::{either::EitherOf5, prelude::*};

/// The shape of a standing: filled dot, half dot, triangle, hollow dot, dashed ring. Hidden from screen readers, which
/// read the word.
#[component]
pub fn Mark(standing: Standing) -> impl IntoView {
    let shape = match standing {
        Standing::OnTime => EitherOf5::A(view! { <circle cx="8" cy="8" r="5.5" class="fill" /> }),
        Standing::AtRisk => EitherOf5::B(view! {
            <circle cx="8" cy="8" r="5" class="stroke" />
            <path d="M8 3a5 5 0 0 0 0 10z" class="fill" />
        }),
        Standing::Late => EitherOf5::C(view! { <path d="M8 1.8 15 14H1z" class="fill" /> }),
        Standing::Done => EitherOf5::D(view! { <circle cx="8" cy="8" r="4.5" class="stroke" /> }),
        Standing::Unknown => {
            EitherOf5::E(view! { <circle cx="8" cy="8" r="5" class="stroke" stroke-dasharray="2.6 2.6" /> })
        }
    };
    view! {
        <svg class="mark" data-standing=standing.code() viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            {shape}
        </svg>
    }
}

/// A standing as shape, colour and word.
#[component]
pub fn MarkedWord(
    /// How it stands.
    standing: Standing,
    /// Another word than the standing's own.
    #[prop(optional, into)]
    word: Option<String>,
) -> impl IntoView {
    view! {
        <span class="marked" data-standing=standing.code()>
            <Mark standing />
            <span>{word.unwrap_or_else(|| words::standing(standing).to_owned())}</span>
        </span>
    }
}
