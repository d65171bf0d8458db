//! Which change deserves a notice, once.
//!
//! Owns the edges of windows and accounts and the memory of what was told. Refuses words: `present` finds them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::failure::{Failure, FailureKind};
use crate::level::{Level, Thresholds};
use crate::reading::{Balance, Percent, Plan, Reading, Row, Span, Window};

/// Names a notice over its life: the edge it tells of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub String);

/// What a notice is about; the settings switch each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A window has passed a threshold.
    Near,
    /// A window is used up.
    Spent,
    /// A window that was near or spent has room again.
    Back,
    /// The key is refused.
    Refused,
    /// The plan behind the key is gone.
    Lapsed,
    /// The balance is low or used up.
    Balance,
    /// A window will run out before its reset.
    RunsOut,
    /// Quota will be left unused at the coming reset.
    Unused,
    /// The peak hours begin.
    Peak,
    /// The user tries whether notices are shown.
    Test,
}

/// How long notices are silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeFor {
    /// For one hour.
    Hour,
    /// Until the next reset of the account's headline window, or of any account's where none is named.
    UntilReset,
}

/// A desktop notification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which edge it tells of.
    pub id: NoticeId,
    /// The account that a click opens.
    pub account: AccountId,
    /// The fact. Plain text; a shell that speaks markup must escape it.
    pub title: String,
    /// The time and the next step. Plain text.
    pub body: String,
    /// Whether it needs the user, as a refused key does.
    pub urgent: bool,
}

/// How far the left share must rise above a threshold before it is armed again, in percentage points.
const REARM_POINTS: f64 = 5.0;
/// How far the left share must rise to show a new window where no bounds are sent, in percentage points.
const RISE_POINTS: f64 = 10.0;

/// What has been told. Survives restarts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// By account, then by row and window.
    accounts: BTreeMap<AccountId, Told>,
    /// Notices that no notification service has taken yet, oldest first.
    pub pending: Vec<Notice>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one fact that was told or not, and any may be true"
)]
struct Told {
    windows: BTreeMap<String, ToldWindow>,
    refused: bool,
    lapsed: bool,
    plan_spent: bool,
    had_plan: bool,
    money: Option<Level>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct ToldWindow {
    /// The worst level of this window so far.
    level: Level,
    /// Whether the user was told of it; a first reading is noted in silence unless spent.
    said: bool,
    resets_at: Option<Timestamp>,
    /// What was left at the last reading, in percent.
    left: f64,
}

/// A change that deserves a notice.
#[derive(Clone, Debug, PartialEq)]
pub enum Edge {
    /// A window has reached a worse level: near, critical or spent.
    Worse {
        /// The row.
        row: Row,
        /// The window.
        window: Window,
        /// The level it has reached.
        level: Level,
    },
    /// A window that was said to be near or spent has room again.
    Back {
        /// The row.
        row: Row,
        /// The window.
        window: Window,
    },
    /// The whole plan is spent, said by a code without rows.
    PlanSpent,
    /// It has room again.
    PlanBack,
    /// The key is refused.
    Refused,
    /// The plan behind the key is gone.
    Lapsed,
    /// The balance is low (`Level::Near`) or used up (`Level::Spent`).
    Money {
        /// The balance.
        balance: Balance,
        /// The level it has reached.
        level: Level,
    },
}

impl Edge {
    /// Orders edges for a notice that tells of several: the gravest first.
    #[must_use]
    pub const fn gravity(&self) -> Level {
        match self {
            Self::Worse { level, .. } | Self::Money { level, .. } => *level,
            Self::Back { .. } | Self::PlanBack => Level::Good,
            Self::PlanSpent => Level::Spent,
            Self::Refused | Self::Lapsed => Level::Trouble,
        }
    }
}

impl Memory {
    /// Compares a reading with what was told and notes it; gives the edges, gravest first.
    pub fn read(&mut self, account: &AccountId, reading: &Reading, thresholds: Thresholds) -> Vec<Edge> {
        let told = self.accounts.entry(account.clone()).or_default();
        let mut edges = match reading {
            Reading::Plan(plan) => told.plan(plan, thresholds),
            Reading::Balance(balance) => told.balance(balance),
        };
        (told.refused, told.lapsed) = (false, false);
        edges.sort_by_key(|e| std::cmp::Reverse(e.gravity()));
        edges
    }

