//! The session bus name by which a second start finds the running app.
//!
//! Name, path and interface are those of Tauri's single-instance plugin. The plugin is not used on Linux: it waits
//! without limit for an app that hangs, and does not take its name again after the session bus was restarted.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use tokio::sync::mpsc::UnboundedSender;
use zbus::fdo::{DBusProxy, RequestNameFlags, RequestNameReply};
use zbus::message::Type;
use zbus::{Connection, MessageStream};

use super::dbus::{Connections, Kind, within};

const NAME: &str = "app.tidemark.Tidemark.SingleInstance";
const PATH: &str = "/app/tidemark/Tidemark/SingleInstance";
const INTERFACE: &str = "org.SingleInstance.DBus";
const METHOD: &str = "ExecuteCallback";

/// How long the bus may take to answer a call to the bus itself.
const BUS_LIMIT: Duration = Duration::from_secs(2);
/// How long the running app may take to accept a second start.
const ANSWER_LIMIT: Duration = Duration::from_secs(5);
/// How long an app that is ending may keep the name.
const LEAVING: Duration = Duration::from_secs(2);

/// The result of a start.
#[derive(Debug)]
pub enum Claim {
    /// This is the only running app; it has the name.
    First(Name),
    /// The running app has accepted this start.
    Forwarded,
    /// The running app does not answer; its process id, if the bus reports it.
    Hung(Option<u32>),
    /// The session bus cannot be reached or gives no name.
    NoBus(Name),
}

/// The bus name: held, or to be taken as soon as there is a bus.
#[derive(Debug)]
pub struct Name {
    held: Option<Held>,
    starts: UnboundedSender<Vec<String>>,
}

/// The connection that has the name, and the calls that come in.
#[derive(Debug)]
struct Held {
    bus: Connection,
    calls: MessageStream,
}

/// Takes the name, or sends this start to the running app. The arguments of later starts are sent to `starts`.
pub async fn claim(starts: UnboundedSender<Vec<String>>) -> Claim {
    let Ok(bus) = within(BUS_LIMIT, Connection::session()).await else {
        return Claim::NoBus(Name { held: None, starts });
    };
    let calls = MessageStream::from(&bus);
    let begun = Instant::now();
    loop {
        match take(&bus).await {
            Ok(true) => return Claim::First(Name { held: Some(Held { bus, calls }), starts }),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "the session bus gives no name");
                return Claim::NoBus(Name { held: None, starts });
            }
        }
        match forward(&bus).await {
            Ok(()) => return Claim::Forwarded,
            Err(zbus::Error::InputOutput(_)) => return Claim::Hung(owner(&bus).await),
            Err(error) if begun.elapsed() > LEAVING => {
                tracing::warn!(%error, "the running app refuses a second start");
                return Claim::Hung(owner(&bus).await);
            }
            // An app that is ending keeps the name for a moment.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

impl Name {
    /// Keeps the name for as long as the app runs. When the bus ends, the name is taken on the next one.
    pub async fn keep(self) {
        let Self { mut held, starts } = self;
        let mut connections = Connections::new(Kind::Session);
        loop {
            if let Some(held) = held.take() {
                held.answer(&starts).await;
            }
            let bus = connections.next().await;
            let calls = MessageStream::from(&bus);
            match take(&bus).await {
                Ok(true) => {}
                Ok(false) => tracing::warn!("another Tidemark has taken the name on the session bus"),
                Err(error) => tracing::warn!(%error, "the session bus gives no name"),
            }
            held = Some(Held { bus, calls });
        }
    }
}

impl Held {
    /// Accepts later starts until the bus ends.
    async fn answer(mut self, starts: &UnboundedSender<Vec<String>>) {
        while let Some(message) = self.calls.next().await {
            let Ok(message) = message else { continue };
            let header = message.header();
            let is_start = header.message_type() == Type::MethodCall
                && header.path().is_some_and(|path| path.as_str() == PATH)
                && header.member().is_some_and(|member| member.as_str() == METHOD);
            if !is_start {
                continue;
            }
            // Both may fail: the caller may be gone, and `starts` is closed once the app ends.
            if let Ok((arguments, _folder)) = message.body().deserialize::<(Vec<String>, String)>() {
                let _ = self.bus.reply(&header, &()).await;
                let _ = starts.send(arguments);
            } else {
                let error = ("org.freedesktop.DBus.Error.InvalidArgs", "arguments and folder are expected");
                let _ = self.bus.reply_error(&header, error.0, &error.1).await;
            }
        }
    }
}

/// Takes the name; `false` if another process has it.
async fn take(bus: &Connection) -> zbus::Result<bool> {
    within(BUS_LIMIT, async {
        match bus.request_name_with_flags(NAME, RequestNameFlags::DO_NOT_QUEUE).await {
            Ok(reply) => Ok(matches!(reply, RequestNameReply::PrimaryOwner | RequestNameReply::AlreadyOwner)),
            Err(zbus::Error::NameTaken) => Ok(false),
            Err(error) => Err(error),
        }
    })
    .await
}

async fn forward(bus: &Connection) -> zbus::Result<()> {
    let arguments: Vec<_> = std::env::args_os().map(|a| a.to_string_lossy().into_owned()).collect();
    let folder = std::env::current_dir().unwrap_or_default();
    let body = (arguments, folder.to_string_lossy());
    let call = bus.call_method(Some(NAME), PATH, Some(INTERFACE), METHOD, &body);
    within(ANSWER_LIMIT, call).await.map(drop)
}

/// Returns the id of the process that has the name.
async fn owner(bus: &Connection) -> Option<u32> {
    let process = within(BUS_LIMIT, async {
        let name = zbus::names::BusName::try_from(NAME)?;
        Ok(DBusProxy::new(bus).await?.get_connection_unix_process_id(name).await?)
    });
    process.await.ok()
}
