//! Tidemark's shell: the composition root and the adapters around the core.
#![cfg_attr(not(test), warn(clippy::arithmetic_side_effects))]

pub mod accounts;
pub mod api;
pub mod cli;
mod commands;
pub mod config;
pub mod controller;
pub mod desktop;
mod doctor;
pub mod error;
pub mod exchange;
pub mod handover;
pub mod hardening;
pub mod instance;
pub mod key;
pub mod keyring;
pub mod log;
pub mod store;
pub mod supervision;
pub mod test_hooks;
mod zone;

use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;
use tauri::{AppHandle, Manager as _, RunEvent};
use tidemark_core::alert::{Notice, NoticeAction, SnoozeFor};
use tidemark_core::endpoint::Hosts;
use tidemark_core::habits::Habits;
use tidemark_core::message::{Event, Remark};
use tidemark_core::tray::Tray;
use tidemark_core::view::View;
use tokio::sync::mpsc::UnboundedSender;

use accounts::Desk;
use api::Api;
use config::Paths;
use controller::{Controller, Message, Parts};
use desktop::notifications::Notifier;
use desktop::window::OpenRequest;
use desktop::{dbus, hotkey, power, theme, tray, window, window_geometry};
use keyring::SystemKeyring;
use store::Store;
use supervision::keep_running;
use test_hooks::TestHooks;

/// Exit code if monitoring has stopped for good (`EX_SOFTWARE`).
const INTERNAL_ERROR: i32 = 70;
/// How long an orderly exit may take then.
const EXIT_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

/// How the app is started.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Start without a window, as autostart does.
    pub hidden: bool,
    /// Show simulated accounts.
    pub demo: bool,
}

/// What the app needs from the machine before anything can be shown.
#[derive(Debug)]
pub struct Machine {
    /// The hosts of MiniMax's API.
    pub hosts: Hosts,
    /// Where the files are.
    pub paths: Paths,
    pub locale: String,
    /// From `TIDEMARK_TEST`.
    pub test_hooks: TestHooks,
}

/// What commands, tray and window use to reach the controller.
#[derive(Debug)]
struct Shell {
    inbox: UnboundedSender<Message>,
    desk: Arc<Desk<SystemKeyring>>,
    /// Locked during a speed measurement: two at a time would slow each other down.
    measuring: tokio::sync::Mutex<()>,
    /// Notified when the user leaves the simulation for the real accounts.
    demo_left: Arc<tokio::sync::Notify>,
}

impl Shell {
    /// Sends a message to the controller. Fails only when the app is ending.
    fn tell(&self, message: Message) {
        let _ = self.inbox.send(message);
    }
}

/// Runs the tray app until the user quits it.
#[must_use]
#[expect(clippy::too_many_lines, reason = "most of it is the list of commands")]
pub fn run(machine: Machine, options: Options) -> ExitCode {
    window::disable_dmabuf_renderer();
    #[cfg(unix)]
    if let Err(error) = hardening::raise_file_limit() {
        tracing::warn!(%error, "the limit on open files could not be raised");
    }
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return cli::fail(&format!("Tidemark could not start its own thread: {error}.")),
    };
    tauri::async_runtime::set(runtime.handle().clone());
    // A simulation runs beside the real app as a separate instance and does not take over its name.
    #[cfg(target_os = "linux")]
    let only = if options.demo {
        None
    } else {
        match runtime.block_on(be_the_only_one(&machine.paths)) {
            Ok(only) => Some(only),
            Err(code) => return code,
        }
    };
    let builder = tauri::Builder::default().plugin(tauri_plugin_opener::init());
    #[cfg(not(target_os = "linux"))]
    let builder = if options.demo {
        builder
    } else {
        builder.plugin(tauri_plugin_single_instance::init(|app, args, _| started_again(app, &args)))
    };
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_global_shortcut::Builder::new().build());
    let builder = builder
        .manage(window::PendingNavigation::default())
        .manage(hotkey::HotkeyState::default())
        .manage(commands::admission::Admission::default())
        .manage(window_geometry::GeometryStore::default())
        .manage(theme::ThemeState::default())
        .invoke_handler(tauri::generate_handler![
            commands::view,
            commands::texts,
            commands::admission::check_key,
            commands::admission::look_at_key,
            commands::admission::keep_key,
            commands::admission::drop_key,
            commands::rename_account,
            commands::move_account,
            commands::remove_account,
            commands::settings,
            commands::set_setting,
            commands::account_settings,
            commands::set_account,
            commands::pair_account,
            commands::copy_key,
            commands::check_now,
            commands::snooze,
            commands::end_snooze,
            commands::test_notice,
            commands::dismiss,
            commands::retry_keyring,
            commands::start_demo,
            commands::leave_demo,
            commands::chart,
            commands::speed_cost,
            commands::measure_speed,
            commands::open_link,
            commands::close_window,
            commands::fit,
            commands::habits::desktop_state,
            commands::habits::set_autostart,
            commands::habits::export_settings,
            commands::habits::import_settings,
            commands::habits::forget_history,
            commands::habits::open_folder,
            commands::habits::doctor,
            commands::habits::copy_doctor,
        ])
        .setup(move |app| {
            #[cfg(target_os = "linux")]
            window::outlive_session_bus(app.handle());
            #[cfg(target_os = "linux")]
            if let Some(only) = only {
                drop(runtime.spawn(stay_the_only_one(app.handle().clone(), only)));
            }
            compose(app.handle(), machine, options, runtime)?;
            if !options.hidden {
                window::open(app.handle(), OpenRequest::default());
            }
            Ok(())
        });
    // GTK panics if it cannot reach the display that the environment names.
    let app = quietly(|| builder.build(tauri::generate_context!()));
    match app {
        Some(Ok(app)) => {
            app.run(|app, event| {
                match event {
                    // Closing the last window does not end the app: only Quit sets a code.
                    RunEvent::ExitRequested { code: None, api, .. } => api.prevent_exit(),
                    RunEvent::Exit => {
                        window_geometry::save(app);
                        window::remove_temporary_data(app);
                    }
                    _ => {}
                }
            });
            ExitCode::SUCCESS
        }
        Some(Err(error)) => cli::fail(&format!("The desktop could not be reached: {error}.")),
        None => {
            cli::fail("The display could not be reached. Is DISPLAY or WAYLAND_DISPLAY that of your session?")
        }
    }
}

