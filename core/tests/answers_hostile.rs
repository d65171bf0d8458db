//! Answers that no server would send: each must become a reading or a failure, without a panic and without
//! implausible values.
#![expect(clippy::expect_used, reason = "a moment that cannot be made is a broken test")]

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tidemark_core::account::Region;
use tidemark_core::answer::{Answer, read};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::reading::{Note, Percent, Plan, Quota, Reading, Span};
use tidemark_core::report::{explain, plain_lines};

/// 2026-11-22 10:00 UTC.
const NOW_MS: i64 = 1_795_341_600_000;

const FIELDS: [&str; 25] = [
    "model_name",
    "modelName",
    "start_time",
    "end_time",
    "endTime",
    "remains_time",
    "current_interval_total_count",
    "current_interval_usage_count",
    "current_interval_remaining_percent",
    "currentIntervalRemainingPercent",
    "current_interval_status",
    "weekly_start_time",
    "weekly_end_time",
    "weekly_remains_time",
    "current_weekly_total_count",
    "current_weekly_usage_count",
    "current_weekly_remaining_percent",
    "current_weekly_status",
    "interval_boost_permille",
    "weekly_boost_permill",
    "available_amount",
    "cash_balance",
    "owed_amount",
    "balance_alert_switch",
    "balance_alert_threshold",
];

fn now() -> Timestamp {
    Timestamp::from_millisecond(NOW_MS).expect("a moment")
}

fn hostile_value() -> impl Strategy<Value = Value> {
    let near_now = (-800_000_000_i64..800_000_000).prop_map(|offset| json!(NOW_MS + offset));
    prop_oneof![
        3 => (0_i64..=100).prop_map(|n| json!(n)),
        2 => (0_i64..=4).prop_map(|n| json!(n)),
        2 => near_now,
        1 => any::<i64>().prop_map(|n| json!(n)),
        1 => any::<u64>().prop_map(|n| json!(n)),
        1 => any::<f64>().prop_map(|n| json!(n)),
        1 => (-200.0..200.0).prop_map(|n: f64| json!(n)),
        1 => (-200_i64..20_000).prop_map(|n| json!(n.to_string())),
        1 => "[ 0-9eE.,%+-]{0,12}".prop_map(|s| json!(s)),
        1 => ".{0,8}".prop_map(|s| json!(s)),
        1 => prop_oneof![Just("general"), Just("video"), Just("MiniMax-M*")].prop_map(|s| json!(s)),
        1 => any::<bool>().prop_map(|b| json!(b)),
        1 => prop_oneof![Just(Value::Null), Just(json!([])), Just(json!({})), Just(json!([1, {"a": null}]))],
    ]
}

fn hostile_object() -> impl Strategy<Value = Value> {
    let field = (proptest::sample::select(FIELDS.to_vec()), hostile_value());
    prop::collection::vec(field, 0..20).prop_map(|fields| {
        Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
    })
}

fn hostile_document() -> impl Strategy<Value = Value> {
    let rows = prop::collection::vec(prop_oneof![9 => hostile_object(), 1 => hostile_value()], 0..6);
    let code = prop_oneof![4 => Just(json!(0)), 1 => hostile_value()];
    (rows, hostile_object(), code, any::<bool>(), 0_u8..10).prop_map(
        |(rows, amounts, code, wrapped, shape)| {
            let mut content = amounts.as_object().cloned().unwrap_or_default();
            if shape > 0 {
                content.insert("model_remains".to_owned(), Value::Array(rows));
            }
            let mut document =
                if wrapped { Map::from_iter([("data".to_owned(), Value::Object(content))]) } else { content };
            if shape > 1 {
                document.insert("base_resp".to_owned(), json!({ "status_code": code }));
            }
            Value::Object(document)
        },
    )
}

fn endpoints() -> impl Strategy<Value = Endpoint> {
    prop_oneof![Just(Endpoint::TokenPlan), Just(Endpoint::CodingPlan), Just(Endpoint::Balance)]
}

