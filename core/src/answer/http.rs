//! HTTP status, filter pages and `Retry-After`, evaluated before the JSON.
//!
//! A filter's page is never treated as a rejected key.

use std::time::Duration;

use jiff::fmt::{rfc2822, strtime};
use jiff::{SignedDuration, Timestamp};

use super::Answer;
use crate::failure::FailureKind;

/// Maximum wait time taken from an answer; longer ones are cut to it.
const LONGEST_WAIT: Duration = Duration::from_hours(24);

/// Lower-case text found only on filter pages: Cloudflare's challenge and block pages, Aliyun's.
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

/// The failure by HTTP status or filter page; `None` if the body decides.
///
/// [`FailureKind::Other`] is a 4xx without a specific meaning: a code in the body is more precise.
pub(super) fn verdict(answer: &Answer, text: &str) -> Option<FailureKind> {
    let kind = match answer.status {
        429 => FailureKind::RateLimited,
        _ if is_filter(answer, text) => FailureKind::Blocked,
        200..=299 => return None,
        300..=399 => FailureKind::RedirectRefused,
        403 if is_page(answer, text) => FailureKind::Blocked,
        401 | 403 => FailureKind::KeyRejected,
        404 | 405 | 410 => FailureKind::EndpointMissing,
        // A proxy, or the sign-in page of a network, needs action from the user.
        407 | 511 => FailureKind::Blocked,
        408 | 425 | 500..=599 => FailureKind::ServerError,
        _ => FailureKind::Other,
    };
    Some(kind)
}

/// The requested wait time, from seconds or a date, at most a day. A date is compared with the server's own
/// clock if `Date` is present, because the local clock may be wrong.
pub(super) fn retry_after(answer: &Answer, at: Timestamp) -> Option<Duration> {
    let value = header(answer, "retry-after")?.trim();
    let wait = if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) {
        // Only digits here, so only an overflow of 64 bits fails.
        value.parse().map_or(LONGEST_WAIT, Duration::from_secs)
    } else {
        let until = http_date(value)?;
        let at = date(answer).unwrap_or(at);
        Duration::try_from(until.duration_since(at)).ok()?
    };
    Some(wait.min(LONGEST_WAIT))
}

/// The server's time when it answered.
pub(super) fn date(answer: &Answer) -> Option<Timestamp> {
    header(answer, "date").and_then(|date| http_date(date.trim()))
}

/// Parses the three HTTP date formats (RFC 9110, 5.6.7).
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

/// Whether the body is a web page: it starts like one, or its content type says HTML and it does not look
/// like JSON.
fn is_page(answer: &Answer, text: &str) -> bool {
    let called_page =
        || header(answer, "content-type").is_some_and(|v| v.to_ascii_lowercase().contains("html"));
    text.starts_with('<') || !looks_like_json(text) && called_page()
}

/// Whether a filter in between answered, by its own header or by text on its page.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(headers: &[(&str, &str)]) -> Option<u64> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let at = "2026-11-23T04:00:00Z".parse().expect("a moment");
        retry_after(&Answer { status: 429, headers, body: Vec::new() }, at).map(|wait| wait.as_secs())
    }

    #[test]
    fn a_wait_comes_in_seconds_or_as_a_date_and_never_as_more_than_a_day() {
        let cases = [
            ("17", Some(17)),
            (" 17 ", Some(17)),
            ("0", Some(0)),
            ("31536000", Some(86_400)),
            ("99999999999999999999999", Some(86_400)),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
            ("Mon, 23 Nov 2026 04:10:00 GMT", Some(600)),
            ("Monday, 23-Nov-26 04:10:00 GMT", Some(600)),
            ("Mon Nov 23 04:10:00 2026", Some(600)),
            ("Mon, 23 Nov 2026 03:59:00 GMT", None),
            ("Tue, 23 Nov 2027 04:00:00 GMT", Some(86_400)),
        ];
        for (value, expected) in cases {
            assert_eq!(wait(&[("retry-after", value)]), expected, "{value:?}");
        }
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_date_is_held_against_the_clock_of_the_server() {
        let until = ("retry-after", "Sun, 22 Nov 2026 04:10:00 GMT");
        assert_eq!(wait(&[until, ("date", "Sun, 22 Nov 2026 04:00:00 GMT")]), Some(600));
        assert_eq!(wait(&[until, ("date", "yesterday")]), None);
        assert_eq!(wait(&[("retry-after", "17"), ("date", "Sun, 22 Nov 2026 04:00:00 GMT")]), Some(17));
    }
}
