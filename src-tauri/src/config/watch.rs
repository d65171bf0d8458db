//! Notices when another process has changed the settings file, without polling.
//!
//! Owns the watch on the folder: the file itself is replaced at each save, so a watch on it would go blind.

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::{Paths, files};

/// The settings file cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// Its folder cannot be made.
    #[error("the settings folder cannot be used ({0})")]
    Folder(#[from] std::io::Error),
    /// The system gives no more watches.
    #[error("the settings folder cannot be watched ({0})")]
    Watch(#[from] notify::Error),
}

/// Watches as long as it lives.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Calls `changed`, on a thread of its own, after the file was written, replaced or removed by anyone, ourselves
    /// included; more than once for one change where the system says so.
    ///
    /// # Errors
    ///
    /// [`WatchError`] where the folder cannot be made or watched.
    pub fn start(paths: &Paths, changed: impl Fn() + Send + 'static) -> Result<Self, WatchError> {
        files::private_folder(paths.folder())?;
        let name = paths.settings.file_name().map(ToOwned::to_owned);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let is_ours = match event {
                Ok(event) => {
                    is_change(event.kind) && event.paths.iter().any(|p| p.file_name() == name.as_deref())
                }
                // Events may have been lost: look once too often.
                Err(_) => true,
            };
            if is_ours {
                changed();
            }
        })?;
        watcher.watch(paths.folder(), RecursiveMode::NonRecursive)?;
        Ok(Self { _watcher: watcher })
    }
}

/// Leaves out our own reading, and half-written states that a closing or renaming event follows.
const fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Name(RenameMode::To | RenameMode::From | RenameMode::Any))
        | EventKind::Remove(_)
        | EventKind::Any
        | EventKind::Other => true,
        EventKind::Access(_) => false,
        EventKind::Create(_) | EventKind::Modify(_) => cfg!(not(target_os = "linux")),
    }
}
