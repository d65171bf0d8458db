//! Limits of memory and of file sizes: a command that reaches one ends with an error, and no stored data is lost.

use std::process::Output;

use e2e::{Answer, MiniMax, Session, app, until};

const KEY: &str = "sk-cp-test-limits-5be0cd19137e2179a54f";
const MIB: u64 = 1024 * 1024;

/// Runs the binary as a command under limits, in the syntax of `prlimit`.
fn limited(session: &Session, limits: &[String], arguments: &[&str]) -> Output {
    let mut command = session.command("prlimit");
    command.args(limits).arg(app::binary()).args(arguments);
    command.output().expect("prlimit starts")
}

async fn assert_whole(session: &Session, after: &str) {
    let listed = session.tidemark(&["account", "list"]).await.ended_with(0);
    assert!(listed.stdout.contains("Default Team"), "{after}: {listed:#?}");
    assert!(listed.stderr.is_empty(), "{after}: nothing was moved aside: {listed:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_without_enough_memory_ends_with_an_error_and_loses_nothing() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;

    let set = ["settings", "set", "show_used", "on"];
    let within = |mib: u64| limited(&session, &[format!("--as={}", mib * MIB)], &set);
    let (mut too_little, mut enough) = (64, 4 * 1024);
    assert!(within(enough).status.success(), "with {enough} MiB it does what it should");
    while enough - too_little > 1 {
        let middle = u64::midpoint(too_little, enough);
        if within(middle).status.success() {
            enough = middle;
        } else {
            too_little = middle;
        }
    }
    // With the limits just below the sufficient one, most of the program is already loaded when it fails.
    for mib in enough.saturating_sub(3)..=enough {
        let ended = within(mib);
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(!said.contains("panicked"), "{mib} MiB: {said}");
        assert_whole(&session, &format!("{mib} MiB, which ended with {}", ended.status)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_runs_out_of_memory_keeps_accounts_and_what_was_notified() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mut app = session.launch_asking(&minimax, KEY).await;
    session.notices_shown(1).await;
    let item = session.tray().await;
    until("a tooltip", async || item.tooltip().await).await;

    // 1 MiB above the app's current size, so that the window cannot be created.
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.pid())).expect("the running app");
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:"));
    let kib: u64 = size.and_then(|size| size.trim().trim_end_matches(" kB").parse().ok()).expect("its size");
    let limit = format!("--as={}", kib * 1024 + MIB);
    session.run("prlimit", &["--pid", &app.pid().to_string(), &limit]).expect("a limit");
    item.activate().await;
    // The app may go on without a window, or end; either way nothing is lost.
    minimax.asked_a_moment_ago().await;
    app.kill();
    assert_whole(&session, "the app ran out of memory").await;

    let _again = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    until("the reading in the tray", async || {
        let tooltip = item.tooltip().await?;
        if tooltip.contains("0 % left") { Ok(()) } else { Err(tooltip) }
    })
    .await;
    session.notices_shown(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_on_file_sizes_leaves_the_settings_whole() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    for bytes in [0, 1, 100, 700] {
        let ended = limited(&session, &[format!("--fsize={bytes}")], &["settings", "set", "theme", "dark"]);
        assert!(!ended.status.success(), "a file of {bytes} bytes holds no settings");
        assert_whole(&session, &format!("no file beyond {bytes} bytes")).await;
        let theme = session.tidemark(&["settings", "get", "theme"]).await.ended_with(0);
        assert_eq!(theme.stdout.trim(), "system");
    }
}
