//! Complete reports in both formats.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{AccountState as S, FailureKind as F, *};
use crate::account::Account;
use crate::answer::{Answer, read};
use crate::endpoint::Endpoint;
use crate::failure::Failure;
use crate::history::History;
use crate::level::Thresholds;
use crate::reading::Reading;

/// 2026-11-22 10:00 UTC, a Sunday.
fn now() -> Timestamp {
    Timestamp::from_second(1_795_341_600).expect("a moment")
}

fn ms(hours: i64) -> i64 {
    now().as_millisecond() + hours * 3_600_000
}

fn read_at_now(endpoint: Endpoint, body: &Value) -> Result<Reading, Failure> {
    let answer = Answer { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() };
    read(&answer, endpoint, Region::Global, now())
}

fn plan_body(interval: i64, weekly: i64) -> Value {
    json!({ "model_remains": [
        { "model_name": "general", "start_time": ms(-3), "end_time": ms(2), "remains_time": 7_200_000,
          "current_interval_status": 1, "current_interval_remaining_percent": interval,
          "interval_boost_permille": 1500,
          "weekly_start_time": ms(-96), "weekly_end_time": ms(72),
          "current_weekly_status": 1, "current_weekly_remaining_percent": weekly },
        { "model_name": "video", "start_time": ms(-10), "end_time": ms(14),
          "current_interval_status": 1, "current_interval_remaining_percent": 67,
          "current_interval_total_count": 3, "current_interval_usage_count": 1,
          "current_weekly_status": 3, "current_weekly_remaining_percent": 100 },
    ], "base_resp": { "status_code": 0, "status_msg": "success" } })
}

fn plan(interval: i64, weekly: i64) -> Reading {
    read_at_now(Endpoint::TokenPlan, &plan_body(interval, weekly)).expect("a plan")
}

fn money(available: &str) -> Reading {
    let body = json!({ "available_amount": available, "balance_alert_switch": true,
        "balance_alert_threshold": "5.00", "base_resp": { "status_code": 0 } });
    read_at_now(Endpoint::Balance, &body).expect("a balance")
}

