//! Tidemark's own files: read within limits, replaced as a whole, locked against other writers, readable only by their
//! owner.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tempfile::NamedTempFile;
use tidemark_core::message::WriteProblem;

/// The prefixes of temporary files: in our folders, and in other folders.
const TEMPORARY: &str = ".settings-";
const BESIDE: &str = ".tidemark-";

/// Reads a regular file of at most `limit` bytes. Never blocks: a pipe or a device in its place is an error.
pub(crate) fn read_small(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut options = OpenOptions::new();
    options.read(true);
    // Without this flag, opening a pipe waits for a writer.
    #[cfg(unix)]
    set_flags(&mut options, rustix::fs::OFlags::NONBLOCK);
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if metadata.len() > limit {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // The file may have grown since its size was checked.
    read_limited(file, limit)
}

/// Reads a source to its end. [`io::ErrorKind::FileTooLarge`] if it is longer than the limit in bytes.
pub(crate) fn read_limited(source: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    source.take(limit + 1).read_to_end(&mut content)?;
    if content.len() as u64 > limit { Err(io::ErrorKind::FileTooLarge.into()) } else { Ok(content) }
}

/// Reads text as [`read_small`] reads bytes.
pub(crate) fn read_small_text(path: &Path, limit: u64) -> io::Result<String> {
    text(read_small(path, limit)?)
}

/// Converts bytes to text. [`io::ErrorKind::InvalidData`] if they are not UTF-8.
pub(crate) fn text(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Opens an empty file for locking, and creates it with mode 0600, whatever the umask, if it does not exist. Anything
/// that is not a regular file is removed first; a link is not followed.
pub(crate) fn open_lock_file(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        fs::remove_file(path)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        set_flags(&mut options, rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK);
    }
    let file = options.open(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if file.metadata()?.permissions().mode() & 0o777 != 0o600 {
            // A file of another user can be locked, but its mode cannot be changed.
            let _ = file.set_permissions(fs::Permissions::from_mode(0o600));
        }
    }
    Ok(file)
}

/// Opens an existing lock file to see whether it is locked. Never blocks, and follows no link.
pub(crate) fn open_existing_lock_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    set_flags(&mut options, rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK);
    options.open(path)
}

#[cfg(unix)]
fn set_flags(options: &mut OpenOptions, flags: rustix::fs::OFlags) {
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
}

/// Creates a folder and its parents, accessible only to the owner, whatever the umask. Existing folders are unchanged.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Creates one of our folders, and makes it private if it is open to others.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    make_folder(folder)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        if fs::metadata(folder)?.permissions().mode() & 0o777 != 0o700 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

/// Replaces a file in one of our folders. A link is replaced, not followed. The caller holds the lock, so a temporary
/// file found here was left by a writer that was killed.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    Replacement::prepare(path, content)?.put_in_place()
}

/// Replaces a file in a folder that others use too; the folder is not changed.
pub(crate) fn replace_beside(path: &Path, content: &[u8]) -> io::Result<()> {
    Replacement::write(path, content, BESIDE)?.put_in_place()
}

/// The complete new content of a file, written beside it but not yet in its place.
#[derive(Debug)]
pub(crate) struct Replacement {
    path: PathBuf,
    temporary: NamedTempFile,
}

impl Replacement {
    /// Writes the content beside a file in one of our folders, and syncs it.
    pub(crate) fn prepare(path: &Path, content: &[u8]) -> io::Result<Self> {
        let folder = folder_of(path)?;
        private_folder(folder)?;
        remove_leftovers(folder);
        Self::write(path, content, TEMPORARY)
    }

    fn write(path: &Path, content: &[u8], prefix: &str) -> io::Result<Self> {
        let folder = folder_of(path)?;
        // Created with O_EXCL and mode 0600.
        let temporary = tempfile::Builder::new().prefix(prefix).suffix(".tmp").tempfile_in(folder);
        let temporary = temporary.map_err(without_path)?;
        temporary.as_file().write_all(content)?;
        temporary.as_file().sync_all()?;
        Ok(Self { path: path.to_owned(), temporary })
    }

    /// Replaces the file with the content; if this fails, the former file is intact.
    pub(crate) fn put_in_place(self) -> io::Result<()> {
        self.temporary.persist(&self.path).map_err(|e| without_path(e.error))?;
        sync_folder(&self.path);
        Ok(())
    }

    /// Puts the content in place only if there is still no file with that name.
    pub(crate) fn put_where_missing(self) -> io::Result<()> {
        self.temporary.persist_noclobber(&self.path).map_err(|e| without_path(e.error))?;
        sync_folder(&self.path);
        Ok(())
    }
}

/// Removes the path of a temporary file from an error: the user has never seen that file.
fn without_path(error: io::Error) -> io::Error {
    if error.raw_os_error().is_some() {
        return error;
    }
    let inner = error.get_ref().and_then(|e| e.source()).and_then(|e| e.downcast_ref::<io::Error>());
    match inner.and_then(io::Error::raw_os_error) {
        Some(code) => io::Error::from_raw_os_error(code),
        None => error.kind().into(),
    }
}

