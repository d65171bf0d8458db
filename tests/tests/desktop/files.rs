//! Files that are broken or too new, and addresses that are not loopback.

use std::fs;

use e2e::wait::until;
use e2e::{Answer, MiniMax, Part, Session};

const KEY: &str = "sk-cp-test-files-1679091c5a880faf6fb5e6";
const BARE: [Part; 3] = [Part::WindowManager, Part::Notices, Part::Tray];

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_settings_file_is_kept_aside_and_said_so() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    let broken = "{ \"schema\": 1, \"accounts\": [ { \"id\": ";
    fs::create_dir_all(session.settings_file().parent().expect("a folder")).expect("the app's folder");
    fs::write(session.settings_file(), broken).expect("a broken file");

    let page = session.open().await;
    let said = page.banner("settings").await;
    let kept: Vec<_> = aside(&session).into_iter().filter(|(_, text)| text == broken).collect();
    assert_eq!(kept.len(), 1, "the broken file is kept once, under another name");
    assert!(said.contains(&kept[0].0), "the banner names {}: {said}", kept[0].0);
    session.add_account("Default Team", KEY).await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_of_a_newer_version_are_used_and_nothing_in_them_is_lost() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::start().await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let text = fs::read_to_string(session.settings_file()).expect("the settings");
    let mut newer: serde_json::Value = serde_json::from_str(&text).expect("settings as JSON");
    newer["schema"] = 999.into();
    newer["tide_tables"] = serde_json::json!({ "from": "the future" });
    newer["accounts"][0]["harbour"] = "from the future as well".into();
    fs::write(session.settings_file(), newer.to_string()).expect("newer settings");

    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.banner("settings").await;
    let _ = session.tidemark(&["account", "rename", "Default Team", "Studio"]).await;
    let held = |word: &str| {
        let all = aside(&session)
            .into_iter()
            .chain([(String::new(), fs::read_to_string(session.settings_file()).unwrap_or_default())]);
        all.into_iter().any(|(_, text)| text.contains(word))
    };
    assert!(
        held("tide_tables") && held("the future") && held("harbour"),
        "what the newer one wrote is still there"
    );
    assert_eq!(session.kept("tidemark").await.len(), 1, "and the key with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_folders_are_for_their_user_alone() {
    use std::os::unix::fs::PermissionsExt;
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&BARE).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let mode = |path: &std::path::Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
    let file = session.settings_file();
    assert_eq!(mode(&file) & 0o077, 0, "{:o}", mode(&file));
    let folder = file.parent().expect("a folder");
    assert_eq!(mode(folder) & 0o077, 0, "{:o}", mode(folder));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_base_off_loopback_is_refused_at_start() {
    let mut session = Session::without(&BARE).await;
    let bases = [
        "https://minimax.invalid",
        "http://127.0.0.1@minimax.invalid",
        "http://127.0.0.1.minimax.invalid",
        "http://localhost.minimax.invalid:80",
        "http://0.0.0.0:1",
        "http://[::2]:1",
        "ftp://127.0.0.1:1",
        "127.0.0.1:1",
        "global=http://127.0.0.1:1,china=https://minimax.invalid",
        "europe=http://127.0.0.1:1",
    ];
    for base in bases {
        session.set("TIDEMARK_API_BASE", base);
        for arguments in [&["status"][..], &["--hidden"]] {
            let run = session.tidemark(arguments).await.complains();
            assert!(matches!(run.code, Some(1 | 2)), "{base} {arguments:?}: {run:#?}");
            assert!(run.stderr.contains("TIDEMARK_API_BASE"), "{base}: it says what is refused: {run:#?}");
        }
    }
    for base in ["http://127.0.0.1:1", "http://127.9.8.7:1/", "http://[::1]:1", "http://localhost:1"] {
        session.set("TIDEMARK_API_BASE", base);
        let run = session.tidemark_told(&["account", "add", "Default Team"], KEY).await;
        assert_eq!(run.code, Some(6), "{base} is loopback, and nobody is there: {run:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_umask_of_0_no_other_user_can_read_a_file_of_the_app() {
    use std::os::unix::fs::PermissionsExt;
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Notices]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    // As an earlier version created it.
    let web = session.home().join(".local/share/app.tidemark.Tidemark");
    fs::create_dir_all(&web).expect("the web view's folder");
    fs::set_permissions(&web, fs::Permissions::from_mode(0o777)).expect("its mode");
    let lock = session.home().join(".local/state/tidemark/running.lock");
    fs::create_dir_all(lock.parent().expect("a folder")).expect("the folder");
    fs::write(&lock, "").expect("a lock file");
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o666)).expect("its mode");

    let program = session.folder().join("open-to-all");
    let script = format!("#!/bin/sh\numask 0\nexec '{}' \"$@\"\n", e2e::app::binary().display());
    fs::write(&program, script).expect("a script");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("its mode");
    let page = session.drive(&program, &[]).await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.call("set_autostart", serde_json::json!({ "on": true })).await.expect("the autostart entry");
    page.close(&session).await;

    let mode =
        |path: &std::path::Path| fs::symlink_metadata(path).map(|file| file.permissions().mode() & 0o777);
    let (folders, mut wrong) = (
        [".config/autostart", ".config/tidemark", ".local/share/tidemark", ".local/state/tidemark"],
        Vec::new(),
    );
    for folder in folders.map(|name| session.home().join(name)).into_iter().chain([web.clone()]) {
        let found = mode(&folder).expect("a folder of the app");
        if found != 0o700 {
            wrong.push(format!("{} {found:o}", folder.display()));
        }
        // Files of the web engine are protected by the mode of their folder.
        for entry in fs::read_dir(&folder).expect("its files").flatten().filter(|_| folder != web) {
            let found = mode(&entry.path()).expect("a file");
            if found & 0o077 != 0 {
                wrong.push(format!("{} {found:o}", entry.path().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(fs::read_dir(&web).expect("its files").next().is_some(), "the engine uses that folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn pipes_and_links_in_place_of_the_apps_files_hold_nothing_up_and_are_not_followed() {
    let minimax = MiniMax::start().await;
    minimax.answer(KEY, Answer::plan(71, 85));
    let mut session = Session::without(&[Part::Notices]).await;
    session.ask(&minimax);
    session.add_account("Default Team", KEY).await;
    let folder = session.home().join(".local/state/tidemark");
    fs::create_dir_all(&folder).expect("the folder");
    let place = |name: &str| folder.join(name);
    let _ = fs::remove_file(place("running.lock"));
    for name in ["window.json", "running.lock", "handover.json"] {
        session.run("mkfifo", &[&place(name).display().to_string()]).expect("a pipe");
    }
    let status = session.tidemark(&["status"]).await.ended_with(0);
    assert!(status.stdout.contains("Default Team"), "{status:#?}");
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    // The window's position is written once it is at rest.
    for name in ["window.json", "running.lock"] {
        until(&format!("a file in place of the pipe {name}"), async || {
            let kind = fs::symlink_metadata(place(name)).map_err(|error| error.to_string())?.file_type();
            if kind.is_file() { Ok(()) } else { Err(format!("{kind:?}")) }
        })
        .await;
    }
    page.close(&session).await;

    let targets = ["window.json", "running.lock"].map(|name| {
        let target = session.home().join(format!("target-{name}"));
        fs::write(&target, "mine").expect("a file of the user's");
        fs::remove_file(place(name)).expect("ours is gone");
        std::os::unix::fs::symlink(&target, place(name)).expect("a link");
        target
    });
    let page = session.open().await;
    page.text_until("card-figure", "71 %", |text| text.contains("71")).await;
    page.close(&session).await;
    for target in targets {
        assert_eq!(fs::read_to_string(&target).expect("the target"), "mine");
    }
}

/// The other files in the folder of the settings: names and contents.
fn aside(session: &Session) -> Vec<(String, String)> {
    let settings = session.settings_file();
    let entries = fs::read_dir(settings.parent().expect("a folder")).expect("the app's folder");
    let others = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| *path != settings);
    others
        .filter_map(|path| {
            Some((path.file_name()?.to_string_lossy().into_owned(), fs::read_to_string(&path).ok()?))
        })
        .collect()
}
