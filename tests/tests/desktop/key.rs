//! `tidemark key`, used as the helper of a coding tool uses it: by a shell, repeatedly, many times concurrently.

use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::app::binary;
use e2e::{Answer, MiniMax, Part, Run, Session, Window, until_within};
use tokio::process::{Child, Command};

const KEY: &str = "sk-cp-test-helper-1679091c5a880faf6fb5";
const WALLET: &str = "sk-api-test-helper-c9f0f895fb98ab9159";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];
const TEAM: [&str; 3] = ["key", "--account", "Default Team"];

/// A session with a plan and a pay-as-you-go account, paired, without readings, and with `tidemark key` enabled.
async fn paired(minimax: &MiniMax) -> Session {
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::without(&BARE).await;
    session.ask(minimax);
    session.set("TIDEMARK_LOG", "trace");
    for (name, key) in [("Default Team", KEY), ("Wallet", WALLET)] {
        let add = ["account", "add", name, "--unchecked"];
        let _ = session.tidemark_told(&add, key).await.ended_with(0);
    }
    let _ = session.tidemark(&["account", "pair", "Default Team", "Wallet"]).await.ended_with(0);
    let _ = session.tidemark(&["settings", "set", "key_command", "true"]).await.ended_with(0);
    session
}

/// Runs the command in a shell, as a helper is run.
fn start_helper(session: &Session) -> Child {
    let line = format!("'{}' key --account 'Default Team'", binary().display());
    let mut command = Command::from(session.command("sh"));
    command.args(["-c", &line]).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.kill_on_drop(true).spawn().expect("a shell")
}

