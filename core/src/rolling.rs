//! Rolling windows: what was used more than the window's length ago returns.
//!
//! Owns what tells a rolling window from a fixed one, and its coming releases. Refuses to name a single reset for one.

use jiff::Timestamp;

use crate::history::Track;
use crate::reading::{Percent, Window};

/// A share that returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    /// By when it will have returned.
    pub at: Timestamp,
    /// How much will have returned by then, counted from now.
    pub share: Percent,
}

/// Gives the coming releases of a rolling window, soonest first; empty for a fixed one.
#[must_use]
pub fn releases(track: &Track, window: &Window, now: Timestamp) -> Vec<Release> {
    let _ = (track, window, now);
    Vec::new()
}
