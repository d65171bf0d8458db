//! The tray item: made when a host is there, changed only where it differs.
//!
//! Owns what a choice in its menu does. Refuses to decide what is shown, and to end the app where no host runs.

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

/// The system shows tray icons itself.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn tray_host(_app: Option<u32>) -> tidemark_core::checkup::TrayHost {
    tidemark_core::checkup::TrayHost::System
}

/// An id of our own: two apps with one id would take each other's item away.
const ID: &str = "tidemark";

/// Does what an entry of the menu says. Runs on any thread.
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