/// Waits for a helper, checks that it succeeded, and returns its standard output.
async fn told(helper: Child) -> String {
    let ended = tokio::time::timeout(Duration::from_mins(1), helper.wait_with_output()).await;
    let output = ended.expect("a helper ends within a minute").expect("what it printed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("a key is text")
}

async fn helper(session: &Session) -> String {
    told(start_helper(session)).await
}

/// Runs twenty helpers concurrently; each has to print exactly this key and a line break.
async fn twenty_at_once(session: &Session, key: &str) -> Duration {
    let began = Instant::now();
    let helpers: Vec<Child> = (0..20).map(|_| start_helper(session)).collect();
    for helper in helpers {
        assert_eq!(told(helper).await, format!("{key}\n"));
    }
    began.elapsed()
}

/// Runs the command on a terminal and returns what was displayed there.
async fn on_a_terminal(session: &Session, arguments: &str) -> Run {
    let line = format!("'{}' {arguments}", binary().display());
    let mut command = Command::from(session.command("script"));
    command.args(["--quiet", "--return", "--command", &line, "/dev/null"]).stdin(Stdio::null());
    let began = Instant::now();
    let output = command.kill_on_drop(true).output().await.expect("script, of util-linux");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        took: began.elapsed(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_command_is_off_until_switched_on_and_takes_the_paired_key_while_the_plan_is_spent() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(WALLET, Answer::balance("12.34"));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    session.add_account("Wallet", WALLET).await;
    let run = session.tidemark(&TEAM).await.ended_with(1).complains();
    assert!(run.stdout.is_empty(), "off at first: {run:#?}");
    assert!(run.stderr.contains("tidemark settings set key_command true"), "it says how: {run:#?}");

    let _ = session.tidemark(&["settings", "set", "key_command", "true"]).await.ended_with(0);
    let run = session.tidemark(&TEAM).await.ended_with(0);
    assert_eq!((run.stdout, run.stderr), (format!("{KEY}\n"), String::new()));
    let run = session.tidemark(&["key", "--account", "Wallet"]).await.ended_with(0);
    assert_eq!(run.stdout, format!("{WALLET}\n"), "named directly");
    let _ = session.tidemark(&["account", "pair", "Default Team", "Wallet"]).await.ended_with(0);
    assert_eq!(session.tidemark(&["key"]).await.ended_with(0).stdout.trim(), KEY, "the plan has quota");
    minimax.answer(KEY, Answer::plan(0, 85));
    let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(4);
    assert_eq!(session.tidemark(&TEAM).await.ended_with(0).stdout.trim(), WALLET, "the plan is spent");
    for (credits, key) in [("true", KEY), ("false", WALLET)] {
        let _ = session.tidemark(&["account", "set", "Default Team", "credits", credits]).await.ended_with(0);
        assert_eq!(session.tidemark(&TEAM).await.ended_with(0).stdout.trim(), key, "Credits: {credits}");
    }
    let _ = session.tidemark(&["account", "unpair", "Default Team"]).await.ended_with(0);
    let alone = session.tidemark(&TEAM).await.ended_with(0).complains();
    assert_eq!(alone.stdout, format!("{KEY}\n"));
    assert!(alone.stderr.contains("account pair"), "it says that nothing takes over: {alone:#?}");
    let _ = session.tidemark(&["settings", "set", "key_command", "false"]).await.ended_with(0);
    assert!(session.tidemark(&TEAM).await.ended_with(1).stdout.is_empty(), "off again");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_helpers_at_once_ask_minimax_once_while_the_app_is_not_running() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85).after(Duration::from_millis(300)));
    let session = paired(&minimax).await;
    let took = twenty_at_once(&session, KEY).await;
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(minimax.times_asked(KEY), 1);
    for _ in 0..5 {
        assert_eq!(helper(&session).await, format!("{KEY}\n"));
    }
    assert_eq!(minimax.times_asked(KEY), 1, "what came a moment ago serves all");
    assert_eq!(minimax.times_asked(WALLET), 0);

    minimax.answer(KEY, Answer::plan(0, 85));
    let _ = session.tidemark(&["status", "--fresh", "--account", "Default Team"]).await.ended_with(4);
    twenty_at_once(&session, WALLET).await;
    assert_eq!(minimax.times_asked(KEY), 2);
    for key in [KEY, WALLET] {
        session.nowhere(key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_helpers_at_once_ask_nobody_while_the_app_runs() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let session = paired(&minimax).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    session.account_until("Default Team", "used up", |account| account["state"] == "exhausted").await;
    let before = minimax.times_asked(KEY);
    let took = twenty_at_once(&session, WALLET).await;
    assert!(took < Duration::from_secs(15), "{took:?}");
    assert_eq!(minimax.times_asked(KEY), before, "the app's reading serves all");
    for key in [KEY, WALLET] {
        session.nowhere(key);
    }
    app.end();
    for key in [KEY, WALLET] {
        session.nowhere(key);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn helpers_get_the_plans_key_while_minimax_is_silent_or_out_of_reach() {
    let minimax = MiniMax::that_may_be_asked().await;
    minimax.answer(KEY, Answer::plan(71, 85).after(Duration::from_mins(1)));
    let mut session = paired(&minimax).await;
    let took = twenty_at_once(&session, KEY).await;
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert_eq!(minimax.times_asked(KEY), 1);
    session.set("TIDEMARK_API_BASE", "http://127.0.0.1:1");
    let took = twenty_at_once(&session, KEY).await;
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_plans_key_comes_back_after_the_reset_and_not_for_a_percent_before_it() {
    let minimax = MiniMax::start().await;
    let session = paired(&minimax).await;
    let window = Window::interval(0).ending_in(20);
    let ends = Instant::now() + Duration::from_secs(20);
    let fresh = ["status", "--fresh", "--account", "Default Team"];
    for left in [0, 1, 0, 4] {
        minimax.answer(KEY, Answer::windows(window.left(left), Window::week(85)));
        let _ = session.tidemark(&fresh).await;
        assert_eq!(helper(&session).await, format!("{WALLET}\n"), "{left} % left");
    }
    assert!(Instant::now() < ends, "the machine is too slow for this window");
    minimax.answer(KEY, Answer::windows(window.next(), Window::week(85)));
    until_within(Duration::from_secs(40), "the plan's own key", async || {
        let key = helper(&session).await;
        if key == format!("{KEY}\n") { Ok(()) } else { Err(key) }
    })
    .await;
    assert!(Instant::now() > ends, "not before the reset");

    minimax.answer(KEY, Answer::windows(window.next().left(0), Window::week(85)));
    let _ = session.tidemark(&fresh).await.ended_with(4);
    assert_eq!(helper(&session).await, format!("{WALLET}\n"), "spent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_shows_a_key_only_when_told_to() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let session = paired(&minimax).await;
    let run = on_a_terminal(&session, "key --account 'Default Team'").await.ended_with(2);
    assert!(run.stdout.contains("--show") && !run.stdout.contains(KEY), "{run:#?}");
    let run = on_a_terminal(&session, "key --account 'Default Team' --show").await.ended_with(0);
    assert_eq!(run.stdout.trim(), KEY, "{run:#?}");
    let run = session.tidemark(&["key", "--show"]).await.ended_with(0);
    assert_eq!(run.stdout, format!("{KEY}\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_to_use_it_says_why_and_prints_nothing() {
    let minimax = MiniMax::start().await;
    let mut session = paired(&minimax).await;
    let nothing = |run: Run, says: &str| {
        let run = run.complains();
        assert!(run.stdout.is_empty() && run.stderr.contains(says), "{says:?}: {run:#?}");
    };
    minimax.answer(KEY, Answer::code(2049, "invalid api key"));
    nothing(session.tidemark(&TEAM).await.ended_with(5), "refuses");
    minimax.answer(KEY, Answer::code(2062, "no active token plan subscription"));
    let _ = session.tidemark(&["status", "--fresh"]).await;
    nothing(session.tidemark(&TEAM).await.ended_with(5), "no active plan");
    nothing(session.tidemark(&["key", "--account", "Nobody"]).await.ended_with(2), "Nobody");
    let another = ["account", "add", "Other Team", "--unchecked"];
    let _ = session.tidemark_told(&another, "sk-cp-test-helper-8f14e45fceea167a").await.ended_with(0);
    let run = session.tidemark(&["key"]).await.ended_with(2).complains();
    assert!(run.stderr.contains("Default Team") && run.stderr.contains("Other Team"), "{run:#?}");
    minimax.answer(KEY, Answer::plan(71, 85));
    let _ = session.tidemark(&["status", "--fresh"]).await;
    session.stop_part(Part::Keyring);
    nothing(session.tidemark(&TEAM).await.ended_with(7), "keyring");
    nothing(session.tidemark(&["key", "--account", "Wallet"]).await.ended_with(7), "keyring");
}
