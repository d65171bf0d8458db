//! The log: one file, turned over when it is full.
//!
//! Owns where log lines go. Refuses keys by having none: they are of a type that cannot print.

use std::fs::{File, OpenOptions};
use std::io;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::Paths;
use crate::config::files::private_folder;

/// A log is turned over at this many bytes; one older file is kept.
const FULL: u64 = 1024 * 1024;

/// Starts logging to the file; `filter` is written as `RUST_LOG` is. A log that cannot be written is done without.
pub fn start(paths: &Paths, filter: Option<&str>) {
    let Ok(file) = open(paths) else { return };
    let usual = Targets::new().with_default(LevelFilter::WARN).with_target("tidemark", LevelFilter::INFO);
    let filter = filter.and_then(|f| f.parse().ok()).unwrap_or(usual);
    let lines = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(file));
    // Someone else's subscriber, as in a test, stays.
    let _ = tracing_subscriber::registry().with(lines).with(filter).try_init();
}

fn open(paths: &Paths) -> io::Result<File> {
    let path = paths.log_dir.join("tidemark.log");
    private_folder(&paths.log_dir)?;
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
