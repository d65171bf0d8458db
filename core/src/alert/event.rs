//! The changes that need a notification: their kinds and their order.

use jiff::{SignedDuration, Timestamp};

use super::NoticeKind;
use crate::level::Level;
use crate::reading::{Balance, Row, Window};

/// A change that needs a notification, with the current data about it.
#[derive(Clone, Debug, PartialEq)]
pub enum AlertEvent {
    /// A window has reached a worse level: near, critical or spent.
    Worse { row: Row, window: Window, level: Level },
    /// Quota is available again in a window that was reported as near or spent.
    Back { row: Row, window: Window },
    /// The whole plan is used up, according to a status code without rows.
    PlanSpent,
    /// The plan can be used again after [`Self::PlanSpent`].
    PlanBack,
    /// MiniMax rejects the key.
    Refused,
    /// The plan of the key has ended.
    Lapsed,
    /// The balance is low (`Level::Near`) or used up (`Level::Spent`).
    Money { balance: Balance, level: Level },
    RunsOut {
        row: Row,
        window: Window,
        /// When it runs out, by the server's clock.
        at: Timestamp,
        before_reset: SignedDuration,
    },
    /// A large part of a week will be left unused at its reset.
    Unused { row: Row, window: Window },
    Peak {
        /// When they end, by the local clock.
        until: Timestamp,
    },
}

impl AlertEvent {
    /// Returns the kind that the settings switch on and off.
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

    /// Ranks changes for a notification that covers several; the highest comes first.
    #[must_use]
    pub const fn severity(&self) -> u8 {
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
