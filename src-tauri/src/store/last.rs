//! The last outcome and the next poll of each account, and the state of the notifications.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};
use tidemark_core::account::AccountId;
use tidemark_core::alert::Memory;
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::schedule::Reason;

use super::{Kept, Store, StoreError};

/// An answer without its body, which is stored separately and unchanged.
#[derive(Deserialize, Serialize)]
struct Head {
    status: u16,
    headers: Vec<(String, String)>,
}

impl Store {
    /// Stores the outcome of a poll. A failure leaves the last good answer in place; a good answer deletes the failure.
    /// `next` is when the running app polls again and why; `None` leaves the stored value.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the former outcome then stays.
    pub fn keep_outcome(
        &self,
        account: &AccountId,
        at: Timestamp,
        outcome: &Result<Answer, Failure>,
        next: Option<(Timestamp, Reason)>,
    ) -> Result<(), StoreError> {
        let at = at.to_string();
        let (next_at, reason) = next.map(|(at, reason)| (at.to_string(), reason.name())).unzip();
        self.with((), |connection| {
            match outcome {
                Ok(answer) => {
                    let head = Head { status: answer.status, headers: answer.headers.clone() };
                    let head = serde_json::to_string(&head)?;
                    connection.prepare_cached(KEEP_GOOD)?.execute(named_params! {
                        ":account": account.0, ":at": at, ":head": head, ":body": answer.body,
                        ":next_at": next_at, ":reason": reason,
                    })?;
                }
                Err(failure) => {
                    let failure = serde_json::to_string(failure)?;
                    connection.prepare_cached(KEEP_FAILURE)?.execute(named_params! {
                        ":account": account.0, ":at": at, ":failure": failure,
                        ":next_at": next_at, ":reason": reason,
                    })?;
                }
            }
            Ok(())
        })
    }

    /// Returns what is stored of an account, without its history; empty if it was never polled or its row is not
    /// understood.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn last(&self, account: &AccountId) -> Result<Kept, StoreError> {
        self.with(Kept::default(), |connection| {
            let mut statement = connection.prepare_cached(LAST)?;
            let kept = statement.query_row(named_params! { ":account": account.0 }, kept_of).optional()?;
            Ok(kept.unwrap_or_default())
        })
    }

    /// Returns when the app planned to poll an account next, and why, as of its last poll.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read.
    pub fn next_ask(&self, account: &AccountId) -> Result<Option<(Timestamp, Reason)>, StoreError> {
        self.with(None, |connection| {
            let mut statement =
                connection.prepare_cached("SELECT next_at, next_reason FROM last WHERE account = ?")?;
            let next: Option<(Option<String>, Option<String>)> =
                statement.query_row([&account.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
            let (at, reason) = next.unwrap_or_default();
            Ok(at.and_then(|at| at.parse().ok()).zip(reason.and_then(|name| Reason::named(&name))))
        })
    }

    /// Stores the state of the notifications.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; the former state then stays.
    pub fn keep_memory(&self, memory: &Memory) -> Result<(), StoreError> {
        let memory = serde_json::to_string(memory)?;
        self.with((), |connection| {
            connection.prepare_cached(KEEP_MEMORY)?.execute(named_params! { ":memory": memory })?;
            Ok(())
        })
    }

    /// Returns the state of the notifications.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database cannot be read, or its content is not understood.
    pub fn memory(&self) -> Result<Memory, StoreError> {
        self.with(Memory::default(), |connection| {
            let mut statement = connection.prepare_cached("SELECT memory FROM memory")?;
            let text: Option<String> = statement.query_row([], |row| row.get(0)).optional()?;
            Ok(text.map_or_else(|| Ok(Memory::default()), |text| serde_json::from_str(&text))?)
        })
    }
}

const KEEP_GOOD: &str = "
    INSERT INTO last (account, good_at, good_head, good_body, next_at, next_reason)
    VALUES (:account, :at, :head, :body, :next_at, :reason)
    ON CONFLICT (account) DO UPDATE SET good_at = :at, good_head = :head, good_body = :body,
        failed_at = NULL, failure = NULL,
        next_at = ifnull(:next_at, next_at), next_reason = ifnull(:reason, next_reason)";

const KEEP_FAILURE: &str = "
    INSERT INTO last (account, failed_at, failure, next_at, next_reason)
    VALUES (:account, :at, :failure, :next_at, :reason)
    ON CONFLICT (account) DO UPDATE SET failed_at = :at, failure = :failure,
        next_at = ifnull(:next_at, next_at), next_reason = ifnull(:reason, next_reason)";

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

/// A row that another version wrote in a different format is skipped; the rest of the store matters more.
fn understood<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
    serde_json::from_str(text).inspect_err(|_| tracing::warn!("a row of the store is not understood")).ok()
}
