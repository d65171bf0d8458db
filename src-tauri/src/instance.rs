//! Whether the tray app is running, as the command line needs to know.
//!
//! Owns one lock file. Refuses to trust what a file says: only a held lock counts, and it ends with its process.

use std::fs::{File, OpenOptions};
use std::path::PathBuf;

use crate::config::Paths;
use crate::config::files::private_folder;

/// Marks this process as the running app, for as long as the file is held.
#[must_use]
pub fn mark_running(paths: &Paths) -> Option<File> {
    let file = open(paths)?;
    file.try_lock().ok().map(|()| file)
}

/// Tells whether some process is the running app.
#[must_use]
pub fn is_running(paths: &Paths) -> bool {
    open(paths).is_some_and(|file| file.try_lock_shared().is_err())
}

fn open(paths: &Paths) -> Option<File> {
    let path: PathBuf = paths.log_dir.join("running.lock");
    private_folder(&paths.log_dir).ok()?;
    OpenOptions::new().create(true).truncate(false).write(true).read(true).open(path).ok()
}
