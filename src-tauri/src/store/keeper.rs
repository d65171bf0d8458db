//! The store on a thread of its own, so that a slow disk or another program's lock never holds up the tray.
//!
//! Owns the order of what is kept, what could not be kept yet, and the daily round. Refuses to drop a reading as long
//! as there is hope: what fails is tried again, in its order.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
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

use super::{Store, StoreError};

/// How long a store that failed is left alone.
const REST: Duration = Duration::from_secs(10);
/// What a store that fails for days still owes; the oldest goes first. More than a day of ten accounts.
const MOST_OWED: usize = 5000;
/// A start has other things to do.
const FIRST_ROUND: Duration = Duration::from_mins(1);
const ROUND: SignedDuration = SignedDuration::from_hours(24);

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
    jobs: mpsc::Sender<Job>,
    store: Arc<Store>,
}

impl Keeper {
    /// Starts the thread; it ends, with everything kept, when the keeper is dropped.
    #[must_use]
    pub fn start(store: Store, tell: impl Fn(Told) + Send + 'static) -> Self {
        let store = Arc::new(store);
        let (jobs, inbox) = mpsc::channel();
        let mut desk = Desk {
            is_failing: !store.is_in_place(),
            store: Arc::clone(&store),
            owed: VecDeque::new(),
            rests_until: None,
            history_days: None,
            started: Instant::now(),
            last_round: None,
            tell: Box::new(tell),
        };
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || desk.work(&inbox));
        if let Err(error) = thread {
            tracing::error!(%error, "the store has no thread: nothing is kept");
        }
        Self { jobs, store }
    }

    /// Keeps something, in the order of the calls, soon.
    pub fn keep(&self, write: Write) {
        // Refused only where there is no thread, which is logged.
        let _ = self.jobs.send(Job::Write(Box::new(write)));
    }

    /// Ends when everything given so far is kept, or could not be kept.
    pub async fn settled(&self) {
        let (done, wait) = oneshot::channel();
        let done = move || {
            let _ = done.send(());
        };
        if self.jobs.send(Job::Settle(Box::new(done))).is_ok() {
            let _ = wait.await;
        }
    }

    /// Looks into the store on its own thread, after everything given so far was kept, or could not be.
    pub fn look(&self, look: impl FnOnce(&Store) + Send + 'static) {
        let store = Arc::clone(&self.store);
        let _ = self.jobs.send(Job::Settle(Box::new(move || look(&store))));
    }

    /// Gives the store, to read from.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }
}

enum Job {
    Write(Box<Write>),
    Settle(Box<dyn FnOnce() + Send>),
}

struct Desk {
    store: Arc<Store>,
    owed: VecDeque<Write>,
    /// Whether the user has been told that it fails.
    is_failing: bool,
    rests_until: Option<Instant>,
    history_days: Option<u32>,
    started: Instant,
    last_round: Option<Timestamp>,
    tell: Box<dyn Fn(Told) + Send>,
}

impl Desk {
    fn work(&mut self, inbox: &mpsc::Receiver<Job>) {
        loop {
            let job = match self.rests_until {
                None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(until) => inbox.recv_timeout(until.saturating_duration_since(Instant::now())),
            };
            let mut settled = Vec::new();
            match job {
                // Whatever came with it is kept in the same waking.
                Ok(job) => [job].into_iter().chain(inbox.try_iter()).for_each(|job| match job {
                    Job::Write(write) => self.owe(*write),
                    Job::Settle(done) => settled.push(done),
                }),
                Err(RecvTimeoutError::Timeout) => self.rests_until = None,
                Err(RecvTimeoutError::Disconnected) => {
                    self.pay();
                    return;
                }
            }
            let may_pay = self.rests_until.is_none_or(|until| until <= Instant::now());
            if may_pay {
                self.pay();
            }
            for done in settled {
                done();
            }
            if may_pay {
                self.round();
            }
        }
    }

    fn owe(&mut self, write: Write) {
        match &write {
            Write::Accounts { history_days, .. } => {
                self.history_days = Some(*history_days);
                self.owed.retain(|w| !matches!(w, Write::Accounts { .. }));
            }
            Write::Memory(_) => self.owed.retain(|w| !matches!(w, Write::Memory(_))),
            Write::Outcome { .. } | Write::History { .. } | Write::Forget { .. } | Write::Readings(_) => {}
        }
        if self.owed.len() >= MOST_OWED {
            self.owed.pop_front();
        }
        self.owed.push_back(write);
    }

