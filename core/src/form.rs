//! The settings as the window shows them, with texts, as one comparable value.
//!
//! Keys of accounts are not included. Values are validated where they are set.

use serde::Serialize;

use crate::account::{Account, AccountId, Kind};
use crate::plan;
use crate::settings::Settings;
use crate::settings::choices::{Slot, choice};
use crate::settings::notices::{KINDS, name_of};
use crate::text::Words;

/// A group of settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Section {
    /// The name for the page: `general`, `tray`, `asking`, `notices`, `plan`, `command_line`, `history`.
    pub id: String,
    pub title: String,
    pub fields: Vec<FieldView>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct FieldView {
    /// The name for the command `set_setting`.
    pub key: String,
    pub label: String,
    /// The explanation, one or two sentences. May be empty.
    pub hint: String,
    /// The value as text, in the format of the command.
    pub value: String,
    pub control: Control,
}

/// The type of input control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Control {
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number {
        /// Minimum. 0 is also valid if `zero` is present.
        min: u32,
        /// Maximum.
        max: u32,
        /// The unit: "min", "days".
        unit: String,
        /// The meaning of 0, if 0 is valid: "MiniMax's own: 10".
        zero: Option<String>,
    },
    /// One of several options.
    Choice { options: Vec<Choosable> },
    /// Any number of options; the value is a comma-separated list of their names.
    Several { options: Vec<Choosable> },
    /// A line of text.
    Text { placeholder: String },
    /// Two clock times as `22:00-07:00`, or one of the presets.
    TimeRange {
        /// The other valid values: none, MiniMax's own.
        presets: Vec<Choosable>,
    },
}

/// An option.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
#[serde(rename_all = "camelCase")]
pub struct Choosable {
    /// The value in the format of the command.
    pub value: String,
    pub label: String,
}

const SECTIONS: [(&str, &[&str]); 7] = [
    ("general", &["language", "theme", "show_used", "global_shortcut"]),
    ("tray", &["tray_account", "tray_window", "tray_digits", "tray_theme"]),
    ("asking", &["interval_minutes", "proxy"]),
    (
        "notices",
        &[
            "notices",
            "near_percent",
            "critical_percent",
            "notice_near",
            "notice_spent",
            "notice_back",
            "notice_refused",
            "notice_lapsed",
            "notice_balance",
            "notice_runs_out",
            "notice_unused",
            "notice_peak",
            "quiet_hours",
            "quiet_allows",
        ],
    ),
    ("plan", &["peak_hours", "peak_zone", "weekly_windows", "vlm_requests"]),
    ("command_line", &["key_command"]),
    ("history", &["history_days"]),
];

/// The settings as the window shows them.
#[must_use]
pub fn form(settings: &Settings, words: &Words) -> Vec<Section> {
    let section = |(id, keys): &(&str, &[&str])| Section {
        id: (*id).to_owned(),
        title: words.say(&format!("section-{id}")),
        fields: keys.iter().filter_map(|key| field(settings, words, key)).collect(),
    };
    SECTIONS.iter().map(section).collect()
}

/// The user-defined fields of an account, for the command `set_account`: no answer for a key contains them.
#[must_use]
pub fn account(account: &Account, words: &Words) -> Vec<FieldView> {
    let of = |key: &str, value: String, control| view(words, key, value, control);
    let text = |id| Control::Text { placeholder: words.say(id) };
    let team = of("team", account.team.clone().unwrap_or_default(), text("setting-team-example"));
    match account.kind {
        Kind::TokenPlan => {
            let tiers = ["none", "starter", "plus", "max", "ultra"];
            let options = tiers.map(|tier| option(words, tier, &format!("tier-{tier}"))).to_vec();
            let tier = account.tier.map_or("none", crate::account::Tier::name);
            vec![
                team,
                of("tier", tier.to_owned(), Control::Choice { options }),
                of("high_speed", account.high_speed.to_string(), Control::Switch),
                of("credits", account.has_credits.to_string(), Control::Switch),
            ]
        }
        Kind::PayAsYouGo => {
            let below = account.balance_below.map(|amount| amount.to_string()).unwrap_or_default();
            vec![team, of("balance_below", below, text("setting-balance_below-example"))]
        }
    }
}

