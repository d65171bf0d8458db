//! Real faults: a lock, a full disk, missing permissions, a damaged file, a file of a newer version, a killed writer.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::Connection;
use tidemark::store::{Keeper, Store, Told, Write};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Memory;
use tidemark_core::history::{Change, MoneyPoint};
use tidemark_core::message::Remark;

use super::{fine, home, id, memory, now};

const PATIENCE: Duration = Duration::from_mins(1);
const UNUSABLE: Told = Told::Remark(Remark::StoreBroken { kept_as: None });

fn keeper(path: &Path) -> (Keeper, Receiver<Told>) {
    let (tell, told) = mpsc::channel();
    let keeper = Keeper::start(Store::open(path, now()).0, move |t| tell.send(t).unwrap());
    (keeper, told)
}

fn sum(n: i32) -> Change {
    let at = now() + jiff::SignedDuration::from_mins(n.into());
    Change::Money(MoneyPoint { at, until: at, available: n.into() })
}

fn keep(keeper: &Keeper, account: &AccountId, n: i32) {
    keeper.keep(Write::History { account: account.clone(), changes: vec![sum(n)] });
}

/// Returns the balances of an account that a newly opened store contains.
fn kept(path: &Path, account: &AccountId) -> Vec<i32> {
    let points = fine(path).balances(account, Timestamp::MIN).unwrap();
    points.iter().map(|p| p.available.try_into().unwrap()).collect()
}

fn settle(keeper: &Keeper) {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(keeper.settled());
}

/// Runs one of the ignored tests below in a separate process.
fn alone(test: &str, path: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "--ignored", "--nocapture", test]).env("TIDEMARK_TEST_STORE", path);
    command
}

fn given() -> std::path::PathBuf {
    std::env::var_os("TIDEMARK_TEST_STORE").unwrap().into()
}

#[test]
fn a_lock_of_another_program_is_told_and_nothing_is_lost_once_it_is_gone() {
    let (_home, path) = home();
    let (keeper, told) = keeper(&path);
    keep(&keeper, &id(1), 1);
    settle(&keeper);
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for n in 2..50 {
        keep(&keeper, &id(1), n);
        keeper.keep(Write::Memory(if n == 49 { memory() } else { Memory::default() }));
    }
    assert_eq!(told.recv_timeout(PATIENCE), Ok(UNUSABLE));
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Works), "told once, and taken back");
    drop(keeper);
    assert_eq!(kept(&path, &id(1)), (1..50).collect::<Vec<_>>());
    assert_eq!(fine(&path).memory().unwrap(), memory());
}

#[test]
fn a_store_locked_at_the_start_is_opened_once_the_lock_is_gone() {
    let (_home, path) = home();
    drop(fine(&path));
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "locking_mode", "EXCLUSIVE").unwrap();
    other.execute_batch("BEGIN EXCLUSIVE; DELETE FROM last; COMMIT").unwrap();
    let (tell, told) = mpsc::channel();
    let (store, remark) = Store::open(&path, now());
    assert_eq!(remark, Some(Remark::StoreBroken { kept_as: None }));
    let keeper = Keeper::start(store, move |t| tell.send(t).unwrap());
    keep(&keeper, &id(1), 1);
    settle(&keeper);
    drop(other);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Works), "what was told at the start is taken back");
    drop(keeper);
    assert_eq!(kept(&path, &id(1)), [1]);
}

#[test]
fn a_file_taken_away_while_running_is_made_anew() {
    let (_home, path) = home();
    let (keeper, told) = keeper(&path);
    keep(&keeper, &id(1), 1);
    settle(&keeper);
    fs::rename(&path, path.with_file_name("taken-away")).unwrap();
    // Another Tidemark creates a new file and uses it.
    let other = fine(&path);
    other.keep_memory(&memory()).unwrap();
    keep(&keeper, &id(1), 2);
    settle(&keeper);
    assert_eq!(other.memory().unwrap(), memory());
    assert_eq!(other.balances(&id(1), Timestamp::MIN).unwrap().len(), 1);
    drop((keeper, other));
    assert_eq!(kept(&path, &id(1)), [2]);
    assert!(told.try_recv().is_err(), "nothing has failed");
}

