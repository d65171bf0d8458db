//! The store beside the settings: last answers, what notices have told, and what was read over time.
//!
//! Owns `history.sqlite`. Refuses keys, and refuses to matter: a store that cannot be used is told of and then keeps
//! nothing, while everything else goes on.

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

/// The store; shared by reference, one call at a time.
#[derive(Debug)]
pub struct Store {
    /// `None` where it cannot be used now, or where nothing is to be kept.
    connection: Mutex<Option<Open>>,
    /// Where it lies; `None` where nothing is to be kept.
    path: Option<PathBuf>,
    /// Why it could not be opened the last time, so that a cause is logged once.
    refusal: Mutex<Option<Refusal>>,
    /// Whether it was logged that an account has too many windows.
    has_warned: AtomicBool,
}

/// A store that is open.
#[derive(Debug)]
struct Open {
    connection: Connection,
    /// Which file it is, whatever bears its name by now.
    file: FileMark,
}

/// The store could not be read or written now.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Locked by another program, the disk full, read-only, or damaged since it was opened.
    #[error("the store of readings failed ({0})")]
    Database(#[from] rusqlite::Error),
    /// A value that has no JSON form.
    #[error("a value could not be written ({0})")]
    Json(#[from] serde_json::Error),
}

impl StoreError {
    /// Tells whether the file itself is damaged, so that trying again is of no use.
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
    /// Opens the store, made where there is none. A damaged file is moved aside; one of a newer version is left as
    /// it is, and nothing is kept then.
    #[must_use]
    pub fn open(path: &Path, now: Timestamp) -> (Self, Option<Remark>) {
        let store = Self { path: Some(path.to_owned()), ..Self::nowhere() };
        let Opened { open, remark, refusal } = open::open(path, Care::Quick, now);
        store.log(refusal);
        *store.connection() = open;
        (store, remark)
    }

    /// Gives a store that keeps nothing, as the demo account wants it.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self {
            connection: Mutex::new(None),
            path: None,
            refusal: Mutex::new(None),
            has_warned: AtomicBool::new(false),
        }
    }

    /// Tells whether what is kept now reaches the file: it is open, and still the file of its name. A store that is
    /// to keep nothing is always in place.
    #[must_use]
    pub fn is_in_place(&self) -> bool {
        let Some(path) = &self.path else { return true };
        self.connection().as_ref().is_some_and(|open| open.file == FileMark::of(path))
    }

    /// Opens it anew as [`Store::open`] does, but reads it whole first; gives what the user must be told.
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

    /// Gives how its files look now; `None` where nothing is to be kept.
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

    /// Reads every page and compares what belongs together; tells whether all is well. A year of ten accounts takes
    /// a part of a second, so it is no part of a start.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn is_whole(&self) -> Result<bool, StoreError> {
        self.with(true, |connection| Ok(open::is_whole(connection)?))
    }

    /// Gives what a call makes of the open connection, or `otherwise` where nothing is kept.
    fn with<T>(
        &self,
        otherwise: T,
        call: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.connection().as_ref().map_or(Ok(otherwise), |open| call(&open.connection))
    }

    /// Does a call whole or not at all.
    fn whole(&self, call: impl FnOnce(&Connection) -> Result<(), StoreError>) -> Result<(), StoreError> {
        self.with((), |connection| {
            // Begun as a writer: one that began as a reader could not wait for another Tidemark's write.
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            call(&transaction)?;
            Ok(transaction.commit()?)
        })
    }

    fn connection(&self) -> MutexGuard<'_, Option<Open>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
