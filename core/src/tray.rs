//! The content of the tray as one comparable value: parameters of the icon, tooltip, title and menu. Drawing and
//! desktop libraries are in the shell.

use crate::account::AccountId;
use crate::alert::SnoozeFor;
use crate::level::Level;

#[derive(Clone, Debug, PartialEq)]
pub struct Tray {
    pub picture: Picture,
    /// The panel that the icon is drawn for.
    pub theme: Theme,
    /// A line for each account, or for the worst of many; a last line if the app had an internal error.
    pub tooltip: String,
    /// What the icon shows, in words: for screen readers, and for tray hosts that display a title.
    pub title: String,
    /// The menu from top to bottom.
    pub menu: Vec<MenuLine>,
}

/// The parameters of the tray icon. Equal parameters give equal pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    /// The form, one for each level, distinguishable without colour.
    pub shape: Shape,
    /// How much is left, in whole percent, 0..=100.
    pub left: u8,
    /// Whether the ring fills with what is used, and does not empty with what is left.
    pub used: bool,
    /// The number inside, 0..=99.
    pub digits: Option<u8>,
}

/// The panel that an icon must be readable on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// A light panel: dark colours.
    Light,
    /// A dark panel: bright colours.
    Dark,
    /// A panel of unknown colour: bright colours within a dark outline.
    Auto,
}

/// The form of the icon. A number inside replaces the form's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Good: a whole ring that empties.
    Full,
    /// Near: the ring with a notch cut into it.
    Notched,
    /// Critical: the ring with an exclamation mark in it, or a disc with the number cut out.
    Exclaimed,
    /// Spent: a broken ring with a dot.
    Broken,
    /// Unknown or stale: a dashed ring.
    Dashed,
    /// Trouble: a ring with a key; the key is rejected, missing or cannot be read.
    Keyed,
}

impl Shape {
    /// Returns the form for a level.
    #[must_use]
    pub const fn of(level: Level) -> Self {
        match level {
            Level::Good => Self::Full,
            Level::Near => Self::Notched,
            Level::Critical => Self::Exclaimed,
            Level::Spent => Self::Broken,
            Level::Unknown => Self::Dashed,
            Level::Trouble => Self::Keyed,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuLine {
    /// A figure. Choosing it opens the window, at the account if it belongs to one.
    Figure {
        text: String,
        /// The account that it belongs to.
        account: Option<AccountId>,
    },
    /// An entry with an action.
    Action {
        text: String,
        action: MenuAction,
    },
    Submenu {
        text: String,
        /// From top to bottom.
        lines: Vec<MenuLine>,
    },
    Separator,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MenuAction {
    /// Polls MiniMax now.
    CheckNow,
    /// Snoozes the notifications of all accounts.
    Snooze(SnoozeFor),
    /// Ends every snooze.
    EndSnooze,
    /// Opens the window.
    Open,
    /// Opens the window at the settings.
    Settings,
    /// Quits the app.
    Quit,
}
