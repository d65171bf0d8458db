//! The shell around an answer's content.
//!
//! Owns text, JSON, the `data` wrapper and `base_resp`. Refuses what is no JSON object.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::BODY_LIMIT;
use super::code::Code;
use super::value;

/// A `base_resp` that says something, but nothing that can be read.
pub(super) struct Garbled;

/// Gives a body's text without byte order mark and blanks around it.
///
/// Bytes that are no UTF-8 are replaced: a name in another encoding must not hide the figures beside it.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    let body = body.get(..BODY_LIMIT).unwrap_or(body);
    let trim = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    match String::from_utf8_lossy(body) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(trim)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(trim).to_owned()),
    }
}

/// Gives the JSON object that a text is.
pub(super) fn parse(text: &str) -> Option<Map<String, Value>> {
    text.starts_with('{').then(|| serde_json::from_str(text).ok()).flatten()
}

/// Gives what `base_resp` says, wherever it stands; `None` where nothing is said.
pub(super) fn code(document: &Map<String, Value>) -> Result<Option<Code<'_>>, Garbled> {
    let mut said = None;
    for shell in shells(document) {
        let inner = match find(shell, "baseresp") {
            Some(Value::Object(inner)) => inner,
            // Some of MiniMax's services write the two fields without the object around them.
            None | Some(Value::Null) => shell,
            Some(_) => return Err(Garbled),
        };
        let number = match find(inner, "statuscode") {
            None | Some(Value::Null) => continue,
            Some(sent) => value::integer(sent).ok_or(Garbled)?,
        };
        let text = find(inner, "statusmsg").and_then(Value::as_str).unwrap_or_default();
        // A failure anywhere outweighs a success elsewhere.
        if said.is_none_or(|earlier: Code<'_>| earlier.number == 0) {
            said = Some(Code { number, text });
        }
    }
    Ok(said)
}

/// Gives a field of the content, from the document itself or from the `data` wrapper; a null gives way.
pub(super) fn content<'a>(document: &'a Map<String, Value>, folded: &str) -> Option<&'a Value> {
    let mut null = None;
    for shell in shells(document) {
        match find(shell, folded) {
            Some(empty) if is_empty(empty) => null = null.or(Some(empty)),
            Some(sent) => return Some(sent),
            None => {}
        }
    }
    null
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

fn shells(document: &Map<String, Value>) -> impl Iterator<Item = &Map<String, Value>> {
    let inner = find(document, "data").and_then(Value::as_object);
    std::iter::once(document).chain(inner)
}

/// Finds a field by its folded name, see [`value::Folded`]; of two spellings, one that is not null.
fn find<'a>(object: &'a Map<String, Value>, folded: &str) -> Option<&'a Value> {
    let mut spellings = object.iter().filter(|(key, _)| value::Folded::of(key).as_str() == folded);
    let (_, first) = spellings.next()?;
    if first.is_null() {
        spellings.map(|(_, v)| v).find(|v| !v.is_null()).or(Some(first))
    } else {
        Some(first)
    }
}
