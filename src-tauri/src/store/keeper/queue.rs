//! The queue of the store's thread: writes, and callbacks that run after them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::super::pending::PendingWrites;
use super::Write;

/// The most callbacks that wait while the store hangs; beyond that, the oldest are dropped without an answer.
pub(super) const MOST_CALLBACKS: usize = 64;

pub(super) type Callback = Box<dyn FnOnce() + Send>;

/// The writes and callbacks that wait for the thread.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) waiting: Mutex<Waiting>,
    pub(super) bell: Condvar,
}

#[derive(Default)]
pub(super) struct Waiting {
    pub(super) writes: PendingWrites,
    pub(super) callbacks: Vec<Callback>,
    /// Whether something was added since the thread last checked.
    pub(super) has_news: bool,
    pub(super) history_days: Option<u32>,
    /// MiniMax's clock in the last answer, and when that answer arrived.
    pub(super) server_time: Option<(Timestamp, Instant)>,
    pub(super) is_closed: bool,
    pub(super) has_no_thread: bool,
}

impl std::fmt::Debug for Queue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl Queue {
    pub(super) fn push(&self, write: Write) {
        let mut waiting = self.waiting();
        match &write {
            Write::Accounts { history_days, .. } => waiting.history_days = Some(*history_days),
            Write::Outcome { outcome: Ok(answer), .. } => {
                if let Some(server) = answer.server_time() {
                    waiting.server_time = Some((server, Instant::now()));
                }
            }
            _ => {}
        }
        waiting.writes.push(write);
        waiting.has_news = true;
        drop(waiting);
        self.bell.notify_one();
    }

    pub(super) fn call(&self, callback: Callback) {
        let mut waiting = self.waiting();
        if waiting.has_no_thread {
            return;
        }
        if waiting.callbacks.len() >= MOST_CALLBACKS {
            drop(waiting.callbacks.remove(0));
        }
        waiting.callbacks.push(callback);
        drop(waiting);
        self.bell.notify_one();
    }

    /// A poisoned lock is used as it is: no code that could panic runs while it is held, so the guarded value is
    /// consistent.
    pub(super) fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for work, at most until `until`; returns the callbacks to run, and whether the queue is closed.
    pub(super) fn wait(&self, until: Option<Instant>) -> (Vec<Callback>, bool) {
        let mut waiting = self.waiting();
        while !(waiting.has_news || waiting.is_closed) && waiting.callbacks.is_empty() {
            let left =
                until.filter(|_| !waiting.writes.is_empty()).map(|at| at.duration_since(Instant::now()));
            waiting = match left {
                Some(Duration::ZERO) => break,
                Some(left) => self.bell.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.bell.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            };
        }
        waiting.has_news = false;
        (std::mem::take(&mut waiting.callbacks), waiting.is_closed)
    }
}
