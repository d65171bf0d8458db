//! The speed test: one streamed request, timed, and its failures.

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session, StreamEnd, Window};
use serde_json::json;

const KEY: &str = "sk-cp-test-speed-1679091c5a880faf6fb5e6087e";
const WALLET: &str = "sk-api-test-speed-8d5e957f297893487bd98fa830";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];
const EVERY: Duration = Duration::from_millis(50);

async fn session_with(minimax: &MiniMax, answer: Answer) -> Session {
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(minimax);
    session.add_account("Default Team", KEY).await;
    minimax.answer(KEY, answer);
    session
}

#[tokio::test(flavor = "multi_thread")]
async fn a_measurement_is_one_request_and_says_its_price_first() {
    let minimax = MiniMax::start().await;
    let session = session_with(&minimax, Answer::plan(71, 85)).await;
    minimax.speaks(KEY, Answer::stream(20, EVERY, 100, StreamEnd::Whole));

    let unasked = session.tidemark(&["speed"]).await.ended_with(2).complains();
    assert!(unasked.stderr.contains("--yes") && unasked.stderr.contains("one request"), "{unasked:#?}");
    assert_eq!(minimax.asked_for_text().len(), 0, "nothing is spent without a yes");

    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(0);
    assert!(run.stdout.contains("tokens per second") && run.stdout.contains("100 tokens"), "{run:#?}");
    assert!(run.stderr.contains("one request of the plan's quota"), "{run:#?}");
    let asked = minimax.asked_for_text();
    assert_eq!(asked.len(), 1, "{asked:#?}");
    let asked = &asked[0];
    assert_eq!((asked.method.as_str(), asked.key.as_deref()), ("POST", Some(KEY)));
    let body: serde_json::Value = serde_json::from_str(&asked.body).expect("JSON");
    assert_eq!((&body["model"], &body["stream"]), (&json!("MiniMax-M2.7"), &json!(true)));
    assert!(!asked.body.contains(KEY), "the key is in its header only");

    let told = session.tidemark(&["speed", "--yes", "--json", "--model", "MiniMax-M2.5"]).await;
    let told = told.ended_with(0).json();
    assert_eq!(
        (&told["schema"], &told["model"], &told["complete"]),
        (&json!(1), &json!("MiniMax-M2.5"), &json!(true))
    );
    assert_eq!((&told["account"], &told["output_tokens"]), (&json!("Default Team"), &json!(100)));
    let (rate, seconds) = (told["tokens_per_second"].as_f64(), told["seconds"].as_f64());
    let (rate, seconds) = (rate.expect("a rate"), seconds.expect("seconds"));
    assert!(seconds >= 19.0 * EVERY.as_secs_f64() * 0.9, "{told:#}");
    assert!((rate * seconds - 100.0).abs() < 1.0, "tokens over seconds: {told:#}");
    assert!(told["time_to_first_token_seconds"].as_f64().is_some_and(|s| s > 0.05), "{told:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_plan_is_not_measured_and_says_when_it_is_back() {
    let minimax = MiniMax::start().await;
    let spent = Answer::windows(Window::interval(0), Window::week(85));
    let session = session_with(&minimax, spent).await;
    minimax.speaks(KEY, Answer::stream(5, EVERY, 50, StreamEnd::Whole));
    // Once with a new request, once with the reading that `status` has stored.
    for _ in 0..2 {
        let run = session.tidemark(&["speed", "--yes"]).await.ended_with(4).complains();
        assert!(run.stderr.contains("used up") && run.stderr.contains("back"), "{run:#?}");
        let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(4);
    }
    assert_eq!(minimax.asked_for_text().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_has_the_exit_code_of_its_remedy() {
    let mut minimax = MiniMax::start().await;
    let session = session_with(&minimax, Answer::plan(71, 85)).await;
    for (answer, code) in [
        (Answer::text_error(429, "rate_limit_error", "usage limit exceeded, wait (2056)"), 4),
        (Answer::text_error(429, "rate_limit_error", "Token Plan rate limit reached (2062)"), 6),
        (Answer::text_error(401, "authentication_error", "invalid api key (2049)"), 5),
        (Answer::text_error(400, "invalid_request_error", "plan does not support this model (2061)"), 1),
        (Answer::code(2056, "usage limit exceeded"), 4),
        (Answer::filter_page(), 6),
        (Answer::json(&json!({ "type": "message", "content": [] })), 6),
        (Answer::status(302).header("Location", "http://127.0.0.1:1/"), 6),
    ] {
        let case = format!("{answer:?}");
        minimax.speaks(KEY, answer);
        let run = session.tidemark(&["speed", "--yes"]).await.complains();
        assert_eq!(run.code, Some(code), "{case}: {run:#?}");
        assert!(run.stdout.is_empty() && !run.stderr.contains("sk-cp"), "{run:#?}");
    }
    minimax.leave().await;
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(6).complains();
    assert!(run.stderr.contains("No connection"), "{run:#?}");
    for wrong in [&["speed", "--account", "Nobody", "--yes"][..], &["speed", "--model", "two words", "--yes"]]
    {
        let _ = session.tidemark(wrong).await.ended_with(2).complains();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_breaks_or_never_ends_says_what_was_measured_until_then() {
    let minimax = MiniMax::start().await;
    let session = session_with(&minimax, Answer::plan(71, 85)).await;
    for (end, longest) in [(StreamEnd::Broken, 10), (StreamEnd::Silent, 30)] {
        minimax.speaks(KEY, Answer::stream(4, EVERY, 0, end));
        let run = session.tidemark(&["speed", "--yes", "--json"]).await.ended_with(6);
        assert!(run.stderr.contains("broke off") && run.stderr.contains("4 pieces"), "{run:#?}");
        let told = run.json();
        assert_eq!((&told["complete"], &told["tokens_per_second"]), (&json!(false), &json!(null)));
        assert!(run.took < Duration::from_secs(longest), "{run:#?}");
    }
    minimax.speaks(KEY, Answer::stream(100_000, Duration::ZERO, 0, StreamEnd::Silent));
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(6);
    assert!(run.stderr.contains("did not end"), "{run:#?}");
    minimax.speaks(KEY, Answer::stream(1, EVERY, 1, StreamEnd::Whole));
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(1).complains();
    assert!(run.stderr.contains("Only one token"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pay_as_you_go_key_is_told_that_it_pays_by_tokens() {
    let minimax = MiniMax::start().await;
    minimax.answer(WALLET, Answer::balance("12.34"));
    minimax.speaks(WALLET, Answer::stream(5, EVERY, 50, StreamEnd::Whole));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Wallet", WALLET).await;
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(0);
    assert!(run.stderr.contains("by tokens"), "{run:#?}");
    minimax.answer(WALLET, Answer::balance("0.00"));
    let _ = session.tidemark(&["status", "--fresh"]).await;
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(4).complains();
    assert!(run.stderr.contains("balance"), "{run:#?}");
    assert_eq!(minimax.asked_for_text().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_measures_one_at_a_time() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.speaks(KEY, Answer::stream(10, EVERY, 50, StreamEnd::Whole));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let id = session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    let told = page.invoke(&[("speed_cost", json!({ "id": id }))]).await;
    let price = told[0].as_ref().expect("a price");
    assert!(price["sentence"].as_str().is_some_and(|s| s.contains("one request")), "{told:?}");
    assert_eq!(minimax.asked_for_text().len(), 0);
    let measure = ("measure_speed", json!({ "id": id }));
    let unknown = ("measure_speed", json!({ "id": "nobody" }));
    let told = page.invoke(&[measure.clone(), measure, unknown]).await;
    let measured = told[0].as_ref().expect("a measurement");
    assert!(measured["sentence"].as_str().is_some_and(|s| s.contains("tokens per second")), "{told:?}");
    let refused = told[1].as_ref().expect_err("one at a time");
    assert!(refused["message"].as_str().is_some_and(|s| s.contains("under way")), "{told:?}");
    assert_eq!(told[2].as_ref().expect_err("no such account")["code"], "not_found");
    assert_eq!(minimax.asked_for_text().len(), 1);
}
