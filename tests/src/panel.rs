//! The tray host: xfce4-panel with nothing but a systray, and the settings daemon that it needs.

use std::fs;

use crate::bus::Address;
use crate::process::Started;
use crate::session::Session;
use crate::wait::until;

pub(crate) async fn start(session: &Session) -> Vec<Started> {
    let channels = session.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&channels).expect("the panel's folder");
    fs::write(channels.join("xfce4-panel.xml"), PANEL).expect("the panel's settings");
    let settings = session.spawn(&settings_daemon(), &[]);
    until("the panel's settings daemon", async || {
        if session.owned("org.xfce.Xfconf").await { Ok(()) } else { Err("nobody".to_owned()) }
    })
    .await;
    let panel = session.spawn("xfce4-panel", &["--disable-wm-check", "--sm-client-disable"]);
    let watcher = Address { service: "org.kde.StatusNotifierWatcher", path: "/StatusNotifierWatcher" };
    until("a host for tray items", async || {
        let host = watcher.get(session.bus(), watcher.service, "IsStatusNotifierHostRegistered").await?;
        if host.downcast_ref::<bool>() == Ok(true) { Ok(()) } else { Err("a watcher alone".to_owned()) }
    })
    .await;
    // The panel is ended first.
    vec![panel, settings]
}

/// The path of the settings daemon, which is not in `PATH`.
fn settings_daemon() -> String {
    let file = "/usr/share/dbus-1/services/org.xfce.Xfconf.service";
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{file}: {e}; see tests/packages.txt"));
    let program = text.lines().find_map(|line| line.strip_prefix("Exec="));
    program.expect("a program in the service file").trim().to_owned()
}

const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-2" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
    </property>
  </property>
</channel>
"#;
