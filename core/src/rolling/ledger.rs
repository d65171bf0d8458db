//! What is used of a rolling window at present, and when each part of it returns.
//!
//! Owns the account: what was used, less what has returned, is always what the last answer says is used. Refuses to
//! promise early: what was used before anybody looked, or while nobody did, counts as used at the last possible moment.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::length;
use crate::history::{GAP, Point, Track};
use crate::reading::Window;
use crate::time::SaturatingMove as _;

/// What should have returned but is not seen to after so long was used anew.
const SLACK: SignedDuration = SignedDuration::from_mins(15);
/// A window shorter than this does not roll; it trembles.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);
/// How many lengths back the account begins: further back, nothing matters any more.
const BACK: i32 = 3;

/// The account of one rolling window up to its last point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ledger {
    length: SignedDuration,
    since: Timestamp,
    /// What is used and has not returned, in hundredths of a percent, by when it was used; oldest first.
    held: VecDeque<(Timestamp, u16)>,
    /// What was used over time, in hundredths of a percent.
    uses: Vec<(Timestamp, Timestamp, u16)>,
}

impl Ledger {
    /// Draws up the account; `None` where the length of the window or any point of it is missing.
    pub(crate) fn of(track: &Track, window: &Window) -> Option<Self> {
        let length = length(window).filter(|l| *l >= SHORTEST)?;
        let last = track.points().last()?;
        let since = last.until.minus(length.saturating_mul(BACK));
        let begin = track.points().iter().rposition(|p| !p.rolling || p.until < since);
        let points = &track.points()[begin.map_or(0, |i| i + 1)..];
        let first = points.first()?;
        let mut ledger = Self { length, since: first.at.max(since), held: VecDeque::new(), uses: Vec::new() };
        ledger.hold(ledger.since, first.left.rest().hundredths());
        for pair in points.windows(2) {
            ledger.step(&pair[0], &pair[1]);
        }
        ledger.settle(last.until);
        Some(ledger)
    }

    /// Gives what will return, soonest first, never before now, in hundredths of a percent.
    pub(crate) fn coming(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, u16)> {
        self.held.iter().map(move |(used, share)| (later(*used, self.length).max(now), *share))
    }

    /// Gives what was used over time: from when to when, and how many points of a hundred.
    pub(crate) fn uses(&self) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp, f64)> {
        self.uses.iter().map(|(from, to, share)| (*from, *to, f64::from(*share) / 100.0))
    }

    /// Gives since when the window was watched.
    pub(crate) const fn since(&self) -> Timestamp {
        self.since
    }

    fn step(&mut self, last: &Point, next: &Point) {
        self.settle(last.until);
        let (before, after) = (last.left.hundredths(), next.left.hundredths());
        if after > before {
            self.give_back(after - before);
        } else if before > after {
            self.uses.push((last.until, next.at, before - after));
            self.hold(next.at, before - after);
        }
        if next.at.duration_since(last.until) > GAP {
            self.settle_unseen(last.until, next.at);
        } else {
            self.settle(next.at);
        }
    }

    /// What rises has returned: the oldest first, since the oldest is due first.
    fn give_back(&mut self, mut share: u16) {
        while share > 0 {
            let Some((_, held)) = self.held.front_mut() else { return };
            let returned = share.min(*held);
            *held -= returned;
            share -= returned;
            if *held == 0 {
                self.held.pop_front();
            }
        }
    }

    /// What is long due and did not show was used anew as it returned.
    fn settle(&mut self, at: Timestamp) {
        while let Some((used, share)) = self.held.front().copied() {
            let due = later(used, self.length);
            let shown_by = later(due, SLACK);
            if shown_by > at || due == used {
                return;
            }
            self.held.pop_front();
            self.uses.push((due, shown_by, share));
            self.hold(due, share);
        }
    }

    /// What fell due while nobody looked, and did not show afterwards, was used anew at some time meanwhile.
    fn settle_unseen(&mut self, from: Timestamp, to: Timestamp) {
        while let Some((used, share)) = self.held.front().copied() {
            if later(used, self.length) > to || used >= to {
                return;
            }
            self.held.pop_front();
            self.uses.push((from, to, share));
            self.hold(to, share);
        }
    }

    /// Puts what was used in its place by time.
    fn hold(&mut self, used: Timestamp, share: u16) {
        if share == 0 {
            return;
        }
        let place = self.held.iter().rposition(|(other, _)| *other <= used).map_or(0, |i| i + 1);
        self.held.insert(place, (used, share));
    }
}

/// Adds to a moment; the end of time is late enough.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
