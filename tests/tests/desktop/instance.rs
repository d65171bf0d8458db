//! One instance per user: a second start, and changes that a running app gets from the command line.

use e2e::{Answer, MiniMax, Part, Session, until};

const KEY: &str = "sk-cp-test-instance-98f13708210194c475";

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_ends_with_0_and_brings_up_the_window_of_the_first() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut first = session.launch(&["--hidden"]);
    session.tray().await;
    assert!(session.windows("tidemark").is_empty());

    let _ = session.tidemark(&[]).await.ended_with(0);
    session.window("tidemark").await;
    assert!(first.runs());
    assert_eq!(session.tray_items().await.len(), 1, "still one icon");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_app_notices_what_the_command_line_changes() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let page = session.open().await;
    page.find("first-run").await;

    session.add_account("Default Team", KEY).await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;

    let _ = session.tidemark(&["account", "rename", "Default Team", "工作室"]).await.ended_with(0);
    page.text_until("card-name", "the new name", |text| text == "工作室").await;

    let _ = session.tidemark(&["settings", "set", "show_used", "true"]).await.ended_with(0);
    page.text_until("card-figure", "what is used", |text| text.contains("29")).await;

    let _ = session.tidemark(&["account", "remove", "工作室", "--yes"]).await.ended_with(0);
    page.find("first-run").await;
    assert!(session.kept("tidemark").await.is_empty(), "its key is gone from the keyring");
    assert!(session.notices().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_sees_what_the_window_changes() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let id = session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.click("open-keys").await;
    page.find("key-row").await;
    page.click("rename").await;
    // The last character is the Enter key in the code of `WebDriver`.
    page.type_into("rename-input", "Studio\u{e007}").await;
    until("the new name on the command line", async || {
        let run = session.tidemark(&["account", "list", "--json"]).await;
        if run.stdout.contains("\"Studio\"") { Ok(()) } else { Err(run.stdout) }
    })
    .await;
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(KEY), "a new name keeps the key");

    page.click("remove").await;
    page.click("remove-confirm").await;
    until("the key to leave the keyring", async || match session.kept("tidemark").await.len() {
        0 => Ok(()),
        many => Err(format!("{many} keys")),
    })
    .await;
    let run = session.tidemark(&["account", "list", "--json"]).await.ended_with(0);
    assert!(!run.stdout.contains("Studio"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_beside_a_running_app_shows_its_reading_without_asking_again() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    until("the reading in the tray", async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains("71 % left") { Ok(()) } else { Err(tooltip) }
    })
    .await;
    let asked = minimax.times_asked(KEY);
    let run = session.tidemark(&["status", "--json"]).await.ended_with(0);
    assert_eq!(run.json()["accounts"][0]["headline"]["remaining_percent"], 71);
    assert_eq!(minimax.times_asked(KEY), asked, "the app's reading is fresh enough");
    let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(0);
    assert_eq!(minimax.times_asked(KEY), asked + 1, "asked anew when told so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_right_after_the_app_was_killed_becomes_the_app() {
    let session = Session::without(&[Part::Notices, Part::Keyring]).await;
    let mut app = session.launch(&["--hidden"]);
    session.tray().await;
    for round in 0..5 {
        app.kill();
        app = session.launch(&["--hidden"]);
        until(&format!("the tray item of start {round}"), async || {
            assert!(app.runs(), "start {round} was lost: {}", session.printed());
            let item = session.tray().await;
            item.menu_text().await.map(drop)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_behind_a_hung_app_says_so_and_ends() {
    let session = Session::without(&[Part::Notices, Part::Keyring]).await;
    let mut app = session.launch(&["--hidden"]);
    session.tray().await;
    app.hang();
    let run = session.tidemark(&[]).await.ended_with(1).complains();
    assert!(
        run.stderr.contains("does not answer") && run.stderr.contains(&app.pid().to_string()),
        "{run:#?}"
    );
    app.resume();
    assert!(app.runs(), "nothing is killed");
    let _ = session.tidemark(&[]).await.ended_with(0);
    session.window("tidemark").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_bus_a_second_start_does_not_become_a_second_app() {
    let mut session = Session::start().await;
    let mut app = session.launch(&["--hidden"]);
    session.tray().await;
    session.end_bus();
    let run = session.tidemark(&[]).await.ended_with(1).complains();
    assert!(run.stderr.contains("no session bus") && run.stderr.contains(&app.pid().to_string()), "{run:#?}");
    assert!(app.runs(), "{}", session.printed());
}