    /// Compares a failure with what was told and notes it.
    pub fn failed(&mut self, account: &AccountId, failure: &Failure) -> Option<Edge> {
        let told = self.accounts.entry(account.clone()).or_default();
        let once = |flag: &mut bool, edge| if std::mem::replace(flag, true) { None } else { Some(edge) };
        match failure.kind {
            FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion => {
                once(&mut told.refused, Edge::Refused)
            }
            FailureKind::NoActivePlan if told.had_plan => once(&mut told.lapsed, Edge::Lapsed),
            FailureKind::PlanExhausted => once(&mut told.plan_spent, Edge::PlanSpent),
            // A plan that was never seen is no news, and a passing fault is shown, not told.
            _ => None,
        }
    }

    /// Forgets an account.
    pub fn forget(&mut self, account: &AccountId) {
        self.accounts.remove(account);
        self.pending.retain(|n| n.account != *account);
    }

    /// Forgets that a key was refused: it has been replaced.
    pub fn key_replaced(&mut self, account: &AccountId) {
        if let Some(told) = self.accounts.get_mut(account) {
            (told.refused, told.lapsed) = (false, false);
        }
        self.pending.retain(|n| n.account != *account);
    }
}

impl Told {
    fn plan(&mut self, plan: &Plan, thresholds: Thresholds) -> Vec<Edge> {
        let mut edges = Vec::new();
        self.had_plan = true;
        for row in &plan.rows {
            for window in &row.windows {
                edges.extend(self.window(row, window, thresholds));
            }
        }
        if std::mem::take(&mut self.plan_spent) && edges.is_empty() && thresholds.of_plan(plan) < Level::Spent
        {
            edges.push(Edge::PlanBack);
        }
        edges
    }

    fn window(&mut self, row: &Row, window: &Window, thresholds: Thresholds) -> Option<Edge> {
        let left = window.quota.metered_left()?;
        let level = thresholds.level(left);
        let key = window_key(row, window);
        let Some(told) = self.windows.get_mut(&key) else {
            // A first reading speaks only if already spent, and not where the code has said so before.
            let said = level == Level::Spent && !self.plan_spent;
            let told = ToldWindow { level, said, resets_at: window.resets_at, left: left.get() };
            self.windows.insert(key, told);
            return said.then(|| Edge::Worse { row: row.clone(), window: window.clone(), level });
        };
        let is_new = told.is_new_window(window, left);
        let before = std::mem::replace(&mut told.level, level);
        let was_said = told.said;
        told.left = left.get();
        told.resets_at = window.resets_at.or(told.resets_at);
        if is_new {
            told.said = level > Level::Good;
            return match () {
                () if level > Level::Good => {
                    Some(Edge::Worse { row: row.clone(), window: window.clone(), level })
                }
                () if was_said && before > Level::Good => {
                    Some(Edge::Back { row: row.clone(), window: window.clone() })
                }
                () => None,
            };
        }
        if level > before {
            told.said = true;
            return Some(Edge::Worse { row: row.clone(), window: window.clone(), level });
        }
        if level < before && !is_clear_of(left, before, thresholds) {
            // Too close to the threshold to be armed again: the worst level stays noted.
            told.level = before;
            return None;
        }
        if level < before && before == Level::Spent {
            told.said = level > Level::Good;
            return was_said.then(|| Edge::Back { row: row.clone(), window: window.clone() });
        }
        if level == Level::Good {
            told.said = false;
        }
        None
    }

