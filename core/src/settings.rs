//! What the user has chosen, as one schema-versioned value.
//!
//! Owns the fields and their limits. Refuses keys, and refuses to lose what a newer version wrote.

use serde::{Deserialize, Serialize};

use crate::account::Account;
use crate::level::Thresholds;
use crate::reading::Percent;

/// The schema this version writes.
pub const SCHEMA: u32 = 1;

/// What the user has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The schema the file was written with.
    pub schema: u32,
    /// `auto` (the system's), `en` or `zh-CN`.
    pub language: Language,
    /// Minutes between two asks, 1 to 60.
    pub interval_minutes: u32,
    /// A window counts as near its limit from this percentage used, 1 to 99.
    pub near_percent: u32,
    /// A window counts as critical from this percentage used, above `near_percent`, up to 99.
    pub critical_percent: u32,
    /// Whether notices are shown at all.
    pub notices: bool,
    /// Whether figures say what is used instead of what is left.
    pub show_used: bool,
    /// Whether `tidemark key` prints a key.
    pub key_command: bool,
    /// An HTTP(S) proxy, empty for the environment's.
    pub proxy: String,
    /// The accounts in the user's order.
    pub accounts: Vec<Account>,
    /// What a newer version wrote here.
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, serde_json::Value>,
}

/// The language of every sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// The system's, English where it is neither.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    /// English.
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            language: Language::Auto,
            interval_minutes: 5,
            near_percent: 80,
            critical_percent: 95,
            notices: true,
            show_used: false,
            key_command: false,
            proxy: String::new(),
            accounts: Vec::new(),
            unknown: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// Gives the thresholds as shares.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        let share = |percent: u32| Percent::of(u64::from(percent), 100).unwrap_or(Percent::FULL);
        Thresholds { near: share(self.near_percent), critical: share(self.critical_percent) }
    }

    /// Gives the interval between two asks.
    #[must_use]
    pub fn interval(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_mins(i64::from(self.interval_minutes.clamp(1, 60)))
    }
}
