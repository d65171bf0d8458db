//! The tray icon, updated only where it differs, and what its menu entries do.
//!
//! The core decides what is shown. The app keeps running where no tray host does.

#[cfg(not(target_os = "linux"))]
mod native;
#[cfg(target_os = "linux")]
mod status_notifier_item;
#[cfg(target_os = "linux")]
mod watcher;

use tauri::{AppHandle, Manager as _};
use tidemark_core::alert::SnoozeFor;
use tidemark_core::message::Event;
use tidemark_core::tray::MenuAction;

use super::window::{self, OpenRequest, Screen};
use crate::Shell;
use crate::controller::Message;

#[cfg(not(target_os = "linux"))]
pub use native::{Item, Service, item};
#[cfg(target_os = "linux")]
pub use status_notifier_item::{Item, Service, item};

#[cfg(target_os = "linux")]
pub(crate) use watcher::tray_host;

/// These systems show tray icons themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn tray_host(_app: Option<u32>) -> tidemark_core::checkup::TrayHost {
    tidemark_core::checkup::TrayHost::System
}

/// Must be unique: two apps with the same id would remove each other's icon.
const ID: &str = "tidemark";

/// Executes a menu action. May run on any thread.
fn choose(app: &AppHandle, action: MenuAction) {
    let tell = |event| app.state::<Shell>().tell(Message::Event(event));
    match action {
        MenuAction::CheckNow => tell(Event::CheckNow),
        MenuAction::Snooze(length @ (SnoozeFor::Hour | SnoozeFor::UntilReset)) => {
            tell(Event::Snooze { account: None, length });
        }
        MenuAction::EndSnooze => tell(Event::EndSnooze),
        MenuAction::Open => window::open_from_anywhere(app, OpenRequest::default()),
        MenuAction::Settings => window::open_from_anywhere(app, OpenRequest::screen(Screen::Settings)),
        MenuAction::Quit => app.exit(0),
    }
}
