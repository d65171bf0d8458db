//! The type that holds an API key, and its parser. A key cannot be printed: no `Display`, no `Serialize`, and a `Debug`
//! that hides it.

mod bare;
mod stranger;

use std::fmt;

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use tidemark_core::account::Kind;
use tidemark_core::admission::Maker;

/// The maximum length of a key, in characters: the limit of Windows' credential store (2,560 bytes of UTF-16).
pub const KEY_LIMIT: usize = 1_280;

/// The minimum length of a key, in characters. MiniMax's keys have more than a hundred.
const KEY_LEAST: usize = 8;

/// A key with fewer characters may be incomplete: the user gets a warning before it is sent to MiniMax.
const KEY_WHOLE: usize = 20;

/// The minimum length of a key whose last four characters are shown.
const SHOWN_FROM: usize = 12;

/// An API key, erased from memory when dropped.
#[derive(Clone)]
pub struct ApiKey(SecretString);

/// A key as it was typed or pasted, cleaned.
#[derive(Clone, Debug)]
pub struct Parsed {
    pub key: ApiKey,
    /// Whether something around it was removed: blanks, quotes, `Bearer`, the rest of a line.
    pub trimmed: bool,
    /// The kind according to its prefix; `None` if the prefix is not known.
    pub kind: Option<Kind>,
    /// Whether it is so short that a part may be missing.
    pub short: bool,
}

/// Why a text cannot be a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Nothing but blanks and quotes.
    #[error("There is no key in it. Copy the whole key from MiniMax's key page and paste it again.")]
    Empty,
    /// More than [`KEY_LIMIT`] characters.
    #[error("This is longer than {KEY_LIMIT} characters, so it is not a key. Copy only the key itself.")]
    TooLong,
    /// A blank or line break inside.
    #[error("A key has no blanks or line breaks inside. Copy only the key itself, in one piece.")]
    Blank,
    /// A control character, or one outside ASCII.
    #[error("A key has only plain letters, digits and signs. Copy it again from MiniMax's key page.")]
    NotPlain,
    /// A token of MiniMax's OAuth login.
    #[error("This is a log-in token, not an API key. Copy a key from MiniMax's key page instead.")]
    LoginToken,
    /// Fewer than eight characters.
    #[error("This is too short to be a key. Copy the whole key from MiniMax's key page.")]
    TooShort,
    /// The address of a page.
    #[error("This is the address of a page, not a key. Open it, copy the key there, and paste that.")]
    Address,
    /// An e-mail address.
    #[error("This is an e-mail address, not a key. Copy the key from MiniMax's key page and paste that.")]
    Mail,
    /// The key of another provider.
    #[error("This is a key of {}, not of MiniMax. Copy one from MiniMax's key page.", .0.name())]
    Other(Maker),
}

impl ApiKey {
    /// Parses a pasted text, without what surrounds the key: blanks, quotes, `Bearer`, `export NAME=`.
    ///
    /// # Errors
    ///
    /// [`KeyError`] names the first rule that the text breaks, and never contains a character of it.
    pub fn parse(text: &str) -> Result<Parsed, KeyError> {
        let key = plain(text)?;
        if let Some(stranger) = stranger::stranger(key) {
            return Err(stranger);
        }
        if key.len() < KEY_LEAST {
            return Err(KeyError::TooShort);
        }
        Ok(Parsed {
            key: Self(key.into()),
            trimmed: key.len() != text.len(),
            kind: kind_of(key),
            short: key.len() < KEY_WHOLE,
        })
    }

    /// Parses a key from the keyring; `None` if it is not a key. The bytes are erased.
    #[must_use]
    pub fn from_stored(bytes: Vec<u8>) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        // A key that was stored once is accepted, even if pasting it today would fail or show a warning.
        plain(std::str::from_utf8(&bytes).ok()?).ok().map(|key| Self(key.into()))
    }

    /// Returns the last four characters; `None` for a key under 12 characters, of which nothing is shown.
    #[must_use]
    pub fn last_four(&self) -> Option<String> {
        let key = self.expose();
        (key.len() >= SHOWN_FROM).then(|| key[key.len() - 4..].to_owned())
    }

    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }

    /// Returns the key itself. Only for the request, the keyring, and where the user asked to see it.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(hidden)")
    }
}

/// Removes what surrounds the key and checks that the rest can be sent in a header.
fn plain(text: &str) -> Result<&str, KeyError> {
    let key = bare::bare(text);
    if key.is_empty() {
        return Err(KeyError::Empty);
    }
    // A key is ASCII, so bytes are characters; checked first so that a huge paste costs no more.
    if key.len() > KEY_LIMIT {
        return Err(KeyError::TooLong);
    }
    if key.contains(char::is_whitespace) {
        return Err(KeyError::Blank);
    }
    if !key.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(KeyError::NotPlain);
    }
    if key.starts_with("mmoat_") {
        return Err(KeyError::LoginToken);
    }
    Ok(key)
}

