//! What MiniMax says about a key before it is stored. If the user names a platform, the key is sent only there.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use tidemark_core::account::{Kind, Region};
use tidemark_core::admission::{Asked, Outcome, Sorry};
use tidemark_core::answer::{self, Answer};
use tidemark_core::endpoint::Endpoint;
use tidemark_core::failure::{Failure, FailureKind};

use super::{Desk, KeyState};
use crate::error::{AppError, Code};
use crate::key::{ApiKey, Parsed};
use crate::keyring::KeyStore;

/// What MiniMax says about a key on one platform.
#[derive(Debug)]
pub(super) struct Verdict {
    pub(super) region: Region,
    pub(super) state: KeyState,
    pub(super) outcome: Result<Answer, Failure>,
}

/// The queries of one check; `tell` gets all of them each time one changes.
pub(super) struct Progress<'a> {
    asked: Mutex<Vec<Asked>>,
    tell: &'a (dyn Fn(&[Asked]) + Send + Sync),
}

impl<'a> Progress<'a> {
    pub(super) fn new(tell: &'a (dyn Fn(&[Asked]) + Send + Sync)) -> Self {
        Self { asked: Mutex::default(), tell }
    }

    fn begin(&self, regions: &[Region], kind: Kind) {
        let begun = regions.iter().map(|region| Asked { region: *region, kind, outcome: Outcome::Asking });
        self.change(|asked| asked.extend(begun));
    }

    fn answered(&self, region: Region, kind: Kind, outcome: &Result<Answer, Failure>) {
        let said = match (state(outcome), outcome) {
            (Some(KeyState::NoPlan), _) => Outcome::NoPlan,
            (None, Err(failure)) => Outcome::Failed(failure.kind),
            (Some(_), _) | (None, Ok(_)) => Outcome::Accepted,
        };
        self.change(|asked| {
            for one in asked.iter_mut().filter(|one| (one.region, one.kind) == (region, kind)) {
                one.outcome = said;
            }
        });
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Asked>)) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut asked);
        (self.tell)(&asked);
    }
}

impl<V: KeyStore> Desk<V> {
    /// Queries MiniMax about a key, on both platforms in parallel if no region is given.
    pub(super) async fn ask(
        &self,
        parsed: &Parsed,
        region: Option<Region>,
        kind: Option<Kind>,
        progress: &Progress<'_>,
    ) -> Result<(Kind, Verdict), AppError> {
        let first = kind.or(parsed.kind).unwrap_or(Kind::TokenPlan);
        let verdict = self.ask_as(&parsed.key, region, first, progress).await;
        // A key without a known prefix may be of the other kind; MiniMax's own client tells the kinds apart by prefix.
        if verdict.is_err()
            && kind.is_none()
            && parsed.kind.is_none()
            && let Ok(other) = self.ask_as(&parsed.key, region, Kind::PayAsYouGo, progress).await
        {
            return Ok((Kind::PayAsYouGo, other));
        }
        verdict.map(|verdict| (first, verdict)).map_err(|failure| refusal(&failure, region))
    }

    async fn ask_as(
        &self,
        key: &ApiKey,
        region: Option<Region>,
        kind: Kind,
        progress: &Progress<'_>,
    ) -> Result<Verdict, Failure> {
        let endpoint = Endpoint::of(kind);
        let regions: &[Region] = region.as_ref().map_or(&Region::ALL, std::slice::from_ref);
        progress.begin(regions, kind);
        let ask = async |region: Region| {
            let answer = self.api.ask(key, region, endpoint).await;
            let outcome =
                answer.and_then(|a| answer::read(&a, endpoint, region, Timestamp::now()).map(|_| a));
            progress.answered(region, kind, &outcome);
            (region, outcome)
        };
        let outcomes = if let Some(region) = region {
            vec![ask(region).await]
        } else {
            let (global, china) = tokio::join!(ask(Region::Global), ask(Region::China));
            vec![global, china]
        };
        best(outcomes)
    }
}

/// What the outcome means for the key; `None` if the key was not accepted.
fn state(outcome: &Result<Answer, Failure>) -> Option<KeyState> {
    match outcome.as_ref().map_err(|f| f.kind) {
        Ok(_) | Err(FailureKind::PlanExhausted) => Some(KeyState::Working),
        Err(FailureKind::NoActivePlan | FailureKind::NoData) => Some(KeyState::NoPlan),
        Err(_) => None,
    }
}

/// Picks the result of one platform. Figures win over a key without a plan; a failure that leaves the key's validity
/// open wins over a rejection.
fn best(outcomes: Vec<(Region, Result<Answer, Failure>)>) -> Result<Verdict, Failure> {
    let mut failures = Vec::new();
    let mut accepted: Option<Verdict> = None;
    for (region, outcome) in outcomes {
        match (state(&outcome), outcome) {
            (Some(state), outcome) => {
                let is_better = accepted
                    .as_ref()
                    .is_none_or(|a| a.state == KeyState::NoPlan && state == KeyState::Working);
                if is_better {
                    accepted = Some(Verdict { region, state, outcome });
                }
            }
            (None, Err(failure)) => failures.push(failure),
            (None, Ok(_)) => {}
        }
    }
    accepted.ok_or_else(|| {
        let doubt = failures.iter().find(|f| !f.kind.is_refusal()).or_else(|| failures.first());
        doubt.copied().unwrap_or(Failure::new(FailureKind::Other))
    })
}

/// Turns a failure into an error message. If the user named one platform, the message speaks of that one only: the
/// other was not queried, because a key is sent only where the user allows it.
fn refusal(failure: &Failure, only: Option<Region>) -> AppError {
    if failure.kind.is_refusal() {
        let message = match only {
            None => {
                "MiniMax refuses this key on both platforms, global and China. Copy it again from MiniMax's key page; a new key replaces the old one there."
            }
            Some(Region::Global) => {
                "The global platform refuses this key. If it is from the China platform (minimaxi.com), choose china, or leave the region open and both are asked."
            }
            Some(Region::China) => {
                "The China platform refuses this key. If it is from the global platform (minimax.io), choose global, or leave the region open and both are asked."
            }
        };
        return AppError::new(Code::Refused, message).because(Sorry::Refused(only));
    }
    let what = match failure.kind {
        FailureKind::Offline => "There is no connection to MiniMax",
        FailureKind::Timeout => "MiniMax did not answer in time",
        FailureKind::Tls => "The connection to MiniMax is not safe",
        FailureKind::Blocked if failure.is_proxy_login() => "The proxy requires a user name and password",
        FailureKind::Blocked => "A filter on the way answers instead of MiniMax",
        FailureKind::RateLimited => "MiniMax asks for a pause",
        _ => "MiniMax gave no usable answer",
    };
    let why = if failure.is_proxy_login() { Sorry::ProxyLogin } else { Sorry::Unreachable(failure.kind) };
    AppError::new(
        Code::Offline,
        format!("{what}, so the key could not be checked. Try again, or keep it unchecked."),
    )
    .because(why)
}
