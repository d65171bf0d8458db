//! The table of all settings: read, set, check and repair each by its key.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

use super::expected::{Expected, SettingError};
use super::notices::{kinds, name_of};
use super::{Language, Settings, Theme};
use crate::hours::Hours;
use crate::plan::Zone;
use crate::quiet::Quiet;
use crate::shortcut::Shortcut;

/// One setting.
#[derive(Clone, Copy)]
pub(crate) struct Choice {
    /// The name in the file and on the command line.
    pub(crate) key: &'static str,
    pub(crate) slot: Slot,
}

/// The field of a setting, and its type.
#[derive(Clone, Copy)]
pub(crate) enum Slot {
    Language,
    Theme,
    Switch(fn(&mut Settings) -> &mut bool),
    /// A whole number within bounds.
    Whole(fn(&mut Settings) -> &mut u32, u32, u32),
    /// A whole number within bounds, or 0 for MiniMax's own.
    WholeOrOwn(fn(&mut Settings) -> &mut u32, u32, u32),
    /// One of a few names.
    OneOf(fn(&mut Settings) -> &mut String, &'static [&'static str]),
    /// The id of an account; its name is accepted too. Empty for none.
    Account(fn(&mut Settings) -> &mut String),
    /// A text that the function normalises; `None` if it is invalid.
    Text(fn(&mut Settings) -> &mut String, fn(&str) -> Option<String>, Expected),
}

/// All settings, in the order they are listed.
pub(crate) const CHOICES: [Choice; 30] = {
    use Slot::{Account, Language, OneOf, Switch, Text, Theme, Whole, WholeOrOwn};
    const fn of(key: &'static str, slot: Slot) -> Choice {
        Choice { key, slot }
    }
    [
        of("language", Language),
        of("theme", Theme),
        of("global_shortcut", Text(|s| &mut s.global_shortcut, shortcut, Expected::Shortcut)),
        of("interval_minutes", Whole(|s| &mut s.interval_minutes, 1, 60)),
        of("near_percent", Whole(|s| &mut s.near_percent, 1, 98)),
        of("critical_percent", Whole(|s| &mut s.critical_percent, 2, 99)),
        of("notices", Switch(|s| &mut s.notices)),
        of("show_used", Switch(|s| &mut s.show_used)),
        of("key_command", Switch(|s| &mut s.key_command)),
        of("proxy", Text(|s| &mut s.proxy, proxy, Expected::Proxy)),
        of("notice_near", Switch(|s| &mut s.notice_near)),
        of("notice_spent", Switch(|s| &mut s.notice_spent)),
        of("notice_back", Switch(|s| &mut s.notice_back)),
        of("notice_refused", Switch(|s| &mut s.notice_refused)),
        of("notice_lapsed", Switch(|s| &mut s.notice_lapsed)),
        of("notice_balance", Switch(|s| &mut s.notice_balance)),
        of("notice_runs_out", Switch(|s| &mut s.notice_runs_out)),
        of("notice_unused", Switch(|s| &mut s.notice_unused)),
        of("notice_peak", Switch(|s| &mut s.notice_peak)),
        of("quiet_hours", Text(|s| &mut s.quiet_hours, quiet_hours, Expected::Hours)),
        of("quiet_allows", Text(|s| &mut s.quiet_allows, quiet_allows, Expected::Kinds)),
        of("peak_hours", Text(|s| &mut s.peak_hours, peak_hours, Expected::PeakHours)),
        of("peak_zone", Text(|s| &mut s.peak_zone, peak_zone, Expected::Zone)),
        of("weekly_windows", WholeOrOwn(|s| &mut s.weekly_windows, 1, 100)),
        of("vlm_requests", WholeOrOwn(|s| &mut s.vlm_requests, 1, 100)),
        of("history_days", Whole(|s| &mut s.history_days, 7, 400)),
        of("tray_theme", OneOf(|s| &mut s.tray_theme, &["auto", "light", "dark"])),
        of("tray_digits", Switch(|s| &mut s.tray_digits)),
        of("tray_account", Account(|s| &mut s.tray_account)),
        of("tray_window", OneOf(|s| &mut s.tray_window, &["tightest", "interval", "weekly"])),
    ]
};

pub(crate) fn choice(key: &str) -> Option<&'static Choice> {
    const { &CHOICES }.iter().find(|choice| choice.key == key)
}

