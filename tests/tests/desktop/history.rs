//! Readings are stored, shown on the command line, and survive failures of the disk and the process.

use std::fs;

use e2e::{Answer, MiniMax, Part, Session, until};
use serde_json::Value;

const KEY: &str = "sk-cp-test-history-c9f0f895fb98ab9159f51f";
const OTHER: &str = "sk-cp-test-history-45c48cce2e2d7fbdea1afc";
const NOTHING: [Part; 4] = [Part::WindowManager, Part::Keyring, Part::Notices, Part::Tray];
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn history_tells_what_was_read_with_the_app_running_and_without() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("=Default, Team", KEY).await;
    let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(0);
    lefts_until(&session, &[71]).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    read_anew(&session, &minimax, Answer::plan(60, 84)).await;
    lefts_until(&session, &[71, 60]).await;
    app.kill();

    lefts_until(&session, &[71, 60]).await;
    let told = session.tidemark(&["history", "--json"]).await.ended_with(0).json();
    let reading = &told["readings"][0];
    assert_eq!((&told["schema"], &reading["account"]["name"]), (&1.into(), &"=Default, Team".into()));
    assert_eq!((&reading["model"], &reading["rolling"]), (&"general".into(), &false.into()), "{told:#}");
    let left = reading["remaining_percent"].as_f64().zip(reading["used_percent"].as_f64());
    assert!(left.is_some_and(|(left, used)| (left + used - 100.0).abs() < 1e-9), "{told:#}");
    for time in ["at", "until", "resets_at"] {
        assert!(reading[time].as_str().is_some_and(|t| t.ends_with('Z')), "{time}: {told:#}");
    }
    let csv = session.tidemark(&["history", "--csv", "--account", "=Default, Team"]).await.ended_with(0);
    let mut lines = csv.stdout.lines();
    assert!(
        lines.next().is_some_and(|header| header.starts_with("account,account_id,at,until,")),
        "{csv:#?}"
    );
    assert!(
        lines.all(|line| line.starts_with("\"'=Default, Team\",")),
        "no spreadsheet takes a name for a formula: {csv:#?}"
    );
    let plain = session.tidemark(&["history"]).await.ended_with(0);
    assert!(plain.stdout.contains("60 %") && plain.stdout.contains("=Default, Team"), "{plain:#?}");
    for time in ["at", "resets_at"] {
        let moment = reading[time].as_str().and_then(|at| at.parse().ok()).expect("a moment");
        let clock = Session::local(moment, "%Y-%m-%d %H:%M");
        assert!(plain.stdout.contains(&clock), "{time} by the user's clock, {clock}: {plain:#?}");
    }
    let later = session.tidemark(&["history", "--json", "--since", "2099-01-01"]).await.ended_with(0);
    assert_eq!(later.json()["readings"], Value::Array(Vec::new()));

    let _app = session.launch_asking(&minimax, KEY).await;
    read_anew(&session, &minimax, Answer::plan(50, 83)).await;
    lefts_until(&session, &[71, 60, 50]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_history_says_so_and_makes_no_file() {
    let session = Session::without(&NOTHING).await;
    let run = session.tidemark(&["history"]).await.ended_with(0);
    assert!(!run.stdout.trim().is_empty() && run.stderr.is_empty(), "{run:#?}");
    assert_eq!(
        session.tidemark(&["history", "--json"]).await.ended_with(0).json()["readings"],
        Value::Array(Vec::new())
    );
    assert!(!store(&session).exists(), "looking made a store");
    for wrong in [
        &["history", "--account", "nobody"][..],
        &["history", "--since", "soon"],
        &["history", "--csv", "--json"],
    ] {
        let _ = session.tidemark(wrong).await.ended_with(2);
    }
    fs::create_dir_all(store(&session).parent().expect("a folder")).expect("the folder of the store");
    fs::write(store(&session), "this is no store at all, and longer than its header. ".repeat(10))
        .expect("a file");
    let run = session.tidemark(&["history"]).await.ended_with(1).complains();
    assert_eq!(run.stderr.lines().count(), 1, "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_accounts_history_stays_unless_it_is_to_go() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(OTHER, Answer::plan(33, 44));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Studio", KEY).await;
    session.add_account("Harbour", OTHER).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    let kept_of = async |name: &str| {
        let run = session.tidemark(&["history", "--json"]).await.ended_with(0).json();
        let readings = run["readings"].as_array().cloned().unwrap_or_default();
        readings.iter().filter(|r| r["account"]["name"] == name).count()
    };
    until("readings of both", async || {
        let (studio, harbour) = (kept_of("Studio").await, kept_of("Harbour").await);
        if studio > 0 && harbour > 0 { Ok(()) } else { Err(format!("{studio} {harbour}")) }
    })
    .await;

    let asks = session.tidemark(&["account", "remove", "Studio"]).await.ended_with(2);
    assert!(asks.stderr.contains("--yes"), "{asks:#?}");
    let stays = session.tidemark(&["account", "remove", "Studio", "--yes"]).await.ended_with(0);
    assert!(stays.stdout.contains("history"), "it says what becomes of the history: {stays:#?}");
    let _ =
        session.tidemark(&["account", "remove", "Harbour", "--with-history", "--yes"]).await.ended_with(0);
    assert!(kept_of("Studio").await > 0 && kept_of("Harbour").await == 0);
    assert!(!session.tidemark(&["history", "--account", "Studio"]).await.ended_with(0).stdout.is_empty());
    let _ = session.tidemark(&["history", "--account", "Harbour"]).await.ended_with(2);
    app.kill();
    assert!(kept_of("Studio").await > 0 && kept_of("Harbour").await == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_goes_away_while_running_is_told_in_the_window_and_taken_back() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.no_banner("store").await;

    let folder = store(&session).parent().expect("a folder").to_owned();
    let elsewhere = folder.with_file_name("elsewhere");
    fs::rename(&folder, &elsewhere).expect("the disk goes");
    fs::write(&folder, "").expect("and nothing can be put in its place");
    read_anew(&session, &minimax, Answer::plan(60, 84)).await;
    page.text_until("card-figure", "60 %", |text| text.contains("60")).await;
    page.banner("store").await;
    fs::remove_file(&folder).expect("the disk");
    fs::rename(&elsewhere, &folder).expect("is back");
    page.no_banner("store").await;
    lefts_until(&session, &[71, 60]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_killed_again_and_again_keeps_its_history_whole() {
    let minimax = MiniMax::start().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    minimax.answer(KEY, Answer::plan(99, 85));
    session.add_account("Default Team", KEY).await;
    for left in (80..95).rev() {
        minimax.answer(KEY, Answer::plan(left, 85));
        let mut app = session.launch_asking(&minimax, KEY).await;
        app.kill();
        let run = session.tidemark(&["history"]).await;
        assert_eq!(run.code, Some(0), "{run:#?}");
    }
    let doctor = session.tidemark(&["doctor", "--json"]).await.json();
    let checks = doctor["checks"].as_array().cloned().unwrap_or_default();
    let history = checks.iter().find(|c| c["name"] == "history").expect("a check of the history");
    assert_eq!(history["verdict"], "ok", "{doctor:#}");
    let folder = store(&session).parent().expect("a folder").to_owned();
    let aside = fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .filter(|f| f.file_name().to_string_lossy().contains("broken"));
    assert_eq!(aside.count(), 0, "nothing was broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn doctor_says_when_each_account_is_asked_next_and_why() {
    let minimax = MiniMax::that_may_be_asked().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let quiet = session.tidemark(&["doctor", "--json"]).await.json();
    assert_eq!(quiet["asking"], Value::Array(Vec::new()), "nobody is asked while the app does not run");
    let _app = session.launch_asking(&minimax, KEY).await;
    let asking = until("the next ask", async || {
        let told = session.tidemark(&["doctor", "--json"]).await.json()["asking"].clone();
        if told[0]["reason"].is_string() { Ok(told) } else { Err(told.to_string()) }
    })
    .await;
    assert_eq!((&asking[0]["account"], &asking[0]["reason"]), (&1.into(), &"interval".into()), "{asking}");
    let plain = session.tidemark(&["doctor"]).await;
    let line = plain.stdout.lines().find(|line| line.contains("next ask at")).unwrap_or_default();
    let next_at = asking[0]["next_at"].as_str().and_then(|at| at.parse().ok()).expect("a moment");
    let clock = Session::local(next_at, "%Y-%m-%d %H:%M:%S");
    assert!(line.contains("account 1") && line.contains(&clock) && line.contains("because"), "{plain:#?}");
    assert!(!plain.stdout.contains("Default Team"), "safe to paste in public: {plain:#?}");
}

/// The file of the store.
fn store(session: &Session) -> std::path::PathBuf {
    session.home().join(".local/share/tidemark/history.sqlite")
}

/// Makes the running app read this answer, and waits until it has asked.
async fn read_anew(session: &Session, minimax: &MiniMax, answer: Answer) {
    minimax.answer(KEY, answer);
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    session.tray().await.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
}

/// Waits until the history of the short window has these shares.
async fn lefts_until(session: &Session, wanted: &[u64]) {
    until("the history", async || {
        let told = session.tidemark(&["history", "--json"]).await.ended_with(0).json();
        let readings = told["readings"].as_array().cloned().unwrap_or_default();
        let lefts: Vec<u64> = readings
            .iter()
            .filter(|r| r["span"] == "interval")
            .filter_map(|r| r["remaining_percent"].as_u64())
            .collect();
        if lefts == wanted { Ok(()) } else { Err(format!("{lefts:?} and not {wanted:?}")) }
    })
    .await;
}
