//! The wire: what MiniMax sent, and what it means.
//!
//! Owns every word, code and shape of the usage API. Refuses to trust any of them further than they agree, and
//! lets none of them out: everything beyond this module speaks of readings and failures.
//!
//! The traps, each with its own rule below this module:
//!
//! 1. A refused key arrives as HTTP 200; only `base_resp.status_code` tells (`code`).
//! 2. A filter's page is not a refused key (`http`).
//! 3. `usage_count` means "used" on one path and "left" on the other, and the share decides (`window`).
//! 4. 0 of 0 with status 3 twice and 100 % is "not in the plan", once it is "no cap" (`window`).
//! 5. Status 2 with a share left is a contradiction; the share is shown (`window`).
//! 6. A share of 1 is one percent, never the whole; beyond 0..=100 it is clamped (`value`).
//! 7. Windows last 4, 5 or 24 hours or 7 days; only their bounds say (`sent`).
//! 8. An end that is over, a countdown of 0 or less, seconds for milliseconds (`value`, `sent`).
//! 9. Strings for numbers, camelCase, a `data` wrapper, null rows, one row twice (`envelope`, `rows`).
//! 10. Money is decimal text, has thousands separators at times, and may be negative (`money`).

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

/// What MiniMax sent: status, the few headers that matter, and the body, at most [`BODY_LIMIT`] bytes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that mean something here, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it came.
    pub body: Vec<u8>,
}

impl Answer {
    /// Gives the server's clock at the moment of the answer, by its `Date` header.
    #[must_use]
    pub fn server_time(&self) -> Option<Timestamp> {
        http::date(self)
    }
}

/// The longest body that is read, in bytes. A real answer has about 2 KiB.
pub const BODY_LIMIT: usize = 256 * 1024;

/// The headers that mean something here; no other is kept.
pub const HEADERS: [&str; 4] = ["content-type", "retry-after", "date", "cf-mitigated"];

/// Says what an answer means.
///
/// Trusted in this order: a filter's page, the HTTP status, the JSON, `base_resp`, the rows. `at` is the moment
/// of the answer by the local clock; countdowns and dates are taken from there.
///
/// # Errors
///
/// A [`Failure`] for every answer that is no reading, with the wait MiniMax asked for where it did.
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
