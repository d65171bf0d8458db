//! Prints measured figures, each with its limit if it has one.

use std::time::{Duration, Instant};

/// Whether any figure so far has missed its limit.
#[derive(Debug, Default)]
pub(crate) struct Paper {
    missed: bool,
}

impl Paper {
    /// Prints a figure and, if it has a limit, whether it is under it.
    pub(crate) fn figure(&mut self, what: &str, figure: f64, unit: &str, under: Option<f64>) {
        let verdict = under.map(|bar| {
            self.missed |= figure >= bar;
            format!("  {}  under {bar} {unit}", if figure >= bar { "MISS" } else { "PASS" })
        });
        println!("{what:<46} {figure:>8.2} {unit:<5}{:29}{}", "", verdict.unwrap_or_default());
    }

    /// Returns whether any figure has reached or exceeded its limit.
    pub(crate) const fn has_missed(&self) -> bool {
        self.missed
    }
}

/// Returns how long `work` takes.
pub(crate) fn timed(work: impl FnOnce()) -> Duration {
    let began = Instant::now();
    work();
    began.elapsed()
}

/// Returns the 95th percentile.
pub(crate) fn most(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() * 95 / 100]
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
