//! The points of one window over time. `stretch` has the usage between them.

use jiff::{SignedDuration, Timestamp};

use super::thin;
use super::{GAP, Point, gap_at};
use crate::forecast::Pace;
use crate::reading::{Percent, Window};
use crate::rolling::Slide;
use crate::week::Measured;

/// Assumed length if unknown. Bounds that moved by at most half a length belong to the same window.
const USUAL: SignedDuration = SignedDuration::from_hours(5);

/// The points of one window, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    points: Vec<Point>,
    slide: Slide,
    /// The time between the last two readings.
    step: SignedDuration,
    /// The pace for a window of this length, computed once per answer because every view needs it.
    pace: Option<(SignedDuration, Option<Pace>)>,
    /// For the weekly window: how many short windows a week holds.
    pub(super) week: Option<Measured>,
}

impl Track {
    /// The points, oldest first.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Whether the window is rolling: its bounds move with the clock, and usage older than its length is
    /// released.
    #[must_use]
    pub fn is_rolling(&self) -> bool {
        self.points.last().is_some_and(|p| p.rolling)
    }

    /// The pace of a fixed window.
    pub(crate) fn pace(&self, length: SignedDuration) -> Option<Pace> {
        match self.pace {
            Some((known, pace)) if known == length => pace,
            Some(_) | None => Pace::of_fixed(self, length),
        }
    }

    /// For the weekly window: the measured ratio to the short window, once computed.
    pub(crate) const fn week(&self) -> Option<Measured> {
        self.week
    }

    /// Recomputes the pace.
    pub(super) fn look_ahead(&mut self) {
        let bounds = self.points.last().and_then(|p| Some((p.starts_at?, p.resets_at?)));
        self.pace = bounds.filter(|_| !self.is_rolling()).map(|(start, end)| {
            let length = end.duration_since(start);
            (length, if length.is_positive() { Pace::of_fixed(self, length) } else { None })
        });
    }

    /// Restores a stored point.
    pub(super) fn recall(&mut self, point: Point) {
        (self.pace, self.week) = (None, None);
        thin::recall(&mut self.points, point);
    }

    /// Adds a reading; returns the new or extended point.
    pub(super) fn take(&mut self, window: &Window, left: Percent, at: Timestamp) -> Point {
        let at = thin::begin(&mut self.points, at);
        let rolling = self.slide.see(window, left, at, self.is_rolling());
        let fresh =
            Point { at, until: at, left, starts_at: window.starts_at, resets_at: window.resets_at, rolling };
        let silent = self.points.last().map_or(SignedDuration::ZERO, |last| at.duration_since(last.until));
        // With hourly polls an hour is not a gap.
        let is_gap = silent > GAP.max(gap_at(self.step.min(GAP.saturating_mul(3))));
        self.step = silent;
        (self.pace, self.week) = (None, None);
        match self.points.last_mut() {
            Some(last) if last.left == left && !is_gap && last.is_same_window(&fresh) => {
                last.until = at;
                last.rolling = rolling;
                *last
            }
            Some(_) | None => thin::push(&mut self.points, fresh),
        }
    }
}

impl Point {
    /// Whether a later point belongs to the same window. A rolling window is always the same.
    pub(crate) fn is_same_window(&self, next: &Self) -> bool {
        if next.rolling {
            return true;
        }
        is_same((self.starts_at, self.resets_at), (next.starts_at, next.resets_at), next.left > self.left)
    }
}

type Bounds = (Option<Timestamp>, Option<Timestamp>);

/// Compares bounds. They vary slightly between answers, and those of a new window are usually a full length
/// later, so the limit is half a length. Without bounds, a rise means a new window.
fn is_same(before: Bounds, after: Bounds, rises: bool) -> bool {
    let moved = match (before, after) {
        ((Some(before), _), (Some(after), _)) | ((_, Some(before)), (_, Some(after))) => {
            after.duration_since(before).abs()
        }
        _ => return !rises,
    };
    let length = match after {
        (Some(start), Some(end)) if end > start => end.duration_since(start),
        _ => USUAL,
    };
    moved.saturating_mul(2) <= length
}
