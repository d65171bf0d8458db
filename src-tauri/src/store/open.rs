//! Opening the store: made private, checked, migrated to this version's schema, or moved aside.

use std::fs::{self, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use tidemark_core::message::Remark;

use super::Open;
use super::schema::{self, Age};
use crate::config::files;

/// How long a call waits for another program's lock.
pub(super) const BUSY: Duration = Duration::from_secs(2);

/// A file up to this size in bytes is checked completely before it is used, which takes a few milliseconds. A larger
/// one is checked in the background.
const CHECKED_AT_ONCE: u64 = 1024 * 1024;

/// How thoroughly a file is checked before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// As far as the start time allows.
    Quick,
    /// Completely, because something was wrong with it.
    Whole,
}

/// Identifies the file that a store was opened from; equal only for the same file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileMark(Option<(u64, u64)>);

impl FileMark {
    /// Returns the mark of the file that has this name now. On systems where an open file can be neither moved nor
    /// removed, all marks are equal.
    pub(super) fn of(path: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Self(path.metadata().ok().map(|m| (m.dev(), m.ino())))
        }
        #[cfg(not(unix))]
        Self(path.metadata().ok().map(|_| (0, 0)))
    }
}

/// The state of a store's files at one moment. If it changes, what was wrong with them may be solved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileStamp {
    file: FileMark,
    /// Size, modification time and mode of the database and of its log.
    contents: [Option<(u64, SystemTime, u32)>; 2],
    /// Only the mode of the folder: its modification time changes with every file in it.
    folder: Option<u32>,
}

impl FileStamp {
    pub(super) fn of(path: &Path) -> Self {
        let [log, ..] = beside(path);
        let content = |file: &Path| {
            let metadata = file.metadata().ok()?;
            Some((metadata.len(), metadata.modified().ok()?, mode(&metadata)))
        };
        let folder = path.parent().and_then(|folder| folder.metadata().ok());
        Self {
            file: FileMark::of(path),
            contents: [content(path), content(&log)],
            folder: folder.as_ref().map(mode),
        }
    }
}

#[cfg(unix)]
fn mode(metadata: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(metadata)
}

#[cfg(not(unix))]
fn mode(metadata: &Metadata) -> u32 {
    u32::from(metadata.permissions().readonly())
}

impl Open {
    /// Closes it without touching the file that has its name by now, which may be another Tidemark's new store.
    pub(super) fn let_go(self) {
        let kept = self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        if let Err(error) = kept {
            tracing::debug!(%error, "the store is closed as it is");
        }
    }
}

/// Why a file is not used as a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is damaged or not a database; it is moved aside.
    Broken,
    /// A newer version wrote it; it is left as it is.
    Newer,
    /// It cannot be used now: no permission, no space, or locked for too long.
    Unusable,
}

/// The result of opening a store.
pub(super) struct Opened {
    pub(super) open: Option<Open>,
    /// What to show to the user.
    pub(super) remark: Option<Remark>,
    /// What was wrong with the file.
    pub(super) refusal: Option<Refusal>,
}

/// Opens a store; a broken file is moved aside first.
pub(super) fn open(path: &Path, care: Care, now: Timestamp) -> Opened {
    let broken = |kept_as| Some(Remark::StoreBroken { kept_as });
    let Ok(path) = real_path(path) else {
        return Opened { open: None, remark: broken(None), refusal: Some(Refusal::Unusable) };
    };
    let refusal = match open_once(&path, care) {
        Ok(open) => return Opened { open: Some(open), remark: None, refusal: None },
        Err(refusal) => refusal,
    };
    let (open, remark) = match refusal {
        Refusal::Newer => (None, Some(Remark::StoreNewer)),
        Refusal::Unusable => (None, broken(None)),
        Refusal::Broken => match move_aside(&path, now) {
            Ok(name) => (open_once(&path, Care::Quick).ok(), broken(Some(name))),
            Err(_) => (None, broken(None)),
        },
    };
    Opened { open, remark, refusal: Some(refusal) }
}

/// Creates the folder and resolves links on the path to it. A link in place of the file itself is never followed.
fn real_path(path: &Path) -> io::Result<PathBuf> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    files::private_folder(folder)?;
    Ok(folder.canonicalize()?.join(path.file_name().ok_or(io::ErrorKind::InvalidInput)?))
}

fn open_once(path: &Path, care: Care) -> Result<Open, Refusal> {
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
    let small = path.metadata().is_ok_and(|m| m.len() <= CHECKED_AT_ONCE);
    let whole = small || care == Care::Whole;
    match prepare(&mut connection, whole).map_err(|e| refusal(&e))? {
        Age::Newer => Err(Refusal::Newer),
        Age::Older | Age::Current => Ok(Open { connection, file: FileMark::of(path) }),
    }
}

/// Creates the file if there is none, and makes it private if it is not: SQLite's side files get the same mode.
///
/// An existing file is not opened: closing it would release every POSIX lock that this process holds on it, including
/// those of SQLite.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create_new(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => restrict(path),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    match path.symlink_metadata()?.permissions().mode() & 0o777 {
        0o600 => Ok(()),
        // The user does not want it to be written.
        mode if mode & 0o200 == 0 => Err(io::ErrorKind::PermissionDenied.into()),
        _ => fs::set_permissions(path, fs::Permissions::from_mode(0o600)),
    }
}

#[cfg(not(unix))]
fn restrict(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// Checks and migrates; a newer version's file is left as it is.
fn prepare(connection: &mut Connection, whole: bool) -> rusqlite::Result<Age> {
    connection.busy_timeout(BUSY)?;
    if schema::age(connection)? == Age::Newer {
        return Ok(Age::Newer);
    }
    if whole && !is_whole(connection)? {
        return Err(corrupt());
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    // The log that a large thinning wrote need not stay on the disk.
    connection.pragma_update(None, "journal_size_limit", 1024 * 1024)?;
    schema::migrate(connection)
}

/// Reads every page; returns whether all is well.
pub(super) fn is_whole(connection: &Connection) -> rusqlite::Result<bool> {
    let check: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    Ok(check == "ok")
}

fn corrupt() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), None)
}

fn refusal(error: &rusqlite::Error) -> Refusal {
    match error.sqlite_error_code() {
        // A schema that does not fit our statements is reported by SQLite as a generic error.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown) => Refusal::Broken,
        _ => Refusal::Unusable,
    }
}

/// Moves the file together with its side files, which must not be used with another database.
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
