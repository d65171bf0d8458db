//! Removes what users paste around a key: blanks, quotes, a header, a line of a shell script or of a settings file. The
//! key itself is not changed.

/// Removes what surrounds a key: `"sk-…"`, `Bearer sk-…`, `export MINIMAX_API_KEY="sk-…"`, a line break at the end.
pub(super) fn bare(text: &str) -> &str {
    let mut key = text;
    loop {
        let before = key.len();
        key = key.trim_matches(around);
        key = without_word(key, "bearer");
        key = named(key).unwrap_or(key);
        if key.len() == before {
            return key;
        }
    }
}

fn around(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '\u{FEFF}' | '\u{200B}')
}

/// Removes a word from the beginning, if it is a complete word there.
fn without_word<'a>(text: &'a str, word: &str) -> &'a str {
    match text.split_at_checked(word.len()) {
        Some((begin, rest))
            if begin.eq_ignore_ascii_case(word)
                && (rest.is_empty() || rest.starts_with(char::is_whitespace)) =>
        {
            rest
        }
        _ => text,
    }
}

/// Returns the value of a variable, a header or an entry: `NAME=…`, `Authorization: …`, `"NAME": "…"`.
fn named(text: &str) -> Option<&str> {
    let text =
        ["export", "set", "setx"].iter().fold(text, |text, word| without_word(text, word).trim_start());
    let text = text.strip_prefix("$env:").unwrap_or(text);
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')))?;
    let (name, rest) = text.split_at(end);
    let is_header = ["authorization", "x-api-key"].iter().any(|header| name.eq_ignore_ascii_case(header));
    // A key has no capitals before an `=` or `:`, so no part of a key is mistaken for a name.
    let is_variable = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && name.len() > 2;
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    let value = rest.strip_prefix(if is_header { [':', ':'] } else { ['=', ':'] })?;
    (is_header || is_variable).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_out_of_whatever_line_it_was_copied_with() {
        let key = "sk-cp-test-0123456789";
        for text in [
            format!("export MINIMAX_API_KEY=\"{key}\"\n"),
            format!("export MINIMAX_API_KEY='{key}';"),
            format!("MINIMAX_API_KEY={key}"),
            format!("OPENAI_API_KEY = {key}"),
            format!("set ANTHROPIC_AUTH_TOKEN={key}\r\n"),
            format!("$env:ANTHROPIC_AUTH_TOKEN = \"{key}\""),
            format!("    \"ANTHROPIC_AUTH_TOKEN\": \"{key}\","),
            format!("Authorization: Bearer {key}"),
            format!("-H 'Authorization: Bearer {key}'").replace("-H ", ""),
            format!("x-api-key: {key}"),
            format!("X-Api-Key:{key}"),
        ] {
            assert_eq!(bare(&text), key, "{text:?}");
        }
    }

    #[test]
    fn nothing_of_a_key_itself_is_taken_for_what_stands_around_it() {
        for key in [
            "sk-cp-test-0123456789==",
            "eyJhbGciOiJSUzI1NiJ9.eyJ0ZXN0IjoxfQ.test=",
            "AB=test-0123",
            "setx-test-0123456789",
            "bearertest-0123456789",
            "exportedkey0123456789",
        ] {
            assert_eq!(bare(key), key);
        }
    }

    #[test]
    fn a_line_that_sets_nothing_has_no_key_in_it() {
        for text in ["MINIMAX_API_KEY=", "export MINIMAX_API_KEY=\"\"", "Authorization: Bearer "] {
            assert_eq!(bare(text), "", "{text:?}");
        }
    }
}
