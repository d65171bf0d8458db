//! When MiniMax is asked: soon after a wake-up, a clock change and a new network, and not during a pause that it asked
//! for.

use std::fs;
use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session, until, until_within};
use serde_json::json;

const KEY: &str = "sk-cp-test-asking-c9f0f895fb98ab9159f51fd029";
const BARE: [Part; 2] = [Part::WindowManager, Part::Notices];
/// One timer tick of the app, and time for an answer.
const A_BEAT: Duration = Duration::from_secs(20);

async fn session_with(minimax: &MiniMax) -> Session {
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(minimax);
    session.add_account("Default Team", KEY).await;
    session
}

/// Waits for a further request after the first `before` ones.
async fn asked_after(minimax: &MiniMax, before: usize, within: Duration, what: &str) {
    until_within(within, what, async || match minimax.times_asked(KEY) {
        times if times > before => Ok(()),
        times => Err(format!("{times} requests in all")),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wake_and_a_new_network_ask_at_once_and_falling_asleep_does_not() {
    let minimax = MiniMax::start().await;
    let mut session = session_with(&minimax).await;
    let bus = session.start_system_bus().await;
    let _app = session.launch_asking(&minimax, KEY).await;
    // The tray item appears when the app has started completely.
    session.tray().await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    bus.prepare_for_sleep(true).await;
    bus.network(20).await;
    bus.prepare_for_sleep(false).await;
    bus.network(70).await;
    asked_after(&minimax, before, Duration::from_secs(5), "an ask after the wake").await;
    // Reported twice, asked once: another request would come ten seconds later at the earliest, and only after a
    // failure.
    minimax.asked_a_moment_ago().await;
    assert_eq!(minimax.times_asked(KEY), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_back_ends_the_back_off() {
    let mut minimax = MiniMax::start().await;
    let mut session = session_with(&minimax).await;
    let bus = session.start_system_bus().await;
    minimax.leave().await;
    let _app = session.launch(&["--hidden"]);
    session.account_until("Default Team", "offline", |a| a["failure"]["kind"] == "offline").await;
    session.tray().await;
    let before = minimax.times_asked(KEY);
    minimax.come_back().await;
    bus.network(70).await;
    asked_after(&minimax, before, Duration::from_secs(12), "an ask once the network is back").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_asks_once_and_not_again_and_again() {
    let minimax = MiniMax::start().await;
    let mut session = session_with(&minimax).await;
    // So long that only the clock change itself can cause a request.
    let _ = session.tidemark(&["settings", "set", "interval_minutes", "60"]).await.ended_with(0);
    let library = session.run("faketime", &["-m", "-f", "+0", "printenv", "LD_PRELOAD"]);
    let clock = session.folder().join("clock");
    fs::write(&clock, "+0").expect("the file that sets the clock");
    for (name, value) in [
        ("LD_PRELOAD", library.expect("libfaketime").as_str()),
        ("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string()),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ] {
        session.set(name, value);
    }
    let _app = session.launch_asking(&minimax, KEY).await;
    // A request that is in progress during a clock change would count as the one after it.
    minimax.asked_a_moment_ago().await;
    for (leap, what) in [
        ("+600", "ten minutes forward"),
        ("-86400", "a day back"),
        ("+2678400", "a month forward"),
        ("+0", "right again"),
    ] {
        let before = minimax.times_asked(KEY);
        fs::write(&clock, leap).expect("the file that sets the clock");
        asked_after(&minimax, before, A_BEAT, what).await;
        // Longer than a second request would take that the first one causes.
        minimax.asked_a_moment_ago().await;
        assert_eq!(minimax.times_asked(KEY), before + 1, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_holds_over_a_restart_and_a_wake_and_a_click_asks_once() {
    let minimax = MiniMax::start().await;
    let mut session = session_with(&minimax).await;
    let bus = session.start_system_bus().await;
    minimax.answer(KEY, Answer::status(429).header("Retry-After", "600"));
    for is_first in [true, false] {
        let before = minimax.times_asked(KEY);
        let mut app = session.launch(&["--hidden"]);
        let item = session.tray().await;
        if is_first {
            minimax.asked_about(KEY, before + 1).await;
            let paused = |a: &serde_json::Value| a["failure"]["kind"] == "rate_limited";
            session.account_until("Default Team", "told to wait", paused).await;
        } else {
            bus.prepare_for_sleep(false).await;
            until("the menu", async || item.menu_text().await).await;
            item.choose("Check now").await;
            minimax.asked_about(KEY, before + 1).await;
            assert_eq!(minimax.times_asked(KEY), before + 1, "neither the start nor the wake asked");
            minimax.asked_a_moment_ago().await;
            item.choose("Check now").await;
            minimax.asked_a_moment_ago().await;
            assert_eq!(minimax.times_asked(KEY), before + 1, "one click in a pause is enough");
        }
        item.quit().await;
        assert!(app.ended().await.success());
    }
}

/// The reset is near the largest timestamp, where adding to it fails, and no countdown field contradicts it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reset_at_the_end_of_time_is_not_known_and_the_app_goes_on_asking() {
    let minimax = MiniMax::start().await;
    let session = session_with(&minimax).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    minimax.asked_a_moment_ago().await;
    let end = 253_402_207_200_000_i64;
    let row = json!({ "model_name": "general", "current_interval_remaining_percent": 43,
        "current_interval_status": 1, "end_time": end, "current_weekly_remaining_percent": 80,
        "current_weekly_status": 1, "weekly_end_time": end });
    for (answer, figure) in [(Answer::rows(&[row]), "43 % left"), (Answer::plan(38, 80), "38 % left")] {
        minimax.answer(KEY, answer);
        let before = minimax.times_asked(KEY);
        item.choose("Check now").await;
        minimax.asked_about(KEY, before + 1).await;
        until(&format!("{figure} in the tooltip"), async || {
            let tooltip = item.tooltip().await?;
            if tooltip.contains(figure) { Ok(()) } else { Err(tooltip) }
        })
        .await;
        minimax.asked_a_moment_ago().await;
    }
    assert!(!session.printed().contains("panicked"), "{}", session.printed());
}
