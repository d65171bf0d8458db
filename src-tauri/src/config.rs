//! The settings file: read as far as it can be, replaced as a whole, never without a copy of the accounts.
//!
//! A file that cannot be read is kept under a dated name before another takes its place; a link is not followed for
//! writing; two writers exclude each other by a lock.

mod aside;
pub(crate) mod files;
mod parse;
mod paths;
mod stamp;
mod transaction;
mod watch;

use std::fs;
use std::io;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde_json::Value;
use tidemark_core::account::{Account, AccountId};
use tidemark_core::message::Remark;
use tidemark_core::settings::{SCHEMA, Settings};

pub use paths::{NoHome, Paths};
pub use transaction::Transaction;
pub use watch::Watch;

use files::Replacement;
use parse::{Parsed, Understood};

/// How long a writer waits for another one.
const LOCK_LIMIT: Duration = Duration::from_secs(5);

/// Editors truncate a file and then write it, or move it away and then write another. A file that is incomplete or
/// missing for less than this is read again.
const WRITE_TIME: Duration = Duration::from_secs(1);

/// How often it is read again.
const WRITE_POLL: Duration = Duration::from_millis(20);

/// A longer file is written without indentation, which may be many times as long as the values.
const INDENTED: usize = 256 * 1024;

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

/// Why settings were not saved; reads on after "could not be written to settings.json: ".
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file or its folder cannot be written.
    #[error("{}", files::problem(.0))]
    Write(#[from] io::Error),
    /// Another Tidemark has been writing for too long.
    #[error("another Tidemark is changing them; try again in a moment")]
    Busy,
    /// What is there cannot be read, and is not overwritten.
    #[error("the file that is there cannot be read and is not overwritten; look at its permissions")]
    Unreadable,
    /// Another program has changed the file since it was read.
    #[error("another program has just changed them; try again")]
    Changed,
    /// The file would be too long or too deeply nested to be read again.
    #[error("they would hold more than can be read again; take out what Tidemark does not know")]
    TooLarge,
}

/// What is in use, though nothing can be saved, and why.
type Unsaved = Box<(Loaded, SaveError)>;

/// Reads the settings. What cannot be read is kept aside under a dated name and replaced by the last good copy; without
/// one there are defaults. A missing file is restored from that copy too, if it has accounts.
///
/// Blocks while a file is incomplete or missing that may be in the middle of being written (about a second), and while
/// another Tidemark writes (five seconds at most).
#[must_use]
pub fn load(paths: &Paths, now: Timestamp) -> Loaded {
    let parsed = parse::read(&paths.settings);
    match parsed {
        Parsed::Missing if last_good(paths).accounts.is_empty() => return fresh(),
        Parsed::Understood(read) if read.lost.is_empty() && read.settings.schema <= SCHEMA => {
            return mended(*read);
        }
        Parsed::Missing | Parsed::Understood(_) | Parsed::Broken | Parsed::Unreadable => {}
    }
    // Files are replaced under the lock only, or a file that another process has just written could be lost.
    match files::Lock::take(&paths.lock(), LOCK_LIMIT) {
        Ok(_lock) => load_locked(paths, now).unwrap_or_else(|unsaved| unsaved.0),
        Err(_) => match parsed {
            Parsed::Missing => restored(paths, last_good(paths)),
            Parsed::Understood(read) => aside::untouched(paths, read.settings),
            Parsed::Broken | Parsed::Unreadable => aside::untouched(paths, last_good(paths)),
        },
    }
}

/// Reads the settings for the simulation: as [`load`] does, but no file or folder is made or moved.
#[must_use]
pub fn peek(paths: &Paths) -> Loaded {
    let settings = match parse::read(&paths.settings) {
        Parsed::Understood(read) => mended(*read).settings,
        Parsed::Missing | Parsed::Broken | Parsed::Unreadable => last_good(paths),
    };
    Loaded { settings, remark: None, writable: false }
}

