//! The platform's key store: Secret Service, the login keychain, or the Credential Manager.
//!
//! Owns its errors' meaning. Refuses to keep a store that has failed once: a kept one never recovers from a restart
//! of the keyring or the session bus, a fresh one works at once.

use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error};
use secrecy::zeroize::Zeroizing;
use tidemark_core::account::AccountId;
use tidemark_core::message::KeyringTrouble;

use super::Patience;
use super::desk::{Job, Outcome, Platform};
use crate::key::ApiKey;

/// The service name under which keys are kept; part of the public interface.
pub(super) const SERVICE: &str = "tidemark";

/// The platform's store, made when needed.
#[derive(Default)]
pub(super) struct System {
    store: Option<Arc<CredentialStore>>,
}

impl Platform for System {
    fn run(&mut self, job: &Job, patience: Patience) -> Outcome {
        for is_last in [false, true] {
            if let Some(outcome) = beforehand(job, patience) {
                return outcome;
            }
            match self.attempt(job) {
                Err(Error::PlatformFailure(_)) if !is_last => self.store = None,
                Err(error) => {
                    self.store = None;
                    return trouble(job, &error);
                }
                Ok(key) => return Ok(key),
            }
        }
        Err(KeyringTrouble::Failed)
    }
}

impl System {
    fn attempt(&mut self, job: &Job) -> Result<Option<ApiKey>, Error> {
        let store = match &self.store {
            Some(store) => store,
            None => self.store.insert(open()?),
        };
        let entry = entry(store, job.account())?;
        match job {
            Job::Get(_) => {
                // Every entry is wiped, also those after the first one.
                let secret = |entry: &Entry| entry.get_secret().map(Zeroizing::new);
                let mut secrets = on_each(&entry, secret)?;
                Ok(ApiKey::from_stored(std::mem::take(&mut *secrets.swap_remove(0))))
            }
            Job::Put(_, key) => on_each(&entry, |e| e.set_secret(key.expose().as_bytes())).map(|_| None),
            Job::Remove(_) => on_each(&entry, Entry::delete_credential).map(|_| None),
        }
    }
}

impl Job {
    pub(super) const fn account(&self) -> &AccountId {
        match self {
            Self::Get(id) | Self::Put(id, _) | Self::Remove(id) => id,
        }
    }
}

/// Does it to the entry, or to every one of them where something has left more than one. Never an empty success.
fn on_each<T>(entry: &Entry, act: impl Fn(&Entry) -> Result<T, Error>) -> Result<Vec<T>, Error> {
    match act(entry) {
        Err(Error::Ambiguous(entries)) if !entries.is_empty() => entries.iter().map(act).collect(),
        outcome => outcome.map(|done| vec![done]),
    }
}

fn trouble(job: &Job, error: &Error) -> Outcome {
    match (job, error) {
        (Job::Remove(_), Error::NoEntry) => Ok(None),
        (_, Error::NoEntry) => Err(KeyringTrouble::NoEntry),
        (_, Error::NoStorageAccess(_)) => Err(KeyringTrouble::Locked),
        (_, error) => {
            // Some errors carry the stored bytes: only the variant's name may be told.
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
fn beforehand(job: &Job, patience: Patience) -> Option<Outcome> {
    super::secret_service::beforehand(job, patience)
}

#[cfg(not(target_os = "linux"))]
const fn beforehand(_job: &Job, _patience: Patience) -> Option<Outcome> {
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
