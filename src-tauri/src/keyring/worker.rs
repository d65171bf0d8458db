//! The thread that calls the keyring, its queue and its deadlines.
//!
//! A keyring call can block for ever. When a deadline passes, the thread is abandoned, and the next request of the user
//! starts another. Background requests fail at once until the abandoned thread returns, because each poll would
//! otherwise leave a thread behind. An idle thread ends and closes its connection to the keyring.

use std::collections::VecDeque;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::RequestOrigin;
use crate::key::ApiKey;

/// How long a thread without work waits before it ends.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);

/// How many abandoned threads may exist at once, however often the user clicks.
const MAX_STUCK_THREADS: usize = 8;

/// A call to the keyring.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    Get(AccountId),
    Put(AccountId, ApiKey),
    Remove(AccountId),
}

/// The result of an operation: the key for `Get`, nothing for the others.
pub(super) type Outcome = Result<Option<ApiKey>, KeyringTrouble>;

/// A connection to a keyring, used by one thread.
pub(super) trait Backend {
    /// Carries out an operation, however long it takes. With [`RequestOrigin::Background`] no dialog may open.
    fn run(&mut self, operation: &Operation, origin: RequestOrigin) -> Outcome;
}

type BackendFactory = Box<dyn Fn() -> Box<dyn Backend> + Send + Sync>;
type Reply = Box<dyn FnOnce(Outcome) + Send>;

pub(super) struct KeyringWorker {
    state: Mutex<State>,
    wake: Condvar,
    open: BackendFactory,
    limit: fn(RequestOrigin) -> Duration,
    on_recovered: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Request>,
    /// The number and deadline of the request being carried out.
    running: Option<(u64, Instant)>,
    /// The number of the thread that works on the queue.
    generation: Option<u64>,
    next: u64,
    /// How many abandoned threads have not returned.
    stuck: usize,
}

struct Request {
    number: u64,
    operation: Operation,
    origin: RequestOrigin,
    deadline: Instant,
    reply: Reply,
}

/// A submitted request. Dropping it cancels the request.
pub(super) struct RequestGuard {
    worker: Arc<KeyringWorker>,
    number: u64,
    /// Whether the caller has stopped waiting because the deadline has passed.
    pub(super) timed_out: bool,
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.worker.cancel(self.number, self.timed_out);
    }
}

impl fmt::Debug for KeyringWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyringWorker").finish_non_exhaustive()
    }
}

impl KeyringWorker {
    pub(super) fn new(open: BackendFactory, limit: fn(RequestOrigin) -> Duration) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::default(),
            wake: Condvar::new(),
            open,
            limit,
            on_recovered: OnceLock::new(),
        })
    }

    pub(super) fn limit(&self, origin: RequestOrigin) -> Duration {
        (self.limit)(origin)
    }

    /// Sets what is called when the last abandoned thread has returned, on that thread. Only the first call has an effect.
    pub(super) fn on_recovered(&self, callback: Box<dyn Fn() + Send + Sync>) {
        let _ = self.on_recovered.set(callback);
    }

    /// Queues an operation; the reply is called at most once, from the keyring's thread or at once.
    pub(super) fn submit(
        self: &Arc<Self>,
        operation: Operation,
        origin: RequestOrigin,
        reply: Reply,
    ) -> RequestGuard {
        let mut state = self.state();
        self.abandon_overdue(&mut state, None);
        state.next += 1;
        let number = state.next;
        let guard = RequestGuard { worker: Arc::clone(self), number, timed_out: false };
        let refused = match (state.generation, origin) {
            (Some(_), _) => None,
            (None, RequestOrigin::Background) if state.stuck > 0 => Some(KeyringTrouble::Slow),
            (None, _) => self.start_thread(&mut state).err(),
        };
        if let Some(trouble) = refused {
            drop(state);
            reply(Err(trouble));
        } else {
            let deadline = Instant::now() + self.limit(origin);
            state.queue.push_back(Request { number, operation, origin, deadline, reply });
            self.wake.notify_one();
        }
        guard
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn cancel(self: &Arc<Self>, number: u64, timed_out: bool) {
        let mut state = self.state();
        state.queue.retain(|r| r.number != number);
        self.abandon_overdue(&mut state, timed_out.then_some(number));
    }

    /// Abandons the thread if the deadline of its request has passed, or the caller of that request has just timed out.
    fn abandon_overdue(self: &Arc<Self>, state: &mut State, timed_out: Option<u64>) {
        let Some((number, deadline)) = state.running else { return };
        if Some(number) != timed_out && deadline > Instant::now() {
            return;
        }
        state.running = None;
        state.generation = None;
        state.stuck += 1;
        let queued = std::mem::take(&mut state.queue);
        let (kept, failed): (VecDeque<_>, VecDeque<_>) =
            queued.into_iter().partition(|r| r.origin == RequestOrigin::User);
        state.queue = kept;
        let started = if state.queue.is_empty() { Ok(()) } else { self.start_thread(state) };
        let failed_too = if started.is_err() { state.queue.drain(..).collect() } else { VecDeque::new() };
        for request in failed.into_iter().chain(failed_too) {
            (request.reply)(Err(KeyringTrouble::Slow));
        }
    }

    fn start_thread(self: &Arc<Self>, state: &mut State) -> Result<(), KeyringTrouble> {
        if state.stuck >= MAX_STUCK_THREADS {
            return Err(KeyringTrouble::Slow);
        }
        state.next += 1;
        let generation = state.next;
        let worker = Arc::clone(self);
        let started = std::thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(move || worker.run_thread(generation));
        started.map_err(|_| KeyringTrouble::Failed)?;
        state.generation = Some(generation);
        Ok(())
    }

    /// The main function of a thread. `start_thread` holds the lock until it has stored the generation.
    fn run_thread(&self, generation: u64) {
        let mut platform = None;
        while let Some(request) = self.next_request(generation) {
            let run = AssertUnwindSafe(|| {
                platform.get_or_insert_with(|| (self.open)()).run(&request.operation, request.origin)
            });
            let outcome = catch_unwind(run).unwrap_or_else(|_| {
                platform = None;
                Err(KeyringTrouble::Failed)
            });
            let mut state = self.state();
            if state.generation != Some(generation) {
                state.stuck -= 1;
                let is_last = state.stuck == 0;
                drop(state);
                // Background requests have been refused until now.
                if let Some(on_recovered) = self.on_recovered.get().filter(|_| is_last) {
                    on_recovered();
                }
                return;
            }
            state.running = None;
            drop(state);
            (request.reply)(outcome);
        }
    }

    /// Waits for a request; `None` if there is none for `IDLE_TIMEOUT`, or a newer thread has taken over.
    fn next_request(&self, generation: u64) -> Option<Request> {
        let mut state = self.state();
        loop {
            if state.generation != Some(generation) {
                return None;
            }
            if let Some(request) = state.queue.pop_front() {
                state.running = Some((request.number, request.deadline));
                return Some(request);
            }
            let (locked, wait) =
                self.wake.wait_timeout(state, IDLE_TIMEOUT).unwrap_or_else(PoisonError::into_inner);
            state = locked;
            if wait.timed_out() && state.queue.is_empty() && state.generation == Some(generation) {
                state.generation = None;
                return None;
            }
        }
    }
}
