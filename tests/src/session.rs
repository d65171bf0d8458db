//! A private desktop session: folders, environment and processes. Everything is ended when it is dropped, also if the
//! test panics. Nothing is shared with the machine's own desktop: display, bus, home and temporary folder belong to the
//! session.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use jiff::Timestamp;
use rustix::process::Signal;
use tempfile::TempDir;
use zbus::Connection;

use crate::minimax::MiniMax;
use crate::process::{Started, carrying, signal};
use crate::screen::Display;
use crate::{bus, keyring, notices, panel, screen};

/// A part of the session that can be left out, stopped, hung and started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The window manager, openbox.
    WindowManager,
    /// The Secret Service, gnome-keyring.
    Keyring,
    /// The notification daemon, dunst.
    Notices,
    /// The tray host, xfce4-panel.
    Tray,
}

impl Part {
    const ALL: [Self; 4] = [Self::WindowManager, Self::Keyring, Self::Notices, Self::Tray];
}

/// A private desktop session, ended when dropped.
#[derive(Debug)]
pub struct Session {
    id: String,
    environment: Vec<(String, String)>,
    parts: Vec<(Part, Vec<Started>)>,
    bus: Connection,
    // Dropped in this order, after the parts.
    bus_daemon: Started,
    display: Started,
    folder: TempDir,
}

impl Session {
    /// Starts a session with all parts.
    pub async fn start() -> Self {
        Self::without(&[]).await
    }

    /// Starts a session without some parts; they can be started later.
    pub async fn without(missing: &[Part]) -> Self {
        Self::on(Display::PLAIN, missing).await
    }

    /// Starts a session on a given display.
    pub async fn on(wanted: Display, missing: &[Part]) -> Self {
        let folder = tempfile::Builder::new().prefix("e2e-").tempdir().expect("a folder for the session");
        let root = folder.path();
        for name in ["home", "home/.config", "run", "tmp", "log", "services"] {
            fs::DirBuilder::new().mode(0o700).create(root.join(name)).expect("a folder in the session's");
        }
        let id = root.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut environment = environment(root, &id);

        // The display comes first: what the bus starts inherits its environment.
        let (display, number) = screen::start(root, &environment, wanted).await;
        environment.push(("DISPLAY".into(), format!(":{number}")));
        if wanted.scale != 1 {
            environment.push(("GDK_SCALE".into(), wanted.scale.to_string()));
        }
        let (bus_daemon, bus) = bus::start(root, &environment).await;

        let mut session = Self { id, environment, parts: Vec::new(), bus, bus_daemon, display, folder };
        for part in Part::ALL {
            if !missing.contains(&part) {
                session.start_part(part).await;
            }
        }
        session
    }

    /// Starts a part, and waits until it is ready.
    pub async fn start_part(&mut self, part: Part) {
        assert!(self.parts.iter().all(|(running, _)| *running != part), "{part:?} runs already");
        let started = match part {
            Part::WindowManager => vec![self.spawn("openbox", &["--sm-disable"])],
            Part::Keyring => keyring::start(self).await,
            Part::Notices => notices::start(self).await,
            Part::Tray => panel::start(self).await,
        };
        self.parts.push((part, started));
    }

    /// Ends a part; nothing on the bus starts it again.
    pub fn stop_part(&mut self, part: Part) {
        let before = self.parts.len();
        self.parts.retain(|(running, _)| *running != part);
        assert!(self.parts.len() < before, "{part:?} does not run");
    }

    /// Ends the session bus and every part that uses it. They are started again with [`Session::start_bus`].
    pub fn end_bus(&mut self) {
        self.bus_daemon.end();
        self.parts.retain(|(part, _)| *part == Part::WindowManager);
    }

    /// Starts a session bus at the address of the ended one, and these parts on it.
    pub async fn start_bus(&mut self, parts: &[Part]) {
        (self.bus_daemon, self.bus) = bus::start(self.folder.path(), &self.environment).await;
        for part in parts {
            self.start_part(*part).await;
        }
    }

    /// Kills the display, as a crash of the X server would, and ends every part that shows windows there.
    pub fn end_display(&mut self) {
        self.display.kill();
        self.parts.retain(|(part, _)| *part == Part::Keyring);
    }

    /// Starts another display, and these parts on it.
    pub async fn start_display(&mut self, parts: &[Part]) {
        let (display, number) = screen::start(self.folder.path(), &self.environment, Display::PLAIN).await;
        self.display = display;
        self.set("DISPLAY", &format!(":{number}"));
        for part in parts {
            self.start_part(*part).await;
        }
    }

