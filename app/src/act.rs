//! What can be done on a page: a form that is sent, whether it is under way, and what was answered last.
//!
//! A form is sent in the browser as it would be sent without scripts, as the text of its fields, so the wasm reads and writes no
//! arguments, and sending is in it once for all that can be done.

use crate::{Fault, codec};
use leptos::{ev::SubmitEvent, prelude::*, server::ServerActionError, server_fn::ServerFn};
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// Something that can be done, answered by a `T`.
pub struct Act<T> {
    state: State,
    answer: PhantomData<fn() -> T>,
}

#[derive(Clone, Copy)]
struct State {
    url: &'static str,
    /// How many are under way.
    under_way: RwSignal<u32>,
    /// How many were sent, and the fields of the latest.
    sent: RwSignal<(u32, String)>,
    /// How many were answered, and the latest answer.
    answered: RwSignal<usize>,
    answer: RwSignal<Option<Result<String, Fault>>>,
}

impl<T> Clone for Act<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Act<T> {}

impl<T> Act<T> {
    /// Nothing sent yet. After a form without scripts the fault of its answer stands in the address.
    pub fn of<S>() -> Self
    where
        S: ServerFn<Output = T, Error = Fault>,
    {
        Self { state: State::new(S::url()), answer: PhantomData }
    }

    /// Whether one is under way.
    pub fn pending(self) -> Signal<bool> {
        let under_way = self.state.under_way;
        Signal::derive(move || under_way.get() > 0)
    }

    /// Grows with each answer.
    pub fn version(self) -> RwSignal<usize> {
        self.state.answered
    }

    /// The fault of the latest answer, if it was one.
    pub fn fault(self) -> Option<Fault> {
        self.state.answer.with(|answer| answer.as_ref()?.as_ref().err().copied())
    }

    /// Forgets the latest answer.
    pub fn clear(self) {
        self.state.answer.set(None);
    }

    /// Whether what was sent last had this value in a field.
    pub fn sends(self, field: &str, value: &str) -> bool {
        self.state.sent.with(|(_, fields)| holds(fields, field, value))
    }

    /// Sends fields, as the text of a form.
    #[cfg_attr(not(feature = "hydrate"), expect(unused_variables, reason = "only a browser sends"))]
    pub fn send(self, fields: &str) {
        #[cfg(feature = "hydrate")]
        self.state.send(fields.to_owned());
    }
}

impl<T: DeserializeOwned> Act<T> {
    /// The latest answer.
    pub fn answer(self) -> Option<Result<T, Fault>> {
        let read = |text: &String| codec::read(text).ok_or(Fault(wire::AppError::Unreachable));
        self.state.answer.with(|answer| match answer.as_ref()? {
            Ok(text) => Some(read(text)),
            Err(fault) => Some(Err(*fault)),
        })
    }
}

impl State {
    fn new(url: &'static str) -> Self {
        let fault = use_context::<ServerActionError>()
            .filter(|error| error.path() == url)
            .map(|error| Err(fault_in(error.err())));
        Self {
            url,
            under_way: RwSignal::new(0),
            sent: RwSignal::default(),
            answered: RwSignal::new(0),
            answer: RwSignal::new(fault),
        }
    }
}

/// The fault that an address holds, as Leptos writes it there.
#[cfg(not(feature = "hydrate"))]
fn fault_in(text: &str) -> Fault {
    leptos::server_fn::error::ServerFnUrlError::<Fault>::decode_err(text)
}

/// The same, by what the browser has for it.
#[cfg(feature = "hydrate")]
fn fault_in(text: &str) -> Fault {
    let text = window().atob(&text.replace('-', "+").replace('_', "/")).ok();
    text.and_then(|text| codec::read(&text)).unwrap_or(Fault(wire::AppError::Unreachable))
}

#[cfg(feature = "hydrate")]
fn holds(fields: &str, field: &str, value: &str) -> bool {
    let fields = web_sys::UrlSearchParams::new_with_str(fields).ok();
    fields.and_then(|fields| fields.get(field)).as_deref() == Some(value)
}

/// The server sends nothing.
#[cfg(not(feature = "hydrate"))]
fn holds(_: &str, _: &str, _: &str) -> bool {
    false
}

/// A form that does something, with and without scripts.
#[component]
pub fn ActForm<T: 'static>(
    /// What it does.
    act: Act<T>,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    form(act.state, children)
}

fn form(state: State, children: Children) -> impl IntoView {
    let on_submit = move |event: SubmitEvent| {
        if !event.default_prevented() {
            event.prevent_default();
            #[cfg(feature = "hydrate")]
            state.submit(&event);
        }
    };
    view! {
        <form method="post" action=state.url on:submit=on_submit>
            {children()}
        </form>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use super::State;
    use crate::{Fault, codec};
    use leptos::{
        ev::SubmitEvent,
        form::form_data_from_event,
        prelude::*,
        server_fn::{
            client::{Client, browser::BrowserClient},
            codec::{Encoding, PostUrl},
            redirect::call_redirect_hook,
            request::{ClientReq, browser::BrowserRequest},
            response::{ClientRes, browser::BrowserResponse},
        },
        task::spawn_local,
    };
    use web_sys::UrlSearchParams;
    use wire::AppError;

    impl State {
        pub fn submit(self, event: &SubmitEvent) {
            let fields = form_data_from_event(event)
                .ok()
                .and_then(|fields| UrlSearchParams::new_with_str_sequence_sequence(&fields).ok());
            match fields {
                Some(fields) => self.send(String::from(fields.to_string())),
                None => self.answer.set(Some(Err(Fault(AppError::Invalid)))),
            }
        }

        pub fn send(self, fields: String) {
            let number = self.sent.with_untracked(|(number, _)| number.wrapping_add(1));
            self.sent.set((number, fields.clone()));
            self.under_way.update(|count| *count += 1);
            spawn_local(async move {
                let answer = post(self.url, fields).await;
                // The page may be another one by now; of several answers only the latest counts.
                self.under_way.try_update(|count| *count = count.saturating_sub(1));
                if self.sent.try_with_untracked(|(latest, _)| *latest == number) == Some(true) {
                    self.answered.try_update(|version| *version += 1);
                    self.answer.try_set(Some(answer));
                }
            });
        }
    }

    async fn post(url: &str, fields: String) -> Result<String, Fault> {
        type Answer = BrowserResponse;
        let kind = "application/x-www-form-urlencoded";
        let request: BrowserRequest =
            ClientReq::<Fault>::try_new_req_text(url, kind, "application/json", fields, PostUrl::METHOD)?;
        let answer = <BrowserClient as Client<Fault>>::send(request).await?;
        let status = <Answer as ClientRes<Fault>>::status(&answer);
        let leads_on = <Answer as ClientRes<Fault>>::has_redirect(&answer);
        let there = <Answer as ClientRes<Fault>>::location(&answer);
        let text: String = ClientRes::<Fault>::try_into_string(answer).await?;
        if status >= 400 {
            return Err(codec::read(&text).unwrap_or(Fault(AppError::Unreachable)));
        }
        if leads_on {
            call_redirect_hook(&there);
        }
        Ok(text)
    }
}
