//! Whether a window will last: pace, run-out time, and how much that is worth.
//!
//! Owns the forecast. Refuses to speak with too little data, and refuses false precision.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::history::Track;
use crate::reading::{Percent, Window};

/// How much a forecast is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Little.
    Low,
    /// Something.
    Fair,
    /// Much.
    Good,
}

/// What comes of a window at the present pace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It runs out.
    RunsOut {
        /// When, rounded to what can be known.
        at: Timestamp,
        /// How long before the reset, where a reset is known.
        before_reset: Option<SignedDuration>,
    },
    /// It lasts until the reset.
    Lasts {
        /// The share that will be left then.
        left: Percent,
    },
}

/// What comes of a window, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// What comes of it.
    pub outcome: Outcome,
    /// How much that is worth.
    pub confidence: Confidence,
}

/// Looks ahead from what a window has done so far; `None` with too little data, or where nothing is metered.
///
/// `now` is by the server's clock, as the window's bounds and the track are.
#[must_use]
pub fn of(track: &Track, window: &Window, now: Timestamp) -> Option<Forecast> {
    let _ = (track, window, now);
    None
}
