//! A change of the settings in steps, during which the lock keeps other writers out.

use jiff::Timestamp;
use tidemark_core::account::AccountId;
use tidemark_core::message::Remark;
use tidemark_core::settings::Settings;

use super::files::{self, Replacement};
use super::stamp::Stamp;
use super::{Paths, SaveError, aside, copy_as_good, load_locked, lock, text};

/// A change of the settings. The change does not reach the file before [`Transaction::commit`].
#[derive(Debug)]
pub struct Transaction {
    paths: Paths,
    now: Timestamp,
    settings: Settings,
    /// The accounts before the change.
    before: Vec<AccountId>,
    is_mended: bool,
    /// The stamp of the file that was read.
    read: Option<Stamp>,
    next: Option<(Replacement, Vec<u8>)>,
    _lock: files::Lock,
}

impl Transaction {
    /// Waits for the lock and reads the settings.
    ///
    /// # Errors
    ///
    /// [`SaveError`] if another process holds the lock, or the file cannot be written.
    pub fn begin(paths: &Paths, now: Timestamp) -> Result<Self, SaveError> {
        let lock = lock(paths)?;
        let loaded = load_locked(paths, now).map_err(|unsaved| unsaved.1)?;
        let read = Stamp::of(&paths.settings);
        let is_mended = matches!(loaded.remark, Some(Remark::SettingsMended { .. }));
        let settings = loaded.settings;
        let before = settings.accounts.iter().map(|a| a.id.clone()).collect();
        Ok(Self { paths: paths.clone(), now, settings, before, is_mended, read, next: None, _lock: lock })
    }

    /// Returns the settings with the changes made so far.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the settings with the changes made so far.
    #[must_use]
    pub fn into_settings(self) -> Settings {
        self.settings
    }

    /// Changes the settings in memory.
    ///
    /// # Errors
    ///
    /// The error of `change`.
    pub fn change<T, E>(&mut self, change: impl FnOnce(&mut Settings) -> Result<T, E>) -> Result<T, E> {
        change(&mut self.settings)
    }

    /// Changes the settings in memory in a way that cannot fail.
    pub fn follow(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
    }

    /// Writes the settings beside the file and syncs them, so that only a rename remains.
    ///
    /// # Errors
    ///
    /// [`SaveError`] if they cannot be written.
    pub fn prepare(&mut self) -> Result<(), SaveError> {
        let text = text(&self.settings)?;
        if self.is_mended {
            aside::keep_mended(&self.paths, self.now).map_err(SaveError::Write)?;
        }
        self.next = Some((Replacement::prepare(&self.paths.settings, &text)?, text));
        Ok(())
    }

    /// Replaces the file with what was prepared. An edit made since the file was read is not overwritten: editors take
    /// no lock.
    ///
    /// # Errors
    ///
    /// [`SaveError`]; the former file is then unchanged.
    pub fn commit(&mut self) -> Result<(), SaveError> {
        let Some((next, text)) = self.next.take() else { return Ok(()) };
        if self.read != Stamp::of(&self.paths.settings) {
            return Err(SaveError::Changed);
        }
        next.put_in_place()?;
        // If this fails, an older copy remains, which is better than none.
        if let Err(error) = copy_as_good(&self.paths, &text, &self.settings.accounts, &self.before) {
            tracing::warn!(%error, "the copy of the settings could not be written");
        }
        Ok(())
    }
}
