//! The store beside the settings: the last answer of each account, and what notices have told.
//!
//! Owns `history.sqlite`. Refuses keys, and refuses to matter: a store that cannot be used is told of once and then
//! keeps nothing, while everything else goes on.

mod open;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::history::Change;
use tidemark_core::message::Remark;
use tidemark_core::schedule::Reason;
pub use tidemark_core::watched::Kept;

/// The store; shared by reference, one call at a time.
#[derive(Debug)]
pub struct Store {
    /// `None` where nothing is kept.
    connection: Mutex<Option<Connection>>,
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

/// An answer without its body, which is kept as it came.
#[derive(Deserialize, Serialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Store {
    /// Opens the store, made where there is none. A damaged file is moved aside; one of a newer version is left as
    /// it is, and nothing is kept then.
    #[must_use]
    pub fn open(path: &Path, now: Timestamp) -> (Self, Option<Remark>) {
        let (connection, remark) = open::open(path, now);
        (Self { connection: Mutex::new(connection) }, remark)
    }

    /// Gives a store that keeps nothing, as the demo account wants it.
    #[must_use]
    pub const fn nowhere() -> Self {
        Self { connection: Mutex::new(None) }
    }

    /// Keeps what came of an ask. A failure leaves the last good answer; a good answer ends the failure.
    ///
    /// # Errors
    ///
    /// [`StoreError`], and the former outcome stays.
    pub fn keep_outcome(
        &self,
        account: &AccountId,
        at: Timestamp,
        outcome: &Result<Answer, Failure>,
        next: Option<(Timestamp, Reason)>,
    ) -> Result<(), StoreError> {
        let _ = next;
        let connection = self.connection();
        let Some(connection) = connection.as_ref() else { return Ok(()) };
        let at = at.to_string();
        match outcome {
            Ok(answer) => {
                let head = Head { status: answer.status, headers: answer.headers.clone() };
                let head = serde_json::to_string(&head)?;
                connection.prepare_cached(KEEP_GOOD)?.execute(
                    named_params! { ":account": account.0, ":at": at, ":head": head, ":body": answer.body },
                )?;
            }
            Err(failure) => {
                let failure = serde_json::to_string(failure)?;
                connection
                    .prepare_cached(KEEP_FAILURE)?
                    .execute(named_params! { ":account": account.0, ":at": at, ":failure": failure })?;
            }
        }
        Ok(())
    }

    /// Keeps points of an account's history.
    ///
    /// # Errors
    ///
    /// [`StoreError`], and the former points stay.
    pub fn keep_history(&self, account: &AccountId, changes: &[Change]) -> Result<(), StoreError> {
        let _ = (account, changes);
        Ok(())
    }

    /// Gives what was kept of an account; nothing where it was never asked, or where its row is not understood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn last(&self, account: &AccountId) -> Result<Kept, StoreError> {
        let connection = self.connection();
        let Some(connection) = connection.as_ref() else { return Ok(Kept::default()) };
        let mut statement = connection.prepare_cached(LAST)?;
        let kept = statement.query_row(named_params! { ":account": account.0 }, kept_of).optional()?;
        Ok(kept.unwrap_or_default())
    }

    /// Keeps what notices have told.
    ///
    /// # Errors
    ///
    /// [`StoreError`], and the former memory stays.
    pub fn keep_memory(&self, memory: &Memory) -> Result<(), StoreError> {
        if let Some(connection) = self.connection().as_ref() {
            let memory = serde_json::to_string(memory)?;
            connection.prepare_cached(KEEP_MEMORY)?.execute(named_params! { ":memory": memory })?;
        }
        Ok(())
    }

    /// Gives what notices have told; nothing where that is not understood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] where the store cannot be read.
    pub fn memory(&self) -> Result<Memory, StoreError> {
        let connection = self.connection();
        let Some(connection) = connection.as_ref() else { return Ok(Memory::default()) };
        let text: Option<String> = connection
            .prepare_cached("SELECT memory FROM memory")?
            .query_row([], |row| row.get(0))
            .optional()?;
        Ok(text.and_then(|text| understood(&text)).unwrap_or_default())
    }

    /// Forgets an account.
    ///
    /// # Errors
    ///
    /// [`StoreError`], and it stays.
    pub fn forget(&self, account: &AccountId) -> Result<(), StoreError> {
        if let Some(connection) = self.connection().as_ref() {
            connection.execute("DELETE FROM last WHERE account = ?", [&account.0])?;
        }
        Ok(())
    }

    fn connection(&self) -> MutexGuard<'_, Option<Connection>> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const KEEP_GOOD: &str = "INSERT INTO last (account, good_at, good_head, good_body)
    VALUES (:account, :at, :head, :body)
    ON CONFLICT (account) DO UPDATE SET good_at = :at, good_head = :head, good_body = :body,
        failed_at = NULL, failure = NULL";

const KEEP_FAILURE: &str = "INSERT INTO last (account, failed_at, failure) VALUES (:account, :at, :failure)
    ON CONFLICT (account) DO UPDATE SET failed_at = :at, failure = :failure";

const LAST: &str =
    "SELECT good_at, good_head, good_body, failed_at, failure FROM last WHERE account = :account";

const KEEP_MEMORY: &str = "INSERT INTO memory (one, memory) VALUES (1, :memory)
    ON CONFLICT (one) DO UPDATE SET memory = :memory";

fn kept_of(row: &Row<'_>) -> rusqlite::Result<Kept> {
    let (good_at, head, body): (Option<String>, Option<String>, Option<Vec<u8>>) =
        (row.get(0)?, row.get(1)?, row.get(2)?);
    let (failed_at, failure): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
    let good = || {
        let Head { status, headers } = understood(&head?)?;
        Some((good_at?.parse().ok()?, Answer { status, headers, body: body? }))
    };
    let failure = || Some((failed_at?.parse().ok()?, understood(&failure?)?));
    Ok(Kept { good: good(), failure: failure(), ..Kept::default() })
}

/// A row from a version that wrote it otherwise is worth less than the rest of the store.
fn understood<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).inspect_err(|_| tracing::warn!("a row of the store is not understood")).ok()
}
