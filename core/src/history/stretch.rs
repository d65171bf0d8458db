//! Usage between two readings of a window.
//!
//! What was used in a window without any reading stays unknown.

use jiff::Timestamp;

use super::{GAP, Point, Track};

/// A period and the usage in it, in percentage points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) from: Timestamp,
    /// Never before `from`.
    pub(crate) to: Timestamp,
    /// `None` if unknown.
    pub(crate) used: Option<f64>,
    /// Whether the window began in it, or before the first reading.
    pub(crate) begins: bool,
}

impl Track {
    /// The usage of a fixed window, latest first, back to the first reading, including gaps.
    ///
    /// The time in which a point stayed unchanged is a stretch too, with no usage.
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

/// The usage before the very first point: from the start of the window.
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

/// Seconds between two times. Drops fractions for speed; they do not matter here.
pub(crate) fn seconds_between(from: Timestamp, to: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds of a few centuries are below 2^53")]
    let seconds = to.as_second().saturating_sub(from.as_second()) as f64;
    seconds
}
