//! Settings that disappear while the app runs, and key changes that are refused or interrupted half-way.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Output, Stdio};
use std::time::Duration;

use e2e::app::binary;
use e2e::{Answer, MiniMax, Part, Session, until};

const KEY: &str = "sk-cp-test-interrupted-1f3870be274f6c49-aaaa";
const NEXT: &str = "sk-cp-test-interrupted-72b302bf297a228a-bbbb";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn a_settings_file_away_for_a_moment_and_a_folder_replaced_cost_no_account_and_repeat_no_notice() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(NEXT, Answer::plan(43, 85));
    let mut session = Session::without(&[Part::WindowManager]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    minimax.answer(KEY, Answer::plan(0, 85));
    check(&session, &minimax).await;
    session.notices_shown(1).await;
    session.close_notices().await;

    let (file, away) = (session.settings_file(), session.home().join("away.json"));
    fs::rename(&file, &away).expect("the file is moved away");
    // Longer than the app needs to notice the loss, shorter than it waits for the file's return.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    fs::rename(&away, &file).expect("and back");
    check(&session, &minimax).await;
    session.notices_shown(1).await;

    // As when a backup is restored.
    let folder = file.parent().expect("a folder").to_owned();
    let copy = session.home().join("copy");
    session.run("cp", &["-r", &folder.display().to_string(), &copy.display().to_string()]).expect("a copy");
    fs::remove_dir_all(&folder).expect("the folder is removed");
    fs::rename(&copy, &folder).expect("the copy takes its place");
    session.add_account("Second", NEXT).await;
    minimax.asked_about(NEXT, 2).await;
    check(&session, &minimax).await;
    session.notices_shown(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn key_changes_that_cannot_be_saved_leave_the_keyring_as_it_is() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    minimax.answer(NEXT, Answer::plan(43, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let id = session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    let settings = fs::read_to_string(session.settings_file()).expect("the settings");

    let lock = File::open(session.settings_file().with_file_name(".settings.lock")).expect("the lock");
    lock.lock().expect("it is free");
    let remove = session.tidemark(&["account", "remove", "Default Team", "--yes"]);
    let replace = session.tidemark_told(&["account", "replace-key", "Default Team"], NEXT);
    let add = session.tidemark_told(&["account", "add", "Second"], NEXT);
    let (remove, replace, add) = tokio::join!(remove, replace, add);
    for run in [remove, replace, add] {
        let run = run.ended_with(1).complains();
        assert!(run.stderr.contains("could not be written"), "{run:#?}");
    }
    let kept = session.kept("tidemark").await;
    assert_eq!(kept.len(), 1, "no key came or went");
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(KEY), "the keyring holds the former key");
    assert_eq!(fs::read_to_string(session.settings_file()).expect("the settings"), settings);
    lock.unlock().expect("it was held");

    let _ = session.tidemark_told(&["account", "replace-key", "Default Team"], NEXT).await.ended_with(0);
    let before = minimax.times_asked(NEXT);
    minimax.asked_about(NEXT, before.max(2)).await;
    assert_eq!(session.kept_key(&id).await.as_deref(), Some(NEXT));
    let _ = session.tidemark(&["account", "remove", "Default Team", "--yes"]).await.ended_with(0);
    assert!(session.kept("tidemark").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_change_killed_at_any_file_it_puts_in_place_is_settled_by_the_next_command() {
    const RENAME: &str = "rename,renameat,renameat2";

    let minimax = MiniMax::that_may_be_asked().await;
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let changes: [(&[&str], &str); 3] = [
        (&["account", "add", "Killed", "--unchecked"], KEY),
        (&["account", "replace-key", "Killed", "--unchecked"], NEXT),
        (&["account", "remove", "Killed", "--yes"], ""),
    ];
    let places = [
        ("key-changes.json", RENAME),
        ("settings.json", RENAME),
        ("settings.last-good.json", RENAME),
        ("key-changes.json", "unlink,unlinkat"),
    ];
    for (arguments, input) in changes {
        for (file, call) in places {
            let what = format!("{arguments:?} killed at {call} of {file}");
            let run = killed_at(&session, call, file, arguments, input);
            assert_eq!(run.status.signal(), Some(9), "{what}: {run:?}");
            // The next change of a key settles an interrupted one.
            let probe = &["account", "add", "Probe", "--unchecked"];
            let _ = session.tidemark_told(probe, "sk-cp-test-probe-0001").await.ended_with(0);
            agrees(&session, &what).await;
            let _ = session.tidemark(&["account", "remove", "Probe", "--yes"]).await.ended_with(0);
            let is_there = session.tidemark(&["account", "list"]).await.stdout.contains("Killed");
            match (arguments[1], is_there) {
                ("add", true) => drop(session.tidemark(changes[2].0).await.ended_with(0)),
                ("remove", false) => drop(session.tidemark_told(changes[0].0, NEXT).await.ended_with(0)),
                _ => {}
            }
        }
        let _ = session.tidemark_told(arguments, input).await.ended_with(0);
        agrees(&session, &format!("{arguments:?} at last")).await;
    }
    assert!(session.kept("tidemark").await.is_empty(), "the account was removed at last");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_no_account_are_counted_by_the_doctor_who_says_how_to_remove_them() {
    let mut session = Session::without(&BARE).await;
    let minimax = MiniMax::that_may_be_asked().await;
    session.ask(&minimax);
    let doctor = async |session: &Session| session.tidemark(&["doctor"]).await.stdout;
    minimax.answer(KEY, Answer::plan(71, 85));
    session.add_account("Default Team", KEY).await;
    let said = doctor(&session).await;
    assert!(!said.contains("stray"), "{said}");
    for id in ["3e25960a-79db-4b9a-a4d3-2c1e5b0f0001", "3e25960a-79db-4b9a-a4d3-2c1e5b0f0002"] {
        let store =
            "printf sk-cp-test-stray-0001 | secret-tool store --label=stray service tidemark username \"$0\"";
        session.run("sh", &["-c", store, id]).expect("a key without an account");
    }
    let said = doctor(&session).await;
    let line = said.lines().find(|line| line.contains("stray")).unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains("2 of service tidemark") && line.contains("secret-tool clear"), "{line}");
    assert!(!said.contains("3e25960a"), "the id is private: {said}");
}

/// Runs a command that is killed when it makes one of these system calls for a file beside the settings.
fn killed_at(session: &Session, calls: &str, file: &str, arguments: &[&str], input: &str) -> Output {
    let mut command = session.command("strace");
    let (trace, inject) = (format!("trace={calls}"), format!("inject={calls}:signal=KILL"));
    command.args(["-f", "-qq", "-e", "signal=none", "-e", &trace, "-e", &inject, "-P"]);
    command.arg(session.settings_file().with_file_name(file)).arg(binary()).args(arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("strace; see tests/packages.txt");
    // It may be killed before it has read its input.
    let _ = child.stdin.take().expect("its standard input").write_all(input.as_bytes());
    child.wait_with_output().expect("its end")
}

/// Asserts that every account has its key, and every key its account.
async fn agrees(session: &Session, what: &str) {
    let list = session.tidemark(&["account", "list", "--json"]).await.ended_with(0).json();
    let accounts = list["accounts"].as_array().expect("accounts");
    let field = |account: &serde_json::Value, name| account[name].as_str().unwrap_or_default().to_owned();
    let mut noted: Vec<_> = accounts.iter().map(|a| (field(a, "id"), field(a, "last_four"))).collect();
    let kept = session.kept("tidemark").await;
    let mut keys: Vec<_> = kept
        .into_iter()
        .map(|key| (key.attributes["username"].clone(), key.secret[key.secret.len() - 4..].to_owned()))
        .collect();
    noted.sort();
    keys.sort();
    assert_eq!(noted, keys, "accounts and keys, {what}");
}

/// Makes the app ask once more, and waits until it shows the result.
async fn check(session: &Session, minimax: &MiniMax) {
    let item = session.tray().await;
    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    item.choose("Check now").await;
    minimax.asked_about(KEY, before + 1).await;
    until("the reading in the tray", async || {
        let tooltip = item.tooltip().await?;
        let is_spent = tooltip.contains(" 0 % left") || tooltip.to_lowercase().contains("used up");
        if is_spent { Ok(()) } else { Err(tooltip) }
    })
    .await;
}
