//! The result of a key check, as the window explains it before the key is stored.

use serde::Serialize;

use super::name::propose;
use crate::account::{Kind, Region};
use crate::level::{self, Level};
use crate::reading::{Balance, Plan, Quota, Reading, Window};
use crate::settings::Settings;
use crate::text::Words;
use crate::wording::Wording;

/// An explained result of a key check.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    pub kind: Kind,
    pub region: Region,
    /// Whether the key was not checked with MiniMax.
    pub unchecked: bool,
    /// What the key is, in one sentence.
    pub title: String,
    /// The consequences, in one or two sentences; `None` if the figures are enough.
    pub text: Option<String>,
    /// What was removed from the pasted text, if anything.
    pub hint: Option<String>,
    /// What is left: one entry per window, or the balance.
    pub facts: Vec<Fact>,
    /// A proposed account name that is not in use.
    pub name: String,
}

/// One figure of a key that was just checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// The name of the window or amount.
    pub title: String,
    pub value: String,
    pub level: Level,
}

/// What the key check found for a key.
#[derive(Clone, Copy, Debug)]
pub enum Behind<'a> {
    /// MiniMax sent figures.
    Read(&'a Reading),
    /// The quota is used up; the answer has no figures.
    Spent,
    /// The key is valid, but has no plan.
    NoPlan,
    /// No request was made.
    Unchecked,
}

/// Explains the result of a key check.
#[must_use]
pub fn found(
    wording: &Wording<'_>,
    settings: &Settings,
    (kind, region): (Kind, Region),
    behind: Behind<'_>,
    trimmed: bool,
) -> Found {
    let words = wording.words;
    let title = match (behind, kind, region) {
        (Behind::Unchecked, ..) => "found-unchecked",
        (_, Kind::TokenPlan, Region::Global) => "found-plan-global",
        (_, Kind::TokenPlan, Region::China) => "found-plan-china",
        (_, Kind::PayAsYouGo, Region::Global) => "found-payg-global",
        (_, Kind::PayAsYouGo, Region::China) => "found-payg-china",
    };
    let text = match behind {
        Behind::Read(_) => None,
        Behind::Spent => Some("found-spent"),
        Behind::NoPlan => Some("found-no-plan"),
        Behind::Unchecked => Some("found-unchecked-body"),
    };
    let facts = match behind {
        Behind::Read(Reading::Plan(plan)) => of_plan(wording, settings, plan),
        Behind::Read(Reading::Balance(balance)) => of_balance(wording, balance),
        Behind::Spent | Behind::NoPlan | Behind::Unchecked => Vec::new(),
    };
    let taken = settings.accounts.iter().map(|a| a.name.as_str());
    Found {
        kind,
        region,
        unchecked: matches!(behind, Behind::Unchecked),
        title: words.say(title),
        text: text.map(|id| words.say(id)),
        hint: trimmed.then(|| words.say("found-trimmed")),
        facts,
        name: propose(words, kind, taken),
    }
}

/// The confirmation that a key is stored, for a new account or as the replacement key of an existing one.
#[must_use]
pub fn kept(words: &Words, name: &str, replaced: bool, unchecked: bool) -> String {
    let id = match (replaced, unchecked) {
        (false, false) => "kept-new",
        (false, true) => "kept-new-unchecked",
        (true, false) => "kept-next",
        (true, true) => "kept-next-unchecked",
    };
    words.put(id, &[("name", name.into())])
}

fn of_plan(wording: &Wording<'_>, settings: &Settings, plan: &Plan) -> Vec<Fact> {
    let Some(row) = plan.headline_row() else { return Vec::new() };
    let fact = |window: &Window| {
        let value = match (window.quota, window.quota.metered_left()) {
            (_, Some(left)) => wording.figure(left),
            (Quota::Unlimited, None) => wording.words.say("value-no-limit"),
            (_, None) => return None,
        };
        let level = settings.thresholds().of_quota(window.quota);
        Some(Fact { title: wording.window(window), value, level })
    };
    row.windows.iter().filter_map(fact).collect()
}

fn of_balance(wording: &Wording<'_>, balance: &Balance) -> Vec<Fact> {
    let fact = |available| Fact {
        title: wording.words.say("found-available"),
        value: wording.money(available, balance.currency),
        level: level::of_balance(balance, None),
    };
    balance.available.map(fact).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::answer::{self, Answer};
    use crate::endpoint::Endpoint;
    use crate::text::Tongue;

    fn explain(reading: Behind<'_>, kind: Kind, trimmed: bool) -> Found {
        let words = Words::new(Tongue::English);
        let now = "2026-06-25T14:15:30Z".parse().unwrap();
        let wording = Wording { words: &words, zone: &TimeZone::UTC, now, show_used: false };
        found(&wording, &Settings::default(), (kind, Region::Global), reading, trimmed)
    }

    fn read(body: &str, kind: Kind) -> Reading {
        let answer = Answer { status: 200, headers: Vec::new(), body: body.into() };
        let now = "2026-06-25T14:15:30Z".parse().unwrap();
        answer::read(&answer, Endpoint::of(kind), Region::Global, now).unwrap()
    }

    #[test]
    fn a_plan_key_is_explained_by_what_is_left_of_each_window() {
        let reading = read(
            r#"{"model_remains":[{"model_name":"general","start_time":1782381600000,"end_time":1782399600000,
            "remains_time":2669853,"current_interval_remaining_percent":10,"current_interval_status":1,
            "current_weekly_remaining_percent":71,"current_weekly_status":1}],"base_resp":{"status_code":0}}"#,
            Kind::TokenPlan,
        );
        let found = explain(Behind::Read(&reading), Kind::TokenPlan, true);
        assert_eq!(found.title, "This is a Token Plan key of the global platform.");
        assert_eq!((found.text, found.name.as_str()), (None, "Default Team"));
        assert!(found.hint.is_some(), "what was taken off is said");
        let facts: Vec<_> =
            found.facts.iter().map(|f| (f.title.as_str(), f.value.as_str(), f.level)).collect();
        assert_eq!(facts, [("5 hours", "10 % left", Level::Near), ("Week", "71 % left", Level::Good)]);
    }

    #[test]
    fn a_pay_as_you_go_key_is_explained_by_its_balance() {
        let reading = read(r#"{"available_amount":"12.34","base_resp":{"status_code":0}}"#, Kind::PayAsYouGo);
        let found = explain(Behind::Read(&reading), Kind::PayAsYouGo, false);
        assert_eq!(found.title, "This is a pay-as-you-go key of the global platform.");
        assert_eq!((found.facts[0].value.as_str(), found.hint), ("$12.34", None));
    }

    #[test]
    fn a_key_without_a_plan_is_good_and_says_what_is_missing() {
        let found = explain(Behind::NoPlan, Kind::TokenPlan, false);
        assert!(found.text.is_some_and(|text| text.contains("no active plan")) && found.facts.is_empty());
    }

    #[test]
    fn an_unchecked_key_claims_nothing() {
        let found = explain(Behind::Unchecked, Kind::TokenPlan, false);
        assert_eq!((found.title.as_str(), found.unchecked), ("This key is not checked yet.", true));
    }
}
