//! Watches the Secret Service on the session bus, so that keys are read as soon as the keyring is unlocked.
//!
//! A signal only causes another read. The read decides what the state is, and opens no dialog.

use futures_util::StreamExt as _;
use futures_util::stream::select;
use zbus::message::Type;
use zbus::{Connection, MatchRule, MessageStream};

use crate::desktop::dbus::{Connections, Kind};

const NAME: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "org.freedesktop.Secret.Collection";

/// Calls `changed` when the service appears, and when it reports that a collection was unlocked, changed or created. If the
/// bus ends, it connects again and calls `changed`, because anything may have changed meanwhile.
pub(super) async fn follow(changed: &(impl Fn() + Send + Sync)) {
    let mut connections = Connections::new(Kind::Session);
    let mut is_first = true;
    loop {
        let bus = connections.next().await;
        if let Err(error) = follow_on(&bus, std::mem::take(&mut is_first), changed).await {
            tracing::info!(%error, "changes of the keyring are not noticed");
        }
    }
}

/// Watches until the bus ends.
async fn follow_on(
    bus: &Connection,
    is_first: bool,
    changed: &(impl Fn() + Send + Sync),
) -> zbus::Result<()> {
    let names = zbus::fdo::DBusProxy::new(bus).await?;
    let owners = names.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
    // GNOME Keyring and KWallet send `CollectionChanged` and `PropertiesChanged`, KeePassXC `CollectionCreated`.
    let collections = signals(bus, MatchRule::builder().path(PATH).interface(SERVICE)).await?;
    let properties = MatchRule::builder()
        .path_namespace(PATH)
        .interface("org.freedesktop.DBus.Properties")
        .member("PropertiesChanged")
        .arg(0, COLLECTION);
    let properties = signals(bus, properties).await?;
    if !is_first {
        changed();
    }
    let appeared = owners.map(|owner| owner.args().is_ok_and(|args| args.new_owner().is_some()));
    let reports = select(collections, properties).map(|message| message.is_ok());
    let mut events = Box::pin(select(appeared, reports));
    while let Some(is_change) = events.next().await {
        if is_change {
            changed();
        }
    }
    Ok(())
}

async fn signals(bus: &Connection, rule: zbus::match_rule::Builder<'static>) -> zbus::Result<MessageStream> {
    let rule = rule.msg_type(Type::Signal).sender(NAME).build()?;
    MessageStream::for_match_rule(rule, bus, None).await
}
