//! The one error that server functions answer with. Its sentences are in `words.rs`; nothing here holds text.

use crate::codec::JsonText;
use leptos::{prelude::FromServerFnError, server_fn::error::ServerFnErrorErr};
use serde::{Deserialize, Serialize};
use wire::AppError;

/// What went wrong, from a closed list, so that no text of ours leaks and no crafted address can put words on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault(pub AppError);

impl From<AppError> for Fault {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonText;

    fn from_server_fn_error(value: ServerFnErrorErr) -> Self {
        Self(match value {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Serialization(_) => AppError::Invalid,
            _ => AppError::Unreachable,
        })
    }
}
