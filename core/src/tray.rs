//! What the tray shows, as one comparable value.
//!
//! Owns the parameters of the picture, the tooltip, the title and the menu. Refuses pixels and desktop libraries.

use crate::account::AccountId;
use crate::alert::SnoozeFor;
use crate::level::Level;

/// What the tray shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Tray {
    /// The picture to draw.
    pub picture: Picture,
    /// The panel that the picture is drawn for.
    pub theme: Theme,
    /// A line for each account, or for the worst of many.
    pub tooltip: String,
    /// What the picture shows, in words: for screen readers, and for hosts that print a title.
    pub title: String,
    /// The menu from top to bottom.
    pub menu: Vec<MenuLine>,
}

/// The parameters of the tray picture. Equal parameters give equal pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Picture {
    /// The form, one for each state, told apart without colour.
    pub shape: Shape,
    /// How much is left, in whole percent, 0..=100.
    pub left: u8,
    /// Whether the ring fills with what is used instead of emptying with what is left.
    pub used: bool,
    /// The figure inside, 0..=99.
    pub digits: Option<u8>,
}

/// The panel that a picture must be readable on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Theme {
    /// A light panel: dark colours.
    Light,
    /// A dark panel: bright colours.
    Dark,
    /// A panel nobody knows: bright colours within a dark outline.
    Auto,
}

/// The form of the picture; a figure inside takes the place of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A whole ring that empties.
    Full,
    /// The ring with a notch cut into it: near.
    Notched,
    /// The ring with an exclamation mark in it, or a disc with the figure cut out: critical.
    Exclaimed,
    /// A broken ring with a dot: spent.
    Broken,
    /// A dashed ring: unknown or stale.
    Dashed,
    /// A ring with a key: the key is refused, missing or out of reach.
    Keyed,
}

impl Shape {
    /// Gives the form that stands for a level.
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

/// One line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuLine {
    /// A figure; choosing it opens the window, at the account where it is one's.
    Figure {
        /// What it says.
        text: String,
        /// Whose it is.
        account: Option<AccountId>,
    },
    /// Something to do.
    Action {
        /// What it says.
        text: String,
        /// What it does.
        action: MenuAction,
    },
    /// A menu of its own.
    Submenu {
        /// What it says.
        text: String,
        /// Its lines from top to bottom.
        lines: Vec<MenuLine>,
    },
    /// A line between groups.
    Separator,
}

/// What a menu entry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MenuAction {
    /// Asks MiniMax at once.
    CheckNow,
    /// Silences the notices of all accounts.
    Snooze(SnoozeFor),
    /// Lets notices speak again.
    EndSnooze,
    /// Opens the window.
    Open,
    /// Opens the window at the settings.
    Settings,
    /// Ends the app.
    Quit,
}
