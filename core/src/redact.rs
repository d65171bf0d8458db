//! Recognizes API keys in text that must not show them: error messages, account names, model names.

use std::borrow::Cow;

use serde_json::Value;

/// The shortest text with one of [`KEY_PREFIXES`] that counts as a key.
const PREFIXED_LENGTH: usize = 12;
/// The shortest text with the general prefix `sk-` that counts as a key: "sk-learn" is a word.
const GENERAL_LENGTH: usize = 20;
/// The shortest JSON web token that counts as a key; older keys of the China platform are such tokens.
const TOKEN_LENGTH: usize = 24;
/// The shortest run of letters and digits without a prefix that counts as a key.
const OPAQUE_LENGTH: usize = 32;

const KEY_PREFIXES: [&str; 3] = ["sk-cp-", "sk-api-", "mmoat_"];

/// Replaces everything in a text that looks like an API key with `…` and its last four characters, after `sk-` if the
/// key starts with it.
#[must_use]
pub fn redact_keys(text: &str) -> Cow<'_, str> {
    let mut redacted = String::new();
    let mut copied = 0;
    for (start, end) in keys(text) {
        redacted.push_str(&text[copied..start]);
        if text[start..].starts_with("sk-") {
            redacted.push_str("sk-");
        }
        redacted.push('…');
        redacted.push_str(&text[end - 4..end]);
        copied = end;
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    redacted.push_str(&text[copied..]);
    Cow::Owned(redacted)
}

/// Whether a text contains something that looks like an API key.
#[must_use]
pub fn contains_key(text: &str) -> bool {
    keys(text).next().is_some()
}

/// Whether a value contains something that looks like an API key; the recursion is bounded by the JSON parser's limit.
#[must_use]
pub fn holds_key(value: &Value) -> bool {
    match value {
        Value::String(text) => contains_key(text),
        Value::Array(values) => values.iter().any(holds_key),
        Value::Object(fields) => fields.iter().any(|(key, value)| contains_key(key) || holds_key(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Returns the byte ranges of the keys in a text.
fn keys(text: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut rest_at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = rest_at + text[rest_at..].find(is_key_char)?;
            let end = text[start..].find(|c| !is_key_char(c)).map_or(text.len(), |length| start + length);
            rest_at = end;
            if let Some(key) = key_in(&text[start..end]) {
                return Some((start + key, end));
            }
        }
    })
}

const fn is_key_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

/// Returns where in a run of key characters a key starts, if it contains one.
fn key_in(run: &str) -> Option<usize> {
    let starts_word = |at: usize| !run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let is_key = |at: &usize| {
        let word = &run[*at..];
        let has_prefix =
            |prefix: &str| word.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
        (word.len() >= PREFIXED_LENGTH && KEY_PREFIXES.iter().any(|prefix| has_prefix(prefix)))
            || (word.len() >= GENERAL_LENGTH && has_prefix("sk-"))
            || (word.len() >= TOKEN_LENGTH && word.starts_with("eyJ"))
            || is_opaque(word)
    };
    (0..run.len()).find(|at| starts_word(*at) && is_key(at))
}

/// Whether a text begins with a long run of letters and digits, as keys without a prefix do.
fn is_opaque(text: &str) -> bool {
    let length = text.bytes().take_while(u8::is_ascii_alphanumeric).count();
    let run = &text.as_bytes()[..length];
    length >= OPAQUE_LENGTH && run.iter().any(u8::is_ascii_digit) && run.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_replaced_by_their_last_four_characters() {
        for (text, redacted) in [
            ("sk-cp-test-0123456789", "sk-…6789"),
            ("There is no account \"sk-cp-test-0123456789\".", "There is no account \"sk-…6789\"."),
            ("'sk-api-test-0123abcd' and SK-CP-test-0123wxyz", "'sk-…abcd' and …wxyz"),
            ("/nowhere/sk-cp-test-0123456789: not found", "/nowhere/sk-…6789: not found"),
            ("my_sk-cp-test-0123456789", "my_sk-…6789"),
            ("sk-test0123456789abcdef", "sk-…cdef"),
            ("eyJ0ZXN0IjoxfQ.eyJ0ZXN0IjoxfQ.test", "…test"),
            ("mmoat_test-0123456789", "…6789"),
            ("test0123456789test0123456789test01", "…st01"),
            (
                "invalid type: string \"sk-cp-test-0123456789\", line 1",
                "invalid type: string \"sk-…6789\", line 1",
            ),
            ("键sk-cp-test-0123456789键", "键sk-…6789键"),
        ] {
            assert_eq!(redact_keys(text), redacted, "{text:?}");
            assert!(contains_key(text), "{text:?}");
        }
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "",
            "Default Team",
            "sk-learn group",
            "disk-usage-of-the-whole-team-2026",
            "00000000-0000-4000-8000-000000000001",
            "settings.broken-20261127-152146.json",
            "accounts[2].tier",
            "MiniMax-M2.7-highspeed",
            "2026-11-22T10:00:00Z",
            "unexpected argument '--nonsense' found",
            "a-rather-long-name-of-a-team-with-many-words",
        ] {
            assert_eq!(redact_keys(text), text);
            assert!(!contains_key(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_key_survives_in_any_text(before in ".{0,20}", key in "sk-(cp|api)-[A-Za-z0-9_-]{20,60}", after in ".{0,20}") {
            let text = format!("{before} {key} {after}");
            let redacted = redact_keys(&text);
            prop_assert!(!redacted.contains(&key[..12]), "{redacted}");
            prop_assert!(!contains_key(&redacted.replace('…', " ")) || contains_key(&before) || contains_key(&after));
        }
    }
}
