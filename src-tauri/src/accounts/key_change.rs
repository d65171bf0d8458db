//! Changes that affect the keyring and the settings together.
//!
//! A keyring has no transactions. So the new settings are written beside their file first, while the lock keeps other
//! writers out, and the change is noted in a journal. Then the keyring is changed, and one rename puts the settings in
//! place. If that fails, the former key is put back into the keyring. After a crash, or if the keyring does not answer,
//! [`Desk::settle`] resolves the change from the journal.

use std::io;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::Settings;

use super::{Desk, account_mut, not_found};
use crate::config::{Paths, SaveError, Transaction, files};
use crate::error::{AppError, Code};
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin};

/// The maximum size of the journal, in bytes.
const LIMIT: u64 = 1024 * 1024;

/// The change to the key of an account.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Intent {
    /// Add the key with its account.
    Add,
    /// Replace the key; contains the account as it is afterwards.
    Replace(Box<Account>),
    /// Remove the key with its account.
    Remove,
}

/// A journal entry: a change that was started.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Begun {
    id: AccountId,
    intent: Intent,
}

/// A prepared change of the settings that waits for the keyring.
#[derive(Debug)]
struct KeyChange {
    transaction: Transaction,
    journal: Journal,
    id: AccountId,
}

impl KeyChange {
    /// Prepares the change of the settings and writes the journal entry. Blocks.
    fn begin(
        paths: &Paths,
        id: AccountId,
        change: impl FnOnce(&mut Settings) -> Result<Intent, AppError>,
    ) -> Result<Self, AppError> {
        let mut transaction = Transaction::begin(paths, Timestamp::now())?;
        let intent = transaction.change(change)?;
        let journal = Journal::of(paths);
        journal.note(Begun { id: id.clone(), intent }).map_err(SaveError::Write)?;
        if let Err(error) = transaction.prepare() {
            journal.strike(&id);
            return Err(error.into());
        }
        Ok(Self { transaction, journal, id })
    }

    /// Puts the settings in place. Blocks.
    fn commit(&mut self) -> Result<(), SaveError> {
        self.transaction.commit()
    }

    /// Deletes the journal entry: keyring and settings agree.
    fn end(&self) {
        self.journal.strike(&self.id);
    }
}

impl<V: KeyStore> Desk<V> {
    /// Stores the key of a new account together with the account.
    pub(super) async fn put_new(
        &self,
        id: &AccountId,
        key: &ApiKey,
        change: impl FnOnce(&mut Settings) -> Result<(), AppError> + Send + 'static,
    ) -> Result<(), AppError> {
        let add = move |settings: &mut Settings| change(settings).map(|()| Intent::Add);
        let begun = self.begin(id.clone(), add).await?;
        let done = self.keyring.put(id, key, RequestOrigin::User).await;
        self.finish(begun, None, done).await
    }

    /// Replaces the key of an account together with its entry in the settings; returns the changed account.
    pub(super) async fn put_next(
        &self,
        id: &AccountId,
        key: &ApiKey,
        change: impl FnOnce(&mut Account) + Send + 'static,
    ) -> Result<Account, AppError> {
        let former = self.former_key(id).await?;
        let (wanted, (tell, next)) = (id.clone(), std::sync::mpsc::channel());
        let begun = self
            .begin(id.clone(), move |settings| {
                let account = account_mut(settings, &wanted)?;
                change(account);
                account.key_revision = account.key_revision.wrapping_add(1);
                let _ = tell.send(account.clone());
                Ok(Intent::Replace(Box::new(account.clone())))
            })
            .await?;
        let done = self.keyring.put(id, key, RequestOrigin::User).await;
        self.finish(begun, former, done).await?;
        next.try_recv().map_err(|_| not_found())
    }

