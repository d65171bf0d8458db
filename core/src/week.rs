//! The week counted in short windows, from how the two windows of a row move together, otherwise by MiniMax's
//! FAQ.

use jiff::Timestamp;

use crate::history::{Stretch, Track, seconds_between};
use crate::reading::Percent;

/// Minimum usage of each window for a measurement, in percentage points. The error by the whole steps of the
/// week then is an eighth at most.
const LEAST_OF_INTERVALS: f64 = 100.0;
const LEAST_OF_WEEK: f64 = 8.0;
/// Plausible range: at least one full short window per week, at most as many as the hours of a week allow.
const FEWEST: f64 = 1.0;
const MOST: f64 = 34.0;

/// What is left of a week, counted in full short windows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    pub windows_left: f64,
    /// Whether the ratio was measured; otherwise it is the FAQ's.
    pub measured: bool,
}

/// How many full short windows are left this week; `by_faq` is how many a whole week holds by MiniMax's FAQ.
///
/// Both tracks are those of one row. The ratio is measured if both windows decreased together, by at least
/// one full short window and eight percentage points of the week. Stretches in which one of them started
/// again, or without readings, count for neither.
#[must_use]
pub fn windows_left(interval: &Track, weekly: &Track, weekly_left: Percent, by_faq: f64) -> Week {
    let left = weekly_left.fraction();
    let Measured(windows) = weekly.week().unwrap_or_else(|| Measured::of(interval, weekly));
    match windows {
        Some(windows) => Week { windows_left: left * windows, measured: true },
        None => Week { windows_left: left * by_faq, measured: false },
    }
}

/// How many full short windows a whole week holds; `None` until enough was used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Measured(Option<f64>);

impl Measured {
    /// Measures how the two windows of a row moved together.
    pub(crate) fn of(interval: &Track, weekly: &Track) -> Self {
        Self(windows_of_a_week(interval, weekly))
    }
}

fn windows_of_a_week(interval: &Track, weekly: &Track) -> Option<f64> {
    // Releases hide usage, so the decreases alone would be too small.
    if interval.is_rolling() || weekly.is_rolling() {
        return None;
    }
    let lasting = |stretch: &Stretch| seconds_between(stretch.from, stretch.to) > 0.0;
    let (mut shorts, mut weeks) = (interval.stretches().filter(lasting), weekly.stretches().filter(lasting));
    let (mut of_intervals, mut of_week) = (0.0, 0.0);
    let (mut short, mut week) = (shorts.next(), weeks.next());
    while let (Some(one), Some(other)) = (short, week) {
        let (from, to) = (one.from.max(other.from), one.to.min(other.to));
        if from < to
            && let (Some(used), Some(of_it)) = (part(&one, from, to), part(&other, from, to))
        {
            of_intervals += used;
            of_week += of_it;
        }
        // Latest first: the stretch with the later start is finished.
        if one.from >= other.from {
            short = shorts.next();
        }
        if other.from >= one.from {
            week = weeks.next();
        }
    }
    let is_enough = of_intervals >= LEAST_OF_INTERVALS && of_week >= LEAST_OF_WEEK;
    is_enough.then(|| (of_intervals / of_week).clamp(FEWEST, MOST))
}

/// The usage in a part of a stretch; `None` if the window began in it.
fn part(stretch: &Stretch, from: Timestamp, to: Timestamp) -> Option<f64> {
    let used = stretch.used.filter(|_| !stretch.begins)?;
    if used <= 0.0 {
        return Some(0.0);
    }
    Some(used * seconds_between(from, to) / seconds_between(stretch.from, stretch.to))
}