#[test]
fn a_file_damaged_while_running_is_moved_aside_and_told() {
    let (_home, path) = home();
    let (keeper, told) = keeper(&path);
    for n in 0..2000 {
        keep(&keeper, &id(1), n);
    }
    settle(&keeper);
    // Moves everything from the log into the file, then cuts off half of the file.
    Connection::open(&path).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = path.metadata().unwrap().len();
    fs::File::options().write(true).open(&path).unwrap().set_len(whole / 2).unwrap();
    keep(&keeper, &id(2), 1);
    let Ok(Told::Remark(Remark::StoreBroken { kept_as: Some(name) })) = told.recv_timeout(PATIENCE) else {
        panic!("not told that it was moved aside");
    };
    assert!(path.with_file_name(&name).exists());
    drop(keeper);
    assert_eq!(kept(&path, &id(2)), [1], "what came next is in the new one");
}

#[test]
fn a_large_damaged_file_is_found_by_the_daily_look() {
    let (_home, path) = home();
    let store = fine(&path);
    let changes: Vec<Change> = (0..120_000).map(sum).collect();
    store.keep_history(&id(1), &changes).unwrap();
    drop(store);
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 3 * 1024 * 1024, "{}", bytes.len());
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xAA);
    fs::write(&path, &bytes).unwrap();
    let store = fine(&path);
    assert!(!store.is_whole().unwrap());
    let Some(Remark::StoreBroken { kept_as: Some(name) }) = store.open_again(now()) else {
        panic!("it is used again");
    };
    assert!(fs::read(path.with_file_name(name)).unwrap() == bytes, "it is the damaged one");
    assert!(store.is_whole().unwrap());
}

#[test]
fn a_newer_versions_store_is_told_left_alone_and_used_when_it_is_ours_again() {
    let (_home, path) = home();
    drop(fine(&path));
    let version = |n: u32| Connection::open(&path).unwrap().pragma_update(None, "user_version", n).unwrap();
    let ours: u32 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |r| r.get(0)).unwrap();
    version(99);
    let (store, remark) = Store::open(&path, now());
    assert_eq!(remark, Some(Remark::StoreNewer));
    let (tell, told) = mpsc::channel();
    let keeper = Keeper::start(store, move |t| tell.send(t).unwrap());
    keep(&keeper, &id(1), 1);
    settle(&keeper);
    version(ours);
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Works));
    drop(keeper);
    assert_eq!(kept(&path, &id(1)), [1]);
}

#[cfg(unix)]
#[test]
fn opening_a_store_again_in_one_process_leaves_its_locks_in_place() {
    let (_home, path) = home();
    drop(fine(&path));
    let first = Connection::open(&path).unwrap();
    first.pragma_update(None, "journal_mode", "DELETE").unwrap();
    first.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let others = || alone("faults::finds_the_store_locked", &path).output().unwrap();
    assert!(others().status.success(), "{}", String::from_utf8_lossy(&others().stdout));
    assert!(!Store::open(&path, now()).0.is_in_place());
    let after = others();
    assert!(after.status.success(), "the lock is gone: {}", String::from_utf8_lossy(&after.stdout));
    first.execute_batch("COMMIT").unwrap();
}

