//! What is said while a key is checked, of what was found, and of why it was not taken.
//!
//! Owns the words from a pasted key to a kept account. Refuses key material: nothing here can hold a key.

mod found;
mod name;
mod paste;
mod sorry;

use serde::Serialize;

use crate::account::{Kind, Region};
use crate::failure::FailureKind;
use crate::text::Words;

pub use found::{Behind, Fact, Found, found, kept};
pub use name::propose;
pub use paste::{Judged, Look, Maker, judged};
pub use sorry::Sorry;

/// One question to MiniMax about a key, and what came of it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The platform that is asked.
    pub region: Region,
    /// What the key is asked as.
    pub kind: Kind,
    /// What it said.
    pub outcome: Outcome,
}

/// What a platform said of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing yet.
    Asking,
    /// It has figures, or is used up.
    Accepted,
    /// It is good, with nothing behind it.
    NoPlan,
    /// Something went wrong, or it is refused.
    Failed(FailureKind),
}

/// A question as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// The platform that is asked.
    pub region: Region,
    /// What the key is asked as.
    pub kind: Kind,
    /// How far it is.
    pub state: StepState,
    /// Who is asked: "Global platform".
    pub who: String,
    /// What it said, a few words.
    pub said: String,
}

/// How far a question is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// An answer is awaited.
    Asking,
    /// The key is known there.
    Accepted,
    /// The key is not known there.
    Refused,
    /// There was no usable answer.
    Failed,
}

/// Words the questions in the order they were asked.
#[must_use]
pub fn steps(words: &Words, asked: &[Asked]) -> Vec<Step> {
    asked.iter().map(|one| step(words, *one)).collect()
}

fn step(words: &Words, asked: Asked) -> Step {
    let who = match (asked.region, asked.kind) {
        (Region::Global, Kind::TokenPlan) => "ask-global-plan",
        (Region::China, Kind::TokenPlan) => "ask-china-plan",
        (Region::Global, Kind::PayAsYouGo) => "ask-global-payg",
        (Region::China, Kind::PayAsYouGo) => "ask-china-payg",
    };
    let (state, said) = match asked.outcome {
        Outcome::Asking => (StepState::Asking, "ask-asking"),
        Outcome::Accepted => (StepState::Accepted, "ask-accepted"),
        Outcome::NoPlan => (StepState::Accepted, "ask-no-plan"),
        Outcome::Failed(kind) if kind.is_refusal() => (StepState::Refused, "ask-refused"),
        Outcome::Failed(FailureKind::Offline) => (StepState::Failed, "ask-offline"),
        Outcome::Failed(FailureKind::Timeout) => (StepState::Failed, "ask-timeout"),
        Outcome::Failed(_) => (StepState::Failed, "ask-failed"),
    };
    Step { region: asked.region, kind: asked.kind, state, who: words.say(who), said: words.say(said) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Tongue;

    fn asked(region: Region, outcome: Outcome) -> Asked {
        Asked { region, kind: Kind::TokenPlan, outcome }
    }

    #[test]
    fn each_platform_says_for_itself_how_far_it_is() {
        let words = Words::new(Tongue::English);
        let steps = steps(
            &words,
            &[
                asked(Region::Global, Outcome::Failed(FailureKind::KeyRejectedOrWrongRegion)),
                asked(Region::China, Outcome::Asking),
            ],
        );
        let shown: Vec<_> = steps.iter().map(|s| (s.who.as_str(), s.said.as_str(), s.state)).collect();
        assert_eq!(
            shown,
            [
                ("Global platform", "does not know this key", StepState::Refused),
                ("China platform", "asking…", StepState::Asking),
            ]
        );
    }

    #[test]
    fn every_outcome_has_words_of_its_own_in_both_languages() {
        let outcomes = [
            Outcome::Asking,
            Outcome::Accepted,
            Outcome::NoPlan,
            Outcome::Failed(FailureKind::KeyRejected),
            Outcome::Failed(FailureKind::Offline),
            Outcome::Failed(FailureKind::Timeout),
            Outcome::Failed(FailureKind::Tls),
        ];
        for tongue in Tongue::ALL {
            let words = Words::new(tongue);
            let said: std::collections::BTreeSet<String> =
                outcomes.iter().map(|o| step(&words, asked(Region::China, *o)).said).collect();
            assert_eq!(said.len(), outcomes.len(), "{said:?}");
            assert!(said.iter().all(|s| !s.starts_with("ask-")), "{said:?}");
        }
    }
}
