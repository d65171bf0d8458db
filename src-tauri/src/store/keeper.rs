//! Runs the store on a separate thread, so that a slow disk or another program's lock never blocks the tray.
//!
//! Pending writes wait in memory, in their order. After a failure the store is tried again: first after seconds, in the
//! end twice an hour, and immediately when its files have changed.

mod queue;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::history::Change;
use tidemark_core::message::Remark;
use tidemark_core::schedule::Reason;
use tokio::sync::oneshot;

use super::open::FileStamp;
use super::{Clock, Store, StoreError};
use crate::supervision::{self, Panicked};
use crate::test_hooks::{Component, TestHooks};
use queue::Queue;

/// The first and the longest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(30);
/// The first maintenance round waits this long, because a start has other things to do.
const FIRST_ROUND: Duration = Duration::from_mins(1);
const ROUND: SignedDuration = SignedDuration::from_hours(24);
/// The pause after a panic outside a job.
const RESTART_PAUSE: Duration = Duration::from_secs(5);

/// A change of the stored data.
#[derive(Clone, Debug)]
pub enum Write {
    /// The outcome of a poll.
    Outcome {
        account: AccountId,
        /// When it arrived.
        at: Timestamp,
        outcome: Result<Answer, Failure>,
        /// When the account is polled next, and why.
        next: (Timestamp, Reason),
    },
    /// Points of a history.
    History {
        account: AccountId,
        /// The new points, oldest first.
        changes: Vec<Change>,
    },
    /// The state of the notifications.
    Memory(Memory),
    /// The current accounts, and how long their history is kept.
    Accounts {
        /// All accounts.
        accounts: Vec<Account>,
        history_days: u32,
    },
    /// Delete the data of a removed account.
    Forget {
        account: AccountId,
        /// Whether its history is deleted too.
        with_history: bool,
    },
    /// Delete the readings of an account that stays, or all readings of all accounts.
    Readings(Option<AccountId>),
}

/// What to show to the user about the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It fails, or was moved aside.
    Remark(Remark),
    /// It works again.
    Works,
}

/// The handle to the store's thread.
#[derive(Debug)]
pub struct Keeper {
    queue: Arc<Queue>,
    store: Arc<Store>,
}

impl Keeper {
    /// Starts the thread. When the keeper is dropped, the thread writes what is pending and ends.
    #[must_use]
    pub fn start(store: Store, tell: impl Fn(Told) + Send + 'static) -> Self {
        Self::with_test_hooks(store, TestHooks::default(), tell)
    }

    /// Starts the thread as [`Keeper::start`] does, with the hooks of a test of the whole app.
    #[must_use]
    pub fn with_test_hooks(store: Store, hooks: TestHooks, tell: impl Fn(Told) + Send + 'static) -> Self {
        let (store, queue) = (Arc::new(store), Arc::new(Queue::default()));
        let mut worker = Worker::new(Arc::clone(&store), Arc::clone(&queue), hooks, Box::new(tell));
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            // A panic outside a job leaves everything that is pending in the queue.
            while supervision::catch(|| worker.work()).is_err() {
                std::thread::sleep(RESTART_PAUSE);
            }
        });
        if let Err(error) = thread {
            tracing::error!(%error, "the store has no thread: nothing is kept");
            queue.waiting().has_no_thread = true;
        }
        Self { queue, store }
    }

    /// Queues a write. Writes are carried out soon, in the order of the calls.
    pub fn keep(&self, write: Write) {
        self.queue.push(write);
    }

    /// Completes when every write so far was carried out or has failed.
    pub async fn settled(&self) {
        let (done, wait) = oneshot::channel();
        self.queue.call(Box::new(move || {
            let _ = done.send(());
        }));
        let _ = wait.await;
    }

    /// As [`Keeper::settled`], but blocks, for at most `limit`.
    pub fn wait_settled(&self, limit: Duration) {
        let (done, wait) = std::sync::mpsc::channel();
        self.queue.call(Box::new(move || {
            let _ = done.send(());
        }));
        let _ = wait.recv_timeout(limit);
    }

    /// Calls `look` on the store's thread after every write so far was carried out or has failed. If that is not
    /// possible, `look` is dropped.
    pub fn look(&self, look: impl FnOnce(&Store) + Send + 'static) {
        let store = Arc::clone(&self.store);
        self.queue.call(Box::new(move || look(&store)));
    }

    /// Returns the store, for reading.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.queue.waiting().is_closed = true;
        self.queue.bell.notify_one();
    }
}

