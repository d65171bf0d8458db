//! MiniMax's own codes.
//!
//! Owns what each `base_resp.status_code` means on the usage paths. Refuses to go by text, except where one
//! code is documented to have two meanings; the text is dropped here.

use crate::failure::{Failure, FailureKind};

/// What `base_resp` said.
#[derive(Clone, Copy)]
pub(super) struct Code<'a> {
    /// The number; 0 is success.
    pub(super) number: i64,
    /// The server's own words, looked at and never kept.
    pub(super) text: &'a str,
}

impl Code<'_> {
    /// Gives the failure that a code other than 0 is.
    pub(super) fn failure(self) -> Failure {
        Failure { code: Some(self.number), ..Failure::new(self.kind()) }
    }

    /// Follows MiniMax's table of error codes and, for what it leaves out, what others measured.
    fn kind(self) -> FailureKind {
        match self.number {
            // Documented as a timeout; older answers say "invalid api key" with it.
            1001 if self.names_the_key() => FailureKind::KeyRejected,
            1000 | 1001 | 1024 | 1033 => FailureKind::ServerError,
            1004 | 1016 => FailureKind::KeyRejected,
            2049 => FailureKind::KeyRejectedOrWrongRegion,
            // Not in the table: no plan on the usage paths, a short throttle where text is generated.
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
