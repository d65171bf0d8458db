//! The texts about a speed measurement. A speed has no more digits than its precision justifies.

use std::time::Duration;

use jiff::Timestamp;

use super::{End, Measured, OUTPUT_TOKENS};
use crate::account::Kind;
use crate::failure::{Failure, FailureKind};
use crate::text::Words;
use crate::wording::Wording;

/// The cost of a measurement, shown before it is made.
#[must_use]
pub fn cost(words: &Words, kind: Kind, model: &str) -> String {
    let id = match kind {
        Kind::TokenPlan => "speed-cost-plan",
        Kind::PayAsYouGo => "speed-cost-payg",
    };
    // As text: Fluent would add a thousands separator to a number.
    words.put(id, &[("model", model.into()), ("tokens", OUTPUT_TOKENS.to_string().into())])
}

/// The result of a measurement.
#[must_use]
pub fn result(words: &Words, measured: &Measured, model: &str) -> String {
    let end = match measured.end {
        End::Whole => return figure(words, measured, model),
        End::Broken(_) => "speed-broken",
        End::Endless => "speed-endless",
    };
    words.put(end, &[("until", figure(words, measured, model).into())])
}

/// That a plan or balance is used up, and when it is available again.
#[must_use]
pub fn spent(wording: &Wording<'_>, kind: Kind, back_at: Option<Timestamp>) -> String {
    let words = wording.words;
    match (kind, back_at.filter(|at| *at > wording.now)) {
        (Kind::TokenPlan, Some(at)) => words
            .put("speed-spent-back", &[("at", wording.at(at).into()), ("span", wording.until(at).into())]),
        (Kind::TokenPlan, None) => words.say("speed-spent"),
        (Kind::PayAsYouGo, _) => words.say("speed-spent-balance"),
    }
}

/// Why there is no measurement.
#[must_use]
pub fn failed(words: &Words, failure: &Failure) -> String {
    let wait = failure.retry_after.filter(|wait| !wait.is_zero());
    let why = match (failure.kind, wait) {
        (FailureKind::PlanExhausted, _) => return words.say("speed-spent-told"),
        (FailureKind::Unreadable, _) => words.say("speed-no-stream"),
        (FailureKind::RateLimited, Some(wait)) => {
            words.put("speed-throttled-for", &[("seconds", wait.as_secs().to_string().into())])
        }
        (FailureKind::RateLimited, None) => words.say("speed-throttled"),
        (FailureKind::Other, _) => words.say("speed-refused"),
        _ => words.say(&format!("failure-{}", failure.text_name())),
    };
    let why = match failure.code {
        Some(code) => words.put("failure-code", &[("title", why.into()), ("code", code.to_string().into())]),
        None => why,
    };
    words.put("speed-failed", &[("why", why.into())])
}

/// That a measurement is already running.
#[must_use]
pub fn busy(words: &Words) -> String {
    words.say("speed-busy")
}

/// That a simulated account has no speed.
#[must_use]
pub fn simulated(words: &Words) -> String {
    words.say("speed-simulated")
}

fn figure(words: &Words, measured: &Measured, model: &str) -> String {
    let seconds = seconds(measured.span);
    match (measured.tokens_per_second(), measured.output_tokens) {
        (Some(rate), Some(tokens)) => words.put(
            "speed-result",
            &[
                ("rate", rate_text(rate).into()),
                ("tokens", tokens.to_string().into()),
                ("seconds", seconds.into()),
                ("first", self::seconds(measured.to_first).into()),
                ("model", model.to_owned().into()),
            ],
        ),
        (_, Some(1)) => words.say("speed-one-token"),
        (_, Some(tokens)) => words.put("speed-at-once", &[("tokens", tokens.to_string().into())]),
        (_, None) => words.put(
            "speed-uncounted",
            &[("pieces", measured.pieces.to_string().into()), ("seconds", seconds.into())],
        ),
    }
}

/// Formats a rate: whole from ten on, because two measurements differ by more than that.
fn rate_text(rate: f64) -> String {
    if rate < 10.0 { format!("{rate:.1}") } else { format!("{rate:.0}") }
}

fn seconds(span: Duration) -> String {
    format!("{:.1}", span.as_secs_f64())
}
