//! The window: created when asked for, destroyed when closed, so that no web view runs while it is closed.
//!
//! It shows only our own page: other addresses open in the browser, or not at all.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_opener::OpenerExt as _;
use tempfile::TempDir;
use tidemark_core::account::AccountId;
use tidemark_core::admission::Step;
use tidemark_core::message::Event;
use tidemark_core::text::Words;
use tidemark_core::view::View;

use super::{theme, window_geometry};
use crate::Shell;
use crate::commands::admission::Admission;
use crate::config::files;
use crate::controller::{Message, Opening};
use crate::error::{AppError, Code};

const LABEL: &str = "main";
const WIDTH: f64 = 380.0;
const HEIGHT: f64 = 520.0;
const LOWEST: f64 = 240.0;
/// The window takes at most this share of the screen's height; the page scrolls the rest.
const SHARE_OF_SCREEN: f64 = 0.8;

/// If set, the page's engine does not render with the graphics card. Read once, when the first page is created.
#[cfg(target_os = "linux")]
const DISABLE_DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";

/// The initial state is inserted before this tag.
const HEAD_ENDS: &[u8] = b"</head>";

/// How long opening the window may wait for the first view.
const OPENING: Duration = Duration::from_millis(150);

/// Where a page that does not listen yet is to navigate.
#[derive(Debug, Default)]
pub struct PendingNavigation(Mutex<PendingState>);

#[derive(Debug, Default)]
struct PendingState {
    request: OpenRequest,
    /// Whether the page listens for navigation events.
    listens: bool,
    /// Receives the first view and the labels, until the page is loaded.
    opening: Option<Receiver<Opening>>,
    /// Whether the window was opened because nothing shows the tray icon, and the user has not touched it.
    is_substitute: bool,
}

/// What the window is to show, and where it was asked for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OpenRequest {
    pub account: Option<AccountId>,
    pub screen: Screen,
    /// Position on the display of the click that asked for it, in pixels. Used if the window has no saved position.
    pub near: Option<(f64, f64)>,
}

/// A screen of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Screen {
    #[default]
    Overview,
    Account,
    Keys,
    Settings,
    About,
}

impl OpenRequest {
    /// Requests an account.
    #[must_use]
    pub fn account(account: Option<AccountId>) -> Self {
        Self { account, ..Self::default() }
    }

    /// Requests a screen.
    #[must_use]
    pub fn screen(screen: Screen) -> Self {
        Self { screen, ..Self::default() }
    }

    /// The event for the page; with `None`, an open page stays on its current screen.
    fn show(&self) -> Option<Navigate> {
        let leads = self.account.is_some() || self.screen != Screen::Overview;
        leads.then(|| Navigate { account: self.account.clone(), screen: self.screen })
    }
}

/// Payload of the `show` event: where the page is to navigate.
#[derive(Clone, Debug, Serialize)]
struct Navigate {
    account: Option<AccountId>,
    screen: Screen,
}

/// Has pages rendered by the processor, unless the user's environment says otherwise. Must be called before there is
/// a second thread. A small static page gains nothing from the graphics card, shows its first frame a third sooner
/// without it, and stays blank with some drivers (tauri-apps/tauri#5143, #15936).
pub fn disable_dmabuf_renderer() {
    #[cfg(target_os = "linux")]
    if let Err(error) = gtk::glib::setenv(DISABLE_DMABUF, "1", false) {
        tracing::warn!(%error, "pages are painted as the engine likes");
    }
}

/// The data folder of a simulation's web view; removed at the end.
#[derive(Debug)]
struct TemporaryData(TempDir);

/// Creates the folder of the web view's data, open to the user only: the engine would create it with the umask's mode.
/// A simulation gets a folder that is removed at its end.
pub fn prepare_data_folder(app: &AppHandle, is_temporary: bool) {
    let made = if is_temporary {
        let place = std::env::var_os("XDG_RUNTIME_DIR").map_or_else(std::env::temp_dir, PathBuf::from);
        let mut folder = tempfile::Builder::new();
        folder.prefix("tidemark-demo-");
        let made = folder.tempdir_in(place).or_else(|_| folder.tempdir());
        made.and_then(|folder| {
            files::private_folder(folder.path())?;
            app.manage(TemporaryData(folder));
            Ok(())
        })
    } else {
        match app.path().app_local_data_dir() {
            Ok(folder) => files::private_folder(&folder),
            Err(error) => Err(std::io::Error::other(error)),
        }
    };
    if let Err(error) = made {
        tracing::warn!(%error, "the folder of the web view's data could not be made private");
    }
}

