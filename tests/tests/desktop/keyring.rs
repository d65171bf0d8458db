//! The keyring is locked, absent or hangs: the user sees why, and no key is written elsewhere.

use e2e::{Answer, MiniMax, Part, Session, until};

const KEY: &str = "sk-cp-test-keyring-6f4922f45568161a8c";

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_keyring_is_reported_and_read_by_itself_once_it_is_unlocked() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    session.lock_keyring().await;

    let page = session.open().await;
    let said = page.banner("keyring").await;
    assert!(said.to_lowercase().contains("locked"), "it says what is wrong: {said}");
    assert!(said.to_lowercase().contains("unlock"), "it says what to do: {said}");
    let run = session.tidemark(&["status", "--fresh"]).await.ended_with(7);
    assert!((run.stdout.clone() + &run.stderr).to_lowercase().contains("unlock"), "{run:#?}");
    minimax.answer("sk-cp-test-second", Answer::plan(71, 85));
    let run = session.tidemark_told(&["account", "add", "Second"], "sk-cp-test-second").await;
    let _ = run.ended_with(7).complains();
    session.nowhere("sk-cp-test-second");

    session.unlock_keyring().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.no_banner("keyring").await;
    session.nowhere(KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_key_is_not_taken_and_not_written_anywhere() {
    let minimax = MiniMax::that_may_be_asked().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Keyring]).await;
    session.ask(&minimax);
    let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await.ended_with(7).complains();
    assert!(run.stderr.to_lowercase().contains("keyring"), "{run:#?}");

    let page = session.open().await;
    page.type_into("key-input", KEY).await;
    page.click("add-submit").await;
    page.click("keep-key").await;
    let said = page.text_until("form-error", "that there is no keyring", |text| !text.is_empty()).await;
    assert!(said.to_lowercase().contains("keyring"), "{said}");
    session.nowhere(KEY);

    session.start_part(Part::Keyring).await;
    page.click("keep-key").await;
    page.end_first_run().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    assert_eq!(session.kept("tidemark").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_goes_away_does_not_stop_a_running_app_and_is_named_after_a_restart() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    session.stop_part(Part::Keyring);

    let item = session.tray().await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
    item.quit().await;
    assert!(app.ended().await.success());

    let page = session.open().await;
    let said = page.banner("keyring").await.to_lowercase();
    assert!(said.contains("no keyring"), "it is absent, not locked: {said}");
    session.start_part(Part::Keyring).await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.no_banner("keyring").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_that_hangs_is_said_so_while_the_window_and_the_tray_go_on() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    session.hang_part(Part::Keyring);

    let page = session.open().await;
    let item = session.tray().await;
    item.menu().await.expect("the tray answers while the keyring hangs");
    let said = until("a word about the keyring", async || {
        let said = page.banner("keyring").await;
        if said.to_lowercase().contains("does not answer") { Ok(said) } else { Err(said) }
    })
    .await;
    assert!(!said.is_empty());
    // Clicked while the keyring still hangs: once it resumes, it is read without a click, and the button is gone.
    page.click_css("[data-testid=banner][data-id=keyring] [data-testid=banner-action]").await;
    session.resume_part(Part::Keyring);
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_removed_from_the_keyring_is_missed_by_name() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let id = session.add_account("Default Team", KEY).await;
    session
        .run("secret-tool", &["clear", "service", "tidemark", "username", &id])
        .expect("the key is cleared");
    let run = session.tidemark(&["status", "--fresh", "--json"]).await.ended_with(7);
    assert_eq!(run.json()["accounts"][0]["failure"]["kind"], "keyring", "{run:#?}");
}