    /// Keeps what is owed, in its order, up to the first that fails.
    fn pay(&mut self) {
        if self.owed.is_empty() {
            return;
        }
        if !self.store.is_in_place() {
            self.open_again();
        }
        let mut has_opened_again = false;
        while let Some(write) = self.owed.front() {
            match carry_out(&self.store, write).and_then(|()| self.in_place()) {
                Ok(()) => drop(self.owed.pop_front()),
                Err(Failed(damage)) => {
                    if damage && !has_opened_again {
                        has_opened_again = true;
                        self.open_again();
                        continue;
                    }
                    self.rests_until = Some(Instant::now() + REST);
                    self.fail(Remark::StoreBroken { kept_as: None });
                    return;
                }
            }
        }
        self.rests_until = None;
        if self.is_failing {
            self.is_failing = false;
            (self.tell)(Told::Works);
        }
    }

    /// A store that is not open takes everything and keeps nothing.
    fn in_place(&self) -> Result<(), Failed> {
        if self.store.is_in_place() { Ok(()) } else { Err(Failed(false)) }
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

    /// Looks the store through and thins it out, once a day, where there is time: just after something was kept.
    fn round(&mut self) {
        let Some(days) = self.history_days.filter(|_| self.owed.is_empty()) else { return };
        let now = Timestamp::now();
        let is_due = match self.last_round {
            None => self.started.elapsed() >= FIRST_ROUND,
            // A clock set back is no reason to go round again.
            Some(last) => now.duration_since(last).abs() >= ROUND,
        };
        if !is_due {
            return;
        }
        self.last_round = Some(now);
        match self.store.is_whole() {
            Ok(true) => {}
            Ok(false) => self.open_again(),
            Err(error) if error.is_damage() => self.open_again(),
            Err(error) => tracing::warn!(%error, "the store could not be looked through"),
        }
        if let Err(error) = self.store.thin(now, days) {
            tracing::warn!(%error, "the store could not be thinned out");
        }
    }
}

/// It could not be kept now; whether because the file is damaged.
struct Failed(bool);

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
            tracing::warn!(%error, "the store could not be written");
            Err(Failed(error.is_damage()))
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
    use std::sync::mpsc::Receiver;

    use tidemark_core::history::MoneyPoint;

    use super::*;

    /// A desk at which the first round is due.
    fn desk(path: &Path) -> (Desk, Receiver<Told>) {
        let (tell, told) = mpsc::channel();
        let desk = Desk {
            store: Arc::new(Store::open(path, Timestamp::now()).0),
            owed: VecDeque::new(),
            is_failing: false,
            rests_until: None,
            history_days: None,
            started: Instant::now().checked_sub(FIRST_ROUND).unwrap(),
            last_round: None,
            tell: Box::new(move |t| tell.send(t).unwrap()),
        };
        (desk, told)
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
        let (mut desk, told) = desk(&home.path().join("history.sqlite"));
        let many = |desk: &Desk| desk.store.balances(&id(), Timestamp::MIN).unwrap().len();
        for write in [sums(40, 3), sums(0, 1)] {
            desk.owe(write);
            desk.pay();
            desk.round();
        }
        assert_eq!(many(&desk), 4, "nobody has said yet how long it is kept");
        desk.owe(accounts());
        desk.pay();
        desk.round();
        assert_eq!(many(&desk), 1);
        desk.owe(sums(50, 3));
        desk.pay();
        desk.round();
        assert_eq!(many(&desk), 4, "not again on the same day");
        desk.last_round = Some(Timestamp::now() - ROUND);
        desk.round();
        assert_eq!(many(&desk), 1);
        assert!(told.try_recv().is_err());
    }

    #[test]
    fn once_a_day_a_large_file_is_looked_through_and_a_damaged_one_moved_aside() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("history.sqlite");
        let (mut first, _) = desk(&path);
        first.owe(sums(0, 60_000));
        first.pay();
        drop(first);
        let mut bytes = fs::read(&path).unwrap();
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0xAA);
        fs::write(&path, &bytes).unwrap();
        let (mut desk, told) = desk(&path);
        assert!(desk.store.is_in_place(), "too large to be read whole at a start: {}", bytes.len());
        desk.owe(accounts());
        desk.pay();
        desk.round();
        let Ok(Told::Remark(Remark::StoreBroken { kept_as: Some(name) })) = told.try_recv() else {
            panic!("it is still used");
        };
        let aside = fs::read(path.with_file_name(name)).unwrap();
        assert!(aside[middle..middle + 4096] == bytes[middle..middle + 4096], "it is the damaged one");
        assert!(desk.store.is_in_place() && desk.store.is_whole().unwrap());
    }

    #[test]
    fn what_is_owed_for_days_does_not_fill_the_memory() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        let (mut desk, told) = desk(&home.path().join("file/history.sqlite"));
        for n in 0..MOST_OWED + 10 {
            desk.owe(sums(0, 1));
            desk.owe(Write::Memory(Memory::default()));
            if n < 3 {
                desk.pay();
            }
        }
        assert_eq!(desk.owed.len(), MOST_OWED);
        assert_eq!(desk.owed.iter().filter(|w| matches!(w, Write::Memory(_))).count(), 1);
        assert_eq!(told.try_iter().count(), 1, "told once");
    }
}
