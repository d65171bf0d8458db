//! The tray item: made when a host is there, changed only where it differs.
//!
//! Owns the item and what it shows now. Refuses to decide what is shown, and to end the app where no host runs.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tauri::image::Image;
use tauri::menu::{IsMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager, Wry};
use tidemark_core::alert::SnoozeFor;
use tidemark_core::message::Event;
use tidemark_core::tray::{MenuAction, MenuLine, Picture, Tray};

use super::picture::{self, Theme};
use super::window::Goal;
use super::{bus, window};
use crate::Shell;
use crate::controller::Message;

/// An id of our own: two apps with one id would take each other's item away.
const ID: &str = "tidemark";
/// Panels take 22 to 24 pixels, twice that on dense screens; they scale down better than up.
const SIZE: u32 = 48;
/// At login the panel may come a little after us.
const HOST_MAY_TAKE: Duration = Duration::from_secs(5);

/// The item as it is shown now.
#[derive(Debug, Default)]
pub struct Item(Mutex<Shown>);

#[derive(Default)]
struct Shown {
    icon: Option<TrayIcon>,
    tray: Option<Tray>,
    /// Whether the window was already promised instead of the item.
    fell_back: bool,
}

impl std::fmt::Debug for Shown {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shown")
            .field("is_there", &self.icon.is_some())
            .field("tray", &self.tray)
            .finish_non_exhaustive()
    }
}

/// Shows this in the tray. Runs on the main thread, where menus live.
///
/// Tells the core whether a host took the item, when that was not clear before.
pub fn show(app: &AppHandle, tray: Tray) {
    let item = app.state::<Item>();
    let mut shown = item.0.lock().unwrap_or_else(PoisonError::into_inner);
    let result = match shown.icon.clone() {
        Some(icon) => change(app, &icon, shown.tray.as_ref(), &tray),
        None => make(app, &tray).map(|icon| {
            shown.icon = Some(icon);
            app.state::<Shell>().tell(Message::Event(Event::TrayHost(true)));
        }),
    };
    if let Err(error) = result {
        tracing::info!(%error, "no tray host takes the item");
        app.state::<Shell>().tell(Message::Event(Event::TrayHost(false)));
        if !std::mem::replace(&mut shown.fell_back, true) {
            tauri::async_runtime::spawn(fall_back(app.clone()));
        }
    }
    shown.tray = Some(tray);
}

/// Opens the window where no host has come after a while: without either the app could not be reached.
async fn fall_back(app: AppHandle) {
    tokio::time::sleep(HOST_MAY_TAKE).await;
    let item = app.state::<Item>();
    let is_there = item.0.lock().unwrap_or_else(PoisonError::into_inner).icon.is_some();
    if !is_there {
        window::open_from_anywhere(&app, Goal::default());
    }
}

/// Tries again to make the item: a host has appeared.
pub fn host_appeared(app: &AppHandle) {
    let item = app.state::<Item>();
    let (is_there, tray) = {
        let shown = item.0.lock().unwrap_or_else(PoisonError::into_inner);
        (shown.icon.is_some(), shown.tray.clone())
    };
    match tray {
        Some(tray) if !is_there => show(app, tray),
        // The item registers itself again with a new host.
        _ => app.state::<Shell>().tell(Message::Event(Event::TrayHost(true))),
    }
}

fn make(app: &AppHandle, tray: &Tray) -> tauri::Result<TrayIcon> {
    TrayIconBuilder::with_id(ID)
        .icon(image(tray.picture))
        .title(&tray.title)
        .tooltip(&tray.tooltip)
        .menu(&menu(app, &tray.menu)?)
        .show_menu_on_left_click(false)
        .on_menu_event(chosen)
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::open(icon.app_handle(), Goal::default());
            }
        })
        .build(app)
}

