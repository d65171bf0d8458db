//! The keyring: where keys are, and how long we wait for it.
//!
//! Owns the trait the controller knows it by, and the deadlines. Refuses any other place for a key: no file, no
//! environment, no fallback. It reads when asked and remembers nothing; whoever asks keeps the key.

mod desk;
mod held;
pub mod memory;
mod platform;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
mod watch;

use std::future::Future;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;
use tokio::sync::oneshot;

use crate::key::ApiKey;
use crate::test_hooks::{Component, TestHooks};
use desk::{Desk, Job, Outcome, Platform};
pub(crate) use held::held;

/// Who waits, and so how long, and whether the keyring may ask for its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Patience {
    /// Nobody is looking: 5 s, and never a dialog.
    Background,
    /// The user has just done something: 60 s, for a password may have to be typed.
    User,
}

impl Patience {
    /// Gives the longest wait.
    #[must_use]
    pub const fn limit(self) -> Duration {
        match self {
            Self::Background => Duration::from_secs(5),
            Self::User => Duration::from_mins(1),
        }
    }
}

/// Where keys are kept.
pub trait KeyVault: Send + Sync + 'static {
    /// Reads the key of an account; [`KeyringTrouble::NoEntry`] where there is none.
    fn get(
        &self,
        id: &AccountId,
        patience: Patience,
    ) -> impl Future<Output = Result<ApiKey, KeyringTrouble>> + Send;

    /// Keeps the key of an account in place of any former one.
    fn put(
        &self,
        id: &AccountId,
        key: &ApiKey,
        patience: Patience,
    ) -> impl Future<Output = Result<(), KeyringTrouble>> + Send;

    /// Removes the key of an account; well done also where there is none.
    fn remove(
        &self,
        id: &AccountId,
        patience: Patience,
    ) -> impl Future<Output = Result<(), KeyringTrouble>> + Send;
}

/// The platform's key store, which panics where a test asks for it.
struct Hooked {
    hooks: TestHooks,
    system: platform::System,
}

impl Platform for Hooked {
    fn run(&mut self, job: &Job, patience: Patience) -> Outcome {
        self.hooks.panic_if_requested(Component::Keyring);
        self.system.run(job, patience)
    }
}

/// The desktop's own keyring.
#[derive(Clone, Debug)]
pub struct Keyring {
    desk: Arc<Desk>,
}

impl Default for Keyring {
    fn default() -> Self {
        Self::new()
    }
}

impl Keyring {
    /// Makes ready; the keyring itself is not touched before the first request.
    #[must_use]
    pub fn new() -> Self {
        Self::with_test_hooks(TestHooks::default())
    }

    /// Makes ready as [`Keyring::new`] does, with what a test of the whole app asks for.
    #[must_use]
    pub fn with_test_hooks(hooks: TestHooks) -> Self {
        let open = move || -> Box<dyn Platform> {
            Box::new(Hooked { hooks: hooks.clone(), system: platform::System::default() })
        };
        Self { desk: Desk::new(Box::new(open), Patience::limit) }
    }

    /// Calls `changed` whenever the keyring may have become readable: it has appeared, a collection was unlocked or
    /// changed, or a call that had hung has returned. Never ends.
    pub async fn watch(&self, changed: impl Fn() + Send + Sync + 'static) {
        let changed = Arc::new(changed);
        let returned = Arc::clone(&changed);
        self.desk.on_return(Box::new(move || returned()));
        #[cfg(target_os = "linux")]
        watch::follow(&*changed).await;
        #[cfg(not(target_os = "linux"))]
        std::future::pending::<()>().await;
    }

    /// Reads a key from a thread that has no runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyVault::get`].
    pub fn get_blocking(&self, id: &AccountId, patience: Patience) -> Result<ApiKey, KeyringTrouble> {
        key_of(self.wait(Job::Get(id.clone()), patience))
    }

    /// Keeps a key from a thread that has no runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyVault::put`].
    pub fn put_blocking(
        &self,
        id: &AccountId,
        key: &ApiKey,
        patience: Patience,
    ) -> Result<(), KeyringTrouble> {
        self.wait(Job::Put(id.clone(), key.clone()), patience).map(drop)
    }

    /// Removes a key from a thread that has no runtime.
    ///
    /// # Errors
    ///
    /// As [`KeyVault::remove`].
    pub fn remove_blocking(&self, id: &AccountId, patience: Patience) -> Result<(), KeyringTrouble> {
        self.wait(Job::Remove(id.clone()), patience).map(drop)
    }

    fn wait(&self, job: Job, patience: Patience) -> Outcome {
        let (tell, told) = mpsc::channel();
        let mut ticket = self.desk.submit(job, patience, Box::new(move |outcome| drop(tell.send(outcome))));
        let outcome = told.recv_timeout(self.desk.limit(patience));
        ticket.timed_out = outcome.is_err();
        outcome.unwrap_or(Err(KeyringTrouble::Slow))
    }

    async fn ask(&self, job: Job, patience: Patience) -> Outcome {
        let (tell, told) = oneshot::channel();
        let mut ticket = self.desk.submit(job, patience, Box::new(move |outcome| drop(tell.send(outcome))));
        let outcome = tokio::time::timeout(self.desk.limit(patience), told).await;
        ticket.timed_out = !matches!(outcome, Ok(Ok(_)));
        outcome.ok().and_then(Result::ok).unwrap_or(Err(KeyringTrouble::Slow))
    }
}

impl KeyVault for Keyring {
    async fn get(&self, id: &AccountId, patience: Patience) -> Result<ApiKey, KeyringTrouble> {
        key_of(self.ask(Job::Get(id.clone()), patience).await)
    }

    async fn put(&self, id: &AccountId, key: &ApiKey, patience: Patience) -> Result<(), KeyringTrouble> {
        self.ask(Job::Put(id.clone(), key.clone()), patience).await.map(drop)
    }

    async fn remove(&self, id: &AccountId, patience: Patience) -> Result<(), KeyringTrouble> {
        self.ask(Job::Remove(id.clone()), patience).await.map(drop)
    }
}

fn key_of(outcome: Outcome) -> Result<ApiKey, KeyringTrouble> {
    outcome?.ok_or(KeyringTrouble::NoEntry)
}

#[cfg(test)]
mod tests;
