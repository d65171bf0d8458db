//! Changes of the settings file are reported, whatever happens to the folders on its path.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;
use tidemark::config::{Paths, Watch, load, save};
use tidemark_core::settings::Settings;

/// How long to wait for a report.
const LONG: Duration = Duration::from_secs(20);
/// How long to wait for a report that must not come.
const SHORT: Duration = Duration::from_millis(300);
/// With this interval no check happens during a test.
const NEVER: Duration = Duration::from_hours(1);

struct Home {
    root: TempDir,
    paths: Paths,
}

impl Home {
    fn new() -> Self {
        Self::below(tempfile::tempdir().unwrap())
    }

    fn below(root: TempDir) -> Self {
        let path = root.path().to_owned();
        let paths = Paths::from_env(|name| name.starts_with("XDG_").then(|| path.join(name).into())).unwrap();
        Self { root, paths }
    }

    fn with_settings() -> Self {
        let home = Self::new();
        save(&home.paths, &Settings::default()).unwrap();
        home
    }

    fn folder(&self) -> &Path {
        self.paths.settings.parent().unwrap()
    }

    fn above(&self) -> &Path {
        self.folder().parent().unwrap()
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    fn watch(&self, interval: Duration) -> (Watch, Receiver<()>) {
        let (tell, told) = channel();
        let watch = Watch::start_with(&self.paths, interval, move || tell.send(()).unwrap_or_default());
        (watch.unwrap(), told)
    }

    /// Writes the file in place, as an editor does.
    fn edit(&self) {
        fs::write(&self.paths.settings, "{}").unwrap();
    }
}

/// Waits for a report, and for the end of those that belong to the same change.
fn is_reported(told: &Receiver<()>) -> bool {
    let is_reported = told.recv_timeout(LONG).is_ok();
    while told.recv_timeout(SHORT).is_ok() {}
    is_reported
}

#[test]
fn a_save_is_reported_and_nothing_else() {
    let home = Home::new();
    fs::create_dir_all(home.folder()).unwrap();
    let (_watch, told) = home.watch(NEVER);
    fs::write(home.folder().join("other.json"), "{}").unwrap();
    drop(load(&home.paths, jiff::Timestamp::now()));
    assert!(told.recv_timeout(SHORT).is_err(), "reading or another file was taken for a change");
    for _ in 0..2 {
        save(&home.paths, &Settings::default()).unwrap();
        assert!(is_reported(&told));
    }
    home.edit();
    assert!(is_reported(&told));
}

#[test]
fn a_folder_replaced_by_a_copy_is_watched_on() {
    let home = Home::with_settings();
    let (_watch, told) = home.watch(NEVER);
    for _ in 0..3 {
        let copy = home.at("copy");
        fs::create_dir(&copy).unwrap();
        fs::copy(&home.paths.settings, copy.join("settings.json")).unwrap();
        fs::remove_dir_all(home.folder()).unwrap();
        fs::rename(&copy, home.folder()).unwrap();
        assert!(is_reported(&told), "the folder was replaced");
        home.edit();
        assert!(is_reported(&told), "the file in the new folder was written");
    }
}

#[test]
fn a_folder_that_goes_and_comes_back_is_watched_on() {
    let home = Home::with_settings();
    let (_watch, told) = home.watch(NEVER);
    fs::rename(home.folder(), home.at("away")).unwrap();
    assert!(is_reported(&told), "the file is gone");
    fs::rename(home.at("away"), home.folder()).unwrap();
    assert!(is_reported(&told), "the file is back");
    home.edit();
    assert!(is_reported(&told));
}

#[test]
fn a_folder_made_after_the_start_is_watched() {
    let home = Home::new();
    let (_watch, told) = home.watch(NEVER);
    save(&home.paths, &Settings::default()).unwrap();
    assert!(is_reported(&told), "with its folder, and the one above it");
    home.edit();
    assert!(is_reported(&told));
}

#[test]
fn the_folder_above_replaced_is_noticed_by_the_check_if_not_before() {
    let home = Home::with_settings();
    let (_watch, told) = home.watch(SHORT);
    fs::rename(home.above(), home.at("away")).unwrap();
    assert!(is_reported(&told), "the file is gone");
    save(&home.paths, &Settings { interval_minutes: 9, ..Settings::default() }).unwrap();
    assert!(is_reported(&told), "there is another one");
    home.edit();
    assert!(is_reported(&told));
}

#[test]
fn what_a_link_leads_to_is_watched() {
    // As dotfile tools do it: the file, or its folder, is a link.
    for is_folder in [false, true] {
        let home = Home::new();
        let elsewhere = home.at("dotfiles/tidemark");
        fs::create_dir_all(&elsewhere).unwrap();
        fs::write(elsewhere.join("settings.json"), "{}").unwrap();
        if is_folder {
            fs::create_dir_all(home.above()).unwrap();
            symlink(&elsewhere, home.folder()).unwrap();
        } else {
            fs::create_dir_all(home.folder()).unwrap();
            symlink(elsewhere.join("settings.json"), &home.paths.settings).unwrap();
        }
        let (_watch, told) = home.watch(NEVER);
        fs::write(elsewhere.join("settings.json"), "{ }").unwrap();
        assert!(is_reported(&told), "is the folder: {is_folder}");
        // `git checkout` and editors replace the file.
        fs::write(elsewhere.join("new"), "{\n}").unwrap();
        fs::rename(elsewhere.join("new"), elsewhere.join("settings.json")).unwrap();
        assert!(is_reported(&told), "is the folder: {is_folder}");
        let other = home.at("dotfiles/other");
        fs::create_dir(&other).unwrap();
        fs::write(other.join("settings.json"), "{  }").unwrap();
        let (link, target) = if is_folder {
            (home.folder().to_owned(), other.clone())
        } else {
            (home.paths.settings.clone(), other.join("settings.json"))
        };
        fs::remove_file(&link).unwrap();
        symlink(target, &link).unwrap();
        assert!(is_reported(&told), "a link to another file; is the folder: {is_folder}");
        fs::write(other.join("settings.json"), "{}").unwrap();
        assert!(is_reported(&told), "and that file; is the folder: {is_folder}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn without_any_watch_the_check_finds_every_change() {
    // A user namespace has separate limits.
    for limit in ["max_inotify_watches", "max_inotify_instances"] {
        let root = tempfile::tempdir().unwrap();
        let script = format!(
            "echo 0 > /proc/sys/user/{limit} && exec \"{}\" --exact --ignored is_watched_without_watches",
            std::env::current_exe().unwrap().display()
        );
        let run = std::process::Command::new("unshare")
            .args(["--user", "--map-root-user", "sh", "-c", &script])
            .env("TIDEMARK_TEST_HOME", root.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success() && said.contains("1 passed"), "{limit}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "runs where the system grants no watches, started by another test"]
fn is_watched_without_watches() {
    let root = PathBuf::from(std::env::var_os("TIDEMARK_TEST_HOME").unwrap());
    let mut watcher = notify::recommended_watcher(|_| ()).ok();
    let is_refused = watcher
        .as_mut()
        .is_none_or(|w| notify::Watcher::watch(w, &root, notify::RecursiveMode::NonRecursive).is_err());
    assert!(is_refused, "there are watches");
    let home = Home::below(tempfile::tempdir_in(root).unwrap());
    let (_watch, told) = home.watch(SHORT);
    save(&home.paths, &Settings::default()).unwrap();
    assert!(is_reported(&told), "made");
    save(&home.paths, &Settings { interval_minutes: 9, ..Settings::default() }).unwrap();
    assert!(is_reported(&told), "replaced");
    fs::remove_file(&home.paths.settings).unwrap();
    assert!(is_reported(&told), "removed");
}
