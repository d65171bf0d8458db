//! The log: one file, turned over when it is full.
//!
//! Owns where log lines go. Refuses keys by having none: they are of a type that cannot print.

use std::fs::{File, OpenOptions};
use std::io;
use std::sync::Mutex;

use tracing_subscriber::EnvFilter;

use crate::config::Paths;

/// A log is turned over at this many bytes; one older file is kept.
const FULL: u64 = 1024 * 1024;

/// Starts logging to the file; `filter` is written as `RUST_LOG` is. A log that cannot be written is done without.
pub fn start(paths: &Paths, filter: Option<&str>) {
    let Ok(file) = open(paths) else { return };
    let filter = EnvFilter::new(filter.unwrap_or("warn,tidemark=info"));
    // Someone else's subscriber, as in a test, stays.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init();
}

fn open(paths: &Paths) -> io::Result<File> {
    let path = paths.log_dir.join("tidemark.log");
    std::fs::create_dir_all(&paths.log_dir)?;
    if std::fs::metadata(&path).is_ok_and(|m| m.len() > FULL) {
        std::fs::rename(&path, paths.log_dir.join("tidemark.log.1"))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