fn account(kind: Kind) -> Account {
    Account {
        id: AccountId("11111111-2222-4333-8444-555555555555".to_owned()),
        name: "Default Team".to_owned(),
        team: None,
        kind,
        region: Region::Global,
        last_four: Some("TEST".to_owned()),
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

/// The status of an account whose reading and failure, if given, are this many minutes old.
fn status(good: Option<(i64, &Reading)>, failure: Option<(i64, FailureKind)>) -> AccountStatus {
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let good = good.map(|(minutes, reading)| (ago(minutes), reading));
    let failure = failure.map(|(minutes, kind)| (ago(minutes), Failure::new(kind)));
    let kind =
        if matches!(good, Some((_, Reading::Balance(_)))) { Kind::PayAsYouGo } else { Kind::TokenPlan };
    let share = |percent| Percent::clamped(percent).expect("a share");
    account_status(
        &account(kind),
        good.as_ref().map(|(at, reading)| (at, *reading)),
        failure.as_ref().map(|(at, failure)| (at, failure)),
        &History::default(),
        Thresholds { near: share(80.0), critical: share(95.0) },
        SignedDuration::from_mins(20),
        now(),
    )
}

fn code(accounts: Vec<AccountStatus>) -> u8 {
    exit_code(&StatusReport { schema: SCHEMA, at: now(), accounts })
}

#[test]
fn an_explanation_has_the_promised_fields_in_the_promised_order() {
    let explanation = explain(&Ok(plan(71, 88)), now());
    insta::assert_snapshot!(serde_json::to_string_pretty(&explanation).expect("JSON"), @r#"
    {
      "schema": 1,
      "at": "2026-11-22T10:00:00Z",
      "outcome": "quota",
      "failure": null,
      "rows": [
        {
          "model": "general",
          "title": "Text and everything shared",
          "windows": [
            {
              "span": "interval",
              "state": "limited",
              "used_percent": 29,
              "remaining_percent": 71,
              "used": null,
              "remaining": null,
              "total": null,
              "boost": 1.5,
              "starts_at": "2026-11-22T07:00:00Z",
              "resets_at": "2026-11-22T12:00:00Z",
              "length_seconds": 18000
            },
            {
              "span": "weekly",
              "state": "limited",
              "used_percent": 12,
              "remaining_percent": 88,
              "used": null,
              "remaining": null,
              "total": null,
              "boost": 1.0,
              "starts_at": "2026-11-18T10:00:00Z",
              "resets_at": "2026-11-25T10:00:00Z",
              "length_seconds": 604800
            }
          ]
        },
        {
          "model": "video",
          "title": "Video",
          "windows": [
            {
              "span": "interval",
              "state": "limited",
              "used_percent": 33,
              "remaining_percent": 67,
              "used": 1,
              "remaining": 2,
              "total": 3,
              "boost": 1.0,
              "starts_at": "2026-11-22T00:00:00Z",
              "resets_at": "2026-11-23T00:00:00Z",
              "length_seconds": 86400
            },
            {
              "span": "weekly",
              "state": "unlimited",
              "used_percent": null,
              "remaining_percent": null,
              "used": null,
              "remaining": null,
              "total": null,
              "boost": 1.0,
              "starts_at": null,
              "resets_at": null,
              "length_seconds": null
            }
          ]
        }
      ],
      "balance": null,
      "ambiguous": false,
      "notes": []
    }
    "#);
}

#[test]
fn an_explanation_of_money_has_decimal_strings() {
    let explanation = explain(&Ok(money("12.30")), now());
    let said = serde_json::to_string(&explanation).expect("JSON");
    insta::assert_snapshot!(said, @r#"
    {"schema":1,"at":"2026-11-22T10:00:00Z","outcome":"balance","failure":null,"rows":[],"balance":{"currency":"USD","available":"12.30","cash":null,"voucher":null,"credit":null,"owed":null,"alert_below":"5.00","low":false},"ambiguous":false,"notes":[]}
    "#);
}

#[test]
fn an_explanation_of_a_failure_names_kind_code_and_wait() {
    let failure = Failure {
        code: Some(9001),
        retry_after: Some(Duration::from_secs(17)),
        ..Failure::new(FailureKind::Other)
    };
    let said = serde_json::to_string(&explain(&Err(failure), now())).expect("JSON");
    insta::assert_snapshot!(said, @r#"
    {"schema":1,"at":"2026-11-22T10:00:00Z","outcome":"failure","failure":{"kind":"other","code":9001,"retry_after_seconds":17,"message":"MiniMax refused the request (code 9001). Try again later, or look the number up."},"rows":[],"balance":null,"ambiguous":false,"notes":[]}
    "#);
}

#[test]
fn a_percentage_is_an_integer_where_it_is_whole() {
    for (percent, text) in [(71.0, "71"), (93.85, "93.85"), (99.8, "99.8"), (0.0, "0"), (100.0, "100")] {
        let share = Share(Percent::clamped(percent).expect("a share"));
        assert_eq!(serde_json::to_string(&share).expect("JSON"), text);
    }
}

#[test]
fn every_failure_has_a_message_of_its_own_that_says_what_to_do() {
    let kinds: Vec<FailureKind> = [
        "key_rejected",
        "key_rejected_or_wrong_region",
        "no_active_plan",
        "no_data",
        "plan_exhausted",
        "rate_limited",
        "server_error",
        "blocked",
        "endpoint_missing",
        "redirect_refused",
        "unreadable",
        "other",
        "offline",
        "timeout",
        "tls",
        "keyring",
    ]
    .map(|name| serde_json::from_value(json!(name)).expect("a kind"))
    .to_vec();
    let messages: std::collections::BTreeSet<String> =
        kinds.iter().map(|kind| words::message(&Failure::new(*kind))).collect();
    assert_eq!(messages.len(), 16);
    for message in &messages {
        let sentences = message.matches(". ").count() + usize::from(message.ends_with('.'));
        assert!((1..=3).contains(&sentences) && message.ends_with('.'), "{message}");
    }
    let told = Failure { http_status: Some(502), ..Failure::new(FailureKind::ServerError) };
    assert!(words::message(&told).contains("HTTP status 502"));
}

#[test]
fn an_account_with_a_fresh_reading_is_told_by_its_tightest_window() {
    let fresh = plan(71, 12);
    let status = status(Some((2, &fresh)), None);
    insta::assert_snapshot!(serde_json::to_string_pretty(&AccountStatus { rows: Vec::new(), ..status }).expect("JSON"), @r#"
    {
      "id": "11111111-2222-4333-8444-555555555555",
      "name": "Default Team",
      "team": null,
      "kind": "token_plan",
      "region": "global",
      "state": "near",
      "read_at": "2026-11-22T09:58:00Z",
      "stale": false,
      "blocked_until": null,
      "headline": {
        "model": "general",
        "span": "weekly",
        "remaining_percent": 12
      },
      "outcome": "quota",
      "failure": null,
      "rows": [],
      "balance": null,
      "forecast": null
    }
    "#);
}

#[test]
fn a_state_follows_the_worst_that_is_known_and_the_exit_code_follows_the_state() {
    let (good, near, critical, spent) = (plan(71, 88), plan(71, 20), plan(4, 88), plan(0, 88));
    let fresh = |reading| Some((2, reading));
    let cases = [
        (fresh(&good), None, S::Good, 0),
        (fresh(&near), None, S::Near, 3),
        (fresh(&critical), None, S::Near, 3),
        (fresh(&spent), None, S::Exhausted, 4),
        (Some((21, &good)), None, S::Stale, 6),
        (Some((20, &good)), None, S::Good, 0),
        (fresh(&good), Some((1, F::Offline)), S::Stale, 6),
        (fresh(&good), Some((9, F::Offline)), S::Good, 0),
        (fresh(&good), Some((1, F::KeyRejected)), S::Refused, 5),
        (fresh(&good), Some((1, F::KeyRejectedOrWrongRegion)), S::Refused, 5),
        (fresh(&good), Some((1, F::NoActivePlan)), S::NoPlan, 5),
        (fresh(&good), Some((1, F::PlanExhausted)), S::Exhausted, 4),
        (fresh(&good), Some((1, F::Keyring)), S::Stale, 7),
        (None, Some((1, F::Keyring)), S::Unknown, 7),
        (None, Some((1, F::ServerError)), S::Unknown, 6),
        (None, Some((90, F::KeyRejected)), S::Refused, 5),
        (None, None, S::Unknown, 6),
    ];
    for (good, failure, state, exit) in cases {
        let status = status(good, failure);
        assert_eq!(status.state, state, "{failure:?}");
        assert_eq!(code(vec![status]), exit, "{state:?} {failure:?}");
    }
}

#[test]
fn figures_stay_beside_a_failure_that_does_not_decide_and_are_called_stale() {
    let good = plan(71, 88);
    let status = status(Some((2, &good)), Some((1, FailureKind::ServerError)));
    assert_eq!((status.outcome, status.stale, status.rows.len()), (Outcome::Quota, true, 2));
    assert_eq!(status.failure.map(|f| f.kind), Some(FailureKind::ServerError));
    assert_eq!(status.read_at, Some(now() - SignedDuration::from_mins(2)));
}

#[test]
fn figures_stay_marked_as_old_where_the_key_is_refused_and_go_with_the_plan() {
    let good = plan(71, 88);
    let refused = status(Some((2, &good)), Some((1, FailureKind::KeyRejected)));
    assert_eq!((refused.state, refused.outcome), (AccountState::Refused, Outcome::Failure));
    assert_eq!((refused.stale, refused.rows.len(), refused.headline), (true, 2, None));
    let lapsed = status(Some((2, &good)), Some((1, FailureKind::NoActivePlan)));
    assert_eq!((lapsed.state, lapsed.stale, lapsed.rows.len()), (AccountState::NoPlan, false, 0));
}

#[test]
fn a_spent_row_says_when_it_can_be_used_again() {
    let hours = |h| Timestamp::from_millisecond(ms(h)).ok();
    assert_eq!(status(Some((2, &plan(0, 88))), None).blocked_until, hours(2));
    assert_eq!(status(Some((2, &plan(0, 0))), None).blocked_until, hours(72));
    assert_eq!(status(Some((2, &plan(5, 5))), None).blocked_until, None);
}

#[test]
fn a_plan_that_covers_nothing_is_no_plan() {
    let body = json!({ "model_remains": [{ "model_name": "general", "current_interval_status": 3,
        "current_interval_remaining_percent": 100, "current_weekly_status": 3,
        "current_weekly_remaining_percent": 100 }] });
    let reading = read_at_now(Endpoint::TokenPlan, &body).expect("a plan");
    assert_eq!(status(Some((2, &reading)), None).state, AccountState::NoPlan);
}

#[test]
fn money_is_good_low_or_gone() {
    for (available, state, exit) in [
        ("5.00", AccountState::Good, 0),
        ("4.99", AccountState::Near, 3),
        ("-0.01", AccountState::Exhausted, 4),
    ] {
        let reading = money(available);
        let status = status(Some((2, &reading)), None);
        assert_eq!((status.state, status.outcome), (state, Outcome::Balance));
        assert_eq!(code(vec![status]), exit);
    }
}

#[test]
fn of_several_accounts_the_worst_sets_the_exit_code() {
    let (good, spent) = (plan(71, 88), plan(0, 88));
    let of = |good: Option<&Reading>, kind: Option<FailureKind>| {
        status(good.map(|reading| (2, reading)), kind.map(|kind| (1, kind)))
    };
    let all = [
        of(Some(&good), None),
        of(Some(&spent), None),
        of(None, Some(FailureKind::KeyRejected)),
        of(None, Some(FailureKind::Offline)),
        of(None, Some(FailureKind::Keyring)),
    ];
    for (count, exit) in [(0, 0), (1, 0), (2, 4), (3, 5), (4, 6), (5, 7)] {
        assert_eq!(code(all.iter().take(count).rev().cloned().collect()), exit);
    }
}

#[test]
fn at_a_terminal_a_plan_is_a_few_plain_lines() {
    let adelaide = TimeZone::get("Australia/Adelaide").expect("a zone");
    insta::assert_snapshot!(plain_lines(&explain(&Ok(plan(0, 12)), now()), &adelaide), @r#"
    Text and everything shared (general):
      5 h     used up, resets 22:30 (in 2 h), boosted x1.5
      week    88 % used, 12 % left, resets 2026-11-25 20:30 (in 3 d)
    Video (video):
      24 h    33 % used, 67 % left, 1 of 3 used, resets 2026-11-23 10:30 (in 14 h)
      week    no limit
    "#);
}

#[test]
fn at_a_terminal_an_older_answer_names_its_doubts() {
    let body = json!({ "model_remains": [
        { "model_name": "MiniMax-M2", "current_interval_total_count": 1500, "current_interval_usage_count": 151,
          "start_time": ms(-3), "end_time": ms(2), "current_weekly_total_count": 0 },
        { "model_name": "evil\u{1b}[2J\u{202E}name", "current_interval_remaining_percent": "?" },
        { "current_interval_status": 3, "current_weekly_status": 3 },
    ] });
    let result = read_at_now(Endpoint::TokenPlan, &body);
    insta::assert_snapshot!(plain_lines(&explain(&result, now()), &TimeZone::UTC), @r#"
    MiniMax-M2:
      5 h     10.07 % used, 89.93 % left, 151 of 1500 used, resets 12:00 UTC (in 2 h)
      week    no limit
    evil[2Jname:
      short   not said
    Unnamed:
      short   not in the plan
      week    not in the plan
    Note: A count came without a percentage; whether it means used or left is taken from the path it came by.
    "#);
}

#[test]
fn at_a_terminal_money_and_failures_are_plain_lines_too() {
    let failure = Failure {
        code: Some(1002),
        retry_after: Some(Duration::from_mins(90)),
        ..Failure::new(FailureKind::RateLimited)
    };
    insta::assert_snapshot!(plain_lines(&explain(&Err(failure), now()), &TimeZone::UTC), @r#"
    MiniMax was asked too often. Wait a while before asking again.
    MiniMax's code: 1002
    Ask again after: 1 h 30 min
    "#);
    insta::assert_snapshot!(plain_lines(&explain(&Ok(money("4.90")), now()), &TimeZone::UTC), @r#"
    available  4.90 USD  (low)
    warn below 5.00 USD
    "#);
}

#[test]
fn the_users_own_warning_line_counts_like_the_accounts() {
    let reported = |line: Option<&str>| {
        let line = line.map(|line| line.parse().expect("an amount"));
        let account = Account { balance_below: line, ..account(Kind::PayAsYouGo) };
        let share = |percent| Percent::clamped(percent).expect("a share");
        let thresholds = Thresholds { near: share(80.0), critical: share(95.0) };
        let (money, stale_after) = (money("12.00"), SignedDuration::from_mins(20));
        let good = Some((&now(), &money)).map(|(at, reading)| (*at, reading));
        let good = good.as_ref().map(|(at, reading)| (at, *reading));
        let status =
            account_status(&account, good, None, &History::default(), thresholds, stale_after, now());
        (status.state, status.balance.map(|balance| balance.low))
    };
    assert_eq!(reported(None), (S::Good, Some(false)));
    assert_eq!(reported(Some("20")), (S::Near, Some(true)));
    assert_eq!(reported(Some("11")), (S::Good, Some(false)));
}

#[test]
fn countdowns_are_by_minimaxs_clock_if_the_computers_is_wrong() {
    let status = status(Some((0, &plan(71, 88))), None);
    for (skew, said) in [(0, "(in 2 h)"), (-30, "(in 2 h 30 min)"), (90, "(in 30 min)")] {
        let clock_skew = SignedDuration::from_mins(skew);
        let accounts = vec![AccountStatus { clock_skew, ..status.clone() }];
        let text = plain_status(&StatusReport { schema: SCHEMA, at: now(), accounts }, &TimeZone::UTC);
        assert!(text.contains(said), "{skew}: {text}");
    }
}

#[test]
fn plain_status_speaks_the_time_of_the_machine_and_one_line_of_forecast() {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    let mut rolling = status(Some((2, &plan(71, 88))), None);
    rolling.rows[0].windows[0].rolling = true;
    let forecast = |runs_out_at, confidence| Some(ForecastReport { runs_out_at, confidence });
    let soon = now() + SignedDuration::from_mins(100);
    let accounts = vec![
        AccountStatus {
            forecast: forecast(Some(soon), Confidence::Good),
            ..status(Some((2, &plan(12, 88))), None)
        },
        AccountStatus { forecast: forecast(None, Confidence::Low), ..rolling },
        status(Some((40, &money("12.00"))), None),
    ];
    insta::assert_snapshot!(
        plain_status(&StatusReport { schema: SCHEMA, at: now(), accounts }, &zone),
        @r"
    Default Team: near its limit
      Text and everything shared (general):
        5 h     88 % used, 12 % left, resets 20:00 (in 2 h), boosted x1.5
        week    12 % used, 88 % left, resets 2026-11-25 18:00 (in 3 d)
      Video (video):
        24 h    33 % used, 67 % left, 1 of 3 used, resets 2026-11-23 08:00 (in 14 h)
        week    no limit
      runs out about 19:40

    Default Team: good
      Text and everything shared (general):
        5 h     29 % used, 71 % left, frees up gradually, boosted x1.5
        week    12 % used, 88 % left, resets 2026-11-25 18:00 (in 3 d)
      Video (video):
        24 h    33 % used, 67 % left, 1 of 3 used, resets 2026-11-23 08:00 (in 14 h)
        week    no limit
      does not run out at this pace, by a first guess

    Default Team: old figures, from 17:20
      available  12.00 USD
      warn below 5.00 USD
    "
    );
}

#[test]
fn one_list_says_which_failures_decide_whatever_was_read_before() {
    let plan = plan(71, 88);
    let after = |kind| status(Some((2, &plan)), Some((1, kind))).state;
    assert_eq!(
        [F::KeyRejected, F::KeyRejectedOrWrongRegion, F::NoActivePlan, F::PlanExhausted].map(after),
        [S::Refused, S::Refused, S::NoPlan, S::Exhausted]
    );
    assert_eq!([F::Keyring, F::Offline, F::ServerError, F::NoData].map(after), [S::Stale; 4]);
}