fn change(app: &AppHandle, icon: &TrayIcon, before: Option<&Tray>, now: &Tray) -> tauri::Result<()> {
    if before.is_none_or(|b| b.picture != now.picture) {
        icon.set_icon(Some(image(now.picture)))?;
    }
    if before.is_none_or(|b| b.title != now.title) {
        icon.set_title(Some(&now.title))?;
    }
    if before.is_none_or(|b| b.tooltip != now.tooltip) {
        icon.set_tooltip(Some(&now.tooltip))?;
    }
    // An open menu flickers when it is made anew, so it is not unless a line differs.
    if before.is_none_or(|b| b.menu != now.menu) {
        icon.set_menu(Some(menu(app, &now.menu)?))?;
    }
    Ok(())
}

fn image(picture: Picture) -> Image<'static> {
    let pixels = picture::draw(picture, SIZE, Theme::Auto);
    Image::new_owned(pixels.rgba, pixels.width, pixels.height)
}

fn menu(app: &AppHandle, lines: &[MenuLine]) -> tauri::Result<Menu<Wry>> {
    let menu = Menu::new(app)?;
    for item in items(app, "figure", lines)? {
        menu.append(&*item)?;
    }
    Ok(menu)
}

/// Figures need ids of their own, by their place below `above`.
fn items(app: &AppHandle, above: &str, lines: &[MenuLine]) -> tauri::Result<Vec<Box<dyn IsMenuItem<Wry>>>> {
    let item = |(number, line): (usize, &MenuLine)| -> tauri::Result<Box<dyn IsMenuItem<Wry>>> {
        let id = format!("{above}-{number}");
        Ok(match line {
            MenuLine::Figure { text } => {
                Box::new(MenuItem::with_id(app, id, plain(text), true, None::<&str>)?)
            }
            MenuLine::Action { text, action } => {
                Box::new(MenuItem::with_id(app, name(*action), plain(text), true, None::<&str>)?)
            }
            MenuLine::Submenu { text, lines } => {
                let submenu = Submenu::with_id(app, &id, plain(text), true)?;
                for item in items(app, &id, lines)? {
                    submenu.append(&*item)?;
                }
                Box::new(submenu)
            }
            MenuLine::Separator => Box::new(PredefinedMenuItem::separator(app)?),
        })
    };
    lines.iter().enumerate().map(item).collect()
}

/// An account may be called "R&D": a lone ampersand would be read as a shortcut and vanish.
fn plain(text: &str) -> String {
    text.replace('&', "&&")
}

const fn name(action: MenuAction) -> &'static str {
    match action {
        MenuAction::CheckNow => "check-now",
        MenuAction::Snooze(SnoozeFor::Hour) => "snooze-hour",
        MenuAction::Snooze(SnoozeFor::UntilReset) => "snooze-reset",
        MenuAction::EndSnooze => "end-snooze",
        MenuAction::Open => "open",
        MenuAction::Quit => "quit",
    }
}

#[expect(clippy::needless_pass_by_value, reason = "Tauri hands the event over")]
fn chosen(app: &AppHandle, event: MenuEvent) {
    let tell = |event| app.state::<Shell>().tell(Message::Event(event));
    let snooze = |length| tell(Event::Snooze { account: None, length });
    match event.id().as_ref() {
        "check-now" => tell(Event::CheckNow),
        "snooze-hour" => snooze(SnoozeFor::Hour),
        "snooze-reset" => snooze(SnoozeFor::UntilReset),
        "end-snooze" => tell(Event::EndSnooze),
        "quit" => app.exit(0),
        _ => window::open(app, Goal::default()),
    }
}

/// Watches for tray hosts that come and go.
pub async fn watch_hosts(app: AppHandle) {
    bus::follow("org.kde.StatusNotifierWatcher", |is_there| {
        if is_there {
            let handle = app.clone();
            // The main loop only refuses when the app is ending.
            let _ = app.run_on_main_thread(move || host_appeared(&handle));
        } else {
            app.state::<Shell>().tell(Message::Event(Event::TrayHost(false)));
        }
    })
    .await;
}