/// Returns the kind according to the prefix, as issued by MiniMax's key pages.
fn kind_of(key: &str) -> Option<Kind> {
    if key.starts_with("sk-api-") {
        Some(Kind::PayAsYouGo)
    } else if key.starts_with("sk-cp-") {
        Some(Kind::TokenPlan)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parsed(text: &str) -> Parsed {
        ApiKey::parse(text).unwrap()
    }

    #[test]
    fn a_pasted_key_is_kept_without_what_came_with_it() {
        let key = "sk-cp-test-0123456789";
        for text in [
            key.to_owned(),
            format!("  {key}\r\n"),
            format!("\"{key}\""),
            format!("'{key}' \n"),
            format!("Bearer {key}"),
            format!("\"bearer\t{key}\"\n"),
            format!("\u{FEFF}{key}"),
        ] {
            let parsed = parsed(&text);
            assert_eq!(parsed.key.expose(), key, "{text:?}");
            assert_eq!(parsed.trimmed, text != key, "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_key_says_why() {
        for (text, error) in [
            ("", KeyError::Empty),
            (" \r\n\t", KeyError::Empty),
            ("\"\"", KeyError::Empty),
            ("Bearer ", KeyError::Empty),
            ("sk-cp-test 0123", KeyError::Blank),
            ("sk-cp-test\n0123", KeyError::Blank),
            ("sk-cp-test\u{3000}0123", KeyError::Blank),
            ("sk-cp-test\u{0}0123", KeyError::NotPlain),
            ("sk-cp-tést-0123", KeyError::NotPlain),
            ("sk-cp-test-…", KeyError::NotPlain),
            ("mmoat_test-0123456789", KeyError::LoginToken),
            ("sk-cp-t", KeyError::TooShort),
            ("https://platform.minimax.io", KeyError::Address),
            ("<someone@example.com>", KeyError::Mail),
            ("export OPENAI_API_KEY=sk-proj-test-0123456789", KeyError::Other(Maker::OpenAi)),
        ] {
            assert_eq!(ApiKey::parse(text).map(|_| ()), Err(error), "{text:?}");
        }
    }

    #[test]
    fn a_key_longer_than_a_key_store_takes_is_refused() {
        assert_eq!(parsed(&"k".repeat(KEY_LIMIT)).key.expose().len(), KEY_LIMIT);
        assert_eq!(ApiKey::parse(&"k".repeat(KEY_LIMIT + 1)).map(|_| ()), Err(KeyError::TooLong));
        assert_eq!(ApiKey::parse(&"水 ".repeat(350_000)).map(|_| ()), Err(KeyError::TooLong));
    }

    #[test]
    fn the_prefix_tells_what_a_key_pays_with() {
        assert_eq!(parsed("sk-api-test-0123").kind, Some(Kind::PayAsYouGo));
        assert_eq!(parsed("sk-cp-test-0123").kind, Some(Kind::TokenPlan));
        assert_eq!(parsed("eyJ0ZXN0IjoxfQ").kind, None);
    }

    #[test]
    fn at_most_the_last_four_characters_are_shown_and_none_of_a_short_key() {
        assert_eq!(parsed("sk-cp-test-01").key.last_four().as_deref(), Some("t-01"));
        assert_eq!(parsed("abcdefghijkl").key.last_four().as_deref(), Some("ijkl"));
        assert_eq!(parsed("abcdefghijk").key.last_four(), None);
    }

    #[test]
    fn no_way_of_printing_shows_a_key() {
        for text in ["kkkkkkkk", "sk-cp-test-0123456789", "unprefixed0123456789", &"n".repeat(KEY_LIMIT)] {
            let parsed = parsed(text);
            assert_eq!(format!("{:?} {:#?}", parsed.key, parsed.key), "ApiKey(hidden) ApiKey(hidden)");
            assert!(!format!("{parsed:?}").contains(text) || text == "kkkkkkkk", "{text:?}");
        }
    }

    #[test]
    fn the_same_key_is_recognised() {
        assert!(parsed("sk-cp-test-0123").key.same_as(&parsed(" sk-cp-test-0123\n").key));
        assert!(!parsed("sk-cp-test-0123").key.same_as(&parsed("sk-cp-test-0124").key));
    }

    proptest! {
        #[test]
        fn any_text_is_taken_or_refused_and_what_is_taken_can_travel_in_a_header(text in "\\PC{0,60}") {
            if let Ok(parsed) = ApiKey::parse(&text) {
                prop_assert!(parsed.key.expose().bytes().all(|b| b.is_ascii_graphic()));
                prop_assert!(text.contains(parsed.key.expose()));
                prop_assert!(ApiKey::parse(parsed.key.expose()).is_ok_and(|again| !again.trimmed));
            }
        }
    }
}