/// Handles a second start: opens the window, unless it was started with `--hidden`.
fn started_again(app: &AppHandle, arguments: &[String]) {
    if !arguments.iter().any(|argument| argument == "--hidden") {
        window::open_from_anywhere(app, OpenRequest::default());
    }
}

/// The bus name of the only running app, and the starts that come after this one.
#[cfg(target_os = "linux")]
struct Only {
    name: desktop::single_instance::Name,
    starts: tokio::sync::mpsc::UnboundedReceiver<Vec<String>>,
}

/// Ensures that no other instance runs; otherwise returns the exit code of this start.
#[cfg(target_os = "linux")]
async fn be_the_only_one(paths: &Paths) -> Result<Only, ExitCode> {
    use desktop::single_instance::{Claim, claim};

    let of = |process: Option<u32>| process.or_else(|| instance::running_process(paths));
    let named = |process: Option<u32>| of(process).map_or(String::new(), |id| format!(" (process {id})"));
    let end = |process: Option<u32>| {
        of(process).map_or("End it".to_owned(), |id| format!("End it with `kill -KILL {id}`"))
    };
    let (sender, starts) = tokio::sync::mpsc::unbounded_channel();
    match claim(sender).await {
        Claim::Forwarded => Err(ExitCode::SUCCESS),
        Claim::Hung(process) => Err(cli::fail(&format!(
            "Tidemark is running{} but does not answer. {}, then start Tidemark again.",
            named(process),
            end(process)
        ))),
        Claim::NoBus(_) if instance::is_running(paths) => Err(cli::fail(&format!(
            "Tidemark is running{} but cannot be reached: there is no session bus. Start it from your desktop session.",
            named(None)
        ))),
        Claim::First(name) | Claim::NoBus(name) => Ok(Only { name, starts }),
    }
}

/// Keeps the name on the session bus, and handles later starts.
#[cfg(target_os = "linux")]
async fn stay_the_only_one(app: AppHandle, only: Only) {
    let Only { name, mut starts } = only;
    let open = async {
        while let Some(arguments) = starts.recv().await {
            started_again(&app, &arguments);
        }
    };
    tokio::join!(name.keep(), open);
}

/// Runs something that may panic; a panic is logged instead of printed, and gives `None`.
fn quietly<T>(run: impl FnOnce() -> T) -> Option<T> {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "the start failed")));
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    std::panic::set_hook(loud);
    done.ok()
}

