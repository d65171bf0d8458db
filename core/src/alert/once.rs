//! Something that is told once for as long as it holds.

use serde::{Deserialize, Serialize};

/// Whether something holds, and whether it was told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub(super) enum Once {
    /// It does not hold.
    #[default]
    No,
    /// It holds and has to be told.
    Owed,
    /// It holds and was told, or noted in silence.
    Noted,
}

impl Once {
    /// Notes that it holds.
    pub(super) fn holds(&mut self) {
        if *self == Self::No {
            *self = Self::Owed;
        }
    }

    /// Notes that it was told, or that it need not be.
    pub(super) fn note(&mut self) {
        if *self == Self::Owed {
            *self = Self::Noted;
        }
    }
}

/// As it was written by this version or by the first one, which only knew told or not.
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
