//! Integration with the desktop: autostart, global shortcut, theme, window position.

use std::fs;
use std::path::Path;

use e2e::screen::Area;
use e2e::{Page, Part, Session, until};
use serde_json::{Value, json};

async fn state(page: &Page) -> Value {
    page.call("desktop_state", json!({})).await.expect("how it stands")
}

async fn set(page: &Page, key: &str, value: &str) {
    let _ = page.call("set_setting", json!({ "key": key, "value": value })).await.expect("a setting");
}

#[tokio::test(flavor = "multi_thread")]
async fn autostart_writes_an_entry_that_starts_it_hidden_and_tells_what_becomes_of_it() {
    let session = Session::start().await;
    let page = session.open().await;
    let autostart = async || state(&page).await["autostart"].clone();
    let switch = async |on: bool| page.call("set_autostart", json!({ "on": on })).await;
    let before = autostart().await;
    assert_eq!((&before["on"], &before["can"]), (&false.into(), &true.into()), "{before}");

    let on = switch(true).await.expect("it is switched on");
    assert_eq!(on["autostart"]["on"], true, "{on:#}");
    let entry = session.home().join(".config/autostart/tidemark.desktop");
    let text = fs::read_to_string(&entry).expect("an entry");
    let exec = text.lines().find_map(|line| line.strip_prefix("Exec=")).expect("what it starts").to_owned();
    assert!(exec.ends_with(" --hidden"), "{text}");
    assert_eq!(autostart().await, on["autostart"], "read back, it is the same");

    for (change, by) in [
        (text.replace("enabled=true", "enabled=false"), "the desktop's own settings"),
        (format!("{text}Hidden=true\n"), "another program"),
        (text.replace("Exec=", "Exec=/gone"), "an update that moved it"),
    ] {
        fs::write(&entry, &change).expect("a changed entry");
        let told = autostart().await;
        assert_eq!(told["on"], false, "switched off by {by}: {told}");
        assert_ne!(told["sentence"], before["sentence"], "it says why, after {by}");
    }
    let mended = switch(true).await.expect("it is switched on again");
    assert_eq!(mended["autostart"]["on"], true);
    fs::remove_file(&entry).expect("an entry taken away by hand");
    assert_eq!(autostart().await, before);

    let folder = entry.parent().expect("its folder");
    fs::remove_dir(folder).expect("an empty folder");
    fs::write(folder, "").expect("something that is no folder");
    let refused = switch(true).await.expect_err("nothing can be written there");
    let sentence = refused["message"].as_str().unwrap_or_default();
    assert!(sentence.contains(".config/autostart"), "it names the place: {refused}");
    fs::remove_file(folder).expect("the same");
    switch(true).await.expect("it is switched on");
    assert_eq!(switch(false).await.expect("and off")["autostart"], before);
    assert!(!entry.exists(), "nothing is left of it");
    page.close(&session).await;
    until("nothing of the first app to be left", async || {
        let (items, windows) = (session.tray_items().await.len(), session.windows("tidemark").len());
        if items + windows == 0 { Ok(()) } else { Err(format!("{items} items, {windows} windows")) }
    })
    .await;

    let _app = session.spawn("sh", &["-c", &exec]);
    session.tray().await;
    assert!(session.windows("tidemark").is_empty(), "what the entry starts has no window");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortcut_opens_the_window_from_anywhere_and_closes_it_when_it_is_in_front() {
    let session = Session::start().await;
    let app = session.launch(&["--hidden"]);
    session.tray().await;
    assert_eq!(listening(app.pid()), 0, "nothing listens where no shortcut is set");
    let choose = async |keys: &str| {
        let _ = session.tidemark(&["settings", "set", "global_shortcut", keys]).await.ended_with(0);
    };
    choose("alt+ctrl+m").await;
    until("the app to listen", async || (listening(app.pid()) == 1).then_some(()).ok_or("not yet".into()))
        .await;
    session.press("ctrl+alt+m");
    in_front(&session).await;
    session.press("ctrl+alt+m");
    session.no_window("tidemark").await;

    choose("F9").await;
    until("another shortcut", async || {
        session.press("F9");
        in_front_now(&session).then_some(()).ok_or_else(|| "no window in front".to_owned())
    })
    .await;
    choose("").await;
    until("no shortcut", async || (listening(app.pid()) == 0).then_some(()).ok_or("it listens".into())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shortcut_that_another_program_has_is_told_and_taken_as_soon_as_it_is_free() {
    let mut session = Session::without(&[Part::Tray, Part::Notices]).await;
    let page = session.open().await;
    let none = state(&page).await["shortcut"].clone();
    assert_eq!((&none["on"], &none["can"]), (&false.into(), &true.into()), "{none}");
    // The window manager closes windows with this combination.
    set(&page, "global_shortcut", "Alt+F4").await;
    let taken = state(&page).await["shortcut"].clone();
    assert_eq!(taken["on"], false, "{taken}");
    assert!(taken["sentence"].as_str().unwrap_or_default().contains("Alt+F4"), "{taken}");
    let kept = session.tidemark(&["settings", "get", "global_shortcut"]).await.ended_with(0);
    assert_eq!(kept.stdout.trim(), "Alt+F4", "the setting is kept");
    session.stop_part(Part::WindowManager);
    until("the shortcut to be free", async || {
        let shortcut = state(&page).await["shortcut"].clone();
        if shortcut["on"] == true { Ok(()) } else { Err(shortcut.to_string()) }
    })
    .await;
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_follows_the_theme_and_goes_back_to_the_systems() {
    let session = Session::without(&[Part::Tray, Part::Notices]).await;
    let toolkit = session.home().join(".config/gtk-3.0");
    fs::create_dir_all(&toolkit).expect("the toolkit's folder");
    for system_is_dark in [false, true] {
        let wish = u8::from(system_is_dark);
        fs::write(
            toolkit.join("settings.ini"),
            format!("[Settings]\ngtk-application-prefer-dark-theme={wish}\n"),
        )
        .expect("the toolkit's settings");
        let page = session.open().await;
        let is = async |dark: bool, why: &str| {
            until(&format!("dark to be {dark}: {why}"), async || {
                match page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").await {
                    Value::Bool(now) if now == dark => Ok(()),
                    other => Err(other.to_string()),
                }
            })
            .await;
        };
        is(system_is_dark, "the system's at first").await;
        set(&page, "theme", "dark").await;
        is(true, "the user's wish").await;
        set(&page, "theme", "light").await;
        is(false, "the user's other wish").await;
        set(&page, "theme", "system").await;
        is(system_is_dark, "the system's again").await;
        set(&page, "theme", "dark").await;
        page.close(&session).await;
        let page = session.open().await;
        let dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").await;
        assert_eq!(dark, true, "from the first picture on");
        set(&page, "theme", "system").await;
        page.close(&session).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_opens_where_it_was_also_after_a_restart() {
    let session = Session::start().await;
    let mut app = session.launch(&["--hidden"]);
    let item = session.tray().await;
    item.choose("Open Tidemark").await;
    let window = settled(&session).await.0;
    let name = window.to_string();
    session.run("xdotool", &["windowsize", "--sync", &name, "460", "500"]).expect("a wider window");
    session.run("xdotool", &["windowmove", "--sync", &name, "150", "90"]).expect("a moved window");
    let (_, moved) = settled(&session).await;
    assert!(moved.x < 400 && moved.width == 460, "{moved:?}");
    let file = session.home().join(".local/state/tidemark/window.json");
    until("the place of a window that stays open", async || {
        let kept = fs::read_to_string(&file).unwrap_or_default();
        if kept.contains("460") { Ok(()) } else { Err(kept) }
    })
    .await;
    session.close_window(window);
    session.no_window("tidemark").await;
    item.choose("Open Tidemark").await;
    same(&session, moved).await;

    item.quit().await;
    app.ended().await;
    let mut app = session.launch(&[]);
    same(&session, moved).await;
    let (_, last) = settled(&session).await;
    session.tray().await.quit().await;
    app.ended().await;
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).expect("the place")).expect("JSON");
    assert_eq!(kept["height"].as_f64(), Some(f64::from(last.height)), "it opens as high as its page was");

    // A screen that no longer exists: far to the right of this one.
    let kept: Value = serde_json::from_str(&fs::read_to_string(&file).expect("the place")).expect("JSON");
    let mut gone = kept.clone();
    gone["x"] = 5000.into();
    fs::write(&file, gone.to_string()).expect("a place on a screen that is gone");
    let _app = session.launch(&[]);
    let (_, shown) = settled(&session).await;
    assert!(shown.x > 300 && shown.x + shown.width < 1280, "in the middle of the screen there is: {shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_service_that_hangs_is_not_called_there() {
    let session = Session::without(&[Part::Tray]).await;
    let page = session.open().await;
    let there = state(&page).await["notices"].clone();
    assert_eq!(there["works"], true);
    assert!(there["sentence"].as_str().unwrap_or_default().contains("dunst"), "{there}");
    session.hang_part(Part::Notices);
    let hung = state(&page).await["notices"].clone();
    assert_eq!(hung["works"], false, "{hung}");
    let report = page.call("doctor", json!({})).await.expect("a report");
    let check = |id: &str| {
        let found = report["checks"].as_array().and_then(|checks| checks.iter().find(|c| c["id"] == id));
        found.cloned().unwrap_or_else(|| panic!("no {id}: {report:#}"))
    };
    assert_eq!(check("notices")["level"], "warning");
    assert_eq!(check("keyring")["level"], "ok");
    assert_eq!(check("display")["level"], "ok");
    let plain = session.tidemark(&["doctor", "--json"]).await.json();
    let told = plain["checks"].as_array().and_then(|c| c.iter().find(|c| c["name"] == "notifications"));
    assert_eq!(told.map(|c| c["verdict"].clone()), Some("warning".into()), "{plain:#}");
    session.resume_part(Part::Notices);
    page.call("copy_doctor", json!({})).await.expect("a copy");
    let copied = session.clipboard().text().await.expect("a text");
    assert!(copied.contains("keyring") && copied.contains("notifications"), "{copied}");
    assert!(!copied.contains(&session.home().display().to_string()), "safe in public: {copied}");
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_our_folders_and_minimaxs_own_pages_are_opened() {
    let mut session = Session::without(&[Part::Tray, Part::Notices]).await;
    let (tools, opened) = (session.folder().join("tools"), session.folder().join("opened"));
    fs::create_dir_all(&tools).expect("a folder");
    recorder(&tools.join("xdg-open"), &opened);
    let path = std::env::var("PATH").unwrap_or_default();
    session.set("PATH", &format!("{}:{path}", tools.display()));
    let page = session.open().await;
    let told = async |what: &str| {
        until(&format!("{what} to be opened"), async || {
            let told = fs::read_to_string(&opened).unwrap_or_default();
            if told.contains(what) { Ok(()) } else { Err(told) }
        })
        .await;
    };
    page.call("open_folder", json!({ "which": "log" })).await.expect("a folder");
    told(".local/state/tidemark").await;
    page.call("open_folder", json!({ "which": "history" })).await.expect("a folder");
    told(".local/share/tidemark").await;
    page.call("open_link", json!({ "link": "plan_key", "region": "global" })).await.expect("a page");
    told("https://platform.minimax.io/").await;
    let lines = fs::read_to_string(&opened).expect("what was opened").lines().count();
    for wrong in ["/etc", "../..", "https://example.com"] {
        assert!(page.call("open_folder", json!({ "which": wrong })).await.is_err(), "{wrong}");
        assert!(
            page.call("open_link", json!({ "link": wrong, "region": "global" })).await.is_err(),
            "{wrong}"
        );
    }
    let after = fs::read_to_string(&opened).expect("what was opened");
    assert_eq!(after.lines().count(), lines, "nothing else was opened: {after}");
    page.close(&session).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_changes_nothing_on_this_desktop() {
    let session = Session::without(&[Part::Tray, Part::Notices, Part::Keyring]).await;
    let page = session.open_with(&["--demo"]).await;
    let told = state(&page).await;
    for what in ["autostart", "shortcut"] {
        assert_eq!((&told[what]["on"], &told[what]["can"]), (&false.into(), &false.into()), "{told:#}");
    }
    for (command, arguments) in [
        ("set_autostart", json!({ "on": true })),
        ("export_settings", json!({})),
        ("import_settings", json!({})),
        ("forget_history", json!({ "id": null })),
    ] {
        let refused = page.call(command, arguments).await.expect_err(command);
        assert!(refused["message"].as_str().is_some_and(|m| m.ends_with('.')), "{command}: {refused}");
    }
    set(&page, "global_shortcut", "Ctrl+Alt+M").await;
    assert_eq!(listening(page.app_pid()), 0, "a simulation takes no keys");
    page.close(&session).await;
    assert!(!session.home().join(".config/autostart").exists());
    assert!(!session.home().join(".local/state/tidemark/window.json").exists());
}

/// Counts the threads that listen for a shortcut.
fn listening(pid: u32) -> usize {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("the threads of the app").flatten();
    let names = tasks.filter_map(|task| fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim() == "shortcut").count()
}

fn in_front_now(session: &Session) -> bool {
    let active = session.run("xdotool", &["getactivewindow"]).ok().and_then(|id| id.parse::<u32>().ok());
    active.is_some_and(|active| session.windows("tidemark").contains(&active))
}

async fn in_front(session: &Session) {
    until(
        "the window in front",
        async || {
            if in_front_now(session) { Ok(()) } else { Err("it is not".to_owned()) }
        },
    )
    .await;
}

/// Waits until the window stops moving, and returns its id and area.
async fn settled(session: &Session) -> (u32, Area) {
    let window = session.window("tidemark").await;
    let mut last = Vec::new();
    until("the window to stand still", async || {
        last.push(session.area(window));
        let newest = last.iter().rev().take(8);
        match last.last() {
            Some(now) if last.len() >= 8 && newest.into_iter().all(|area| area == now) => Ok((window, *now)),
            now => Err(format!("{now:?}")),
        }
    })
    .await
}

/// The window keeps the position and width that the user chose; its height depends on the page.
async fn same(session: &Session, before: Area) {
    let (_, now) = settled(session).await;
    assert_eq!((now.x, now.y, now.width), (before.x, before.y, before.width), "{now:?} {before:?}");
}

/// Creates a program that records its arguments.
fn recorder(file: &Path, into: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::write(file, format!("#!/bin/sh\necho \"$@\" >> '{}'\n", into.display())).expect("a program");
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).expect("a program that can be run");
}
