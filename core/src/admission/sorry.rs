//! Why a key or a name was rejected, and what to do next.
//!
//! No text repeats a character of the key.

use super::paste::Maker;
use crate::account::{Kind, NAME_LIMIT, Region};
use crate::failure::FailureKind;
use crate::message::{KeyringTrouble, WriteProblem};
use crate::text::Words;

/// Why a key or a name was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sorry {
    /// The pasted text has no key.
    NoKey,
    /// Longer than any key.
    KeyTooLong,
    /// The key has spaces or line breaks inside.
    KeyInPieces,
    /// The key has characters that no key has.
    KeyNotPlain,
    /// A token of MiniMax's log-in, not an API key.
    LoginToken,
    /// Too short for a key.
    KeyTooShort,
    /// A web address.
    IsAddress,
    /// An e-mail address.
    IsMail,
    /// A key of another company.
    IsOf(Maker),
    /// A key of this kind where the other kind is needed.
    IsKind(Kind),
    /// A key of this kind as the new key of an account of the other kind.
    AccountIsNot(Kind),
    /// An account already uses this key.
    Known {
        /// The account's name.
        account: String,
    },
    /// MiniMax rejects the key: on this platform, or on both if `None`.
    Refused(Option<Region>),
    /// The request to MiniMax failed.
    Unreachable(FailureKind),
    /// The proxy requires a user name and password.
    ProxyLogin,
    /// The keyring could not store the key.
    Keyring(KeyringTrouble),
    /// The account name is empty.
    NoName,
    /// The account name is too long.
    NameTooLong {
        /// In characters.
        length: usize,
    },
    /// The account name has unprintable characters.
    NameUnprintable,
    /// The account name looks like an API key.
    NameIsKey,
    /// Another account has this name.
    NameTaken { name: String },
    /// The account no longer exists.
    NoAccount,
    /// The settings file, which has the accounts, could not be written.
    NotSaved { why: WriteProblem },
    /// Another program changed the settings at the same time.
    SettingsChanged,
    /// The settings would be too long or too deeply nested to be read again.
    SettingsTooLarge,
    /// Another Tidemark process is changing the settings.
    SettingsBusy,
    /// The settings file cannot be read, so it is not overwritten.
    SettingsUnreadable,
}

