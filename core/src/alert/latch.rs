//! An alert that is shown once while its condition holds.

use serde::{Deserialize, Serialize};

/// Whether the condition holds, and whether a notification was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub(super) enum Latch {
    /// The condition does not hold.
    #[default]
    No,
    /// The condition holds and a notification is due.
    #[serde(rename = "owed")]
    Pending,
    /// The condition holds and the notification was shown, or skipped as unwanted.
    Noted,
}

impl Latch {
    /// Records that the condition holds.
    pub(super) fn holds(&mut self) {
        if *self == Self::No {
            *self = Self::Pending;
        }
    }

    /// Records that the notification was shown or is not needed.
    pub(super) fn note(&mut self) {
        if *self == Self::Pending {
            *self = Self::Noted;
        }
    }
}

/// As stored by this version, or by the first one, which stored a boolean.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Flag(bool),
    Known(Known),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Known {
    No,
    #[serde(rename = "owed")]
    Pending,
    Noted,
}

impl From<Written> for Latch {
    fn from(written: Written) -> Self {
        match written {
            Written::Flag(false) | Written::Known(Known::No) => Self::No,
            Written::Known(Known::Pending) => Self::Pending,
            Written::Flag(true) | Written::Known(Known::Noted) => Self::Noted,
        }
    }
}
