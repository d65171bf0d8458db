//! The findings of `tidemark doctor`: severity of each, and its text for the window.
//!
//! No finding contains an account name or a key, so that a report can be published.

use serde::Serialize;

use crate::account::Region;
use crate::habits::NoticeService;
use crate::message::{KeyringTrouble, Remark};
use crate::text::Words;

/// The texts of all checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    pub checks: Vec<DoctorCheck>,
}

/// The text of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DoctorCheck {
    /// The name of the check for the page.
    pub id: String,
    pub level: Verdict,
    /// The subject of the check.
    pub title: String,
    /// The finding and, if it is bad, what to do.
    pub text: String,
}

/// The severity of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Ok,
    /// Tidemark works with a limitation.
    Warning,
    /// A part of Tidemark does not work.
    Trouble,
}

/// The result of one check.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Tidemark itself.
    App {
        version: &'static str,
        /// The operating system it was built for.
        system: &'static str,
        /// Whether the tray app is running.
        running: bool,
    },
    Display(Display),
    /// What displays tray icons.
    Tray(TrayHost),
    /// What displays notifications.
    Notices(NoticeService),
    /// The keyring, and its problem if any.
    Keyring(Option<KeyringTrouble>),
    /// Number of keys in the keyring that belong to no account.
    StrayKeys(u32),
    /// The connection to a platform.
    Network {
        region: Region,
        host: String,
        reach: Reach,
    },
    /// By how many seconds MiniMax's clock is ahead, if known.
    Clock(Option<i64>),
    /// The settings file, and its problem if any.
    Settings(Option<Remark>),
    /// The history file, and its problem if any.
    History(Option<Remark>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// The operating system's own display.
    System,
    Wayland,
    X11,
    None,
}

/// What displays tray icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayHost {
    /// The operating system itself.
    System,
    /// A tray host is running.
    There,
    /// Icons can be registered, but no host displays them.
    NoHost,
    /// The host does not answer, or has not accepted the icon of the running app.
    Hung,
    /// There is no host.
    Absent,
    /// There is no session bus to reach a host.
    NoBus,
}

/// The result of a connection test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    Reached,
    /// The connection failed, with the operating system's error text.
    Refused(String),
    /// There was no answer.
    Silent,
    /// Not tried: a simulation makes no network requests.
    Untried,
}

/// From this difference in seconds on, a clock counts as wrong.
const CLOCK_IS_OFF: u64 = 90;

impl Finding {
    /// The name of the check for the page.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        match self {
            Self::App { .. } => "app",
            Self::Display(_) => "display",
            Self::Tray(_) => "tray",
            Self::Notices(_) => "notices",
            Self::Keyring(_) => "keyring",
            Self::StrayKeys(_) => "stray-keys",
            Self::Network { region: Region::Global, .. } => "network-global",
            Self::Network { region: Region::China, .. } => "network-china",
            Self::Clock(_) => "clock",
            Self::Settings(_) => "settings",
            Self::History(_) => "history",
        }
    }

    /// The severity.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        let is_well = match self {
            Self::App { .. } => true,
            Self::Display(display) => !matches!(display, Display::None),
            Self::Tray(host) => matches!(host, TrayHost::System | TrayHost::There),
            Self::Notices(service) => {
                matches!(service, NoticeService::Answers { .. } | NoticeService::System)
            }
            Self::Keyring(trouble) => matches!(trouble, None | Some(KeyringTrouble::NoEntry)),
            Self::StrayKeys(count) => *count == 0,
            Self::Network { reach, .. } => matches!(reach, Reach::Reached | Reach::Untried),
            Self::Clock(ahead) => !matches!(ahead, Some(ahead) if ahead.unsigned_abs() > CLOCK_IS_OFF),
            Self::Settings(remark) | Self::History(remark) => remark.is_none(),
        };
        let is_bearable = matches!(
            self,
            Self::Tray(TrayHost::Absent | TrayHost::NoHost | TrayHost::Hung)
                | Self::Notices(NoticeService::Hung | NoticeService::Absent)
                | Self::StrayKeys(_)
                | Self::Network { .. }
                | Self::Clock(_)
                | Self::Settings(Some(
                    Remark::SettingsMended { .. }
                        | Remark::SettingsNewer { .. }
                        | Remark::SettingsRestored { .. }
                ))
        );
        match (is_well, is_bearable) {
            (true, _) => Verdict::Ok,
            (false, true) => Verdict::Warning,
            (false, false) => Verdict::Trouble,
        }
    }

    /// The text for the window.
    #[must_use]
    pub fn worded(&self, words: &Words) -> DoctorCheck {
        let id = self.id();
        DoctorCheck {
            id: id.to_owned(),
            level: self.verdict(),
            title: words.say(&format!("check-{id}")),
            text: self.text(words),
        }
    }

    fn text(&self, words: &Words) -> String {
        match self {
            Self::App { version, system, running } => {
                let id = if *running { "check-app-runs" } else { "check-app-rests" };
                words.put(id, &[("version", (*version).into()), ("system", (*system).into())])
            }
            Self::Display(display) => words.say(match display {
                Display::System => "check-display-system",
                Display::Wayland => "check-display-wayland",
                Display::X11 => "check-display-x11",
                Display::None => "check-display-none",
            }),
            Self::Tray(host) => words.say(match host {
                TrayHost::System => "check-tray-system",
                TrayHost::There => "check-tray-there",
                TrayHost::NoHost => "check-tray-no-host",
                TrayHost::Hung => "check-tray-hung",
                TrayHost::Absent => "check-tray-absent",
                TrayHost::NoBus => "check-tray-no-bus",
            }),
            Self::Notices(service) => service.worded(words).sentence,
            Self::Keyring(trouble) => words.say(match trouble {
                None | Some(KeyringTrouble::NoEntry) => "check-keyring-well",
                Some(KeyringTrouble::Absent) => "check-keyring-absent",
                Some(KeyringTrouble::Locked) => "check-keyring-locked",
                Some(KeyringTrouble::Slow) => "check-keyring-slow",
                Some(KeyringTrouble::Failed) => "check-keyring-failed",
            }),
            Self::StrayKeys(count) => words.put("check-stray-keys-count", &[("count", (*count).into())]),
            Self::Network { host, reach, .. } => {
                let id = match reach {
                    Reach::Reached => "check-network-reached",
                    Reach::Refused(_) => "check-network-refused",
                    Reach::Silent => "check-network-silent",
                    Reach::Untried => "check-network-untried",
                };
                words.put(id, &[("host", host.as_str().into())])
            }
            Self::Clock(None) => words.say("check-clock-unknown"),
            Self::Clock(Some(ahead)) => {
                let id =
                    if ahead.unsigned_abs() > CLOCK_IS_OFF { "check-clock-off" } else { "check-clock-right" };
                words.put(id, &[("seconds", ahead.abs().into())])
            }
            Self::Settings(remark) | Self::History(remark) => file(words, remark.as_ref()),
        }
    }
}

