//! Key management on the command line, with everything that people paste around a key.

use std::time::Duration;

use e2e::{Answer, MiniMax, Part, Session};

const KEY: &str = "sk-cp-test-accounts-9bf31c7ff062936a96d3";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

async fn with_key() -> (Session, MiniMax) {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    (session, minimax)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_added_listed_renamed_replaced_and_removed() {
    let (session, minimax) = with_key().await;
    let listed = session.tidemark(&["account", "list", "--json"]).await.ended_with(0);
    let listed_json = listed.json();
    let account = listed_json.as_array().or(listed_json["accounts"].as_array()).expect("a list")[0].clone();
    assert_eq!(account["name"], "Default Team");
    assert_eq!((&account["kind"], &account["region"]), (&"token_plan".into(), &"global".into()));
    let id = account["id"].as_str().expect("an id").to_owned();
    let plain = session.tidemark(&["account", "list"]).await.ended_with(0);
    assert!(plain.stdout.contains("Default Team") && plain.stdout.contains("96d3"), "{plain:#?}");
    assert!(!plain.stdout.contains("sk-cp") && !listed.stdout.contains("sk-cp"), "never a key: {plain:#?}");
    assert!(!plain.stdout.contains('\u{1b}'), "no colours outside a terminal: {plain:#?}");

    let _ = session.tidemark(&["account", "rename", "Default Team", "Studio"]).await.ended_with(0);
    assert_eq!(session.account("Studio").await["id"], id.as_str(), "a new name is the same account");

    let new = "sk-cp-test-accounts-the-new-one";
    minimax.answer(new, Answer::plan(55, 85));
    let _ = session.tidemark_told(&["account", "replace-key", "Studio"], new).await.ended_with(0);
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(new));
    let refused = session.tidemark_told(&["account", "replace-key", "Studio"], "sk-cp-test-unknown").await;
    let _ = refused.ended_with(5).complains();
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(new), "the old key stays until one is accepted");

    let _ = session.tidemark(&["account", "remove", "Studio", "--yes"]).await.ended_with(0);
    assert!(session.kept("tidemark").await.is_empty());
    let _ = session.tidemark(&["account", "remove", "Studio", "--yes"]).await.complains();
    for key in [KEY, new, "sk-cp-test-unknown"] {
        session.nowhere(key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_with_blanks_and_line_breaks_around_it_is_trimmed() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let id = session.add_account("Default Team", &format!(" \t\r\n  {KEY} \r\n\n")).await;
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(KEY));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_key_is_refused_without_asking_minimax() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let large = "sk-cp-".to_owned() + &"x".repeat(1024 * 1024);
    let pasted = [
        "",
        " \r\n\t ",
        "sk-cp-test one sk-cp-test-two",
        "sk-cp-test-one\nsk-cp-test-two",
        "sk-cp-test-\u{7}bell",
        "sk-cp-test-键",
        large.as_str(),
    ];
    for key in pasted {
        let run = session.tidemark_told(&["account", "add", "Default Team"], key).await;
        let shown: String = key.chars().take(30).collect();
        assert!(matches!(run.code, Some(1 | 2 | 5)), "{shown:?}: {:?} {}", run.code, run.stderr);
        assert!(run.stderr.len() < 500, "{shown:?}: what was pasted is not repeated");
        assert!(run.took < Duration::from_secs(5), "{shown:?} took {:?}", run.took);
        let _ = run.complains();
    }
    assert!(session.kept("tidemark").await.is_empty());
    let run = session.tidemark(&["account", "add", "Default Team", KEY]).await;
    let _ = run.ended_with(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_ends_with_5_and_is_not_kept() {
    let (global, china) = (MiniMax::start().await, MiniMax::start().await);
    let mut session = Session::without(&BARE).await;
    session.ask_regions(&global, &china);
    let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await.ended_with(5).complains();
    assert!(!run.stderr.contains("invalid api key"), "the server's own text is not repeated: {run:#?}");
    assert!(session.kept("tidemark").await.is_empty());

    china.answer(KEY, Answer::plan(71, 85));
    let told = &["account", "add", "Default Team", "--region", "global"];
    let run = session.tidemark_told(told, KEY).await.ended_with(5).complains();
    assert!(run.stderr.to_lowercase().contains("china"), "it says where the key is known: {run:#?}");
    let _ = session.tidemark_told(&["account", "add", "Default Team"], KEY).await.ended_with(0);
    assert_eq!(session.account("Default Team").await["region"], "china");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_the_other_kind_is_recognised_and_named() {
    let wallet = "sk-api-test-accounts-a87ff679a2f3e71d91";
    let minimax = MiniMax::start().await;
    minimax.answer(wallet, Answer::balance("12.34"));
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let told = &["account", "add", "Default Team", "--kind", "token_plan"];
    let run = session.tidemark_told(told, wallet).await.complains();
    assert!(matches!(run.code, Some(1 | 2 | 5)), "{run:#?}");
    assert!(run.stderr.to_lowercase().contains("pay"), "it says which kind it is: {run:#?}");
    let told = &["account", "add", "Wallet", "--kind", "pay_as_you_go"];
    let run = session.tidemark_told(told, KEY).await.complains();
    assert!(matches!(run.code, Some(1 | 2 | 5)), "{run:#?}");
    assert!(run.stderr.to_lowercase().contains("plan"), "it says which kind it is: {run:#?}");
    assert!(session.kept("tidemark").await.is_empty());

    session.add_account("Wallet", wallet).await;
    assert_eq!(session.account("Wallet").await["kind"], "pay_as_you_go");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_or_name_twice_is_refused_and_says_who_has_it() {
    let (session, minimax) = with_key().await;
    let run = session.tidemark_told(&["account", "add", "Second"], KEY).await.complains();
    assert!(matches!(run.code, Some(1 | 2)), "{run:#?}");
    assert!(run.stderr.contains("Default Team"), "it says which account has it: {run:#?}");
    assert_eq!(session.kept("tidemark").await.len(), 1);

    let other = "sk-cp-test-accounts-another";
    minimax.answer(other, Answer::plan(50, 50));
    let run = session.tidemark_told(&["account", "add", "Default Team"], other).await.complains();
    assert!(matches!(run.code, Some(1 | 2)), "{run:#?}");
    assert_eq!(session.kept("tidemark").await.len(), 1);
    session.add_account("Second", other).await;
    let run = session.tidemark(&["account", "rename", "Second", "Default Team"]).await.complains();
    assert!(matches!(run.code, Some(1 | 2)), "{run:#?}");
    session.account("Second").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_cannot_be_shown_is_refused_and_any_language_is_fine() {
    let (session, _minimax) = with_key().await;
    for name in ["", "  ", &"n".repeat(300), "bell\u{7}", "two\nlines", "\u{202e}turned"] {
        let run = session.tidemark(&["account", "rename", "Default Team", name]).await.complains();
        assert!(matches!(run.code, Some(1 | 2)), "{name:?}: {run:#?}");
        let run = session.tidemark_told(&["account", "add", name], "sk-cp-test-other").await.complains();
        assert!(matches!(run.code, Some(1 | 2)), "{name:?}: {run:#?}");
    }
    for name in ["--weird 'quoted\" name", "工作室 🌊", "a/../../b"] {
        let _ = session.tidemark(&["account", "rename", "Default Team", "--", name]).await;
        let _ = session.tidemark(&["account", "rename", "--", "Default Team", name]).await;
        session.account(name).await;
        let _ = session.tidemark(&["account", "rename", "--", name, "Default Team"]).await.ended_with(0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_put_in_offline_is_kept_only_when_told_to() {
    let mut minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.leave().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await.ended_with(6).complains();
    assert!(run.stderr.contains("--unchecked"), "it says how to keep it: {run:#?}");
    assert!(session.kept("tidemark").await.is_empty());

    let told = &["account", "add", "Default Team", "--unchecked"];
    let _ = session.tidemark_told(told, KEY).await.ended_with(0);
    assert_eq!(session.kept("tidemark").await.len(), 1);
    let _ = session.tidemark(&["status"]).await.ended_with(6);
    minimax.come_back().await;
    let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(0);
}
