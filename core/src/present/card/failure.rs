//! What went wrong with an account, and the button that helps.
//!
//! Owns the remedies. Refuses the server's own text.

use jiff::SignedDuration;

use crate::failure::{Failure, FailureKind};
use crate::level::{self, Level};
use crate::view::{BannerAction, CardFailure, Does, Link, Tone};
use crate::watched::Watched;
use crate::wording::Wording;

/// Words what went wrong, with the button that helps.
pub(super) fn failure(wording: &Wording<'_>, account: &Watched, failure: &Failure) -> CardFailure {
    let words = wording.words;
    let name = failure.kind.name();
    let title = words.say(&format!("failure-{name}"));
    let number =
        |id: &str, code: String| words.put(id, &[("title", title.clone().into()), ("code", code.into())]);
    let shows_number = matches!(failure.kind, FailureKind::Other | FailureKind::ServerError);
    let title = match (failure.code, failure.http_status) {
        (Some(code), _) if shows_number => number("failure-code", code.to_string()),
        (None, Some(status)) if shows_number => number("failure-http", status.to_string()),
        _ => title,
    };
    let body = words.say(&format!("failure-{name}-body"));
    let wait =
        failure.retry_after.and_then(|d| SignedDuration::try_from(d).ok()).filter(|d| d.as_secs() >= 60);
    let body = match wait {
        Some(wait) => {
            words.put("failure-wait", &[("span", wording.span(wait).into()), ("body", body.into())])
        }
        None => body,
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
        // While MiniMax asks for a pause, a button to ask again would be bad advice.
        FailureKind::RateLimited => None,
        FailureKind::NoData
        | FailureKind::PlanExhausted
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
