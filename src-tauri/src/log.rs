//! The log: one file, and one older one.
//!
//! Keys cannot reach it: their type does not print, and panic messages are redacted (`supervision`).

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Paths;
use crate::config::files::private_folder;

/// Before the file would exceed this size in bytes, it is renamed and a new one is created.
const LIMIT: u64 = 1024 * 1024;

/// Starts logging to the file; `filter` has the syntax of `RUST_LOG`. If the file cannot be written, there is no log.
pub fn start(paths: &Paths, filter: Option<&str>) {
    let Ok(file) = private_folder(&paths.log_dir)
        .and_then(|()| LogFile::open(&paths.log_dir.join("tidemark.log"), LIMIT))
    else {
        return;
    };
    let usual = Targets::new().with_default(LevelFilter::WARN).with_target("tidemark", LevelFilter::INFO);
    let filter = filter.and_then(|f| f.parse().ok()).unwrap_or(usual);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
    // If another subscriber is installed already, as in a test, it stays.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}

/// A file that is renamed to `….1`, replacing the former one, before it would exceed its limit. Only a single line
/// longer than the limit exceeds it.
struct LogFile {
    path: PathBuf,
    file: File,
    size: u64,
    limit: u64,
}

impl LogFile {
    fn open(path: &Path, limit: u64) -> io::Result<Self> {
        let file = open_regular(path)?;
        let size = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, size, limit })
    }

    fn rotate(&mut self) -> io::Result<()> {
        let mut older = self.path.clone().into_os_string();
        older.push(".1");
        if fs::rename(&self.path, older).is_ok() {
            self.file = open_regular(&self.path)?;
        } else {
            // A file or folder that cannot be replaced has that name. Losing old lines is better than filling the disk.
            self.file.set_len(0)?;
        }
        self.size = self.file.metadata()?.len();
        Ok(())
    }
}

impl Write for LogFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        if self.size > 0 && self.size.saturating_add(length) > self.limit {
            self.rotate()?;
        }
        let written = self.file.write(line)?;
        self.size = self.size.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Opens a regular file with this name, for its owner only. A link or a pipe in its place is removed: a link would
/// redirect the log, and a pipe would block the start until something reads it.
fn open_regular(path: &Path) -> io::Result<File> {
    if path.symlink_metadata().is_ok_and(|m| !m.is_file()) {
        fs::remove_file(path)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};

        use rustix::fs::OFlags;

        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
        let file = options.mode(0o600).custom_flags(flags).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        if metadata.permissions().mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sizes(folder: &Path) -> Vec<(String, u64)> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        let mut sizes: Vec<_> = entries
            .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().len()))
            .collect();
        sizes.sort();
        sizes
    }

    #[test]
    fn a_log_that_is_written_without_end_takes_two_files_of_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidemark.log");
        let mut log = LogFile::open(&path, 1000).unwrap();
        for n in 0..500 {
            log.write_all(format!("line {n:04} of a failure that goes on\n").as_bytes()).unwrap();
        }
        let [(newer, size), (older, older_size)] = &sizes(folder.path())[..] else { panic!("two files") };
        assert_eq!((newer.as_str(), older.as_str()), ("tidemark.log", "tidemark.log.1"));
        assert!(*size <= 1000 && *older_size <= 1000, "{size} and {older_size}");
        let text =
            fs::read_to_string(folder.path().join(older)).unwrap() + &fs::read_to_string(&path).unwrap();
        let numbers: Vec<u32> = text.lines().map(|line| line[5..9].parse().unwrap()).collect();
        assert!(numbers.is_sorted() && numbers.last() == Some(&499), "whole lines in order, the newest kept");
        // The existing content counts too.
        let mut again = LogFile::open(&path, 1000).unwrap();
        again.write_all(&[b'x'; 999]).unwrap();
        assert_eq!(path.metadata().unwrap().len(), 999);
    }

    #[test]
    fn where_the_older_file_cannot_be_replaced_the_log_stays_as_small() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidemark.log");
        fs::create_dir_all(folder.path().join("tidemark.log.1/full")).unwrap();
        let mut log = LogFile::open(&path, 1000).unwrap();
        for _ in 0..100 {
            log.write_all(&[b'x'; 100]).unwrap();
        }
        assert!(path.metadata().unwrap().len() <= 1000);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_followed_and_a_pipe_does_not_block() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidemark.log");
        let target = folder.path().join("target");
        fs::write(&target, "mine").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&target, &path).unwrap();
        LogFile::open(&path, 1000).unwrap().write_all(b"a line\n").unwrap();
        assert_eq!(fs::read_to_string(&target).unwrap(), "mine");
        assert_eq!(target.metadata().unwrap().permissions().mode() & 0o777, 0o644);
        fs::remove_file(&path).unwrap();

        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o644),
            0,
        )
        .unwrap();
        LogFile::open(&path, 1000).unwrap().write_all(b"a line\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a line\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn a_log_that_others_could_read_is_made_private() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tidemark.log");
        fs::write(&path, "old\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        LogFile::open(&path, 1000).unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
