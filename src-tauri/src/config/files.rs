//! Private files: written whole, locked against each other, readable by their owner only.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;

const TEMPORARY: &str = ".settings-";

/// Makes a folder with its parents, open to its owner only, whatever the umask.
pub(crate) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        builder.mode(0o700).create(folder)?;
        if fs::metadata(folder)?.permissions().mode() & 0o777 != 0o700 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
        Ok(())
    }
    #[cfg(not(unix))]
    builder.create(folder)
}

/// Replaces a file by new content: a temporary file beside it, synced, renamed over it. A link is replaced, not
/// followed. The caller holds the lock, so a temporary file found here is a killed writer's.
pub(crate) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    private_folder(folder)?;
    remove_leftovers(folder);
    // Made anew (O_EXCL) and 0600 by its own default.
    let mut file = tempfile::Builder::new().prefix(TEMPORARY).suffix(".tmp").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    sync_folder(folder)
}

/// Replaces a file in a folder that is not ours alone; the folder is left as it is.
pub(crate) fn replace_beside(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = tempfile::Builder::new().prefix(".tidemark-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

fn remove_leftovers(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(TEMPORARY) && name.ends_with(".tmp") {
            // One that stays costs a few hundred bytes.
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Without it a power cut can bring the former name back.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Moves a file away under a dated name beside it and gives that name.
pub(crate) fn move_aside(path: &Path, stem: &str, extension: &str, now: Timestamp) -> io::Result<String> {
    let name = free_name(path, stem, extension, now);
    fs::rename(path, path.with_file_name(&name))?;
    Ok(name)
}

/// Gives a dated name that nothing has yet: `settings.broken-20261122T101500Z.json`.
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

/// Keeps other writers out as long as it lives.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Waits for the lock.
    pub(crate) fn take(path: &Path, limit: Duration) -> io::Result<Self> {
        if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
            // Planted: nobody of ours makes a link here.
            fs::remove_file(path)?;
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        let start = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: Some(file) }),
                Err(TryLockError::WouldBlock) if start.elapsed() < limit => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::WouldBlock.into()),
                // Some network file systems have no locks; saving without one is better than not at all.
                Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Unsupported => {
                    return Ok(Self { _file: None });
                }
                Err(TryLockError::Error(e)) => return Err(e),
            }
        }
    }
}
