//! Imports of arbitrary text: what is imported can be read again, and the accounts stay.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fs;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Map, Value};
use tidemark::config::{Paths, load, save};
use tidemark::exchange::import;
use tidemark_core::settings::Settings;
use tidemark_core::text::Tongue;

/// Arbitrary JSON text: deep, wide, with huge numbers, unusual strings and duplicate keys.
fn any_json() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u64>().prop_map(|n| n.to_string()),
        any::<f64>().prop_filter("JSON has only these", |n| n.is_finite()).prop_map(|n| format!("{n:e}")),
        "-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?([eE]-?[0-9]{1,3})?",
    ];
    let text = any::<String>().prop_map(|s| serde_json::to_string(&s).unwrap());
    let leaf = prop_oneof![
        number,
        text,
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(r#""\ud83d\ude00\u0000\u202e""#.to_owned()),
    ];
    let nested = leaf.prop_recursive(6, 200, 12, |inner| {
        let pair = ("[ab]{0,2}", inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..12).prop_map(|values| format!("[{}]", values.join(","))),
            prop::collection::vec(pair, 0..6).prop_map(|pairs| format!("{{{}}}", pairs.join(","))),
        ]
    });
    // Nested in up to 129 brackets, and sometimes repeated up to 399 times.
    (nested, 0..130_usize, 1..400_usize, prop::bool::weighted(0.3)).prop_map(
        |(value, levels, many, is_wide)| {
            let value = if is_wide { format!("[{}]", vec![value; many].join(",")) } else { value };
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            format!("{open}{value}{close}")
        },
    )
}

fn any_import() -> impl Strategy<Value = String> {
    let known = prop_oneof![
        Just(r#""theme":"dark""#.to_owned()),
        Just(r#""interval_minutes":9"#.to_owned()),
        Just(r#""near_percent":70"#.to_owned()),
        Just(r#""accounts":[]"#.to_owned()),
        Just(r#""schema":1"#.to_owned()),
    ];
    let unknown = ("[a-z\u{e9}\u{4e2d}\\\\]{1,8}", any_json())
        .prop_map(|(key, value)| format!("{}:{value}", serde_json::to_string(&key).unwrap()));
    let fields = prop::collection::vec(prop_oneof![known, unknown], 0..5);
    fields.prop_map(|fields| format!("{{{}}}", fields.join(",")))
}

fn mine() -> Settings {
    serde_json::from_value(serde_json::json!({
        "interval_minutes": 20, "moon": { "phase": 0.1 },
        "accounts": [
            { "id": "1", "name": "Home", "kind": "token_plan", "region": "global", "pair": "2", "mood": "calm" },
            { "id": "2", "name": "Paid", "kind": "pay_as_you_go", "region": "china", "balance_below": "12.50" },
        ],
    }))
    .unwrap()
}

/// Rounds numbers, because reading a number with a fraction may change its last digit. Everything else is compared
/// exactly.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => format!("{:.14e}", number.as_f64().unwrap()).into(),
        Value::Array(values) => values.iter().map(rounded).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(k, v)| (k.clone(), rounded(v))).collect::<Map<_, _>>().into()
        }
        other => other.clone(),
    }
}

fn shown(settings: &Settings) -> Value {
    rounded(&serde_json::to_value(settings).unwrap())
}

fn check(text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let paths = Paths::from_env(|name| name.starts_with("XDG_").then(|| root.join(name).into())).unwrap();
    save(&paths, &mine()).unwrap();
    let files = || {
        let names = ["settings.json", "settings.last-good.json"];
        names.map(|name| fs::read(paths.settings.with_file_name(name)).unwrap())
    };
    let (before, file) = (files(), folder.path().join("export.json"));
    fs::write(&file, text).unwrap();
    let done = import(&paths, &file, Tongue::English);
    let loaded = load(&paths, Timestamp::now());
    assert_eq!(loaded.remark, None, "{done:?}");
    assert_eq!(loaded.settings.accounts, mine().accounts, "{done:?}");
    if done.is_err() {
        assert!(files() == before, "an import that failed changed a file");
    } else {
        let expected = mine().with_import(serde_json::from_str(text).unwrap()).unwrap();
        assert_eq!(shown(&loaded.settings), shown(&expected));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_import_is_taken_whole_or_changes_nothing(text in any_import()) {
        check(&text);
    }
}

#[test]
fn forty_kilobytes_of_nested_numbers_cost_no_account() {
    let numbers = vec!["0"; 20_000].join(",");
    for levels in [1, 14, 16, 60, 118, 124, 126, 200] {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        check(&format!("{{\"x\":{open}{numbers}{close}}}"));
    }
}
