//! An alert that is shown once while its condition holds.

use serde::{Deserialize, Serialize};

/// Whether the condition holds, and whether a notification was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub(super) enum Once {
    /// The condition does not hold.
    #[default]
    No,
    /// The condition holds and a notification is due.
    Owed,
    /// The condition holds and the notification was shown, or skipped as unwanted.
    Noted,
}

impl Once {
    /// Records that the condition holds.
    pub(super) fn holds(&mut self) {
        if *self == Self::No {
            *self = Self::Owed;
        }
    }

    /// Records that the notification was shown or is not needed.
    pub(super) fn note(&mut self) {
        if *self == Self::Owed {
            *self = Self::Noted;
        }
    }
}

/// As stored by this version, or by the first one, which stored a boolean.
#[derive(Deserialize)]
#[serde(untagged)]
enum Written {
    Told(bool),
    Known(Known),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Known {
    No,
    Owed,
    Noted,
}

impl From<Written> for Once {
    fn from(written: Written) -> Self {
        match written {
            Written::Told(false) | Written::Known(Known::No) => Self::No,
            Written::Known(Known::Owed) => Self::Owed,
            Written::Told(true) | Written::Known(Known::Noted) => Self::Noted,
        }
    }
}
