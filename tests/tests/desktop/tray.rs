//! What the tray item offers a host, and where its menu leads.

use e2e::tray::Item;
use e2e::{Answer, MiniMax, Session, Window, until};

const KEY: &str = "sk-cp-test-tray-0a1b2c3d4e5f60718293";

#[tokio::test(flavor = "multi_thread")]
async fn the_item_has_a_picture_for_each_size_of_panel_and_says_it_in_words() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(18, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    titled(&item, "Tidemark, Default Team: Near the limit, 18 % left").await;
    let pictures = item.pixmaps().await.expect("pictures");
    let sizes: Vec<_> = pictures.iter().map(|picture| (picture.width, picture.height)).collect();
    assert_eq!(sizes, [16, 22, 24, 32, 48, 64].map(|edge| (edge, edge)));

    let plain = item.picture().await.expect("a picture");
    let _ = session.tidemark(&["settings", "set", "tray_digits", "true"]).await.ended_with(0);
    until("another picture, with the figure in it", async || {
        let picture = item.picture().await?;
        if picture == plain { Err("the same".to_owned()) } else { Ok(()) }
    })
    .await;
    let _ = session.tidemark(&["settings", "set", "show_used", "true"]).await.ended_with(0);
    titled(&item, "Tidemark, Default Team: Near the limit, 82 % used").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_is_changed_in_place_and_left_alone_while_nothing_changes() {
    let minimax = MiniMax::start().await;
    let (window, week) = (Window::interval(71), Window::week(85));
    minimax.answer(KEY, Answer::windows(window, week));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    titled(&item, "Tidemark, Default Team: Good, 71 % left").await;
    let told = item.told().await;
    for _ in 0..3 {
        check_now(&item, &minimax).await;
    }
    // The signals of this answer arrive after all signals of the answers above.
    minimax.answer(KEY, Answer::windows(window.left(18), week));
    check_now(&item, &minimax).await;
    until("the new figures in the menu", async || match told.times("ItemsPropertiesUpdated") {
        0 => Err(format!("{told:?}")),
        _ => Ok(()),
    })
    .await;
    let times =
        ["ItemsPropertiesUpdated", "NewIcon", "NewTitle", "LayoutUpdated"].map(|name| told.times(name));
    assert_eq!(times, [1, 1, 1, 0], "{told:?}");
    let menu = item.menu_text().await.expect("a menu");
    assert!(menu.contains("18 % left") && menu.contains("Near the limit"), "{menu}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_in_the_menu_leads_to_the_settings() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    let item = session.tray().await;
    item.choose("Settings…").await;
    page.find("setting-tray_digits").await;
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_an_account_opens_the_window() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    titled(&item, "Tidemark, Default Team: Good, 71 % left").await;
    assert!(session.windows("tidemark").is_empty(), "started without a window");
    item.choose("Default Team: Good").await;
    session.window("tidemark").await;
}

async fn titled(item: &Item, title: &str) {
    until(&format!("the title {title:?}"), async || {
        let found = item.title().await?;
        if found == title { Ok(()) } else { Err(found) }
    })
    .await;
}

/// Makes the app ask once more from its menu, and waits until it has asked.
async fn check_now(item: &Item, minimax: &MiniMax) {
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
}
