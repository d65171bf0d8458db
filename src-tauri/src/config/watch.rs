//! Reports changes of the settings file, whoever makes them.
//!
//! The file is replaced at each save, and its folder can be replaced as well. So the folders on the path to the file
//! are watched, and watched again when one of them changes. Checking the file at an interval finds changes that the
//! system does not report, for example when it allows no more watches.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind, RenameMode};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Paths;
use super::stamp::{Identity, Stamp};

/// How often the file is checked while not every folder on its path is watched.
const CHECK_INTERVAL: Duration = Duration::from_secs(15);
/// The factor by which the interval is longer while all of them are watched.
const WATCHED_FACTOR: u32 = 4;

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watch {
    signals: Sender<Signal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    /// The file was written, replaced or removed, or events were lost.
    File,
    /// Something else on the path was created, replaced or removed.
    Folder,
    Stop,
}

impl Watch {
    /// Calls `changed`, on a separate thread, after the file was written, replaced or removed by anyone, including this
    /// process; more than once for one change if the system reports it so.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub fn start(paths: &Paths, changed: impl Fn() + Send + 'static) -> io::Result<Self> {
        Self::start_with(paths, CHECK_INTERVAL, changed)
    }

    /// As [`Watch::start`], with another interval between the checks of a file that cannot be watched.
    ///
    /// # Errors
    ///
    /// If the thread cannot be started.
    pub fn start_with(
        paths: &Paths,
        interval: Duration,
        changed: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let (signals, inbox) = mpsc::channel();
        let mut watching = Watching::new(paths.settings.clone(), signals.clone());
        std::thread::Builder::new()
            .name("settings watch".to_owned())
            .spawn(move || watching.run(&inbox, interval, changed))?;
        Ok(Self { signals })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        // A thread that has ended needs no signal.
        let _ = self.signals.send(Signal::Stop);
    }
}

/// The state of the watch thread.
struct Watching {
    file: PathBuf,
    signals: Sender<Signal>,
    route: Route,
    /// Dropping it ends all its watches.
    watcher: Option<RecommendedWatcher>,
    /// Whether every folder of the route is watched.
    is_complete: bool,
    stamp: Option<Stamp>,
}

impl Watching {
    fn new(file: PathBuf, signals: Sender<Signal>) -> Self {
        let route = Route::default();
        let mut watching = Self { file, signals, route, watcher: None, is_complete: false, stamp: None };
        watching.watch_route();
        watching.stamp = Stamp::of(&watching.file);
        watching
    }

    fn run(&mut self, inbox: &Receiver<Signal>, interval: Duration, changed: impl Fn()) {
        loop {
            let wait = if self.is_complete { interval.saturating_mul(WATCHED_FACTOR) } else { interval };
            let is_reported = match inbox.recv_timeout(wait) {
                Ok(Signal::File) => true,
                Ok(Signal::Folder) | Err(RecvTimeoutError::Timeout) => false,
                Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
            };
            if !self.is_complete || Route::to(&self.file) != self.route {
                self.watch_route();
            }
            let stamp = Stamp::of(&self.file);
            // Two writes within one clock tick have the same stamp, so an event counts even if the stamp is the same.
            if is_reported || stamp != self.stamp {
                self.stamp = stamp;
                changed();
            }
        }
    }

    fn watch_route(&mut self) {
        // A folder can be replaced before it is watched; then the route is different afterwards.
        for _ in 0..3 {
            self.route = Route::to(&self.file);
            let was_complete = std::mem::replace(&mut self.is_complete, self.route.is_whole);
            self.watcher = match self.watch_folders() {
                Ok(watcher) => Some(watcher),
                Err(error) => {
                    self.is_complete = false;
                    if was_complete || self.watcher.is_none() {
                        tracing::warn!(%error, "the settings folder cannot be watched; the file is looked at instead");
                    }
                    None
                }
            };
            if Route::to(&self.file) == self.route {
                return;
            }
        }
    }

    fn watch_folders(&self) -> notify::Result<RecommendedWatcher> {
        let (files, names) = (self.route.files.clone(), self.route.names.clone());
        let signals = self.signals.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else {
                // Events may have been lost.
                let _ = signals.send(Signal::File);
                return;
            };
            let concerns = |names: &HashSet<OsString>| {
                event.paths.iter().any(|path| path.file_name().is_some_and(|name| names.contains(name)))
            };
            if event.need_rescan() || (is_change(event.kind) && concerns(&files)) {
                let _ = signals.send(Signal::File);
            } else if is_new_name(event.kind) && (concerns(&names) || is_new_link(&event)) {
                let _ = signals.send(Signal::Folder);
            }
        })?;
        for (folder, _) in &self.route.folders {
            watcher.watch(folder, RecursiveMode::NonRecursive)?;
        }
        Ok(watcher)
    }
}

/// The folders on the path to the file, as they are at one moment.
#[derive(Debug, Default, PartialEq)]
struct Route {
    folders: Vec<(PathBuf, Identity)>,
    /// The names of the file and of its link target.
    files: HashSet<OsString>,
    /// The names of the folders on the path.
    names: HashSet<OsString>,
    /// Whether the creation of a file anywhere on the path is reported.
    is_whole: bool,
}

impl Route {
    fn to(file: &Path) -> Self {
        let mut route = Self { is_whole: true, ..Self::default() };
        let Some(folder) = file.parent() else { return Self::default() };
        route.add_files(file);
        route.add_folder(folder);
        // The creation of a folder is reported by its parent.
        let above = folder.ancestors().skip(1).find(|above| above.is_dir());
        route.add_folder(above.unwrap_or(folder));
        match fs::canonicalize(file) {
            Ok(target) => {
                route.add_files(&target);
                target.parent().into_iter().for_each(|folder| route.add_folder(folder));
            }
            // The target of a broken link may be created in a folder that is not watched.
            Err(_) => route.is_whole &= file.symlink_metadata().is_err(),
        }
        if let Ok(target) = fs::canonicalize(folder) {
            route.add_names(&target);
            target.parent().into_iter().for_each(|above| route.add_folder(above));
        } else {
            route.is_whole &= folder.symlink_metadata().is_err();
        }
        route
    }

    fn add_files(&mut self, file: &Path) {
        self.files.extend(file.file_name().map(ToOwned::to_owned));
        file.parent().into_iter().for_each(|folder| self.add_names(folder));
    }

    fn add_names(&mut self, folder: &Path) {
        self.names.extend(folder.iter().map(ToOwned::to_owned));
    }

    /// Adds each folder once, even if it is reached by several paths.
    fn add_folder(&mut self, folder: &Path) {
        let Some(identity) =
            fs::metadata(folder).ok().filter(Metadata::is_dir).map(|m| Identity::of(&m, folder))
        else {
            return;
        };
        if self.folders.iter().all(|(_, known)| *known != identity) {
            self.folders.push((folder.to_owned(), identity));
        }
    }
}

/// Excludes our own reading, and partial writes that are followed by a close or rename event.
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

/// Whether a link was created. No write event follows in that case.
fn is_new_link(event: &notify::Event) -> bool {
    matches!(event.kind, EventKind::Create(_)) && event.paths.iter().any(|path| path.is_symlink())
}

/// Whether a folder, or a link to one, may have been replaced.
const fn is_new_name(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_)
        | EventKind::Remove(_)
        | EventKind::Modify(ModifyKind::Name(_))
        | EventKind::Any
        | EventKind::Other => true,
        EventKind::Access(_) | EventKind::Modify(_) => false,
    }
}
