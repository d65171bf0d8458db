//! Adding, replacing, renaming, removing and pairing keys and accounts, for the window and the command line.
//!
//! The order is: check the key, query MiniMax, store the key, store the account. A rejected key is never stored, and
//! the old key is kept until the new one is accepted.

mod admit;
mod key_change;
mod speed;
mod verdict;

use jiff::Timestamp;
use tidemark_core::account::{Account, AccountId, Kind, Region, check_name};
use tidemark_core::admission::Sorry;
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::{SettingError, Settings};

use crate::api::Api;
use crate::config::{self, Paths, SaveError};
use crate::error::{AppError, Code};
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin};

use key_change::blocking;

pub use admit::{Checked, Question};

/// What adding and changing accounts requires.
#[derive(Debug)]
pub struct Desk<V> {
    pub api: Api,
    pub keyring: V,
    pub paths: Paths,
}

/// The user's input for a new account.
#[derive(Debug, Default)]
pub struct NewAccount {
    /// The account's name.
    pub name: String,
    pub team: Option<String>,
    /// The platform; `None` if the user does not know it.
    pub region: Option<Region>,
    /// The kind; `None` to detect it.
    pub kind: Option<Kind>,
    /// Whether to store the key without querying MiniMax.
    pub unchecked: bool,
}

/// The result of adding an account or replacing its key.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The account as stored.
    pub account: Account,
    pub state: KeyState,
    /// The result of the query: the answer if it is a reading, else the failure. `None` if MiniMax was not queried.
    pub outcome: Option<Result<Answer, Failure>>,
    /// Whether something around the key was removed.
    pub trimmed: bool,
}

/// What MiniMax says about a stored key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// MiniMax returned figures.
    Working,
    /// The key is valid but has no plan or balance yet.
    NoPlan,
    /// MiniMax was not queried.
    Unchecked,
}

impl Admitted {
    /// Describes the result in a sentence or two.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Account { name, kind, region, .. } = &self.account;
        let kind = match kind {
            Kind::TokenPlan => "plan key",
            Kind::PayAsYouGo => "pay-as-you-go key",
        };
        let region = match region {
            Region::Global => "global",
            Region::China => "China",
        };
        let mut sentence = match self.state {
            KeyState::Working => format!("{name} is ready: a {kind} of the {region} platform."),
            KeyState::NoPlan => {
                format!(
                    "{name} is kept: a good {kind} of the {region} platform, with no active plan behind it yet."
                )
            }
            KeyState::Unchecked => format!("{name} is kept unchecked as a {kind} of the {region} platform."),
        };
        if self.trimmed {
            sentence.push_str(" What stood around the key was taken off.");
        }
        sentence
    }
}

impl<V: KeyStore> Desk<V> {
    /// Renames an account.
    ///
    /// # Errors
    ///
    /// If the name is invalid or taken, or the account does not exist.
    pub fn rename(&self, id: &AccountId, name: &str) -> Result<(), AppError> {
        let name = check_name(name)?;
        self.change(|settings| {
            refuse_taken_name(settings, &name, Some(id))?;
            account_mut(settings, id)?.name = name;
            Ok(())
        })
    }

    /// Moves an account before another one in the user's order, or to the end if `before` is `None`.
    ///
    /// # Errors
    ///
    /// If the account does not exist, or the settings cannot be written.
    pub fn move_account(&self, id: &AccountId, before: Option<&AccountId>) -> Result<(), AppError> {
        self.change(|settings| settings.move_account(id, before).map_err(|_| not_found()))
    }

    /// Removes an account and its key: both, or neither.
    ///
    /// # Errors
    ///
    /// If the account does not exist, or the keyring or files fail.
    pub async fn remove(&self, id: &AccountId) -> Result<(), AppError> {
        self.remove_both(id).await
    }

    /// Pairs a plan account with the pay-as-you-go account that takes over, or unpairs it if `with` is `None`.
    ///
    /// # Errors
    ///
    /// If the two are not a plan account and a pay-as-you-go account.
    pub fn pair(&self, plan: &AccountId, with: Option<&AccountId>) -> Result<(), AppError> {
        self.change(|settings| {
            let kind = |id: &AccountId| settings.account(id).map(|a| a.kind).ok_or_else(not_found);
            if kind(plan)? != Kind::TokenPlan {
                return Err(AppError::new(Code::WrongKind, "Only a plan account can have a pair."));
            }
            if let Some(id) = with
                && kind(id)? != Kind::PayAsYouGo
            {
                return Err(AppError::new(Code::WrongKind, "Only a pay-as-you-go account can take over."));
            }
            account_mut(settings, plan)?.pair = with.cloned();
            Ok(())
        })
    }

