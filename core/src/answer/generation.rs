//! Errors of the text generation path (Anthropic style).
//!
//! Reads `base_resp`, `error.type`, and MiniMax's own code at the end of `error.message`, such as `… (2056)`.
//! The message is not kept.

use jiff::Timestamp;
use serde_json::Value;

use super::code::Code;
use super::envelope::{self, Document};
use super::{Answer, http};
use crate::failure::{Failure, FailureKind};

/// The failure for an answer that is not a text stream.
///
/// Order of trust: a filter's page, MiniMax's own code, the type of the error, the HTTP status. `at` is the
/// time of the answer, needed for a date in `Retry-After`.
#[must_use]
pub fn refusal(answer: &Answer, at: Timestamp) -> Failure {
    Failure { retry_after: http::retry_after(answer, at), ..understand(answer) }
}

/// The failure that a stream event reports, if it is an error.
#[must_use]
pub fn error_in(event: &Value) -> Option<Failure> {
    let is_error = event["type"] == "error" || event.get("error").is_some_and(Value::is_object);
    let number = event["base_resp"]["status_code"].as_i64().filter(|number| *number != 0);
    if let Some(number) = number {
        return Some(by_code(number, event["base_resp"]["status_msg"].as_str().unwrap_or_default()));
    }
    is_error.then(|| by_error(event).unwrap_or(Failure::new(FailureKind::ServerError)))
}

fn understand(answer: &Answer) -> Failure {
    let text = envelope::text(&answer.body);
    let verdict = http::verdict(answer, &text);
    if verdict == Some(FailureKind::Blocked) {
        return Failure { http_status: Some(answer.status), ..Failure::new(FailureKind::Blocked) };
    }
    let document = Document::read(&text);
    let told = document.as_ref().and_then(|d| d.code().ok().flatten()).filter(|code| code.number != 0);
    if let Some(code) = told {
        return by_code(code.number, code.text);
    }
    if let Some(failure) = serde_json::from_str(&text).ok().and_then(|body| by_error(&body)) {
        return failure;
    }
    match (verdict, answer.status) {
        (_, 402) => Failure { http_status: Some(402), ..Failure::new(FailureKind::PlanExhausted) },
        (Some(kind), status) => Failure { http_status: Some(status), ..Failure::new(kind) },
        (None, _) => Failure::new(FailureKind::Unreadable),
    }
}

/// Reads `{"error": {"type": …, "message": "… (2056)"}}`.
fn by_error(body: &Value) -> Option<Failure> {
    let error = body.get("error")?;
    let message = error["message"].as_str().unwrap_or_default();
    if let Some(number) = code_at_the_end(message) {
        return Some(by_code(number, message));
    }
    // The names are Anthropic's ("Errors" in its API reference).
    let kind = match error["type"].as_str()? {
        "authentication_error" | "permission_error" => FailureKind::KeyRejected,
        "billing_error" => FailureKind::PlanExhausted,
        "rate_limit_error" => FailureKind::RateLimited,
        "api_error" | "overloaded_error" | "timeout_error" => FailureKind::ServerError,
        "not_found_error" => FailureKind::EndpointMissing,
        _ => FailureKind::Other,
    };
    Some(Failure::new(kind))
}

fn by_code(number: i64, text: &str) -> Failure {
    let kind = match number {
        // The balance is not sufficient.
        1008 => FailureKind::PlanExhausted,
        // A short throttle when generating text, unless the text mentions the plan.
        2062 if !text.to_ascii_lowercase().contains("no active") => FailureKind::RateLimited,
        _ => return Code { number, text }.failure(),
    };
    Failure { code: Some(number), ..Failure::new(kind) }
}

