//! Wake-ups and network connections, as reported by the system.
//!
//! Two signals of the system bus, each accepted only from its own service, because every user of the machine can send
//! signals. Without them the controller's timer detects a jump of the clock, and a failed request is retried.

#[cfg(target_os = "linux")]
use super::dbus::{Connections, Kind};

/// Calls `on_wake` when the machine has woken up or the network is back. Reconnects when the system bus ends.
#[cfg(target_os = "linux")]
pub async fn watch(on_wake: impl Fn() + Send + Sync) {
    let mut connections = Connections::new(Kind::System);
    loop {
        let bus = connections.next().await;
        if let Err(error) = system_bus::listen(&bus, &on_wake).await {
            tracing::info!(%error, "the system bus does not report wake-ups");
        }
    }
}

/// Does nothing: on these systems the controller's timer detects a wake-up.
#[cfg(not(target_os = "linux"))]
pub async fn watch(on_wake: impl Fn() + Send + Sync) {
    drop(on_wake);
}

#[cfg(target_os = "linux")]
mod system_bus {
    use futures_util::stream::{StreamExt, select};
    use zbus::proxy::{CacheProperties, SignalStream};
    use zbus::{Connection, Message, Proxy};

    /// `NM_STATE_CONNECTED_SITE` of `NetworkManager`'s D-Bus types: connected beyond the local link.
    const CONNECTED: u32 = 60;

    /// Listens until the bus ends.
    pub(super) async fn listen(bus: &Connection, on_wake: &(impl Fn() + Send + Sync)) -> zbus::Result<()> {
        let login = ["org.freedesktop.login1", "/org/freedesktop/login1", "org.freedesktop.login1.Manager"];
        let network = [
            "org.freedesktop.NetworkManager",
            "/org/freedesktop/NetworkManager",
            "org.freedesktop.NetworkManager",
        ];
        let sleep = signals(bus, login, "PrepareForSleep").await?;
        let network = signals(bus, network, "StateChanged").await?;
        let mut signals = select(sleep, network);
        while let Some(message) = signals.next().await {
            if is_wake(&message) {
                on_wake();
            }
        }
        Ok(())
    }

    /// Returns the signals that the owner of a name sends. A proxy compares each sender with that owner; a match rule
    /// alone would let through signals that are sent directly to our connection.
    async fn signals(
        bus: &Connection,
        [name, path, interface]: [&'static str; 3],
        member: &'static str,
    ) -> zbus::Result<SignalStream<'static>> {
        let proxy = zbus::proxy::Builder::<Proxy<'_>>::new(bus)
            .destination(name)
            .path(path)
            .interface(interface)
            .cache_properties(CacheProperties::No);
        proxy.build().await?.receive_signal(member).await
    }

    fn is_wake(message: &Message) -> bool {
        let body = message.body();
        if let Ok(begins) = body.deserialize::<bool>() {
            return !begins;
        }
        body.deserialize::<u32>().is_ok_and(|state| state >= CONNECTED)
    }
}
