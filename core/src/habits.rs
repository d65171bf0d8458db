//! The desktop integration as the settings show it: autostart, global shortcut, notification service, paths of files.
//!
//! The states are determined elsewhere; this module makes their texts.

use serde::Serialize;

use crate::settings::{Settings, Theme};
use crate::shortcut::Shortcut;
use crate::text::Words;

/// The desktop integration that the user has chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    pub theme: Theme,
    /// Opens the window from any program.
    pub shortcut: Option<Shortcut>,
}

impl Habits {
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self { theme: settings.theme, shortcut: Shortcut::parse(&settings.global_shortcut) }
    }
}

/// The desktop integration with its texts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DesktopState {
    pub version: String,
    /// Whether Tidemark starts with the session.
    pub autostart: Toggle,
    /// Whether the shortcut works in every program.
    pub shortcut: Toggle,
    /// Whether notifications can be shown.
    pub notices: Able,
    pub files: Files,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Toggle {
    /// Whether it is really on now, whatever the settings say.
    pub on: bool,
    /// Whether it can be changed.
    pub can: bool,
    /// Describes the state.
    pub sentence: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Able {
    pub works: bool,
    /// Describes the state.
    pub sentence: String,
}

/// Paths, as the user would type them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Files {
    pub settings: String,
    pub history: String,
    pub log: String,
}

/// What the system does with Tidemark when the session starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autostart {
    /// Starts it in the tray.
    On,
    /// Starts it with its window.
    OnWithWindow,
    Off,
    /// Off, because the desktop's own settings say so.
    SwitchedOff,
    /// The entry of Tidemark starts another program.
    Other {
        program: String,
    },
    /// The entry starts a program that no longer exists.
    Gone {
        program: String,
    },
    /// Not known: the entry cannot be read.
    Unreadable {
        /// The path of the entry.
        entry: String,
    },
    /// A simulation does not check it.
    Simulated,
}

/// The state of the global shortcut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calling {
    /// The user has not set one.
    #[default]
    None,
    Works(Shortcut),
    /// Another program has it.
    Taken(Shortcut),
    /// The keyboard has no such key.
    NoSuchKey(Shortcut),
    /// On Wayland only the desktop itself receives keys.
    Wayland,
    /// The desktop could not be asked.
    Failed,
    /// A simulation registers no key.
    Simulated,
}

/// The state of the notification service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeService {
    Answers {
        /// As the service reports it.
        name: String,
    },
    /// The system's own, which always exists.
    System,
    /// It runs and does not answer.
    Hung,
    /// None runs.
    Absent,
    /// There is no session bus to reach one.
    NoBus,
}

impl Autostart {
    #[must_use]
    pub fn worded(&self, words: &Words) -> Toggle {
        let (on, id, program) = match self {
            Self::On => (true, "autostart-on", ""),
            Self::OnWithWindow => (true, "autostart-on-with-window", ""),
            Self::Off => (false, "autostart-off", ""),
            Self::SwitchedOff => (false, "autostart-switched-off", ""),
            Self::Other { program } => (false, "autostart-other", program.as_str()),
            Self::Gone { program } => (false, "autostart-gone", program.as_str()),
            Self::Unreadable { entry } => (false, "autostart-unreadable", entry.as_str()),
            Self::Simulated => (false, "autostart-simulated", ""),
        };
        let can = !matches!(self, Self::Simulated | Self::Unreadable { .. });
        Toggle { on, can, sentence: words.put(id, &[("program", program.into())]) }
    }
}

impl Calling {
    #[must_use]
    pub fn worded(self, words: &Words) -> Toggle {
        let with = |id: &str, shortcut: Shortcut| words.put(id, &[("keys", shortcut.to_string().into())]);
        let sentence = match self {
            Self::None => words.say("shortcut-none"),
            Self::Works(shortcut) => with("shortcut-works", shortcut),
            Self::Taken(shortcut) => with("shortcut-taken", shortcut),
            Self::NoSuchKey(shortcut) => with("shortcut-no-such-key", shortcut),
            Self::Wayland => words.say("shortcut-wayland"),
            Self::Failed => words.say("shortcut-failed"),
            Self::Simulated => words.say("shortcut-simulated"),
        };
        let can = !matches!(self, Self::Wayland | Self::Simulated);
        Toggle { on: matches!(self, Self::Works(_)), can, sentence }
    }
}

impl NoticeService {
    #[must_use]
    pub fn worded(&self, words: &Words) -> Able {
        let is_there = matches!(self, Self::Answers { .. } | Self::System);
        let sentence = match self {
            Self::Answers { name } => words.put("service-answers", &[("name", name.as_str().into())]),
            Self::System => words.say("service-system"),
            Self::Hung => words.say("service-hung"),
            Self::Absent => words.say("service-absent"),
            Self::NoBus => words.say("service-no-bus"),
        };
        Able { works: is_there, sentence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    #[test]
    fn every_state_has_a_whole_sentence_of_its_own_in_both_languages() {
        let program = || "/opt/other/tidemark".to_owned();
        let keys = Shortcut::parse("Ctrl+Alt+M").expect("a shortcut");
        for tongue in Tongue::ALL {
            let words = Words::new(tongue);
            let autostart = [
                Autostart::On,
                Autostart::OnWithWindow,
                Autostart::Off,
                Autostart::SwitchedOff,
                Autostart::Other { program: program() },
                Autostart::Gone { program: program() },
                Autostart::Unreadable { entry: program() },
                Autostart::Simulated,
            ]
            .map(|state| state.worded(&words).sentence);
            let calling = [
                Calling::None,
                Calling::Works(keys),
                Calling::Taken(keys),
                Calling::NoSuchKey(keys),
                Calling::Wayland,
                Calling::Failed,
                Calling::Simulated,
            ]
            .map(|state| state.worded(&words).sentence);
            let service = [
                NoticeService::Answers { name: "dunst".to_owned() },
                NoticeService::System,
                NoticeService::Hung,
                NoticeService::Absent,
                NoticeService::NoBus,
            ]
            .map(|state| state.worded(&words).sentence);
            let said: Vec<_> = autostart.iter().chain(&calling).chain(&service).collect();
            for (place, sentence) in said.iter().enumerate() {
                assert!(sentence.ends_with(['.', '。']) && !sentence.contains('{'), "{sentence}");
                assert!(!said[..place].contains(sentence), "{sentence} is said of two states");
            }
            assert!(autostart[4].contains("/opt/other/tidemark") && autostart[5].contains("/opt/other"));
            assert!(calling[1].contains("Ctrl+Alt+M") && service[0].contains("dunst"));
        }
    }

    #[test]
    fn only_what_is_so_is_said_to_be_on() {
        let words = Words::new(Tongue::English);
        assert!(Autostart::On.worded(&words).on && Autostart::OnWithWindow.worded(&words).on);
        for off in [Autostart::Off, Autostart::SwitchedOff, Autostart::Gone { program: String::new() }] {
            let toggle = off.worded(&words);
            assert!(!toggle.on && toggle.can, "{off:?}");
        }
        let simulated = Autostart::Simulated.worded(&words);
        assert!(!simulated.on && !simulated.can);
        assert!(!Calling::Wayland.worded(&words).can && !Calling::Simulated.worded(&words).can);
        assert!(!NoticeService::Hung.worded(&words).works);
    }
}
