//! Waking up and coming back online, as the system tells it.
//!
//! Two signals of the system bus, each from its own service only: every user of the machine can send signals. Where
//! they are missing, the heartbeat sees a jump of the clock, and a failed request is tried again.

#[cfg(target_os = "linux")]
use super::dbus::{Connections, Kind};

/// Calls `on_wake` when the machine has woken up or the network is back. A system bus that ends is connected to again.
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

/// Does nothing: the heartbeat sees a wake-up here.
#[cfg(not(target_os = "linux"))]
pub async fn watch(on_wake: impl Fn() + Send + Sync) {
    drop(on_wake);
}

#[cfg(target_os = "linux")]
mod system_bus {
    use futures_util::stream::{StreamExt, select};
    use zbus::proxy::{CacheProperties, SignalStream};
    use zbus::{Connection, Message, Proxy};

    /// `NM_STATE_CONNECTED_SITE`: further than the local link, from `NetworkManager`'s D-Bus types.
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

    /// Gives the signals that the owner of a name sends. A proxy compares each sender with that owner; a match rule
    /// alone does not keep out what is sent to our own connection.
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
