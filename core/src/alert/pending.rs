//! The alerts that are due now: still true, based on a recent reading, and switched on in the settings. Each has a mark
//! by which the memory records it as shown.
//!
//! Quiet hours and snooze are applied at delivery, not here.

use jiff::Timestamp;
use jiff::civil::Date;

use super::Edge;
use super::memory::Memory;
use super::once::Once;
use super::told::{self, PlanSpent, Told};
use super::window::{Due, ToldWindow};
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
pub struct Owed {
    /// `None` if it concerns no account.
    pub account: Option<AccountId>,
    /// The change, as it is now.
    pub edge: Edge,
    pub mark: Mark,
}

/// Identifies a due alert in the memory while its notification is being shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub(super) account: Option<AccountId>,
    pub(super) topic: Topic,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Window { key: String, due: Due, turn: u32 },
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
    pub fn owed(&self, accounts: &[Watched], settings: &Settings, now: &Now) -> Vec<Owed> {
        let mut owed: Vec<Owed> = Vec::new();
        for watched in accounts {
            let Some(told) = self.accounts.get(&watched.account.id) else { continue };
            let id = &watched.account.id;
            let own = |(edge, topic)| Owed {
                account: Some(id.clone()),
                edge,
                mark: Mark { account: Some(id.clone()), topic },
            };
            owed.extend(told.said_by_failures().map(own));
            owed.extend(told.said_by_reading(watched, settings, now.at).into_iter().map(own));
        }
        if let Some((date, until)) =
            peak(accounts, settings, now).filter(|(date, _)| !self.peaks.contains(date))
        {
            let mark = Mark { account: None, topic: Topic::Peak(date) };
            owed.push(Owed { account: None, edge: Edge::Peak { until }, mark });
        }
        owed.retain(|owed| settings.tells(owed.edge.kind()));
        owed.sort_by_key(|owed| std::cmp::Reverse(owed.edge.gravity()));
        owed
    }

    /// Records these alerts as shown.
    pub fn tell(&mut self, marks: &[Mark], thresholds: Thresholds) {
        for mark in marks {
            let told = mark.account.as_ref().and_then(|account| self.accounts.get_mut(account));
            match (&mark.topic, told) {
                (Topic::Peak(date), _) => self.note_peak(*date),
                (topic, Some(told)) => told.tell(topic, thresholds),
                // The account was removed meanwhile.
                (_, None) => {}
            }
        }
    }

    /// Records alerts of the kinds that the user has switched off without showing them, so that switching a kind on
    /// does not show old alerts.
    pub fn pass_over(&mut self, accounts: &[Watched], settings: &Settings, now: &Now) {
        for told in self.accounts.values_mut() {
            told.pass_over(|kind| !settings.tells(kind));
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

impl Told {
    /// Failures do not expire: each is valid until MiniMax answers something else.
    fn said_by_failures(&self) -> impl Iterator<Item = (Edge, Topic)> {
        let is = |once: Once, edge, topic| (once == Once::Owed).then_some((edge, topic));
        let refused = is(self.refused, Edge::Refused, Topic::Refused);
        let lapsed = is(self.lapsed, Edge::Lapsed, Topic::Lapsed);
        let spent = (self.plan_spent == PlanSpent::Owed).then_some((Edge::PlanSpent, Topic::PlanSpent));
        [refused, lapsed, spent].into_iter().flatten()
    }

    fn said_by_reading(&self, watched: &Watched, settings: &Settings, now: Timestamp) -> Vec<(Edge, Topic)> {
        let is_known = watched.deciding_failure().is_none() && !watched.is_stale(settings.interval(), now);
        let Some(good) = watched.good.as_ref().filter(|_| is_known) else { return Vec::new() };
        match &good.reading {
            Reading::Balance(balance) => {
                let level = told::level_of_balance(balance, &watched.account);
                let is_owed = self.money.is_some_and(|m| m.level > m.noted && m.level == level);
                let edge = || (Edge::Money { balance: balance.clone(), level }, Topic::Money(level));
                is_owed.then(edge).into_iter().collect()
            }
            Reading::Plan(plan) => {
                let server_now = watched.server_now(now);
                let mut edges = Vec::new();
                for row in &plan.rows {
                    for window in row.windows.iter().filter(|w| w.quota.metered_left().is_some()) {
                        self.of_window(row, window, watched, server_now, &mut edges);
                    }
                }
                if self.plan_spent == PlanSpent::BackOwed {
                    edges.push((Edge::PlanBack, Topic::PlanBack));
                }
                edges
            }
        }
    }

    fn of_window(
        &self,
        row: &Row,
        window: &Window,
        watched: &Watched,
        server_now: Timestamp,
        edges: &mut Vec<(Edge, Topic)>,
    ) {
        let key = told::window_key(row, window);
        // After a late answer the stored figures are those of a former window. The figures of a window that has ended
        // are not known.
        let is_current = |told: &&ToldWindow| told.late == 0 && told.ends_at.is_none_or(|at| at > server_now);
        let Some(told) = self.windows.get(&key).filter(is_current) else { return };
        let turn = told.turn;
        let (own_row, own_window) = (|| row.clone(), || window.clone());
        if let Some(due) = told.due() {
            let edge = match due {
                Due::Worse(level) => Edge::Worse { row: own_row(), window: own_window(), level },
                Due::Back(_) => Edge::Back { row: own_row(), window: own_window() },
            };
            edges.push((edge, Topic::Window { key: key.clone(), due, turn }));
        }
        let named = WindowKey { row: row.model.clone(), span: window.span };
        let track = || watched.history.track(&named);
        let forecast = || track().and_then(|track| forecast::of(track, window, server_now));
        if told.runs_out == Once::Owed
            && let Some((at, before_reset)) = forecast().as_ref().and_then(told::will_run_out)
        {
            let edge = Edge::RunsOut { row: own_row(), window: own_window(), at, before_reset };
            edges.push((edge, Topic::RunsOut { key: key.clone(), turn }));
        }
        if told.unused == Once::Owed && told::will_be_left(window, forecast().as_ref(), server_now) {
            edges.push((Edge::Unused { row: own_row(), window: own_window() }, Topic::Unused { key, turn }));
        }
    }

    fn tell(&mut self, topic: &Topic, thresholds: Thresholds) {
        match topic {
            Topic::Window { key, due, turn } => {
                if let Some(window) = self.windows.get_mut(key) {
                    window.tell(*due, *turn, thresholds);
                }
            }
            Topic::RunsOut { key, turn } => {
                if let Some(window) = self.windows.get_mut(key).filter(|w| w.turn == *turn) {
                    window.runs_out = Once::Noted;
                }
            }
            Topic::Unused { key, turn } => {
                if let Some(window) = self.windows.get_mut(key).filter(|w| w.turn == *turn) {
                    window.unused = Once::Noted;
                }
            }
            Topic::PlanSpent => match self.plan_spent {
                PlanSpent::Owed | PlanSpent::Said | PlanSpent::Noted => self.plan_spent = PlanSpent::Said,
                // A reading with rows came while the notification was being shown.
                PlanSpent::No if self.windows.values().any(|w| w.level == Level::Spent) => self.told_spent(),
                PlanSpent::No | PlanSpent::BackOwed => self.plan_spent = PlanSpent::BackOwed,
            },
            Topic::PlanBack => match self.plan_spent {
                PlanSpent::BackOwed | PlanSpent::No => self.plan_spent = PlanSpent::No,
                // The plan was used up again while its return was being shown.
                PlanSpent::Owed | PlanSpent::Said | PlanSpent::Noted => self.plan_spent = PlanSpent::Owed,
            },
            Topic::Refused => self.refused.note(),
            Topic::Lapsed => self.lapsed.note(),
            Topic::Money(level) => {
                if let Some(money) = &mut self.money {
                    money.noted = money.noted.max((*level).min(money.level));
                }
            }
            Topic::Peak(_) => {}
        }
    }

    /// Records alerts of these kinds without showing them.
    pub(super) fn pass_over(&mut self, off: impl Fn(super::NoticeKind) -> bool) {
        use super::NoticeKind as Kind;
        for window in self.windows.values_mut() {
            window.pass_over(|due| match due {
                Due::Worse(Level::Spent) => off(Kind::Spent),
                Due::Worse(_) => off(Kind::Near),
                Due::Back(_) => off(Kind::Back),
            });
            for (kind, once) in [(Kind::RunsOut, &mut window.runs_out), (Kind::Unused, &mut window.unused)] {
                if off(kind) {
                    once.note();
                }
            }
        }
        for (kind, once) in [(Kind::Refused, &mut self.refused), (Kind::Lapsed, &mut self.lapsed)] {
            if off(kind) {
                once.note();
            }
        }
        if off(Kind::Spent) && self.plan_spent == PlanSpent::Owed {
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
