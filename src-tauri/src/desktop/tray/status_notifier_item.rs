//! The tray icon on Linux: our own `StatusNotifierItem` on the session bus.
//!
//! The item is created again for each watcher, on a separate connection. The main thread never waits for it.

use std::pin::pin;
use std::time::Duration;

use ksni::menu::{StandardItem, SubMenu};
use ksni::{Icon, MenuItem, OfflineReason, ToolTip, TrayMethods as _};
use tauri::{AppHandle, Manager as _};
use tidemark_core::account::AccountId;
use tidemark_core::message::Event;
use tidemark_core::tray::{MenuLine, Tray};
use tokio::sync::watch;
use tokio::task::{JoinError, JoinHandle};
use tokio::time::Instant;

use super::watcher::{News, Watcher};
use super::{ID, choose};
use crate::Shell;
use crate::controller::Message;
use crate::desktop::dbus::{Connections, Kind};
use crate::desktop::tray_icon;
use crate::desktop::window::{self, OpenRequest};

/// Edges that panels use, in pixels: 22 to 24, twice that on dense screens. With these no panel has to scale.
const SIZES: [u32; 6] = [16, 22, 24, 32, 48, 64];
/// How long to wait for a tray host before the window opens instead: at login the panel may start a little after us.
const HOST_MAY_TAKE: Duration = Duration::from_secs(5);
/// How long the session bus may take before the icon is reported as not shown.
const NO_BUS_MAY_TAKE: Duration = Duration::from_secs(2);
/// How long an update of the item may take. The item answers no call while its state is locked.
const UPDATE_LIMIT: Duration = Duration::from_secs(5);
/// Pause before an item that the watcher has rejected or forgotten is registered again.
const BETWEEN_OFFERS: Duration = Duration::from_secs(5);
/// Interval of looking for a host: a watcher without one may send no signal when one comes.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Handle to the tray icon.
#[derive(Clone, Debug)]
pub struct Item(watch::Sender<Option<Tray>>);

impl Item {
    pub fn show(&self, tray: Tray) {
        // Only the newest is kept, so that nothing accumulates while a host hangs.
        self.0.send_replace(Some(tray));
    }
}

/// Returns the handle to the icon, and the service that has to be run for it.
#[must_use]
pub fn item(app: &AppHandle) -> (Item, Service) {
    let (sender, trays) = watch::channel(None);
    (Item(sender), Service { app: app.clone(), trays })
}

/// Registers the item with tray watchers.
#[derive(Debug)]
pub struct Service {
    app: AppHandle,
    trays: watch::Receiver<Option<Tray>>,
}

impl Service {
    /// Runs until the handle is dropped. Each run creates a new item.
    pub async fn run(&self) {
        let mut trays = self.trays.clone();
        trays.mark_changed();
        let app = self.app.clone();
        let presence = Presence { app, tray: None, offer: Offer::None, is_shown: None, fallback: None };
        presence.live(trays).await;
    }
}

/// The item that the watcher has accepted, and what it showed then.
type Registration = Result<(ksni::Handle<Shown>, Box<Tray>), ksni::Error>;

/// State of the registration with the watcher.
enum Offer {
    /// No watcher has the item.
    None,
    /// Waits for the watcher's answer. The call is never cancelled, because that would leave its connection open: it
    /// ends when the watcher answers or leaves the bus.
    Registering(JoinHandle<Registration>),
    /// The watcher has accepted the item.
    Registered { handle: ksni::Handle<Shown>, shows: Box<Tray> },
}

/// The item, registered with whichever watcher there is.
struct Presence {
    app: AppHandle,
    /// What the item is to show.
    tray: Option<Box<Tray>>,
    offer: Offer,
    /// Whether a host shows the item, as last reported to the controller.
    is_shown: Option<bool>,
    /// When the window opens instead; `None` before there is something to show, and once this is decided.
    fallback: Option<Instant>,
}

impl Presence {
    /// Keeps the item on the session bus, and on the next one when that ends.
    async fn live(mut self, mut trays: watch::Receiver<Option<Tray>>) {
        self.tray = next_tray(&mut trays).await.map(Box::new);
        self.fallback = Some(Instant::now() + HOST_MAY_TAKE);
        let mut connections = Connections::new(Kind::Session);
        while self.tray.is_some() {
            let watcher = {
                let connect = async { Watcher::new(connections.next().await).await };
                let mut connect = pin!(connect);
                loop {
                    tokio::select! {
                        watcher = &mut connect => break watcher,
                        tray = next_tray(&mut trays) => match tray {
                            Some(tray) => self.tray = Some(Box::new(tray)),
                            None => return,
                        },
                        () = until(self.fallback) => self.fall_back(),
                        () = tokio::time::sleep(NO_BUS_MAY_TAKE), if self.is_shown.is_none() => self.tell(false),
                    }
                }
            };
            match watcher {
                Ok(watcher) => self.serve(watcher, &mut trays).await,
                Err(error) => tracing::info!(%error, "the tray is not watched"),
            }
            self.withdraw();
            self.tell(false);
        }
    }