    /// Makes a part hang: it keeps its name on the bus and answers nothing.
    pub fn hang_part(&self, part: Part) {
        self.processes(part).for_each(Started::hang);
    }

    /// Lets a hanging part continue.
    pub fn resume_part(&self, part: Part) {
        self.processes(part).for_each(Started::resume);
    }

    /// Sets a variable for everything that is started from now on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Makes everything that is started from now on ask this MiniMax, whatever the region.
    pub fn ask(&mut self, minimax: &MiniMax) {
        self.set("TIDEMARK_API_BASE", &minimax.base());
    }

    /// Makes everything that is started from now on ask these two, by region.
    pub fn ask_regions(&mut self, global: &MiniMax, china: &MiniMax) {
        self.set("TIDEMARK_API_BASE", &format!("global={},china={}", global.base(), china.base()));
    }

    /// Sets the clock of everything that is started from now on, in libfaketime's syntax: an offset such as `+0`, or a
    /// moment at which the clock stands still. It can be set again while they run; timers use the real time.
    pub fn set_clock(&mut self, to: &str) {
        let clock = self.folder().join("clock");
        fs::write(&clock, to).expect("the file that sets the clock");
        if self.environment.iter().any(|(name, _)| name == "FAKETIME_TIMESTAMP_FILE") {
            return;
        }
        let library = self.run("faketime", &["-m", "-f", "+0", "printenv", "LD_PRELOAD"]);
        self.set("LD_PRELOAD", &library.expect("libfaketime"));
        self.set("FAKETIME_TIMESTAMP_FILE", &clock.display().to_string());
        self.set("FAKETIME_NO_CACHE", "1");
        self.set("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    }

    /// Formats a moment in the session's zone, in jiff's format: `%H:%M`.
    #[must_use]
    pub fn local(moment: Timestamp, format: &str) -> String {
        moment.in_tz(ZONE).expect("the zone of sessions").strftime(format).to_string()
    }

    /// A command that runs inside the session.
    #[must_use]
    pub fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        command(program, &self.environment, self.folder.path())
    }

    /// The name of the display, such as `:7`.
    #[must_use]
    pub fn display(&self) -> &str {
        let named = self.environment.iter().find(|(name, _)| name == "DISPLAY");
        named.map_or("", |(_, value)| value)
    }

    /// Physical pixels of the display per logical pixel.
    #[must_use]
    pub fn scale(&self) -> u32 {
        let named = self.environment.iter().find(|(name, _)| name == "GDK_SCALE");
        named.and_then(|(_, value)| value.parse().ok()).unwrap_or(1)
    }

    /// Starts a program inside the session; its output goes to the log folder.
    #[must_use]
    pub fn spawn(&self, program: &str, arguments: &[&str]) -> Started {
        Started::new(program, &self.logs(), self.command(program).args(arguments))
    }

    /// Runs a program inside the session and returns its standard output.
    ///
    /// # Errors
    ///
    /// Returns standard error and the exit status if the status is not 0.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let output = self.command(program).args(arguments).stdin(Stdio::null()).output();
        let output =
            output.map_err(|e| format!("{program} could not be started ({e}); see tests/packages.txt"))?;
        let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
        if output.status.success() {
            Ok(said(&output.stdout))
        } else {
            Err(format!("{program}: {} {}", output.status, said(&output.stderr)))
        }
    }

    /// Runs a program as another user of the machine, without the session's rights, and returns its standard output.
    ///
    /// Root switches to another user's id; any other user needs subordinate ids (`/etc/subuid`).
    ///
    /// # Errors
    ///
    /// Returns standard error and the exit status if the status is not 0.
    pub fn as_another_user(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let become_another = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", program];
        let mapped = ["unshare", "--user", "--map-auto", "--map-root-user"];
        let is_administrator = rustix::process::getuid().is_root();
        let mut words: Vec<&str> = if is_administrator { Vec::new() } else { mapped.to_vec() };
        words.extend(become_another.iter().chain(arguments));
        let ran = self.run(words[0], &words[1..]);
        let failures = ["setresuid failed", "unshare failed", "newuidmap", "could not be started"];
        let is_same_user =
            ran.as_ref().is_err_and(|said| failures.iter().any(|failure| said.contains(failure)));
        assert!(!is_same_user, "another user's id cannot be taken here: {ran:?}");
        ran
    }

    pub(crate) fn environment(&self) -> &[(String, String)] {
        &self.environment
    }

    /// The test's own connection to the session's bus.
    pub const fn bus(&self) -> &Connection {
        &self.bus
    }