    /// Removes an account together with its key.
    pub(super) async fn remove_both(&self, id: &AccountId) -> Result<(), AppError> {
        let former = self.former_key(id).await?;
        let unwanted = id.clone();
        let begun = self
            .begin(id.clone(), move |settings| {
                account_mut(settings, &unwanted)?;
                remove_account(settings, &unwanted);
                Ok(Intent::Remove)
            })
            .await?;
        let done = match self.keyring.remove(id, RequestOrigin::User).await {
            Err(KeyringTrouble::NoEntry) => Ok(()),
            done => done,
        };
        self.finish(begun, former, done).await
    }

    /// Makes keyring and settings agree for every account whose change was interrupted: the settings follow the
    /// keyring, and a key without an account is removed. If the keyring cannot be read now, the journal entry stays.
    pub async fn settle(&self) {
        let paths = self.paths.clone();
        let begun = blocking(move || {
            let journal = Journal::of(&paths);
            // While another process makes a change, it holds the lock.
            let transaction = journal.exists().then(|| Transaction::begin(&paths, Timestamp::now()).ok());
            let transaction = transaction.flatten()?;
            let notes = journal.read();
            Some((transaction, journal, notes))
        });
        let Ok(Some((mut transaction, journal, notes))) = begun.await else { return };
        let (mut open, mut has_changed) = (Vec::new(), false);
        for begun in notes {
            match self.settle_one(&begun, transaction.settings()).await {
                Ok(None) => {}
                Ok(Some(change)) => {
                    transaction.follow(change);
                    has_changed = true;
                    // The entry is deleted only after the settings are saved.
                    open.push((begun, true));
                }
                Err(_) => open.push((begun, false)),
            }
        }
        let saved = blocking(move || {
            let saved = !has_changed || transaction.prepare().and_then(|()| transaction.commit()).is_ok();
            let left =
                open.into_iter().filter(|(_, is_settled)| !(saved && *is_settled)).map(|(begun, _)| begun);
            journal.write(&left.collect::<Vec<_>>())
        });
        if let Ok(Err(error)) = saved.await {
            tracing::warn!(%error, "the notes of interrupted key changes could not be written");
        }
    }

    /// Returns the change that the settings need to follow the keyring, if any.
    async fn settle_one(
        &self,
        begun: &Begun,
        settings: &Settings,
    ) -> Result<Option<Box<dyn FnOnce(&mut Settings) + Send>>, KeyringTrouble> {
        let Begun { id, intent } = begun;
        let account = settings.account(id);
        let key = match self.keyring.get(id, RequestOrigin::Background).await {
            Ok(key) => Some(key),
            Err(KeyringTrouble::NoEntry) => None,
            Err(trouble) => return Err(trouble),
        };
        tracing::info!("a key change that was interrupted is settled");
        match (intent, account, key) {
            (Intent::Add | Intent::Remove, None, Some(_)) => {
                self.keyring.remove(id, RequestOrigin::Background).await?;
                Ok(None)
            }
            (Intent::Remove, Some(_), None) => {
                let id = id.clone();
                Ok(Some(Box::new(move |settings| remove_account(settings, &id))))
            }
            (Intent::Replace(next), Some(account), Some(key))
                if key.last_four() == next.last_four && account.key_revision != next.key_revision =>
            {
                let next = next.clone();
                Ok(Some(Box::new(move |settings| {
                    if let Ok(account) = account_mut(settings, &next.id) {
                        account.key_revision = account.key_revision.wrapping_add(1);
                        (account.region, account.unchecked) = (next.region, next.unchecked);
                        account.last_four = next.last_four;
                    }
                })))
            }
            // The change was not made at all, or was completed.
            (Intent::Add | Intent::Replace(_) | Intent::Remove, _, _) => Ok(None),
        }
    }

    async fn begin(
        &self,
        id: AccountId,
        change: impl FnOnce(&mut Settings) -> Result<Intent, AppError> + Send + 'static,
    ) -> Result<KeyChange, AppError> {
        self.settle().await;
        let paths = self.paths.clone();
        blocking(move || KeyChange::begin(&paths, id, change)).await?
    }