fn field(settings: &Settings, words: &Words, key: &str) -> Option<FieldView> {
    let control = control(settings, words, key)?;
    let value = settings.get(key)?;
    // A deleted account shows as no choice.
    let is_gone = matches!(choice(key)?.slot, Slot::Account(_))
        && settings.account(&AccountId(value.clone())).is_none();
    Some(view(words, key, if is_gone { String::new() } else { value }, control))
}

fn view(words: &Words, key: &str, value: String, control: Control) -> FieldView {
    FieldView {
        key: key.to_owned(),
        label: words.say(&format!("setting-{key}")),
        hint: words.say(&format!("setting-{key}-hint")),
        value,
        control,
    }
}

fn control(settings: &Settings, words: &Words, key: &str) -> Option<Control> {
    let unit = || words.say(&format!("setting-{key}-unit"));
    let own = |figure: &str| words.put("setting-own", &[("figure", figure.into())]);
    Some(match choice(key)?.slot {
        Slot::Switch(_) => Control::Switch,
        Slot::OneOf(_, names) => {
            let of = |name: &&str| option(words, name, &format!("setting-{key}-{name}"));
            Control::Choice { options: names.iter().map(of).collect() }
        }
        Slot::Account(_) => {
            let of = |a: &Account| Choosable { value: a.id.0.clone(), label: a.name.clone() };
            let none = option(words, "", &format!("setting-{key}-none"));
            Control::Choice {
                options: std::iter::once(none).chain(settings.accounts.iter().map(of)).collect(),
            }
        }
        Slot::Language => {
            let tongues = [("auto", "language-auto"), ("en", "language-en"), ("zh-CN", "language-zh-CN")];
            Control::Choice { options: tongues.map(|(value, id)| option(words, value, id)).to_vec() }
        }
        Slot::Theme => {
            let themes = [("system", "theme-system"), ("light", "theme-light"), ("dark", "theme-dark")];
            Control::Choice { options: themes.map(|(value, id)| option(words, value, id)).to_vec() }
        }
        Slot::Whole(_, min, max) => Control::Number { min, max, unit: unit(), zero: None },
        Slot::WholeOrOwn(_, min, max) => {
            let facts = plan::Facts::of(&Settings::default());
            let figure =
                if key == "vlm_requests" { f64::from(facts.vlm_requests) } else { facts.weekly_windows };
            Control::Number { min, max, unit: unit(), zero: Some(own(&figure.to_string())) }
        }
        Slot::Text(..) => match key {
            "quiet_hours" => Control::TimeRange { presets: vec![option(words, "", "setting-no-hours")] },
            "peak_hours" => {
                let theirs = Choosable { value: String::new(), label: own(plan::own_peak().0) };
                Control::TimeRange { presets: vec![theirs, option(words, "off", "setting-no-hours")] }
            }
            "quiet_allows" => {
                let of = |kind| option(words, name_of(kind), &format!("setting-notice_{}", name_of(kind)));
                Control::Several { options: KINDS.map(of).to_vec() }
            }
            "peak_zone" => Control::Text { placeholder: plan::own_peak().1.to_owned() },
            _ => Control::Text { placeholder: words.say(&format!("setting-{key}-example")) },
        },
    })
}

