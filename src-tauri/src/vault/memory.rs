//! A keyring that lives and dies with the program: for tests and for the demo account.
//!
//! Owns keys in memory only. Refuses to be a fallback: nothing puts a user's key here because the keyring failed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::{KeyVault, Patience};
use crate::key::ApiKey;

/// Keys in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryVault {
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    keys: BTreeMap<AccountId, ApiKey>,
    trouble: Option<KeyringTrouble>,
    reads: usize,
}

impl MemoryVault {
    /// Makes one that holds a key for each of these accounts.
    #[must_use]
    pub fn with<'a>(keys: impl IntoIterator<Item = (&'a AccountId, ApiKey)>) -> Self {
        let vault = Self::default();
        vault.inside().keys = keys.into_iter().map(|(id, key)| (id.clone(), key)).collect();
        vault
    }

    /// Answers every request with this trouble from now on, or well again with `None`.
    pub fn fail_with(&self, trouble: Option<KeyringTrouble>) {
        self.inside().trouble = trouble;
    }

    /// Gives how often a key was asked for.
    #[must_use]
    pub fn reads(&self) -> usize {
        self.inside().reads
    }

    /// Tells whether it holds no key at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inside().keys.is_empty()
    }

    /// Tells whether it holds a key for an account.
    #[must_use]
    pub fn holds(&self, id: &AccountId) -> bool {
        self.inside().keys.contains_key(id)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> Result<MutexGuard<'_, Inside>, KeyringTrouble> {
        let inside = self.inside();
        inside.trouble.map_or(Ok(inside), Err)
    }
}

impl KeyVault for MemoryVault {
    async fn get(&self, id: &AccountId, _: Patience) -> Result<ApiKey, KeyringTrouble> {
        self.inside().reads += 1;
        self.open()?.keys.get(id).cloned().ok_or(KeyringTrouble::NoEntry)
    }

    async fn put(&self, id: &AccountId, key: &ApiKey, _: Patience) -> Result<(), KeyringTrouble> {
        self.open()?.keys.insert(id.clone(), key.clone());
        Ok(())
    }

    async fn remove(&self, id: &AccountId, _: Patience) -> Result<(), KeyringTrouble> {
        self.open()?.keys.remove(id);
        Ok(())
    }
}
