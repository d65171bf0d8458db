//! Texts about a pasted key, shown before any request is made.
//!
//! Works on a description of the pasted text, never on the text itself.

use serde::Serialize;

use super::Sorry;
use crate::account::Kind;
use crate::text::Words;
use crate::view::Tone;

/// Another company whose keys users mistake for MiniMax's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The company behind Codex.
    OpenAi,
    /// The company behind Claude.
    Anthropic,
    /// A gateway to models of many companies.
    OpenRouter,
    /// The company behind Gemini.
    Google,
    /// Its tokens are often stored next to API keys.
    GitHub,
}

impl Maker {
    /// The name as the company writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "OpenAI",
            Self::Anthropic => "Anthropic",
            Self::OpenRouter => "OpenRouter",
            Self::Google => "Google",
            Self::GitHub => "GitHub",
        }
    }
}

/// What a pasted text that may be a key looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The kind of key, by its prefix.
    pub kind: Option<Kind>,
    /// Whether something around the key was removed.
    pub trimmed: bool,
    /// Whether the text is so short that part of the key may be missing.
    pub short: bool,
}

/// The message below the field that the text was pasted into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// Whether the text is fine, doubtful, or cannot be a key.
    pub tone: Tone,
    /// What the text is and, if it cannot be used, what to do.
    pub sentence: String,
}

/// Describes a pasted text; `None` if there is nothing to report before the key check.
#[must_use]
pub fn judged(words: &Words, look: Result<Look, &Sorry>) -> Option<Judged> {
    let say = |tone, id| Some(Judged { tone, sentence: words.say(id) });
    match look {
        // The user sees that the field is empty.
        Err(Sorry::NoKey) => None,
        Err(sorry) => Some(Judged { tone: Tone::Trouble, sentence: sorry.worded(words) }),
        Ok(Look { short: true, .. }) => say(Tone::Warning, "pasted-short"),
        Ok(Look { kind: Some(Kind::TokenPlan), trimmed: false, .. }) => say(Tone::Info, "pasted-plan"),
        Ok(Look { kind: Some(Kind::TokenPlan), trimmed: true, .. }) => say(Tone::Info, "pasted-plan-trimmed"),
        Ok(Look { kind: Some(Kind::PayAsYouGo), trimmed: false, .. }) => say(Tone::Info, "pasted-payg"),
        Ok(Look { kind: Some(Kind::PayAsYouGo), trimmed: true, .. }) => {
            say(Tone::Info, "pasted-payg-trimmed")
        }
        Ok(Look { kind: None, trimmed: true, .. }) => say(Tone::Info, "pasted-trimmed"),
        Ok(Look { kind: None, trimmed: false, .. }) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    #[test]
    fn a_pasted_text_is_judged_by_what_it_looks_like() {
        let words = Words::new(Tongue::English);
        let say = |kind, trimmed, short| {
            judged(&words, Ok(Look { kind, trimmed, short })).map(|judged| (judged.tone, judged.sentence))
        };
        let plan = Some(Kind::TokenPlan);
        assert_eq!(say(plan, false, false), Some((Tone::Info, "Looks like a Token Plan key.".to_owned())));
        assert_eq!(
            say(plan, true, false).map(|(_, said)| said).as_deref(),
            Some("Looks like a Token Plan key. What stands around it is left out.")
        );
        assert_eq!(say(plan, false, true).map(|(tone, _)| tone), Some(Tone::Warning));
        assert_eq!(say(None, false, false), None, "a beginning nobody knows is MiniMax's to judge");
        let sorry = judged(&words, Err(&Sorry::IsOf(Maker::OpenAi)));
        assert_eq!(sorry.as_ref().map(|judged| judged.tone), Some(Tone::Trouble));
        assert!(sorry.is_some_and(|judged| judged.sentence.contains("OpenAI")));
        assert_eq!(judged(&words, Err(&Sorry::NoKey)), None);
    }
}
