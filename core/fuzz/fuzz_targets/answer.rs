//! Feeds the answer reader: `cargo +nightly fuzz run answer` from `core/`.
//!
//! The first bytes choose endpoint, status and moment; a header line may follow, up to the first line break.
#![no_main]

use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use tidemark_core::account::Region;
use tidemark_core::answer::{Answer, read};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::reading::{Percent, Reading};
use tidemark_core::report::{explain, plain_lines};

const STATUSES: [u16; 10] = [200, 200, 200, 204, 308, 401, 403, 404, 429, 503];

fuzz_target!(|input: &[u8]| {
    let [choice, days, rest @ ..] = input else { return };
    let endpoint = match choice % 3 {
        0 => Endpoint::TokenPlan,
        1 => Endpoint::CodingPlan,
        _ => Endpoint::Balance,
    };
    let status = STATUSES[usize::from(choice / 3) % STATUSES.len()];
    let (line, body) = match rest.iter().position(|byte| *byte == b'\n') {
        Some(end) if choice % 2 == 1 => (&rest[..end], &rest[end + 1..]),
        _ => (&rest[..0], rest),
    };
    let line = String::from_utf8_lossy(line);
    let headers = line.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = Answer { status, headers: headers.into_iter().collect(), body: body.to_vec() };
    let Ok(at) = Timestamp::from_second(1_780_000_000 + i64::from(*days) * 86_400) else { return };

    let result = read(&answer, endpoint, Region::Global, at);
    let _ = plain_lines(&explain(&result, at), &jiff::tz::TimeZone::UTC);
    if let Ok(Reading::Plan(plan)) = result {
        for window in plan.rows.iter().flat_map(|row| &row.windows) {
            assert!(window.quota.left().is_none_or(|left| left <= Percent::FULL));
        }
    }
});
