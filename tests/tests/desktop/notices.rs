//! When notifications are shown: quiet hours, snooze, and whether they are shown at all.

use e2e::tray::Item;
use e2e::{Answer, App, MiniMax, Part, Session, Window, until};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

const KEY: &str = "sk-cp-test-notices-c4ca4238a0b923820dcc";

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_hold_what_happens_and_tell_it_when_they_end() {
    let minimax = MiniMax::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    let (session, _app, item) = started(&minimax, Answer::windows(window, week)).await;
    for (left, count) in [(18, 1), (0, 2)] {
        read(&item, &minimax, Answer::windows(window.left(left), week), &format!("{left} % left")).await;
        session.notices_shown(count).await;
    }

    set(&session, &item, "quiet_hours", &around_now(), true).await;
    let again = window.next();
    read(&item, &minimax, Answer::windows(again, week), "0 % used").await;
    read(&item, &minimax, Answer::windows(again.left(85), week), "15 % used").await;
    session.notices_shown(2).await;

    // A kind that is allowed in quiet hours is shown at once; the others keep waiting.
    set(&session, &item, "quiet_allows", "refused", false).await;
    minimax.answer(KEY, Answer::code(1004, "login fail"));
    check_now(&item, &minimax).await;
    let shown = session.notices_shown(3).await;
    assert!(shown[2].summary.contains("refuses the key"), "{shown:#?}");
    assert!(!shown[2].body.contains("Also"), "nothing else: {shown:#?}");
    read(&item, &minimax, Answer::windows(again.left(80), week), "80 % left").await;
    session.notices_shown(3).await;

    choose(&session, "quiet_hours", "").await;
    let shown = session.notices_shown(4).await;
    assert!(shown[3].summary.contains("available again"), "{shown:#?}");
    assert!(shown[3].body.contains("80 % left"), "as it is now: {shown:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn snooze_is_chosen_in_the_tray_menu_outlives_a_restart_and_ends_there() {
    let minimax = MiniMax::start().await;
    let (session, mut app, item) = started(&minimax, Answer::plan(71, 85)).await;
    item.choose("For 1 hour").await;
    until("the silence in the menu", async || {
        let menu = item.menu_text().await?;
        if menu.contains("Silent until") { Ok(()) } else { Err(menu) }
    })
    .await;
    read(&item, &minimax, Answer::plan(0, 85), "0 % left").await;
    session.notices_shown(0).await;
    item.quit().await;
    app.ended().await;

    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    check_now(&item, &minimax).await;
    session.notices_shown(0).await;
    item.choose("Speak again").await;
    let shown = session.notices_shown(1).await;
    assert!(shown[0].summary.contains("used up"), "{shown:#?}");
    let menu = item.menu_text().await.unwrap_or_default();
    assert!(!menu.contains("Silent until"), "{menu}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_notice_comes_at_once_or_says_why_it_cannot() {
    let minimax = MiniMax::that_may_be_asked().await;
    let mut session = Session::start().await;
    session.ask(&minimax);
    choose(&session, "quiet_hours", &around_now()).await;
    let page = session.open().await;
    page.invoke(&[("snooze", json!({ "length": "hour", "account": null }))]).await;
    let told = page.invoke(&[("test_notice", json!({}))]).await;
    assert!(told[0].is_ok(), "{told:?}");
    let shown = session.notices_shown(1).await;
    assert!(shown[0].summary.contains("Notifications work"), "{shown:#?}");

    session.stop_part(Part::Notices);
    let told = page.invoke(&[("test_notice", json!({}))]).await;
    let said = told[0].as_ref().expect_err("nobody shows it").to_string();
    assert!(said.contains("No notification service answers"), "{said}");
    session.start_part(Part::Notices).await;
    session.notices_shown(1).await;
    page.close(&session).await;
}

/// Starts the app with one account that has just been read.
async fn started(minimax: &MiniMax, answer: Answer) -> (Session, App, Item) {
    minimax.answer(KEY, answer);
    let mut session = Session::start().await;
    session.ask(minimax);
    session.add_account("Default Team", KEY).await;
    let app = session.launch_asking(minimax, KEY).await;
    let item = session.tray().await;
    (session, app, item)
}

/// Sets the answer, makes the app ask, and waits until the tooltip shows the figure.
async fn read(item: &Item, minimax: &MiniMax, answer: Answer, figure: &str) {
    minimax.answer(KEY, answer);
    check_now(item, minimax).await;
    says(item, figure).await;
}

async fn check_now(item: &Item, minimax: &MiniMax) {
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
}

/// Changes a setting, and waits until the app uses it: `show_used` is set with it, and the tooltip shows its effect.
async fn set(session: &Session, item: &Item, key: &str, value: &str, used: bool) {
    choose(session, key, value).await;
    choose(session, "show_used", if used { "true" } else { "false" }).await;
    says(item, if used { "% used" } else { "% left" }).await;
}

async fn choose(session: &Session, key: &str, value: &str) {
    let run = session.tidemark(&["settings", "set", key, value]).await;
    assert_eq!(run.code, Some(0), "{run:#?}");
}

async fn says(item: &Item, what: &str) {
    until(&format!("{what:?} in the tooltip"), async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains(what) { Ok(()) } else { Err(tooltip) }
    })
    .await;
}

/// Quiet hours that began two hours ago and end in two hours, by the session's clock.
fn around_now() -> String {
    let (now, hours) = (Timestamp::now(), SignedDuration::from_hours(2));
    format!("{}-{}", Session::local(now - hours, "%H:%M"), Session::local(now + hours, "%H:%M"))
}
