//! Access to the operating system's keyring, with deadlines.
//!
//! Keys are stored nowhere else: no file, no environment variable, no fallback. Nothing is cached here.

mod entries;
pub mod memory;
mod platform;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
mod watch;
mod worker;

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;
use tokio::sync::oneshot;

use crate::key::ApiKey;
use crate::test_hooks::{Component, TestHooks};
pub(crate) use entries::accounts_with_keys;
use worker::{Backend, KeyringWorker, Operation, Outcome};

/// Where a request comes from. It decides the deadline, and whether the keyring may open a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestOrigin {
    /// A poll or other background work: 5 s, never a dialog.
    Background,
    /// An action of the user: 60 s, because a password may have to be typed.
    User,
}

impl RequestOrigin {
    /// Gives the deadline.
    #[must_use]
    pub const fn limit(self) -> Duration {
        match self {
            Self::Background => Duration::from_secs(5),
            Self::User => Duration::from_mins(1),
        }
    }
}

/// A store of keys.
pub trait KeyStore: Send + Sync + 'static {
    /// Reads the key of an account; [`KeyringTrouble::NoEntry`] where there is none.
    fn get(
        &self,
        id: &AccountId,
        origin: RequestOrigin,
    ) -> impl Future<Output = Result<ApiKey, KeyringTrouble>> + Send;

    /// Stores the key of an account, replacing any former one.
    fn put(
        &self,
        id: &AccountId,
        key: &ApiKey,
        origin: RequestOrigin,
    ) -> impl Future<Output = Result<(), KeyringTrouble>> + Send;

    /// Removes the key of an account; succeeds also if there is none.
    fn remove(
        &self,
        id: &AccountId,
        origin: RequestOrigin,
    ) -> impl Future<Output = Result<(), KeyringTrouble>> + Send;
}

/// The platform's backend, which panics if a test requests it.
struct HookedBackend {
    hooks: TestHooks,
    system: platform::PlatformBackend,
}

impl Backend for HookedBackend {
    fn run(&mut self, operation: &Operation, origin: RequestOrigin) -> Outcome {
        self.hooks.panic_if_requested(Component::Keyring);
        self.system.run(operation, origin)
    }
}

/// The keyring of the user's session.
#[derive(Clone, Debug)]
pub struct SystemKeyring {
    worker: Arc<KeyringWorker>,
}

impl Default for SystemKeyring {
    fn default() -> Self {
        Self::new()
    }
}

impl SystemKeyring {
    /// Creates the client. The keyring is not contacted before the first request.
    #[must_use]
    pub fn new() -> Self {
        Self::with_test_hooks(TestHooks::default())
    }

    /// As [`SystemKeyring::new`], with test hooks.
    #[must_use]
    pub fn with_test_hooks(hooks: TestHooks) -> Self {
        let open = move || -> Box<dyn Backend> {
            Box::new(HookedBackend { hooks: hooks.clone(), system: platform::PlatformBackend::default() })
        };
        Self { worker: KeyringWorker::new(Box::new(open), RequestOrigin::limit) }
    }

    /// Calls `changed` whenever the keyring may have become readable: it has appeared, a collection was unlocked or
    /// changed, or a call that had hung has returned. Never ends.
    pub async fn watch(&self, changed: impl Fn() + Send + Sync + 'static) {
        let changed = Arc::new(changed);
        let returned = Arc::clone(&changed);
        self.worker.on_recovered(Box::new(move || returned()));
        #[cfg(target_os = "linux")]
        watch::follow(&*changed).await;
        #[cfg(not(target_os = "linux"))]
        std::future::pending::<()>().await;
    }

    /// Reads a key from a thread that has no async runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyStore::get`].
    pub fn get_blocking(&self, id: &AccountId, origin: RequestOrigin) -> Result<ApiKey, KeyringTrouble> {
        key_of(self.wait(Operation::Get(id.clone()), origin))
    }

    /// Stores a key from a thread that has no async runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyStore::put`].
    pub fn put_blocking(
        &self,
        id: &AccountId,
        key: &ApiKey,
        origin: RequestOrigin,
    ) -> Result<(), KeyringTrouble> {
        self.wait(Operation::Put(id.clone(), key.clone()), origin).map(drop)
    }

    /// Removes a key from a thread that has no async runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyStore::remove`].
    pub fn remove_blocking(&self, id: &AccountId, origin: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.wait(Operation::Remove(id.clone()), origin).map(drop)
    }

    fn wait(&self, operation: Operation, origin: RequestOrigin) -> Outcome {
        let (sender, receiver) = mpsc::channel();
        let mut guard =
            self.worker.submit(operation, origin, Box::new(move |outcome| drop(sender.send(outcome))));
        let outcome = receiver.recv_timeout(self.worker.limit(origin));
        guard.timed_out = outcome.is_err();
        outcome.unwrap_or(Err(KeyringTrouble::Slow))
    }

    async fn ask(&self, operation: Operation, origin: RequestOrigin) -> Outcome {
        let (sender, receiver) = oneshot::channel();
        let mut guard =
            self.worker.submit(operation, origin, Box::new(move |outcome| drop(sender.send(outcome))));
        let outcome = tokio::time::timeout(self.worker.limit(origin), receiver).await;
        guard.timed_out = !matches!(outcome, Ok(Ok(_)));
        outcome.ok().and_then(Result::ok).unwrap_or(Err(KeyringTrouble::Slow))
    }
}

impl KeyStore for SystemKeyring {
    async fn get(&self, id: &AccountId, origin: RequestOrigin) -> Result<ApiKey, KeyringTrouble> {
        key_of(self.ask(Operation::Get(id.clone()), origin).await)
    }

    async fn put(&self, id: &AccountId, key: &ApiKey, origin: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.ask(Operation::Put(id.clone(), key.clone()), origin).await.map(drop)
    }

    async fn remove(&self, id: &AccountId, origin: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.ask(Operation::Remove(id.clone()), origin).await.map(drop)
    }
}

fn key_of(outcome: Outcome) -> Result<ApiKey, KeyringTrouble> {
    outcome?.ok_or(KeyringTrouble::NoEntry)
}

#[cfg(test)]
mod tests;
