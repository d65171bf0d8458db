//! Parses MiniMax's answers.
//!
//! Every field name, code and format of the usage API stays inside this module; the rest of the code uses
//! readings and failures. No single field is trusted where others contradict it.
//!
//! The traps, each with the submodule that handles it:
//!
//! 1. A rejected key arrives as HTTP 200; only `base_resp.status_code` shows it (`code`).
//! 2. A filter's page is not a rejected key (`http`).
//! 3. `usage_count` means "used" on one path and "left" on the other; the share decides (`window`).
//! 4. 0 of 0 with 100 % and status 3 means "not in the plan" if both windows have it, "no cap" if one has (`window`).
//! 5. Status 2 with a share left is a contradiction; the share is shown (`window`).
//! 6. A share of 1 is one percent, never 100 %; values outside 0..=100 are clamped (`value`).
//! 7. Windows last 4, 5 or 24 hours or 7 days; only their bounds give the length (`sent`).
//! 8. An end in the past, a countdown of 0 or less, seconds instead of milliseconds (`value`, `sent`).
//! 9. Strings for numbers, camelCase, a `data` wrapper, null rows, duplicate rows (`envelope`, `rows`).
//! 10. Money is decimal text, sometimes has thousands separators, and may be negative (`money`).

mod code;
mod envelope;
mod generation;
mod http;
mod json;
mod money;
mod rows;
mod sent;
mod value;
mod window;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use self::envelope::{Document, Garbled};
pub use self::generation::{error_in, refusal};
use crate::account::Region;
use crate::endpoint::Endpoint;
use crate::failure::{Failure, FailureKind};
use crate::reading::{Balance, Plan, Reading};

/// The HTTP response of MiniMax: status, the relevant headers, and at most [`BODY_LIMIT`] bytes of the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub status: u16,
    /// The headers of [`HEADERS`], names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// The server's time when it answered, from the `Date` header.
    #[must_use]
    pub fn server_time(&self) -> Option<Timestamp> {
        http::date(self)
    }
}

/// Maximum number of bytes of a body that are read. A real answer has about 2 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// The relevant headers; all others are dropped.
pub const HEADERS: [&str; 4] = ["content-type", "retry-after", "date", "cf-mitigated"];

/// Converts an answer to a reading.
///
/// Order of trust: a filter's page, the HTTP status, the JSON, `base_resp`, the rows. `at` is the local time
/// of the answer; countdowns and dates are relative to it.
///
/// # Errors
///
/// A [`Failure`] if the answer is no reading, with the wait time that MiniMax asked for, if any.
pub fn read(answer: &Answer, endpoint: Endpoint, region: Region, at: Timestamp) -> Result<Reading, Failure> {
    understand(answer, endpoint, region, at)
        .map_err(|failure| Failure { retry_after: http::retry_after(answer, at), ..failure })
}

fn understand(
    answer: &Answer,
    endpoint: Endpoint,
    region: Region,
    at: Timestamp,
) -> Result<Reading, Failure> {
    let text = envelope::text(&answer.body);
    let document = Document::read(&text);
    let told = document.as_ref().map_or(Ok(None), Document::code);
    if let Some(kind) = http::verdict(answer, &text) {
        let code = told.ok().flatten().filter(|told| told.number != 0);
        return Err(match code {
            Some(code) if kind == FailureKind::Other => code.failure(),
            code => Failure {
                code: code.map(|c| c.number),
                http_status: Some(answer.status),
                ..Failure::new(kind)
            },
        });
    }
    let unreadable = || Failure::new(FailureKind::Unreadable);
    let success = match told {
        Ok(Some(code)) if code.number != 0 => return Err(code.failure()),
        Ok(told) => told.is_some(),
        Err(Garbled) => return Err(unreadable()),
    };
    let document = document.ok_or_else(unreadable)?;
    match endpoint {
        Endpoint::TokenPlan | Endpoint::CodingPlan => {
            let plan = document.into_entries().plan(success, endpoint, at).map_err(Failure::new)?;
            Ok(Reading::Plan(Plan { server_time: http::date(answer), ..plan }))
        }
        Endpoint::Balance => {
            let balance = document.into_amounts().balance(region).ok_or_else(unreadable)?;
            Ok(Reading::Balance(Balance { server_time: http::date(answer), ..balance }))
        }
    }
}
