//! The keys held in memory, and requests with them.
//!
//! Each key is read from the keyring once and then held between polls. A key is passed to nothing but a request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tidemark_core::account::{Account, AccountId, Region};
use tidemark_core::answer::Answer;
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::message::{Event, KeyringTrouble};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Message;
use crate::accounts::Desk;
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin};

/// While the keyring fails for one account, the others do not read it for this time: each read costs a connection to
/// the bus, and a hundred accounts would cost a hundred.
const SHARED_TROUBLE: Duration = Duration::from_secs(20);

/// The keys held in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    held: Arc<Mutex<HashMap<AccountId, (u32, ApiKey)>>>,
    revisions: Arc<Mutex<HashMap<AccountId, u32>>>,
    troubled: Arc<AtomicBool>,
    /// When, for which account and why the keyring last failed; a missing entry does not count.
    last_trouble: Arc<Mutex<Option<(Instant, AccountId, KeyringTrouble)>>>,
    /// Whether the user has just asked, so that the next read may open the keyring's dialog.
    user_waits: Arc<AtomicBool>,
}

impl Keys {
    /// Drops the keys of accounts that are gone or whose key was replaced.
    pub(super) fn keep_only(&self, accounts: &[Account]) {
        let current: HashMap<_, _> = accounts.iter().map(|a| (a.id.clone(), a.key_revision)).collect();
        lock(&self.held).retain(|id, (revision, _)| current.get(id) == Some(revision));
        *lock(&self.revisions) = current;
    }

    /// Lets every account read the keyring again.
    pub(super) fn keyring_changed(&self) {
        *lock(&self.last_trouble) = None;
    }

    /// Drops every key; the next read may open the keyring's dialog.
    pub(super) fn forget(&self) {
        lock(&self.held).clear();
        self.user_waits.store(true, Ordering::Relaxed);
    }

    /// Sends a request to MiniMax with the key of an account, and reports the state of the keyring.
    pub(super) async fn ask<V: KeyStore>(
        &self,
        desk: &Desk<V>,
        account: &AccountId,
        region: Region,
        endpoint: Endpoint,
        tell: &mpsc::UnboundedSender<Message>,
    ) -> Result<Answer, Failure> {
        match self.key(desk, account).await {
            Ok(key) => {
                if self.troubled.swap(false, Ordering::Relaxed) {
                    let _ = tell.send(Message::Event(Event::Keyring(None)));
                    // One answered dialog unlocks the keyring for all accounts.
                    let _ = tell.send(Message::Event(Event::KeyringChanged));
                    desk.settle().await;
                }
                desk.api.ask(&key, region, endpoint).await
            }
            Err(trouble) => {
                self.troubled.store(true, Ordering::Relaxed);
                let _ = tell.send(Message::Event(Event::Keyring(Some(trouble))));
                Err(Failure::new(FailureKind::Keyring))
            }
        }
    }

    async fn key<V: KeyStore>(&self, desk: &Desk<V>, account: &AccountId) -> Result<ApiKey, KeyringTrouble> {
        let revision = lock(&self.revisions).get(account).copied().unwrap_or_default();
        // A key that was read just before it was replaced has the previous revision.
        if let Some((_, key)) = lock(&self.held).get(account).filter(|(held, _)| *held == revision) {
            return Ok(key.clone());
        }
        let origin = if self.user_waits.swap(false, Ordering::Relaxed) {
            RequestOrigin::User
        } else {
            RequestOrigin::Background
        };
        if origin == RequestOrigin::Background
            && let Some(trouble) = self.trouble_of_another(account)
        {
            return Err(trouble);
        }
        let read = desk.keyring.get(account, origin).await;
        // A missing entry concerns one account only.
        let trouble = read.as_ref().err().filter(|trouble| **trouble != KeyringTrouble::NoEntry);
        *lock(&self.last_trouble) = trouble.map(|trouble| (Instant::now(), account.clone(), *trouble));
        let key = read?;
        lock(&self.held).insert(account.clone(), (revision, key.clone()));
        Ok(key)
    }

    /// Returns why the keyring has just failed for another account.
    fn trouble_of_another(&self, account: &AccountId) -> Option<KeyringTrouble> {
        let last = lock(&self.last_trouble);
        let (at, whose, trouble) = last.as_ref()?;
        (whose != account && at.elapsed() < SHARED_TROUBLE).then_some(*trouble)
    }
}

/// Ignores poisoning: a holder that panicked leaves the map valid.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
