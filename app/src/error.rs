//! The one error that server functions answer with. Its sentences are in `words/faults.rs`.

use crate::codec::JsonText;
use leptos::{prelude::FromServerFnError, server_fn::error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use wire::AppError;

/// What went wrong, from a closed list, so that no text of ours leaks and no crafted address can put words on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[cfg_attr(not(feature = "ssr"), derive(Serialize))]
pub struct Fault(pub AppError);

/// The server says the sentence too, for programs that call a server function; our own pages choose it by the code.
#[cfg(feature = "ssr")]
impl Serialize for Fault {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Said {
            #[serde(flatten)]
            error: AppError,
            message: String,
        }
        Said { error: self.0, message: crate::words::fault(self.0) }.serialize(serializer)
    }
}

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonText;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        match value {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_) => unreadable(),
            // On the server this is a body that broke off or is too long; in the browser an answer that was lost.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => unreadable(),
            _ => Self(AppError::Unreachable),
        }
    }
}

/// What was sent cannot be read: the caller's fault, and its status says so.
fn unreadable() -> Fault {
    #[cfg(feature = "ssr")]
    crate::backend::set_status(axum::http::StatusCode::BAD_REQUEST);
    Fault(AppError::Invalid)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_its_sentence_and_comes_back_as_itself() {
        for error in [
            AppError::Invalid,
            AppError::Broken { id: 123_456 },
            AppError::NotAllowed { role: wire::Role::Agent },
        ] {
            let text = serde_json::to_string(&Fault(error)).unwrap();
            assert!(text.contains("\"message\":\""), "{text}");
            assert_eq!(serde_json::from_str::<Fault>(&text).unwrap(), Fault(error));
        }
    }
}
