//! The alerts that are due now: still true, based on a recent reading, and switched on in the settings. Each has a key
//! by which the memory records it as shown.
//!
//! Quiet hours and snooze are applied at delivery, not here.

use jiff::Timestamp;
use jiff::civil::Date;

use super::AlertEvent;
use super::account_state::{self, AccountAlertState, PlanSpent};
use super::latch::Latch;
use super::memory::Memory;
use super::window_state::{Transition, WindowAlertState};
use crate::account::{AccountId, Kind};
use crate::forecast;
use crate::history::WindowKey;
use crate::level::{Level, Thresholds};
use crate::message::Now;
use crate::plan::Facts;
use crate::reading::{Reading, Row, Window};
use crate::settings::Settings;
use crate::watched::Watched;

#[derive(Clone, Debug, PartialEq)]
pub struct PendingAlert {
    /// `None` if it concerns no account.
    pub account: Option<AccountId>,
    /// The change, as it is now.
    pub event: AlertEvent,
    pub key: AlertKey,
}

/// Identifies a due alert in the memory while its notification is being shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertKey {
    pub(super) account: Option<AccountId>,
    pub(super) subject: AlertSubject,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AlertSubject {
    Window { key: String, due: Transition, turn: u32 },
    RunsOut { key: String, turn: u32 },
    Unused { key: String, turn: u32 },
    PlanSpent,
    PlanBack,
    Refused,
    Lapsed,
    Money(Level),
    Peak(Date),
}

impl Memory {
    /// Returns the due alerts, gravest first.
    ///
    /// An account whose reading is stale, or that has a failure with a verdict, gets no alerts about its windows and
    /// its balance: their current figures are not known.
    #[must_use]
    pub fn pending(&self, accounts: &[Watched], settings: &Settings, now: &Now) -> Vec<PendingAlert> {
        let mut pending: Vec<PendingAlert> = Vec::new();
        for watched in accounts {
            let Some(state) = self.accounts.get(&watched.account.id) else { continue };
            let id = &watched.account.id;
            let own = |(event, subject)| PendingAlert {
                account: Some(id.clone()),
                event,
                key: AlertKey { account: Some(id.clone()), subject },
            };
            pending.extend(state.covered_by_failure().map(own));
            pending.extend(state.pending_for_reading(watched, settings, now.at).into_iter().map(own));
        }
        if let Some((date, until)) =
            peak(accounts, settings, now).filter(|(date, _)| !self.peaks.contains(date))
        {
            let key = AlertKey { account: None, subject: AlertSubject::Peak(date) };
            pending.push(PendingAlert { account: None, event: AlertEvent::Peak { until }, key });
        }
        pending.retain(|pending| settings.tells(pending.event.kind()));
        pending.sort_by_key(|pending| std::cmp::Reverse(pending.event.severity()));
        pending
    }

    /// Records these alerts as shown.
    pub fn mark_notified(&mut self, keys: &[AlertKey], thresholds: Thresholds) {
        for key in keys {
            let state = key.account.as_ref().and_then(|account| self.accounts.get_mut(account));
            match (&key.subject, state) {
                (AlertSubject::Peak(date), _) => self.note_peak(*date),
                (subject, Some(state)) => state.mark_notified(subject, thresholds),
                // The account was removed meanwhile.
                (_, None) => {}
            }
        }
    }

    /// Records alerts of the kinds that the user has switched off without showing them, so that switching a kind on
    /// does not show old alerts.
    pub fn suppress(&mut self, accounts: &[Watched], settings: &Settings, now: &Now) {
        for state in self.accounts.values_mut() {
            state.suppress(|kind| !settings.tells(kind));
        }
        let was_unknown = std::mem::take(&mut self.are_peaks_unknown);
        if (was_unknown || !settings.tells(super::NoticeKind::Peak))
            && let Some((date, _)) = peak(accounts, settings, now)
        {
            self.note_peak(date);
        }
    }
}

/// Returns the local date on which the current peak hours end, and when they end. `None` outside peak hours, and
/// without a plan account.
fn peak(accounts: &[Watched], settings: &Settings, now: &Now) -> Option<(Date, Timestamp)> {
    accounts.iter().find(|a| a.account.kind == Kind::TokenPlan)?;
    let peak = Facts::of(settings).peak?;
    if !peak.is_peak(now.at, &now.zone) {
        return None;
    }
    let until = peak.next_change(now.at, &now.zone)?;
    Some((now.zone.to_datetime(until).date(), until))
}

impl AccountAlertState {
    /// Failures do not expire: each is valid until MiniMax answers something else.
    fn covered_by_failure(&self) -> impl Iterator<Item = (AlertEvent, AlertSubject)> {
        let is = |latch: Latch, event, subject| (latch == Latch::Pending).then_some((event, subject));
        let refused = is(self.refused, AlertEvent::Refused, AlertSubject::Refused);
        let lapsed = is(self.lapsed, AlertEvent::Lapsed, AlertSubject::Lapsed);
        let spent = (self.plan_spent == PlanSpent::Pending)
            .then_some((AlertEvent::PlanSpent, AlertSubject::PlanSpent));
        [refused, lapsed, spent].into_iter().flatten()
    }