impl Settings {
    /// All settings as key and value, in a stable order; accounts are not included.
    #[must_use]
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        CHOICES.iter().filter_map(|of| self.get(of.key).map(|value| (of.key, value))).collect()
    }

    /// A setting as text; `None` for an unknown key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<String> {
        let bare = Self { accounts: Vec::new(), unknown: serde_json::Map::new(), ..self.clone() };
        let value = serde_json::to_value(bare).ok()?;
        match value.get(choice(key)?.key)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Changes one setting; an invalid value changes nothing.
    ///
    /// # Errors
    ///
    /// [`SettingError`] has the key and what it takes.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), SettingError> {
        let choice = choice(key).ok_or_else(|| SettingError::NoSuchKey(key.to_owned()))?;
        let mut next = self.clone();
        choice.take(&mut next, text.trim())?;
        next.check_thresholds(key)?;
        *self = next;
        Ok(())
    }

    /// Checks all values.
    ///
    /// # Errors
    ///
    /// [`SettingError`] has the first invalid key and what it takes.
    pub fn check(&self) -> Result<(), SettingError> {
        let mut copy = self.clone();
        CHOICES.iter().try_for_each(|choice| choice.check(&mut copy))?;
        self.check_thresholds("critical_percent")
    }

    /// Resets every invalid setting to its default; returns their keys. If the two thresholds are not in
    /// order both are reset, and only `critical_percent` is listed.
    pub fn mend(&mut self) -> Vec<&'static str> {
        let mut fresh = Self::default();
        let mut mended = Vec::new();
        for choice in &CHOICES {
            if choice.check(self).is_err() {
                choice.copy(&mut fresh, self);
                mended.push(choice.key);
            }
        }
        if self.check_thresholds("critical_percent").is_err() {
            (self.near_percent, self.critical_percent) = (fresh.near_percent, fresh.critical_percent);
            mended.push("critical_percent");
        }
        mended
    }

    /// `near_percent` must be below `critical_percent`; the error has the key in `touched`.
    fn check_thresholds(&self, touched: &str) -> Result<(), SettingError> {
        if self.near_percent < self.critical_percent {
            return Ok(());
        }
        Err(if touched == "near_percent" {
            SettingError::Takes { key: "near_percent", takes: Expected::BelowCritical(self.critical_percent) }
        } else {
            SettingError::Takes { key: "critical_percent", takes: Expected::AboveNear(self.near_percent) }
        })
    }
}

impl Choice {
    /// Sets the value from text.
    fn take(self, settings: &mut Settings, text: &str) -> Result<(), SettingError> {
        let refused = SettingError::Takes { key: self.key, takes: self.expected() };
        match self.slot {
            Slot::Language => settings.language = language(text).ok_or(refused)?,
            Slot::Theme => settings.theme = theme(text).ok_or(refused)?,
            Slot::Switch(at) => *at(settings) = switch(text).ok_or(refused)?,
            Slot::Whole(at, least, most) => {
                *at(settings) = whole(text).filter(|n| (least..=most).contains(n)).ok_or(refused)?;
            }
            Slot::WholeOrOwn(at, least, most) => {
                let fits = |n: &u32| *n == 0 || (least..=most).contains(n);
                *at(settings) = whole(text).filter(fits).ok_or(refused)?;
            }
            Slot::OneOf(at, names) if names.contains(&text) => text.clone_into(at(settings)),
            Slot::OneOf(..) => return Err(refused),
            Slot::Account(at) if text.is_empty() => at(settings).clear(),
            Slot::Account(at) => {
                let id = settings.named(text).ok_or(refused)?.id.0.clone();
                *at(settings) = id;
            }
            Slot::Text(at, read, _) => *at(settings) = read(text).ok_or(refused)?,
        }
        Ok(())
    }

    /// Checks the present value without changing it.
    fn check(self, settings: &mut Settings) -> Result<(), SettingError> {
        let fits = match self.slot {
            // The id of a removed account is valid: the tray then chooses an account itself.
            Slot::Language | Slot::Theme | Slot::Switch(_) | Slot::Account(_) => true,
            Slot::Whole(at, least, most) => (least..=most).contains(at(settings)),
            Slot::WholeOrOwn(at, least, most) => *at(settings) == 0 || (least..=most).contains(at(settings)),
            Slot::OneOf(at, names) => names.contains(&at(settings).as_str()),
            Slot::Text(at, read, _) => read(at(settings)).is_some(),
        };
        if fits { Ok(()) } else { Err(SettingError::Takes { key: self.key, takes: self.expected() }) }
    }

    /// Copies the value from other settings.
    pub(super) fn copy(self, from: &mut Settings, to: &mut Settings) {
        match self.slot {
            Slot::Language => to.language = from.language,
            Slot::Theme => to.theme = from.theme,
            Slot::Switch(at) => *at(to) = *at(from),
            Slot::Whole(at, ..) | Slot::WholeOrOwn(at, ..) => *at(to) = *at(from),
            Slot::OneOf(at, _) | Slot::Account(at) | Slot::Text(at, ..) => at(to).clone_from(at(from)),
        }
    }

