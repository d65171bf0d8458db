//! Measures what cannot be seen from outside: how long the core takes, and the store with a year of data. It uses
//! neither the network nor the keyring nor the user's own files.
#![expect(clippy::expect_used, reason = "a figure that cannot be taken ends the measurement")]
#![expect(clippy::print_stdout, reason = "the figures are printed")]

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
