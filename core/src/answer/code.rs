//! Meaning of each `base_resp.status_code` on the usage paths.
//!
//! The status text decides only where one code is documented to have two meanings; it is not kept.

use crate::failure::{Failure, FailureKind};

/// Code and text of `base_resp`.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    /// 0 is success.
    pub(super) number: i64,
    /// The server's text; checked here and never kept.
    pub(super) text: &'a str,
}

impl Code<'_> {
    /// The failure for a code other than 0.
    pub(super) fn failure(self) -> Failure {
        Failure { code: Some(self.number), ..Failure::new(self.kind()) }
    }

    /// From MiniMax's table of error codes and, for codes missing there, from measurements by others.
    fn kind(self) -> FailureKind {
        match self.number {
            // Documented as a timeout, but older answers use it with the text "invalid api key".
            1001 if self.names_the_key() => FailureKind::KeyRejected,
            1000 | 1001 | 1024 | 1033 => FailureKind::ServerError,
            1004 | 1016 => FailureKind::KeyRejected,
            2049 => FailureKind::KeyRejectedOrWrongRegion,
            // Not in the table: no active plan on the usage paths, a short throttle on the generation paths.
            2062 if self.speaks_of_a_rate() => FailureKind::RateLimited,
            2062 => FailureKind::NoActivePlan,
            1002 | 1039 | 1041 | 2045 => FailureKind::RateLimited,
            1028 | 1030 | 2056 | 2067 => FailureKind::PlanExhausted,
            _ => FailureKind::Other,
        }
    }

    fn names_the_key(self) -> bool {
        self.has_one_of(&[
            "api key",
            "api_key",
            "apikey",
            "api-key",
            "api secret",
            "authoriz",
            "login",
            "cookie",
        ])
    }

    fn speaks_of_a_rate(self) -> bool {
        self.has_one_of(&[
            "rate limit",
            "rate_limit",
            "ratelimit",
            "throttl",
            "too many",
            "限流",
            "频率",
            "速率",
        ])
    }

    fn has_one_of(self, words: &[&str]) -> bool {
        let lower = self.text.to_ascii_lowercase();
        words.iter().any(|word| lower.contains(word))
    }
}
