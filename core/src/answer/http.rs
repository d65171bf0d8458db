//! What the HTTP layer says before any JSON is looked at.
//!
//! Owns statuses, filter pages and `Retry-After`. Refuses to call a key refused because of a filter's page.

use std::time::Duration;

use jiff::fmt::{rfc2822, strtime};
use jiff::{SignedDuration, Timestamp};

use super::Answer;
use crate::failure::FailureKind;

/// The longest wait that is taken from an answer; a longer one is cut to it.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Words that only a filter's own page has, in lower case: Cloudflare's challenge and block pages, Aliyun's.
const FILTER_WORDS: [&str; 9] = [
    "attention required!",
    "just a moment...",
    "sorry, you have been blocked",
    "cf-challenge",
    "cf_chl",
    "challenge-platform",
    "captcha",
    "errors.aliyun.com",
    "访问被阻断",
];

/// Says what status and filter pages tell of an answer; `None` where the body has to speak.
///
/// [`FailureKind::Other`] is a 4xx without a meaning of its own: a code in the body says more.
pub(super) fn verdict(answer: &Answer, text: &str) -> Option<FailureKind> {
    let kind = match answer.status {
        429 => FailureKind::RateLimited,
        _ if is_filter(answer, text) => FailureKind::Blocked,
        200..=299 => return None,
        300..=399 => FailureKind::RedirectRefused,
        403 if is_page(answer, text) => FailureKind::Blocked,
        401 | 403 => FailureKind::KeyRejected,
        404 | 405 | 410 => FailureKind::EndpointMissing,
        // A proxy, or the sign-in page of a network, wants something from the user.
        407 | 511 => FailureKind::Blocked,
        408 | 425 | 500..=599 => FailureKind::ServerError,
        _ => FailureKind::Other,
    };
    Some(kind)
}

/// Gives the wait an answer asks for, from seconds or from a date; never more than a day.
pub(super) fn retry_after(answer: &Answer, at: Timestamp) -> Option<Duration> {
    let value = header(answer, "retry-after")?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // Only a number too long for 64 bits fails here.
        value.parse().map_or(LONGEST_WAIT, Duration::from_secs)
    } else {
        let until = http_date(value)?;
        Duration::try_from(until.duration_since(at)).ok()?
    };
    Some(wait.min(LONGEST_WAIT))
}

/// Reads the three forms of a date that HTTP knows (RFC 9110, 5.6.7).
fn http_date(value: &str) -> Option<Timestamp> {
    static RFC_2822: rfc2822::DateTimeParser = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    let utc = |format: &str| {
        let parsed = strtime::parse(format, value).ok()?.to_datetime().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(parsed).ok()
    };
    RFC_2822
        .parse_timestamp(value)
        .ok()
        .or_else(|| utc("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| utc("%a %b %d %H:%M:%S %Y"))
        .filter(|until| until.duration_since(Timestamp::UNIX_EPOCH) > SignedDuration::ZERO)
}

/// Tells whether the body is a page for people: it looks like one, or is called one and does not look like JSON.
fn is_page(answer: &Answer, text: &str) -> bool {
    let called_page =
        || header(answer, "content-type").is_some_and(|v| v.to_ascii_lowercase().contains("html"));
    text.starts_with('<') || !looks_like_json(text) && called_page()
}

/// Tells whether a filter in between answered, by its own header or by the words of its page.
fn is_filter(answer: &Answer, text: &str) -> bool {
    let marked = header(answer, "cf-mitigated").is_some_and(|v| !v.trim().is_empty());
    marked
        || !looks_like_json(text) && {
            let lower = text.to_ascii_lowercase();
            FILTER_WORDS.iter().any(|word| lower.contains(word))
        }
}

fn looks_like_json(text: &str) -> bool {
    text.starts_with(['{', '['])
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .iter()
        .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.as_str())
}
