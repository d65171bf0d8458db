//! A look at the Secret Service before the store is asked: is it there, and would it open a dialog?
//!
//! Owns what can be told without the key. The store asks for the unlock dialog by itself and cannot be told not to,
//! so a background request looks first and goes no further where something is locked.

use std::collections::HashMap;

use futures_util::StreamExt;
use tidemark_core::message::KeyringTrouble;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream, OwnedObjectPath, Variant, fdo};

use super::Patience;
use super::desk::{Job, Outcome};
use super::platform::SERVICE;

pub(super) const NAME: &str = "org.freedesktop.secrets";
pub(super) const PATH: &str = "/org/freedesktop/secrets";
pub(super) const INTERFACE: &str = "org.freedesktop.Secret.Service";
const PROMPT: &str = "org.freedesktop.Secret.Prompt";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";

/// Gives the outcome where it is known without asking the store; `None` where the store has to be asked.
pub(super) fn beforehand(job: &Job, patience: Patience) -> Option<Outcome> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Some(Err(KeyringTrouble::Failed)) };
    runtime.block_on(async {
        let seen = match look(&job.account().0).await {
            Ok(seen) => seen,
            Err(error) => return Some(Err(trouble(&error))),
        };
        // A fresh desktop has no collection yet, and the store makes none.
        if matches!(job, Job::Put(..)) && patience == Patience::User && seen.default_is_locked.is_none() {
            return match make_default().await {
                Ok(true) => None,
                Ok(false) => Some(Err(KeyringTrouble::Locked)),
                Err(error) => Some(Err(trouble(&error))),
            };
        }
        seen.verdict(job, patience)
    })
}

/// What can be seen from outside.
#[derive(Clone, Copy, Debug)]
struct Seen {
    unlocked_items: usize,
    locked_items: usize,
    /// `None` where the keyring has no default collection.
    default_is_locked: Option<bool>,
}

impl Seen {
    fn verdict(self, job: &Job, patience: Patience) -> Option<Outcome> {
        let would_ask = match job {
            Job::Put(..) if self.unlocked_items > 0 => self.locked_items > 0,
            Job::Put(..) => self.locked_items > 0 || self.default_is_locked == Some(true),
            Job::Get(_) | Job::Remove(_) => {
                // Some keyrings hide the items of what is locked.
                self.locked_items > 0 || (self.unlocked_items == 0 && self.default_is_locked == Some(true))
            }
        };
        (would_ask && patience == Patience::Background).then_some(Err(KeyringTrouble::Locked))
    }
}

async fn look(user: &str) -> zbus::Result<Seen> {
    let bus = Connection::session().await?;
    let wanted = HashMap::from([("service", SERVICE), ("username", user)]);
    let found = bus.call_method(Some(NAME), PATH, Some(INTERFACE), "SearchItems", &wanted).await?;
    let (unlocked, locked): (Vec<OwnedObjectPath>, Vec<OwnedObjectPath>) = found.body().deserialize()?;
    let alias = bus.call_method(Some(NAME), PATH, Some(INTERFACE), "ReadAlias", &"default").await?;
    let collection: OwnedObjectPath = alias.body().deserialize()?;
    let default_is_locked =
        if collection.as_str() == "/" { None } else { Some(is_locked(&bus, &collection).await?) };
    Ok(Seen { unlocked_items: unlocked.len(), locked_items: locked.len(), default_is_locked })
}

/// Has the keyring make its default collection, for which it asks the user for a password; `false` where that is
/// dismissed.
async fn make_default() -> zbus::Result<bool> {
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
    fn the_background_goes_no_further_where_a_dialog_would_open() {
        let get = Job::Get(AccountId("a".to_owned()));
        let locked = Seen { unlocked_items: 0, locked_items: 1, default_is_locked: Some(true) };
        let hidden = Seen { unlocked_items: 0, locked_items: 0, default_is_locked: Some(true) };
        let open = Seen { unlocked_items: 1, locked_items: 0, default_is_locked: Some(true) };
        for (seen, asks) in [(locked, true), (hidden, true), (open, false)] {
            let is_refused =
                |patience| matches!(seen.verdict(&get, patience), Some(Err(KeyringTrouble::Locked)));
            assert_eq!(is_refused(Patience::Background), asks, "{seen:?}");
            assert!(!is_refused(Patience::User), "{seen:?}");
        }
    }
}
