//! Forecast of a window: pace, run-out time, and the confidence in them.
//!
//! There is no forecast with too little data, and results are rounded to what the data supports.

mod pace;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

pub(crate) use self::pace::Pace;
use crate::history::Track;
use crate::reading::{Percent, Window};
use crate::rolling::{self, Ledger};

/// Clock difference that is accepted without either clock being wrong.
const TREMBLE: SignedDuration = SignedDuration::from_mins(2);
/// A last reading older than this gives no forecast.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(3);
/// No forecast in this first part of a window's length: 15 minutes of five hours.
const JUST_BEGUN: f64 = 0.05;

/// How reliable a forecast is. The rules are in `Pace::confidence`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// All other cases.
    Low,
    /// At least 5 decreases over 0.1 window lengths, and a present pace within a factor of 4 of the mean.
    /// Also: fewer than 3 decreases in at least 0.3 window lengths, if the rest suffices for more than twice
    /// the time left.
    Fair,
    /// At least 8 decreases over 0.2 window lengths, a present pace within a factor of 2 of the mean, and a
    /// run-out time that is not close to the reset (0.87 to 1.15 of the time left).
    Good,
}

/// What happens to a window at the present pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    RunsOut {
        /// Rounded to the precision of the forecast.
        at: Timestamp,
        /// The time between running out and the reset, if a reset is known.
        before_reset: Option<SignedDuration>,
    },
    /// The window lasts until the reset.
    Lasts {
        /// The share left at the reset.
        left: Percent,
    },
}

/// The expected outcome of a window, and its reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub outcome: Outcome,
    pub confidence: Confidence,
}

/// Forecasts a window from its past; `None` with too little data, or if nothing is metered.
///
/// `now` is by the server's clock, like the window's bounds and the track. For a rolling window, which has no
/// reset, [`Outcome::Lasts`] gives the share that will be left after one window length.
#[must_use]
pub fn of(track: &Track, window: &Window, now: Timestamp) -> Option<Forecast> {
    let left = window.quota.metered_left().filter(|left| !left.is_zero())?;
    let length = rolling::length(window)?;
    let seen = track.points().last()?.until;
    let silence = now.duration_since(seen);
    if silence.saturating_add(TREMBLE).is_negative()
        || silence > length.checked_div(4).unwrap_or_default().min(LONGEST_SILENCE)
    {
        return None;
    }
    if track.is_rolling() {
        of_rolling(track, window, left, length, now)
    } else {
        of_fixed(track, window, left, length, now)
    }
}

/// The share that would be left at an even pace, for the mark on a bar.
///
/// `None` without both bounds, or outside them. A rolling window has no such mark: check
/// [`Track::is_rolling`] first.
#[must_use]
pub fn pace(window: &Window, now: Timestamp) -> Option<Percent> {
    window.quota.metered_left()?;
    let length = rolling::length(window)?;
    let left = window.resets_at?.duration_since(now);
    let share = left.as_secs_f64() / length.as_secs_f64();
    if (0.0..=1.0).contains(&share) { Percent::clamped(share * 100.0) } else { None }
}

fn of_fixed(
    track: &Track,
    window: &Window,
    left: Percent,
    length: SignedDuration,
    now: Timestamp,
) -> Option<Forecast> {
    let seen = track.points().last()?.until;
    let horizon = window.resets_at.map_or(length, |r| r.duration_since(seen)).as_secs_f64();
    let has_just_begun = horizon > length.as_secs_f64() * (1.0 - JUST_BEGUN);
    if window.resets_at.is_some_and(|r| r <= now || has_just_begun) {
        return None;
    }
    let pace = track.pace(length)?;
    let needs = pace.needs(left.get());
    let confidence = pace.confidence(needs / horizon);
    if needs < horizon {
        let at = runs_out_at(seen, needs, now)?;
        let at = window.resets_at.map_or(at, |r| at.min(r));
        let before_reset = window.resets_at.map(|r| r.duration_since(at));
        return Some(Forecast { outcome: Outcome::RunsOut { at, before_reset }, confidence });
    }
    // Without a reset there is no end that the window could last until.
    window.resets_at?;
    let left = round_share(left.get() - pace.used_after(horizon), left);
    Some(Forecast { outcome: Outcome::Lasts { left }, confidence })
}

fn of_rolling(
    track: &Track,
    window: &Window,
    left: Percent,
    length: SignedDuration,
    now: Timestamp,
) -> Option<Forecast> {
    let seen = track.points().last()?.until;
    let ledger = Ledger::of(track, window)?;
    let pace = Pace::of_rolling(&ledger, seen, length)?;
    let horizon = length.as_secs_f64();
    // Each release before the window is empty adds to what can be used.
    let mut share = left.get();
    for (at, returns) in ledger.coming(seen) {
        if pace.used_after(at.duration_since(seen).as_secs_f64()) >= share {
            break;
        }
        share += f64::from(returns) / 100.0;
    }
    let needs = pace.needs(share);
    let confidence = pace.confidence(needs / horizon);
    if needs < horizon {
        let at = runs_out_at(seen, needs, now)?;
        return Some(Forecast { outcome: Outcome::RunsOut { at, before_reset: None }, confidence });
    }
    let left = round_share(share - pace.used_after(horizon), Percent::FULL);
    Some(Forecast { outcome: Outcome::Lasts { left }, confidence })
}

fn runs_out_at(seen: Timestamp, needs: f64, now: Timestamp) -> Option<Timestamp> {
    let at = seen.checked_add(SignedDuration::try_from_secs_f64(needs).ok()?).ok()?;
    Some(round(at, at.duration_since(now)).max(now))
}

/// Rounds a time to the precision of the forecast: the further ahead, the coarser.
fn round(at: Timestamp, ahead: SignedDuration) -> Timestamp {
    let minutes = match ahead.as_hours() {
        ..2 => 5,
        2..6 => 15,
        6..24 => 60,
        _ => 180,
    };
    let step = minutes * 60;
    let rounded = (at.as_second() + step / 2).div_euclid(step) * step;
    Timestamp::from_second(rounded).unwrap_or(at)
}

/// Rounds a share to steps of 5, or of 1 below 10; at least 1, because a window that lasts has something
/// left.
fn round_share(share: f64, most: Percent) -> Percent {
    let step = if share < 10.0 { 1.0 } else { 5.0 };
    Percent::clamped(((share / step).round() * step).max(1.0)).unwrap_or(Percent::LEAST).min(most)
}
