//! The item on Linux: a `StatusNotifierItem` of our own on the session bus.
//!
//! Owns what a host is told of it, and whether one is there. Refuses to send what has not changed, and to wait for a
//! host on the thread of windows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ksni::menu::{StandardItem, SubMenu};
use ksni::{Icon, MenuItem, OfflineReason, ToolTip, TrayMethods as _};
use tauri::{AppHandle, Manager as _};
use tidemark_core::account::AccountId;
use tidemark_core::message::Event;
use tidemark_core::tray::{MenuLine, Tray};
use tokio::sync::watch;

use super::{ID, choose};
use crate::Shell;
use crate::controller::Message;
use crate::desktop::picture;
use crate::desktop::window::{self, Goal};

/// What panels take: 22 to 24 pixels, twice that on dense screens. None of them has to scale.
const SIZES: [u32; 6] = [16, 22, 24, 32, 48, 64];
/// At login the panel may come a little after us.
const HOST_MAY_TAKE: Duration = Duration::from_secs(5);

/// The way to the item.
#[derive(Clone, Debug)]
pub struct Item(watch::Sender<Option<Tray>>);

impl Item {
    /// Shows this.
    pub fn show(&self, tray: Tray) {
        // Only the newest counts: a host that hangs lets no others heap up.
        self.0.send_replace(Some(tray));
    }
}

/// Gives the way to the item, and what has to be run for it.
pub fn item(app: &AppHandle) -> (Item, Service) {
    let (sender, trays) = watch::channel(None);
    (Item(sender), Service { app: app.clone(), trays })
}

/// Offers the item to tray hosts.
#[derive(Debug)]
pub struct Service {
    app: AppHandle,
    trays: watch::Receiver<Option<Tray>>,
}

impl Service {
    /// Runs until the way to the item is gone. Run again, it makes the item anew.
    pub async fn run(&self) {
        let mut trays = self.trays.clone();
        trays.mark_changed();
        live(self.app.clone(), trays).await;
    }
}

/// Makes the item and keeps it as it is told.
async fn live(app: AppHandle, mut trays: watch::Receiver<Option<Tray>>) {
    let has_host = Arc::new(AtomicBool::new(true));
    let mut shown = None::<ksni::Handle<Shown>>;
    let (mut fell_back, mut is_logged) = (false, false);
    while trays.changed().await.is_ok() {
        let Some(tray) = trays.borrow_and_update().clone() else { continue };
        if let Some(handle) = shown.take_if(|handle| !handle.is_closed()) {
            handle.update(|shown| shown.take(tray)).await;
            shown = Some(handle);
            continue;
        }
        has_host.store(true, Ordering::Relaxed);
        // A panel that comes later takes it by itself.
        let item = Shown::new(app.clone(), tray, Arc::clone(&has_host)).assume_sni_available(true);
        match item.spawn().await {
            Ok(handle) => (shown, is_logged) = (Some(handle), false),
            Err(error) => {
                if !std::mem::replace(&mut is_logged, true) {
                    tracing::info!(%error, "the item could not be offered to a tray host");
                }
                has_host.store(false, Ordering::Relaxed);
            }
        }
        let is_there = has_host.load(Ordering::Relaxed);
        app.state::<Shell>().tell(Message::Event(Event::TrayHost(is_there)));
        if !is_there && !std::mem::replace(&mut fell_back, true) {
            tokio::spawn(fall_back(app.clone(), Arc::clone(&has_host)));
        }
    }
}

/// Opens the window where no host has come after a while: without either the app could not be reached.
async fn fall_back(app: AppHandle, has_host: Arc<AtomicBool>) {
    tokio::time::sleep(HOST_MAY_TAKE).await;
    if !has_host.load(Ordering::Relaxed) {
        window::open_from_anywhere(&app, Goal::default());
    }
}

/// The item as a host sees it.
struct Shown {
    app: AppHandle,
    tray: Tray,
    icons: Vec<Icon>,
    has_host: Arc<AtomicBool>,
}

impl Shown {
    fn new(app: AppHandle, tray: Tray, has_host: Arc<AtomicBool>) -> Self {
        Self { app, icons: icons(&tray), tray, has_host }
    }

    fn take(&mut self, tray: Tray) {
        if (tray.picture, tray.theme) != (self.tray.picture, self.tray.theme) {
            self.icons = icons(&tray);
        }
        self.tray = tray;
    }

    fn tell_of_host(&self, is_there: bool) {
        self.has_host.store(is_there, Ordering::Relaxed);
        self.app.state::<Shell>().tell(Message::Event(Event::TrayHost(is_there)));
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
        // Hosts read markup in the text below the first line.
        let (title, rest) = self.tray.tooltip.split_once('\n').unwrap_or((&self.tray.tooltip, ""));
        ToolTip { title: title.to_owned(), description: without_markup(rest), ..ToolTip::default() }
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        items(&self.tray.menu)
    }

    fn activate(&mut self, x: i32, y: i32) {
        // A host that does not know where the pointer is says so with zeros.
        let near = Some((f64::from(x), f64::from(y))).filter(|_| (x, y) != (0, 0));
        window::open_from_anywhere(&self.app, Goal { near, ..Goal::default() });
    }

    fn watcher_online(&self) {
        self.tell_of_host(true);
    }

    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::info!(?reason, "no tray host takes the item");
        self.tell_of_host(false);
        true
    }
}

fn icons(tray: &Tray) -> Vec<Icon> {
    let icon = |size| {
        let mut pixels = picture::draw(tray.picture, size, tray.theme);
        for pixel in pixels.rgba.chunks_exact_mut(4) {
            // A host takes alpha first.
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
            entry(text, move |app| window::open_from_anywhere(app, Goal::account(account.clone())))
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

/// An account may be called `my_key`: a lone underline would be read as a shortcut and vanish.
fn plain(text: &str) -> String {
    text.replace('_', "__")
}

/// An account may be called `<b>`: it is no markup.
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
