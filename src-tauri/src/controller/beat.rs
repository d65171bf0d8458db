//! One timer tick. Compares its planned length with the wall clock to detect suspend and clock changes.
//!
//! Which of the two it was is not determined: both need new readings. This is how a wake-up is noticed where the system
//! does not report it. The simulated time is computed here too.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tidemark_core::simulate;

/// On a busy machine a tick is late, and time synchronisation moves the clock a little.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(30);

/// One tick. It begins when the previous one ended, so that no clock jump falls between two ticks; `length` is how long
/// it is planned to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    began: Timestamp,
    pub(super) length: Duration,
}

impl Beat {
    pub(super) const fn new(began: Timestamp, length: Duration) -> Self {
        Self { began, length }
    }

    /// Returns whether the clock jumped forward or back during the tick.
    pub(super) fn has_leapt(&self, now: Timestamp) -> bool {
        let passed = now.duration_since(self.began);
        let length = SignedDuration::try_from(self.length).unwrap_or(SignedDuration::MAX);
        passed.saturating_add(TOLERANCE).is_negative() || passed > length.saturating_add(TOLERANCE)
    }
}

/// Returns the simulated time, which passes faster than real time, by the factor [`simulate::SPEED`].
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
