//! The store: kept over restarts, damaged, newer, locked, replaced by other things.
#![expect(clippy::unwrap_used, reason = "a panic fails the test")]

mod faults;
mod history;

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;
use tidemark::store::{self, Kept, Store};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::Remark;
use tidemark_core::schedule::Reason;

const BROKEN: &str = "history.broken-20261122T101500Z.sqlite";

fn now() -> Timestamp {
    "2026-11-22T10:15:00.123456789Z".parse().unwrap()
}

fn later() -> Timestamp {
    "2026-11-22T10:20:00Z".parse().unwrap()
}

fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("data/tidemark/history.sqlite");
    (home, path)
}

fn fine(path: &Path) -> Store {
    let (store, remark) = Store::open(path, now());
    assert_eq!(remark, None);
    store
}

fn id(tail: u8) -> AccountId {
    AccountId(format!("00000000-0000-4000-8000-00000000000{tail}"))
}

fn answer(text: &str) -> Answer {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Answer { status: 200, headers, body: text.as_bytes().to_vec() }
}

fn failure() -> Failure {
    Failure { code: Some(1004), ..Failure::new(FailureKind::KeyRejected) }
}

fn memory() -> Memory {
    let mut memory = Memory::default();
    memory.snooze.begin(Some(AccountId("'; DROP TABLE last".to_owned())), now(), later());
    memory
}

#[test]
fn outcomes_and_memory_survive_a_restart() {
    let (_home, path) = home();
    let store = fine(&path);
    assert_eq!(store.last(&id(1)).unwrap(), Kept::default());
    assert_eq!(store.memory().unwrap(), Memory::default());
    let good = Answer { body: vec![0, 255, 128], ..answer("") };
    store.keep_outcome(&id(1), now(), &Ok(good.clone()), None).unwrap();
    store.keep_outcome(&id(2), later(), &Err(failure()), None).unwrap();
    store.keep_memory(&memory()).unwrap();
    drop(store);

    let store = fine(&path);
    assert_eq!(
        store.last(&id(1)).unwrap(),
        Kept { good: Some((now(), good)), failure: None, ..Kept::default() }
    );
    assert_eq!(
        store.last(&id(2)).unwrap(),
        Kept { good: None, failure: Some((later(), failure())), ..Kept::default() }
    );
    assert_eq!(store.memory().unwrap(), memory());
}

#[test]
fn a_failure_keeps_the_last_good_answer_and_a_good_answer_ends_the_failure() {
    let (_home, path) = home();
    let store = fine(&path);
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
    store.keep_outcome(&id(1), later(), &Err(failure()), None).unwrap();
    let kept = store.last(&id(1)).unwrap();
    assert_eq!(
        kept,
        Kept { good: Some((now(), answer("one"))), failure: Some((later(), failure())), ..Kept::default() }
    );
    store.keep_outcome(&id(1), later(), &Ok(answer("two")), None).unwrap();
    assert_eq!(
        store.last(&id(1)).unwrap(),
        Kept { good: Some((later(), answer("two"))), failure: None, ..Kept::default() }
    );
}

#[test]
fn a_forgotten_account_is_gone_and_the_others_stay() {
    let (_home, path) = home();
    let store = fine(&path);
    for n in [1, 2] {
        store.keep_outcome(&id(n), now(), &Ok(answer("one")), None).unwrap();
    }
    store.forget(&id(1), false).unwrap();
    assert_eq!(store.last(&id(1)).unwrap(), Kept::default());
    assert!(store.last(&id(2)).unwrap().good.is_some());
}

#[test]
fn two_tidemarks_share_it() {
    let (_home, path) = home();
    let (app, cli) = (fine(&path), fine(&path));
    let write = |store: &Store, account| {
        (0..50).all(|_| store.keep_outcome(&account, now(), &Ok(answer("x")), None).is_ok())
    };
    let writers = std::thread::scope(|scope| {
        let (one, two) = (scope.spawn(|| write(&app, id(1))), scope.spawn(|| write(&cli, id(2))));
        (one.join().unwrap(), two.join().unwrap())
    });
    assert_eq!(writers, (true, true));
    assert!(cli.last(&id(1)).unwrap().good.is_some() && app.last(&id(2)).unwrap().good.is_some());
}

