//! The global hotkey that opens Tidemark from any program. If none is set, there is no thread and no wake-up.

use std::sync::{Mutex, PoisonError};

use tauri::AppHandle;
use tauri::Manager as _;
use tidemark_core::habits::Calling;
use tidemark_core::shortcut::Shortcut;

use super::window;

#[cfg(target_os = "linux")]
mod x11;

/// The current registration and its status.
#[derive(Debug, Default)]
pub struct HotkeyState(Mutex<Registration>);

#[derive(Debug, Default)]
struct Registration {
    wanted: Option<Shortcut>,
    status: Calling,
    grab: Option<system::Grab>,
}

/// Registers this shortcut instead of the previous one, and returns the status. One that already works is kept.
pub fn register(app: &AppHandle, wanted: Option<Shortcut>) -> Calling {
    let state = app.state::<HotkeyState>();
    let mut now = state.0.lock().unwrap_or_else(PoisonError::into_inner);
    if now.wanted == wanted && matches!(now.status, Calling::Works(_) | Calling::None) {
        return now.status;
    }
    // The previous shortcut is released before the new one is registered.
    *now = Registration { wanted, ..Registration::default() };
    if let Some(shortcut) = wanted {
        let handle = app.clone();
        let on_pressed = move |in_front| window::toggle_from_anywhere(&handle, in_front);
        (now.status, now.grab) = match system::register(app, shortcut, on_pressed) {
            Ok(grab) => (Calling::Works(shortcut), Some(grab)),
            Err(status) => (status, None),
        };
    }
    now.status
}

#[cfg(target_os = "linux")]
mod system {
    use tauri::AppHandle;
    use tidemark_core::habits::Calling;
    use tidemark_core::shortcut::Shortcut;

    use super::x11;

    pub(super) type Grab = x11::X11Grab;

    pub(super) fn register(
        _app: &AppHandle,
        shortcut: Shortcut,
        on_pressed: impl Fn(bool) + Send + 'static,
    ) -> Result<Grab, Calling> {
        // On Wayland, X11 gets only the keys of X11's own windows.
        if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()) {
            return Err(Calling::Wayland);
        }
        x11::register(shortcut, on_pressed)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::AppHandle;
    use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, ShortcutState};
    use tidemark_core::habits::Calling;
    use tidemark_core::shortcut::Shortcut;

    use crate::desktop::window;

    pub(super) struct Grab(AppHandle);

    impl std::fmt::Debug for Grab {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Grab")
        }
    }

    impl Drop for Grab {
        fn drop(&mut self) {
            // If this fails, the hotkey ends with the process.
            let _ = self.0.global_shortcut().unregister_all();
        }
    }

    pub(super) fn register(
        app: &AppHandle,
        shortcut: Shortcut,
        on_pressed: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<Grab, Calling> {
        let listening =
            app.global_shortcut().on_shortcut(shortcut.to_string().as_str(), move |app, _, event| {
                if event.state() == ShortcutState::Pressed {
                    on_pressed(window::is_in_front(app));
                }
            });
        listening.map(|()| Grab(app.clone())).map_err(|error| {
            tracing::info!(%error, "the shortcut is not to be had");
            Calling::Taken(shortcut)
        })
    }
}
