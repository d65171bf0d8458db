//! Keyring and settings change together: whatever fails in between, they agree afterwards.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a panic fails the test")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tempfile::TempDir;
use tidemark::accounts::{Desk, NewAccount};
use tidemark::api::Api;
use tidemark::config::{self, Paths};
use tidemark::error::AppError;
use tidemark::key::ApiKey;
use tidemark::keyring::{KeyStore, RequestOrigin};
use tidemark_core::account::AccountId;
use tidemark_core::endpoint::Hosts;
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::Settings;

const FIRST: &str = "sk-cp-test-key-changes-1111";
const SECOND: &str = "sk-cp-test-key-changes-2222";
const THIRD: &str = "sk-cp-test-key-changes-3333";

/// When a hook is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum When {
    /// Before the keyring changes a key; if the hook returns trouble, the change is not made.
    Before,
    /// After the change; if the hook returns trouble, it is reported although the change was made.
    After,
}

type Hook = Box<dyn FnOnce() -> Option<KeyringTrouble> + Send>;

/// A keyring in a folder, so that it outlives a process, with faults at chosen moments.
#[derive(Clone, Default)]
struct FolderKeyStore {
    folder: PathBuf,
    hook: Arc<Mutex<Option<(When, Hook)>>>,
    /// What every call reports once the hook has been called.
    later: Arc<Mutex<Option<KeyringTrouble>>>,
    is_down: Arc<Mutex<Option<KeyringTrouble>>>,
}

impl FolderKeyStore {
    fn hook(&self, when: When, hook: impl FnOnce() -> Option<KeyringTrouble> + Send + 'static) {
        *self.hook.lock().expect("a lock") = Some((when, Box::new(hook)));
    }

    /// Makes every call report this, from now on or from the call of the hook on.
    fn goes_down(&self, trouble: Option<KeyringTrouble>, is_later: bool) {
        *if is_later { self.later.lock() } else { self.is_down.lock() }.expect("a lock") = trouble;
    }

    fn call(&self, when: When) -> Result<(), KeyringTrouble> {
        if when == When::Before {
            self.is_up()?;
        }
        let hook = self.hook.lock().expect("a lock").take_if(|(planned, _)| *planned == when);
        let trouble = hook.and_then(|(_, hook)| {
            *self.is_down.lock().expect("a lock") = self.later.lock().expect("a lock").take();
            hook()
        });
        trouble.map_or(Ok(()), Err)
    }

    fn is_up(&self) -> Result<(), KeyringTrouble> {
        self.is_down.lock().expect("a lock").map_or(Ok(()), Err)
    }

    fn file(&self, id: &AccountId) -> PathBuf {
        self.folder.join(&id.0)
    }
}

impl KeyStore for FolderKeyStore {
    async fn get(&self, id: &AccountId, _: RequestOrigin) -> Result<ApiKey, KeyringTrouble> {
        self.is_up()?;
        let key = fs::read(self.file(id)).map_err(|_| KeyringTrouble::NoEntry)?;
        ApiKey::from_stored(key).ok_or(KeyringTrouble::NoEntry)
    }

    async fn put(&self, id: &AccountId, key: &ApiKey, _: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.call(When::Before)?;
        fs::write(self.file(id), key.expose()).expect("the keyring's folder");
        self.call(When::After)
    }

    async fn remove(&self, id: &AccountId, _: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.call(When::Before)?;
        let _ = fs::remove_file(self.file(id));
        self.call(When::After)
    }
}

struct Stage {
    desk: Desk<FolderKeyStore>,
    keyring: FolderKeyStore,
    root: PathBuf,
    _folder: Option<TempDir>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Add,
    Replace,
    Remove,
}

const CHANGES: [Change; 3] = [Change::Add, Change::Replace, Change::Remove];

