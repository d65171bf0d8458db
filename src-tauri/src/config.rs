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
use tidemark_core::account::Account;
use tidemark_core::message::Remark;
use tidemark_core::settings::{SCHEMA, Settings};

pub use paths::{NoHome, Paths};
pub use watch::{Watch, WatchError};

use parse::{Parsed, Understood};

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
    #[error("{0}; look at the folder's permissions and the room on the disk")]
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
        Parsed::Understood(read) if read.lost.is_empty() && read.settings.schema <= SCHEMA => mended(*read),
        // What moves files is done under the lock, or a writer's fresh file could be moved away.
        parsed => match files::Lock::take(&paths.lock(), LOCK_LIMIT) {
            Ok(_lock) => load_locked(paths, now),
            Err(_) => aside::untouched(
                paths,
                match parsed {
                    Parsed::Understood(read) => read.settings,
                    Parsed::Missing | Parsed::Broken | Parsed::Unreadable => last_good(paths),
                },
            ),
        },
    }
}

/// Notes settings that someone wrote by hand as good, for the day their file is broken. Without accounts there is
/// nothing to lose.
///
/// # Errors
///
/// [`SaveError`]; the settings themselves are not touched.
pub fn note_good(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    if settings.accounts.is_empty() || last_good(paths) == *settings {
        return Ok(());
    }
    let _lock = lock(paths)?;
    files::replace(&paths.last_good(), &text(settings)?)?;
    Ok(())
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
    if let Some(Remark::SettingsMended { .. }) = loaded.remark {
        aside::copy_mended(paths, now).map_err(SaveError::Write)?;
    }
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
        Parsed::Understood(read) if !read.lost.is_empty() => {
            let Understood { mut settings, lost, .. } = *read;
            let known = last_good(paths).accounts;
            let is_lost = |account: &Account| lost.iter().flatten().any(|id| *id == account.id);
            let is_there = |account: &Account| settings.account(&account.id).is_some();
            let found: Vec<_> = known.into_iter().filter(|a| is_lost(a) && !is_there(a)).collect();
            settings.accounts.extend(found);
            settings.mend_accounts();
            written_back(paths, aside::move_broken(paths, settings, now))
        }
        Parsed::Understood(mut read) if read.settings.schema > SCHEMA => {
            read.settings.mend_accounts();
            aside::copy_newer(paths, read.settings, now)
        }
        Parsed::Understood(read) => mended(*read),
        Parsed::Broken => {
            let known = last_good(paths);
            let is_known = !known.accounts.is_empty();
            let loaded = aside::move_broken(paths, known, now);
            if is_known { written_back(paths, loaded) } else { loaded }
        }
        Parsed::Unreadable => aside::untouched(paths, last_good(paths)),
    }
}

/// Gives what was understood, and names what was not.
fn mended(read: Understood) -> Loaded {
    let Understood { mut settings, mended: mut fields, .. } = read;
    fields.extend(settings.mend_accounts());
    let remark = (!fields.is_empty()).then_some(Remark::SettingsMended { fields });
    Loaded { settings, remark, writable: true }
}

/// Gives the settings as they were last written well.
fn last_good(paths: &Paths) -> Settings {
    match parse::read(&paths.last_good()) {
        Parsed::Understood(read) => mended(*read).settings,
        Parsed::Missing | Parsed::Broken | Parsed::Unreadable => Settings::default(),
    }
}

/// Writes what is left of a file that was moved away in its place.
fn written_back(paths: &Paths, loaded: Loaded) -> Loaded {
    if loaded.writable
        && let Err(error) = write(paths, &loaded.settings)
    {
        tracing::warn!(%error, "what could be read of the settings was not written back");
    }
    loaded
}

fn write(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let text = text(settings)?;
    files::replace(&paths.settings, &text)?;
    // A copy that fails leaves an older one, which is better than none.
    if let Err(error) = files::replace(&paths.last_good(), &text) {
        tracing::warn!(%error, "the copy of the settings could not be written");
    }
    Ok(())
}

fn text(settings: &Settings) -> io::Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(settings)?;
    text.push(b'\n');
    Ok(text)
}
