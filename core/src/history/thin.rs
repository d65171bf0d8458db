//! Which points memory keeps: all of the last hours, fewer the older they are, none after nine days.
//!
//! Owns the ages and the steps, the order of points, and what a clock set back takes away. Refuses to lose a fall: of
//! several points in one step the last stays, and the one before each rise.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use super::{GAP, MoneyPoint, Point};

/// The most points of one window, or of one balance. Thinning starts above it, and ends well under it.
pub(super) const MOST: usize = 600;

/// A step in seconds, and the age in seconds from which points are no nearer than that to each other.
const STEPS: [(i64, i64); 3] = [(5 * 60, 3 * 3600), (15 * 60, 6 * 3600), (60 * 60, 30 * 3600)];
/// Money is added up by days, and days begin at any half hour of UTC.
const MONEY_STEPS: [(i64, i64); 2] = [(15 * 60, 3 * 3600), (30 * 60, 30 * 3600)];
/// A week and a bit: what is older says nothing about what comes.
const OLDEST: i64 = 9 * 24 * 3600;
/// Two readings of one moment may differ by this much, where the server's clock is heard in one of them only.
const TREMBLE: SignedDuration = SignedDuration::from_mins(2);

/// Something seen from one moment to another.
pub(super) trait Seen: Copy {
    /// When it was first seen.
    fn at(&self) -> Timestamp;
    /// When it was last seen.
    fn until(&self) -> Timestamp;
    /// Changes when it was last seen.
    fn set_until(&mut self, until: Timestamp);
    /// Tells whether the next one is a rise, or otherwise a new beginning.
    fn rises_to(&self, next: &Self) -> bool;
    /// How far apart old ones are kept.
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

/// Puts back a point that was kept. One that is older than the last replaces nothing, save itself.
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

/// Cuts away what is later than a moment; gives the moment to use: never before the last point's end.
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

/// Takes a balance; gives the point as it is now.
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

/// Puts a point at the end, in place of one of the same moment.
pub(super) fn push<T: Seen>(points: &mut Vec<T>, point: T) -> T {
    points.pop_if(|last| last.at() >= point.at());
    points.push(point);
    trim(points);
    point
}

/// Thins out where there is too much; the newest point tells how old the others are.
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
    // Where it goes up and down all the time, nothing can be joined: then the oldest go.
    let too_many = kept.len().saturating_sub(MOST * 5 / 6);
    kept.drain(..too_many);
    *points = kept;
}
