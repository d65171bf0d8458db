//! Failures are classified by what the user can do, and the last good reading stays.

use std::collections::HashSet;

use e2e::{Answer, MiniMax, Page, Session, until};

const KEY: &str = "sk-cp-test-failures-26ab0db90d72e28ad0ba";

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_is_said_differently_and_the_last_good_reading_stays() {
    let mut minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    assert!(!page.has("card-failure").await && !page.has("card-stale").await, "a good reading is neither");

    let mut said = HashSet::new();
    let faults = [
        ("blocked", Answer::filter_page()),
        ("server_error", Answer::status(503)),
        ("unreadable", Answer::json(&serde_json::json!({}))),
        ("rate_limited", Answer::status(429).header("Retry-After", "17")),
    ];
    for (kind, answer) in faults {
        minimax.answer(KEY, answer);
        check_now(&page, &minimax).await;
        assert!(said.insert(failure(&page, kind).await), "{kind} is said in words of its own");
        still_71_and_stale(&page).await;
        let run = session.tidemark(&["status", "--json"]).await.ended_with(6);
        assert_eq!(run.json()["accounts"][0]["failure"]["kind"], kind, "{run:#?}");
    }
    let waiting = session.account("Default Team").await["failure"]["retry_after_seconds"].clone();
    assert!(waiting.as_u64().is_some_and(|seconds| (1..=17).contains(&seconds)), "{waiting}");

    minimax.asked_a_moment_ago().await;
    minimax.leave().await;
    page.click("check-now").await;
    let asked_in_vain = tokio::time::Instant::now();
    assert!(said.insert(failure(&page, "offline").await), "offline is said in words of its own");
    still_71_and_stale(&page).await;
    let run = session.tidemark(&["status", "--json"]).await.ended_with(6);
    assert_eq!(run.json()["accounts"][0]["failure"]["kind"], "offline", "{run:#?}");

    minimax.answer(KEY, Answer::plan(70, 85));
    minimax.come_back().await;
    tokio::time::sleep_until(asked_in_vain + std::time::Duration::from_millis(1500)).await;
    check_now(&page, &minimax).await;
    page.text_until("card-figure", "70 %", |text| text.contains("70")).await;
    page.without("card-failure").await;
    page.without("card-stale").await;
    let _ = session.tidemark(&["status", "--json"]).await.ended_with(0);
    assert!(session.notices().is_empty(), "passing faults are shown, not told: {:#?}", session.notices());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_later_is_told_once_and_shown_with_the_way_to_replace_it() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;

    minimax.answer(KEY, Answer::code(2049, "invalid api key"));
    check_now(&page, &minimax).await;
    let text = failure(&page, "key_rejected_or_wrong_region").await;
    assert!(text.to_lowercase().contains("region"), "the other region is named: {text}");
    assert_eq!(page.attribute("card", "data-level").await, "trouble");
    session.notices_shown(1).await;
    let run = session.tidemark(&["status", "--json"]).await.ended_with(5);
    let account = &run.json()["accounts"][0];
    assert_eq!(account["failure"]["kind"], "key_rejected_or_wrong_region");
    assert_eq!((&account["state"], &account["failure"]["code"]), (&"refused".into(), &2049.into()));
    assert!(!run.stdout.contains("invalid api key"), "the server's own text is not repeated: {run:#?}");

    let new = "sk-cp-test-failures-the-new-one";
    minimax.answer(new, Answer::plan(55, 85));
    let _ = session.tidemark_told(&["account", "replace-key", "Default Team"], new).await.ended_with(0);
    until("the figure of the new key", async || {
        let figure = page.text_of("card-figure").await;
        let asked = minimax.times_asked(new);
        if figure.contains("55") {
            Ok(())
        } else {
            Err(format!("{figure}, the new key asked about {asked} times"))
        }
    })
    .await;
    page.without("card-failure").await;
    session.notices_shown(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_without_an_active_plan_is_kept_and_said_so() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::code(2062, "no active token plan subscription"));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await.ended_with(0);
    assert!(run.stdout.contains("plan") || run.stderr.contains("plan"), "it is said at once: {run:#?}");
    let page = session.open().await;
    let text = failure(&page, "no_active_plan").await;
    assert!(text.to_lowercase().contains("no active plan"), "{text}");
    let run = session.tidemark(&["status", "--json"]).await.ended_with(5);
    assert_eq!(run.json()["accounts"][0]["state"], "no_plan");

    minimax.answer(KEY, Answer::plan(100, 100));
    check_now(&page, &minimax).await;
    page.text_until("card-figure", "100 %", |text| text.contains("100")).await;
    page.without("card-failure").await;
}

async fn check_now(page: &Page, minimax: &MiniMax) {
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    page.click("check-now").await;
    minimax.asked_about(KEY, before + 1).await;
}

/// Waits for a failure on the card and returns its text.
async fn failure(page: &Page, kind: &str) -> String {
    let card = page.find_css(&format!("[data-testid=card-failure][data-kind={kind}]")).await;
    let text = card.text().await.unwrap_or_default();
    assert!(text.len() > 20, "{kind} is said in words: {text:?}");
    text
}

async fn still_71_and_stale(page: &Page) {
    until("the last good figure, marked as old", async || {
        let figure = page.text_of("card-figure").await;
        if figure.contains("71") && page.has("card-stale").await { Ok(()) } else { Err(page.text().await) }
    })
    .await;
}