/// The state of the thread.
struct Worker {
    store: Arc<Store>,
    queue: Arc<Queue>,
    hooks: TestHooks,
    /// Whether the user was told that the store fails.
    is_failing: bool,
    /// The number of failures in a row.
    failures: u32,
    retry_at: Option<Instant>,
    /// The state of the files after the last failure.
    failed_as: Option<FileStamp>,
    /// The last error, so that a repeated one is logged once.
    logged: Option<String>,
    started: Instant,
    last_round: Option<Timestamp>,
    tell: Box<dyn Fn(Told) + Send>,
}

impl Worker {
    fn new(store: Arc<Store>, queue: Arc<Queue>, hooks: TestHooks, tell: Box<dyn Fn(Told) + Send>) -> Self {
        Self {
            is_failing: !store.is_in_place(),
            store,
            queue,
            hooks,
            failures: 0,
            retry_at: None,
            failed_as: None,
            logged: None,
            started: Instant::now(),
            last_round: None,
            tell,
        }
    }

    fn work(&mut self) {
        loop {
            let (callbacks, is_closed) = self.queue.wait(self.retry_at);
            let may_write = is_closed || self.may_write();
            if may_write {
                self.write_pending();
            }
            for callback in callbacks {
                // The caller gets an error, because its reply channel is dropped.
                let _ = supervision::catch(callback);
            }
            if is_closed {
                return;
            }
            if may_write {
                // A panic here is retried at the next round, tomorrow.
                let _ = supervision::catch(|| self.round());
            }
        }
    }

    /// Whether the store may be tried: it did not fail, its pause has ended, or its files have changed.
    fn may_write(&self) -> bool {
        self.retry_at.is_none_or(|at| at <= Instant::now()) || self.store.stamp() != self.failed_as
    }

    /// Carries out the pending writes in their order, up to the first failure.
    fn write_pending(&mut self) {
        if self.queue.waiting().writes.is_empty() {
            return;
        }
        if !self.store.is_in_place() {
            self.open_again();
        }
        let mut has_opened_again = false;
        while let Some(write) = self.next_write() {
            let done = supervision::catch(|| {
                self.hooks.panic_if_requested(Component::Store);
                carry_out(&self.store, &write)
            });
            let done = match done {
                Ok(done) => done.and_then(|()| self.in_place()),
                // The panic is logged; the same write would panic again, so it is dropped.
                Err(Panicked) => Ok(()),
            };
            let Err(Failed { error, is_damage }) = done else { continue };
            self.queue.waiting().writes.put_back(write);
            if let Some(error) = error {
                self.log_once(error);
            }
            if is_damage && !has_opened_again {
                has_opened_again = true;
                self.open_again();
                continue;
            }
            self.retry_at = Some(Instant::now() + pause(self.failures));
            self.failures = self.failures.saturating_add(1);
            self.failed_as = self.store.stamp();
            self.fail(Remark::StoreBroken { kept_as: None });
            return;
        }
        (self.failures, self.retry_at, self.failed_as, self.logged) = (0, None, None, None);
        if self.is_failing {
            self.is_failing = false;
            (self.tell)(Told::Works);
        }
    }

    fn next_write(&self) -> Option<Write> {
        self.queue.waiting().writes.pop()
    }

    /// Fails if the store is not open, because such a store accepts every write and stores nothing.
    fn in_place(&self) -> Result<(), Failed> {
        if self.store.is_in_place() { Ok(()) } else { Err(Failed { error: None, is_damage: false }) }
    }

    fn open_again(&mut self) {
        match self.store.open_again(Timestamp::now()) {
            Some(Remark::StoreBroken { kept_as: Some(name) }) => {
                (self.tell)(Told::Remark(Remark::StoreBroken { kept_as: Some(name) }));
            }
            Some(remark) => self.fail(remark),
            None => {}
        }
    }

    fn fail(&mut self, remark: Remark) {
        if !self.is_failing {
            self.is_failing = true;
            (self.tell)(Told::Remark(remark));
        }
    }

    fn log_once(&mut self, error: String) {
        if self.logged.as_ref() != Some(&error) {
            tracing::warn!(%error, "the store could not be written");
            self.logged = Some(error);
        }
    }

