//! The store on a thread of its own, so that a slow disk or another program's lock never holds up the tray.
//!
//! What is to be kept waits in memory in its order. Where the store fails it is tried again, at first after seconds and
//! in the end twice an hour, and at once when its files have changed.

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

/// How long a store that failed is left alone, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(30);
/// A start has other things to do.
const FIRST_ROUND: Duration = Duration::from_mins(1);
const ROUND: SignedDuration = SignedDuration::from_hours(24);
/// How long the thread rests after a panic that was not of one job.
const RESTART_PAUSE: Duration = Duration::from_secs(5);

/// Something to keep, or to forget.
#[derive(Clone, Debug)]
pub enum Write {
    /// What came of an ask.
    Outcome {
        /// Of whom.
        account: AccountId,
        /// When it came.
        at: Timestamp,
        /// What came.
        outcome: Result<Answer, Failure>,
        /// When it is asked next, and why.
        next: (Timestamp, Reason),
    },
    /// Points of a history.
    History {
        /// Whose.
        account: AccountId,
        /// What is new, oldest first.
        changes: Vec<Change>,
    },
    /// What notices have told.
    Memory(Memory),
    /// Who the accounts are now, and for how many days their history is kept.
    Accounts {
        /// All of them.
        accounts: Vec<Account>,
        /// In days.
        history_days: u32,
    },
    /// Forget a removed account.
    Forget {
        /// Which.
        account: AccountId,
        /// Whether its history goes too.
        with_history: bool,
    },
    /// Forget the readings of an account that stays, or all readings of all accounts.
    Readings(Option<AccountId>),
}

/// What the user must be told of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It fails, or was moved aside.
    Remark(Remark),
    /// It works again.
    Works,
}

/// The way to the store's own thread.
#[derive(Debug)]
pub struct Keeper {
    queue: Arc<Queue>,
    store: Arc<Store>,
}

impl Keeper {
    /// Starts the thread; it ends, with everything kept, when the keeper is dropped.
    #[must_use]
    pub fn start(store: Store, tell: impl Fn(Told) + Send + 'static) -> Self {
        Self::with_test_hooks(store, TestHooks::default(), tell)
    }

    /// Starts the thread as [`Keeper::start`] does, with what a test of the whole app asks for.
    #[must_use]
    pub fn with_test_hooks(store: Store, hooks: TestHooks, tell: impl Fn(Told) + Send + 'static) -> Self {
        let (store, queue) = (Arc::new(store), Arc::new(Queue::default()));
        let mut worker = Worker::new(Arc::clone(&store), Arc::clone(&queue), hooks, Box::new(tell));
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || {
            // A panic outside a job leaves everything that waits where it is.
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

    /// Keeps something, in the order of the calls, soon.
    pub fn keep(&self, write: Write) {
        self.queue.push(write);
    }

    /// Ends when everything given so far is kept, or could not be kept.
    pub async fn settled(&self) {
        let (done, wait) = oneshot::channel();
        self.queue.call(Box::new(move || {
            let _ = done.send(());
        }));
        let _ = wait.await;
    }

    /// As [`Keeper::settled`], on a thread that may block, and no longer than this.
    pub fn wait_settled(&self, limit: Duration) {
        let (done, wait) = std::sync::mpsc::channel();
        self.queue.call(Box::new(move || {
            let _ = done.send(());
        }));
        let _ = wait.recv_timeout(limit);
    }

    /// Looks into the store on its own thread, after everything given so far was kept, or could not be. Where it cannot
    /// be done, `look` is dropped.
    pub fn look(&self, look: impl FnOnce(&Store) + Send + 'static) {
        let store = Arc::clone(&self.store);
        self.queue.call(Box::new(move || look(&store)));
    }

    /// Gives the store, to read from.
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

/// What runs on the thread.
struct Worker {
    store: Arc<Store>,
    queue: Arc<Queue>,
    hooks: TestHooks,
    /// Whether the user has been told that it fails.
    is_failing: bool,
    /// How often in a row it failed.
    failures: u32,
    retry_at: Option<Instant>,
    /// How the files looked after the last failure.
    failed_as: Option<FileStamp>,
    /// The last error, so that one that repeats itself is logged once.
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
                // Whoever waits for it gets an error: what it would have answered with is dropped.
                let _ = supervision::catch(callback);
            }
            if is_closed {
                return;
            }
            if may_write {
                // Tried again tomorrow.
                let _ = supervision::catch(|| self.round());
            }
        }
    }

    /// Tells whether the store may be tried: it did not fail, its pause is over, or its files have changed.
    fn may_write(&self) -> bool {
        self.retry_at.is_none_or(|at| at <= Instant::now()) || self.store.stamp() != self.failed_as
    }

    /// Writes what waits, in its order, up to the first that fails.
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
                // The panic is logged, and the same write would panic again.
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

    /// A store that is not open takes everything and keeps nothing.
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

    /// Looks the store through and thins it out, once a day, where there is time: just after something was kept.
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
            // A clock set back is no reason to go round again.
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

/// Gives how long to leave a store alone that has failed so often before.
fn pause(failures: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << failures.min(16)).min(LONGEST_PAUSE)
}

/// It could not be kept now.
struct Failed {
    /// What the store said.
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
        // No other try would write it either.
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

    /// A worker at which the first round is due.
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
