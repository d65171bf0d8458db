//! Who is there on the session bus.
//!
//! Owns that question, asked once or followed. Refuses to start anything by asking it.

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

/// Tells each time a name gains (`true`) or loses its owner, for as long as the session bus lives.
#[cfg(target_os = "linux")]
pub async fn follow(name: &str, mut tell: impl FnMut(bool)) {
    use futures_util::StreamExt as _;

    let Ok(bus) = zbus::Connection::session().await else { return };
    let Ok(names) = zbus::fdo::DBusProxy::new(&bus).await else { return };
    let Ok(mut changes) = names.receive_name_owner_changed_with_args(&[(0, name)]).await else { return };
    while let Some(change) = changes.next().await {
        if let Ok(args) = change.args() {
            tell(args.new_owner().is_some());
        }
    }
}

/// Other systems have no session bus.
#[cfg(not(target_os = "linux"))]
pub async fn follow(_name: &str, _tell: impl FnMut(bool)) {}
