//! The outer parts of an answer: text, JSON object, `data` wrapper and `base_resp`.

use std::borrow::Cow;

use serde::de::{IgnoredAny, MapAccess};

use super::BODY_LIMIT;
use super::code::Code;
use super::json::{Part, Read, next};
use super::money::Amounts;
use super::rows::Entries;
use super::value::{self, Folded, Scalar};

/// A `base_resp` is present but unreadable.
pub(super) struct Garbled;

/// An answer as parsed JSON, not yet interpreted.
pub(super) struct Document<'a> {
    outer: Shell<'a>,
    /// The content of `data`, the wrapper in the console's answers.
    inner: Shell<'a>,
}

/// One level of an answer.
#[derive(Default)]
struct Shell<'a> {
    entries: Entries<'a>,
    amounts: Amounts,
    resp: Resp<'a>,
    /// Some MiniMax services write the fields of `base_resp` without the object around them.
    bare: Resp<'a>,
}

/// Content of `base_resp`.
#[derive(Default)]
struct Resp<'a> {
    code: Scalar<'a>,
    text: Scalar<'a>,
    is_garbled: bool,
}

/// The text of a body, without byte order mark and surrounding whitespace.
///
/// Invalid UTF-8 is replaced: a name in another encoding must not make the figures unreadable.
pub(super) fn text(body: &[u8]) -> Cow<'_, str> {
    let body = body.get(..BODY_LIMIT).unwrap_or(body);
    let trim = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    match String::from_utf8_lossy(body) {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(trim)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(trim).to_owned()),
    }
}

impl<'a> Document<'a> {
    /// Parses the text as a JSON object.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        text.starts_with('{')
            .then(|| serde_json::from_str(text).ok())
            .flatten()
            .map(|Read(document)| document)
    }

    /// The `base_resp` code from either level; `None` if there is none.
    pub(super) fn code(&self) -> Result<Option<Code<'_>>, Garbled> {
        let mut said: Option<Code<'_>> = None;
        for shell in [&self.outer, &self.inner] {
            let resp = if shell.resp.is_empty() { &shell.bare } else { &shell.resp };
            let code = resp.code()?;
            // A failure on one level has priority over a success on the other.
            if said.is_none_or(|earlier| earlier.number == 0) {
                said = code.or(said);
            }
        }
        Ok(said)
    }

    /// The list of rows, or what was sent in its place.
    pub(super) fn into_entries(self) -> Entries<'a> {
        self.outer.entries.or(self.inner.entries)
    }

    /// The amounts of money.
    pub(super) fn into_amounts(self) -> Amounts {
        self.outer.amounts.or(&self.inner.amounts)
    }
}

impl<'de> Part<'de> for Document<'de> {
    fn null() -> Self {
        Self { outer: Shell::default(), inner: Shell::default() }
    }

    fn stranger() -> Self {
        Self::null()
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut document = Self::null();
        while let Some(name) = object.next_key::<Folded>()? {
            match name.as_str() {
                "data" => document.inner = next(&mut object)?,
                other => document.outer.take(other, &mut object)?,
            }
        }
        Ok(document)
    }
}

impl<'de> Shell<'de> {
    fn take<A: MapAccess<'de>>(&mut self, folded: &str, object: &mut A) -> Result<(), A::Error> {
        match folded {
            "modelremains" => {
                let earlier = std::mem::take(&mut self.entries);
                self.entries = earlier.or(next(object)?);
            }
            "baseresp" => self.resp = next(object)?,
            "statuscode" => self.bare.code = next(object)?,
            "statusmsg" => self.bare.text = next(object)?,
            amount if Amounts::have(amount) => self.amounts.take(amount, &next(object)?),
            _ => {
                object.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

impl<'de> Part<'de> for Shell<'de> {
    fn null() -> Self {
        Self::default()
    }

    fn stranger() -> Self {
        Self::default()
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut shell = Self::default();
        while let Some(name) = object.next_key::<Folded>()? {
            shell.take(name.as_str(), &mut object)?;
        }
        Ok(shell)
    }
}

impl Resp<'_> {
    fn is_empty(&self) -> bool {
        self.code.is_null() && !self.is_garbled
    }

    fn code(&self) -> Result<Option<Code<'_>>, Garbled> {
        if self.is_garbled {
            return Err(Garbled);
        }
        if self.code.is_null() {
            return Ok(None);
        }
        let number = value::integer(&self.code).ok_or(Garbled)?;
        let text = if let Scalar::Text(text) = &self.text { text.as_ref() } else { "" };
        Ok(Some(Code { number, text }))
    }
}

impl<'de> Part<'de> for Resp<'de> {
    fn null() -> Self {
        Self::default()
    }

    fn stranger() -> Self {
        Self { is_garbled: true, ..Self::default() }
    }

    fn object<A: MapAccess<'de>>(mut object: A) -> Result<Self, A::Error> {
        let mut resp = Self::default();
        while let Some(name) = object.next_key::<Folded>()? {
            match name.as_str() {
                "statuscode" => resp.code = next(&mut object)?,
                "statusmsg" => resp.text = next(&mut object)?,
                _ => {
                    object.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(resp)
    }
}
