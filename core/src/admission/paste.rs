//! What is said of a text as it is pasted, before anybody is asked.
//!
//! Owns the words. Refuses the text itself: it is told what the text looks like.

use serde::Serialize;

use super::Sorry;
use crate::account::Kind;
use crate::text::Words;
use crate::view::Tone;

/// Somebody else whose keys are mistaken for MiniMax's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maker {
    /// The maker of Codex.
    OpenAi,
    /// The maker of Claude.
    Anthropic,
    /// A broker between many makers.
    OpenRouter,
    /// The maker of Gemini.
    Google,
    /// The keeper of code; its tokens lie beside keys.
    GitHub,
}

impl Maker {
    /// Gives its name as it writes it.
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

/// What a text that may be a key looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// What its beginning says it pays with.
    pub kind: Option<Kind>,
    /// Whether something around it is taken off.
    pub trimmed: bool,
    /// Whether it is so short that a part may be missing.
    pub short: bool,
}

/// What is said of a text under the field it was pasted into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Judged {
    /// Whether it goes on, may go wrong, or cannot be.
    pub tone: Tone,
    /// What it is and, where it cannot go on, what to do.
    pub sentence: String,
}

/// Says what a pasted text looks like; `None` where there is nothing to say before it is checked.
#[must_use]
pub fn judged(words: &Words, look: Result<Look, &Sorry>) -> Option<Judged> {
    let say = |tone, id| Some(Judged { tone, sentence: words.say(id) });
    match look {
        // An empty field says for itself that it is empty.
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