    /// Changes what the user states about an account: `credits`, `tier`, `high_speed`, `balance_below` or `team`.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] names the field and its accepted values, or says why nothing was saved.
    pub fn set_account(&self, id: &AccountId, field: &str, value: &str) -> Result<(), ChangeError> {
        let change = |settings: &mut Settings| Ok(settings.set_account(id, field, value)?);
        config::update(&self.paths, Timestamp::now(), change).map(drop)
    }

    /// Changes one setting.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] names the setting and its accepted values, or says why nothing was saved.
    pub fn set(&self, key: &str, value: &str) -> Result<(), ChangeError> {
        let change = |settings: &mut Settings| Ok(settings.set(key, value)?);
        config::update(&self.paths, Timestamp::now(), change).map(drop)
    }

    /// Returns the key of an account, for a user who wants to paste it.
    ///
    /// # Errors
    ///
    /// If the account does not exist, or the keyring does not return its key.
    pub async fn key(&self, id: &AccountId) -> Result<ApiKey, AppError> {
        self.settings().await?.account(id).ok_or_else(not_found)?;
        Ok(self.keyring.get(id, RequestOrigin::User).await?)
    }

    /// Reads the settings on a thread that may block.
    async fn settings(&self) -> Result<Settings, AppError> {
        let paths = self.paths.clone();
        blocking(move || config::load(&paths, Timestamp::now()).settings).await
    }

    fn change<T>(&self, change: impl FnOnce(&mut Settings) -> Result<T, AppError>) -> Result<T, AppError> {
        config::update(&self.paths, Timestamp::now(), change).map(|(value, _)| value)
    }

    /// Fails if another account already has this key, and names that account.
    async fn refuse_known_key(
        &self,
        settings: &Settings,
        key: &ApiKey,
        except: Option<&AccountId>,
    ) -> Result<(), AppError> {
        for account in settings.accounts.iter().filter(|a| Some(&a.id) != except) {
            // The last four characters are in the settings, so most keys need not be read from the keyring.
            if account.last_four != key.last_four() {
                continue;
            }
            match self.keyring.get(&account.id, RequestOrigin::User).await {
                Ok(known) if known.same_as(key) => {
                    let message = format!("This key is here already, as {:?}.", account.name);
                    let sorry = Sorry::Known { account: account.name.clone() };
                    return Err(AppError::new(Code::Duplicate, message).because(sorry));
                }
                Ok(_) | Err(KeyringTrouble::NoEntry) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Ok(())
    }
}

/// Why a change was not saved.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// The value is not valid.
    #[error("{0}.")]
    Refused(#[from] SettingError),
    /// The value is valid but could not be saved.
    #[error("The settings could not be written to settings.json: {0}.")]
    Save(#[from] SaveError),
}

impl From<ChangeError> for AppError {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::Refused(_) => Self::new(Code::Setting, error.to_string()),
            ChangeError::Save(save) => save.into(),
        }
    }
}

fn wrong_kind(found: Kind, account: bool) -> AppError {
    let message = match found {
        Kind::PayAsYouGo => {
            "This is a pay-as-you-go key, not a plan key. The two are not interchangeable: add it as pay-as-you-go, or copy the plan key from the Token Plan page."
        }
        Kind::TokenPlan => {
            "This is a plan key, not a pay-as-you-go key. The two are not interchangeable: add it as a plan key, or copy a key from the API keys page."
        }
    };
    let sorry = if account { Sorry::AccountIsNot(found) } else { Sorry::IsKind(found) };
    AppError::new(Code::WrongKind, message).because(sorry)
}

fn not_found() -> AppError {
    AppError::new(Code::NotFound, "There is no such account. `tidemark account list` shows them all.")
        .because(Sorry::NoAccount)
}

fn refuse_taken_name(settings: &Settings, name: &str, except: Option<&AccountId>) -> Result<(), AppError> {
    let taken = settings.accounts.iter().any(|a| a.name == name && Some(&a.id) != except);
    if taken {
        let message = format!("There is an account named {name:?} already. Choose another name.");
        return Err(AppError::new(Code::Name, message).because(Sorry::NameTaken { name: name.to_owned() }));
    }
    Ok(())
}

fn account_mut<'a>(settings: &'a mut Settings, id: &AccountId) -> Result<&'a mut Account, AppError> {
    settings.accounts.iter_mut().find(|a| a.id == *id).ok_or_else(not_found)
}

impl From<SaveError> for AppError {
    fn from(error: SaveError) -> Self {
        let why = match &error {
            SaveError::Write(io) => Sorry::NotSaved { why: config::files::problem(io) },
            SaveError::Busy => Sorry::SettingsBusy,
            SaveError::Unreadable => Sorry::SettingsUnreadable,
            SaveError::Changed => Sorry::SettingsChanged,
            SaveError::TooLarge => Sorry::SettingsTooLarge,
        };
        Self::new(Code::Other, format!("The settings could not be written to settings.json: {error}."))
            .because(why)
    }
}