fn code_at_the_end(message: &str) -> Option<i64> {
    let (_, number) = message.trim_end().strip_suffix(')')?.rsplit_once('(')?;
    number.parse().ok().filter(|number| (1000..10_000).contains(number))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn kind(status: u16, body: &str) -> (FailureKind, Option<i64>) {
        let answer = Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        let failure = refusal(&answer, Timestamp::UNIX_EPOCH);
        (failure.kind, failure.code)
    }

    #[test]
    fn each_refusal_is_named_by_its_remedy() {
        use FailureKind::{
            Blocked, EndpointMissing, KeyRejected, KeyRejectedOrWrongRegion, NoActivePlan, Other,
            PlanExhausted, RateLimited, RedirectRefused, ServerError, Unreadable,
        };
        let error = |kind: &str, message: &str| {
            format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"{message}"}}}}"#)
        };
        let resp = |code: i64, text: &str| {
            format!(r#"{{"base_resp":{{"status_code":{code},"status_msg":"{text}"}}}}"#)
        };
        let cases = [
            (
                429,
                error("rate_limit_error", "usage limit exceeded, 5-hour limit reached (2056)"),
                PlanExhausted,
                Some(2056),
            ),
            (
                429,
                error("rate_limit_error", "Token Plan rate limit reached: try again (2062)"),
                RateLimited,
                Some(2062),
            ),
            (429, error("rate_limit_error", "too many"), RateLimited, None),
            (429, String::new(), RateLimited, None),
            (401, error("authentication_error", "login fail (1004)"), KeyRejected, Some(1004)),
            (
                401,
                error("authentication_error", "invalid api key (2049)"),
                KeyRejectedOrWrongRegion,
                Some(2049),
            ),
            (401, String::new(), KeyRejected, None),
            (403, error("permission_error", "no"), KeyRejected, None),
            (402, error("billing_error", "insufficient balance (1008)"), PlanExhausted, Some(1008)),
            (402, String::new(), PlanExhausted, None),
            (
                400,
                error("invalid_request_error", "your plan does not support this model (2061)"),
                Other,
                Some(2061),
            ),
            (404, error("not_found_error", "no such page"), EndpointMissing, None),
            (529, error("overloaded_error", "overloaded"), ServerError, None),
            (500, "<html>oops</html>".to_owned(), ServerError, None),
            (403, "<!DOCTYPE html><title>Attention Required!</title>".to_owned(), Blocked, None),
            (302, String::new(), RedirectRefused, None),
            (200, resp(2056, "usage limit exceeded"), PlanExhausted, Some(2056)),
            (200, resp(2062, "no active token plan subscription"), NoActivePlan, Some(2062)),
            (200, resp(2049, "invalid api key"), KeyRejectedOrWrongRegion, Some(2049)),
            (200, r#"{"type":"message","content":[]}"#.to_owned(), Unreadable, None),
            (200, "<html>a page to log in</html>".to_owned(), Unreadable, None),
            (200, "[[[[".to_owned(), Unreadable, None),
        ];
        for (status, body, expected, code) in cases {
            assert_eq!(kind(status, &body), (expected, code), "{status} {body}");
        }
    }

    #[test]
    fn the_wait_that_is_asked_for_is_kept() {
        let headers = vec![("retry-after".to_owned(), "17".to_owned())];
        let failure = refusal(&Answer { status: 429, headers, body: Vec::new() }, Timestamp::UNIX_EPOCH);
        assert_eq!(failure.retry_after, Some(Duration::from_secs(17)));
    }

    #[test]
    fn an_error_in_the_middle_of_a_stream_is_seen_and_text_is_none() {
        let error =
            serde_json::json!({"type": "error", "error": {"type": "overloaded_error", "message": "later"}});
        assert_eq!(error_in(&error).map(|f| f.kind), Some(FailureKind::ServerError));
        let nameless = serde_json::json!({"type": "error"});
        assert_eq!(error_in(&nameless).map(|f| f.kind), Some(FailureKind::ServerError));
        let bare =
            serde_json::json!({"base_resp": {"status_code": 2056, "status_msg": "usage limit exceeded"}});
        assert_eq!(error_in(&bare).map(|f| f.kind), Some(FailureKind::PlanExhausted));
        for text in [
            serde_json::json!({"type": "content_block_delta", "delta": {"type": "text_delta", "text": "error (2056)"}}),
            serde_json::json!({"type": "message_stop", "base_resp": {"status_code": 0, "status_msg": ""}}),
            serde_json::json!([1, 2]),
            serde_json::json!("error"),
        ] {
            assert_eq!(error_in(&text), None, "{text}");
        }
    }
}
