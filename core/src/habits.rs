//! How Tidemark stands with the desktop: started with it, called by a key, able to speak, and where its files are.
//!
//! Owns the words for each. Refuses to find out itself: what was found is given.

use serde::Serialize;

use crate::settings::{Settings, Theme};
use crate::shortcut::Shortcut;
use crate::text::Words;

/// What the user wants of the desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habits {
    /// The colours of the window.
    pub theme: Theme,
    /// What opens the window from anywhere.
    pub shortcut: Option<Shortcut>,
}

impl Habits {
    /// Takes them from the settings.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        Self { theme: settings.theme, shortcut: Shortcut::parse(&settings.global_shortcut) }
    }
}

/// How Tidemark stands with the desktop, worded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct DesktopState {
    /// The version of Tidemark.
    pub version: String,
    /// Whether it starts with the session.
    pub autostart: Toggle,
    /// Whether the shortcut works in every program.
    pub shortcut: Toggle,
    /// Whether notices can be shown.
    pub notices: Able,
    /// Where its files are.
    pub files: Files,
}

/// Something that is on or off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Toggle {
    /// Whether it is on now, in truth.
    pub on: bool,
    /// Whether it can be changed.
    pub can: bool,
    /// Says how it stands.
    pub sentence: String,
}

/// Something that works or does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Able {
    /// Whether it works.
    pub works: bool,
    /// Says how it stands.
    pub sentence: String,
}

/// Where files are, as the user would type it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Files {
    /// The settings.
    pub settings: String,
    /// The history.
    pub history: String,
    /// The log.
    pub log: String,
}

/// What the system does with Tidemark when the session starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Autostart {
    /// Starts it in the tray.
    On,
    /// Starts it with its window.
    OnWithWindow,
    /// Nothing.
    Off,
    /// Nothing, because the desktop's own settings say so.
    SwitchedOff,
    /// Starts another program under our name.
    Other {
        /// Which.
        program: String,
    },
    /// Would start a program that is not there any more.
    Gone {
        /// Which.
        program: String,
    },
    /// Nobody knows: the entry cannot be read.
    Unreadable {
        /// Where it is.
        entry: String,
    },
    /// Nothing is looked at in a simulation.
    Simulated,
}

/// What became of the shortcut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calling {
    /// None is wanted.
    #[default]
    None,
    /// It works.
    Works(Shortcut),
    /// Another program has it.
    Taken(Shortcut),
    /// The keyboard has no such key.
    NoSuchKey(Shortcut),
    /// On Wayland only the desktop itself hears keys.
    Wayland,
    /// The desktop could not be asked.
    Failed,
    /// A simulation takes nothing from the desktop.
    Simulated,
}

/// What the notification service says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeService {
    /// It answers.
    Answers {
        /// Its own name.
        name: String,
    },
    /// The system's own, which is always there.
    System,
    /// It is there and does not answer.
    Hung,
    /// None runs.
    Absent,
    /// There is no session bus to reach one.
    NoBus,
}

impl Autostart {
    /// Words it.
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
    /// Words it.
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
    /// Words it.
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