    /// Checks the store and thins it out, once a day, when no writes are pending.
    fn round(&mut self) {
        let (days, server) = {
            let waiting = self.queue.waiting();
            if !waiting.writes.is_empty() {
                return;
            }
            (waiting.history_days, waiting.server_time)
        };
        let Some(days) = days else { return };
        let clock = Clock::read(self.started);
        let server =
            server.and_then(|(at, came)| at.checked_add(SignedDuration::try_from(came.elapsed()).ok()?).ok());
        let clock = Clock { server, ..clock };
        let is_due = match self.last_round {
            None => self.started.elapsed() >= FIRST_ROUND,
            // `abs`, so that rounds go on after the clock is set back by a day or more. Less than that starts no round.
            Some(last) => clock.now.duration_since(last).abs() >= ROUND,
        };
        if !is_due {
            return;
        }
        self.last_round = Some(clock.now);
        match self.store.is_whole() {
            Ok(true) => {}
            Ok(false) => self.open_again(),
            Err(error) if error.is_damage() => self.open_again(),
            Err(error) => tracing::warn!(%error, "the store could not be looked through"),
        }
        let thinned = self.store.trusted_time(&clock).and_then(|today| self.store.thin(today, days));
        if let Err(error) = thinned {
            tracing::warn!(%error, "the store could not be thinned out");
        }
    }
}

/// Returns the pause after this many earlier failures.
fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE)
}

/// A write failed for now.
struct Failed {
    /// The error of the store; `None` if the store is not in place.
    error: Option<String>,
    /// Whether the file is damaged.
    is_damage: bool,
}

