//! A suspended machine: processes stop, the clock goes on, then all events arrive together.

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session, until_within};

const KEYS: [&str; 4] = [
    "sk-cp-test-suspend-1-7f83b1657ff1fc53b9",
    "sk-cp-test-suspend-2-2dc18148a1d65dfc2d",
    "sk-cp-test-suspend-3-4b1f06f9d4b1f0c2aa",
    "sk-cp-test-suspend-4-77ac319bfe1979e2d7",
];

#[tokio::test(flavor = "multi_thread")]
async fn after_eight_hours_of_sleep_each_account_is_asked_once_and_soon() {
    let minimax = MiniMax::start().await;
    let mut session = Session::without(&[Part::WindowManager]).await;
    session.ask(&minimax);
    let bus = session.start_system_bus().await;
    for (number, key) in KEYS.iter().enumerate() {
        minimax.answer(key, Answer::plan(71, 85));
        session.add_account(&format!("Account {number}"), key).await;
    }
    session.set_clock("+0");
    let before_start = KEYS.map(|key| minimax.times_asked(key));
    let app = session.launch(&["--hidden"]);
    for (key, before) in KEYS.iter().zip(before_start) {
        minimax.asked_about(key, before + 1).await;
    }
    session.tray().await;
    minimax.asked_a_moment_ago().await;

    let before = KEYS.map(|key| minimax.times_asked(key));
    bus.prepare_for_sleep(true).await;
    bus.network(20).await;
    app.hang();
    session.set_clock("+28800");
    app.resume();
    bus.prepare_for_sleep(false).await;
    bus.network(70).await;
    // Within one timer tick, even if no signal has arrived.
    until_within(Duration::from_secs(25), "a request for each account", async || {
        let asked = KEYS.map(|key| minimax.times_asked(key));
        if asked.iter().zip(&before).all(|(now, then)| now > then) {
            Ok(())
        } else {
            Err(format!("{asked:?}"))
        }
    })
    .await;
    // Long enough for requests that a further tick would cause.
    for _ in 0..3 {
        minimax.asked_a_moment_ago().await;
    }
    let asked = KEYS.map(|key| minimax.times_asked(key));
    assert_eq!(asked, before.map(|then| then + 1), "once each, not a burst");
    assert!(session.notices().is_empty(), "{:#?}", session.notices());
}
