//! Collects autostart, hotkey and notification status for the settings page. Nothing is cached.

use std::path::Path;

use tauri::AppHandle;
use tidemark_core::habits::{Autostart, Calling, DesktopState, Files, Habits};
use tidemark_core::text::Words;

use super::autostart::{self, Entry};
use super::{dbus, hotkey};
use crate::config::Paths;
use crate::controller::InUse;
use crate::error::{AppError, Code};

/// Returns the current status. A hotkey that does not work is registered again.
pub async fn state(app: &AppHandle, paths: &Paths, in_use: &InUse) -> DesktopState {
    let words = in_use.words();
    let (autostart, hotkey_status) = if in_use.demo {
        (Autostart::Simulated, Calling::Simulated)
    } else {
        (read_autostart(paths.clone()).await, hotkey::register(app, Habits::of(&in_use.settings).shortcut))
    };
    let shown = |path: &Path| path.display().to_string();
    DesktopState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        autostart: autostart.worded(&words),
        shortcut: hotkey_status.worded(&words),
        notices: dbus::notice_service().await.worded(&words),
        files: Files {
            settings: shown(&paths.settings),
            history: shown(&paths.store),
            log: shown(&paths.log_dir.join("tidemark.log")),
        },
    }
}

/// Reads the entry on a blocking thread, so that a slow disk delays nothing else.
async fn read_autostart(paths: Paths) -> Autostart {
    let read = move || entry(&paths).map_or(Autostart::Off, |entry| entry.read());
    tokio::task::spawn_blocking(read).await.unwrap_or(Autostart::Off)
}

/// Switches autostart on or off.
///
/// # Errors
///
/// If the entry cannot be changed (the message names the folder), or if this is a simulation.
pub fn set_autostart(on: bool, paths: &Paths, in_use: &InUse) -> Result<(), AppError> {
    let words = in_use.words();
    if in_use.demo {
        return Err(simulated(&words));
    }
    let refused = |folder: String, error: &std::io::Error| {
        tracing::warn!(%error, "autostart was not changed");
        let values = [("folder", folder.into()), ("why", error.kind().to_string().into())];
        AppError::new(Code::Other, words.put("autostart-refused", &values))
    };
    let entry = entry(paths).map_err(|error| refused("tidemark".to_owned(), &error))?;
    entry.set(on).map_err(|error| refused(entry.place(), &error))
}

/// The error for what a simulation does not do.
#[must_use]
pub fn simulated(words: &Words) -> AppError {
    AppError::new(Code::Other, words.say("simulated-refusal"))
}

/// The autostart folder is beside our own settings folder.
fn entry(paths: &Paths) -> std::io::Result<Entry> {
    let config = paths.settings.parent().and_then(Path::parent).unwrap_or_else(|| Path::new("."));
    Ok(Entry::new(config, autostart::program(|name| std::env::var_os(name))?))
}