    /// Puts the settings in place after the keyring was changed, or reverts the keyring.
    async fn finish(
        &self,
        mut change: KeyChange,
        former: Option<ApiKey>,
        done: Result<(), KeyringTrouble>,
    ) -> Result<(), AppError> {
        let id = change.id.clone();
        let error: AppError = match done {
            Ok(()) => {
                let (ended, committed) = blocking(move || {
                    let committed = change.commit();
                    if committed.is_ok() {
                        change.end();
                    }
                    (change, committed)
                })
                .await?;
                change = ended;
                match committed {
                    Ok(()) => return Ok(()),
                    Err(error) => error.into(),
                }
            }
            // The keyring may still make the change later, so the journal entry stays.
            Err(trouble @ KeyringTrouble::Slow) => return Err(trouble.into()),
            Err(trouble) => trouble.into(),
        };
        if self.has_put_back(&id, former).await {
            blocking(move || change.end()).await?;
        }
        Err(error)
    }

    /// Reads the key that is about to be removed or replaced, so that it can be put back.
    async fn former_key(&self, id: &AccountId) -> Result<Option<ApiKey>, AppError> {
        self.settings().await?.account(id).ok_or_else(not_found)?;
        match self.keyring.get(id, RequestOrigin::User).await {
            Ok(key) => Ok(Some(key)),
            Err(KeyringTrouble::NoEntry) => Ok(None),
            Err(trouble) => Err(trouble.into()),
        }
    }

    /// Restores the former content of the keyring; `false` if that is not possible now.
    async fn has_put_back(&self, id: &AccountId, former: Option<ApiKey>) -> bool {
        let present = self.keyring.get(id, RequestOrigin::Background).await;
        let done = match (present, former) {
            (Ok(present), Some(former)) if present.same_as(&former) => Ok(()),
            (Ok(_) | Err(KeyringTrouble::NoEntry), Some(former)) => {
                self.keyring.put(id, &former, RequestOrigin::Background).await
            }
            (Err(KeyringTrouble::NoEntry), None) => Ok(()),
            (Ok(_), None) => self.keyring.remove(id, RequestOrigin::Background).await,
            (Err(trouble), _) => Err(trouble),
        };
        done.is_ok()
    }
}

fn remove_account(settings: &mut Settings, id: &AccountId) {
    settings.accounts.retain(|a| a.id != *id);
    for account in &mut settings.accounts {
        account.pair.take_if(|pair| pair == id);
    }
}

/// Runs file work on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, AppError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| AppError::new(Code::Other, "Tidemark could not finish this. Try again."))
}

/// The changes that were started and may not have ended. Read and written while the lock of the settings is held.
#[derive(Debug)]
struct Journal {
    path: PathBuf,
}

impl Journal {
    fn of(paths: &Paths) -> Self {
        Self { path: paths.settings.with_file_name("key-changes.json") }
    }

    fn exists(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// Reads the entries; none if the file cannot be read.
    fn read(&self) -> Vec<Begun> {
        match files::read_small(&self.path, LIMIT) {
            Ok(text) => serde_json::from_slice(&text).unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    fn write(&self, notes: &[Begun]) -> io::Result<()> {
        if notes.is_empty() {
            return match std::fs::remove_file(&self.path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            };
        }
        files::replace(&self.path, &serde_json::to_vec(notes)?)
    }

    fn note(&self, begun: Begun) -> io::Result<()> {
        let mut notes = self.read();
        notes.retain(|note| note.id != begun.id);
        notes.push(begun);
        self.write(&notes)
    }

    /// Deletes the entry of an account. If this fails, the next start settles that account again.
    fn strike(&self, id: &AccountId) {
        let mut notes = self.read();
        notes.retain(|note| note.id != *id);
        if let Err(error) = self.write(&notes) {
            tracing::warn!(%error, "the note of a key change could not be removed");
        }
    }
}
