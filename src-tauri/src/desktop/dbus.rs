//! Session bus names: whether they have an owner, asked once or followed. Asking never starts a service.

use std::time::Duration;

use tidemark_core::habits::NoticeService;

/// Returns whether a name has an owner on the session bus; `None` if there is no bus or it does not answer within 2 s.
#[cfg(target_os = "linux")]
pub async fn has_owner(name: &str) -> Option<bool> {
    let looked = within(MAY_TAKE, async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        Ok(names.name_has_owner(zbus::names::BusName::try_from(name)?).await?)
    });
    looked.await.ok()
}

/// Other systems have no session bus.
#[cfg(not(target_os = "linux"))]
pub async fn has_owner(_name: &str) -> Option<bool> {
    None
}

/// First and longest pause before reconnecting to a lost bus. An attempt costs one failed `connect`.
#[cfg(target_os = "linux")]
const RECONNECT: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// How long a bus may take to accept a connection.
#[cfg(target_os = "linux")]
const CONNECT_LIMIT: Duration = Duration::from_secs(5);

/// Which bus to connect to.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Session,
    System,
}

/// Connections to one bus, each made when the previous one has ended.
#[cfg(target_os = "linux")]
#[derive(Debug)]
pub struct Connections {
    kind: Kind,
    pause: Duration,
    is_first: bool,
}

#[cfg(target_os = "linux")]
impl Connections {
    /// The first attempt is made without a pause.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { kind, pause: RECONNECT.0, is_first: true }
    }

    /// Connects, and retries until it succeeds. Only the first failure in a row is logged.
    pub async fn next(&mut self) -> zbus::Connection {
        loop {
            if !std::mem::take(&mut self.is_first) {
                tokio::time::sleep(self.pause).await;
            }
            match self.attempt().await {
                Ok(bus) => {
                    self.pause = RECONNECT.0;
                    return bus;
                }
                Err(error) => {
                    if self.pause == RECONNECT.0 {
                        tracing::info!(%error, bus = ?self.kind, "the bus cannot be reached");
                    }
                    self.pause = self.pause.saturating_mul(2).min(RECONNECT.1);
                }
            }
        }
    }

    async fn attempt(&self) -> zbus::Result<zbus::Connection> {
        let connect = async {
            match self.kind {
                Kind::Session => zbus::Connection::session().await,
                Kind::System => zbus::Connection::system().await,
            }
        };
        within(CONNECT_LIMIT, connect).await
    }
}

/// Cancels a call on a bus after `limit`.
///
/// # Errors
///
/// The error of the call, or an I/O error of the kind `TimedOut`.
#[cfg(target_os = "linux")]
pub async fn within<T>(limit: Duration, call: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    let timed_out = |_| zbus::Error::from(std::io::Error::from(std::io::ErrorKind::TimedOut));
    tokio::time::timeout(limit, call).await.unwrap_or_else(|late| Err(timed_out(late)))
}

/// Calls `changed` each time a name on the session bus gets an owner (`true`) or loses it (`false`). When the bus ends,
/// all names are lost; the next bus at the same address is followed.
#[cfg(target_os = "linux")]
pub async fn follow(name: &str, mut changed: impl FnMut(bool)) {
    let mut connections = Connections::new(Kind::Session);
    let mut is_owned = None;
    loop {
        let bus = connections.next().await;
        if let Err(error) = follow_on(&bus, name, &mut is_owned, &mut changed).await {
            tracing::info!(%error, name, "the owner of a name is not known");
        }
        if is_owned == Some(true) {
            is_owned = Some(false);
            changed(false);
        }
    }
}

/// Follows a name until the bus ends. `is_owned` is the last known state; if it differs now, `changed` is called, but
/// not when the state becomes known for the first time.
#[cfg(target_os = "linux")]
async fn follow_on(
    bus: &zbus::Connection,
    name: &str,
    is_owned: &mut Option<bool>,
    changed: &mut impl FnMut(bool),
) -> zbus::Result<()> {
    use futures_util::StreamExt as _;

    let names = zbus::fdo::DBusProxy::new(bus).await?;
    let mut signals = names.receive_name_owner_changed_with_args(&[(0, name)]).await?;
    let bus_name = zbus::names::BusName::try_from(name)?;
    let has_owner = within(MAY_TAKE, async { Ok(names.name_has_owner(bus_name).await?) }).await?;
    if is_owned.replace(has_owner).is_some_and(|before| before != has_owner) {
        changed(has_owner);
    }
    while let Some(signal) = signals.next().await {
        let has_owner = signal.args()?.new_owner().is_some();
        *is_owned = Some(has_owner);
        changed(has_owner);
    }
    Ok(())
}

/// Other systems have no session bus.
#[cfg(not(target_os = "linux"))]
pub async fn follow(_name: &str, _changed: impl FnMut(bool)) {}

/// How long the bus or a service may take to answer.
const MAY_TAKE: Duration = Duration::from_secs(2);

/// Asks the notification service for its name. A service that owns the bus name but does not answer is `Hung`.
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
