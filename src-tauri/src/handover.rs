//! The state that `tidemark key` keeps between calls, and the single query that simultaneous calls share.
//!
//! The state is `handover.json` beside the log, with a lock. It holds choices and times, never keys. If the file cannot
//! be read or written, the hysteresis is lost, but a key is still returned.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tidemark_core::account::{Account, AccountId};
use tidemark_core::answer;
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::Failure;
use tidemark_core::handover::{Choice, Seen, Useless, choose, must_ask};
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::Settings;
use tidemark_core::watched::Watched;

use crate::api::{Api, Limits};
use crate::config::Paths;
use crate::config::files::{self, Lock};
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin};
use crate::store::Store;

/// The time limits of one query: a tool waits for its key.
pub const LIMITS: Limits = Limits { connect: Duration::from_secs(3), total: Duration::from_secs(5) };

/// How long one call waits while another one queries: the limits of the keyring and of the query, plus a margin.
const LOCK_LIMIT: Duration = Duration::from_secs(12);

/// The maximum size of the file, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// The format of the file that this version writes.
const SCHEMA: u32 = 1;

/// What is needed to choose a key.
#[derive(Debug)]
pub struct Switch<'a, V> {
    /// The client, with [`LIMITS`].
    pub api: Api,
    pub keyring: &'a V,
    pub paths: &'a Paths,
    /// The readings stored by the app and the other commands.
    pub store: Store,
    pub settings: &'a Settings,
    /// Whether the app runs, and so polls by itself.
    pub app_runs: bool,
    /// Who waits for the key.
    pub origin: RequestOrigin,
}

/// Why no key was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoChoice {
    /// Neither key can be used.
    Useless(Useless),
    /// The keyring returns no key to query with.
    Keyring(KeyringTrouble),
}

/// The content of the file: choices and times per account.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Notes {
    schema: u32,
    accounts: BTreeMap<AccountId, Note>,
}

/// The state of one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
struct Note {
    choice: Option<Choice>,
    /// When MiniMax was last queried for a choice, whether or not it answered.
    asked_at: Option<Timestamp>,
}

impl<V: KeyStore> Switch<'_, V> {
    /// Chooses the key of a plan account. Queries MiniMax first unless that was done recently; only one call at a time
    /// does.
    ///
    /// # Errors
    ///
    /// [`NoChoice`]. That MiniMax cannot be reached is not an error: the former choice stays, or at first the plan's
    /// key.
    pub async fn choose(&self, account: &Account) -> Result<Choice, NoChoice> {
        let (known, note) = (self.known(account), self.note(&account.id));
        if !self.must_ask(&known, note)
            && let Ok(choice) = self.judge(&known, note).map_err(NoChoice::Useless)
            && Some(choice) == note.choice
        {
            return Ok(choice);
        }
        let locked =
            files::private_folder(&self.paths.log_dir).and_then(|()| Lock::take(&self.lock(), LOCK_LIMIT));
        let is_busy = locked.as_ref().is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock);
        // The call that held the lock may have queried in the meantime.
        let (mut known, mut note) = (self.known(account), self.note(&account.id));
        if !is_busy && self.must_ask(&known, note) {
            note.asked_at = Some(Timestamp::now());
            self.ask(account, &mut known).await?;
        }
        let choice = self.judge(&known, note);
        let next = Note { choice: choice.ok().or(note.choice), ..note };
        if locked.is_ok() {
            self.keep(&account.id, next);
        }
        choice.map_err(NoChoice::Useless)
    }

    fn known(&self, account: &Account) -> Watched {
        let mut kept = self.store.last(&account.id).unwrap_or_default();
        kept.next = self.store.next_ask(&account.id).unwrap_or_default();
        Watched::new(account.clone(), kept, Timestamp::now())
    }

    fn must_ask(&self, known: &Watched, note: Note) -> bool {
        must_ask(known, note.asked_at, self.app_runs, self.settings.interval(), Timestamp::now())
    }

    fn judge(&self, known: &Watched, note: Note) -> Result<Choice, Useless> {
        let now = Timestamp::now();
        choose(&Seen::of(known, self.settings.thresholds(), self.settings.interval(), now), note.choice)
    }

    /// Queries once and stores the outcome for the app and the other commands. A failure of the keyring is not stored:
    /// it is not an outcome that they share.
    async fn ask(&self, account: &Account, known: &mut Watched) -> Result<(), NoChoice> {
        let key: ApiKey = self.keyring.get(&account.id, self.origin).await.map_err(NoChoice::Keyring)?;
        let endpoint = Endpoint::of(account.kind);
        let answered = self.api.ask(&key, account.region, endpoint).await;
        let now = Timestamp::now();
        let outcome: Result<answer::Answer, Failure> =
            answered.and_then(|answer| answer::read(&answer, endpoint, account.region, now).map(|_| answer));
        if let Err(error) = self.store.keep_outcome(&account.id, now, &outcome, None) {
            tracing::debug!(%error, "the reading could not be kept");
        }
        // The result is not needed: `known` now contains the failure too.
        let _ = known.take(&outcome, now);
        Ok(())
    }

    fn note(&self, account: &AccountId) -> Note {
        self.notes().accounts.get(account).copied().unwrap_or_default()
    }

    fn notes(&self) -> Notes {
        let text = files::read_small(&self.file(), LONGEST).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Writes one account's note, under the lock. Notes of accounts that no longer exist are dropped.
    fn keep(&self, account: &AccountId, note: Note) {
        let mut notes = Notes { schema: SCHEMA, ..self.notes() };
        notes.accounts.retain(|id, _| self.settings.account(id).is_some());
        if notes.accounts.insert(account.clone(), note) == Some(note) {
            return;
        }
        let written = serde_json::to_vec(&notes).map_err(std::io::Error::from);
        if let Err(error) = written.and_then(|text| files::replace(&self.file(), &text)) {
            tracing::debug!(%error, "the choice of a key could not be kept");
        }
    }

    fn file(&self) -> PathBuf {
        self.paths.log_dir.join("handover.json")
    }

    fn lock(&self) -> PathBuf {
        self.paths.log_dir.join(".handover.lock")
    }
}
