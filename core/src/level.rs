//! How close an account is to its limit, and what decides that.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::failure::{FailureKind, Verdict};
use crate::reading::{Balance, Percent, Plan, Quota, Row};

/// How close to its limit, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Enough is left.
    Good,
    /// The first threshold is reached.
    Near,
    /// The second threshold is reached.
    Critical,
    /// Nothing is left.
    Spent,
    /// Nothing reliable is known: no reading yet, a stale one, or no plan to read.
    Unknown,
    /// The user must act: MiniMax rejects the key, or the keyring gives no key.
    Trouble,
}

/// From when on a window is near its limit, in percent used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Near from here on.
    pub near: Percent,
    /// Critical from here on.
    pub critical: Percent,
}

impl Thresholds {
    /// Returns the level of a share that is left.
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

    /// Returns the level of a window. Without a limit it is good, and if it cannot be read it is unknown.
    #[must_use]
    pub fn of_quota(&self, quota: Quota) -> Level {
        match quota {
            Quota::Limited { left } => self.level(left),
            Quota::Exhausted => Level::Spent,
            Quota::Unlimited | Quota::NotInPlan => Level::Good,
            Quota::Unknown { .. } => Level::Unknown,
        }
    }

    /// Returns the level of the row's tightest metered window; without one, the worst level of its windows.
    #[must_use]
    pub fn of_row(&self, row: &Row) -> Level {
        let metered = row.tightest().map(|w| self.of_quota(w.quota));
        metered.unwrap_or_else(|| {
            row.windows.iter().map(|w| self.of_quota(w.quota)).max().unwrap_or(Level::Unknown)
        })
    }

    /// Returns the level of the plan's headline row.
    #[must_use]
    pub fn of_plan(&self, plan: &Plan) -> Level {
        plan.headline_row().map_or(Level::Unknown, |row| self.of_row(row))
    }
}

/// Returns the level of a balance. It is near if below the account's own warning line or the user's.
#[must_use]
pub fn of_balance(balance: &Balance, own_line: Option<Decimal>) -> Level {
    match () {
        () if balance.available.is_none() => Level::Unknown,
        () if balance.is_empty() => Level::Spent,
        () if crossed_line(balance, own_line).is_some() => Level::Near,
        () => Level::Good,
    }
}

/// Returns the warning line that the balance is below; the higher one if it is below both.
#[must_use]
pub fn crossed_line(balance: &Balance, own_line: Option<Decimal>) -> Option<Decimal> {
    let available = balance.available?;
    [balance.alert_below, own_line].into_iter().flatten().filter(|line| available < *line).max()
}

/// Returns the level that a failure decides, or `None` if the last good reading still counts.
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

/// Lowers the level of a spent plan that Credits cover. MiniMax uses the plan's quota first, then Credits automatically
/// (its FAQ).
#[must_use]
pub const fn on_credits(level: Level, has_credits: bool) -> Level {
    match level {
        Level::Spent if has_credits => Level::Near,
        _ => level,
    }
}

/// Returns when a row can be used again: the latest reset of its exhausted windows.
///
/// `None` if no window is exhausted, or one of them names no reset.
#[must_use]
pub fn blocked_until(row: &Row) -> Option<Timestamp> {
    let exhausted = || row.windows.iter().filter(|w| w.quota == Quota::Exhausted);
    if exhausted().any(|w| w.resets_at.is_none()) {
        return None;
    }
    exhausted().filter_map(|w| w.resets_at).max()
}
