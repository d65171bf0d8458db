//! From a pasted key to a stored account, in two steps: check it, then store it.
//!
//! Between the two steps the key is a [`Checked`], which is not part of any account. A rejected key is never stored,
//! and the old key is kept until the new one is accepted.

use serde::Deserialize;
use tidemark_core::account::{Account, AccountId, Kind, Region, check_name};
use tidemark_core::admission::{Asked, Look};
use tidemark_core::answer::Answer;
use tidemark_core::failure::Failure;
use tidemark_core::settings::Settings;

use super::verdict::Progress;
use super::{Admitted, Desk, KeyState, NewAccount, not_found, refuse_taken_name, wrong_kind};
use crate::error::AppError;
use crate::key::{ApiKey, Parsed};
use crate::keyring::KeyStore;

/// The parameters of a key check.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The platform; `None` if the user does not know it.
    pub region: Option<Region>,
    /// The kind; `None` to detect it.
    pub kind: Option<Kind>,
    /// Whether to skip the query to MiniMax.
    pub unchecked: bool,
    /// The account whose key it replaces; `None` for a new account.
    pub replaces: Option<AccountId>,
}

/// A key that was checked and is not stored yet.
#[derive(Debug)]
pub struct Checked {
    key: ApiKey,
    pub kind: Kind,
    pub region: Region,
    pub state: KeyState,
    /// The result of the query; `None` if MiniMax was not queried.
    pub outcome: Option<Result<Answer, Failure>>,
    /// Whether something around the key was removed.
    pub trimmed: bool,
    /// The account whose key it replaces.
    pub replaces: Option<AccountId>,
}

impl<V: KeyStore> Desk<V> {
    /// Adds an account. Its key is stored only if MiniMax accepts it or the user wants it unchecked.
    ///
    /// # Errors
    ///
    /// [`AppError`] if the name or key is not usable, MiniMax rejects the key, or the keyring or files fail.
    pub async fn add(&self, new: NewAccount, key: &str) -> Result<Admitted, AppError> {
        let name = check_name(&new.name)?;
        if let Some(team) = team(new.team.as_deref()) {
            check_name(team)?;
        }
        refuse_taken_name(&self.settings().await?, &name, None)?;
        let NewAccount { region, kind, unchecked, .. } = new;
        let question = Question { region, kind, unchecked, replaces: None };
        let checked = self.check(&question, key, &|_| ()).await?;
        self.keep(checked, &name, new.team.as_deref()).await.map_err(|(_, error)| error)
    }

    /// Replaces the key of an account; the old one is kept until MiniMax accepts the new one.
    ///
    /// # Errors
    ///
    /// As [`Desk::add`], and if the account does not exist.
    pub async fn replace(&self, id: &AccountId, key: &str, unchecked: bool) -> Result<Admitted, AppError> {
        let question = Question { unchecked, replaces: Some(id.clone()), ..Question::default() };
        let checked = self.check(&question, key, &|_| ()).await?;
        self.keep(checked, "", None).await.map_err(|(_, error)| error)
    }

    /// Parses a key without querying MiniMax or the keyring.
    ///
    /// # Errors
    ///
    /// [`AppError`] says why it cannot be the expected key.
    pub async fn look_at(&self, question: &Question, key: &str) -> Result<Look, AppError> {
        let settings = self.settings().await?;
        let (Parsed { kind, trimmed, short, .. }, _) = fits(question, key, &settings)?;
        Ok(Look { kind, trimmed, short })
    }

    /// Checks a key without storing it; `tell` is called at each step. Dropping the future stops the queries.
    ///
    /// # Errors
    ///
    /// [`AppError`] if the key is not usable, or MiniMax rejects it or cannot be reached.
    pub async fn check(
        &self,
        question: &Question,
        key: &str,
        tell: &(dyn Fn(&[Asked]) + Send + Sync),
    ) -> Result<Checked, AppError> {
        let settings = self.settings().await?;
        let (parsed, account) = fits(question, key, &settings)?;
        let wanted = account.map(|a| a.kind).or(question.kind);
        self.refuse_known_key(&settings, &parsed.key, question.replaces.as_ref()).await?;
        let (kind, region, state, outcome) = if question.unchecked {
            let kind = wanted.or(parsed.kind).unwrap_or(Kind::TokenPlan);
            let region = account.map(|a| a.region).or(question.region).unwrap_or(Region::Global);
            (kind, region, KeyState::Unchecked, None)
        } else {
            let (kind, verdict) = self.ask(&parsed, question.region, wanted, &Progress::new(tell)).await?;
            (kind, verdict.region, verdict.state, Some(verdict.outcome))
        };
        let replaces = question.replaces.clone();
        Ok(Checked { key: parsed.key, kind, region, state, outcome, trimmed: parsed.trimmed, replaces })
    }

    /// Stores a checked key: as a new account with this name and team, or for the account it was checked for.
    ///
    /// # Errors
    ///
    /// If the name is invalid, or the keyring or files fail. The key is returned with the error, for another try.
    pub async fn keep(
        &self,
        checked: Checked,
        name: &str,
        team: Option<&str>,
    ) -> Result<Admitted, (Checked, AppError)> {
        let kept = match &checked.replaces {
            Some(id) => self.keep_next(&checked, id).await,
            None => self.keep_new(&checked, name, team).await,
        };
        match kept {
            Ok(account) => {
                let Checked { state, outcome, trimmed, .. } = checked;
                Ok(Admitted { account, state, outcome, trimmed })
            }
            Err(error) => Err((checked, error)),
        }
    }

    async fn keep_new(&self, checked: &Checked, name: &str, team: Option<&str>) -> Result<Account, AppError> {
        let account = Account {
            id: AccountId(uuid::Uuid::new_v4().to_string()),
            name: check_name(name)?,
            team: self::team(team).map(check_name).transpose()?,
            kind: checked.kind,
            region: checked.region,
            last_four: checked.key.last_four(),
            key_revision: 0,
            unchecked: checked.state == KeyState::Unchecked,
            pair: None,
            has_credits: false,
            tier: None,
            high_speed: false,
            balance_below: None,
            unknown: serde_json::Map::default(),
        };
        let (id, added) = (account.id.clone(), account.clone());
        self.put_new(&id, &checked.key, move |settings| {
            refuse_taken_name(settings, &added.name, None)?;
            settings.accounts.push(added);
            Ok(())
        })
        .await?;
        Ok(account)
    }

    async fn keep_next(&self, checked: &Checked, id: &AccountId) -> Result<Account, AppError> {
        let (last_four, region) = (checked.key.last_four(), checked.region);
        let unchecked = checked.state == KeyState::Unchecked;
        self.put_next(id, &checked.key, move |account| {
            account.last_four = last_four;
            (account.region, account.unchecked) = (region, unchecked);
        })
        .await
    }
}

/// Parses a key, and rejects one of the wrong kind. Also returns the account whose key it would replace.
fn fits<'a>(
    question: &Question,
    key: &str,
    settings: &'a Settings,
) -> Result<(Parsed, Option<&'a Account>), AppError> {
    let parsed = ApiKey::parse(key)?;
    let account = match &question.replaces {
        Some(id) => Some(settings.account(id).ok_or_else(not_found)?),
        None => None,
    };
    let wanted = account.map(|a| a.kind).or(question.kind);
    if let (Some(wanted), Some(found)) = (wanted, parsed.kind)
        && wanted != found
    {
        return Err(wrong_kind(found, account.is_some()));
    }
    Ok((parsed, account))
}

/// Treats a blank team as none.
fn team(given: Option<&str>) -> Option<&str> {
    given.filter(|team| !team.trim().is_empty())
}
