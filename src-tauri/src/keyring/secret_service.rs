//! Checks on the Secret Service before a key is read or stored: does it run, and would it open a dialog?
//!
//! The store crate opens the unlock dialog by itself and has no option against it. A background request therefore checks
//! first, and fails if something is locked.

use std::collections::HashMap;

use futures_util::StreamExt;
use tidemark_core::message::KeyringTrouble;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream, OwnedObjectPath, Variant, fdo};

use super::RequestOrigin;
use super::platform::SERVICE;
use super::worker::{Operation, Outcome};

pub(super) const NAME: &str = "org.freedesktop.secrets";
pub(super) const PATH: &str = "/org/freedesktop/secrets";
pub(super) const INTERFACE: &str = "org.freedesktop.Secret.Service";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";

/// Gives the outcome if it is known without a call to the store; `None` if the call is needed.
pub(super) fn precheck(operation: &Operation, origin: RequestOrigin) -> Option<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Some(Err(KeyringTrouble::Failed)) };
    runtime.block_on(async {
        let state = match inspect(&operation.account().0).await {
            Ok(state) => state,
            Err(error) => return Some(Err(trouble(&error))),
        };
        // A new desktop has no collection yet, and the store creates none.
        if matches!(operation, Operation::Put(..))
            && origin == RequestOrigin::User
            && state.default_is_locked.is_none()
        {
            return match create_default_collection().await {
                Ok(true) => None,
                Ok(false) => Some(Err(KeyringTrouble::Locked)),
                Err(error) => Some(Err(trouble(&error))),
            };
        }
        state.outcome_without_prompt(operation, origin)
    })
}

/// What can be state from outside.
#[derive(Clone, Copy, Debug)]
struct CollectionState {
    unlocked_items: usize,
    locked_items: usize,
    /// `None` if there is no default collection.
    default_is_locked: Option<bool>,
}

impl CollectionState {
    fn outcome_without_prompt(self, operation: &Operation, origin: RequestOrigin) -> Option<Outcome> {
        let would_ask = match operation {
            Operation::Put(..) if self.unlocked_items > 0 => self.locked_items > 0,
            Operation::Put(..) => self.locked_items > 0 || self.default_is_locked == Some(true),
            Operation::Get(_) | Operation::Remove(_) => {
                // Some keyrings hide the items of what is locked.
                self.locked_items > 0 || (self.unlocked_items == 0 && self.default_is_locked == Some(true))
            }
        };
        (would_ask && origin == RequestOrigin::Background).then_some(Err(KeyringTrouble::Locked))
    }
}

async fn inspect(user: &str) -> zbus::Result<CollectionState> {
    let bus = Connection::session().await?;
    let wanted = HashMap::from([("service", SERVICE), ("username", user)]);
    let found = bus.call_method(Some(NAME), PATH, Some(INTERFACE), "SearchItems", &wanted).await?;
    let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body().deserialize()?;
    let alias = bus.call_method(Some(NAME), PATH, Some(INTERFACE), "ReadAlias", &"default").await?;
    let collection: OwnedObjectPath = alias.body().deserialize()?;
    let default_is_locked =
        if collection.as_str() == "/" { None } else { Some(is_locked(&bus, &collection).await?) };
    Ok(CollectionState { unlocked_items: unlocked.len(), locked_items: locked.len(), default_is_locked })
}

/// Asks the service to create its default collection, for which it prompts for a password; `false` if the user dismisses
/// the prompt.
async fn create_default_collection() -> zbus::Result<bool> {
    let bus = Connection::session().await?;
    let rule = MatchRule::builder().msg_type(Type::Signal).interface(PROMPT).member("Completed").build()?;
    let mut completed = MessageStream::for_match_rule(rule, &bus, None).await?;
    let label =
        HashMap::from([("org.freedesktop.Secret.Collection.Label", Variant::from("Default keyring"))]);
    let made =
        bus.call_method(Some(NAME), PATH, Some(INTERFACE), "CreateCollection", &(label, "default")).await?;
    let (_, prompt): (OwnedObjectPath, OwnedObjectPath) = made.body().deserialize()?;
    if prompt.as_str() == "/" {
        return Ok(true);
    }
    bus.call_method(Some(NAME), &prompt, Some(PROMPT), "Prompt", &"").await?;
    while let Some(message) = completed.next().await {
        let message = message?;
        if message.header().path().is_some_and(|path| path.as_str() == prompt.as_str()) {
            let body = message.body();
            let (was_dismissed, _): (bool, Variant<'_>) = body.deserialize()?;
            return Ok(!was_dismissed);
        }
    }
    Err(zbus::Error::InvalidReply)
}

async fn is_locked(bus: &Connection, collection: &OwnedObjectPath) -> zbus::Result<bool> {
    let properties = Some("org.freedesktop.DBus.Properties");
    let reply = bus.call_method(Some(NAME), collection, properties, "Get", &(COLLECTION, "Locked")).await?;
    let body = reply.body();
    let value: Variant<'_> = body.deserialize()?;
    bool::try_from(value)
}

fn trouble(error: &zbus::Error) -> KeyringTrouble {
    match error {
        zbus::Error::Connection(..)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Address(_)
        | zbus::Error::Handshake(_) => KeyringTrouble::Absent,
        zbus::Error::FDO(named) => match **named {
            fdo::Error::ServiceUnknown(_)
            | fdo::Error::NameHasNoOwner(_)
            | fdo::Error::NoServer(_)
            | fdo::Error::Disconnected(_)
            | fdo::Error::SpawnExecFailed(_)
            | fdo::Error::SpawnForkFailed(_)
            | fdo::Error::SpawnChildExited(_)
            | fdo::Error::SpawnChildSignaled(_)
            | fdo::Error::SpawnFailed(_)
            | fdo::Error::SpawnServiceNotFound(_) => KeyringTrouble::Absent,
            _ => KeyringTrouble::Failed,
        },
        _ => KeyringTrouble::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidemark_core::account::AccountId;

    #[test]
    fn a_background_request_fails_if_a_dialog_would_open() {
        let get = Operation::Get(AccountId("a".to_owned()));
        let locked = CollectionState { unlocked_items: 0, locked_items: 1, default_is_locked: Some(true) };
        let hidden = CollectionState { unlocked_items: 0, locked_items: 0, default_is_locked: Some(true) };
        let open = CollectionState { unlocked_items: 1, locked_items: 0, default_is_locked: Some(true) };
        for (state, asks) in [(locked, true), (hidden, true), (open, false)] {
            let is_refused = |origin| {
                matches!(state.outcome_without_prompt(&get, origin), Some(Err(KeyringTrouble::Locked)))
            };
            assert_eq!(is_refused(RequestOrigin::Background), asks, "{state:?}");
            assert!(!is_refused(RequestOrigin::User), "{state:?}");
        }
    }
}
