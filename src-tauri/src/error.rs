//! The error that a command returns to the page. The message is our own plain text: it contains neither error sources
//! nor text from the server.

use serde::Serialize;
use tidemark_core::account::NameError;
use tidemark_core::admission::Sorry;
use tidemark_core::message::KeyringTrouble;
use tidemark_core::text::Words;

use crate::key::KeyError;

/// Why a command failed, as the page receives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    /// What the page acts on: one of the names of [`Code`].
    pub code: &'static str,
    /// One or two plain sentences that say what to do.
    pub message: String,
    /// The reason, if the core can express it in the user's language. The command line uses English.
    #[serde(skip)]
    pub why: Option<Sorry>,
}

/// The kinds of errors that the page distinguishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The name is not valid.
    Name,
    /// No key was given.
    Empty,
    /// The key is longer than any key.
    TooLong,
    /// The text is not a key.
    Key,
    /// It is a key of the other kind.
    WrongKind,
    /// The key, or the name, exists already.
    Duplicate,
    /// MiniMax rejects the key.
    Refused,
    /// The quota, or the balance, is used up.
    Spent,
    /// MiniMax could not be reached.
    Offline,
    /// The keyring cannot be used.
    Keyring,
    /// The account does not exist.
    NotFound,
    /// The value is not valid for its setting.
    Setting,
    /// The user cancelled the wait.
    Stopped,
    Other,
}

impl Code {
    /// Returns the name that the page uses for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::Key => "key",
            Self::WrongKind => "wrong_kind",
            Self::Duplicate => "duplicate",
            Self::Refused => "refused",
            Self::Spent => "spent",
            Self::Offline => "offline",
            Self::Keyring => "keyring",
            Self::NotFound => "not_found",
            Self::Setting => "setting",
            Self::Stopped => "stopped",
            Self::Other => "other",
        }
    }
}

impl AppError {
    /// Creates an error with our own message.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code: code.name(), message: message.into(), why: None }
    }

    /// Adds the reason, so that the window can show it in the user's language.
    #[must_use]
    pub fn because(self, why: Sorry) -> Self {
        Self { why: Some(why), ..self }
    }

    /// Returns the error with its message in the user's language, if the core can express it.
    #[must_use]
    pub fn worded(self, words: &Words) -> Self {
        match &self.why {
            Some(why) => Self { message: why.worded(words), ..self },
            None => self,
        }
    }
}

impl From<KeyError> for AppError {
    fn from(error: KeyError) -> Self {
        let code = match error {
            KeyError::Empty => Code::Empty,
            KeyError::TooLong => Code::TooLong,
            KeyError::Blank
            | KeyError::NotPlain
            | KeyError::LoginToken
            | KeyError::TooShort
            | KeyError::Address
            | KeyError::Mail
            | KeyError::Other(_) => Code::Key,
        };
        let why = match error {
            KeyError::Empty => Sorry::NoKey,
            KeyError::TooLong => Sorry::KeyTooLong,
            KeyError::Blank => Sorry::KeyInPieces,
            KeyError::NotPlain => Sorry::KeyNotPlain,
            KeyError::LoginToken => Sorry::LoginToken,
            KeyError::TooShort => Sorry::KeyTooShort,
            KeyError::Address => Sorry::IsAddress,
            KeyError::Mail => Sorry::IsMail,
            KeyError::Other(maker) => Sorry::IsOf(maker),
        };
        Self::new(code, error.to_string()).because(why)
    }
}

impl From<NameError> for AppError {
    fn from(error: NameError) -> Self {
        let message = match error {
            NameError::Empty => "Give the account a name.".to_owned(),
            NameError::TooLong { .. } | NameError::Control | NameError::Key => {
                format!("Choose another name: {error}.")
            }
        };
        let why = match error {
            NameError::Empty => Sorry::NoName,
            NameError::TooLong { length } => Sorry::NameTooLong { length },
            NameError::Control => Sorry::NameUnprintable,
            NameError::Key => Sorry::NameIsKey,
        };
        Self::new(Code::Name, message).because(why)
    }
}

impl From<KeyringTrouble> for AppError {
    fn from(trouble: KeyringTrouble) -> Self {
        Self::new(Code::Keyring, keyring_words(trouble)).because(Sorry::Keyring(trouble))
    }
}

/// Says what is wrong with the keyring and what to do.
#[must_use]
pub const fn keyring_words(trouble: KeyringTrouble) -> &'static str {
    match trouble {
        KeyringTrouble::Absent => {
            "No keyring runs on this desktop. Start one (GNOME Keyring, KWallet or KeePassXC) and try again."
        }
        KeyringTrouble::Locked => "The keyring is locked or access was denied. Unlock it and try again.",
        KeyringTrouble::Slow => "The keyring does not answer. Look for its password dialog, then try again.",
        KeyringTrouble::NoEntry => "The keyring holds no key for this account. Put the key in again.",
        KeyringTrouble::Failed => "The keyring could not be used. Look at it with `tidemark doctor`.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_gets_a_code_and_a_sentence() {
        let error = AppError::from(KeyError::Empty);
        let json = serde_json::to_value(&error).unwrap();
        assert_eq!(json["code"], "empty");
        assert!(json["message"].as_str().unwrap().ends_with('.'));
        assert_eq!(json.as_object().unwrap().len(), 2);
    }

    #[test]
    fn every_error_of_a_key_a_name_and_the_keyring_has_its_code() {
        let code = |error: AppError| error.code;
        assert_eq!(code(KeyError::TooLong.into()), "too_long");
        assert_eq!(code(KeyError::LoginToken.into()), "key");
        assert_eq!(code(NameError::Control.into()), "name");
        for trouble in [
            KeyringTrouble::Absent,
            KeyringTrouble::Locked,
            KeyringTrouble::Slow,
            KeyringTrouble::NoEntry,
            KeyringTrouble::Failed,
        ] {
            assert_eq!(code(trouble.into()), "keyring");
        }
    }
}