impl Stage {
    /// Creates a stage with one account that has the first key.
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let stage = Self { _folder: None, ..Self::at(folder.path()) };
        stage.add("Home", FIRST).await.expect("an account to begin with");
        Self { _folder: Some(folder), ..stage }
    }

    fn at(root: &Path) -> Self {
        let home = root.to_owned();
        let paths = Paths::from_env(|name| name.starts_with("XDG_").then(|| home.join(name).into()));
        let keyring = FolderKeyStore { folder: root.join("keyring"), ..FolderKeyStore::default() };
        fs::create_dir_all(&keyring.folder).expect("the keyring's folder");
        let api = Api::new(Hosts::from_override("http://127.0.0.1:1").expect("loopback"), None);
        let desk = Desk { api: api.expect("an API"), keyring: keyring.clone(), paths: paths.expect("paths") };
        Self { desk, keyring, root: root.to_owned(), _folder: None }
    }

    async fn add(&self, name: &str, key: &str) -> Result<(), AppError> {
        let new = NewAccount { name: name.to_owned(), unchecked: true, ..NewAccount::default() };
        self.desk.add(new, key).await.map(drop)
    }

    async fn make(&self, change: Change) -> Result<(), AppError> {
        match change {
            Change::Add => self.add("Second", SECOND).await,
            Change::Replace => self.desk.replace(&self.first(), THIRD, true).await.map(drop),
            Change::Remove => self.desk.remove(&self.first()).await,
        }
    }

    fn first(&self) -> AccountId {
        self.settings().accounts[0].id.clone()
    }

    fn settings(&self) -> Settings {
        config::load(&self.desk.paths, Timestamp::now()).settings
    }

    /// Returns the accounts in the settings with the last characters of their keys.
    fn accounts(&self) -> Vec<(String, Option<String>)> {
        self.settings().accounts.into_iter().map(|a| (a.id.0, a.last_four)).collect()
    }

    /// Returns the same from the keyring.
    fn keys(&self) -> Vec<(String, Option<String>)> {
        let keys = fs::read_dir(&self.keyring.folder).expect("the keyring").flatten();
        let keys = keys.map(|entry| {
            let key = fs::read_to_string(entry.path()).expect("a key");
            (entry.file_name().to_string_lossy().into_owned(), key.get(key.len() - 4..).map(str::to_owned))
        });
        keys.collect()
    }

    #[track_caller]
    fn agrees(&self, what: &str) {
        let (mut accounts, mut keys) = (self.accounts(), self.keys());
        accounts.sort();
        keys.sort();
        assert_eq!(accounts, keys, "settings and keyring, {what}");
    }

    fn journal(&self) -> PathBuf {
        self.desk.paths.settings.with_file_name("key-changes.json")
    }

    /// Asserts that nothing has changed, and that the change can be made now.
    async fn is_untouched(&self, before: &[(String, Option<String>)], change: Change, what: &str) {
        assert_eq!(self.accounts(), before, "{change:?}, {what}");
        self.agrees(&format!("{change:?}, {what}"));
        assert!(!self.journal().exists(), "{change:?}, {what}: nothing is open");
        self.make(change).await.unwrap_or_else(|error| panic!("{change:?} after {what}: {error}"));
        assert_ne!(self.accounts(), before);
        self.agrees(&format!("{change:?} at last, {what}"));
        assert!(!self.journal().exists(), "{change:?} at last, {what}: nothing is open");
    }
}

#[tokio::test]
async fn without_faults_both_change() {
    for change in CHANGES {
        let stage = Stage::new().await;
        let before = stage.accounts();
        stage.is_untouched(&before, change, "nothing").await;
    }
}

#[tokio::test]
async fn another_program_that_holds_the_lock_keeps_both_as_they_are() {
    let tried = CHANGES.map(|change| async move {
        let stage = Stage::new().await;
        let before = stage.accounts();
        let lock = File::open(stage.desk.paths.settings.with_file_name(".settings.lock")).expect("the lock");
        lock.lock().expect("it is free");
        let error = stage.make(change).await.expect_err("the settings are locked");
        assert!(error.message.contains("another Tidemark"), "{error}");
        lock.unlock().expect("it is free again");
        stage.is_untouched(&before, change, "a lock").await;
    });
    let [add, replace, remove] = tried;
    tokio::join!(add, replace, remove);
}