fn option(words: &Words, value: &str, id: &str) -> Choosable {
    Choosable { value: value.to_owned(), label: words.say(id) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::choices::CHOICES;
    use crate::text::Tongue;

    fn fields(settings: &Settings, tongue: Tongue) -> Vec<FieldView> {
        form(settings, &Words::new(tongue)).into_iter().flat_map(|section| section.fields).collect()
    }

    #[test]
    fn every_setting_stands_in_the_window_once_with_its_value() {
        let settings = Settings { interval_minutes: 7, ..Settings::default() };
        let shown = fields(&settings, Tongue::English);
        for choice in CHOICES {
            let of: Vec<_> = shown.iter().filter(|field| field.key == choice.key).collect();
            assert_eq!(of.len(), 1, "{}", choice.key);
            assert_eq!(Some(&of[0].value), settings.get(choice.key).as_ref());
        }
        assert_eq!(shown.len(), CHOICES.len());
    }

    #[test]
    fn an_account_that_is_gone_is_not_chosen_for_the_tray() {
        let chosen = |tray_account: &str| {
            let mut settings = Settings { accounts: vec![plan_account()], ..Settings::default() };
            settings.tray_account = tray_account.to_owned();
            let shown = fields(&settings, Tongue::English);
            shown.into_iter().find(|f| f.key == "tray_account").expect("the field")
        };
        assert_eq!(chosen("a").value, "a");
        assert_eq!(chosen("removed").value, "");
        let Control::Choice { options } = chosen("").control else { panic!("a choice") };
        let labels: Vec<_> = options.iter().map(|o| (o.value.as_str(), o.label.as_str())).collect();
        assert_eq!(labels, [("", "The tightest"), ("a", "A")]);
    }

    #[test]
    fn everything_the_form_offers_is_taken() {
        for field in fields(&Settings::default(), Tongue::English) {
            let offered: Vec<String> = match &field.control {
                Control::Switch => vec!["true".to_owned(), "false".to_owned()],
                Control::Number { min, max, zero, .. } => {
                    let zero = zero.as_ref().map(|_| "0".to_owned());
                    // The two thresholds also limit each other.
                    let least = if field.key == "critical_percent" { 81 } else { *min };
                    let most = if field.key == "near_percent" { 94 } else { *max };
                    [least.to_string(), most.to_string()].into_iter().chain(zero).collect()
                }
                Control::Choice { options } | Control::Several { options } => {
                    options.iter().map(|option| option.value.clone()).collect()
                }
                Control::Text { placeholder } => vec![placeholder.clone(), String::new()],
                Control::TimeRange { presets } => {
                    let presets = presets.iter().map(|preset| preset.value.clone());
                    presets.chain(["22:00-07:00".to_owned()]).collect()
                }
            };
            for value in offered {
                assert_eq!(Settings::default().set(&field.key, &value), Ok(()), "{} {value:?}", field.key);
            }
        }
    }

    #[test]
    fn every_word_of_the_form_is_there_in_both_languages() {
        let raw = |text: &str| {
            ["setting-", "section-", "language-", "theme-", "tier-", "{"].iter().any(|w| text.contains(w))
        };
        for tongue in Tongue::ALL {
            let text = serde_json::to_string(&form(&Settings::default(), &Words::new(tongue))).expect("JSON");
            let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
            let mut strings = Vec::new();
            collect(&value, &mut strings);
            for kind in [Kind::TokenPlan, Kind::PayAsYouGo] {
                let shown = account(&Account { kind, ..plan_account() }, &Words::new(tongue));
                collect(&serde_json::to_value(shown).expect("JSON"), &mut strings);
            }
            assert!(strings.len() > 90, "{}", strings.len());
            assert_eq!(strings.iter().filter(|text| raw(text)).collect::<Vec<_>>(), Vec::<&String>::new());
        }
    }

    #[test]
    fn an_account_shows_only_what_its_kind_has() {
        let keys = |kind| {
            let shown = account(&Account { kind, ..plan_account() }, &Words::new(Tongue::English));
            shown.into_iter().map(|field| (field.key, field.value)).collect::<Vec<_>>()
        };
        let of = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        assert_eq!(
            keys(Kind::TokenPlan),
            of(&[("team", ""), ("tier", "max"), ("high_speed", "false"), ("credits", "true")])
        );
        assert_eq!(keys(Kind::PayAsYouGo), of(&[("team", ""), ("balance_below", "12.50")]));
    }

    fn plan_account() -> Account {
        serde_json::from_str(
            r#"{"id":"a","name":"A","kind":"token_plan","region":"global","tier":"max","has_credits":true,"balance_below":"12.50"}"#,
        )
        .expect("an account")
    }

    fn collect(value: &serde_json::Value, into: &mut Vec<String>) {
        match value {
            serde_json::Value::String(text) => into.push(text.clone()),
            serde_json::Value::Array(of) => of.iter().for_each(|v| collect(v, into)),
            serde_json::Value::Object(of) => {
                // Keys and values are names, not texts.
                of.iter()
                    .filter(|(k, _)| !["key", "value", "kind", "id"].contains(&k.as_str()))
                    .for_each(|(_, v)| collect(v, into));
            }
            _ => {}
        }
    }
}
