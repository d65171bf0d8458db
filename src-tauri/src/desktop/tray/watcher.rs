//! The service that tray items are registered with, and what it reports about hosts and items.

use std::time::Duration;

use futures_util::StreamExt as _;
use zbus::fdo::{DBusProxy, NameOwnerChangedStream};
use zbus::names::BusName;
use zbus::proxy::{CacheProperties, SignalStream};
use zbus::{Connection, Proxy};

use crate::desktop::dbus::within;
use tidemark_core::checkup::TrayHost;

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

/// How long the bus or the watcher may take to answer.
const LIMIT: Duration = Duration::from_secs(2);

/// The watcher of one session bus, whichever process it is.
pub(crate) struct Watcher {
    names: DBusProxy<'static>,
    proxy: Proxy<'static>,
    owners: NameOwnerChangedStream,
    signals: SignalStream<'static>,
}

/// State of the watcher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    /// Whether a process has the watcher's bus name.
    pub(crate) is_owned: bool,
    /// Whether the watcher has a host that shows items; `false` if it does not answer.
    pub(crate) has_host: bool,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// Another process has the name now, or none has.
    Owner,
    /// A host was registered or has gone.
    Hosts,
    /// An item has gone.
    Items,
}

impl Watcher {
    pub(crate) async fn new(bus: Connection) -> zbus::Result<Self> {
        within(LIMIT, async {
            let names = DBusProxy::new(&bus).await?;
            let owners = names.receive_name_owner_changed_with_args(&[(0, NAME)]).await?;
            let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(&bus)
                .destination(NAME)
                .path(PATH)
                .interface(NAME)
                .cache_properties(CacheProperties::No);
            let proxy = proxy.build().await?;
            let signals = proxy.receive_all_signals().await?;
            Ok(Self { names, proxy, owners, signals })
        })
        .await
    }

    /// Waits for the next change; `None` once the bus has ended.
    pub(crate) async fn next(&mut self) -> Option<News> {
        loop {
            tokio::select! {
                owner = self.owners.next() => return owner.map(|_| News::Owner),
                signal = self.signals.next() => {
                    let signal = signal?;
                    let header = signal.header();
                    match header.member().map(zbus::names::MemberName::as_str) {
                        Some("StatusNotifierHostRegistered" | "StatusNotifierHostUnregistered") => {
                            return Some(News::Hosts);
                        }
                        Some("StatusNotifierItemUnregistered") => return Some(News::Items),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Returns whether there is a watcher, and whether it has a host.
    pub(crate) async fn state(&self) -> State {
        let owned = within(LIMIT, async { Ok(self.names.name_has_owner(BusName::try_from(NAME)?).await?) });
        if !owned.await.unwrap_or(false) {
            return State { is_owned: false, has_host: false };
        }
        State { is_owned: true, has_host: self.host().await == TrayHost::There }
    }

    /// Returns whether the watcher has a host, if there is a watcher.
    pub(crate) async fn host(&self) -> TrayHost {
        match within(LIMIT, self.proxy.get_property::<bool>("IsStatusNotifierHostRegistered")).await {
            Ok(false) => TrayHost::NoHost,
            Err(zbus::Error::InputOutput(_)) => TrayHost::Hung,
            // Some watchers do not have the property; they are hosts themselves.
            Ok(true) | Err(_) => TrayHost::There,
        }
    }

    /// Returns whether the watcher lists an item of a process; `true` if it cannot be asked.
    pub(crate) async fn knows_item_of(&self, process: u32) -> bool {
        let listed = self.proxy.get_property::<Vec<String>>("RegisteredStatusNotifierItems");
        let Ok(listed) = within(LIMIT, listed).await else { return true };
        for item in listed {
            // `name/path`, `name`, or `name@/path`.
            let name = item.split(['/', '@']).next().unwrap_or_default();
            let Ok(name) = BusName::try_from(name) else { return true };
            let owner = async { Ok(self.names.get_connection_unix_process_id(name).await?) };
            if within(LIMIT, owner).await.is_ok_and(|owner| owner == process) {
                return true;
            }
        }
        false
    }
}

/// Returns whether something shows tray icons; with the running app's process id, also whether its icon is listed.
pub(crate) async fn tray_host(app: Option<u32>) -> TrayHost {
    let Ok(bus) = within(LIMIT, Connection::session()).await else { return TrayHost::NoBus };
    let Ok(watcher) = Watcher::new(bus).await else { return TrayHost::NoBus };
    if !watcher.state().await.is_owned {
        return TrayHost::Absent;
    }
    match (watcher.host().await, app) {
        (TrayHost::There, Some(app)) if !watcher.knows_item_of(app).await => TrayHost::Hung,
        (host, _) => host,
    }
}
