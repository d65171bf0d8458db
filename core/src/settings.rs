//! What the user has chosen, as one schema-versioned value.
//!
//! Owns the fields and their limits. Refuses keys, and refuses to lose what a newer version wrote.

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

/// The schema this version writes.
pub const SCHEMA: u32 = 1;

/// What the user has chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch of the settings")]
pub struct Settings {
    /// The schema the file was written with.
    pub schema: u32,
    /// `auto` (the system's), `en` or `zh-CN`.
    pub language: Language,
    /// `system`, `light` or `dark`.
    pub theme: Theme,
    /// The key combination that opens the window from anywhere, as `Ctrl+Alt+M`; empty for none.
    pub global_shortcut: String,
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
    /// Whether a window near its limit is told of.
    pub notice_near: bool,
    /// Whether a window that is used up is told of.
    pub notice_spent: bool,
    /// Whether a window that has room again is told of.
    pub notice_back: bool,
    /// Whether a refused key is told of.
    pub notice_refused: bool,
    /// Whether a plan that has lapsed is told of.
    pub notice_lapsed: bool,
    /// Whether a low balance is told of.
    pub notice_balance: bool,
    /// Whether a window that will run out before its reset is told of.
    pub notice_runs_out: bool,
    /// Whether quota that will be left unused at a reset is told of.
    pub notice_unused: bool,
    /// Whether the beginning of the peak hours is told of.
    pub notice_peak: bool,
    /// When no notice is shown, as `22:00-07:00` in the user's zone; empty for never.
    pub quiet_hours: String,
    /// The kinds of notices that are shown in quiet hours too, by name, with commas between; empty for none.
    pub quiet_allows: String,
    /// The peak hours as `15:00-17:30`; empty for MiniMax's own, `off` for none.
    pub peak_hours: String,
    /// The zone of the peak hours: `UTC+8` and the like, or `local`; empty for MiniMax's own.
    pub peak_zone: String,
    /// How many short windows a week holds, 1 to 100; 0 for MiniMax's own figure.
    pub weekly_windows: u32,
    /// How many requests one image-understanding call costs, 1 to 100; 0 for MiniMax's own figure.
    pub vlm_requests: u32,
    /// How many days the history is kept, 7 to 400.
    pub history_days: u32,
    /// The panel that the tray picture is drawn for: `auto`, `light` or `dark`.
    pub tray_theme: String,
    /// Whether the tray picture has the figure in it.
    pub tray_digits: bool,
    /// The id of the account that the tray picture shows; empty, or of no account, for the tightest.
    pub tray_account: String,
    /// The window that the tray picture shows: `tightest`, `interval` or `weekly`.
    pub tray_window: String,
    /// The accounts in the user's order.
    pub accounts: Vec<Account>,
    /// What a newer version wrote here.
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, Value>,
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

/// The colours of the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// The system's.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
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

    /// Finds an account by its id.
    #[must_use]
    pub fn account(&self, id: &AccountId) -> Option<&Account> {
        self.accounts.iter().find(|a| a.id == *id)
    }

    /// Finds an account by the user's name for it, else by its id.
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