/// Removes the folder of a simulation's web view.
pub fn remove_temporary_data(app: &AppHandle) {
    if let Some(folder) = app.try_state::<TemporaryData>() {
        // What cannot be removed is in a folder that the system empties.
        let _ = std::fs::remove_dir_all(folder.0.path());
    }
}

/// Keeps the app alive when the session bus ends. By default GTK's own connection ends the process with it. What GTK
/// does over the bus stops then; all our own connections reconnect.
#[cfg(target_os = "linux")]
pub fn outlive_session_bus(app: &AppHandle) {
    use gtk::gio;

    match gio::bus_get_sync(gio::BusType::Session, gio::Cancellable::NONE) {
        Ok(bus) => {
            bus.set_exit_on_close(false);
            // Kept alive, or GTK would make a new connection, with the default, once it has dropped its own.
            app.manage(ToolkitBus(bus));
        }
        Err(error) => tracing::info!(%error, "the toolkit has no session bus"),
    }
}

/// GTK's connection to the session bus.
#[cfg(target_os = "linux")]
struct ToolkitBus(#[expect(dead_code, reason = "held, never used")] gtk::gio::DBusConnection);

/// Opens the window or brings it to the front, and navigates as requested. Must run on the main thread.
pub fn open(app: &AppHandle, request: OpenRequest) {
    let opened = app.get_webview_window(LABEL);
    let is_new = opened.is_none();
    let window = match opened.map_or_else(|| make(app, request.near), Ok) {
        Ok(window) => window,
        Err(error) => {
            tracing::error!(%error, "the window could not be made");
            return;
        }
    };
    // Each of these fails only if the window is already gone.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
    let mut waiting = waiting(app);
    waiting.is_substitute = false;
    if is_new {
        (waiting.request, waiting.listens) = (request, false);
    } else if let Some(show) = request.show() {
        if waiting.listens {
            let _ = window.emit("show", show);
        } else {
            waiting.request = request;
        }
    }
}

/// Called when the page has begun to listen; sends it the navigation that it was opened for.
pub fn loaded(app: &AppHandle) {
    let request = {
        let mut waiting = waiting(app);
        waiting.listens = true;
        std::mem::take(&mut waiting.request)
    };
    if let Some(show) = request.show() {
        let _ = app.emit_to(LABEL, "show", show);
    }
}

fn waiting(app: &AppHandle) -> MutexGuard<'_, PendingState> {
    app.state::<PendingNavigation>().inner().0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens the window from any thread.
pub fn open_from_anywhere(app: &AppHandle, request: OpenRequest) {
    let handle = app.clone();
    // Fails only when the app is ending.
    let _ = app.run_on_main_thread(move || open(&handle, request));
}

/// Opens the window from any thread because nothing shows the tray icon, unless the window is already open.
pub fn open_as_substitute(app: &AppHandle) {
    let handle = app.clone();
    // Fails only when the app is ending.
    let _ = app.run_on_main_thread(move || {
        if handle.get_webview_window(LABEL).is_some() {
            return;
        }
        open(&handle, OpenRequest::default());
        waiting(&handle).is_substitute = true;
        #[cfg(target_os = "linux")]
        if let Some(window) = handle.get_webview_window(LABEL) {
            note_touch(&window);
        }
    });
}

/// Closes a window that was opened only because nothing showed the tray icon, from any thread. A window that the user
/// has clicked or typed into stays open.
pub fn close_substitute(app: &AppHandle) {
    let handle = app.clone();
    // Fails only when the app is ending.
    let _ = app.run_on_main_thread(move || {
        let is_substitute = std::mem::take(&mut waiting(&handle).is_substitute);
        if let Some(window) = handle.get_webview_window(LABEL).filter(|_| is_substitute) {
            close(&window);
        }
    });
}

/// How many times the page is loaded again in [`RELOADS_COUNT_FOR`] after its web process has ended.
#[cfg(target_os = "linux")]
const MOST_RELOADS: u32 = 3;
#[cfg(target_os = "linux")]
const RELOADS_COUNT_FOR: Duration = Duration::from_mins(1);

/// Loads the page again when its web process has crashed or was killed. After too many reloads the window is closed,
/// and the next click on the tray icon creates a new one.
#[cfg(target_os = "linux")]
fn reload_after_crash(window: &WebviewWindow) {
    use std::cell::Cell;
    use std::time::Instant;

    use gtk::prelude::ObjectExt as _;

    let app = window.app_handle().clone();
    // Fails only if the window is already gone.
    let _ = window.with_webview(move |webview| {
        let reloads = Cell::new((Instant::now(), 0_u32));
        webview.inner().connect_local("web-process-terminated", false, move |_| {
            let (since, count) = reloads.get();
            let (since, count) =
                if since.elapsed() > RELOADS_COUNT_FOR { (Instant::now(), 0) } else { (since, count) };
            reloads.set((since, count.saturating_add(1)));
            let window = app.get_webview_window(LABEL)?;
            if count < MOST_RELOADS {
                tracing::warn!("the web process of the window has ended: the page is loaded again");
                let _ = window.reload();
            } else {
                tracing::error!("the web process of the window ends again and again: the window is closed");
                close(&window);
            }
            None
        });
    });
}

/// Notes clicks and keys in the window: it then counts as opened by the user.
#[cfg(target_os = "linux")]
fn note_touch(window: &WebviewWindow) {
    use gtk::glib::Propagation;
    use gtk::prelude::WidgetExt as _;

    let app = window.app_handle().clone();
    // Fails only if the window is already gone.
    let _ = window.with_webview(move |webview| {
        let page = webview.inner();
        let touched = move || waiting(&app).is_substitute = false;
        let (clicked, typed) = (touched.clone(), touched);
        page.connect_button_press_event(move |_, _| {
            clicked();
            Propagation::Proceed
        });
        page.connect_key_press_event(move |_, _| {
            typed();
            Propagation::Proceed
        });
    });
}

/// Opens the window, or closes it if it is in front, from any thread.
pub fn toggle_from_anywhere(app: &AppHandle, in_front: bool) {
    let handle = app.clone();
    // Fails only when the app is ending.
    let _ = app.run_on_main_thread(move || match handle.get_webview_window(LABEL) {
        Some(window) if in_front => close(&window),
        _ => open(&handle, OpenRequest::default()),
    });
}

/// Returns whether the window is in front of all others.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_in_front(app: &AppHandle) -> bool {
    app.get_webview_window(LABEL).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Sends the view to the window, if it is open.
pub fn show_view(app: &AppHandle, view: &View) {
    let _ = app.emit_to(LABEL, "view", view);
}

/// Sends the progress of a key check to the window.
pub fn show_steps(app: &AppHandle, steps: &[Step]) {
    let _ = app.emit_to(LABEL, "admission", steps);
}

/// Closes the window; the app keeps running in the tray.
pub fn close(window: &WebviewWindow) {
    let _ = window.destroy();
}

/// Makes the window as high as its content, within the screen.
pub fn fit(window: &WebviewWindow, height: f64) {
    let monitor = window.current_monitor().ok().flatten();
    let most =
        monitor.map_or(f64::INFINITY, |m| f64::from(m.size().height) / m.scale_factor() * SHARE_OF_SCREEN);
    if !height.is_finite() || window.is_maximized().unwrap_or(false) {
        return;
    }
    let scale = window.scale_factor().unwrap_or(1.0);
    let size =
        window.inner_size().map_or(tauri::LogicalSize::new(WIDTH, 0.0), |s| s.to_logical::<f64>(scale));
    let height = height.clamp(LOWEST, most.max(LOWEST));
    window_geometry::record_height(window, height);
    if size.width < WIDTH || (size.height - height).abs() >= 1.0 / scale {
        let _ = window.set_size(tauri::LogicalSize::new(size.width.max(WIDTH), height));
    }
    window_geometry::keep_on_screen(window, height);
}

/// Opens one of MiniMax's own pages in the user's browser.
///
/// # Errors
///
/// If no browser could be started; the message names the address to open by hand.
pub fn open_page(app: &AppHandle, address: &str) -> Result<(), AppError> {
    app.opener().open_url(address, None::<&str>).map_err(|error| {
        tracing::warn!(%error, "no browser could be started");
        AppError::new(
            Code::Other,
            format!("No browser could be started. Open this address yourself: {address}"),
        )
    })
}

/// Opens one of our folders in the user's file manager.
///
/// # Errors
///
/// If it could not be opened; the message names the folder to open by hand.
pub fn open_folder(app: &AppHandle, folder: &Path, words: &Words) -> Result<(), AppError> {
    let opened = if folder.is_dir() {
        app.opener().open_path(folder.display().to_string(), None::<&str>).map_err(|error| error.to_string())
    } else {
        Err("it is not there".to_owned())
    };
    opened.map_err(|error| {
        tracing::warn!(%error, "a folder could not be opened");
        let values = [("folder", folder.display().to_string().into())];
        AppError::new(Code::Other, words.put("folder-not-opened", &values))
    })
}

/// Returns the GTK window, as the parent of dialogs.
#[cfg(target_os = "linux")]
pub(super) fn gtk_window(app: &AppHandle) -> Option<gtk::ApplicationWindow> {
    app.get_webview_window(LABEL)?.gtk_window().ok()
}

fn make(app: &AppHandle, near: Option<(f64, f64)>) -> tauri::Result<WebviewWindow> {
    // Sent first, so that the first view is already that of an open window.
    app.state::<Shell>().tell(Message::Event(Event::Window(true)));
    let made = build(app, near);
    if made.is_err() {
        app.state::<Shell>().tell(Message::Event(Event::Window(false)));
    }
    made
}

fn build(app: &AppHandle, near: Option<(f64, f64)>) -> tauri::Result<WebviewWindow> {
    theme::start_following(app);
    let place = window_geometry::initial(app, near, WIDTH, HEIGHT);
    let (reply, answer) = channel();
    app.state::<Shell>().tell(Message::Opening(reply));
    waiting(app).opening = Some(answer);
    let (handle, font, dev_server) = (app.clone(), font(), dev_server(app));
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        // No initialization script: the engine would keep one for each window, even after the window is gone.
        // On Linux the first window's handler serves all later ones too, so it holds nothing specific to this window.
        .on_web_resource_request(move |request, response| {
            if matches!(request.uri().path(), "/" | "/index.html") {
                let known = InitialState { opening: first_view(&handle), font: font.as_deref() };
                *response.body_mut() = inject_initial_state(response.body(), &known).into();
            }
        })
        .title("Tidemark")
        .inner_size(place.width, place.height)
        .min_inner_size(WIDTH, LOWEST)
        // A narrow column of cards gains nothing from a whole screen.
        .maximizable(false)
        // Only our own page: no link and no script may navigate away from it.
        .on_navigation(move |url| is_own_page(url) || is_dev_page(url, dev_server.as_ref()));
    let window = match app.try_state::<TemporaryData>() {
        Some(folder) => window.data_directory(folder.0.path().to_owned()),
        None => window,
    };
    let window = match place.corner {
        Some((x, y)) => window.position(x, y),
        None => window.center(),
    };
    let window = window.build()?;
    #[cfg(target_os = "linux")]
    reload_after_crash(&window);
    let (handle, own) = (app.clone(), window.clone());
    window.on_window_event(move |event| match event {
        WindowEvent::Moved(_) | WindowEvent::Resized(_) => window_geometry::record(&own),
        WindowEvent::Destroyed => {
            theme::stop_following(&handle);
            window_geometry::save(&handle);
            handle.state::<Admission>().drop_key();
            handle.state::<Shell>().tell(Message::Event(Event::Window(false)));
        }
        _ => {}
    });
    Ok(window)
}

/// Returns whether an address is that of our own page: scheme, host and port. Another port of the same host may
/// belong to any program on this computer.
fn is_own_page(url: &Url) -> bool {
    let own = if cfg!(windows) { ("http", "tauri.localhost") } else { ("tauri", "localhost") };
    (url.scheme(), url.host_str(), url.port()) == (own.0, Some(own.1), None)
        && url.username().is_empty()
        && url.password().is_none()
}

/// Returns the address of the page's development server. Only a build of `make dev` has one.
fn dev_server(app: &AppHandle) -> Option<Url> {
    if tauri::is_dev() { app.config().build.dev_url.clone() } else { None }
}

/// Returns whether an address is that of a page of the development server.
fn is_dev_page(url: &Url, dev_server: Option<&Url>) -> bool {
    dev_server.is_some_and(|server| server.origin() == url.origin())
}

/// Returns the first view and the labels; `None` if that takes too long.
fn first_view(app: &AppHandle) -> Option<Opening> {
    let answer = waiting(app).opening.take();
    let opening = answer.and_then(|answer| answer.recv_timeout(OPENING).ok());
    if opening.is_none() {
        tracing::info!("a page begins without figures");
    }
    opening
}

/// Data embedded in the page, so that the page can draw before it has asked for anything.
#[derive(Debug, Serialize)]
struct InitialState<'a> {
    opening: Option<Opening>,
    font: Option<&'a str>,
}

