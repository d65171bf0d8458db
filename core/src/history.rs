//! What was read over time: for each window the share that was left, for each balance the sum.
//!
//! Owns the points, how they are joined and which of them memory keeps. Refuses files: the shell's store keeps them.
//!
//! Points are in order and never overlap, whatever the clock does. A clock that jumps ahead leaves points in the
//! future; they go as soon as a reading is made before them. A clock that is set back cuts away what is later than
//! it shows; memory then lacks that stretch until the store gives it back at the next start.

mod stretch;
mod thin;
mod track;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

pub(crate) use self::stretch::{Stretch, seconds_between};
pub use self::track::Track;
use crate::reading::{Percent, Reading, Row, Span, Window};
use crate::week::Measured;

/// Nothing seen for longer than this is a gap: what was in between is not known.
pub const GAP: SignedDuration = SignedDuration::from_mins(20);

/// Gives how long a silence is a gap where an account is asked once in an interval: two and a half intervals.
pub(crate) fn gap_at(interval: SignedDuration) -> SignedDuration {
    interval.saturating_mul(5).checked_div(2).unwrap_or_default()
}

/// The most windows that are followed; real plans have had at most two dozen.
const MOST_TRACKS: usize = 64;

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

/// What was read of one account over time, as far back as is needed to look ahead.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    windows: BTreeMap<WindowKey, Track>,
    money: Vec<MoneyPoint>,
}

impl History {
    /// Puts back what was kept, oldest first. What is out of order, or more than memory holds, is left out.
    pub fn recall(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Window { key, point } => {
                    if let Some(track) = self.track_mut(key) {
                        track.recall(point);
                    }
                }
                Change::Money(point) => thin::recall(&mut self.money, point),
            }
        }
        let keys: Vec<WindowKey> = self.windows.keys().cloned().collect();
        self.look_ahead(keys.iter());
    }

    /// Takes a reading made at a moment of the server's clock; gives what the store has to keep.
    ///
    /// Only windows that are surely metered leave a point.
    pub fn take(&mut self, reading: &Reading, at: Timestamp) -> Vec<Change> {
        let changes = self.follow(reading, at);
        self.look_ahead(changes.iter().filter_map(|change| match change {
            Change::Window { key, .. } => Some(key),
            Change::Money(_) => None,
        }));
        changes
    }

    /// Takes a reading as [`History::take`] does, where nobody will ask what comes of it.
    pub(crate) fn follow(&mut self, reading: &Reading, at: Timestamp) -> Vec<Change> {
        // The store keeps milliseconds; what it gives back must be the same moment.
        let at = Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at);
        match reading {
            Reading::Plan(plan) => metered(&plan.rows)
                .filter_map(|(row, window, left)| {
                    let key = WindowKey { row: row.model.clone(), span: window.span };
                    let point = self.track_mut(key.clone())?.take(window, left, at);
                    Some(Change::Window { key, point })
                })
                .collect(),
            Reading::Balance(balance) => balance.available.map_or_else(Vec::new, |available| {
                vec![Change::Money(thin::take_money(&mut self.money, available, at))]
            }),
        }
    }

    /// Works out what is asked for at every moment but changes with an answer only.
    fn look_ahead<'a>(&mut self, keys: impl Iterator<Item = &'a WindowKey>) {
        for key in keys {
            if let Some(track) = self.windows.get_mut(key) {
                track.look_ahead();
            }
            let of = |span| WindowKey { row: key.row.clone(), span };
            let (interval, week) = (of(Span::Interval), of(Span::Weekly));
            let (Some(one), Some(other)) = (self.windows.get(&interval), self.windows.get(&week)) else {
                continue;
            };
            // Once for a row, after both its windows were taken.
            if other.week().is_none() || key.span == Span::Interval {
                let measured = Measured::of(one, other);
                if let Some(track) = self.windows.get_mut(&week) {
                    track.week = Some(measured);
                }
            }
        }
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

    /// Gives the track of a window, made where there is none; the one that was silent longest makes room.
    fn track_mut(&mut self, key: WindowKey) -> Option<&mut Track> {
        if !self.windows.contains_key(&key) && self.windows.len() >= MOST_TRACKS {
            let last_seen = |track: &Track| track.points().last().map(|p| p.until);
            let silent = self.windows.iter().min_by_key(|(_, track)| last_seen(track));
            let silent = silent.map(|(key, _)| key.clone())?;
            self.windows.remove(&silent);
        }
        Some(self.windows.entry(key).or_default())
    }
}

/// Gives the surely metered windows. Several rows without a name could not be told apart: none of them is followed.
fn metered(rows: &[Row]) -> impl Iterator<Item = (&Row, &Window, Percent)> {
    let unnamed = rows.iter().filter(|r| r.model.is_none()).count();
    let known = rows.iter().filter(move |r| r.model.is_some() || unnamed == 1).take(MOST_TRACKS / 2);
    known
        .flat_map(|row| row.windows.iter().map(move |w| (row, w)))
        .filter_map(|(row, w)| w.quota.metered_left().map(|left| (row, w, left)))
}
