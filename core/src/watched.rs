//! One account as it is watched: its last good reading, its last failure, its schedule.
//!
//! Owns what counts as stale and which level an account has. Refuses words.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::account::Account;
use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::failure::{Failure, FailureKind};
use crate::history::{Change, History};
use crate::level::{self, Level, Thresholds};
use crate::reading::{Plan, Reading, Row, Window};
use crate::schedule::{LONGEST_PAUSE, Reason, Schedule, stale_after};

/// A clock that differs by less than this is right: answers take time, and some servers' clocks tremble.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(90);

/// A reading and when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Good {
    /// When it came, by the local clock.
    pub at: Timestamp,
    /// When its figures last changed.
    pub changed_at: Timestamp,
    /// What it says.
    pub reading: Reading,
    /// What to add to the local clock to get the server's; zero where they agree.
    pub skew: SignedDuration,
}

/// What was kept of an account over a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The last answer that was a reading.
    pub good: Option<(Timestamp, Answer)>,
    /// The last failure, where it is newer.
    pub failure: Option<(Timestamp, Failure)>,
    /// What was read before.
    pub history: History,
    /// When it was to be asked next, and why.
    pub next: Option<(Timestamp, Reason)>,
}

impl Kept {
    /// Tells whether MiniMax was last asked less than this long ago.
    #[must_use]
    pub fn is_younger_than(&self, age: SignedDuration, now: Timestamp) -> bool {
        let asked_at = self.good.as_ref().map(|(at, _)| *at).max(self.failure.as_ref().map(|(at, _)| *at));
        asked_at.is_some_and(|at| (SignedDuration::ZERO..age).contains(&now.duration_since(at)))
    }

    /// Gives the end of the pause that MiniMax asked for with the last answer; `None` where there is none, it is over, or
    /// it is longer than MiniMax can ask for.
    #[must_use]
    pub fn pause_until(&self, now: Timestamp) -> Option<Timestamp> {
        let (at, failure) = self.failure?;
        let until = at.checked_add(SignedDuration::try_from(failure.retry_after?).ok()?).ok()?;
        is_pause_end(until, now).then_some(until)
    }
}

/// Tells whether a pause may end then: not in the past, and no later than MiniMax can ask for.
fn is_pause_end(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now) <= LONGEST_PAUSE
}

/// One account as it is watched.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Which account.
    pub account: Account,
    /// When it is asked.
    pub schedule: Schedule,
    /// The last good reading.
    pub good: Option<Good>,
    /// What went wrong since, where something did.
    pub failure: Option<(Timestamp, Failure)>,
    /// What was read over time; shared with a clone until the next answer.
    pub history: Arc<History>,
    /// How many answers and failures it has taken.
    pub answers: u64,
}

impl Watched {
    /// Starts to watch an account with what was kept of it.
    #[must_use]
    pub fn new(account: Account, kept: Kept, now: Timestamp) -> Self {
        let seed =
            account.id.0.bytes().fold(0, |seed: u64, b| seed.wrapping_mul(31).wrapping_add(u64::from(b)));
        let mut watched = Self {
            account,
            schedule: Schedule::new(now, seed),
            good: None,
            failure: kept.failure,
            history: Arc::new(kept.history),
            answers: 0,
        };
        // A key that is kept unchecked may be another one than MiniMax spoke of.
        if let Some((at, failure)) = watched.failure.filter(|_| !watched.account.unchecked) {
            let told = failure.retry_after.and_then(|wait| at.checked_add(wait).ok());
            let planned = kept.next.filter(|(_, reason)| *reason == Reason::ToldToWait).map(|(at, _)| at);
            for until in [told, planned].into_iter().flatten() {
                watched.schedule.resume(until, now);
            }
        }
        if let Some((at, answer)) = kept.good
            && let Ok(reading) = read(&answer, &watched.account, at)
        {
            watched.good = Some(Good { at, changed_at: at, skew: skew(&reading, at), reading });
        }
        watched
    }

    /// Takes what came of asking.
    ///
    /// # Errors
    ///
    /// The failure that it is: the one told, or the one that the answer means.
    pub fn take(
        &mut self,
        outcome: &Result<Answer, Failure>,
        now: Timestamp,
    ) -> Result<Vec<Change>, Failure> {
        self.answers += 1;
        match outcome.as_ref().map_err(|f| *f).and_then(|answer| read(answer, &self.account, now)) {
            Ok(reading) => {
                let unchanged = self.good.as_ref().filter(|g| same_figures(&g.reading, &reading));
                let changed_at = unchanged.map_or(now, |g| g.changed_at);
                let skew = skew(&reading, now);
                let changes =
                    Arc::make_mut(&mut self.history).take(&reading, now.checked_add(skew).unwrap_or(now));
                self.good = Some(Good { at: now, changed_at, skew, reading });
                self.failure = None;
                Ok(changes)
            }
            Err(failure) => {
                self.failure = Some((now, failure));
                Err(failure)
            }
        }
    }

    /// Gives until when MiniMax wants not to be asked; `None` where it may be asked now. The app's schedule and what was
    /// stored with the last failure count alike, so the app and every command keep the same pause.
    #[must_use]
    pub fn pause_until(&self, now: Timestamp) -> Option<Timestamp> {
        let stored = Kept { failure: self.failure, ..Kept::default() }.pause_until(now);
        let planned = match self.schedule.next() {
            (until, Reason::ToldToWait) => Some(until),
            _ => None,
        };
        [stored, planned.filter(|until| is_pause_end(*until, now))].into_iter().flatten().max()
    }

