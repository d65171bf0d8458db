//! Reads whole answers as received and compares the output of `tidemark explain --json` with tables.
//!
//! The tables are in `tests/answers/`; the environment variable `TIDEMARK_ANSWERS` may name another one. A
//! case has `endpoint`, `http_status`, `headers`, `body` (JSON, or text as received), `region`, `now_ms`, and
//! `expected`: every field in it must be equal in the output; `…_ms` are milliseconds since 1970.
#![expect(clippy::expect_used, reason = "a table that cannot be read is a broken test")]
#![expect(clippy::disallowed_methods, reason = "the tables are files, and one is named by the environment")]

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use tidemark_core::account::Region;
use tidemark_core::answer::{Answer, read};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::report::{Explanation, explain, plain_lines};

#[test]
fn every_answer_in_the_tables_means_what_the_tables_say() {
    let mut tables: Vec<PathBuf> =
        std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers"))
            .expect("the folder of tables")
            .map(|entry| entry.expect("a table").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
            .collect();
    tables.sort();
    let own = wrong_cases(&tables);
    assert!(own.cases >= 60, "only {} cases were found in {tables:?}", own.cases);
    let further: Vec<PathBuf> = std::env::var_os("TIDEMARK_ANSWERS").map(PathBuf::from).into_iter().collect();
    let mut further = wrong_cases(&further);
    let gaps: Vec<&str> =
        NOT_READ_YET.into_iter().filter(|name| further.names.iter().any(|known| known == name)).collect();
    for name in gaps {
        let before = further.wrong.len();
        further.wrong.retain(|wrong| !wrong.starts_with(&format!("{name:?}: ")));
        assert!(further.wrong.len() < before, "{name} is read right by now: take it from the list");
    }
    let wrong = [own.wrong, further.wrong].concat();
    assert!(wrong.is_empty(), "{} answers are misread:\n{}", wrong.len(), wrong.join("\n"));
}

/// Answers of plans and errors that Tidemark does not support yet: a first-use window that has not begun,
/// monthly limits, and the errors 2056 and 2057.
const NOT_READ_YET: [&str; 5] = [
    "mplan/idle-window-has-not-begun",
    "mplan/first-use-one-percent",
    "fields/month-spent",
    "error/2057-not-a-plan-key",
    "error/2056-names-the-reset",
];

struct Tally {
    cases: usize,
    names: Vec<String>,
    wrong: Vec<String>,
}

fn wrong_cases(tables: &[PathBuf]) -> Tally {
    let mut tally = Tally { cases: 0, names: Vec::new(), wrong: Vec::new() };
    for table in tables {
        let text = std::fs::read_to_string(table).expect("a readable table");
        let cases: Vec<Value> = serde_json::from_str(&text).expect("a table in JSON");
        tally.cases += cases.len();
        for case in &cases {
            tally.names.extend(case["name"].as_str().map(str::to_owned));
            let differences = differences(case);
            if !differences.is_empty() {
                tally.wrong.push(format!("{}: {}", case["name"], differences.join("; ")));
            }
        }
    }
    tally
}

fn differences(case: &Value) -> Vec<String> {
    let at = moment_of(case);
    let endpoint = serde_json::from_value(case["endpoint"].clone()).expect("an endpoint");
    let region = if case["region"] == "china" { Region::China } else { Region::Global };
    let explanation = explain(&read(&answer_of(case), endpoint, region, at), at);
    let said = serde_json::to_value(&explanation).expect("an explanation in JSON");
    let again: Explanation = serde_json::from_value(said.clone()).expect("an explanation from JSON");
    assert_eq!(again, explanation, "{} does not survive its own JSON", case["name"]);
    assert!(!plain_lines(&explanation, &TimeZone::UTC).trim().is_empty());

    let mut differences = Vec::new();
    compare("", &comparable(case), &said, &mut differences);
    let repeated = secret_words(case).filter(|word| said["failure"].to_string().contains(word.as_str()));
    differences.extend(repeated.map(|word| format!("repeats the server's {word:?}")));
    differences
}

fn answer_of(case: &Value) -> Answer {
    let headers = case["headers"].as_object().cloned().unwrap_or_default();
    let body = match &case["body"] {
        Value::String(text) => text.clone(),
        json => json.to_string(),
    };
    Answer {
        status: case["http_status"].as_u64().and_then(|s| u16::try_from(s).ok()).expect("a status"),
        headers: headers
            .into_iter()
            .map(|(name, value)| (name, value.as_str().unwrap_or_default().to_owned()))
            .collect(),
        body: body.into_bytes(),
    }
}

/// A table may leave out the time of the answer: an hour before the earliest expected reset is suitable.
fn moment_of(case: &Value) -> Timestamp {
    let from_ms = |ms| Timestamp::from_millisecond(ms).expect("a moment");
    if let Some(now) = case["now_ms"].as_i64() {
        return from_ms(now);
    }
    let rows = case["expected"]["rows"].as_array().into_iter().flatten();
    let windows = rows.flat_map(|row| row["windows"].as_array().into_iter().flatten());
    let earliest = windows.filter_map(|window| window["resets_at_ms"].as_i64()).min();
    earliest.map_or_else(|| from_ms(1_795_341_600_000), |ms| from_ms(ms) - SignedDuration::from_hours(1))
}

/// If the table leaves out the time, "no reset" means that resets are not compared.
fn comparable(case: &Value) -> Value {
    fn list<'a>(value: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
        value.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten()
    }
    let mut expected = case["expected"].clone();
    if case["now_ms"].is_null() {
        for window in list(&mut expected, "rows").flat_map(|row| list(row, "windows")) {
            if let Some(window) = window.as_object_mut() {
                window.retain(|name, value| name != "resets_at_ms" || !value.is_null());
            }
        }
    }
    expected
}

