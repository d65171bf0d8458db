//! How worried the user should be.
//!
//! Owns the ladder of levels and what puts an account on which rung. Refuses words and colours.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::failure::{FailureKind, Verdict};
use crate::reading::{Balance, Percent, Plan, Quota, Row};

/// How worried the user should be, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Enough is left.
    Good,
    /// The first threshold is passed.
    Near,
    /// The second threshold is passed.
    Critical,
    /// Nothing is left.
    Spent,
    /// Nothing trustworthy is known: no reading yet, a stale one, or no plan to read.
    Unknown,
    /// The user must act: the key is refused, or the keyring is shut.
    Trouble,
}

/// When a window counts as near its limit, in percent used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Near from here on.
    pub near: Percent,
    /// Critical from here on.
    pub critical: Percent,
}

impl Thresholds {
    /// Puts a share that is left on its rung.
    #[must_use]
    pub fn level(&self, left: Percent) -> Level {
        let used = left.rest();
        if left.is_zero() {
            Level::Spent
        } else if used >= self.critical {
            Level::Critical
        } else if used >= self.near {
            Level::Near
        } else {
            Level::Good
        }
    }

    /// Puts a window on its rung; what has no limit is good, what cannot be read is unknown.
    #[must_use]
    pub fn of_quota(&self, quota: Quota) -> Level {
        match quota {
            Quota::Limited { left } => self.level(left),
            Quota::Exhausted => Level::Spent,
            Quota::Unlimited | Quota::NotInPlan => Level::Good,
            Quota::Unknown { .. } => Level::Unknown,
        }
    }

    /// Puts a row on the rung of its tightest metered window.
    #[must_use]
    pub fn of_row(&self, row: &Row) -> Level {
        let metered = row.tightest().map(|w| self.of_quota(w.quota));
        metered.unwrap_or_else(|| {
            row.windows.iter().map(|w| self.of_quota(w.quota)).max().unwrap_or(Level::Unknown)
        })
    }

    /// Puts a plan on the rung of its headline row.
    #[must_use]
    pub fn of_plan(&self, plan: &Plan) -> Level {
        plan.headline_row().map_or(Level::Unknown, |row| self.of_row(row))
    }
}

/// Puts a balance on its rung; it is low under the account's own warning line, and under the user's.
#[must_use]
pub fn of_balance(balance: &Balance, own_line: Option<Decimal>) -> Level {
    match () {
        () if balance.available.is_none() => Level::Unknown,
        () if balance.is_empty() => Level::Spent,
        () if crossed_line(balance, own_line).is_some() => Level::Near,
        () => Level::Good,
    }
}

/// Gives the warning line that a balance has fallen below, the higher one of both.
#[must_use]
pub fn crossed_line(balance: &Balance, own_line: Option<Decimal>) -> Option<Decimal> {
    let available = balance.available?;
    [balance.alert_below, own_line].into_iter().flatten().filter(|line| available < *line).max()
}

/// Tells what a failure means for the level, or `None` where the last good reading still counts.
#[must_use]
pub const fn of_failure(kind: FailureKind) -> Option<Level> {
    match kind.verdict() {
        Some(Verdict::Refused | Verdict::OutOfReach) => Some(Level::Trouble),
        // A key may exist before a plan is bought (MiniMax's FAQ), so this is no alarm.
        Some(Verdict::NoPlan) => Some(Level::Unknown),
        Some(Verdict::Spent) => Some(Level::Spent),
        None => None,
    }
}

/// Calms the level of a spent plan that Credits cover (MiniMax's FAQ: plan quota first, then Credits by themselves).
#[must_use]
pub const fn on_credits(level: Level, has_credits: bool) -> Level {
    match level {
        Level::Spent if has_credits => Level::Near,
        _ => level,
    }
}

/// Gives the moment when a row can be used again: the latest reset among its exhausted windows.
///
/// `None` where none is exhausted, or where one of them names no reset.
#[must_use]
pub fn blocked_until(row: &Row) -> Option<Timestamp> {
    let exhausted = || row.windows.iter().filter(|w| w.quota == Quota::Exhausted);
    if exhausted().any(|w| w.resets_at.is_none()) {
        return None;
    }
    exhausted().filter_map(|w| w.resets_at).max()
}
