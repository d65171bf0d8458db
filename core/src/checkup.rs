//! What was found when everything that Tidemark stands on was looked at.
//!
//! Owns how bad each finding is, and its words for the window. Refuses names of accounts and keys: a finding can be
//! shown to anybody.

use serde::Serialize;

use crate::account::Region;
use crate::habits::NoticeService;
use crate::message::{KeyringTrouble, Remark};
use crate::text::Words;

/// Everything that was looked at, worded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    /// One after the other.
    pub checks: Vec<DoctorCheck>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DoctorCheck {
    /// Names it for the page.
    pub id: String,
    /// How it fares.
    pub level: Verdict,
    /// What it is.
    pub title: String,
    /// What was found, and where it is bad, what to do.
    pub text: String,
}

/// How one thing fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Well.
    Ok,
    /// Tidemark works, with something less.
    Warning,
    /// Something of Tidemark does not work.
    Trouble,
}

/// One finding.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// Tidemark itself.
    App {
        /// Its version.
        version: &'static str,
        /// The system it was built for.
        system: &'static str,
        /// Whether it runs in the tray.
        running: bool,
    },
    /// The display.
    Display(Display),
    /// Who shows tray items.
    Tray(TrayHost),
    /// Who shows notifications.
    Notices(NoticeService),
    /// The keyring, and what is wrong with it.
    Keyring(Option<KeyringTrouble>),
    /// So many keys in the keyring belong to no account.
    StrayKeys(u32),
    /// The way to a platform.
    Network {
        /// Which.
        region: Region,
        /// Its address.
        host: String,
        /// How far one gets.
        reach: Reach,
    },
    /// How many seconds MiniMax's clock is ahead, where that is known.
    Clock(Option<i64>),
    /// The settings file, and what came up.
    Settings(Option<Remark>),
    /// The history file, and what came up.
    History(Option<Remark>),
}

/// The display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// The system's own.
    System,
    /// Wayland.
    Wayland,
    /// X11.
    X11,
    /// None.
    None,
}

/// Who shows tray items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrayHost {
    /// The system's own.
    System,
    /// A host is there.
    There,
    /// Items can be registered, but no host shows them.
    NoHost,
    /// It does not answer, or has not taken the item of the running app.
    Hung,
    /// None is.
    Absent,
    /// There is no session bus to reach one.
    NoBus,
}

/// How far one gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// There.
    Reached,
    /// Nowhere, and why in the system's words.
    Refused(String),
    /// Nobody answers.
    Silent,
    /// Not tried: a simulation stays off the network.
    Untried,
}

/// From here on a clock counts as wrong.
const CLOCK_IS_OFF: u64 = 90;

impl Finding {
    /// Names it for the page.
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

    /// Says how bad it is.
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

    /// Words it for the window.
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
