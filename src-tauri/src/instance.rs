//! Whether the tray app is running, as the command line needs to know.
//!
//! Owns one lock file. Refuses to trust what a file says: only a held lock counts, and it ends with its process.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::Paths;
use crate::config::files::{open_existing_lock_file, open_lock_file, private_folder};
use crate::desktop::bus;

/// Longer than any command looks.
const LOOK: Duration = Duration::from_millis(500);

/// The place on the bus that the running app holds.
const PLACE: &str = "app.tidemark.Tidemark.SingleInstance";
const PATH: &str = "/app/tidemark/Tidemark/SingleInstance";
/// Longer than the bus takes to see that somebody is gone.
const LEAVING: Duration = Duration::from_secs(2);

/// Marks this process as the running app, for as long as the file is held.
#[must_use]
pub fn mark_running(paths: &Paths) -> Option<File> {
    private_folder(&paths.log_dir).ok()?;
    let file = open_lock_file(&lock(paths)).ok()?;
    let start = Instant::now();
    // A command that looks whether the app runs holds the lock for a moment.
    while file.try_lock().is_err() {
        if start.elapsed() > LOOK {
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Some(file)
}

/// Waits while an app that is ending still has its place on the bus: called there it would not answer, and this start
/// would be lost.
pub async fn outlast() {
    let start = Instant::now();
    // One that hangs does not fail to answer, it only takes its time: what to say of that is not decided here.
    while let Ok(Some(false)) = tokio::time::timeout(LEAVING, bus::answers(PLACE, PATH)).await {
        if start.elapsed() > LEAVING {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Tells whether some process is the running app; leaves nothing behind where none ever was.
#[must_use]
pub fn is_running(paths: &Paths) -> bool {
    open_existing_lock_file(&lock(paths)).is_ok_and(|file| file.try_lock_shared().is_err())
}

fn lock(paths: &Paths) -> PathBuf {
    paths.log_dir.join("running.lock")
}
