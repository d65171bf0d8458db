//! A key store in memory, for tests. It is no fallback for a keyring that fails.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::{KeyStore, RequestOrigin};
use crate::key::ApiKey;

/// Keys in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryKeyStore {
    state: Arc<Mutex<MemoryState>>,
}

#[derive(Debug, Default)]
struct MemoryState {
    keys: BTreeMap<AccountId, ApiKey>,
    trouble: Option<KeyringTrouble>,
    reads: usize,
}

impl MemoryKeyStore {
    /// Creates a store with a key for each of these accounts.
    #[must_use]
    pub fn with<'a>(keys: impl IntoIterator<Item = (&'a AccountId, ApiKey)>) -> Self {
        let store = Self::default();
        store.state().keys = keys.into_iter().map(|(id, key)| (id.clone(), key)).collect();
        store
    }

    /// Makes every request fail like this; `None` ends that.
    pub fn fail_with(&self, trouble: Option<KeyringTrouble>) {
        self.state().trouble = trouble;
    }

    /// Gives how often a key was read.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.state().reads
    }

    /// Tells whether it holds no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state().keys.is_empty()
    }

    /// Tells whether it holds a key for an account.
    #[must_use]
    pub fn holds(&self, id: &AccountId) -> bool {
        self.state().keys.contains_key(id)
    }

    fn state(&self) -> MutexGuard<'_, MemoryState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, MemoryState>, KeyringTrouble> {
        let state = self.state();
        state.trouble.map_or(Ok(state), Err)
    }
}

impl KeyStore for MemoryKeyStore {
    async fn get(&self, id: &AccountId, _: RequestOrigin) -> Result<ApiKey, KeyringTrouble> {
        self.state().reads += 1;
        self.open()?.keys.get(id).cloned().ok_or(KeyringTrouble::NoEntry)
    }

    async fn put(&self, id: &AccountId, key: &ApiKey, _: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.open()?.keys.insert(id.clone(), key.clone());
        Ok(())
    }

    async fn remove(&self, id: &AccountId, _: RequestOrigin) -> Result<(), KeyringTrouble> {
        self.open()?.keys.remove(id);
        Ok(())
    }
}