    fn balance(&mut self, balance: &Balance) -> Vec<Edge> {
        let level = crate::level::of_balance(balance);
        if level == Level::Unknown {
            return Vec::new();
        }
        let before = self.money.replace(level);
        // A first reading speaks only if nothing can be spent.
        let worse = before.map_or(level == Level::Spent, |before| level > before);
        if worse { vec![Edge::Money { balance: balance.clone(), level }] } else { Vec::new() }
    }
}

impl ToldWindow {
    /// Tells whether the bounds have moved by a good share of the window; jitter and slides do not count.
    fn is_new_window(&self, window: &Window, left: Percent) -> bool {
        match (self.resets_at, window.resets_at) {
            (Some(before), Some(now)) => now.duration_since(before) > half_length(window),
            // Bounds that are missing, or come and go, say nothing; the figure does.
            (_, None) | (None, Some(_)) => left.get() - self.left >= RISE_POINTS,
        }
    }
}

fn half_length(window: &Window) -> SignedDuration {
    let usual = match window.span {
        Span::Interval => 5 * 3600,
        Span::Weekly => 7 * 24 * 3600,
    };
    SignedDuration::from_secs(window.length_seconds.unwrap_or(usual) / 2)
}

/// Tells whether a share has risen far enough above the threshold of a level to leave that level behind.
fn is_clear_of(left: Percent, level: Level, thresholds: Thresholds) -> bool {
    let threshold = match level {
        Level::Near => thresholds.near.rest().get(),
        Level::Critical => thresholds.critical.rest().get(),
        Level::Spent => 0.0,
        Level::Good | Level::Unknown | Level::Trouble => return true,
    };
    left.get() >= threshold + REARM_POINTS
}

fn window_key(row: &Row, window: &Window) -> String {
    let span = match window.span {
        Span::Interval => "interval",
        Span::Weekly => "weekly",
    };
    format!("{}/{span}", row.model.as_deref().unwrap_or("-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Quota;

    const ACCOUNT: &str = "a";

    struct Story {
        memory: Memory,
        resets_at: Option<Timestamp>,
    }

    impl Story {
        fn new() -> Self {
            Self { memory: Memory::default(), resets_at: "2026-11-23T10:00:00Z".parse().ok() }
        }

        /// Reads a window with so many percent used, and tells which levels were told.
        fn used(&mut self, used: f64) -> Vec<String> {
            let left = Percent::clamped(100.0 - used).expect("a number");
            let quota = if left.is_zero() { Quota::Exhausted } else { Quota::Limited { left } };
            let window = Window {
                span: Span::Interval,
                quota,
                count: None,
                boost: 1.0,
                starts_at: None,
                resets_at: self.resets_at,
                length_seconds: Some(18_000),
            };
            let row = Row { model: Some("general".to_owned()), windows: vec![window] };
            let reading = Reading::Plan(Plan { rows: vec![row], ..Plan::default() });
            let edges = self.memory.read(&AccountId(ACCOUNT.to_owned()), &reading, thresholds());
            edges.iter().map(name).collect()
        }

        fn next_window(&mut self) {
            self.resets_at = self.resets_at.map(|r| r + SignedDuration::from_hours(5));
        }

        fn restart(&mut self) {
            let kept = serde_json::to_string(&self.memory).expect("it writes");
            self.memory = serde_json::from_str(&kept).expect("it reads");
        }
    }

    fn name(edge: &Edge) -> String {
        match edge {
            Edge::Worse { level, .. } => format!("{level:?}"),
            Edge::Money { level, .. } => format!("Money{level:?}"),
            Edge::Back { .. } => "Back".to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn thresholds() -> Thresholds {
        crate::settings::Settings::default().thresholds()
    }

    #[test]
    fn each_level_is_told_once_on_the_way_down_and_the_reset_once() {
        let mut story = Story::new();
        let told: Vec<_> = [10.0, 79.0, 80.0, 81.0, 94.0, 95.0, 99.0, 100.0, 100.0]
            .into_iter()
            .flat_map(|used| story.used(used))
            .collect();
        assert_eq!(told, ["Near", "Critical", "Spent"]);
        story.next_window();
        assert_eq!(story.used(0.0), ["Back"]);
        assert!(story.used(1.0).is_empty());
    }

    #[test]
    fn a_first_reading_speaks_only_if_spent() {
        assert!(Story::new().used(85.0).is_empty());
        assert!(Story::new().used(97.0).is_empty());
        assert_eq!(Story::new().used(100.0), ["Spent"]);
    }

    #[test]
    fn what_was_never_said_does_not_come_back() {
        let mut story = Story::new();
        story.used(85.0);
        story.next_window();
        assert!(story.used(0.0).is_empty());
    }

    #[test]
    fn a_restart_tells_nothing_twice_and_loses_nothing() {
        let mut story = Story::new();
        story.used(10.0);
        assert_eq!(story.used(82.0), ["Near"]);
        story.restart();
        assert!(story.used(83.0).is_empty());
        story.restart();
        assert_eq!(story.used(100.0), ["Spent"]);
        story.restart();
        story.next_window();
        assert_eq!(story.used(3.0), ["Back"]);
    }

    #[test]
    fn a_figure_that_trembles_at_a_threshold_is_told_once() {
        let mut story = Story::new();
        story.used(10.0);
        assert_eq!(story.used(80.0), ["Near"]);
        for used in [79.0, 80.0, 78.0, 81.0, 76.0, 80.0] {
            assert!(story.used(used).is_empty(), "{used}");
        }
        // Five points lower arms it again.
        assert!(story.used(75.0).is_empty());
        assert_eq!(story.used(80.0), ["Near"]);
    }

    #[test]
    fn bounds_that_tremble_or_slide_are_no_new_window() {
        let mut story = Story::new();
        story.used(10.0);
        assert_eq!(story.used(90.0), ["Near"]);
        for _ in 0..100 {
            story.resets_at = story.resets_at.map(|r| r + SignedDuration::from_mins(5));
            assert!(story.used(90.0).is_empty());
        }
    }

    #[test]
    fn a_new_window_that_is_already_near_is_told() {
        let mut story = Story::new();
        story.used(10.0);
        story.used(100.0);
        story.next_window();
        assert_eq!(story.used(85.0), ["Near"]);
        story.next_window();
        assert_eq!(story.used(2.0), ["Back"]);
    }

    #[test]
    fn without_any_reset_time_a_rising_figure_tells_of_the_reset() {
        let mut story = Story::new();
        story.resets_at = None;
        story.used(10.0);
        assert_eq!(story.used(100.0), ["Spent"]);
        assert_eq!(story.used(40.0), ["Back"]);
    }

    #[test]
    fn a_refused_key_is_told_once_until_it_works_again() {
        let mut story = Story::new();
        let account = AccountId(ACCOUNT.to_owned());
        let refused = Failure::new(FailureKind::KeyRejected);
        assert_eq!(story.memory.failed(&account, &refused), Some(Edge::Refused));
        assert_eq!(story.memory.failed(&account, &refused), None);
        story.used(10.0);
        assert_eq!(story.memory.failed(&account, &refused), Some(Edge::Refused));
    }

    #[test]
    fn a_plan_that_was_never_there_cannot_lapse() {
        let mut story = Story::new();
        let account = AccountId(ACCOUNT.to_owned());
        let lapsed = Failure::new(FailureKind::NoActivePlan);
        assert_eq!(story.memory.failed(&account, &lapsed), None);
        story.used(10.0);
        assert_eq!(story.memory.failed(&account, &lapsed), Some(Edge::Lapsed));
        assert_eq!(story.memory.failed(&account, &lapsed), None);
    }
}