/// Creates the controller and its dependencies, and starts its thread.
fn compose(
    app: &AppHandle,
    machine: Machine,
    options: Options,
    runtime: tokio::runtime::Runtime,
) -> Result<(), Box<dyn std::error::Error>> {
    let Machine { hosts, paths, locale, test_hooks } = machine;
    let loaded = if options.demo { config::peek(&paths) } else { config::load(&paths, Timestamp::now()) };
    window::prepare_data_folder(app, options.demo);
    // Needed now: the window is created before the controller sends anything.
    theme::set_preference(app, loaded.settings.theme);
    window_geometry::load(app, (!options.demo).then(|| paths.log_dir.join("window.json")));
    let api = Api::new(hosts.clone(), Some(&loaded.settings.proxy)).or_else(|error| {
        tracing::warn!(%error, "the settings' proxy is not used");
        Api::new(hosts, None)
    })?;
    let (store, store_remark) =
        if options.demo { (Store::nowhere(), None) } else { Store::open(&paths.store, Timestamp::now()) };
    let keyring = SystemKeyring::with_test_hooks(test_hooks.clone());
    let desk = Arc::new(Desk { api, keyring, paths: paths.clone() });
    let pressed = app.clone();
    let notifier = Notifier::new(move |action, account| match action {
        NoticeAction::Open => window::open_from_anywhere(&pressed, OpenRequest::account(account)),
        NoticeAction::Snooze => {
            let length = SnoozeFor::Hour;
            pressed.state::<Shell>().tell(Message::Event(Event::Snooze { account, length }));
        }
    });
    let shown = notifier.clone();
    let (tray, tray_service) = tray::item(app);
    let parts = Parts {
        desktop: Screen { app: app.clone(), demo: options.demo, notifier, tray },
        desk: Arc::clone(&desk),
        store,
        system_locale: locale,
        demo: options.demo,
        test_hooks,
    };
    let lock = if options.demo { None } else { instance::mark_running(&paths) };
    let (controller, inbox) = Controller::new(parts);
    let told = inbox.clone();
    supervision::report_first_panic(move || {
        let _ = told.send(Message::Event(Event::Remark(Remark::InternalError)));
    });
    let keys = Arc::clone(&desk);
    let demo_left = Arc::new(tokio::sync::Notify::new());
    let shell = Shell {
        inbox: inbox.clone(),
        desk,
        measuring: tokio::sync::Mutex::default(),
        demo_left: Arc::clone(&demo_left),
    };
    // A broken file is moved away when it is first read, so only this first read reports it.
    for remark in loaded.remark.into_iter().chain(store_remark) {
        shell.tell(Message::Event(Event::Remark(remark)));
    }
    app.manage(shell);
    let ending = app.clone();
    std::thread::Builder::new().name("tidemark".to_owned()).spawn(move || {
        runtime.block_on(async move {
            let (changed, woken, served, unlocked) = (inbox.clone(), inbox.clone(), inbox.clone(), inbox);
            // These tasks end with the controller, when this thread ends.
            tokio::spawn(async move {
                if options.demo {
                    // A simulation neither creates nor watches the user's folder.
                    demo_left.notified().await;
                }
                let _watch = config::Watch::start(&paths, move || {
                    let _ = changed.send(Message::SettingsFile);
                })
                .inspect_err(
                    |error| tracing::warn!(%error, "changes by the command line will not be noticed"),
                );
                std::future::pending::<()>().await;
            });
            tokio::spawn(keep_running(move || {
                let woken = woken.clone();
                power::watch(move || {
                    let _ = woken.send(Message::Event(Event::Woke));
                })
            }));
            tokio::spawn(async move { keep_running(|| tray_service.run()).await });
            tokio::spawn(keep_running(move || {
                let (unlocked, keyring) = (unlocked.clone(), keys.keyring.clone());
                async move {
                    let changed = move || drop(unlocked.send(Message::Event(Event::KeyringChanged)));
                    keyring.watch(changed).await;
                }
            }));
            tokio::spawn(keep_running(move || {
                let (served, shown) = (served.clone(), shown.clone());
                dbus::follow("org.freedesktop.Notifications", move |is_there| {
                    // Another service assigns different ids to what it shows.
                    shown.forget();
                    if is_there {
                        let _ = served.send(Message::Event(Event::NotificationsBack));
                    }
                })
            }));
            let ended = controller.run().await;
            drop(lock);
            if ended.is_err() {
                give_up(&ending).await;
            }
        });
    })?;
    Ok(())
}

/// Ends the app because monitoring has stopped: it is better to show no values than outdated ones.
async fn give_up(app: &AppHandle) {
    tracing::error!("monitoring has stopped for good after repeated internal errors; the app ends");
    app.exit(INTERNAL_ERROR);
    // Reached only if the main thread hangs.
    tokio::time::sleep(EXIT_WITHIN).await;
    std::process::exit(INTERNAL_ERROR);
}

/// The desktop that the controller uses in the app.
#[derive(Clone, Debug)]
struct Screen {
    app: AppHandle,
    demo: bool,
    notifier: Notifier,
    tray: tray::Item,
}

impl controller::Desktop for Screen {
    fn show_tray(&self, tray: Tray) {
        self.tray.show(tray);
    }

    fn show_view(&self, view: View) {
        window::show_view(&self.app, &view);
    }

    async fn notify(&self, notice: Notice) -> bool {
        self.notifier.show(&notice).await
    }

    fn withdraw_notices(&self) {
        self.notifier.withdraw();
    }

    fn take_up(&self, habits: Habits) {
        theme::set_preference(&self.app, habits.theme);
        // A simulation grabs no keys that other programs could use.
        if !self.demo {
            hotkey::register(&self.app, habits.shortcut);
        }
    }
}
