//! Points between loading and saving at which a test holds a verb, to let another one in between.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

type Held = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What happens when a verb comes to such a point; nothing, but in tests of races.
#[derive(Clone, Default)]
pub struct Pauses(Option<Arc<dyn Fn(&'static str) -> Held + Send + Sync>>);

impl Pauses {
    /// Calls `hold` with the name of each point, and waits for what it answers.
    pub fn with<F: Future<Output = ()> + Send + 'static>(
        hold: impl Fn(&'static str) -> F + Send + Sync + 'static,
    ) -> Self {
        Self(Some(Arc::new(move |point| Box::pin(hold(point)))))
    }

    /// A verb has come to a point.
    pub(crate) async fn at(&self, point: &'static str) {
        if let Some(hold) = &self.0 {
            hold(point).await;
        }
    }
}

impl fmt::Debug for Pauses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pauses").field(&self.0.is_some()).finish()
    }
}