#[tokio::test]
async fn a_keyring_that_fails_keeps_both_as_they_are() {
    for change in CHANGES {
        for when in [When::Before, When::After] {
            for trouble in [KeyringTrouble::Locked, KeyringTrouble::Failed, KeyringTrouble::Absent] {
                let stage = Stage::new().await;
                let before = stage.accounts();
                stage.keyring.hook(when, move || Some(trouble));
                let error = stage.make(change).await.expect_err("the keyring fails");
                assert_eq!(error.code, "keyring");
                stage.is_untouched(&before, change, &format!("{trouble:?} {when:?}")).await;
            }
        }
    }
}

#[tokio::test]
async fn settings_that_cannot_take_their_place_after_the_keyring_has_changed_bring_the_former_key_back() {
    for change in CHANGES {
        let stage = Stage::new().await;
        let before = stage.accounts();
        let (file, kept) = (stage.desk.paths.settings.clone(), stage.root.join("kept"));
        let (blocked, away) = (file.clone(), kept.clone());
        stage.keyring.hook(When::After, move || {
            // A file cannot be renamed over a folder that is not empty.
            fs::rename(&blocked, &away).expect("the file");
            fs::create_dir_all(blocked.join("x")).expect("a folder in its place");
            None
        });
        stage.make(change).await.expect_err("the rename fails");
        fs::remove_dir_all(&file).expect("the folder");
        fs::rename(&kept, &file).expect("the file is back");
        stage.is_untouched(&before, change, "a failed rename").await;
    }
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_settled_as_soon_as_the_keyring_answers() {
    for change in CHANGES {
        let stage = Stage::new().await;
        let (file, kept) = (stage.desk.paths.settings.clone(), stage.root.join("kept"));
        let (blocked, away) = (file.clone(), kept.clone());
        stage.keyring.goes_down(Some(KeyringTrouble::Locked), true);
        stage.keyring.hook(When::After, move || {
            fs::rename(&blocked, &away).expect("the file");
            fs::create_dir_all(blocked.join("x")).expect("a folder in its place");
            None
        });
        stage.make(change).await.expect_err("the rename fails");
        fs::remove_dir_all(&file).expect("the folder");
        fs::rename(&kept, &file).expect("the file is back");
        stage.desk.settle().await;
        assert!(stage.journal().exists(), "{change:?}: still open while the keyring is locked");
        stage.keyring.goes_down(None, false);
        stage.desk.settle().await;
        stage.agrees(&format!("{change:?}, settled"));
        assert!(!stage.journal().exists(), "{change:?}");
    }
}

#[tokio::test]
async fn a_keyring_that_acts_after_it_was_given_up_is_followed() {
    for change in CHANGES {
        for is_done_late in [false, true] {
            let stage = Stage::new().await;
            let when = if is_done_late { When::After } else { When::Before };
            stage.keyring.hook(when, || Some(KeyringTrouble::Slow));
            let error = stage.make(change).await.expect_err("the keyring does not answer");
            assert_eq!(error.code, "keyring");
            stage.desk.settle().await;
            stage.agrees(&format!("{change:?}, done late: {is_done_late}"));
            assert!(!stage.journal().exists(), "{change:?}");
            if change == Change::Replace {
                let account = &stage.settings().accounts[0];
                let followed = (account.last_four.as_deref() == Some("3333"), account.key_revision == 1);
                assert_eq!(followed, (is_done_late, is_done_late), "the app reads the key again");
            }
        }
    }
}

#[tokio::test]
async fn a_crash_between_keyring_and_settings_is_settled_at_the_next_start() {
    for change in CHANGES {
        for when in [When::Before, When::After] {
            let stage = Stage::new().await;
            let before = stage.accounts();
            let ended = child("ends_in_the_middle", &stage.root, &format!("{change:?} {when:?}"), &[]);
            assert!(!ended.status.success(), "it was ended in the middle: {}", said(&ended));
            assert_eq!(stage.accounts(), before, "the settings were not changed yet");
            assert!(stage.journal().exists(), "{change:?} {when:?}: {}", said(&ended));
            stage.desk.settle().await;
            stage.agrees(&format!("{change:?} {when:?}"));
            assert!(!stage.journal().exists(), "{change:?} {when:?}");
        }
    }
}

#[tokio::test]
#[ignore = "ends in the middle, started by another test"]
async fn ends_in_the_middle() {
    let stage = Stage::at(&PathBuf::from(std::env::var_os("TIDEMARK_TEST_HOME").expect("a folder")));
    let wanted = std::env::var("TIDEMARK_TEST_CASE").expect("a case");
    for change in CHANGES {
        for when in [When::Before, When::After] {
            if wanted == format!("{change:?} {when:?}") {
                stage.keyring.hook(when, || std::process::abort());
                let _ = stage.make(change).await;
            }
        }
    }
}

#[tokio::test]
async fn a_full_disk_and_one_that_can_only_be_read_keep_both_as_they_are() {
    let root = tempfile::tempdir().expect("a folder");
    let mount = [
        "mount -t tmpfs -o size=256k tidemark-test \"$TIDEMARK_TEST_HOME\" && mkdir \"$TIDEMARK_TEST_HOME/XDG_CONFIG_HOME\" && mount -t tmpfs -o size=64k tidemark-test \"$TIDEMARK_TEST_HOME/XDG_CONFIG_HOME\" && ",
    ];
    let run = child("is_refused_by_the_disk", root.path(), "", &mount);
    assert!(run.status.success() && said(&run).contains("1 passed"), "{}", said(&run));
}

#[tokio::test]
#[ignore = "runs on a file system of its own, started by another test"]
async fn is_refused_by_the_disk() {
    let root = PathBuf::from(std::env::var_os("TIDEMARK_TEST_HOME").expect("a folder"));
    let config = root.join("XDG_CONFIG_HOME");
    let stage = Stage::at(&root);
    stage.add("Home", FIRST).await.expect("an account to begin with");
    let before = stage.accounts();
    for is_full in [true, false] {
        let ballast = config.join("ballast");
        let remount = |how: &str| {
            let done = Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&config).status();
            assert!(done.expect("mount").success(), "remount {how}");
        };
        if is_full {
            let _ = fs::write(&ballast, vec![b'x'; 64 * 1024]);
            assert!(fs::write(config.join("more"), "xxxx").is_err(), "the disk is full");
        } else {
            remount("ro");
        }
        for change in CHANGES {
            stage.make(change).await.expect_err("nothing can be written");
            assert_eq!(stage.accounts(), before, "{change:?}");
            stage.agrees(&format!("{change:?}, full: {is_full}"));
        }
        if is_full {
            fs::remove_file(&ballast).expect("room again");
            let _ = fs::remove_file(config.join("more"));
        } else {
            remount("rw");
        }
        assert!(!stage.journal().exists(), "nothing is open");
    }
    for change in [Change::Add, Change::Replace, Change::Remove] {
        stage.make(change).await.expect("it can be written again");
        stage.agrees(&format!("{change:?} at last"));
    }
}

/// Runs one of the ignored tests in a separate process. With `before`, it runs in new namespaces after that script.
fn child(test: &str, root: &Path, case: &str, before: &[&str]) -> Output {
    let own = std::env::current_exe().expect("the test's own program");
    let mut command = if before.is_empty() {
        Command::new(&own)
    } else {
        let mut command = Command::new("unshare");
        let script = format!("{} exec \"$0\" \"$@\"", before.concat());
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script]).arg(&own);
        command
    };
    command.args(["--exact", "--ignored", test]);
    command.env("TIDEMARK_TEST_HOME", root).env("TIDEMARK_TEST_CASE", case);
    command.output().expect("the child starts")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