#[test]
fn a_damaged_store_is_moved_aside_and_a_new_one_serves() {
    let (_home, path) = home();
    let store = fine(&path);
    for n in 0..200 {
        let account = AccountId(format!("account-{n}"));
        store.keep_outcome(&account, now(), &Ok(answer(&"x".repeat(3000))), None).unwrap();
    }
    drop(store);
    let whole = fs::read(&path).unwrap();
    let mut scratched = whole.clone();
    scratched[4096..40_960].fill(0xAA);
    for damaged in [
        b"no database, and longer than a header of one hundred bytes: ".repeat(9),
        scratched,
        whole[..whole.len() / 2].to_vec(),
        vec![0; 4096],
    ] {
        let (_home, path) = home();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &damaged).unwrap();
        let (store, remark) = Store::open(&path, now());
        assert_eq!(remark, Some(Remark::StoreBroken { kept_as: Some(BROKEN.to_owned()) }));
        assert_eq!(fs::read(path.with_file_name(BROKEN)).unwrap(), damaged);
        store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
        drop(store);
        assert!(fine(&path).last(&id(1)).unwrap().good.is_some());
    }
}

#[test]
fn an_empty_file_becomes_a_store() {
    let (_home, path) = home();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, "").unwrap();
    fine(&path).keep_memory(&memory()).unwrap();
    assert_eq!(fine(&path).memory().unwrap(), memory());
}

/// What the first version wrote, unchanged.
const FIRST_VERSION: &str = r#"
    CREATE TABLE last (
        account TEXT PRIMARY KEY NOT NULL,
        good_at TEXT, good_head TEXT, good_body BLOB,
        failed_at TEXT, failure TEXT
    ) STRICT;
    CREATE TABLE memory (one INTEGER PRIMARY KEY CHECK (one = 1), memory TEXT NOT NULL) STRICT;
    INSERT INTO last VALUES ('00000000-0000-4000-8000-000000000001', '2026-11-22T10:15:00.123456789Z',
        '{"status":200,"headers":[["content-type","application/json"]]}', CAST('one' AS BLOB),
        '2026-11-22T10:20:00Z', :failure);
    PRAGMA user_version = 1;
"#;

#[test]
fn a_store_of_the_first_version_is_brought_up_to_date_and_loses_nothing() {
    let (_home, path) = home();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let failed = serde_json::to_string(&failure()).unwrap();
    let told = serde_json::to_string(&memory()).unwrap();
    let old = Connection::open(&path).unwrap();
    old.pragma_update(None, "journal_mode", "WAL").unwrap();
    old.execute_batch(&FIRST_VERSION.replace(":failure", &format!("'{failed}'"))).unwrap();
    old.execute("INSERT INTO memory VALUES (1, ?)", [told]).unwrap();
    drop(old);

    let store = fine(&path);
    let kept = store.last(&id(1)).unwrap();
    assert_eq!(
        kept,
        Kept { good: Some((now(), answer("one"))), failure: Some((later(), failure())), ..Kept::default() }
    );
    assert_eq!(store.memory().unwrap(), memory());
    assert_eq!(store.next_ask(&id(1)).unwrap(), None);
    assert_eq!(store.history(&id(1), Timestamp::MIN).unwrap(), []);
    store.keep_outcome(&id(1), later(), &Ok(answer("two")), Some((later(), Reason::Reset))).unwrap();
    drop(store);
    assert_eq!(fine(&path).next_ask(&id(1)).unwrap(), Some((later(), Reason::Reset)));
}

#[test]
fn a_look_at_a_store_of_the_first_version_changes_nothing() {
    let (_home, path) = home();
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    Connection::open(&path).unwrap().execute_batch(&FIRST_VERSION.replace(":failure", "NULL")).unwrap();
    let before = fs::read(&path).unwrap();
    assert!(store::look(&path).unwrap().is_none());
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn when_an_account_is_asked_next_is_kept_and_a_command_in_between_leaves_it() {
    let (_home, path) = home();
    let store = fine(&path);
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), Some((later(), Reason::Interval))).unwrap();
    store.keep_outcome(&id(1), now(), &Ok(answer("two")), None).unwrap();
    assert_eq!(store.next_ask(&id(1)).unwrap(), Some((later(), Reason::Interval)));
    store.keep_outcome(&id(1), now(), &Err(failure()), Some((now(), Reason::Rest))).unwrap();
    assert_eq!(store.next_ask(&id(1)).unwrap(), Some((now(), Reason::Rest)));
    assert_eq!(store.next_ask(&id(2)).unwrap(), None);
}

