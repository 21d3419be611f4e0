//! What machines are told when a request is refused as a whole.

use axum::{
    Json,
    extract::rejection::BytesRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use operations::OpsError;
use wire::api;

/// A refusal with its status.
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The body is not what was asked for.
    pub fn unreadable(what: &str, error: &serde_json::Error) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unreadable", format!("the body is not {what}: {error}"))
    }

    /// A handler panicked: a fault of ours, logged under a number.
    pub fn panicked(said: &str) -> Self {
        OpsError::Broken(format!("a handler panicked: {said}")).into()
    }

    /// The session has all the live streams that it may have.
    pub fn too_many_streams() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_streams",
            "this session has too many live pages open: close some, then load this one again",
        )
    }

    pub fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "too many requests: wait a second and send again",
        )
    }
}

impl From<OpsError> for Problem {
    fn from(error: OpsError) -> Self {
        let passing = error.is_passing();
        let (status, code) = match &error {
            OpsError::NotSignedIn | OpsError::WrongPassword | OpsError::LinkSpent => {
                let message =
                    "the token or key is unknown or revoked: send a valid one as `Authorization: Bearer …`";
                return Self::new(StatusCode::UNAUTHORIZED, "unknown_key", message);
            }
            OpsError::TooManyTries => (StatusCode::TOO_MANY_REQUESTS, "too_many_requests"),
            OpsError::NotAllowed { .. } | OpsError::WrongKey(_) => (StatusCode::FORBIDDEN, "not_allowed"),
            OpsError::NotFound | OpsError::NoHub => (StatusCode::NOT_FOUND, "not_found"),
            OpsError::Invalid(_) | OpsError::UnknownZone => (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            OpsError::Refused(_) | OpsError::SlotGone | OpsError::NothingToPlan => {
                (StatusCode::CONFLICT, "refused")
            }
            _ if error.is_from_outside() => {
                tracing::warn!("a value from outside was refused by the database alone: {error}");
                let message = "a value is none that can be kept: leave out characters that cannot be seen, and times \
                               that cannot be";
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message);
            }
            _ if passing => {
                let message = "we are busy or restarting: keep what you have and send it again";
                return Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message);
            }
            _ => {
                let wire::AppError::Broken { id } = wire::AppError::from(error) else {
                    return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", "something of ours broke");
                };
                let message =
                    format!("something of ours broke: keep what you have, and name error {id} to us");
                return Self::new(StatusCode::INTERNAL_SERVER_ERROR, "broken", message);
            }
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<BytesRejection> for Problem {
    fn from(rejection: BytesRejection) -> Self {
        let status = rejection.status();
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            Self::new(status, "too_large", "the body is too large: send it in several requests")
        } else {
            Self::new(status, "unreadable", "the body broke off: send it again")
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wait = matches!(self.status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
        let body = Json(api::Problem { code: self.code.to_owned(), message: self.message });
        let mut response = (self.status, body).into_response();
        if wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
