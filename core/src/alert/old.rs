//! Reads the alert state that the first version stored, so that an update repeats no notification.
//!
//! The first version stored undelivered notifications with their texts. For each of these, the alert becomes due again.

use jiff::Timestamp;
use serde::Deserialize;

use super::latch::Latch;
use super::window_state::WindowAlertState;
use crate::account::AccountId;
use crate::level::Level;

/// An undelivered notification of the first version. Its id is `account/edge/time`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Pending {
    pub(super) id: String,
    pub(super) account: Option<AccountId>,
}

impl Pending {
    /// Returns the name of the edge in the id.
    pub(super) fn edge(&self) -> &str {
        let mut parts = self.id.rsplit('/');
        parts.next();
        parts.next().unwrap_or_default()
    }
}

/// A window as stored by this version or the first one.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum WrittenWindow {
    Now {
        level: Level,
        noted: Level,
        stands: Level,
        stands_here: bool,
        room: bool,
        #[serde(default)]
        turn: u32,
        #[serde(default)]
        ends_at: Option<Timestamp>,
        left: f64,
        #[serde(default)]
        late: u8,
        #[serde(default)]
        runs_out: Latch,
        #[serde(default)]
        unused: Latch,
    },
    First {
        level: Level,
        said: bool,
        #[serde(default)]
        resets_at: Option<Timestamp>,
        left: f64,
    },
}

impl From<WrittenWindow> for WindowAlertState {
    fn from(written: WrittenWindow) -> Self {
        match written {
            WrittenWindow::Now {
                level,
                noted,
                stands,
                stands_here,
                room,
                turn,
                ends_at,
                left,
                late,
                runs_out,
                unused,
            } => {
                Self { level, noted, stands, stands_here, room, turn, ends_at, left, late, runs_out, unused }
            }
            WrittenWindow::First { level, said, resets_at, left } => Self {
                level,
                noted: level,
                stands: if said { level } else { Level::Good },
                stands_here: said,
                room: false,
                turn: 0,
                ends_at: resets_at,
                left,
                late: 0,
                runs_out: Latch::No,
                unused: Latch::No,
            },
        }
    }
}
