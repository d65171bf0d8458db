//! What was read over time: for each window the share that was left, for each balance the sum.
//!
//! Owns the points, how they are joined and which of them memory keeps. Refuses files: the shell's store keeps them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::reading::{Percent, Reading, Span};

/// Names one window of one row over time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowKey {
    /// The row's name as sent.
    pub row: Option<String>,
    /// Which of its windows.
    pub span: Span,
}

/// A share that was left, and how long it was seen unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// When it was first seen, by the server's clock where that is known.
    pub at: Timestamp,
    /// When it was last seen unchanged; `at` where it was seen once.
    pub until: Timestamp,
    /// The share left of a metered window.
    pub left: Percent,
    /// When the window began, as it was first sent with this share.
    pub starts_at: Option<Timestamp>,
    /// When the window starts anew, as it was first sent with this share.
    pub resets_at: Option<Timestamp>,
    /// Whether the window's bounds slid with the clock then.
    pub rolling: bool,
}

/// A balance, and how long it was seen unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyPoint {
    /// When it was first seen.
    pub at: Timestamp,
    /// When it was last seen unchanged.
    pub until: Timestamp,
    /// What could be spent, in the platform's currency.
    pub available: Decimal,
}

/// Something new for the store: a point, or a later `until` of the point with the same `at`.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Of a window.
    Window {
        /// Which window.
        key: WindowKey,
        /// The point as it is now.
        point: Point,
    },
    /// Of a balance.
    Money(MoneyPoint),
}

/// One window over time, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Track {
    points: Vec<Point>,
}

impl Track {
    /// Gives the points, oldest first.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }
}

/// What was read of one account over time, as far back as is needed to look ahead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    windows: BTreeMap<WindowKey, Track>,
    money: Vec<MoneyPoint>,
}

impl History {
    /// Puts back what was kept, oldest first.
    pub fn recall(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Window { key, point } => self.windows.entry(key).or_default().points.push(point),
                Change::Money(point) => self.money.push(point),
            }
        }
    }

    /// Takes a reading made at a moment of the server's clock; gives what the store has to keep.
    pub fn take(&mut self, reading: &Reading, at: Timestamp) -> Vec<Change> {
        let _ = (reading, at);
        Vec::new()
    }

    /// Gives one window over time.
    #[must_use]
    pub fn track(&self, key: &WindowKey) -> Option<&Track> {
        self.windows.get(key)
    }

    /// Gives the balance over time, oldest first.
    #[must_use]
    pub fn money(&self) -> &[MoneyPoint] {
        &self.money
    }
}