    /// Registers the item with the watchers of one bus, until the bus ends.
    async fn serve(&mut self, mut watcher: Watcher, trays: &mut watch::Receiver<Option<Tray>>) {
        let mut state = watcher.state().await;
        let mut next_offer = Instant::now();
        let mut items_have_gone = false;
        loop {
            if state.is_owned && matches!(self.offer, Offer::None) && Instant::now() >= next_offer {
                next_offer = Instant::now() + BETWEEN_OFFERS;
                self.register();
            }
            self.tell(state.has_host && matches!(self.offer, Offer::Registered { .. }));
            let wants_offer = state.is_owned && matches!(self.offer, Offer::None);
            let has_no_host = state.is_owned && !state.has_host;
            tokio::select! {
                tray = next_tray(trays) => match tray {
                    Some(tray) => {
                        self.tray = Some(Box::new(tray));
                        self.update().await;
                    }
                    None => return self.tray = None,
                },
                registered = registered(&mut self.offer) => {
                    self.registered(registered).await;
                    if std::mem::take(&mut items_have_gone) {
                        self.register_if_forgotten(&watcher).await;
                    }
                    // A watcher that hung can report its hosts again.
                    state = watcher.state().await;
                }
                news = watcher.next() => match news {
                    None => return,
                    Some(News::Owner) => {
                        // The new owner of the name does not have the item yet.
                        self.withdraw();
                        next_offer = Instant::now();
                        state = watcher.state().await;
                    }
                    Some(News::Hosts) => state = watcher.state().await,
                    Some(News::Items) => match self.offer {
                        Offer::Registered { .. } => self.register_if_forgotten(&watcher).await,
                        Offer::Registering(_) => items_have_gone = true,
                        Offer::None => {}
                    },
                },
                () = until(self.fallback) => self.fall_back(),
                () = tokio::time::sleep_until(next_offer), if wants_offer => {}
                () = tokio::time::sleep(LOOK_AGAIN), if has_no_host => state = watcher.state().await,
            }
        }
    }

    /// Withdraws an item that the watcher has forgotten, so that it is registered again.
    async fn register_if_forgotten(&mut self, watcher: &Watcher) {
        if !watcher.knows_item_of(std::process::id()).await {
            tracing::info!("the tray has forgotten the item");
            self.withdraw();
        }
    }

    fn register(&mut self) {
        let Some(tray) = self.tray.clone() else { return };
        // Hosts are checked in `serve`; an item without one waits for it.
        let item = Shown::new(self.app.clone(), (*tray).clone()).assume_sni_available(true);
        self.offer = Offer::Registering(tokio::spawn(async move { Ok((item.spawn().await?, tray)) }));
    }

    async fn registered(&mut self, outcome: Result<Registration, JoinError>) {
        self.offer = match outcome {
            Ok(Ok((handle, shows))) => Offer::Registered { handle, shows },
            Ok(Err(error)) => {
                tracing::info!(%error, "the item could not be offered to a tray host");
                Offer::None
            }
            Err(error) => {
                tracing::warn!(%error, "the item could not be made");
                Offer::None
            }
        };
        self.update().await;
    }

    /// Updates the item, if there is one.
    async fn update(&mut self) {
        let (Some(tray), Offer::Registered { handle, shows }) = (&self.tray, &mut self.offer) else { return };
        if shows == tray {
            return;
        }
        let update = handle.update(|shown| shown.take((**tray).clone()));
        match tokio::time::timeout(UPDATE_LIMIT, update).await {
            Ok(Some(())) => shows.clone_from(tray),
            Ok(None) => self.offer = Offer::None,
            Err(_) => {
                tracing::info!("the tray item hangs and is made again");
                self.withdraw();
            }
        }
    }

    /// Removes the item from the bus.
    fn withdraw(&mut self) {
        match std::mem::replace(&mut self.offer, Offer::None) {
            Offer::None => {}
            Offer::Registering(registering) => {
                tokio::spawn(async move {
                    if let Ok(Ok((handle, _))) = registering.await {
                        handle.shutdown().await;
                    }
                });
            }
            Offer::Registered { handle, .. } => drop(tokio::spawn(handle.shutdown())),
        }
    }

    /// Reports to the controller whether a host shows the item. Closes a window that was opened because none did.
    fn tell(&mut self, is_shown: bool) {
        if is_shown {
            self.fallback = None;
        }
        if self.is_shown.replace(is_shown) == Some(is_shown) {
            return;
        }
        self.app.state::<Shell>().tell(Message::Event(Event::TrayHost(is_shown)));
        if is_shown {
            window::close_substitute(&self.app);
        }
    }

