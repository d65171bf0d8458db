//! A system bus of the test's own, on which a login manager and a network manager are played.
//!
//! Owns the signals that they send. Refuses the machine's own system bus: nobody's laptop is put to sleep.

use zbus::Connection;

use crate::bus;
use crate::process::Started;
use crate::session::Session;

/// A system bus, ended when dropped.
#[derive(Debug)]
pub struct SystemBus {
    connection: Connection,
    _daemon: Started,
}

impl Session {
    /// Starts a system bus, and lets everything that is started from now on find it.
    pub async fn start_system_bus(&mut self) -> SystemBus {
        let socket = self.folder().join("run/system-bus");
        let (daemon, connection) = bus::start_as(self.folder(), self.environment(), "system", &socket).await;
        self.set("DBUS_SYSTEM_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
        SystemBus { connection, _daemon: daemon }
    }
}

impl SystemBus {
    /// Says what logind says before the machine falls asleep (`true`), and when it is awake again (`false`).
    pub async fn prepare_for_sleep(&self, begins: bool) {
        let to = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep");
        self.emit(to, &begins).await;
    }

    /// Says what `NetworkManager` says when its state has changed; 70 is connected, 20 is disconnected.
    pub async fn network(&self, state: u32) {
        let to = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "StateChanged");
        self.emit(to, &state).await;
    }

    async fn emit<B>(&self, (path, interface, signal): (&str, &str, &str), body: &B)
    where
        B: serde::Serialize + zbus::DynamicType + Sync,
    {
        let sent = self.connection.emit_signal(None::<&str>, path, interface, signal, body).await;
        sent.unwrap_or_else(|e| panic!("{signal} could not be sent: {e}"));
    }
}
