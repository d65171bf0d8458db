//! The settings file of the running app, read and written on blocking threads, so that waiting for a lock or a slow
//! disk delays nothing else.
//!
//! If the file is missing or broken while the app runs, the settings in use are kept: see [`SettingsFile::read`].

use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidemark_core::account::AccountId;
use tidemark_core::form::Section;
use tidemark_core::message::Remark;
use tidemark_core::monitor::Monitor;
use tidemark_core::settings::{SettingError, Settings};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use super::Message;
use crate::config::{self, Paths, SaveError};
use crate::error::AppError;

/// How long a file that disappears is waited for before it is written again: editors, `stow` and `git checkout` remove
/// it for a moment.
const FILE_GRACE: Duration = Duration::from_secs(5);
/// The same for the whole folder: restoring a copy of it begins with removing it.
const FOLDER_GRACE: Duration = Duration::from_mins(1);

/// The result of reading the settings file.
#[derive(Debug)]
pub enum SettingsRead {
    /// The file is missing. The settings in use stay, and the file is to be read again after this time.
    Missing(Duration),
    /// These settings are in use now.
    Found(Box<Settings>, Option<Remark>),
}

/// The result of work on files, for the controller.
#[derive(Debug)]
pub enum FilesDone {
    Read(SettingsRead),
    /// Changes were saved or refused: the settings as they are now, if any was saved, and where each result goes.
    Changed(Option<SettingsRead>, Vec<(Result<(), NotChanged>, Reply)>),
    /// The accounts to show from now on: simulated ones (`true`), or the user's own with what was stored of them.
    Accounts(bool, Box<Monitor>),
}

/// Why a change was not made.
#[derive(Clone, Debug)]
pub enum NotChanged {
    /// The value is not valid.
    Refused(SettingError),
    NotSaved(AppError),
}

/// Where the result of a change goes.
#[derive(Debug)]
pub enum Reply {
    /// To the page's form, which shows every setting.
    Form(oneshot::Sender<Result<Vec<Section>, AppError>>),
    /// To the form of an account.
    Account(oneshot::Sender<Result<(), AppError>>),
}

/// One change that the user made.
#[derive(Debug)]
pub(super) enum Edit {
    /// Key and value of a setting.
    Setting(String, String),
    /// Field and value of an account.
    Account(AccountId, String, String),
}

impl Edit {
    /// Applies the change, or leaves everything as it is.
    pub(super) fn apply(&self, settings: &mut Settings) -> Result<(), SettingError> {
        match self {
            Self::Setting(key, value) => settings.set(key, value),
            Self::Account(id, field, value) => settings.set_account(id, field, value),
        }
    }
}

type Edits = Mutex<Vec<(Edit, Reply)>>;
type Job = Box<dyn FnOnce(&mut SettingsFile) -> FilesDone + Send>;

/// Runs file work in the order in which it is queued, without blocking the caller.
pub(super) struct FileWorker {
    file: Arc<Mutex<SettingsFile>>,
    jobs: UnboundedSender<Job>,
    /// The receiver of the jobs, until the worker is started.
    inbox: Option<UnboundedReceiver<Job>>,
    edits: Arc<Edits>,
    /// Whether a read is queued; one is enough for any number of events.
    is_read_planned: Arc<AtomicBool>,
}

impl fmt::Debug for FileWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileWorker").finish_non_exhaustive()
    }
}

impl FileWorker {
    /// `known` are the settings in use. The worker runs nothing before [`FileWorker::start`].
    pub(super) fn new(paths: Paths, known: Option<Settings>) -> Self {
        let (jobs, inbox) = unbounded_channel();
        let file = SettingsFile { paths, known, missing_since: None };
        Self {
            file: Arc::new(Mutex::new(file)),
            jobs,
            inbox: Some(inbox),
            edits: Arc::default(),
            is_read_planned: Arc::default(),
        }
    }

    /// Starts to run jobs, in the runtime of the caller. Results are sent as [`Message::Files`].
    pub(super) fn start(&mut self, done: UnboundedSender<Message>) {
        let Some(mut inbox) = self.inbox.take() else { return };
        let file = Arc::clone(&self.file);
        tokio::spawn(async move {
            while let Some(job) = inbox.recv().await {
                let file = Arc::clone(&file);
                match tokio::task::spawn_blocking(move || job(&mut lock(&file))).await {
                    Ok(did) => drop(done.send(Message::Files(did))),
                    // The panic hook logs the panic itself; the next job continues with the last known settings.
                    Err(error) => tracing::error!(%error, "work on the settings file ended early"),
                }
            }
        });
    }

