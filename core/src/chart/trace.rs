//! Converts points to a line: values over time, window starts and gaps.
//!
//! No line goes through a gap, and nothing is later than now.

use jiff::{SignedDuration, Timestamp};

use crate::history::Point;
use crate::reading::Percent;

/// A share at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sight {
    /// Later than that of the previous sight.
    pub(super) at: Timestamp,
    pub(super) left: Percent,
    /// Whether a reading was made at this time; otherwise the line only turns here, at a reset.
    pub(super) read: bool,
    /// Whether it is the first of its window.
    pub(super) begins: bool,
    /// The time without readings before it, if that is a gap.
    pub(super) silent: Option<SignedDuration>,
}

/// The bounds of one window as sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bounds {
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// The recorded values of a window over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Trace {
    pub(super) sights: Vec<Sight>,
    pub(super) windows: Vec<Bounds>,
}

/// Converts ordered points from `from` to `now`; `gap` is the longest time without a reading that is not a
/// gap.
pub(super) fn trace(points: &[Point], from: Timestamp, now: Timestamp, gap: SignedDuration) -> Trace {
    let mut trace = Trace::default();
    let mut before: Option<Point> = None;
    for (i, point) in points.iter().enumerate() {
        let next = points.get(i + 1).map_or(now, |next| next.at);
        let point = Point { until: point.until.min(next).min(now).max(point.at), ..*point };
        if point.at > now || before.is_some_and(|before| point.at < before.until) {
            continue;
        }
        if point.until >= from {
            trace.take(before.filter(|b| b.until >= from), &point, from, gap);
        }
        before = Some(point);
    }
    trace
}

impl Trace {
    fn take(&mut self, before: Option<Point>, point: &Point, from: Timestamp, gap: SignedDuration) {
        let begins = before.is_some_and(|before| !before.is_same_window(point));
        let silence = before.map(|before| point.at.duration_since(before.until));
        let silent = silence.filter(|silence| *silence > gap);
        if let Some(before) = before.filter(|_| begins && silent.is_none()) {
            self.turn(&before, point);
        }
        let first = Sight { at: point.at.max(from), left: point.left, read: true, begins, silent };
        self.push(first);
        self.push(Sight { at: point.until, begins: false, silent: None, ..first });
        self.bound(point, begins || before.is_none());
    }

    /// Keeps the line level until the old window ends and restarts it at 100 %.
    fn turn(&mut self, before: &Point, point: &Point) {
        let Some(at) = point.starts_at.filter(|at| *at > before.until && *at < point.at) else { return };
        let sight = Sight { at, left: before.left, read: false, begins: false, silent: None };
        self.push(sight);
        if let Ok(at) = at.checked_add(SignedDuration::from_secs(1))
            && at < point.at
        {
            self.push(Sight { at, left: Percent::FULL, ..sight });
        }
    }

    fn push(&mut self, sight: Sight) {
        if self.sights.last().is_none_or(|last| last.at < sight.at) {
            self.sights.push(sight);
        }
    }

    fn bound(&mut self, point: &Point, is_new: bool) {
        let (Some(from), Some(to)) = (point.starts_at, point.resets_at) else { return };
        if point.rolling || to <= from {
            return;
        }
        if let Some(last) = self.windows.last_mut() {
            if !is_new {
                *last = Bounds { from, to };
                return;
            }
            // A window that was replaced early ended there.
            last.to = last.to.min(from).max(last.from);
        }
        self.windows.push(Bounds { from, to });
    }
}