/// The server's text must never be in the output; words this short may also be Tidemark's own.
fn secret_words(case: &Value) -> impl Iterator<Item = String> {
    let text = case["body"]["base_resp"]["status_msg"].as_str().unwrap_or_default().to_owned();
    (text.len() > 8).then_some(text).into_iter()
}

fn compare(place: &str, expected: &Value, said: &Value, differences: &mut Vec<String>) {
    match expected {
        Value::Object(fields) => compare_fields(place, fields, said, differences),
        Value::Array(items) => {
            let count = said.as_array().map_or(0, Vec::len);
            if count != items.len() {
                differences.push(format!("{place}: {} expected, {count} said: {said}", items.len()));
            }
            for (index, item) in items.iter().enumerate() {
                compare(&format!("{place}[{index}]"), item, &said[index], differences);
            }
        }
        // 29 and 29.0 are the same number; 1.00 and 1.0 are different amounts, but those are strings.
        Value::Number(number) if number.as_f64() == said.as_f64() => {}
        other if other == said => {}
        other => differences.push(format!("{place}: {other} expected, {said} said")),
    }
}

fn compare_fields(place: &str, fields: &Map<String, Value>, said: &Value, differences: &mut Vec<String>) {
    for (name, value) in fields {
        let place = format!("{place}.{name}");
        match (name.as_str(), value) {
            ("why", _) => {}
            // The names of a failure's fields in the tables.
            ("failure", Value::String(_)) => compare(&place, value, &said["failure"]["kind"], differences),
            ("retry_after_seconds" | "code", _) => {
                compare(&place, value, &said["failure"][name], differences);
            }
            ("resets_at_ms" | "starts_at_ms", _) => {
                let moment = value.as_i64().and_then(|ms| Timestamp::from_millisecond(ms).ok());
                compare(&place, &json!(moment), &said[name.trim_end_matches("_ms")], differences);
            }
            _ => compare(&place, value, &said[name], differences),
        }
    }
}

/// The report for one answer, as composed by the tests below.
fn said_of(endpoint: Endpoint, status: u16, headers: &[(&str, &str)], body: &[u8]) -> Value {
    let at = Timestamp::from_second(1_795_341_600).expect("a moment");
    let headers = headers.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let answer = Answer { status, headers, body: body.to_vec() };
    serde_json::to_value(explain(&read(&answer, endpoint, Region::Global, at), at)).expect("JSON")
}

#[test]
fn a_name_in_another_encoding_does_not_hide_the_figures() {
    let body = b"{\"model_remains\":[{\"model_name\":\"\xcd\xa8\xd3\xc3\",\"current_interval_remaining_percent\":44}]}";
    let said = said_of(Endpoint::TokenPlan, 200, &[], body);
    assert_eq!(said["rows"][0]["windows"][0]["remaining_percent"], 44);
}

#[test]
fn deep_nesting_is_unreadable_and_no_crash() {
    for (open, close) in [("[", "]"), ("{\"data\":", "}")] {
        let body = format!("{}1{}", open.repeat(30_000), close.repeat(30_000));
        let said = said_of(Endpoint::TokenPlan, 200, &[], body.as_bytes());
        assert_eq!(said["failure"]["kind"], "unreadable");
    }
}

#[test]
fn a_body_longer_than_the_limit_is_unreadable() {
    let row = r#"{"model_name":"general","current_interval_remaining_percent":50},"#;
    let body = format!(r#"{{"model_remains":[{}null]}}"#, row.repeat(6_000));
    assert!(body.len() > tidemark_core::answer::BODY_LIMIT);
    assert_eq!(said_of(Endpoint::TokenPlan, 200, &[], body.as_bytes())["failure"]["kind"], "unreadable");
}

#[test]
fn a_date_to_wait_for_is_taken_from_the_moment_of_the_answer() {
    // The answer is read at 2026-11-22 10:00 UTC.
    for (header, seconds) in [
        ("Sun, 22 Nov 2026 10:02:00 GMT", json!(120)),
        ("Sunday, 22-Nov-26 10:02:00 GMT", json!(120)),
        ("Sun Nov 22 10:02:00 2026", json!(120)),
        ("Sun, 22 Nov 2026 09:59:00 GMT", Value::Null),
        ("Sun, 22 Nov 2099 09:59:00 GMT", json!(86_400)),
        ("99999999999999999999999", json!(86_400)),
        (" 30 ", json!(30)),
        ("-5", Value::Null),
        ("soon", Value::Null),
        ("", Value::Null),
    ] {
        let said = said_of(Endpoint::TokenPlan, 429, &[("Retry-After", header)], b"");
        assert_eq!(said["failure"]["retry_after_seconds"], seconds, "{header:?}");
        assert_eq!(said["failure"]["kind"], "rate_limited");
    }
}
