//! What is loaded for a page, and loaded anew when what it was asked for changes.
//!
//! Waiting, cancelling and crossing from the server are the same whatever is loaded, so they are in the wasm once, for a view
//! whose kind is forgotten; only who reads it names the kind again.

use super::{JsonText, NotJson, read};
use leptos::{
    prelude::{Get, Resource},
    server::codee::{Decoder, Encoder},
};
use serde::{Serialize, de::DeserializeOwned};
use std::{
    any::Any,
    marker::PhantomData,
    pin::Pin,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// A view as it was answered, or its text in the page's HTML, which becomes a view when it is read first.
#[derive(Clone)]
struct Kept(Arc<Inner>);

struct Inner {
    text: String,
    view: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Kept {
    fn new<T: Serialize + Send + Sync + 'static>(view: T) -> Self {
        // Only the server writes it down.
        let text = if cfg!(feature = "ssr") {
            serde_json::to_string(&view).unwrap_or_default()
        } else {
            String::new()
        };
        Self(Arc::new(Inner {
            text,
            view: OnceLock::from(Box::new(Some(view)) as Box<dyn Any + Send + Sync>),
        }))
    }

    fn view<T: DeserializeOwned + Clone + Send + Sync + 'static>(&self) -> Option<T> {
        let view = self.0.view.get_or_init(|| Box::new(read::<T>(&self.0.text)));
        view.downcast_ref::<Option<T>>()?.clone()
    }
}

impl Encoder<Kept> for JsonText {
    type Error = NotJson;
    type Encoded = String;

    fn encode(kept: &Kept) -> Result<String, NotJson> {
        Ok(kept.0.text.clone())
    }
}

impl Decoder<Kept> for JsonText {
    type Error = NotJson;
    type Encoded = str;

    fn decode(text: &str) -> Result<Kept, NotJson> {
        Ok(Kept(Arc::new(Inner { text: text.to_owned(), view: OnceLock::new() })))
    }
}

/// What is loaded, once it is here.
pub struct Loaded<T> {
    kept: Resource<Kept, JsonText>,
    view: PhantomData<fn() -> T>,
}

impl<T> Clone for Loaded<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Loaded<T> {}

impl<T: DeserializeOwned + Clone + Send + Sync + 'static> Loaded<T> {
    /// The latest answer; none before the first.
    pub fn get(self) -> Option<T> {
        self.kept.get()?.view()
    }

    /// The answer that is on its way, or the latest one.
    pub fn answer(self) -> impl Future<Output = T> + Send {
        let kept = self.kept.into_future();
        async move {
            match kept.await.view() {
                Some(view) => view,
                // What the page's HTML holds is no view: the place stays as it is.
                None => std::future::pending().await,
            }
        }
    }
}

type Turn = Box<dyn Fn() -> u32 + Send + Sync>;
type Fetch = Box<dyn Fn() -> Pin<Box<dyn Future<Output = Kept> + Send>> + Send + Sync>;

/// Loads what `fetcher` answers to `source`; the server's answer is in the page's HTML.
pub fn load<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetcher: impl Fn(S) -> F + Send + Sync + 'static,
) -> Loaded<T>
where
    S: PartialEq + Clone + Send + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    // The question as it was last, and its number.
    let asked = Arc::new(Mutex::new((None::<S>, 0_u32)));
    let turn = {
        let asked = asked.clone();
        move || {
            let now = source();
            let mut asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
            if asked.0.as_ref() != Some(&now) {
                *asked = (Some(now), asked.1.wrapping_add(1));
            }
            asked.1
        }
    };
    let fetch = move || -> Pin<Box<dyn Future<Output = Kept> + Send>> {
        let question = asked.lock().unwrap_or_else(PoisonError::into_inner).0.clone();
        let answer = question.map(&fetcher);
        Box::pin(async move {
            match answer {
                Some(answer) => Kept::new(answer.await),
                // Nothing is fetched before its turn was asked for.
                None => std::future::pending().await,
            }
        })
    };
    Loaded { kept: keep(Box::new(turn), Box::new(fetch)), view: PhantomData }
}

fn keep(turn: Turn, fetch: Fetch) -> Resource<Kept, JsonText> {
    Resource::new_with_options(turn, move |_| fetch(), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_read_as_it_was_answered_and_as_it_was_written() {
        let kept = <JsonText as Decoder<Kept>>::decode("[1,2]").unwrap();
        assert_eq!(kept.view::<Vec<u8>>(), Some(vec![1, 2]));
        assert_eq!(Kept::new(vec![3_u8]).view::<Vec<u8>>(), Some(vec![3]));
        let rubbish = <JsonText as Decoder<Kept>>::decode("[1,").unwrap();
        assert_eq!(rubbish.view::<Vec<u8>>(), None);
    }
}
