//! Why there is no reading, named by what the user can do about it.
//!
//! Owns the kinds of failure. Refuses the server's own text: it is never kept, so it can never be shown.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why there is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind it is.
    pub kind: FailureKind,
    /// MiniMax's own `base_resp.status_code`, where it sent one other than 0.
    pub code: Option<i64>,
    /// The HTTP status where that, and not a code, told of the failure.
    pub http_status: Option<u16>,
    /// How long MiniMax asks us to wait.
    pub retry_after: Option<Duration>,
    /// Whether MiniMax named this pause in answer to a request that did not wait for the end of an earlier one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_repeated_pause: bool,
}

impl Failure {
    /// Makes a failure of a kind with nothing else known.
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self { kind, code: None, http_status: None, retry_after: None, is_repeated_pause: false }
    }

    /// Makes the failure of a proxy that refused the connection because it wants a user name and password.
    #[must_use]
    pub const fn proxy_login() -> Self {
        Self { http_status: Some(407), ..Self::new(FailureKind::Blocked) }
    }

    /// Tells whether a proxy wants a user name and password.
    #[must_use]
    pub const fn is_proxy_login(&self) -> bool {
        matches!((self.kind, self.http_status), (FailureKind::Blocked, Some(407)))
    }

    /// Gives the name of its texts in the catalogue, after `failure-`.
    #[must_use]
    pub const fn text_name(&self) -> &'static str {
        if self.is_proxy_login() { "proxy_login" } else { self.kind.name() }
    }

    /// Gives the failure with the rest of its pause instead of the whole.
    #[must_use]
    pub fn remaining(self, failed_at: Timestamp, now: Timestamp) -> Self {
        let passed = Duration::try_from(now.duration_since(failed_at)).unwrap_or_default();
        Self { retry_after: self.retry_after.map(|wait| wait.saturating_sub(passed)), ..self }
    }

    /// Adds the rest of an earlier pause that this failure does not end. MiniMax may lengthen its pause, but a request
    /// that failed on the way, and a shorter pause, do not shorten it.
    #[must_use]
    pub fn within_pause(self, until: Option<Timestamp>, now: Timestamp) -> Self {
        let rest = until.and_then(|until| Duration::try_from(until.duration_since(now)).ok());
        let is_repeated_pause = self.retry_after.is_some() && rest.is_some();
        Self { retry_after: self.retry_after.max(rest), is_repeated_pause, ..self }
    }
}

/// The kinds of failure, by remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The key is refused: replace it.
    KeyRejected,
    /// The key is unknown on this platform: replace it, or try the other region.
    KeyRejectedOrWrongRegion,
    /// The key is good, nothing is behind it: buy a plan, or have a seat assigned.
    NoActivePlan,
    /// The answer was a success without any row: wait.
    NoData,
    /// The plan is used up, said by a code instead of rows: wait or another way on.
    PlanExhausted,
    /// Asked too often: wait.
    RateLimited,
    /// MiniMax's fault: wait.
    ServerError,
    /// A filter in between answered instead of MiniMax: look at network or proxy.
    Blocked,
    /// The address is gone: update Tidemark.
    EndpointMissing,
    /// The answer pointed elsewhere; the key is not sent there.
    RedirectRefused,
    /// The answer could not be understood: update Tidemark, or look at the network.
    Unreadable,
    /// A code we do not know.
    Other,
    /// No connection: look at the network.
    Offline,
    /// No answer in time: wait, or look at the network.
    Timeout,
    /// The connection is not safe: look at the clock, the proxy, the certificates.
    Tls,
    /// The key could not be read from the keyring: unlock it.
    Keyring,
}

impl FailureKind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::KeyRejected,
        Self::KeyRejectedOrWrongRegion,
        Self::NoActivePlan,
        Self::NoData,
        Self::PlanExhausted,
        Self::RateLimited,
        Self::ServerError,
        Self::Blocked,
        Self::EndpointMissing,
        Self::RedirectRefused,
        Self::Unreadable,
        Self::Other,
        Self::Offline,
        Self::Timeout,
        Self::Tls,
        Self::Keyring,
    ];

    /// Gives the name used in JSON and in the catalogue of texts.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyRejected => "key_rejected",
            Self::KeyRejectedOrWrongRegion => "key_rejected_or_wrong_region",
            Self::NoActivePlan => "no_active_plan",
            Self::NoData => "no_data",
            Self::PlanExhausted => "plan_exhausted",
            Self::RateLimited => "rate_limited",
            Self::ServerError => "server_error",
            Self::Blocked => "blocked",
            Self::EndpointMissing => "endpoint_missing",
            Self::RedirectRefused => "redirect_refused",
            Self::Unreadable => "unreadable",
            Self::Other => "other",
            Self::Offline => "offline",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Keyring => "keyring",
        }
    }

    /// Gives what a failure decides of an account, whatever was read before; `None` where that still counts.
    ///
    /// The one list of it: levels, states and cards go by this.
    #[must_use]
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::KeyRejected | Self::KeyRejectedOrWrongRegion => Some(Verdict::Refused),
            Self::NoActivePlan => Some(Verdict::NoPlan),
            Self::PlanExhausted => Some(Verdict::Spent),
            Self::Keyring => Some(Verdict::OutOfReach),
            Self::NoData
            | Self::RateLimited
            | Self::ServerError
            | Self::Blocked
            | Self::EndpointMissing
            | Self::RedirectRefused
            | Self::Unreadable
            | Self::Other
            | Self::Offline
            | Self::Timeout
            | Self::Tls => None,
        }
    }

    /// Tells whether the key itself was refused.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self.verdict(), Some(Verdict::Refused))
    }
}

/// What a failure decides of an account by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The key is refused.
    Refused,
    /// The key is good, no plan is behind it.
    NoPlan,
    /// The plan is used up.
    Spent,
    /// The key is out of reach, so nobody was asked.
    OutOfReach,
}
