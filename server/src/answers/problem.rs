//! What machines are told when a request is refused as a whole.

use axum::{
    Json,
    extract::rejection::BytesRejection,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use operations::OpsError;
use wire::machine;

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
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "unreadable",
            format!("the body is not {what}: {}", plainly(error)),
        )
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

/// What a reader of JSON found wrong, without the names of types that only we know.
pub(crate) fn plainly(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let Some((found, expected)) = said.rsplit_once(", expected ") else { return said };
    let mut words = expected.split(' ');
    let mut plain = vec![];
    while let Some(word) = words.next() {
        plain.push(match word {
            "struct" | "enum" => {
                words.next();
                if word == "struct" { "an object" } else { "a name" }
            }
            "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
            "f32" | "f64" => "a number",
            other => other,
        });
    }
    format!("{found}, expected {}", plain.join(" "))
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
            OpsError::NotFound | OpsError::NoHub | OpsError::NoSuchHub => {
                (StatusCode::NOT_FOUND, "not_found")
            }
            OpsError::Invalid(_) | OpsError::NoSuchDay | OpsError::UnknownZone => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
            }
            OpsError::Refused(_) | OpsError::SlotGone | OpsError::QuoteGone | OpsError::NothingToPlan => {
                (StatusCode::CONFLICT, "refused")
            }
            _ if error.is_from_outside() => {
                tracing::warn!("a value from outside was refused by the database alone: {error}");
                let message = "a value is none that can be kept: leave out characters that cannot be seen, and times \
                               that cannot be";
                return Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message);
            }
            _ if passing => {
                error.log_passing();
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
        let body = Json(machine::Problem { code: self.code.to_owned(), message: self.message });
        let mut response = (self.status, body).into_response();
        if wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::plainly;
    use wire::machine::{PlaceOrder, PlacePackage};

    #[test]
    fn what_cannot_be_read_is_told_without_names_of_types() {
        let said = |error: serde_json::Error| plainly(&error);
        let order = r#"{"reference": "A", "recipient": "an enum i64, expected struct"}"#;
        assert_eq!(
            said(serde_json::from_str::<PlaceOrder>(order).unwrap_err()),
            "invalid type: string \"an enum i64, expected struct\", expected an object at line 1 column 62"
        );
        let package = serde_json::json!({ "barcode": "P", "weight_g": "heavy" });
        assert_eq!(
            said(serde_json::from_value::<PlacePackage>(package).unwrap_err()),
            "invalid type: string \"heavy\", expected a whole number"
        );
        let package = serde_json::json!({ "barcode": "P", "weight_g": 2 });
        assert_eq!(
            said(serde_json::from_value::<PlacePackage>(package).unwrap_err()),
            "missing field `volume_ml`"
        );
    }
}
