//! From a pasted key to a kept account, in two steps: check it, then keep it.
//!
//! Owns what stands between the two: a key that was checked and belongs to nobody yet. Refuses to keep a refused key,
//! and to lose an old one before the new one is accepted.

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

/// What is asked about a key.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// The platform, where the user knows it.
    pub region: Option<Region>,
    /// The kind, where the user insists on one.
    pub kind: Option<Kind>,
    /// Whether not to ask MiniMax at all.
    pub unchecked: bool,
    /// The account whose next key it is; `None` for a new account's.
    pub replaces: Option<AccountId>,
}

/// A key that was checked and is not kept yet.
#[derive(Debug)]
pub struct Checked {
    key: ApiKey,
    /// What it pays with.
    pub kind: Kind,
    /// The platform it belongs to.
    pub region: Region,
    /// What MiniMax said of it.
    pub state: KeyState,
    /// What came of asking, where MiniMax was asked.
    pub outcome: Option<Result<Answer, Failure>>,
    /// Whether something around the key was taken off.
    pub trimmed: bool,
    /// The account whose next key it is.
    pub replaces: Option<AccountId>,
}

impl<V: KeyStore> Desk<V> {
    /// Adds an account: its key is kept only when MiniMax accepts it, or when the user wants it unchecked.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what is wrong with name or key, that MiniMax refuses it, or that keyring or files fail.
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
    /// As [`Desk::add`], and when there is no such account.
    pub async fn replace(&self, id: &AccountId, key: &str, unchecked: bool) -> Result<Admitted, AppError> {
        let question = Question { unchecked, replaces: Some(id.clone()), ..Question::default() };
        let checked = self.check(&question, key, &|_| ()).await?;
        self.keep(checked, "", None).await.map_err(|(_, error)| error)
    }

    /// Looks at a key without asking anybody: not MiniMax, not the keyring.
    ///
    /// # Errors
    ///
    /// [`AppError`] says why it cannot be the key that is wanted.
    pub async fn look_at(&self, question: &Question, key: &str) -> Result<Look, AppError> {
        let settings = self.settings().await?;
        let (Parsed { kind, trimmed, short, .. }, _) = fits(question, key, &settings)?;
        Ok(Look { kind, trimmed, short })
    }

    /// Checks a key without keeping it; `tell` hears of each step. Dropping the future ends the asking.
    ///
    /// # Errors
    ///
    /// [`AppError`] says what is wrong with the key, or that MiniMax refuses it or cannot be asked.
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

    /// Keeps a key that was checked: as a new account of this name and team, or for the account it was checked for.
    ///
    /// # Errors
    ///
    /// What is wrong with the name, or that keyring or files fail; the key comes back with it, to be tried again.
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

/// Reads a key, and refuses one of the kind that is not wanted; gives the account it would replace the key of.
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

/// Takes an empty team for none.
fn team(given: Option<&str>) -> Option<&str> {
    given.filter(|team| !team.trim().is_empty())
}
