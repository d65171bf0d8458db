//! Standard streams and environment of the commands: failed output, endless input, and keys in the wrong place.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Output, Stdio};

use e2e::{Answer, MiniMax, Part, Session, app, until};

const KEY: &str = "sk-cp-test-output-c4ca4238a0b923820dcc509a6f";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];
const NOTHING: [Part; 4] = [Part::WindowManager, Part::Keyring, Part::Notices, Part::Tray];

/// Commands that print.
const PRINTING: [&[&str]; 12] = [
    &["--help"],
    &["--version"],
    &["status"],
    &["status", "--json"],
    &["account", "list"],
    &["account", "list", "--json"],
    &["settings", "list"],
    &["settings", "get", "theme"],
    &["settings", "export"],
    &["history"],
    &["history", "--json"],
    &["completions", "bash"],
];

fn run(session: &Session, arguments: &[&str], stdin: impl Into<Stdio>, stdout: impl Into<Stdio>) -> Output {
    let mut command = session.command(app::binary());
    let child = command.args(arguments).stdin(stdin).stdout(stdout).stderr(Stdio::piped()).spawn();
    child.and_then(std::process::Child::wait_with_output).expect("the command runs")
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn output_that_cannot_be_written_ends_with_1_and_a_closed_pipe_is_no_failure() {
    let session = Session::without(&NOTHING).await;
    let explain: &[&str] = &["explain", "--json"];
    for arguments in PRINTING.iter().copied().chain([explain]) {
        let full = File::options().write(true).open("/dev/full").expect("the full device");
        let output = run(&session, arguments, Stdio::null(), full);
        let said = complaint(&output);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{arguments:?}: {said}");
        assert!(said.contains("could not be written"), "{arguments:?}: {said}");

        let normal = run(&session, arguments, Stdio::null(), Stdio::null());
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = run(&session, arguments, Stdio::null(), writer);
        assert_eq!(output.status.code(), normal.status.code(), "{arguments:?}");
        assert_eq!(complaint(&output), complaint(&normal), "{arguments:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_without_end_is_refused_and_a_pipe_is_read() {
    let session = Session::without(&NOTHING).await;
    let endless = || Stdio::from(File::open("/dev/zero").expect("zeros without end"));
    for (arguments, stdin) in [
        (["settings", "import", "/dev/zero"], Stdio::null()),
        (["settings", "import", "-"], endless()),
        (["settings", "import", "/dev/urandom"], Stdio::null()),
    ] {
        let output = run(&session, &arguments, stdin, Stdio::null());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", complaint(&output));
        assert_eq!(complaint(&output).lines().count(), 1, "{}", complaint(&output));
    }
    let pipe = session.home().join("pipe");
    session.run("mkfifo", &[&pipe.display().to_string()]).expect("a named pipe");
    let writer = pipe.clone();
    let writing = std::thread::spawn(move || fs::write(writer, r#"{ "theme": "dark" }"#));
    let output =
        run(&session, &["settings", "import", &pipe.display().to_string()], Stdio::null(), Stdio::null());
    assert_eq!(output.status.code(), Some(0), "{}", complaint(&output));
    writing.join().expect("the writer").expect("a pipe that is read");
    let theme = session.tidemark(&["settings", "get", "theme"]).await.ended_with(0);
    assert_eq!(theme.stdout.trim(), "dark");
    let folder = session.home().display().to_string();
    let output = run(&session, &["settings", "import", &folder], Stdio::null(), Stdio::null());
    assert_eq!(output.status.code(), Some(1), "{}", complaint(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_is_not_text_is_refused() {
    let session = Session::without(&NOTHING).await;
    for (name, arguments) in [
        ("TIDEMARK_API_BASE", &["status"][..]),
        ("TIDEMARK_API_BASE", &["doctor"]),
        ("TIDEMARK_LOG", &["--hidden"]),
    ] {
        let mut command = session.command(app::binary());
        command.args(arguments).env(name, std::ffi::OsStr::from_bytes(b"http://127.0.0.1:9\xff"));
        let output = command.output().expect("the command runs");
        assert_eq!(output.status.code(), Some(2), "{name} {arguments:?}: {}", complaint(&output));
        assert!(complaint(&output).contains(name), "{}", complaint(&output));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_given_to_the_wrong_command_is_not_repeated() {
    let session = Session::without(&NOTHING).await;
    let quoted = format!("\"{KEY}\"");
    let field = format!("{{ \"{KEY}\": \"{KEY}\", \"theme\": \"{KEY}\" }}");
    let file = session.home().join(KEY);
    fs::write(&file, "{ broken").expect("a file named like a key");
    let named = file.display().to_string();
    let header = format!("Authorization Bearer {KEY}");
    for (arguments, input) in [
        (&[KEY][..], ""),
        (&["--", KEY], ""),
        (&["--demo", KEY], ""),
        (&["status", "--account", KEY], ""),
        (&["status", "--format", KEY], ""),
        (&["status", KEY], ""),
        (&["account", KEY], ""),
        (&["account", "add", "Studio", KEY], ""),
        (&["account", "add", "Studio", "abcdefgh-1234"], ""),
        (&["account", "add", KEY], "sk-cp-test-another-0123456789"),
        (&["account", "add", "Studio", "--team", KEY, "--unchecked"], "sk-cp-test-another-0123456789"),
        (&["account", "add", "Studio", "--region", KEY], ""),
        (&["account", "replace-key", "Studio", KEY], ""),
        (&["account", "replace-key", KEY], ""),
        (&["account", "rename", "Studio", KEY], ""),
        (&["account", "remove", KEY, "--yes"], ""),
        (&["account", "pair", KEY, KEY], ""),
        (&["account", "set", KEY, "tier", "max"], ""),
        (&["settings", "set", KEY, "x"], ""),
        (&["settings", "set", "theme", KEY], ""),
        (&["settings", "set", "proxy", KEY, KEY], ""),
        (&["settings", "get", KEY], ""),
        (&["settings", "import", "-"], quoted.as_str()),
        (&["settings", "import", "-"], field.as_str()),
        (&["settings", "import", &named], ""),
        (&["settings", "import", KEY], ""),
        (&["explain", KEY, "--at", KEY], ""),
        (&["explain", "none", KEY], ""),
        (&["explain", "/nowhere/sk-cp-test-output-c4ca4238a0b923820dcc509a6f"], ""),
        (&["explain", "--header", &header], ""),
        (&["history", "--account", KEY], ""),
        (&["history", "--since", KEY], ""),
        (&["speed", "--account", KEY], ""),
        (&["speed", "--model", KEY], ""),
        (&["key", "--account", KEY], ""),
        (&["completions", KEY], ""),
    ] {
        let run = session.tidemark_told(arguments, input).await;
        assert!(!matches!(run.code, Some(0) | None), "{arguments:?}: {run:#?}");
        for secret in ["c4ca4238", "abcdefgh-1234"] {
            assert!(!run.stderr.contains(secret) && !run.stdout.contains(secret), "{arguments:?}: {run:#?}");
        }
    }
    let run = session.tidemark(&["account", "add", "Studio", KEY]).await.ended_with(2).complains();
    assert!(run.stderr.contains("standard input"), "{run:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_read_from_one_line_of_an_input_that_stays_open() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    let mut command = session.command(app::binary());
    command
        .args(["account", "add", "Studio"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command");
    let mut input = child.stdin.take().expect("its standard input");
    input.write_all(format!("\n  \n{KEY}\n").as_bytes()).expect("a line");
    let status = until("the end of the command", async || {
        child.try_wait().map_err(|e| e.to_string())?.ok_or_else(|| "it still reads".to_owned())
    })
    .await;
    assert_eq!(status.code(), Some(0));
    drop(input);

    let key = "sk-cp-test-endless-0123456789";
    let mut endless = session.command("yes");
    let mut lines = endless.arg(key).stdout(Stdio::piped()).spawn().expect("lines without end");
    let output = run(
        &session,
        &["account", "add", "Other"],
        lines.stdout.take().expect("its standard output"),
        Stdio::null(),
    );
    lines.wait().expect("the end of the lines");
    assert_eq!(output.status.code(), Some(2), "{}", complaint(&output));
    assert_eq!(minimax.times_asked(key), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_keeps_the_pause_that_minimax_asked_for() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::WindowManager, Part::Notices]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    minimax.answer(KEY, Answer::status(429).header("Retry-After", "3600"));
    minimax.speaks(KEY, Answer::status(429));
    let _ = session.tidemark(&["settings", "set", "key_command", "true"]).await.ended_with(0);
    let before = minimax.times_asked(KEY);
    for _ in 0..6 {
        let run = session.tidemark(&["status", "--json"]).await.ended_with(6);
        let failure = &run.json()["accounts"][0]["failure"];
        assert_eq!(failure["kind"], "rate_limited", "{run:#?}");
        let wait = failure["retry_after_seconds"].as_u64().unwrap_or_default();
        assert!((3000..=3600).contains(&wait), "{run:#?}");
    }
    assert_eq!(minimax.times_asked(KEY), before + 1, "six calls ask once");
    let _ = session.tidemark(&["key"]).await.ended_with(0);
    let run = session.tidemark(&["speed", "--yes"]).await.ended_with(6);
    assert!(run.stderr.contains("asks for a pause of 3"), "{run:#?}");
    assert!(minimax.asked_for_text().is_empty(), "a measurement waits too");
    assert_eq!(minimax.times_asked(KEY), before + 1);
    // During a pause `--fresh` asks once, because the user may know better; MiniMax then repeats the pause.
    for _ in 0..4 {
        let _ = session.tidemark(&["status", "--fresh"]).await.ended_with(6);
    }
    assert_eq!(minimax.times_asked(KEY), before + 2, "--fresh asks as a click does");
    let app = session.launch(&["--hidden"]);
    let item = session.tray().await;
    assert_eq!(minimax.times_asked(KEY), before + 2, "the app that starts keeps it as well");
    drop((app, item));
    // The pause does not apply to another key.
    let other = "sk-cp-test-other-key-0123456789";
    minimax.answer(other, Answer::plan(71, 85));
    let replace = ["account", "replace-key", "Default Team", "--unchecked"];
    let _ = session.tidemark_told(&replace, other).await.ended_with(0);
    let _ = session.tidemark(&["status"]).await.ended_with(0);
    assert_eq!(minimax.times_asked(other), 1);
}
