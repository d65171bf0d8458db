//! The key is in the keyring and in the request, and nowhere else.

use e2e::{Answer, MiniMax, Session};

const KEY: &str = "sk-cp-test-needle-45c48cce2e2d7fbdea1afc";

#[tokio::test(flavor = "multi_thread")]
async fn the_key_is_in_no_log_argument_environment_notice_page_or_file() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.set("TIDEMARK_LOG", "trace");
    session.set("RUST_LOG", "trace");
    let page = session.open().await;
    page.first_key(KEY, "Default Team").await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    session.nowhere(KEY);

    // A server that repeats the key in its message must not spread it further.
    let faults = [
        Answer::code(9001, &format!("unknown key {KEY}")),
        Answer::code(2049, &format!("invalid api key {KEY}")),
        Answer::status(302).header("Location", &format!("http://127.0.0.1:1/{KEY}")),
        Answer::json(&serde_json::json!({ KEY: KEY })),
        Answer::plan(0, 85),
    ];
    for answer in faults {
        minimax.answer(KEY, answer);
        minimax.asked_a_moment_ago().await;
        let before = minimax.times_asked(KEY);
        page.click("check-now").await;
        minimax.asked_about(KEY, before + 1).await;
    }
    session.notices_shown(2).await;
    let commands = [
        &["status"][..],
        &["status", "--json", "--fresh"],
        &["account", "list", "--json"],
        &["settings", "export"],
        &["history", "--json"],
        &["doctor"],
    ];
    for arguments in commands {
        let run = session.tidemark(arguments).await;
        assert!(!run.stdout.contains(KEY) && !run.stderr.contains(KEY), "{arguments:?}");
    }
    assert!(!page.source().await.contains(KEY));
    session.nowhere(KEY);
    for notice in session.notices() {
        assert!(!format!("{notice:?}").contains(KEY));
    }
    for asked in minimax.asked() {
        assert!(!asked.path.contains(KEY), "the key is in no address: {}", asked.path);
    }
    assert_eq!(session.kept("tidemark").await.len(), 1);
    page.close(&session).await;
    session.nowhere(KEY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_is_not_followed_with_the_key() {
    let (here, elsewhere) = (MiniMax::start().await, MiniMax::that_must_not_be_asked().await);
    let target = format!("{}/v1/token_plan/remains", elsewhere.base());
    here.answer(KEY, Answer::status(308).header("Location", &target));
    let mut session =
        Session::without(&[e2e::Part::WindowManager, e2e::Part::Notices, e2e::Part::Tray]).await;
    session.ask(&here);
    let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await;
    assert_eq!(run.code, Some(6), "{run:#?}");
}
