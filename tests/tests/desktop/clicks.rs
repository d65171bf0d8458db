//! Effects of a click: on a notification, on the tray icon, on the menu.

use std::time::Duration;

use e2e::onlooker::Onlooker;
use e2e::{Answer, MiniMax, Part, Session, until, until_within};

const KEY: &str = "sk-cp-test-clicks-6d7fce9fee471194aa";

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_notice_and_on_the_tray_opens_the_window_which_can_be_closed() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch(&["--hidden"]);
    let item = session.tray().await;
    session.notices_shown(1).await;
    assert!(session.windows("tidemark").is_empty(), "started without a window");

    session.click_notice().await;
    let window = session.window("tidemark").await;
    session.close_window(window);
    session.no_window("tidemark").await;
    assert!(app.runs(), "closing the window leaves the app in the tray");

    item.activate().await;
    let window = session.window("tidemark").await;
    session.close_window(window);
    session.no_window("tidemark").await;

    item.choose("Open Tidemark").await;
    session.window("tidemark").await;
    assert!(app.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_window_begins_with_what_is_known() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    let onlooker = Onlooker::on(session.display());
    let log = session.home().join(".local/state/tidemark/tidemark.log");
    for opening in 1..=3 {
        item.choose("Open Tidemark").await;
        let window = session.window("tidemark").await;
        until("a page with figures", async || match onlooker.picture(window) {
            Some(shot) if shot.colours() > 100 => Ok(()),
            other => Err(format!("{:?} colours", other.map(|shot| shot.colours()))),
        })
        .await;
        session.close_window(window);
        session.no_window("tidemark").await;
        let told = std::fs::read_to_string(&log).expect("a log");
        assert!(!told.contains("a page begins without figures"), "opening {opening}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_now_asks_at_once_and_quit_ends_with_0() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    for _ in 0..2 {
        minimax.asked_a_moment_ago().await;
        let before = minimax.times_asked(KEY);
        item.choose("Check now").await;
        until_within(Duration::from_secs(2), "a request at once", async || match minimax.times_asked(KEY) {
            asked if asked > before => Ok(()),
            asked => Err(format!("{asked} requests")),
        })
        .await;
    }
    item.quit().await;
    assert_eq!(app.ended().await.code(), Some(0));
    assert!(session.tray_items().await.is_empty(), "the icon is gone with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_is_painted_by_the_panel_and_back_after_the_panel_restarts() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let empty = panel(&session);
    let mut app = session.launch(&["--hidden"]);
    session.tray().await;
    painted(&session, &empty).await;

    session.stop_part(Part::Tray);
    session.start_part(Part::Tray).await;
    session.tray().await;
    painted(&session, &empty).await;
    assert!(app.runs());
}

fn panel(session: &Session) -> e2e::screen::Shot {
    session.shot().crop(e2e::screen::Area { x: 1240, y: 0, width: 40, height: 32 })
}

async fn painted(session: &Session, empty: &e2e::screen::Shot) {
    until("an icon on the panel", async || {
        let now = panel(session);
        let changed = now.rgb.iter().zip(&empty.rgb).filter(|(a, b)| a != b).count();
        if changed > 60 { Ok(()) } else { Err(format!("{changed} bytes differ")) }
    })
    .await;
}
