//! The settings file. As much of it as possible is read; it is replaced as a whole, and a copy with the accounts is
//! kept.
//!
//! A file that cannot be read is kept under a dated name before another one replaces it. A link is not followed for
//! writing. A lock excludes other writers.

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

/// Editors truncate a file and then write it, or move it away and then write a new one. A file that is incomplete or
/// missing is read again for this long.
const WRITE_TIME: Duration = Duration::from_secs(1);

/// The pause between those reads.
const WRITE_POLL: Duration = Duration::from_millis(20);

/// A longer file, in bytes, is written without indentation, which may be many times as long as the values.
const INDENTED: usize = 256 * 1024;

/// The settings, and problems found while reading them.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// The user's settings, as far as they could be read; every value is within its bounds.
    pub settings: Settings,
    /// What to show to the user.
    pub remark: Option<Remark>,
    /// Whether they can be saved without losing what could not be read.
    pub writable: bool,
}

/// Why settings were not saved. The text continues "could not be written to settings.json: ".
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The file or its folder cannot be written.
    #[error("{}", files::problem(.0))]
    Write(#[from] io::Error),
    /// Another Tidemark has held the lock for too long.
    #[error("another Tidemark is changing them; try again in a moment")]
    Busy,
    /// The existing file cannot be read, so it is not overwritten.
    #[error("the file that is there cannot be read and is not overwritten; look at its permissions")]
    Unreadable,
    /// Another program has changed the file since it was read.
    #[error("another program has just changed them; try again")]
    Changed,
    /// The file would be too long or too deeply nested to be read again.
    #[error("they would hold more than can be read again; take out what Tidemark does not know")]
    TooLarge,
}

/// The settings to use although they cannot be saved, and the reason.
type Unsaved = Box<(Loaded, SaveError)>;

/// Reads the settings. A file that cannot be read is kept under a dated name and replaced by the last good copy, or by
/// the defaults if there is none. A missing file is also restored from that copy if the copy has accounts.
///
/// Blocks while an incomplete or missing file may be in the middle of being written (about a second), and while another
/// Tidemark writes (five seconds at most).
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
    // Files are replaced only under the lock; otherwise a file that another process has just written could be lost.
    match files::Lock::take(&paths.lock(), LOCK_LIMIT) {
        Ok(_lock) => load_locked(paths, now).unwrap_or_else(|unsaved| unsaved.0),
        Err(_) => match parsed {
            Parsed::Missing => restored(paths, last_good(paths)),
            Parsed::Understood(read) => aside::untouched(paths, read.settings),
            Parsed::Broken | Parsed::Unreadable => aside::untouched(paths, last_good(paths)),
        },
    }
}

/// Reads the settings for the simulation: like [`load`], but creates and moves no file or folder.
#[must_use]
pub fn peek(paths: &Paths) -> Loaded {
    let settings = match parse::read(&paths.settings) {
        Parsed::Understood(read) => mended(*read).settings,
        Parsed::Missing | Parsed::Broken | Parsed::Unreadable => last_good(paths),
    };
    Loaded { settings, remark: None, writable: false }
}

/// Updates the last good copy after a user edited the settings by hand, in case the file breaks later. Without accounts
/// there is nothing to lose, so nothing is copied.
///
/// # Errors
///
/// [`SaveError`]; the settings themselves are not touched.
pub fn note_good(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    if settings.accounts.is_empty() || last_good(paths) == *settings {
        return Ok(());
    }
    let _lock = lock(paths)?;
    // Another process may have written newer settings in the meantime.
    if let Parsed::Understood(read) = parse::read(&paths.settings)
        && mended(*read).settings == *settings
    {
        copy_as_good(paths, &text(settings)?, &settings.accounts, &[])?;
    }
    Ok(())
}

/// Saves the settings: completely, or not at all.
///
/// # Errors
///
/// [`SaveError`]; the former file is then unchanged.
pub fn save(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let _lock = lock(paths)?;
    write(paths, settings)
}

/// Reads the settings again, changes them and saves them, while the lock keeps every other Tidemark out. Blocks as
/// [`load`] does.
///
/// # Errors
///
/// The error of `change`, with nothing saved; or [`SaveError`], converted, if saving fails.
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
            // There is no copy to replace it with.
            None => aside::move_broken(paths, now),
        },
        Parsed::Unreadable => unsaved(paths, last_good(paths), SaveError::Unreadable),
    }
}

/// Reads the file repeatedly for up to [`WRITE_TIME`] while someone may be in the middle of writing it.
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
        // Moving a file away changes the modification time of its folder.
        Parsed::Missing => {
            fs::metadata(paths.folder()).is_ok_and(|folder| is_new(&folder))
                && !last_good(paths).accounts.is_empty()
        }
        Parsed::Understood(_) | Parsed::Unreadable => false,
    }
}

/// Restores a missing file from the last good copy. A user who wants to start over deletes both.
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
        // Someone has written the file in the meantime.
        Err(SaveError::Write(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
            load_locked(paths, now)
        }
        Err(error) => {
            tracing::warn!(%error, "the settings file is missing and could not be restored");
            Err(Box::new((restored(paths, known), error)))
        }
    }
}

/// Keeps an unusable file under a dated name and replaces it with these settings. The order of the steps ensures that
/// there is a file to read at every moment.
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

/// The defaults, when there are no settings yet.
fn fresh() -> Loaded {
    Loaded { settings: Settings::default(), remark: None, writable: true }
}

fn restored(paths: &Paths, settings: Settings) -> Loaded {
    let from = aside::name_of(&paths.last_good());
    Loaded { settings, remark: Some(Remark::SettingsRestored { from }), writable: true }
}

/// Returns what was understood, with a remark that names what was not.
fn mended(read: Understood) -> Loaded {
    let Understood { mut settings, mended: mut fields, .. } = read;
    fields.extend(settings.mend_accounts());
    let remark = (!fields.is_empty()).then_some(Remark::SettingsMended { fields });
    Loaded { settings, remark, writable: true }
}

/// Returns the settings of the last good copy, or the defaults.
fn last_good(paths: &Paths) -> Settings {
    last_good_copy(paths).unwrap_or_default()
}

fn last_good_copy(paths: &Paths) -> Option<Settings> {
    match parse::read(&paths.last_good()) {
        Parsed::Understood(read) => Some(mended(*read).settings),
        Parsed::Missing | Parsed::Broken | Parsed::Unreadable => None,
    }
}

/// Writes the settings and their copy.
fn write(paths: &Paths, settings: &Settings) -> Result<(), SaveError> {
    let text = text(settings)?;
    files::replace(&paths.settings, &text)?;
    // If this fails, an older copy remains, which is better than none.
    if let Err(error) = copy_as_good(paths, &text, &settings.accounts, &[]) {
        tracing::warn!(%error, "the copy of the settings could not be written");
    }
    Ok(())
}

/// Replaces the last good copy. If it has accounts that are now gone although no command removed them, it is first kept
/// under a dated name.
fn copy_as_good(paths: &Paths, text: &[u8], accounts: &[Account], before: &[AccountId]) -> io::Result<()> {
    let is_known = |id: &AccountId| before.contains(id) || accounts.iter().any(|a| a.id == *id);
    if last_good(paths).accounts.iter().any(|account| !is_known(&account.id)) {
        aside::keep_former(paths, Timestamp::now())?;
    }
    files::replace(&paths.last_good(), text)
}

/// Returns the text of a settings file that reads back as exactly these settings.
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
