//! Why there is no reading, classified by what the user can do about it.
//!
//! The server's own text is never kept, so it can never be shown.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// MiniMax's own `base_resp.status_code`, if it sent one other than 0.
    pub code: Option<i64>,
    /// The HTTP status, if that showed the failure and not a code.
    pub http_status: Option<u16>,
    /// How long MiniMax asks clients to wait.
    pub retry_after: Option<Duration>,
    /// Whether MiniMax named this pause in answer to a request that did not wait for the end of an earlier one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_repeated_pause: bool,
}

impl Failure {
    #[must_use]
    pub const fn new(kind: FailureKind) -> Self {
        Self { kind, code: None, http_status: None, retry_after: None, is_repeated_pause: false }
    }

    /// Returns the failure of a proxy that rejects the connection because it requires a user name and password.
    #[must_use]
    pub const fn proxy_login() -> Self {
        Self { http_status: Some(407), ..Self::new(FailureKind::Blocked) }
    }

    /// Whether a proxy requires a user name and password.
    #[must_use]
    pub const fn is_proxy_login(&self) -> bool {
        matches!((self.kind, self.http_status), (FailureKind::Blocked, Some(407)))
    }

    /// Returns the name of its texts in the catalogue, after `failure-`.
    #[must_use]
    pub const fn text_name(&self) -> &'static str {
        if self.is_proxy_login() { "proxy_login" } else { self.kind.name() }
    }

    /// Returns the failure with the rest of its pause instead of the whole pause.
    #[must_use]
    pub fn remaining(self, failed_at: Timestamp, now: Timestamp) -> Self {
        let passed = Duration::try_from(now.duration_since(failed_at)).unwrap_or_default();
        Self { retry_after: self.retry_after.map(|wait| wait.saturating_sub(passed)), ..self }
    }

    /// Adds the rest of an earlier pause that this failure does not end. MiniMax may lengthen its pause, but neither a
    /// shorter pause nor a request that failed on the way shortens it.
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
    /// MiniMax rejects the key: replace it.
    KeyRejected,
    /// The key is unknown on this platform: replace it, or try the other region.
    KeyRejectedOrWrongRegion,
    /// The key is valid but has no plan: buy a plan, or have a seat assigned.
    NoActivePlan,
    /// The answer was a success without any row: wait.
    NoData,
    /// The plan is used up, according to a code instead of rows: wait, or use another way to continue.
    PlanExhausted,
    /// Too many requests: wait.
    RateLimited,
    /// A fault of MiniMax: wait.
    ServerError,
    /// A filter on the way answered instead of MiniMax: check the network or the proxy.
    Blocked,
    /// The address no longer exists: update Tidemark.
    EndpointMissing,
    /// The answer redirects elsewhere; the key is not sent there.
    RedirectRefused,
    /// The answer could not be understood: update Tidemark, or check the network.
    Unreadable,
    /// An unknown code.
    Other,
    /// No connection: check the network.
    Offline,
    /// No answer in time: wait, or check the network.
    Timeout,
    /// The connection is not secure: check the clock, the proxy, the certificates.
    Tls,
    /// The key could not be read from the keyring: unlock it.
    Keyring,
}

impl FailureKind {
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

    /// Returns the name used in JSON and in the catalogue of texts.
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

    /// Returns what a failure decides about an account, whatever was read before; `None` if the last reading still
    /// counts.
    ///
    /// This is the only such list: levels, states and cards use it.
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

    /// Whether MiniMax rejected the key itself.
    #[must_use]
    pub const fn is_refusal(self) -> bool {
        matches!(self.verdict(), Some(Verdict::Refused))
    }
}

/// What a failure decides about an account by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The key is rejected.
    Refused,
    /// The key is valid but has no plan.
    NoPlan,
    /// The plan is used up.
    Spent,
    /// The key could not be read, so no request was made.
    OutOfReach,
}
