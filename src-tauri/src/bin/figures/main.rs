//! Measures what no user sees from outside: how long the core thinks, and the store with a year in it.
//!
//! Owns the order of the figures. Refuses the network, the keyring and the user's own files.
#![expect(clippy::expect_used, reason = "a figure that cannot be taken ends the measurement")]
#![expect(clippy::print_stdout, reason = "a command talks to the one who called it")]

mod paper;
mod thought;
mod year;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut paper = paper::Paper::default();
    thought::measure(&mut paper);
    year::measure(&mut paper);
    if paper.has_missed() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
