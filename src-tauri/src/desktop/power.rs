//! Waking up and coming back online, as the system tells it.
//!
//! Owns the two signals of the system bus. Where they are missing nothing is lost but time: the heartbeat sees a
//! jump of the clock, and a failed ask is tried again.

/// Calls `on_wake` when the machine has woken up or the network is back. Ends quietly where nothing can be heard.
#[cfg(target_os = "linux")]
pub async fn watch(on_wake: impl Fn() + Send + Sync) {
    if let Err(error) = system_bus::listen(&on_wake).await {
        tracing::info!(%error, "wake-ups and the network are not told of here");
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
    use zbus::message::Type;
    use zbus::{Connection, MatchRule, Message, MessageStream};

    /// `NM_STATE_CONNECTED_SITE`: further than the local link, from `NetworkManager`'s D-Bus types.
    const CONNECTED: u32 = 60;

    pub(super) async fn listen(on_wake: &(impl Fn() + Send + Sync)) -> zbus::Result<()> {
        let bus = Connection::system().await?;
        let sleep =
            signals(&bus, "/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep");
        let network = signals(
            &bus,
            "/org/freedesktop/NetworkManager",
            "org.freedesktop.NetworkManager",
            "StateChanged",
        );
        let mut told = select(sleep.await?, network.await?);
        while let Some(Ok(message)) = told.next().await {
            if is_wake(&message) {
                on_wake();
            }
        }
        Ok(())
    }

    async fn signals(
        bus: &Connection,
        path: &'static str,
        interface: &'static str,
        member: &'static str,
    ) -> zbus::Result<MessageStream> {
        let rule = MatchRule::builder().msg_type(Type::Signal).path(path).interface(interface).member(member);
        MessageStream::for_match_rule(rule.build()?, bus, None).await
    }

    fn is_wake(message: &Message) -> bool {
        let body = message.body();
        if let Ok(begins) = body.deserialize::<bool>() {
            return !begins;
        }
        body.deserialize::<u32>().is_ok_and(|state| state >= CONNECTED)
    }
}
