//! One account: a key and what is known about it. The key itself is not here, only its last four characters at most.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::redact::contains_key;

/// The longest account or team name, in characters.
pub const NAME_LIMIT: usize = 80;

/// The platform of a key. The two platforms are separate and have separate keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// minimax.io
    Global,
    /// minimax.cn, minimaxi.com
    China,
}

impl Region {
    /// Both, in the order in which they are tried.
    pub const ALL: [Self; 2] = [Self::Global, Self::China];

    /// Returns the name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::China => "china",
        }
    }

    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Global => Self::China,
            Self::China => Self::Global,
        }
    }
}

/// What a key pays with. The two kinds of keys are never interchangeable (MiniMax's FAQ).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A Token Plan (or M Plan) subscription key.
    TokenPlan,
    /// A pay-as-you-go key.
    PayAsYouGo,
}

impl Kind {
    /// Returns the name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokenPlan => "token_plan",
            Self::PayAsYouGo => "pay_as_you_go",
        }
    }
}

/// The tier of a Token Plan (MiniMax's FAQ, "platform traffic rules").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Starter,
    Plus,
    Max,
    Ultra,
}

impl Tier {
    /// All tiers, smallest first.
    pub const ALL: [Self; 4] = [Self::Starter, Self::Plus, Self::Max, Self::Ultra];

    /// Returns the name used in JSON and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starter => "starter",
            Self::Plus => "plus",
            Self::Max => "max",
            Self::Ultra => "ultra",
        }
    }
}

/// The id of an account, also its name in the keyring: a UUID.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct AccountId(pub String);

/// One key and what is known about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    /// Chosen by the user, unique, 1 to [`NAME_LIMIT`] characters.
    pub name: String,
    /// The user's name for the team of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    pub kind: Kind,
    pub region: Region,
    /// The key's last four characters, if it is long enough to show them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_four: Option<String>,
    /// Increases each time the key is replaced, so that a running app reads it again.
    #[serde(default)]
    pub key_revision: u32,
    /// Whether the key was stored without asking MiniMax.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unchecked: bool,
    /// The pay-as-you-go account that takes over while this plan is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pair: Option<AccountId>,
    /// Whether the user says that Credits cover this plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub has_credits: bool,
    /// The tier of the plan, if the user has set it; no answer contains it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// Whether the user says that it is a High-Speed plan.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub high_speed: bool,
    /// The user's own warning line for the balance, in the platform's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub balance_below: Option<Decimal>,
    /// Fields that a newer version has written here.
    #[serde(flatten)]
    pub unknown: serde_json::Map<String, serde_json::Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    #[error("the name is empty")]
    Empty,
    #[error("the name has {length} characters, more than {NAME_LIMIT}")]
    TooLong {
        /// In characters.
        length: usize,
    },
    /// Control characters, line breaks, or characters that reverse the direction of text.
    #[error("the name has control characters in it")]
    Control,
    /// Something that looks like an API key: names are shown, logged and stored in plain text.
    #[error("the name looks like an API key")]
    Key,
}

/// Trims a name and checks it.
///
/// # Errors
///
/// [`NameError`] for the first rule that the name breaks.
pub fn check_name(name: &str) -> Result<String, NameError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if has_hidden(name) {
        return Err(NameError::Control);
    }
    let length = name.chars().count();
    if length > NAME_LIMIT {
        return Err(NameError::TooLong { length });
    }
    if contains_key(name) {
        return Err(NameError::Key);
    }
    Ok(name.to_owned())
}

/// Whether a name contains invisible characters. A joiner between two characters outside ASCII is allowed, because it
/// is part of how they are written: a family emoji, a word in Persian.
fn has_hidden(name: &str) -> bool {
    let is_sign = |c: Option<&char>| c.is_some_and(|c| !c.is_ascii() && !is_unprintable(*c));
    let chars: Vec<char> = name.chars().collect();
    chars.iter().enumerate().any(|(at, c)| {
        let joins = matches!(c, '\u{200C}' | '\u{200D}')
            && is_sign(at.checked_sub(1).and_then(|before| chars.get(before)))
            && is_sign(chars.get(at + 1));
        is_unprintable(*c) && !joins
    })
}

/// Bidirectional controls and invisible characters could make one name look like another.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_kept_as_it_is() {
        assert_eq!(check_name("  Default Team ").as_deref(), Ok("Default Team"));
        assert_eq!(check_name("工作室").as_deref(), Ok("工作室"));
        for joined in ["👩\u{200D}👩\u{200D}👧", "🏴\u{200D}☠\u{FE0F}", "می\u{200C}خواهم"] {
            assert_eq!(check_name(joined).as_deref(), Ok(joined));
        }
    }

    #[test]
    fn a_joiner_that_joins_nothing_is_refused() {
        for hidden in ["Te\u{200D}am", "👩\u{200D}", "\u{200D}👩", "👩\u{200D}\u{200D}👩", "a\u{200C}👩"]
        {
            assert_eq!(check_name(hidden), Err(NameError::Control), "{hidden:?}");
        }
    }

    #[test]
    fn a_name_that_cannot_be_shown_says_why() {
        assert_eq!(check_name(" \n "), Err(NameError::Empty));
        assert_eq!(check_name("a\u{7}b"), Err(NameError::Control));
        assert_eq!(check_name("a\u{202E}b"), Err(NameError::Control));
        assert_eq!(check_name("sk-cp-test-0123456789"), Err(NameError::Key));
        assert_eq!(check_name("Studio (sk-cp-test-0123456789)"), Err(NameError::Key));
        assert_eq!(check_name(&"x".repeat(300)), Err(NameError::TooLong { length: 300 }));
        assert_eq!(check_name(&"水".repeat(80)).map(|n| n.chars().count()), Ok(80));
    }
}
