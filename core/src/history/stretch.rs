//! What was used between two sights of a window.
//!
//! Owns what a fall means, and what another window means. Refuses to guess what was used in a window that nobody saw.

use jiff::Timestamp;

use super::{GAP, Point, Track};

/// A stretch of time and what was used in it, in points of a hundred.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    /// Where it begins.
    pub(crate) from: Timestamp,
    /// Where it ends; never before it begins.
    pub(crate) to: Timestamp,
    /// What was used meanwhile; `None` where that is not known.
    pub(crate) used: Option<f64>,
    /// Whether the window began in it, or before anybody looked.
    pub(crate) begins: bool,
}

impl Track {
    /// Gives what was used of a fixed window, latest first, back to where it was first seen, gaps and all.
    ///
    /// A point's own time, in which nothing was used, is a stretch too.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Stretch> {
        let points = self.points();
        (0..points.len()).rev().flat_map(move |i| {
            let point = &points[i];
            let before = if i > 0 { before(&points[i - 1], point) } else { first(point) };
            [
                Some(Stretch { from: point.at, to: point.until, used: Some(0.0), begins: false }),
                before[1],
                before[0],
            ]
            .into_iter()
            .flatten()
        })
    }
}

/// What was used before the very first point: the window says since when.
fn first(point: &Point) -> [Option<Stretch>; 2] {
    let start = point.starts_at.filter(|start| *start < point.at && !point.rolling);
    let used = point.left.rest().get();
    [None, start.map(|from| Stretch { from, to: point.at, used: Some(used), begins: true })]
}

fn before(last: &Point, next: &Point) -> [Option<Stretch>; 2] {
    let (from, to) = (last.until.min(next.at), next.at);
    if last.is_same_window(next) {
        let used = (last.left.get() - next.left.get()).max(0.0);
        return [None, Some(Stretch { from, to, used: Some(used), begins: false })];
    }
    let begins = next.starts_at.map_or(from, |start| start.clamp(from, to));
    let rest = (begins.duration_since(from) <= GAP).then_some(0.0);
    let own = Stretch { from: begins, to, used: Some(next.left.rest().get()), begins: true };
    [Some(Stretch { from, to: begins, used: rest, begins: true }), Some(own)]
}

/// Gives the seconds from one moment to a later one; fractions do not matter here, speed does.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of some centuries")]
    let seconds = to.as_second().saturating_sub(from.as_second()) as f64;
    seconds
}
