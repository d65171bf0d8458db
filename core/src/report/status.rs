//! The state of an account and the exit code for `tidemark status`.

use jiff::{SignedDuration, Timestamp};

use super::explanation::{balance, failure as failure_report, row, span};
use super::{
    AccountState, AccountStatus, BalanceReport, ForecastReport, Headline, Outcome, RowReport, Share,
    StatusReport, WindowReport,
};
use crate::account::Account;
use crate::ahead::Ahead;
use crate::failure::{Failure, FailureKind, Verdict};
use crate::forecast::{self, Forecast};
use crate::history::History;
use crate::level::{self, Level, Thresholds};
use crate::reading::{Plan, Reading, Row};
use crate::watched::skew;

/// The state of an account, from its last good reading and its last failure, each with its time.
///
/// A failure older than the reading is ignored. A newer one either decides the state (rejected key, no plan,
/// plan used up), or the state is that of the last figures, as stale. The figures are shown in both cases,
/// except if there is no plan. Figures older than `stale_after` are stale too. Stale figures have no
/// forecast.
#[must_use]
pub fn account_status(
    account: &Account,
    good: Option<(&Timestamp, &Reading)>,
    failure: Option<(&Timestamp, &Failure)>,
    history: &History,
    thresholds: Thresholds,
    stale_after: SignedDuration,
    now: Timestamp,
) -> AccountStatus {
    let failure = failure.filter(|(failed_at, _)| good.is_none_or(|(read_at, _)| failed_at >= &read_at));
    let clock_skew = good.map_or(SignedDuration::ZERO, |(at, reading)| skew(reading, *at));
    let failure_of = |(_, failure): (_, &Failure)| failure_report(failure);
    let status = AccountStatus { failure: failure.map(failure_of), clock_skew, ..blank(account) };
    let server_now = now.checked_add(clock_skew).unwrap_or(now);
    let seen = Seen { account, history, thresholds, server_now };
    if let Some((failed_at, state)) = failure.and_then(|(at, failure)| Some((at, deciding(failure.kind)?))) {
        let blank = AccountStatus { state, read_at: Some(*failed_at), ..status };
        // The last figures of a plan that no longer exists would mislead; all others are shown as stale.
        let kept = good.filter(|_| state != AccountState::NoPlan);
        return kept.map_or(blank.clone(), |(read_at, reading)| AccountStatus {
            state,
            read_at: Some(*read_at),
            stale: true,
            outcome: Outcome::Failure,
            headline: None,
            blocked_until: None,
            forecast: None,
            ..seen.with_reading(blank, reading)
        });
    }
    let Some((read_at, reading)) = good else {
        return status;
    };
    let stale = failure.is_some() || now.duration_since(*read_at) > stale_after;
    let shown = AccountStatus { read_at: Some(*read_at), stale, ..status };
    let shown = seen.with_reading(shown, reading);
    if stale { AccountStatus { state: AccountState::Stale, forecast: None, ..shown } } else { shown }
}

/// The exit code of `tidemark status`: the worst account decides, in the order 7, 6, 5, 4, 3, 0.
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
        clock_skew: SignedDuration::ZERO,
    }
}

/// The state by a failure, regardless of earlier readings; `None` if the earlier reading still counts.
const fn deciding(kind: FailureKind) -> Option<AccountState> {
    match kind.verdict() {
        Some(Verdict::Refused) => Some(AccountState::Refused),
        Some(Verdict::NoPlan) => Some(AccountState::NoPlan),
        Some(Verdict::Spent) => Some(AccountState::Exhausted),
        // The earlier reading still counts, as stale.
        Some(Verdict::OutOfReach) | None => None,
    }
}

/// The context for interpreting a reading.
struct Seen<'a> {
    account: &'a Account,
    history: &'a History,
    thresholds: Thresholds,
    server_now: Timestamp,
}

impl Seen<'_> {
    fn with_reading(&self, status: AccountStatus, reading: &Reading) -> AccountStatus {
        let own_line = self.account.balance_below;
        match reading {
            Reading::Plan(plan) => self.with_plan(status, plan),
            Reading::Balance(money) => {
                let level = level::of_balance(money, own_line);
                let low = matches!(level, Level::Near | Level::Spent);
                AccountStatus {
                    state: state_of(level),
                    outcome: Outcome::Balance,
                    balance: Some(BalanceReport { low, ..balance(money) }),
                    ..status
                }
            }
        }
    }

    fn with_plan(&self, status: AccountStatus, plan: &Plan) -> AccountStatus {
        let head = plan.headline_row();
        let ahead = |row| Ahead::of(row, self.history, self.server_now);
        let headline = head.and_then(|row| {
            let tightest = row.tightest()?;
            let left = tightest.quota.metered_left()?;
            let model = row.model.clone();
            Some(Headline { model, span: span(tightest.span), remaining_percent: Share(left) })
        });
        // A plan that includes no row is no plan: every request would be rejected.
        let covers_nothing = !plan.rows.is_empty() && plan.rows.iter().all(Row::is_not_in_plan);
        let state =
            if covers_nothing { AccountState::NoPlan } else { state_of(self.thresholds.of_plan(plan)) };
        AccountStatus {
            state,
            blocked_until: head.and_then(|row| ahead(row).back_at()),
            headline,
            outcome: Outcome::Quota,
            rows: plan.rows.iter().map(|r| row_ahead(r, &ahead(r))).collect(),
            forecast: head.and_then(|row| ahead(row).leading()).map(|(_, forecast)| reported(forecast)),
            ..status
        }
    }
}

fn row_ahead(of: &Row, ahead: &Ahead<'_>) -> RowReport {
    let report = row(of);
    let windows = report.windows.into_iter().zip(&of.windows);
    let windows =
        windows.map(|(report, window)| WindowReport { rolling: ahead.is_rolling(window), ..report });
    RowReport { windows: windows.collect(), ..report }
}

const fn reported(forecast: Forecast) -> ForecastReport {
    let runs_out_at = match forecast.outcome {
        forecast::Outcome::RunsOut { at, .. } => Some(at),
        forecast::Outcome::Lasts { .. } => None,
    };
    ForecastReport { runs_out_at, confidence: forecast.confidence }
}

const fn state_of(level: Level) -> AccountState {
    match level {
        Level::Good => AccountState::Good,
        Level::Near | Level::Critical => AccountState::Near,
        Level::Spent => AccountState::Exhausted,
        Level::Unknown | Level::Trouble => AccountState::Unknown,
    }
}