#[test]
fn a_newer_versions_store_is_left_as_it_is() {
    let (_home, path) = home();
    fine(&path).keep_memory(&memory()).unwrap();
    Connection::open(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(&path).unwrap();
    let (store, remark) = Store::open(&path, now());
    assert_eq!(remark, Some(Remark::StoreNewer));
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
    assert_eq!(store.last(&id(1)).unwrap(), Kept::default());
    drop(store);
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_row_that_is_not_understood_costs_itself_only() {
    let (_home, path) = home();
    let store = fine(&path);
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
    store.keep_memory(&memory()).unwrap();
    let other = Connection::open(&path).unwrap();
    other.execute_batch("UPDATE last SET good_head = '{'; UPDATE memory SET memory = '[]'").unwrap();
    assert_eq!(store.last(&id(1)).unwrap(), Kept::default());
    assert_eq!(store.memory().unwrap(), Memory::default());
    store.keep_outcome(&id(1), now(), &Ok(answer("two")), None).unwrap();
    assert!(store.last(&id(1)).unwrap().good.is_some());
}

#[test]
fn a_store_locked_for_too_long_is_an_error_and_not_a_hang() {
    let (_home, path) = home();
    let store = fine(&path);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = std::time::Instant::now();
    assert!(store.keep_memory(&memory()).is_err());
    assert!(start.elapsed() < std::time::Duration::from_secs(6));
    assert!(store.memory().is_ok(), "reading goes on");
    other.execute_batch("COMMIT").unwrap();
    assert!(store.keep_memory(&memory()).is_ok());
}

#[test]
fn a_full_disk_is_an_error_and_the_former_outcome_stays() {
    let (_home, path) = home();
    let store = fine(&path);
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
    drop(store);
    let script = format!(
        "trap '' XFSZ; ulimit -f 64; exec \"{}\" --exact --ignored keeps_too_much",
        std::env::current_exe().unwrap().display()
    );
    let output = std::process::Command::new("sh")
        .args(["-c", &script])
        .env("TIDEMARK_TEST_STORE", &path)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(fine(&path).last(&id(1)).unwrap().good, Some((now(), answer("one"))));
}

#[test]
#[ignore = "runs under a file size limit, started by another test"]
fn keeps_too_much() {
    let store = fine(Path::new(&std::env::var_os("TIDEMARK_TEST_STORE").unwrap()));
    let long = answer(&"x".repeat(200_000));
    assert!(store.keep_outcome(&id(1), later(), &Ok(long), None).is_err());
    assert_eq!(store.last(&id(1)).unwrap().good, Some((now(), answer("one"))));
}

#[test]
fn a_place_that_cannot_be_used_is_told_and_nothing_is_kept() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let (store, remark) = Store::open(&home.path().join("file/tidemark/history.sqlite"), now());
    assert_eq!(remark, Some(Remark::StoreBroken { kept_as: None }));
    store.keep_memory(&memory()).unwrap();
    assert_eq!(store.memory().unwrap(), Memory::default());
}

#[test]
fn a_store_nowhere_keeps_nothing() {
    let store = Store::nowhere();
    store.keep_outcome(&id(1), now(), &Ok(answer("one")), None).unwrap();
    store.forget(&id(2), false).unwrap();
    assert_eq!(store.last(&id(1)).unwrap(), Kept::default());
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn all_its_files_are_their_owners_only() {
        let (_home, path) = home();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
        let store = fine(&path);
        store.keep_memory(&memory()).unwrap();
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        let files: Vec<_> =
            fs::read_dir(path.parent().unwrap()).unwrap().map(|e| e.unwrap().path()).collect();
        assert!(files.len() > 1, "no write-ahead log: {files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }

    #[test]
    fn a_planted_link_is_not_followed() {
        let (home, path) = home();
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let target = home.path().join("target");
        fs::write(&target, "").unwrap();
        symlink(&target, &path).unwrap();
        let made = home.path().join("made");
        symlink(&made, path.with_file_name("history.sqlite-wal")).unwrap();
        let (store, remark) = Store::open(&path, now());
        assert_eq!(remark, Some(Remark::StoreBroken { kept_as: Some(BROKEN.to_owned()) }));
        store.keep_memory(&memory()).unwrap();
        assert_eq!(store.memory().unwrap(), memory());
        assert_eq!(fs::read(&target).unwrap(), b"");
        assert!(!made.exists());
    }

    #[test]
    fn a_home_behind_a_link_is_used_as_any_other() {
        let (home, _) = home();
        fs::create_dir(home.path().join("real")).unwrap();
        symlink(home.path().join("real"), home.path().join("link")).unwrap();
        let path = home.path().join("link/history.sqlite");
        fine(&path).keep_memory(&memory()).unwrap();
        assert_eq!(fine(&path).memory().unwrap(), memory());
    }
}
