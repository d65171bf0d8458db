//! Alert state of one account.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::latch::Latch;
use super::window_state::{WindowAlertState, WindowSample};
use crate::account::Account;
use crate::failure::{Failure, FailureKind};
use crate::forecast::{self, Confidence, Forecast, Outcome};
use crate::history::{History, WindowKey};
use crate::level::{self, Level, Thresholds};
use crate::reading::{Balance, Percent, Plan, Reading, Row, Span, Window};

/// A share of a week that is much to leave unused, in percent.
const MUCH: f64 = 40.0;
/// A week that ends within this time is about to end.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// Alert state of one account.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct AccountAlertState {
    /// By row and window, see `window_key`.
    pub(super) windows: BTreeMap<String, WindowAlertState>,
    pub(super) refused: Latch,
    pub(super) lapsed: Latch,
    pub(super) plan_spent: PlanSpent,
    /// A plan that was never seen cannot lapse.
    had_plan: bool,
    pub(super) money: Option<BalanceAlertState>,
}

/// Alert state of a plan that is used up according to a status code without rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "WrittenPlanSpent")]
pub(super) enum PlanSpent {
    #[default]
    No,
    #[serde(rename = "owed")]
    Pending,
    Said,
    /// Its windows were reported as spent before, or the user has switched this kind off.
    Noted,
    BackOwed,
}

/// Alert state of a balance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "WrittenMoney")]
pub(super) struct BalanceAlertState {
    pub(super) level: Level,
    pub(super) noted: Level,
}

/// What a reading is compared with.
#[derive(Clone, Copy, Debug)]
pub(super) struct EvalContext<'a> {
    pub(super) account: &'a Account,
    pub(super) thresholds: Thresholds,
    pub(super) history: &'a History,
    /// The current time by the server's clock.
    pub(super) now: jiff::Timestamp,
}

impl AccountAlertState {
    /// Compares a reading with the alert state and updates the state.
    pub(super) fn read(&mut self, reading: &Reading, context: &EvalContext<'_>) {
        match reading {
            Reading::Plan(plan) => self.plan(plan, context),
            Reading::Balance(balance) => self.balance(balance, context.account),
        }
        (self.refused, self.lapsed) = (Latch::No, Latch::No);
    }

    /// Compares a failure with the alert state and updates the state.
    pub(super) fn failed(&mut self, failure: &Failure) {
        match failure.kind {
            FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => self.refused.holds(),
            // The key is valid, so an earlier rejection is over.
            FailureKind::NoActivePlan => {
                self.refused = Latch::No;
                // A plan that was never seen is no news.
                if self.had_plan {
                    self.lapsed.holds();
                }
            }
            FailureKind::PlanExhausted => {
                (self.refused, self.lapsed) = (Latch::No, Latch::No);
                let knows = self.windows.values().any(|w| w.stands == Level::Spent && !w.room);
                self.plan_spent = match self.plan_spent {
                    PlanSpent::No if knows => PlanSpent::Noted,
                    PlanSpent::No => PlanSpent::Pending,
                    // The user was notified that it is used up, and not yet of its return.
                    PlanSpent::BackOwed => PlanSpent::Said,
                    same @ (PlanSpent::Pending | PlanSpent::Said | PlanSpent::Noted) => same,
                };
            }
            // A temporary failure is shown in the window, without a notification.
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
            | FailureKind::Keyring => {}
        }
    }

    fn plan(&mut self, plan: &Plan, context: &EvalContext<'_>) {
        self.had_plan = true;
        let mut seen = BTreeSet::new();
        for row in &plan.rows {
            for window in &row.windows {
                // A row that is sent twice would be compared with itself.
                if seen.insert(window_key(row, window)) {
                    self.window(row, window, context);
                }
            }
        }
        let is_spent = context.thresholds.of_plan(plan) == Level::Spent;
        if is_spent && matches!(self.plan_spent, PlanSpent::Said | PlanSpent::BackOwed) {
            self.mark_exhausted_notified();
        }
        self.plan_spent = match self.plan_spent {
            // A pending alert of a window says the same.
            PlanSpent::Said | PlanSpent::BackOwed if !is_spent && !self.owes_windows() => PlanSpent::BackOwed,
            // A reading supersedes an earlier "plan used up" status code.
            PlanSpent::No | PlanSpent::Pending | PlanSpent::Noted | PlanSpent::Said | PlanSpent::BackOwed => {
                PlanSpent::No
            }
        };
    }

    /// Records for the windows that the user was notified that the whole plan is used up.
    pub(super) fn mark_exhausted_notified(&mut self) {
        self.windows.values_mut().for_each(WindowAlertState::mark_exhausted_notified);
    }

    fn window(&mut self, row: &Row, window: &Window, context: &EvalContext<'_>) {
        let named = WindowKey { row: row.model.clone(), span: window.span };
        let track = context.history.track(&named);
        let rolling = track.and_then(|t| t.points().last()).is_some_and(|p| p.rolling);
        let Some(sample) = WindowSample::of(window, context.thresholds, rolling) else { return };
        let state = match self.windows.entry(window_key(row, window)) {
            std::collections::btree_map::Entry::Vacant(free) => free.insert(WindowAlertState::first(&sample)),
            std::collections::btree_map::Entry::Occupied(known) => {
                let state = known.into_mut();
                if !state.note(&sample) {
                    return;
                }
                state
            }
        };
        let forecast = || track.and_then(|track| forecast::of(track, window, context.now));
        if state.runs_out != Latch::Noted {
            let will = state.level < Level::Spent
                && !rolling
                && forecast().is_some_and(|f| will_run_out(&f).is_some());
            state.runs_out = if will { Latch::Pending } else { Latch::No };
        }
        if state.unused != Latch::Noted {
            let will = !rolling && will_be_left(window, forecast().as_ref(), context.now);
            state.unused = if will { Latch::Pending } else { Latch::No };
        }
    }

