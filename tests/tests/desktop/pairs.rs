//! Paired accounts and copied keys, through the page's own commands.

use std::time::{Duration, Instant};

use e2e::{Answer, MiniMax, Part, Session, until_within};
use serde_json::{Value, json};

const KEY: &str = "sk-cp-test-pairs-e4da3b7fbbce2345d7";
const WALLET: &str = "sk-api-test-pairs-a87ff679a2f3e71d9181";
const BARE: [Part; 2] = [Part::Notices, Part::Tray];

/// A session with a plan and a pay-as-you-go account, and the ids of both.
async fn two_accounts(minimax: &MiniMax) -> (Session, String, String) {
    minimax.answer(KEY, Answer::plan(0, 85));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::without(&BARE).await;
    session.ask(minimax);
    session.set("TIDEMARK_LOG", "trace");
    let plan = session.add_account("Default Team", KEY).await;
    let wallet = session.add_account("Wallet", WALLET).await;
    (session, plan, wallet)
}

async fn pair_of(session: &Session, name: &str) -> Value {
    session.account_after(&["account", "list", "--json"], name).await["pair"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_pairs_a_plan_with_a_wallet_and_parts_them_again() {
    let minimax = MiniMax::start().await;
    let (session, plan, wallet) = two_accounts(&minimax).await;
    let page = session.open().await;
    let done = page.call("pair_account", json!({ "id": plan, "with": wallet })).await;
    assert_eq!(done, Ok(Value::Null));
    assert_eq!(pair_of(&session, "Default Team").await, "Wallet");
    for wrong in [json!({ "id": wallet, "with": plan }), json!({ "id": plan, "with": plan })] {
        let refused = page.call("pair_account", wrong).await.expect_err("not a plan and a wallet");
        assert_eq!(refused["code"], "wrong_kind");
    }
    assert_eq!(pair_of(&session, "Default Team").await, "Wallet", "a refusal changes nothing");
    let done = page.call("pair_account", json!({ "id": plan, "with": null })).await;
    assert_eq!(done, Ok(Value::Null));
    assert_eq!(pair_of(&session, "Default Team").await, Value::Null);
    page.close(&session).await;
}

/// Both tests wait for the same 45 seconds, so they run concurrently.
#[tokio::test(flavor = "multi_thread")]
async fn a_copied_key_can_be_pasted_for_45_seconds_and_what_is_copied_after_it_is_left_alone() {
    tokio::join!(
        a_copied_key_goes_by_itself(),
        a_copied_key_does_not_outlast_a_sleep(),
        what_is_copied_after_a_key_stays()
    );
}

async fn a_copied_key_goes_by_itself() {
    let minimax = MiniMax::start().await;
    let (session, _, wallet) = two_accounts(&minimax).await;
    let page = session.open().await;
    let clipboard = session.clipboard();
    assert_eq!(clipboard.text().await, None);
    let copied = Instant::now();
    let done = page.call("copy_key", json!({ "id": wallet })).await;
    assert_eq!(done, Ok(Value::Null), "the key does not come to the page");
    assert_eq!(clipboard.text().await.as_deref(), Some(WALLET));
    assert_eq!(clipboard.read("x-kde-passwordManagerHint").await.as_deref(), Some(&b"secret"[..]));
    assert!(!page.source().await.contains(WALLET));
    session.nowhere(WALLET);
    until_within(Duration::from_mins(1), "an empty clipboard", async || {
        if clipboard.is_held() { Err(format!("held for {:?}", copied.elapsed())) } else { Ok(()) }
    })
    .await;
    let stayed = copied.elapsed();
    assert!((Duration::from_secs(44)..Duration::from_secs(50)).contains(&stayed), "{stayed:?}");
    session.nowhere(WALLET);
    page.close(&session).await;
}

/// While the machine is suspended the wall clock advances, but the monotonic clock, by which the app waits, stops.
async fn a_copied_key_does_not_outlast_a_sleep() {
    let minimax = MiniMax::start().await;
    let (mut session, _, wallet) = two_accounts(&minimax).await;
    session.set_clock("+0");
    let page = session.open().await;
    let clipboard = session.clipboard();
    assert_eq!(page.call("copy_key", json!({ "id": wallet })).await, Ok(Value::Null));
    let copied = Instant::now();
    assert_eq!(clipboard.text().await.as_deref(), Some(WALLET));
    session.set_clock("+3600");
    until_within(Duration::from_secs(40), "an empty clipboard after an hour of sleep", async || {
        if clipboard.is_held() { Err(format!("held for {:?}", copied.elapsed())) } else { Ok(()) }
    })
    .await;
    page.close(&session).await;
}

async fn what_is_copied_after_a_key_stays() {
    let minimax = MiniMax::start().await;
    let (session, plan, wallet) = two_accounts(&minimax).await;
    let page = session.open().await;
    let clipboard = session.clipboard();
    let first = Instant::now();
    for (id, key) in [(&plan, KEY), (&wallet, WALLET)] {
        assert_eq!(page.call("copy_key", json!({ "id": id })).await, Ok(Value::Null));
        assert_eq!(clipboard.text().await.as_deref(), Some(key), "the later one takes the place");
    }
    clipboard.take_over();
    let unknown = page.call("copy_key", json!({ "id": "nobody" })).await.expect_err("no such account");
    assert_eq!(unknown["code"], "not_found");
    // The moment at which the keys would have been cleared has to pass.
    until_within(Duration::from_mins(1), "48 s to pass", async || {
        assert!(clipboard.is_mine(), "taken away after {:?}", first.elapsed());
        if first.elapsed() > Duration::from_secs(48) { Ok(()) } else { Err("not yet".to_owned()) }
    })
    .await;
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_keyring_does_not_give_is_not_copied_and_the_clipboard_stays_as_it_is() {
    let minimax = MiniMax::start().await;
    let (mut session, _, wallet) = two_accounts(&minimax).await;
    let page = session.open().await;
    let clipboard = session.clipboard();
    clipboard.take_over();
    session.stop_part(Part::Keyring);
    let refused = page.call("copy_key", json!({ "id": wallet })).await.expect_err("no keyring");
    assert_eq!(refused["code"], "keyring", "{refused:#}");
    assert!(clipboard.is_mine());
    page.close(&session).await;
}
