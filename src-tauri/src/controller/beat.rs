//! One beat of the heart, held against the clock on the wall.
//!
//! Owns what counts as a leap (the machine slept, or someone set the clock) and how the simulated day passes. Refuses
//! to say which leap it was; both want new readings. This is how a wake-up is noticed where the system tells of none.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidemark_core::simulate;

/// A busy machine beats late, and a clock that is kept right moves a little.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// One beat: when it began, which is when the last one ended, so that no leap falls between two; and how long it was
/// meant to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    began: Timestamp,
    pub(super) length: Duration,
}

impl Beat {
    pub(super) const fn new(began: Timestamp, length: Duration) -> Self {
        Self { began, length }
    }

    /// Tells whether the clock leapt while it beat, forward or back.
    pub(super) fn has_leapt(&self, now: Timestamp) -> bool {
        let passed = now.duration_since(self.began);
        let length = SignedDuration::try_from(self.length).unwrap_or(SignedDuration::MAX);
        passed.saturating_add(TOLERANCE).is_negative() || passed > length.saturating_add(TOLERANCE)
    }
}

/// Gives the simulated moment: it goes faster than the real one.
pub(super) fn demo_time(since: Timestamp, real: Timestamp) -> Timestamp {
    let passed = real.duration_since(since);
    since.checked_add(passed.saturating_mul(simulate::SPEED)).unwrap_or(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleep_and_a_clock_that_is_set_are_leaps_and_a_late_beat_is_none() {
        let began: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
        let beat = Beat::new(began, Duration::from_secs(15));
        for (seconds, leapt) in [
            (0, false),
            (15, false),
            (40, false),
            (46, true),
            (3600, true),
            (-20, false),
            (-31, true),
            (-86400, true),
        ] {
            assert_eq!(beat.has_leapt(began + SignedDuration::from_secs(seconds)), leapt, "{seconds} s");
        }
    }
}