fn file(words: &Words, remark: Option<&Remark>) -> String {
    let with = |id: &str, file: &str| words.put(id, &[("file", file.into())]);
    match remark {
        None => words.say("check-file-well"),
        Some(Remark::SettingsBroken { kept_as } | Remark::StoreBroken { kept_as: Some(kept_as) }) => {
            with("check-file-broken", kept_as)
        }
        Some(Remark::SettingsRestored { from }) => with("check-file-restored", from),
        Some(Remark::SettingsMended { fields }) => {
            words.put("check-file-mended", &[("fields", words.list(fields.iter().cloned()).into())])
        }
        Some(Remark::SettingsNewer { kept_as }) => with("check-file-newer", kept_as),
        Some(Remark::StoreNewer) => words.say("check-file-store-newer"),
        Some(Remark::InternalError | Remark::StoreBroken { kept_as: None }) => {
            words.say("check-file-unusable")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    fn every() -> Vec<Finding> {
        let kept_as = || "settings.broken-20261122T101500Z.json".to_owned();
        let reach =
            [Reach::Reached, Reach::Refused("connection refused".to_owned()), Reach::Silent, Reach::Untried];
        let network =
            |reach| Finding::Network { region: Region::China, host: "api.example".to_owned(), reach };
        let remarks = [
            None,
            Some(Remark::SettingsBroken { kept_as: kept_as() }),
            Some(Remark::SettingsMended { fields: vec!["proxy".to_owned()] }),
            Some(Remark::SettingsRestored { from: "settings.last-good.json".to_owned() }),
            Some(Remark::SettingsNewer { kept_as: kept_as() }),
            Some(Remark::StoreNewer),
            Some(Remark::StoreBroken { kept_as: None }),
        ];
        let keyring = [
            None,
            Some(KeyringTrouble::Absent),
            Some(KeyringTrouble::Locked),
            Some(KeyringTrouble::Slow),
            Some(KeyringTrouble::Failed),
        ];
        let services =
            [NoticeService::System, NoticeService::Hung, NoticeService::Absent, NoticeService::NoBus];
        let hosts = [
            TrayHost::System,
            TrayHost::There,
            TrayHost::NoHost,
            TrayHost::Hung,
            TrayHost::Absent,
            TrayHost::NoBus,
        ];
        let app = |running| Finding::App { version: "0.1.0", system: "linux", running };
        [app(true), app(false)]
            .into_iter()
            .chain([Display::System, Display::Wayland, Display::X11, Display::None].map(Finding::Display))
            .chain(hosts.map(Finding::Tray))
            .chain(services.map(Finding::Notices))
            .chain(keyring.map(Finding::Keyring))
            .chain([1, 2].map(Finding::StrayKeys))
            .chain(reach.map(network))
            .chain([None, Some(-3), Some(600)].map(Finding::Clock))
            .chain(remarks.map(Finding::Settings))
            .collect()
    }

    #[test]
    fn every_finding_has_a_title_and_a_whole_sentence_of_its_own_in_both_languages() {
        for tongue in Tongue::ALL {
            let words = Words::new(tongue);
            let mut said = Vec::new();
            for finding in every().into_iter().chain([Finding::History(None)]) {
                let check = finding.worded(&words);
                let text = &check.text;
                assert!(text.ends_with(['.', '。']) && !text.contains(['{', '}']), "{finding:?}: {text}");
                assert!(!check.title.starts_with("check-") && !text.starts_with("check-"), "{check:?}");
                if finding != Finding::History(None) {
                    assert!(!said.contains(text), "{text} is said of two findings");
                }
                said.push(check.text);
            }
        }
    }

    #[test]
    fn what_stops_tidemark_is_trouble_and_what_it_can_do_without_is_a_warning() {
        let bad: Vec<_> = every().into_iter().filter(|f| f.verdict() != Verdict::Ok).collect();
        let of = |verdict| bad.iter().filter(|f| f.verdict() == verdict).count();
        assert_eq!((of(Verdict::Warning), of(Verdict::Trouble)), (13, 10), "{bad:#?}");
        assert_eq!(Finding::Notices(NoticeService::Hung).verdict(), Verdict::Warning);
        assert_eq!(Finding::Clock(Some(-91)).verdict(), Verdict::Warning);
        assert_eq!(Finding::Clock(Some(90)).verdict(), Verdict::Ok);
    }
}
