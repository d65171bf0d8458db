//! One account with its last good reading, its last failure and its schedule, and the level that follows from them.

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

/// A smaller difference between the clocks is ignored: answers take time, and some servers' clocks vary.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_secs(90);

/// A reading and its times.
#[derive(Clone, Debug, PartialEq)]
pub struct Good {
    /// When it came, by the local clock.
    pub at: Timestamp,
    /// When its figures last changed.
    pub changed_at: Timestamp,
    pub reading: Reading,
    /// What to add to the local clock to get the server's; zero if they agree.
    pub skew: SignedDuration,
}

/// What was stored of an account before a restart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Kept {
    /// The last answer that was a reading.
    pub good: Option<(Timestamp, Answer)>,
    /// The last failure, if it is newer.
    pub failure: Option<(Timestamp, Failure)>,
    pub history: History,
    /// When the next poll was planned, and why.
    pub next: Option<(Timestamp, Reason)>,
}

impl Kept {
    /// Whether the last answer or failure is younger than `age`.
    #[must_use]
    pub fn is_younger_than(&self, age: SignedDuration, now: Timestamp) -> bool {
        let asked_at = self.good.as_ref().map(|(at, _)| *at).max(self.failure.as_ref().map(|(at, _)| *at));
        asked_at.is_some_and(|at| (SignedDuration::ZERO..age).contains(&now.duration_since(at)))
    }

    /// Returns the end of the pause that MiniMax asked for in the last answer; `None` if there is none, it is over, or
    /// it is longer than MiniMax can ask for.
    #[must_use]
    pub fn pause_until(&self, now: Timestamp) -> Option<Timestamp> {
        stored_pause_until(self.failure, now)
    }
}

fn stored_pause_until(failure: Option<(Timestamp, Failure)>, now: Timestamp) -> Option<Timestamp> {
    let (at, failure) = failure?;
    let until = at.checked_add(SignedDuration::try_from(failure.retry_after?).ok()?).ok()?;
    is_pause_end(until, now).then_some(until)
}

/// Whether this can be the end of a pause: not in the past, and no later than MiniMax can ask for.
fn is_pause_end(until: Timestamp, now: Timestamp) -> bool {
    until > now && until.duration_since(now) <= LONGEST_PAUSE
}

/// The state of one account.
#[derive(Clone, Debug)]
pub struct Watched {
    pub account: Account,
    pub schedule: Schedule,
    pub good: Option<Good>,
    /// The failure since the last good reading, if there is one.
    pub failure: Option<(Timestamp, Failure)>,
    /// What was read over time; shared with a clone until the next answer.
    pub history: Arc<History>,
    /// How many answers and failures there have been.
    pub answers: u64,
}

impl Watched {
    /// Starts with what was stored of the account.
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
        // A key that was stored unchecked may be another one than the pause was meant for.
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

    /// Takes the result of a request.
    ///
    /// # Errors
    ///
    /// The failure given in `outcome`, or the one that its answer means.
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

    /// Returns the end of MiniMax's pause; `None` if a request is allowed now. The plan of the schedule and the pause
    /// stored with the last failure both count, so the app and every command keep the same pause.
    #[must_use]
    pub fn pause_until(&self, now: Timestamp) -> Option<Timestamp> {
        let stored = stored_pause_until(self.failure, now);
        let planned = match self.schedule.next() {
            (until, Reason::ToldToWait) => Some(until),
            _ => None,
        };
        [stored, planned.filter(|until| is_pause_end(*until, now))].into_iter().flatten().max()
    }

    /// Whether the last good reading is too old: older than three intervals, or from the future.
    #[must_use]
    pub fn is_stale(&self, interval: SignedDuration, now: Timestamp) -> bool {
        self.good.as_ref().is_some_and(|g| {
            let age = now.duration_since(g.at);
            age > stale_after(interval) || age < -CLOCK_TOLERANCE
        })
    }