    /// Queues reading the file again.
    pub(super) fn read(&self) {
        if self.is_read_planned.swap(true, Ordering::SeqCst) {
            return;
        }
        let is_planned = Arc::clone(&self.is_read_planned);
        self.run(move |file| {
            is_planned.store(false, Ordering::SeqCst);
            FilesDone::Read(file.read())
        });
    }

    /// Queues saving a change. Changes that wait for the lock of the file at the same time are saved together, so that
    /// the waits do not add up.
    pub(super) fn edit(&self, edit: Edit, reply: Reply) {
        lock(&self.edits).push((edit, reply));
        let edits = Arc::clone(&self.edits);
        self.run(move |file| file.save(&edits));
    }

    /// Queues building the monitor of other accounts, to be shown when it is ready.
    pub(super) fn make(&self, demo: bool, monitor: impl FnOnce() -> Monitor + Send + 'static) {
        self.run(move |_| FilesDone::Accounts(demo, Box::new(monitor())));
    }

    fn run(&self, job: impl FnOnce(&mut SettingsFile) -> FilesDone + Send + 'static) {
        // Fails only when the app is ending.
        let _ = self.jobs.send(Box::new(job));
    }
}

/// The file and its last known state.
#[derive(Debug)]
struct SettingsFile {
    paths: Paths,
    /// The settings in use, as last read without error.
    known: Option<Settings>,
    missing_since: Option<Instant>,
}

impl SettingsFile {
    /// Reads the file. While it is missing, the settings in use stay for [`FILE_GRACE`] or [`FOLDER_GRACE`]; then the
    /// file is written again. The settings in use also replace a broken file.
    fn read(&mut self) -> SettingsRead {
        let is_missing = self.is_missing();
        if is_missing {
            let has_folder = self.paths.settings.parent().is_some_and(Path::is_dir);
            let grace = if has_folder { FILE_GRACE } else { FOLDER_GRACE };
            let passed = self.missing_since.get_or_insert_with(Instant::now).elapsed();
            if let Some(left) = grace.checked_sub(passed).filter(|left| !left.is_zero()) {
                return SettingsRead::Missing(left);
            }
        }
        self.missing_since = None;
        let mut loaded = config::load(&self.paths, Timestamp::now());
        let is_lost = is_missing && loaded.settings.accounts.is_empty();
        let is_broken = matches!(loaded.remark, Some(Remark::SettingsBroken { .. }));
        if let Some(known) = self.known.as_ref().filter(|_| is_lost || is_broken) {
            self.write(known);
            loaded.settings.clone_from(known);
            if is_lost {
                let from = "settings.last-good.json".to_owned();
                loaded.remark = Some(Remark::SettingsRestored { from });
            }
        } else if loaded.remark.is_none()
            && let Err(error) = config::note_good(&self.paths, &loaded.settings)
        {
            tracing::warn!(%error, "the copy of the settings could not be written");
        }
        self.known = Some(loaded.settings.clone());
        SettingsRead::Found(Box::new(loaded.settings), loaded.remark)
    }

    /// Applies the waiting changes, each independently, and saves them together.
    fn save(&mut self, edits: &Edits) -> FilesDone {
        let waiting = lock(edits).len();
        if waiting == 0 {
            // The job of an earlier change has saved this one too.
            return FilesDone::Changed(None, Vec::new());
        }
        let known = self.known.clone().filter(|_| self.is_missing());
        let mut made = Vec::new();
        let saved = config::update(&self.paths, Timestamp::now(), |settings| {
            if let Some(known) = known {
                *settings = known;
            }
            // Includes changes that came while waiting for the lock.
            for (edit, reply) in lock(edits).drain(..) {
                made.push((edit.apply(settings).map_err(NotChanged::Refused), reply));
            }
            Ok::<(), SaveError>(())
        });
        let Err(error) = saved else { return FilesDone::Changed(Some(self.read()), made) };
        let error = NotChanged::NotSaved(error.into());
        for (done, _) in &mut made {
            *done = done.clone().and(Err(error.clone()));
        }
        // Later changes have their own job, which waits for the lock again.
        let in_time = waiting.min(lock(edits).len());
        made.extend(lock(edits).drain(..in_time).map(|(_, reply)| (Err(error.clone()), reply)));
        FilesDone::Changed(None, made)
    }

    /// Returns whether the file had accounts and is missing now.
    fn is_missing(&self) -> bool {
        let is_known = self.known.as_ref().is_some_and(|known| !known.accounts.is_empty());
        is_known
            && std::fs::metadata(&self.paths.settings)
                .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    }

    fn write(&self, known: &Settings) {
        let written = config::update(&self.paths, Timestamp::now(), |settings| {
            settings.clone_from(known);
            Ok::<(), SaveError>(())
        });
        if let Err(error) = written {
            tracing::warn!(%error, "the settings could not be written again");
        }
    }
}

/// Ignores poisoning: a holder that panicked leaves the value valid.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
