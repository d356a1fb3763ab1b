//! What is not done, and why: one JSON object with `error` and `hint`.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};

/// An answer that is none.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    error: String,
    hint: String,
}

impl Refusal {
    pub fn new(status: StatusCode, error: impl Into<String>, hint: impl Into<String>) -> Self {
        Refusal { status, error: error.into(), hint: hint.into() }
    }

    /// Its HTTP status.
    #[cfg(test)]
    pub fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let said = serde_json::json!({ "error": self.error, "hint": self.hint });
        let kind = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
        (self.status, [kind], format!("{said}\n")).into_response()
    }
}
