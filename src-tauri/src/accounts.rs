//! Keys and accounts: added, replaced, renamed, removed, paired. The window and the command line both come here.
//!
//! Owns the order of steps: check, ask, keep the key, note the account. Refuses to keep a refused key, and to lose
//! an old one before the new one is accepted.

mod speed;
mod verdict;

use jiff::Timestamp;
use tidemark_core::account::{Account, AccountId, Kind, Region, check_name};
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::message::KeyringTrouble;
use tidemark_core::settings::{SettingError, Settings};

use crate::api::Api;
use crate::config::{self, Paths, SaveError};
use crate::error::{AppError, Code};
use crate::key::ApiKey;
use crate::vault::{KeyVault, Patience};

/// What adding and changing accounts needs.
#[derive(Debug)]
pub struct Desk<V> {
    /// MiniMax.
    pub api: Api,
    /// The keyring.
    pub vault: V,
    /// Where the settings lie.
    pub paths: Paths,
}

/// What the user gave for a new account.
#[derive(Debug, Default)]
pub struct NewAccount {
    /// The user's name for it.
    pub name: String,
    /// The user's name for the team.
    pub team: Option<String>,
    /// The platform, where the user knows it.
    pub region: Option<Region>,
    /// The kind, where the user insists on one.
    pub kind: Option<Kind>,
    /// Whether to keep the key without asking MiniMax.
    pub unchecked: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The account as kept.
    pub account: Account,
    /// What MiniMax said of the key.
    pub state: KeyState,
    /// What came of asking, where MiniMax was asked: its answer where it was a reading, else the failure.
    pub outcome: Option<Result<Answer, Failure>>,
    /// Whether blanks or quotes were taken off the key.
    pub trimmed: bool,
}

/// What MiniMax said of a key that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// It has figures.
    Working,
    /// It is good, with nothing behind it yet.
    NoPlan,
    /// Nobody asked.
    Unchecked,
}

impl Admitted {
    /// Says in a sentence or two what was found.
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
            sentence.push_str(" Blanks or quotes around the key were taken off.");
        }
        sentence
    }
}

impl<V: KeyVault> Desk<V> {
    /// Adds an account: its key is kept only when MiniMax accepts it, or when the user wants it unchecked.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what is wrong with name or key, that MiniMax refuses it, or that keyring or files fail.
    pub async fn add(&self, new: NewAccount, key: &str) -> Result<Admitted, AppError> {
        let name = check_name(&new.name)?;
        let team = new.team.filter(|t| !t.trim().is_empty()).map(|t| check_name(&t)).transpose()?;
        let parsed = ApiKey::parse(key)?;
        if let (Some(wanted), Some(found)) = (new.kind, parsed.kind)
            && wanted != found
        {
            return Err(wrong_kind(found));
        }
        let settings = config::load(&self.paths, Timestamp::now()).settings;
        refuse_taken_name(&settings, &name, None)?;
        self.refuse_known_key(&settings, &parsed.key, None).await?;
        let (region, kind, state, outcome) = if new.unchecked {
            let kind = new.kind.or(parsed.kind).unwrap_or(Kind::TokenPlan);
            (new.region.unwrap_or(Region::Global), kind, KeyState::Unchecked, None)
        } else {
            let (kind, verdict) = self.ask(&parsed, new.region, new.kind).await?;
            (verdict.region, kind, verdict.state, Some(verdict.outcome))
        };
        let account = Account {
            id: AccountId(uuid::Uuid::new_v4().to_string()),
            name,
            team,
            kind,
            region,
            last_four: parsed.key.last_four(),
            key_revision: 0,
            unchecked: state == KeyState::Unchecked,
            pair: None,
            has_credits: false,
            tier: None,
            high_speed: false,
            balance_below: None,
            unknown: serde_json::Map::default(),
        };
        self.vault.put(&account.id, &parsed.key, Patience::User).await?;
        let noted = self.change(|settings| {
            refuse_taken_name(settings, &account.name, None)?;
            settings.accounts.push(account.clone());
            Ok(())
        });
        if let Err(error) = noted {
            // A key without an account would never be found again; a second fault leaves only that.
            let _ = self.vault.remove(&account.id, Patience::Background).await;
            return Err(error);
        }
        Ok(Admitted { account, state, outcome, trimmed: parsed.trimmed })
    }

    /// Replaces the key of an account; the old one is kept until MiniMax accepts the new one.
    ///
    /// # Errors
    ///
    /// As [`Desk::add`], and when there is no such account.
    pub async fn replace(&self, id: &AccountId, key: &str, unchecked: bool) -> Result<Admitted, AppError> {
        let parsed = ApiKey::parse(key)?;
        let settings = config::load(&self.paths, Timestamp::now()).settings;
        let account = settings.account(id).ok_or_else(not_found)?;
        if let Some(found) = parsed.kind.filter(|found| *found != account.kind) {
            return Err(wrong_kind(found));
        }
        self.refuse_known_key(&settings, &parsed.key, Some(id)).await?;
        let (region, state, outcome) = if unchecked {
            (account.region, KeyState::Unchecked, None)
        } else {
            let (_, verdict) = self.ask(&parsed, None, Some(account.kind)).await?;
            (verdict.region, verdict.state, Some(verdict.outcome))
        };
        self.vault.put(id, &parsed.key, Patience::User).await?;
        let account = self.change(|settings| {
            let kept = account_mut(settings, id)?;
            kept.key_revision = kept.key_revision.wrapping_add(1);
            kept.last_four = parsed.key.last_four();
            (kept.region, kept.unchecked) = (region, unchecked);
            Ok(kept.clone())
        })?;
        Ok(Admitted { account, state, outcome, trimmed: parsed.trimmed })
    }

