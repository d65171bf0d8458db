//! The week counted in short windows.
//!
//! Owns how the two windows of a row move together. Refuses to guess beyond MiniMax's FAQ.

use crate::history::Track;
use crate::reading::Percent;

/// What is left of a week, counted in full short windows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Week {
    /// Full short windows that the week still holds.
    pub windows_left: f64,
    /// Whether that was measured; else it follows the FAQ.
    pub measured: bool,
}

/// Counts the full short windows left this week; `by_faq` is how many a whole week holds by MiniMax's FAQ.
#[must_use]
pub fn windows_left(interval: &Track, weekly: &Track, weekly_left: Percent, by_faq: f64) -> Week {
    let _ = (interval, weekly);
    Week { windows_left: weekly_left.fraction() * by_faq, measured: false }
}
