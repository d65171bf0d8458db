//! Alert state of one window of one row.
//!
//! Pending alerts are not stored. They are derived: the current level against the last notified level. So no alert is
//! repeated or lost, and an alert that later events have overtaken is dropped: near in a window that is now spent, and
//! both alerts of a window that was used up and reset before either could be shown.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::latch::Latch;
use crate::level::{Level, Thresholds};
use crate::reading::{Percent, Span, Window};

/// How far the left share must rise above a threshold before the threshold is armed again, in percentage points.
const REARM_POINTS: f64 = 5.0;
/// How far the left share must rise to show a new window if no bounds are sent, in percentage points.
const RISE_POINTS: f64 = 10.0;
/// An answer with the bounds of a former window is late. This many in a row are ignored; the next one is accepted.
const MOST_LATE: u8 = 2;

/// Alert state of one window of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "super::old::WrittenWindow")]
pub(super) struct WindowAlertState {
    /// The worst level of this window so far. Falls back once the figure is `REARM_POINTS` above the threshold.
    pub(super) level: Level,
    /// Levels up to this one need no more notification in this window: it was shown, or skipped as unwanted.
    pub(super) noted: Level,
    /// The level of the last notification that was not taken back, for this window or a former one.
    pub(super) stands: Level,
    /// Whether `stands` is about this window and not a former one.
    pub(super) stands_here: bool,
    /// Whether quota is available again since the notification about `stands`.
    pub(super) room: bool,
    /// Counts the windows.
    pub(super) turn: u32,
    pub(super) ends_at: Option<Timestamp>,
    /// What was left at the last reading, in percent.
    pub(super) left: f64,
    /// How many late answers have come in a row.
    pub(super) late: u8,
    /// State of the alert that this window will run out.
    pub(super) runs_out: Latch,
    /// State of the alert that much of this window will be left unused.
    pub(super) unused: Latch,
}

/// One window in a new reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct WindowSample {
    pub(super) left: Percent,
    /// When it ends, by the server's clock, even if the local clock is wrong.
    pub(super) ends_at: Option<Timestamp>,
    /// Half of its length. If the end moves by more, it is another window.
    pub(super) half: SignedDuration,
    /// Whether its bounds move with the clock, so that they do not show a new window.
    pub(super) rolling: bool,
    pub(super) thresholds: Thresholds,
}

impl WindowSample {
    /// Returns a metered window; `None` for any other.
    pub(super) fn of(window: &Window, thresholds: Thresholds, rolling: bool) -> Option<Self> {
        let usual = match window.span {
            Span::Interval => 5 * 3600,
            Span::Weekly => 7 * 24 * 3600,
        };
        Some(Self {
            left: window.quota.metered_left()?,
            ends_at: ends_at(window),
            half: SignedDuration::from_secs(window.length_seconds.unwrap_or(usual) / 2),
            rolling,
            thresholds,
        })
    }

    fn level(&self) -> Level {
        self.thresholds.level(self.left)
    }
}

/// Returns the end of a window. Start and length come first: they identify the window even after its end, when it has
/// no `resets_at`.
fn ends_at(window: &Window) -> Option<Timestamp> {
    let sent = window.starts_at.zip(window.length_seconds);
    let sent = sent.and_then(|(start, length)| start.checked_add(SignedDuration::from_secs(length)).ok());
    sent.or(window.resets_at)
}

/// A pending alert of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transition {
    Worse(Level),
    Back(Level),
}

enum SampleAge {
    Former,
    Same,
    New,
}

impl WindowAlertState {
    /// Starts with a first reading, which causes a notification only if already spent.
    pub(super) fn first(sample: &WindowSample) -> Self {
        let level = sample.level();
        Self {
            level,
            noted: if level == Level::Spent { Level::Good } else { level },
            stands: Level::Good,
            stands_here: false,
            room: false,
            turn: 0,
            ends_at: sample.ends_at,
            left: sample.left.get(),
            late: 0,
            runs_out: Latch::No,
            unused: Latch::No,
        }
    }

    /// Updates the state with a reading. Returns `false` for a late one, which shows nothing about the current window.
    pub(super) fn note(&mut self, sample: &WindowSample) -> bool {
        let level = sample.level();
        match self.age(sample) {
            SampleAge::Former if self.late < MOST_LATE => {
                self.late += 1;
                return false;
            }
            SampleAge::New => {
                self.turn = self.turn.wrapping_add(1);
                (self.level, self.noted) = (level, Level::Good);
                (self.stands_here, self.room) = (false, true);
                (self.runs_out, self.unused) = (Latch::No, Latch::No);
                self.ends_at = sample.ends_at;
            }
            SampleAge::Same | SampleAge::Former => {
                self.ends_at = sample.ends_at.or(self.ends_at);
                match level.cmp(&self.level) {
                    std::cmp::Ordering::Greater => self.fall(level),
                    std::cmp::Ordering::Less => self.rise(level, sample),
                    std::cmp::Ordering::Equal => {}
                }
            }
        }
        self.late = 0;
        self.left = sample.left.get();
        true
    }

