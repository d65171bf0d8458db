//! The one thread that holds the keyring, and what becomes of it when it does not come back.
//!
//! Owns the queue and the deadlines: a key store can block for ever, so its thread is written off when a deadline
//! passes and a new one is made for the next request of the user's. Background requests fail at once meanwhile, or
//! each poll would leave a thread behind. An idle thread ends, and the keyring's connection with it.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::Patience;
use crate::key::ApiKey;

/// How long a thread waits for more before it ends.
const IDLE: Duration = Duration::from_secs(10);

/// How many threads may hang at once; a user who clicks again and again gets no more.
const MOST_STUCK: usize = 8;

/// What is asked of the keyring.
#[derive(Clone, Debug)]
pub(super) enum Job {
    Get(AccountId),
    Put(AccountId, ApiKey),
    Remove(AccountId),
}

/// What came of it: the key for a get, nothing for the others.
pub(super) type Outcome = Result<Option<ApiKey>, KeyringTrouble>;

/// A key store, as one thread holds it.
pub(super) trait Platform {
    /// Does a job, however long it takes. With [`Patience::Background`] no dialog may open.
    fn run(&mut self, job: &Job, patience: Patience) -> Outcome;
}

type Opener = Box<dyn Fn() -> Box<dyn Platform> + Send + Sync>;
type Reply = Box<dyn FnOnce(Outcome) + Send>;

pub(super) struct Desk {
    state: Mutex<State>,
    bell: Condvar,
    open: Opener,
    limit: fn(Patience) -> Duration,
    on_return: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Request>,
    /// The number and deadline of the request that the thread is at.
    running: Option<(u64, Instant)>,
    /// The number of the thread that serves the queue.
    shift: Option<u64>,
    next: u64,
    /// Threads that were written off and have not come back.
    stuck: usize,
}

struct Request {
    number: u64,
    job: Job,
    patience: Patience,
    deadline: Instant,
    reply: Reply,
}

/// One request; dropped, it is taken back.
pub(super) struct Ticket {
    desk: Arc<Desk>,
    number: u64,
    /// Whether its deadline has passed by the waiter's own clock.
    pub(super) timed_out: bool,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.desk.take_back(self.number, self.timed_out);
    }
}

impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Desk").finish_non_exhaustive()
    }
}

impl Desk {
    pub(super) fn new(open: Opener, limit: fn(Patience) -> Duration) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            bell: Condvar::new(),
            open,
            limit,
            on_return: OnceLock::new(),
        })
    }

    pub(super) fn limit(&self, patience: Patience) -> Duration {
        (self.limit)(patience)
    }

    /// Calls this when the last thread that was written off has come back, from that thread. Only the first caller is
    /// heard.
    pub(super) fn on_return(&self, returned: Box<dyn Fn() + Send + Sync>) {
        let _ = self.on_return.set(returned);
    }

    /// Hands in a job; the reply is called at most once, from the keyring's thread or at once.
    pub(super) fn submit(self: &Arc<Self>, job: Job, patience: Patience, reply: Reply) -> Ticket {
        let mut state = self.state();
        self.write_off_overdue(&mut state, None);
        state.next += 1;
        let number = state.next;
        let ticket = Ticket { desk: Arc::clone(self), number, timed_out: false };
        let refused = match (state.shift, patience) {
            (Some(_), _) => None,
            (None, Patience::Background) if state.stuck > 0 => Some(KeyringTrouble::Slow),
            (None, _) => self.start_shift(&mut state).err(),
        };
        if let Some(trouble) = refused {
            drop(state);
            reply(Err(trouble));
        } else {
            let deadline = Instant::now() + self.limit(patience);
            state.queue.push_back(Request { number, job, patience, deadline, reply });
            self.bell.notify_one();
        }
        ticket
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_back(self: &Arc<Self>, number: u64, timed_out: bool) {
        let mut state = self.state();
        state.queue.retain(|r| r.number != number);
        self.write_off_overdue(&mut state, timed_out.then_some(number));
    }

    /// Gives up the thread if the request it is at is overdue, or is the one that has just timed out.
    fn write_off_overdue(self: &Arc<Self>, state: &mut State, timed_out: Option<u64>) {
        let Some((number, deadline)) = state.running else { return };
        if Some(number) != timed_out && deadline > Instant::now() {
            return;
        }
        state.running = None;
        state.shift = None;
        state.stuck += 1;
        let waiting = std::mem::take(&mut state.queue);
        let (kept, failed): (VecDeque<_>, VecDeque<_>) =
            waiting.into_iter().partition(|r| r.patience == Patience::User);
        state.queue = kept;
        let started = if state.queue.is_empty() { Ok(()) } else { self.start_shift(state) };
        let failed_too = if started.is_err() { state.queue.drain(..).collect() } else { VecDeque::new() };
        for request in failed.into_iter().chain(failed_too) {
            (request.reply)(Err(KeyringTrouble::Slow));
        }
    }

    fn start_shift(self: &Arc<Self>, state: &mut State) -> Result<(), KeyringTrouble> {
        if state.stuck >= MOST_STUCK {
            return Err(KeyringTrouble::Slow);
        }
        state.next += 1;
        let shift = state.next;
        let desk = Arc::clone(self);
        let started = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || desk.serve(shift));
        started.map_err(|_| KeyringTrouble::Failed)?;
        state.shift = Some(shift);
        Ok(())
    }

    /// The life of one thread. The starter holds the lock until `shift` is noted.
    fn serve(&self, shift: u64) {
        let mut platform = None;
        while let Some(request) = self.next_request(shift) {
            let run = AssertUnwindSafe(|| {
                platform.get_or_insert_with(|| (self.open)()).run(&request.job, request.patience)
            });
            let outcome = catch_unwind(run).unwrap_or_else(|_| {
                platform = None;
                Err(KeyringTrouble::Failed)
            });
            let mut state = self.state();
            if state.shift != Some(shift) {
                state.stuck -= 1;
                let is_last = state.stuck == 0;
                drop(state);
                // Requests of the background were refused meanwhile.
                if let Some(returned) = self.on_return.get().filter(|_| is_last) {
                    returned();
                }
                return;
            }
            state.running = None;
            drop(state);
            (request.reply)(outcome);
        }
    }

    /// Waits for work; `None` when there has been none for a while, or a newer thread serves.
    fn next_request(&self, shift: u64) -> Option<Request> {
        let mut state = self.state();
        loop {
            if state.shift != Some(shift) {
                return None;
            }
            if let Some(request) = state.queue.pop_front() {
                state.running = Some((request.number, request.deadline));
                return Some(request);
            }
            let (woken, wait) = self.bell.wait_timeout(state, IDLE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if wait.timed_out() && state.queue.is_empty() && state.shift == Some(shift) {
                state.shift = None;
                return None;
            }
        }
    }
}