    /// Gives an account another name.
    ///
    /// # Errors
    ///
    /// When the name cannot be used or is taken, or there is no such account.
    pub fn rename(&self, id: &AccountId, name: &str) -> Result<(), AppError> {
        let name = check_name(name)?;
        self.change(|settings| {
            refuse_taken_name(settings, &name, Some(id))?;
            account_mut(settings, id)?.name = name;
            Ok(())
        })
    }

    /// Removes an account and its key. When the keyring cannot be used, nothing is removed.
    ///
    /// # Errors
    ///
    /// When there is no such account, or keyring or files fail.
    pub async fn remove(&self, id: &AccountId) -> Result<(), AppError> {
        let settings = config::load(&self.paths, Timestamp::now()).settings;
        settings.account(id).ok_or_else(not_found)?;
        match self.vault.remove(id, Patience::User).await {
            Ok(()) | Err(KeyringTrouble::NoEntry) => {}
            Err(trouble) => return Err(trouble.into()),
        }
        self.change(|settings| {
            settings.accounts.retain(|a| a.id != *id);
            for account in &mut settings.accounts {
                account.pair.take_if(|pair| pair == id);
            }
            Ok(())
        })
    }

    /// Pairs a plan account with the pay-as-you-go account that takes over, or ends the pair with `None`.
    ///
    /// # Errors
    ///
    /// When the two are not a plan and a pay-as-you-go account.
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

    /// Changes what the user says of an account: `credits`, `tier`, `high_speed`, `balance_below` or `team`.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] names the field and what it takes, or says why nothing was saved.
    pub fn set_account(&self, id: &AccountId, field: &str, value: &str) -> Result<(), ChangeError> {
        let change = |settings: &mut Settings| Ok(settings.set_account(id, field, value)?);
        config::update(&self.paths, Timestamp::now(), change).map(drop)
    }

    /// Changes one of the settings.
    ///
    /// # Errors
    ///
    /// [`ChangeError`] names the setting and what it takes, or says why nothing was saved.
    pub fn set(&self, key: &str, value: &str) -> Result<(), ChangeError> {
        let change = |settings: &mut Settings| Ok(settings.set(key, value)?);
        config::update(&self.paths, Timestamp::now(), change).map(drop)
    }

    /// Reads the key of an account, for a user who wants to paste it.
    ///
    /// # Errors
    ///
    /// When there is no such account, or the keyring does not give its key.
    pub async fn key(&self, id: &AccountId) -> Result<ApiKey, AppError> {
        let settings = config::load(&self.paths, Timestamp::now()).settings;
        settings.account(id).ok_or_else(not_found)?;
        Ok(self.vault.get(id, Patience::User).await?)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Settings) -> Result<T, AppError>) -> Result<T, AppError> {
        config::update(&self.paths, Timestamp::now(), change).map(|(value, _)| value)
    }

    /// Says which account has this key already.
    async fn refuse_known_key(
        &self,
        settings: &Settings,
        key: &ApiKey,
        except: Option<&AccountId>,
    ) -> Result<(), AppError> {
        for account in settings.accounts.iter().filter(|a| Some(&a.id) != except) {
            // The last four characters are noted, so most keys need not be read.
            if account.last_four != key.last_four() {
                continue;
            }
            match self.vault.get(&account.id, Patience::User).await {
                Ok(known) if known.same_as(key) => {
                    let message = format!("This key is here already, as {:?}.", account.name);
                    return Err(AppError::new(Code::Duplicate, message));
                }
                Ok(_) | Err(KeyringTrouble::NoEntry) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Ok(())
    }
}

/// Why a choice was not kept.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// It does not fit.
    #[error("{0}.")]
    Refused(#[from] SettingError),
    /// It fits, but could not be saved.
    #[error("The settings could not be written: {0}.")]
    Save(#[from] SaveError),
}

impl From<ChangeError> for AppError {
    fn from(error: ChangeError) -> Self {
        let code = match error {
            ChangeError::Refused(_) => Code::Setting,
            ChangeError::Save(_) => Code::Other,
        };
        Self::new(code, error.to_string())
    }
}

fn wrong_kind(found: Kind) -> AppError {
    let message = match found {
        Kind::PayAsYouGo => {
            "This is a pay-as-you-go key, not a plan key. The two are not interchangeable: add it as pay-as-you-go, or copy the plan key from the Token Plan page."
        }
        Kind::TokenPlan => {
            "This is a plan key, not a pay-as-you-go key. The two are not interchangeable: add it as a plan key, or copy a key from the API keys page."
        }
    };
    AppError::new(Code::WrongKind, message)
}

fn not_found() -> AppError {
    AppError::new(Code::NotFound, "There is no such account. `tidemark account list` shows them all.")
}

fn refuse_taken_name(settings: &Settings, name: &str, except: Option<&AccountId>) -> Result<(), AppError> {
    let taken = settings.accounts.iter().any(|a| a.name == name && Some(&a.id) != except);
    if taken {
        return Err(AppError::new(
            Code::Name,
            format!("There is an account named {name:?} already. Choose another name."),
        ));
    }
    Ok(())
}

fn account_mut<'a>(settings: &'a mut Settings, id: &AccountId) -> Result<&'a mut Account, AppError> {
    settings.accounts.iter_mut().find(|a| a.id == *id).ok_or_else(not_found)
}

impl From<SaveError> for AppError {
    fn from(error: SaveError) -> Self {
        Self::new(Code::Other, format!("The settings could not be written: {error}."))
    }
}
