//! One window over time.
//!
//! Owns when a share that is read again is the same point. Refuses what lies between two points: `stretch` says that.

use jiff::{SignedDuration, Timestamp};

use super::thin;
use super::{GAP, Point, gap_at};
use crate::forecast::Pace;
use crate::reading::{Percent, Window};
use crate::rolling::Slide;
use crate::week::Measured;

/// Bounds that moved by less than half of this are those of one window, where its length is not known.
const USUAL: SignedDuration = SignedDuration::from_hours(5);

/// One window over time, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    points: Vec<Point>,
    slide: Slide,
    /// How far apart the last two readings were.
    step: SignedDuration,
    /// The pace, for a window of this length: taken once for each answer, since it is asked for at every moment.
    pace: Option<(SignedDuration, Option<Pace>)>,
    /// How many short windows a week holds, of a week.
    pub(super) week: Option<Measured>,
}

impl Track {
    /// Gives the points, oldest first.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Tells whether its bounds slide with the clock: what was used more than its length ago returns.
    #[must_use]
    pub fn is_rolling(&self) -> bool {
        self.points.last().is_some_and(|p| p.rolling)
    }

    /// Gives the pace of a fixed window.
    pub(crate) fn pace(&self, length: SignedDuration) -> Option<Pace> {
        match self.pace {
            Some((known, pace)) if known == length => pace,
            Some(_) | None => Pace::of_fixed(self, length),
        }
    }

    /// Gives how the short window next to it moves with this week, where that was looked into.
    pub(crate) const fn week(&self) -> Option<Measured> {
        self.week
    }

    /// Takes the pace anew.
    pub(super) fn look_ahead(&mut self) {
        let bounds = self.points.last().and_then(|p| Some((p.starts_at?, p.resets_at?)));
        self.pace = bounds.filter(|_| !self.is_rolling()).map(|(start, end)| {
            let length = end.duration_since(start);
            (length, if length.is_positive() { Pace::of_fixed(self, length) } else { None })
        });
    }

    /// Puts back a point that was kept.
    pub(super) fn recall(&mut self, point: Point) {
        (self.pace, self.week) = (None, None);
        thin::recall(&mut self.points, point);
    }

    /// Takes what was read; gives the point as it is now.
    pub(super) fn take(&mut self, window: &Window, left: Percent, at: Timestamp) -> Point {
        let at = thin::begin(&mut self.points, at);
        let rolling = self.slide.see(window, left, at, self.is_rolling());
        let fresh =
            Point { at, until: at, left, starts_at: window.starts_at, resets_at: window.resets_at, rolling };
        let silent = self.points.last().map_or(SignedDuration::ZERO, |last| at.duration_since(last.until));
        // Where it is asked once an hour, an hour is no gap.
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
    /// Tells whether a later point is of the same window. A rolling window is always the same.
    pub(crate) fn is_same_window(&self, next: &Self) -> bool {
        if next.rolling {
            return true;
        }
        is_same((self.starts_at, self.resets_at), (next.starts_at, next.resets_at), next.left > self.left)
    }
}

type Bounds = (Option<Timestamp>, Option<Timestamp>);

/// Compares bounds: they tremble, and a new window is at least most of its length later. Without bounds, a rise is a
/// new window.
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