    /// Opens another connection to the session's bus.
    pub async fn connect(&self) -> Connection {
        let address = format!("unix:path={}", self.folder().join("run/bus").display());
        let builder = zbus::connection::Builder::address(address.as_str());
        builder.build().await.expect("a connection to the session's bus")
    }

    /// Whether a name on the bus has an owner.
    pub async fn owned(&self, name: &str) -> bool {
        bus::owned(&self.bus, name).await
    }

    /// The folder that holds everything of the session.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The user's home folder.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The file with the app's settings.
    #[must_use]
    pub fn settings_file(&self) -> PathBuf {
        self.home().join(".config/tidemark/settings.json")
    }

    /// The folder with the output of the session's processes.
    #[must_use]
    pub fn logs(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// All processes of the session, whoever started them.
    #[must_use]
    pub fn process_ids(&self) -> Vec<u32> {
        carrying(&format!("{SESSION}={}", self.id))
    }

    fn processes(&self, part: Part) -> impl Iterator<Item = &Started> {
        self.parts.iter().filter(move |(running, _)| *running == part).flat_map(|(_, started)| started)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if std::thread::panicking() {
            print_logs(&self.logs());
            print_logs(&self.home().join(".local/state/tidemark"));
        }
        self.parts.clear();
        // Processes that others started here, such as plugins of the panel or a test's own program, are found by the
        // session's id.
        for how in [Signal::TERM, Signal::KILL] {
            let deadline = std::time::Instant::now() + std::time::Duration::from_secs(2);
            let spared = [self.bus_daemon.pid(), self.display.pid()];
            let left = || self.process_ids().into_iter().filter(|pid| !spared.contains(pid));
            left().for_each(|pid| {
                signal(pid, Signal::CONT);
                signal(pid, how);
            });
            while left().next().is_some() && std::time::Instant::now() < deadline {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
        }
    }
}

const SESSION: &str = "TIDEMARK_E2E_SESSION";

/// The zone of every session, with a half-hour offset and summer time. In UTC a wrong zone would not be noticed.
pub const ZONE: &str = "Australia/Adelaide";

fn environment(root: &Path, id: &str) -> Vec<(String, String)> {
    let inside = |name: &str| root.join(name).display().to_string();
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
    let bus = format!("unix:path={}", inside("run/bus"));
    [
        ("PATH", path),
        (SESSION, id.to_owned()),
        ("HOME", inside("home")),
        ("XDG_CONFIG_HOME", inside("home/.config")),
        ("XDG_DATA_HOME", inside("home/.local/share")),
        ("XDG_STATE_HOME", inside("home/.local/state")),
        ("XDG_CACHE_HOME", inside("home/.cache")),
        ("XDG_RUNTIME_DIR", inside("run")),
        ("TMPDIR", inside("tmp")),
        ("DBUS_SESSION_BUS_ADDRESS", bus),
        // No system bus: nothing here may depend on the machine's own.
        ("DBUS_SYSTEM_BUS_ADDRESS", format!("unix:path={}", inside("run/no-system-bus"))),
        ("XDG_SESSION_TYPE", "x11".into()),
        ("XDG_CURRENT_DESKTOP", "XFCE".into()),
        ("GSETTINGS_BACKEND", "memory".into()),
        ("NO_AT_BRIDGE", "1".into()),
        ("LANG", "C.UTF-8".into()),
        ("TZ", ZONE.into()),
        // Until a test sets an address, MiniMax is unreachable; the real one is never asked.
        ("TIDEMARK_API_BASE", "http://127.0.0.1:1".into()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec()
}

/// A command with the session's environment and nothing else.
pub(crate) fn command(
    program: impl AsRef<std::ffi::OsStr>,
    environment: &[(String, String)],
    folder: &Path,
) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(folder.join("home"));
    command
}

#[expect(clippy::print_stderr, reason = "a failed test prints the logs of its session")]
fn print_logs(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    // The logs of display and bus are noise; a failure to start them is reported at once.
    let noise = |path: &PathBuf| path.ends_with("Xvfb.log") || path.ends_with("dbus-daemon.log");
    // Reading a pipe would block.
    let readable = |path: &PathBuf| path.is_file() && !noise(path);
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())).filter(readable) {
        let text = fs::read_to_string(&path).unwrap_or_default();
        let from = text.len().saturating_sub(4000);
        let tail = text.char_indices().find(|(at, _)| *at >= from).map_or("", |(at, _)| &text[at..]);
        if !tail.trim().is_empty() {
            eprintln!("--- {}\n{tail}", path.display());
        }
    }
}
