//! A restart: the user has to enter nothing again, and no notification is repeated.

use e2e::{Answer, MiniMax, Session, until};

const KEY: &str = "sk-cp-test-restart-b1946ac92492d2347c";

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_asks_with_the_same_key_without_a_question() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;

    for _ in 0..2 {
        let mut app = session.launch_asking(&minimax, KEY).await;
        let item = session.tray().await;
        until("the reading in the tray", async || {
            let tooltip = item.tooltip().await?;
            if tooltip.contains("71 % left") { Ok(()) } else { Err(tooltip) }
        })
        .await;
        assert!(session.windows("tidemark").is_empty(), "no window asks anything");
        item.quit().await;
        assert!(app.ended().await.success());
    }

    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    assert!(!page.has("first-run").await);
    assert!(session.notices().is_empty(), "{:#?}", session.notices());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_was_shown_is_not_shown_again_after_a_restart_or_a_power_cut() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    minimax.answer(KEY, Answer::plan(12, 85));
    check(&session, &minimax).await;
    session.notices_shown(1).await;

    app.kill();
    for _ in 0..2 {
        let mut app = session.launch_asking(&minimax, KEY).await;
        check(&session, &minimax).await;
        session.tray().await.quit().await;
        assert!(app.ended().await.success());
    }
    session.notices_shown(1).await;
}

/// Makes the app ask once more, and waits until it shows the result.
async fn check(session: &Session, minimax: &MiniMax) {
    let item = session.tray().await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
    until("the reading in the tray", async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains("12 % left") { Ok(()) } else { Err(tooltip) }
    })
    .await;
}
