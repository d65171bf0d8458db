//! Opening the store: private, checked, brought to this version's schema, or moved aside.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use tidemark_core::message::Remark;

use crate::config::files;

/// How long a write waits for the other Tidemark's.
const BUSY: Duration = Duration::from_secs(2);

/// Each step brings the schema from its index to the next number.
const STEPS: [&str; 1] = ["
    CREATE TABLE last (
        account TEXT PRIMARY KEY NOT NULL,
        good_at TEXT, good_head TEXT, good_body BLOB,
        failed_at TEXT, failure TEXT
    ) STRICT;
    CREATE TABLE memory (one INTEGER PRIMARY KEY CHECK (one = 1), memory TEXT NOT NULL) STRICT;
"];

/// Why a file is not used as a store.
#[derive(Debug)]
enum Refusal {
    /// It is damaged, or no database: it is moved aside.
    Broken,
    /// A newer version wrote it: it is left as it is.
    Newer,
    /// It cannot be used now: no permission, no room, or locked for too long.
    Unusable,
}

/// Gives the connection where there can be one, and what the user must be told.
pub(super) fn open(path: &Path, now: Timestamp) -> (Option<Connection>, Option<Remark>) {
    let broken = |kept_as| Some(Remark::StoreBroken { kept_as });
    let Ok(path) = real_path(path) else { return (None, broken(None)) };
    match open_once(&path) {
        Ok(connection) => (Some(connection), None),
        Err(refusal) => {
            tracing::warn!(?refusal, "the store of readings cannot be used");
            match refusal {
                Refusal::Newer | Refusal::Unusable => (None, broken(None)),
                Refusal::Broken => match move_aside(&path, now) {
                    Ok(name) => (open_once(&path).ok(), broken(Some(name))),
                    Err(_) => (None, broken(None)),
                },
            }
        }
    }
}

/// Makes the folder and resolves links on the way to it; a link in place of the file itself is never followed.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    files::private_folder(folder)?;
    Ok(folder.canonicalize()?.join(path.file_name().ok_or(io::ErrorKind::InvalidInput)?))
}

fn open_once(path: &Path) -> Result<Connection, Refusal> {
    if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        return Err(Refusal::Broken);
    }
    for side in beside(path) {
        if side.symlink_metadata().is_ok_and(|m| m.is_symlink()) {
            fs::remove_file(&side).map_err(|_| Refusal::Unusable)?;
        }
    }
    make_private(path).map_err(|_| Refusal::Unusable)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    let mut connection = Connection::open_with_flags(path, flags).map_err(|e| refusal(&e))?;
    prepare(&mut connection).map_err(|e| refusal(&e))?.then_some(connection).ok_or(Refusal::Newer)
}

/// The database's side files take its mode, so it is made first.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let file = options.mode(0o600).open(path)?;
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    options.open(path).map(drop)
}

/// Checks and migrates; tells `false` for a newer version's file, in which nothing is changed.
fn prepare(connection: &mut Connection) -> rusqlite::Result<bool> {
    connection.busy_timeout(BUSY)?;
    if version(connection)? > STEPS.len() {
        return Ok(false);
    }
    let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Err(corrupt());
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another Tidemark may have migrated it while this one waited.
    let from = version(&transaction)?;
    for step in STEPS.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    if from < STEPS.len() {
        transaction.pragma_update(None, "user_version", u32::try_from(STEPS.len()).unwrap_or(u32::MAX))?;
    }
    transaction.commit()?;
    Ok(from <= STEPS.len())
}

fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

fn corrupt() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), None)
}

fn refusal(error: &rusqlite::Error) -> Refusal {
    match error.sqlite_error_code() {
        // A schema that our statements do not fit is a plain error of SQLite's.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => Refusal::Broken,
        _ => Refusal::Unusable,
    }
}

/// Moves the file with its side files, which are of no use to another.
fn move_aside(path: &Path, now: Timestamp) -> io::Result<String> {
    let name = files::move_aside(path, "history.broken", "sqlite", now)?;
    for (side, moved) in beside(path).iter().zip(beside(&path.with_file_name(&name))) {
        match fs::rename(side, moved) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => fs::remove_file(side)?,
            _ => {}
        }
    }
    Ok(name)
}

fn beside(path: &Path) -> [PathBuf; 3] {
    ["-wal", "-shm", "-journal"].map(|tail| {
        let mut name = path.as_os_str().to_owned();
        name.push(tail);
        name.into()
    })
}
