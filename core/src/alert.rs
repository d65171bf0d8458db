//! Which change deserves a notice, once.
//!
//! Owns the edges of windows and accounts and the memory of what was told. Refuses words: `present` finds them when a
//! notice is shown, so that it says what is true then.

mod edge;
mod memory;
mod old;
mod once;
mod owed;
mod snooze;
#[cfg(test)]
mod tests;
mod told;
mod window;

use serde::{Deserialize, Serialize};

use crate::account::AccountId;

pub use edge::Edge;
pub use memory::Memory;
pub use owed::{Mark, Owed};
pub use snooze::Snooze;

/// Names a notice over its life: one try of telling something.
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
    /// Which try of telling it is.
    pub id: NoticeId,
    /// What it is about; the gravest where it tells of several things.
    pub kind: NoticeKind,
    /// The account that a click opens; `None` where it tells of several accounts or of none.
    pub account: Option<AccountId>,
    /// The fact. Plain text; a shell that speaks markup must escape it.
    pub title: String,
    /// The time and the next step. Plain text.
    pub body: String,
    /// Whether it needs the user, as a refused key does.
    pub urgent: bool,
    /// What can be pressed on it, where the notification service has buttons.
    pub buttons: Vec<NoticeButton>,
}

/// Something to press on a notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeButton {
    /// What it says.
    pub label: String,
    /// What it does.
    pub does: NoticeAction,
}

/// What pressing a button of a notice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAction {
    /// Opens the window at the account, as a click on the notice does.
    Open,
    /// Snoozes the account of the notice, or all of them, for an hour.
    Snooze,
}