    fn fall(&mut self, level: Level) {
        self.level = level;
        if self.room && self.stands_here && level >= self.stands {
            // It was spent, had quota for a moment, and is spent again. The user did not get a notification in between,
            // so none is needed now.
            self.room = false;
            self.noted = self.noted.max(level);
        }
    }

    fn rise(&mut self, level: Level, sample: &WindowSample) {
        if !is_clear_of(sample.left, self.level, sample.thresholds) {
            // Too close to the threshold to arm it again. Levels without a notification are dropped without that
            // margin.
            self.level = self.level.min(self.noted).max(level);
            return;
        }
        // The figure may still be too close to a lower threshold that has had a notification.
        let close = |l: &Level| {
            *l <= self.noted && *l < self.level && !is_clear_of(sample.left, *l, sample.thresholds)
        };
        let floor = [Level::Critical, Level::Near].into_iter().find(close).unwrap_or(Level::Good);
        self.level = level.max(floor);
        self.noted = self.noted.min(self.level);
        if self.stands == Level::Spent {
            self.room = true;
        } else if !self.room {
            // Near and critical are armed again without a notification: only a new window causes "available again" for
            // them.
            self.stands = self.stands.min(self.level);
        }
    }

    fn age(&self, sample: &WindowSample) -> SampleAge {
        if sample.rolling {
            return SampleAge::Same;
        }
        match (self.ends_at, sample.ends_at) {
            (Some(before), Some(now)) => {
                let moved = now.duration_since(before);
                match () {
                    () if moved > sample.half => SampleAge::New,
                    () if moved.saturating_add(sample.half).is_negative() => SampleAge::Former,
                    () => SampleAge::Same,
                }
            }
            // Bounds that are missing in one of the readings do not identify the window; a rise of the figure does.
            (_, None) | (None, Some(_)) if sample.left.get() - self.left >= RISE_POINTS => SampleAge::New,
            (_, None) | (None, Some(_)) => SampleAge::Same,
        }
    }

    /// Returns the pending alert.
    pub(super) fn due(&self) -> Option<Transition> {
        match () {
            () if self.level > self.noted => Some(Transition::Worse(self.level)),
            () if self.room && self.stands > self.level => Some(Transition::Back(self.level)),
            () => None,
        }
    }

    /// Records a notification as shown. The state may have changed while it was being shown.
    pub(super) fn mark_notified(&mut self, due: Transition, turn: u32, thresholds: Thresholds) {
        let is_same = turn == self.turn;
        match due {
            Transition::Worse(notified) if is_same => {
                self.room = false;
                (self.stands, self.stands_here) = (notified, true);
                let left = Percent::clamped(self.left).unwrap_or(Percent::FULL);
                if self.level >= notified || !is_clear_of(left, notified, thresholds) {
                    (self.level, self.noted) = (self.level.max(notified), self.noted.max(notified));
                } else if notified == Level::Spent {
                    self.room = true;
                } else {
                    self.stands = self.level;
                }
            }
            Transition::Worse(notified) => {
                (self.stands, self.stands_here, self.room) = (notified, false, true);
            }
            Transition::Back(level) => {
                (self.stands, self.stands_here, self.room) = (level, is_same, !is_same);
            }
        }
    }

    /// Records alerts that the user does not want, without a notification.
    pub(super) fn suppress(&mut self, unwanted: impl Fn(Transition) -> bool) {
        if let Some(due @ Transition::Worse(level)) = self.due()
            && unwanted(due)
        {
            self.noted = level;
        }
        if let Some(due @ Transition::Back(level)) = self.due()
            && unwanted(due)
        {
            (self.stands, self.room) = (level, false);
        }
    }

    /// Records that a notification about the whole plan has said that this window is spent.
    pub(super) fn mark_exhausted_notified(&mut self) {
        if self.level == Level::Spent {
            (self.noted, self.stands) = (Level::Spent, Level::Spent);
            (self.stands_here, self.room) = (true, false);
        }
    }
}

/// Whether a share has risen `REARM_POINTS` above the threshold of a level; `true` for levels without a threshold.
fn is_clear_of(left: Percent, level: Level, thresholds: Thresholds) -> bool {
    let threshold = match level {
        Level::Near => thresholds.near.rest().get(),
        Level::Critical => thresholds.critical.rest().get(),
        Level::Spent => 0.0,
        Level::Good | Level::Unknown | Level::Trouble => return true,
    };
    left.get() >= threshold + REARM_POINTS
}
