//! What came of the latest press of a button: a sentence, or what went wrong.

use crate::{
    Fault,
    parts::{FaultNotice, Notice, fault_of},
};
use leptos::{prelude::*, server_fn::ServerFn};
use wire::AppError;

/// What came of it. Without scripts the address says it.
#[derive(Debug, Clone, Copy)]
pub struct Told(RwSignal<Option<Result<&'static str, Fault>>>);

impl Told {
    /// What the address says was done.
    pub fn new(done: Option<&'static str>) -> Self {
        Self(RwSignal::new(done.map(Ok)))
    }

    /// Takes back what was told.
    pub fn forget(self) {
        self.0.set(None);
    }

    /// Listens to an action: when it is done the sentence is told, or nothing where something else shows it.
    pub fn of<S>(self, action: ServerAction<S>, says: Option<&'static str>)
    where
        S: ServerFn<Error = Fault> + Clone + Send + Sync + 'static,
        S::Output: Send + Sync + 'static,
    {
        // A form without scripts that failed has its fault in the address.
        if let Some(fault) = fault_of(action).get_untracked() {
            self.0.set(Some(Err(fault)));
        }
        let answer = action.value();
        Effect::new(move |_| {
            let came = answer
                .with(|answer| answer.as_ref().map(|answer| answer.as_ref().map(|_| ()).map_err(|f| *f)));
            match came {
                None => {}
                // What is loaded again says that the session has ended.
                Some(Err(fault)) if fault.0 == AppError::NotSignedIn => {}
                Some(Err(fault)) => self.0.set(Some(Err(fault))),
                Some(Ok(())) => self.0.set(says.map(Ok)),
            }
        });
    }
}

/// The notice.
#[component]
pub fn ToldNotice(told: Told) -> impl IntoView {
    move || {
        told.0.get().map(|told| match told {
            Ok(says) => view! { <Notice text=says /> }.into_any(),
            Err(fault) => view! { <FaultNotice fault /> }.into_any(),
        })
    }
}
