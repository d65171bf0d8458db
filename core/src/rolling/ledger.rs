//! Current usage of a rolling window, and when each part of it is released.
//!
//! The ledger always balances: what was used minus what was released is the usage in the last answer.
//! Releases are never predicted too early: usage before the first reading, or in a gap, counts as used at the
//! latest possible time.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use super::length;
use crate::history::{GAP, Point, Track};
use crate::reading::Window;
use crate::time::SaturatingMove as _;

/// If a due release is not visible after this, the share counts as used again.
const SLACK: SignedDuration = SignedDuration::from_mins(15);
/// A shorter window is not rolling; its bounds vary slightly.
const SHORTEST: SignedDuration = SignedDuration::from_mins(30);
/// Number of window lengths that the ledger covers; older usage has no effect.
const BACK: i32 = 3;

/// The ledger of one rolling window up to its last point.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ledger {
    length: SignedDuration,
    since: Timestamp,
    /// Usage that is not released yet, in hundredths of a percent, with the time of use; oldest first.
    held: VecDeque<(Timestamp, u16)>,
    /// Usage over time: from, to, and hundredths of a percent.
    uses: Vec<(Timestamp, Timestamp, u16)>,
}

impl Ledger {
    /// Builds the ledger; `None` if the window's length or all points are missing.
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

    /// The coming releases, soonest first, never before `now`, in hundredths of a percent.
    pub(crate) fn coming(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, u16)> {
        self.held.iter().map(move |(used, share)| (later(*used, self.length).max(now), *share))
    }

    /// Usage over time: from, to, and percentage points.
    pub(crate) fn uses(&self) -> impl DoubleEndedIterator<Item = (Timestamp, Timestamp, f64)> {
        self.uses.iter().map(|(from, to, share)| (*from, *to, f64::from(*share) / 100.0))
    }

    /// The start of the observation.
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

    /// A rise is a release: of the oldest usage first, because it is due first.
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

    /// Usage that is long due but was not visibly released was used again at the time of its release.
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

    /// Usage that became due in a gap and was not visibly released afterwards was used again at some time in
    /// the gap.
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

    /// Inserts usage in order of time.
    fn hold(&mut self, used: Timestamp, share: u16) {
        if share == 0 {
            return;
        }
        let place = self.held.iter().rposition(|(other, _)| *other <= used).map_or(0, |i| i + 1);
        self.held.insert(place, (used, share));
    }
}

/// Adds to a time; saturates at the maximum.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}
