//! Rolling windows: usage is released once it is older than the window's length. They have no single reset.

mod ledger;
mod slide;

use jiff::{SignedDuration, Timestamp};

pub(crate) use self::ledger::Ledger;
pub(crate) use self::slide::Slide;
use crate::history::Track;
use crate::reading::{Percent, Window};

/// Maximum number of releases; more are not readable at a glance.
const MOST_STEPS: u16 = 4;
/// Minimum size of a release, in hundredths of a percent.
const LEAST_STEP: u16 = 100;
/// Maximum length of a window: a week, plus a day. Bounds further apart are an error of the server.
const LONGEST: SignedDuration = SignedDuration::from_hours(8 * 24);
/// Times are rounded up to multiples of this, in seconds.
const ROUND: i64 = 5 * 60;

/// A share that is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// The time by which it is released.
    pub at: Timestamp,
    /// The total released by then, counted from now.
    pub share: Percent,
}

/// The next releases of a rolling window, soonest first and at most four; empty for a fixed one.
///
/// Shares are cumulative: each counts from now, and the last is everything used. The first release is listed
/// as soon as it reaches one percentage point. Times are full five minutes of UTC, rounded up, so that the
/// share is certainly released by then.
#[must_use]
pub fn releases(track: &Track, window: &Window, now: Timestamp) -> Vec<Release> {
    let Some(ledger) = Ledger::of(track, window).filter(|_| track.is_rolling()) else { return Vec::new() };
    let coming: Vec<(i64, u16)> = ledger.coming(now).map(|(at, share)| (round_up(at), share)).collect();
    let all: u16 = coming.iter().map(|(_, share)| *share).sum();
    let later = (all.saturating_sub(LEAST_STEP) / (MOST_STEPS - 1)).max(LEAST_STEP);
    let (mut steps, mut returned, mut named) = (Vec::new(), 0, 0);
    for (i, (at, share)) in coming.iter().enumerate() {
        returned += share;
        let goes_on = coming.get(i + 1).is_some_and(|(next, _)| next == at);
        let wanted = if named == 0 { LEAST_STEP } else { later };
        // If less than `LEAST_STEP` would remain after this release, both are listed together at the later time.
        let is_last = returned == all;
        let leaves_crumbs = !is_last && all - returned < LEAST_STEP;
        if goes_on || leaves_crumbs || (returned - named < wanted && !is_last) {
            continue;
        }
        if let (Ok(at), Some(share)) = (Timestamp::from_second(*at), Percent::of(returned.into(), 10_000)) {
            steps.push(Release { at, share });
        }
        named = returned;
    }
    steps
}

fn round_up(at: Timestamp) -> i64 {
    let seconds = at.as_second() + i64::from(at.subsec_nanosecond() > 0);
    -(-seconds).div_euclid(ROUND) * ROUND
}

/// The length of a window, from what was sent.
pub(crate) fn length(window: &Window) -> Option<SignedDuration> {
    let by_bounds = || Some(window.resets_at?.duration_since(window.starts_at?));
    window
        .length_seconds
        .map(SignedDuration::from_secs)
        .or_else(by_bounds)
        .filter(|length| length.is_positive() && *length <= LONGEST)
}
