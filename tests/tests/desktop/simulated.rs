//! The simulated account: its levels change, and it changes no files.

use std::collections::HashSet;
use std::time::Duration;

use e2e::{MiniMax, Part, Session, until_within};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_changing_levels_without_key_network_or_a_trace() {
    let minimax = MiniMax::that_must_not_be_asked().await;
    // Without a keyring, any access to it would fail.
    let mut session = Session::without(&[Part::Keyring]).await;
    session.ask(&minimax);
    let before = files(&session);
    let page = session.open_with(&["--demo"]).await;
    page.banner("demo").await;
    assert!(!page.source().await.contains("data-id=\"keyring\""), "no word about a keyring");
    let item = session.tray().await;

    let (mut levels, mut pictures) = (HashSet::new(), HashSet::new());
    until_within(Duration::from_mins(2), "two levels, their pictures and a notice", async || {
        levels.insert(page.attribute("card", "data-level").await);
        pictures.insert(item.picture().await?);
        if levels.len() >= 2 && pictures.len() >= 2 && !session.notices().is_empty() {
            Ok(())
        } else {
            Err(format!("{levels:?}, {} pictures, {} notices", pictures.len(), session.notices().len()))
        }
    })
    .await;
    let report = page.call("doctor", json!({})).await.expect("a report");
    let says = |what: &str| {
        let checks = report["checks"].as_array().into_iter().flatten();
        checks.filter_map(|check| check["text"].as_str()).filter(|text| text.contains(what)).count()
    };
    assert_eq!(
        (says("running."), says("not running"), says("stays off the network")),
        (1, 0, 2),
        "{report:#}"
    );
    page.close(&session).await;
    let kept: Vec<_> = files(&session).into_iter().filter(|file| !before.contains(file)).collect();
    let ours: Vec<_> = kept.iter().filter(|file| file.contains("/tidemark/")).collect();
    assert!(ours.is_empty(), "nothing of the demo is kept: {ours:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_touches_no_file_of_the_user() {
    for settings in [None, Some("{ \"schema\": 1, \"accounts\": [ { \"id\": ")] {
        // Without a panel, because it writes a list of the items that it has seen.
        let session = Session::without(&[Part::Keyring, Part::Tray]).await;
        if let Some(text) = settings {
            std::fs::create_dir_all(session.settings_file().parent().expect("a folder")).expect("the folder");
            std::fs::write(session.settings_file(), text).expect("a broken file");
        }
        let before = tree(&session);
        let page = session.open_with(&["--demo"]).await;
        page.banner("demo").await;
        page.call("doctor", json!({})).await.expect("a report");
        let during = tree(&session);
        page.close(&session).await;
        assert_eq!(during, before);
        assert_eq!(tree(&session), before);
    }
}

/// The content of the user's configuration and data folders.
fn tree(session: &Session) -> Vec<(String, String)> {
    let mut found: Vec<_> = [".config", ".local"]
        .iter()
        .flat_map(|name| {
            let list = session.run("find", &[&session.home().join(name).display().to_string()]);
            list.unwrap_or_default().lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .map(|path| {
            let content = std::fs::read(&path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            (path, content.unwrap_or_default())
        })
        .collect();
    found.sort();
    found
}

/// Lists the files in the session's home.
fn files(session: &Session) -> HashSet<String> {
    fn walk(folder: &std::path::Path, into: &mut HashSet<String>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                walk(&path, into);
            } else {
                into.insert(path.display().to_string());
            }
        }
    }
    let mut found = HashSet::new();
    walk(&session.home(), &mut found);
    found
}
