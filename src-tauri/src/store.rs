//! `history.sqlite`, beside the settings: the last answers, the state of the notifications, and the history of
//! readings. It never contains keys.
//!
//! If the database cannot be opened, the user gets one banner and the app runs without history.

mod clock;
mod history;
mod keeper;
mod last;
mod look;
mod open;
mod pending;
mod readings;
mod schema;
mod thin;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use tidemark_core::message::Remark;

use open::{Care, FileMark, FileStamp, Opened, Refusal};

pub use clock::Clock;
pub use keeper::{Keeper, Told, Write};
pub use look::{NotReadable, look};
pub use readings::{Entry, Figure, Filter, Known, Page};
pub use tidemark_core::watched::Kept;

/// The database; shared by reference, one call at a time.
#[derive(Debug)]
pub struct Store {
    /// `None` if it cannot be used now, or if nothing is to be stored.
    connection: Mutex<Option<Open>>,
    /// `None` if nothing is to be stored.
    path: Option<PathBuf>,
    /// Why it could not be opened the last time, so that each cause is logged once.
    refusal: Mutex<Option<Refusal>>,
    /// Whether it was logged that an account has too many windows.
    has_warned: AtomicBool,
}

/// An open database.
#[derive(Debug)]
struct Open {
    connection: Connection,
    /// Identifies the file, even if another file has its name by now.
    file: FileMark,
}

/// The database could not be read or written now.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Locked by another program, disk full, read-only, or damaged since it was opened.
    #[error("the store of readings failed ({0})")]
    Database(#[from] rusqlite::Error),
    /// A value has no JSON form.
    #[error("a value could not be written ({0})")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// Whether the file itself is damaged, so that trying again is useless.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Database(error) => matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
            Self::Json(_) => false,
        }
    }
}

impl Store {
    /// Opens the database, and creates it if there is none. A damaged file is moved aside; a file of a newer version is
    /// left as it is, and nothing is stored then.
    #[must_use]
    pub fn open(path: &Path, now: Timestamp) -> (Self, Option<Remark>) {
        let store = Self { path: Some(path.to_owned()), ..Self::nowhere() };
        let Opened { open, remark, refusal } = open::open(path, Care::Quick, now);
        store.log(refusal);
        *store.connection() = open;
        (store, remark)
    }

    /// Returns a store that stores nothing, for the demo account.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self {
            connection: Mutex::new(None),
            path: None,
            refusal: Mutex::new(None),
            has_warned: AtomicBool::new(false),
        }
    }

    /// Whether writes reach the file: it is open, and its name still refers to the same file. A store that is to store
    /// nothing is always in place.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        let Some(path) = &self.path else { return true };
        self.connection().as_ref().is_some_and(|open| open.file == FileMark::of(path))
    }

    /// Opens the database again as [`Store::open`] does, but checks it completely first; returns what to show to the
    /// user.
    pub fn open_again(&self, now: Timestamp) -> Option<Remark> {
        let path = self.path.as_ref()?;
        let mut connection = self.connection();
        if let Some(old) = connection.take() {
            old.let_go();
        }
        let opened = open::open(path, Care::Whole, now);
        self.log(opened.refusal);
        *connection = opened.open;
        opened.remark
    }

    /// Returns the current state of its files; `None` if nothing is to be stored.
    fn stamp(&self) -> Option<FileStamp> {
        self.path.as_deref().map(FileStamp::of)
    }

    fn log(&self, refusal: Option<Refusal>) {
        let former =
            std::mem::replace(&mut *self.refusal.lock().unwrap_or_else(PoisonError::into_inner), refusal);
        if let Some(refusal) = refusal.filter(|_| refusal != former) {
            tracing::warn!(?refusal, "the store of readings cannot be used");
        }
    }

    /// Reads every page and checks that tables and indexes agree; returns whether all is well. A year of ten accounts
    /// takes a fraction of a second, so a large file is not checked at start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn is_whole(&self) -> Result<bool, StoreError> {
        self.with(true, |connection| Ok(open::is_whole(connection)?))
    }

    /// Returns the result of a call with the open connection, or `otherwise` if nothing is stored.
    fn with<T>(
        &self,
        otherwise: T,
        call: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection().as_ref().map_or(Ok(otherwise), |open| call(&open.connection))
    }

    /// Runs a call in a transaction.
    fn whole(&self, call: impl FnOnce(&Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with((), |connection| {
            // Begun as a writer: a transaction that began as a reader could not wait for another Tidemark's write.
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            call(&transaction)?;
            Ok(transaction.commit()?)
        })
    }

    fn connection(&self) -> MutexGuard<'_, Option<Open>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
