//! Recognizes what users paste instead of a key: the address of a page, an e-mail address, another provider's key. Only
//! what cannot be a MiniMax key is recognized; a key with an unknown prefix may be one.

use tidemark_core::admission::Maker;

use super::KeyError;

/// Returns the error for a text that is something else than a MiniMax key.
pub(super) fn stranger(text: &str) -> Option<KeyError> {
    if let Some((scheme, rest)) = text.split_once("://")
        && !scheme.is_empty()
        && scheme.bytes().all(|b| b.is_ascii_alphabetic())
        && !rest.is_empty()
    {
        return Some(KeyError::Address);
    }
    // Compared in place: a lowercase copy would be a copy of the key.
    let host = text.split('/').next().unwrap_or_default();
    let is_own = |own: &&str| {
        host.len().checked_sub(own.len()).and_then(|at| host.split_at_checked(at)).is_some_and(
            |(before, end)| end.eq_ignore_ascii_case(own) && (before.is_empty() || before.ends_with('.')),
        )
    };
    if ["minimax.io", "minimaxi.com", "minimax.chat"].iter().any(is_own) {
        return Some(KeyError::Address);
    }
    if let Some((name, host)) = text.split_once('@')
        && !name.is_empty()
        && host.contains('.')
    {
        return Some(KeyError::Mail);
    }
    maker(text).map(KeyError::Other)
}

/// Returns the provider that the prefix belongs to; `None` if it may be MiniMax.
fn maker(key: &str) -> Option<Maker> {
    let beginnings: [(Maker, &[&str]); 5] = [
        (Maker::OpenAi, &["sk-proj-", "sk-svcacct-", "sk-admin-"]),
        (Maker::Anthropic, &["sk-ant-"]),
        (Maker::OpenRouter, &["sk-or-v1-"]),
        (Maker::Google, &["AIzaSy"]),
        (Maker::GitHub, &["ghp_", "gho_", "github_pat_"]),
    ];
    beginnings
        .iter()
        .find(|(_, begins)| begins.iter().any(|begin| key.starts_with(begin)))
        .map(|(maker, _)| *maker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_in_place_of_a_key_is_told_by_what_it_is() {
        for (text, is) in [
            ("https://platform.minimax.io/user-center/basic-information", KeyError::Address),
            ("http://localhost:8080", KeyError::Address),
            ("platform.minimaxi.com/user-center", KeyError::Address),
            ("www.minimax.io", KeyError::Address),
            ("someone@example.com", KeyError::Mail),
            ("sk-proj-test-0123456789", KeyError::Other(Maker::OpenAi)),
            ("sk-svcacct-test-0123456789", KeyError::Other(Maker::OpenAi)),
            ("sk-ant-api03-test-0123456789", KeyError::Other(Maker::Anthropic)),
            ("sk-or-v1-test-0123456789", KeyError::Other(Maker::OpenRouter)),
            ("AIzaSytest0123456789", KeyError::Other(Maker::Google)),
            ("github_pat_test0123456789", KeyError::Other(Maker::GitHub)),
        ] {
            assert_eq!(stranger(text), Some(is), "{text:?}");
        }
    }

    #[test]
    fn what_may_be_a_key_of_minimax_is_left_to_minimax() {
        for key in [
            "sk-cp-test-0123456789",
            "sk-api-test-0123456789",
            "sk-test-0123456789abcdef",
            "eyJhbGciOiJSUzI1NiJ9.eyJ0ZXN0IjoxfQ.test",
            "test@0123456789",
            "://test0123456789",
        ] {
            assert_eq!(stranger(key), None, "{key:?}");
        }
    }
}
