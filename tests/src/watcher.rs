//! A tray watcher that misbehaves as some do: it does not answer, has no host, or forgets its items.

use std::sync::{Arc, Mutex};

use zbus::Connection;
use zbus::object_server::SignalEmitter;

use crate::session::Session;

const NAME: &str = "org.kde.StatusNotifierWatcher";
const PATH: &str = "/StatusNotifierWatcher";

/// How a watcher behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It accepts items and has a host.
    Good,
    /// It never answers a registration.
    Silent,
    /// It accepts items, but no host shows them.
    WithoutHost,
    /// It reads an item before it answers the registration.
    ReadsFirst,
}

/// A watcher that a test plays; it leaves the bus when dropped.
#[derive(Debug)]
pub struct Watcher {
    bus: Connection,
    registered: Arc<Mutex<Registered>>,
}

#[derive(Debug)]
struct Registered {
    manner: Manner,
    items: Vec<String>,
    /// Number of registrations.
    times: usize,
}

struct Interface(Arc<Mutex<Registered>>);

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Interface {
    async fn register_status_notifier_item(&self, service: String, #[zbus(connection)] bus: &Connection) {
        let manner = {
            let mut registered = self.0.lock().expect("one at a time");
            registered.times += 1;
            registered.manner
        };
        match manner {
            Manner::Silent => std::future::pending().await,
            Manner::ReadsFirst => {
                let properties = Some("org.freedesktop.DBus.Properties");
                let item = "org.kde.StatusNotifierItem";
                let read = bus.call_method(
                    Some(service.as_str()),
                    "/StatusNotifierItem",
                    properties,
                    "GetAll",
                    &item,
                );
                read.await.expect("an item that can be read while it is registered");
            }
            Manner::Good | Manner::WithoutHost => {}
        }
        self.0.lock().expect("one at a time").items.push(format!("{service}/StatusNotifierItem"));
    }

    #[zbus(property)]
    fn registered_status_notifier_items(&self) -> Vec<String> {
        self.0.lock().expect("one at a time").items.clone()
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        self.0.lock().expect("one at a time").manner != Manner::WithoutHost
    }

    #[zbus(signal)]
    async fn status_notifier_host_registered(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn status_notifier_item_unregistered(emitter: &SignalEmitter<'_>, item: &str) -> zbus::Result<()>;
}

impl Session {
    /// Starts a watcher on the session bus.
    pub async fn play_watcher(&self, manner: Manner) -> Watcher {
        let bus = self.connect().await;
        let registered = Arc::new(Mutex::new(Registered { manner, items: Vec::new(), times: 0 }));
        let interface = Interface(Arc::clone(&registered));
        bus.object_server().at(PATH, interface).await.expect("a place for the watcher");
        bus.request_name(NAME).await.expect("the watcher's name");
        Watcher { bus, registered }
    }
}

impl Watcher {
    /// Number of registrations so far.
    #[must_use]
    pub fn times_registered(&self) -> usize {
        self.registered.lock().expect("one at a time").times
    }

    /// Forgets every item without leaving the bus.
    pub async fn forget(&self) {
        let items = std::mem::take(&mut self.registered.lock().expect("one at a time").items);
        let emitter = SignalEmitter::new(&self.bus, PATH).expect("the watcher's signals");
        for item in items {
            Interface::status_notifier_item_unregistered(&emitter, &item).await.expect("the item is gone");
        }
    }

    /// Announces a host.
    pub async fn get_host(&self) {
        self.registered.lock().expect("one at a time").manner = Manner::Good;
        let emitter = SignalEmitter::new(&self.bus, PATH).expect("the watcher's signals");
        Interface::status_notifier_host_registered(&emitter).await.expect("the host is announced");
    }

    pub async fn leave(self) {
        self.bus.close().await.expect("the watcher leaves");
    }
}