/// Classifies an error by what the user can do about it.
pub(crate) fn problem(error: &io::Error) -> WriteProblem {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::StorageFull | Kind::QuotaExceeded | Kind::FileTooLarge => WriteProblem::NoRoom,
        Kind::PermissionDenied => WriteProblem::NotAllowed,
        Kind::ReadOnlyFilesystem => WriteProblem::ReadOnly,
        Kind::NotFound | Kind::NotADirectory => WriteProblem::NoFolder,
        Kind::IsADirectory | Kind::DirectoryNotEmpty | Kind::InvalidInput => WriteProblem::NotAFile,
        _ => WriteProblem::Other,
    }
}

fn folder_of(path: &Path) -> io::Result<&Path> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    // A file named without a folder is in the current one.
    Ok(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })
}

fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if [TEMPORARY, BESIDE].iter().any(|start| name.starts_with(start)) && name.ends_with(".tmp") {
            // If one remains, it costs a few hundred bytes.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Makes a new name in this file's folder survive a power cut. The file already has its new name, so a file system that
/// cannot sync folders is no reason to report that nothing was written.
pub(super) fn sync_folder(path: &Path) {
    if cfg!(unix)
        && let Err(error) = folder_of(path).and_then(File::open).and_then(|folder| folder.sync_all())
    {
        tracing::warn!(%error, "the folder of a file that was written could not be synced");
    }
}

/// Moves a file to a dated name beside it and returns that name.
pub(crate) fn move_aside(path: &Path, stem: &str, extension: &str, now: Timestamp) -> io::Result<String> {
    let name = free_name(path, stem, extension, now);
    fs::rename(path, path.with_file_name(&name))?;
    Ok(name)
}

/// Returns a dated name that is not in use yet: `settings.broken-20261122T101500Z.json`.
pub(super) fn free_name(path: &Path, stem: &str, extension: &str, now: Timestamp) -> String {
    let date = now.strftime("%Y%m%dT%H%M%SZ");
    let mut name = format!("{stem}-{date}.{extension}");
    let mut number = 2;
    while path.with_file_name(&name).symlink_metadata().is_ok() {
        name = format!("{stem}-{date}-{number}.{extension}");
        number += 1;
    }
    name
}

/// Excludes other writers until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Waits for the lock.
    pub(crate) fn take(path: &Path, limit: Duration) -> io::Result<Self> {
        let file = open_lock_file(path)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: Some(file) }),
                Err(TryLockError::WouldBlock) if start.elapsed() < limit => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                // Some network file systems have no locks; saving without a lock is better than not saving.
                Err(TryLockError::Error(e)) if has_no_locks(&e) => {
                    tracing::warn!(error = %e, "the file system has no locks; files are written without one");
                    return Ok(Self { _file: None });
                }
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
    }
}

fn has_no_locks(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        let code = error.raw_os_error().map(Errno::from_raw_os_error);
        // NFS without a lock daemon, and file systems without lock support.
        if matches!(code, Some(Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS)) {
            return true;
        }
    }
    error.kind() == io::ErrorKind::Unsupported
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn pipe(path: &Path) {
        let made = std::process::Command::new("mkfifo").arg(path).status();
        assert!(made.is_ok_and(|status| status.success()));
    }

    #[test]
    fn only_a_regular_file_within_its_limit_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("file"), "12345").unwrap();
        symlink(at("file"), at("link")).unwrap();
        pipe(&at("pipe"));
        symlink(at("pipe"), at("link-to-pipe")).unwrap();
        symlink("/dev/zero", at("link-to-device")).unwrap();
        for name in ["file", "link"] {
            assert_eq!(read_small(&at(name), 5).unwrap(), b"12345");
            assert_eq!(read_small(&at(name), 4).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
        }
        for name in ["pipe", "link-to-pipe", "link-to-device", ""] {
            assert!(read_small(&at(name), 5).is_err(), "{name}");
        }
        fs::write(at("file"), b"\xFF").unwrap();
        assert_eq!(read_small_text(&at("file"), 5).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    #[test]
    fn a_lock_file_is_private_and_no_link_or_pipe_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("wide"), "").unwrap();
        fs::set_permissions(at("wide"), fs::Permissions::from_mode(0o666)).unwrap();
        symlink(at("made"), at("link")).unwrap();
        pipe(&at("pipe"));
        assert!(open_existing_lock_file(&at("link")).is_err());
        for name in ["wide", "link", "pipe", "new"] {
            let _lock = Lock::take(&at(name), Duration::ZERO).unwrap();
            let is = at(name).symlink_metadata().unwrap();
            assert!(is.is_file() && is.permissions().mode() & 0o777 == 0o600, "{name}");
            assert!(open_existing_lock_file(&at(name)).unwrap().try_lock_shared().is_err(), "{name}");
        }
        assert!(!at("made").exists());
        pipe(&at("other-pipe"));
        // It is opened, and opening does not block.
        drop(open_existing_lock_file(&at("other-pipe")));
    }

    #[test]
    fn errors_name_what_a_user_can_do_and_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let missing = replace_beside(&folder.path().join("none/file"), b"x").unwrap_err();
        assert!(!missing.to_string().contains(".tmp"), "{missing}");
        assert_eq!(problem(&missing), WriteProblem::NoFolder);
        fs::create_dir(folder.path().join("folder")).unwrap();
        let taken = replace_beside(&folder.path().join("folder"), b"x").unwrap_err();
        assert!(!taken.to_string().contains(".tmp"), "{taken}");
        assert_eq!(problem(&taken), WriteProblem::NotAFile);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
