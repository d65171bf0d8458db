//! Opens the store for reading only: for commands and charts, with or without the running app. It never creates a
//! store, migrates one or moves one aside.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::open::{BUSY, FileMark};
use super::schema::{self, Age};
use super::{Open, Store};

/// Why an existing store cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReadable {
    /// A newer version wrote it.
    #[error("it is from a newer version of Tidemark")]
    Newer,
    /// It is damaged, or not a store.
    #[error("it is damaged")]
    Broken,
    /// Another program has locked it.
    #[error("another program holds it; try again in a moment")]
    Held,
    /// The permissions of the file or of its folder do not allow it.
    #[error("its permissions do not allow it")]
    Forbidden,
}

/// Opens a store to read its history; `None` if there is none, or only one from before the history existed.
///
/// # Errors
///
/// [`NotReadable`] if something exists that cannot be read.
pub fn look(path: &Path) -> Result<Option<Store>, NotReadable> {
    let Some(path) = existing(path)? else { return Ok(None) };
    let flags =
        OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW | OpenFlags::SQLITE_OPEN_EXRESCODE;
    // Opened for writing because SQLite writes its list of readers (`-shm`) beside the database. Created beside a
    // read-only database, that file would be read-only too, and would be in the app's way once the database is
    // writable.
    let opened = if is_at_rest(&path) {
        unchanging(&path, flags)
    } else {
        read(&path, flags | OpenFlags::SQLITE_OPEN_READ_WRITE)
            .or_else(|error| if is_locked_away(&error) { unchanging(&path, flags) } else { Err(error) })
    };
    let (connection, age) = opened.map_err(|error| why(&error))?;
    match age {
        Age::Newer => Err(NotReadable::Newer),
        Age::Older if !schema::has_history(&connection).map_err(|error| why(&error))? => Ok(None),
        Age::Older | Age::Current => {
            let open = Open { connection, file: FileMark::of(&path) };
            Ok(Some(Store { connection: Mutex::new(Some(open)), ..Store::nowhere() }))
        }
    }
}

/// Resolves links on the path to the file; `None` if there is no file.
fn existing(path: &Path) -> Result<Option<PathBuf>, NotReadable> {
    let found = path.symlink_metadata().and_then(|_| {
        let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?.canonicalize()?;
        Ok(folder.join(path.file_name().ok_or(io::ErrorKind::InvalidInput)?))
    });
    match found {
        Ok(path) => Ok(Some(path)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(_) => Err(NotReadable::Forbidden),
    }
}

/// Whether nothing can be writing to it: it is read-only and has no `-wal` file.
fn is_at_rest(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    path.metadata().is_ok_and(|m| m.permissions().readonly()) && !Path::new(&log).exists()
}

fn read(path: &Path, flags: OpenFlags) -> rusqlite::Result<(Connection, Age)> {
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    let age = schema::age(&connection)?;
    Ok((connection, age))
}

/// Reads a file that nothing else is writing to: it is at rest, or its permissions keep this user from writing.
fn unchanging(path: &Path, flags: OpenFlags) -> rusqlite::Result<(Connection, Age)> {
    let escaped: String = path.to_string_lossy().chars().fold(String::new(), |uri, c| match c {
        '%' => uri + "%25",
        '?' => uri + "%3f",
        '#' => uri + "%23",
        _ => uri + c.encode_utf8(&mut [0; 4]),
    });
    let uri = PathBuf::from(format!("file:{escaped}?immutable=1"));
    read(&uri, flags | OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
}

fn is_locked_away(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied)
    )
}

fn why(error: &rusqlite::Error) -> NotReadable {
    tracing::warn!(%error, "the store of readings cannot be read");
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => NotReadable::Held,
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            NotReadable::Forbidden
        }
        _ => NotReadable::Broken,
    }
}
