//! The paper that figures are written on.
//!
//! Owns how a figure looks and whether one has missed its bar. Refuses to know what is measured.

use std::time::{Duration, Instant};

/// What was written so far.
#[derive(Debug, Default)]
pub(crate) struct Paper {
    missed: bool,
}

impl Paper {
    /// Writes a figure and, where there is a bar, whether it lies under it.
    pub(crate) fn figure(&mut self, what: &str, figure: f64, unit: &str, under: Option<f64>) {
        let verdict = under.map(|bar| {
            self.missed |= figure >= bar;
            format!("  {}  under {bar} {unit}", if figure >= bar { "MISS" } else { "PASS" })
        });
        println!("{what:<46} {figure:>8.2} {unit:<5}{:29}{}", "", verdict.unwrap_or_default());
    }

    /// Tells whether any figure lies over its bar.
    pub(crate) const fn has_missed(&self) -> bool {
        self.missed
    }
}

/// Times some work.
pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// Gives the time that 95 of 100 stay under.
pub(crate) fn most(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
