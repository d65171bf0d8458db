//! What `tidemark status` says of an account, and what it exits with.
//!
//! Owns the account's one-word state. Refuses to call old figures current, or an old failure the last word.

use jiff::{SignedDuration, Timestamp};

use super::explanation::{balance, failure as failure_report, row, span};
use super::{AccountState, AccountStatus, Headline, Outcome, Share, StatusReport};
use crate::account::Account;
use crate::failure::{Failure, FailureKind};
use crate::level::{self, Level, Thresholds};
use crate::reading::{Plan, Reading};

/// Says how an account stands, from its last good reading and its last failure, each with its moment.
///
/// A failure older than the reading is over. A newer one either decides (a refused key, no plan, a plan used up)
/// or leaves the state to the last figures, as stale. Either way those are shown, except where no plan is left. Figures older than `stale_after` are stale by themselves.
#[must_use]
pub fn account_status(
    account: &Account,
    good: Option<(&Timestamp, &Reading)>,
    failure: Option<(&Timestamp, &Failure)>,
    thresholds: Thresholds,
    stale_after: SignedDuration,
    now: Timestamp,
) -> AccountStatus {
    let failure = failure.filter(|(failed_at, _)| good.is_none_or(|(read_at, _)| failed_at >= &read_at));
    let status =
        AccountStatus { failure: failure.map(|(_, failure)| failure_report(failure)), ..blank(account) };
    if let Some((failed_at, state)) = failure.and_then(|(at, failure)| Some((at, deciding(failure.kind)?))) {
        let blank = AccountStatus { state, read_at: Some(*failed_at), ..status };
        // The last figures of a plan that is gone would only mislead; all others stay, marked as old.
        let kept = good.filter(|_| state != AccountState::NoPlan);
        return kept.map_or(blank.clone(), |(read_at, reading)| AccountStatus {
            state,
            read_at: Some(*read_at),
            stale: true,
            outcome: Outcome::Failure,
            headline: None,
            blocked_until: None,
            ..with_reading(blank, reading, thresholds)
        });
    }
    let Some((read_at, reading)) = good else {
        return status;
    };
    let stale = failure.is_some() || now.duration_since(*read_at) > stale_after;
    let shown = AccountStatus { read_at: Some(*read_at), stale, ..status };
    let shown = with_reading(shown, reading, thresholds);
    if stale { AccountStatus { state: AccountState::Stale, ..shown } } else { shown }
}

/// Gives the exit code of `tidemark status`: the worst account wins, in the order 7, 6, 5, 4, 3, 0.
#[must_use]
pub fn exit_code(report: &StatusReport) -> u8 {
    report.accounts.iter().map(code_of).max().unwrap_or(0)
}

fn code_of(account: &AccountStatus) -> u8 {
    if account.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::Keyring) {
        return 7;
    }
    match account.state {
        AccountState::Stale | AccountState::Unknown => 6,
        AccountState::Refused | AccountState::NoPlan => 5,
        AccountState::Exhausted => 4,
        AccountState::Near => 3,
        AccountState::Good => 0,
    }
}

fn blank(account: &Account) -> AccountStatus {
    AccountStatus {
        id: account.id.clone(),
        name: account.name.clone(),
        team: account.team.clone(),
        kind: account.kind,
        region: account.region,
        state: AccountState::Unknown,
        read_at: None,
        stale: false,
        blocked_until: None,
        headline: None,
        outcome: Outcome::Failure,
        failure: None,
        rows: Vec::new(),
        balance: None,
        forecast: None,
    }
}

/// Gives the state that a failure puts an account in, whatever was read before; `None` where that still counts.
const fn deciding(kind: FailureKind) -> Option<AccountState> {
    match kind {
        FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => Some(AccountState::Refused),
        FailureKind::NoActivePlan => Some(AccountState::NoPlan),
        FailureKind::PlanExhausted => Some(AccountState::Exhausted),
        FailureKind::NoData
        | FailureKind::RateLimited
        | FailureKind::ServerError
        | FailureKind::Blocked
        | FailureKind::EndpointMissing
        | FailureKind::RedirectRefused
        | FailureKind::Unreadable
        | FailureKind::Other
        | FailureKind::Offline
        | FailureKind::Timeout
        | FailureKind::Tls
        | FailureKind::Keyring => None,
    }
}

fn with_reading(status: AccountStatus, reading: &Reading, thresholds: Thresholds) -> AccountStatus {
    match reading {
        Reading::Plan(plan) => with_plan(status, plan, thresholds),
        Reading::Balance(money) => AccountStatus {
            state: state_of(level::of_balance(money)),
            outcome: Outcome::Balance,
            balance: Some(balance(money)),
            ..status
        },
    }
}

fn with_plan(status: AccountStatus, plan: &Plan, thresholds: Thresholds) -> AccountStatus {
    let head = plan.headline_row();
    let headline = head.and_then(|row| {
        let tightest = row.tightest()?;
        let left = tightest.quota.metered_left()?;
        Some(Headline { model: row.model.clone(), span: span(tightest.span), remaining_percent: Share(left) })
    });
    // A plan that covers nothing is none: every request would be refused.
    let covers_nothing = !plan.rows.is_empty() && plan.rows.iter().all(crate::reading::Row::is_not_in_plan);
    AccountStatus {
        state: if covers_nothing { AccountState::NoPlan } else { state_of(thresholds.of_plan(plan)) },
        blocked_until: head.and_then(level::blocked_until),
        headline,
        outcome: Outcome::Quota,
        rows: plan.rows.iter().map(row).collect(),
        ..status
    }
}

const fn state_of(level: Level) -> AccountState {
    match level {
        Level::Good => AccountState::Good,
        Level::Near | Level::Critical => AccountState::Near,
        Level::Spent => AccountState::Exhausted,
        Level::Unknown | Level::Trouble => AccountState::Unknown,
    }
}