/// Inserts the data into the page, escaped so that no text in it can be read as markup.
fn inject_initial_state(page: &[u8], known: &impl Serialize) -> Vec<u8> {
    let data = serde_json::to_string(known).unwrap_or_default().replace('<', "\\u003c");
    let block = format!("<script type=\"application/json\" id=\"known\">{data}</script>");
    let at = page.windows(HEAD_ENDS.len()).position(|window| window == HEAD_ENDS).unwrap_or(0);
    [&page[..at], block.as_bytes(), &page[at..]].concat()
}

/// Returns the family name of the desktop's own font. The engine has it as `system-ui` too, but finding it by that
/// name makes the first frame take half as long again.
#[cfg(target_os = "linux")]
fn font() -> Option<String> {
    use gtk::prelude::GtkSettingsExt as _;
    let named = gtk::Settings::default()?.gtk_font_name()?;
    gtk::pango::FontDescription::from_string(&named).family().map(Into::into)
}

/// On these systems `system-ui` is fast.
#[cfg(not(target_os = "linux"))]
fn font() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_page_knows_stands_in_its_head_and_is_never_markup() {
        let data = serde_json::json!({ "name": "</script><script>alert(1)</script><!--" });
        let page = String::from_utf8(inject_initial_state(
            b"<html><head><title>T</title></head><body></body></html>",
            &data,
        ));
        let page = page.expect("text");
        assert_eq!(page.matches("</script>").count(), 1, "{page}");
        assert!(!page.contains("<!--"), "{page}");
        let from = page.find("\"known\">").expect("the data") + 8;
        let to = page.find("</script></head>").expect("the end of the head");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&page[from..to]).expect("JSON"), data);
    }

    #[test]
    fn the_window_shows_our_own_page_only() {
        let is_own = |url: &str| is_own_page(&url.parse().expect("an address"));
        let own = if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" };
        assert!(is_own(own) && is_own(&format!("{own}/index.html?a#b")));
        for other in [
            "tauri://evil/",
            "tauri://localhost:1/",
            "tauri://evil@localhost/",
            "tauri://localhost.evil/",
            "tauri:localhost",
            "http://tauri.localhost:8080/",
            "https://tauri.localhost/",
            "http://localhost/",
            "http://127.0.0.1:9/",
            "about:blank",
            "data:text/html,x",
            "file:///etc/passwd",
        ] {
            assert!(!is_own(other), "{other}");
        }
        assert_eq!(is_own("http://tauri.localhost/"), cfg!(windows));
        assert_eq!(is_own("tauri://localhost/"), !cfg!(windows));
    }

    #[test]
    fn a_page_of_the_development_server_is_known_by_its_origin() {
        let url = |text: &str| text.parse::<Url>().expect("an address");
        let server = url("http://127.0.0.1:1420");
        assert!(is_dev_page(&url("http://127.0.0.1:1420/index.html"), Some(&server)));
        for other in
            ["http://127.0.0.1:1421/", "https://127.0.0.1:1420/", "http://localhost:1420/", "about:blank"]
        {
            assert!(!is_dev_page(&url(other), Some(&server)), "{other}");
        }
        assert!(!is_dev_page(&server, None));
    }
}
