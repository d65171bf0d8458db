//! Keys in memory: not in core dumps, not readable by the user's other programs, and gone when they are no longer
//! needed.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, Stdio};

use e2e::memory::search_memory;
use e2e::process::signal;
use e2e::{Answer, MiniMax, Part, Session, app, until};
use rustix::process::Signal;

const KEY: &str = "sk-cp-test-memory-1f0e3dad99908345f7439f8ff";
const REFUSED: &str = "sk-cp-test-refused-98f13708210194c475687be61";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];
/// User and group id of `nobody`.
const NOBODY: u32 = 65_534;

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_leaves_no_core_dump() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let folder = session.home().join("cores");
    fs::create_dir(&folder).expect("a folder for core dumps");
    let mut command = session.command("sh");
    command.args(["-c", "ulimit -c unlimited && exec \"$0\" --hidden"]).arg(app::binary());
    command.current_dir(&folder);
    let before = minimax.times_asked(KEY);
    let mut app = app::App::new("crashing", &session.logs(), &mut command);
    minimax.asked_about(KEY, before + 1).await;
    let limits = fs::read_to_string(format!("/proc/{}/limits", app.pid())).expect("the limits of the app");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("the core limit");
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
    // Rust's signal handler consumes the first signal to check for a stack overflow.
    let ended = until("the end of the app", async || {
        signal(app.pid(), Signal::SEGV);
        app.status().ok_or_else(|| "it still runs".to_owned())
    })
    .await;
    assert_eq!(ended.signal(), Some(Signal::SEGV.as_raw()));
    assert!(!ended.core_dumped(), "{ended:?}");
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 0, "a core dump was written");
}

/// Root can read everything, so this runs as another user.
#[tokio::test(flavor = "multi_thread")]
async fn other_programs_of_the_user_cannot_read_the_memory() {
    let session = Session::without(&[Part::WindowManager, Part::Keyring, Part::Notices, Part::Tray]).await;
    let is_root = rustix::process::getuid().is_root();
    let home = tempfile::tempdir().expect("a home for the other user");
    fs::set_permissions(home.path(), fs::Permissions::from_mode(0o755))
        .expect("a folder everybody can enter");
    let program = home.path().join("tidemark");
    fs::copy(app::binary(), &program).expect("a copy that the other user can run");
    let as_user = |command: &mut Command| {
        command.env("HOME", home.path()).current_dir(home.path());
        for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
            command.env_remove(name);
        }
        if is_root {
            command.gid(NOBODY).uid(NOBODY);
        }
    };
    let mut command = session.command(&program);
    command.args(["account", "add", "Studio", "--unchecked"]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    as_user(&mut command);
    let mut waiting = command.spawn().expect("the command");
    let mut input = waiting.stdin.take().expect("its standard input");
    input.write_all(KEY.as_bytes()).expect("a key without the end of its line");
    let process = format!("/proc/{}", waiting.id());
    // The command waits for the rest of the line once it has read what was written so far.
    until("the key to be read", async || {
        let path = format!("{process}/wchan");
        let waits_in = fs::read_to_string(&path).map_err(|e| e.to_string())?;
        if waits_in.contains("pipe_read") { Ok(()) } else { Err(waits_in) }
    })
    .await;
    let owner = fs::metadata(format!("{process}/maps")).expect("the memory map").uid();
    assert_eq!(owner, 0, "what the kernel shows of a protected process belongs to root");
    for file in ["mem", "maps", "environ"] {
        let mut read = session.command("head");
        read.args(["-c", "1", &format!("{process}/{file}")]);
        as_user(&mut read);
        let output = read.output().expect("head");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("Permission denied"), "{file}: {said}");
    }
    waiting.kill().expect("the command ends");
    waiting.wait().expect("its status");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_copy_of_a_key_stays_in_memory_after_its_account_is_removed() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::WindowManager, Part::Notices]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let app = session.launch_asking(&minimax, KEY).await;
    assert!(!search_memory(app.pid(), KEY).is_empty(), "the key of an account is held, or the search fails");
    let item = session.tray().await;
    for _ in 0..3 {
        minimax.asked_a_moment_ago().await;
        let before = minimax.times_asked(KEY);
        item.choose("Check now").await;
        minimax.asked_about(KEY, before + 1).await;
    }
    let _ = session.tidemark(&["account", "remove", "Default Team", "--yes"]).await.ended_with(0);
    gone_from(app.pid(), KEY, |_| false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_copy_of_a_refused_key_stays_in_memory_after_the_window_is_closed() {
    let minimax = MiniMax::start().await;
    minimax.answer(REFUSED, Answer::code(1004, "login fail"));
    let mut session = Session::without(&[Part::Notices]).await;
    session.ask(&minimax);
    // Without `WebDriver`, which would pass the typed text through the app in its own way.
    let app = session.launch(&[]);
    let window = session.window("tidemark").await;
    until("the key to be refused", async || {
        let to_window =
            ["windowactivate", "--sync", &window.to_string(), "key", "ctrl+a", "type", "--delay", "5"];
        session.run("xdotool", &[&to_window[..], &[REFUSED]].concat())?;
        session.run("xdotool", &["key", "Return"])?;
        match minimax.times_asked(REFUSED) {
            0 => Err("MiniMax was not asked".to_owned()),
            _ => Ok(()),
        }
    })
    .await;
    session.close_window(window);
    session.no_window("tidemark").await;
    // WebKit keeps the body of the request with which the page made the call in its own memory, which Tidemark cannot
    // wipe; see SECURITY.md. Copies of the key alone, or after "Bearer", would be Tidemark's.
    let is_body = |copy: &str| copy.contains(&format!(r#"{REFUSED}\",\"question\""#));
    gone_from(app.pid(), REFUSED, is_body).await;
}

/// Waits until the only copies of a key in a process's memory are known ones.
async fn gone_from(pid: u32, key: &str, is_known: impl Fn(&str) -> bool) {
    until("the last copy of the key to be gone", async || {
        let found: Vec<String> = search_memory(pid, key).into_iter().filter(|copy| !is_known(copy)).collect();
        if found.is_empty() { Ok(()) } else { Err(format!("{found:#?}")) }
    })
    .await;
}
