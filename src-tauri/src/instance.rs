//! Whether the tray app is running, as the command line needs to know: one lock file.
//!
//! Only a held lock counts, since it ends with its process. The process id in the file is for messages.

use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::Paths;
use crate::config::files::{open_existing_lock_file, open_lock_file, private_folder};

/// Longer than any command looks.
const LOOK: Duration = Duration::from_millis(500);

/// Marks this process as the running app, for as long as the file is held.
#[must_use]
pub fn mark_running(paths: &Paths) -> Option<File> {
    private_folder(&paths.log_dir).ok()?;
    let mut file = open_lock_file(&lock(paths)).ok()?;
    let start = Instant::now();
    // A command that looks whether the app runs holds the lock for a moment.
    while file.try_lock().is_err() {
        if start.elapsed() > LOOK {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // Without it a message has no process id, nothing more.
    let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
    Some(file)
}

/// Tells whether some process is the running app; leaves nothing behind where none ever was.
#[must_use]
pub fn is_running(paths: &Paths) -> bool {
    open_existing_lock_file(&lock(paths)).is_ok_and(|file| file.try_lock_shared().is_err())
}

/// Gives the process id that the running app has left in its lock file.
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
