//! Limits the points in memory: all of the last hours, fewer of older ones, and none older than nine days
//! once there are more than [`MOST`].
//!
//! Thinning keeps every decrease: of several points in one step the last stays, and the one before each rise.
//! Also keeps the points in order and removes those later than a clock that was set back.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{GAP, MoneyPoint, Point};

/// Maximum number of points per window or balance. Above it the points are thinned to well below it.
pub(super) const MOST: usize = 600;

/// A step in seconds, and the age in seconds from which at most one point per step is kept.
const STEPS: [(i64, i64); 3] = [(5 * 60, 3 * 3600), (15 * 60, 6 * 3600), (60 * 60, 30 * 3600)];
/// Spending is added up by days, and days begin at any half hour of UTC.
const MONEY_STEPS: [(i64, i64); 2] = [(15 * 60, 3 * 3600), (30 * 60, 30 * 3600)];
/// A bit more than a week, in seconds: older points do not affect the forecast.
const OLDEST: i64 = 9 * 24 * 3600;
/// Accepted difference between two readings of one time: the server's clock may be known for only one of
/// them.
const TREMBLE: SignedDuration = SignedDuration::from_mins(2);

/// A value with a first and a last time.
pub(super) trait Seen: Copy {
    /// The first reading.
    fn at(&self) -> Timestamp;
    /// The last reading.
    fn until(&self) -> Timestamp;
    fn set_until(&mut self, until: Timestamp);
    /// Whether the next point is a rise or the start of another window.
    fn rises_to(&self, next: &Self) -> bool;
    /// Pairs of step and age, in seconds, for thinning.
    const STEPS: &[(i64, i64)];
}

impl Seen for Point {
    const STEPS: &[(i64, i64)] = &STEPS;

    fn at(&self) -> Timestamp {
        self.at
    }

    fn until(&self) -> Timestamp {
        self.until
    }

    fn set_until(&mut self, until: Timestamp) {
        self.until = until;
    }

    fn rises_to(&self, next: &Self) -> bool {
        next.left > self.left || !self.is_same_window(next)
    }
}

impl Seen for MoneyPoint {
    const STEPS: &[(i64, i64)] = &MONEY_STEPS;

    fn at(&self) -> Timestamp {
        self.at
    }

    fn until(&self) -> Timestamp {
        self.until
    }

    fn set_until(&mut self, until: Timestamp) {
        self.until = until;
    }

    fn rises_to(&self, next: &Self) -> bool {
        next.available > self.available
    }
}

/// Restores a stored point. One older than the last point is ignored; one of the same time replaces it.
pub(super) fn recall<T: Seen>(points: &mut Vec<T>, mut point: T) {
    point.set_until(point.until().max(point.at()));
    if let Some(last) = points.last_mut() {
        if point.at() < last.at() {
            return;
        }
        if point.at() == last.at() {
            points.pop();
        } else if last.until() > point.at() {
            last.set_until(point.at());
        }
    }
    points.push(point);
    trim(points);
}

/// Removes points later than `at`; returns the time to use, which is never before the end of the last point.
pub(super) fn begin<T: Seen>(points: &mut Vec<T>, at: Timestamp) -> Timestamp {
    if let Some(last) = points.last().filter(|last| last.until() > at)
        && last.until().duration_since(at) <= TREMBLE
    {
        return last.until();
    }
    while points.pop_if(|point| point.at() > at).is_some() {}
    if let Some(last) = points.last_mut().filter(|last| last.until() > at) {
        last.set_until(at);
    }
    at
}

/// Adds a balance; returns the new or extended point.
pub(super) fn take_money(points: &mut Vec<MoneyPoint>, available: Decimal, at: Timestamp) -> MoneyPoint {
    let at = begin(points, at);
    match points.last_mut() {
        Some(last) if last.available == available && at.duration_since(last.until) <= GAP => {
            last.until = at;
            *last
        }
        Some(_) | None => push(points, MoneyPoint { at, until: at, available }),
    }
}

/// Appends a point, replacing one of the same time.
pub(super) fn push<T: Seen>(points: &mut Vec<T>, point: T) -> T {
    points.pop_if(|last| last.at() >= point.at());
    points.push(point);
    trim(points);
    point
}

/// Thins the points if there are too many. Ages are relative to the newest point.
fn trim<T: Seen>(points: &mut Vec<T>) {
    let Some(newest) = points.last().map(|p| p.until().as_second()).filter(|_| points.len() > MOST) else {
        return;
    };
    let step = |point: &T| {
        let age = newest - point.until().as_second();
        T::STEPS
            .iter()
            .rev()
            .find(|(_, from)| age > *from)
            .map(|(step, _)| (*step, point.until().as_second() / step))
    };
    let mut kept: Vec<T> = Vec::with_capacity(points.len());
    for point in points.iter().filter(|p| newest - p.until().as_second() <= OLDEST) {
        let joins = kept.last().is_some_and(|last| {
            let (of_last, own) = (step(last), step(point));
            own.is_some() && own == of_last && !last.rises_to(point)
        });
        if joins {
            kept.pop();
        }
        kept.push(*point);
    }
    // If the values rise and fall constantly, no points can be joined: then the oldest are removed.
    let too_many = kept.len().saturating_sub(MOST * 5 / 6);
    kept.drain(..too_many);
    *points = kept;
}
