//! The page's requests to show and change settings. A change takes effect immediately.
//!
//! In the simulation nothing is saved: a change lasts until the simulation is left.

use tidemark_core::account::AccountId;
use tidemark_core::form::{self, FieldView, Section};
use tidemark_core::message::Event;
use tidemark_core::settings::SettingError;
use tokio::sync::oneshot::Sender;

use super::settings_file::{Edit, NotChanged, Reply};
use super::{Controller, Desktop};
use crate::error::{AppError, Code};
use crate::keyring::KeyStore;
use crate::store::Write;

/// The page's request about settings, and where the answer goes.
#[derive(Debug)]
pub enum Choice {
    /// Show all settings.
    Show(Sender<Vec<Section>>),
    /// Change one setting (key and value), and show all.
    Set(String, String, Sender<Result<Vec<Section>, AppError>>),
    /// Show the user's settings of an account.
    ShowAccount(AccountId, Sender<Result<Vec<FieldView>, AppError>>),
    /// Change a setting of an account (field and value).
    SetAccount(AccountId, String, String, Sender<Result<(), AppError>>),
}

impl<D: Desktop, V: KeyStore> Controller<D, V> {
    /// Answers a request. A failed send is ignored: the page is gone then.
    pub(super) fn choose(&mut self, choice: Choice) {
        match choice {
            Choice::Show(reply) => {
                let _ = reply.send(self.form());
            }
            Choice::Set(key, value, reply) => self.edit(Edit::Setting(key, value), Reply::Form(reply)),
            Choice::ShowAccount(id, reply) => {
                let account = self.monitor.settings().account(&id).ok_or(SettingError::NoSuchAccount);
                let shown = account.map(|account| form::account(account, self.monitor.words()));
                let _ = reply.send(shown.map_err(|error| self.refusal(&error)));
            }
            Choice::SetAccount(id, field, value, reply) => {
                self.edit(Edit::Account(id, field, value), Reply::Account(reply));
            }
        }
    }

    /// Saves a change, or applies it only to the settings in memory in the simulation.
    fn edit(&mut self, edit: Edit, reply: Reply) {
        if self.demo_since.is_none() {
            self.files.edit(edit, reply);
            return;
        }
        let mut settings = self.monitor.settings().clone();
        let done = edit.apply(&mut settings).map_err(NotChanged::Refused);
        if done.is_ok() {
            self.tell(Event::SettingsChanged(Box::new(settings)));
        }
        self.answer(done, reply);
    }

    /// Answers the page that waits for a change. A failed send is ignored: the page is gone then.
    pub(super) fn answer(&self, done: Result<(), NotChanged>, reply: Reply) {
        let done = done.map_err(|error| match error {
            NotChanged::Refused(error) => self.refusal(&error),
            NotChanged::NotSaved(error) => error.worded(self.monitor.words()),
        });
        match reply {
            Reply::Form(reply) => drop(reply.send(done.map(|()| self.form()))),
            Reply::Account(reply) => drop(reply.send(done)),
        }
    }

    /// Deletes the readings of an account, or of all; returns the sentence that says so.
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

    fn refusal(&self, error: &SettingError) -> AppError {
        AppError::new(Code::Setting, error.worded(self.monitor.words()))
    }
}
