//! The settings file: read as far as it can be, written whole or not at all.
//!
//! Owns where our files are and how they are kept. Refuses to overwrite what it could not read, to follow a planted
//! link, and to let two writers meet.

mod aside;
pub(crate) mod files;
mod parse;
mod paths;
mod watch;

use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tidemark_core::message::Remark;
use tidemark_core::settings::{SCHEMA, Settings};

pub use paths::{NoHome, Paths};
pub use watch::{Watch, WatchError};

use parse::Parsed;

/// How long a writer waits for another one.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// The settings, and what came up while reading them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What the user has chosen, as far as it could be read; every value is within its bounds.
    pub settings: Settings,
    /// What the user must be told.
    pub remark: Option<Remark>,
    /// Whether they can be saved without losing what could not be read.
    pub writable: bool,
}

/// Why settings were not saved; reads on after "could not be written: ".
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file or its folder cannot be written.
    #[error(
        "The settings could not be saved ({0}). Look at the folder's permissions and the room on the disk."
    )]
    Write(#[from] io::Error),
    /// Another Tidemark has been writing for too long.
    #[error("another Tidemark is changing them; try again in a moment")]
    Busy,
    /// What is there cannot be read, and is not overwritten.
    #[error("the file that is there cannot be read and is not overwritten; look at its permissions")]
    Unreadable,
}

/// Reads the settings. What cannot be read is kept aside under a dated name, and defaults are used.
#[must_use]
pub fn load(paths: &Paths, now: Timestamp) -> Loaded {
    match parse::read(&paths.settings) {
        Parsed::Missing => Loaded { settings: Settings::default(), remark: None, writable: true },
        Parsed::Fine(settings) if settings.schema <= SCHEMA => {
            Loaded { settings, remark: None, writable: true }
        }
        // What moves files is done under the lock, or a writer's fresh file could be moved away.
        parsed => match files::Lock::take(&paths.lock(), LOCK_LIMIT) {
            Ok(_lock) => load_locked(paths, now),
            Err(_) => aside::untouched(paths, parsed.into_settings()),
        },
    }
}

/// Saves the settings: whole, or not at all.
///
/// # Errors
///
/// [`SaveError`], and the former file is untouched then.
pub fn save(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let _lock = lock(paths)?;
    write(paths, settings)
}

/// Reads the settings again, changes them and saves them, with every other Tidemark kept out meanwhile.
///
/// # Errors
///
/// The change's own error, with nothing saved; [`SaveError`] turned into it where saving fails.
pub fn update<T, E: From<SaveError>>(
    paths: &Paths,
    now: Timestamp,
    change: impl FnOnce(&mut Settings) -> Result<T, E>,
) -> Result<(T, Settings), E> {
    let _lock = lock(paths)?;
    let loaded = load_locked(paths, now);
    if !loaded.writable {
        return Err(SaveError::Unreadable.into());
    }
    let mut settings = loaded.settings;
    let value = change(&mut settings)?;
    write(paths, &settings)?;
    Ok((value, settings))
}

fn lock(paths: &Paths) -> Result<files::Lock, SaveError> {
    files::private_folder(paths.folder())?;
    let start = Instant::now();
    files::Lock::take(&paths.lock(), LOCK_LIMIT)
        .map_err(|e| if start.elapsed() >= LOCK_LIMIT { SaveError::Busy } else { SaveError::Write(e) })
}

fn load_locked(paths: &Paths, now: Timestamp) -> Loaded {
    match parse::read(&paths.settings) {
        Parsed::Missing => Loaded { settings: Settings::default(), remark: None, writable: true },
        Parsed::Fine(settings) if settings.schema > SCHEMA => aside::copy_newer(paths, settings, now),
        Parsed::Fine(settings) => Loaded { settings, remark: None, writable: true },
        Parsed::Partly(settings) => {
            let loaded = aside::move_broken(paths, settings, now);
            if loaded.writable
                && let Err(error) = write(paths, &loaded.settings)
            {
                tracing::warn!(%error, "what could be read of the settings was not written back");
            }
            loaded
        }
        Parsed::Broken => aside::move_broken(paths, Settings::default(), now),
        Parsed::Unreadable => aside::untouched(paths, Settings::default()),
    }
}

fn write(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let mut text = serde_json::to_vec_pretty(settings).map_err(io::Error::from)?;
    text.push(b'\n');
    files::replace(&paths.settings, &text)?;
    Ok(())
}
