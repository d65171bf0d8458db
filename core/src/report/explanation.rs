//! Converts a reading to its report. Unknown values are `null`, never zero.

use jiff::Timestamp;

use super::words;
use super::{
    BalanceReport, Explanation, FailureReport, Outcome, RowReport, SCHEMA, Share, SpanName, WindowReport,
    WindowState,
};
use crate::failure::Failure;
use crate::reading::{Balance, Quota, Reading, Row, Span, Window};

/// The meaning of an answer, for `tidemark explain`.
#[must_use]
pub fn explain(result: &Result<Reading, Failure>, at: Timestamp) -> Explanation {
    let empty = Explanation {
        schema: SCHEMA,
        at,
        outcome: Outcome::Failure,
        failure: None,
        rows: Vec::new(),
        balance: None,
        ambiguous: false,
        notes: Vec::new(),
    };
    match result {
        Ok(Reading::Plan(plan)) => Explanation {
            outcome: Outcome::Quota,
            rows: plan.rows.iter().map(row).collect(),
            ambiguous: plan.ambiguous,
            notes: plan.notes.iter().map(|note| words::note(*note).to_owned()).collect(),
            ..empty
        },
        Ok(Reading::Balance(money)) => {
            Explanation { outcome: Outcome::Balance, balance: Some(balance(money)), ..empty }
        }
        Err(trouble) => Explanation { failure: Some(failure(trouble)), ..empty },
    }
}

pub(super) fn row(row: &Row) -> RowReport {
    RowReport {
        model: row.model.clone(),
        title: words::title(row.model.as_deref()),
        windows: row.windows.iter().map(window).collect(),
    }
}

pub(super) fn balance(balance: &Balance) -> BalanceReport {
    BalanceReport {
        currency: balance.currency.code().to_owned(),
        available: balance.available,
        cash: balance.cash,
        voucher: balance.voucher,
        credit: balance.credit,
        owed: balance.owed,
        alert_below: balance.alert_below,
        low: balance.is_low(),
    }
}

pub(super) fn failure(failure: &Failure) -> FailureReport {
    FailureReport {
        kind: failure.kind,
        code: failure.code,
        retry_after_seconds: failure.retry_after.map(|wait| wait.as_secs()),
        message: words::message(failure),
    }
}

pub(super) const fn span(span: Span) -> SpanName {
    match span {
        Span::Interval => SpanName::Interval,
        Span::Weekly => SpanName::Weekly,
    }
}

fn window(window: &Window) -> WindowReport {
    let left = window.quota.left();
    WindowReport {
        span: span(window.span),
        state: match window.quota {
            Quota::Limited { .. } => WindowState::Limited,
            Quota::Exhausted => WindowState::Exhausted,
            Quota::Unlimited => WindowState::Unlimited,
            Quota::NotInPlan => WindowState::NotInPlan,
            Quota::Unknown { .. } => WindowState::Unknown,
        },
        used_percent: left.map(|left| Share(left.rest())),
        remaining_percent: left.map(Share),
        used: window.count.map(|count| count.used),
        remaining: window.count.map(|count| count.left),
        total: window.count.map(|count| count.total),
        boost: window.boost,
        starts_at: window.starts_at,
        resets_at: window.resets_at,
        length_seconds: window.length_seconds,
        rolling: false,
    }
}
