//! A system bus for one test, on which the test plays the login manager and the network manager. The machine's system
//! bus is not used: no test puts a computer to sleep.

use std::collections::HashMap;
use std::path::PathBuf;

use zbus::Connection;

use crate::bus;
use crate::process::Started;
use crate::session::Session;
use crate::wait::until;

/// A system bus, ended when dropped.
#[derive(Debug)]
pub struct SystemBus {
    connection: Connection,
    daemon: Started,
    socket: PathBuf,
}

const LOGIN: &str = "org.freedesktop.login1";
const NETWORK: &str = "org.freedesktop.NetworkManager";

impl Session {
    /// Starts a system bus, and points everything that is started from now on to it.
    pub async fn start_system_bus(&mut self) -> SystemBus {
        let socket = self.folder().join("run/system-bus");
        self.set("DBUS_SYSTEM_BUS_ADDRESS", &format!("unix:path={}", socket.display()));
        self.system_bus_at(socket).await
    }

    /// Ends a system bus and starts another at the same address.
    pub async fn restart_system_bus(&self, bus: SystemBus) -> SystemBus {
        let SystemBus { connection, mut daemon, socket } = bus;
        drop(connection);
        daemon.end();
        self.system_bus_at(socket).await
    }

    async fn system_bus_at(&self, socket: PathBuf) -> SystemBus {
        let (daemon, connection) = bus::start_as(self.folder(), self.environment(), "system", &socket).await;
        for name in [LOGIN, NETWORK] {
            connection.request_name(name).await.expect("the name of a system service");
        }
        SystemBus { connection, daemon, socket }
    }
}

impl SystemBus {
    /// Waits until a program listens for the signals of both services.
    pub async fn listened_to(&self) {
        let monitor = "org.freedesktop.DBus.Debug.Stats";
        let bus = bus::Address { service: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
        until("someone who listens to the system bus", async || {
            let reply = bus.call(&self.connection, monitor, "GetAllMatchRules", &()).await?;
            let body = reply.body();
            let rules: HashMap<String, Vec<String>> = body.deserialize().map_err(|e| e.to_string())?;
            let rules: Vec<_> = rules.into_values().flatten().collect();
            let heard = |member: &str| rules.iter().any(|rule| rule.contains(member));
            if heard("PrepareForSleep") && heard("StateChanged") { Ok(()) } else { Err(format!("{rules:?}")) }
        })
        .await;
    }

    /// Sends the wake-up signal of logind from a connection that does not own logind's name.
    pub async fn forge_wake(&self) {
        let address = format!("unix:path={}", self.socket.display());
        let builder = zbus::connection::Builder::address(address.as_str());
        let other = builder.build().await.expect("a second connection");
        emit(&other, SLEEP, &false).await;
    }

    /// Sends logind's signal: `true` before the machine goes to sleep, `false` after it has woken up.
    pub async fn prepare_for_sleep(&self, begins: bool) {
        emit(&self.connection, SLEEP, &begins).await;
    }

    /// Sends the signal of `NetworkManager` for a changed state; 70 is connected, 20 is disconnected.
    pub async fn network(&self, state: u32) {
        let to = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "StateChanged");
        emit(&self.connection, to, &state).await;
    }
}

const SLEEP: (&str, &str, &str) =
    ("/org/freedesktop/login1", "org.freedesktop.login1.Manager", "PrepareForSleep");

async fn emit<B>(bus: &Connection, (path, interface, signal): (&str, &str, &str), body: &B)
where
    B: serde::Serialize + zbus::DynamicType + Sync,
{
    let sent = bus.emit_signal(None::<&str>, path, interface, signal, body).await;
    sent.unwrap_or_else(|e| panic!("{signal} could not be sent: {e}"));
}