impl Sorry {
    /// The text for the user: what is wrong and what to do.
    #[must_use]
    pub fn worded(&self, words: &Words) -> String {
        match self {
            Self::NoKey => words.say("sorry-no-key"),
            Self::KeyTooLong => words.say("sorry-key-too-long"),
            Self::KeyInPieces => words.say("sorry-key-in-pieces"),
            Self::KeyNotPlain => words.say("sorry-key-not-plain"),
            Self::LoginToken => words.say("sorry-login-token"),
            Self::KeyTooShort => words.say("sorry-key-too-short"),
            Self::IsAddress => words.say("sorry-is-address"),
            Self::IsMail => words.say("sorry-is-mail"),
            Self::IsOf(maker) => words.put("sorry-is-of", &[("maker", maker.name().into())]),
            Self::IsKind(Kind::TokenPlan) => words.say("sorry-is-plan"),
            Self::IsKind(Kind::PayAsYouGo) => words.say("sorry-is-payg"),
            Self::AccountIsNot(Kind::TokenPlan) => words.say("sorry-account-is-payg"),
            Self::AccountIsNot(Kind::PayAsYouGo) => words.say("sorry-account-is-plan"),
            Self::Known { account } => words.put("sorry-known", &[("account", account.as_str().into())]),
            Self::Refused(None) => words.say("sorry-refused"),
            Self::Refused(Some(Region::Global)) => words.say("sorry-refused-global"),
            Self::Refused(Some(Region::China)) => words.say("sorry-refused-china"),
            Self::Unreachable(kind) => words.say(match kind {
                FailureKind::Offline => "sorry-offline",
                FailureKind::Timeout => "sorry-timeout",
                FailureKind::Tls => "sorry-tls",
                FailureKind::Blocked => "sorry-blocked",
                FailureKind::RateLimited => "sorry-rate-limited",
                _ => "sorry-unreachable",
            }),
            Self::ProxyLogin => words.say("sorry-proxy-login"),
            Self::Keyring(trouble) => words.say(match trouble {
                KeyringTrouble::Absent => "sorry-keyring-absent",
                KeyringTrouble::Locked => "sorry-keyring-locked",
                KeyringTrouble::Slow => "sorry-keyring-slow",
                KeyringTrouble::NoEntry => "sorry-keyring-no-entry",
                KeyringTrouble::Failed => "sorry-keyring-failed",
            }),
            Self::NoName => words.say("sorry-no-name"),
            Self::NameTooLong { length } => words.put(
                "sorry-name-too-long",
                &[("length", length.to_string().into()), ("most", NAME_LIMIT.to_string().into())],
            ),
            Self::NameUnprintable => words.say("sorry-name-unprintable"),
            Self::NameIsKey => words.say("sorry-name-is-key"),
            Self::NameTaken { name } => words.put("sorry-name-taken", &[("name", name.as_str().into())]),
            Self::NotSaved { why } => words.put("sorry-not-saved", &[("why", why.worded(words).into())]),
            Self::SettingsChanged => words.say("sorry-settings-changed"),
            Self::SettingsTooLarge => words.say("sorry-settings-too-large"),
            Self::SettingsBusy => words.say("sorry-settings-busy"),
            Self::SettingsUnreadable => words.say("sorry-settings-unreadable"),
            Self::NoAccount => words.say("refused-no-such-account"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    fn all() -> Vec<Sorry> {
        use Sorry as S;
        let mut all = vec![S::NoKey, S::KeyTooLong, S::KeyInPieces, S::KeyNotPlain, S::LoginToken];
        all.extend([S::KeyTooShort, S::IsAddress, S::IsMail]);
        all.extend(
            [Maker::OpenAi, Maker::Anthropic, Maker::OpenRouter, Maker::Google, Maker::GitHub].map(S::IsOf),
        );
        for kind in [Kind::TokenPlan, Kind::PayAsYouGo] {
            all.extend([S::IsKind(kind), S::AccountIsNot(kind)]);
        }
        all.extend([S::Known { account: "Studio".into() }, S::NameTaken { name: "Studio".into() }]);
        all.extend([None, Some(Region::Global), Some(Region::China)].map(S::Refused));
        all.extend(
            [
                FailureKind::Offline,
                FailureKind::Timeout,
                FailureKind::Tls,
                FailureKind::Blocked,
                FailureKind::RateLimited,
                FailureKind::ServerError,
            ]
            .map(S::Unreachable),
        );
        all.extend(
            [
                KeyringTrouble::Absent,
                KeyringTrouble::Locked,
                KeyringTrouble::Slow,
                KeyringTrouble::NoEntry,
                KeyringTrouble::Failed,
            ]
            .map(S::Keyring),
        );
        all.extend([
            S::ProxyLogin,
            S::NoName,
            S::NameTooLong { length: 300 },
            S::NameUnprintable,
            S::NameIsKey,
            S::NoAccount,
            S::SettingsBusy,
            S::SettingsUnreadable,
            S::SettingsChanged,
            S::SettingsTooLarge,
        ]);
        all.extend(
            [
                WriteProblem::NoRoom,
                WriteProblem::NotAllowed,
                WriteProblem::ReadOnly,
                WriteProblem::NoFolder,
                WriteProblem::NotAFile,
                WriteProblem::Other,
            ]
            .map(|why| S::NotSaved { why }),
        );
        all
    }

    #[test]
    fn every_reason_is_a_whole_sentence_of_its_own_in_both_languages() {
        for (tongue, end) in [(Tongue::English, '.'), (Tongue::Chinese, '。')] {
            let words = Words::new(tongue);
            let said: std::collections::BTreeSet<String> = all().iter().map(|s| s.worded(&words)).collect();
            assert_eq!(said.len(), all().len(), "{said:#?}");
            for sentence in said {
                assert!(sentence.ends_with(end) && !sentence.contains("{ $"), "{sentence}");
            }
        }
    }

    #[test]
    fn the_same_key_twice_says_which_account_has_it() {
        let known = Sorry::Known { account: "Studio".into() };
        assert!(known.worded(&Words::new(Tongue::English)).contains("Studio"));
    }
}