    /// Opens the window because no host has come in time: without either, the user could not reach the app.
    fn fall_back(&mut self) {
        self.fallback = None;
        self.tell(false);
        window::open_as_substitute(&self.app);
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Without a runtime the process is ending, and the bus removes the item with it.
        if tokio::runtime::Handle::try_current().is_ok() {
            self.withdraw();
        }
    }
}

/// Waits for what is to be shown next; `None` once the handle is dropped.
async fn next_tray(trays: &mut watch::Receiver<Option<Tray>>) -> Option<Tray> {
    loop {
        trays.changed().await.ok()?;
        if let Some(tray) = trays.borrow_and_update().clone() {
            return Some(tray);
        }
    }
}

/// Waits until this moment; forever without one.
async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Waits for the watcher's answer to a registration; forever if none is in progress.
async fn registered(offer: &mut Offer) -> Result<Registration, JoinError> {
    match offer {
        Offer::Registering(registering) => registering.await,
        Offer::None | Offer::Registered { .. } => std::future::pending().await,
    }
}

/// The item as a host sees it.
struct Shown {
    app: AppHandle,
    tray: Tray,
    icons: Vec<Icon>,
}

impl Shown {
    fn new(app: AppHandle, tray: Tray) -> Self {
        Self { app, icons: icons(&tray), tray }
    }

    fn take(&mut self, tray: Tray) {
        if (tray.picture, tray.theme) != (self.tray.picture, self.tray.theme) {
            self.icons = icons(&tray);
        }
        self.tray = tray;
    }
}

impl ksni::Tray for Shown {
    fn id(&self) -> String {
        ID.to_owned()
    }

    fn title(&self) -> String {
        self.tray.title.clone()
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.icons.clone()
    }

    fn tool_tip(&self) -> ToolTip {
        // Hosts read the text below the first line as markup.
        let (title, rest) = self.tray.tooltip.split_once('\n').unwrap_or((&self.tray.tooltip, ""));
        ToolTip { title: title.to_owned(), description: without_markup(rest), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        items(&self.tray.menu)
    }

    fn activate(&mut self, x: i32, y: i32) {
        // A host that does not have the pointer's position sends zeros.
        let near = Some((f64::from(x), f64::from(y))).filter(|_| (x, y) != (0, 0));
        window::open_from_anywhere(&self.app, OpenRequest { near, ..OpenRequest::default() });
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        // A new item is created for the next watcher: this one would register itself with its state locked, and a
        // watcher that reads the item before it answers would wait for it.
        false
    }
}

fn icons(tray: &Tray) -> Vec<Icon> {
    let icon = |size| {
        let mut pixels = tray_icon::draw(tray.picture, size, tray.theme);
        for pixel in pixels.rgba.chunks_exact_mut(4) {
            // A host expects alpha first.
            pixel.rotate_right(1);
        }
        let edge = |pixels: u32| i32::try_from(pixels).unwrap_or_default();
        Icon { width: edge(pixels.width), height: edge(pixels.height), data: pixels.rgba }
    };
    SIZES.map(icon).into()
}

fn items(lines: &[MenuLine]) -> Vec<MenuItem<Shown>> {
    let item = |line: &MenuLine| match line {
        MenuLine::Figure { text, account } => {
            let account: Option<AccountId> = account.clone();
            entry(text, move |app| window::open_from_anywhere(app, OpenRequest::account(account.clone())))
        }
        MenuLine::Action { text, action } => {
            let action = *action;
            entry(text, move |app| choose(app, action))
        }
        MenuLine::Submenu { text, lines } => {
            SubMenu { label: plain(text), submenu: items(lines), ..SubMenu::default() }.into()
        }
        MenuLine::Separator => MenuItem::Separator,
    };
    lines.iter().map(item).collect()
}

fn entry(text: &str, chosen: impl Fn(&AppHandle) + Send + 'static) -> MenuItem<Shown> {
    let activate = Box::new(move |shown: &mut Shown| chosen(&shown.app));
    StandardItem { label: plain(text), activate, ..StandardItem::default() }.into()
}

/// An account may be called `my_key`: a single underscore would be read as a mnemonic and disappear.
fn plain(text: &str) -> String {
    text.replace('_', "__")
}

/// An account may be called `<b>`, which must not be read as markup.
fn without_markup(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_accounts_reach_the_host_as_they_are() {
        assert_eq!(plain("my_key & co"), "my__key & co");
        assert_eq!(without_markup("R&D <b>: 71 % left"), "R&amp;D &lt;b&gt;: 71 % left");
    }
}
