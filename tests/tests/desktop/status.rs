//! `tidemark status` and its exit codes.

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session};

const KEY: &str = "sk-cp-test-status-e4da3b7fbbce2345d777";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn each_state_has_its_exit_code() {
    let mut minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let cases = [
        (Answer::plan(71, 85), 0, "good"),
        (Answer::plan(18, 85), 3, "near"),
        (Answer::plan(71, 12), 3, "near"),
        (Answer::plan(4, 85), 3, "near"),
        (Answer::plan(0, 85), 4, "exhausted"),
        (Answer::plan(100, 0), 4, "exhausted"),
        (Answer::code(1004, "login fail"), 5, "refused"),
        (Answer::code(2049, "invalid api key"), 5, "refused"),
        (Answer::code(2062, "no active token plan subscription"), 5, "no_plan"),
    ];
    for (answer, code, state) in cases {
        let case = format!("{answer:?}");
        minimax.answer(KEY, answer);
        let run = session.tidemark(&["status", "--fresh", "--json"]).await;
        assert_eq!(run.code, Some(code), "{case}: {run:#?}");
        assert_eq!(run.json()["accounts"][0]["state"], state, "{case}: {run:#?}");
        let plain = session.tidemark(&["status", "--fresh"]).await.ended_with(code);
        assert!(plain.stdout.contains("Default Team") && !plain.stdout.contains('\u{1b}'), "{plain:#?}");
    }
    let faults = [
        (Answer::filter_page(), "blocked"),
        (Answer::status(503), "server_error"),
        (Answer::status(429).header("Retry-After", "17"), "rate_limited"),
        (Answer::status(302).header("Location", "http://127.0.0.1:1/"), "redirect_refused"),
        (Answer::json(&serde_json::json!([])), "unreadable"),
        (Answer::status(404), "endpoint_missing"),
    ];
    for (answer, kind) in faults {
        minimax.answer(KEY, answer);
        let run = session.tidemark(&["status", "--fresh", "--json"]).await.ended_with(6);
        assert_eq!(run.json()["accounts"][0]["failure"]["kind"], kind, "{run:#?}");
    }
    minimax.leave().await;
    let run = session.tidemark(&["status", "--fresh", "--json"]).await.ended_with(6);
    assert_eq!(run.json()["accounts"][0]["failure"]["kind"], "offline", "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_ends_in_a_timeout_of_its_own() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    minimax.answer(KEY, Answer::plan(71, 85).after(Duration::from_secs(50)));
    let run = session.tidemark(&["status", "--fresh", "--json"]).await.ended_with(6);
    assert_eq!(run.json()["accounts"][0]["failure"]["kind"], "timeout", "{run:#?}");
    assert!(run.took < Duration::from_secs(20), "{:?}", run.took);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_worst_of_several_accounts_decides_the_exit_code() {
    let minimax = MiniMax::start().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let keys = ["one", "two", "three"].map(|name| (name, format!("sk-cp-test-status-{name}")));
    for (name, key) in &keys {
        minimax.answer(key, Answer::plan(71, 85));
        session.add_account(name, key).await;
    }
    let cases = [
        (Answer::plan(18, 85), Answer::plan(71, 85), 3),
        (Answer::plan(18, 85), Answer::plan(0, 85), 4),
        (Answer::code(2049, "invalid api key"), Answer::plan(0, 85), 5),
        (Answer::code(2049, "invalid api key"), Answer::status(503), 6),
    ];
    for (first, second, code) in cases {
        minimax.answer(&keys[0].1, first);
        minimax.answer(&keys[1].1, second);
        let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(code);
        let _ = session.tidemark(&["status", "--fresh", "--account", "three"]).await.ended_with(0);
    }
    session.stop_part(Part::Keyring);
    let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(7);
    let run = session.tidemark(&["status", "--account", "nobody"]).await.complains();
    assert!(matches!(run.code, Some(1 | 2)), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_bars_get_one_line_in_their_own_form() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(12, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let run = session.tidemark(&["status", "--format", "waybar"]).await;
    assert_eq!(run.stdout.trim_end().lines().count(), 1, "{run:#?}");
    let told = run.json();
    assert_eq!((told["class"].as_str(), told["percentage"].as_f64()), (Some("near"), Some(12.0)), "{told:#}");
    assert!(told["text"].as_str().is_some_and(|text| text.contains("12")), "{told:#}");
    assert!(told["tooltip"].as_str().is_some_and(|text| text.contains("Default Team")), "{told:#}");
    let run = session.tidemark(&["status", "--format", "tmux"]).await;
    assert_eq!(run.stdout.trim_end().lines().count(), 1, "{run:#?}");
    assert!(run.stdout.contains("12"), "{run:#?}");
    let _ = session.tidemark(&["status", "--format", "nonsense"]).await.ended_with(2);

    // A good balance does not hide the figure of a good plan.
    let wallet = "sk-api-test-bars-6f4922f45568161a8cdf";
    minimax.answer(wallet, Answer::balance("12.34"));
    minimax.answer(KEY, Answer::plan(71, 85));
    session.add_account("Wallet", wallet).await;
    let told = session.tidemark(&["status", "--fresh", "--format", "waybar"]).await.json();
    assert_eq!((told["class"].as_str(), told["percentage"].as_f64()), (Some("good"), Some(71.0)), "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_json_carries_every_field_of_the_interface() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let told = session.tidemark(&["status", "--json"]).await.ended_with(4).json();
    assert_eq!(told["schema"], 1);
    let at = told["at"].as_str().expect("a time");
    assert!(at.ends_with('Z') && at.parse::<jiff::Timestamp>().is_ok(), "{at}");
    let account = &told["accounts"][0];
    let fields = [
        "id",
        "name",
        "team",
        "kind",
        "region",
        "state",
        "read_at",
        "stale",
        "blocked_until",
        "headline",
        "outcome",
        "failure",
        "rows",
        "balance",
        "forecast",
    ];
    for field in fields {
        assert!(account.get(field).is_some(), "{field} is missing: {account:#}");
    }
    assert_eq!(account["stale"], false);
    let window = &account["rows"][0]["windows"][0];
    assert_eq!((&window["span"], &window["state"]), (&"interval".into(), &"exhausted".into()), "{window:#}");
    assert_eq!(account["blocked_until"], window["resets_at"], "blocked until the spent window resets");
    assert_eq!(account["headline"]["remaining_percent"], 0);
    assert!(account["team"].is_null() && account["balance"].is_null() && account["failure"].is_null());
}
