//! Who is there on the session bus.
//!
//! Owns one question. Refuses to start anything by asking it.

/// Tells whether a name has an owner on the session bus; `None` without a bus.
#[cfg(target_os = "linux")]
pub async fn has_owner(name: &str) -> Option<bool> {
    let bus = zbus::Connection::session().await.ok()?;
    let names = zbus::fdo::DBusProxy::new(&bus).await.ok()?;
    let name = zbus::names::BusName::try_from(name).ok()?;
    names.name_has_owner(name).await.ok()
}

/// Other systems have no session bus.
#[cfg(not(target_os = "linux"))]
pub async fn has_owner(_name: &str) -> Option<bool> {
    None
}
