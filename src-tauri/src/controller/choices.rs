//! What the page asks of the settings: shown, changed, in effect at once.
//!
//! Owns the way of a choice from the page to the file and back. In the simulation nothing is kept: the choice holds
//! until it is left.

use tidemark_core::account::AccountId;
use tidemark_core::form::{self, FieldView, Section};
use tidemark_core::message::{Event, Remark};
use tidemark_core::settings::{SettingError, Settings};
use tokio::sync::oneshot::Sender;

use super::{Controller, Desktop};
use crate::accounts::ChangeError;
use crate::config;
use crate::error::{AppError, Code};
use crate::store::Write;
use crate::vault::KeyVault;

/// What the page asks of the settings, and where the answer goes.
#[derive(Debug)]
pub enum Choice {
    /// Show them.
    Show(Sender<Vec<Section>>),
    /// Change one, and show them all.
    Set(String, String, Sender<Result<Vec<Section>, AppError>>),
    /// Show what the user says of an account.
    ShowAccount(AccountId, Sender<Result<Vec<FieldView>, AppError>>),
    /// Change what the user says of an account.
    SetAccount(AccountId, String, String, Sender<Result<(), AppError>>),
}

impl<D: Desktop, V: KeyVault> Controller<D, V> {
    /// Answers; a page that has gone away needs none.
    pub(super) fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Show(reply) => {
                let _ = reply.send(self.form());
            }
            Choice::Set(key, value, reply) => {
                let done = if self.demo_since.is_some() {
                    self.pretend(|settings| settings.set(&key, &value))
                } else {
                    self.desk.set(&key, &value)
                };
                let _ = reply.send(self.worded(done).map(|()| self.form()));
            }
            Choice::ShowAccount(id, reply) => {
                let account = self.monitor.settings().account(&id).ok_or(SettingError::NoSuchAccount);
                let shown = account.map(|account| form::account(account, self.monitor.words()));
                let _ = reply.send(shown.map_err(|error| self.refusal(&error)));
            }
            Choice::SetAccount(id, field, value, reply) => {
                let done = if self.demo_since.is_some() {
                    self.pretend(|settings| settings.set_account(&id, &field, &value))
                } else {
                    self.desk.set_account(&id, &field, &value)
                };
                let _ = reply.send(self.worded(done));
            }
        }
    }

    /// Takes back what was said of a file that has been mended since, and notes it for the day it is broken.
    pub(super) fn settings_are_good(&mut self, settings: &Settings) {
        self.tell(Event::Remark(Remark::SettingsMended { fields: Vec::new() }));
        if let Err(error) = config::note_good(&self.desk.paths, settings) {
            tracing::warn!(%error, "the copy of the settings could not be written");
        }
    }

    /// Forgets the readings of an account, or of all; tells what is gone.
    pub(super) fn forget_readings(&mut self, account: Option<AccountId>) -> Result<String, AppError> {
        let words = self.monitor.words();
        if self.demo_since.is_some() {
            return Err(AppError::new(Code::Other, words.say("simulated-refusal")));
        }
        let said = match &account {
            None => words.say("history-forgotten-all"),
            Some(id) => {
                let account = self.monitor.settings().account(id);
                let account = account.ok_or_else(|| self.refusal(&SettingError::NoSuchAccount))?;
                words.put("history-forgotten", &[("account", account.name.as_str().into())])
            }
        };
        self.keep(Write::Readings(account.clone()));
        self.tell(Event::ForgetReadings(account));
        Ok(said)
    }

    fn form(&self) -> Vec<Section> {
        form::form(self.monitor.settings(), self.monitor.words())
    }

    /// Changes the simulation's own settings.
    fn pretend(
        &mut self,
        change: impl FnOnce(&mut Settings) -> Result<(), SettingError>,
    ) -> Result<(), ChangeError> {
        let mut settings = self.monitor.settings().clone();
        change(&mut settings)?;
        self.tell(Event::SettingsChanged(Box::new(settings)));
        Ok(())
    }

    /// Puts a change into effect, or says in the user's language why there is none.
    fn worded(&mut self, done: Result<(), ChangeError>) -> Result<(), AppError> {
        match done {
            Ok(()) => {
                self.settings_changed();
                Ok(())
            }
            Err(ChangeError::Refused(error)) => Err(self.refusal(&error)),
            Err(error @ ChangeError::Save(_)) => Err(error.into()),
        }
    }

    fn refusal(&self, error: &SettingError) -> AppError {
        AppError::new(Code::Setting, error.worded(self.monitor.words()))
    }
}
