//! Past readings: for each window the share left, for each balance the amount.
//!
//! In memory only; the shell's store writes files.
//!
//! Points are in order and never overlap, whatever the clock does. A clock that jumps ahead leaves points in
//! the future; they are removed as soon as a reading is made before them. A clock that is set back removes
//! what is later than the new time; memory then lacks that stretch until the store returns it at the next
//! start.

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

/// A longer time without a reading is a gap: what happened in it is unknown.
pub const GAP: SignedDuration = SignedDuration::from_mins(20);

/// The gap threshold for a poll interval: two and a half intervals.
pub(crate) fn gap_at(interval: SignedDuration) -> SignedDuration {
    interval.saturating_mul(5).checked_div(2).unwrap_or_default()
}

/// Maximum number of windows per account; real plans have had at most two dozen.
const MOST_TRACKS: usize = 64;

/// Identifies one window of one row over time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WindowKey {
    /// The row's name as sent.
    pub row: Option<String>,
    pub span: Span,
}

/// A share left, and how long it stayed unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The first reading, by the server's clock if known.
    pub at: Timestamp,
    /// The last unchanged reading; equal to `at` for a single reading.
    pub until: Timestamp,
    /// Of a metered window.
    pub left: Percent,
    /// The start of the window, as first sent with this share.
    pub starts_at: Option<Timestamp>,
    /// The reset of the window, as first sent with this share.
    pub resets_at: Option<Timestamp>,
    /// Whether the window was rolling then: its bounds moved with the clock.
    pub rolling: bool,
}

/// A balance, and how long it stayed unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoneyPoint {
    /// The first reading.
    pub at: Timestamp,
    /// The last unchanged reading.
    pub until: Timestamp,
    /// The spendable sum, in the platform's currency.
    pub available: Decimal,
}

/// A change for the store: a point, or a later `until` of the point with the same `at`.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    Window {
        key: WindowKey,
        /// The point in its present state.
        point: Point,
    },
    Money(MoneyPoint),
}

/// The past readings of one account, as far back as the forecast needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    windows: BTreeMap<WindowKey, Track>,
    money: Vec<MoneyPoint>,
}

impl History {
    /// Restores stored points, oldest first. Points out of order, or beyond the limits of memory, are left
    /// out.
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

    /// Adds a reading made at a time of the server's clock; returns the changes for the store.
    ///
    /// Only windows that are certainly metered create a point.
    pub fn take(&mut self, reading: &Reading, at: Timestamp) -> Vec<Change> {
        let changes = self.follow(reading, at);
        self.look_ahead(changes.iter().filter_map(|change| match change {
            Change::Window { key, .. } => Some(key),
            Change::Money(_) => None,
        }));
        changes
    }

    /// Like [`History::take`], but without preparing a forecast.
    pub(crate) fn follow(&mut self, reading: &Reading, at: Timestamp) -> Vec<Change> {
        // The store keeps milliseconds; a restored time must equal the original.
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

    /// Precomputes values that every view needs but that change only with an answer.
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
            // Once per row, after both of its windows were updated.
            if other.week().is_none() || key.span == Span::Interval {
                let measured = Measured::of(one, other);
                if let Some(track) = self.windows.get_mut(&week) {
                    track.week = Some(measured);
                }
            }
        }
    }

    /// The track of one window.
    #[must_use]
    pub fn track(&self, key: &WindowKey) -> Option<&Track> {
        self.windows.get(key)
    }

    /// The balance over time, oldest first.
    #[must_use]
    pub fn money(&self) -> &[MoneyPoint] {
        &self.money
    }

    /// The track of a window, created if missing; at the limit the track with the oldest last reading is
    /// removed.
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

/// The windows that are certainly metered. Several rows without a name cannot be told apart, so they are all
/// left out.
fn metered(rows: &[Row]) -> impl Iterator<Item = (&Row, &Window, Percent)> {
    let unnamed = rows.iter().filter(|r| r.model.is_none()).count();
    let known = rows.iter().filter(move |r| r.model.is_some() || unnamed == 1).take(MOST_TRACKS / 2);
    known
        .flat_map(|row| row.windows.iter().map(move |w| (row, w)))
        .filter_map(|(row, w)| w.quota.metered_left().map(|left| (row, w, left)))
}
