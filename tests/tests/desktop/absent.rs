//! A desktop without a tray or without a notification service: the app keeps running and reports it.

use e2e::{Answer, MiniMax, Part, Session, until};

const KEY: &str = "sk-cp-test-absent-1f0e3dad99908345f743";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_the_window_says_so_and_the_icon_comes_with_the_first_host() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    let said = page.banner("no_tray").await;
    assert!(said.to_lowercase().contains("tray"), "{said}");

    session.start_part(Part::Tray).await;
    let item = session.tray().await;
    page.no_banner("no_tray").await;
    until("the reading in the late tray", async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains("71 % left") { Ok(()) } else { Err(tooltip) }
    })
    .await;

    session.stop_part(Part::Tray);
    page.banner("no_tray").await;
    session.start_part(Part::Tray).await;
    session.tray().await;
    page.no_banner("no_tray").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tray_even_a_hidden_start_opens_the_window() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch(&["--hidden"]);
    session.window("tidemark").await;
    assert!(app.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_notification_service_a_notice_is_in_the_window_and_delivered_once_when_one_comes() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::without(&[Part::Notices]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.banner("notices").await;
    let said = page.banner("notice:").await;
    assert!(said.to_lowercase().contains("used up"), "{said}");

    session.start_part(Part::Notices).await;
    let shown = until("the notice to be delivered", async || {
        session.notices().first().cloned().ok_or_else(|| "nothing shown".to_owned())
    })
    .await;
    assert!(shown.summary.to_lowercase().contains("used up"), "{shown:?}");
    page.no_banner("notices").await;
    page.no_banner("notice:").await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    page.click("check-now").await;
    minimax.asked_about(KEY, before + 1).await;
    session.notices_shown(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_service_that_hangs_stops_nothing_else() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    session.hang_part(Part::Notices);
    let mut app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
    let menu = item.menu_text().await.unwrap_or_default();
    assert!(menu.contains("0 % left") || menu.to_lowercase().contains("used up"), "{menu}");
    session.resume_part(Part::Notices);
    session.notices_shown(1).await;
    item.quit().await;
    assert!(app.ended().await.success());
}