/// Copies settings that someone wrote by hand, for the day their file is broken. Without accounts there is nothing to
/// lose.
///
/// # Errors
///
/// [`SaveError`]; the settings themselves are not touched.
pub fn note_good(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    if settings.accounts.is_empty() || last_good(paths) == *settings {
        return Ok(());
    }
    let _lock = lock(paths)?;
    // Another process may have written a later one since.
    if let Parsed::Understood(read) = parse::read(&paths.settings)
        && mended(*read).settings == *settings
    {
        copy_as_good(paths, &text(settings)?, &settings.accounts, &[])?;
    }
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

/// Reads the settings again, changes them and saves them, with every other Tidemark kept out meanwhile. Blocks as
/// [`load`] does.
///
/// # Errors
///
/// The change's own error, with nothing saved; [`SaveError`] turned into it where saving fails.
pub fn update<T, E: From<SaveError>>(
    paths: &Paths,
    now: Timestamp,
    change: impl FnOnce(&mut Settings) -> Result<T, E>,
) -> Result<(T, Settings), E> {
    let mut transaction = Transaction::begin(paths, now)?;
    let value = transaction.change(change)?;
    transaction.prepare()?;
    transaction.commit()?;
    Ok((value, transaction.into_settings()))
}

fn lock(paths: &Paths) -> Result<files::Lock, SaveError> {
    files::private_folder(paths.folder())?;
    let start = Instant::now();
    files::Lock::take(&paths.lock(), LOCK_LIMIT)
        .map_err(|e| if start.elapsed() >= LOCK_LIMIT { SaveError::Busy } else { SaveError::Write(e) })
}

fn load_locked(paths: &Paths, now: Timestamp) -> Result<Loaded, Unsaved> {
    match read_settled(paths) {
        Parsed::Missing => restore_missing(paths, now),
        Parsed::Understood(read) if !read.lost.is_empty() => {
            let Understood { mut settings, lost, .. } = *read;
            let known = last_good(paths).accounts;
            let is_lost = |account: &Account| lost.iter().flatten().any(|id| *id == account.id);
            let is_there = |account: &Account| settings.account(&account.id).is_some();
            let found: Vec<_> = known.into_iter().filter(|a| is_lost(a) && !is_there(a)).collect();
            settings.accounts.extend(found);
            settings.mend_accounts();
            replace_broken(paths, settings, now)
        }
        Parsed::Understood(mut read) if read.settings.schema > SCHEMA => {
            read.settings.mend_accounts();
            aside::copy_newer(paths, read.settings, now)
        }
        Parsed::Understood(read) => Ok(mended(*read)),
        Parsed::Broken => match last_good_copy(paths) {
            Some(known) => replace_broken(paths, known, now),
            // There is nothing to put in its place.
            None => aside::move_broken(paths, now),
        },
        Parsed::Unreadable => unsaved(paths, last_good(paths), SaveError::Unreadable),
    }
}

/// Reads the file again for a moment where someone may be in the middle of writing it.
fn read_settled(paths: &Paths) -> Parsed {
    let start = Instant::now();
    loop {
        let parsed = parse::read(&paths.settings);
        if !may_be_in_writing(paths, &parsed) || start.elapsed() >= WRITE_TIME {
            return parsed;
        }
        std::thread::sleep(WRITE_POLL);
    }
}

fn may_be_in_writing(paths: &Paths, parsed: &Parsed) -> bool {
    let is_new = |metadata: &fs::Metadata| {
        let age = metadata.modified().ok().and_then(|at| at.elapsed().ok());
        age.is_some_and(|age| age < WRITE_TIME)
    };
    match parsed {
        Parsed::Broken => fs::metadata(&paths.settings)
            .is_ok_and(|file| file.is_file() && (file.len() == 0 || is_new(&file))),
        // A file that was moved away changes its folder.
        Parsed::Missing => {
            fs::metadata(paths.folder()).is_ok_and(|folder| is_new(&folder))
                && !last_good(paths).accounts.is_empty()
        }
        Parsed::Understood(_) | Parsed::Unreadable => false,
    }
}

/// Puts the last good copy in the place of a file that is missing. A user who wants to start afresh deletes both.
fn restore_missing(paths: &Paths, now: Timestamp) -> Result<Loaded, Unsaved> {
    let known = last_good(paths);
    if known.accounts.is_empty() {
        return Ok(fresh());
    }
    let written =
        text(&known).and_then(|text| Ok(Replacement::prepare(&paths.settings, &text)?.put_where_missing()?));
    match written {
        Ok(()) => {
            tracing::warn!("the settings file was missing and was restored from its last good copy");
            Ok(restored(paths, known))
        }
        // Someone has written it meanwhile.
        Err(SaveError::Write(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
            load_locked(paths, now)
        }
        Err(error) => {
            tracing::warn!(%error, "the settings file is missing and could not be restored");
            Err(Box::new((restored(paths, known), error)))
        }
    }
}

/// Keeps a file that cannot be used aside and puts these settings in its place, in an order in which there is a file to
/// read at every moment.
fn replace_broken(paths: &Paths, settings: Settings, now: Timestamp) -> Result<Loaded, Unsaved> {
    let replaced = text(&settings).and_then(|text| {
        let next = Replacement::prepare(&paths.settings, &text)?;
        let kept_as = aside::keep(paths, now)?;
        next.put_in_place()?;
        if let Err(error) = copy_as_good(paths, &text, &settings.accounts, &[]) {
            tracing::warn!(%error, "the copy of the settings could not be written");
        }
        Ok(kept_as)
    });
    match replaced {
        Ok(kept_as) => {
            tracing::warn!(kept_as, "the settings file could not be read and was kept aside");
            Ok(Loaded { settings, remark: Some(Remark::SettingsBroken { kept_as }), writable: true })
        }
        Err(error) => unsaved(paths, settings, error),
    }
}

fn unsaved(paths: &Paths, settings: Settings, error: SaveError) -> Result<Loaded, Unsaved> {
    tracing::warn!(%error, "the settings file cannot be replaced");
    Err(Box::new((aside::untouched(paths, settings), error)))
}

/// What there is before anything was chosen.
fn fresh() -> Loaded {
    Loaded { settings: Settings::default(), remark: None, writable: true }
}

fn restored(paths: &Paths, settings: Settings) -> Loaded {
    let from = aside::name_of(&paths.last_good());
    Loaded { settings, remark: Some(Remark::SettingsRestored { from }), writable: true }
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
    last_good_copy(paths).unwrap_or_default()
}

fn last_good_copy(paths: &Paths) -> Option<Settings> {
    match parse::read(&paths.last_good()) {
        Parsed::Understood(read) => Some(mended(*read).settings),
        Parsed::Missing | Parsed::Broken | Parsed::Unreadable => None,
    }
}

/// Writes settings and their copy.
fn write(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let text = text(settings)?;
    files::replace(&paths.settings, &text)?;
    // A copy that fails leaves an older one, which is better than none.
    if let Err(error) = copy_as_good(paths, &text, &settings.accounts, &[]) {
        tracing::warn!(%error, "the copy of the settings could not be written");
    }
    Ok(())
}

/// Replaces the last good copy. One with accounts that are gone now, though no command removed them, is kept aside.
fn copy_as_good(paths: &Paths, text: &[u8], accounts: &[Account], before: &[AccountId]) -> io::Result<()> {
    let is_known = |id: &AccountId| before.contains(id) || accounts.iter().any(|a| a.id == *id);
    if last_good(paths).accounts.iter().any(|account| !is_known(&account.id)) {
        aside::keep_former(paths, Timestamp::now())?;
    }
    files::replace(&paths.last_good(), text)
}

/// Gives the text of a settings file that is read as exactly these settings.
fn text(settings: &Settings) -> Result<Vec<u8>, SaveError> {
    let mut text = serde_json::to_vec_pretty(settings).map_err(io::Error::from)?;
    if text.len() > INDENTED {
        text = serde_json::to_vec(settings).map_err(io::Error::from)?;
    }
    text.push(b'\n');
    let is_read_again = parse::parse(&text)
        .is_some_and(|read| read.lost.is_empty() && is_same(&mended(read).settings, settings));
    if is_read_again { Ok(text) } else { Err(SaveError::TooLarge) }
}

/// Compares settings as they are in the file. Reading a number with a fraction may change its last digit.
fn is_same(one: &Settings, other: &Settings) -> bool {
    fn is_same_value(one: &Value, other: &Value) -> bool {
        match (one, other) {
            (Value::Array(one), Value::Array(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| is_same_value(a, b))
            }
            (Value::Object(one), Value::Object(other)) => {
                one.len() == other.len()
                    && one.iter().zip(other).all(|((k, a), (l, b))| k == l && is_same_value(a, b))
            }
            (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
                let (one, other) = (one.as_f64().unwrap_or(0.0), other.as_f64().unwrap_or(0.0));
                (one - other).abs() <= one.abs() * 1e-15
            }
            _ => one == other,
        }
    }
    match (serde_json::to_value(one), serde_json::to_value(other)) {
        (Ok(one), Ok(other)) => is_same_value(&one, &other),
        _ => false,
    }
}