fn statuses() -> impl Strategy<Value = u16> {
    prop_oneof![4 => Just(200_u16), 1 => 100_u16..600, 1 => any::<u16>()]
}

fn headers() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![Just("content-type"), Just("Retry-After"), Just("cf-mitigated"), Just("x")];
    let value = prop_oneof![
        Just("text/html".to_owned()),
        Just("application/json".to_owned()),
        "[0-9]{1,30}",
        ".{0,30}",
        "(Mon|Tue|Sun), [0-9]{1,2} (Jan|Feb|Nov) [0-9]{1,5} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|[+-][0-9]{4})",
    ];
    prop::collection::vec((name.prop_map(str::to_owned), value), 0..3)
}

/// The rules that hold for every answer.
fn check(result: &Result<Reading, Failure>) {
    let explanation = explain(result, now());
    assert!(
        plain_lines(&explanation, &TimeZone::UTC).lines().all(|line| !line.chars().any(char::is_control))
    );
    let Ok(Reading::Plan(plan)) = result else {
        let longest = SignedDuration::from_hours(24).unsigned_abs();
        assert!(result.as_ref().err().and_then(|f| f.retry_after).is_none_or(|wait| wait <= longest));
        return;
    };
    assert!(!plan.rows.is_empty());
    for window in plan.rows.iter().flat_map(|row| &row.windows) {
        assert!(window.quota.left().is_none_or(|left| left >= Percent::ZERO && left <= Percent::FULL));
        assert!(!matches!(window.quota, Quota::Limited { left } if left.is_zero()), "{window:?}");
        assert!(window.resets_at.is_none_or(|reset| reset > now()), "{window:?}");
        assert!(window.length_seconds.is_none_or(|s| s > 0 && s <= 8 * 86_400), "{window:?}");
        assert!(window.boost > 0.0 && window.boost <= 10.0, "{window:?}");
        if let Some(count) = window.count {
            assert!(count.total > 0 && count.left <= count.total, "{window:?}");
            assert!(window.quota.metered_left().is_some(), "{window:?}");
        }
    }
    for share in explanation.rows.iter().flat_map(|row| &row.windows).filter_map(|w| w.used_percent) {
        assert!((0.0..=100.0).contains(&share.0.get()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn any_bytes_are_a_reading_or_a_failure(
        body in prop::collection::vec(any::<u8>(), 0..400),
        status in statuses(), headers in headers(), endpoint in endpoints(),
    ) {
        check(&read(&Answer { status, headers, body }, endpoint, Region::Global, now()));
    }

    #[test]
    fn any_document_of_known_names_is_a_reading_or_a_failure(
        document in hostile_document(),
        status in statuses(), headers in headers(), endpoint in endpoints(),
    ) {
        let body = document.to_string().into_bytes();
        check(&read(&Answer { status, headers, body }, endpoint, Region::China, now()));
    }

    #[test]
    fn an_answer_cut_anywhere_is_a_reading_or_a_failure(
        document in hostile_document(), cut in 0.0..1.0, endpoint in endpoints(),
    ) {
        let mut body = document.to_string().into_bytes();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place in a short text")]
        body.truncate((body.len() as f64 * cut) as usize);
        check(&read(&Answer { status: 200, headers: Vec::new(), body }, endpoint, Region::Global, now()));
    }

    #[test]
    fn the_order_of_rows_changes_no_row(rows in prop::collection::vec(hostile_object(), 1..5)) {
        let in_order = |rows: &[Value]| {
            let body = json!({ "model_remains": rows }).to_string().into_bytes();
            let answer = Answer { status: 200, headers: Vec::new(), body };
            read(&answer, Endpoint::TokenPlan, Region::Global, now())
        };
        // Rows with one name are merged; here each must stay separate.
        let named: Vec<Value> = rows
            .into_iter()
            .enumerate()
            .map(|(index, mut row)| {
                row["model_name"] = json!(format!("row {index}"));
                row.as_object_mut().expect("an object").remove("modelName");
                row
            })
            .collect();
        let reversed: Vec<Value> = named.iter().rev().cloned().collect();
        match (in_order(&named), in_order(&reversed)) {
            (Ok(Reading::Plan(one)), Ok(Reading::Plan(mut other))) => {
                other.rows.reverse();
                prop_assert_eq!(one.rows, other.rows);
            }
            (one, other) => prop_assert_eq!(one, other),
        }
    }
}

fn plan_of(rows: &Value) -> Plan {
    let body = json!({ "model_remains": rows }).to_string().into_bytes();
    let answer = Answer { status: 200, headers: Vec::new(), body };
    match read(&answer, Endpoint::TokenPlan, Region::Global, now()) {
        Ok(Reading::Plan(plan)) => plan,
        other => panic!("no plan: {other:?}"),
    }
}

#[test]
fn a_reset_is_taken_up_to_eight_days_ahead_and_says_nothing_of_the_clock() {
    const DAY: i64 = 86_400_000;
    for (ahead, is_taken) in
        [(1, true), (8 * DAY, true), (8 * DAY + 1, false), (9 * 365 * DAY, false), (0, false), (-DAY, false)]
    {
        let end = NOW_MS + ahead;
        for remains in [Value::Null, 0.into(), (-1).into(), ahead.into(), i64::MAX.into()] {
            let plan = plan_of(&json!([{ "model_name": "a", "end_time": end, "remains_time": remains }]));
            let expected = Timestamp::from_millisecond(end).ok().filter(|_| is_taken);
            assert_eq!(plan.rows[0].windows[0].resets_at, expected, "{ahead} ms ahead, {remains} remain");
            assert_eq!(plan.server_time, None, "only the Date header gives the server's clock");
        }
    }
    let counted = json!([{ "model_name": "a", "end_time": NOW_MS + 9 * DAY, "remains_time": DAY }]);
    let counted = plan_of(&counted).rows[0].windows[0].resets_at;
    assert_eq!(counted, Timestamp::from_millisecond(NOW_MS + DAY).ok(), "the countdown is plausible");
}

#[test]
fn of_more_rows_than_anyone_has_the_first_are_shown_and_a_note_says_so() {
    let rows: Vec<Value> = (0..4000).map(|n| json!({ "model_name": format!("m{n}") })).collect();
    let plan = plan_of(&json!(rows));
    assert_eq!(plan.rows.len(), 3000);
    assert_eq!(plan.notes, [Note::RowLeftOut]);
}

#[test]
fn a_failure_says_whether_a_status_or_a_code_told_of_it() {
    let failure = |status, body: &str| {
        let answer = Answer { status, headers: Vec::new(), body: body.as_bytes().to_vec() };
        read(&answer, Endpoint::TokenPlan, Region::Global, now()).expect_err("a failure")
    };
    let of_status = Failure { http_status: Some(502), ..Failure::new(FailureKind::ServerError) };
    assert_eq!(failure(502, "<html>502</html>"), of_status);
    let of_code = Failure { code: Some(9001), ..Failure::new(FailureKind::Other) };
    assert_eq!(failure(200, r#"{"base_resp":{"status_code":9001}}"#), of_code);
    assert_eq!(failure(418, r#"{"base_resp":{"status_code":9001}}"#), of_code);
    assert_eq!(failure(200, "nothing to read"), Failure::new(FailureKind::Unreadable));
}

#[test]
fn the_headline_of_an_older_answer_is_its_tightest_text_model() {
    let plan = plan_of(&json!([
        { "model_name": "speech-hd", "current_interval_total_count": 10, "current_interval_usage_count": 10 },
        { "model_name": "MiniMax-M2", "current_interval_total_count": 100, "current_interval_usage_count": 10 },
        { "model_name": "MiniMax-M2.7", "current_interval_total_count": 100, "current_interval_usage_count": 60 },
    ]));
    let head = plan.headline_row().expect("a headline");
    assert_eq!(head.model.as_deref(), Some("MiniMax-M2.7"));
    assert_eq!(head.tightest().map(|w| w.span), Some(Span::Interval));
}