    /// Tells whether the last good reading is too old to go by: three intervals, or from the future.
    #[must_use]
    pub fn is_stale(&self, interval: SignedDuration, now: Timestamp) -> bool {
        self.good.as_ref().is_some_and(|g| {
            let age = now.duration_since(g.at);
            age > stale_after(interval) || age < -CLOCK_TOLERANCE
        })
    }

    /// Gives the moment by the server's clock.
    #[must_use]
    pub fn server_now(&self, now: Timestamp) -> Timestamp {
        self.good.as_ref().and_then(|g| now.checked_add(g.skew).ok()).unwrap_or(now)
    }

    /// Gives the plan as last read.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self.good.as_ref().map(|g| &g.reading) {
            Some(Reading::Plan(plan)) => Some(plan),
            Some(Reading::Balance(_)) | None => None,
        }
    }

    /// Tells whether the balance is below zero.
    #[must_use]
    pub fn owes(&self) -> bool {
        match self.good.as_ref().map(|g| &g.reading) {
            Some(Reading::Balance(balance)) => balance.available.is_some_and(|a| a < Decimal::ZERO),
            Some(Reading::Plan(_)) | None => false,
        }
    }

    /// Gives the tightest metered window of the headline row.
    #[must_use]
    pub fn headline(&self) -> Option<(&Row, &Window)> {
        let row = self.plan()?.headline_row()?;
        row.tightest().map(|window| (row, window))
    }

    /// Tells whether the headline's window has ended since it was read.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        let server_now = self.server_now(now);
        self.headline().is_some_and(|(_, w)| w.resets_at.is_some_and(|r| r <= server_now))
    }

    /// Gives the failure that decides what is shown, where one does.
    #[must_use]
    pub fn deciding_failure(&self) -> Option<FailureKind> {
        self.failure.map(|(_, f)| f.kind).filter(|kind| kind.verdict().is_some())
    }

    /// Gives the account's level.
    #[must_use]
    pub fn level(&self, thresholds: Thresholds, interval: SignedDuration, now: Timestamp) -> Level {
        if let Some(level) = self.deciding_failure().and_then(level::of_failure) {
            return level;
        }
        let Some(good) = &self.good else { return Level::Unknown };
        if self.is_stale(interval, now) || self.has_ended(now) {
            return Level::Unknown;
        }
        match &good.reading {
            Reading::Plan(plan) => thresholds.of_plan(plan),
            Reading::Balance(balance) => level::of_balance(balance, self.account.balance_below),
        }
    }

    /// Gives the moments, by the local clock, at which its state turns by itself: a reading is made and grows too old,
    /// a window ends.
    pub(crate) fn turns(&self, interval: SignedDuration) -> impl Iterator<Item = Timestamp> {
        let good = self.good.as_ref();
        let read = good.map(|g| g.at);
        // Stale is what is older than that, not as old.
        let old = stale_after(interval).saturating_add(SignedDuration::from_nanos(1));
        let stale = read.and_then(|at| at.checked_add(old).ok());
        let sound = read.and_then(|at| at.checked_sub(CLOCK_TOLERANCE).ok());
        let skew = good.map_or(SignedDuration::ZERO, |g| g.skew);
        let ends = self.plan().into_iter().flat_map(|plan| plan.rows.iter().flat_map(|r| &r.windows));
        let ends = ends.filter_map(move |w| w.resets_at?.checked_sub(skew).ok());
        [read, stale, sound].into_iter().flatten().chain(ends)
    }

    /// Gives the next moment at which one of the windows starts anew, by the local clock.
    #[must_use]
    pub fn next_reset(&self, now: Timestamp) -> Option<Timestamp> {
        let good = self.good.as_ref()?;
        let resets = self.plan()?.rows.iter().flat_map(|r| &r.windows).filter_map(|w| w.resets_at);
        resets.filter_map(|r| r.checked_sub(good.skew).ok()).filter(|r| *r > now).min()
    }
}

/// Reads an answer that came at a moment of the local clock. Where that clock is wrong the answer is read by the
/// server's, so that a reset is one of the server's clock however far the two are apart.
///
/// # Errors
///
/// The failure that the answer means.
pub fn read(answer: &Answer, account: &Account, at: Timestamp) -> Result<Reading, Failure> {
    let read = |at| answer::read(answer, Endpoint::of(account.kind), account.region, at);
    let reading = read(at)?;
    match skew(&reading, at) {
        SignedDuration::ZERO => Ok(reading),
        skew => read(at.checked_add(skew).unwrap_or(at)),
    }
}

/// Gives what to add to the local clock to get the server's; zero where they agree.
pub(crate) fn skew(reading: &Reading, at: Timestamp) -> SignedDuration {
    let skew = reading.server_time().map(|server| server.duration_since(at));
    skew.filter(|skew| skew.abs() > CLOCK_TOLERANCE).unwrap_or_default()
}

/// Compares what is left, not the bounds: those tremble while nothing is used.
fn same_figures(before: &Reading, now: &Reading) -> bool {
    match (before, now) {
        (Reading::Plan(before), Reading::Plan(now)) => figures(before).eq(figures(now)),
        (Reading::Balance(before), Reading::Balance(now)) => before.has_same_amounts(now),
        (Reading::Plan(_), Reading::Balance(_)) | (Reading::Balance(_), Reading::Plan(_)) => false,
    }
}

fn figures(plan: &Plan) -> impl Iterator<Item = (Option<&str>, crate::reading::Quota)> {
    plan.rows.iter().flat_map(|r| r.windows.iter().map(|w| (r.model.as_deref(), w.quota)))
}
