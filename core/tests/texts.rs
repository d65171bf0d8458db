//! Every message of the catalogue must be used somewhere, so that no unused message is translated.
//!
//! A message is used if its id occurs as a string in the code. For ids that are assembled, the patterns and
//! all parts are listed below, from the code's own lists if there are any.

#![expect(clippy::expect_used, reason = "a test that cannot read its sources has failed")]
#![expect(clippy::disallowed_methods, reason = "the core reads no files; this test reads the core")]

use std::collections::BTreeSet;
use std::path::Path;

use tidemark_core::account::{Account, AccountId, Kind, Region};
use tidemark_core::failure::FailureKind;
use tidemark_core::form::{self, Control, FieldView};
use tidemark_core::settings::Settings;
use tidemark_core::text::{Tongue, Words};

/// The patterns of assembled ids; any other in the code is an error.
const BUILT: [&str; 20] = [
    "failure-{text}",
    "failure-{}",
    "failure-{text}-body",
    "{body_id}-body",
    "{body_id}-body-reset",
    "{message}-body",
    "section-{id}",
    "setting-{key}",
    "setting-{key}-hint",
    "setting-{key}-unit",
    "setting-{key}-none",
    "setting-{key}-example",
    "setting-{key}-{name}",
    "setting-notice_{}",
    "tier-{tier}",
    "check-{id}",
    "weekday-{}",
    "weekday-long-{}",
    "month-{}",
    "month-short-{}",
];
/// Assembled too, but no ids of messages.
const NO_IDS: [&str; 5] = ["notice_{}", "{BROKEN}-", "{stem}-", "row-{n}", "tidemark-store-year-{}"];

/// Titles of banners; the body is found by their id.
const BANNERS: [&str; 15] = [
    "banner-demo",
    "banner-internal-error",
    "banner-keyring-absent",
    "banner-keyring-locked",
    "banner-keyring-slow",
    "banner-keyring-no_entry",
    "banner-keyring-failed",
    "banner-no-tray",
    "banner-notices",
    "banner-settings-broken",
    "banner-settings-newer",
    "banner-settings-restored",
    "banner-store-broken",
    "banner-store-newer",
    "banner-store-unusable",
];
const NOTICES: [&str; 3] = ["notice-near", "notice-spent", "notice-spent-credits"];
const CHECKS: [&str; 11] = [
    "app",
    "display",
    "tray",
    "notices",
    "keyring",
    "stray-keys",
    "network-global",
    "network-china",
    "clock",
    "settings",
    "history",
];

fn sources(folder: &Path, found: &mut String) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs") {
            let code = std::fs::read_to_string(&path).expect("a source");
            // A use in tests only does not count.
            found.push_str(code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default());
        }
    }
}

/// All text between quotes, in the core and in the shell.
fn quoted() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut code = String::new();
    sources(&root.join("src"), &mut code);
    sources(&root.join("../src-tauri/src"), &mut code);
    code.split('"').filter(|text| text.len() < 60).map(str::to_owned).collect()
}

fn ids(tongue: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(tongue).join("words.ftl");
    let catalogue = std::fs::read_to_string(file).expect("a catalogue");
    let lines = catalogue.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase()));
    lines.filter_map(|l| l.split_once(" =")).map(|(id, _)| id.to_owned()).collect()
}

/// Whether a string could be the pattern of an id: words of an id, with a placeholder at an end of a word.
fn is_pattern(text: &str) -> bool {
    let is_of_an_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '{' | '}');
    text.chars().all(is_of_an_id) && (text.contains("-{") || text.contains("}-") || text.contains("_{"))
}

/// The assembled ids.
fn built() -> BTreeSet<String> {
    let mut built = BTreeSet::new();
    for kind in FailureKind::ALL {
        built.extend([format!("failure-{}", kind.name()), format!("failure-{}-body", kind.name())]);
    }
    built.extend(["failure-proxy_login", "failure-proxy_login-body"].map(str::to_owned));
    built.extend(BANNERS.map(|banner| format!("{banner}-body")));
    built.extend(NOTICES.iter().flat_map(|id| [format!("{id}-body"), format!("{id}-body-reset")]));
    built.extend(CHECKS.map(|check| format!("check-{check}")));
    built.extend((1..=7).flat_map(|day| [format!("weekday-{day}"), format!("weekday-long-{day}")]));
    built.extend((1..=12).flat_map(|month| [format!("month-{month}"), format!("month-short-{month}")]));
    let words = Words::new(Tongue::English);
    for section in form::form(&Settings::default(), &words) {
        built.insert(format!("section-{}", section.id));
        built.extend(section.fields.iter().flat_map(of_field));
    }
    for kind in [Kind::TokenPlan, Kind::PayAsYouGo] {
        built.extend(form::account(&account(kind), &words).iter().flat_map(of_field));
    }
    built
}

