//! Texts of the key check, from the pasted key to the stored account.
//!
//! Nothing in this module can hold key material.

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

/// One request to MiniMax with the key under check, and its outcome so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    pub region: Region,
    /// The kind of key that the request assumes.
    pub kind: Kind,
    pub outcome: Outcome,
}

/// The outcome of one request of a key check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No answer yet.
    Asking,
    /// The platform accepts the key: the answer has figures, or says that the quota is used up.
    Accepted,
    /// The key is valid, but has no plan.
    NoPlan,
    /// MiniMax rejects the key, or the request failed.
    Failed(FailureKind),
}

/// One request of a key check, as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub region: Region,
    /// The kind of key that the request assumes.
    pub kind: Kind,
    pub state: StepState,
    /// The platform's name: "Global platform".
    pub who: String,
    /// The outcome in a few words.
    pub said: String,
}

/// The state of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// No answer yet.
    Asking,
    /// The platform accepts the key.
    Accepted,
    /// The platform rejects the key.
    Refused,
    /// There was no usable answer.
    Failed,
}

/// Converts the requests to texts, in the order they were sent.
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
