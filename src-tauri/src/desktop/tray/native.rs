//! The tray icon on Windows and macOS, by Tauri's own tray. It has no title: macOS would print it beside the icon.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};
use tidemark_core::message::Event;
use tidemark_core::tray::{MenuLine, Tray};

use super::{ID, choose};
use crate::Shell;
use crate::controller::Message;
use crate::desktop::tray_icon;
use crate::desktop::window::{self, OpenRequest};

/// Edge in pixels, large because both systems scale down better than up.
const SIZE: u32 = 48;

/// Handle to the tray icon.
#[derive(Clone)]
pub struct Item {
    app: AppHandle,
    shown: Arc<Mutex<Shown>>,
}

impl std::fmt::Debug for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Item").finish_non_exhaustive()
    }
}

#[derive(Default)]
struct Shown {
    icon: Option<TrayIcon>,
    tray: Option<Tray>,
}

/// Returns the handle to the icon, and a service that has nothing to do here.
pub fn item(app: &AppHandle) -> (Item, Service) {
    (Item { app: app.clone(), shown: Arc::default() }, Service)
}

/// The system itself runs the icon.
#[derive(Debug)]
pub struct Service;

impl Service {
    /// Returns immediately.
    pub async fn run(&self) {}
}

impl Item {
    pub fn show(&self, tray: Tray) {
        let item = self.clone();
        // Fails only when the app is ending.
        let _ = self.app.run_on_main_thread(move || item.show_here(tray));
    }

    /// Must run on the main thread: menus can only be changed there.
    fn show_here(&self, tray: Tray) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let result = match shown.icon.clone() {
            Some(icon) => change(&self.app, &icon, shown.tray.as_ref(), &tray),
            None => make(&self.app, &self.shown, &tray).map(|icon| shown.icon = Some(icon)),
        };
        shown.tray = Some(tray);
        if let Err(error) = &result {
            tracing::info!(%error, "the tray takes no item");
        }
        self.app.state::<Shell>().tell(Message::Event(Event::TrayHost(shown.icon.is_some())));
    }
}

fn make(app: &AppHandle, shown: &Arc<Mutex<Shown>>, tray: &Tray) -> tauri::Result<TrayIcon> {
    let shown = Arc::clone(shown);
    TrayIconBuilder::with_id(ID)
        .icon(image(tray))
        .tooltip(&tray.tooltip)
        .menu(&menu(app, &tray.menu)?)
        .show_menu_on_left_click(false)
        .on_menu_event(move |app, event| chosen(app, &shown, &event))
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                position,
                ..
            } = event
            {
                let near = Some((position.x, position.y));
                window::open(icon.app_handle(), OpenRequest { near, ..OpenRequest::default() });
            }
        })
        .build(app)
}

fn change(app: &AppHandle, icon: &TrayIcon, before: Option<&Tray>, now: &Tray) -> tauri::Result<()> {
    if before.is_none_or(|b| (b.picture, b.theme) != (now.picture, now.theme)) {
        icon.set_icon(Some(image(now)))?;
    }
    if before.is_none_or(|b| b.tooltip != now.tooltip) {
        icon.set_tooltip(Some(&now.tooltip))?;
    }
    // An open menu flickers when it is replaced, so it is replaced only if a line differs.
    if before.is_none_or(|b| b.menu != now.menu) {
        icon.set_menu(Some(menu(app, &now.menu)?))?;
    }
    Ok(())
}

fn image(tray: &Tray) -> Image<'static> {
    let pixels = tray_icon::draw(tray.picture, SIZE, tray.theme);
    Image::new_owned(pixels.rgba, pixels.width, pixels.height)
}

fn menu(app: &AppHandle, lines: &[MenuLine]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for item in items(app, "", lines)? {
        menu.append(&*item)?;
    }
    Ok(menu)
}

/// The id of a line is its index, after those of its parent menus: `3.1`.
fn items(app: &AppHandle, above: &str, lines: &[MenuLine]) -> tauri::Result<Vec<Box<dyn IsMenuItem<Wry>>>> {
    let item = |(number, line): (usize, &MenuLine)| -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        let id = format!("{above}{number}");
        Ok(match line {
            MenuLine::Figure { text, .. } | MenuLine::Action { text, .. } => {
                Box::new(MenuItem::with_id(app, id, plain(text), true, None::<&str>)?)
            }
            MenuLine::Submenu { text, lines } => {
                let submenu = Submenu::with_id(app, &id, plain(text), true)?;
                for item in items(app, &format!("{id}."), lines)? {
                    submenu.append(&*item)?;
                }
                Box::new(submenu)
            }
            MenuLine::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        })
    };
    lines.iter().enumerate().map(item).collect()
}

/// An account may be called "R&D": a single ampersand would be read as a mnemonic and disappear.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

fn chosen(app: &AppHandle, shown: &Mutex<Shown>, event: &MenuEvent) {
    let line = {
        let shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.tray.as_ref().and_then(|tray| at(&tray.menu, event.id().as_ref()).cloned())
    };
    match line {
        Some(MenuLine::Action { action, .. }) => choose(app, action),
        Some(MenuLine::Figure { account, .. }) => window::open(app, OpenRequest::account(account)),
        Some(MenuLine::Submenu { .. } | MenuLine::Separator) | None => {}
    }
}

fn at<'a>(lines: &'a [MenuLine], id: &str) -> Option<&'a MenuLine> {
    let (number, below) = id.split_once('.').map_or((id, None), |(number, below)| (number, Some(below)));
    let line = lines.get(number.parse::<usize>().ok()?)?;
    match (line, below) {
        (MenuLine::Submenu { lines, .. }, Some(below)) => at(lines, below),
        (_, Some(_)) => None,
        (line, None) => Some(line),
    }
}
