//! A lock file from which the command line learns whether the tray app is running.
//!
//! Only a held lock counts, since it ends with its process. The process id in the file is for messages.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::Paths;
use crate::config::files::{open_existing_lock_file, open_lock_file, private_folder};

/// Longer than a command holds the lock while it checks.
const LOOK: Duration = Duration::from_millis(500);

/// Marks this process as the running app until the file is dropped.
#[must_use]
pub fn mark_running(paths: &Paths) -> Option<File> {
    private_folder(&paths.log_dir).ok()?;
    let mut file = open_lock_file(&lock(paths)).ok()?;
    let start = Instant::now();
    // A command that checks whether the app runs holds the lock for a moment.
    while file.try_lock().is_err() {
        if start.elapsed() > LOOK {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // If this fails, messages contain no process id; nothing else depends on it.
    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
    Some(file)
}

/// Whether some process is the running app. Creates no file if there is none.
#[must_use]
pub fn is_running(paths: &Paths) -> bool {
    open_existing_lock_file(&lock(paths)).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// Returns the process id that the running app wrote to its lock file.
#[must_use]
pub fn running_process(paths: &Paths) -> Option<u32> {
    use std::io::Read as _;

    let mut text = String::new();
    open_existing_lock_file(&lock(paths)).ok()?.take(20).read_to_string(&mut text).ok()?;
    text.parse().ok()
}

fn lock(paths: &Paths) -> PathBuf {
    paths.log_dir.join("running.lock")
}
