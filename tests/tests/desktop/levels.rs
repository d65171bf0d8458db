//! From good to spent and back: the tray icon, and one notification for each step.

use std::collections::HashMap;
use std::time::Duration;

use e2e::tray::{Item, Pixmap};
use e2e::{Answer, MiniMax, Session, Window, until, until_within};

const KEY: &str = "sk-cp-test-levels-591785b794601e212b";

#[tokio::test(flavor = "multi_thread")]
async fn each_level_changes_the_tray_picture_and_is_said_exactly_once() {
    let minimax = MiniMax::start().await;
    // The window resets during the test, and the app has to notice by itself.
    let window = Window::interval(71).ending_in(30);
    let week = Window::week(85);
    minimax.answer(KEY, Answer::windows(window, week));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    let mut pictures = HashMap::from([("good", tooltip_then_picture(&item, "71 % left").await)]);
    assert!(session.notices().is_empty(), "a good reading is no news");

    let steps = [("near", 18, "18 %", 1), ("critical", 4, "4 %", 2), ("spent", 0, "used up", 3)];
    for (level, left, said, notices) in steps {
        minimax.answer(KEY, Answer::windows(window.left(left), week));
        check_now(&item, &minimax).await;
        pictures.insert(level, tooltip_then_picture(&item, &format!("{left} % left")).await);
        let shown = session.notices_shown(notices).await;
        let last = &shown[notices - 1];
        let text = format!("{} {}", last.summary, last.body);
        assert!(text.contains("Default Team"), "which account: {text}");
        assert!(text.to_lowercase().contains(said), "{level} says {said:?}: {text}");
        // The same reading again causes no notification.
        check_now(&item, &minimax).await;
    }
    let different: std::collections::HashSet<_> = pictures.values().collect();
    assert_eq!(different.len(), 4, "each level has a picture of its own");

    minimax.answer(KEY, Answer::windows(window.next(), week.left(56)));
    let back = until_within(Duration::from_secs(90), "the notice after the reset", async || {
        session.notices().get(3).cloned().ok_or_else(|| format!("{:#?}", session.notices()))
    })
    .await;
    assert!(back.summary.to_lowercase().contains("available again"), "{back:?}");
    let picture = tooltip_then_picture(&item, "100 % left").await;
    assert!(pictures.values().all(|earlier| *earlier != picture), "a full ring again");
    check_now(&item, &minimax).await;
    session.notices_shown(4).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_reading_speaks_only_where_everything_is_spent() {
    let minimax = MiniMax::start().await;
    let (spent, near) = (KEY, "sk-cp-test-levels-near");
    minimax.answer(spent, Answer::plan(0, 85));
    minimax.answer(near, Answer::plan(12, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    // Both are added before the app starts, so that its first readings already have these levels.
    for (name, key) in [("Spent", spent), ("Near", near)] {
        let run = session.tidemark_told(&["account", "add", name], key).await;
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    let _app = session.launch_asking(&minimax, near).await;
    let shown = session.notices_shown(1).await;
    assert!(shown[0].summary.contains("Spent"), "{shown:?}");

    let item = session.tray().await;
    let menu = item.menu_text().await.unwrap_or_default();
    assert!(menu.contains("12 % left"), "{menu}");
    check_now(&item, &minimax).await;
    session.notices_shown(1).await;
}

/// Makes the app ask once more from its menu, and waits until it has asked.
async fn check_now(item: &Item, minimax: &MiniMax) {
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
}

async fn tooltip_then_picture(item: &Item, figure: &str) -> Pixmap {
    until(&format!("{figure:?} in the tooltip"), async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains(figure) { Ok(()) } else { Err(tooltip) }
    })
    .await;
    until("a picture with something on it", async || {
        let picture = item.picture().await?;
        let inked = picture.argb.chunks_exact(4).filter(|pixel| pixel[0] > 0).count();
        if inked > 20 { Ok(picture) } else { Err(format!("{inked} pixels")) }
    })
    .await
}
