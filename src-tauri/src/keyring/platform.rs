//! The platform's keyring: Secret Service, login keychain or Credential Manager.
//!
//! A store that has failed is dropped and opened again, because it does not recover from a restart of the keyring or the
//! session bus.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::zeroize::Zeroizing;
use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::RequestOrigin;
use super::worker::{Backend, Operation, Outcome};
use crate::key::ApiKey;

/// The service name of the stored keys; part of the public interface.
pub(super) const SERVICE: &str = "tidemark";

/// The platform's store, opened at the first operation.
#[derive(Default)]
pub(super) struct PlatformBackend {
    store: Option<Arc<CredentialStore>>,
}

impl Backend for PlatformBackend {
    fn run(&mut self, operation: &Operation, origin: RequestOrigin) -> Outcome {
        for is_last in [false, true] {
            if let Some(outcome) = precheck(operation, origin) {
                return outcome;
            }
            match self.attempt(operation) {
                Err(Error::PlatformFailure(_)) if !is_last => self.store = None,
                Err(error) => {
                    self.store = None;
                    return trouble(operation, &error);
                }
                Ok(key) => return Ok(key),
            }
        }
        Err(KeyringTrouble::Failed)
    }
}

impl PlatformBackend {
    fn attempt(&mut self, operation: &Operation) -> Result<Option<ApiKey>, Error> {
        let store = match &self.store {
            Some(store) => store,
            None => self.store.insert(open()?),
        };
        let entry = entry(store, operation.account())?;
        match operation {
            Operation::Get(_) => {
                // The secrets of all entries are wiped, not only the first.
                let secret = |entry: &Entry| entry.get_secret().map(Zeroizing::new);
                let mut secrets = on_each(&entry, secret)?;
                Ok(ApiKey::from_stored(std::mem::take(&mut *secrets.swap_remove(0))))
            }
            Operation::Put(_, key) => {
                on_each(&entry, |e| e.set_secret(key.expose().as_bytes())).map(|_| None)
            }
            Operation::Remove(_) => on_each(&entry, Entry::delete_credential).map(|_| None),
        }
    }
}

impl Operation {
    pub(super) const fn account(&self) -> &AccountId {
        match self {
            Self::Get(id) | Self::Put(id, _) | Self::Remove(id) => id,
        }
    }
}

/// Applies a function to the entry, or to all entries if there are several. The result is never empty.
fn on_each<T>(entry: &Entry, act: impl Fn(&Entry) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    match act(entry) {
        Err(Error::Ambiguous(entries)) if !entries.is_empty() => entries.iter().map(act).collect(),
        outcome => outcome.map(|done| vec![done]),
    }
}

fn trouble(operation: &Operation, error: &Error) -> Outcome {
    match (operation, error) {
        (Operation::Remove(_), Error::NoEntry) => Ok(None),
        (_, Error::NoEntry) => Err(KeyringTrouble::NoEntry),
        (_, Error::NoStorageAccess(_)) => Err(KeyringTrouble::Locked),
        (_, error) => {
            // Some errors contain the stored bytes, so only the name of the variant is logged.
            let kind = match error {
                Error::PlatformFailure(_) => "platform failure",
                Error::TooLong(..) => "too long",
                Error::Ambiguous(_) => "ambiguous",
                _ => "other",
            };
            tracing::warn!(kind, "the keyring failed");
            Err(KeyringTrouble::Failed)
        }
    }
}

#[cfg(target_os = "linux")]
fn precheck(operation: &Operation, origin: RequestOrigin) -> Option<Outcome> {
    super::secret_service::precheck(operation, origin)
}

#[cfg(not(target_os = "linux"))]
const fn precheck(_job: &Operation, _patience: RequestOrigin) -> Option<Outcome> {
    None
}

#[cfg(target_os = "linux")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

/// Label and account id are readable by every program on the bus, so no part of a key is in them.
#[cfg(target_os = "linux")]
fn entry(store: &Arc<CredentialStore>, id: &AccountId) -> Result<Entry, Error> {
    let label = format!("Tidemark: {}", id.0);
    store.build(SERVICE, &id.0, Some(&std::collections::HashMap::from([("label", label.as_str())])))
}

#[cfg(not(target_os = "linux"))]
fn entry(store: &Arc<CredentialStore>, id: &AccountId) -> Result<Entry, Error> {
    store.build(SERVICE, &id.0, None)
}
