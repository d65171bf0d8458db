//! The user's settings as one schema-versioned value.
//!
//! They contain no keys, and fields written by a newer version are kept.

mod accounts;
pub(crate) mod choices;
mod expected;
mod import;
pub mod notices;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::{Account, AccountId};
use crate::level::Thresholds;
use crate::reading::Percent;

pub use expected::{Expected, SettingError};

/// The schema that this version writes.
pub const SCHEMA: u32 = 1;

/// The user's settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch of the settings")]
pub struct Settings {
    /// The schema of the file.
    pub schema: u32,
    /// `auto` (the system's), `en` or `zh-CN`.
    pub language: Language,
    /// `system`, `light` or `dark`.
    pub theme: Theme,
    /// The global key combination that opens the window, such as `Ctrl+Alt+M`; empty for none.
    pub global_shortcut: String,
    /// Minutes between two polls, 1 to 60.
    pub interval_minutes: u32,
    /// A window is near its limit from this percentage used, 1 to 99.
    pub near_percent: u32,
    /// A window is critical from this percentage used, above `near_percent`, up to 99.
    pub critical_percent: u32,
    /// Whether notifications are shown at all.
    pub notices: bool,
    /// Whether figures show what is used instead of what is left.
    pub show_used: bool,
    /// Whether `tidemark key` prints a key.
    pub key_command: bool,
    /// An HTTP(S) or SOCKS5 proxy; empty for the environment's.
    pub proxy: String,
    /// Whether to notify when a window is near its limit.
    pub notice_near: bool,
    /// Whether to notify when a window is used up.
    pub notice_spent: bool,
    /// Whether to notify when a used-up window is available again.
    pub notice_back: bool,
    /// Whether to notify when MiniMax rejects a key.
    pub notice_refused: bool,
    /// Whether to notify when a plan has expired.
    pub notice_lapsed: bool,
    /// Whether to notify when a balance is low.
    pub notice_balance: bool,
    /// Whether to notify when a window will run out before its reset.
    pub notice_runs_out: bool,
    /// Whether to notify when quota will be left unused at a reset.
    pub notice_unused: bool,
    /// Whether to notify when the peak hours begin.
    pub notice_peak: bool,
    /// When no notification is shown, as `22:00-07:00` in the user's zone; empty for never.
    pub quiet_hours: String,
    /// The kinds of notifications that are shown in quiet hours too, by name, comma-separated; empty for
    /// none.
    pub quiet_allows: String,
    /// The peak hours as `15:00-17:30`; empty for MiniMax's own, `off` for none.
    pub peak_hours: String,
    /// The zone of the peak hours: an offset such as `UTC+8`, or `local`; empty for MiniMax's own.
    pub peak_zone: String,
    /// How many short windows a week holds, 1 to 100; 0 for MiniMax's own figure.
    pub weekly_windows: u32,
    /// How many requests one image-understanding call costs, 1 to 100; 0 for MiniMax's own figure.
    pub vlm_requests: u32,
    /// How many days the history is kept, 7 to 400.
    pub history_days: u32,
    /// The panel colour that the tray icon is drawn for: `auto`, `light` or `dark`.
    pub tray_theme: String,
    /// Whether the tray icon contains the figure.
    pub tray_digits: bool,
    /// The id of the account in the tray icon; if empty or unknown, the account that most needs attention.
    pub tray_account: String,
    /// The window in the tray icon: `tightest`, `interval` or `weekly`.
    pub tray_window: String,
    /// The accounts in the user's order.
    pub accounts: Vec<Account>,
    /// Fields of a newer version.
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, Value>,
}

/// The language of the texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// The system's; English if that is not available.
    #[default]
    #[serde(rename = "auto")]
    Auto,
    #[serde(rename = "en")]
    English,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    Chinese,
}

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            schema: SCHEMA,
            language: Language::Auto,
            theme: Theme::System,
            global_shortcut: String::new(),
            interval_minutes: 5,
            near_percent: 80,
            critical_percent: 95,
            notices: true,
            show_used: false,
            key_command: false,
            proxy: String::new(),
            notice_near: true,
            notice_spent: true,
            notice_back: true,
            notice_refused: true,
            notice_lapsed: true,
            notice_balance: true,
            notice_runs_out: false,
            notice_unused: false,
            notice_peak: false,
            quiet_hours: String::new(),
            quiet_allows: String::new(),
            peak_hours: String::new(),
            peak_zone: String::new(),
            weekly_windows: 0,
            vlm_requests: 0,
            history_days: 400,
            tray_theme: "auto".to_owned(),
            tray_digits: false,
            tray_account: String::new(),
            tray_window: "tightest".to_owned(),
            accounts: Vec::new(),
            unknown: serde_json::Map::new(),
        }
    }
}

impl Settings {
    /// The thresholds as shares.
    #[must_use]
    pub fn thresholds(&self) -> Thresholds {
        let share = |percent: u32| Percent::of(u64::from(percent), 100).unwrap_or(Percent::FULL);
        Thresholds { near: share(self.near_percent), critical: share(self.critical_percent) }
    }

    /// The poll interval.
    #[must_use]
    pub fn interval(&self) -> jiff::SignedDuration {
        jiff::SignedDuration::from_mins(i64::from(self.interval_minutes.clamp(1, 60)))
    }

    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|a| a.id == *id)
    }

    /// Finds an account by the user's name for it, otherwise by its id.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Account> {
        let name = name.trim();
        self.accounts
            .iter()
            .find(|a| a.name == name)
            .or_else(|| self.accounts.iter().find(|a| a.id.0 == name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_newer_version_wrote_is_kept() {
        let text = r#"{"schema":7,"interval_minutes":9,"moon_phase":"full","accounts":[]}"#;
        let settings: Settings = serde_json::from_str(text).expect("it reads");
        let again = serde_json::to_value(&settings).expect("it writes");
        assert_eq!(again["moon_phase"], "full");
        assert_eq!(again["schema"], 7);
        assert_eq!(settings.interval_minutes, 9);
    }
}
