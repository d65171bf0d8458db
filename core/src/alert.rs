//! Which changes need a notification, each once, and which of them were shown before.
//!
//! Texts are made in `present` when a notification is shown, so that they describe the state at that time.

mod account_state;
mod event;
mod latch;
mod memory;
mod old;
mod pending;
mod snooze;
#[cfg(test)]
mod tests;
mod window_state;

use serde::{Deserialize, Serialize};

use crate::account::AccountId;

pub use event::AlertEvent;
pub use memory::Memory;
pub use pending::{AlertKey, PendingAlert};
pub use snooze::Snooze;

/// Identifies one attempt to show a notification. For a notification shown in the window instead, it identifies the
/// account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeId(pub String);

/// What a notification is about; the settings have a switch for each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A window has passed the near or the critical threshold.
    Near,
    Spent,
    /// Quota is available again in a window that was near or spent.
    Back,
    /// MiniMax rejects the key.
    Refused,
    /// The plan of the key has ended.
    Lapsed,
    Balance,
    RunsOut,
    /// Quota will be left unused at the coming reset.
    Unused,
    Peak,
    /// The user tests whether notifications are shown.
    Test,
}

/// How long notifications are snoozed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SnoozeFor {
    Hour,
    /// Until the next reset of a metered window in the account's headline row, or of any account's where none is named.
    /// One hour if no reset is known.
    UntilReset,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub id: NoticeId,
    /// The kind; the gravest one where the notification covers several changes.
    pub kind: NoticeKind,
    /// The account that a click opens; `None` if the notification covers several accounts or none.
    pub account: Option<AccountId>,
    /// The fact. Plain text: where the notification service interprets markup, the shell must escape it.
    pub title: String,
    /// The time and the next step. Plain text.
    pub body: String,
    /// Whether the user must act, as after a rejected key.
    pub urgent: bool,
    /// Buttons, shown if the notification service supports them.
    pub buttons: Vec<NoticeButton>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeButton {
    pub label: String,
    pub does: NoticeAction,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeAction {
    /// Opens the window at the account, as a click on the notification does.
    Open,
    /// Snoozes the notification's account for an hour, or all accounts if it has none.
    Snooze,
}