    fn balance(&mut self, balance: &Balance, account: &Account) {
        let level = level_of_balance(balance, account);
        if level == Level::Unknown {
            return;
        }
        match &mut self.money {
            // A first balance causes a notification only if nothing can be spent.
            None => {
                let noted = if level == Level::Spent { Level::Good } else { level };
                self.money = Some(BalanceAlertState { level, noted });
            }
            Some(money) => *money = BalanceAlertState { level, noted: money.noted.min(level) },
        }
    }

    fn owes_windows(&self) -> bool {
        self.windows.values().any(|w| w.due().is_some())
    }

    /// Forgets that the key was rejected or its plan ended: the key has been replaced.
    pub(super) fn key_replaced(&mut self) {
        (self.refused, self.lapsed) = (Latch::No, Latch::No);
    }

    /// Makes an alert due again: the first version recorded it as notified when it made the text, and did not deliver
    /// it.
    pub(super) fn rearm(&mut self, edge: &str) {
        let mark_pending = |latch: &mut Latch| *latch = Latch::Pending;
        let mut windows = |level: Level| {
            for window in self.windows.values_mut().filter(|w| w.level == level && w.stands == level) {
                (window.noted, window.stands) = (Level::Good, Level::Good);
            }
        };
        match edge {
            "spent" => windows(Level::Spent),
            "critical" => windows(Level::Critical),
            "near" => windows(Level::Near),
            "refused" => mark_pending(&mut self.refused),
            "lapsed" => mark_pending(&mut self.lapsed),
            "plan-spent" => self.plan_spent = PlanSpent::Pending,
            "money" => {
                if let Some(money) = &mut self.money {
                    money.noted = Level::Good;
                }
            }
            // A return is old news after the update.
            _ => {}
        }
    }
}

/// Returns the level of a balance, with the user's own warning line included.
pub(super) fn level_of_balance(balance: &Balance, account: &Account) -> Level {
    level::of_balance(balance, account.balance_below)
}

/// Returns when a window runs out before its reset, and how long before, if the forecast has at least fair confidence.
pub(super) fn will_run_out(forecast: &Forecast) -> Option<(jiff::Timestamp, SignedDuration)> {
    match forecast.outcome {
        Outcome::RunsOut { at, before_reset: Some(before) } if forecast.confidence >= Confidence::Fair => {
            Some((at, before))
        }
        Outcome::RunsOut { .. } | Outcome::Lasts { .. } => None,
    }
}

/// Whether at least `MUCH` percent of a week will be left at its reset, and the reset is within `SOON`.
pub(super) fn will_be_left(window: &Window, forecast: Option<&Forecast>, now: jiff::Timestamp) -> bool {
    let ends_soon = window.resets_at.is_some_and(|at| {
        let ahead = at.duration_since(now);
        ahead > SignedDuration::ZERO && ahead <= SOON
    });
    let left = match forecast.map(|f| f.outcome) {
        Some(Outcome::RunsOut { .. }) => Some(Percent::ZERO),
        Some(Outcome::Lasts { left }) => Some(left),
        None => window.quota.metered_left(),
    };
    window.span == Span::Weekly && ends_soon && left.is_some_and(|left| left.get() >= MUCH)
}

pub(super) fn window_key(row: &Row, window: &Window) -> String {
    let span = match window.span {
        Span::Interval => "interval",
        Span::Weekly => "weekly",
    };
    format!("{}/{span}", row.model.as_deref().unwrap_or("-"))
}

/// As stored by this version, or by the first one, which stored a boolean.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenPlanSpent {
    Flag(bool),
    Known(KnownPlanSpent),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum KnownPlanSpent {
    No,
    #[serde(rename = "owed")]
    Pending,
    Said,
    Noted,
    BackOwed,
}

impl From<WrittenPlanSpent> for PlanSpent {
    fn from(written: WrittenPlanSpent) -> Self {
        match written {
            WrittenPlanSpent::Flag(false) | WrittenPlanSpent::Known(KnownPlanSpent::No) => Self::No,
            WrittenPlanSpent::Flag(true) | WrittenPlanSpent::Known(KnownPlanSpent::Said) => Self::Said,
            WrittenPlanSpent::Known(KnownPlanSpent::Pending) => Self::Pending,
            WrittenPlanSpent::Known(KnownPlanSpent::Noted) => Self::Noted,
            WrittenPlanSpent::Known(KnownPlanSpent::BackOwed) => Self::BackOwed,
        }
    }
}

/// As stored by this version, or by the first one, which stored one level.
#[derive(Deserialize)]
#[serde(untagged)]
enum WrittenMoney {
    First(Level),
    Now { level: Level, noted: Level },
}

impl From<WrittenMoney> for BalanceAlertState {
    fn from(written: WrittenMoney) -> Self {
        match written {
            WrittenMoney::First(level) => Self { level, noted: level },
            WrittenMoney::Now { level, noted } => Self { level, noted },
        }
    }
}
