//! Tray watchers and hosts that come late, do not answer or forget the icon.

use e2e::watcher::Manner;
use e2e::{Answer, MiniMax, Part, Session, until};

const KEY: &str = "sk-cp-test-hosts-0a1b2c3d4e5f60718293";

/// Starts a session without a tray, and a MiniMax with one account.
async fn scene() -> (MiniMax, Session) {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Tray]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    (minimax, session)
}

/// What `doctor` reports about the tray.
async fn doctor(session: &Session) -> (String, String) {
    let run = session.tidemark(&["doctor"]).await;
    let line = run.stdout.lines().find(|line| line.contains("tray")).unwrap_or_default().trim();
    let (level, text) = line.split_once(char::is_whitespace).unwrap_or_default();
    (level.to_owned(), text.to_owned())
}

async fn registered(watcher: &e2e::watcher::Watcher, times: usize) {
    until(&format!("{times} registrations"), async || match watcher.times_registered() {
        so_far if so_far >= times => Ok(()),
        so_far => Err(format!("{so_far}")),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_never_answers_is_as_good_as_none_and_a_good_one_gets_the_icon() {
    let (_minimax, session) = scene().await;
    let silent = session.play_watcher(Manner::Silent).await;
    let mut app = session.launch(&["--hidden"]);
    registered(&silent, 1).await;
    session.window("tidemark").await;
    let (level, text) = doctor(&session).await;
    assert!(level != "ok" && text.contains("answer"), "{level}: {text}");
    silent.leave().await;

    let good = session.play_watcher(Manner::Good).await;
    registered(&good, 1).await;
    session.no_window("tidemark").await;
    // The item whose registration the silent watcher never answered leaves the bus.
    until("one icon", async || {
        let items = session.tray_items().await.len();
        if items == 1 { Ok(()) } else { Err(format!("{items} icons")) }
    })
    .await;
    assert_eq!(doctor(&session).await.0, "ok");
    assert!(app.runs());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_without_a_host_is_said_so_and_its_first_host_closes_the_window() {
    let (_minimax, session) = scene().await;
    let watcher = session.play_watcher(Manner::WithoutHost).await;
    let _app = session.launch(&["--hidden"]);
    registered(&watcher, 1).await;
    session.window("tidemark").await;
    assert_ne!(doctor(&session).await.0, "ok");
    watcher.get_host().await;
    session.no_window("tidemark").await;
    assert_eq!(watcher.times_registered(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_was_clicked_into_stays_when_a_late_host_comes() {
    let (_minimax, session) = scene().await;
    let _app = session.launch(&["--hidden"]);
    let window = session.window("tidemark").await;
    let mut before = None;
    let area = until("a window that is drawn and no longer resized", async || {
        let area = session.area(window);
        let is_drawn = session.shot().crop(area).colours() > 2;
        let is_still = before.replace(area) == Some(area);
        if is_drawn && is_still { Ok(area) } else { Err(format!("{area:?}, drawn: {is_drawn}")) }
    })
    .await;
    session.click(area.x + area.width / 2, area.y + area.height / 2);
    let watcher = session.play_watcher(Manner::Good).await;
    registered(&watcher, 1).await;
    // Once its menu can be read, the app has finished its reaction to the host.
    session.tray().await.menu().await.expect("a menu");
    let run = session.tidemark(&["status"]).await;
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(session.windows("tidemark").len(), 1, "the window that is in use stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watcher_that_forgets_the_icon_gets_it_again_and_one_that_reads_it_first_is_answered() {
    let (_minimax, session) = scene().await;
    let watcher = session.play_watcher(Manner::ReadsFirst).await;
    let _app = session.launch(&["--hidden"]);
    registered(&watcher, 1).await;
    for times in 2..=3 {
        session.tray().await;
        watcher.forget().await;
        registered(&watcher, times).await;
    }
    session.tray().await;
    watcher.leave().await;
    // The next watcher, which appears while the app runs, also reads the item before it answers.
    let next = session.play_watcher(Manner::ReadsFirst).await;
    registered(&next, 1).await;
    session.tray().await;
    assert!(session.windows("tidemark").is_empty());
}