/// The ids for a setting. Ids of options that are written in full in the code are not assembled.
fn of_field(field: &FieldView) -> Vec<String> {
    let key = &field.key;
    let mut ids = vec![format!("setting-{key}"), format!("setting-{key}-hint")];
    match &field.control {
        Control::Number { .. } => ids.push(format!("setting-{key}-unit")),
        Control::Text { .. } if key != "peak_zone" => ids.push(format!("setting-{key}-example")),
        Control::Choice { options } if key == "tier" => {
            ids.extend(options.iter().map(|option| format!("tier-{}", option.value)));
        }
        Control::Choice { options } if !["language", "theme"].contains(&key.as_str()) => {
            let named = |value: &str| if value.is_empty() { "none".to_owned() } else { value.to_owned() };
            ids.extend(options.iter().map(|option| format!("setting-{key}-{}", named(&option.value))));
        }
        Control::Several { options } => {
            ids.extend(options.iter().map(|option| format!("setting-notice_{}", option.value)));
        }
        Control::Text { .. } | Control::Choice { .. } | Control::Switch | Control::TimeRange { .. } => {}
    }
    ids
}

fn account(kind: Kind) -> Account {
    Account {
        id: AccountId("a".to_owned()),
        name: "Home".to_owned(),
        team: None,
        kind,
        region: Region::Global,
        last_four: None,
        key_revision: 0,
        unchecked: false,
        pair: None,
        has_credits: false,
        tier: None,
        high_speed: false,
        balance_below: None,
        unknown: serde_json::Map::new(),
    }
}

#[test]
fn every_sentence_is_said_somewhere_and_every_sentence_said_is_there() {
    let (quoted, built, ids) = (quoted(), built(), ids("en"));
    assert!(ids.len() > 300 && quoted.len() > ids.len(), "both are read");
    let unsaid: Vec<&String> =
        ids.iter().filter(|id| !quoted.contains(*id) && !built.contains(*id)).collect();
    assert!(unsaid.is_empty(), "nobody says {unsaid:?}");
    let missing: Vec<&String> = built.iter().filter(|id| !ids.contains(*id)).collect();
    assert!(missing.is_empty(), "the catalogue has no {missing:?}");
}

#[test]
fn an_id_is_built_up_only_in_the_ways_that_are_listed() {
    let quoted = quoted();
    let is_listed = |text: &str| BUILT.contains(&text) || NO_IDS.contains(&text);
    let unlisted: Vec<&String> = quoted.iter().filter(|text| is_pattern(text) && !is_listed(text)).collect();
    assert!(unlisted.is_empty(), "list what these are built of: {unlisted:?}");
    let gone: Vec<&&str> = BUILT.iter().filter(|pattern| !quoted.contains(**pattern)).collect();
    assert!(gone.is_empty(), "nobody builds {gone:?} any more");
    for base in BANNERS.iter().chain(&NOTICES).chain(&CHECKS) {
        assert!(quoted.contains(*base), "nobody says {base} any more");
    }
}

#[test]
fn every_kind_of_failure_is_in_the_list() {
    // A new kind does not compile here before it is added above.
    let place = |kind: FailureKind| match kind {
        FailureKind::KeyRejected => 0,
        FailureKind::KeyRejectedOrWrongRegion => 1,
        FailureKind::NoActivePlan => 2,
        FailureKind::NoData => 3,
        FailureKind::PlanExhausted => 4,
        FailureKind::RateLimited => 5,
        FailureKind::ServerError => 6,
        FailureKind::Blocked => 7,
        FailureKind::EndpointMissing => 8,
        FailureKind::RedirectRefused => 9,
        FailureKind::Unreadable => 10,
        FailureKind::Other => 11,
        FailureKind::Offline => 12,
        FailureKind::Timeout => 13,
        FailureKind::Tls => 14,
        FailureKind::Keyring => 15,
    };
    assert!(FailureKind::ALL.iter().enumerate().all(|(at, kind)| place(*kind) == at));
}
