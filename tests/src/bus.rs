//! The session bus, and a system bus for tests that need one. Without D-Bus activation: a service that is not running
//! stays absent.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use zbus::Connection;
use zbus::message::Message;
use zbus::{DynamicType, OwnedVariant};

use crate::process::Started;
use crate::session::{Session, command};
use crate::wait::until;

/// Starts the session's bus and connects the test to it.
pub(crate) async fn start(root: &Path, environment: &[(String, String)]) -> (Started, Connection) {
    start_as(root, environment, "session", &root.join(SOCKET)).await
}

/// Starts a bus of this type at a socket and connects the test to it.
pub(crate) async fn start_as(
    root: &Path,
    environment: &[(String, String)],
    kind: &str,
    socket: &Path,
) -> (Started, Connection) {
    assert!(socket.as_os_str().len() < 100, "too long a path for a socket: {}", socket.display());
    let configuration = root.join(format!("{kind}-bus.conf"));
    let text = CONFIGURATION
        .replace("POLICY", &if kind == "system" { system_policy() } else { SESSION_POLICY.to_owned() })
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

/// Whether a name on the bus has an owner.
pub(crate) async fn owned(bus: &Connection, name: &str) -> bool {
    let to = Address { service: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
    let reply = to.call(bus, "org.freedesktop.DBus", "NameHasOwner", &name).await;
    reply.is_ok_and(|reply| reply.body().deserialize().unwrap_or(false))
}

impl Session {
    /// Number of match rules that the connections of a process have on the session's bus.
    pub async fn match_rules(&self, pid: u32) -> usize {
        let to = Address { service: "org.freedesktop.DBus", path: "/org/freedesktop/DBus" };
        let stats = "org.freedesktop.DBus.Debug.Stats";
        let reply = to.call(self.bus(), stats, "GetAllMatchRules", &()).await.expect("the rules of the bus");
        let rules: HashMap<String, Vec<String>> = reply.body().deserialize().expect("rules by connection");
        let mut count = 0;
        for (connection, rules) in rules {
            let owner = to.call(self.bus(), to.service, "GetConnectionUnixProcessID", &connection).await;
            // A connection that was closed meanwhile has none.
            let owner = owner.ok().and_then(|reply| reply.body().deserialize::<u32>().ok());
            count += if owner == Some(pid) { rules.len() } else { 0 };
        }
        count
    }
}

/// One object on the bus.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Address<'a> {
    pub service: &'a str,
    pub path: &'a str,
}

impl Address<'_> {
    /// Calls a method; the error is a message.
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

    /// Reads a property; the error is a message.
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

/// The socket of the session's bus, relative to the session's folder.
const SOCKET: &str = "run/bus";

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>KIND</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <servicedir>SERVICES</servicedir>
  POLICY
</busconfig>
"#;

const SESSION_POLICY: &str = r#"<policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>"#;

/// Like a machine's system bus: every user connects and sends signals; names belong to the administrator, here to the
/// user who runs the test.
fn system_policy() -> String {
    let own = rustix::process::getuid().as_raw();
    format!(
        r#"<policy context="default">
    <allow user="*"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
    <deny own="*"/>
  </policy>
  <policy user="{own}">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>"#
    )
}