    pub(super) const fn expected(self) -> Expected {
        match self.slot {
            Slot::Language => Expected::Language,
            Slot::Theme => Expected::Theme,
            Slot::Switch(_) => Expected::Switch,
            Slot::Whole(_, least, most) => Expected::Whole { least, most },
            Slot::WholeOrOwn(_, least, most) => Expected::WholeOrOwn { least, most },
            Slot::OneOf(_, names) => Expected::OneOf(names),
            Slot::Account(_) => Expected::Account,
            Slot::Text(_, _, expected) => expected,
        }
    }
}

fn language(text: &str) -> Option<Language> {
    match text {
        "auto" => Some(Language::Auto),
        "en" => Some(Language::English),
        "zh-CN" => Some(Language::Chinese),
        _ => None,
    }
}

fn theme(text: &str) -> Option<Theme> {
    match text {
        "system" => Some(Theme::System),
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Parses a switch as users write it.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text {
        "true" | "on" | "yes" => Some(true),
        "false" | "off" | "no" => Some(false),
        _ => None,
    }
}

fn whole(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

fn shortcut(text: &str) -> Option<String> {
    if text.is_empty() { Some(String::new()) } else { Some(Shortcut::parse(text)?.to_string()) }
}

fn quiet_hours(text: &str) -> Option<String> {
    Some(Quiet::parse(text).ok()?.map(|quiet| quiet.to_string()).unwrap_or_default())
}

fn quiet_allows(text: &str) -> Option<String> {
    let mut names: Vec<&str> = Vec::new();
    for name in kinds(text)?.into_iter().map(name_of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Some(names.join(","))
}

fn peak_hours(text: &str) -> Option<String> {
    match text.trim() {
        "" => Some(String::new()),
        "off" => Some("off".to_owned()),
        hours => Some(Hours::parse(hours).ok()?.to_string()),
    }
}

fn peak_zone(text: &str) -> Option<String> {
    let zone = text.trim();
    (zone.is_empty() || Zone::parse(zone).is_ok()).then(|| zone.to_owned())
}

/// Accepts `scheme://[user:password@]host[:port][/]`.
fn proxy(text: &str) -> Option<String> {
    const LONGEST: usize = 500;
    if text.is_empty() {
        return Some(String::new());
    }
    let rest = ["http://", "https://", "socks5://"].iter().find_map(|scheme| text.strip_prefix(scheme))?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (user, host) = rest.rsplit_once('@').unwrap_or(("", rest));
    let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '/' | '?' | '#' | '"' | '<' | '>' | '\\');
    let fits = text.len() <= LONGEST && user.chars().all(is_plain) && is_host(host);
    fits.then(|| text.to_owned())
}

fn is_host(text: &str) -> bool {
    let is_port = |port: &str| port.is_empty() || port.parse::<u16>().is_ok_and(|port| port > 0);
    if let Some(rest) = text.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let is_end = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return address.parse::<Ipv6Addr>().is_ok() && is_end;
    }
    let (name, port) = text.split_once(':').unwrap_or((text, ""));
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    // A name that ends in a number is treated as an IPv4 address, so it must be a valid one.
    let last = name.rsplit('.').next().unwrap_or_default();
    let is_number =
        last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") || last.starts_with("0X");
    let is_whole = !is_number || name.parse::<Ipv4Addr>().is_ok();
    name.split('.').all(|label| !label.is_empty()) && name.chars().all(is_name) && is_whole && is_port(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_listed_read_and_set_to_what_it_is() {
        let mut settings = Settings::default();
        let written = serde_json::to_value(&settings).expect("it writes");
        let fields = written.as_object().expect("an object");
        let keys: Vec<_> = settings.entries().into_iter().map(|(key, _)| key).collect();
        for field in fields.keys().filter(|f| !["schema", "accounts"].contains(&f.as_str())) {
            assert!(keys.contains(&field.as_str()), "{field} has no key");
        }
        for (key, value) in Settings::default().entries() {
            assert_eq!(settings.set(key, &value), Ok(()), "{key}");
        }
        assert_eq!(settings, Settings::default());
        assert_eq!((settings.get("accounts"), settings.get("schema"), settings.get("")), (None, None, None));
    }

    #[test]
    fn every_setting_takes_what_it_promises_and_keeps_it() {
        for (key, given, kept) in [
            ("language", "zh-CN", "zh-CN"),
            ("theme", "dark", "dark"),
            ("theme", "system", "system"),
            ("global_shortcut", "alt+ctrl+m", "Ctrl+Alt+M"),
            ("global_shortcut", "", ""),
            ("interval_minutes", "60", "60"),
            ("near_percent", "94", "94"),
            ("critical_percent", "81", "81"),
            ("notices", "no", "false"),
            ("show_used", "on", "true"),
            ("key_command", "yes", "true"),
            ("proxy", "http://user:pass@proxy.example:8080/", "http://user:pass@proxy.example:8080/"),
            ("proxy", "socks5://[::1]:1080", "socks5://[::1]:1080"),
            ("proxy", "https://10.0.0.1", "https://10.0.0.1"),
            ("notice_peak", "true", "true"),
            ("quiet_hours", " 22:00 – 7:00 ", "22:00-07:00"),
            ("quiet_allows", "spent, refused,spent", "spent,refused"),
            ("peak_hours", "off", "off"),
            ("peak_hours", "9:00-11:30", "09:00-11:30"),
            ("peak_zone", "UTC+5:45", "UTC+5:45"),
            ("peak_zone", "local", "local"),
            ("weekly_windows", "100", "100"),
            ("weekly_windows", "0", "0"),
            ("vlm_requests", "1", "1"),
            ("history_days", "7", "7"),
            ("tray_theme", "dark", "dark"),
            ("tray_digits", "on", "true"),
            ("tray_account", "", ""),
            ("tray_window", "weekly", "weekly"),
        ] {
            let mut settings = Settings::default();
            assert_eq!(settings.set(key, given), Ok(()), "{key}");
            assert_eq!(settings.get(key).as_deref(), Some(kept), "{key}");
            assert_eq!(settings.check(), Ok(()), "{key}");
            assert_eq!(settings.mend(), Vec::<&str>::new(), "{key}");
        }
    }

    #[test]
    fn a_refused_value_changes_nothing_and_names_its_setting() {
        let mut settings = Settings::default();
        for (key, value) in [
            ("interval_minutes", "0"),
            ("interval_minutes", "61"),
            ("interval_minutes", "+5"),
            ("interval_minutes", "1e99"),
            ("near_percent", "95"),
            ("near_percent", "0"),
            ("critical_percent", "100"),
            ("critical_percent", "80"),
            ("notices", "perhaps"),
            ("notice_unused", ""),
            ("language", "fr"),
            ("theme", "black"),
            ("global_shortcut", "M"),
            ("global_shortcut", "Ctrl+Alt"),
            ("proxy", "ftp://x"),
            ("proxy", "http://"),
            ("proxy", "http://a b"),
            ("proxy", "http://x:99999"),
            ("proxy", "http://x/path"),
            ("proxy", "http://[x]"),
            ("proxy", "http://10.0.0.256"),
            ("proxy", "http://a..b"),
            ("quiet_hours", "22:00-22:00"),
            ("quiet_hours", "nights"),
            ("quiet_allows", "near,everything"),
            ("quiet_allows", "test"),
            ("peak_hours", "never"),
            ("peak_zone", "Europe/Berlin"),
            ("weekly_windows", "101"),
            ("vlm_requests", "-1"),
            ("history_days", "6"),
            ("history_days", "401"),
            ("tray_theme", "pink"),
            ("tray_digits", "3"),
            ("tray_account", "nobody"),
            ("tray_window", ""),
            ("accounts", "[]"),
            ("schema", "2"),
        ] {
            let refused = settings.set(key, value).map_err(|e| e.to_string());
            assert!(refused.as_ref().is_err_and(|m| m.contains(key)), "{key} {refused:?}");
        }
        assert_eq!(settings, Settings::default());
    }

    #[test]
    fn values_out_of_bounds_are_mended_not_fatal() {
        let mut settings = Settings {
            interval_minutes: 0,
            near_percent: 99,
            quiet_hours: "late".to_owned(),
            quiet_allows: "all".to_owned(),
            history_days: 4000,
            notices: false,
            ..Settings::default()
        };
        assert!(settings.check().is_err_and(|e| e.to_string().contains("interval_minutes")));
        let mended = settings.mend();
        assert_eq!(
            mended,
            ["interval_minutes", "near_percent", "quiet_hours", "quiet_allows", "history_days"]
        );
        assert_eq!(settings, Settings { notices: false, ..Settings::default() });
        let mut crossed = Settings { near_percent: 90, critical_percent: 60, ..Settings::default() };
        assert_eq!(crossed.mend(), ["critical_percent"]);
        assert_eq!(crossed, Settings::default());
    }
}
