//! Another user of the same machine cannot read Tidemark's files, reach a session bus, or forge a wake-up.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use e2e::{Answer, MiniMax, Session};

const KEY: &str = "sk-cp-test-other-user-90f4c3a1d2b7e65801";

/// Opens the folders above Tidemark's own, so that only the modes of Tidemark's files protect them.
fn open_folders(session: &Session) {
    for folder in ["", "run", "home", "home/.config", "home/.local", "home/.local/share", "home/.local/state"]
    {
        let path = session.folder().join(folder);
        if path.is_dir() {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a folder of the session");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_can_read_and_write_none_of_its_files() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(0, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let app = session.launch_asking(&minimax, KEY).await;
    let item = session.tray().await;
    item.activate().await;
    session.window("tidemark").await;
    session.notices_shown(1).await;
    let export = session.home().join("export.json").display().to_string();
    let _ = session.tidemark(&["settings", "export", &export]).await.ended_with(0);
    open_folders(&session);

    let home = session.home().display().to_string();
    // `find` ends with 1 after a folder that it cannot enter.
    let look = "find \"$1\" -readable -o -writable 2>/dev/null; exit 0";
    let found = session.as_another_user("sh", &["-c", look, "sh", &home]).expect("a shell runs");
    let ours: Vec<&str> =
        found.lines().filter(|path| path.to_lowercase().contains("tidemark") || *path == export).collect();
    // Tidemark's folders may be listed by name in their parents, but not opened.
    assert!(ours.is_empty(), "another user can open {ours:#?}");
    assert!(found.lines().any(|path| path == home), "the other user looked: {found}");
    for file in ["mem", "environ", "maps"] {
        let path = format!("/proc/{}/{file}", app.pid());
        assert!(session.as_another_user("head", &["-c1", &path]).is_err(), "{path} can be read");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_user_reaches_no_session_bus_and_cannot_forge_a_wake() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let bus = session.start_system_bus().await;
    session.add_account("Default Team", KEY).await;
    let _app = session.launch_asking(&minimax, KEY).await;
    session.tray().await;
    bus.listened_to().await;
    open_folders(&session);
    let run = session.folder().join("run");
    let address = |name: &str| format!("--bus=unix:path={}", run.join(name).display());

    let call = ["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames"];
    let listed = session.as_another_user("dbus-send", &[&[address("bus").as_str()], &call[..]].concat());
    assert!(listed.is_err(), "the session bus talked to another user: {listed:?}");

    minimax.asked_a_moment_ago().await;
    let before = minimax.times_asked(KEY);
    let wakes = [
        ("/org/freedesktop/login1", "org.freedesktop.login1.Manager.PrepareForSleep", "boolean:false"),
        ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager.StateChanged", "uint32:70"),
    ];
    for (path, signal, body) in wakes {
        let arguments = [&address("system-bus"), "--type=signal", path, signal, body];
        session.as_another_user("dbus-send", &arguments).expect("the system bus takes signals of every user");
    }
    // The bus keeps the order: the real wake-up arrives after the forged ones.
    minimax.asked_a_moment_ago().await;
    assert_eq!(minimax.times_asked(KEY), before, "a forged wake brings no request");
    bus.prepare_for_sleep(false).await;
    minimax.asked_about(KEY, before + 1).await;

    let owned = session.as_another_user(
        "dbus-send",
        &[
            &address("system-bus"),
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/",
            "org.freedesktop.DBus.RequestName",
            "string:org.freedesktop.login1.Fake",
            "uint32:0",
        ],
    );
    assert!(owned.is_err(), "names of the system bus are not for every user: {owned:?}");
}
