//! The key combination that calls Tidemark from any program.
//!
//! Owns the ear that listens for it. Refuses to listen where none is set: no thread, no wake-up.

use std::sync::{Mutex, PoisonError};

use tauri::AppHandle;
use tauri::Manager as _;
use tidemark_core::habits::Calling;
use tidemark_core::shortcut::Shortcut;

use super::window;

#[cfg(target_os = "linux")]
mod x11;

/// What listens, and what became of it.
#[derive(Debug, Default)]
pub struct Ear(Mutex<Listening>);

#[derive(Debug, Default)]
struct Listening {
    wanted: Option<Shortcut>,
    calling: Calling,
    listener: Option<system::Listener>,
}

/// Listens for this shortcut from now on, and tells what became of that; one that works already goes on working.
pub fn listen(app: &AppHandle, wanted: Option<Shortcut>) -> Calling {
    let ear = app.state::<Ear>();
    let mut now = ear.0.lock().unwrap_or_else(PoisonError::into_inner);
    if now.wanted == wanted && matches!(now.calling, Calling::Works(_) | Calling::None) {
        return now.calling;
    }
    // The former one is given back before the new one is asked for.
    *now = Listening { wanted, ..Listening::default() };
    if let Some(shortcut) = wanted {
        let handle = app.clone();
        let called = move |in_front| window::toggle_from_anywhere(&handle, in_front);
        (now.calling, now.listener) = match system::listen(app, shortcut, called) {
            Ok(listener) => (Calling::Works(shortcut), Some(listener)),
            Err(calling) => (calling, None),
        };
    }
    now.calling
}

#[cfg(target_os = "linux")]
mod system {
    use tauri::AppHandle;
    use tidemark_core::habits::Calling;
    use tidemark_core::shortcut::Shortcut;

    use super::x11;

    pub(super) type Listener = x11::Listener;

    pub(super) fn listen(
        _app: &AppHandle,
        shortcut: Shortcut,
        called: impl Fn(bool) + Send + 'static,
    ) -> Result<Listener, Calling> {
        // There, X11 hears only the keys of X11's own windows.
        if std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()) {
            return Err(Calling::Wayland);
        }
        x11::listen(shortcut, called)
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use tauri::AppHandle;
    use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, ShortcutState};
    use tidemark_core::habits::Calling;
    use tidemark_core::shortcut::Shortcut;

    use crate::desktop::window;

    pub(super) struct Listener(AppHandle);

    impl std::fmt::Debug for Listener {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("Listener")
        }
    }

    impl Drop for Listener {
        fn drop(&mut self) {
            // It is gone with the program at the latest.
            let _ = self.0.global_shortcut().unregister_all();
        }
    }

    pub(super) fn listen(
        app: &AppHandle,
        shortcut: Shortcut,
        called: impl Fn(bool) + Send + Sync + 'static,
    ) -> Result<Listener, Calling> {
        let listening =
            app.global_shortcut().on_shortcut(shortcut.to_string().as_str(), move |app, _, event| {
                if event.state() == ShortcutState::Pressed {
                    called(window::is_in_front(app));
                }
            });
        listening.map(|()| Listener(app.clone())).map_err(|error| {
            tracing::info!(%error, "the shortcut is not to be had");
            Calling::Taken(shortcut)
        })
    }
}
