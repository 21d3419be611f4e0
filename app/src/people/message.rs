//! What came of the form that was sent last, as the address of the page says.

use crate::{
    Fault,
    act::Act,
    parts::{FaultNotice, Notice, fault_of},
};
use leptos::{prelude::*, server_fn::ServerFn};

/// The fault of a form of this kind, when it is the one that was sent last and failed.
pub fn fault_in_address<S>() -> Option<Fault>
where
    S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    fault_of(Act::of::<S>()).get_untracked()
}

/// What went wrong, or else what was done.
#[component]
pub fn Message(fault: Option<Fault>, done: Option<&'static str>) -> impl IntoView {
    view! {
        <div class="toasts">
            {match (fault, done) {
                (Some(fault), _) => view! { <FaultNotice fault /> }.into_any(),
                (None, Some(text)) => view! { <Notice text /> }.into_any(),
                (None, None) => ().into_any(),
            }}
        </div>
    }
}
