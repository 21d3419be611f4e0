//! Sentences that answer something: what happened, what it means, what to do next.

use super::bring_into_sight;
use crate::{Fault, act::Act, words};
use leptos::{html::Div, prelude::*};
use wire::AppError;

/// Something to know, in a box, read out when it appears; with what can be done in its children.
#[component]
pub fn Notice(#[prop(into)] text: String, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="notice" role="status">
            <p>{text}</p>
            {children.map(|children| view! { <div class="notice-actions">{children()}</div> })}
        </div>
    }
}

/// What went wrong, with the way out when there is one.
#[component]
pub fn FaultNotice(fault: Fault) -> impl IntoView {
    let way_out = match fault.0 {
        AppError::NotSignedIn => Some(("/sign-in", "Sign in")),
        AppError::NotAllowed { .. } | AppError::NotFound => Some(("/", "Go to your start page")),
        _ => None,
    };
    let notice = NodeRef::<Div>::new();
    // On a phone it may answer a button that is screens below it.
    notice.on_load(|notice| bring_into_sight(&notice));
    view! {
        <div class="notice loud" role="alert" node_ref=notice>
            <p>{words::fault(fault.0)}</p>
            {way_out
                .map(|(href, label)| {
                    view! {
                        <div class="notice-actions">
                            <a class="button" href=href rel="external">
                                {label}
                            </a>
                        </div>
                    }
                })}
        </div>
    }
}

/// The fault of an action's latest answer, when it failed; not that the session has ended, which what is loaded again after
/// every answer says.
pub fn fault_of<T: 'static>(act: Act<T>) -> Signal<Option<Fault>> {
    Signal::derive(move || act.fault().filter(|fault| fault.0 != AppError::NotSignedIn))
}
