//! Measuring the speed of an account: first the quota is checked, then one request is sent. Nothing is sent if the
//! quota is used up.

use jiff::Timestamp;
use tidemark_core::account::AccountId;
use tidemark_core::answer;
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};
use tidemark_core::settings::Settings;
use tidemark_core::speed::{self, Measured, Standing};
use tidemark_core::text::Words;
use tidemark_core::watched::{Kept, Watched};
use tidemark_core::wording::Wording;

use super::Desk;
use crate::api::StreamLimits;
use crate::error::{AppError, Code};
use crate::key::ApiKey;
use crate::keyring::{KeyStore, RequestOrigin};
use crate::store::Store;
use crate::zone;

impl<V: KeyStore> Desk<V> {
    /// Measures the speed of an account with one streamed request.
    ///
    /// # Errors
    ///
    /// [`AppError`] in the language of `words` if the quota is used up, MiniMax asked for a pause that has not ended,
    /// the keyring returns no key, or no token arrives.
    pub async fn measure(
        &self,
        standing: Standing,
        model: &str,
        settings: &Settings,
        words: &Words,
    ) -> Result<Measured, AppError> {
        let account = &standing.account;
        refuse_spent(&standing, words)?;
        refuse_in_pause(&standing, words)?;
        let key = self.keyring.get(&account.id, RequestOrigin::User).await?;
        refuse_spent(&self.standing_now(&standing, &key, settings, words).await?, words)?;
        let measured = self.api.measure(&key, account.region, model, StreamLimits::default()).await;
        measured.map_err(|failure| {
            self.store_pause(&account.id, &failure);
            refusal(&failure, words)
        })
    }

    /// Queries the quota, which is free; Credits would pay for a request beyond the quota. If there is no reading, the
    /// measurement goes ahead, unless it would fail for the same reason or MiniMax asks for a pause.
    async fn standing_now(
        &self,
        standing: &Standing,
        key: &ApiKey,
        settings: &Settings,
        words: &Words,
    ) -> Result<Standing, AppError> {
        let account = &standing.account;
        let endpoint = Endpoint::of(account.kind);
        let answer = self.api.ask(key, account.region, endpoint).await;
        let at = Timestamp::now();
        let read = answer.and_then(|a| answer::read(&a, endpoint, account.region, at).map(|_| a));
        match read {
            Ok(answer) => {
                let kept = Kept { good: Some((at, answer)), ..Kept::default() };
                Ok(speed::standing(&Watched::new(account.clone(), kept, at), settings, at))
            }
            Err(failure) if decides(failure.kind) || failure.retry_after.is_some() => {
                self.store_pause(&account.id, &failure);
                Err(refusal(&failure, words))
            }
            Err(_) => Ok(standing.clone()),
        }
    }
}

impl<V> Desk<V> {
    /// Stores a pause that MiniMax asks for, so that the app and the other commands wait too.
    fn store_pause(&self, account: &AccountId, failure: &Failure) {
        if failure.retry_after.is_none() {
            return;
        }
        let at = Timestamp::now();
        let store = Store::open(&self.paths.store, at).0;
        if let Err(error) = store.keep_outcome(account, at, &Err(*failure), None) {
            tracing::warn!(%error, "the pause could not be stored");
        }
    }
}

fn refuse_spent(standing: &Standing, words: &Words) -> Result<(), AppError> {
    if !standing.is_spent {
        return Ok(());
    }
    let wording = Wording { words, zone: &zone::current(), now: Timestamp::now(), show_used: false };
    Err(AppError::new(Code::Spent, speed::spent(&wording, standing.account.kind, standing.back_at)))
}

/// A measurement waits for the end of a pause that MiniMax asked for, like every other request.
fn refuse_in_pause(standing: &Standing, words: &Words) -> Result<(), AppError> {
    let failure = Failure::new(FailureKind::RateLimited);
    let failure = failure.within_pause(standing.pause_until, Timestamp::now());
    if failure.retry_after.is_none() { Ok(()) } else { Err(refusal(&failure, words)) }
}

/// Whether a failure of the quota query would also make the measurement fail.
const fn decides(kind: FailureKind) -> bool {
    match kind {
        FailureKind::KeyRejected
        | FailureKind::KeyRejectedOrWrongRegion
        | FailureKind::NoActivePlan
        | FailureKind::PlanExhausted
        | FailureKind::Blocked
        | FailureKind::Offline
        | FailureKind::Timeout
        | FailureKind::Tls
        | FailureKind::Keyring => true,
        FailureKind::NoData
        | FailureKind::RateLimited
        | FailureKind::ServerError
        | FailureKind::EndpointMissing
        | FailureKind::RedirectRefused
        | FailureKind::Unreadable
        | FailureKind::Other => false,
    }
}

fn refusal(failure: &Failure, words: &Words) -> AppError {
    let code = match failure.kind {
        FailureKind::KeyRejected | FailureKind::KeyRejectedOrWrongRegion | FailureKind::NoActivePlan => {
            Code::Refused
        }
        FailureKind::PlanExhausted => Code::Spent,
        FailureKind::Keyring => Code::Keyring,
        FailureKind::Other => Code::Other,
        FailureKind::NoData
        | FailureKind::RateLimited
        | FailureKind::ServerError
        | FailureKind::Blocked
        | FailureKind::EndpointMissing
        | FailureKind::RedirectRefused
        | FailureKind::Unreadable
        | FailureKind::Offline
        | FailureKind::Timeout
        | FailureKind::Tls => Code::Offline,
    };
    AppError::new(code, speed::failed(words, failure))
}