    fn pending_for_reading(
        &self,
        watched: &Watched,
        settings: &Settings,
        now: Timestamp,
    ) -> Vec<(AlertEvent, AlertSubject)> {
        let is_known = watched.deciding_failure().is_none() && !watched.is_stale(settings.interval(), now);
        let Some(good) = watched.good.as_ref().filter(|_| is_known) else { return Vec::new() };
        match &good.reading {
            Reading::Balance(balance) => {
                let level = account_state::level_of_balance(balance, &watched.account);
                let is_owed = self.money.is_some_and(|m| m.level > m.noted && m.level == level);
                let event =
                    || (AlertEvent::Money { balance: balance.clone(), level }, AlertSubject::Money(level));
                is_owed.then(event).into_iter().collect()
            }
            Reading::Plan(plan) => {
                let server_now = watched.server_now(now);
                let mut events = Vec::new();
                for row in &plan.rows {
                    for window in row.windows.iter().filter(|w| w.quota.metered_left().is_some()) {
                        self.of_window(row, window, watched, server_now, &mut events);
                    }
                }
                if self.plan_spent == PlanSpent::BackOwed {
                    events.push((AlertEvent::PlanBack, AlertSubject::PlanBack));
                }
                events
            }
        }
    }

    fn of_window(
        &self,
        row: &Row,
        window: &Window,
        watched: &Watched,
        server_now: Timestamp,
        events: &mut Vec<(AlertEvent, AlertSubject)>,
    ) {
        let key = account_state::window_key(row, window);
        // After a late answer the stored figures are those of a former window. The figures of a window that has ended
        // are not known.
        let is_current =
            |state: &&WindowAlertState| state.late == 0 && state.ends_at.is_none_or(|at| at > server_now);
        let Some(state) = self.windows.get(&key).filter(is_current) else { return };
        let turn = state.turn;
        let (own_row, own_window) = (|| row.clone(), || window.clone());
        if let Some(due) = state.due() {
            let event = match due {
                Transition::Worse(level) => AlertEvent::Worse { row: own_row(), window: own_window(), level },
                Transition::Back(_) => AlertEvent::Back { row: own_row(), window: own_window() },
            };
            events.push((event, AlertSubject::Window { key: key.clone(), due, turn }));
        }
        let named = WindowKey { row: row.model.clone(), span: window.span };
        let track = || watched.history.track(&named);
        let forecast = || track().and_then(|track| forecast::of(track, window, server_now));
        if state.runs_out == Latch::Pending
            && let Some((at, before_reset)) = forecast().as_ref().and_then(account_state::will_run_out)
        {
            let event = AlertEvent::RunsOut { row: own_row(), window: own_window(), at, before_reset };
            events.push((event, AlertSubject::RunsOut { key: key.clone(), turn }));
        }
        if state.unused == Latch::Pending
            && account_state::will_be_left(window, forecast().as_ref(), server_now)
        {
            events.push((
                AlertEvent::Unused { row: own_row(), window: own_window() },
                AlertSubject::Unused { key, turn },
            ));
        }
    }

    fn mark_notified(&mut self, subject: &AlertSubject, thresholds: Thresholds) {
        match subject {
            AlertSubject::Window { key, due, turn } => {
                if let Some(window) = self.windows.get_mut(key) {
                    window.mark_notified(*due, *turn, thresholds);
                }
            }
            AlertSubject::RunsOut { key, turn } => {
                if let Some(window) = self.windows.get_mut(key).filter(|w| w.turn == *turn) {
                    window.runs_out = Latch::Noted;
                }
            }
            AlertSubject::Unused { key, turn } => {
                if let Some(window) = self.windows.get_mut(key).filter(|w| w.turn == *turn) {
                    window.unused = Latch::Noted;
                }
            }
            AlertSubject::PlanSpent => match self.plan_spent {
                PlanSpent::Pending | PlanSpent::Said | PlanSpent::Noted => self.plan_spent = PlanSpent::Said,
                // A reading with rows came while the notification was being shown.
                PlanSpent::No if self.windows.values().any(|w| w.level == Level::Spent) => {
                    self.mark_exhausted_notified();
                }
                PlanSpent::No | PlanSpent::BackOwed => self.plan_spent = PlanSpent::BackOwed,
            },
            AlertSubject::PlanBack => match self.plan_spent {
                PlanSpent::BackOwed | PlanSpent::No => self.plan_spent = PlanSpent::No,
                // The plan was used up again while its return was being shown.
                PlanSpent::Pending | PlanSpent::Said | PlanSpent::Noted => {
                    self.plan_spent = PlanSpent::Pending;
                }
            },
            AlertSubject::Refused => self.refused.note(),
            AlertSubject::Lapsed => self.lapsed.note(),
            AlertSubject::Money(level) => {
                if let Some(money) = &mut self.money {
                    money.noted = money.noted.max((*level).min(money.level));
                }
            }
            AlertSubject::Peak(_) => {}
        }
    }

    /// Records alerts of these kinds without showing them.
    pub(super) fn suppress(&mut self, off: impl Fn(super::NoticeKind) -> bool) {
        use super::NoticeKind as Kind;
        for window in self.windows.values_mut() {
            window.suppress(|due| match due {
                Transition::Worse(Level::Spent) => off(Kind::Spent),
                Transition::Worse(_) => off(Kind::Near),
                Transition::Back(_) => off(Kind::Back),
            });
            for (kind, latch) in [(Kind::RunsOut, &mut window.runs_out), (Kind::Unused, &mut window.unused)] {
                if off(kind) {
                    latch.note();
                }
            }
        }
        for (kind, latch) in [(Kind::Refused, &mut self.refused), (Kind::Lapsed, &mut self.lapsed)] {
            if off(kind) {
                latch.note();
            }
        }
        if off(Kind::Spent) && self.plan_spent == PlanSpent::Pending {
            self.plan_spent = PlanSpent::Noted;
        }
        if off(Kind::Back) && self.plan_spent == PlanSpent::BackOwed {
            self.plan_spent = PlanSpent::No;
        }
        if let Some(money) = self.money.as_mut().filter(|_| off(Kind::Balance)) {
            money.noted = money.noted.max(money.level);
        }
    }
}