#[test]
#[ignore = "looks from another process, started by another test"]
fn finds_the_store_locked() {
    let other = Connection::open(given()).unwrap();
    other.busy_timeout(Duration::ZERO).unwrap();
    let error = other.execute_batch("BEGIN IMMEDIATE").unwrap_err();
    assert_eq!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::DatabaseBusy));
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_told_and_what_was_kept_before_stays() {
    let (_home, path) = home();
    fine(&path).keep_history(&id(1), &[sum(0)]).unwrap();
    let test = alone("faults::keeps_until_the_disk_is_full", &path);
    let arguments: Vec<_> = test.get_args().map(|a| a.to_string_lossy().into_owned()).collect();
    let script = format!(
        "trap '' XFSZ; ulimit -f 200; exec \"{}\" {}",
        test.get_program().display(),
        arguments.join(" ")
    );
    let mut limited = Command::new("sh");
    let output = limited.args(["-c", &script]).env("TIDEMARK_TEST_STORE", &path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let kept = kept(&path, &id(1));
    assert!(
        !kept.is_empty() && kept == (0..kept.len().try_into().unwrap()).collect::<Vec<_>>(),
        "none in between is lost"
    );
}

#[test]
#[ignore = "runs under a file size limit, started by another test"]
fn keeps_until_the_disk_is_full() {
    let (keeper, told) = keeper(&given());
    let mut n = 0;
    let remark = loop {
        n += 1;
        keep(&keeper, &id(1), n);
        settle(&keeper);
        match told.try_recv() {
            Ok(told) => break told,
            Err(_) => assert!(n < 100_000, "the disk is never full"),
        }
    };
    assert_eq!(remark, UNUSABLE);
    assert!(keeper.store().balances(&id(1), Timestamp::MIN).is_ok(), "reading goes on");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_written_is_told_left_alone_and_can_still_be_looked_at() {
    use std::os::unix::fs::PermissionsExt;
    let (_home, path) = home();
    fine(&path).keep_history(&id(1), &[sum(7)]).unwrap();
    let folder = path.parent().unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    let test = alone("faults::meets_a_file_that_may_not_be_written", &path);
    // Permissions do not restrict a superuser with the capabilities to override them, so those are dropped.
    let powerful = fs::File::options().write(true).open(&path).is_ok();
    let mut command = if powerful {
        let mut without = Command::new("setpriv");
        let drops = "-dac_override,-dac_read_search";
        without.args(["--bounding-set", drops, "--inh-caps", drops]).arg(test.get_program());
        without.args(test.get_args()).env("TIDEMARK_TEST_STORE", &path);
        without
    } else {
        test
    };
    let output = command.output().unwrap();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[cfg(unix)]
#[test]
#[ignore = "runs without the power to write anyway, started by another test"]
fn meets_a_file_that_may_not_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let path = given();
    assert!(fs::File::options().write(true).open(&path).is_err(), "this test has too much power");
    let before = fs::read(&path).unwrap();
    let (store, remark) = Store::open(&path, now());
    assert_eq!(remark, Some(Remark::StoreBroken { kept_as: None }));
    let (tell, told) = mpsc::channel();
    let keeper = Keeper::start(store, move |t| tell.send(t).unwrap());
    keep(&keeper, &id(1), 8);
    settle(&keeper);
    let points = |path: &Path| {
        let look = tidemark::store::look(path).unwrap().unwrap();
        look.balances(&id(1), Timestamp::MIN).unwrap().len()
    };
    assert_eq!(points(&path), 1);
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o500)).unwrap();
    assert_eq!(points(&path), 1, "in a folder that may not be written either");
    assert_eq!(fs::read(&path).unwrap(), before);
    fs::set_permissions(path.parent().unwrap(), fs::Permissions::from_mode(0o700)).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE), Ok(Told::Works));
    drop(keeper);
    assert_eq!(kept(&path, &id(1)), [7, 8]);
}

#[cfg(unix)]
#[test]
fn a_writer_killed_a_hundred_times_loses_at_most_its_last_reading() {
    let (_home, path) = home();
    let mut said = 0;
    for round in 0..100_u64 {
        let mut writer =
            alone("faults::writes_until_it_is_killed", &path).stdout(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
        // Killed at a different point of its work each time.
        let enough = 1 + round % 7;
        let mut seen = 0;
        for line in lines.by_ref() {
            if let Some(n) = line.unwrap().strip_prefix("kept ") {
                said = n.parse::<i32>().unwrap();
                seen += 1;
                if seen == enough {
                    break;
                }
            }
        }
        std::thread::sleep(Duration::from_micros(round * 37 % 900));
        writer.kill().unwrap();
        writer.wait().unwrap();
        // Lines printed just before it was killed.
        let more =
            lines.map_while(Result::ok).filter_map(|l| l.strip_prefix("kept ").and_then(|n| n.parse().ok()));
        said = more.last().unwrap_or(said);
        let store = fine(&path);
        assert!(store.is_whole().unwrap(), "round {round}");
        let points = store.balances(&id(1), Timestamp::MIN).unwrap();
        let last: i32 = points.last().unwrap().available.try_into().unwrap();
        assert!(last >= said, "round {round}: {said} was kept, {last} is there");
        assert_eq!(points.len(), usize::try_from(last).unwrap(), "round {round}: none in between is lost");
    }
}

#[test]
#[ignore = "writes until it is killed, started by another test"]
fn writes_until_it_is_killed() {
    let path = given();
    let first = Store::open(&path, now()).0.balances(&id(1), Timestamp::MIN).unwrap().len();
    let (keeper, _told) = keeper(&path);
    for n in (i32::try_from(first).unwrap() + 1).. {
        keep(&keeper, &id(1), n);
        settle(&keeper);
        println!("kept {n}");
    }
}