fn carry_out(store: &Store, write: &Write) -> Result<(), Failed> {
    let done = match write {
        Write::Outcome { account, at, outcome, next } => {
            store.keep_outcome(account, *at, outcome, Some(*next))
        }
        Write::History { account, changes } => store.keep_history(account, changes),
        Write::Memory(memory) => store.keep_memory(memory),
        Write::Accounts { accounts, .. } => store.note(accounts),
        Write::Forget { account, with_history } => store.forget(account, *with_history),
        Write::Readings(account) => store.forget_readings(account.as_ref()),
    };
    done.or_else(|error| match error {
        StoreError::Database(_) => {
            Err(Failed { is_damage: error.is_damage(), error: Some(error.to_string()) })
        }
        // Trying again would fail too.
        StoreError::Json(_) => {
            tracing::warn!(%error, "something was not kept");
            Ok(())
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::sync::mpsc::{self, Receiver};

    use tidemark_core::history::MoneyPoint;

    use super::*;

    /// A worker whose first maintenance round is due.
    fn worker(path: &Path) -> (Worker, Receiver<Told>) {
        let (tell, told) = mpsc::channel();
        let tell = move |t| tell.send(t).unwrap();
        let store = Arc::new(Store::open(path, Timestamp::now()).0);
        let worker = Worker::new(store, Arc::default(), TestHooks::default(), Box::new(tell));
        let started = Instant::now().checked_sub(FIRST_ROUND).unwrap();
        (Worker { started, ..worker }, told)
    }

    impl Worker {
        fn keep(&mut self, write: Write) {
            self.queue.push(write);
            self.write_pending();
            self.round();
        }
    }

    fn id() -> AccountId {
        AccountId("00000000-0000-4000-8000-000000000001".to_owned())
    }

    fn accounts() -> Write {
        Write::Accounts { accounts: Vec::new(), history_days: 30 }
    }

    fn sums(days_ago: i64, many: i64) -> Write {
        let start = Timestamp::now() - SignedDuration::from_hours(24 * days_ago);
        let changes = (0..many).map(|n| {
            let at = start + SignedDuration::from_millis(n);
            Change::Money(MoneyPoint { at, until: at, available: (-n).into() })
        });
        Write::History { account: id(), changes: changes.collect() }
    }

    #[test]
    fn once_a_day_what_is_old_goes() {
        let home = tempfile::tempdir().unwrap();
        let (mut worker, told) = worker(&home.path().join("history.sqlite"));
        let many = |worker: &Worker| worker.store.balances(&id(), Timestamp::MIN).unwrap().len();
        worker.keep(sums(40, 3));
        worker.keep(sums(0, 1));
        assert_eq!(many(&worker), 4, "nobody has said yet how long it is kept");
        worker.keep(accounts());
        assert_eq!(many(&worker), 1);
        worker.keep(sums(50, 3));
        assert_eq!(many(&worker), 4, "not again on the same day");
        worker.last_round = Some(Timestamp::now() - ROUND);
        worker.round();
        assert_eq!(many(&worker), 1);
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn once_a_day_a_large_file_is_looked_through_and_a_damaged_one_moved_aside() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.sqlite");
        let (first, _) = worker(&path);
        let Write::History { account, changes } = sums(0, 60_000) else { panic!("a history") };
        first.store.keep_history(&account, &changes).unwrap();
        drop(first);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0xAA);
        fs::write(&path, &bytes).unwrap();
        let (mut worker, told) = worker(&path);
        assert!(worker.store.is_in_place(), "too large to be read whole at a start: {}", bytes.len());
        worker.keep(accounts());
        let Ok(Told::Remark(Remark::StoreBroken { kept_as: Some(name) })) = told.try_recv() else {
            panic!("it is still used");
        };
        let aside = fs::read(path.with_file_name(name)).unwrap();
        assert!(aside[middle..middle + 4096] == bytes[middle..middle + 4096], "it is the damaged one");
        assert!(worker.store.is_in_place() && worker.store.is_whole().unwrap());
    }

    #[test]
    fn a_store_that_fails_for_days_is_tried_twice_an_hour_and_told_of_once() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        let (mut worker, told) = worker(&home.path().join("file/history.sqlite"));
        let (mut passed, mut tries) = (Duration::ZERO, 0);
        while passed < Duration::from_hours(24) {
            passed += pause(tries);
            tries += 1;
        }
        assert!(tries < 60, "{tries} tries in a day");
        assert_eq!((pause(0), pause(1), pause(u32::MAX)), (FIRST_PAUSE, FIRST_PAUSE * 2, LONGEST_PAUSE));

        for n in 1..=3 {
            worker.keep(sums(0, 1));
            assert_eq!(worker.failures, n);
            assert!(!worker.may_write(), "its pause has begun");
        }
        assert_eq!(told.try_iter().count(), 0, "the start has told it already");
        assert_eq!(worker.queue.waiting().server_time, None);
    }

    #[test]
    fn a_store_whose_files_have_changed_is_tried_at_once() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.sqlite");
        let (mut worker, told) = worker(&path);
        worker.keep(sums(0, 1));
        let version = |n: u32| {
            let other = rusqlite::Connection::open(&path).unwrap();
            other.pragma_update(None, "user_version", n).unwrap();
        };
        let ours = {
            let other = rusqlite::Connection::open(&path).unwrap();
            other.pragma_query_value(None, "user_version", |row| row.get::<_, u32>(0)).unwrap()
        };
        version(99);
        worker.store.open_again(Timestamp::now());
        worker.failures = 20;
        worker.keep(sums(0, 1));
        assert!(!worker.may_write(), "nothing has changed");
        assert_eq!(told.try_iter().count(), 1);
        version(ours);
        assert!(worker.may_write());
        worker.write_pending();
        assert_eq!(told.try_iter().collect::<Vec<_>>(), [Told::Works]);
    }

    #[test]
    fn a_panic_in_a_write_or_a_look_costs_only_that() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.sqlite");
        let hosts = tidemark_core::endpoint::Hosts::from_override("http://127.0.0.1:9").unwrap();
        let hooks = TestHooks::parse("panic=store", &hosts).unwrap();
        let keeper = Keeper::with_test_hooks(Store::open(&path, Timestamp::now()).0, hooks, |_| ());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let count = || keeper.store().balances(&id(), Timestamp::MIN).unwrap().len();
        keeper.keep(sums(0, 1));
        runtime.block_on(keeper.settled());
        assert_eq!(count(), 0, "that write panicked");
        let (reply, answer) = oneshot::channel::<()>();
        keeper.look(move |_| {
            let _reply = reply;
            assert_eq!(1, 2, "a test's own panic");
        });
        assert!(runtime.block_on(answer).is_err(), "an error, not a wait without end");
        keeper.keep(sums(0, 2));
        runtime.block_on(keeper.settled());
        assert_eq!(count(), 2);
    }

    #[test]
    fn a_store_that_hangs_lets_no_calls_heap_up() {
        let queue = Queue::default();
        let answers: Vec<_> = (0..1000)
            .map(|n| {
                let (reply, answer) = oneshot::channel();
                queue.call(Box::new(move || {
                    let _ = reply.send(n);
                }));
                answer
            })
            .collect();
        assert_eq!(queue.waiting().callbacks.len(), queue::MOST_CALLBACKS);
        queue.wait(None).0.into_iter().for_each(|callback| callback());
        let answered: Vec<i32> =
            answers.into_iter().filter_map(|answer| answer.blocking_recv().ok()).collect();
        assert_eq!(answered, (936..1000).collect::<Vec<_>>());
    }
}
