//! The English sentences of `explain` and `status`.
//!
//! Neither the server's text nor the window's translated texts are used: these are for terminals and scripts.

use crate::failure::{Failure, FailureKind};
use crate::reading::Note;

/// The name of a row.
pub(super) fn title(model: Option<&str>) -> String {
    match model {
        Some("general") => "Text and everything shared".to_owned(),
        Some("video") => "Video".to_owned(),
        Some(name) => name.to_owned(),
        None => "Unnamed".to_owned(),
    }
}

/// The sentence for an oddity of an answer.
pub(super) const fn note(note: Note) -> &'static str {
    match note {
        Note::DirectionGuessed => {
            "A count came without a percentage; whether it means used or left is taken from the path it came by."
        }
        Note::CountLeftOut => "A count that does not agree with its percentage or its total was left out.",
        Note::RowSentTwice => "One row was sent more than once; the tighter one is shown.",
        Note::StatusContradictsShare => {
            "The status says used up while the percentage says something is left; the percentage is shown."
        }
        Note::RowLeftOut => "Something in the list of rows was no row and was left out.",
    }
}

/// What happened and what to do.
pub(super) fn message(failure: &Failure) -> String {
    let told = told_by(failure);
    let text = match failure.kind {
        FailureKind::KeyRejected => "MiniMax refuses this key. Replace it with a valid one.",
        FailureKind::KeyRejectedOrWrongRegion => {
            "MiniMax does not know this key on this platform. Try the other region, or replace the key."
        }
        FailureKind::NoActivePlan => {
            "The key is valid, but no active plan stands behind it. Buy a plan, or have a seat assigned to you."
        }
        FailureKind::NoData => "MiniMax answered without any figures. Try again later.",
        FailureKind::PlanExhausted => {
            "The plan is used up. Wait for the next window, or go on with another key or with Credits."
        }
        FailureKind::RateLimited => "MiniMax was asked too often. Wait a while before asking again.",
        FailureKind::ServerError => {
            return format!("MiniMax has trouble on its side{told}. Try again later.");
        }
        FailureKind::Blocked if failure.is_proxy_login() => {
            "The proxy requires a user name and password. Write it as http://user:password@host:port, in the settings or in HTTPS_PROXY."
        }
        FailureKind::Blocked => {
            "A filter between here and MiniMax blocked the request; the key was not judged. Look at your network, proxy or VPN."
        }
        FailureKind::EndpointMissing => {
            "MiniMax no longer answers at this address. Look for a newer version of Tidemark."
        }
        FailureKind::RedirectRefused => {
            "The answer pointed to another address, and the key was not sent there. Look at your network or proxy, or for a newer version of Tidemark."
        }
        FailureKind::Unreadable => {
            "The answer could not be understood. Look at your network or proxy, or for a newer version of Tidemark."
        }
        FailureKind::Other => {
            return format!("MiniMax refused the request{told}. Try again later, or look the number up.");
        }
        FailureKind::Offline => "There is no connection to MiniMax. Look at your network.",
        FailureKind::Timeout => "MiniMax did not answer in time. Try again, or look at your network.",
        FailureKind::Tls => {
            "No safe connection to MiniMax could be made. Look at the computer's clock, the proxy and its certificates."
        }
        FailureKind::Keyring => {
            "The key could not be read from the keyring. Start or unlock the keyring, and try again; `tidemark doctor` says more."
        }
    };
    text.to_owned()
}

/// The status code or HTTP status behind a failure.
fn told_by(failure: &Failure) -> String {
    match (failure.code, failure.http_status) {
        (Some(code), _) => format!(" (code {code})"),
        (None, Some(status)) => format!(" (HTTP status {status})"),
        (None, None) => String::new(),
    }
}
