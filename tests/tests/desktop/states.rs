//! Every state of an account, reached through MiniMax's answers: level, shape, text, picture.

use std::time::Duration;

use e2e::answer::row;
use e2e::{Answer, MiniMax, Page, Session, Sheet, Theme, Window, until, until_within};
use serde_json::{Value, json};

/// A state, how MiniMax causes it, and what has to be shown.
struct State {
    name: &'static str,
    /// Prefix of the keys of this kind.
    key: &'static str,
    /// The answer when the key is added; `then` is the answer from the next request on.
    first: Answer,
    then: Option<Answer>,
    level: &'static str,
    shape: &'static str,
    /// Texts on the card, including its failure.
    says: &'static [&'static str],
    /// The kind of the failure on the card.
    failure: Option<&'static str>,
}

const PLAN: &str = "sk-cp-test-states";
const WALLET: &str = "sk-api-test-states";

#[tokio::test(flavor = "multi_thread")]
async fn each_state_is_reached_and_shown_as_designed_in_the_light() {
    show(Theme::Light).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_state_is_reached_and_shown_as_designed_in_the_dark() {
    show(Theme::Dark).await;
}

async fn show(theme: Theme) {
    let mut minimax = MiniMax::start().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.wear(theme);
    let page = session.open().await;
    page.find("first-run").await;
    for number in 0..states().len() {
        // Created for each state: rows with times from a while ago would look like a difference between the clocks.
        let state = states().swap_remove(number);
        let key = format!("{}-{number:02}-e4da3b7fbbce2345", state.key);
        reach(&session, &page, &minimax, &state, &key).await;
        check(&session, &page, &state).await;
        keep(theme, &page, &format!("{number:02} {}", state.name)).await;
        let gone = session.tidemark(&["account", "remove", state.name, "--with-history", "--yes"]).await;
        let _ = gone.ended_with(0);
        page.find("first-run").await;
    }
    spent_with_ways_on(theme, &session, &page, &minimax).await;
    over(theme, &session, &page, &minimax).await;
    loading(theme, &session, &page, &minimax).await;
    no_keys(theme, &page).await;
    offline(theme, &session, &page, &mut minimax).await;
    page.close(&session).await;
    stale(theme, &mut session, &mut minimax).await;

    session.lock_keyring().await;
    let page = session.open().await;
    page.banner("keyring").await;
    keep(theme, &page, "64 keyring locked").await;
    page.close(&session).await;
}

/// Adds a key, and changes MiniMax's answer afterwards if the state needs it.
async fn reach(session: &Session, page: &Page, minimax: &MiniMax, state: &State, key: &str) {
    minimax.answer(key, state.first.clone());
    session.add_account(state.name, key).await;
    page.text_until("card-name", state.name, |text| text == state.name).await;
    if let Some(then) = &state.then {
        page.find("card-figure").await;
        minimax.answer(key, then.clone());
        check_now(page, minimax, key).await;
    }
}

async fn check_now(page: &Page, minimax: &MiniMax, key: &str) {
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(key);
    page.chord("Ctrl+r").await;
    minimax.asked_about(key, before + 1).await;
}

async fn check(session: &Session, page: &Page, state: &State) {
    let State { name, level, shape, says, failure, .. } = state;
    until(&format!("the card of: {name}"), async || {
        let shown = (page.attribute("card", "data-level").await, page.attribute("card", "data-shape").await);
        let words = page.text().await;
        let missing: Vec<_> = says.iter().filter(|part| !words.contains(**part)).collect();
        if shown == ((*level).to_owned(), (*shape).to_owned()) && missing.is_empty() {
            Ok(())
        } else {
            Err(format!("{shown:?} without {missing:?}: {words}"))
        }
    })
    .await;
    match failure {
        Some(kind) => {
            page.find_css(&format!("[data-testid=card-failure][data-kind={kind}]")).await;
            assert_eq!(session.failure(name).await.as_deref(), Some(*kind), "{name}, for scripts");
        }
        None => assert!(!page.has("card-failure").await, "{name} is no failure: {}", page.text().await),
    }
    let cut = page.overflow().await;
    assert!(cut.is_empty(), "{name}: {cut:#?}");
}

/// Keeps a picture, and runs axe on the page.
async fn keep(theme: Theme, page: &Page, name: &str) {
    Sheet::section("states").keep(page, name, theme).await;
    let faults = page.axe().await;
    assert!(faults.is_empty(), "{name} in the {}: {faults:#?}", theme.name());
}

/// A plan that is used up, with Credits or with a paired pay-as-you-go account.
async fn spent_with_ways_on(theme: Theme, session: &Session, page: &Page, minimax: &MiniMax) {
    let (key, wallet) = (format!("{PLAN}-pair-1679091c5a880faf"), format!("{WALLET}-pair-8f14e45fceea"));
    minimax.answer(&key, Answer::plan(0, 57));
    minimax.answer(&wallet, Answer::balance("12.34"));
    session.add_account("Plan", &key).await;
    session.add_account("Wallet", &wallet).await;
    let _ = session.tidemark(&["account", "pair", "Plan", "Wallet"]).await.ended_with(0);
    until("the way to the wallet", async || {
        let words = page.text().await;
        let ways = page.has("way").await && words.contains("Wallet");
        if ways { Ok(()) } else { Err(words) }
    })
    .await;
    assert_eq!(page.attribute("card", "data-level").await, "spent");
    keep(theme, page, "60 spent with a pair").await;
    let _ = session.tidemark(&["account", "set", "Plan", "credits", "on"]).await.ended_with(0);
    page.find_css("[data-testid=card]:not([data-level=spent])").await;
    keep(theme, page, "61 spent on credits").await;
    for name in ["Wallet", "Plan"] {
        let gone = session.tidemark(&["account", "remove", name, "--with-history", "--yes"]).await;
        let _ = gone.ended_with(0);
    }
    page.find("first-run").await;
}

/// A window has ended, and MiniMax takes long to answer: the old figure is not shown for the new window.
async fn over(theme: Theme, session: &Session, page: &Page, minimax: &MiniMax) {
    let key = format!("{PLAN}-over-45c48cce2e2d7fbd");
    let ending = Window::interval(12).ending_in(12);
    minimax.answer(&key, Answer::windows(ending, Window::week(57)));
    session.add_account("Over", &key).await;
    page.find_css("[data-testid=card][data-level=near]").await;
    minimax.answer(&key, Answer::windows(ending.next(), Window::week(57)).after(Duration::from_secs(8)));
    page.find_css("[data-testid=card][data-level=unknown][data-shape=dashed]").await;
    keep(theme, page, "62 over, no answer yet").await;
    // MiniMax is asked up to 20 s after the reset, and the answer is delayed.
    until_within(Duration::from_mins(1), "the next window", async || {
        match page.attribute("card", "data-level").await.as_str() {
            "good" => Ok(()),
            other => Err(other.to_owned()),
        }
    })
    .await;
    let gone = session.tidemark(&["account", "remove", "Over", "--with-history", "--yes"]).await;
    let _ = gone.ended_with(0);
    page.find("first-run").await;
}

/// A key is new, and MiniMax takes long for the first answer.
async fn loading(theme: Theme, session: &Session, page: &Page, minimax: &MiniMax) {
    let key = format!("{PLAN}-load-a87ff679a2f3e71d");
    minimax.answer(&key, Answer::plan(71, 57).after(Duration::from_secs(8)));
    let add = ["account", "add", "Loading", "--region", "global", "--kind", "token_plan", "--unchecked"];
    let _added = session.tidemark_told(&add, &key).await.ended_with(0);
    page.find("card-loading").await;
    page.evaluate("document.getAnimations().forEach((animation) => animation.pause())").await;
    keep(theme, page, "65 loading").await;
    page.find("card-figure").await;
    let gone = session.tidemark(&["account", "remove", "Loading", "--with-history", "--yes"]).await;
    let _ = gone.ended_with(0);
    page.find("first-run").await;
}

/// The keys screen without a key.
async fn no_keys(theme: Theme, page: &Page) {
    page.click("settings-open").await;
    page.click("settings-keys").await;
    page.find("keys-empty").await;
    keep(theme, page, "66 no keys").await;
    page.chord("Esc").await;
    page.find("section-history").await;
    page.chord("Esc").await;
    page.find("first-run").await;
}

/// The network has been unreachable for longer than a figure is trusted.
async fn stale(theme: Theme, session: &mut Session, minimax: &mut MiniMax) {
    session.set_clock("+0");
    let page = session.open().await;
    page.text_until("card-figure", "57 %", |text| text.contains("57")).await;
    page.without("card-failure").await;
    minimax.asked_a_moment_ago().await;
    minimax.leave().await;
    session.set_clock("+1800");
    page.find_css("[data-testid=card][data-level=unknown][data-shape=dashed]").await;
    page.find("card-stale").await;
    keep(theme, &page, "67 stale").await;
    minimax.come_back().await;
    page.close(session).await;
    session.set_clock("+0");
}

/// The network is unreachable: the last figures stay, marked as old.
async fn offline(theme: Theme, session: &Session, page: &Page, minimax: &mut MiniMax) {
    let key = format!("{PLAN}-reach-c9f0f895fb98ab91");
    minimax.answer(&key, Answer::plan(71, 57));
    session.add_account("Default Team", &key).await;
    page.text_until("card-figure", "57 %", |text| text.contains("57")).await;
    minimax.asked_a_moment_ago().await;
    minimax.leave().await;
    page.chord("Ctrl+r").await;
    page.find_css("[data-testid=card-failure][data-kind=offline]").await;
    page.find("card-stale").await;
    keep(theme, page, "63 offline").await;
    minimax.come_back().await;
}

fn states() -> Vec<State> {
    let plan = |name, first: Answer, level, shape, says| State {
        name,
        key: PLAN,
        first,
        then: None,
        level,
        shape,
        says,
        failure: None,
    };
    let wallet = |name, available, owed, level, shape, says| State {
        key: WALLET,
        ..plan(name, money(available, owed), level, shape, says)
    };
    let failing = |name, then, failure, level, shape, says| State {
        then: Some(then),
        failure: Some(failure),
        ..plan(name, Answer::plan(71, 57), level, shape, says)
    };
    vec![
        plan("Good", Answer::plan(71, 57), "good", "full", &["71 %", "57 % left"]),
        plan("Near the limit", Answer::plan(12, 57), "near", "notched", &["12 %"]),
        plan("Critical", Answer::plan(3, 57), "critical", "exclaimed", &["3 %"]),
        plan("Spent", Answer::plan(0, 57), "spent", "broken", &["Used up"]),
        plan("Week spent", Answer::plan(71, 0), "spent", "broken", &["Used up"]),
        plan("Unlimited week", unlimited_week(), "good", "full", &["no weekly limit"]),
        plan("Not in plan", without_video(), "good", "full", &["Video", "not in this plan"]),
        plan("Partly readable", partly(), "good", "full", &["71 %"]),
        plan("Contradictory", contradictory(), "near", "notched", &["12 %"]),
        failing(
            "No plan",
            Answer::code(2062, "no active token plan"),
            "no_active_plan",
            "unknown",
            "dashed",
            &[],
        ),
        failing("Refused", Answer::code(1004, "login fail"), "key_rejected", "trouble", "keyed", &[]),
        failing(
            "Wrong region",
            Answer::code(2049, "invalid api key"),
            "key_rejected_or_wrong_region",
            "trouble",
            "keyed",
            &["region"],
        ),
        failing(
            "Rate limited",
            Answer::status(429).header("Retry-After", "90"),
            "rate_limited",
            "good",
            "full",
            &["as of", "71 %"],
        ),
        failing("Blocked", Answer::filter_page(), "blocked", "good", "full", &["as of", "71 %"]),
        failing("Server fault", Answer::status(503), "server_error", "good", "full", &["as of", "71 %"]),
        failing("Unreadable", Answer::json(&json!({})), "unreadable", "good", "full", &["as of", "71 %"]),
        wallet("Wallet", "12.34", "0.00", "good", "full", &["$12.34"]),
        wallet("Wallet low", "3.20", "0.00", "near", "notched", &["$3.20"]),
        wallet("Wallet owed", "-1.50", "1.50", "spent", "broken", &["1.50"]),
    ]
}

/// A pay-as-you-go account for which MiniMax is set to warn below five dollars.
fn money(available: &str, owed: &str) -> Answer {
    Answer::json(&json!({
        "available_amount": available, "cash_balance": available, "voucher_balance": "0.00",
        "credit_balance": "0.00", "owed_amount": owed, "balance_alert_switch": true,
        "balance_alert_threshold": "5.00", "base_resp": { "status_code": 0, "status_msg": "success" },
    }))
}

fn changed(change: impl Fn(&mut Value)) -> Answer {
    let mut general = row("general", Window::interval(71), Window::week(57));
    change(&mut general);
    Answer::rows(&[general])
}

fn unlimited_week() -> Answer {
    changed(|general| {
        general["current_weekly_status"] = json!(3);
        general["current_weekly_remaining_percent"] = json!(100);
    })
}

fn without_video() -> Answer {
    let general = row("general", Window::interval(71), Window::week(57));
    let mut video = row("video", Window::interval(100), Window::week(100));
    video["current_interval_status"] = json!(3);
    video["current_weekly_status"] = json!(3);
    Answer::rows(&[general, video])
}

fn partly() -> Answer {
    let general = row("general", Window::interval(71), Window::week(57));
    Answer::rows(&[general, json!("no row"), json!({ "model_name": "image-01", "tide": "high" })])
}

/// Used up according to its status, but with a share left.
fn contradictory() -> Answer {
    changed(|general| {
        general["current_interval_status"] = json!(2);
        general["current_interval_remaining_percent"] = json!(12);
    })
}
