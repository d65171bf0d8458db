//! The yardstick: the smallest tray app that these libraries allow. It has a tray item with a menu, and an empty window
//! that is created on demand and destroyed when closed, like Tidemark's. Whatever Tidemark needs beyond this is its own
//! cost.

use tauri::menu::{Menu, MenuItem};
use tauri::tray::TrayIconBuilder;
use tauri::{AppHandle, Manager, RunEvent, WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    let app = tauri::Builder::default()
        .setup(|app| {
            let open = MenuItem::with_id(app, "open", "Open", true, None::<&str>)?;
            let quit = MenuItem::with_id(app, "quit", "Quit", true, None::<&str>)?;
            let menu = Menu::with_items(app, &[&open, &quit])?;
            let mut tray = TrayIconBuilder::with_id("yardstick").menu(&menu).tooltip("yardstick");
            if let Some(icon) = app.default_window_icon() {
                tray = tray.icon(icon.clone());
            }
            tray.on_menu_event(|app, event| match event.id().as_ref() {
                "open" => open_window(app),
                "quit" => app.exit(0),
                _ => {}
            })
            .build(app)?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|_, event| {
        // The app keeps running after its last window is closed.
        if let RunEvent::ExitRequested { api, code: None, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}

fn open_window(app: &AppHandle) {
    if app.get_webview_window("main").is_none() {
        let made = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
            .title("yardstick")
            .inner_size(380.0, 480.0)
            .build();
        if let Err(error) = made {
            eprintln!("yardstick: no window: {error}");
        }
    }
}
