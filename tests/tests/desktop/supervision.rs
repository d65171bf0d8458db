//! A panic in any part of the app is logged and shown, and costs no more than the step in which it happened.

use std::fs;
use std::time::Duration;

use e2e::{Answer, App, MiniMax, Session, until, until_within};

const KEY: &str = "sk-cp-test-supervision-6f4922f45568161a8cdf4a";
/// After a keyring failure the key is read again half a minute later.
const PATIENCE: Duration = Duration::from_mins(2);
const MESSAGE: &str = "Internal error: see the window";

async fn start(component: &str, minimax: &MiniMax) -> Session {
    let mut session = Session::start().await;
    session.ask(minimax);
    session.set("TIDEMARK_TEST", &format!("interval_seconds=1,panic={component}"));
    session.add_account("Home", KEY).await;
    session
}

/// Waits until the log contains the place of a panic.
async fn logged(session: &Session, place: &str) {
    let log = session.home().join(".local/state/tidemark/tidemark.log");
    until_within(PATIENCE, "the panic in the log", async || {
        let text = fs::read_to_string(&log).unwrap_or_default();
        assert!(!text.contains(&KEY[..20]), "a key in the log: {text}");
        let line = text.lines().find(|line| line.contains("panicked at") && line.contains(place));
        line.map(drop).ok_or(text)
    })
    .await;
    assert!(session.printed().contains("panicked at"), "on standard error too: {}", session.printed());
}

/// Waits until the app asks, shows and stores a new answer.
async fn goes_on(session: &Session, minimax: &MiniMax, app: &mut App) {
    let before = minimax.times_asked(KEY);
    minimax.answer(KEY, Answer::plan(47, 81));
    until_within(PATIENCE, "further polls", async || {
        let more = minimax.times_asked(KEY) - before;
        if more >= 3 { Ok(()) } else { Err(format!("{more} polls")) }
    })
    .await;
    let tray = session.tray().await;
    until("the figures and the message in the tray", async || {
        let (tooltip, menu) = (tray.tooltip().await?, tray.menu_text().await?);
        let is_shown = tooltip.contains("47") && tooltip.contains(MESSAGE) && menu.contains(MESSAGE);
        if is_shown { Ok(()) } else { Err(format!("{tooltip}\n{menu}")) }
    })
    .await;
    until("the reading in the history", async || {
        let told = session.tidemark(&["history", "--json"]).await.ended_with(0).json();
        let readings = told["readings"].as_array().cloned().unwrap_or_default();
        let is_kept = readings.iter().any(|reading| reading["remaining_percent"].as_f64() == Some(47.0));
        if is_kept { Ok(()) } else { Err(format!("{readings:?}")) }
    })
    .await;
    assert!(app.runs(), "the same process goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_controller_costs_one_event() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let session = start("controller", &minimax).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    session.tray().await.choose("Check now").await;
    logged(&session, "controller.rs:").await;
    goes_on(&session, &minimax, &mut app).await;
    // A page that is opened now gets its data.
    app.end();
    let page = session.open().await;
    session.tray().await.choose("Check now").await;
    let said = page.banner("internal_error").await;
    assert!(said.contains("internal error"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_store_costs_one_write() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let session = start("store", &minimax).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    logged(&session, "keeper.rs:").await;
    goes_on(&session, &minimax, &mut app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_keyring_costs_one_read() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let session = start("keyring", &minimax).await;
    let mut app = session.launch(&["--hidden"]);
    logged(&session, "keyring.rs:").await;
    goes_on(&session, &minimax, &mut app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_a_notification_costs_one_try() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let session = start("notifications", &minimax).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    logged(&session, "controller.rs:").await;
    until_within(PATIENCE, "the notification, tried again", async || match session.notices().len() {
        0 => Err("none".to_owned()),
        _ => Ok(()),
    })
    .await;
    goes_on(&session, &minimax, &mut app).await;
}
