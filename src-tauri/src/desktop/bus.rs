//! Who is there on the session bus.
//!
//! Owns that question, asked once or followed. Refuses to start anything by asking it.

use tidemark_core::habits::NoticeService;

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

/// Tells whether the owner of a name answers there; `None` where it has no owner, or there is no bus.
#[cfg(target_os = "linux")]
pub async fn answers(name: &str, path: &str) -> Option<bool> {
    // Asked first: at nearly every start nobody is there.
    if !has_owner(name).await? {
        return None;
    }
    let bus = zbus::Connection::session().await.ok()?;
    let peer = "org.freedesktop.DBus.Peer";
    Some(bus.call_method(Some(name), path, Some(peer), "Ping", &()).await.is_ok())
}

/// Other systems have no session bus.
#[cfg(not(target_os = "linux"))]
pub async fn answers(_name: &str, _path: &str) -> Option<bool> {
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

/// The longest that a service may take to name itself.
const MAY_TAKE: std::time::Duration = std::time::Duration::from_secs(2);

/// Asks the notification service for its name; one that only holds its place on the bus is not there.
#[cfg(target_os = "linux")]
pub async fn notice_service() -> NoticeService {
    const NAME: &str = "org.freedesktop.Notifications";
    let asked = tokio::time::timeout(MAY_TAKE, async {
        if !has_owner(NAME).await? {
            return Some(NoticeService::Absent);
        }
        let bus = zbus::Connection::session().await.ok()?;
        let path = "/org/freedesktop/Notifications";
        let reply = bus.call_method(Some(NAME), path, Some(NAME), "GetServerInformation", &()).await;
        let told = reply.ok().and_then(|r| r.body().deserialize::<(String, String, String, String)>().ok());
        Some(told.map_or(NoticeService::Hung, |(name, ..)| NoticeService::Answers { name }))
    });
    match asked.await {
        Ok(found) => found.unwrap_or(NoticeService::NoBus),
        Err(_) => NoticeService::Hung,
    }
}

/// Other systems show notifications themselves.
#[cfg(not(target_os = "linux"))]
pub async fn notice_service() -> NoticeService {
    NoticeService::System
}
