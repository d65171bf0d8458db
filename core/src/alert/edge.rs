//! The changes that deserve a notice.
//!
//! Owns what each tells and how grave it is. Refuses to remember: `memory` does.

use jiff::{SignedDuration, Timestamp};

use super::NoticeKind;
use crate::level::Level;
use crate::reading::{Balance, Row, Window};

/// A change that deserves a notice, with what is true of it now.
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
    /// A window will run out before its reset.
    RunsOut {
        /// The row.
        row: Row,
        /// The window.
        window: Window,
        /// When, by the server's clock.
        at: Timestamp,
        /// How long before the reset.
        before_reset: SignedDuration,
    },
    /// A good part of a week will be left unused at its reset.
    Unused {
        /// The row.
        row: Row,
        /// The week.
        window: Window,
    },
    /// The peak hours have begun.
    Peak {
        /// When they end, by the local clock.
        until: Timestamp,
    },
}

impl Edge {
    /// Gives the kind by which the settings switch it.
    #[must_use]
    pub const fn kind(&self) -> NoticeKind {
        match self {
            Self::Worse { level: Level::Spent, .. } | Self::PlanSpent => NoticeKind::Spent,
            Self::Worse { .. } => NoticeKind::Near,
            Self::Back { .. } | Self::PlanBack => NoticeKind::Back,
            Self::Refused => NoticeKind::Refused,
            Self::Lapsed => NoticeKind::Lapsed,
            Self::Money { .. } => NoticeKind::Balance,
            Self::RunsOut { .. } => NoticeKind::RunsOut,
            Self::Unused { .. } => NoticeKind::Unused,
            Self::Peak { .. } => NoticeKind::Peak,
        }
    }

    /// Orders edges for a notice that tells of several: the gravest first.
    #[must_use]
    pub const fn gravity(&self) -> u8 {
        match self {
            Self::Refused | Self::Lapsed => 6,
            Self::Worse { level: Level::Spent, .. }
            | Self::Money { level: Level::Spent, .. }
            | Self::PlanSpent => 5,
            Self::Worse { level: Level::Critical, .. } => 4,
            Self::Worse { .. } | Self::Money { .. } => 3,
            Self::RunsOut { .. } => 2,
            Self::Back { .. } | Self::PlanBack => 1,
            Self::Unused { .. } | Self::Peak { .. } => 0,
        }
    }
}
