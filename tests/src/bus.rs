//! The session bus, and a system bus where a test wants one.
//!
//! Owns the daemons' configuration and the calls over them. Refuses activation: what is not running stays absent.

use std::fs;
use std::path::Path;

use zbus::Connection;
use zbus::message::Message;
use zbus::{DynamicType, OwnedVariant};

use crate::process::Started;
use crate::session::command;
use crate::wait::until;

/// Starts the session's bus and connects the test to it.
pub(crate) async fn start(root: &Path, environment: &[(String, String)]) -> (Started, Connection) {
    start_as(root, environment, "session", &root.join(SESSION)).await
}

/// Starts a bus of a type at a socket and connects the test to it.
pub(crate) async fn start_as(
    root: &Path,
    environment: &[(String, String)],
    kind: &str,
    socket: &Path,
) -> (Started, Connection) {
    assert!(socket.as_os_str().len() < 100, "too long a path for a socket: {}", socket.display());
    let configuration = root.join(format!("{kind}-bus.conf"));
    let text = CONFIGURATION
        .replace("KIND", kind)
        .replace("SOCKET", &socket.display().to_string())
        .replace("SERVICES", &root.join("services").display().to_string());
    fs::write(&configuration, text).expect("the configuration of the bus");
    let mut daemon = command("dbus-daemon", environment, root);
    daemon.arg("--config-file").arg(&configuration).args(["--nofork", "--nopidfile", "--nosyslog"]);
    let daemon = Started::new("dbus-daemon", &root.join("log"), &mut daemon);
    let address = format!("unix:path={}", socket.display());
    let bus = until(&format!("the {kind} bus"), async || {
        let builder = zbus::connection::Builder::address(address.as_str());
        builder.build().await.map_err(|e| e.to_string())
    })
    .await;
    (daemon, bus)
}

/// Tells whether somebody owns a name.
pub(crate) async fn owned(bus: &Connection, name: &str) -> bool {
    let to = Address { service: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
    let reply = to.call(bus, "org.freedesktop.DBus", "NameHasOwner", &name).await;
    reply.is_ok_and(|reply| reply.body().deserialize().unwrap_or(false))
}

/// One object on the bus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address<'a> {
    pub service: &'a str,
    pub path: &'a str,
}

impl Address<'_> {
    /// Calls a method; the error is in words.
    pub async fn call<B>(
        &self,
        bus: &Connection,
        interface: &str,
        method: &str,
        body: &B,
    ) -> Result<Message, String>
    where
        B: serde::Serialize + DynamicType + Sync,
    {
        let reply = bus.call_method(Some(self.service), self.path, Some(interface), method, body).await;
        reply.map_err(|e| format!("{method} at {}{}: {e}", self.service, self.path))
    }

    /// Reads a property; the error is in words.
    pub async fn get(
        &self,
        bus: &Connection,
        interface: &str,
        property: &str,
    ) -> Result<OwnedVariant, String> {
        let properties = "org.freedesktop.DBus.Properties";
        let reply = self.call(bus, properties, "Get", &(interface, property)).await?;
        reply.body().deserialize::<OwnedVariant>().map_err(|e| format!("{property}: {e}"))
    }
}

/// Where the session's bus is found, below the session's folder.
const SESSION: &str = "run/bus";

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>KIND</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <servicedir>SERVICES</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;
