//! The failure of an account, and the button that helps.
//!
//! The server's text is never shown.

use crate::failure::{Failure, FailureKind};
use crate::level::{self, Level};
use crate::present::Scene;
use crate::schedule::Reason;
use crate::view::{BannerAction, CardFailure, Does, Link, Tone};
use crate::watched::Watched;
use crate::wording::Wording;

/// The failure text with its button. "Plan used up" is left out if the figures already show it, with the time
/// of the reset.
pub(super) fn failure(
    scene: &Scene<'_>,
    wording: &Wording<'_>,
    account: &Watched,
    is_gone: bool,
) -> Option<CardFailure> {
    let (_, failure) = account.failure?;
    let is_told = failure.kind == FailureKind::PlanExhausted && !is_gone && account.good.is_some();
    (!is_told).then(|| worded(scene, wording, account, &failure))
}

fn worded(scene: &Scene<'_>, wording: &Wording<'_>, account: &Watched, failure: &Failure) -> CardFailure {
    let words = wording.words;
    let name = failure.kind.name();
    let text = failure.text_name();
    let title = words.say(&format!("failure-{text}"));
    let number =
        |id: &str, code: String| words.put(id, &[("title", title.clone().into()), ("code", code.into())]);
    let shows_number = matches!(failure.kind, FailureKind::Other | FailureKind::ServerError);
    let title = match (failure.code, failure.http_status) {
        (Some(code), _) if shows_number => number("failure-code", code.to_string()),
        (None, Some(status)) if shows_number => number("failure-http", status.to_string()),
        _ => title,
    };
    let body = words.say(&format!("failure-{text}-body"));
    let body = match account.schedule.next() {
        // As a time: a duration would be out of date by the time it is read.
        (until, Reason::ToldToWait) if until > scene.now.at => {
            let clock = scene.local_wording().clock(until);
            words.put("failure-wait", &[("clock", clock.into()), ("body", body.into())])
        }
        _ => body,
    };
    let tone = match level::of_failure(failure.kind) {
        Some(Level::Trouble) => Tone::Trouble,
        Some(_) => Tone::Info,
        None => Tone::Warning,
    };
    CardFailure { kind: name.to_owned(), tone, title, body, action: remedy(wording, account, failure.kind) }
}

fn remedy(wording: &Wording<'_>, account: &Watched, kind: FailureKind) -> Option<BannerAction> {
    let action = |label: &str, does| Some(BannerAction { label: wording.words.say(label), does });
    match kind {
        FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => {
            action("do-replace-key", Does::ReplaceKey { account: account.account.id.clone() })
        }
        FailureKind::NoActivePlan => {
            action("do-open-plans", Does::OpenLink { link: Link::Plan, region: account.account.region })
        }
        FailureKind::Keyring => action("do-try-again", Does::RetryKeyring),
        FailureKind::NoData
        | FailureKind::PlanExhausted
        // Tidemark waits by itself, but the user may check at any time.
        | FailureKind::RateLimited
        | FailureKind::ServerError
        | FailureKind::Blocked
        | FailureKind::EndpointMissing
        | FailureKind::RedirectRefused
        | FailureKind::Unreadable
        | FailureKind::Other
        | FailureKind::Offline
        | FailureKind::Timeout
        | FailureKind::Tls => action("do-check-now", Does::CheckNow),
    }
}
