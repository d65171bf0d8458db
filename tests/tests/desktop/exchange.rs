//! Export and import of settings through the desktop's file dialog, with the keyboard.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use e2e::{Page, Part, Session, until};
use serde_json::{Value, json};

async fn call(page: &Page, command: &str) -> String {
    let said: Value = page.call(command, json!({})).await.unwrap_or_else(|e| panic!("{command}: {e}"));
    said["sentence"].as_str().unwrap_or_default().to_owned()
}

/// Answers a file dialog with a path, and reads the typed text back before confirming: a dialog that is still reading
/// its folder loses keys. An empty path cancels.
async fn answer(session: &Session, title: &str, file: &str) {
    let dialog = session.window_titled(title).await.to_string();
    let press = |keys: &[&str]| {
        let keys = [&["windowactivate", "--sync", dialog.as_str()], keys].concat();
        session.run("xdotool", &keys).expect("keys for the dialog");
    };
    if file.is_empty() {
        return press(&["key", "Escape"]);
    }
    let clipboard = session.clipboard();
    until("the file's name in the dialog", async || {
        clipboard.take_over();
        press(&["key", "ctrl+a", "type", "--delay", "20", file]);
        press(&["key", "ctrl+a", "ctrl+c"]);
        match clipboard.written().await {
            Some(written) if written == file => Ok(()),
            other => Err(format!("{other:?} instead of {file}")),
        }
    })
    .await;
    press(&["key", "End", "Return"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_go_to_a_file_and_come_back_by_the_desktops_own_dialog() {
    let session = Session::without(&[Part::Tray, Part::Notices]).await;
    let page = session.open().await;
    let set = async |key: &str, value: &str| {
        page.call("set_setting", json!({ "key": key, "value": value })).await.expect("a setting");
    };
    set("interval_minutes", "9").await;
    let (said, ()) = tokio::join!(call(&page, "export_settings"), answer(&session, "Save settings", ""));
    assert_eq!(said, "", "the user thought better of it");

    let file = session.home().join("mine.json");
    let name = file.display().to_string();
    let (said, ()) = tokio::join!(call(&page, "export_settings"), answer(&session, "Save settings", &name));
    assert!(said.contains("mine.json"), "{said}");
    let mode = fs::metadata(&file).expect("an export").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "only its owner can read it");

    set("interval_minutes", "20").await;
    set("theme", "dark").await;
    let (said, ()) =
        tokio::join!(call(&page, "import_settings"), answer(&session, "Take settings from a file", &name));
    assert!(said.contains("Check every") && said.contains("Colours"), "{said}");
    let kept = session.tidemark(&["settings", "get", "interval_minutes"]).await.ended_with(0);
    assert_eq!(kept.stdout.trim(), "9");
    page.close(&session).await;
}