    /// Returns the time by the server's clock.
    #[must_use]
    pub fn server_now(&self, now: Timestamp) -> Timestamp {
        self.good.as_ref().and_then(|g| now.checked_add(g.skew).ok()).unwrap_or(now)
    }

    /// Returns the plan of the last reading.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self.good.as_ref().map(|g| &g.reading) {
            Some(Reading::Plan(plan)) => Some(plan),
            Some(Reading::Balance(_)) | None => None,
        }
    }

    /// Whether the balance is below zero.
    #[must_use]
    pub fn owes(&self) -> bool {
        match self.good.as_ref().map(|g| &g.reading) {
            Some(Reading::Balance(balance)) => balance.available.is_some_and(|a| a < Decimal::ZERO),
            Some(Reading::Plan(_)) | None => false,
        }
    }

    /// Returns the tightest metered window of the headline row.
    #[must_use]
    pub fn headline(&self) -> Option<(&Row, &Window)> {
        let row = self.plan()?.headline_row()?;
        row.tightest().map(|window| (row, window))
    }

    /// Whether the headline window has ended since it was read.
    #[must_use]
    pub fn has_ended(&self, now: Timestamp) -> bool {
        let server_now = self.server_now(now);
        self.headline().is_some_and(|(_, w)| w.resets_at.is_some_and(|r| r <= server_now))
    }

    /// Returns the kind of the failure that decides the account's state, if there is one.
    #[must_use]
    pub fn deciding_failure(&self) -> Option<FailureKind> {
        self.failure.map(|(_, f)| f.kind).filter(|kind| kind.verdict().is_some())
    }

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

    /// Returns the times, by the local clock, at which its state changes by itself: a reading from the future becomes
    /// valid, a reading is made and becomes stale, a window ends.
    pub(crate) fn turns(&self, interval: SignedDuration) -> impl Iterator<Item = Timestamp> {
        let good = self.good.as_ref();
        let read = good.map(|g| g.at);
        // A reading is stale if older than the limit, not at the limit itself.
        let old = stale_after(interval).saturating_add(SignedDuration::from_nanos(1));
        let stale = read.and_then(|at| at.checked_add(old).ok());
        let sound = read.and_then(|at| at.checked_sub(CLOCK_TOLERANCE).ok());
        let skew = good.map_or(SignedDuration::ZERO, |g| g.skew);
        let ends = self.plan().into_iter().flat_map(|plan| plan.rows.iter().flat_map(|r| &r.windows));
        let ends = ends.filter_map(move |w| w.resets_at?.checked_sub(skew).ok());
        [read, stale, sound].into_iter().flatten().chain(ends)
    }

    /// Returns the next reset of any window, by the local clock.
    #[must_use]
    pub fn next_reset(&self, now: Timestamp) -> Option<Timestamp> {
        let good = self.good.as_ref()?;
        let resets = self.plan()?.rows.iter().flat_map(|r| &r.windows).filter_map(|w| w.resets_at);
        resets.filter_map(|r| r.checked_sub(good.skew).ok()).filter(|r| *r > now).min()
    }
}

/// Reads an answer that came at a time of the local clock. If that clock is wrong, the answer is read with the server's
/// time, so that a reset is a time of the server's clock however far the two differ.
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

/// Returns what to add to the local clock to get the server's; zero if they agree.
pub(crate) fn skew(reading: &Reading, at: Timestamp) -> SignedDuration {
    let skew = reading.server_time().map(|server| server.duration_since(at));
    skew.filter(|skew| skew.abs() > CLOCK_TOLERANCE).unwrap_or_default()
}

/// The time of a reading by MiniMax's clock, if the local clock, which says `at`, is wrong; otherwise `at`.
#[must_use]
pub fn server_time(reading: &Reading, at: Timestamp) -> Timestamp {
    at.checked_add(skew(reading, at)).unwrap_or(at)
}

/// Compares what is left, not the bounds: they vary while nothing is used.
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
